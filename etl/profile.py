"""What a profile may say: one publisher's feeds, and the pack of areas that they tell about.

docs/PROFILES.md explains the keys to people who write a profile; etl/profile_file.py reads one.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from etl.feed_profile import MEASURES, TALLIES, FeedProfile, Kind, Name, Part, key


class Words(Part):
    vi: str
    en: str


class Caveat(Words):
    """Words that belong beside the numbers; with `product`, only once doses of it have been delivered or given."""

    product: str = ""


class PackArea(Part):
    code: Annotated[str, Field(min_length=1)]
    name_vi: str
    name_en: str
    region_vi: str = ""
    region_en: str = ""
    aliases: tuple[str, ...] = ()  # what publishers call it


class Population(Part):
    """A denominator: either figures by group and area code, or a file of the publisher."""

    version: Name
    source: str
    valid_from: date
    figures: dict[str, dict[str, int]] = Field(default_factory=dict[str, dict[str, int]])
    file: FeedProfile | None = None

    @model_validator(mode="after")
    def one_origin(self) -> Population:
        if bool(self.figures) == (self.file is not None):
            raise ValueError("give either 'figures' or 'file'")
        if self.file is not None and self.file.kind is not Kind.POPULATION:
            raise ValueError("file: its kind must be population")
        return self


class AreaPack(Part):
    """The areas that replace Vietnam's provinces. `boundaries`: a file of geo/boundaries whose ids are the codes."""

    areas: Annotated[tuple[PackArea, ...], Field(min_length=1)]
    boundaries: str | None = None
    population: Population | None = None

    @model_validator(mode="after")
    def names_are_unique(self) -> AreaPack:
        seen: dict[str, str] = {}
        for area in self.areas:
            for name in {key(text) for text in (area.code, area.name_en, area.name_vi, *area.aliases)}:
                if seen.setdefault(name, area.code) != area.code:
                    raise ValueError(f"areas: '{name}' names both {seen[name]} and {area.code}")
        known = {area.code for area in self.areas}
        for figures in self.population.figures.values() if self.population else ():
            if unknown := sorted(set(figures) - known):
                raise ValueError(f"population.figures: unknown area '{unknown[0]}'")
        return self


class Profile(Part):
    name: str
    title: Words
    source: str  # who publishes, under which licence
    caveats: tuple[Caveat, ...] = ()
    timezone: str = ""  # of folder names without Z, and of days; default: the campaign's
    folder: str = "snapshots"  # where the dated folders lie, below the folder that is named; or there itself
    earliest_day: date
    # Our name: what the publisher has also called it.
    products: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    pack: AreaPack
    feeds: Annotated[dict[Name, FeedProfile], Field(min_length=1)]

    @model_validator(mode="after")
    def feeds_fit_together(self) -> Profile:
        for name, feed in self.feeds.items():
            if feed.kind is Kind.POPULATION:
                raise ValueError(f"feeds.{name}: population belongs to the area pack")
            if "product" in feed.columns and not self.products:
                raise ValueError(f"products: needed by feeds.{name}")
            for field, target in feed.compares.items():
                other, _, measure = target.partition(".")
                if other not in self.feeds or self.feeds[other].kind not in TALLIES or measure not in MEASURES:
                    raise ValueError(f"feeds.{name}.compares.{field}: expected feed.measure, such as doses.value")
                if "area" in feed.columns and "day" not in feed.columns and self.feeds[other].figures == "cumulative":
                    raise ValueError(f"feeds.{name}.compares.{field}: cumulative figures compare by day, not by area")
        if "population" in self.feeds:
            raise ValueError("feeds: the name 'population' is the area pack's")
        return self

    @property
    def all_feeds(self) -> dict[str, FeedProfile]:
        """The profile's feeds and, last, the pack's population file."""
        population = self.pack.population
        extra = {"population": population.file} if population and population.file else {}
        return {**self.feeds, **extra}

    @property
    def main_feed(self) -> str:
        """The feed whose keys are reported: the first of doses, else the first."""
        return next((name for name, feed in self.feeds.items() if feed.kind is Kind.DOSES), next(iter(self.feeds)))
