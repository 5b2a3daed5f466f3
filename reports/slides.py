"""The slides as PPTX: charts are native, with their data inside, so that they can be edited; tables are tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC
from math import ceil
from pathlib import Path
from typing import Any

import pptx.presentation
from pptx import Presentation
from pptx.chart.data import ChartData
from pptx.chart.plot import BarPlot
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.text.text import Font
from pptx.util import Mm, Pt

from campaign.report import AreaMap, Chart, ChartKind, Figure, Section, Shape, Table
from layouts import format as fmt
from reports.bulletin import chart_words, legend
from reports.errors import NotWritten
from reports.letterhead import Sheet
from reports.slide_table import table_xml
from reports.table_texts import table_texts
from reports.texts import chart_value, text_of

FONT = "Arial"
WIDTH, HEIGHT, EDGE = 338.7, 190.5, 12.0
TOP, FOOT = 30.0, 176.0
BLUE, DARK, GREY, PALE = (RGBColor.from_string(code) for code in ("2B7FB5", "14202E", "536475", "E8EDF3"))
KINDS = {ChartKind.COLUMNS: XL_CHART_TYPE.COLUMN_CLUSTERED, ChartKind.BARS: XL_CHART_TYPE.BAR_CLUSTERED}
ROWS, ROW_MM = 16, 7.7
# Letters of a line across the slide, and how high a line is, in mm, for each point of their size.
LINE_LETTERS, LINE_MM = 2_350, 0.52
# Bars beyond these have no room for their numbers.
MOST_LABELS = 20


def slides(sheet: Sheet, boundaries: Path) -> bytes:
    found = Presentation()
    found.slide_width, found.slide_height = Mm(WIDTH), Mm(HEIGHT)
    at = sheet.report.pins.as_of.astimezone(UTC).replace(tzinfo=None)
    properties = found.core_properties
    properties.title, properties.author = sheet.report.title, sheet.letterhead.body
    properties.created = properties.modified = at
    deck = _Deck(found, sheet)
    deck.front()
    for section in sheet.report.sections:
        deck.section(section, boundaries)
    target = io.BytesIO()
    found.save(target)
    return target.getvalue()


class _Deck:
    def __init__(self, found: pptx.presentation.Presentation, sheet: Sheet) -> None:
        self._found, self._sheet, self._words = found, sheet, sheet.words

    def front(self) -> None:
        report, head = self._sheet.report, self._sheet.letterhead
        page = self._page(report.title, size=34, top=62)
        self._write(page, (EDGE, 14, WIDTH - 2 * EDGE, 16), [f"{head.over}", head.body], size=14, bold=True)
        self._write(page, (EDGE, 96, WIDTH - 2 * EDGE, 10), [report.as_of], size=18)
        self._write(page, (EDGE, 116, WIDTH - 2 * EDGE, 40), list(report.warnings), size=14, bold=True)

    def section(self, section: Section, boundaries: Path) -> None:
        """The narrative with its figures, then a slide a chart, a map, and a slide a few rows of each table."""
        if section.figures or section.sentences:
            page = self._page(section.title)
            room = TOP
            if section.figures:
                room = self._figures(page, section.figures)
            size = _fitting(section.sentences, FOOT - room)
            self._write(page, (EDGE, room, WIDTH - 2 * EDGE, FOOT - room), list(section.sentences), size=size)
        if section.area_map is not None:
            self._map(section.area_map, boundaries)
        for chart in section.charts:
            self._chart(chart)
        for table in section.tables:
            self._table(table)

    def _page(self, title: str, *, size: int = 24, top: float = 9) -> Slide:
        """A slide with its title in the place that readers aloud look for it, and the pins at its foot."""
        page = self._found.slides.add_slide(self._found.slide_layouts[5])
        place = page.shapes.title
        if place is None:
            raise NotWritten("the slides' template has no title")
        place.left, place.top, place.width, place.height = (
            Mm(EDGE),
            Mm(top),
            Mm(WIDTH - 2 * EDGE),
            Mm(16 if size < 30 else 28),
        )
        frame = place.text_frame
        frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
        frame.text = title
        for paragraph in frame.paragraphs:
            paragraph.alignment = PP_ALIGN.LEFT
            self._look(paragraph.font, size=size if len(title) < 80 else size - 6, bold=True)
        self._write(page, (EDGE, FOOT + 2, WIDTH - 2 * EDGE, 10), list(self._sheet.report.lines), size=8, colour=GREY)
        return page

    def _look(self, font: Font, *, size: float, bold: bool = False, colour: RGBColor = DARK) -> None:
        font.name, font.size, font.bold = FONT, Pt(size), bold
        font.color.rgb = colour

    def _write(
        self, page: Slide, box: tuple[float, float, float, float], lines: Sequence[str], *, size: float,
        bold: bool = False, colour: RGBColor = DARK,
    ) -> None:  # fmt: skip
        if not lines:
            return
        frame = page.shapes.add_textbox(*(Mm(value) for value in box)).text_frame
        frame.word_wrap = True
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.text = line
            paragraph.space_after = Pt(size * 0.35)
            self._look(paragraph.font, size=size, bold=bold, colour=colour)

    def _figures(self, page: Slide, figures: Sequence[Figure]) -> float:
        """Boxes, four in a row; where the room below them begins."""
        width, height = (WIDTH - 2 * EDGE - 12) / 4, 28.0
        for number, figure in enumerate(figures):
            left, top = EDGE + number % 4 * (width + 4), TOP + number // 4 * (height + 3)
            box = page.shapes.add_textbox(Mm(left), Mm(top), Mm(width), Mm(height))
            box.fill.solid()
            box.fill.fore_color.rgb = PALE
            frame = box.text_frame
            frame.word_wrap = True
            lines = [(figure.label, 11.0, False), (text_of(figure.value, figure.shape, self._sheet), 22.0, True)]
            if figure.note:
                lines.append((figure.note, 9.0, False))
            for line, (text, size, bold) in enumerate(lines):
                paragraph = frame.paragraphs[0] if line == 0 else frame.add_paragraph()
                paragraph.text = text
                self._look(paragraph.font, size=size, bold=bold)
        return TOP + -(-len(figures) // 4) * (height + 3) + 4

    def _map(self, found: AreaMap, boundaries: Path) -> None:
        from reports.pictures import map_picture

        page = self._page(found.title)
        picture = page.shapes.add_picture(
            io.BytesIO(map_picture(found, boundaries, form="png")), Mm(70), Mm(TOP - 3), height=Mm(FOOT - TOP + 3)
        )
        # The library has no way of its own to describe a picture.
        described = picture.element.find(f".//{qn('p:cNvPr')}")
        described.set("descr", self._words("report.map_alt", title=found.title))
        for number, item in enumerate(legend(found, self._sheet)):
            top = TOP + 14 + number * 10
            colour = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, Mm(220), Mm(top), Mm(12), Mm(7))
            colour.fill.solid()
            colour.fill.fore_color.rgb = RGBColor.from_string(item["colour"].lstrip("#").upper())
            colour.line.color.rgb = GREY
            self._write(page, (235, top - 1.5, 90, 9), [f"{item['label']}: {item['count']}"], size=13)
        self._write(page, (220, TOP + 110, WIDTH - 220 - EDGE, 30), [found.note], size=10, colour=GREY)

    def _chart(self, chart: Chart) -> None:
        page = self._page(chart.title)
        data = ChartData(number_format="0.0" if chart.shape is Shape.SHARE else "#,##0")
        # The chart carries a sheet of its own.
        data.categories = [fmt.loose(name) for name in chart.categories]
        data.add_series(chart.label, [chart_value(value, chart.shape) for value in chart.values])
        room = Mm(FOOT - TOP - (8 if chart.goal else 0))
        page.shapes.add_chart(KINDS[chart.kind], Mm(EDGE), Mm(TOP), Mm(WIDTH - 2 * EDGE), room, data)
        # What the call answers with is this frame; its own declaration says otherwise.
        frame = page.shapes[-1]
        if not isinstance(frame, GraphicFrame):
            raise NotWritten(f"{chart.title}: the slide has no chart")
        frame.element.find(f".//{qn('p:cNvPr')}").set("descr", chart_words(chart, self._sheet))
        drawn = frame.chart
        drawn.has_legend, drawn.has_title = False, False
        drawn.font.size, drawn.font.name = Pt(11), FONT
        plot = drawn.plots[0]
        if not isinstance(plot, BarPlot):
            raise NotWritten(f"{chart.title}: the chart has no bars")
        plot.gap_width = 40
        plot.series[0].format.fill.solid()
        plot.series[0].format.fill.fore_color.rgb = BLUE
        if len(chart.categories) <= MOST_LABELS:
            plot.has_data_labels = True
            labels = plot.data_labels
            labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
            labels.number_format, labels.number_format_is_linked = (
                ('0.0"%"' if chart.shape is Shape.SHARE else "#,##0"),
                False,
            )
            labels.font.size = Pt(11)
        drawn.value_axis.has_major_gridlines = len(chart.categories) > MOST_LABELS
        drawn.value_axis.visible = len(chart.categories) > MOST_LABELS
        drawn.value_axis.minimum_scale = 0
        axis = drawn.value_axis.tick_labels
        axis.number_format, axis.number_format_is_linked = ("0.0" if chart.shape is Shape.SHARE else "#,##0"), False
        if drawn.value_axis.visible:
            drawn.value_axis.has_title = True
            drawn.value_axis.axis_title.text_frame.text = chart.label
            self._look(drawn.value_axis.axis_title.text_frame.paragraphs[0].font, size=11)
        drawn.category_axis.reverse_order = chart.kind is ChartKind.BARS
        drawn.category_axis.has_major_gridlines = False
        if chart.goal is not None:
            share = fmt.share(chart.goal / 1000, self._words.language)
            self._write(page, (EDGE, FOOT - 8, 120, 8), [f"{chart.goal_label}: {share}"], size=12)

    def _table(self, table: Table) -> None:
        """As many slides as its printed rows take, about as many rows on each, so that no sum stands alone; the head on
        each."""
        texts = table_texts(table, self._sheet)
        rows: list[list[str]] = texts["rows"]
        each = ceil(len(rows) / ceil(len(rows) / ROWS)) if rows else ROWS
        for begin in range(0, len(rows), each):
            part = rows[begin : begin + each]
            page = self._page(texts["title"])
            self._grid(page, texts, part, len(rows) - begin)
            if begin + each >= len(rows):
                notes = [note for note in (texts["more"], texts["note"]) if note]
                self._write(page, (EDGE, FOOT - 13, WIDTH - 2 * EDGE, 13), notes, size=9, colour=GREY)

    def _grid(self, page: Slide, texts: dict[str, Any], part: Sequence[Sequence[str]], left: int) -> None:
        """left: rows from the first of `part` to the end of the table: the last ones are sums."""
        whole = WIDTH - 2 * EDGE
        rows = [texts["head"], *part]
        frame = page.shapes.add_table(1, 1, Mm(EDGE), Mm(TOP - 2), Mm(whole), Mm(ROW_MM * len(rows)))
        made = table_xml(
            rows,
            widths=[int(Mm(whole * width / sum(texts["widths"]))) for width in texts["widths"]],
            numeric=texts["numeric"],
            bold=[number == 0 or left - number < texts["totals"] for number in range(len(rows))],
            height_mm=ROW_MM,
            size=9.5 if len(texts["head"]) <= 8 else 8.5,
            font=FONT,
        )
        own = frame.element.find(f".//{qn('a:tbl')}")
        own.getparent().replace(own, made)


def _fitting(sentences: Sequence[str], room_mm: float) -> float:
    """Points of the letters with which sentences fit into so much height: 15 where there is room, 9 at least."""
    for size in (15, 14, 13, 12, 11, 10):
        lines = sum(ceil(len(text) * size / LINE_LETTERS) for text in sentences)
        if (lines + 0.3 * len(sentences)) * size * LINE_MM <= room_mm:
            return size
    return 9
