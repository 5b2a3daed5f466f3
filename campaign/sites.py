"""Which sites work as planned today: planned, active, silent; and how fast they give against what they planned for.

Rules only. Every instant is campaign time in the campaign's zone; the clock is applied here, when read. A record is a
dose that a site entered, by the instant of entry: a site that enters late is not silent. Thresholds: config.yaml,
section `sites`, with their sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CLOSED, OPEN, PLANNED = "closed", "open", "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """silent_hours: without a record for so long a planned site is silent. hours: local hours in which sites give
    doses, ascending; a break at noon is none of them. Doses an hour above fast_share of the capacity are flagged, below
    slow_share are slow; sites that planned fewer people than least_planned are not judged: one dose more or less is
    chance there."""

    silent_hours: float
    hours: tuple[int, ...]
    fast_share: float
    slow_share: float
    least_planned: int

    @property
    def opens_hour(self) -> int:
        return self.hours[0]

    @property
    def closes_hour(self) -> int:
        return self.hours[-1] + 1


class Activity(StrEnum):
    """How a site stands. The first four are the planned sites, each in one of them."""

    ACTIVE = "active"  # planned, and a record in the last hours
    SILENT = "silent"  # planned, not done, and no record for as long: an operator calls
    WAITING = "waiting"  # planned, and not long enough without a record to say anything
    DONE = "done"  # planned, and its session is closed, or everybody who was planned was served
    UNPLANNED = "unplanned"  # gave doses today without a plan
    IDLE = "idle"  # neither planned nor giving


class Pace(StrEnum):
    FAST = "fast"
    WITHIN = "within"
    SLOW = "slow"
    TOO_FEW = "too_few"  # planned fewer people than are judged
    NOT_YET = "not_yet"  # no whole hour of the session has passed, or nothing is planned


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteToday:
    """One site on the snapshot's day. planned: people of its sessions that were not called off, None without one.
    session: 'planned', 'open', 'closed', or '' without one. doses: injected today; doses_whole: of them those of hours
    that are over. last_record: when it last entered a dose, of whatever day."""

    code: str
    area_code: str
    district_code: str
    planned: int | None
    tables: int
    session: str
    doses: int
    doses_whole: int
    last_record: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HourDoses:
    """Doses injected in one area from `hour` o'clock to the next today, by place of vaccination."""

    area_code: str
    hour: int
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteBoard:
    """The sites of one snapshot as of `now`. `told`: whether the snapshot has plans of sessions at all."""

    now: datetime
    sites: tuple[SiteToday, ...]
    hours: tuple[HourDoses, ...]
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One site under the rules. quiet: since its last record or the opening of its session, whichever is later, within
    the session's opening and closing; None without a plan. rate: doses of whole hours over the session's whole hours so
    far, None before the first is over. share: rate over capacity, both doses an hour. missed: doses that the plan has
    for the time of quiet, which is none for a break at noon: what orders the silent sites."""

    site: SiteToday
    activity: Activity
    quiet: timedelta | None
    missed: float | None
    rate: float | None
    capacity: float | None
    share: float | None
    pace: Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Sites by how they stand. planned = active + silent + waiting + done. not_opened: of the silent ones those whose
    session was never opened. doses: of all sites today; doses_unplanned: of those without a plan."""

    planned: int
    planned_people: int
    active: int
    silent: int
    not_opened: int
    waiting: int
    done: int
    unplanned: int
    doses: int
    doses_unplanned: int
    fast: int
    slow: int
    too_few: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HourRate:
    """One hour of the day. doses: None for hours to come. capacity: doses an hour that the plan asks for, None outside
    the session's hours. whole: the hour is over."""

    hour: int
    doses: int | None
    capacity: float | None
    whole: bool

    @property
    def share(self) -> float | None:
        return self.doses / self.capacity if self.doses is not None and self.capacity else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """What is the same for every site at one instant. hours: whole hours of the session that are over."""

    now: datetime
    opening: datetime
    closing: datetime
    limit: timedelta
    hours: int


def judge(site: SiteToday, now: datetime, rules: SiteRules) -> Judged:
    """`now` lies on the day of the site's sessions."""
    return judge_all([site], now, rules)[0]


def judge_all(sites: Iterable[SiteToday], now: datetime, rules: SiteRules) -> tuple[Judged, ...]:
    """As `judge`, of many sites at one instant."""
    moment = _Moment(
        now=now,
        opening=_at(now, rules.opens_hour),
        closing=_at(now, rules.closes_hour),
        limit=timedelta(hours=rules.silent_hours),
        hours=sum(hour < now.hour for hour in rules.hours),
    )
    return tuple(_judge(site, moment, rules) for site in sites)


def _judge(site: SiteToday, moment: _Moment, rules: SiteRules) -> Judged:
    quiet = _quiet(site, moment)
    worked = None if quiet is None else _worked(site, moment, rules)
    hours = moment.hours if site.planned is not None else 0
    # One division of whole numbers, so that a site on the limit is on the limit.
    share = site.doses_whole * len(rules.hours) / (site.planned * hours) if site.planned and hours else None
    capacity = None if site.planned is None else site.planned / len(rules.hours)
    return Judged(
        site=site,
        activity=_activity(site, moment, quiet),
        quiet=quiet,
        missed=None if worked is None or capacity is None else capacity * (worked / HOUR),
        rate=site.doses_whole / hours if hours else None,
        capacity=capacity,
        share=share,
        pace=_pace(site, share, rules),
    )


