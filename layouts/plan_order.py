"""The order that a plan leads to, as one reader may see it, with names and reasons in their words."""

from __future__ import annotations

from datetime import date

from campaign.plan_order import GivingStore, OrderFacts, OrderLine, OrderMark, TransferOrder, given_up, ordered_at
from campaign.plan_record import PlanLine
from campaign.plan_state import Deed
from layouts.plan_asked import title_said
from layouts.plan_lines import lines_told
from layouts.plan_view import PlanView


def order_of(view: PlanView, facts: OrderFacts, mark: OrderMark) -> TransferOrder:
    """Stores in the order in which the first of their lines leaves."""
    plan = view.plan
    why = {line.number: (line.changed,) if line.changed else line.said for line in lines_told(view)}
    stores: dict[str, list[OrderLine]] = {}
    for at, line in sorted(enumerate(plan.lines, start=1), key=lambda item: (item[1].ship_on, item[0])):
        if at in why:
            stores.setdefault(line.giver, []).append(_line(view, facts, at, line, why[at]))
    seen = sum(len(lines) for lines in stores.values())
    approved = [act for act in plan.acts if act.deed is Deed.APPROVE and act.revision == plan.newest.revision]
    return TransferOrder(
        plan_id=plan.plan_id,
        title=title_said(plan.title, plan.acts[0].campaign_at.astimezone(view.zone).date(), view.words),
        revision=plan.newest.revision,
        snapshot=_snapshot(view),
        language=view.words.language.value,
        mark=mark,
        decided=plan.decision,
        approved_by=approved[-1].actor if approved else "",
        at=ordered_at(plan).astimezone(view.zone),
        stores=tuple(
            GivingStore(code=code, name=view.store(code), lines=tuple(lines)) for code, lines in stores.items()
        ),
        hidden=len(plan.lines) - seen,
        given_up={at: doses for at, doses in given_up(plan, view.now).items() if at in why},
        one_in=facts.one_in,
    )


def _line(view: PlanView, facts: OrderFacts, at: int, line: PlanLine, said: tuple[str, ...]) -> OrderLine:
    packing = facts.packing.get(line.lot)
    planned = line.reasons.get("usable_until")
    return OrderLine(
        number=at,
        lot=line.lot,
        product=view.product(line.product),
        until=date.fromisoformat(planned) if isinstance(planned, str) else facts.until.get(line.lot),
        doses=line.doses,
        parcel=packing.parcel(line.doses) if packing else None,
        taker=view.store(line.taker),
        ship_on=line.ship_on,
        arrive_on=line.arrive_on,
        said=said,
    )


def _snapshot(view: PlanView) -> int | None:
    """Of a version that was typed by hand, the one that the checker judged it by."""
    own = view.plan.newest.document.get("snapshot")
    if isinstance(own, int):
        return own
    return view.judged.snapshot if view.judged and view.judged.snapshot else None
