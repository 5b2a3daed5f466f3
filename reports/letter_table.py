"""The cells of a table in a letter, written as XML at once: the library's own way takes a thousand steps a row."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from docx.oxml import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TWIPS_PER_MM = 1440 / 25.4
# A table of so few rows stands on one page; of a longer one so many first and last rows stay together.
WHOLE, ENDS = 20, 3
BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")


def table_xml(
    rows: Sequence[Sequence[str]],
    *,
    widths_mm: Sequence[float],
    numeric: Sequence[bool],
    bold: Sequence[bool],
    size: float,
) -> BaseOxmlElement:
    """A `w:tbl`. rows: the head first, which stands on each page of the table and is its head for readers aloud; bold:
    a row each."""
    twips = [round(width * TWIPS_PER_MM) for width in widths_mm]
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="7F90A1"/>' for side in BORDERS)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    body = "".join(
        _row(
            cells, twips, numeric, is_head=place == 0, is_bold=strong, size=size, with_next=_with_next(place, len(rows))
        )
        for place, (cells, strong) in enumerate(zip(rows, bold, strict=True))
    )
    return parse_xml(
        f'<w:tbl xmlns:w="{NAMESPACE}"><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="50" w:type="dxa"/><w:right w:w="50" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'
    )


def _row(
    cells: Sequence[str],
    twips: Sequence[int],
    numeric: Sequence[bool],
    *,
    is_head: bool,
    is_bold: bool,
    size: float,
    with_next: bool,
) -> str:
    head = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_head else "<w:trPr><w:cantSplit/></w:trPr>"
    found = "".join(
        _cell(text, width, align="center" if is_head else "right" if number else "left", is_head=is_head,
              is_bold=is_bold, size=size, with_next=with_next)
        for text, width, number in zip(cells, twips, numeric, strict=True)
    )  # fmt: skip
    return f"<w:tr>{head}{found}</w:tr>"


def _with_next(place: int, rows: int) -> bool:
    """Whether a row stands on the page of the one below it: no head and no sum is left alone."""
    return place < rows - 1 and (rows <= WHOLE or place < ENDS or place >= rows - ENDS)


def _cell(text: str, width: int, *, align: str, is_head: bool, is_bold: bool, size: float, with_next: bool) -> str:
    half = round(size * 2)
    look = f'{"<w:b/>" if is_bold else ""}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E8E8E8"/>' if is_head else ""
    # The mark of the paragraph has a size of its own: an empty cell would be as high as a line of the text.
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr>{"<w:keepNext/>" if with_next else ""}<w:spacing w:after="0"/><w:jc w:val="{align}"/>'
        f"<w:rPr>{look}</w:rPr></w:pPr>"
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )
