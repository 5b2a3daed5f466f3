"""What was read from files, in the rows that the warehouse takes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from etl.feed_outcome import FeedOutcome
from etl.feed_profile import TALLIES, Kind
from etl.feeds.files import FeedReading
from etl.feeds.rows import Record
from etl.profile import Population, Profile
from warehouse.declared import Cell, Check, Key
from warehouse.declared_log import SetAside

PopulationRow = tuple[str, str, str, int | None, str, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTotal:
    """A publisher's cumulative column against the running sum of its daily one. `differing` counts figures."""

    left: int
    right: int
    differing: int


def cells(outcome: FeedOutcome) -> Iterator[Cell]:
    """Figures of one feed; those of a check are staged under the name of the check and the field."""
    for record in outcome.reading.records if outcome.reading else ():
        if outcome.profile.kind in TALLIES:
            figures = {name: value for name, value in record.values.items() if name != "running_total"}
            yield _cell(outcome.name, record, **figures)
        elif outcome.profile.kind is Kind.CHECK:
            for field in outcome.profile.compares:
                yield _cell(check_name(outcome.name, field), record, value=record.values[field])


def _cell(feed: str, record: Record, *, value: int | None, **measures: int | None) -> Cell:
    return Cell(feed=feed, area_code=record.area_code, day=record.day, product=record.product, value=value, **measures)


def keys_set_aside(outcome: FeedOutcome) -> Iterator[Key]:
    """Keys that a bad row told about, as far as they could be read. A row without area and day tells of none."""
    for fault in outcome.reading.faults if outcome.reading and outcome.profile.kind in TALLIES else ():
        if fault.area_code is not None or fault.day is not None:
            yield Key(feed=outcome.name, area_code=fault.area_code, day=fault.day, product=fault.product)


def rows_set_aside(outcome: FeedOutcome, publication: str) -> list[SetAside]:
    return [
        SetAside(
            record_key=fault.key or f"{fault.place.file} line {fault.place.line}",
            source=f"{publication}/{fault.place.file}",
            line=fault.place.line,
            field=fault.column,
            reason=fault.reason,
            value=fault.value,
            expected=fault.expected,
            row_json=json.dumps(fault.row, ensure_ascii=False, separators=(",", ":")),
        )
        for fault in outcome.faults
    ]


def retold(reading: FeedReading) -> list[str]:
    """Keys that a delta tells, well or badly."""
    return [*(record.key for record in reading.records), *(fault.key for fault in reading.faults if fault.key)]


def population_rows(population: Population, reading: FeedReading | None) -> list[PopulationRow]:
    """People by area and group, summed over a file's rows. An area with a bad row has no figure, not a small one."""
    if reading is None:
        figures = {
            (code, group): people for group, areas in population.figures.items() for code, people in areas.items()
        }
        return _population(population, dict(figures))
    sums: dict[tuple[str, str], int | None] = defaultdict(int)
    for record in reading.records:
        for group, people in record.values.items():
            sums[record.area_code, group] = (sums[record.area_code, group] or 0) + (people or 0)
    for fault in reading.faults:
        for area_code, group in [cell for cell in sums if cell[0] == fault.area_code]:
            sums[area_code, group] = None
    return _population(population, sums)


def _population(population: Population, figures: dict[tuple[str, str], int | None]) -> list[PopulationRow]:
    return [
        (area_code, group, population.version, people, population.source, population.valid_from)
        for (area_code, group), people in figures.items()
    ]


def running_total(reading: FeedReading) -> RunningTotal | None:
    """None where this version of the file has no cumulative column."""
    told = [record for record in reading.records if "running_total" in record.values and record.day is not None]
    if not told:
        return None
    sums: dict[tuple[str, str], int] = defaultdict(int)
    last: dict[tuple[str, str], int] = {}
    differing = 0
    for record in sorted(told, key=lambda item: item.day or date.min):
        series = (record.area_code, record.product)
        sums[series] += record.values["value"] or 0
        last[series] = record.values["running_total"] or 0
        differing += sums[series] != last[series]
    return RunningTotal(left=sum(sums.values()), right=sum(last.values()), differing=differing)


def checks(profile: Profile) -> Iterator[tuple[str, Check]]:
    """(check feed, check) of every equality that the profile asks for."""
    for name, feed in profile.feeds.items():
        for field, target in feed.compares.items():
            other, _, measure = target.partition(".")
            yield (
                name,
                Check(
                    name=check_name(name, field),
                    staged_as=check_name(name, field),
                    feed=other,
                    measure=measure,
                    by=_grain(set(feed.columns)),
                    is_cumulative=profile.feeds[other].figures == "cumulative",
                ),
            )


def check_name(feed: str, field: str) -> str:
    return f"{feed}.{field}"


def feed_of_check(name: str) -> str:
    return name.partition(".")[0]


def _grain(columns: set[str]) -> str:
    if {"area", "day"} <= columns:
        return "cell"
    return next((grain for grain in ("day", "area") if grain in columns), "nation")
