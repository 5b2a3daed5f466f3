"""The queue of registrations as the projection reads it, against plain Python over the snapshot's own rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from campaign.coverage import PopulationGroup
from tests.support.snapshots import Recipe, write_snapshot
from warehouse.database import open_database
from warehouse.reads_queue import courses
from warehouse.snapshot import Snapshots

FIRST_DAY, DAYS = date(2021, 8, 1), 40
MADE = date(2021, 8, 20)
# Day of registration, days until it ended, outcome, age band, registrations.
ROWS = (
    (MADE, 0, "waiting", "18_49", 7),
    (MADE, 0, "waiting", "65plus", 2),
    (MADE, 5, "served", "18_49", 30),
    (MADE, 5, "served", "unknown", 4),
    (MADE, 9, "left", "50_64", 3),
    (MADE, 6, "served", "12_17", 11),
    (MADE, 0, "waiting", "5_11", 1),
    (date(2021, 7, 10), 33, "served", "18_49", 8),
    (date(2021, 9, 30), 0, "waiting", "18_49", 90),  # after the last whole day
)


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshots]:
    folder = tmp_path_factory.mktemp("queue")
    put(write_snapshot(folder, Recipe(version=1)))
    write_snapshot(folder, Recipe(version=2, without=("registration_course",)))
    opened = Snapshots(folder)
    yield opened
    opened.close()


def put(path: Path) -> None:
    with open_database(path) as database:
        database.execute("DELETE FROM registration_course")
        database.executemany("INSERT INTO registration_course VALUES (?, ?, ?, ?, ?)", [list(row) for row in ROWS])


@pytest.mark.parametrize(
    ("group", "classes"),
    [
        (PopulationGroup.ADULTS, [{"18_49", "50_64", "65plus"}]),
        (PopulationGroup.ALL, [{"18_49", "50_64", "65plus", "unknown"}, {"0_4", "5_11", "12_17"}]),
    ],
)
def test_each_class_of_ages_has_its_registrations(
    snapshots: Snapshots, group: PopulationGroup, classes: list[set[str]]
) -> None:
    found = courses(snapshots, 1, group, first_day=FIRST_DAY, days=DAYS)
    assert len(found) == len(classes)
    for course, bands in zip(found, classes, strict=True):
        served, left, made = defaultdict[int, int](int), defaultdict[int, int](int), 0
        for day, waited, outcome, band, people in ROWS:
            if band in bands and day < FIRST_DAY + timedelta(DAYS):
                made += people
                ended = (day + timedelta(waited) - FIRST_DAY).days
                if outcome != "waiting":
                    (served if outcome == "served" else left)[ended] += people
        assert course.made.sum() == made
        for counted, expected in ((course.served, served), (course.left, left)):
            by_day = counted.sum(axis=0)
            assert {day + course.begins: by_day[day] for day in by_day.nonzero()[0]} == expected


def test_a_snapshot_that_does_not_tell_registrations_has_no_queue(snapshots: Snapshots) -> None:
    for group in PopulationGroup:
        assert courses(snapshots, 2, group, first_day=FIRST_DAY, days=DAYS) == ()
    assert courses(snapshots, 1, PopulationGroup.SENIORS, first_day=FIRST_DAY, days=DAYS) == ()
