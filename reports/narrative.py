"""A report with a narrative that a person edited instead of its own sentences; its figures stay the snapshot's."""

from __future__ import annotations

from dataclasses import replace

from campaign.narrative import numbers_in, told
from campaign.report import Report
from reports.letterhead import Sheet
from reports.texts import text_of


def with_narrative(sheet: Sheet, text: str) -> Sheet:
    """Raises NarrativeRefused, naming what the report does not say."""
    report = sheet.report
    written = told(
        text,
        first=report.sections[0].part,
        parts=[section.part for section in report.sections],
        figures=placeholders(sheet),
        said=numbers_in(_says(report, sheet)),
    )
    sections = tuple(
        replace(section, sentences=written[section.part]) if section.part in written else section
        for section in report.sections
    )
    return replace(sheet, report=replace(report, sections=sections), edited=True)


def placeholders(sheet: Sheet) -> dict[str, str]:
    """Every figure of every section by its key, the place and the instant, as the report writes them."""
    report = sheet.report
    found = {
        figure.key: text_of(figure.value, figure.shape, sheet)
        for section in report.sections
        for figure in section.figures
    }
    return {**found, "place": report.place, "as_of": report.as_of}


def _says(report: Report, sheet: Sheet) -> list[str]:
    return [
        *(sentence for section in report.sections for sentence in section.sentences),
        *placeholders(sheet).values(),
        *(figure.label for section in report.sections for figure in section.figures),
        *(figure.note for section in report.sections for figure in section.figures),
        *report.lines,
        report.title,
    ]
