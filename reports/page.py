"""One page of A4 for a meeting: the figures of the first section and what changed since, in black and white."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaign.report import Part, Report, Section
from reports.bulletin import chart_data, figure_texts
from reports.letterhead import Sheet
from reports.table_texts import table_texts
from reports.typeset import pdf

TEMPLATE = "page.typ"
# What of a whole report has a place on one page.
SENTENCES, TABLES, CHARTS = 1, ("targets",), ("days", "lowest")
SECTIONS = (Part.HEADLINE, Part.SINCE, Part.PROVINCES)


def page(sheet: Sheet) -> bytes:
    """Raises NotWritten where it does not fit: a page that goes on is no page."""
    return pdf(TEMPLATE, sheet.frame, _text(sheet))


def _text(sheet: Sheet) -> Mapping[str, Any]:
    report = sheet.report
    first, since = _section(report, Part.HEADLINE), _section(report, Part.SINCE)
    sections = [section for section in report.sections if section.part in SECTIONS]
    charts = [chart for section in sections for chart in section.charts if chart.key in CHARTS]
    return {
        "sentences": first.sentences[: None if sheet.edited else SENTENCES] if first else (),
        "figures": figure_texts(first.figures, sheet) if first else [],
        "tables": [
            table_texts(table, sheet) for section in sections for table in section.tables if table.key in TABLES
        ],
        "charts": [chart_data(chart, sheet, small=True, alone=len(charts) == 1) for chart in charts],
        "since_title": since.title if since else "",
        "since": since.sentences if since else (),
        "too_long": sheet.words("report.too_long"),
    }


def _section(report: Report, part: Part) -> Section | None:
    return next((section for section in report.sections if section.part is part), None)
