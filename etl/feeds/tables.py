"""Bytes of a delimited file -> header and rows with their line numbers. A fault of shape names the line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from etl.errors import FeedRejected

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Every row has as many values as the header. `lines[i]` is where `rows[i]` begins, the header being line 1."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def read_table(data: bytes, *, file: str, encoding: str, delimiter: str) -> Table:
    """Raises FeedRejected for an empty file, a broken encoding, broken quoting, or a row of another width."""
    records = _records(_decode(data, file=file, encoding=encoding), file=file, delimiter=delimiter)
    first = next(records, None)
    if first is None:
        raise FeedRejected(f"{file}: is empty; expected a header and rows")
    header = tuple(name.strip() for name in first[1])
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        raise FeedRejected(f"{file} line {first[0]}: column '{repeated[0]}' appears twice")
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    for line, values in records:
        if len(values) != len(header):
            raise FeedRejected(f"{file} line {line}: {len(values)} columns; expected {len(header)}, as in the header")
        rows.append(tuple(value.strip() for value in values))
        lines.append(line)
    return Table(file=file, header=header, rows=tuple(rows), lines=tuple(lines))


def _decode(data: bytes, *, file: str, encoding: str) -> str:
    content = data.removeprefix(BOM) if encoding == "utf-8" else data
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        bad = content[error.start : error.start + 1].hex()
        raise FeedRejected(
            f"{file} line {line}: byte 0x{bad} is not {encoding}; expected text in {encoding}"
        ) from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise FeedRejected(f"{file} line {line}: holds a zero byte; expected text in {encoding}")
    return text


def _records(text: str, *, file: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, values) of every record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for values in reader:
            if values:
                yield line, values
            line = reader.line_num + 1
    except csv.Error as error:
        raise FeedRejected(f"{file} line {line}: {error}; expected values separated by '{delimiter}'") from error
