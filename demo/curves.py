"""The nation's cumulative curves by day: exact at every anchor, monotone between them, slower on Sundays and Tết."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.calendar import DAYS, day_of
from demo.reference import Reference
from demo.streams import Floats, Ints

# Relative pace Monday to Sunday, and on public holidays; demo assumptions.
WEEKDAY_PACE = (1.04, 1.08, 1.08, 1.06, 1.08, 0.98, 0.68)
HOLIDAYS = (
    *(date(2021, 4, 21), date(2021, 4, 30), date(2021, 5, 1), date(2021, 9, 2), date(2022, 1, 1)),
    *(date(2022, 2, day) for day in range(1, 5)),
)
HOLIDAY_PACE = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Cumulative national counts at the end of each day, in sampled people (one in N)."""

    first_adult: Ints
    first_teen: Ints
    further_primary: Ints  # second doses, and Abdala's third
    third: Ints  # additional and booster doses


def national_curves(reference: Reference, *, one_in: int) -> Curves:
    """Each cumulative curve rounded to whole sampled doses, so that it is never off by more than half of one."""
    anchors = reference.anchors
    days = sorted(set(anchors["doses"]) & set(anchors["dose1_people"]))
    third = monotone(anchors["third_doses"])
    further = {day: anchors["doses"][day] - anchors["dose1_people"][day] - third[day] for day in days}
    first = paced(anchors["dose1_people"], days)
    teens = paced(anchors["teens_dose1"], sorted(anchors["teens_dose1"]))
    sampled_first = _sampled(first, one_in)
    sampled_teens = np.minimum(_sampled(teens, one_in), sampled_first)
    return Curves(
        first_adult=np.maximum.accumulate(sampled_first - sampled_teens),
        first_teen=sampled_teens,
        further_primary=_sampled(paced({day: round(value) for day, value in further.items()}, days), one_in),
        third=_sampled(paced(anchors["third_doses"], sorted(anchors["third_doses"])), one_in),
    )


def paced(anchors: dict[int, int], days: list[int]) -> Floats:
    """The monotone curve through `anchors`, its daily steps between two anchors scaled to the pace of each weekday."""
    curve = monotone(anchors)
    steps = np.diff(curve, prepend=0.0) * _pace()
    for start, end in zip([-1, *days[:-1]], days, strict=True):
        total = curve[end] - (curve[start] if start >= 0 else 0.0)
        share = steps[start + 1 : end + 1].sum()
        if share > 0:
            steps[start + 1 : end + 1] *= total / share
    return np.cumsum(steps)


def monotone(anchors: dict[int, int]) -> Floats:
    """Piecewise cubic through the anchors that never overshoots (Fritsch and Carlson, 1980); flat outside them."""
    x = np.array(sorted(anchors), dtype=np.float64)
    y = np.array([anchors[int(day)] for day in x], dtype=np.float64)
    width, slope = np.diff(x), np.diff(y) / np.diff(x)
    tangent = np.zeros(len(x))
    weight_left, weight_right = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    both = slope[:-1] * slope[1:] > 0
    safe = np.where(both, slope[:-1] * slope[1:], 1.0)
    harmonic = (weight_left + weight_right) * safe / (weight_left * slope[1:] + weight_right * slope[:-1] + ~both)
    tangent[1:-1] = np.where(both, harmonic, 0.0)
    tangent[0], tangent[-1] = slope[0], slope[-1]
    days = np.clip(np.arange(DAYS, dtype=np.float64), x[0], x[-1])
    piece = np.clip(np.searchsorted(x, days, side="right") - 1, 0, len(x) - 2)
    h, t = width[piece], (days - x[piece]) / width[piece]
    curve = (
        y[piece] * (1 + 2 * t) * (1 - t) ** 2
        + h * tangent[piece] * t * (1 - t) ** 2
        + y[piece + 1] * t**2 * (3 - 2 * t)
        - h * tangent[piece + 1] * t**2 * (1 - t)
    )
    curve[np.arange(DAYS) < x[0]] = 0.0
    return np.maximum.accumulate(np.maximum(curve, 0.0))


def _pace() -> Floats:
    pace = np.array([WEEKDAY_PACE[day % 7] for day in range(DAYS)])
    for holiday in HOLIDAYS:
        pace[day_of(holiday)] *= HOLIDAY_PACE
    return pace


def _sampled(curve: Floats, one_in: int) -> Ints:
    return np.maximum.accumulate(np.floor(curve / one_in + 0.5).astype(np.int64))
