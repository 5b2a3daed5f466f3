"""One delivered file of records: is it whole, and what does it hold, in the feed's types."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import polars as pl
import pyarrow as pa

from etl.feeds.registry import RegistryFeed

NAME = re.compile(r"^(?P<feed>[a-z_]+)(-[^/]*)?\.(?P<form>csv|parquet|ndjson)(\.(?P<packing>gz|zst))?$")
MARKS = (".done", ".manifest")
UNFINISHED = (".part", ".tmp")
CODECS = {"gz": "gzip", "zst": "zstd"}
BLOCK = 1 << 20
TYPES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "int16": pl.Int16(),
    "int32": pl.Int32(),
    "int64": pl.Int64(),
    "double": pl.Float64(),
    "bool": pl.Boolean(),
    "date32[day]": pl.Date(),
    "timestamp[us, tz=UTC]": pl.Datetime("us", "UTC"),
}
WORDS_OF_TRUTH = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


class FileRefused(Exception):
    """This file cannot be taken; the message names field and line, or what its manifest contradicts."""


class FileWaits(Exception):
    """The file is not whole yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the sender says of the file; None where it says nothing."""

    sha256: str | None = None
    rows: int | None = None


def manifest_of(file: Path) -> Manifest | None:
    """None where no mark lies beside the file. An empty mark says that the file is whole, and no more.

    Raises FileWaits where the mark itself cannot be read yet."""
    for mark in (file.with_name(file.name + ending) for ending in MARKS):
        if not mark.is_file():
            continue
        text = mark.read_text(encoding="utf-8", errors="replace").strip()
        if not text:
            return Manifest()
        try:
            told = cast("dict[str, Any]", json.loads(text))
            digest, rows = told.get("sha256"), told.get("rows")
            return Manifest(
                sha256=str(digest).lower() if digest else None, rows=int(rows) if rows is not None else None
            )
        except (ValueError, TypeError, AttributeError) as error:
            raise FileWaits(f"{mark.name} is not JSON with sha256 and rows") from error
    return None


def digest_of(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    return found.hexdigest()


@contextmanager
def unpacked(file: Path) -> Iterator[Path]:
    """The file itself, or what its compression holds, for as long as it is needed. Raises FileRefused."""
    codec = CODECS.get(file.suffix.removeprefix("."))
    if codec is None:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="mcc-drop-") as folder:
        plain = Path(folder) / file.stem
        try:
            with pa.CompressedInputStream(pa.OSFile(str(file)), codec) as packed, plain.open("wb") as out:
                while block := packed.read(BLOCK):
                    out.write(block)
        except OSError as error:
            raise FileRefused(f"{file.name}: its compression is damaged: {str(error).splitlines()[0]}") from error
        yield plain


def batches(file: Path, feed: RegistryFeed, *, order: int, batch_rows: int) -> Iterator[pl.DataFrame]:
    """Rows in the feed's columns and `version`. `file` is unpacked. Raises FileRefused, at the first value that does
    not fit; the line is that of the file, its heading counted."""
    form = file.suffix.removeprefix(".")
    first_line = 2 if form == "csv" else 1
    try:
        frames = _scan(file, form).collect_batches(chunk_size=batch_rows, maintain_order=True)
        line = first_line
        for frame in frames:
            yield typed(frame, feed, order=order, first_line=line)
            line += len(frame)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileRefused(f"cannot be read as {form}: {str(error).splitlines()[0]}") from error


def typed(frame: pl.DataFrame, feed: RegistryFeed, *, order: int, first_line: int) -> pl.DataFrame:
    """Raises FileRefused naming the column that is missing, or field and line of the first value that does not fit."""
    missing = [name for name in feed.columns if name not in frame.columns]
    if missing:
        raise FileRefused(f"column '{missing[0]}' is missing; it has {', '.join(frame.columns)}")
    rows = frame.select(*feed.columns, _version(frame, order).alias("version"))
    wanted = {**{name: TYPES[kind] for name, kind in feed.columns.items()}, "version": pl.Int64()}
    cast_rows = rows.select(_as(rows.schema[name], wanted[name], name) for name in rows.columns)
    for name in rows.columns:
        lost = (rows.get_column(name).is_not_null() & cast_rows.get_column(name).is_null()).arg_true()
        if len(lost):
            value = rows.get_column(name)[int(lost[0])]
            raise FileRefused(f"line {first_line + int(lost[0])}, field '{name}': {value!r} is not {wanted[name]}")
    return cast_rows


def _scan(file: Path, form: str) -> pl.LazyFrame:
    if form == "parquet":
        return pl.scan_parquet(file)
    if form == "ndjson":
        return pl.scan_ndjson(file, infer_schema_length=None)
    # As text: what a value is, is said by the feed and not guessed from the first rows.
    return pl.scan_csv(file, infer_schema=False)


def _version(frame: pl.DataFrame, order: int) -> pl.Expr:
    """`version` as given; else the time of change in microseconds; else the number of the file."""
    if "version" in frame.columns:
        return pl.col("version")
    if "updated_at" in frame.columns:
        return _as(frame.schema["updated_at"], TYPES["timestamp[us, tz=UTC]"], "updated_at").dt.epoch("us")
    return pl.lit(order, dtype=pl.Int64)


def _as(found: pl.DataType, wanted: pl.DataType, name: str) -> pl.Expr:
    """NULL where the value does not fit. A time without a zone is taken as UTC."""
    column = pl.col(name)
    if found == wanted:
        return column
    if isinstance(wanted, pl.Datetime):
        if found == pl.String:
            return column.str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
        if isinstance(found, pl.Datetime):
            in_utc = column.dt.replace_time_zone("UTC") if found.time_zone is None else column
            return in_utc.dt.convert_time_zone("UTC").cast(wanted)
    if found == pl.String and wanted == pl.Boolean:
        return column.str.to_lowercase().replace_strict(WORDS_OF_TRUTH, default=None, return_dtype=pl.Boolean)
    if found == pl.String and wanted == pl.Date:
        return column.str.to_date(strict=False)
    return column.cast(wanted, strict=False)
