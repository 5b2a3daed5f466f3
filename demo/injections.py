"""Which person of a province gets which dose on which day: the plan's whole numbers turned into people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.calendar import DAYS
from demo.people import People
from demo.plan import BOOSTER_LEAST_GAP, KEPT, KEPT_ABDALA, Plan, kept_positions
from demo.reference import ABDALA, COMIRNATY, PRODUCTS, Intervals
from demo.streams import Flags, Ints, stream

ABDALA_AGES = (20, 64)  # label 19-65 at injection; one year inside, since an age here is that of 1 November 2021
# Share of second doses given with another product where the rules allow it; demo assumptions.
MIXED_SHARE = {
    ("astrazeneca", "comirnaty"): 0.08,
    ("spikevax", "comirnaty"): 0.06,
    ("vero_cell", "hayat_vax"): 0.01,
    ("astrazeneca", "spikevax"): 0.03,
}
BOOSTER_MIX = {"comirnaty": 0.45, "astrazeneca": 0.30, "spikevax": 0.17, "vero_cell": 0.08}
TOO_EARLY_SHARE = 0.0004  # second doses recorded before the interval was over: dirt, not a step of the series
SWAP_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Injections:
    """One entry a dose, in no order that means anything. `person` is a position in People; `step` counts from 1.

    All int32 once joined: for everyone of a large province this is what decides about memory."""

    person: Ints
    day: Ints
    product: Ints
    step: Ints


def inject(plan: Plan, people: People, intervals: Intervals, *, province: int, seed: int, dirt: bool) -> Injections:
    """All doses of the people who live in `province`, to the last day of the demonstration."""
    generator = stream(seed, "injections", province)
    first = _adult_first(plan, people, province)
    doses, full = [first], []
    for product in range(len(PRODUCTS)):
        cohort = _take(first, np.flatnonzero(first.product == product))
        share = KEPT_ABDALA if product == ABDALA else KEPT
        second = _next(generator, cohort, plan.second[province, product], share, intervals)
        second = _mix(generator, cohort, second, intervals)
        if product == ABDALA:
            third = _next(generator, second, plan.abdala_third[province], KEPT_ABDALA, intervals)
            doses += [second, third]
            full.append(third)
        else:
            doses.append(_too_early(generator, cohort, second) if dirt else second)
            full.append(second)
    teens = _teens(generator, plan, people, intervals, province)
    doses += [_boosters(generator, _join(full), plan.booster[province]), *teens]
    return _join(doses)


def _adult_first(plan: Plan, people: People, province: int) -> Injections:
    days = np.repeat(np.arange(DAYS), plan.first[province])
    person = np.argsort(people.queue[: people.adults], kind="stable")[: len(days)]
    product = plan.first_product[province, days]
    _keep_abdala_ages(person, product, people.age)
    return Injections(person=person, day=days, product=product, step=np.ones(len(days), dtype=np.int64))


def _keep_abdala_ages(person: Ints, product: Ints, age: Ints) -> None:
    """Where Abdala met someone too young or too old, change places with the next suitable person (in place)."""
    suits = (age[person] >= ABDALA_AGES[0]) & (age[person] <= ABDALA_AGES[1])
    wrong = np.flatnonzero((product == ABDALA) & ~suits)
    others = np.flatnonzero((product != ABDALA) & suits)
    place = np.arange(len(wrong))
    near = np.maximum.accumulate(np.searchsorted(others, wrong) - place) + place
    near = np.minimum(near, len(others) - len(wrong) + place)
    swap = others[near]
    person[wrong], person[swap] = person[swap], person[wrong].copy()


def _next(
    generator: np.random.Generator, cohort: Injections, daily: Ints, share: float, intervals: Intervals
) -> Injections:
    """The next dose of a cohort (in order of day): first come, first served, then loosened by allowed swaps."""
    days = np.repeat(np.arange(DAYS), daily)
    person = kept_positions(len(cohort.person), share)[: len(days)]
    product = cohort.product[person]
    person = _loosen(generator, person, cohort.day, days, intervals.same[product, days])
    return Injections(
        person=cohort.person[person],
        day=days,
        product=product,
        step=cohort.step[person] + 1,
    )


def _loosen(
    generator: np.random.Generator,
    person: Ints,
    before: Ints,
    days: Ints,
    needed: Ints,
) -> Ints:
    """Swap people between earlier and later slots where the interval still holds, so that waits differ."""
    count = len(person)
    person = person.copy()
    for _ in range(SWAP_ROUNDS):
        reach = int(generator.integers(1, max(count // 25, 2)))
        early = np.flatnonzero(np.arange(count) // reach % 2 == 0)
        early = early[early + reach < count]
        late = early + reach
        fits = (days[early] - before[person[late]] >= needed[early]) & (
            days[late] - before[person[early]] >= needed[late]
        )
        early, late = early[fits], late[fits]
        person[early], person[late] = person[late], person[early].copy()
    return person


def _mix(generator: np.random.Generator, cohort: Injections, second: Injections, intervals: Intervals) -> Injections:
    """Give a share of second doses with another product, on days and at intervals where that counts."""
    product = second.product.copy()
    if not len(product):
        return second
    since = np.full(int(cohort.person.max()) + 1, 0)
    since[cohort.person] = cohort.day
    gap = second.day - since[second.person]
    draw = generator.random(len(product))
    for (from_name, to_name), share in MIXED_SHARE.items():
        old, new = PRODUCTS.index(from_name), PRODUCTS.index(to_name)
        allowed = (second.product == old) & (gap >= intervals.mixed[old, new, second.day])
        product[allowed & (draw < share)] = new
        draw = np.where(allowed, draw - share, draw)
        draw[draw < 0] = 1.0
    return Injections(person=second.person, day=second.day, product=product, step=second.step)


def _too_early(generator: np.random.Generator, cohort: Injections, second: Injections) -> Injections:
    since = np.zeros(int(cohort.person.max(initial=0)) + 1, dtype=np.int64)
    since[cohort.person] = cohort.day
    early = since[second.person] + generator.integers(3, 13, len(second.day))
    chosen = (generator.random(len(second.day)) < TOO_EARLY_SHARE) & (early < second.day)
    return Injections(
        person=second.person, day=np.where(chosen, early, second.day), product=second.product, step=second.step
    )


def _teens(
    generator: np.random.Generator, plan: Plan, people: People, intervals: Intervals, province: int
) -> list[Injections]:
    days = np.repeat(np.arange(DAYS), plan.teen_first[province])
    queue = people.queue[people.adults : people.adults + people.teens]
    person = people.adults + np.argsort(queue, kind="stable")[: len(days)]
    comirnaty = np.full(len(days), COMIRNATY)
    first = Injections(person=person, day=days, product=comirnaty, step=np.ones(len(days), dtype=np.int64))
    return [first, _next(generator, first, plan.teen_second[province], KEPT, intervals)]


def _boosters(generator: np.random.Generator, full: Injections, daily: Ints) -> Injections:
    days = np.repeat(np.arange(DAYS), daily)
    oldest = np.argsort(full.day, kind="stable")[: len(days)]
    days = days[: len(oldest)]
    oldest = _loosen(generator, oldest, full.day, days, np.full(len(days), BOOSTER_LEAST_GAP))
    names, weights = list(BOOSTER_MIX), np.array(list(BOOSTER_MIX.values()))
    codes = np.array([PRODUCTS.index(name) for name in names])
    product = codes[np.searchsorted(np.cumsum(weights)[:-1], generator.random(len(days)), side="right")]
    return Injections(person=full.person[oldest], day=days, product=product, step=full.step[oldest] + 1)


def _take(doses: Injections, chosen: Ints | Flags) -> Injections:
    return Injections(
        person=doses.person[chosen], day=doses.day[chosen], product=doses.product[chosen], step=doses.step[chosen]
    )


def _join(parts: list[Injections]) -> Injections:
    return Injections(
        person=np.concatenate([part.person.astype(np.int32) for part in parts]),
        day=np.concatenate([part.day.astype(np.int32) for part in parts]),
        product=np.concatenate([part.product.astype(np.int32) for part in parts]),
        step=np.concatenate([part.step.astype(np.int32) for part in parts]),
    )
