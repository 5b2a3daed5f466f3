"""What stores above the provinces, and recipients that are no province, are called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from geo.rows import Row, load_rows

FILES = ("recipients.csv", "regional_stores.csv", "national_stores.csv")


def load_unit_names(folder: Path) -> dict[str, tuple[str, str]]:
    """By code, in Vietnamese and in English; of a store that a recipient shares its code with, the store's. Without
    those of a file that is not there. Raises ReferenceFault."""
    found: dict[str, tuple[str, str]] = {}
    for path in (folder / name for name in FILES):
        if path.exists():
            found |= dict(load_rows(path, _name))
    return found


def unit_of(units: Mapping[str, tuple[str, str]], code: str) -> tuple[str, str] | None:
    """The name of a store above the provinces, or of the recipient whose only store it is: its code ends with the
    recipient's. None for any other."""
    return units.get(code) or units.get(code.rpartition("-")[2])


def _name(row: Row) -> tuple[str, tuple[str, str]]:
    return row["code"], (row["name_vi"], row["name_en"])
