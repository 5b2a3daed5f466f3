"""Whose account it is: links are made by an administrator alone, are told in the audit, and are in a backup."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from campaign.access import Role
from cli.main import main
from operations import accounts, links
from operations.action_log import ActRefused, NotAllowed, connect
from registry import dump
from tests.support.people import add_account, grant
from tests.support.signed_in import session_for

NOW = datetime(2021, 11, 22, 9, 30, tzinfo=UTC)
ISSUER = "https://sso.example.vn"


def link(url: str, login: str, subject: str = "sub-1", *, drop_password: bool = False, actor: str = "shell") -> None:
    links.link(url, login=login, issuer=ISSUER, subject=subject, drop_password=drop_password, actor=actor, now=NOW)


def told(owner: psycopg.Connection) -> list[tuple[str, str, str]]:
    rows = owner.execute("SELECT actor, action, outcome FROM operations.audit ORDER BY audit_id").fetchall()
    return [tuple(row.values()) for row in rows][-3:]


def open_sessions(url: str, login: str) -> int:
    return next(item.open_sessions for item in accounts.accounts(url) if item.login == login)


def test_one_person_of_the_provider_has_one_account(app_url: str, owner: psycopg.Connection) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    add_account(app_url, "minh", [grant(Role.VIEWER)])
    link(app_url, "LAN")
    link(app_url, "lan")
    with pytest.raises(ActRefused, match="linked to lan: `user unlink lan` first"):
        link(app_url, "minh")
    with pytest.raises(ActRefused, match="another subject: `user unlink lan` first"):
        link(app_url, "lan", "sub-2")
    with pytest.raises(ActRefused, match="no account nobody"):
        link(app_url, "nobody", "sub-3")
    assert told(owner)[-1] == ("shell", "account_linked", "done")
    with pytest.raises(psycopg.errors.UniqueViolation):
        owner.execute(
            "UPDATE operations.account SET provider_issuer = %s, provider_subject = 'sub-1' WHERE login = 'minh'",
            [ISSUER],
        )
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE operations.account SET provider_issuer = %s WHERE login = 'minh'", [ISSUER])


@pytest.mark.parametrize("subject", ["", "a b", "a\nb", "â", "x" * 256])
def test_a_subject_that_is_none(app_url: str, subject: str) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    with pytest.raises(ActRefused, match="--subject"):
        link(app_url, "lan", subject)


def test_a_screen_is_no_person(app_url: str) -> None:
    add_account(app_url, "screen", [grant(Role.WALL)])
    with pytest.raises(ActRefused, match="is a screen"):
        link(app_url, "screen")


def test_who_may_not_manage_accounts_links_none_and_is_in_the_audit(app_url: str, owner: psycopg.Connection) -> None:
    add_account(app_url, "lan", [grant(Role.PLANNER)])
    with pytest.raises(NotAllowed):
        link(app_url, "lan", actor="lan")
    assert told(owner)[-1] == ("lan", "account_linked", "refused")


def test_without_its_password_and_without_its_link_nothing_is_left_open(
    app_url: str, registry_url: str, owner: psycopg.Connection
) -> None:
    account_id = add_account(app_url, "lan", [grant(Role.VIEWER)])
    session_for(registry_url, account_id)
    link(app_url, "lan")
    assert open_sessions(app_url, "lan") == 1, "one more way in ends nothing"
    link(app_url, "lan", drop_password=True)
    assert told(owner)[-1] == ("shell", "password_removed", "done")
    [account] = accounts.accounts(app_url)
    assert (account.has_password, account.provider_subject, account.open_sessions) == (False, "sub-1", 0)
    session_for(registry_url, account_id)
    assert links.unlink(app_url, login="lan", actor="shell", now=NOW) is False
    [account] = accounts.accounts(app_url)
    assert (account.provider_issuer, account.provider_subject, account.open_sessions) == (None, None, 0)
    assert told(owner)[-1] == ("shell", "account_unlinked", "done")
    with pytest.raises(ActRefused, match="no account lan that is linked"):
        links.unlink(app_url, login="lan", actor="shell", now=NOW)


def test_a_backup_has_the_links(app_url: str, registry_url: str) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    link(app_url, "lan", "sub-of-lan")
    with psycopg.connect(registry_url) as connection:
        found = {table.full_name: table for table in dump.tables(connection)}
        assert {"provider_issuer", "provider_subject"} <= set(found["operations.account"].columns)
        assert "operations.provider_sign_in" in found
        assert b"sub-of-lan" in b"".join(dump.copy_out(connection, found["operations.account"]))


def test_the_commands_say_what_they_did(
    registry_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    state = ["--state", str(tmp_path)]

    def user(*words: str) -> tuple[int, str]:
        code = main(["user", *words, *state])
        out, err = capsys.readouterr()
        return code, out + err

    assert user("add", "lan", "--role", "viewer", "--nationwide", "--no-password") == (
        0,
        "lan is viewer (vn) and signs in once it is linked: `user link lan`\n",
    )
    code, line = user("add", "minh", "--role", "viewer", "--nationwide", "--no-password", "--generate")
    assert (code, "does not go with" in line) == (4, True)
    code, line = user("link", "lan", "--subject", "sub-1")
    assert code == 4
    assert "set oidc.issuer in config.yaml" in line
    assert user("link", "lan", "--subject", "sub-1", "--issuer", ISSUER) == (0, f"lan is signed in by {ISSUER}\n")
    code, line = user("list", "--json")
    assert {"has_password": False, "provider_issuer": ISSUER, "provider_subject": "sub-1"}.items() <= json.loads(
        line
    ).items()
    assert "provider" in user("list")[1]
    code, line = user("unlink", "lan", "--json")
    assert json.loads(line) == {"login": "lan", "has_password": False}
    assert "no way in" in user("list")[1]
    with connect(registry_url) as connection:
        row = connection.execute("SELECT password_hash FROM operations.account").fetchone()
    assert row == {"password_hash": None}
