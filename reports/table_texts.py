"""A table as texts with the width of each column: what both the PDF and the letter put on paper."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from campaign.report import Shape, Table
from layouts import format as fmt
from reports.letterhead import Spoken
from reports.texts import text_of

WORDS = frozenset({Shape.TEXT})
# A column is as wide as its longest word asks for, within these numbers of letters.
NARROW, WIDE = 5, 34
# The size of a table's letters by how many of them a line has.
SIZES = ((95, 8.5), (120, 7.0))
SMALLEST = 6.0


def table_texts(table: Table, sheet: Spoken) -> dict[str, Any]:
    """A table as texts, with the width of each column in letters."""
    rows = [
        [text_of(value, column.shape, sheet) for column, value in zip(table.columns, row, strict=True)]
        for row in table.shown
    ]
    widths = [
        _width(column.label, [row[place] for row in rows], is_text=column.shape in WORDS)
        for place, column in enumerate(table.columns)
    ]
    more = ""
    if table.left_out:
        more = sheet.words("report.more_rows", rows=fmt.whole(table.left_out, sheet.words.language))
    return {
        "title": table.title,
        "head": [column.label for column in table.columns],
        "numeric": [column.shape not in WORDS for column in table.columns],
        "rows": rows,
        "totals": table.totals,
        "widths": widths,
        "size": next((size for most, size in SIZES if sum(widths) <= most), SMALLEST),
        "more": more,
        "note": table.note,
    }


def _width(label: str, texts: Sequence[str], *, is_text: bool) -> int:
    """In letters. Figures are broader than letters, and never broken."""
    longest = max((len(text) for text in texts), default=0)
    word = max(map(len, label.split()), default=0)
    asked = ceil(min(longest, WIDE) * 1.08) + 3 if is_text else ceil(longest * 1.15) + 2
    # A head is bold, and none of its words is broken.
    return max(asked, ceil(word * 1.15) + 2, NARROW)
