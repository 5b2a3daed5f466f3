"""The projection against the day on which each target was really reached, over the demonstration replayed day by day.

Unlike the record on the page, a replayed day knows what had been *recorded* by then and nothing else: late records are
missing from it, and incomplete days are raised by the nowcast of that day, as in the refresh. Figures of the nation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.known_days import Known
from campaign.coverage import Measure, Target
from campaign.projection import Daily, Projection, ProjectionRules
from campaign.targets import MEASURES, project
from demo.calendar import date_of
from demo.world import make_world
from settings import DemoSettings
from warehouse.reference import load_targets

SEEDS = (2021, 7, 99)
BEFORE_DAYS = 61  # the last two months
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
    targets: Sequence[Target] | None = None,
) -> dict[str, Figures]:
    """Figures by seed and reading, then `all`: `days` scored, `coverage` of the interval, `median_width` over the days
    remaining, `median_error` of the middle likewise, the same of the naive line, and the date in truth.

    `targets`: others than those of the campaign, to see whether a rule that was fitted to these holds for them.
    The aim is coverage of at least 0.8 with a median width of at most 0.25.
    """
    chosen = rules or ProjectionRules()
    figures: dict[str, Figures] = {}
    pooled: list[Case] = []
    for seed in seeds:
        known = Known.of(make_world(reference_dir, DemoSettings(seed=seed, one_in=one_in)))
        for target in load_targets(reference_dir) if targets is None else targets:
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


def _cases(
    known: Known, target: Target, measure: Measure, true_day: int, rules: ProjectionRules, every_days: int
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
