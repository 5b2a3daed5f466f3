"""Need and have: nine classes, of which the most urgent has the highest place and tops the list. Their colours are held
apart by tests/dashboard/test_figures.py."""

from __future__ import annotations

import pytest

from campaign.area_stock import together
from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.map_metrics import NEEDS, Metric, Need, NeedEdges, metric_value, need_of
from campaign.readings import Area, AreaRow, AreaStock
from campaign.usage import Usage

EDGES = NeedEdges(coverage=(0.7, 0.9), days=(7, 30))
ADULTS = PopulationGroup.ADULTS


def row(people: int, days: float | None, population: int | None = 1000) -> AreaRow:
    stock = AreaStock(
        usage=Usage(given=10, allocated=25, received=20, gone=8),
        usable=round((days or 0) * 100),
        daily_use=100.0 if days is not None else 0.0,
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
    assert metric_value(row(10, 5.0), Metric.USAGE_ALLOCATED, ADULTS) == 0.4
    assert metric_value(row(10, 5.0), Metric.USAGE_GONE, ADULTS) == 1.25


def test_areas_put_together_add_up_and_central_stores_are_added_to_nobody() -> None:
    parts = {
        "1": AreaStock(usage=Usage(given=10, received=20), usable=700, daily_use=100.0),
        "2": AreaStock(usage=Usage(given=30, received=30), usable=2300, daily_use=100.0),
        "central": AreaStock(usage=Usage(), usable=9000, daily_use=200.0),
    }
    both = together(parts, ("1", "2", "3"))
    assert both == AreaStock(usage=Usage(given=40, received=50), usable=3000, daily_use=200.0)
    assert both is not None and both.cover_days == 15.0
    assert together(parts, ("1", "central")) == parts["1"]
    assert together(parts, ("central",)) == parts["central"]
    assert together(parts, ("3",)) is None
