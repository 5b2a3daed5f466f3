"""Plans by plain rules, to compare ours with: greedy first expired first out, and the Ministry's rule of 2021.

Both keep every rule of the checker. They look one step ahead, as a planner with a table does: from a store straight to
another, on the first departure. Source: issue 7 ("Build" 2); design, DOMAIN 4 (letters of 2 and 10 August 2021: those
who use a low share of what they have lose doses to faster ones)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum

from campaign.plan_problem import Lane, Lot, Move, Need, Problem


class Way(StrEnum):
    """Policies that a plan can be made by."""

    OURS = "ours"
    MINISTRY = "ministry"
    FEFO = "fefo"


# The Ministry's rule: the slowest so many in a hundred give, and as many of the fastest receive.
SHARE = 33


class _Desk:
    """What may still be sent: stock of lots, limits of stores, litres of lanes and stores."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.products = {item.code: item for item in problem.products}
        self.stores = {item.code: item for item in problem.stores}
        self.lots = {item.code: item for item in problem.lots if item.released and not item.held}
        self.needs = {(need.store, need.product): need for need in problem.needs}
        self.stock: dict[tuple[str, str], int] = defaultdict(int)
        self.there: dict[tuple[str, str], int] = defaultdict(int)
        self.coming: dict[tuple[str, str], int] = defaultdict(int)
        self.carried: dict[str, float] = defaultdict(float)
        self.room = {
            (store.code, key): litres for store in problem.stores for key, litres in (store.room or {}).items()
        }
        all_lots = {item.code: item for item in problem.lots}
        for heap in problem.heaps:
            lot = all_lots[heap.lot]
            product = self.products[lot.product]
            if heap.day:
                key = (heap.store, product.storage)
                self.room[key] = self.room.get(key, 0.0) - heap.doses * product.litres
            elif lot.code in self.lots and self.until(lot) > 0:
                self.stock[heap.store, lot.code] += 0 if heap.bound else heap.doses
                if not lot.earmark or heap.store in lot.earmark:
                    self.there[heap.store, lot.product] += heap.doses
        self.spare = {key: self._spare(key, doses) for key, doses in self.there.items()}
        self.moves: list[Move] = []

    def until(self, lot: Lot) -> int:
        return self.problem.usable_until(lot.last_day)

    def _spare(self, key: tuple[str, str], doses: int) -> float:
        need = self.needs.get(key)
        if need is None or self.stores[key[0]].hub:
            return doses
        return doses - max(need.minimum, self.problem.policy.reserve * sum(need.second))

    def counted(self, lane: Lane) -> bool:
        ages = (self.stores[lane.giver].counted, self.stores[lane.taker].counted)
        return all(age is not None and age <= self.problem.policy.count_days for age in ages)

    def serves(self, lot: Lot, lane: Lane) -> int | None:
        """The first cycle that the lot serves over this lane; None: a rule forbids it."""
        problem = self.problem
        first, until = problem.usable_from(lane.days), self.until(lot)
        fresh = until == problem.spans or problem.cycles[first] + problem.policy.use_days <= problem.cycles[until]
        marked = not lot.earmark or lane.taker in lot.earmark
        kept = self.products[lot.product].storage in lane.storage
        return first if first < until and fresh and marked and kept and self.counted(lane) else None

    def send(self, lot: Lot, lane: Lane, wanted: float) -> int:
        """As many whole units as are wanted and allowed. Returns doses."""
        product = self.products[lot.product]
        store = self.stores[lane.giver]
        own = not store.hub and (not lot.earmark or lane.giver in lot.earmark)
        key = (lane.taker, product.storage)
        bounds = [wanted, float(self.stock[lane.giver, lot.code])]
        if own:
            bounds.append(self.spare.get((lane.giver, lot.product), 0.0))
        if product.litres > 0:
            bounds.append((lane.litres - self.carried[lane.code]) / product.litres)
            bounds.append(self.room.get(key, 0.0) / product.litres)
        doses = int(max(0.0, min(bounds))) // product.unit_doses * product.unit_doses
        if doses:
            self.stock[lane.giver, lot.code] -= doses
            if own:
                self.spare[lane.giver, lot.product] -= doses
            self.carried[lane.code] += doses * product.litres
            self.room[key] = self.room.get(key, 0.0) - doses * product.litres
            self.coming[lane.taker, lot.product] += doses
            self.moves.append(
                Move(
                    lot=lot.code,
                    product=lot.product,
                    lane=lane.code,
                    giver=lane.giver,
                    taker=lane.taker,
                    doses=doses,
                    ship_day=0,
                    arrive_day=lane.days,
                )
            )
        return doses

    def could_use(self, need: Need | None, first: int, until: int) -> float:
        """Doses that the store can still give in these cycles beyond what it has and what comes."""
        if need is None:
            return 0.0
        key = (need.store, need.product)
        return sum(need.pace[first:until]) - max(0.0, self.there[key] - sum(need.pace[:first])) - self.coming[key]


