"""Each read of the trust tables equals a plain sum over the rows that the sample was made of."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign.trust import AGES
from tests.dashboard.conftest import VERSION
from tests.support.snapshots import AS_OF
from tests.support.trust_rows import AHEAD, ENTERED, QUARANTINE, SILENT
from warehouse import reads, reads_trust
from warehouse.snapshot import Snapshots

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "data" / "reference" / "data_rules.csv"


@pytest.fixture(scope="module")
def snapshots(readings: Any) -> Snapshots:
    found: Snapshots = readings.snapshots
    return found


def rows(snapshots: Snapshots, table: str) -> list[dict[str, Any]]:
    return snapshots.rows(VERSION, f"SELECT * FROM {table}")


def test_feeds_tell_attempt_watermark_and_next_try(snapshots: Snapshots) -> None:
    feeds = {feed.name: feed for feed in reads.feed_statuses(snapshots, VERSION)}
    assert feeds["dose"].watermark == "xid 771204"
    assert feeds["dose"].rows_last == 1906
    assert feeds["temperature_reading"].next_try is not None
    assert feeds["lot_expiry"].last_success is None


def test_quarantine_counts_held_repaired_and_the_last_fourteen_days(snapshots: Snapshots) -> None:
    groups = {(g.feed, g.field, g.reason): g for g in reads_trust.quarantine_groups(snapshots, VERSION)}
    days = rows(snapshots, "quarantine_day")
    today = reads.info(snapshots, VERSION).published_at.date()
    assert len(groups) == len(QUARANTINE)
    for feed, field, reason, held in QUARANTINE:
        group = groups[feed, field, reason]
        own = [row for row in days if (row["feed"], row["field"], row["reason"]) == (feed, field, reason)]
        assert group.held == held == sum(row["still_held"] for row in own)
        assert group.ever == sum(row["rows"] for row in own)
        assert group.repaired == sum(row["rows"] for row in own) - held
        recent = {row["day"]: row["rows"] for row in own if row["day"] > today - timedelta(14)}
        assert group.trend == recent


def test_held_records_are_the_newest_and_few(snapshots: Snapshots) -> None:
    found = reads_trust.held_records(snapshots, VERSION, limit=7)
    newest = sorted((row["seen_at"] for row in rows(snapshots, "quarantine_row")), reverse=True)[:7]
    assert [record.seen_at for record in found] == newest


def test_rules_are_counted_with_the_areas_that_break_them_most(snapshots: Snapshots) -> None:
    by_rule: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows(snapshots, "rule_count"):
        by_rule[row["rule_id"]][row["area_code"]] = row["records"]
    counts = reads_trust.rule_counts(snapshots, VERSION)
    assert {count.rule_id for count in counts} == set(by_rule)
    for count in counts:
        assert count.records == sum(by_rule[count.rule_id].values())
        worst = sorted(((n, c) for c, n in by_rule[count.rule_id].items() if c), key=lambda pair: (-pair[0], pair[1]))
        assert count.areas == tuple((code, number) for number, code in worst[:10])


def test_declared_gaps_are_bucketed_by_the_age_of_the_declared_day(snapshots: Snapshots) -> None:
    expected: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(AGES, 0))
    for row in rows(snapshots, "declared_gap"):
        expected[row["area_code"]][bucket((AS_OF.date() - row["day"]).days)] += row["declared"] - row["recorded"]
    gaps = reads_trust.declared_gaps(snapshots, VERSION)
    assert {gap.area_code: dict(gap.by_age) for gap in gaps} == expected
    assert all(gap.gap == sum(gap.by_age.values()) for gap in gaps)
    assert SILENT not in expected
    assert gaps[-1].area_code == AHEAD
    assert gaps[-1].gap < 0


def bucket(age: int) -> str:
    return "0_3" if age <= 3 else "4_7" if age <= 7 else "8_30" if age <= 30 else "over_30"


def test_where_all_ages_were_declared_together_their_groups_are_not_added_to_it(snapshots: Snapshots) -> None:
    """A slow check of the rule itself, on rows of its own."""
    from warehouse.database import open_database
    from warehouse.sqlfiles import sql

    with open_database(":memory:") as database:
        database.execute("CREATE TABLE snapshot_info AS SELECT TIMESTAMPTZ '2021-11-22 14:00+07' AS as_of")
        database.execute(
            "CREATE TABLE declared_gap AS SELECT * FROM (VALUES "
            "('01', DATE '2021-11-21', 'doses', 'all', 100, 80, now()), "
            "('01', DATE '2021-11-21', 'doses', '12_17', 30, 20, now()), "
            "('02', DATE '2021-11-21', 'doses', '12_17', 30, 20, now()), "
            "('02', DATE '2021-11-21', 'doses', '18plus', 50, 50, now()), "
            "('02', DATE '2021-11-21', 'people', 'all', 9, 9, now())) "
            "AS t (area_code, day, measure, age_group, declared, recorded, declared_at)"
        )
        found = database.execute(sql("reads/declared_gaps"), {"measure": "doses"}).fetchall()
    assert [row[:3] for row in found] == [("01", 100, 80), ("02", 80, 70)]


@pytest.mark.parametrize("area", ["", "01", "central"])
def test_both_clocks_have_the_same_total_and_open_days_an_interval(snapshots: Snapshots, area: str) -> None:
    days = reads_trust.clock_days(snapshots, VERSION, area_code=area)
    injected = sum(r["doses"] for r in rows(snapshots, "doses_by_day") if area in ("", r["area_code"]))
    late = sum(
        r["doses"]
        for r in rows(snapshots, "doses_by_recorded_day")
        if area in ("", r["area_code"]) and r["lag_bucket"] != "0"
    )
    assert sum(day.injected for day in days) == injected == sum(day.recorded or 0 for day in days)
    assert sum(day.late or 0 for day in days) == late
    expected = [day for day in days if day.expected is not None]
    assert [day.day for day in expected] == [AS_OF.date() - timedelta(back) for back in range(len(ENTERED) - 1, -1, -1)]
    assert all(day.expected and day.expected.low <= day.expected.middle <= day.expected.high for day in expected)


def test_identities_add_up_to_all_doses(snapshots: Snapshots) -> None:
    counts = reads_trust.identities(snapshots, VERSION)
    assert sum(count.doses for count in counts) == sum(row["doses"] for row in rows(snapshots, "doses_by_day"))
    assert [count.mismatched for count in counts] == sorted((c.mismatched for c in counts), reverse=True)


def test_locks_come_newest_first(snapshots: Snapshots) -> None:
    locks = reads_trust.figure_locks(snapshots, VERSION)
    assert [lock.reporting_day for lock in locks] == [date(2021, 11, 21), date(2021, 11, 20)]
    assert locks[0].doses_now - locks[0].locked_doses == 2316


def test_the_catalogue_names_an_owner_for_every_way_to_be_set_aside() -> None:
    rules = reads_trust.rules(CATALOGUE)
    assert len({rule.rule_id for rule in rules}) == len(rules) > 40
    for feed, field, reason, _ in QUARANTINE:
        owners = [rule.owner for rule in rules if rule.covers(feed=feed, field=field, reason=reason)]
        assert len(owners) == 1, (feed, field, reason)


def test_without_a_catalogue_there_are_no_rules(tmp_path: Path) -> None:
    assert reads_trust.rules(tmp_path / "none.csv") == ()
