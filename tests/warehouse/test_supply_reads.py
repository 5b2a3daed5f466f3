"""Vaccine on record as the projection reads it, against slow, plain Python over the snapshot's own rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from campaign.coverage import PopulationGroup
from campaign.supply_ahead import SupplyRules
from tests.support.snapshots import Recipe, write_snapshot
from warehouse.database import open_database
from warehouse.reads_supply import ADULT_BANDS, declared_shares, supply, wait_shares
from warehouse.snapshot import Snapshots

FIRST_DAY, DAYS = date(2021, 3, 8), 240
WAITS = {"astrazeneca": 56, "comirnaty": 21, "vero_cell": 21}
WITHOUT = ("allocation_decision", "declared_gap")


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshots]:
    folder = tmp_path_factory.mktemp("supply")
    put_doses(write_snapshot(folder, Recipe(version=1)))
    write_snapshot(folder, Recipe(version=2, without=WITHOUT))
    opened = Snapshots(folder)
    yield opened
    opened.close()


def put_doses(path: Path) -> None:
    """First and second doses of three products, of adults and a child, on two days."""
    cells = [
        # Place, day, product, number, band, sex, doses.
        (1, date(2021, 9, 1), 1, 1, 1, 1, 30),
        (2, date(2021, 9, 1), 2, 1, 2, 1, 10),
        (1, date(2021, 9, 1), 1, 2, 1, 1, 500),
        (1, date(2021, 9, 1), 2, 1, 3, 1, 700),
        (1, date(2021, 10, 5), 3, 1, 2, 1, 5),
        (2, date(2021, 10, 5), 1, 1, 1, 1, 15),
    ]
    with open_database(path) as database:
        named = {
            "name_place": [(1, "79"), (2, "01")],
            "name_product": [(1, "astrazeneca"), (2, "comirnaty"), (3, "vero_cell")],
            "name_band": [(1, "18_49", "18plus"), (2, "65plus", "18plus"), (3, "12_17", "all")],
            "name_sex": [(1, "unknown")],
        }
        for table, values in named.items():
            database.execute(f"DELETE FROM {table}")
            database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values[0]))})", values)
        found = [(place, (day - date(2020, 1, 1)).days, *rest) for place, day, *rest in cells]
        database.executemany("INSERT INTO dose_cell VALUES (?, ?, ?, ?, ?, ?, ?)", found)


def rows(snapshots: Snapshots, table: str) -> list[dict[str, Any]]:
    return snapshots.rows(1, f"SELECT * FROM {table}")


def test_first_doses_are_told_apart_by_their_wait(snapshots: Snapshots) -> None:
    found = wait_shares(snapshots, 1, PopulationGroup.ADULTS, usual_waits=WAITS, first_day=FIRST_DAY, days=DAYS)
    assert found is not None
    waits, shares = found
    assert waits == (21, 56)
    assert shares.sum(axis=0) == pytest.approx(np.ones(DAYS))
    counted: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows(snapshots, "dose_cube"):
        if row["dose_number"] == 1 and row["age_band"] in ADULT_BANDS and row["product"] in WAITS:
            counted[row["day"]][WAITS[row["product"]]] += row["doses"]
    told = {day: doses for day, doses in counted.items() if 0 <= (day - FIRST_DAY).days < DAYS and sum(doses.values())}
    assert told
    for day, doses in told.items():
        place = (day - FIRST_DAY).days
        assert shares[:, place] == pytest.approx([doses[wait] / sum(doses.values()) for wait in waits])


def test_decisions_in_force_and_lots_with_their_holds(snapshots: Snapshots) -> None:
    found = supply(snapshots, 1, first_day=FIRST_DAY, share=np.ones(DAYS))
    assert found is not None
    one_in = rows(snapshots, "snapshot_info")[0]["one_in"]
    level = {row["store_code"]: row["level"] for row in rows(snapshots, "store")}
    decisions = {
        row["decision_id"]: row["decided_on"]
        for row in rows(snapshots, "allocation_decision")
        if row["known"] and not row["withdrawn"]
    }
    lines: dict[tuple[date, date], int] = defaultdict(int)
    for row in rows(snapshots, "allocation_line"):
        decided = decisions.get(row["decision_id"])
        if (
            decided
            and row["planned_on"]
            and row["planned"]
            and level[row["store_code"]] not in ("national", "regional")
        ):
            lines[decided, row["planned_on"]] += row["planned"]
    assert lines
    assert sorted(zip(found.decided_on, found.planned_on, found.allocated, strict=True)) == sorted(
        ((decided - FIRST_DAY).days, (planned - FIRST_DAY).days, doses / one_in)
        for (decided, planned), doses in lines.items()
    )
    states: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for row in rows(snapshots, "lot_state"):
        states[row["lot_number"]].append((row["valid_from"].date(), row["state"]))
    waiting = timedelta(SupplyRules().waiting_days)
    expected: list[tuple[float, float, float]] = []
    for row in rows(snapshots, "lot"):
        mine = states.get(row["lot_number"], [])
        if not mine:
            continue
        arrived = min(day for day, _ in mine)
        released = min((day for day, state in mine if state == "released"), default=None)
        stops = [day for day, state in mine if state in ("on_hold", "recalled", "destroyed")]
        if released is None or released > arrived + waiting:
            stops.append(arrived + waiting)
        until = float((min(stops) - FIRST_DAY).days) if stops else float("inf")
        expected.append((float((arrived - FIRST_DAY).days), until, row["doses_received"] / one_in))
    assert any(until < float("inf") for _, until, _ in expected)
    assert sorted(zip(found.arrived_on, found.usable_until, found.arrived, strict=True)) == sorted(expected)


def test_doses_are_raised_to_what_was_declared(snapshots: Snapshots) -> None:
    """The nation's never below 1, an area's both ways, and the nation's where the area declared nothing."""
    nowcast = np.full(DAYS, 1.1)
    found = declared_shares(snapshots, 1, first_day=FIRST_DAY, expected=nowcast, most_raised=2.0)
    cells: dict[tuple[str, date], dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in rows(snapshots, "declared_gap"):
        if row["measure"] == "doses":
            cells[row["area_code"], row["day"]][row["age_group"]] = (row["declared"], row["recorded"])
    pairs: dict[tuple[str, date], tuple[int, int]] = {}
    nation: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for (area, day), by_age in cells.items():
        counted = [by_age["all"]] if "all" in by_age else list(by_age.values())
        pairs[area, day] = (sum(told for told, _ in counted), sum(recorded for _, recorded in counted))
        nation[day][0] += pairs[area, day][0]
        nation[day][1] += pairs[area, day][1]
    assert pairs and set(found.by_area) == {area for area, _ in pairs}
    below = 0
    for place in range(DAYS):
        day = FIRST_DAY + timedelta(place)
        told, recorded = nation.get(day, (0, 0))
        whole = min(max(told / recorded, 1.0), 2.0) if recorded else 1.1
        assert found.nation[place] == pytest.approx(whole)
        for area, shares in found.by_area.items():
            told, recorded = pairs.get((area, day), (0, 0))
            own = min(max(told / recorded, 0.5), 2.0) if told and recorded else whole
            assert shares[place] == pytest.approx(own)
            below += own < 1
    assert below


def test_a_source_without_decisions_or_declarations_says_nothing_of_them(snapshots: Snapshots) -> None:
    nowcast = np.full(DAYS, 1.1)
    assert supply(snapshots, 2, first_day=FIRST_DAY, share=nowcast) is None
    found = declared_shares(snapshots, 2, first_day=FIRST_DAY, expected=nowcast, most_raised=2.0)
    assert (found.nation == nowcast).all() and not found.by_area
    assert wait_shares(snapshots, 1, PopulationGroup.ADULTS, usual_waits={}, first_day=FIRST_DAY, days=DAYS) is None
