"""Problems of a stated size, made from a seed: what the planner is measured and tested with."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from campaign.plan_problem import Heap, Lane, Level, Lot, Need, Policy, Problem, Product, Store

FRIDGE, FREEZER, DEEP = "refrigerator", "freezer", "ultra_cold"
# storage, doses of a tray, of a vial, litres of a dose: in the order of size of the real products.
SHAPES = (
    (FRIDGE, 100, 10, 0.0021),
    (DEEP, 1170, 6, 0.0018),
    (FREEZER, 100, 10, 0.0023),
    (FRIDGE, 30, 1, 0.0130),
    (FRIDGE, 30, 1, 0.0130),
    (FREEZER, 50, 5, 0.0030),
    (FRIDGE, 100, 10, 0.0025),
    (FRIDGE, 50, 5, 0.0021),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """trays: only whole trays travel, else whole trays and of the last one whole vials. tray_gap: as Policy. cycles:
    first days of the planning cycles and the end."""

    provinces: int = 63
    regions: int = 4
    products: int = 8
    lots: int = 200
    days: int = 14
    nearest: int = 8
    cycles: tuple[int, ...] = (0, 3, 7, 10, 14, 21, 28)
    doses: int = 12_000_000
    trays: bool = False
    tray_gap: float | None = None


def national(size: Size, seed: int) -> Problem:
    """Provinces on a long narrow country, uneven in people and pace; stock that does not lie where it is used."""
    dice = random.Random(seed)  # noqa: S311  # nosec B311  # a made problem, no secret
    provinces = [f"P{at:02}" for at in range(size.provinces)]
    regions = [f"R{at}" for at in range(size.regions)]
    place = {code: (dice.uniform(0, 3), at * 16 / max(1, size.provinces)) for at, code in enumerate(provinces)}
    place |= {code: (1.5, (at + 0.5) * 16 / size.regions) for at, code in enumerate(regions)}
    place["N"] = (1.5, 14.0)
    people = {code: dice.lognormvariate(0, 0.8) for code in provinces}
    all_people = sum(people.values())
    fast = {code: dice.choice((0.3, 0.6, 1.0, 1.4)) for code in provinces}
    products = tuple(
        Product(
            code=f"V{at}",
            storage=storage,
            unit_doses=tray if size.trays else vial,
            litres=litres,
            tray_doses=0 if size.trays else tray,
        )
        for at, (storage, tray, vial, litres) in enumerate(SHAPES[: size.products])
    )
    lots = tuple(
        Lot(
            code=f"L{at:03}",
            product=products[at % len(products)].code,
            last_day=dice.choice((dice.randint(4, 30), dice.randint(10, 60), dice.randint(30, 180))),
            released=dice.random() > 0.05,
            held=dice.random() < 0.03,
        )
        for at in range(size.lots)
    )
    heaps = [Heap(lot=lot.code, store="N", doses=size.doses // size.lots // 20) for lot in lots[::5]]
    for lot in lots:
        held_by = dice.sample(provinces, dice.randint(1, len(provinces)))
        share = sum(people[code] for code in held_by)
        heaps.extend(
            Heap(lot=lot.code, store=code, doses=max(1, int(size.doses / size.lots * people[code] / share)))
            for code in held_by
        )
    needs = _needs(size, products, provinces, {code: people[code] / all_people for code in provinces}, fast, dice)
    return Problem(
        products=products,
        stores=(
            *(_store(code, Level.NATIONAL, size.doses / 5, 0, dice) for code in ("N",)),
            *(_store(code, Level.REGIONAL, size.doses / 20, 0, dice) for code in regions),
            *(
                _store(
                    code,
                    Level.PROVINCE,
                    size.doses * people[code] / all_people * 0.6,
                    int(size.doses * 0.7 * people[code] / all_people),
                    dice,
                )
                for code in provinces
            ),
        ),
        lots=lots,
        heaps=tuple(heaps),
        needs=needs,
        lanes=_lanes(size, place, provinces, regions, all_people, people),
        cycles=size.cycles,
        days=size.days,
        policy=Policy(reserve=0.5, tray_gap=size.tray_gap),
    )


def _store(code: str, level: Level, doses: float, target: int, dice: random.Random) -> Store:
    counted = 0 if level is not Level.PROVINCE else dice.choice((1, 2, 3, 4, 5, 6, 7, 7, 7, 8))
    room = {FRIDGE: doses * 0.004, FREEZER: doses * 0.0006, DEEP: doses * 0.0004}
    return Store(code=code, level=level, room=room, counted=counted, target=target, hub=level is not Level.PROVINCE)


def _needs(
    size: Size,
    products: tuple[Product, ...],
    provinces: list[str],
    share: dict[str, float],
    fast: dict[str, float],
    dice: random.Random,
) -> tuple[Need, ...]:
    spans = list(zip(size.cycles, size.cycles[1:], strict=False))
    needs: list[Need] = []
    draws = {product.code: dice.uniform(0.3, 2.0) for product in products}
    part = {code: draw / sum(draws.values()) for code, draw in draws.items()}
    for code in provinces:
        for product in products:
            a_day = size.doses / 24 * part[product.code] * share[code] * fast[code] * dice.uniform(0.2, 1.8)
            pace = tuple(int(a_day * (end - start)) for start, end in spans)
            second = tuple(int(doses * dice.uniform(0.1, 0.6)) for doses in pace)
            needs.append(
                Need(
                    store=code, product=product.code, pace=pace, second=second, minimum=int(a_day * dice.choice((2, 5)))
                )
            )
    return tuple(needs)


def _lanes(
    size: Size,
    place: dict[str, tuple[float, float]],
    provinces: list[str],
    regions: list[str],
    all_people: float,
    people: dict[str, float],
) -> tuple[Lane, ...]:
    pairs: list[tuple[str, str]] = []
    for code in provinces:
        others = sorted(
            (other for other in provinces if other != code), key=lambda at: math.dist(place[code], place[at])
        )
        region = min(regions, key=lambda at: math.dist(place[code], place[at]))
        pairs.extend((code, other) for other in others[: size.nearest])
        pairs.extend(((code, region), (region, code), ("N", code)))
    pairs.extend((one, other) for one in (*regions, "N") for other in (*regions, "N") if one != other)
    lanes: list[Lane] = []
    for giver, taker in pairs:
        away = math.dist(place[giver], place[taker])
        size_of = min(people.get(giver, all_people / 10), people.get(taker, all_people / 10)) / all_people
        lanes.append(
            Lane(
                code=f"{giver}-{taker}",
                giver=giver,
                taker=taker,
                days=1 + int(away / 4),
                cost=round(0.4 + away * 1.1, 3),
                litres=round(size.doses * 0.003 * size_of * 0.2, 1),
                storage=frozenset((FRIDGE, FREEZER, DEEP)),
            )
        )
    return tuple(lanes)
