"""The official letter as DOCX: the head of Decree 30/2020, the text, the tables, and a signature block left blank.

Text can be edited; each paragraph with figures is what the PDF of the same snapshot says."""

from __future__ import annotations

import io
from datetime import UTC
from pathlib import Path
from typing import Any

import docx.document
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from campaign.report import Figure, Section
from reports.bulletin import legend, table_texts
from reports.fonts import OFFICE
from reports.letter_table import table_xml
from reports.letterhead import BLANK, Sheet
from reports.texts import text_of

CENTRE, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
# Width between the margins, in mm; those of the decree.
WIDTH_MM = 165
LEFT_MM, RIGHT_MM, TOP_MM = 30, 15, 20
TEXT, SMALL, NOTE = 13, 8, 9
WORD_LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}


def letter(sheet: Sheet, boundaries: Path) -> bytes:
    found = Document()
    _page(found, sheet)
    _head(found, sheet)
    for number, section in enumerate(sheet.report.sections, start=1):
        _section(found, number, section, sheet, boundaries)
    _signature(found, sheet)
    target = io.BytesIO()
    found.save(target)
    return target.getvalue()


def _page(found: docx.document.Document, sheet: Sheet) -> None:
    """A4, margins and type of the decree; the pins at the foot of every page."""
    part = found.sections[0]
    part.orientation = WD_ORIENT.PORTRAIT
    part.page_width, part.page_height = Mm(210), Mm(297)
    part.left_margin, part.right_margin, part.top_margin, part.bottom_margin = (
        Mm(LEFT_MM),
        Mm(RIGHT_MM),
        Mm(TOP_MM),
        Mm(22),
    )
    style = _style(found, "Normal")
    style.font.name, style.font.size = OFFICE, Pt(TEXT)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), OFFICE)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), WORD_LANGUAGES[sheet.report.language])
    style.element.get_or_add_rPr().append(language)
    for level in (1, 2):
        heading = _style(found, f"Heading {level}")
        heading.font.name, heading.font.size, heading.font.bold = OFFICE, Pt(TEXT if level == 1 else 12), True
        heading.font.color.rgb = None
        own = heading.element.get_or_add_rPr().get_or_add_rFonts()
        for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            own.attrib.pop(qn(name), None)
        own.set(qn("w:ascii"), OFFICE)
        own.set(qn("w:hAnsi"), OFFICE)
    foot = part.footer.paragraphs[0]
    _run(foot, "\n".join(sheet.report.lines), size=7)
    properties = found.core_properties
    at = sheet.report.pins.as_of.astimezone(UTC).replace(tzinfo=None)
    properties.title, properties.author, properties.comments = sheet.report.title, sheet.letterhead.body, ""
    properties.created = properties.modified = at
    properties.language = WORD_LANGUAGES[sheet.report.language]


def _style(found: docx.document.Document, name: str) -> ParagraphStyle:
    style = found.styles[name]
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is no style of paragraphs")
    return style


