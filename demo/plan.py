"""The campaign as whole numbers: how many sampled people of each province get which dose on which day.

Counted by residence. Everything later only chooses who they are, where they go and what was written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.calendar import DAYS, day_of
from demo.curves import Curves, national_curves
from demo.reference import ABDALA, PRODUCTS, REGIONS, Reference
from demo.spread import Pace, by_province, solve_pace
from demo.streams import Floats, Ints, spread_capped, spread_evenly, stream

SHARES_DAY = date(2021, 11, 17)  # of data/reference/regional_shares.csv
TEENS_OF_MINORS = 0.3356  # 12-17 among 0-17, as in demo_age_structure.csv
KEPT = 0.975  # of people who come for their second dose at all; demo assumption
KEPT_ABDALA = 0.98
TEEN_GAP, ABDALA_GAP, ABDALA_FURTHER_GAP = 25, 16, 17  # days planned between doses, never below the rule
BOOSTER_WANTED_GAP, BOOSTER_LEAST_GAP = 92, 28  # days after the series: booster (3 months) and additional dose
# How wide a province's S is in its region (logit units): the highlands started late and caught up fast.
FIRST_WIDTH = {"north": 1.0, "central": 0.95, "highlands": 0.9, "south": 1.0}
SECOND_WIDTH = {"north": 1.0, "central": 0.8, "highlands": 0.5, "south": 1.05}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Sampled people by province: one in N of est_2021, and the adults registered beyond that estimate."""

    adults: Ints
    teens: Ints
    children: Ints

    @property
    def people(self) -> Ints:
        return self.adults + self.teens + self.children


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sampled doses by province of residence and day. `second` is by product of the first dose.

    A province gives first doses to adults with one product a day (`first_product`), which rotates so that the mix
    holds; the teens get Comirnaty."""

    sample: Sample
    first: Ints  # province x day
    first_product: Ints  # province x day
    second: Ints  # province x product x day
    abdala_third: Ints  # province x day
    teen_first: Ints
    teen_second: Ints
    booster: Ints


def sample_people(reference: Reference, *, one_in: int) -> Sample:
    """People of each province by largest remainder, so that the nation and its 18+ are both exact."""
    areas = reference.areas
    people = spread_evenly(round(int(areas.people.sum()) / one_in), areas.people.astype(np.float64))
    adults = spread_evenly(round(int(areas.adults.sum()) / one_in), areas.adults.astype(np.float64))
    minors = np.maximum(people - adults, 0)
    teens = np.round(minors * TEENS_OF_MINORS).astype(np.int64)
    beyond = np.round(areas.adults * reference.beyond_estimate / one_in).astype(np.int64)
    return Sample(adults=adults + beyond, teens=teens, children=minors - teens)


def make_plan(reference: Reference, *, one_in: int, seed: int) -> Plan:
    """The whole campaign to the last day of the demonstration. Same arguments, same plan."""
    sample = sample_people(reference, one_in=one_in)
    curves = national_curves(reference, one_in=one_in)
    generator = stream(seed, "pace")
    lead = generator.normal(0.0, 0.35, len(sample.adults))
    for province, value in reference.lead.items():
        lead[province] = value
    second_lead = 0.7 * lead + generator.normal(0.0, 0.2, len(lead))
    first_wanted = _wanted(reference, sample, lead, FIRST_WIDTH, "dose1", curves.first_adult)
    first = _whole(first_wanted, np.diff(curves.first_adult, prepend=0), sample.adults)
    product = _rotate(first, reference.mix[:, reference.areas.province_region])
    teens = sample.teens.astype(np.float64)
    teen_pace = Pace(middle=-0.6 * lead, width=np.full(len(lead), 0.8))
    teen_first = _whole(
        by_province(teen_pace, teens, np.minimum(curves.first_teen, teens.sum() - 0.5)),
        np.diff(curves.first_teen, prepend=0),
        sample.teens,
    )
    teen_second = _kept(teen_first, TEEN_GAP, KEPT)
    abdala_first = np.where(product == ABDALA, first, 0)
    abdala_second = _kept(abdala_first, ABDALA_GAP, KEPT_ABDALA)
    abdala_third = _kept(abdala_second, ABDALA_FURTHER_GAP, KEPT_ABDALA)
    elsewhere = (teen_second + abdala_second + abdala_third).sum(axis=0).cumsum()
    seconds = np.maximum.accumulate(np.maximum(curves.further_primary - elsewhere, 0))
    wanted = _wanted(reference, sample, second_lead, SECOND_WIDTH, "dose2", seconds)
    second = _seconds(reference, first, product, wanted, seconds)
    second[:, ABDALA] = abdala_second
    full = second.sum(axis=1) - abdala_second + abdala_third
    return Plan(
        sample=sample,
        first=first,
        first_product=product,
        second=second,
        abdala_third=abdala_third,
        teen_first=teen_first,
        teen_second=teen_second,
        booster=_boosters(full, curves),
    )


def _wanted(
    reference: Reference, sample: Sample, lead: Floats, widths: dict[str, float], dose: str, totals: Ints
) -> Floats:
    """Province x day: the cumulative share-out that the regions' published shares ask for."""
    region = reference.areas.province_region
    estimate = sample.adults / (1.0 + reference.beyond_estimate)
    region_people = np.bincount(region, weights=estimate, minlength=len(REGIONS)).astype(np.float64)
    people = sample.adults.astype(np.float64)
    pace = solve_pace(
        people=people,
        region=region,
        lead=lead,
        width=np.array([widths[REGIONS[index]] for index in region]),
        region_people=region_people,
        shares=reference.regional_shares[dose],
        total=float(totals[day_of(SHARES_DAY)]),
    )
    return by_province(pace, people, np.minimum(totals, people.sum() - 0.5).astype(np.float64))


