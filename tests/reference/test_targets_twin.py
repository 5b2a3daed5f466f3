"""The four readings of each target against slow, plain Python over the snapshot's own rows; provinces and nation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.coverage import NATION, UNKNOWN_AREA, Coverage, Measure, PopulationGroup, Target
from campaign.readings import Area, AreaRow
from campaign.supply_ahead import Supply
from campaign.targets import READINGS, Denominator, Standing
from tests.support.snapshots import Recipe, write_snapshot
from warehouse import reads, reads_targets
from warehouse.database import open_database
from warehouse.reads_supply import Declared
from warehouse.reads_targets import Grounds, Reached
from warehouse.snapshot import Snapshots

DENOMINATORS = ("est_2021", "portal_2021")
WAITS = {"astrazeneca": 56, "comirnaty": 21}


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshots]:
    folder = tmp_path_factory.mktemp("targets")
    write_snapshot(folder, Recipe(version=1))
    opened = Snapshots(folder)
    yield opened
    opened.close()


class Twin:
    """Everything that a reading says, from rows as they lie in the file, one at a time."""

    def __init__(self, snapshots: Snapshots, denominator: str) -> None:
        def rows(table: str) -> list[dict[str, Any]]:
            return snapshots.rows(1, f"SELECT * FROM {table}")

        self.today: date = rows("snapshot_info")[0]["as_of"].date()
        self.people: dict[tuple[str, str], dict[str, int]] = {}
        for row in rows("people_by_area"):
            found = {"dose1": row["dose1_people"], "full": row["full_people"]}
            self.people[row["area_code"], row["population_group"]] = found
        self.population: dict[tuple[str, str], int | None] = {}
        newest: dict[tuple[str, str], date] = {}
        for row in rows("population"):
            key = (row["area_code"], row["population_group"])
            if row["version"] == denominator and newest.get(key, date.min) <= row["valid_from"] <= self.today:
                newest[key] = row["valid_from"]
                self.population[key] = row["people"]
        self.by_day: dict[tuple[str, str], dict[date, dict[str, int]]] = defaultdict(dict)
        for row in rows("people_by_day"):
            found = {"dose1": row["dose1_people"], "full": row["full_people"]}
            self.by_day[row["area_code"], row["population_group"]][row["day"]] = found
        self.raised = {
            (row["area_code"], row["day"]): min(max(row["expected"] / row["reported"], 1.0), 2.0)
            for row in rows("nowcast")
            if row["reported"]
        }
        self.nowcast_areas = {area for area, _ in self.raised}
        self.targets = rows("target")
        self.areas = [row["code"] for row in rows("area") if row["code"] != "central"]

    def places(self, group: str, place: str) -> list[str]:
        """The nation is everybody but the provinces without a population; the unknown have none and are counted."""
        if place != NATION:
            return [place]
        return [code for code in self.areas if code == UNKNOWN_AREA or self.population.get((code, group))]

    def expect(self, target: dict[str, Any], group: str, measure: str, place: str) -> dict[str, Any]:
        codes = self.places(group, place)
        people = sum(self.people[code, group][measure] for code in codes)
        known = [value for code in codes if (value := self.population.get((code, group)))]
        population = sum(known) if known else None
        exact = Fraction(str(target["ratio"])) * (population or 0)
        needed = (floor(exact) + 1 if target["more_than"] else ceil(exact)) if population else None
        days = [self.today - timedelta(back) for back in range(7, 0, -1)]
        share_of = "" if place == NATION else place if place in self.nowcast_areas else ""
        recent = [
            sum(self.by_day[code, group].get(day, {}).get(measure, 0) for code in codes)
            * self.raised.get((share_of, day), 1.0)
            for day in days
        ]
        return {
            "people": people,
            "population": population,
            "needed": needed,
            "not_yet": max(population - people, 0) if population else None,
            "gap": max(needed - people, 0) if needed is not None else None,
            "pace": sum(recent) / 7,
            "reached_on": self._reached_on(codes, group, measure, needed),
        }

    def _reached_on(self, codes: list[str], group: str, measure: str, needed: int | None) -> date | None:
        total, day = 0, date(2021, 3, 8)
        while needed is not None and day <= self.today:
            total += sum(self.by_day[code, group].get(day, {}).get(measure, 0) for code in codes)
            if total >= needed:
                return day
            day += timedelta(1)
        return None


def said(found: Standing) -> dict[str, Any]:
    return {
        "people": found.coverage.people,
        "population": found.coverage.population,
        "needed": found.needed,
        "not_yet": found.not_yet,
        "gap": found.gap,
        "pace": pytest.approx(found.pace),
        "reached_on": found.reached_on,
    }


@pytest.mark.parametrize("denominator", DENOMINATORS)
def test_every_reading_of_every_place_equals_the_twin(snapshots: Snapshots, denominator: str) -> None:
    twin = Twin(snapshots, denominator)
    ground = reads_targets.grounds(snapshots, 1, denominator=denominator, usual_waits=WAITS)
    by_id = {target["target_id"]: target for target in twin.targets}
    found = list(reads_targets.of_nation(ground))
    assert len(found) == 2 * len(READINGS)
    for target in ground.targets:
        for group, measure in READINGS:
            places = reads_targets.of_areas(ground, target, group, measure)
            assert len(places) == 64
            found += places
    for item in found:
        expected = twin.expect(by_id[item.target.target_id], item.group.value, item.measure.value, item.area_code)
        assert expected == said(item), (item.area_code, item.group, item.measure)


@pytest.mark.parametrize("denominator", DENOMINATORS)
def test_the_places_add_up_to_the_nation(snapshots: Snapshots, denominator: str) -> None:
    ground = reads_targets.grounds(snapshots, 1, denominator=denominator, usual_waits=WAITS)
    check_sums(ground)


def check_sums(ground: Grounds) -> None:
    """People and populations of provinces and unknown are the nation's, to the unit; of the gaps nothing such holds."""
    for target in ground.targets:
        for group, measure in READINGS:
            nation = reads_targets.nation_reading(ground, target, group, measure)
            places = reads_targets.of_areas(ground, target, group, measure)
            assert nation is not None
            counted = [item for item in places if item.area_code not in nation.missing_areas]
            assert nation.coverage.people == sum(item.coverage.people for item in counted)
            populations = [item.coverage.population for item in counted if item.coverage.population is not None]
            assert nation.coverage.population == (sum(populations) if populations else None)
            left_out = [item.area_code for item in places if item not in counted]
            assert all(code != UNKNOWN_AREA for code in left_out)
            path = [reads_targets.path_of(ground, item)[0] for item in counted]
            whole = reads_targets.path_of(ground, nation)[0]
            if whole is not None:
                parts = [past.recorded[measure] for past in path if past is not None]
                assert list(whole.recorded[measure]) == [sum(day) for day in zip(*parts, strict=True)]


