"""The lots and heaps of a problem: who may have which doses until which day, and what is promised, on its way, bound.

A lot of which some doses end earlier than others (thawed, or by a decision), or are on hold in one store only, is
several lots to a plan. What a decision on allocation promised is taken from the store above and comes to whom it is
promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from campaign.lots import LotState
from campaign.plan_facts import PlanFacts, PlanHeap, PlanLot, PlanStore, Promised
from campaign.plan_problem import Heap, Lot
from campaign.plan_rules import Asked, LeftOut, PlanRules, WhyLeft
from campaign.plan_set_aside import Place, order
from campaign.stock_board import usable_until

HUBS = ("national", "regional")
_Key = tuple[str, str, int, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLot:
    """What the code of a problem's lot stands for. until: the last day of use; None: nobody knows it."""

    number: str
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotsOf:
    """set_aside: doses that decisions promised and that were found in the stores above (inside a province: that are
    expected in its store); unfound: that were not. late: doses on their way for too long to be counted on."""

    lots: tuple[Lot, ...]
    heaps: tuple[Heap, ...]
    meaning: Mapping[str, PlannedLot]
    left: tuple[LeftOut, ...]
    set_aside: int
    unfound: int
    late: int


@dataclass(slots=True)
class _Making:
    facts: PlanFacts
    asked: Asked
    rules: PlanRules
    horizon: int
    hubs: frozenset[str]
    lots: dict[str, Lot] = field(default_factory=dict[str, Lot])
    meaning: dict[str, PlannedLot] = field(default_factory=dict[str, PlannedLot])
    doses: defaultdict[tuple[str, str, int, bool], int] = field(
        default_factory=lambda: defaultdict[tuple[str, str, int, bool], int](int)
    )
    left: list[LeftOut] = field(default_factory=list[LeftOut])


def lots_of(facts: PlanFacts, asked: Asked, rules: PlanRules, *, horizon: int, hubs: frozenset[str]) -> LotsOf:
    """horizon: days that the plan looks ahead. hubs: codes of the stores that give none themselves."""
    made = _Making(facts=facts, asked=asked, rules=rules, horizon=horizon, hubs=hubs)
    late = 0
    for heap in facts.heaps:
        late += heap.late
        _heap(made, heap)
    aside, unfound = _promises(made)
    for arrival in asked.suppose.arrivals:
        code = _lot(made, arrival.lot, None, on_hold=False, released=True, decided=None)
        made.doses[arrival.store, code, arrival.day, False] += arrival.doses
    heaps = tuple(
        Heap(lot=lot, store=store, doses=doses, day=day, bound=bound)
        for (store, lot, day, bound), doses in sorted(made.doses.items())
        if doses
    )
    used = {heap.lot for heap in heaps}
    return LotsOf(
        lots=tuple(lot for code, lot in sorted(made.lots.items()) if code in used),
        heaps=heaps,
        meaning=made.meaning,
        left=tuple(made.left),
        set_aside=aside,
        unfound=unfound,
        late=late,
    )


def _heap(made: _Making, heap: PlanHeap) -> None:
    code = _lot(made, heap.lot, heap.thawed_on, on_hold=heap.on_hold, released=False, decided=heap.decided_until)
    until = made.meaning[code].until
    if until is not None and until < made.facts.today:
        # Lost before anybody planned: an alert of its own, and nothing that a plan could save.
        return
    unknown = until is None
    if unknown and heap.own and heap.doses:
        told = f"{heap.lot} {heap.doses}"
        made.left.append(LeftOut(store=heap.place, why=WhyLeft.NO_EXPIRY, told=told))
        if heap.place in made.hubs:
            return
    failed = heap.place in made.asked.suppose.failed
    bound = unknown or not heap.own or failed
    if not (failed and heap.place in made.hubs):
        made.doses[heap.place, code, 0, bound] += heap.doses
    if heap.coming:
        # What is on its way to a store below its place is in the place: it was sent from there.
        later = made.asked.suppose.late.get(heap.lot, 0)
        made.doses[heap.place, code, _arrives(made, heap, later) if heap.own or later else 0, True] += heap.coming


def _arrives(made: _Making, heap: PlanHeap, later: int) -> int:
    sent = heap.sent_on or made.facts.today
    return max(1, (sent + timedelta(made.rules.transit_days) - made.facts.today).days) + later


