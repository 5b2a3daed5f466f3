"""Small problems of a plan, drawn from a seed: every rule has a chance to bind."""

from __future__ import annotations

import random

from campaign.plan_problem import Heap, Lane, Level, Lot, Need, Policy, Problem, Product, Store

STORAGES = ("refrigerator", "freezer")


def small_problem(seed: int, *, tiny: bool = False) -> Problem:
    """tiny: few enough moves to try them all."""
    dice = random.Random(seed)
    products = tuple(
        Product(
            code=f"V{at}",
            storage=dice.choice(STORAGES),
            unit_doses=dice.choice((5, 10, 20)),
            litres=dice.choice((1.0, 0.3)),
        )
        for at in range(1 if tiny else dice.randint(1, 3))
    )
    cycles = (0, 3, 7) if tiny else dice.choice(((0, 3, 7), (0, 3, 7, 10, 14), (0, 7, 14, 21)))
    days = 1 if tiny else dice.randint(3, cycles[-1])
    provinces = [f"P{at}" for at in range(2 if tiny else dice.randint(2, 5))]
    hubs = [f"H{at}" for at in range(1 if tiny else dice.randint(0, 2))]
    stores = tuple(
        Store(
            code=code,
            level=Level.PROVINCE if code in provinces else Level.REGIONAL,
            room={storage: dice.choice((0.0, 30.0, 90.0, 500.0, 500.0)) for storage in STORAGES},
            counted=dice.choice((0, 3, 7, 7, 7, 7, 7, 7, 8, None)) if not tiny else dice.choice((0, 7, 7, 8)),
            target=dice.choice((0, 50, 200)) if code in provinces else 0,
            hub=code in hubs,
        )
        for code in (*hubs, *provinces)
    )
    lots = tuple(
        Lot(
            code=f"L{at}",
            product=dice.choice(products).code,
            last_day=dice.choice((2, 6, 9, 12, 13, 30)),
            released=dice.random() > 0.1,
            held=dice.random() < 0.1,
            earmark=frozenset(dice.sample(provinces, 1)) if dice.random() < 0.15 else frozenset(),
        )
        for at in range(dice.randint(1, 2) if tiny else dice.randint(2, 8))
    )
    places = [(lot.code, code) for lot in lots for code in (*hubs, *provinces)]
    heaps = tuple(
        Heap(lot=lot, store=code, doses=dice.randint(1, 45 if tiny else 160), day=dice.choice((0, 0, 0, 0, 4)))
        for lot, code in dice.sample(places, min(len(places), dice.randint(1, 3) if tiny else dice.randint(6, 18)))
    )
    needs = tuple(
        _need(dice, code, product.code, len(cycles) - 1)
        for code in provinces
        for product in products
        if dice.random() < 0.85
    )
    ends = [(one, other) for one in (*hubs, *provinces) for other in (*hubs, *provinces) if one != other]
    chosen = dice.sample(ends, min(len(ends), 3 if tiny else dice.randint(5, 14)))
    lanes = tuple(
        Lane(
            code=f"{giver}-{taker}",
            giver=giver,
            taker=taker,
            days=dice.randint(0, 4),
            cost=dice.choice((0.1, 0.25, 1.0)),
            litres=dice.choice((10.0, 40.0, 400.0, 400.0)),
            storage=frozenset(dice.sample(STORAGES, dice.choice((1, 2, 2)))),
        )
        for giver, taker in chosen
    )
    policy = Policy(reserve=dice.choice((0.0, 0.0, 0.5, 1.0)), use_days=dice.choice((1, 3, 4)))
    return Problem(
        products=products,
        stores=stores,
        lots=lots,
        heaps=heaps,
        needs=needs,
        lanes=lanes,
        cycles=cycles,
        days=days,
        policy=policy,
    )


def _need(dice: random.Random, store: str, product: str, spans: int) -> Need:
    pace = tuple(dice.choice((0, 7, 20, 60)) for _ in range(spans))
    return Need(
        store=store,
        product=product,
        pace=pace,
        second=tuple(dice.randint(0, most) for most in pace),
        minimum=dice.choice((0, 0, 0, 10, 40)),
    )