def _whole(wanted: Floats, national: Ints, caps: Ints) -> Ints:
    """Daily whole numbers that follow `wanted` (cumulative) and add up to `national` on every day."""
    given = np.zeros(len(caps), dtype=np.int64)
    days = np.zeros(wanted.shape, dtype=np.int64)
    for day in range(DAYS):
        today = min(int(national[day]), int((caps - given).sum()))
        days[:, day] = spread_capped(today, np.maximum(wanted[:, day] - given, 0.0), caps - given)
        given += days[:, day]
    return days


def _rotate(first: Ints, mix: Floats) -> Ints:
    """Province x day: the product that is furthest behind its share of the mix so far."""
    provinces = np.arange(len(first))
    due = np.zeros((len(first), len(PRODUCTS)))
    chosen = np.zeros(first.shape, dtype=np.int64)
    for day in range(DAYS):
        due += mix[day] * first[:, day, None]
        allowed = np.where(mix[day] > 0, due, -np.inf)
        chosen[:, day] = allowed.argmax(axis=1)
        due[provinces, chosen[:, day]] -= first[:, day]
    return chosen


def _kept(days: Ints, gap: int, share: float) -> Ints:
    """The same people `gap` days later, less those who never come (every n-th in order, as `kept_positions` says)."""
    cumulative = np.floor(share * days.cumsum(axis=1) + 1e-9).astype(np.int64)
    nobody = np.zeros((len(cumulative), gap), dtype=np.int64)
    return np.diff(np.concatenate([nobody, cumulative], axis=1)[:, :DAYS], axis=1, prepend=0)


def kept_positions(count: int, share: float) -> Ints:
    """Positions 0..count-1 of the people who come again: floor(share x n) of the first n for every n."""
    cumulative = np.floor(share * np.arange(count + 1) + 1e-9)
    return np.flatnonzero(np.diff(cumulative) > 0)


def _seconds(reference: Reference, first: Ints, product: Ints, wanted: Floats, totals: Ints) -> Ints:
    """Second doses by province, product of the first and day: only people whose interval has passed."""
    provinces = len(first)
    by_product = np.zeros((provinces, len(PRODUCTS), DAYS), dtype=np.int64)
    by_product[np.arange(provinces)[:, None], product, np.arange(DAYS)[None, :]] = first
    by_product[:, ABDALA] = 0
    ready = np.floor(KEPT * by_product.cumsum(axis=2) + 1e-9).astype(np.int64)
    given = np.zeros((provinces, len(PRODUCTS)), dtype=np.int64)
    days = np.zeros(by_product.shape, dtype=np.int64)
    for day in range(DAYS):
        since = day - reference.intervals.same[:, day]
        latest = np.take_along_axis(ready, np.maximum(since, 0)[None, :, None], axis=2)[:, :, 0]
        waiting = np.where(since >= 0, latest, 0) - given
        today = min(int(totals[day]) - int(given.sum()), int(waiting.sum()))
        if today <= 0:
            continue
        behind = np.maximum(wanted[:, day] - given.sum(axis=1), 1e-9)
        weights = waiting * (behind / np.maximum(waiting.sum(axis=1), 1))[:, None]
        days[:, :, day] = spread_capped(today, weights.ravel(), waiting.ravel()).reshape(given.shape)
        given += days[:, :, day]
    return days


def _boosters(full: Ints, curves: Curves) -> Ints:
    """Third doses by province and day, oldest series first; never within the interval of an additional dose."""
    cumulative = full.cumsum(axis=1)
    given = np.zeros(len(full), dtype=np.int64)
    days = np.zeros(full.shape, dtype=np.int64)
    for day in range(BOOSTER_WANTED_GAP, DAYS):
        room = cumulative[:, day - BOOSTER_LEAST_GAP] - given
        today = min(int(curves.third[day]) - int(given.sum()), int(room.sum()))
        if today > 0:
            wanted = np.maximum(cumulative[:, day - BOOSTER_WANTED_GAP] - given, 1e-9)
            days[:, day] = spread_capped(today, wanted, room)
            given += days[:, day]
    return days
