"""People by age, priority group and tier of provinces: counts of distinct people, rates where a denominator exists.

A person may be in several of the 16 groups of Decision 3355/QĐ-BYT. Totals count each once, in the group that takes
precedence; how many people are in a group whatever their others is shown beside and never added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from campaign.coverage import CENTRAL_UNITS
from campaign.due import DueCount
from campaign.flows import Moved
from campaign.funnel import OpenCount, WaitCount
from campaign.readings import AreaRow

# Of the age bands that the registry's ages fall into; a band has no sourced population, adults and everyone have.
BANDS = ("0_4", "5_11", "12_17", "18_49", "50_64", "65plus", "unknown")
ADULT_BANDS = frozenset({"18_49", "50_64", "65plus"})
NO_GROUP = 0
GROUPS = tuple(range(1, 17))
TIERS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityGroup:
    """One of the 16. `number` is its precedence, too."""

    number: int
    name_vi: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralReason:
    """One reason for which somebody is deferred at screening. `text`: how the registry writes it."""

    number: int
    text: str
    name_vi: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTier:
    """A province in one of the four tiers, from a day on."""

    area_code: str
    tier: int
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Distinct people: with no dose on record, with at least one, with the full series, with a further dose besides.
    The registry knows the first only of people whom it has a record of; None where it does not tell."""

    none: int | None
    dose1: int
    full: int
    boosted: int


def together(counts: Iterable[Reached]) -> Reached:
    parts = list(counts)
    nones = [part.none for part in parts if part.none is not None]
    return Reached(
        none=sum(nones) if nones else None,
        dose1=sum(part.dose1 for part in parts),
        full=sum(part.full for part in parts),
        boosted=sum(part.boosted for part in parts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCount:
    """One priority group, as `first` counts each person once; `members` are all who are in it, not to be added up.
    doses: given to the people of `first`."""

    first: Reached
    members: Reached
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What a snapshot says about people. A part is None where the snapshot lacks it: an older one, or another source.

    tiers: by province. states: registrations by area and present state. ages: by area and band. groups: by area and
    number, 0 for people in none."""

    today: date
    areas: tuple[AreaRow, ...]
    tiers: Mapping[str, int]
    due: tuple[DueCount, ...] | None
    moves: tuple[Moved, ...] | None
    states: Mapping[str, Mapping[str, int]] | None
    open: tuple[OpenCount, ...] | None
    waits: tuple[WaitCount, ...] | None
    ages: Mapping[tuple[str, str], Reached] | None
    groups: Mapping[tuple[str, int], GroupCount] | None

    @property
    def codes(self) -> tuple[str, ...]:
        """Every area, in the source's order; central units and unknown ones last."""
        return tuple(row.area.code for row in self.areas)

    @property
    def residences(self) -> tuple[str, ...]:
        """Areas where people live, and the one of those of whom that is not known."""
        return tuple(code for code in self.codes if code != CENTRAL_UNITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The nation, a tier of provinces, or one area. code: NATION, "tier-1", or the area's; codes: the areas in it."""

    code: str
    name: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleLimits:
    """Settings `clock.overdue_days` and `clock.unserved_days`."""

    overdue_days: int
    unserved_days: int
