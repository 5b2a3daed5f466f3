"""What every letter (DOCX) has around its text: page, head of Decree 30/2020, foot, signature block; and its tables."""

from __future__ import annotations

import io
from datetime import UTC
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

from reports.fonts import OFFICE
from reports.letter_table import ENDS, table_xml
from reports.letterhead import Frame

CENTRE, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
# Width between the margins, in mm; those of the decree.
WIDTH_MM = 165
# Of them the issuing body's side of the head.
HEAD_MM = 68
LEFT_MM, RIGHT_MM, TOP_MM = 30, 15, 20
TEXT, SMALL_TEXT, NOTE, SMALL, GAP = 13, 11, 9, 8, 8
# Parts of the text, from its end, that the signature may hold.
HELD = 4
WORD_LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}


def begun(frame: Frame) -> docx.document.Document:
    """Page and head; the text follows."""
    found = Document()
    _page(found, frame)
    _head(found, frame)
    return found


def ended(found: docx.document.Document, frame: Frame) -> bytes:
    """The signature block behind the text; the file."""
    _signature(found, frame)
    target = io.BytesIO()
    found.save(target)
    return target.getvalue()


def _page(found: docx.document.Document, frame: Frame) -> None:
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
    language.set(qn("w:val"), WORD_LANGUAGES[frame.language])
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
    write(part.footer.paragraphs[0], "\n".join(frame.lines), size=7)
    for head, numbered in ((part.first_page_header, False), (part.header, True)):
        mark = head.paragraphs[0]
        mark.alignment = CENTRE
        write(mark, frame.mark, size=11, bold=True)
        if numbered:
            _number(head.add_paragraph() if frame.mark else mark)
    part.different_first_page_header_footer = True
    write(part.first_page_footer.paragraphs[0], "\n".join(frame.lines), size=7)
    properties = found.core_properties
    at = frame.at.astimezone(UTC).replace(tzinfo=None)
    properties.title, properties.author, properties.comments = frame.title, frame.body, ""
    properties.created = properties.modified = at
    properties.language = WORD_LANGUAGES[frame.language]


def _number(paragraph: Paragraph) -> None:
    """The number of the page in the middle of its head, from the second on: appendix I of the decree."""
    paragraph.alignment = CENTRE
    run = paragraph.add_run()
    run.font.size = Pt(TEXT)
    for kind in ("begin", "", "end"):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = "PAGE"
        run._r.append(part)  # pyright: ignore[reportPrivateUsage] - the library has no fields


def _style(found: docx.document.Document, name: str) -> ParagraphStyle:
    style = found.styles[name]
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is no style of paragraphs")
    return style


def write(paragraph: Paragraph, text: str, *, size: float = TEXT, bold: bool = False, italic: bool = False) -> None:
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
    write(paragraph, text, size=size, bold=bold, italic=italic)


def _head(found: docx.document.Document, frame: Frame) -> None:
    grid = found.add_table(rows=1, cols=2)
    grid.autofit = False
    left, right = grid.rows[0].cells
    # Both, since programmes read one or the other; the country's name stands in one line.
    for column, cell, width in zip(grid.columns, (left, right), (HEAD_MM, WIDTH_MM - HEAD_MM), strict=True):
        column.width = cell.width = Mm(width)
    _line(left.paragraphs[0], frame.over, size=12)
    _line(left.add_paragraph(), frame.body, size=12, bold=True)
    _line(left.add_paragraph(), "―――――", size=8)
    _line(left.add_paragraph(), frame.number, size=13)
    _line(right.paragraphs[0], frame.country, size=12, bold=True)
    _line(right.add_paragraph(), frame.motto, size=13, bold=True)
    _line(right.add_paragraph(), "――――――――――", size=8)
    _line(right.add_paragraph(), frame.dated, size=13, italic=True)
    for text, bold in ((frame.kind, True), (frame.subject, True), (f"({frame.note})", False)):
        paragraph = found.add_paragraph()
        paragraph.alignment = CENTRE
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.space_before = Pt(18 if text == frame.kind else 0)
        write(paragraph, text, size=14 if bold else 12, bold=bold, italic=not bold)
    if frame.to:
        paragraph = found.add_paragraph()
        paragraph.alignment = CENTRE
        write(paragraph, frame.to)
    for warning in frame.warnings:
        write(found.add_paragraph(), warning, size=11, bold=True)


def put_table(found: docx.document.Document, texts: dict[str, Any]) -> None:
    """texts: of reports.table_texts. A table without a title stands below a heading of its own."""
    if texts["title"]:
        found.add_heading(texts["title"], level=2)
    if texts["rows"]:
        rows, whole = [texts["head"], *texts["rows"]], sum(texts["widths"])
        made = table_xml(
            rows,
            widths_mm=[WIDTH_MM * width / whole for width in texts["widths"]],
            numeric=texts["numeric"],
            bold=[place == 0 or place >= len(rows) - texts["totals"] for place in range(len(rows))],
            size=min(SMALL, texts["size"]),
        )
        # After the heading; a paragraph behind it keeps it apart from the next table.
        behind = found.add_paragraph()
        behind.paragraph_format.space_after = Pt(0)
        behind.paragraph_format.line_spacing = Pt(GAP)
        found.element.body.findall(qn("w:p"))[-1].addprevious(made)
    for note in (texts["more"], texts["note"]):
        if note:
            write(found.add_paragraph(), note, size=NOTE, italic=True)


def _hold_to_the_end(found: docx.document.Document) -> None:
    """The last lines of the text stand on the page of the signature: it is not signed on a page of its own."""
    for element in reversed([item for item in found.element.body if item.tag in (qn("w:p"), qn("w:tbl"))][-HELD:]):
        rows = element.findall(qn("w:tr"))[-ENDS:] if element.tag == qn("w:tbl") else [element]
        for paragraph in (item for row in rows for item in row.iter(qn("w:p"))):
            Paragraph(paragraph, found).paragraph_format.keep_with_next = True  # pyright: ignore[reportArgumentType]
        if element.tag == qn("w:tbl"):
            return


def _signature(found: docx.document.Document, frame: Frame) -> None:
    _hold_to_the_end(found)
    found.add_paragraph().paragraph_format.keep_with_next = True
    grid = found.add_table(rows=1, cols=2)
    # The room for the signature is on the page of the signer's title.
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # pyright: ignore[reportPrivateUsage]
    left, right = grid.rows[0].cells
    _line(left.paragraphs[0], frame.recipients, align=LEFT, size=12, bold=True, italic=True)
    for line in frame.recipient_lines:
        _line(left.add_paragraph(), line, align=LEFT, size=11)
    _line(right.paragraphs[0], frame.signer, size=TEXT, bold=True)
    _line(right.add_paragraph(), frame.sign_here, size=11, italic=True)
    for _ in range(4):
        _line(right.add_paragraph(), "")
    # A file ends with a paragraph: one that needs no room begins no page.
    last = found.add_paragraph()
    last.paragraph_format.space_after, last.paragraph_format.line_spacing = Pt(0), Pt(1)
