"""The bulletin as PDF/A-2a: a structure tree, embedded fonts, the same bytes for the same snapshot."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import typst

from campaign.report import AreaMap, Chart, Figure, Section, Shape, Table
from layouts import format as fmt
from layouts.words import Language
from reports.errors import NotWritten
from reports.fonts import sans_folder
from reports.letterhead import BLANK, Sheet
from reports.texts import text_of

TEMPLATE = Path(__file__).with_name("bulletin.typ")
# Accessible, archived, and refused by the writer itself where a letter has no font or a picture no description.
STANDARD = "a-2a"
REGIONS = {Language.VI: "vn", Language.EN: "gb"}
WORDS = frozenset({Shape.TEXT})
# A column is as wide as its longest word asks for, within these numbers of letters.
NARROW, WIDE = 5, 34
# The size of a table's letters by how many of them a line has.
SIZES = ((95, 8.5), (120, 7.0))
SMALLEST = 6.0


def bulletin(sheet: Sheet, boundaries: Path) -> bytes:
    """Raises NotWritten, naming what typst refused."""
    return compiled(TEMPLATE, _data(sheet, boundaries), sheet)


def compiled(template: Path, data: Mapping[str, Any], sheet: Sheet) -> bytes:
    """The template with its data as PDF/A. Raises NotWritten."""
    local = sheet.report.pins.as_of.astimezone(sheet.zone)
    try:
        found = _compiler().compile(
            template,
            format="pdf",
            sys_inputs={"report": json.dumps(data, ensure_ascii=False)},
            pdf_standards=[STANDARD],
            timestamp=int(local.timestamp()),
        )
    except typst.TypstError as error:
        raise NotWritten(f"the PDF was refused: {error.message}") from error
    if not isinstance(found, bytes):
        raise NotWritten("the PDF has no bytes")
    return found


@cache
def _compiler() -> typst.Compiler:
    """Reads the fonts once. Fonts that the machine happens to have would make other bytes elsewhere."""
    return typst.Compiler(
        root=TEMPLATE.parent, font_paths=typst.Fonts(include_system_fonts=False, font_paths=[sans_folder()])
    )


def head_data(sheet: Sheet) -> Mapping[str, Any]:
    """What stands around the figures on any sheet of paper."""
    report, words, head = sheet.report, sheet.words, sheet.letterhead
    local = report.pins.as_of.astimezone(sheet.zone)
    return {
        "lang": words.language.value,
        "region": REGIONS[words.language],
        "title": report.title,
        "date": [local.year, local.month, local.day],
        "over": head.over,
        "body": head.body,
        "dated": sheet.dated,
        "as_of": report.as_of,
        "warnings": report.warnings,
        "lines": report.lines,
    }


def _data(sheet: Sheet, boundaries: Path) -> Mapping[str, Any]:
    report, words = sheet.report, sheet.words
    return {
        **head_data(sheet),
        "country": words("report.country"),
        "motto": words("report.motto"),
        "number": sheet.number,
        "kind": words("report.kind"),
        "subject": sheet.subject,
        "to": words("report.to", blank=BLANK * 4),
        "sections": [_section(part, sheet, boundaries) for part in report.sections],
        "recipients": words("report.recipients"),
        "recipient_lines": words("report.recipient_lines").split("\n"),
        "signer": words("report.signer"),
        "sign_here": words("report.sign_here"),
        "definitions_title": words("report.definitions"),
        "definitions": [
            {"name": item.name, "text": item.text, "facts": "; ".join(f"{name}: {text}" for name, text in item.facts)}
            for item in report.definitions
        ],
    }


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


def chart_data(found: Chart, sheet: Sheet, *, small: bool = False) -> Mapping[str, Any]:
    from reports.pictures import chart_picture

    goal = ""
    if found.goal is not None:
        goal = f"- - - {found.goal_label}: {fmt.share(found.goal / 1000, sheet.words.language)}"
    return {
        "title": found.title,
        "svg": chart_picture(found, sheet, small=small).decode(),
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


def table_texts(table: Table, sheet: Sheet) -> dict[str, Any]:
    """A table as texts, with the width of each column in letters."""
    rows = [
        [text_of(value, column.shape, sheet) for column, value in zip(table.columns, row, strict=True)]
        for row in table.shown
    ]
    widths = [
        _width(column.label, [row[place] for row in rows], is_text=column.shape in WORDS)
        for place, column in enumerate(table.columns)
    ]
    more = ""
    if table.left_out:
        more = sheet.words("report.more_rows", rows=fmt.whole(table.left_out, sheet.words.language))
    return {
        "title": table.title,
        "head": [column.label for column in table.columns],
        "numeric": [column.shape not in WORDS for column in table.columns],
        "rows": rows,
        "totals": table.totals,
        "widths": widths,
        "size": next((size for most, size in SIZES if sum(widths) <= most), SMALLEST),
        "more": more,
        "note": table.note,
    }


def _width(label: str, texts: Sequence[str], *, is_text: bool) -> int:
    """In letters. Figures are broader than letters, and never broken."""
    longest = max((len(text) for text in texts), default=0)
    word = max(map(len, label.split()), default=0)
    asked = ceil(min(longest, WIDE) * 1.08) + 3 if is_text else ceil(longest * 1.15) + 2
    return max(asked, word + 2, NARROW)
