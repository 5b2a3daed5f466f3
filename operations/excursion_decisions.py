"""Acts of named persons on what was inside a device that was out of range or silent: hold it, use it, discard it.

A decision, what was known when it was taken, what it takes from the ledger, and its line in the audit are one
transaction: of a process that is killed everything stands, or nothing. Who decides says which decision was the newest
that they saw: of two who saw the same, one wins. A decision is never taken back; a later one corrects it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaign.access import Permission
from campaign.excursion import KINDS, Inside, Meant
from campaign.lots import Expiry, expiry_in_force
from campaign.stability import Advice
from operations.action_log import ActRefused, acting, check_known, connect, said, write_log
from operations.decisions import Actor
from operations.excursions import ONE, Seen, StabilityRules, look
from operations.ledger_lock import lock_ledger

PERMISSIONS = {"hold": Permission.HOLD_LOT, "use": Permission.RELEASE_LOT, "discard": Permission.RELEASE_LOT}
ACTIONS = {"hold": "excursion_held", "use": "excursion_used", "discard": "excursion_discarded"}
DECISION = (
    "INSERT INTO operations.excursion_decision (equipment_id, store_code, province_code, side, started_at, until_at, "
    "version, kind, reason, waste_reason, actor, decided_at, campaign_at, known) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING decision_id"
)
NEXT = "SELECT nextval(pg_get_serial_sequence('operations.excursion_decision_lot', 'line_id')) AS line_id"
LINE = (
    "INSERT INTO operations.excursion_decision_lot "
    "(line_id, decision_id, lot_number, doses, usable_until, movement_id) "
    "OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s)"
)
MOVEMENT = (
    "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, recorded_at, "
    "reason, cancels_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
EXPIRIES = (
    "SELECT lot_number, expires_on, kind, valid_from, coalesce(condition, '') AS condition FROM registry.lot_expiry "
    "WHERE lot_number = ANY(%s)"
)
# The discard of a lot that stands: nothing has taken it back.
DISCARDED = (
    "SELECT l.movement_id, l.doses FROM operations.excursion_decision_lot AS l "
    "JOIN operations.excursion_decision AS d USING (decision_id) "
    "WHERE d.decision_id = ANY(%s) AND d.kind = 'discard' AND l.lot_number = %s AND l.movement_id IS NOT NULL "
    "AND NOT EXISTS (SELECT FROM registry.stock_movement AS m WHERE m.cancels_id = l.movement_id "
    "AND m.store_code = d.store_code AND m.lot_number = l.lot_number)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person decides. `version`: of the newest decision that they saw, 0 for none. lots: empty for all that are
    inside. usable_until: of `use`, the last day of use; None: that of the lot. at: an instant of the excursion meant.
    waste_reason: of `discard`, a number of data/reference/waste_reasons.csv; `reason` is the comment then."""

    device: str
    kind: str
    reason: str
    version: int
    lots: tuple[str, ...] = ()
    usable_until: date | None = None
    at: datetime | None = None
    waste_reason: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """doses: of the lots, in the store by the ledger at that moment; taken: what left the ledger, below zero for what
    came back to it."""

    decision_id: int
    version: int
    device: str
    store: str
    kind: str
    lots: tuple[str, ...]
    doses: int
    taken: int
    actor: str
    reason: str


