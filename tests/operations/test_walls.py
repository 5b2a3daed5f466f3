"""Screens by command, and the accounts of the demonstration, against a real registry."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest

from campaign.access import Role
from cli.demo_accounts import demo_accounts, told
from cli.main import main
from operations import accounts, walls
from operations.action_log import ActRefused, connect
from operations.audit import Author
from operations.passwords import Passwords
from operations.sessions import SignedIn, person_of
from operations.sign_in import TurnedAway, sign_in
from tests.support.people import add_account, grant
from tests.support.signed_in import LIMITS

NOW = datetime(2021, 11, 22, 9, 30, tzinfo=UTC)
AUTHOR = Author(name="?", origin="10.0.0.7")


def enter(url: str, token: str, now: datetime = NOW) -> SignedIn | TurnedAway:
    return walls.enter(partial(connect, url), LIMITS, token=token, author=AUTHOR, now=now)


def test_a_screen_is_made_renewed_and_withdrawn_by_command(
    app_url: str, registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)

    def wall(*words: str) -> tuple[int, str, str]:
        code = main(["wall", *words, "--state", str(tmp_path)])
        return (code, *capfd.readouterr())

    code, out, _ = wall("add", "hall", "--province", "79", "--name", "Sảnh chính", "--json")
    made = json.loads(out)
    assert code == 0
    assert made["address"] == f"http://127.0.0.1:8050/wall/enter#{made['token']}"
    signed = enter(app_url, made["token"])
    assert isinstance(signed, SignedIn)
    with connect(app_url) as connection:
        person = person_of(connection, signed.token, LIMITS, now=NOW)
    assert person is not None
    assert (person.name, person.grants, person.has_password) == ("Sảnh chính", (grant(Role.WALL, "79"),), False)
    code, out, _ = wall("renew", "hall")
    assert code == 0
    assert "/wall/enter#" in out
    assert isinstance(enter(app_url, made["token"]), TurnedAway)
    renewed = out.split("#")[1].strip()
    assert isinstance(enter(app_url, renewed), SignedIn)
    [listed] = [json.loads(line) for line in wall("list", "--json")[1].splitlines()]
    assert (listed["login"], listed["scopes"], "token" in listed) == ("hall", ["p-79"], False)
    assert wall("withdraw", "hall")[0] == 0
    assert isinstance(enter(app_url, renewed), TurnedAway)
    assert wall("withdraw", "hall") == (4, "", "hall has no token\n")
    code, _, err = wall("add", "hall2", "--province", "100")
    assert (code, err.count("\n")) == (4, 1)


def test_a_token_is_for_screens_alone(app_url: str) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    add_account(app_url, "both", [grant(Role.VIEWER), grant(Role.WALL)])
    add_account(app_url, "tv", [grant(Role.WALL)])
    for login in ("lan", "both", "nobody"):
        with pytest.raises(ActRefused):
            walls.give_token(app_url, login=login, actor="shell", now=NOW)
    walls.give_token(app_url, login="tv", actor="shell", now=NOW)
    with pytest.raises(ActRefused, match="is a screen with a token"):
        accounts.give(app_url, login="tv", grant=grant(Role.REPORTER), actor="shell", now=NOW)
    accounts.give(app_url, login="tv", grant=grant(Role.WALL, "79"), actor="shell", now=NOW)


def test_only_an_administrator_makes_tokens_and_a_refusal_is_in_the_audit(
    app_url: str, owner: psycopg.Connection
) -> None:
    add_account(app_url, "tv", [grant(Role.WALL)])
    add_account(app_url, "lan", [grant(Role.OPERATOR)])
    with pytest.raises(ActRefused):
        walls.give_token(app_url, login="tv", actor="lan", now=NOW)
    told = owner.execute("SELECT action, outcome FROM operations.audit WHERE actor = 'lan'").fetchall()
    assert [tuple(row.values()) for row in told] == [("wall_token_made", "refused")]
    assert not owner.execute("SELECT FROM operations.wall_token").fetchall()


def test_an_address_cannot_try_tokens_without_end(app_url: str) -> None:
    add_account(app_url, "tv", [grant(Role.WALL)])
    token = walls.give_token(app_url, login="tv", actor="shell", now=NOW)
    assert {enter(app_url, f"guess-{number}") for number in range(30)} == {TurnedAway()}
    assert enter(app_url, token) == TurnedAway(wait=LIMITS.address_window)
    assert isinstance(enter(app_url, token, NOW + timedelta(minutes=2)), SignedIn)


def test_the_demonstration_has_an_account_for_each_role_and_new_passwords_at_each_start(
    app_url: str, passwords: Passwords
) -> None:
    first = demo_accounts(app_url, passwords, NOW)
    held = {account.login: account.grants for account in accounts.accounts(app_url)}
    assert {item.role for grants in held.values() for item in grants} == set(Role) - {Role.WALL}
    assert held["demo-province-79"] == (
        grant(Role.VIEWER, "79"),
        grant(Role.OPERATOR, "79"),
        grant(Role.REPORTER, "79"),
    )
    assert all(f"{account.login} " in told(first) and account.password in told(first) for account in first)
    accounts.disable(app_url, login="demo-planner", actor="shell", now=NOW)
    second = demo_accounts(app_url, passwords, NOW)
    assert {account.login for account in first} - {account.login for account in second} == {"demo-planner"}
    assert not {account.password for account in first} & {account.password for account in second}

    def attempt(login: str, password: str) -> SignedIn | TurnedAway:
        return sign_in(
            partial(connect, app_url), passwords, LIMITS, login=login, password=password, author=AUTHOR, now=NOW
        )

    old, new = first[0], second[0]
    assert isinstance(attempt(old.login, old.password), TurnedAway)
    assert isinstance(attempt(new.login, new.password), SignedIn)
