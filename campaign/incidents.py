"""An incident: what people work on. One condition, or many of a kind in one place: 400 fridges of a district.

Two things stand beside each other, and neither hides the other:
- what is: it goes on while any member fires, and is over when none does (`over_at`);
- what people do about it: new -> acknowledged (who, why) -> in progress -> closed (`state`).

The rules, each with the function that holds it:
- `identity`: the same rule about the same group is the same incident, while it is not closed.
- `settle`: a look at what fires. It begins with its first member; more members join it; it is over when none fires, and
  begins again as the same one where that happens before it is closed. Nobody acknowledged it for a while: it escalates,
  once a level. Over for long and nobody touched it: it closes by itself. A snooze ends by itself.
- campaign/incident_acts.py: what a person may do in which state, and why not.

The clock is an argument, and may have been set back: then waits begin anew, and nothing that happened is undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.alerts import Severity

# Labels whose value is an area's code. They are part of every group: who may handle an incident depends on them.
AREA_LABELS = ("area", "province")
WORST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)


class Work(StrEnum):
    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class Closing(StrEnum):
    """Why it is closed, as whoever closes it says. FALSE_ALARM counts against the rule (design, feature L6)."""

    HANDLED = "handled"
    PASSED = "passed"  # by itself, nobody had to do anything
    FALSE_ALARM = "false_alarm"
    PLANNED = "planned"  # planned work or a drill


class Happened(StrEnum):
    """What changed: by itself, or (from ACKNOWLEDGED on) by a person."""

    OPENED = "opened"
    GREW = "grew"
    WORSE = "worse"
    OVER = "over"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    RETURNED = "returned"  # from a snooze
    CLOSED_ALONE = "closed_alone"
    ACKNOWLEDGED = "acknowledged"
    STARTED = "started"
    TAKEN = "taken"
    SNOOZED = "snoozed"
    COMMENTED = "commented"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRules:
    """`group_by`: labels that make the group, by the beginning of a rule's name; any other rule groups by all labels.
    `national`: beginnings of rules whose incident is the nation's, with the provinces as members (a lot that is
    recalled in forty of them): their area makes no group. Levels are counted from 1."""

    group_by: Mapping[str, Sequence[str]]
    escalate_after: timedelta
    levels: int
    close_after: timedelta
    longest_snooze: timedelta
    national: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Of an incident: the rule and the labels of the group."""

    rule: str
    labels: Mapping[str, str]

    @property
    def key(self) -> str:
        """One text for it, in whatever order the labels were given."""
        return self.rule + "".join(f"|{name}={value}" for name, value in sorted(self.labels.items()))

    @property
    def area(self) -> str | None:
        return area_of(self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Where one incident stands. Instants are wall time. `waiting_since`: from when the next level is counted.
    `members`: things that fired in it so far; `members_known` of them when it was acknowledged, None before."""

    state: Work
    severity: Severity
    opened_at: datetime
    waiting_since: datetime
    members: int = 0
    members_known: int | None = None
    level: int = 1
    owner: str = ""
    comment: str = ""
    over_at: datetime | None = None
    escalated_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    closing: str = ""

    @property
    def fires(self) -> bool:
        return self.over_at is None

    @property
    def untouched(self) -> bool:
        """By any person."""
        return self.state is Work.NEW and not self.comment

    @property
    def members_new(self) -> int:
        """Counted, not dated: whatever the clock did, an acknowledgement never hides that it grew."""
        return 0 if self.members_known is None else max(0, self.members - self.members_known)

    def snoozed(self, now: datetime) -> bool:
        return self.fires and self.snoozed_until is not None and now < self.snoozed_until


Changed = tuple[Incident, tuple[Happened, ...]]


def identity(
    rule: str, labels: Mapping[str, str], group_by: Mapping[str, Sequence[str]], national: Sequence[str] = ()
) -> Identity:
    """The incident that an alert belongs to. An alert without one of its group's labels stands for itself."""
    names = [name for name in group_by if _begins(rule, name)]
    wanted = group_by[max(names, key=len)] if names else ()
    if not wanted or any(name not in labels for name in wanted):
        return Identity(rule=rule, labels=dict(labels))
    kept = {*wanted, *(() if any(_begins(rule, name) for name in national) else AREA_LABELS)}
    return Identity(rule=rule, labels={name: value for name, value in labels.items() if name in kept})


def _begins(rule: str, name: str) -> bool:
    return rule == name or rule.startswith(f"{name}_")


def area_of(labels: Mapping[str, str]) -> str | None:
    """The province that it is about; None: the nation's affair."""
    return next((labels[name] for name in AREA_LABELS if name in labels), None)


def worst(severities: Sequence[Severity]) -> Severity:
    """Raises ValueError where there is none."""
    return min(severities, key=WORST_FIRST.index)


def settle(
    before: Incident | None, *, firing: Severity | None, members: int, now: datetime, rules: IncidentRules
) -> Changed | None:
    """Where an incident stands after a look at its members at `now`. None: there is nothing.

    before: the one that is not closed, if there is one. firing: the worst that fires, None where nothing does. members:
    how many things fire or fired in it.
    """
    if before is None:
        return None if firing is None else _opened(firing, members, now)
    if before.state is Work.CLOSED:
        raise ValueError("a closed incident is history: what fires after it is another one")
    if firing is None:
        return _quiet(before, now, rules)
    return _going_on(before, firing, members, now, rules)


def _opened(firing: Severity, members: int, now: datetime) -> Changed:
    made = Incident(state=Work.NEW, severity=firing, opened_at=now, waiting_since=now, members=members)
    return made, (Happened.OPENED,)


def _quiet(before: Incident, now: datetime, rules: IncidentRules) -> Changed:
    """No member fires. A snooze has nothing left to put off."""
    if before.over_at is None:
        return replace(before, over_at=now, snoozed_until=None), (Happened.OVER,)
    if before.untouched and now - before.over_at >= rules.close_after:
        return replace(before, state=Work.CLOSED, closed_at=now), (Happened.CLOSED_ALONE,)
    return before, ()


def _going_on(before: Incident, firing: Severity, members: int, now: datetime, rules: IncidentRules) -> Changed:
    found: list[Happened] = []
    after = before
    if before.over_at is not None:
        # One that was quiet for longer than anybody may take to acknowledge it is news, whoever had it before.
        news = before.state is not Work.NEW and now - before.over_at >= rules.escalate_after
        after = replace(after, over_at=None, waiting_since=now, state=Work.NEW if news else before.state)
        found.append(Happened.REOPENED)
    if members > before.members:
        after = replace(after, members=members)
        found.append(Happened.GREW)
    if firing is not before.severity:
        if worst([firing, before.severity]) is firing:
            found.append(Happened.WORSE)
        after = replace(after, severity=firing)
    after, ended = _snooze(after, is_worse=not {Happened.WORSE, Happened.GREW}.isdisjoint(found), now=now, rules=rules)
    after, rose = _escalation(after, now, rules)
    return after, (*found, *ended, *rose)


def _snooze(before: Incident, *, is_worse: bool, now: datetime, rules: IncidentRules) -> Changed:
    """It ends at its time, and when the incident becomes worse or larger. A clock set back does not lengthen it."""
    until = before.snoozed_until
    if until is None:
        return before, ()
    if is_worse or now >= until:
        return replace(before, snoozed_until=None), (Happened.RETURNED,)
    return replace(before, snoozed_until=min(until, now + rules.longest_snooze)), ()


def _escalation(before: Incident, now: datetime, rules: IncidentRules) -> Changed:
    """Nobody took it. A clock that was set back starts the wait anew, so that it is not lost for a day."""
    since = min(before.waiting_since, now)
    if before.state is Work.NEW and before.level < rules.levels and now - since >= rules.escalate_after:
        after = replace(before, level=before.level + 1, escalated_at=now, waiting_since=now)
        return after, (Happened.ESCALATED,)
    return replace(before, waiting_since=since), ()
