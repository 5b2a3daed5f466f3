"""What somebody who is signed in may not have: 403, one line in the log, a row in the audit; and no flood of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import structlog

from campaign.access import Role
from dashboard.door.denials import ROWS_IN_WINDOW
from dashboard.edge import HEADER
from operations.audit import verify
from tests.dashboard.conftest import VERSION, Site
from tests.dashboard.test_door import BOARD, Clock, browser, enter
from tests.support.people import PASSWORD, grant
from tests.support.signed_in import SESSION, forgery_header, session_for, signed_in
from tests.support.snapshots import Recipe

ROWS = (
    "SELECT actor, subject, outcome, origin, request_id, detail FROM operations.audit "
    "WHERE action = 'denied' AND actor = %s ORDER BY audit_id"
)
SNAP = "/snap/<int:version>/<scope>"
Row = tuple[Any, ...]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(make_site: Callable[..., Site], clock: Clock) -> Site:
    return make_site(Recipe(version=VERSION), deps={"wall": clock.wall, "monotonic": clock.monotonic})


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as found:
        yield found


def rows_of(site: Site, login: str) -> list[Row]:
    with psycopg.connect(site.registry) as connection:
        return connection.execute(ROWS, [login]).fetchall()


@pytest.mark.parametrize(
    ("grants", "method", "path", "subject", "detail"),
    [
        ([], "GET", "/version", "/version", {"why": "no_role", "needs": "see_board"}),
        ([grant(Role.WALL)], "GET", "/du-lieu", "/du-lieu", {"why": "no_role", "needs": "see_data"}),
        ([grant(Role.VIEWER)], "GET", "/nhat-ky", "/nhat-ky", {"why": "no_role", "needs": "see_audit"}),
        (
            [grant(Role.WALL)],
            "GET",
            f"/snap/{VERSION}/vn/data",
            f"{SNAP}/data",
            {"why": "no_role", "needs": "see_data", "scope": "vn"},
        ),
        (
            [grant(Role.VIEWER, "79")],
            "GET",
            f"/snap/{VERSION}/p-01/coverage",
            f"{SNAP}/coverage",
            {"why": "other_province", "needs": "see_board", "scope": "p-01"},
        ),
        (
            [grant(Role.VIEWER, "79")],
            "GET",
            f"/snap/{VERSION}/p-79/area?area=01",
            f"{SNAP}/area",
            {"why": "other_province", "scope": "p-01"},
        ),
        (
            [grant(Role.DATA_STEWARD, "79")],
            "POST",
            "/quyet-dinh/sua",
            "/quyet-dinh/sua",
            {"why": "no_role", "needs": "repair_record"},
        ),
        (
            [grant(Role.WALL)],
            "GET",
            f"/snap/{VERSION - 6}/vn/coverage",
            f"{SNAP}/coverage",
            {"why": "no_role", "needs": "see_past"},
        ),
    ],
)
def test_a_denial_is_in_the_log_once_and_in_the_audit_by_whom_and_for_what(
    make_site: Callable[..., Site],
    lines: list[Any],
    grants: list[Any],
    method: str,
    path: str,
    subject: str,
    detail: dict[str, str],
) -> None:
    from tests.support.snapshots import write_snapshot

    site = make_site(Recipe(version=VERSION - 6))
    write_snapshot(site.folder, Recipe(version=VERSION))
    token = signed_in(site.registry, grants, login=(login := f"denied-{abs(hash((method, path, subject))) % 10**12}"))
    lines.clear()
    answer = site.with_token(token).open(path, method=method, headers={**forgery_header(token), HEADER: "abcd-1234"})
    assert answer.status_code == 403
    assert rows_of(site, login) == [(login, subject, "refused", "127.0.0.1", "abcd-1234", detail)]
    told = [line for line in lines if line["event"] == "refused"]
    assert [(line["why"], line["status"], line["request_id"]) for line in told] == [(detail["why"], 403, "abcd-1234")]
    assert login not in str(lines)


def test_asking_on_and_on_fills_nothing_and_what_was_left_out_is_counted(site: Site, clock: Clock) -> None:
    token = signed_in(site.registry, [grant(Role.VIEWER, "79")], login="asks-on")
    client = site.with_token(token)
    for _ in range(40):
        assert client.get(f"/snap/{VERSION}/p-01/coverage").status_code == 403
    assert len(rows_of(site, "asks-on")) == 1
    provinces = [f"{number:02d}" for number in range(2, 60)]
    for code in provinces:
        assert client.get(f"/snap/{VERSION}/p-{code}/coverage").status_code == 403
    assert len(rows_of(site, "asks-on")) == ROWS_IN_WINDOW
    clock.advance(timedelta(seconds=61))
    assert client.get(f"/snap/{VERSION}/p-01/coverage").status_code == 403
    found = rows_of(site, "asks-on")
    assert len(found) == ROWS_IN_WINDOW + 1
    assert sum(row[5].get("left_out", 0) for row in found) == 39 + len(provinces) - (ROWS_IN_WINDOW - 1)
    # Another person's rows are not used up by this one's.
    other = signed_in(site.registry, [grant(Role.VIEWER, "79")], login="asks-once")
    assert site.with_token(other).get(f"/snap/{VERSION}/p-01/coverage").status_code == 403
    assert len(rows_of(site, "asks-once")) == 1
    with psycopg.connect(site.registry, row_factory=psycopg.rows.dict_row) as connection:
        assert verify(connection).fault is None


def test_what_somebody_writes_in_the_place_of_a_province_is_not_kept(site: Site) -> None:
    token = signed_in(site.registry, [grant(Role.VIEWER, "79")], login="asks-in-prose")
    client = site.with_token(token)
    for scope in ("p-call-me", "p-<b>", "p-٣٣", "p-001", "p-" + "x" * 3000):
        assert client.get(f"/snap/{VERSION}/{scope}/coverage").status_code == 403, scope
    assert [row[5] for row in rows_of(site, "asks-in-prose")] == [{"why": "other_province", "needs": "see_board"}]


def test_a_clock_that_is_set_back_does_not_open_or_close_the_window(site: Site, clock: Clock) -> None:
    token = signed_in(site.registry, [grant(Role.WALL)], login="asks-by-clock")
    client = site.with_token(token)
    for jump in (timedelta(), timedelta(seconds=-61), timedelta(seconds=90)):
        clock.now += jump
        assert client.get("/versions").status_code == 403
    assert len(rows_of(site, "asks-by-clock")) == 1


def test_a_denial_stands_while_the_registry_is_down_and_is_told_afterwards(site: Site, clock: Clock) -> None:
    token = signed_in(site.registry, [grant(Role.WALL)], login="asks-in-the-dark")
    client = site.with_token(token)
    assert client.get(BOARD).status_code == 200
    flag = site.deps.settings.state / "registry-down"
    flag.touch()
    clock.seconds += 2
    for _ in range(3):
        assert client.get("/versions").status_code == 403
    flag.unlink()
    clock.seconds += 2
    assert client.get("/versions").status_code == 403
    [row] = rows_of(site, "asks-in-the-dark")
    assert row[5] == {"why": "no_role", "needs": "see_past", "left_out": 3}


def test_what_nobody_may_and_what_is_not_there_is_no_denial(site: Site) -> None:
    token = signed_in(site.registry, [grant(Role.VIEWER)], login="asks-oddly")
    client = site.with_token(token)
    codes = [
        client.get("/khong-co").status_code,
        client.get("/snap/9/nonsense/coverage").status_code,
        client.post("/quyet-dinh/xoa", headers=forgery_header(token)).status_code,
        client.post("/quyet-dinh/sua").status_code,
        client.post("/_dash-update-component", json={}, headers=forgery_header(token)).status_code,
    ]
    assert codes == [404, 400, 404, 403, 403]
    assert rows_of(site, "asks-oddly") == []


def test_a_token_that_opens_nothing_is_refused_and_logged_once(site: Site, clock: Clock, lines: list[Any]) -> None:
    """Forged, signed out, too old by the one limit or the other, of a disabled account: 401, one line that says why."""
    signed_in(site.registry, [grant(Role.VIEWER)], login="comes-back", password=PASSWORD)
    with psycopg.connect(site.registry) as connection:
        [account] = connection.execute(
            "SELECT account_id FROM operations.account WHERE login = 'comes-back'"
        ).fetchone() or [0]
    left = session_for(site.registry, account, now=clock.now - timedelta(hours=2))
    old = session_for(site.registry, account, now=clock.now - timedelta(hours=13))
    with psycopg.connect(site.registry) as connection:
        used = [clock.now, clock.now - timedelta(hours=13)]
        connection.execute("UPDATE operations.web_session SET seen_at = %s WHERE began_at = %s", used)
    client = browser(site)
    enter(client, "comes-back")
    out = (client.get_cookie(SESSION) or pytest.fail("no session")).value
    assert site.with_token(out).post("/dang-xuat", headers=forgery_header(out)).status_code == 303
    for token in ("0" * 43, "x", out, left, old):
        lines.clear()
        assert site.with_token(token).get(BOARD).status_code == 401
        told = [line for line in lines if line["event"] == "refused"]
        assert [(line["why"], line["status"]) for line in told] == [("no_session", 401)]
        assert token not in str(lines)
        assert site.with_token(token).get(BOARD).status_code == 401
    with psycopg.connect(site.registry) as connection:
        ended = connection.execute(
            "SELECT detail FROM operations.audit WHERE actor = 'comes-back' AND action = 'session_ended'"
        ).fetchall()
    assert sorted(row[0]["reason"] for row in ended) == ["expired", "idle"], "once each, however often it is shown"
    lines.clear()
    assert site.app.server.test_client().get(BOARD).status_code == 401
    assert not [line for line in lines if line["event"] == "refused"], "who brings nothing is a stranger, not a forger"
    for headers in ({}, {"X-CSRFToken": "0" * 64}):
        lines.clear()
        assert site.client.post("/dang-xuat", headers=headers).status_code == 403
        assert [line["why"] for line in lines if line["event"] == "refused"] == ["forged"]
