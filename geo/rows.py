"""Reading a reference file row by row, with faults that name the file and the line."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar, cast

Row = Mapping[str, str]
_T = TypeVar("_T")


class ReferenceFault(ValueError):
    """A reference file that cannot be used; the message names the file, the line and the fault."""


def load_rows(path: Path, build: Callable[[Row], _T]) -> tuple[_T, ...]:
    """One value a row, in the file's order. Raises ReferenceFault, also on a file without rows."""
    built: list[_T] = []
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, strict=True)
        for row in reader:
            try:
                built.append(build(cast(Row, row)))
            except (KeyError, TypeError, ValueError) as cause:
                raise ReferenceFault(f"{path.name}, line {reader.line_num}: {cause!r}") from cause
    if not built:
        raise ReferenceFault(f"{path.name}: no rows")
    return tuple(built)


def one_of(value: str, *allowed: str) -> str:
    """`value` itself where it is allowed. Raises ValueError naming what is."""
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(allowed)}")
    return value
