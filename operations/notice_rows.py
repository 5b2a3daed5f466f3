"""Rows of the outbox: who is told of an incident, by which way, and under which key (operations/notice_planning.py)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from campaign.incidents import area_of
from campaign.notices import NoticeRules, NoticeState, Occasion, Undeliverable
from campaign.oncall import Duty, on_duty
from operations.incident_rows import Kept

EMAIL = "email"
# A row that says that somebody ought to be told, and that there is no way.
NO_CHANNEL = "none"
# What was taken back because it was not true is told again once it is.
WRITE = (
    "INSERT INTO operations.notice (key, incident_id, kind, turn, level, channel, address, period, why, drill, state, "
    "reason, made_at, due_at, next_at, acknowledged_at, ended_at) VALUES (%(key)s, %(incident_id)s, %(kind)s, "
    "%(turn)s, %(level)s, %(channel)s, %(address)s, %(period)s, %(why)s, %(drill)s, %(state)s, %(reason)s, "
    "%(made_at)s, %(due_at)s, %(due_at)s, %(acknowledged_at)s, %(ended_at)s) ON CONFLICT (key) DO UPDATE SET "
    "state = excluded.state, reason = '', due_at = excluded.due_at, next_at = excluded.next_at "
    "WHERE notice.state = 'dropped'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """`zone`: in which the hours of duties are meant."""

    rules: NoticeRules
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """failed: why nothing can be sent there, '' where it can."""

    channel: str
    address: str
    why: Mapping[str, Any]
    failed: str = ""


def recipients(kept: Kept, *, level: int, duties: Sequence[Duty], now: datetime, planning: Planning) -> list[Recipient]:
    """Of posts on duty and of channels that get every notice; one an address, whatever number of posts share it."""
    listed = on_duty(duties, area=area_of(kept.labels), rule=kept.rule, level=level, now=now, zone=planning.zone)
    found = [nobody()] if listed is None else [of_post(duty, planning.rules) for duty in listed.posts]
    return once([*found, *to_all(planning.rules)])


def of_post(duty: Duty, rules: NoticeRules) -> Recipient:
    why = {
        "duty_id": duty.duty_id,
        "post": duty.post,
        "area": duty.covers.area,
        "rule_prefix": duty.covers.rule_prefix,
        "level": duty.level,
    }
    if not duty.email:
        return Recipient(channel=NO_CHANNEL, address=duty.phone, why=why, failed=Undeliverable.NO_ADDRESS)
    off = "" if EMAIL in rules.channels else Undeliverable.CHANNEL_OFF.value
    return Recipient(channel=EMAIL, address=duty.email, why=why, failed=off)


def nobody() -> Recipient:
    return Recipient(channel=NO_CHANNEL, address="", why={}, failed=Undeliverable.NOBODY)


def to_all(rules: NoticeRules) -> list[Recipient]:
    return [Recipient(channel=channel, address="", why={}) for channel in rules.broadcast]


def once(found: Iterable[Recipient]) -> list[Recipient]:
    """The first of each address."""
    made: dict[tuple[str, str], Recipient] = {}
    for to in found:
        made.setdefault((to.channel, to.address), to)
    return list(made.values())


def rows_of(
    kept: Kept, found: Occasion, to: Iterable[Recipient], *, drill: bool, now: datetime, period: int = 0
) -> list[dict[str, Any]]:
    """For WRITE. period: of how often nobody was on duty, or it began again in a province; 0 where
    that is no matter."""
    return [
        {
            "key": notice_key(kept.incident_id, found, one, period=period),
            "incident_id": kept.incident_id,
            "kind": found.kind.value,
            "turn": found.turn,
            "level": found.level,
            "channel": one.channel,
            "address": one.address,
            "period": period,
            "why": Jsonb(dict(one.why)),
            "drill": drill,
            "state": (NoticeState.FAILED if one.failed else NoticeState.WAITING).value,
            "reason": one.failed,
            "made_at": now,
            "due_at": now + found.after,
            "acknowledged_at": kept.incident.acknowledged_at,
            "ended_at": now if one.failed else None,
        }
        for one in to
    ]


def notice_key(incident_id: int, found: Occasion, to: Recipient, *, period: int = 0) -> str:
    """The same for each try of the same notice, and told with it: who gets it twice can see that. No address in it."""
    of = hashlib.sha256(f"{to.channel}|{to.address}".encode()).hexdigest()[:12]
    again = f"-{period}" if period else ""
    return f"incident-{incident_id}-{found.kind}-{found.turn}-{found.level}-{of}{again}"