def fefo(problem: Problem) -> list[Move]:
    """The lots that end first: what their store cannot use goes the cheapest way to those who can."""
    desk = _Desk(problem)
    lanes = _by_giver(problem.lanes)
    for lot in sorted(desk.lots.values(), key=lambda lot: (lot.last_day, lot.code)):
        until = desk.until(lot)
        if not 0 < until < problem.spans:
            continue
        for store in sorted(code for code, of_lot in desk.stock if of_lot == lot.code):
            need = desk.needs.get((store, lot.product))
            over = desk.stock[store, lot.code] - (sum(need.pace[:until]) if need else 0)
            for lane in lanes.get(store, ()):
                first = desk.serves(lot, lane)
                if over <= 0 or first is None:
                    continue
                can = desk.could_use(desk.needs.get((lane.taker, lot.product)), first, until)
                over -= desk.send(lot, lane, min(over, can))
    return desk.moves


def ministry(problem: Problem) -> list[Move]:
    """By product: stores that need longest for what they have give, those that need least receive."""
    desk = _Desk(problem)
    lanes = _by_giver(problem.lanes)
    for product in problem.products:
        speed = sorted(_speeds(desk, product.code))
        few = max(1, len(speed) * SHARE // 100)
        slow, fast = [code for _, code in speed[:few]], {code for _, code in speed[len(speed) - few :]}
        lots = sorted(
            (lot for lot in desk.lots.values() if lot.product == product.code),
            key=lambda lot: (lot.last_day, lot.code),
        )
        for store in slow:
            if store not in fast:
                _hand_over(desk, store, [lane for lane in lanes.get(store, ()) if lane.taker in fast], lots)
    return desk.moves


def _speeds(desk: _Desk, product: str) -> Iterator[tuple[float, str]]:
    """Share of the stock that is used in the horizon."""
    for (store, of_product), doses in desk.there.items():
        need = desk.needs.get((store, product))
        if of_product == product and need is not None and doses > 0:
            yield sum(need.pace) / doses, store


def _hand_over(desk: _Desk, store: str, lanes: Iterable[Lane], lots: Iterable[Lot]) -> None:
    ways = list(lanes)
    for lot in lots:
        for lane in ways:
            first = desk.serves(lot, lane)
            if first is not None and desk.stock[store, lot.code]:
                need = desk.needs.get((lane.taker, lot.product))
                desk.send(lot, lane, desk.could_use(need, first, desk.until(lot)))


def _by_giver(lanes: Iterable[Lane]) -> dict[str, list[Lane]]:
    """The cheapest first."""
    found: dict[str, list[Lane]] = defaultdict(list)
    for lane in sorted(lanes, key=lambda lane: (lane.cost, lane.code)):
        found[lane.giver].append(lane)
    return found
