"""The classes of the map: fixed breaks, so that one value has one colour on every date and in every figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from campaign.coverage import Coverage, Measure, PopulationGroup, band
from campaign.readings import AreaRow
from layouts import format as fmt
from layouts.theme import Palette, ramp
from layouts.view import MEASURES, Metric, View
from layouts.words import Words

# Doses of seven days per 1,000 residents. 81 is the whole population at the campaign's highest sustained pace.
WEEKLY_BREAKS = (10.0, 25.0, 50.0, 75.0, 100.0, 150.0)
WEEKLY_PER = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Lower edges of the classes above the first. `over` says that the last class is "more than everyone"."""

    breaks: tuple[float, ...]
    over: bool

    def class_of(self, value: float) -> int:
        return band(value, self.breaks)

    def colours(self, palette: Palette) -> tuple[str, ...]:
        """One colour a class, from low to high."""
        if self.over:
            return (*ramp(palette.ramp, len(self.breaks)), palette.over)
        return ramp((*palette.ramp, palette.over), len(self.breaks) + 1)


def scale_of(metric: Metric, coverage_breaks: tuple[float, ...]) -> Scale:
    if metric is Metric.DOSES7:
        return Scale(breaks=WEEKLY_BREAKS, over=False)
    return Scale(breaks=coverage_breaks, over=bool(coverage_breaks) and coverage_breaks[-1] >= 1.0)


def coverage_of(row: AreaRow, group: PopulationGroup, measure: Measure) -> Coverage | None:
    return row.coverage.get((group, measure))


def value_of(row: AreaRow, view: View) -> float | None:
    """What the map colours: a ratio, or weekly doses per 1,000 residents; None is drawn as "no figure"."""
    measure = MEASURES.get(view.metric)
    if measure is not None:
        cell = coverage_of(row, view.group, measure)
        return cell.ratio if cell else None
    residents = population_of(row, PopulationGroup.ALL)
    if row.doses_last_7_days is None or not residents:
        return None
    return row.doses_last_7_days * WEEKLY_PER / residents


def population_of(row: AreaRow, group: PopulationGroup) -> int | None:
    cells = (row.coverage.get((group, measure)) for measure in (Measure.DOSE1, Measure.FULL))
    return next((cell.population for cell in cells if cell is not None and cell.population), None)


def value_text(row: AreaRow, view: View, words: Words) -> str:
    measure = MEASURES.get(view.metric)
    if measure is not None:
        return fmt.percent(coverage_of(row, view.group, measure), words.language)
    return fmt.decimal(value_of(row, view), words.language)


def class_labels(scale: Scale, metric: Metric, words: Words) -> tuple[str, ...]:
    """ "dưới 50%", "50 – 70%", …, "từ 100% trở lên"."""

    def text(value: float) -> str:
        return (
            fmt.decimal(value, words.language, digits=0)
            if metric is Metric.DOSES7
            else fmt.share(value, words.language)
        )

    edges = [text(value) for value in scale.breaks]
    middle = [words("legend.between", low=low.removesuffix("%"), high=high) for low, high in pairwise(edges)]
    return (words("legend.below", value=edges[0]), *middle, words("legend.above", value=edges[-1]))


def counts(rows: Iterable[AreaRow], view: View, scale: Scale) -> Counter[int | None]:
    """How many areas fall in each class; None counts those without a figure."""
    values = [value_of(row, view) for row in rows]
    return Counter(None if value is None else scale.class_of(value) for value in values)
