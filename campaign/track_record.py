"""How past projections turned out: the same rule, asked again for days that have passed, beside what came.

A snapshot keeps people by the day of injection, not by the day on which each was recorded. So a past projection here is
made from what is known *today* of the days before it: late records that nobody had then are in it. That is kinder to
the rule than life was; `app.py bench projection` replays with records exactly as they were known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from campaign.coverage import Measure
from campaign.projection import Daily, ProjectionRules
from campaign.targets import Past, crossed_on, fan_of, project

# Our own choices: two months, as the acceptance of the projection asks; four weeks, within which a meeting plans.
DATES_DAYS = 60
COUNTS_DAYS = 28
COUNTS_WEEKS = 8


class Truth(StrEnum):
    """What a past projection is held against: the day on which the target was reached, or, while it is not, how many
    people had been reached four weeks after it was made."""

    DATE = "date"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`held` of `made` intervals had the truth within them. `weeks`: over how long they were made. median_width: of
    the intervals, over the days that remained, for dates; over the people who came, for counts; None without any."""

    truth: Truth
    held: int
    made: int
    weeks: int
    median_width: float | None


def track_record(past: Past, measure: Measure, population: int, needed: int, rules: ProjectionRules) -> Record:
    """The record of one reading: of dates once it is reached, else of counts. `made` is 0 before there is one."""
    day = crossed_on(past, measure, needed)
    return _dates(past, measure, population, needed, day, rules) if day else _counts(past, measure, population, rules)


def _dates(
    past: Past, measure: Measure, population: int, needed: int, true_day: date, rules: ProjectionRules
) -> Record:
    held, widths = 0, list[float]()
    for before in range(DATES_DAYS, 0, -1):
        today = true_day - timedelta(days=before)
        found = project(_known(past, today), measure, population, needed, rules)
        if found is None:
            continue
        earliest, latest = found.earliest or found.beyond, found.latest or found.beyond
        held += earliest <= true_day and (found.latest is None or true_day <= found.latest)
        widths.append((latest - earliest).days / before)
    return _record(Truth.DATE, held, widths, weeks=round(DATES_DAYS / 7))


def _counts(past: Past, measure: Measure, population: int, rules: ProjectionRules) -> Record:
    daily = past.daily(measure)
    held, widths = 0, list[float]()
    for made in range(COUNTS_DAYS + 7 * COUNTS_WEEKS - 1, COUNTS_DAYS - 1, -1):
        then = daily.next_day - timedelta(days=made)
        known = _known(past, then)
        fan = fan_of(known, measure, population, rules)
        if fan is None:
            continue
        so_far = float(known.daily(measure).counts.sum())
        came = float(daily.until(then + timedelta(days=COUNTS_DAYS)).counts.sum())
        low, high = float(fan.slow[COUNTS_DAYS - 1]), float(fan.fast[COUNTS_DAYS - 1])
        held += low <= came <= high
        widths.append((high - low) / max(came - so_far, 1.0))
    return _record(Truth.COUNT, held, widths, weeks=COUNTS_WEEKS)


def _known(past: Past, today: date) -> Past:
    return replace(past, first=_until(past.first, today), full=_until(past.full, today))


def _until(daily: Daily, today: date) -> Daily:
    return daily.until(min(today, daily.next_day))


def _record(truth: Truth, held: int, widths: list[float], *, weeks: int) -> Record:
    ordered = sorted(widths)
    middle = ordered[len(ordered) // 2] if ordered else None
    return Record(truth=truth, held=held, made=len(widths), weeks=weeks, median_width=middle)