def _run(paragraph: Paragraph, text: str, *, size: float = TEXT, bold: bool = False, italic: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic


def _line(
    paragraph: Paragraph,
    text: str,
    *,
    align: WD_ALIGN_PARAGRAPH = CENTRE,
    size: float = TEXT,
    bold: bool = False,
    italic: bool = False,
) -> None:
    """Of a cell, without a gap to the next."""
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    _run(paragraph, text, size=size, bold=bold, italic=italic)


def _head(found: docx.document.Document, sheet: Sheet) -> None:
    words, head = sheet.words, sheet.letterhead
    grid = found.add_table(rows=1, cols=2)
    grid.autofit = False
    left, right = grid.rows[0].cells
    left.width, right.width = Mm(70), Mm(WIDTH_MM - 70)
    _line(left.paragraphs[0], head.over, size=12)
    _line(left.add_paragraph(), head.body, size=12, bold=True)
    _line(left.add_paragraph(), "―――――", size=8)
    _line(left.add_paragraph(), sheet.number, size=13)
    _line(right.paragraphs[0], words("report.country"), size=12, bold=True)
    _line(right.add_paragraph(), words("report.motto"), size=13, bold=True)
    _line(right.add_paragraph(), "――――――――――", size=8)
    _line(right.add_paragraph(), sheet.dated, size=13, italic=True)
    for text, bold in ((words("report.kind"), True), (sheet.subject, True), (f"({sheet.report.as_of})", False)):
        paragraph = found.add_paragraph()
        paragraph.alignment = CENTRE
        paragraph.paragraph_format.space_after = Pt(2)
        _run(paragraph, text, size=14 if bold else 12, bold=bold, italic=not bold)
    paragraph = found.add_paragraph()
    paragraph.alignment = CENTRE
    _run(paragraph, words("report.to", blank=BLANK * 4))
    for warning in sheet.report.warnings:
        _run(found.add_paragraph(), warning, size=11, bold=True)


def _section(found: docx.document.Document, number: int, section: Section, sheet: Sheet, boundaries: Path) -> None:
    found.add_heading(f"{number}. {section.title}", level=1)
    for sentence in section.sentences:
        paragraph = found.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        _run(paragraph, sentence)
    for figure in section.figures:
        _run(found.add_paragraph(style="List Bullet"), _figure(figure, sheet))
    if section.area_map is not None:
        from reports.pictures import map_picture

        found.add_heading(section.area_map.title, level=2)
        picture = found.add_paragraph()
        picture.alignment = CENTRE
        picture.add_run().add_picture(io.BytesIO(map_picture(section.area_map, boundaries, form="png")), width=Mm(110))
        # The library has no way of its own to describe a picture.
        described = found.element.body.findall(f".//{qn('wp:docPr')}")[-1]
        described.set("descr", sheet.words("report.map_alt", title=section.area_map.title))
        told = [f"{item['label']}: {item['count']}" for item in legend(section.area_map, sheet)]
        _run(found.add_paragraph(), "; ".join(told), size=NOTE, italic=True)
        _run(found.add_paragraph(), section.area_map.note, size=NOTE, italic=True)
    for table in section.tables:
        _table(found, table_texts(table, sheet))


def _figure(figure: Figure, sheet: Sheet) -> str:
    note = f" ({figure.note})" if figure.note else ""
    return f"{figure.label}: {text_of(figure.value, figure.shape, sheet)}{note}"


def _table(found: docx.document.Document, texts: dict[str, Any]) -> None:
    found.add_heading(texts["title"], level=2)
    if texts["rows"]:
        rows, whole = [texts["head"], *texts["rows"]], sum(texts["widths"])
        made = table_xml(
            rows,
            widths_mm=[WIDTH_MM * width / whole for width in texts["widths"]],
            numeric=texts["numeric"],
            bold=[place == 0 or place >= len(rows) - texts["totals"] for place in range(len(rows))],
            size=SMALL,
        )
        # After the heading; a paragraph behind it keeps it apart from the next table.
        found.add_paragraph()
        found.element.body.findall(qn("w:p"))[-1].addprevious(made)
    for note in (texts["more"], texts["note"]):
        if note:
            _run(found.add_paragraph(), note, size=NOTE, italic=True)


def _signature(found: docx.document.Document, sheet: Sheet) -> None:
    words = sheet.words
    found.add_paragraph()
    grid = found.add_table(rows=1, cols=2)
    left, right = grid.rows[0].cells
    _line(left.paragraphs[0], words("report.recipients"), align=LEFT, size=12, bold=True, italic=True)
    for line in words("report.recipient_lines").split("\n"):
        _line(left.add_paragraph(), line, align=LEFT, size=11)
    _line(right.paragraphs[0], words("report.signer"), size=TEXT, bold=True)
    _line(right.add_paragraph(), words("report.sign_here"), size=11, italic=True)
    for _ in range(4):
        _line(right.add_paragraph(), "")