CODES = [f"{number:02d}" for number in range(1, 64)]
COUNTS = st.lists(st.integers(0, 3_000_000), min_size=64, max_size=64)
POPULATIONS = st.lists(st.one_of(st.none(), st.integers(1, 9_000_000)), min_size=63, max_size=63)


@given(COUNTS, COUNTS, POPULATIONS, st.sampled_from([0.5, 0.7, 0.8]), st.booleans())
def test_sixty_three_provinces_and_the_unknown_are_the_nation(
    dose1: list[int], full: list[int], populations: list[int | None], ratio: float, more_than: bool
) -> None:
    target = Target(
        target_id="t",
        population_group=PopulationGroup.ADULTS,
        ratio=ratio,
        due_on=date(2021, 12, 31),
        valid_from=date(2021, 7, 8),
        more_than=more_than,
    )
    codes = [*CODES, UNKNOWN_AREA]
    rows = tuple(
        AreaRow(
            area=Area(code=code, name_vi=code, name_en=code, region_vi="", region_en="", position=place),
            doses=None,
            doses_last_7_days=None,
            coverage={
                (group, measure): Coverage(people=people[place], population=[*populations, None][place])
                for group, _ in READINGS
                for measure, people in ((Measure.DOSE1, dose1), (Measure.FULL, full))
            },
            registered=None,
            delivered=None,
            on_hand=None,
            last_report_on=None,
        )
        for place, code in enumerate(codes)
    )
    reached = Reached(
        first_day=date(2021, 10, 1),
        today=date(2021, 10, 2),
        dose1={code: np.array([float(people), 0.0]) for code, people in zip(codes, dose1, strict=True)},
        full={code: np.array([0.0, float(people)]) for code, people in zip(codes, full, strict=True)},
        shares={},
    )
    check_sums(
        Grounds(
            areas=rows,
            targets=(target,),
            today=date(2021, 10, 2),
            denominator="est_2021",
            sources={
                (code, group): Denominator(version="est_2021", sources=("s",), valid_from=None)
                for code in codes
                for group, _ in READINGS
            },
            reached={group: reached for group, _ in READINGS},
        )
    )


def test_people_of_the_present_are_raised_by_what_their_own_province_declared() -> None:
    """A province that is behind gave second doses, the other first ones: neither's share is the other's. The unknown
    declare nothing and are raised as the nation."""
    day = date(2021, 10, 1)
    nobody = np.zeros(0)
    reached = Reached(
        first_day=day,
        today=date(2021, 10, 2),
        dose1={"01": np.array([100.0, 0.0]), "79": np.array([10.0, 0.0]), "unknown": np.array([20.0, 0.0])},
        full={"01": np.array([50.0, 0.0]), "79": np.array([200.0, 0.0])},
        shares={},
        waits=((21, 56), np.array([[0.25], [0.75]])),
        supply=Supply(
            given=np.zeros(1),
            arrived_on=nobody,
            usable_until=nobody,
            arrived=nobody,
            decided_on=nobody,
            planned_on=nobody,
            allocated=nobody,
        ),
        declared=Declared(nation=np.array([1.2]), by_area={"01": np.array([0.98]), "79": np.array([1.5])}),
    )
    ahead = reads_targets.ahead_of(reached, ("01", "79", "unknown"))
    assert ahead is not None
    assert ahead.begun.counts[:, 0] == pytest.approx([0.25 * 137.0, 0.75 * 137.0])
    assert ahead.full == pytest.approx([349.0])
    only = reads_targets.ahead_of(reached, ("79",))
    assert only is not None and only.full == pytest.approx([300.0])


def test_a_target_s_newest_version_in_force_is_read_and_the_older_ones_stay(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path, Recipe(version=1))
    with open_database(path) as database:
        database.execute(
            "INSERT INTO target VALUES ('adults_50_2021', '18plus', 0.8, '2021-12-31', '2021-11-01', false), "
            "('adults_50_2021', '18plus', 0.9, '2021-12-31', '2022-01-01', false)"
        )
    snapshots = Snapshots(tmp_path)
    found = {target.target_id: target.ratio for target in reads.targets(snapshots, 1)}
    assert found == {"adults_50_2021": 0.8, "all_70_2022q1": 0.7}
    snapshots.close()
