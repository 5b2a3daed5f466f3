"""What is to be told of an incident, and what has been: one notice for each thing that is news, level and recipient.

| it is news that                                  | kind      | who is told                                   |
|--------------------------------------------------|-----------|-----------------------------------------------|
| it began, and nobody has it                      | opened    | whoever is on duty at its level               |
| it goes on after its end was told, or after it   | reopened  | the same                                      |
| had been taken and waits for somebody again      |           |                                               |
| nobody took it, and it rose                      | escalated | whoever is on duty at the new level           |
| it is the nation's, and goes on in a province    | joined    | the province's own post, whoever has it       |
| nobody is on duty for it at any level            | unattended| nobody: the log, and channels that get all    |
| it is over, and has been for a while             | over      | whoever was told of it in this turn           |

Looked at anew each time (what is wanted against what was told), not made of events: what planned work kept silent is
told when that has ended and the incident has not. More members are no news: 400 fridges that lose power in ten minutes
are one notice, which counts those that there are when it goes out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.alerts import Severity
from campaign.incidents import Incident, Work


class NoticeKind(StrEnum):
    OPENED = "opened"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    JOINED = "joined"
    UNATTENDED = "unattended"
    OVER = "over"


class NoticeState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # for good; kept and shown
    DROPPED = "dropped"  # it was not true any more before it went out


class Undeliverable(StrEnum):
    """Why a notice failed before anything was tried."""

    NOBODY = "nobody_on_duty"
    NO_ADDRESS = "no_address"  # a post with a telephone only: somebody has to call
    CHANNEL_OFF = "channel_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRules:
    """kinds, severities: which are told at all; without OPENED none ever is. over_after: so long it must be over
    before that is told. nobody_every: that nobody is on duty for an incident is told at most once in so long. channels:
    those that are set up; `broadcast` of them get every notice whoever is on duty."""

    kinds: Collection[NoticeKind]
    severities: Collection[Severity]
    over_after: timedelta
    channels: Collection[str] = ()
    broadcast: Collection[str] = ()
    nobody_every: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Of an incident's latest turn. turn 0: nothing was ever told. level: the highest that was told in it, 0 where
    that was provinces of the nation's incident alone.
    acknowledged_at: the incident's own when the turn began."""

    turn: int = 0
    level: int = 0
    acknowledged_at: datetime | None = None
    over_sent: bool = False
    over_waits: bool = False
    over_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Something to tell now; `after`: to be sent so much later, if it is still true then."""

    kind: NoticeKind
    turn: int
    level: int
    after: timedelta = timedelta(0)


NOTHING_TOLD = Told()


def occasion(incident: Incident, told: Told, *, rules: NoticeRules, hushed: bool) -> Occasion | None:
    """What is news about an incident as it stands. hushed: planned work is why it is there."""
    if not incident.fires:
        return _over(told, rules)
    if hushed or incident.severity not in rules.severities:
        return None
    found = _news(incident, told) or _risen(incident, told)
    return found if found is not None and found.kind in rules.kinds else None


def holds(incident: Incident, told: Told, *, rules: NoticeRules, hushed: bool) -> bool:
    """Whether what was told in this turn is true now: then whoever did not get it while it was not gets it."""
    news = told.turn > 0 and incident.fires and incident.state is Work.NEW
    return news and not hushed and incident.severity in rules.severities


def withdrawn(incident: Incident, told: Told) -> bool:
    """Whether a notice that it is over waits, and is not true any more."""
    return incident.fires and told.over_waits


def _news(incident: Incident, told: Told) -> Occasion | None:
    waits = incident.state is Work.NEW
    if told.level == 0 and not told.over_sent:
        kind = NoticeKind.OPENED if told.turn <= 1 else NoticeKind.REOPENED
        return Occasion(kind=kind, turn=max(told.turn, 1), level=incident.level) if waits else None
    # Whoever had it has lost it. Compared for being another one, not for being later: clocks are set back.
    lost = waits and incident.acknowledged_at is not None and incident.acknowledged_at != told.acknowledged_at
    if told.over_sent or lost:
        return Occasion(kind=NoticeKind.REOPENED, turn=told.turn + 1, level=incident.level)
    return None


def _risen(incident: Incident, told: Told) -> Occasion | None:
    if incident.state is Work.NEW and incident.level > told.level > 0:
        return Occasion(kind=NoticeKind.ESCALATED, turn=told.turn, level=incident.level)
    return None


def _over(told: Told, rules: NoticeRules) -> Occasion | None:
    said = told.over_sent or told.over_waits or told.over_failed
    if told.turn == 0 or said or NoticeKind.OVER not in rules.kinds:
        return None
    return Occasion(kind=NoticeKind.OVER, turn=told.turn, level=max(told.level, 1), after=rules.over_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unattended:
    """Times at which nobody was on duty for an incident that waits for somebody. `period`: the latest, from 1; `ended`:
    somebody was on duty while it waited; `told`: it was told of this one. told_at: when it was told last, of any."""

    period: int
    ended: bool = False
    told: bool = False
    told_at: datetime | None = None


def unattended(
    before: Unattended | None, *, waits: bool, alone: bool, said: bool, now: datetime, every: timedelta
) -> tuple[Unattended | None, bool]:
    """After a look at `now`, and whether it is to be told. alone: nobody is on duty for it. said: another notice says
    so now. While it does not wait (a lull, planned work, somebody has it) nothing is learnt of who is on duty: whoever
    comes meanwhile is found once it waits again. Each period is told once, and none within `every` of the one before;
    where that puts it off it is told later, if it is still so. A clock that was set back puts nothing off."""
    if not waits:
        return before, False
    if not alone:
        return (replace(before, ended=True) if before is not None else None), False
    at = before
    if at is None or at.ended:
        at = Unattended(period=1 + (at.period if at else 0), told_at=at.told_at if at else None)
    if said:
        return replace(at, told=True, told_at=now), False
    waited = at.told_at is None or now < at.told_at or now - at.told_at >= every
    if at.told or not waited:
        return at, False
    return replace(at, told=True, told_at=now), True


def pause_after(attempts: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """How long to wait after so many tries: twice as long each time. attempts: at least 1."""
    # The exponent is bounded: a great number of tries must not overflow.
    return min(first * 2 ** min(attempts - 1, 20), longest)
