"""The workbook: one sheet a table, the figures, what each number counts, and native charts beside their numbers.

Text is written as text: a name that begins as a formula does is a name. A table that has no room is an error."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from campaign.report import Chart, ChartKind, Column, Report, Section, Shape, Share, Table, Value
from campaign.spreadsheet import as_text
from reports.errors import NotWritten
from reports.letterhead import Sheet
from reports.texts import chart_value

# What a sheet of this format holds: ECMA-376, part 1, 18.3.1.73 and the programmes' own limit of letters in a cell.
MOST_ROWS, MOST_LETTERS, MOST_NAME = 1_048_576, 32_767, 31
HEAD_ROW = 4
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
NUMBERS = {
    Shape.WHOLE: "#,##0",
    Shape.SIGNED: "+#,##0;-#,##0;0",
    Shape.SHARE: "0.0%",
    Shape.DAYS: "0.0",
    Shape.DEGREES: "0.0",
    Shape.MINUTES: "#,##0",
    Shape.DAY: "dd/mm/yyyy",
    Shape.INSTANT: "dd/mm/yyyy hh:mm",
}
CHARTS = {ChartKind.COLUMNS: "column", ChartKind.BARS: "bar"}
BLUE = "#2b7fb5"


def workbook(sheet: Sheet) -> bytes:
    """Raises NotWritten for a table that a sheet has no room for."""
    target = io.BytesIO()
    # in_memory: no file beside the report; strings stay strings whatever they begin with.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    book = xlsxwriter.Workbook(target, options)
    at = sheet.report.pins.as_of.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": sheet.report.title, "created": at, "comments": " ".join(sheet.report.lines)})
    writer = _Book(book, sheet)
    writer.about()
    for section in sheet.report.sections:
        charts = {chart.key: chart for chart in section.charts}
        for table in section.tables:
            writer.table(section, table)
        for chart in charts.values():
            writer.chart(section, chart)
    writer.definitions()
    book.close()
    return target.getvalue()


class _Book:
    """Sheets in the order in which they are written; names are unique whatever their case."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Sheet) -> None:
        self._book, self._sheet, self._words = book, sheet, sheet.words
        self._names: set[str] = set()
        self._bold = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#e8e8e8"}
        )
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._small = book.add_format({"font_size": 8, "font_color": "#536475"})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._formats = {
            (shape, bold): book.add_format({"num_format": code, "bold": bold})
            for shape, code in NUMBERS.items()
            for bold in (False, True)
        }
        self._text = {bold: book.add_format({"bold": bold}) for bold in (False, True)}

    def about(self) -> None:
        """What this is, its warnings and pins, then every figure of every section."""
        report: Report = self._sheet.report
        page = self._add(self._words("report_sheet.figures"), report.title)
        row = HEAD_ROW
        for warning in report.warnings:
            self._string(page, row, 0, warning, self._text[True])
            row += 1
        heads = (self._words("report.section"), self._words("report.figures"), self._words("report.value"), "")
        for place, label in enumerate(heads):
            self._string(page, row, place, label, self._bold)
        for section in report.sections:
            for figure in section.figures:
                row += 1
                self._string(page, row, 0, section.title, self._text[False])
                self._string(page, row, 1, figure.label, self._text[False])
                self._value(page, row, 2, figure.value, figure.shape, bold=True)
                self._string(page, row, 3, figure.note, self._text[False])
        row += 2
        for section in report.sections:
            for sentence in section.sentences:
                self._string(page, row, 0, sentence, self._text[False])
                row += 1
        page.set_column(0, 1, 42)
        page.set_column(2, 2, 16)
        page.set_column(3, 3, 40)

    def table(self, section: Section, table: Table) -> None:
        last = HEAD_ROW + 1 + len(table.rows)
        if last > MOST_ROWS:
            raise NotWritten(
                f"{table.title}: {len(table.rows)} rows, a sheet holds {MOST_ROWS - HEAD_ROW - 1};"
                " leave the section out of the workbook, or take CSV or JSON"
            )
        page = self._add(table.title, f"{section.title}: {table.title}", note=table.note)
        place = 0
        for number, column in enumerate(table.columns):
            place = self._column(page, column, [row[number] for row in table.rows], place, table)
        page.freeze_panes(HEAD_ROW + 1, 1)
        page.repeat_rows(HEAD_ROW)
        page.autofilter(HEAD_ROW, 0, max(last - 1 - table.totals, HEAD_ROW), max(place - 1, 0))

    def _column(self, page: Worksheet, column: Column, values: Sequence[Value], place: int, table: Table) -> int:
        """Write one column; the next free place."""
        self._string(page, HEAD_ROW, place, column.label, self._bold)
        for number, value in enumerate(values):
            bold = number >= len(values) - table.totals
            self._value(page, HEAD_ROW + 1 + number, place, value, column.shape, bold=bold)
        widest = max((len(value) for value in values if isinstance(value, str)), default=0)
        page.set_column(place, place, min(max(widest, 13), 60))
        return place + 1

    def chart(self, section: Section, chart: Chart) -> None:
        """The numbers of the chart, and the chart made of them."""
        page = self._add(self._words("report.chart_data"), f"{section.title}: {chart.title}")
        self._string(page, HEAD_ROW, 0, "", self._bold)
        self._string(page, HEAD_ROW, 1, chart.label, self._bold)
        code = "0.0" if chart.shape is Shape.SHARE else "#,##0"
        form = self._book.add_format({"num_format": code})
        for row, (name, value) in enumerate(zip(chart.categories, chart.values, strict=True), start=HEAD_ROW + 1):
            self._string(page, row, 0, name, self._text[False])
            told = chart_value(value, chart.shape)
            if told is not None:
                page.write_number(row, 1, told, form)
        page.set_column(0, 0, 28)
        page.set_column(1, 1, 16)
        last = HEAD_ROW + len(chart.categories)
        drawn = self._book.add_chart({"type": CHARTS[chart.kind]})
        if drawn is None:
            raise NotWritten(f"{chart.title}: the workbook knows no such chart")
        drawn.add_series(
            {
                "name": [page.get_name(), HEAD_ROW, 1],
                "categories": [page.get_name(), HEAD_ROW + 1, 0, last, 0],
                "values": [page.get_name(), HEAD_ROW + 1, 1, last, 1],
                "fill": {"color": BLUE},
                "gap": 40,
                "data_labels": {"value": True, "num_format": code} if len(chart.categories) <= 20 else {},
            }
        )
        drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
        drawn.set_legend({"none": True})
        if chart.kind is ChartKind.BARS:
            drawn.set_y_axis({"reverse": True})
        drawn.set_size(
            {"width": 760, "height": max(300, 24 * len(chart.categories)) if chart.kind is ChartKind.BARS else 340}
        )
        page.insert_chart(HEAD_ROW, 3, drawn)

    def definitions(self) -> None:
        page = self._add(self._words("report_sheet.definitions"), self._words("report.definitions"))
        found = self._sheet.report.definitions
        heads = [name for name, _ in found[0].facts] if found else []
        for place, label in enumerate(["", "", *heads]):
            self._string(page, HEAD_ROW, place, label, self._bold)
        for row, item in enumerate(found, start=HEAD_ROW + 1):
            for place, text in enumerate([item.name, item.text, *(text for _, text in item.facts)]):
                self._string(page, row, place, text, self._wrap)
        page.set_column(0, 0, 30)
        page.set_column(1, 1, 70)
        page.set_column(2, 6, 32)

    def _add(self, name: str, title: str, *, note: str = "") -> Worksheet:
        """A sheet with its title and the pins on top, which are printed on each of its pages, too."""
        page = self._book.add_worksheet(self._free(name))
        self._string(page, 0, 0, title, self._title)
        for row, line in enumerate(self._sheet.report.lines, start=1):
            self._string(page, row, 0, line, self._small)
        self._string(page, 3, 0, note, self._small)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_footer(f"&L&7{self._footer()}&R&8&P/&N")
        return page

    def _footer(self) -> str:
        """A header or footer of this format holds 255 letters; an ampersand begins a command."""
        return self._sheet.report.lines[0].replace("&", "&&")[:200]

    def _free(self, name: str) -> str:
        cleaned = " ".join(name.translate(FORBIDDEN).split())[:MOST_NAME].strip() or "-"
        number, found = 1, cleaned
        while found.lower() in self._names:
            number += 1
            ending = f" {number}"
            found = cleaned[: MOST_NAME - len(ending)] + ending
        self._names.add(found.lower())
        return found

    def _value(self, page: Worksheet, row: int, place: int, value: Value, shape: Shape, *, bold: bool) -> None:
        if value is None:
            page.write_blank(row, place, None, self._text[bold])
        elif isinstance(value, str):
            self._string(page, row, place, value, self._text[bold])
        elif isinstance(value, Share):
            if value.mille is not None:
                # Rounded down here: the sheet would round up, and show a target as reached that is not.
                page.write_number(row, place, value.mille / 1000, self._formats[shape, bold])
        elif isinstance(value, datetime):
            local = value.astimezone(self._sheet.zone).replace(tzinfo=None)
            page.write_datetime(row, place, local, self._formats[shape, bold])
        elif isinstance(value, date):
            page.write_datetime(row, place, datetime(value.year, value.month, value.day), self._formats[shape, bold])  # noqa: DTZ001
        else:
            page.write_number(row, place, value, self._formats[shape, bold])

    def _string(self, page: Worksheet, row: int, place: int, text: str, form: Format) -> None:
        """A formula's beginning is led by a quote, as in every file of ours."""
        if len(text) > MOST_LETTERS:
            raise NotWritten(f"a text of {len(text)} letters does not fit into a cell: {text[:40]}…")
        page.write_string(row, place, as_text(text) if text else "", form)
