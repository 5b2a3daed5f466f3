"""What an official asks first, as rules: which reading ranks the provinces, who is behind, what was locked last.

Values in, values out; days are local days of the campaign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaign.coverage import NATION, UNKNOWN_AREA, Measure, PopulationGroup
from campaign.targets import Standing
from campaign.trust import FigureLock

# Scopes under which the nation's figures were ever locked.
NATIONAL = frozenset({NATION, "vn", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure live beside the figure locked last. Live is what the locked day was (`locked`), what came or went for
    it since (`revision`), and what belongs to later days (`since`): the three add up to `live`."""

    name: str
    locked: int
    live: int
    revision: int

    @property
    def since(self) -> int:
        return self.live - self.locked - self.revision


def last_closed(as_of: datetime, *, cutoff_hour: int, zone: ZoneInfo) -> date:
    """The newest reporting day that had closed by then: reporting days close at a local hour."""
    local = as_of.astimezone(zone)
    return local.date() if local.hour >= cutoff_hour else local.date() - timedelta(1)


def ranking(nation: Sequence[Standing]) -> Standing | None:
    """The reading that provinces are ranked by: of the target for everyone (else of the last one due), at least one
    dose, and the full series once the nation has reached that. None without targets."""
    own = [found for found in nation if found.own]
    everyone = [found for found in own if found.group is PopulationGroup.ALL] or own
    if not everyone:
        return None
    last = max(everyone, key=lambda found: found.target.due_on).target
    readings = {found.measure: found for found in everyone if found.target == last}
    first, full = readings.get(Measure.DOSE1), readings.get(Measure.FULL)
    return full if first is None or (first.reached and full is not None) else first


def behind(places: Iterable[Standing]) -> tuple[Standing, ...]:
    """Provinces that have not reached the reading, the lowest share first; equal ones by code. Without a population
    there is no share, and no place in the order."""
    known = [found for found in places if found.area_code != UNKNOWN_AREA and found.coverage.ratio is not None]
    return tuple(sorted((found for found in known if not found.reached), key=_low))


def without_share(places: Iterable[Standing]) -> int:
    """Provinces that cannot be ranked because the version has no population for them."""
    return sum(found.coverage.ratio is None and found.area_code != UNKNOWN_AREA for found in places)


def _low(found: Standing) -> tuple[float, str]:
    return (found.coverage.ratio or 0.0, found.area_code)


def last_lock(locks: Iterable[FigureLock], today: date) -> FigureLock | None:
    """The nation's newest locked day before `today`: yesterday's, or an older one where yesterday was not locked."""
    found = [lock for lock in locks if lock.scope in NATIONAL and lock.reporting_day < today]
    return max(found, key=lambda lock: lock.reporting_day, default=None)


def changes(lock: FigureLock, *, doses: int, dose1_people: int | None, full_people: int | None) -> tuple[Change, ...]:
    """Live beside locked, figure by figure; a figure that the source does not tell is left out."""
    sides = (
        ("doses", lock.locked_doses, lock.doses_now, doses),
        ("dose1_people", lock.locked_dose1_people, lock.dose1_people_now, dose1_people),
        ("full_people", lock.locked_full_people, lock.full_people_now, full_people),
    )
    return tuple(
        Change(name=name, locked=locked, live=live, revision=now - locked)
        for name, locked, now, live in sides
        if live is not None
    )
