"""The projection against the day on which each target was really reached, over the demonstration replayed day by day.

Unlike the record on the page, a replayed day knows what had been *recorded* by then and nothing else: late records are
missing from it, and incomplete days are raised by the nowcast of that day, as in the refresh. Figures of the nation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from campaign.coverage import Measure, PopulationGroup, Target
from campaign.nowcast import NowcastRules, Triangle, nowcast
from campaign.projection import Daily, Projection, ProjectionRules
from campaign.targets import MEASURES, Past, people_needed, project
from demo.calendar import DAY_SECONDS, DAYS, date_of
from demo.doses import NEVER, Doses
from demo.reference import ABDALA
from demo.world import ProvinceRecords, World, make_world
from settings import DemoSettings
from warehouse.reads_targets import MOST_RAISED
from warehouse.reference import load_targets

Counts = npt.NDArray[np.int64]
SEEDS = (2021, 7, 99)
LAGS = 60  # days of delay that are told apart; what comes later is known from then on
BEFORE_DAYS = 61  # the last two months
NOWCAST_DAYS = 90
NAIVE_DAYS = 7
Figures = dict[str, float | int | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One projection. `before`: days that remained to the true one. None: no such date was told."""

    before: int
    held: bool
    width: float | None
    off: float | None  # days by which the middle was late, below zero: early
    naive_held: bool
    naive_width: float | None


def backtest(
    reference_dir: Path,
    *,
    seeds: Sequence[int] = SEEDS,
    one_in: int = 100,
    every_days: int = 1,
    rules: ProjectionRules | None = None,
) -> dict[str, Figures]:
    """Figures by seed and reading, then `all`: `days` scored, `coverage` of the interval, `median_width` over the days
    remaining, `median_error` of the middle likewise, the same of the naive line, and the date in truth.

    The aim is coverage of at least 0.8 with a median width of at most 0.25.
    """
    chosen = rules or ProjectionRules()
    figures: dict[str, Figures] = {}
    pooled: list[Case] = []
    for seed in seeds:
        known = _Known.of(make_world(reference_dir, DemoSettings(seed=seed, one_in=one_in)))
        for target in load_targets(reference_dir):
            for measure in MEASURES:
                name = f"{seed} {target.target_id} {measure}"
                true_day = known.true_day(target, measure)
                if true_day is None:
                    figures[name] = {"days": 0}
                    continue
                cases = list(_cases(known, target, measure, true_day, chosen, every_days))
                figures[name] = {"reached_on": date_of(true_day).isoformat(), **summary(cases)}
                pooled += cases
    return {**figures, "all": summary(pooled)}


def summary(cases: Sequence[Case]) -> Figures:
    """A projection that told no date holds nothing, and is wider than any other."""
    if not cases:
        return {"days": 0}
    errors = [abs(case.off) / case.before for case in cases if case.off is not None]
    return {
        "days": len(cases),
        "coverage": round(sum(case.held for case in cases) / len(cases), 4),
        "median_width": _median([case.width for case in cases]),
        "median_error": _median(errors),
        "naive_coverage": round(sum(case.naive_held for case in cases) / len(cases), 4),
        "naive_median_width": _median([case.naive_width for case in cases]),
    }


