"""Acts of named persons that move the doses of an approved plan: what leaves, and what comes.

Each writes the entries of its own store's ledger; what came short or over is a difference of the transfer, told and
closed as any other is (operations/transfers.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from campaign.ledger import Movement, Pair
from campaign.plan_record import Plan, PlanShipment, crosses
from campaign.plan_state import Deed
from operations.action_log import ActRefused, connect
from operations.ledger_entries import draw_numbers, enter
from operations.plan_acting import Done, On, Planning, day_of, planning
from operations.plan_checks import enough, whole_vials
from operations.plan_records import look
from operations.plan_rules import PlanRules

SHIPMENT = (
    "INSERT INTO operations.plan_shipment (plan_id, version, line, doses, shipped_at, movement_id) "
    "VALUES (%s, %s, %s, %s, %s, %s) RETURNING shipment_id"
)
RECEIPT = (
    "INSERT INTO operations.plan_receipt (shipment_id, plan_id, version, doses, temp_c, received_at, movement_id) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
COLDEST_C, WARMEST_C = -100.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """doses: as counted on arrival; temp_c: of the load then."""

    doses: int
    temp_c: float


def ship(url: str, on: On, parts: Mapping[int, int], *, rules: PlanRules) -> Done:
    """`parts`: doses by number of the line, all of one store; a line may leave in parts. Raises ActRefused: not
    approved, or no more; no decision where one is needed; more than is left, or than is there and may be given;
    part of a vial."""
    area = _area(url, on, parts, giving=True)
    with planning(url, on, Deed.SHIP, area=area, own_area=False) as at:
        plan = at.plan
        at.check()
        _store_of(plan, parts, giving=True)
        at.check(crosses=any(crosses(plan.lines[number - 1], plan.stores) for number in parts))
        wanted, until = _wanted(plan, parts, day_of(on.now, rules.zone))
        whole_vials(at.connection, plan, parts)
        enough(at.connection, wanted, until, on=on, rules=rules, without=plan.plan_id)
        left = sum(plan.left().values()) - sum(parts.values())
        done = at.write(left=left, waiting=plan.standing.waiting + len(parts))
        made = _shipped(at, done.version, parts)
        detail = {
            "shipments": _listed(made),
            "vaccine_doses": sum(parts.values()),
            "lots": _lots(plan, parts),
            "left": left,
        }
        at.log(detail)
    return replace(done, shipments=made, doses=sum(parts.values()))


def receive(url: str, on: On, came: Mapping[int, Came], *, rules: PlanRules) -> Done:
    """`came`: by number of the shipment, all to one store. Fewer or more doses than were sent stay a difference of the
    transfer. A temperature that does not fit is kept and told; whether the doses are used is a decision of its own.
    Raises ActRefused."""
    area = _area(url, on, came, giving=False)
    for item in came.values():
        if item.doses < 0:
            raise ActRefused(f"{item.doses} doses", "plan_came_doses", doses=item.doses)
        if not COLDEST_C <= item.temp_c <= WARMEST_C:
            raise ActRefused(f"{item.temp_c} °C is no temperature of a load", "plan_came_temp", temp=item.temp_c)
    with planning(url, on, Deed.RECEIVE, area=area, own_area=False) as at:
        plan = at.plan
        at.check()
        _store_of(plan, came, giving=False)
        shipments = {item.shipment_id: item for item in plan.shipments}
        waiting = plan.standing.waiting - len(came)
        done = at.write(left=sum(plan.left().values()), waiting=waiting)
        _received(at, done.version, came, shipments)
        sent = sum(shipments[number].doses for number in came)
        unfit = tuple(number for number, item in came.items() if not _fits(at, shipments[number], item, rules))
        doses = sum(item.doses for item in came.values())
        detail = {
            "shipments": _listed(came),
            "vaccine_doses": doses,
            "missing": sent - doses,
            "lots": _lots(plan, (shipments[number].line for number in came)),
            "unfit": _listed(unfit),
            "temperatures": ", ".join(f"{item.temp_c:g}" for item in came.values()),
        }
        at.log(detail)
    return replace(done, shipments=tuple(came), doses=doses, missing=sent - doses, unfit=unfit)


def _store_of(plan: Plan, numbers: Mapping[int, object], *, giving: bool) -> str:
    """The one store that the lines (`giving`) or the shipments are of. Raises ActRefused."""
    if not numbers:
        raise ActRefused("say what: at least one", "plan_nothing")
    if giving:
        for number in numbers:
            if not 1 <= number <= len(plan.lines):
                raise ActRefused(f"plan {plan.plan_id} has no line {number}", "plan_no_line", line=number)
        stores = {plan.lines[number - 1].giver for number in numbers}
    else:
        known = {item.shipment_id: item for item in plan.shipments}
        for number in numbers:
            if number not in known:
                raise ActRefused(f"plan {plan.plan_id} has no shipment {number}", "plan_no_shipment", shipment=number)
            if known[number].receipt is not None:
                raise ActRefused(f"shipment {number} was received already", "plan_came_already", shipment=number)
        stores = {plan.lines[known[number].line - 1].taker for number in numbers}
    if len(stores) > 1:
        raise ActRefused(f"one store at a time, not {', '.join(sorted(stores))}", "plan_stores")
    return next(iter(stores))


def _area(url: str, on: On, numbers: Mapping[int, object], *, giving: bool) -> str | None:
    """Whose ledger it is: the province of the store. Raises ActRefused."""
    with connect(url) as connection:
        plan = look(connection, on.plan)
    return plan.stores[_store_of(plan, numbers, giving=giving)].province


def _wanted(plan: Plan, parts: Mapping[int, int], today: date) -> tuple[dict[Pair, int], dict[Pair, date]]:
    """Doses by store and lot, and the day on which they must still be usable: that on which they come, later
    where they leave later than planned. Raises
    ActRefused."""
    left = plan.left()
    wanted: defaultdict[Pair, int] = defaultdict(int)
    until: dict[Pair, date] = {}
    for number, doses in parts.items():
        line = plan.lines[number - 1]
        if not 0 < doses <= left[number]:
            raise ActRefused(
                f"line {number}: {doses:,} doses, {left[number]:,} have not left",
                "plan_more_than_left",
                line=number,
                doses=doses,
                left=left[number],
            )
        pair = (line.giver, line.lot)
        wanted[pair] += doses
        until[pair] = max(until.get(pair, today), line.comes_on(today))
    return dict(wanted), until


def _shipped(at: Planning, version: int, parts: Mapping[int, int]) -> tuple[int, ...]:
    """Numbers of the shipments."""
    made: list[int] = []
    for number, (line, doses) in zip(draw_numbers(at.connection, len(parts)), parts.items(), strict=True):
        planned = at.plan.lines[line - 1]
        _enter(at, number, store=planned.giver, lot=planned.lot, doses=-doses, other=planned.taker)
        row = at.connection.execute(SHIPMENT, [at.plan.plan_id, version, line, doses, at.on.now, number]).fetchone()
        made.append(int(row["shipment_id"]) if row else 0)
    return tuple(made)


def _received(at: Planning, version: int, came: Mapping[int, Came], shipments: Mapping[int, PlanShipment]) -> None:
    for number, (shipment, item) in zip(draw_numbers(at.connection, len(came)), came.items(), strict=True):
        line = at.plan.lines[shipments[shipment].line - 1]
        if item.doses:
            _enter(at, number, store=line.taker, lot=line.lot, doses=item.doses, other=line.giver)
        told = [item.doses, item.temp_c, at.on.now, number if item.doses else None]
        at.connection.execute(RECEIPT, [shipment, at.plan.plan_id, version, *told])


def _fits(at: Planning, shipment: PlanShipment, came: Came, rules: PlanRules) -> bool:
    """What nobody knows the temperatures of is not said to be unfit."""
    product = at.plan.lines[shipment.line - 1].product
    return rules.fits(product, came.temp_c, day_of(at.on.now, rules.zone)) is not False


def _enter(at: Planning, number: int, *, store: str, lot: str, doses: int, other: str) -> None:
    """No reason is given: an entry of the centre with one says that the doses were never in the store (ADR 40)."""
    entry = Movement(
        movement_id=number,
        store=store,
        lot=lot,
        kind="transfer_out" if doses < 0 else "transfer_in",
        doses=doses,
        occurred_at=at.on.now,
        recorded_at=at.on.by.now,
        counterpart=other,
    )
    enter(at.connection, entry)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _lots(plan: Plan, numbers: Iterable[int]) -> str:
    return ", ".join(sorted({plan.lines[number - 1].lot for number in numbers}))
