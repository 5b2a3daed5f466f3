"""The cells of a table on a slide, written as XML at once: the library's own way takes a thousand steps a row."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pptx.oxml import parse_xml
from pptx.oxml.xmlchemy import BaseOxmlElement
from pptx.util import Mm

NAMESPACE = "http://schemas.openxmlformats.org/drawingml/2006/main"
HEAD_FILL, LINE = "E8EDF3", "7F90A1"


def table_xml(
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[int],
    numeric: Sequence[bool],
    bold: Sequence[bool],
    height_mm: float,
    size: float,
    font: str,
) -> BaseOxmlElement:
    """An `a:tbl`. rows: the head first; widths: of columns, in the slide's units; bold: a row each."""
    grid = "".join(f'<a:gridCol w="{width}"/>' for width in widths)
    body = "".join(
        _row(cells, numeric, is_head=place == 0, is_bold=strong, height=int(Mm(height_mm)), size=size, font=font)
        for place, (cells, strong) in enumerate(zip(rows, bold, strict=True))
    )
    return parse_xml(f'<a:tbl xmlns:a="{NAMESPACE}"><a:tblPr firstRow="1"/><a:tblGrid>{grid}</a:tblGrid>{body}</a:tbl>')


def _row(
    cells: Sequence[str], numeric: Sequence[bool], *, is_head: bool, is_bold: bool, height: int, size: float, font: str
) -> str:
    found = "".join(
        _cell(text, align="r" if number else "l", is_head=is_head, is_bold=is_bold, size=size, font=font)
        for text, number in zip(cells, numeric, strict=True)
    )
    return f'<a:tr h="{height}">{found}</a:tr>'


def _cell(text: str, *, align: str, is_head: bool, is_bold: bool, size: float, font: str) -> str:
    look = f'sz="{int(size * 100)}" b="{int(is_bold)}"'
    face = f'<a:latin typeface="{escape(font)}"/>'
    fill = f'<a:solidFill><a:srgbClr val="{HEAD_FILL}"/></a:solidFill>' if is_head else "<a:noFill/>"
    line = f'<a:lnB w="6350"><a:solidFill><a:srgbClr val="{LINE}"/></a:solidFill></a:lnB>'
    margins = f'marL="{int(Mm(1.2))}" marR="{int(Mm(1.2))}" marT="{int(Mm(0.4))}" marB="{int(Mm(0.4))}"'
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="{align}"/>'
        f"<a:r><a:rPr {look}>{face}</a:rPr><a:t>{escape(text)}</a:t></a:r></a:p></a:txBody>"
        f'<a:tcPr {margins} anchor="ctr">{line}{fill}</a:tcPr></a:tc>'
    )