def _median(values: Sequence[float | None]) -> float | None:
    ordered = sorted(float("inf") if value is None else value for value in values)
    if not ordered or ordered[len(ordered) // 2] == float("inf"):
        return None
    return round(ordered[len(ordered) // 2], 4)


Key = tuple[PopulationGroup, Measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Of the nation, day of injection x days of delay: people who reached each state, and doses, as known by then."""

    population: Mapping[PopulationGroup, int]
    people: Mapping[Key, Counts]
    doses: Counts

    @classmethod
    def of(cls, world: World) -> _Known:
        groups = (PopulationGroup.ADULTS, PopulationGroup.ALL)
        people = {
            (group, measure): np.zeros((DAYS, LAGS + 1), dtype=np.int64) for group in groups for measure in MEASURES
        }
        doses = np.zeros((DAYS, LAGS + 1), dtype=np.int64)
        for province in range(world.provinces):
            records = world.province_records(province)
            doses += _by_lag(records.doses)
            adult = _adults(records)
            for measure, reaches in _steps(records.doses).items():
                people[PopulationGroup.ALL, measure] += _by_lag(records.doses.take(reaches))
                people[PopulationGroup.ADULTS, measure] += _by_lag(records.doses.take(reaches & adult))
        areas = world.reference.areas
        return cls(
            population={
                PopulationGroup.ADULTS: round(int(areas.adults.sum()) / world.one_in),
                PopulationGroup.ALL: round(int(areas.people.sum()) / world.one_in),
            },
            people=people,
            doses=doses,
        )

    def needed(self, target: Target) -> int:
        return people_needed(target, self.population[target.population_group])

    def true_day(self, target: Target, measure: Measure) -> int | None:
        """By day of injection, with everything that was ever recorded; None where it was never reached."""
        reached = self.people[target.population_group, measure][:, -1].cumsum()
        found = np.flatnonzero(reached >= self.needed(target))
        return int(found[0]) if len(found) else None

    def past(self, group: PopulationGroup, today: int) -> Past:
        """What was known at the beginning of `today`."""
        shares = self._shares(today)
        first, full = (_as_known(self.people[group, measure], today) for measure in MEASURES)
        return Past(
            first=Daily(first_day=date_of(0), counts=first * shares),
            full=Daily(first_day=date_of(0), counts=full * shares),
            recorded={Measure.DOSE1: first.tolist(), Measure.FULL: full.tolist()},
        )

    def _shares(self, today: int) -> npt.NDArray[np.float64]:
        """Doses expected for each dose known, by day: the nation's nowcast of the same moment."""
        days = range(max(today - NOWCAST_DAYS, 0), today)
        counts = [self.doses[day, : today - day].tolist() for day in days]
        triangle = Triangle(days=[date_of(day) for day in days], counts=counts, as_of=date_of(today))
        shares = np.ones(today)
        for found in nowcast(triangle, NowcastRules()):
            if found.reported:
                share = min(max(found.expected / found.reported, 1.0), MOST_RAISED)
                shares[(found.day - date_of(0)).days] = share
        return shares


def _as_known(by_lag: Counts, today: int) -> Counts:
    days = np.arange(today)
    return by_lag[days, np.minimum(today - 1 - days, LAGS)]


def _by_lag(doses: Doses) -> Counts:
    """Day x lag, the last column at any lag. A faulty row counts once it is repaired, a voided one until it is; one
    typed a second time is nobody's state."""
    doses = doses.take(~doses.typed_twice)
    told = np.where(doses.fault == 0, doses.recorded, doses.repaired).astype(np.int64)
    voided = np.maximum(doses.voided.astype(np.int64), told)
    counts = np.zeros((DAYS, LAGS + 1), dtype=np.int64)
    for moment, sign in ((told, 1), (voided, -1)):
        happened = moment != NEVER
        lag = np.minimum(moment[happened] // DAY_SECONDS - doses.day[happened], LAGS)
        np.add.at(counts, (doses.day[happened], lag), sign)
    return counts.cumsum(axis=1)


def _adults(records: ProvinceRecords) -> npt.NDArray[np.bool_]:
    """Of each dose whether it is an adult's; those registered twice are the same person still."""
    person = records.doses.person
    people = len(records.people)
    twice = records.duplicates.person
    true = np.where(
        person < people, person, twice[np.clip(person - people, 0, max(len(twice) - 1, 0))] if len(twice) else 0
    )
    return true < records.people.adults


def _steps(doses: Doses) -> dict[Measure, npt.NDArray[np.bool_]]:
    """Doses by which people reach each state, as the generator planned them: nobody is given Abdala as a booster."""
    abdala = doses.product == ABDALA
    return {Measure.DOSE1: doses.step == 1, Measure.FULL: doses.step == np.where(abdala, 3, 2)}


def _cases(
    known: _Known, target: Target, measure: Measure, true_day: int, rules: ProjectionRules, every_days: int
) -> Iterator[Case]:
    group, needed = target.population_group, known.needed(target)
    for before in range(BEFORE_DAYS, 0, -every_days):
        today = true_day - before
        past = known.past(group, today)
        found = project(past, measure, known.population[group], needed, rules)
        line = _naive(past.daily(measure), needed, rules)
        held, width = _scored(found, true_day, before)
        naive_held, naive_width = _scored(line, true_day, before)
        middle = found.middle if found else None
        yield Case(
            before=before,
            held=held,
            width=width,
            off=None if middle is None else (middle - date_of(true_day)).days,
            naive_held=naive_held,
            naive_width=naive_width,
        )


def _scored(found: Projection | None, true_day: int, before: int) -> tuple[bool, float | None]:
    """Whether the interval held the truth, and its width over the days that remained. An end beyond the horizon is an
    end nobody gave: it holds, and counts as the horizon."""
    if found is None or found.earliest is None:
        return False, None
    truth: date = date_of(true_day)
    held = found.earliest <= truth and (found.latest is None or truth <= found.latest)
    return held, ((found.latest or found.beyond) - found.earliest).days / before


def _naive(daily: Daily, needed: int, rules: ProjectionRules) -> Projection:
    """A straight line at the mean of the last seven days, and lines at that mean more or less its spread."""
    recent = daily.counts[-NAIVE_DAYS:]
    mean, spread = float(recent.mean()), float(recent.std(ddof=1)) * rules.spread
    left = needed - float(daily.counts.sum())

    def day(pace: float) -> date | None:
        ahead = left / pace if pace > 0 else float("inf")
        return date.fromordinal(daily.next_day.toordinal() + int(ahead)) if ahead < rules.horizon_days else None

    beyond = date.fromordinal(daily.next_day.toordinal() + rules.horizon_days)
    return Projection(earliest=day(mean + spread), middle=day(mean), latest=day(mean - spread), beyond=beyond)
