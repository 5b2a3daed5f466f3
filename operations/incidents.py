"""What a named person does with an incident: acknowledge, start, take, snooze, comment, close.

Each act, its line in the incident's own history and those in the action log and the audit are one transaction, which
holds the incident's row: of two who acknowledge at the same moment one wins, and the other is told who. Which act is
possible when: campaign/incident_acts.py. Instants are wall time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign import incident_acts as rules
from campaign.access import Permission, decide
from campaign.incident_acts import NotNow, WhyNot
from campaign.incidents import Closing, Happened, Incident, area_of
from operations.action_log import ACCOUNT, Act, ActRefused, acting, check_known, connect, grants_of, said, write_log
from operations.decisions import Actor
from operations.incident_rows import ONE, Event, Kept, kept_from, values_of, write_events

LABELS = "SELECT labels FROM operations.incident WHERE incident_id = %s"
WORKED = (
    "UPDATE operations.incident SET state = %(state)s, owner = %(owner)s, comment = %(comment)s, "
    "members_known = %(members_known)s, acknowledged_at = %(acknowledged_at)s, acknowledged_by = %(acknowledged_by)s, "
    "snoozed_until = %(snoozed_until)s, closed_at = %(closed_at)s, closed_by = %(closed_by)s, closing = %(closing)s "
    "WHERE incident_id = %(incident_id)s"
)

# Of a bigint: a number that nobody gave out is none of ours, not a fault of the database.
LARGEST = 2**63 - 1

Connection = psycopg.Connection[DictRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The incident after the act; an instant of `detail` is text."""

    incident_id: int
    what: Happened
    owner: str
    state: str
    detail: Mapping[str, Any]


def acknowledge(url: str, incident_id: int, *, comment: str, by: Actor, seen: int | None = None) -> Done:
    """seen: members that were on the screen. Raises ActRefused, also where somebody else was first."""
    text = said("comment", comment)

    def change(before: Incident, who: str) -> Incident:
        return rules.acknowledge(before, who=who, comment=text, now=by.now, seen=seen)

    return _act(url, incident_id, Happened.ACKNOWLEDGED, change, action="incident_acknowledged", text=text, by=by)


def start(url: str, incident_id: int, *, by: Actor) -> Done:
    """Raises ActRefused."""
    return _act(
        url,
        incident_id,
        Happened.STARTED,
        lambda before, who: rules.start(before, who=who),
        action="incident_started",
        by=by,
    )


def take(url: str, incident_id: int, *, by: Actor, to: str = "", comment: str = "") -> Done:
    """The owner changes to whoever asks, or to the account `to`, who must be allowed to. Raises ActRefused."""
    other = to.strip().lower()
    text = said("comment", comment) if comment.strip() else ""

    def change(before: Incident, who: str) -> Incident:
        return rules.take(before, owner=other or who, comment=text)

    def check(act: Act, kept: Kept) -> None:
        if other:
            _check_may_own(act.connection, other, kept.labels)

    return _act(url, incident_id, Happened.TAKEN, change, action="incident_taken", text=text, by=by, check=check)


def snooze(url: str, incident_id: int, *, hours: int, longest: timedelta, comment: str, by: Actor) -> Done:
    """Put it off for so many hours, at most for `longest`. Raises ActRefused."""
    text = said("comment", comment)
    lasts = timedelta(hours=min(max(hours, 0), 10_000))

    def change(before: Incident, _who: str) -> Incident:
        return rules.snooze(before, lasts=lasts, longest=longest, comment=text, now=by.now)

    return _act(
        url, incident_id, Happened.SNOOZED, change, action="incident_snoozed", text=text, by=by, longest=longest
    )


def say(url: str, incident_id: int, *, comment: str, by: Actor) -> Done:
    """Raises ActRefused."""
    text = said("comment", comment)
    return _act(
        url,
        incident_id,
        Happened.COMMENTED,
        lambda before, _who: rules.say(before, comment=text),
        action="incident_commented",
        text=text,
        by=by,
    )


