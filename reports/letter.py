"""The official letter as DOCX: the head of Decree 30/2020, the text, the tables, and a signature block left blank.

Text can be edited; each paragraph with figures is what the PDF of the same snapshot says."""

from __future__ import annotations

import io
from pathlib import Path

import docx.document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from campaign.report import Figure, Section
from reports.bulletin import legend
from reports.letter_frame import CENTRE, NOTE, SMALL_TEXT, begun, ended, put_table, write
from reports.letterhead import Sheet
from reports.table_texts import table_texts
from reports.texts import text_of


def letter(sheet: Sheet, boundaries: Path) -> bytes:
    frame = sheet.frame
    found = begun(frame)
    for number, section in enumerate(sheet.report.sections, start=1):
        _section(found, number, section, sheet, boundaries)
    return ended(found, frame)


def _section(found: docx.document.Document, number: int, section: Section, sheet: Sheet, boundaries: Path) -> None:
    found.add_heading(f"{number}. {section.title}", level=1)
    for sentence in section.sentences:
        paragraph = found.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        write(paragraph, sentence)
    for figure in section.figures:
        write(found.add_paragraph(style="List Bullet"), _figure(figure, sheet))
    if section.area_map is not None:
        from reports.pictures import map_picture

        found.add_heading(section.area_map.title, level=2)
        picture = found.add_paragraph()
        picture.alignment = CENTRE
        picture.paragraph_format.keep_with_next = True
        picture.add_run().add_picture(io.BytesIO(map_picture(section.area_map, boundaries, form="png")), width=Mm(110))
        # The library has no way of its own to describe a picture.
        described = found.element.body.findall(f".//{qn('wp:docPr')}")[-1]
        described.set("descr", sheet.words("report.map_alt", title=section.area_map.title))
        key = found.add_paragraph()
        for item in legend(section.area_map, sheet):
            square = key.add_run("■ ")
            square.font.size, square.font.color.rgb = (
                Pt(SMALL_TEXT),
                RGBColor.from_string(item["colour"].lstrip("#").upper()),
            )
            write(key, f"{item['label']}: {item['count']}    ", size=NOTE)
        write(found.add_paragraph(), section.area_map.note, size=NOTE, italic=True)
    for table in section.tables:
        put_table(found, table_texts(table, sheet))


def _figure(figure: Figure, sheet: Sheet) -> str:
    note = f" ({figure.note})" if figure.note else ""
    return f"{figure.label}: {text_of(figure.value, figure.shape, sheet)}{note}"
