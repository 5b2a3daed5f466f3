"""What a profile says about one feed: which file it is, how its columns map onto ours, and what to distrust."""

from __future__ import annotations

import codecs
from enum import StrEnum
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

MEASURES = ("value", "dose1_people", "full_people", "boosted_people", "pending_doses")
KEY_FIELDS = ("area", "day", "product")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Kind(StrEnum):
    DOSES = "doses"
    REGISTRATIONS = "registrations"
    DELIVERIES = "deliveries"
    POPULATION = "population"
    CHECK = "check"  # the publisher's own totals, held against ours


TALLIES = (Kind.DOSES, Kind.REGISTRATIONS, Kind.DELIVERIES)
# The figure of a tally, in the words of its kind.
FIGURE = {Kind.DOSES: "doses", Kind.REGISTRATIONS: "people", Kind.DELIVERIES: "doses"}
DOSE_MEASURES = ("dose1_people", "full_people", "boosted_people", "pending_doses")


class Part(BaseModel):
    """A block of a profile: frozen, and deaf to no key."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Limit(Part):
    """A share that grows with the days since the last publication: share + per_day x days, at most `most`."""

    share: Annotated[float, Field(ge=0)]
    per_day: Annotated[float, Field(ge=0)] = 0.0
    most: Annotated[float, Field(ge=0)] = 1000.0

    def allowed(self, days: float) -> float:
        return min(self.share + self.per_day * days, self.most)


class Guard(Part):
    """What a publication may do to the held figures before somebody has to look at it. Exactly the limit passes."""

    vanished_keys: Limit = Limit(share=0.10, per_day=0.005, most=0.34)  # of the keys held
    absent_areas: Limit = Limit(share=0.34)  # of the areas held
    total_fall: Limit = Limit(share=0.05, per_day=0.002, most=0.20)  # of the total held
    total_rise: Limit = Limit(share=0.30, per_day=0.05)  # of the total held
    revised: Limit = Limit(share=0.15, per_day=0.002, most=0.50)  # sum of changes of known figures / their sum
    small_total: Annotated[int, Field(ge=0)] = 100_000  # below this total a rise says nothing: campaigns begin fast


class Column(Part):
    """The names that a publisher has used for one field, newest or oldest first: a rename is absorbed by adding one.

    In a profile `total: [total_daily, daily]` is short for `total: {from: [total_daily, daily]}`.
    """

    names: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    optional: bool = False  # a version of the file without it is whole; its figure is then 0, or not told
    negative: bool = False  # a negative figure counts, as a return or correction does
    format: str = "%Y-%m-%d"  # of days

    @model_validator(mode="before")
    @classmethod
    def spell_out(cls, given: object) -> object:
        if isinstance(given, (str, list, tuple)):
            given = {"from": given}
        if not isinstance(given, dict):
            return given
        spelled = cast("dict[str, Any]", given)
        return {**spelled, "from": [spelled["from"]]} if isinstance(spelled.get("from"), str) else spelled


class FeedProfile(Part):
    """One file of a publication, or several of one shape (`file` may be a pattern)."""

    kind: Kind
    file: Annotated[str, Field(min_length=1)]
    beside: bool = False  # it may also lie beside the dated folders
    required: bool = True  # a publication without it is at fault
    encoding: str = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    publication: Literal["full_refresh", "delta"] = "full_refresh"
    figures: Literal["daily", "cumulative"] = "daily"
    columns: dict[Name, Column]
    key: tuple[Name, ...] = ()  # default: those of area, day and product that are mapped
    measures: dict[str, tuple[Name, ...]] = {}  # measure: the fields that it is the sum of
    known_columns: tuple[str, ...] = ()  # read past
    extra_columns: Literal["refuse", "allow"] = "refuse"
    ignore_rows: dict[Name, tuple[str, ...]] = {}  # rows that are no area, such as the nation's
    running_total: Name | None = None  # a field that must equal the running sum of the feed's figure
    compares: dict[Name, str] = {}  # kind check: field: feed.measure
    guard: Guard = Guard()

    @field_validator("encoding")
    @classmethod
    def encoding_exists(cls, value: str) -> str:
        try:
            return codecs.lookup(value).name
        except LookupError as error:
            raise ValueError(f"unknown encoding '{value}'; for example utf-8, cp1252") from error

    @field_validator("measures", mode="before")
    @classmethod
    def one_or_many(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        given = cast("dict[str, Any]", value)
        return {name: (fields,) if isinstance(fields, str) else fields for name, fields in given.items()}

    @model_validator(mode="after")
    def fields_exist(self) -> FeedProfile:
        used = [*self.key, *(name for fields in self.measures.values() for name in fields), *self.compares]
        used += [*self.ignore_rows, *([self.running_total] if self.running_total else [])]
        for name in used:
            if name not in self.columns:
                raise ValueError(f"field '{name}' has no column; columns: {', '.join(self.columns)}")
        return self

    @model_validator(mode="after")
    def kind_is_complete(self) -> FeedProfile:
        if self.kind in TALLIES:
            figure = FIGURE[self.kind]
            known = (figure, *DOSE_MEASURES) if self.kind is Kind.DOSES else (figure,)
            if figure not in self.measures or set(self.measures) - set(known):
                raise ValueError(f"measures: kind {self.kind} needs '{figure}' and knows {', '.join(known)}")
            if all(self.columns[name].optional for name in self.measures[figure]):
                raise ValueError(f"measures.{figure}: at least one of its columns must not be optional")
            if not {"area", "day"} <= set(self.columns):
                raise ValueError(f"columns: kind {self.kind} needs 'area' and 'day'")
        if self.kind is Kind.POPULATION and ("area" not in self.columns or not self.measures):
            raise ValueError("kind population needs a column 'area', and measures by population group")
        if self.kind is Kind.CHECK and not self.compares:
            raise ValueError("kind check needs 'compares'")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """Fields that tell one row from another."""
        return self.key or tuple(name for name in KEY_FIELDS if name in self.columns)

    @property
    def sums(self) -> dict[str, tuple[str, ...]]:
        """What is taken from a row, as the fields that it is the sum of. A tally's figure is called `value`."""
        if self.kind is Kind.CHECK:
            return {name: (name,) for name in self.compares}
        figure = FIGURE.get(self.kind)
        return {"value" if name == figure else name: fields for name, fields in self.measures.items()}

    @property
    def counts(self) -> tuple[str, ...]:
        """Fields that hold a whole number."""
        return tuple(name for name in self.columns if name not in KEY_FIELDS and name not in self.key)


def key(text: str) -> str:
    """How names are compared: publishers vary in case and in spaces around them."""
    return " ".join(text.split()).casefold()
