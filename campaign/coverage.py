"""People reached against a denominator, and the targets they are held to."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Measure(StrEnum):
    """What is counted. `DOSE1` and `FULL` are distinct people; `DOSES` are injections given."""

    DOSE1 = "dose1"
    FULL = "full"
    DOSES = "doses"


class PopulationGroup(StrEnum):
    """Whose. Age is whole years at the first valid injection, so that a person stays in one group."""

    ALL = "all"
    ADULTS = "18plus"
    SENIORS = (
        "65plus"  # contained in the adults; no source tells how many there are, so that it has counts and no rates
    )
    TEENS = "12_17"
    CHILDREN = "5_11"
    UNKNOWN_AGE = "unknown_age"


# The row of people whose residence, or of doses whose place, is not known. It is shown, never spread over provinces.
UNKNOWN_AREA = "unknown"
# The row of units that belong to no province: army, police, central hospitals, institutes.
CENTRAL_UNITS = "central"
NATION = "nation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """People reached in one area against one denominator. `people` may exceed `population`."""

    people: int
    population: int | None

    @property
    def ratio(self) -> float | None:
        """1.0 means everyone; above 1.0 is reported as it is; None where no population is known."""
        return self.people / self.population if self.population else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A share of a group of the population to be reached by a date. Targets are data: they changed in mid-campaign.

    more_than: the share itself is not enough yet, as in "more than 70 %"."""

    target_id: str
    population_group: PopulationGroup
    ratio: float
    due_on: date
    valid_from: date
    more_than: bool = False


def band(ratio: float, breaks: tuple[float, ...]) -> int:
    """Index of the legend's class that `ratio` falls in: 0 below the first break, len(breaks) at or above the last.

    The lower edge belongs to the class: exactly 50 % is "50 to 70", because a target of 50 % is then met.
    """
    return bisect_right(breaks, ratio)
