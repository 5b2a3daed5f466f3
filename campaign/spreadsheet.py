"""Texts for spreadsheets. A programme that opens a file of ours must not take a name for a formula.

OWASP ASVS 5.0, 1.2.10: a text that begins as a formula does is led by a single quote, and lines follow RFC 4180.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# What makes a formula, a command or a control of a spreadsheet; the wide forms are read as the narrow ones by some.
STARTS = frozenset("=+-@\t\r\n\0|＝＋－＠")
QUOTED = re.compile('[,"\r\n;\t]')
Cell = str | int | float | None


def as_text(text: str) -> str:
    """`text` such that a spreadsheet shows it and computes nothing. Blanks before a formula do not hide it."""
    lead = text[:1] in STARTS or text.lstrip()[:1] in STARTS
    return f"'{text}" if lead else text


def csv_line(cells: Iterable[Cell]) -> str:
    """One line with its end. Numbers stay numbers, a negative one too; None is an empty cell."""
    return (
        ",".join(["" if cell is None else _text(cell) if isinstance(cell, str) else str(cell) for cell in cells])
        + "\r\n"
    )


# A column's name stands in every line of a long file.
@lru_cache(4096)
def _text(cell: str) -> str:
    text = as_text(cell).replace("\0", "")
    if QUOTED.search(text):
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text
