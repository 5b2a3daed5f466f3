"""Signing in against a real registry: limits that hold across workers, sessions that end, roles read each time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import pytest

from campaign.access import Permission, Role, decide
from operations import accounts
from operations.action_log import connect
from operations.audit import Author
from operations.passwords import Passwords
from operations.sessions import Limits, Person, SignedIn, person_of, sign_out
from operations.sign_in import TurnedAway, sign_in
from tests.support.people import PASSWORD, add_account, grant

NOW = datetime(2021, 11, 22, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = Limits(
    idle=30 * MINUTE,
    absolute=timedelta(hours=12),
    wall=timedelta(days=30),
    failures=5,
    lockout=15 * MINUTE,
    address_tries=1000,
    address_window=MINUTE,
)
Try = Callable[..., SignedIn | TurnedAway]


@pytest.fixture
def attempt(app_url: str, passwords: Passwords) -> Try:
    def run(
        login: str = "lan",
        password: str = PASSWORD,
        *,
        now: datetime = NOW,
        address: str = "10.0.0.7",
        limits: Limits = LIMITS,
        replaces: str = "",
    ) -> SignedIn | TurnedAway:
        author = Author(name="?", origin=address)
        opened = partial(connect, app_url)
        return sign_in(
            opened, passwords, limits, login=login, password=password, author=author, now=now, replaces=replaces
        )

    return run


def token_of(found: SignedIn | TurnedAway) -> str:
    assert isinstance(found, SignedIn)
    return found.token


def who(url: str, token: str, now: datetime = NOW, limits: Limits = LIMITS) -> Person | None:
    with connect(url) as connection:
        return person_of(connection, token, limits, now=now)


def test_the_right_password_opens_a_session_and_the_registry_keeps_no_token(
    app_url: str, owner: psycopg.Connection, attempt: Try
) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER, "79")])
    token = token_of(attempt(" Lan "))
    person = who(app_url, token)
    assert person is not None
    assert (person.login, person.grants) == ("lan", (grant(Role.VIEWER, "79"),))
    kept = str(owner.execute("SELECT * FROM operations.web_session").fetchall())
    kept += str(owner.execute("SELECT * FROM operations.audit").fetchall())
    assert token not in kept
    assert who(app_url, token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert who(app_url, "") is None


def test_a_wrong_login_and_a_wrong_password_are_told_alike(app_url: str, attempt: Try) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    add_account(app_url, "off", [grant(Role.VIEWER)])
    accounts.disable(app_url, login="off", actor="shell", now=NOW)
    tries = [("lan", "wrong password 1"), ("nobody", PASSWORD), ("off", PASSWORD), ("lan", "x" * 5000), ("", "")]
    assert {attempt(*each) for each in tries} == {TurnedAway()}


@pytest.mark.parametrize("login", ["lan", "nobody"])
def test_after_so_many_failures_a_login_is_locked_for_a_while(app_url: str, attempt: Try, login: str) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    for number in range(5):
        assert attempt(login, "wrong password", now=NOW + number * MINUTE, address=f"10.0.0.{number}") == TurnedAway()
    assert attempt(login, now=NOW + 5 * MINUTE) == TurnedAway(wait=10 * MINUTE)
    assert attempt(login, now=NOW + 14 * MINUTE) == TurnedAway(wait=1 * MINUTE)
    later = attempt(login, now=NOW + 15 * MINUTE + timedelta(seconds=1))
    assert isinstance(later, SignedIn if login == "lan" else TurnedAway)


def test_unlocking_and_passing_forget_the_failures(app_url: str, attempt: Try) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    for _ in range(4):
        attempt("lan", "wrong password")
    token_of(attempt("lan"))
    for _ in range(6):
        attempt("lan", "wrong password")
    assert attempt("lan") != TurnedAway()
    assert isinstance(attempt("lan"), TurnedAway)
    accounts.unlock(app_url, login="lan", actor="shell", now=NOW)
    token_of(attempt("lan"))


def test_guesses_at_the_same_moment_do_not_slip_through(
    app_url: str, passwords: Passwords, attempt: Try, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty at once over many connections, as many workers would be: no more than five reach the password."""
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    looked: list[str] = []
    real = passwords.fits

    def counted(stored: str | None, password: str) -> bool:
        looked.append(password)
        return real(stored, password)

    monkeypatch.setattr(passwords, "fits", counted)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda number: attempt("lan", f"wrong password {number}"), range(30)))
    assert len(looked) <= 5


