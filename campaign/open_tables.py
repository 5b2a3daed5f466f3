"""The public tables as data: columns, grain and rows of one publication (campaign.publication), and nothing besides.

Every count is told as two numbers: `…_at_least`, which was rounded down, and `…_less_than`; both are multiples of the
publication's step. Null: the source does not tell. What is told of a cell depends on that cell alone, so that neither
another table, another day nor an archive beside the latest says more (campaign.suppression).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from campaign.coverage import Measure, PopulationGroup
from campaign.publication import Publication
from campaign.suppression import Figure

Row = dict[str, Any]
GROUPS = (PopulationGroup.ADULTS, PopulationGroup.ALL)
MEASURES = (Measure.DOSE1, Measure.FULL)


class Kind(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenColumn:
    """What it holds is said in both languages under `open_column.<name>` (layouts/locale). unit: '' for a name."""

    name: str
    kind: Kind
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTable:
    """key: the columns that name a row."""

    name: str
    key: tuple[str, ...]
    columns: tuple[OpenColumn, ...]
    rows: Callable[[Publication], Sequence[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChange:
    """A column that came, went or counts otherwise from a day on; table '' is all of them."""

    on: date
    table: str
    text_vi: str
    text_en: str


def _whole(name: str, unit: str) -> OpenColumn:
    return OpenColumn(name=name, kind=Kind.WHOLE, unit=unit)


def _text(*names: str) -> tuple[OpenColumn, ...]:
    return tuple(OpenColumn(name=name, kind=Kind.TEXT) for name in names)


def _pair(name: str, unit: str) -> tuple[OpenColumn, OpenColumn]:
    return _whole(f"{name}_at_least", unit), _whole(f"{name}_less_than", unit)


def _told(name: str, figure: Figure | None) -> Row:
    return {
        f"{name}_at_least": figure.at_least if figure else None,
        f"{name}_less_than": figure.less_than if figure else None,
    }


def _of(publication: Publication) -> Row:
    return {"day": publication.day, "snapshot": publication.about.snapshot}


def _areas(publication: Publication) -> list[Row]:
    return [
        {
            **_of(publication),
            "area": area.code,
            "name_vi": area.name_vi,
            "name_en": area.name_en,
            **_told("doses", publication.doses([area])),
            **{
                name: value
                for group in GROUPS
                for measure in MEASURES
                for name, value in _told(
                    f"{measure}_{group}", publication.people(measure, publication.bands_of(group), [area])
                ).items()
            },
            **{f"population_{group}": area.population.get(group) for group in GROUPS},
        }
        for area in publication.areas
    ]


def _ages(publication: Publication) -> list[Row]:
    return [
        {
            **_of(publication),
            "area": area.code,
            "age_band": band,
            **{
                name: value
                for measure in MEASURES
                for name, value in _told(f"{measure}", publication.people(measure, (band,), [area])).items()
            },
        }
        for area in publication.areas
        for band in publication.bands
        if band in area.people
    ]


def _nation(publication: Publication) -> list[Row]:
    rows: list[Row] = []
    for group in GROUPS:
        for measure in MEASURES:
            found = publication.national(group, measure)
            coverage, left_out = found if found is not None else (None, ())
            rows.append(
                {
                    **_of(publication),
                    "population_group": group.value,
                    "measure": measure.value,
                    **_told("people", publication.people(measure, publication.bands_of(group))),
                    "counted_at_least": coverage.people if coverage else None,
                    "population": coverage.population if coverage else None,
                    "left_out": " ".join(left_out),
                }
            )
    return rows


DAY = (OpenColumn(name="day", kind=Kind.DAY), _whole("snapshot", ""))
TABLES: Mapping[str, OpenTable] = {
    table.name: table
    for table in (
        OpenTable(
            name="areas",
            key=("day", "area"),
            columns=(
                *DAY,
                *_text("area", "name_vi", "name_en"),
                *_pair("doses", "doses"),
                *(
                    column
                    for group in GROUPS
                    for measure in MEASURES
                    for column in _pair(f"{measure}_{group}", "people")
                ),
                *(_whole(f"population_{group}", "people") for group in GROUPS),
            ),
            rows=_areas,
        ),
        OpenTable(
            name="ages",
            key=("day", "area", "age_band"),
            columns=(*DAY, *_text("area", "age_band"), *_pair("dose1", "people"), *_pair("full", "people")),
            rows=_ages,
        ),
        OpenTable(
            name="nation",
            key=("day", "population_group", "measure"),
            columns=(
                *DAY,
                *_text("population_group", "measure"),
                *_pair("people", "people"),
                _whole("counted_at_least", "people"),
                _whole("population", "people"),
                *_text("left_out"),
            ),
            rows=_nation,
        ),
    )
}
