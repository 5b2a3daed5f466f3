"""Where incidents are open: how many of each severity in each province, for the map beside the queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaign.access import Scope
from campaign.alerts import Severity
from campaign.incidents import WORST_FIRST

NOWHERE = ""
"""The place of incidents that are about no province."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Incidents of one province that are not closed, NOWHERE: of none. One with things in several provinces counts in
    each of them."""

    area: str
    by_severity: Mapping[Severity, int]

    @property
    def open(self) -> int:
        return sum(self.by_severity.values())

    @property
    def worst(self) -> Severity:
        """Raises ValueError where there is none."""
        return min((item for item, count in self.by_severity.items() if count), key=WORST_FIRST.index)

    def of(self, severity: Severity) -> int:
        return self.by_severity.get(severity, 0)


def tallies(counted: Iterable[tuple[str, Severity, int]]) -> tuple[Tally, ...]:
    """From (area, severity, incidents), each pair at most once. The most of the worst first, then by code."""
    found: dict[str, dict[Severity, int]] = {}
    for area, severity, count in counted:
        if count:
            found.setdefault(area, {})[severity] = count
    made = [Tally(area=area, by_severity=by_severity) for area, by_severity in found.items()]
    return tuple(sorted(made, key=lambda item: ([-item.of(severity) for severity in WORST_FIRST], item.area)))


def tallies_within(found: Iterable[Tally], scope: Scope) -> tuple[Tally, ...]:
    """Those of the scope's provinces, and of what is about none: that concerns everybody."""
    return tuple(item for item in found if item.area == NOWHERE or scope.covers(item.area))
