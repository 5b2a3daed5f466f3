"""What is known below the province: districts, sites, one site by day and hour. Counts are whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from campaign.coverage import Coverage, Measure, PopulationGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictRow:
    """One district of a province; `code` is '' where it is not known. People live there, doses were given there.

    `coverage` is empty as of a past day: people are not kept by district and day. Only everyone has a denominator."""

    code: str
    coverage: Mapping[tuple[PopulationGroup, Measure], Coverage]
    doses: int
    doses_last_7_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One site over the days that the snapshot keeps of sites. `days`: with a dose; `last_on`: None without any."""

    code: str
    doses: int
    doses_last_7_days: int
    days: int
    last_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDay:
    day: date
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHour:
    """Doses injected from `hour` o'clock to the next, local."""

    day: date
    hour: int
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecord:
    """One site. `kept_from`: the first day that the snapshot keeps of sites; `hours_from`: of their hours, None where
    no hour is kept. Days and hours without a dose are left out."""

    days: tuple[SiteDay, ...]
    hours: tuple[SiteHour, ...]
    kept_from: date | None
    hours_from: date | None

    def last_injection(self, now: datetime) -> datetime | None:
        """The end of the newest hour with a dose, not after `now`; of a day whose hours are not kept its midnight. None
        without a dose. `now` is campaign time, as the records are."""
        if self.hours:
            newest = max(self.hours, key=lambda item: (item.day, item.hour))
            start = datetime.combine(newest.day, time(newest.hour), tzinfo=now.tzinfo)
            return min(start + timedelta(hours=1), now)
        if self.days:
            last = max(item.day for item in self.days)
            return min(datetime.combine(last + timedelta(days=1), time(), tzinfo=now.tzinfo), now)
        return None
