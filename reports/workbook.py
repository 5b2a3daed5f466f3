"""The workbook: one sheet a table, the figures, what each number counts, and native charts beside their numbers.

Text is written as text: a name that begins as a formula does is a name. A table that has no room is an error."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from math import ceil

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from campaign.report import Chart, ChartKind, Column, Report, Section, Shape, Share, Table, Value
from campaign.spreadsheet import as_text
from layouts import format as fmt
from layouts.words import Language
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
# Days as each language's pages write them.
ENGLISH = {Shape.DAY: "dd mmm yyyy", Shape.INSTANT: "dd mmm yyyy hh:mm"}
# Widths of columns in letters, heights of rows in points: a programme that opens the file measures neither.
LEAST_WIDE, MOST_WIDE, LINE_POINTS, SMALL_POINTS = 13, 60, 15.0, 11.0
WIDE_ENOUGH = {Shape.INSTANT: 19}
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
        self._small = book.add_format({"font_size": 8, "font_color": "#536475", "text_wrap": True, "valign": "top"})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self._formats = {
            (shape, bold): book.add_format({"num_format": code, "bold": bold})
            for shape, code in (NUMBERS if sheet.words.language is Language.VI else NUMBERS | ENGLISH).items()
            for bold in (False, True)
        }
        # A text that follows a number does not touch it.
        self._text = {bold: book.add_format({"bold": bold, "indent": 1}) for bold in (False, True)}
        self._wrapped = {
            bold: book.add_format({"bold": bold, "text_wrap": True, "valign": "top"}) for bold in (False, True)
        }

    def about(self) -> None:
        """What this is, its warnings and pins, then every figure of every section."""
        report: Report = self._sheet.report
        page, widths = self._add(self._words("report_sheet.figures")), (42, 42, 16, 40)
        self._head(page, report.title, widths)
        row = HEAD_ROW
        for warning in report.warnings:
            self._across(page, row, widths, warning, self._wrapped[True], LINE_POINTS)
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
                self._across(page, row, widths, sentence, self._wrapped[False], LINE_POINTS)
                row += 1
        self._columns(page, widths)

    def table(self, section: Section, table: Table) -> None:
        last = HEAD_ROW + 1 + len(table.rows)
        if last > MOST_ROWS:
            raise NotWritten(
                f"{table.title}: {len(table.rows)} rows, a sheet holds {MOST_ROWS - HEAD_ROW - 1};"
                " leave the section out of the workbook, or take CSV or JSON"
            )
        page = self._add(table.title)
        widths = [_width(column, [row[place] for row in table.rows]) for place, column in enumerate(table.columns)]
        self._columns(page, widths)
        self._head(page, f"{section.title}: {table.title}", widths, note=table.note)
        for place, column in enumerate(table.columns):
            self._column(page, column, [row[place] for row in table.rows], place, table)
        labels = [column.label for column in table.columns]
        page.set_row(HEAD_ROW, LINE_POINTS * _lines(labels, widths, bold=True))
        for number, row in enumerate(table.rows):
            long = [value if isinstance(value, str) and len(value) > MOST_WIDE else "" for value in row]
            if (lines := _lines(long, widths)) > 1:
                page.set_row(HEAD_ROW + 1 + number, LINE_POINTS * lines)
        page.freeze_panes(HEAD_ROW + 1, 1)
        page.repeat_rows(HEAD_ROW)
        page.autofilter(HEAD_ROW, 0, max(last - 1 - table.totals, HEAD_ROW), max(len(widths) - 1, 0))

    def _column(self, page: Worksheet, column: Column, values: Sequence[Value], place: int, table: Table) -> None:
        self._string(page, HEAD_ROW, place, column.label, self._bold)
        for number, value in enumerate(values):
            bold = number >= len(values) - table.totals
            self._value(page, HEAD_ROW + 1 + number, place, value, column.shape, bold=bold)

    def chart(self, section: Section, chart: Chart) -> None:
        """The numbers of the chart, and the chart made of them."""
        page = self._add(self._words("report.chart_data"))
        self._head(page, f"{section.title}: {chart.title}", (28, 16, 8, 60, 60))
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
        unit = "%" if chart.shape is Shape.SHARE else chart.label
        if chart.kind is ChartKind.BARS:
            # Every name stands at its bar, and every bar has its value.
            drawn.set_y_axis({"reverse": True, "interval_unit": 1})
            drawn.set_x_axis({"visible": False, "name": unit, "major_gridlines": {"visible": False}})
        else:
            drawn.set_y_axis({"num_format": code, "name": unit, "name_font": {"size": 9, "bold": False}})
        drawn.set_size(
            {"width": 760, "height": max(300, 24 * len(chart.categories)) if chart.kind is ChartKind.BARS else 340}
        )
        page.insert_chart(HEAD_ROW, 3, drawn)

    def definitions(self) -> None:
        page = self._add(self._words("report_sheet.definitions"))
        found, widths = self._sheet.report.definitions, (30, 70, 32, 32, 32, 32)
        self._head(page, self._words("report.definitions"), widths)
        self._columns(page, widths)
        heads = [name for name, _ in found[0].facts] if found else []
        for place, label in enumerate(["", "", *heads]):
            self._string(page, HEAD_ROW, place, label, self._bold)
        for row, item in enumerate(found, start=HEAD_ROW + 1):
            texts = [item.name, item.text, *(text for _, text in item.facts)]
            for place, text in enumerate(texts):
                self._string(page, row, place, text, self._wrap)
            page.set_row(row, LINE_POINTS * _lines(texts, widths))

    def _head(self, page: Worksheet, title: str, widths: Sequence[int], *, note: str = "") -> None:
        """Title, pins and note across the columns, as high as they need: text that runs out of its cell would make
        the printed page as wide as it is long."""
        self._string(page, 0, 0, title, self._title)
        for row, line in enumerate((*self._sheet.report.lines, note), start=1):
            self._across(page, row, widths, line, self._small, SMALL_POINTS)

    def _across(self, page: Worksheet, row: int, widths: Sequence[int], text: str, form: Format, points: float) -> None:
        """Small letters are narrower, and bold ones wider, than those that a column's width counts."""
        if len(widths) > 1:
            page.merge_range(row, 0, row, len(widths) - 1, "", form)
        self._string(page, row, 0, text, form)
        page.set_row(row, points * -(-len(text) // max(sum(widths), 1)))

    def _columns(self, page: Worksheet, widths: Sequence[int]) -> None:
        for place, width in enumerate(widths):
            page.set_column(place, place, width)

    def _add(self, name: str) -> Worksheet:
        """A sheet with the first pin on each of its printed pages."""
        page = self._book.add_worksheet(self._free(name))
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
            self._string(page, row, place, value, (self._wrapped if len(value) > MOST_WIDE else self._text)[bold])
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
        page.write_string(row, place, as_text(fmt.loose(text)) if text else "", form)


def _width(column: Column, values: Sequence[Value]) -> int:
    """Of a column, in letters: its longest text within limits, and its head's longest word."""
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    word = max(map(len, column.label.split()), default=0)
    return max(min(longest + 1, MOST_WIDE), word + 3, WIDE_ENOUGH.get(column.shape, LEAST_WIDE))


def _lines(texts: Sequence[str], widths: Sequence[int], *, bold: bool = False) -> int:
    """Of a row whose texts break: the most that one of them takes. Words do not fill their lines."""
    room = 0.75 if bold else 0.9
    return max((ceil(len(text) / (width * room)) for text, width in zip(texts, widths, strict=False)), default=1) or 1
