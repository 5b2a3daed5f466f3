"""A plan as one reader sees it: what they may see of it, and in which words. Values in, values out; no components.

Of a plan beyond the reader's provinces there are the lines that touch them, and figures of their own stores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from campaign.plan_check import Violation
from campaign.plan_order import Packing
from campaign.plan_readable import Unread
from campaign.plan_record import Plan, PlanLine, PlanVersion
from campaign.plan_state import PlanState, state_at
from layouts import format as fmt
from layouts.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the checker says of the newest lines, with the figures before and after them. why: why it could not."""

    snapshot: int
    violations: tuple[Violation, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """sees: whether the reader may see a province; None: what is the nation's. judged: None while the checker is at
    work. unread: what of the plan cannot be told. products: names of trade by code. packing: of lots, as far as it is
    known. now: of the campaign."""

    plan: Plan
    judged: Judged | None
    unread: Unread
    sees: Callable[[str | None], bool]
    products: Mapping[str, str]
    packing: Mapping[str, Packing]
    words: Words
    zone: ZoneInfo
    now: datetime

    @property
    def state(self) -> PlanState:
        return state_at(self.plan.standing, self.now)

    @property
    def document(self) -> Mapping[str, Any]:
        """Of the newest version; where a person typed it anew, of the last that had one."""
        return next((item.document for item in reversed(self.plan.versions) if item.document.get("policy")), {})

    def sees_line(self, line: PlanLine) -> bool:
        stores = self.plan.stores
        return self.sees(stores[line.giver].province) or self.sees(stores[line.taker].province)

    def store(self, code: str) -> str:
        """Its name in the reader's language where the plan knows one, or as the registry has it."""
        words: Mapping[str, Any] = self.document.get("words") or {}
        named: Mapping[str, str] = (words.get("places") or {}).get(code) or {}
        own = self.plan.stores.get(code)
        return named.get(self.words.language.value) or (self.words.marked(own.name) if own else code)

    def product(self, code: str) -> str:
        return self.products.get(code, code)

    def doses(self, value: float | None) -> str:
        return fmt.whole(None if value is None else round(value), self.words.language)

    def days(self, value: float | None) -> str:
        return fmt.decimal(value, self.words.language)

    def at(self, value: datetime | None) -> str:
        return fmt.instant(value, self.words, self.zone)

    def line_of(self, line: PlanLine, doses: int | None = None) -> str:
        """What goes from where to where, without any reason."""
        return self.words(
            "plan_page.line",
            doses=self.doses(line.doses if doses is None else doses),
            product=self.product(line.product),
            lot=line.lot,
            giver=self.store(line.giver),
            taker=self.store(line.taker),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A line of a version, and what it was in the version before; None: it was not there, or is not there any more."""

    was: PlanLine | None
    became: PlanLine | None


def changes(before: PlanVersion, after: PlanVersion) -> list[Changed]:
    """What differs between two versions of the lines, line by line."""
    old, new = _keyed(before), _keyed(after)
    found = [Changed(was=old.get(key), became=line) for key, line in new.items() if not _alike(old.get(key), line)]
    return [*found, *(Changed(was=line, became=None) for key, line in old.items() if key not in new)]


def _keyed(version: PlanVersion) -> dict[tuple[str, str, str, int], PlanLine]:
    """By lot and stores, and which of them where there are several: days and doses are what people change."""
    found: dict[tuple[str, str, str, int], PlanLine] = {}
    for line in version.lines:
        key = (line.lot, line.giver, line.taker)
        found[*key, sum(1 for held in found if held[:3] == key)] = line
    return found


def _alike(one: PlanLine | None, other: PlanLine) -> bool:
    if one is None:
        return False
    return (one.doses, one.ship_on, one.arrive_on) == (other.doses, other.ship_on, other.arrive_on)