def _quiet(site: SiteToday, moment: _Moment) -> timedelta | None:
    """Time outside the session's hours is no silence: at night nobody is called."""
    if site.planned is None:
        return None
    return max(_until(moment) - _since(site, moment), timedelta())


def _worked(site: SiteToday, moment: _Moment, rules: SiteRules) -> timedelta:
    """Of the time of quiet that in hours in which sites give doses: capacity has no dose for the others."""
    since, until = _since(site, moment), _until(moment)
    of_hours = (min(until, _at(moment.now, hour + 1)) - max(since, _at(moment.now, hour)) for hour in rules.hours)
    return sum((max(part, timedelta()) for part in of_hours), timedelta())


def _since(site: SiteToday, moment: _Moment) -> datetime:
    return max(moment.opening, site.last_record) if site.last_record else moment.opening


def _until(moment: _Moment) -> datetime:
    return min(moment.now, moment.closing)


def _activity(site: SiteToday, moment: _Moment, quiet: timedelta | None) -> Activity:
    if quiet is None or site.planned is None:
        return Activity.UNPLANNED if site.doses > 0 else Activity.IDLE
    if site.session == CLOSED or site.doses >= site.planned:
        return Activity.DONE
    if site.last_record is not None and site.last_record > moment.now - moment.limit:
        return Activity.ACTIVE
    return Activity.SILENT if quiet >= moment.limit else Activity.WAITING


def _pace(site: SiteToday, share: float | None, rules: SiteRules) -> Pace:
    if site.planned is not None and site.planned < rules.least_planned:
        return Pace.TOO_FEW
    if share is None:
        return Pace.NOT_YET
    if share > rules.fast_share:
        return Pace.FAST
    return Pace.SLOW if share < rules.slow_share else Pace.WITHIN


def counts(judged: Iterable[Judged]) -> Counts:
    found = list(judged)
    of = {activity: [item for item in found if item.activity is activity] for activity in Activity}
    silent = of[Activity.SILENT]
    planned = [item.site for item in found if item.site.planned is not None]
    paces = [item.pace for item in found]
    return Counts(
        planned=len(planned),
        planned_people=sum(site.planned or 0 for site in planned),
        active=len(of[Activity.ACTIVE]),
        silent=len(silent),
        not_opened=sum(item.site.session == PLANNED for item in silent),
        waiting=len(of[Activity.WAITING]),
        done=len(of[Activity.DONE]),
        unplanned=len(of[Activity.UNPLANNED]),
        doses=sum(item.site.doses for item in found),
        doses_unplanned=sum(item.site.doses for item in of[Activity.UNPLANNED]),
        fast=paces.count(Pace.FAST),
        slow=paces.count(Pace.SLOW),
        too_few=paces.count(Pace.TOO_FEW),
    )


def silent_first(judged: Iterable[Judged]) -> list[Judged]:
    """The silent sites, by the doses that the plan has for their silence, the most first: a large site whose network
    fails stands above small ones where nobody came for a while."""
    found = [item for item in judged if item.activity is Activity.SILENT]
    return sorted(found, key=lambda item: (-(item.missed or 0.0), item.site.code))


def flagged(judged: Iterable[Judged]) -> list[Judged]:
    """Sites above the flag, the fastest first, then those that are slow, the slowest first."""
    found = list(judged)
    fast = sorted((item for item in found if item.pace is Pace.FAST), key=lambda item: (-_share(item), item.site.code))
    slow = sorted((item for item in found if item.pace is Pace.SLOW), key=lambda item: (_share(item), item.site.code))
    return [*fast, *slow]


def by_hour(
    sites: Iterable[SiteToday], hours: Sequence[HourDoses], now: datetime, rules: SiteRules
) -> tuple[HourRate, ...]:
    """From opening to closing, and every other hour with a dose. `sites` and `hours` are of the same places."""
    doses: dict[int, int] = {}
    for item in hours:
        doses[item.hour] = doses.get(item.hour, 0) + item.doses
    capacity = sum(site.planned or 0 for site in sites) / len(rules.hours)
    session = frozenset(rules.hours)
    shown = sorted({*range(rules.opens_hour, rules.closes_hour), *(hour for hour, given in doses.items() if given)})
    return tuple(
        HourRate(
            hour=hour,
            doses=doses.get(hour, 0) if hour <= now.hour else doses.get(hour),
            capacity=capacity if hour in session else None,
            whole=hour < now.hour,
        )
        for hour in shown
    )


def minutes(quiet: timedelta | None) -> int | None:
    """Whole minutes."""
    return None if quiet is None else quiet // MINUTE


def _share(item: Judged) -> float:
    return item.share or 0.0


def _at(now: datetime, hour: int) -> datetime:
    """That hour of the local day of `now`; 24 is its end."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour)
