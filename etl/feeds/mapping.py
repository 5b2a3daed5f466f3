"""A registry that is not ours, described in YAML: which of its tables and columns stand for which of our feeds.

docs/SOURCES.md explains the keys. Only names, constants and lists of codes may be given: no SQL of anyone's is run.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from etl.feeds.registry import FEEDS
from etl.feeds.source import ReadLimits
from etl.feeds.table import Method
from etl.profile_file import ProfileError, explain

SQLName = Annotated[str, Field(min_length=1, max_length=63, pattern=r'^[^\x00"]+$')]
Constant = str | int | float | bool | None
BY_NAME = {feed.name: feed for feed in FEEDS}
PERSON_KEYS = frozenset({"person_key", "kept_key", "merged_key"})
MIN_SECRET = 16
# Words of a column's name that say who somebody is, without accents, in Vietnamese and English.
IDENTITY = re.compile(
    r"(^|_)(ho_?ten|full_?name|first_?name|last_?name|cmnd|cccd|cmt|national_?id|id_?card|passport|ho_?chieu|bhyt|"
    r"phone|mobile|dien_?thoai|sdt|email|e_?mail|address|dia_?chi|birth_?da(te|y)|date_?of_?birth|dob|ngay_?sinh)(_|$)",
    re.IGNORECASE,
)


class MappingError(ProfileError):
    """The mapping cannot be used; the message names the key and the nearest known one."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Part):
    """Where one column of a feed comes from: a `column` of the table, or a `constant`."""

    column: SQLName | None = None
    constant: Constant = None
    codes: Mapping[str, Constant] = Field(default_factory=dict[str, Constant])
    pseudonym: Literal["hashed", "already"] | None = None

    @model_validator(mode="after")
    def codes_and_pseudonyms_need_a_column(self) -> Column:
        if self.column is None and (self.codes or self.pseudonym):
            raise ValueError("codes and pseudonym need a column")
        if self.column is not None and self.constant is not None:
            raise ValueError("either a column or a constant")
        return self


class FeedMapping(Part):
    """One feed: its `table` (schema.table, a view works too), what tells that a row changed, and its columns."""

    table: Annotated[str, Field(pattern=r'^[^\x00".]+\.[^\x00".]+$')]
    order: Method
    stamp: SQLName
    columns: Mapping[str, Column]

    @field_validator("columns", mode="before")
    @classmethod
    def a_bare_name_is_a_column(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        given = cast("dict[str, object]", value)
        return {name: {"column": item} if isinstance(item, str) else item for name, item in given.items()}

    @property
    def names_of_table(self) -> tuple[str, str]:
        schema, _, table = self.table.partition(".")
        return schema, table


class SourceMapping(Part):
    """The whole file. `time_zone` holds for columns that carry none. The secret itself is never in the file."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    time_zone: str = "Asia/Ho_Chi_Minh"
    person_key_variable: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] = "PERSON_KEY"
    budget_seconds: Annotated[int, Field(ge=0)] = 20
    max_rows: Annotated[int, Field(ge=0)] = 1_000_000
    feeds: Annotated[Mapping[str, FeedMapping], Field(min_length=1)]

    @field_validator("time_zone")
    @classmethod
    def zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone '{value}'") from error
        return value

    @model_validator(mode="after")
    def feeds_are_ours_and_whole(self) -> SourceMapping:
        faults = [fault for name, feed in self.feeds.items() for fault in _faults(name, feed)]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def limits(self) -> ReadLimits:
        return ReadLimits(budget_seconds=self.budget_seconds, max_rows=self.max_rows)

    @property
    def needs_secret(self) -> bool:
        return any(column.pseudonym == "hashed" for feed in self.feeds.values() for column in feed.columns.values())


def load_mapping(file: Path) -> SourceMapping:
    """Raises MappingError: the file is no YAML, has an unknown key, or leaves a column of a feed open."""
    try:
        parsed: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingError(f"{file.name}: cannot be read as YAML in UTF-8: {error}") from error
    if not isinstance(parsed, dict):
        raise MappingError(f"{file.name}: expected keys at the top, such as 'feeds'")
    raw = cast("dict[str, object]", parsed)
    try:
        return SourceMapping.model_validate({"name": file.stem, **raw})
    except ValidationError as error:
        raise MappingError(explain(error, SourceMapping, file.name)) from error


def person_secret(mapping: SourceMapping, environ: Mapping[str, str]) -> str:
    """The key of the pseudonyms; '' where none is needed. Raises MappingError where it is missing or short."""
    if not mapping.needs_secret:
        return ""
    secret = environ.get(mapping.person_key_variable, "")
    if len(secret) < MIN_SECRET:
        raise MappingError(
            f"{mapping.name}: set the environment variable {mapping.person_key_variable} to the key of the pseudonyms "
            f"(at least {MIN_SECRET} characters, the same at every start)"
        )
    return secret


def _faults(name: str, mapped: FeedMapping) -> Iterable[str]:
    feed = BY_NAME.get(name)
    if feed is None:
        yield f"feeds: unknown feed '{name}'{_nearest(name, BY_NAME)}"
        return
    for column, source in mapped.columns.items():
        where = f"feeds.{name}.columns.{column}"
        if column not in feed.columns:
            yield f"{where}: the feed has no such column{_nearest(column, feed.columns)}"
        yield from (f"{where}: {fault}" for fault in _identity_faults(column, source))
    yield from (f"feeds.{name}.columns.{column}: is missing" for column in feed.columns if column not in mapped.columns)
    key = mapped.columns.get(feed.key)
    if key is not None and key.column is None:
        yield f"feeds.{name}.columns.{feed.key}: the key needs a column"


def _identity_faults(name: str, source: Column) -> Iterable[str]:
    if name in PERSON_KEYS:
        if source.pseudonym is None:
            yield "say 'pseudonym: hashed' (we hash it inside the source) or 'pseudonym: already'"
    elif source.pseudonym is not None:
        yield "only a person's key is a pseudonym"
    elif source.column is not None and IDENTITY.search(source.column):
        yield f"'{source.column}' looks like a field of identity, which must not leave the source"


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    return f"; did you mean '{close[0]}'?" if close else f"; known: {', '.join(names)}"
