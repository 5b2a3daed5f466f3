"""What is known of an excursion: the lots that were inside, doses, and how much of their stability budget is used.

Read from the registry at the moment that somebody asks, so that a decision rests on what is known then. Which of a
store's devices a lot stands in is not recorded: every lot of the store counts as inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import DictRow

from campaign.coldchain import Reading
from campaign.devices import allowed_silence
from campaign.excursion import Inside, Meant, inside, stays_of, which
from campaign.ledger import Balance, Movement, Pair, replay
from campaign.stability import Budget, ProductFacts, Span, Stay, Unit, budgets_in_force, judge, spans
from campaign.trust import ClockLimits
from campaign.wastage import WasteReason
from operations.action_log import ActRefused
from settings import Settings
from warehouse.coldchain import StorageClass
from warehouse.reference import load_stability, load_storage_classes, load_vial_facts, load_waste_reasons

DEVICES = (
    "SELECT e.equipment_id, e.store_code, e.storage_class, e.reporting_mode, e.low_limit_c, e.high_limit_c, "
    "s.province_code, s.name_vi AS store_name FROM registry.equipment AS e "
    "LEFT JOIN registry.store AS s ON s.code = e.store_code "
)
ONE = DEVICES + "WHERE e.equipment_id = %s"
OF_STORES = DEVICES + "WHERE e.store_code = ANY(%s) AND e.retired_on IS NULL ORDER BY e.equipment_id"
READINGS = (
    "SELECT equipment_id, read_at, temp_c FROM registry.temperature_reading "
    "WHERE equipment_id = ANY(%s) AND read_at >= %s AND read_at <= %s"
)
OWN = (
    "SELECT m.movement_id, m.store_code AS store, m.lot_number AS lot, m.kind, m.doses, m.occurred_at, m.recorded_at, "
    "m.counted, m.counterpart_code AS counterpart, m.cancels_id, m.thawed_on, m.reason "
    "FROM registry.stock_movement AS m WHERE m.store_code = %s"
)
# The ledgers of the stores that the lots came from, and of those before them.
WITH_EARLIER = (
    "WITH RECURSIVE pair (store_code, lot_number) AS (SELECT %s::text, unnest(%s::text[]) UNION "
    "SELECT m.counterpart_code, m.lot_number "
    "FROM pair JOIN registry.stock_movement AS m USING (store_code, lot_number) "
    "WHERE m.kind IN ('receipt', 'transfer_in') AND m.counterpart_code IS NOT NULL) "
    "SELECT m.movement_id, m.store_code AS store, m.lot_number AS lot, m.kind, m.doses, m.occurred_at, m.recorded_at, "
    "m.counted, m.counterpart_code AS counterpart, m.cancels_id, m.thawed_on, m.reason "
    "FROM registry.stock_movement AS m JOIN pair USING (store_code, lot_number)"
)
LOTS = "SELECT lot_number, product_code FROM registry.lot WHERE lot_number = ANY(%s)"
DECISIONS = (
    "SELECT d.decision_id, d.version, d.kind, d.reason, d.waste_reason, d.actor, d.decided_at, d.campaign_at, d.known, "
    "array_agg(l.lot_number ORDER BY l.lot_number) AS lots, sum(l.doses)::bigint AS doses, "
    "max(l.usable_until) AS usable_until FROM operations.excursion_decision AS d "
    "JOIN operations.excursion_decision_lot AS l USING (decision_id) "
)
OF_ONE = (
    DECISIONS + "WHERE d.equipment_id = %s AND d.started_at <= %s AND d.until_at >= %s "
    "GROUP BY d.decision_id ORDER BY d.decision_id"
)
OF_DEVICE = DECISIONS + "WHERE d.equipment_id = %s GROUP BY d.decision_id ORDER BY d.decision_id DESC LIMIT 50"


@dataclass(frozen=True, slots=True, kw_only=True)
class StabilityRules:
    """`back`: how far back time outside counts. reasons: why doses may be written off, those after an excursion."""

    classes: Mapping[str, StorageClass]
    budgets: tuple[Budget, ...]
    vials: Mapping[str, tuple[bool, bool]]
    reasons: tuple[WasteReason, ...]
    clocks: ClockLimits
    gap: timedelta
    back: timedelta
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that was taken. `version`: the how-manieth about the excursion; known: of each lot, at that
    moment. waste_reason: of a discard, in the registry's words; None: none was told."""

    decision_id: int
    version: int
    kind: str
    reason: str
    waste_reason: str | None
    actor: str
    decided_at: datetime
    campaign_at: datetime
    known: Mapping[str, Any]
    lots: tuple[str, ...]
    doses: int
    usable_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An excursion as it is known now. meant None: the device was never outside, and is not silent. ledger: of the
    store and the stores before it."""

    unit: Unit
    province: str | None
    store_name: str
    reporting_mode: str
    now: datetime
    last_read_at: datetime | None
    meant: Meant | None
    lots: tuple[Inside, ...]
    decisions: tuple[Decided, ...]
    ledger: Mapping[Pair, Balance]

    @property
    def version(self) -> int:
        """Of the newest decision; 0: there is none."""
        return max((item.version for item in self.decisions), default=0)


def stability_rules(settings: Settings) -> StabilityRules:
    """From config.yaml and data/reference."""
    folder = settings.reference_dir
    return StabilityRules(
        classes={item.storage_class: item for item in load_storage_classes(folder)},
        budgets=load_stability(folder),
        vials=load_vial_facts(folder),
        reasons=tuple(reason for reason in load_waste_reasons(folder) if reason.excursion),
        clocks=ClockLimits(**settings.clock.model_dump()),
        gap=timedelta(minutes=settings.coldchain.gap_minutes),
        back=timedelta(days=settings.coldchain.stability_days),
        zone=ZoneInfo(settings.campaign.timezone),
    )


def look(
    connection: psycopg.Connection[DictRow],
    rules: StabilityRules,
    *,
    device: str,
    now: datetime,
    at: datetime | None = None,
) -> Seen:
    """`now`: campaign time. `at`: an instant of the excursion meant; None: the newest, or the silence that goes on.
    Raises ActRefused for an unknown device."""
    row = connection.execute(ONE, [device]).fetchone()
    if row is None:
        raise ActRefused(f"no equipment is called '{device}'", "unknown_equipment", name=device)
    unit = _unit(row, rules)
    silence = allowed_silence(row["reporting_mode"], rules.clocks)
    gap = max(rules.gap, silence)
    own = _readings(connection, [device], now - rules.back, now).get(device, [])
    meant = which(own, unit, gap=gap, silence=silence, now=now, at=at)
    lots, ledger = _lots(connection, rules, meant, {device: (row, own)}, now) if meant else ((), {})
    return Seen(
        unit=unit,
        province=row["province_code"],
        store_name=row["store_name"] or row["store_code"],
        reporting_mode=row["reporting_mode"],
        now=now,
        last_read_at=max((reading.at for reading in own), default=None),
        meant=meant,
        lots=lots,
        decisions=decisions_of(connection, device, meant) if meant else (),
        ledger=ledger,
    )


def decisions_of(connection: psycopg.Connection[DictRow], device: str, meant: Meant) -> tuple[Decided, ...]:
    """About this excursion, oldest first. One of another time of the same device is none: late readings may move the
    beginning or the end, so that those count which overlap."""
    asked = [device, meant.window.until, meant.window.since]
    return _decided(connection.execute(OF_ONE, asked).fetchall())


def others_of(
    connection: psycopg.Connection[DictRow], device: str, decisions: Sequence[Decided]
) -> tuple[Decided, ...]:
    """The newest decisions about the device that are about another excursion or silence, the newest first."""
    own = {item.decision_id for item in decisions}
    found = _decided(connection.execute(OF_DEVICE, [device]).fetchall())
    return tuple(item for item in found if item.decision_id not in own)


def _decided(rows: Sequence[DictRow]) -> tuple[Decided, ...]:
    return tuple(Decided(**dict(row, lots=tuple(row["lots"]))) for row in rows)


def _lots(
    connection: psycopg.Connection[DictRow],
    rules: StabilityRules,
    meant: Meant,
    focus: Mapping[str, tuple[Mapping[str, Any], Sequence[Reading]]],
    now: datetime,
) -> tuple[tuple[Inside, ...], Mapping[Pair, Balance]]:
    store, window = meant.window.unit.store, meant.window
    own = replay(Movement(**row) for row in connection.execute(OWN, [store]).fetchall())
    there = sorted(lot for (place, lot), held in own.items() if place == store and _was_there(held, meant))
    if not there:
        return (), own
    earlier = replay(Movement(**row) for row in connection.execute(WITH_EARLIER, [store, there]).fetchall())
    stays = {lot: stays_of(earlier, store, lot, now=now) for lot in there}
    traces = _traces(connection, rules, stays, focus, now)
    products = {row["lot_number"]: row["product_code"] for row in connection.execute(LOTS, [there]).fetchall()}
    budgets = budgets_in_force(rules.budgets, today=now.astimezone(rules.zone).date())
    found: list[Inside] = []
    for lot in there:
        product = products.get(lot, "")
        adsorbed, has_vvm = rules.vials.get(product, (False, False))
        facts = ProductFacts(product=product, adsorbed=adsorbed, has_vvm=has_vvm, budgets=budgets.get(product, ()))
        most, given = inside(own[store, lot], window)
        found.append(
            Inside(
                lot=lot,
                product=product,
                on_hand=own[store, lot].on_hand,
                most=most,
                given_since=given,
                judgement=judge(window, lot=lot, facts=facts, stays=stays[lot], traces=traces),
            )
        )
    return tuple(found), earlier


def _was_there(held: Balance, meant: Meant) -> bool:
    return inside(held, meant.window)[0] > 0


def _traces(
    connection: psycopg.Connection[DictRow],
    rules: StabilityRules,
    stays: Mapping[str, Sequence[Stay]],
    focus: Mapping[str, tuple[Mapping[str, Any], Sequence[Reading]]],
    now: datetime,
) -> dict[str, tuple[Unit, Sequence[Span]]]:
    """By device of every store that a lot was in."""
    stores = sorted({stay.store for mine in stays.values() for stay in mine})
    rows = {row["equipment_id"]: row for row in connection.execute(OF_STORES, [stores]).fetchall()}
    rows |= {device: row for device, (row, _) in focus.items()}
    others = [device for device in rows if device not in focus]
    known = _readings(connection, others, now - rules.back, now) | {name: told for name, (_, told) in focus.items()}
    found: dict[str, tuple[Unit, Sequence[Span]]] = {}
    for device, row in rows.items():
        unit = _unit(row, rules)
        gap = max(rules.gap, allowed_silence(row["reporting_mode"], rules.clocks))
        found[device] = (unit, spans(known.get(device, ()), unit, gap=gap, now=now))
    return found


def _readings(
    connection: psycopg.Connection[DictRow], devices: Sequence[str], since: datetime, until: datetime
) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    if devices:
        for row in connection.execute(READINGS, [list(devices), since, until]).fetchall():
            found.setdefault(row["equipment_id"], []).append(Reading(at=row["read_at"], temp_c=row["temp_c"]))
    return found


def _unit(row: Mapping[str, Any], rules: StabilityRules) -> Unit:
    """A device's own limits win over those of its class. What freezes is said by the class."""
    its = rules.classes[row["storage_class"]]
    low, high = row["low_limit_c"], row["high_limit_c"]
    return Unit(
        equipment_id=row["equipment_id"],
        store=row["store_code"],
        low_c=low if low is not None else _known(its.low_c),
        high_c=high if high is not None else _known(its.high_c),
        freeze_c=its.low_alarm_c,
        freeze_minutes=its.low_alarm_minutes or 0,
    )


def _known(value: float | None) -> float:
    if value is None:
        raise ValueError("cold_chain_classes.csv: a class without its limits")
    return value
