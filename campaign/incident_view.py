"""Incidents as they are shown: by what somebody has to do about them, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from campaign.excursion_state import ExcursionState
from campaign.incident_places import Tally
from campaign.incidents import WORST_FIRST, Happened, Incident, Work
from campaign.oncall import Duty, Planned
from campaign.readings import AlertRow


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One line of an incident's history; `actor` is empty where it happened by itself."""

    at: datetime
    kind: Happened
    actor: str
    said: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What stores hold: doses at full size, and in how many lots."""

    doses: int
    lots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One incident. `firing`: members that fire now; `shown`: some of its members, firing and newest first; `events`:
    its latest, newest first; `stores`: those of all members that fire now; `inside`: what these hold, None where
    nobody can tell; `excursions`: by device, of those shown."""

    incident_id: int
    key: str
    rule: str
    labels: Mapping[str, str]
    incident: Incident
    firing: int
    shown: tuple[AlertRow, ...]
    events: tuple[EventRow, ...] = ()
    stores: tuple[str, ...] = ()
    inside: Inside | None = None
    excursions: Mapping[str, ExcursionState] = field(default_factory=dict[str, ExcursionState])


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`pending`: alerts that do not fire yet, and are in no incident. `left_out`: open incidents that it has no room
    for. `duties`, `planned`: those that have not ended, also those to come.

    Of all that the reader may see, also of what a filter leaves out: `places`, its open incidents by province;
    `open_in_all`, how many these are, each counted once; `waiting`, numbers of those that go on and nobody took."""

    incidents: tuple[IncidentRow, ...] = ()
    pending: tuple[AlertRow, ...] = ()
    left_out: int = 0
    duties: tuple[Duty, ...] = ()
    planned: tuple[Planned, ...] = ()
    places: tuple[Tally, ...] = ()
    open_in_all: int = 0
    waiting: tuple[int, ...] = ()


class Section(StrEnum):
    """In the order of the page. Every incident is in exactly one of them: a snooze hides nothing."""

    NEEDS_SOMEONE = "needs_someone"
    WORKED_ON = "worked_on"
    SNOOZED = "snoozed"
    OVER = "over"
    CLOSED = "closed"


# Rules about the devices that vaccine is kept in.
OF_DEVICES = "coldchain_"
# Of them those that ask for a decision about the doses inside.
OF_EXCURSIONS = frozenset({"coldchain_high", "coldchain_low", "coldchain_silent"})


def with_inside(board: Board, held: Mapping[str, Mapping[str, int]] | None) -> Board:
    """With what is in the stores of incidents about devices. held: doses by store and lot; None: nobody can tell."""
    if held is None:
        return board

    def told(row: IncidentRow) -> IncidentRow:
        if not (row.rule.startswith(OF_DEVICES) and row.stores):
            return row
        lots = [lot for store in row.stores for lot in held.get(store, {}).items()]
        return replace(row, inside=Inside(doses=sum(doses for _, doses in lots), lots=len({lot for lot, _ in lots})))

    return replace(board, incidents=tuple(told(row) for row in board.incidents))


def with_excursions(board: Board, states: Mapping[str, ExcursionState]) -> Board:
    """With what was decided about the devices of incidents about temperature and silence, or that nobody did yet."""

    def told(row: IncidentRow) -> IncidentRow:
        if row.rule not in OF_EXCURSIONS:
            return row
        named = {alert.labels.get("equipment", "") for alert in row.shown}
        return replace(row, excursions={code: states[code] for code in named if code in states})

    return replace(board, incidents=tuple(told(row) for row in board.incidents))


def stores_of(board: Board) -> set[str]:
    """Those of all incidents about devices."""
    return {store for row in board.incidents if row.rule.startswith(OF_DEVICES) for store in row.stores}


def stores_named(board: Board) -> set[str]:
    """Every store that something on the board is about."""
    labels = [
        *(row.labels for row in board.incidents),
        *(alert.labels for row in board.incidents for alert in row.shown),
        *(alert.labels for alert in board.pending),
    ]
    return {one["store"] for one in labels if "store" in one}


def section_of(incident: Incident, now: datetime) -> Section:
    if incident.state is Work.CLOSED:
        return Section.CLOSED
    if not incident.fires:
        return Section.OVER
    if incident.state is Work.NEW:
        return Section.NEEDS_SOMEONE
    return Section.SNOOZED if incident.snoozed(now) else Section.WORKED_ON


def sections(rows: Iterable[IncidentRow], now: datetime) -> dict[Section, list[IncidentRow]]:
    """The worst and oldest first; of what is snoozed the oldest; of what is closed the latest."""
    found: dict[Section, list[IncidentRow]] = {section: [] for section in Section}
    for row in rows:
        found[section_of(row.incident, now)].append(row)
    for section in (Section.NEEDS_SOMEONE, Section.WORKED_ON, Section.OVER):
        found[section].sort(key=_urgency)
    found[Section.SNOOZED].sort(key=lambda row: (row.incident.opened_at, row.incident_id))
    found[Section.CLOSED].sort(key=lambda row: row.incident.closed_at or row.incident.opened_at, reverse=True)
    return found


def _urgency(row: IncidentRow) -> tuple[int, int, datetime, int]:
    incident = row.incident
    return WORST_FIRST.index(incident.severity), -incident.level, incident.opened_at, row.incident_id
