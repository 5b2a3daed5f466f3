"""Reads of the targets: what was reached by day, and from it every reading of every target, of the nation or an area.

The nation is computed from the same rows as the coverage page's tiles, so that the two agree to the unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from campaign.coverage import CENTRAL_UNITS, NATION, Measure, PopulationGroup, Target
from campaign.outlook import Ahead, Waits
from campaign.projection import Daily, Fan, Floats, ProjectionRules
from campaign.queue_ahead import Course
from campaign.readings import AreaRow
from campaign.supply_ahead import Supply
from campaign.targets import GROUPS, READINGS, Denominator, Past, Standing, fan_of, standing
from campaign.track_record import Record, track_record
from warehouse import reads
from warehouse.reads_queue import courses
from warehouse.reads_supply import Declared, Shares, declared_shares, supply, wait_shares
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

RULES = ProjectionRules()
# A day of which more than half is still to be entered says nothing of its pace: it is raised to twice at most.
MOST_RAISED = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """People of one group by area and day, from `first_day` to `today`, which is still in progress. Every area has as
    many days as every other."""

    first_day: date
    today: date
    dose1: Mapping[str, Floats]
    full: Mapping[str, Floats]
    shares: Mapping[str, Floats]  # by area, '' is the nation: doses expected for each reported, by whole day
    waits: Shares | None = None  # of the nation's first doses, by whole day
    supply: Supply | None = None  # of the nation
    declared: Declared | None = None  # doses given for each on record
    courses: tuple[Course, ...] = ()  # of the nation's registrations, by class of ages
    ahead: dict[tuple[str, ...], Ahead] = field(default_factory=dict[tuple[str, ...], Ahead])  # by the areas asked for


ReachedByGroup = Mapping[PopulationGroup, Reached | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What every reading of one snapshot under one denominator is computed from."""

    areas: tuple[AreaRow, ...]
    targets: tuple[Target, ...]
    today: date
    denominator: str
    sources: Mapping[tuple[str, PopulationGroup], Denominator]
    reached: ReachedByGroup


def reached_by_group(snapshots: Snapshots, version: int, *, usual_waits: Mapping[str, int]) -> ReachedByGroup:
    """People by day of the groups that targets are about, whatever they are divided by. usual_waits: days from the
    first dose of a product to the one that completes its series. Raises SnapshotUnavailable."""
    today = reads.day_of(snapshots, version)
    return {group: _reached(snapshots, version, group, today, usual_waits) for group in GROUPS}


def grounds(
    snapshots: Snapshots,
    version: int,
    *,
    denominator: str,
    usual_waits: Mapping[str, int],
    reached: ReachedByGroup | None = None,
) -> Grounds:
    """`reached`: where it has been read already; `usual_waits` as there. Raises SnapshotUnavailable."""
    return Grounds(
        areas=reads.area_rows(snapshots, version, denominator=denominator),
        targets=reads.targets(snapshots, version),
        today=reads.day_of(snapshots, version),
        denominator=denominator,
        sources=_sources(snapshots, version, denominator),
        reached=reached_by_group(snapshots, version, usual_waits=usual_waits) if reached is None else reached,
    )


def of_nation(ground: Grounds) -> tuple[Standing, ...]:
    """Every target under every reading that the source can tell, of the whole nation."""
    return tuple(
        found
        for target in ground.targets
        for group, measure in READINGS
        if (found := nation_reading(ground, target, group, measure)) is not None
    )


def nation_reading(ground: Grounds, target: Target, group: PopulationGroup, measure: Measure) -> Standing | None:
    known = reads.national(ground.areas, group, measure)
    if known is None:
        return None
    coverage, missing = known
    codes = [row.area.code for row in ground.areas if row.area.code not in missing]
    return standing(
        target,
        group=group,
        measure=measure,
        area_code=NATION,
        coverage=coverage,
        denominator=_whole(ground, group, codes),
        missing_areas=missing,
        past=_past(ground.reached[group], codes, ""),
        today=ground.today,
        rules=RULES,
    )


def of_area(ground: Grounds, area_code: str) -> tuple[Standing, ...]:
    """Every target under every reading, of one area; none where there is no such area."""
    return tuple(
        found
        for target in ground.targets
        for group, measure in READINGS
        for found in of_areas(ground, target, group, measure, only=(area_code,))
    )


def of_areas(
    ground: Grounds, target: Target, group: PopulationGroup, measure: Measure, *, only: Iterable[str] | None = None
) -> tuple[Standing, ...]:
    """One reading of one target in each area that has people, in the source's order; `only` these areas."""
    wanted = None if only is None else frozenset(only)
    return tuple(
        standing(
            target,
            group=group,
            measure=measure,
            area_code=code,
            coverage=cell,
            denominator=_whole(ground, group, [code]),
            missing_areas=(),
            past=_past(ground.reached[group], [code], code),
            today=ground.today,
            rules=RULES,
        )
        for row in ground.areas
        if (code := row.area.code) != CENTRAL_UNITS
        and (wanted is None or code in wanted)
        and (cell := row.coverage.get((group, measure))) is not None
    )


def record_of(ground: Grounds, found: Standing) -> Record | None:
    """How past projections of the nation's reading turned out; None without people by day or without a population."""
    codes = [row.area.code for row in ground.areas if row.area.code not in found.missing_areas]
    past = _past(ground.reached[found.group], codes, "")
    if past is None or found.needed is None or not found.coverage.population:
        return None
    return track_record(past, found.measure, found.coverage.population, found.needed, RULES)


