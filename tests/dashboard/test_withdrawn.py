"""A role that is withdrawn while a page is open: every address that needs it is lost at the next request, with what was
kept for it here and in the browser; and what a clock that jumps does to a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from campaign.access import PERMISSIONS, Permission, Role
from operations import accounts
from tests.dashboard.conftest import VERSION, Site
from tests.dashboard.test_access_table import ASKS, let_in
from tests.dashboard.test_door import BOARD, Clock, browser, cookie, enter
from tests.support.people import PASSWORD, grant
from tests.support.signed_in import forgery_header, session_for, signed_in
from tests.support.snapshots import Recipe

HOUR = timedelta(hours=1)
BY_ROLE = [ask for ask in ASKS if isinstance(ask.need, Permission)]
KEPT = (BOARD, f"/snap/{VERSION}/vn/frame", f"/snap/{VERSION}/vn/data", f"/snap/{VERSION}/vn/lineage/doses")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(make_site: Callable[..., Site], clock: Clock) -> Site:
    return make_site(Recipe(version=VERSION), deps={"wall": clock.wall, "monotonic": clock.monotonic})


@pytest.mark.parametrize("role", list(Role))
def test_every_address_that_a_role_opened_is_lost_at_the_next_request(door: Site, clock: Clock, role: Role) -> None:
    """Pages, the stream, snapshots and what is drawn of them, past ones, lists, decisions, the audit: the whole table.
    There are no files for download yet; an address that offers one needs its line in that table."""
    login = f"loses-{role.value.replace('_', '-')}"
    grants = [grant(role)]
    token = signed_in(door.registry, grants, login=login)
    client = door.with_token(token)
    opened = [ask for ask in BY_ROLE if ask.need in PERMISSIONS[role]]
    assert opened
    assert all(let_in(client, ask, grants, token)[0] for ask in opened)
    tags = {path: client.get(path).headers.get("ETag", "") for path in KEPT}
    accounts.withdraw(door.registry, login=login, role=role, actor="shell", now=clock.now)
    still = [ask.path for ask in BY_ROLE if let_in(client, ask, grants, token)[0]]
    assert still == []
    for path, tag in tags.items():
        # What the server keeps, and what the browser would show again if it were told that nothing changed.
        answer = client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 403
        assert b"table" not in answer.data
    assert client.get("/tai-khoan").status_code == 200, "one is still signed in, and may see that one holds nothing"


def test_what_is_left_is_what_the_other_roles_say(door: Site, clock: Clock) -> None:
    """From the nation to one province, and from deciding to looking."""
    grants = [grant(Role.DATA_STEWARD), grant(Role.VIEWER, "79")]
    token = signed_in(door.registry, grants, login="less-than-before")
    client = door.with_token(token)
    paths = (BOARD, f"/snap/{VERSION}/p-79/coverage", f"/snap/{VERSION}/p-01/coverage")
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]
    assert '"release":"vn"' in client.get("/").get_data(as_text=True)
    accounts.withdraw(door.registry, login="less-than-before", role=Role.DATA_STEWARD, actor="shell", now=clock.now)
    assert [client.get(path).status_code for path in paths] == [403, 200, 403]
    page = client.get("/").get_data(as_text=True)
    assert '"board":"p-79"' in page
    assert '"release"' not in page.split("board-settings")[1].split("words")[0]
    sent = client.post("/quyet-dinh/cho-qua", data={"feed": "dose", "reason": "x"}, headers=forgery_header(token))
    assert sent.status_code == 403


def test_a_stream_that_is_open_ends_with_the_last_role_that_opened_it(make_site: Callable[..., Site]) -> None:
    site = make_site(Recipe(version=VERSION), access__recheck_seconds=1)
    clock = Clock()
    token = signed_in(site.registry, [grant(Role.WALL), grant(Role.OPERATOR, "79")], login="streams")
    client = site.with_token(token)
    answer = client.get("/live", buffered=False)
    stream: Iterator[bytes] = iter(answer.response)
    assert b"retry" in next(stream)
    assert b"version" in next(stream)
    accounts.withdraw(site.registry, login="streams", role=Role.OPERATOR, actor="shell", now=clock.now)
    assert b"event: health" in next(stream), "the board is still on the screen of whoever may only look"
    accounts.withdraw(site.registry, login="streams", role=Role.WALL, actor="shell", now=clock.now)
    assert b"event: version" not in b"".join(stream)
    answer.close()
    assert client.get("/live").status_code == 403


def account_of(site: Site, login: str) -> int:
    with psycopg.connect(site.registry) as connection:
        row: Any = connection.execute("SELECT account_id FROM operations.account WHERE login = %s", [login]).fetchone()
    return int(row[0])


def test_a_clock_an_hour_ahead_ends_sessions_for_being_idle(door: Site, clock: Clock) -> None:
    """Nobody can tell a jump from an hour in which nobody was there; the safe side is to ask again."""
    signed_in(door.registry, [grant(Role.VIEWER)], login="ahead", password=PASSWORD)
    client = browser(door)
    enter(client, "ahead")
    clock.now += HOUR + timedelta(seconds=1)
    assert client.get(BOARD).status_code == 401
    clock.now -= HOUR
    assert client.get(BOARD).status_code == 401, "what has ended stays so when the clock is put right"
    assert enter(client, "ahead").status_code == 303
    assert client.get(BOARD).status_code == 200


def test_a_clock_an_hour_behind_ends_what_would_begin_in_the_future_and_lengthens_nothing(
    door: Site, clock: Clock
) -> None:
    """A session from before that hour goes on, and ends by the same clock as it would have; a younger one ends."""
    signed_in(door.registry, [grant(Role.VIEWER)], login="behind", password=PASSWORD)
    old = session_for(door.registry, account_of(door, "behind"), now=clock.now - 10 * HOUR)
    young = browser(door)
    enter(young, "behind")
    with psycopg.connect(door.registry) as connection:
        connection.execute("UPDATE operations.web_session SET seen_at = %s WHERE ended_at IS NULL", [clock.now])
    veteran = door.with_token(old)
    assert (veteran.get(BOARD).status_code, young.get(BOARD).status_code) == (200, 200)
    clock.now -= HOUR
    assert young.get(BOARD).status_code == 401
    assert veteran.get(BOARD).status_code == 200
    assert enter(young, "behind").status_code == 303, "who is there signs in again"
    fresh = cookie(young)
    clock.now += HOUR
    assert veteran.get(BOARD).status_code == 200
    assert door.with_token(fresh).get(BOARD).status_code == 200
    for _ in range(4):
        clock.now += HOUR / 2
        last = veteran.get(BOARD).status_code
    assert last == 401, "twelve hours after it began"


def test_a_clock_that_goes_back_opens_no_lock(door: Site, clock: Clock) -> None:
    """Ahead, a lock of 15 minutes is over; behind, it lasts until the clock has caught up."""
    signed_in(door.registry, [grant(Role.VIEWER)], login="jumps", password=PASSWORD)
    for number in range(5):
        assert enter(browser(door, f"10.5.0.{number}"), "jumps", "wrong one 12").status_code == 403
    clock.now -= HOUR
    assert enter(browser(door, "10.5.0.9"), "jumps").status_code == 429
    clock.now += timedelta(minutes=16)
    assert enter(browser(door, "10.5.0.9"), "jumps").status_code == 429
    clock.now += HOUR
    assert enter(browser(door, "10.5.0.9"), "jumps").status_code == 303
