"""A scenario of a plan in words and figures: what is supposed, and what that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign.plan_scenario import LineCompared, aims_compared, lines_compared, places_compared
from campaign.spreadsheet import csv_line
from layouts import format as fmt
from layouts.words import Words

COLUMNS = ("supposed", "scenario", "snapshot", "lot", "product", "from", "from_name", "to", "to_name", "ship_on")
FIGURES = ("doses_without", "doses_supposed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A row: its name and its cells as texts, by key."""

    key: str
    name: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Two documents of one snapshot, in words. names: of stores, by code."""

    without: Mapping[str, Any]
    supposed: Mapping[str, Any]
    products: Mapping[str, str]
    words: Words

    def store(self, code: str) -> str:
        named: Mapping[str, str] = self.without["words"]["places"].get(code) or {}
        return named.get(self.words.language.value, code)

    def doses(self, value: float) -> str:
        return fmt.whole(round(value), self.words.language)

    def signed(self, value: float) -> str:
        """A change: "+3", "−3", "0"."""
        return fmt.signed(round(value), self.words.language)

    def aims(self) -> list[Told]:
        """Doses lost, unmet, short; cost: nothing done and planned, without and with what is supposed."""
        return [
            Told(
                key=item.name,
                name=self.words(f"plan_aim.{item.name}"),
                cells={
                    "nothing": self.doses(item.nothing),
                    "planned": self.doses(item.planned),
                    "nothing_supposed": self.doses(item.nothing_supposed),
                    "planned_supposed": self.doses(item.planned_supposed),
                    "change": self.signed(item.planned_supposed - item.planned),
                },
            )
            for item in aims_compared(self.without, self.supposed)
        ]

    def lines(self) -> list[Told]:
        """Of both plans, those that differ."""
        return [
            Told(
                key=f"{at}",
                name=self.words(
                    "plan_scenario.line",
                    product=self.products.get(item.product, item.product),
                    lot=item.lot,
                    giver=self.store(item.giver),
                    taker=self.store(item.taker),
                    day=fmt.day(date.fromisoformat(item.ship_on), self.words.language),
                ),
                cells={
                    "planned": self.doses(item.planned),
                    "supposed": self.doses(item.supposed),
                    "change": self.signed(item.supposed - item.planned),
                },
            )
            for at, item in enumerate(self._lines(), start=1)
        ]

    def places(self) -> list[Told]:
        """Stores whose days of stock, doses lost or unmet differ after the two plans."""
        language = self.words.language
        return [
            Told(
                key=item.code,
                name=self.store(item.code),
                cells={
                    "days": _pair(*(fmt.decimal(value, language) for value in item.days)),
                    "lost": _pair(*(self.doses(value) for value in item.lost)),
                    "unmet": _pair(*(self.doses(value) for value in item.unmet)),
                },
            )
            for item in places_compared(self.without, self.supposed)
        ]

    def csv(self, scenario: int) -> Iterator[str]:
        """Line by line, with a header; every line says that it is supposed."""
        yield csv_line((*COLUMNS, *FIGURES))
        for item in self._lines():
            yield csv_line(
                (
                    "supposed",
                    scenario,
                    int(self.without["snapshot"]),
                    item.lot,
                    item.product,
                    item.giver,
                    self.store(item.giver),
                    item.taker,
                    self.store(item.taker),
                    item.ship_on,
                    item.planned,
                    item.supposed,
                )
            )

    def _lines(self) -> list[LineCompared]:
        return lines_compared(self.without, self.supposed)


def _pair(one: str, other: str) -> str:
    return one if one == other else f"{one} → {other}"


def supposed_told(suppose: Mapping[str, Any], words: Words, name: Callable[[str], str]) -> list[str]:
    """A sentence for each thing that is supposed. name: of a store or province by its code."""
    language = words.language
    found = [
        words(
            "plan_supposed.arrival",
            doses=fmt.whole(item["doses"], language),
            lot=item["lot"],
            store=name(item["store"]),
            days=fmt.whole(item["day"], language),
        )
        for item in suppose["arrivals"]
    ]
    found += [
        words("plan_supposed.late", lot=lot, days=fmt.whole(days, language)) for lot, days in suppose["late"].items()
    ]
    found += [words("plan_supposed.failed", store=name(store)) for store in suppose["failed"]]
    return [
        *found,
        *(
            words("plan_supposed.target", store=name(store), doses=fmt.whole(doses, language))
            for store, doses in suppose["targets"].items()
        ),
    ]
