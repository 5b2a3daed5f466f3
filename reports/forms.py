"""Every form by its name, and files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path

from reports.errors import NotWritten
from reports.letterhead import Sheet

__all__ = ["FORMS", "NotWritten", "load", "one_page", "write_whole"]

Make = Callable[[Sheet, Path], bytes]


def _pdf(sheet: Sheet, boundaries: Path) -> bytes:
    from reports.bulletin import bulletin

    return bulletin(sheet, boundaries)


def _pptx(sheet: Sheet, boundaries: Path) -> bytes:
    from reports.slides import slides

    return slides(sheet, boundaries)


def _docx(sheet: Sheet, boundaries: Path) -> bytes:
    from reports.letter import letter

    return letter(sheet, boundaries)


def _xlsx(sheet: Sheet, _boundaries: Path) -> bytes:
    from reports.workbook import workbook

    return workbook(sheet)


def _csv(sheet: Sheet, _boundaries: Path) -> bytes:
    from reports.plain import to_csv

    return to_csv(sheet)


def _json(sheet: Sheet, _boundaries: Path) -> bytes:
    from reports.plain import to_json

    return to_json(sheet)


def one_page(sheet: Sheet) -> bytes:
    """As PDF. Raises NotWritten where it does not fit."""
    from reports.page import page

    return page(sheet)


# Each loads its own library: who asks for CSV waits for no other.
FORMS: Mapping[str, Make] = {
    "pdf": _pdf,
    "pptx": _pptx,
    "docx": _docx,
    "xlsx": _xlsx,
    "csv": _csv,
    "json": _json,
}

# What each needs, and what draws its pictures.
MODULES: Mapping[str, tuple[str, ...]] = {
    "pdf": ("reports.bulletin", "reports.pictures"),
    "pptx": ("reports.slides", "reports.pictures"),
    "docx": ("reports.letter", "reports.pictures"),
    "xlsx": ("reports.workbook",),
    "csv": ("reports.plain",),
    "json": ("reports.plain",),
}


def load(forms: Iterable[str]) -> None:
    """Load the libraries of these forms now, for a process that is about to be forked: what is loaded once is not
    loaded again in each of two."""
    for form in forms:
        for name in MODULES[form]:
            import_module(name)


def write_whole(target: Path, body: bytes) -> None:
    """Written aside, flushed, renamed. Raises OSError, and leaves then what was there before."""
    aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with aside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
