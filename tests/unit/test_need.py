"""Need and have: nine classes, of which the most urgent has the highest place, one colour of its own, and tops the list."""

from __future__ import annotations

from itertools import combinations

import pytest

from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.map_metrics import NEEDS, Metric, Need, NeedEdges, metric_value, need_of
from campaign.readings import Area, AreaRow, AreaStock
from layouts.theme import PALETTES
from layouts.view import Theme

EDGES = NeedEdges(coverage=(0.7, 0.9), days=(7, 30))
ADULTS = PopulationGroup.ADULTS


def row(people: int, days: float | None, population: int | None = 1000) -> AreaRow:
    stock = AreaStock(
        given=10, received=20, usable=round((days or 0) * 100), daily_use=100.0 if days is not None else 0.0
    )
    return AreaRow(
        area=Area(code="79", name_vi="A", name_en="A", region_vi="", region_en="", position=1),
        doses=None,
        doses_last_7_days=None,
        coverage={(ADULTS, Measure.DOSE1): Coverage(people=people, population=population)},
        registered=None,
        delivered=None,
        on_hand=None,
        last_report_on=None,
        stock=stock,
    )


@pytest.mark.parametrize(
    ("people", "days", "need"),
    [
        (699, 6.99, Need.LOW_SHORT),
        (700, 6.99, Need.MIDDLE_SHORT),
        (900, 0.0, Need.HIGH_SHORT),
        (699, 7.0, Need.LOW_SOME),
        (899, 29.99, Need.MIDDLE_SOME),
        (900, 30.0, Need.HIGH_LONG),
        (0, 30.0, Need.LOW_LONG),
    ],
)
def test_an_edge_belongs_to_the_class_above_it(people: int, days: float, need: Need) -> None:
    assert need_of(row(people, days), ADULTS, EDGES) is need


def test_the_most_urgent_is_on_top_of_a_list() -> None:
    urgent = metric_value(row(10, 1.0), Metric.NEED, ADULTS, need=EDGES)
    others = [
        metric_value(row(people, days), Metric.NEED, ADULTS, need=EDGES)
        for people, days in ((10, 7.0), (700, 1.0), (950, 90.0), (10, 90.0))
    ]
    assert urgent == len(NEEDS) - 1
    assert all(value is not None and urgent is not None and value < urgent for value in others)


def test_without_recent_use_or_a_population_there_is_no_class() -> None:
    assert need_of(row(10, None), ADULTS, EDGES) is None
    assert need_of(row(10, 5.0, population=None), ADULTS, EDGES) is None
    assert metric_value(row(10, None), Metric.COVER, ADULTS) is None
    assert metric_value(row(10, 5.0), Metric.USAGE, ADULTS) == 0.5


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("sight", ["normal", "protan", "deutan", "tritan"])
def test_the_urgent_colour_is_told_from_every_other_by_any_eye(theme: Theme, sight: str) -> None:
    """By lightness alone, which no kind of colour blindness takes away, and every pair of classes by some distance."""
    seen = [SIGHTS[sight](linear(colour)) for colour in PALETTES[theme].need]
    lights = [lightness(colour) for colour in seen]
    gaps = [abs(light - lights[-1]) for light in lights[:-1]]
    assert min(gaps) > 8, (sight, lights)
    assert min(apart(a, b) for a, b in combinations(seen, 2)) > 5, sight
