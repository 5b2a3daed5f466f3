"""Problems of a country down to its districts, made from a seed: provinces pass doses on, districts give them."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import dataclass, replace

from bench.plan import DEEP, FREEZER, FRIDGE, Size, national
from campaign.plan_problem import Heap, Lane, Level, Need, Problem, Store

# A district sends to so many others of its province, the nearest.
NEAREST = 4
# Of what a province holds of a lot, the share that lies in its own store; the rest lies in one or two districts.
IN_STORE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class _District:
    """share: of the people of its province."""

    code: str
    province: str
    share: float
    place: tuple[float, float]


def country(size: Size, seed: int, *, districts: int = 705) -> tuple[Problem, dict[str, str], dict[str, str]]:
    """The problem of `national`, each province of it split into districts by people: 705 in 63 provinces have 11 each
    and some 12; the province of each district; and the region of each province, and of its own hub. What a province
    holds lies partly in its own store, a hub, and partly in districts."""
    whole = national(size, seed)
    dice = random.Random(seed + 1)  # noqa: S311  # nosec B311  # a made problem, no secret
    provinces = [store for store in whole.stores if store.level is Level.PROVINCE]
    made = _districts([store.code for store in provinces], districts, dice)
    of_province: dict[str, list[_District]] = defaultdict(list)
    for district in made:
        of_province[district.province].append(district)
    stores = {store.code: store for store in provinces}
    problem = replace(
        whole,
        stores=(
            *(store for store in whole.stores if store.hub),
            *(replace(store, target=0, hub=True, counted=1) for store in provinces),
            *(_store(stores[district.province], district, dice) for district in made),
        ),
        heaps=tuple(_heaps(whole, of_province, dice)),
        needs=tuple(_needs(whole, of_province, dice)),
        lanes=(*whole.lanes, *_lanes(size, stores, of_province)),
    )
    regional = {store.code for store in whole.stores if store.level is Level.REGIONAL}
    region_of = {lane.giver: lane.taker for lane in whole.lanes if lane.giver in stores and lane.taker in regional}
    region_of |= {code: code for code in regional}
    return problem, {district.code: district.province for district in made}, region_of


def _districts(provinces: list[str], count: int, dice: random.Random) -> list[_District]:
    found: list[_District] = []
    for at, province in enumerate(provinces):
        here = count // len(provinces) + (at < count % len(provinces))
        people = [dice.lognormvariate(0, 0.5) for _ in range(here)]
        found.extend(
            _District(
                code=f"{province}D{number:02}",
                province=province,
                share=people[number] / sum(people),
                place=(dice.uniform(0, 1), dice.uniform(0, 1)),
            )
            for number in range(here)
        )
    return found


def _store(province: Store, district: _District, dice: random.Random) -> Store:
    room = {key: litres * district.share for key, litres in (province.room or {}).items()}
    return Store(
        code=district.code,
        level=Level.DISTRICT,
        room=room,
        counted=dice.choice((1, 2, 3, 4, 5, 6, 7, 7, 7, 8)),
        target=int(province.target * district.share),
    )


def _heaps(whole: Problem, of_province: dict[str, list[_District]], dice: random.Random) -> list[Heap]:
    found: list[Heap] = []
    for heap in whole.heaps:
        near = of_province.get(heap.store)
        if not near:
            found.append(heap)
            continue
        kept = int(heap.doses * IN_STORE)
        holders = dice.sample(near, min(len(near), dice.randint(1, 2)))
        parts = [(heap.doses - kept) // len(holders)] * len(holders)
        parts[0] += heap.doses - kept - sum(parts)
        found.append(replace(heap, doses=kept))
        found.extend(
            replace(heap, store=holder.code, doses=doses) for holder, doses in zip(holders, parts, strict=True)
        )
    return [heap for heap in found if heap.doses]


def _needs(whole: Problem, of_province: dict[str, list[_District]], dice: random.Random) -> list[Need]:
    found: list[Need] = []
    for need in whole.needs:
        for district in of_province[need.store]:
            part = district.share * dice.uniform(0.5, 1.5)
            found.append(
                Need(
                    store=district.code,
                    product=need.product,
                    pace=tuple(int(doses * part) for doses in need.pace),
                    second=tuple(int(doses * part) for doses in need.second),
                    minimum=int(need.minimum * part),
                )
            )
    return found


def _lanes(size: Size, stores: dict[str, Store], of_province: dict[str, list[_District]]) -> list[Lane]:
    found: list[Lane] = []
    for province, near in of_province.items():
        people = stores[province].target / (size.doses * 0.7)
        for one in near:
            others = sorted((other for other in near if other != one), key=lambda at: math.dist(one.place, at.place))
            ends = [(one.code, province, 0.3, one.share), (province, one.code, 0.3, one.share)]
            ends += [
                (one.code, other.code, math.dist(one.place, other.place), min(one.share, other.share))
                for other in others[:NEAREST]
            ]
            found.extend(
                Lane(
                    code=f"{giver}-{taker}",
                    giver=giver,
                    taker=taker,
                    days=1,
                    cost=round(0.2 + away * 0.6, 3),
                    litres=round(size.doses * 0.003 * people * share * 0.3, 1),
                    storage=frozenset((FRIDGE, FREEZER, DEEP)),
                )
                for giver, taker, away, share in ends
            )
    return found
