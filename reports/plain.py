"""The report for machines: JSON with everything in it, CSV with one value a line. The same bytes for the same
snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from campaign.report import Earlier, Pins, Report, Section, Shape, Share, Value
from campaign.spreadsheet import Cell, csv_line
from layouts import format as fmt
from reports.letterhead import Sheet
from reports.texts import plain

FORMAT = 1
CSV_COLUMNS = (
    *("snapshot", "as_of", "denominator", "area", "section", "table", "row", "name", "column", "label", "shape"),
    *("value", "part", "whole"),
)


def to_json(sheet: Sheet) -> bytes:
    """Shares as part, whole and the tenths of a per cent that are shown; days and instants as ISO 8601."""
    report = sheet.report
    found = {
        "format": FORMAT,
        "pins": _pins(report.pins),
        "language": report.language,
        "area": report.area,
        "place": report.place,
        "title": report.title,
        "lines": report.lines,
        "failed": report.failed,
        "warnings": report.warnings,
        "sections": [_section(part) for part in report.sections],
        "definitions": [
            {"key": item.key, "name": item.name, "text": item.text, "facts": dict(item.facts)}
            for item in report.definitions
        ],
    }
    return fmt.loose(json.dumps(found, ensure_ascii=False, indent=1)).encode() + b"\n"


def _pins(pins: Pins) -> dict[str, Any]:
    """since is there where the report compares."""
    found = asdict(pins) | {
        "as_of": pins.as_of.isoformat(),
        "targets": [{"target": name, "valid_from": since.isoformat()} for name, since in pins.targets],
        "locked_on": pins.locked_on.isoformat() if pins.locked_on else None,
    }
    del found["since"]
    return found if pins.since is None else found | {"since": _earlier(pins.since)}


def _earlier(since: Earlier) -> dict[str, Any]:
    return asdict(since) | {"as_of": since.as_of.isoformat(), "closed": since.closed.isoformat()}


def _section(part: Section) -> dict[str, Any]:
    found = part.area_map
    return {
        "section": part.part.value,
        "title": part.title,
        "sentences": part.sentences,
        "figures": [
            {"key": item.key, "label": item.label, "shape": item.shape.value, "help": item.help, "note": item.note}
            | _value(item.value)
            for item in part.figures
        ],
        "tables": [
            {
                "key": table.key,
                "title": table.title,
                "note": table.note,
                "columns": [
                    {"key": column.key, "label": column.label, "shape": column.shape.value, "help": column.help}
                    for column in table.columns
                ],
                "rows": [[_value(value)["value"] for value in row] for row in table.rows],
                "totals": table.totals,
            }
            for table in part.tables
        ],
        "charts": [asdict(chart) for chart in part.charts],
        "map": None
        if found is None
        else {"title": found.title, "classes": found.classes, "class_of_area": dict(found.of_area)},
    }


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, Share):
        return {"value": {"part": value.part, "whole": value.whole, "share": plain(value)}}
    return {"value": plain(value)}


def to_csv(sheet: Sheet) -> bytes:
    """Grain: one value: of a figure, or of a row and column of a table. name: what the row is called. UTF-8 with a mark
    at its beginning, without which office programmes misread Vietnamese."""
    lines = [csv_line(CSV_COLUMNS), *(csv_line(line) for line in _lines(sheet.report))]
    return b"\xef\xbb\xbf" + fmt.loose("".join(lines)).encode()


def _lines(report: Report) -> Iterator[Sequence[Cell]]:
    pins = report.pins
    begin = (pins.snapshot, pins.as_of.isoformat(), pins.denominator, report.area or "vn")
    for section in report.sections:
        for figure in section.figures:
            yield (
                *(*begin, section.part.value, "figures", figure.key, figure.label, figure.key, figure.label),
                *(figure.shape.value, *_parts(figure.value)),
            )
        for table in section.tables:
            texts = [place for place, column in enumerate(table.columns) if column.shape is Shape.TEXT]
            for number, row in enumerate(table.rows, start=1):
                name = str(row[texts[0]]) if texts else ""
                for column, value in zip(table.columns, row, strict=True):
                    yield (
                        *(*begin, section.part.value, table.key, number, name, column.key, column.label),
                        *(column.shape.value, *_parts(value)),
                    )


def _parts(value: Value) -> tuple[Cell, Cell, Cell]:
    if isinstance(value, Share):
        return plain(value), value.part, value.whole
    return plain(value), None, None
