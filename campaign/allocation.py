"""Decisions on allocation (đợt): decided, shipped, received, used; planned against actual for each recipient.

Source: design, DOMAIN 4 ("Allocation decision"); FEATURES J2. What was sent and received is told by movements that name
the decision; where the ledger has none, by what the registry states. Full-size doses; local days; `today` is an
argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from campaign.ledger import CANCEL, FROM_A_STORE, OUTGOING, Movement


class Stage(StrEnum):
    """How far a decision has come."""

    DECIDED = "decided"
    SHIPPED = "shipped"
    RECEIVED = "received"
    USED = "used"
    WITHDRAWN = "withdrawn"


class Gap(StrEnum):
    """How what was received differs from the plan, once it should be there."""

    UNRECEIVED = "unreceived"
    SHORT = "short"
    OVER = "over"
    UNPLANNED = "unplanned"  # received where the decision plans nothing, or after it was withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """number: '' of one that movements name and nobody entered. round: None where it is not told."""

    decision_id: int
    number: str
    round: int | None
    decided_on: date | None
    signed_by: str
    withdrawn: bool
    source: str
    earmark: str
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One recipient's part of a decision, as planned and as the ledger has it. lot: '' where the decision names none;
    lots: those that moved. planned_on: when it is expected there."""

    decision_id: int
    store: str
    level: str
    area: str
    district: str | None
    site: str | None
    product: str
    lot: str
    planned: int
    planned_on: date | None
    sent: int
    received: int
    first_sent_on: date | None
    first_received_on: date | None
    last_received_on: date | None
    stated_shipped_on: date | None
    stated_received_on: date | None
    stated_received: int | None
    lots: str

    @property
    def in_ledger(self) -> bool:
        return bool(self.sent or self.received or self.first_sent_on or self.first_received_on)

    @property
    def came(self) -> int:
        """Doses received: of the ledger, or what the registry states where the ledger has nothing of it."""
        return self.received if self.in_ledger else self.stated_received or 0

    @property
    def came_on(self) -> date | None:
        """The first day on which some came."""
        return self.first_received_on if self.in_ledger else self.stated_received_on

    @property
    def left_on(self) -> date | None:
        return self.first_sent_on or self.stated_shipped_on

    @property
    def in_transit(self) -> int:
        """On its way there; receipts that no issue names say nothing of it."""
        return max(self.sent - self.received, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One line as it stands. difference: received less planned, where that is a gap. days_late: after it was expected,
    while some of it is missing."""

    line: Line
    stage: Stage
    gap: Gap | None
    difference: int
    days_late: int | None
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What movements that name a decision sent to a store and brought there, of one lot."""

    sent: int
    received: int
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    first_received_at: datetime | None
    last_received_at: datetime | None


def judge_line(line: Line, decision: Decision, *, today: date, wait_days: int, used: int) -> Judged:
    """wait_days: for how long after the expected day (or that of the decision) nothing is said to be missing."""
    asked = 0 if decision.withdrawn else line.planned
    due = line.planned_on or decision.decided_on
    late = (today - due).days if due is not None and today > due and line.came < asked else None
    return Judged(
        line=line,
        stage=_stage(line, withdrawn=decision.withdrawn, used=used),
        gap=_gap(line.came, asked, missing=late is not None and late > wait_days),
        difference=line.came - asked,
        days_late=late,
        used=used,
    )


def _stage(line: Line, *, withdrawn: bool, used: int) -> Stage:
    if line.came > 0:
        return Stage.USED if used >= line.came else Stage.RECEIVED
    if withdrawn:
        return Stage.WITHDRAWN
    return Stage.SHIPPED if line.left_on is not None else Stage.DECIDED


def _gap(came: int, asked: int, *, missing: bool) -> Gap | None:
    if came > asked:
        return Gap.OVER if asked else Gap.UNPLANNED
    if came < asked and missing:
        return Gap.SHORT if came > 0 else Gap.UNRECEIVED
    return None


def stage_of(decision: Decision, lines: Iterable[Judged]) -> Stage:
    """Of a whole decision: received once every recipient has something of it, used once all of it is."""
    if decision.withdrawn:
        return Stage.WITHDRAWN
    stages = [item.stage for item in lines if item.line.planned or item.line.came]
    if stages and all(stage is Stage.USED for stage in stages):
        return Stage.USED
    if stages and all(stage in (Stage.RECEIVED, Stage.USED) for stage in stages):
        return Stage.RECEIVED
    return Stage.SHIPPED if any(stage is not Stage.DECIDED for stage in stages) else Stage.DECIDED


def flows(movements: Iterable[Movement], decisions: Mapping[int, int]) -> dict[tuple[int, str, str], Flow]:
    """By decision, store and lot. decisions: of a movement, by its id. A cancel goes with what it takes back; what is
    wholly taken back was neither sent nor received. The warehouse counts the same (sql/levels/allocation_flow.sql)."""
    kept = {movement.movement_id: movement for movement in movements}
    net: dict[tuple[int, bool, str, str, int], int] = {}
    for movement in kept.values():
        of = kept.get(movement.cancels_id or 0) if movement.kind == CANCEL else movement
        if of is None or of.movement_id not in decisions:
            continue
        came = of.kind in FROM_A_STORE
        store = movement.store if came else of.counterpart
        if store is None or not (came or of.kind in OUTGOING):
            continue
        key = (decisions[of.movement_id], came, store, movement.lot, of.movement_id)
        net[key] = net.get(key, 0) + (movement.doses if came else -movement.doses)
    found: dict[tuple[int, str, str], list[tuple[bool, int, datetime]]] = {}
    for (decision, came, store, lot, of_id), doses in net.items():
        if doses:
            found.setdefault((decision, store, lot), []).append((came, doses, kept[of_id].occurred_at))
    return {key: _flow(items) for key, items in found.items()}


def _flow(items: Iterable[tuple[bool, int, datetime]]) -> Flow:
    listed = list(items)
    out = [at for came, _, at in listed if not came]
    back = [at for came, _, at in listed if came]
    return Flow(
        sent=sum(doses for came, doses, _ in listed if not came),
        received=sum(doses for came, doses, _ in listed if came),
        first_sent_at=min(out, default=None),
        last_sent_at=max(out, default=None),
        first_received_at=min(back, default=None),
        last_received_at=max(back, default=None),
    )