def _lot(
    made: _Making, number: str, thawed_on: date | None, *, on_hold: bool, released: bool, decided: date | None
) -> str:
    """The code in the problem of doses of this lot. released: the planner supposes it."""
    lot, today = made.facts.lots.get(number), made.facts.today
    found = usable_until(
        lot.now if lot else None, thawed_on, today=today, thaw_days=made.rules.thaw_days, decided_until=decided
    )
    until = found.expires_on
    state = lot.now.state if lot else ""
    stopped = on_hold or state in (LotState.ON_HOLD, LotState.RECALLED, LotState.DESTROYED)
    free = (released and not stopped) or state == LotState.RELEASED
    last = made.horizon if until is None else _last_day(made, lot, (until - today).days)
    code = f"{number}|{until or ''}{'|hold' if on_hold else ''}"
    made.meaning[code] = PlannedLot(number=number, until=until)
    made.lots[code] = Lot(
        code=code,
        product=lot.now.product if lot else "",
        last_day=last,
        released=free,
        held=stopped,
        earmark=_earmark(made, lot),
    )
    return code


def _last_day(made: _Making, lot: PlanLot | None, days: int) -> int:
    """Counted as if it were thawed today: nobody knows what the store that gets it keeps it in. Within the horizon of
    an ordinary plan, which is shorter than the days after thawing, that changes nothing."""
    limit = made.rules.thaw_days.get(lot.now.product) if lot else None
    return days if limit is None else min(days, limit)


def _earmark(made: _Making, lot: PlanLot | None) -> frozenset[str]:
    """Stores of the recipient it is marked for. One marked for a group of people may go anywhere: the group lives
    everywhere, and who gets a dose of it is for the sites to keep."""
    if lot is None or not lot.earmark:
        return frozenset()
    return frozenset(store.code for store in made.facts.places if store.recipient == lot.earmark)


def _promises(made: _Making) -> tuple[int, int]:
    """Sets promised doses aside where they are, the store above first, and lets them come. Found, not found."""
    stores = {store.code: store for store in made.facts.places}
    aside = unfound = 0
    for promise in made.facts.promised:
        store = stores.get(promise.store) or stores.get(promise.place)
        if store is None:
            continue
        if promise.store not in stores and (not made.facts.inside or store.code in made.hubs):
            aside += _kept(made, store, promise)
            continue
        wanted = promise.doses
        due = promise.expected_on or made.facts.today
        overdue = (made.facts.today - due).days > made.rules.allocation_days
        day = max(1, (due - made.facts.today).days)
        if made.facts.inside and store.code in made.hubs:
            # From outside the province: nothing inside is set aside for it.
            if promise.lot and not overdue:
                code = _lot(made, promise.lot, None, on_hold=False, released=False, decided=None)
                made.doses[store.code, code, day, False] += wanted
                aside += wanted
            else:
                unfound += wanted
            continue
        for key in list(_sources(made, store, promise)):
            taken = min(made.doses[key], wanted)
            made.doses[key] -= taken
            wanted -= taken
            aside += taken
            if taken and not overdue:
                made.doses[store.code, key[1], day, True] += taken
        unfound += wanted
    return aside, unfound


def _kept(made: _Making, store: PlanStore, promise: Promised) -> int:
    """What a store has for somebody below it stays there, and is used there. Doses found."""
    left = promise.doses
    own = [key for key in made.doses if key[0] == store.code and key[2] == 0 and not key[3]]
    for key in sorted((key for key in own if _is_of(made, key, promise)), key=_place(made, store)):
        taken = min(max(made.doses[key], 0), left)
        made.doses[key] -= taken
        made.doses[store.code, key[1], 0, True] += taken
        left -= taken
    return promise.doses - left


def _sources(made: _Making, store: PlanStore, promise: Promised) -> Iterator[_Key]:
    """Heaps of today in the hubs, in the order of campaign/plan_set_aside.py."""
    found = [
        key
        for key, doses in made.doses.items()
        if key[0] in made.hubs and key[2] == 0 and doses > 0 and key[0] != store.code
        if _is_of(made, key, promise)
    ]
    yield from sorted(found, key=_place(made, store))


def _is_of(made: _Making, key: _Key, promise: Promised) -> bool:
    own = made.meaning[key[1]].number
    return made.lots[key[1]].product == promise.product and promise.lot in ("", own)


def _place(made: _Making, store: PlanStore) -> Callable[[_Key], Place]:
    def place(key: _Key) -> Place:
        lot, meaning = made.lots[key[1]], made.meaning[key[1]]
        free = lot.released and not lot.held
        return order(released=free, parent=key[0] == store.parent, until=meaning.until, store=key[0], lot=key[1])

    return place
