"""What a store has of a lot that a plan may promise: its ledger, less what may not be given, less what others promised.

Read from the registry under operations.ledger_lock, so that what is seen is still true when it is written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import DictRow

from campaign.dose_marks import DecisionLine, marked
from campaign.ledger import WASTED_CLOSED, Balance, Movement, Pair, replay
from campaign.lots import Expiry, LotState, StateChange, Usable, state_in_force, usable_expiry
from campaign.plan_record import must_lie_there
from campaign.transfers import CountedShort
from campaign.vial_monitors import VialReading, discarded, newest
from operations.action_log import connect

# The ledgers of the stores that the lots came from, too: clocks and decisions go with the doses.
LEDGERS = (
    "WITH RECURSIVE pair (store_code, lot_number) AS (SELECT * FROM unnest(%s::text[], %s::text[]) UNION "
    "SELECT m.counterpart_code, m.lot_number "
    "FROM pair JOIN registry.stock_movement AS m USING (store_code, lot_number) "
    "WHERE m.kind IN ('receipt', 'transfer_in') AND m.counterpart_code IS NOT NULL) "
    "SELECT m.movement_id, m.store_code AS store, m.lot_number AS lot, m.kind, m.doses, m.occurred_at, m.recorded_at, "
    "m.counted, m.counterpart_code AS counterpart, m.cancels_id, m.thawed_on, m.reason "
    "FROM registry.stock_movement AS m JOIN pair USING (store_code, lot_number)"
)
MARKS = (
    "SELECT l.line_id, l.decision_id, d.equipment_id, d.store_code AS store, l.lot_number AS lot, d.kind, "
    "d.started_at AS since, d.until_at AS until, l.usable_until FROM operations.excursion_decision_lot AS l "
    "JOIN operations.excursion_decision AS d USING (decision_id) WHERE l.lot_number = ANY(%s)"
)
READINGS = (
    "SELECT store_code AS store, lot_number AS lot, stage, read_at, doses FROM registry.vial_reading "
    "WHERE store_code = ANY(%s) AND lot_number = ANY(%s)"
)
VIALS = "SELECT lot_number, doses_per_vial FROM registry.lot WHERE lot_number = ANY(%s) AND doses_per_vial > 0"
LOTS = "SELECT lot_number, product_code FROM registry.lot WHERE lot_number = ANY(%s)"
STATES = (
    "SELECT lot_number, state, valid_from, coalesce(reason, '') AS reason FROM registry.lot_state "
    "WHERE lot_number = ANY(%s)"
)
EXPIRIES = (
    "SELECT lot_number, expires_on, kind, valid_from, coalesce(condition, '') AS condition FROM registry.lot_expiry "
    "WHERE lot_number = ANY(%s)"
)
EACH = (
    "SELECT plan_id, revision, line, store_code AS store, lot_number AS lot, product_code AS product, "
    "taker_code AS taker, doses, ship_on, arrive_on, state, until_at AS until FROM operations.plan_promise "
    "WHERE until_at > %s ORDER BY plan_id, line"
)
ON_THE_WAY = (
    "SELECT shipment_id, plan_id, line, lot_number AS lot, product_code AS product, giver_code AS giver, "
    "taker_code AS taker, doses, shipped_at, arrive_on FROM operations.plan_on_the_way ORDER BY shipment_id"
)
BETWEEN = (
    "SELECT plan_id, sum(doses)::bigint AS doses FROM operations.plan_on_the_way WHERE giver_code = %s "
    "AND taker_code = %s AND lot_number = %s GROUP BY plan_id ORDER BY plan_id"
)
# Less what was said of the transfers since, in either direction: what is closed asks for nobody. Where it was said of
# doses that left by no plan, the days of transport go by as ever.
COUNTED = (
    "WITH differing AS (SELECT taker_code AS store, lot_number AS lot, sum(sent - received) AS doses "
    "FROM operations.plan_difference GROUP BY taker_code, lot_number), "
    "closed AS (SELECT store_code AS store, lot_number AS lot, sum(CASE WHEN outcome = 'expected' THEN 0 "
    "WHEN outcome IN ('sent_more', 'received_fewer') THEN -doses ELSE doses END) AS doses "
    "FROM operations.transfer_closing GROUP BY store_code, lot_number), "
    "coming AS (SELECT taker_code AS store, lot_number AS lot, sum(doses) AS doses FROM operations.plan_on_the_way "
    "GROUP BY taker_code, lot_number) "
    "SELECT store, lot, (d.doses - coalesce(c.doses, 0))::bigint AS doses, coalesce(w.doses, 0)::bigint AS way "
    "FROM differing AS d LEFT JOIN closed AS c USING (store, lot) LEFT JOIN coming AS w USING (store, lot) "
    "WHERE d.doses > coalesce(c.doses, 0) ORDER BY store, lot"
)
NO_PLAN = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedLine:
    """Doses that a proposed or approved plan keeps for a line and that have not left."""

    plan_id: int
    revision: int
    line: int
    store: str
    lot: str
    product: str
    taker: str
    doses: int
    ship_on: date
    arrive_on: date
    state: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay:
    """A shipment that left and was not received."""

    shipment_id: int
    plan_id: int
    line: int
    lot: str
    product: str
    giver: str
    taker: str
    doses: int
    shipped_at: datetime
    arrive_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LotThere:
    """A lot in a store. stopped: of those on hand, doses that a decision after an excursion or a monitor of heat rules
    out. promised: by other plans; decided: by decisions on allocation, to others (operations/plan_decided.py). usable:
    until when. state: of the lot; None: nobody ever set one. movements: of this store and lot alone."""

    product: str
    state: LotState | None
    usable: Usable
    on_hand: int
    stopped: int
    promised: int
    movements: tuple[Movement, ...]
    decided: int = 0

    @property
    def free(self) -> int:
        """May be promised, or may leave; below zero where more is promised than is there."""
        return self.on_hand - self.stopped - self.promised - self.decided


def promised_doses(
    connection: psycopg.Connection[DictRow], *, now: datetime, without: int = NO_PLAN
) -> dict[Pair, int]:
    """By store and lot, what plans promise at `now` (campaign time) and has not left. without: the number of a plan
    that is left out. For every planner: of what a store has, these doses are another's. What the same plan brings to
    the store by the day on which it leaves is not taken from what lies there."""
    going: defaultdict[tuple[int, str, str], list[tuple[date, int]]] = defaultdict(list)
    coming: defaultdict[tuple[int, str, str], list[tuple[date, int]]] = defaultdict(list)
    for line in promised_lines(connection, now=now):
        if line.plan_id != without:
            going[line.plan_id, line.store, line.lot].append((line.ship_on, line.doses))
            coming[line.plan_id, line.taker, line.lot].append((line.arrive_on, line.doses))
    for item in on_the_way(connection):
        coming[item.plan_id, item.taker, item.lot].append((item.arrive_on, item.doses))
    found: defaultdict[Pair, int] = defaultdict(int)
    for (plan, store, lot), days in going.items():
        found[store, lot] += must_lie_there(days, coming[plan, store, lot])
    return dict(found)


def promised_lines(connection: psycopg.Connection[DictRow], *, now: datetime) -> tuple[PromisedLine, ...]:
    """The same line by line, with where they go and when they come."""
    return tuple(PromisedLine(**row) for row in connection.execute(EACH, [now]).fetchall())


def on_the_way(connection: psycopg.Connection[DictRow]) -> tuple[OnTheWay, ...]:
    """What left by plans and was not received; the ledger has it as in transit, too."""
    return tuple(OnTheWay(**row) for row in connection.execute(ON_THE_WAY).fetchall())


def between(connection: psycopg.Connection[DictRow], *, sender: str, store: str, lot: str) -> dict[int, int]:
    """By plan, doses of the lot that left `sender` for `store` by it and were not received."""
    rows = connection.execute(BETWEEN, [sender, store, lot]).fetchall()
    return {int(row["plan_id"]): int(row["doses"]) for row in rows}


def counted_short(url: str) -> tuple[CountedShort, ...]:
    """What came short by plans and nobody closed since; whether it is still missing says the ledger."""
    with connect(url) as connection:
        return tuple(CountedShort(**row) for row in connection.execute(COUNTED).fetchall())


def products_of(connection: psycopg.Connection[DictRow], lots: Iterable[str]) -> dict[str, str]:
    """Product by lot, of those that are known."""
    rows = connection.execute(LOTS, [sorted(set(lots))]).fetchall()
    return {row["lot_number"]: row["product_code"] for row in rows}


def vials_of(connection: psycopg.Connection[DictRow], lots: Iterable[str]) -> dict[str, int]:
    """Doses of a vial, full size, by lot."""
    rows = connection.execute(VIALS, [sorted(set(lots))]).fetchall()
    return {row["lot_number"]: int(row["doses_per_vial"]) for row in rows}


def there(
    connection: psycopg.Connection[DictRow],
    pairs: Iterable[Pair],
    *,
    now: datetime,
    today: date,
    thaw_limits: Mapping[str, int],
    without: int = NO_PLAN,
) -> dict[Pair, LotThere]:
    """By store and lot, each of `pairs`. now, today: of the campaign. thaw_limits: days by product. without: a plan
    whose own promises do not count against it."""
    asked = sorted(set(pairs))
    stores, lots = [store for store, _ in asked], [lot for _, lot in asked]
    movements = [Movement(**row) for row in connection.execute(LEDGERS, [stores, lots]).fetchall()]
    balances, own = replay(movements), defaultdict[Pair, list[Movement]](list)
    for item in movements:
        own[item.store, item.lot].append(item)
    lines = {row["line_id"]: DecisionLine(**row) for row in connection.execute(MARKS, [lots]).fetchall()}
    marks = marked(balances, lines.values())
    readings = newest(VialReading(**row) for row in connection.execute(READINGS, [stores, lots]).fetchall())
    products, promised = products_of(connection, lots), promised_doses(connection, now=now, without=without)
    states, expiries = _by_lot(connection, STATES, lots), _by_lot(connection, EXPIRIES, lots)
    found: dict[Pair, LotThere] = {}
    for pair in asked:
        lot, balance = pair[1], balances.get(pair, Balance())
        at_work = [lines[line] for line in marks.get(pair, ())]
        held = any(line.stops for line in at_work)
        state = state_in_force(
            [StateChange(state=LotState(row["state"]), valid_from=row["valid_from"], reason=row["reason"])
             for row in states[lot]], now=now,
        )  # fmt: skip
        found[pair] = LotThere(
            product=products.get(lot, ""),
            state=state.state if state else None,
            usable=usable_expiry(
                [Expiry(**row) for row in expiries[lot]],
                today=today,
                thawed_on=balance.thawed_on,
                thaw_limit_days=thaw_limits.get(products.get(lot, "")),
                decided_until=min((line.usable_until for line in at_work if line.usable_until), default=None),
            ),
            on_hand=balance.on_hand,
            stopped=max(balance.on_hand, 0) if held else _discarded(readings.get(pair), balance),
            promised=promised.get(pair, 0),
            movements=tuple(own[pair]),
        )
    return found


def _discarded(reading: VialReading | None, balance: Balance) -> int:
    if reading is None:
        return 0
    before = [entry for entry in balance.entries if entry.place[0] <= reading.read_at]
    since = [entry for entry in balance.entries if entry.place[0] > reading.read_at and entry.kind == WASTED_CLOSED]
    return discarded(
        reading,
        on_hand=balance.on_hand,
        there=before[-1].after if before else 0,
        wasted=-sum(entry.movement.doses for entry in since),
    )


def _by_lot(
    connection: psycopg.Connection[DictRow], query: LiteralString, lots: Sequence[str]
) -> defaultdict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(query, [list(lots)]).fetchall():
        found[row.pop("lot_number")].append(row)
    return found
