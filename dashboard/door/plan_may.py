"""What one reader may do with a plan now: which forms its page shows them, and why some are not theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign.access import Scope
from campaign.plan_record import Plan
from campaign.plan_state import Deed, Stop, stopped
from dashboard.door.caller import caller
from dashboard.door.deed_desk import DeedDesk, who_acts
from layouts.plan_view import PlanView
from operations.plan_acting import PERMISSIONS

# Forms of a plan, in the order of its way; what the address of each is.
FORMS: Mapping[Deed, str] = {
    Deed.PROPOSE: "trinh",
    Deed.APPROVE: "duyet",
    Deed.DECIDE: "quyet-dinh",
    Deed.RETURN: "tra-lai",
    Deed.CANCEL: "huy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Something that the reader may do with the plan now. stopped: why not, where it is a rule that others can meet."""

    deed: str
    address: str
    stopped: str


def may_do(deed: Deed, plan: Plan) -> bool:
    """By the reader's roles; the act asks again."""
    return caller().scope(PERMISSIONS[deed]).covers(plan.area)


def forms_of(desk: DeedDesk, view: PlanView, may: Sequence[Deed]) -> list[Form]:
    """What the reader's roles allow there, in the order of the way."""
    login = who_acts(desk).name
    found: list[Form] = []
    for deed, address in FORMS.items():
        if deed not in may or not may_do(deed, view.plan):
            continue
        why = ""
        stop = stopped(view.plan.standing, deed, actor=login, now=view.now)
        if stop is Stop.OWN_PROPOSAL or stop is Stop.OWN_CHANGE:
            why = view.words(f"plan_stop.{stop.value}")
        if deed is Deed.PROPOSE and view.judged is None:
            why = view.words("plan_stop.unjudged")
        elif deed is Deed.PROPOSE and view.judged and (view.judged.violations or view.judged.why):
            why = view.words("plan_stop.breaks")
        found.append(Form(deed=deed.value, address=address, stopped=why))
    return found


def to_ship(view: PlanView, moves: Scope) -> list[tuple[str, list[tuple[int, str, str, bool]]]]:
    """By giving store that the reader may ship from: its lines, the first to leave first; with what a form is filled
    with (what is left, on its day), and whether they still need a decision."""
    plan, stores = view.plan, dict[str, list[tuple[int, str, str, bool]]]()
    today = view.now.astimezone(view.zone).date()
    for at, left in sorted(plan.left().items(), key=lambda item: (plan.lines[item[0] - 1].ship_on, item[0])):
        line = plan.lines[at - 1]
        if left and moves.covers(plan.stores[line.giver].province):
            waits = at in plan.crossing and plan.decision is None
            fill = str(left) if line.ship_on <= today and not waits else ""
            text = f"{view.words('plan_page.line_number', number=at)}. {view.line_of(line, left)}"
            stores.setdefault(line.giver, []).append((at, text, fill, waits))
    return [(view.store(code), found) for code, found in stores.items()]


def receives(view: PlanView, moves: Scope) -> frozenset[int]:
    """Shipments that the reader may receive."""
    plan = view.plan
    return frozenset(
        item.shipment_id
        for item in plan.shipments
        if item.receipt is None and moves.covers(plan.stores[plan.lines[item.line - 1].taker].province)
    )
