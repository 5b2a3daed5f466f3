"""Decisions on allocation from the registry to the snapshot: versions kept, bad rows set aside, usage by round."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import LiteralString
from zoneinfo import ZoneInfo

import psycopg
import pytest

from campaign.allocation import Gap, Stage
from campaign.allocation_board import judged, summaries
from campaign.usage import Way, usage_by_area
from tests.support.centre import WALL, Centre
from warehouse import reads
from warehouse.reads_allocation import Allocated, allocated, changes, rounds_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = date(2021, 11, 22)
HANOI, SAIGON = "S-01-A", "S-79-A"


class Desk:
    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._movements = 0
        self.run(
            "INSERT INTO registry.store (code, name_vi, level) VALUES ('VN', 'Kho quốc gia', 'national')",
        )
        self.run(
            "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
            "vials_per_tray) VALUES ('CO1', 'comirnaty', 'covax', 100000, 6, 195)"
        )

    def run(self, query: LiteralString, *values: object) -> None:
        with psycopg.connect(self.centre.url) as connection:
            connection.execute(query, values)

    def decide(self, number: int, *, days_ago: int, lines: dict[str, int]) -> None:
        day = TODAY - timedelta(days=days_ago)
        self.run(
            "INSERT INTO registry.allocation_decision (decision_id, number, round, decided_on, signed_by) "
            "VALUES (%s, %s, %s, %s, 'Thứ trưởng')",
            *(number, f"{5000 + number}/QĐ-BYT", number, day),
        )
        for store, doses in lines.items():
            self.run(
                "INSERT INTO registry.allocation_line (decision_id, store_code, product_code, lot_number, doses, "
                "planned_on) VALUES (%s, %s, 'comirnaty', 'CO1', %s, %s)",
                *(number, store, doses, day + timedelta(days=2)),
            )

    def move(self, kind: str, doses: int, *, days_ago: int, store: str = HANOI, decision: int | None = None) -> int:
        self._movements += 1
        at = datetime(2021, 11, 22, 1, tzinfo=UTC) - timedelta(days=days_ago)
        place, other = ("VN", store) if kind == "issue" else (store, "VN" if kind == "receipt" else None)
        self.run(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at, counterpart_code, decision_id) VALUES (%s, %s, 'CO1', %s, %s, %s, %s, %s, %s)",
            *(
                self._movements,
                place,
                kind,
                -doses if kind in ("issue", "administered") else doses,
                at,
                at,
                other,
                decision,
            ),
        )
        return self._movements

    def seen(self) -> Allocated:
        self.centre.refresh()
        version = self.centre.snapshots.current()
        return allocated(self.centre.snapshots, version, zone=ZONE, most_per_vial={"comirnaty": 7})


@pytest.fixture
def desk(centre: Centre) -> Desk:
    return Desk(centre)


def stages(found: Allocated) -> dict[str, tuple[Stage, Gap | None, int]]:
    lines = judged(found.lines, found.decisions, rounds_of(found), found.accounts, today=found.today, wait_days=5)
    return {f"{item.line.decision_id} {item.line.store}": (item.stage, item.gap, item.difference) for item in lines}


def test_a_decision_goes_from_decided_to_used(desk: Desk) -> None:
    desk.decide(1, days_ago=12, lines={HANOI: 12_000, SAIGON: 6_000})
    assert stages(desk.seen()) == {
        "1 S-01-A": (Stage.DECIDED, Gap.UNRECEIVED, -12_000),
        "1 S-79-A": (Stage.DECIDED, Gap.UNRECEIVED, -6_000),
    }
    desk.move("issue", 12_000, days_ago=11, decision=1)
    assert stages(desk.seen())["1 S-01-A"] == (Stage.SHIPPED, Gap.UNRECEIVED, -12_000)
    desk.move("receipt", 11_900, days_ago=10, decision=1)
    found = desk.seen()
    assert stages(found)["1 S-01-A"] == (Stage.RECEIVED, Gap.SHORT, -100)
    (decision,) = summaries(
        judged(found.lines, found.decisions, rounds_of(found), found.accounts, today=TODAY, wait_days=5),
        found.decisions,
    )
    assert (decision.decision.signed_by, decision.stage) == ("Thứ trưởng", Stage.SHIPPED)
    assert (decision.planned, decision.received, decision.in_transit, decision.missing) == (18_000, 11_900, 100, 6_100)
    desk.move("administered", 11_900, days_ago=1)
    assert stages(desk.seen())["1 S-01-A"][0] is Stage.USED
    assert desk.centre.holds()


def test_usage_leaves_out_a_round_that_came_this_week(desk: Desk) -> None:
    """Round 1: 1,000 came ten days ago, of 1,200 allocated; round 2: 5,000 came yesterday; 800 were given."""
    desk.decide(1, days_ago=14, lines={HANOI: 1_200})
    desk.decide(2, days_ago=4, lines={HANOI: 5_000})
    for decision, doses, days_ago in ((1, 1_000, 10), (2, 5_000, 1)):
        desk.move("issue", doses, days_ago=days_ago, decision=decision)
        desk.move("receipt", doses, days_ago=days_ago, decision=decision)
    desk.move("administered", 800, days_ago=0)
    found = desk.seen()
    usage = usage_by_area(rounds_of(found), found.accounts, today=found.today, settled_days=7)["01"]
    assert (usage.rounds, usage.newer) == ({1}, {2})
    assert [(usage.given, usage.below(way)) for way in Way] == [(800, 1_200), (800, 1_000), (800, 800)]


def test_a_decision_corrected_or_withdrawn_keeps_its_versions(desk: Desk) -> None:
    desk.decide(1, days_ago=3, lines={HANOI: 12_000})
    desk.seen()
    desk.run("UPDATE registry.allocation_line SET doses = 9000, stated_at = '2021-11-21 02:00Z'")
    desk.run("UPDATE registry.allocation_line SET shipped_on = '2021-11-21'")
    desk.run("UPDATE registry.allocation_decision SET state = 'withdrawn', stated_at = '2021-11-21 03:00Z'")
    found = desk.seen()
    told = changes(desk.centre.snapshots, desk.centre.snapshots.current(), decision_id=1)
    assert [(item.field, item.store, item.before, item.after) for item in told] == [
        ("state", "", "decided", "withdrawn"),
        ("doses", HANOI, "12000", "9000"),
    ], "that it was shipped is progress, no change of what was decided"
    assert told[1].changed_at.astimezone(UTC) == datetime(2021, 11, 21, 2, tzinfo=UTC)
    assert stages(found)["1 S-01-A"] == (Stage.WITHDRAWN, None, 0)
    with pytest.raises(psycopg.errors.RaiseException, match="set its doses to 0"):
        desk.run("DELETE FROM registry.allocation_line")


def test_bad_rows_are_set_aside_with_their_reason_and_come_in_once_repaired(desk: Desk) -> None:
    desk.decide(1, days_ago=3, lines={HANOI: 12_000, "S-99-X": 50})
    desk.run("UPDATE registry.allocation_decision SET state = 'lost'")
    found = desk.seen()
    version = desk.centre.snapshots.current()
    told = {(row.feed, row.field, row.reason) for row in reads.quarantine(desk.centre.snapshots, version)}
    assert told == {
        ("allocation_decision", "state", "unknown_code"),
        ("allocation_line", "store_code", "unknown_code"),
    }
    assert {item.known for item in found.decisions.values()} == {False}, "its lines name a decision that is set aside"
    assert [line.store for line in found.lines] == [HANOI]
    desk.run("UPDATE registry.allocation_decision SET state = 'decided'")
    assert {item.number for item in desk.seen().decisions.values()} == {"5001/QĐ-BYT"}


def test_the_same_reading_twice_and_a_rebuild_give_the_same_content(desk: Desk) -> None:
    desk.decide(1, days_ago=12, lines={HANOI: 12_000})
    desk.move("issue", 12_000, days_ago=11, decision=1)
    number = desk.move("receipt", 12_000, days_ago=10, decision=1)
    first = desk.seen()
    desk.centre.later = timedelta(minutes=1)
    desk.run(
        "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
        "recorded_at, counterpart_code, cancels_id) VALUES (99, %s, 'CO1', 'cancel', -12000, %s, %s, 'VN', %s)",
        *(HANOI, WALL, WALL, number),
    )
    assert [line.received for line in desk.seen().lines] == [0], "a receipt that was taken back"
    assert [line.received for line in first.lines] == [12_000]
    query = "SELECT content_hash FROM snapshot_info"
    before = desk.centre.rows(query)
    desk.centre.refresh()
    assert desk.centre.rows(query) == before
    assert desk.centre.holds()
