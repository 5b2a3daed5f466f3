"""The bulletin of a report as PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from campaign.report import AreaMap, Chart, Figure, Section, Shape
from layouts import format as fmt
from reports.letterhead import Sheet
from reports.table_texts import table_texts
from reports.texts import text_of
from reports.typeset import pdf

TEMPLATE = "bulletin.typ"


def bulletin(sheet: Sheet, boundaries: Path) -> bytes:
    """Raises NotWritten, naming what typst refused."""
    text = {
        "sections": [_section(part, sheet, boundaries) for part in sheet.report.sections],
        "definitions_title": sheet.words("report.definitions"),
        "definitions": [
            {"name": item.name, "text": item.text, "facts": "; ".join(f"{name}: {text}" for name, text in item.facts)}
            for item in sheet.report.definitions
        ],
    }
    return pdf(TEMPLATE, sheet.frame, text)


def _section(part: Section, sheet: Sheet, boundaries: Path) -> Mapping[str, Any]:
    return {
        "title": part.title,
        "sentences": part.sentences,
        "figures": figure_texts(part.figures, sheet),
        "map": _map(part.area_map, sheet, boundaries) if part.area_map else None,
        "charts": [chart_data(item, sheet) for item in part.charts],
        "tables": [table_texts(item, sheet) for item in part.tables],
    }


def figure_texts(figures: Sequence[Figure], sheet: Sheet) -> list[dict[str, str]]:
    return [
        {"label": item.label, "value": text_of(item.value, item.shape, sheet), "note": item.note} for item in figures
    ]


def _map(found: AreaMap, sheet: Sheet, boundaries: Path) -> Mapping[str, Any]:
    from reports.pictures import map_picture

    return {
        "title": found.title,
        "svg": map_picture(found, boundaries, form="svg").decode(),
        "alt": sheet.words("report.map_alt", title=found.title),
        "note": found.note,
        "legend": legend(found, sheet),
    }


def legend(found: AreaMap, sheet: Sheet) -> list[dict[str, str]]:
    """From high to low, what has no figure last; how many areas are in each class."""
    classes: list[tuple[str, str, int | None]] = [
        *reversed(
            [
                (label, colour, place)
                for place, (label, colour) in enumerate(zip(found.classes, found.colours, strict=True))
            ]
        ),
        (found.unknown, found.unknown_colour, None),
    ]
    language = sheet.words.language
    return [
        {"label": label, "colour": colour, "count": fmt.whole(found.counts.get(place, 0), language)}
        for label, colour, place in classes
    ]


def chart_data(found: Chart, sheet: Sheet, *, small: bool = False, alone: bool = False) -> Mapping[str, Any]:
    """small: for the page in black and white; alone: nothing stands beside it."""
    from reports.pictures import chart_picture

    goal = ""
    if found.goal is not None:
        goal = f"- - - {found.goal_label}: {fmt.share(found.goal / 1000, sheet.words.language)}"
    return {
        "title": found.title,
        "svg": chart_picture(found, sheet, small=small, narrow=small and not alone).decode(),
        "alt": chart_words(found, sheet),
        "note": goal,
    }


def chart_words(found: Chart, sheet: Sheet) -> str:
    """The chart for whoever cannot see it: every category with its value."""
    language = sheet.words.language
    write: Callable[[int | None], str] = (
        (lambda value: fmt.UNKNOWN if value is None else f"{fmt.decimal(value / 10, language)}%")
        if found.shape is Shape.SHARE
        else (lambda value: fmt.whole(value, language))
    )
    pairs = zip(found.categories, found.values, strict=True)
    return f"{found.title}. " + "; ".join(f"{name}: {write(value)}" for name, value in pairs)
