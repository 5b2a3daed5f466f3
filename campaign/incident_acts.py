"""What a person may do with an incident, in which state, and why not.

| act         | while                      | then                                                       |
|-------------|----------------------------|------------------------------------------------------------|
| acknowledge | new                        | acknowledged, owned by whoever did; a comment is required  |
| start       | acknowledged               | in progress, owned by whoever did                          |
| take        | acknowledged, in progress  | owned by another                                           |
| snooze      | the same, and it goes on   | put off until an instant, at most the longest allowed      |
| comment     | not closed                 | the comment stands beside it                               |
| close       | not closed, and it is over | closed: history                                            |

Nothing is done to a closed incident. What fires after it is another one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.incidents import Closing, Incident, Work

TAKEN_UP = frozenset({Work.ACKNOWLEDGED, Work.IN_PROGRESS})


class WhyNot(StrEnum):
    CLOSED = "incident_closed"
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    ALREADY_STARTED = "already_started"
    ALREADY_OWNED = "already_owned"
    OVER = "incident_over"
    STILL_FIRING = "still_firing"
    SNOOZE_RANGE = "snooze_range"


class NotNow(Exception):
    """The incident is in a state in which this is not done."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


def acknowledge(before: Incident, *, who: str, comment: str, now: datetime, seen: int | None = None) -> Incident:
    """Exactly one does it. seen: members that were on the screen of whoever did; what came meanwhile is new to them."""
    _check_open(before)
    if before.state is not Work.NEW:
        raise NotNow(WhyNot.ALREADY_ACKNOWLEDGED)
    known = before.members if seen is None else max(0, min(seen, before.members))
    return replace(
        before,
        state=Work.ACKNOWLEDGED,
        owner=who,
        comment=comment,
        acknowledged_at=now,
        acknowledged_by=who,
        members_known=known,
    )


def start(before: Incident, *, who: str) -> Incident:
    _check_taken_up(before)
    if before.state is Work.IN_PROGRESS:
        raise NotNow(WhyNot.ALREADY_STARTED)
    return replace(before, state=Work.IN_PROGRESS, owner=who, members_known=before.members)


def take(before: Incident, *, owner: str, comment: str = "") -> Incident:
    """Somebody else answers for it from now on."""
    _check_taken_up(before)
    if before.owner == owner:
        raise NotNow(WhyNot.ALREADY_OWNED)
    return replace(before, owner=owner, comment=comment or before.comment, members_known=before.members)


def snooze(before: Incident, *, lasts: timedelta, longest: timedelta, comment: str, now: datetime) -> Incident:
    _check_taken_up(before)
    if not before.fires:
        raise NotNow(WhyNot.OVER)
    if not timedelta(0) < lasts <= longest:
        raise NotNow(WhyNot.SNOOZE_RANGE)
    return replace(before, snoozed_until=now + lasts, comment=comment, members_known=before.members)


def say(before: Incident, *, comment: str) -> Incident:
    """Whoever takes it up and says something has seen how many there are."""
    _check_open(before)
    known = before.members_known if before.state is Work.NEW else before.members
    return replace(before, comment=comment, members_known=known)


def close(before: Incident, *, who: str, comment: str, now: datetime, closing: Closing = Closing.HANDLED) -> Incident:
    _check_open(before)
    if before.fires:
        raise NotNow(WhyNot.STILL_FIRING)
    return replace(before, state=Work.CLOSED, comment=comment, closed_at=now, closed_by=who, closing=closing.value)


def _check_open(before: Incident) -> None:
    if before.state is Work.CLOSED:
        raise NotNow(WhyNot.CLOSED)


def _check_taken_up(before: Incident) -> None:
    _check_open(before)
    if before.state not in TAKEN_UP:
        raise NotNow(WhyNot.NOT_ACKNOWLEDGED)