def close(url: str, incident_id: int, *, comment: str, by: Actor, closing: str = Closing.HANDLED) -> Done:
    """`closing`: one of campaign.incidents.Closing. Raises ActRefused, also while it goes on."""
    text = said("comment", comment)
    check_known("closing", closing, [item.value for item in Closing])
    why = Closing(closing)

    def change(before: Incident, who: str) -> Incident:
        return rules.close(before, who=who, comment=text, now=by.now, closing=why)

    return _act(url, incident_id, Happened.CLOSED, change, action="incident_closed", text=text, by=by)


def _act(
    url: str,
    incident_id: int,
    what: Happened,
    change: Callable[[Incident, str], Incident],
    *,
    action: str,
    by: Actor,
    text: str = "",
    longest: timedelta = timedelta(0),
    check: Callable[[Act, Kept], None] | None = None,
) -> Done:
    with acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_ALERT,
        action=action,
        subject=f"incident:{incident_id}",
        area=_area(url, incident_id),
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        row = act.connection.execute(ONE, [incident_id]).fetchone()
        if row is None:
            raise _none(incident_id)
        kept = kept_from(row)
        if check is not None:
            check(act, kept)
        try:
            after = change(kept.incident, act.author.name)
        except NotNow as refused:
            raise _why_not(refused.why, kept.incident, longest) from refused
        act.connection.execute(WORKED, {**values_of(after), "incident_id": incident_id})
        detail = {"rule": kept.rule, "incident_owner": after.owner, "members": after.members, "comment": text}
        if what is Happened.SNOOZED and after.snoozed_until is not None:
            detail["until"] = after.snoozed_until.isoformat()
        if after.closing:
            detail["closing"] = after.closing
        event = Event(
            incident_id=incident_id, at=by.now, kind=what, actor=act.author.name, said=text, detail=_of_event(detail)
        )
        write_events(act.connection, [event])
        write_log(act.connection, by.now, act.author, action, f"incident:{incident_id}", detail)
    return Done(incident_id=incident_id, what=what, owner=after.owner, state=after.state.value, detail=detail)


def _of_event(detail: Mapping[str, Any]) -> dict[str, Any]:
    """What the incident's own history does not say by itself."""
    return {name: value for name, value in detail.items() if name not in ("rule", "comment")}


def _area(url: str, incident_id: int) -> str | None:
    """The province whose affair it is: labels never change. Raises ActRefused where there is no such incident."""
    if incident_id > LARGEST:
        raise _none(incident_id)
    with connect(url) as connection:
        row = connection.execute(LABELS, [incident_id]).fetchone()
    if row is None:
        raise _none(incident_id)
    return area_of(row["labels"])


def _none(incident_id: int) -> ActRefused:
    return ActRefused(f"there is no incident {incident_id}", "no_incident", number=incident_id)


def _check_may_own(connection: Connection, login: str, labels: Mapping[str, str]) -> None:
    """Told alike of an account that may not and of one that there is not: nobody learns logins here."""
    account = connection.execute(ACCOUNT, [login]).fetchone()
    grants = grants_of(connection, account["account_id"]) if account else ()
    if decide(grants, Permission.HANDLE_ALERT, at=[area_of(labels)]) is not None:
        raise ActRefused(f"{login} may not handle this incident", "owner_may_not", login=login)


def _why_not(why: WhyNot, incident: Incident, longest: timedelta) -> ActRefused:
    """Who was first and when, rather than that something went wrong."""
    hours = int(longest.total_seconds() // 3600)
    owner, by, at = incident.owner, incident.acknowledged_by, incident.acknowledged_at
    told = (
        ActRefused(f"{by} acknowledged it already, at {at}", "already_acknowledged", by=by, at=at),
        ActRefused(f"it was closed at {incident.closed_at}", "incident_closed", at=incident.closed_at),
        ActRefused("nobody has acknowledged it yet: do that first", "not_acknowledged"),
        ActRefused(f"{owner} is working on it already; take it over instead", "already_started", by=owner),
        ActRefused(f"{owner} owns it already", "already_owned", by=owner),
        ActRefused("it is over: there is nothing to put off, close it", "incident_over"),
        ActRefused("it goes on: it can be closed once it is over", "still_firing"),
        ActRefused(f"it can be put off for 1 to {hours} hours", "snooze_range", limit=hours),
    )
    return next(refused for refused in told if refused.why == why)