def path_of(ground: Grounds, found: Standing) -> tuple[Past | None, Fan | None]:
    """The days that the reading is projected from, and the curve ahead."""
    if found.area_code != NATION:
        past = _past(ground.reached[found.group], [found.area_code], found.area_code)
    else:
        codes = [row.area.code for row in ground.areas if row.area.code not in found.missing_areas]
        past = _past(ground.reached[found.group], codes, "")
    population = found.coverage.population
    return past, fan_of(past, found.measure, population, RULES) if past is not None and population else None


def _reached(
    snapshots: Snapshots, version: int, group: PopulationGroup, today: date, usual_waits: Mapping[str, int]
) -> Reached | None:
    rows = snapshots.rows(version, sql("reads/people_days"), {"group": group.value})
    first_day = date.fromordinal(min((row["days"][0] for row in rows), default=today.toordinal() + 1))
    if first_day > today:
        return None
    count = (today - first_day).days + 1

    def by_day(days: Sequence[int], people: Sequence[int]) -> Floats:
        filled = np.zeros(count)
        places = np.array(days) - first_day.toordinal()
        # A record dated tomorrow is set aside; the clock of a demonstration may stand a day behind its records.
        until = int(np.searchsorted(places, count))
        filled[places[:until]] = people[:until]
        return filled

    shares: dict[str, Floats] = {}
    for row in snapshots.rows(version, sql("reads/completeness")):
        position = (row["day"] - first_day).days
        if 0 <= position < count - 1:
            area = shares.setdefault(row["area_code"], np.ones(count - 1))
            area[position] = min(max(float(row["share"]), 1.0), MOST_RAISED)
    expected = shares.get("", np.ones(count - 1))
    declared = declared_shares(snapshots, version, first_day=first_day, expected=expected, most_raised=MOST_RAISED)
    return Reached(
        waits=wait_shares(snapshots, version, group, usual_waits=usual_waits, first_day=first_day, days=count - 1),
        supply=supply(snapshots, version, first_day=first_day, share=declared.nation),
        declared=declared,
        courses=courses(snapshots, version, group, first_day=first_day, days=count - 1),
        first_day=first_day,
        today=today,
        dose1={row["area_code"]: by_day(row["days"], row["dose1"]) for row in rows},
        full={row["area_code"]: by_day(row["days"], row["fulls"]) for row in rows},
        shares=shares,
    )


def _past(reached: Reached | None, codes: Sequence[str], shares_of: str) -> Past | None:
    """Several areas together. The share of doses not yet entered stands for that of people who reached a state."""
    if reached is None:
        return None
    days = (reached.today - reached.first_day).days + 1
    nothing = np.zeros(days)
    dose1 = sum((reached.dose1[code] for code in codes if code in reached.dose1), nothing)
    full = sum((reached.full[code] for code in codes if code in reached.full), nothing)
    share = reached.shares.get(shares_of, reached.shares.get("", np.ones(days - 1)))
    return Past(
        ahead=ahead_of(reached, tuple(codes)) if shares_of == "" else None,
        first=Daily(first_day=reached.first_day, counts=dose1[:-1] * share),
        full=Daily(first_day=reached.first_day, counts=full[:-1] * share),
        recorded={Measure.DOSE1: dose1.astype(np.int64).tolist(), Measure.FULL: full.astype(np.int64).tolist()},
    )


def ahead_of(reached: Reached, codes: tuple[str, ...]) -> Ahead | None:
    """Of the nation alone: of one area neither products by residence nor all vaccine that will be used there is told.
    People are raised by what their own area declared: where records are weeks behind, one step of the series may be
    given more than elsewhere. Kept, as it remembers what it was asked."""
    declared = reached.declared
    if reached.waits is None or reached.supply is None or declared is None:
        return None
    if codes not in reached.ahead:
        waits, shares = reached.waits

        def raised(people: Mapping[str, Floats]) -> Floats:
            nothing = np.zeros(len(declared.nation))
            return sum(
                (people[code][:-1] * declared.by_area.get(code, declared.nation) for code in codes if code in people),
                nothing,
            )

        reached.ahead[codes] = Ahead(
            first_day=reached.first_day,
            begun=Waits(days=waits, counts=shares * raised(reached.dose1)),
            full=raised(reached.full),
            supply=reached.supply,
            courses=reached.courses,
        )
    return reached.ahead[codes]


def _sources(snapshots: Snapshots, version: int, denominator: str) -> dict[tuple[str, PopulationGroup], Denominator]:
    rows = snapshots.rows(version, sql("reads/denominator_sources"), {"version": denominator})
    return {
        (row["area_code"], PopulationGroup(row["population_group"])): Denominator(
            version=denominator, sources=(row["source"],), valid_from=row["valid_from"]
        )
        for row in rows
    }


def _whole(ground: Grounds, group: PopulationGroup, codes: Iterable[str]) -> Denominator:
    found = [ground.sources[code, group] for code in codes if (code, group) in ground.sources]
    dates = [item.valid_from for item in found if item.valid_from is not None]
    return Denominator(
        version=ground.denominator,
        sources=tuple(sorted({source for item in found for source in item.sources})),
        valid_from=max(dates, default=None),
    )


def doses_elsewhere(snapshots: Snapshots, version: int) -> dict[str, tuple[int, int]]:
    """By residence area: doses of its residents, and those of them that were given elsewhere."""
    rows = snapshots.rows(version, sql("reads/doses_elsewhere"))
    return {row["area_code"]: (row["doses"], row["elsewhere"]) for row in rows}
