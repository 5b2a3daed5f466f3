"""Accounts and roles in a real registry: what is kept, what is refused, and acts that ask for the same roles."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from campaign.access import NATION, Grant, Permission, Role, Scope
from cli.main import main
from operations import accounts
from operations.action_log import ActRefused, NotAllowed
from operations.acts import open_releases, release, repair
from operations.audit import verify
from operations.locks import Figures, lock, locks
from operations.passwords import Passwords
from tests.support.people import PASSWORD, add_account, grant

NOW = datetime(2021, 11, 22, 9, 30, tzinfo=UTC)


def audit_of(owner: psycopg.Connection) -> list[tuple[str, str, str, str]]:
    rows = owner.execute("SELECT actor, action, subject, outcome FROM operations.audit ORDER BY audit_id").fetchall()
    return [tuple(row.values()) for row in rows]


def test_of_a_password_only_its_hash_is_kept(app_url: str, owner: psycopg.Connection) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    rows = owner.execute("SELECT * FROM operations.account").fetchall()
    assert rows[0]["password_hash"].startswith("$argon2id$")
    everything = str(rows) + str(owner.execute("SELECT * FROM operations.audit").fetchall())
    assert PASSWORD not in everything


def test_in_earnest_a_hash_costs_64_mib_and_a_cheaper_one_is_outdated(passwords: Passwords) -> None:
    """RFC 9106, second choice. Other tests hash with less."""
    earnest = Passwords(min_length=12)
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in earnest.renew(PASSWORD)
    cheap = passwords.renew(PASSWORD)
    assert earnest.fits(cheap, PASSWORD)
    assert (earnest.outdated(cheap), earnest.outdated(earnest.renew(PASSWORD))) == (True, False)


@pytest.mark.parametrize(
    ("password", "told"),
    [("short", "at least 12"), ("x" * 129, "at most 128"), ("my name is lan 2021", "login"), ("a" * 20, "five")],
)
def test_a_weak_password_is_refused_and_leaves_nothing(
    app_url: str, passwords: Passwords, password: str, told: str
) -> None:
    with pytest.raises(ActRefused, match=told):
        add_account(app_url, "lan", [grant(Role.VIEWER)], password=password)
    assert accounts.accounts(app_url) == ()


@pytest.mark.parametrize("login", ["", "a", "Lê An", "-lan", "lan lan", "a" * 65, "lan\n"])
def test_a_login_that_is_none(app_url: str, login: str) -> None:
    with pytest.raises(ActRefused, match="login"):
        add_account(app_url, login + "!" if login == "lan\n" else login, [grant(Role.VIEWER)])


def test_roles_come_and_go_and_each_time_somebody_is_named(app_url: str, owner: psycopg.Connection) -> None:
    add_account(app_url, "root", [grant(Role.ADMINISTRATOR)])
    add_account(app_url, "lan", [grant(Role.VIEWER, "79", "74")])
    accounts.give(app_url, login="LAN", grant=grant(Role.OPERATOR, "79"), actor="root", now=NOW)
    with pytest.raises(ActRefused, match="already"):
        accounts.give(app_url, login="lan", grant=grant(Role.OPERATOR, "79"), actor="root", now=NOW)
    found = {account.login: account for account in accounts.accounts(app_url)}["lan"]
    assert found.grants == (grant(Role.VIEWER, "74", "79"), grant(Role.OPERATOR, "79"))
    assert accounts.withdraw(app_url, login="lan", role=Role.VIEWER, actor="root", now=NOW) == 1
    with pytest.raises(ActRefused, match="does not hold viewer"):
        accounts.withdraw(app_url, login="lan", role=Role.VIEWER, actor="root", now=NOW)
    held = owner.execute("SELECT role, given_by, withdrawn_by, withdrawn_at FROM operations.account_grant").fetchall()
    assert ("viewer", "shell", "root", NOW) in [tuple(row.values()) for row in held]
    assert ("root", "role_withdrawn", "account:lan", "done") in audit_of(owner)


def test_an_unknown_account_is_told_with_the_nearest(app_url: str) -> None:
    add_account(app_url, "hoang.lan", [grant(Role.VIEWER)])
    with pytest.raises(ActRefused, match=r"did you mean 'hoang\.lan'"):
        accounts.disable(app_url, login="hoanglan", actor="shell", now=NOW)


def test_only_an_administrator_changes_accounts_once_an_account_is_named(
    app_url: str, owner: psycopg.Connection
) -> None:
    add_account(app_url, "lan", [grant(role) for role in Role if role is not Role.ADMINISTRATOR])
    with pytest.raises(NotAllowed, match="manage_accounts"):
        accounts.give(app_url, login="lan", grant=grant(Role.ADMINISTRATOR), actor="lan", now=NOW)
    assert audit_of(owner)[-1] == ("lan", "role_given", "account:lan", "refused")


def test_an_administrator_of_a_province_and_an_empty_set_are_refused(app_url: str) -> None:
    with pytest.raises(ActRefused, match="nationwide only"):
        add_account(app_url, "lan", [grant(Role.ADMINISTRATOR, "79")])
    with pytest.raises(ActRefused, match="say where"):
        add_account(app_url, "lan", [Grant(role=Role.VIEWER, scope=Scope())])


def test_the_registry_itself_holds_no_grant_for_nowhere(app_url: str, owner: psycopg.Connection) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER, "79")])
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE operations.account_grant SET provinces = '{}'")


FIGURES = Figures(doses=1, dose1_people=1, full_people=1, through=NOW)


def act(url: str, what: Permission, actor: str) -> object:
    if what is Permission.RELEASE_FEED:
        return release(url, feed="dose", reason="seen", actor=actor, now=NOW)
    if what is Permission.REPAIR_RECORD:
        values = {"record_key": "17", "field": "lot_number", "value": "L1"}
        return repair(url, feed="dose", **values, reason="seen", actor=actor, now=NOW)
    return lock(
        url,
        reporting_day=NOW.date(),
        scope="nation",
        snapshot_version=1,
        figures=FIGURES,
        reason="closed",
        actor=actor,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("what", "role"),
    [
        (Permission.RELEASE_FEED, Role.DATA_STEWARD),
        (Permission.REPAIR_RECORD, Role.DATA_STEWARD),
        (Permission.LOCK_FIGURES, Role.REPORTER),
    ],
)
def test_an_act_needs_its_role_nationwide_and_now(
    app_url: str, owner: psycopg.Connection, what: Permission, role: Role
) -> None:
    others = [grant(other) for other in Role if other is not role]
    add_account(app_url, "lan", [*others, grant(role, "79")])
    with pytest.raises(NotAllowed, match="some provinces only"):
        act(app_url, what, "Lan")
    accounts.withdraw(app_url, login="lan", role=role, actor="shell", now=NOW)
    with pytest.raises(NotAllowed, match="holds no role"):
        act(app_url, what, "lan")
    assert (open_releases(app_url), locks(app_url)) == ((), ())
    assert [row[3] for row in audit_of(owner)[-2:]].count("refused") == 1
    accounts.give(app_url, login="lan", grant=Grant(role=role, scope=NATION), actor="shell", now=NOW)
    accounts.disable(app_url, login="lan", actor="shell", now=NOW)
    with pytest.raises(NotAllowed, match="disabled"):
        act(app_url, what, "lan")
    accounts.disable(app_url, login="lan", actor="shell", now=NOW, enable=True)
    act(app_url, what, " LAN ")
    logged = owner.execute("SELECT actor FROM operations.action_log").fetchall()
    assert [row["actor"] for row in logged] == ["lan"]
    last = owner.execute("SELECT * FROM operations.audit ORDER BY audit_id DESC LIMIT 1").fetchall()[0]
    assert (last["actor"], last["outcome"], last["origin"]) == ("lan", "done", "command")
    assert last["account_id"] is not None


def test_another_name_is_taken_as_it_is_said(app_url: str, owner: psycopg.Connection) -> None:
    act(app_url, Permission.RELEASE_FEED, "Lê An")
    assert audit_of(owner) == [("Lê An", "release", "dose", "done")]
    with psycopg.connect(app_url) as connection:
        connection.row_factory = psycopg.rows.dict_row
        assert verify(connection).rows == 1


# -- the command line


class Centre:
    def __init__(self, url: str, state: Path, patch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        patch.setenv("MCC_REGISTRY__URL", url)
        self.patch, self.state, self.capfd = patch, state, capfd

    def user(self, *words: str, typed: str = "") -> tuple[int, str, str]:
        self.patch.setattr("sys.stdin", io.StringIO(typed))
        code = main(["user", *words, "--state", str(self.state)])
        told = self.capfd.readouterr()
        return code, told.out, told.err


@pytest.fixture
def centre(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Centre:
    return Centre(registry_url, tmp_path, monkeypatch, capfd)


def test_the_first_administrator_is_made_by_command(centre: Centre) -> None:
    assert centre.user("list", "--json")[:2] == (0, "")
    code, out, _ = centre.user("add", "root", "--role", "administrator", "--nationwide", typed=PASSWORD + "\n")
    assert (code, PASSWORD in out) == (0, False)
    told = json.loads(centre.user("list", "--json")[1])
    assert told["roles"] == [{"role": "administrator", "scope": "vn"}]
    code, out, _ = centre.user(
        "add", "lan", "--role", "viewer", "--province", "79", "74", "--actor", "root", "--generate", "--json"
    )
    made = json.loads(out)
    assert (code, made["scope"], len(made["password"])) == (0, "p-74-79", 24)
    assert centre.user("grant", "lan", "--role", "operator", "--province", "79", "--actor", "lan")[0] == 4
    assert centre.user("withdraw", "lan", "--role", "viewer", "--actor", "root")[0] == 0
    assert centre.user("disable", "lan", "--actor", "root")[0] == 0
    assert centre.user("enable", "lan")[0] == 0
    assert centre.user("unlock", "lan")[0] == 0
    assert "lan" in centre.user("list")[1]


def test_a_password_comes_from_a_file_or_a_pipe_and_never_from_an_argument(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(PASSWORD + "\r\nnot this\n")
    add = ("add", "lan", "--role", "viewer", "--nationwide")
    assert centre.user(*add, "--password-file", str(file))[0] == 0
    assert centre.user("password", "lan", typed="another long one 7\n")[0] == 0
    assert centre.user("password", "lan", typed="")[0] == 4
    assert centre.user("password", "lan", "--password-file", str(tmp_path / "none"))[0] == 4
    with pytest.raises(SystemExit, match="2"):
        centre.user(*add, "--password", PASSWORD)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--role", "viewer", "--province", "99"), "no province is called '99'"),
        (("--role", "administrator", "--province", "79"), "nationwide only"),
    ],
)
def test_a_refusal_is_one_line_and_code_4(centre: Centre, words: tuple[str, ...], told: str) -> None:
    code, out, err = centre.user("add", "lan", *words, "--generate")
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert told in err
