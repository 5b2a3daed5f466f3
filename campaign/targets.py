"""Where the campaign stands against a target: the four readings, what is missing, the pace that it takes, and when.

A target holds for one group of the population, yet "vaccinated" and "the population" are ambiguous in every source. So
each target is read four ways: at least one dose or the full series, of adults or of everyone. `own` marks the two
readings that the target is about; the other two stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from campaign.coverage import Coverage, Measure, PopulationGroup, Target
from campaign.outlook import Ahead
from campaign.projection import Daily, Fan, Projection, ProjectionRules, first_dose_fan, full_series_fan, reach

MEASURES = (Measure.DOSE1, Measure.FULL)
GROUPS = (PopulationGroup.ADULTS, PopulationGroup.ALL)
READINGS = tuple((group, measure) for group in GROUPS for measure in MEASURES)
PACE_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Denominator:
    """Which population a ratio divides by. `sources` are ids of data/reference/sources.csv; `valid_from` the newest
    day from which one of its figures holds."""

    version: str
    sources: tuple[str, ...]
    valid_from: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How one area and group got here. Whole days only, raised by what is not yet entered (`Daily`); both dailies have
    the same days. `crossed` is asked with the figures as they are recorded, not as they are expected to become."""

    first: Daily
    full: Daily
    recorded: Mapping[Measure, Sequence[int]]  # people by day from first.first_day on, the day in progress included
    ahead: Ahead | None = None  # from the same first day, and at least as many: what else is on record

    def daily(self, measure: Measure) -> Daily:
        return self.first if measure is Measure.DOSE1 else self.full


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One reading of one target in one area. Unit: people; paces are people a day.

    not_yet: of the population, people whom the reading does not count yet, never below 0. gap: people missing to the
    target, 0 once it is reached. pace_needed: from tomorrow to the due date; None once reached, due, or without a
    population. pace: mean of the last seven whole days, incomplete ones raised to what is expected of them. All are
    None where the version has no population: without denominator there is no ratio.
    """

    target: Target
    group: PopulationGroup
    measure: Measure
    own: bool
    area_code: str
    coverage: Coverage
    denominator: Denominator
    missing_areas: tuple[str, ...]
    needed: int | None
    not_yet: int | None
    gap: int | None
    pace_needed: float | None
    pace: float | None
    reached: bool
    reached_on: date | None
    overdue: bool
    projection: Projection | None

    @property
    def no_date(self) -> bool:
        """Nobody came lately: at this pace there is no date."""
        return not self.reached and self.pace is not None and self.pace <= 0


def people_needed(target: Target, population: int) -> int:
    """The least number of people with whom the target is met: "more than 70 %" of 10 is 8, "at least 50 %" is 5."""
    return _needed(target.ratio, target.more_than, population)


@lru_cache(8192)
def _needed(ratio: float, more_than: bool, population: int) -> int:
    """Exact fractions are slow, and each page asks for the same few thousand."""
    exact = Fraction(str(ratio)) * population
    return floor(exact) + 1 if more_than else ceil(exact)


def standing(
    target: Target,
    *,
    group: PopulationGroup,
    measure: Measure,
    area_code: str,
    coverage: Coverage,
    denominator: Denominator,
    missing_areas: tuple[str, ...],
    past: Past | None,
    today: date,
    rules: ProjectionRules,
) -> Standing:
    """One reading as of the day `today`, which is still in progress. `past`: None where the source keeps no days."""
    population = coverage.population or None
    needed = people_needed(target, population) if population else None
    reached = needed is not None and coverage.people >= needed
    gap = None if needed is None else max(needed - coverage.people, 0)
    overdue = not reached and today > target.due_on
    days_left = max((target.due_on - today).days, 1)
    projection = None
    if past is not None and population and needed is not None and not reached:
        projection = project(past, measure, population, needed, rules)
    return Standing(
        target=target,
        group=group,
        measure=measure,
        own=group is target.population_group,
        area_code=area_code,
        coverage=coverage,
        denominator=denominator,
        missing_areas=missing_areas,
        needed=needed,
        not_yet=max(population - coverage.people, 0) if population else None,
        gap=gap,
        pace_needed=gap / days_left if gap and not overdue else None,
        pace=None if past is None else recent_pace(past.daily(measure)),
        reached=reached,
        reached_on=crossed_on(past, measure, needed) if reached and past is not None and needed else None,
        overdue=overdue,
        projection=projection,
    )


def recent_pace(daily: Daily) -> float | None:
    """People a day over the last seven whole days; None before there are seven."""
    if len(daily.counts) < PACE_DAYS:
        return None
    return float(daily.counts[-PACE_DAYS:].mean())


def crossed_on(past: Past, measure: Measure, needed: int) -> date | None:
    """The day of injection on which `needed` people had been reached, by what is recorded now: late entry moves it."""
    total = 0
    for offset, people in enumerate(past.recorded[measure]):
        total += people
        if total >= needed:
            return date.fromordinal(past.first.first_day.toordinal() + offset)
    return None


def fan_of(past: Past, measure: Measure, population: int, rules: ProjectionRules) -> Fan | None:
    """The curve ahead, fast, as expected and slow: by vaccine on record where that tells, else by the pace. None where
    nobody came lately, or too few days are known."""
    paced = _paced(past, measure, population, rules)
    if paced is None or past.ahead is None:
        return paced
    return past.ahead.fan(len(past.first.counts), measure, population) or paced


def _paced(past: Past, measure: Measure, population: int, rules: ProjectionRules) -> Fan | None:
    first = first_dose_fan(past.first, population, rules)
    if measure is Measure.DOSE1:
        return first
    lately = past.full.counts[-rules.window_days :].sum()
    if lately <= 0 or len(past.full.counts) < rules.fewest_days:
        return None
    return full_series_fan(past.full, past.first, first, population, rules)


def project(past: Past, measure: Measure, population: int, needed: int, rules: ProjectionRules) -> Projection | None:
    """When `needed` people will have been reached; None as in `fan_of`."""
    fan = fan_of(past, measure, population, rules)
    return reach(fan, needed) if fan else None
