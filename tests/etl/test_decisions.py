"""What named persons decide takes part in the refresh once; and what time alone changes, changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from campaign.coverage import Measure
from campaign.statements import Kind
from campaign.trust import Merges
from etl.drift import DriftLimits
from etl.drift_guard import DriftGuard
from etl.feeds.source import ReadLimits
from operations import acts
from operations.locks import Figures, lock
from operations.statements import state
from operations.targets import choose_denominator, set_target
from tests.support.centre import WALL, Centre
from tests.support.registry import NOON, Dose, add_doses, add_people
from warehouse import reads, reads_first, reads_trust
from warehouse.verify import rebuild, verify


def repair(centre: Centre, field: str, value: str) -> None:
    acts.repair(
        centre.url,
        feed="dose",
        record_key="9",
        field=field,
        value=value,
        reason="the site said so on the phone",
        actor="Lê An",
        now=WALL,
    )


def merges(centre: Centre, today: date) -> Merges | None:
    return reads_trust.merges(centre.snapshots, centre.snapshots.current(), today=today)


def test_a_repaired_record_enters_once_and_the_audit_stays(centre: Centre) -> None:
    add_people(centre.url, [(1, "79"), (2, "79")])
    add_doses(centre.url, [Dose(1, 2, NOON), Dose(9, 1, NOON, product="astrazenca", site="79-nowhere")])
    centre.refresh()
    repair(centre, "product_code", "astrazeneca")
    done = centre.refresh(centre.decided())
    assert set(done.outcomes.values()) == {acts.Outcome.STILL_BAD}, "its site is still unknown"
    assert centre.headline().doses == 1
    repair(centre, "site_code", "79-A")
    done = centre.refresh(centre.decided())
    assert set(done.outcomes.values()) == {acts.Outcome.APPLIED}
    acts.settle_repairs(centre.url, done.outcomes, now=WALL)
    assert (centre.headline().doses, centre.headline().quarantined) == (2, 0)
    assert not centre.refresh(centre.decided()).outcomes
    assert centre.headline().doses == 2
    (day,) = centre.rows("SELECT sum(rows)::INT AS rows, sum(still_held)::INT AS held FROM quarantine_day")
    assert (day["rows"], day["held"]) == (1, 0), "that it was set aside is not forgotten"
    assert verify(centre.warehouse, centre.refresher.engine, deep=True).cells_differing == 0


def test_a_merge_joins_two_half_vaccinated_people_and_its_undoing_parts_them(centre: Centre) -> None:
    add_people(centre.url, [(1, "79"), (2, "74")])
    add_doses(centre.url, [Dose(1, 1, NOON - timedelta(70)), Dose(2, 2, NOON)])
    centre.refresh()
    assert (centre.reached("79", Measure.DOSE1), centre.reached("74", Measure.DOSE1)) == (1, 1)
    with psycopg.connect(centre.url) as connection:
        connection.execute(
            "INSERT INTO registry.person_merge (kept_person_id, merged_person_id, merged_at, actor) "
            "VALUES (1, 2, %s, 'Lê An')",
            [NOON],
        )
    centre.refresh()
    assert (centre.reached("79", Measure.DOSE1), centre.reached("79", Measure.FULL)) == (1, 1)
    assert centre.reached("74", Measure.DOSE1) == 0
    assert centre.headline().doses == 2, "the doses stay two"
    assert merges(centre, NOON.date()) == Merges(in_force=1, lately=1, undone=0, people=1)
    assert merges(centre, NOON.date() + timedelta(7)) == Merges(in_force=1, lately=0, undone=0, people=1)
    assert centre.holds()
    with psycopg.connect(centre.url) as connection:
        connection.execute("UPDATE registry.person_merge SET undone_at = now()")
    centre.refresh()
    assert (centre.reached("79", Measure.FULL), centre.reached("74", Measure.DOSE1)) == (0, 1)
    assert merges(centre, NOON.date()) == Merges(in_force=0, lately=0, undone=1, people=2)
    assert verify(centre.warehouse, centre.refresher.engine, deep=True).cells_differing == 0


def test_a_locked_day_stands_and_what_comes_later_is_its_revision(centre: Centre) -> None:
    add_people(centre.url, [(1, "79"), (2, "79")])
    add_doses(centre.url, [Dose(1, 1, NOON)])
    centre.refresh()
    version = centre.snapshots.current()
    lock(
        centre.url,
        reporting_day=NOON.date(),
        scope="nation",
        snapshot_version=version,
        figures=Figures(doses=1, dose1_people=1, full_people=0, through=NOON),
        reason="bulletin of the day",
        actor="Lê An",
        now=WALL,
    )
    add_doses(centre.url, [Dose(2, 2, NOON - timedelta(1), recorded=NOON + timedelta(1))])
    for _ in range(6):
        centre.refresh()
    (row,) = centre.rows("SELECT locked_doses, doses_now, locked_by FROM figure_lock")
    assert (row["locked_doses"], row["doses_now"], row["locked_by"]) == (1, 2, "Lê An")
    assert reads.info(centre.snapshots, version).version == version, "a cited snapshot is never pruned"


def test_what_a_province_confirmed_is_shown_beside_what_it_has_become(centre: Centre) -> None:
    add_people(centre.url, [(1, "79"), (2, "79"), (3, "01")])
    add_doses(centre.url, [Dose(1, 1, NOON), Dose(3, 3, NOON, site="01-A")])
    centre.refresh()
    seen = {"reporting_day": NOON.date(), "snapshot_version": centre.snapshots.current(), "actor": "Lê An", "now": WALL}
    figures = Figures(doses=1, dose1_people=1, full_people=0, through=None)
    for area, kind, text in (("79", Kind.CONFIRMED, ""), ("79", Kind.EXPLAINED, "mưa lũ"), ("01", Kind.CONFIRMED, "")):
        state(centre.url, area_code=area, kind=kind, text=text, figures=figures, **seen)
    centre.refresh()
    said = reads_first.statements(centre.snapshots, centre.snapshots.current())
    assert said is not None and [item.revised for item in said] == [False, False, False]
    add_doses(centre.url, [Dose(2, 2, NOON - timedelta(1), recorded=NOON + timedelta(1))])
    centre.refresh()
    said = reads_first.statements(centre.snapshots, centre.snapshots.current())
    assert said is not None
    assert [(item.area_code, item.revision, item.dose1_people_now) for item in said] == [
        ("79", 1, 2),
        ("79", 1, 2),
        ("01", 0, 1),
    ]
    assert said[1].said == "mưa lũ"


def test_a_reading_unlike_those_before_waits_for_a_person(centre: Centre) -> None:
    # The same guard with limits that a test's few rows can reach.
    limits = DriftLimits(min_readings=3, min_span_seconds=0, min_rows=10, floor_rows=10)
    centre.refresher._guard = DriftGuard(centre.warehouse.connection, limits)
    add_people(centre.url, [(number, "79") for number in range(1, 61)])
    for number in range(1, 5):
        add_doses(centre.url, [Dose(number, number, NOON)])
        centre.later += timedelta(minutes=1)
        centre.refresh()
    add_doses(centre.url, [Dose(number, number, NOON) for number in range(5, 61)])
    centre.later += timedelta(minutes=1)
    done = centre.refresh()
    assert done.failed
    assert "app.py release dose" in done.failed[0]
    assert centre.headline().doses == 4
    (held,) = centre.rows("SELECT state FROM feed_status WHERE name = 'dose'")
    assert held["state"] == "held"
    acts.release(centre.url, feed="dose", reason="a backlog, announced", actor="Lê An", now=WALL)
    centre.later += timedelta(minutes=1)
    done = centre.refresh(centre.decided())
    assert centre.headline().doses == 60
    assert len(done.consumed) == 1


def test_a_release_lets_the_whole_backlog_pass(centre: Centre) -> None:
    """Each piece is unlike the readings before it: a person is asked once, and meanwhile nothing is asked for."""
    limits = DriftLimits(min_readings=3, min_span_seconds=0, min_rows=10, floor_rows=10)
    centre.refresher._guard = DriftGuard(centre.warehouse.connection, limits)
    add_people(centre.url, [(number, "79") for number in range(1, 101)])
    for number in range(1, 5):
        add_doses(centre.url, [Dose(number, number, NOON)])
        centre.later += timedelta(minutes=1)
        centre.refresh()
    centre.limits = ReadLimits(max_rows=30)
    add_doses(centre.url, [Dose(number, number, NOON) for number in range(5, 101)])
    centre.later += timedelta(minutes=1)
    held = centre.refresh()
    assert held.failed
    assert not held.more_waits, "held, so that asking again at once is of no use"
    acts.release(centre.url, feed="dose", reason="a backlog, announced", actor="Lê An", now=WALL)
    consumed: list[int] = []
    done = held
    while not consumed:
        centre.later += timedelta(minutes=1)
        done = centre.refresh(centre.decided())
        assert not done.failed
        consumed += done.consumed
        assert done.more_waits != bool(consumed), "used up by the last piece"
    assert centre.headline().doses == 100


def test_thirty_days_without_a_record_change_what_is_due(centre: Centre) -> None:
    """The snapshot keeps the day on which something falls due: who reads it brings the clock."""
    add_people(centre.url, [(1, "79"), (2, "01")])
    add_doses(centre.url, [Dose(1, 1, NOON), Dose(2, 2, NOON, site="01-A")])
    centre.refresh()
    due = (
        "SELECT coalesce(sum(people), 0)::INT AS people FROM people_due "
        "WHERE due_on <= (SELECT last_day FROM snapshot_info)"
    )
    before = centre.rows(due)[0]["people"]
    centre.later = timedelta(days=30)
    centre.refresh()
    assert (before, centre.rows(due)[0]["people"]) == (0, 0)
    centre.later = timedelta(days=45)
    centre.refresh()
    rows = centre.rows("SELECT area_code, due_on FROM people_due ORDER BY area_code")
    # Elsewhere eight weeks; HCMC had set six for itself (42 days).
    assert [(row["area_code"], row["due_on"]) for row in rows] == [("01", date(2022, 1, 15)), ("79", date(2022, 1, 1))]
    assert centre.rows(due)[0]["people"] == 1


@pytest.mark.parametrize("deep", [False, True])
def test_a_damaged_cube_is_found_and_mended(centre: Centre, deep: bool) -> None:
    add_people(centre.url, [(1, "79"), (2, "74")])
    add_doses(centre.url, [Dose(1, 1, NOON), Dose(2, 2, NOON)])
    centre.refresh()
    fingerprint = centre.hash()
    engine = centre.refresher.engine
    centre.warehouse.connection.execute("INSERT INTO cube.dose SELECT * REPLACE (1 AS n) FROM cube.dose LIMIT 1")
    found = verify(centre.warehouse, engine, deep=deep)
    assert [item.cube for item in found.cubes if item.differing] == ["dose"]
    centre.refresh()
    assert not centre.holds(), "shown as what it is before anybody asks"
    rebuild(centre.warehouse, engine, deep=deep)
    assert verify(centre.warehouse, engine, deep=True).cells_differing == 0
    centre.refresh()
    assert centre.hash() == fingerprint


def test_a_decided_target_holds_from_its_day_and_what_was_published_keeps_its_own(centre: Centre) -> None:
    add_people(centre.url, [(1, "79")])
    add_doses(centre.url, [Dose(1, 1, NOON)])
    centre.refresh()
    before = centre.snapshots.current()
    today = reads.day_of(centre.snapshots, before)
    (first,) = (item for item in reads.targets(centre.snapshots, before) if item.target_id == "adults_50_2021")
    who: dict[str, Any] = {"today": today, "reason": "letter", "actor": "Lê An", "now": WALL}
    for ratio, since in ((0.8, today), (0.9, today + timedelta(30))):
        set_target(centre.url, replace(first, ratio=ratio, valid_from=since), known={"adults_50_2021"}, **who)
    choose_denominator(centre.url, "portal_2021", known={"portal_2021"}, valid_from=today, **who)
    choose_denominator(centre.url, "est_2021", known={"est_2021"}, valid_from=today + timedelta(30), **who)
    centre.refresh(centre.decided())
    after = centre.snapshots.current()
    held = [{item.target_id: item.ratio for item in reads.targets(centre.snapshots, at)} for at in (before, after)]
    assert [item["adults_50_2021"] for item in held] == [0.5, 0.8]
    assert [reads.info(centre.snapshots, at).denominator for at in (before, after)] == ["est_2021", "portal_2021"]
    versions = centre.rows("SELECT ratio FROM target WHERE target_id = 'adults_50_2021' ORDER BY valid_from")
    assert [row["ratio"] for row in versions] == [0.5, 0.8, 0.9], "the history is in the snapshot"
