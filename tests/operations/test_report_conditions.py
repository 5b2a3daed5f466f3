"""Provinces that have not reported by the cut-off: which are told, when that ends, and when it is not their silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.report_wiring import report_conditions
from operations.report_conditions import Reported, of_reports
from tests.support.centre import WALL, Centre
from tests.support.databases import database
from tests.support.registry import Dose, add_doses, add_people, seed
from tests.support.webserver import settings_for

DAY = date(2021, 11, 22)
AREAS = {"79": ("Hồ Chí Minh", "Ho Chi Minh City")}


def reported(area: str, doses: int) -> Reported:
    return Reported(area_code=area, doses=doses, last_on=DAY - timedelta(days=1))


def told(*found: Reported, **more: Any) -> list[tuple[str, bool]]:
    return [(item.key, item.inhibited) for item in of_reports(found, day=DAY, many_share=0.5, areas=AREAS, **more)]


def test_a_silent_province_is_an_alert_of_its_own() -> None:
    assert told(reported("79", 0), reported("01", 5), reported("48", 1)) == [("province_unreported|area=79", False)]
    assert told(reported("79", 1), reported("01", 5)) == []


def test_most_of_them_at_once_is_one_alert_of_what_brings_their_records() -> None:
    assert told(reported("79", 0), reported("01", 0), reported("48", 5)) == [("province_unreported", False)]


def test_while_the_feed_is_behind_nothing_is_raised() -> None:
    assert told(reported("79", 0), reported("01", 5), behind=True) == [("province_unreported|area=79", True)]


@pytest.fixture
def centre(postgres: str, tmp_path: Path) -> Iterator[Centre]:
    with database(postgres) as url:
        seed(url)
        add_people(url, [(number, "79") for number in range(1, 60)])
        made = Centre(url, settings_for(tmp_path, registry=url))
        yield made
        made.close()


def test_from_the_records_to_the_alert_and_back(centre: Centre) -> None:
    """Both enter doses for some days; then HCMC stops. The reporting day closes at 16:00, 09:00 UTC."""
    numbers = iter(range(1, 60))

    def enter(site: str, day: int, hour: int) -> None:
        number = next(numbers)
        at = datetime(2021, 11, day, hour, tzinfo=UTC)
        add_doses(centre.url, [Dose(number, number, at, site=site)])

    def fires(day: int, hour: int) -> list[str]:
        centre.later = datetime(2021, 11, day, hour, 30, tzinfo=UTC) - WALL
        centre.refresh()
        version = centre.snapshots.current()
        return [item.key for item in report_conditions(centre.settings, centre.snapshots, version, ())]

    for day in (15, 16, 17, 18):
        enter("79-A", day, 3)
        enter("01-A", day, 3)
    enter("01-A", 19, 8)
    assert fires(19, 8) == [], "before the cut-off of that day"
    assert fires(19, 9) == ["province_unreported|area=79"]
    enter("01-A", 20, 1)
    assert fires(20, 1) == ["province_unreported|area=79"], "until it enters something"
    enter("79-A", 20, 2)
    assert fires(20, 2) == []
