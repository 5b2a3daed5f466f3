"""How a device stands is said by named persons: who may, what is refused, one after the other, and never unsaid."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import psycopg
import pytest

from campaign.access import Role
from campaign.equipment import Status
from cli.main import main
from cli.places import as_role
from operations import equipment
from operations.action_log import ActRefused, NotAllowed, connect
from operations.decisions import Actor
from operations.ems import Window
from operations.equipment import StatusSet
from tests.support.people import add_account, grant
from tests.support.registry import seed

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
WINDOW = Window(since=datetime(2021, 3, 1, tzinfo=UTC), until=NOW)
LE_AN = Actor(name="Lê An", origin="command", now=NOW)


@pytest.fixture
def url(registry_url: str) -> str:
    seed(registry_url)
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.equipment "
            "(equipment_id, store_code, kind, storage_class, reporting_mode, retired_on) VALUES "
            "('TB1', 'S-79-A', 'fridge', 'refrigerator', 'live', NULL), "
            "('OLD', 'S-79-A', 'fridge', 'refrigerator', 'live', '2021-11-15')"
        )
    return as_role(registry_url, "mcc_app")


def say(
    url: str, status: Status, *, device: str = "TB1", reason: str = "máy nén hỏng", since: datetime | None = None,
    by: Actor = LE_AN,
) -> StatusSet:  # fmt: skip
    return equipment.set_status(
        url, equipment_id=device, status=status, reason=reason, since=since, window=WINDOW, by=by
    )


def said(url: str) -> list[tuple[Status, datetime, str]]:
    with connect(url) as connection:
        return [(item.status, item.since, item.set_by) for item in equipment.said_of(connection, "TB1")[0]]


def test_the_history_is_gone_on_with_and_in_the_audit(url: str, registry_url: str) -> None:
    first = say(url, Status.NEEDS_REPAIR, since=NOW - timedelta(days=2))
    second = say(url, Status.NOT_WORKING)
    assert (first.before, second.before, second.since) == (None, Status.NEEDS_REPAIR, NOW)
    assert said(url) == [
        (Status.NEEDS_REPAIR, NOW - timedelta(days=2), "Lê An"),
        (Status.NOT_WORKING, NOW, "Lê An"),
    ]
    with psycopg.connect(registry_url) as connection:
        audit = connection.execute("SELECT action, subject, outcome FROM operations.audit").fetchall()
        fed = connection.execute("SELECT equipment_id, status FROM feed.equipment_status ORDER BY since").fetchall()
    assert audit == [("equipment_status", "TB1", "done")] * 2
    assert fed == [("TB1", "needs_repair"), ("TB1", "not_working")]


@pytest.mark.parametrize(
    ("device", "status", "reason", "since", "why"),
    [
        ("TB9", Status.NOT_WORKING, "x", None, "unknown_equipment"),
        ("TB1", Status.WORKING, "x", None, "status_same"),
        # Retired by the register's own list.
        ("OLD", Status.NOT_IN_USE, "x", None, "status_same"),
        ("TB1", Status.NOT_WORKING, "  ", None, "empty"),
        ("TB1", Status.NOT_WORKING, "x", NOW + timedelta(minutes=1), "status_later"),
        ("TB1", Status.NOT_WORKING, "x", WINDOW.since - timedelta(minutes=1), "status_early"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    url: str, device: str, status: Status, reason: str, since: datetime | None, why: str
) -> None:
    with pytest.raises(ActRefused) as refused:
        say(url, status, device=device, reason=reason, since=since)
    assert refused.value.why == why
    assert said(url) == []


def test_a_later_word_is_not_undercut(url: str) -> None:
    say(url, Status.NOT_WORKING, since=NOW - timedelta(hours=1))
    with pytest.raises(ActRefused) as refused:
        say(url, Status.WORKING, since=NOW - timedelta(hours=2))
    assert refused.value.why == "status_said"


def test_what_the_register_retired_a_person_may_bring_back(url: str) -> None:
    assert say(url, Status.WORKING, device="OLD").before is Status.NOT_IN_USE


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of each: '' where it was done, else why not."""
    start = Barrier(len(acts))

    def go(act: Callable[[], object]) -> str:
        start.wait()
        try:
            act()
        except ActRefused as refused:
            return refused.why
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(go, acts))


def test_of_two_who_say_the_same_at_once_one_is_told_that_it_is_so_already(url: str) -> None:
    mine, theirs = LE_AN, replace(LE_AN, name="Trần Bình")
    for status in (Status.NOT_WORKING, Status.WORKING, Status.NOT_IN_USE):
        found = at_once(lambda s=status: say(url, s, by=mine), lambda s=status: say(url, s, by=theirs))
        assert sorted(found) == ["", "status_same"]
    assert [status for status, _, _ in said(url)] == [Status.NOT_WORKING, Status.WORKING, Status.NOT_IN_USE]


def test_two_who_say_different_things_at_once_stand_one_after_the_other(url: str) -> None:
    theirs = replace(LE_AN, name="Trần Bình")
    assert at_once(
        lambda: say(url, Status.NEEDS_REPAIR), lambda: say(url, Status.NOT_WORKING, by=theirs)
    ) == ["", ""]  # fmt: skip
    found = said(url)
    assert {status for status, _, _ in found} == {Status.NEEDS_REPAIR, Status.NOT_WORKING}
    assert found[0][1] < found[1][1]


def test_a_repair_is_opened_given_and_done_once(url: str) -> None:
    with pytest.raises(ActRefused) as none:
        equipment.assign_job(url, equipment_id="TB1", to="xưởng A", at=NOW, by=LE_AN)
    assert none.value.why == "no_repair"
    opened = at_once(
        lambda: equipment.open_job(url, equipment_id="TB1", problem="không lạnh", at=NOW, by=LE_AN),
        lambda: equipment.open_job(url, equipment_id="TB1", problem="không lạnh", at=NOW, by=LE_AN),
    )
    assert sorted(opened) == ["", "repair_open"]
    equipment.assign_job(url, equipment_id="TB1", to="xưởng A", at=NOW, by=LE_AN)
    equipment.close_job(url, equipment_id="TB1", outcome="thay máy nén", at=NOW + timedelta(days=1), by=LE_AN)
    equipment.open_job(url, equipment_id="TB1", problem="lại hỏng", at=NOW + timedelta(days=2), by=LE_AN)
    with connect(url) as connection:
        jobs = equipment.said_of(connection, "TB1")[1]
    assert [(job.problem, job.assigned_to, job.outcome) for job in jobs] == [
        ("không lạnh", "xưởng A", "thay máy nén"),
        ("lại hỏng", None, None),
    ]


def test_only_who_may_handle_alerts_there_says_so(url: str, registry_url: str) -> None:
    add_account(registry_url, "truc.ban", [grant(Role.OPERATOR, "79")])
    add_account(registry_url, "nguoi.xem", [grant(Role.VIEWER, "79")])
    add_account(registry_url, "tinh.khac", [grant(Role.OPERATOR, "01")])
    for login in ("nguoi.xem", "tinh.khac"):
        with pytest.raises(NotAllowed):
            say(url, Status.NOT_WORKING, by=replace(LE_AN, name=login))
    assert say(url, Status.NOT_WORKING, by=replace(LE_AN, name="truc.ban")).actor == "truc.ban"


def test_the_command_tells_what_is_missing_and_what_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equipment", "TB1", "--status", "working", "--why", "x"]) == 2
    assert "who says so" in capsys.readouterr().err