def test_an_address_has_so_many_tries_for_whatever_logins(app_url: str, attempt: Try) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    few = replace(LIMITS, address_tries=3)
    for number in range(3):
        assert attempt(f"user{number}", "wrong password", limits=few) == TurnedAway()
    assert attempt("lan", limits=few) == TurnedAway(wait=MINUTE)
    token_of(attempt("lan", address="10.0.0.8", limits=few))
    token_of(attempt("lan", now=NOW + 2 * MINUTE, limits=few))


def test_a_flood_of_guesses_does_not_fill_the_audit(app_url: str, owner: psycopg.Connection, attempt: Try) -> None:
    for _ in range(20):
        attempt("nobody", "wrong password")
    rows = owner.execute("SELECT action, count(*) AS n FROM operations.audit GROUP BY action").fetchall()
    assert {row["action"]: row["n"] for row in rows} == {"sign_in_failed": 5, "sign_in_locked": 1}


def test_what_was_typed_is_not_kept(app_url: str, owner: psycopg.Connection, attempt: Try) -> None:
    attempt("my secret passphrase", "x")
    for table in ("sign_in_try", "audit"):
        assert "my secret" not in str(owner.execute(f"SELECT * FROM operations.{table}").fetchall())


def test_a_session_ends_when_idle_when_old_and_when_told(app_url: str, owner: psycopg.Connection, attempt: Try) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    idle, used, out = (token_of(attempt()) for _ in range(3))
    assert who(app_url, idle, NOW + 31 * MINUTE) is None
    assert who(app_url, idle, NOW) is None
    for number in range(1, 36):
        assert who(app_url, used, NOW + number * 20 * MINUTE) is not None
    assert who(app_url, used, NOW + timedelta(hours=12)) is None
    person = who(app_url, out)
    assert person is not None
    for _ in range(2):
        with connect(app_url) as connection:
            sign_out(connection, out, person, Author(name="?", origin="10.0.0.7"), NOW)
    assert who(app_url, out) is None
    reasons = owner.execute("SELECT end_reason FROM operations.web_session ORDER BY session_id").fetchall()
    assert [row["end_reason"] for row in reasons] == ["idle", "expired", "signed_out"]
    told = owner.execute("SELECT action FROM operations.audit WHERE action LIKE '%%_out'").fetchall()
    assert len(told) == 1


def test_a_clock_that_jumps_back_ends_a_session_rather_than_lengthening_it(app_url: str, attempt: Try) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    token = token_of(attempt())
    assert who(app_url, token, NOW - MINUTE) is not None
    assert who(app_url, token, NOW - 3 * MINUTE) is None


def test_a_wall_is_not_idle_but_a_person_with_a_wall_is(app_url: str, attempt: Try) -> None:
    add_account(app_url, "tv", [grant(Role.WALL)])
    add_account(app_url, "lan", [grant(Role.WALL), grant(Role.VIEWER)])
    wall, person = token_of(attempt("tv")), token_of(attempt("lan"))
    assert who(app_url, wall, NOW + timedelta(days=29)) is not None
    assert who(app_url, wall, NOW + timedelta(days=30)) is None
    assert who(app_url, person, NOW + timedelta(hours=1)) is None


def test_signing_in_again_ends_the_session_that_this_browser_had(app_url: str, attempt: Try) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    first = token_of(attempt())
    second = token_of(attempt(replaces=first))
    assert first != second
    assert who(app_url, first) is None
    assert who(app_url, second) is not None


def test_a_withdrawn_role_is_gone_at_the_next_look(app_url: str, attempt: Try) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER), grant(Role.OPERATOR, "79")])
    token = token_of(attempt())
    accounts.withdraw(app_url, login="lan", role=Role.VIEWER, actor="shell", now=NOW)
    person = who(app_url, token)
    assert person is not None
    assert decide(person.grants, Permission.SEE_BOARD, at=["79"]) is None
    assert decide(person.grants, Permission.SEE_BOARD, at=["01"]) is not None
    accounts.withdraw(app_url, login="lan", role=Role.OPERATOR, actor="shell", now=NOW)
    person = who(app_url, token)
    assert person is not None
    assert person.grants == ()


@pytest.mark.parametrize("change", ["disable", "password"])
def test_disabling_and_a_new_password_end_every_session(
    app_url: str, passwords: Passwords, attempt: Try, change: str
) -> None:
    add_account(app_url, "lan", [grant(Role.VIEWER)])
    tokens = [token_of(attempt()) for _ in range(2)]
    if change == "disable":
        accounts.disable(app_url, login="lan", actor="shell", now=NOW)
    else:
        accounts.set_password(
            app_url, login="lan", password="quite another 81", passwords=passwords, actor="shell", now=NOW
        )
    assert [who(app_url, token) for token in tokens] == [None, None]