def decide(url: str, asked: Asked, *, rules: StabilityRules, by: Actor, campaign_now: datetime) -> Made:
    """Raises ActRefused: no such device, nothing to decide, a lot that was not inside, use of what nobody knows the
    temperature of, a last day that is past or later than the lot's own, a discard without a known reason, or somebody
    else decided in the meantime."""
    check_known("decision", asked.kind, KINDS)
    wasted = _wasted(asked, rules)
    device, why = said("equipment", asked.device), said("reason", asked.reason)
    with connect(url) as connection:
        row = connection.execute(ONE, [device]).fetchone()
    with acting(
        url,
        actor=by.name,
        permission=PERMISSIONS[asked.kind],
        action=ACTIONS[asked.kind],
        subject=device,
        area=row["province_code"] if row else None,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        connection = act.connection
        lock_ledger(connection)
        seen = look(connection, rules, device=device, now=campaign_now, at=asked.at)
        meant = _meant(seen, asked)
        lots = _lots(seen, asked)
        _check_until(connection, seen, lots, asked, today=campaign_now.astimezone(rules.zone).date())
        head = [device, seen.unit.store, seen.province, meant.side, meant.window.since, meant.window.until]
        known = {item.lot: figures(item) for item in lots}
        told = [seen.version + 1, asked.kind, why, wasted, act.author.name, by.now, campaign_now, Jsonb(known)]
        made = connection.execute(DECISION, [*head, *told]).fetchone()
        number = int(made["decision_id"]) if made else 0
        taken = sum(_write(connection, number, item, seen, asked, why=wasted, by=by, now=campaign_now) for item in lots)
        detail = {
            "lots": ", ".join(item.lot for item in lots),
            "doses": sum(item.on_hand for item in lots),
            "reason": why,
            "started_at": meant.window.since.isoformat(),
            "decision_id": number,
        }
        detail |= {"waste_reason": wasted} if wasted else {}
        detail |= {"usable_until": asked.usable_until.isoformat()} if asked.usable_until else {}
        write_log(connection, by.now, act.author, ACTIONS[asked.kind], device, detail)
    return Made(
        decision_id=number,
        version=seen.version + 1,
        device=device,
        store=seen.unit.store,
        kind=asked.kind,
        lots=tuple(item.lot for item in lots),
        doses=sum(item.on_hand for item in lots),
        taken=taken,
        actor=act.author.name,
        reason=why,
    )


def figures(item: Inside) -> Mapping[str, Any]:
    """What was known of a lot, as it is kept beside a decision. Minutes."""
    judged = item.judgement
    return {
        "product": item.product,
        "advice": judged.advice.value,
        "doses": item.on_hand,
        "outside": judged.outside_minutes,
        "frozen": judged.frozen_minutes,
        "unknown": judged.unknown_minutes,
        "beyond": judged.beyond_minutes,
        "bands": [
            {
                "side": band.budget.side.value,
                "low_c": band.budget.low_c,
                "high_c": band.budget.high_c,
                "budget": band.budget.minutes,
                "used": band.used_minutes,
                "earlier": band.earlier_minutes,
                "left": band.left_minutes,
                "source": band.budget.source,
            }
            for band in judged.bands
        ],
    }


def _meant(seen: Seen, asked: Asked) -> Meant:
    device = seen.unit.equipment_id
    if seen.meant is None:
        raise ActRefused(f"{device} was not out of range and is not silent", "no_excursion", name=device)
    if asked.version != seen.version:
        newest = seen.decisions[-1].actor if seen.decisions else ""
        raise ActRefused(
            f"{newest or 'nobody'} decided about {device} in the meantime: look again", "excursion_decided", who=newest
        )
    return seen.meant


def _lots(seen: Seen, asked: Asked) -> Sequence[Inside]:
    """Raises ActRefused."""
    there: Mapping[str, Inside] = {item.lot: item for item in seen.lots}
    for lot in asked.lots:
        if lot not in there:
            raise ActRefused(f"lot {lot} was not inside {seen.unit.equipment_id}", "lot_not_inside", lot=lot)
    chosen: Collection[Inside] = [there[lot] for lot in sorted(set(asked.lots))] or list(seen.lots)
    if not chosen:
        raise ActRefused(f"no lot was inside {seen.unit.equipment_id}", "nothing_inside", name=seen.unit.equipment_id)
    if asked.kind == "use" and any(item.judgement.advice is Advice.CALL for item in chosen):
        raise ActRefused("nobody knows the temperature: what nobody knows is not good", "excursion_unknown")
    if asked.usable_until is not None and asked.kind != "use":
        raise ActRefused("a last day of use goes with `use` only", "until_not_use")
    return [*chosen]


def _wasted(asked: Asked, rules: StabilityRules) -> str | None:
    """Why doses are written off, in the registry's words, by which wastage is counted. Raises ActRefused."""
    if asked.kind != "discard":
        return None
    found = next((reason.text for reason in rules.reasons if reason.number == asked.waste_reason), None)
    if found is None:
        known = ", ".join(str(reason.number) for reason in rules.reasons)
        raise ActRefused(f"a discard says why: one of {known} of waste_reasons.csv", "waste_reason_needed")
    return found


def _check_until(
    connection: psycopg.Connection[DictRow], seen: Seen, lots: Sequence[Inside], asked: Asked, *, today: date
) -> None:
    """A last day of use lies ahead, and shortens what the lot has. Raises ActRefused."""
    until = asked.usable_until
    if until is None:
        return
    if until < today:
        raise ActRefused(f"{until.isoformat()} is past: such doses are discarded", "until_past")
    known: defaultdict[str, list[Expiry]] = defaultdict(list)
    for row in connection.execute(EXPIRIES, [[item.lot for item in lots]]).fetchall():
        known[row.pop("lot_number")].append(Expiry(**row))
    for item in lots:
        balance = seen.ledger.get((seen.unit.store, item.lot))
        found = expiry_in_force(known[item.lot], today=today, thawed_on=balance.thawed_on if balance else None)
        if found is not None and until > found.expires_on:
            day = f"{found.expires_on:%d/%m/%Y}"
            raise ActRefused(f"lot {item.lot} expires on {day} already", "until_beyond", lot=item.lot, day=day)


def _write(
    connection: psycopg.Connection[DictRow],
    decision: int,
    item: Inside,
    seen: Seen,
    asked: Asked,
    *,
    why: str | None,
    by: Actor,
    now: datetime,
) -> int:
    """The line of one lot, and what it takes from the ledger: doses, below zero for those that come back."""
    row = connection.execute(NEXT).fetchone()
    line = int(row["line_id"]) if row else 0
    standing = connection.execute(DISCARDED, [[taken.decision_id for taken in seen.decisions], item.lot]).fetchone()
    taken, entry = 0, None
    # Numbers below zero are ours: the sites' own are above it.
    if asked.kind == "discard" and item.on_hand > 0:
        taken, entry = item.on_hand, ("wasted_closed", -item.on_hand, None)
    elif asked.kind != "discard" and standing is not None:
        taken, entry = -standing["doses"], ("cancel", standing["doses"], standing["movement_id"])
    if entry is not None:
        kind, doses, cancels = entry
        values = [
            -line,
            seen.unit.store,
            item.lot,
            kind,
            doses,
            now,
            by.now,
            why,
            cancels,
        ]
        connection.execute(MOVEMENT, values)
    told = [line, decision, item.lot, abs(taken) or max(item.on_hand, 0), asked.usable_until, -line if entry else None]
    connection.execute(LINE, told)
    return taken
