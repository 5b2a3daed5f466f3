"""The sampled people of one province: where they live and work, their age class, groups and place in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from demo.plan import Sample
from demo.posts import Sites
from demo.reference import REGIONS, Reference
from demo.streams import Floats, Ints, spread_evenly, stream
from warehouse.reference import read_csv

OUTBREAK_LEAD, OUTBREAK_SHARE = 1.5, 0.35  # see demo_groups.csv, group 10
HOSPITAL_SHARE = 0.02  # of health workers, vaccinated by a central hospital or institute
WORKER_BONUS = 0.5  # people who live beside a factory of another province were reached with it, early
ARMY, POLICE, HEALTH, STUDENTS, OVER_65 = 3, 4, 1, 8, 9
AT_HOME = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """The demonstration's own tables about people."""

    age_from: Ints
    age_to: Ints
    age_weight: Floats
    group_share: dict[int, float]
    group_earlier: dict[int, float]
    flows: tuple[tuple[int, int, float], ...]  # region, province, share of people of 18-49


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One entry a person of one province, adults first, then 12-17, then children.

    `work` is the place (district or post) where the person is vaccinated, AT_HOME for the district of the home.
    `queue`: the smaller, the earlier. `groups` has bit g set for priority group g."""

    adults: int
    teens: int
    home: Ints
    age: Ints
    groups: Ints
    queue: Floats
    work: Ints
    woman: Ints

    def __len__(self) -> int:
        return len(self.home)


def load_assumptions(folder: Path, reference: Reference) -> Assumptions:
    ages = list(read_csv(folder / "demo_age_structure.csv"))
    groups = list(read_csv(folder / "demo_groups.csv"))
    return Assumptions(
        age_from=np.array([int(row["age_from"]) for row in ages]),
        age_to=np.array([int(row["age_to"]) for row in ages]),
        age_weight=np.array([float(row["weight"]) for row in ages]),
        group_share={int(row["code"]): float(row["adult_share"]) for row in groups},
        group_earlier={int(row["code"]): float(row["earlier"]) for row in groups},
        flows=tuple(
            (REGIONS.index(row["from_region"]), reference.areas.province(row["to_province"]), float(row["share"]))
            for row in read_csv(folder / "demo_flows.csv")
        ),
    )


def make_people(
    reference: Reference, assumptions: Assumptions, sites: Sites, sample: Sample, *, province: int, seed: int
) -> People:
    """All sampled people who live in `province`."""
    generator = stream(seed, "people", province)
    adults, teens = int(sample.adults[province]), int(sample.teens[province])
    total = int(sample.people[province])
    age = np.concatenate(
        [
            _ages(generator, assumptions, adults, 18, 120),
            _ages(generator, assumptions, teens, 12, 17),
            _ages(generator, assumptions, total - adults - teens, 0, 11),
        ]
    )
    outbreak = reference.lead.get(province, 0.0) >= OUTBREAK_LEAD
    groups = _groups(generator, assumptions, age, outbreak=outbreak)
    queue = generator.random(total)
    for group, earlier in assumptions.group_earlier.items():
        if earlier:
            queue = np.minimum(queue, np.where(groups & (1 << group), queue - earlier, queue))
    queue[adults:] -= 0.15 * age[adults:]
    work = _work(generator, reference, assumptions, sites, age, groups, province)
    return People(
        adults=adults,
        teens=teens,
        home=_homes(generator, reference, total, province),
        age=age,
        groups=groups,
        queue=queue - WORKER_BONUS * ((work != AT_HOME) & (work < sites.districts)),
        work=work,
        woman=(generator.random(total) < 0.502).astype(np.int64),
    )


def _ages(generator: np.random.Generator, assumptions: Assumptions, count: int, youngest: int, oldest: int) -> Ints:
    inside = (assumptions.age_from >= youngest) & (assumptions.age_to <= oldest)
    band_from, band_to = assumptions.age_from[inside], assumptions.age_to[inside]
    edges = np.cumsum(assumptions.age_weight[inside])
    band = np.searchsorted(edges[:-1] / edges[-1], generator.random(count), side="right")
    years = (band_to - band_from + 1)[band]
    return band_from[band] + np.floor(generator.random(count) * years).astype(np.int64)


def _groups(generator: np.random.Generator, assumptions: Assumptions, age: Ints, *, outbreak: bool) -> Ints:
    bits = np.zeros(len(age), dtype=np.int64)
    adult = age >= 18
    for group, share in assumptions.group_share.items():
        chance = OUTBREAK_SHARE if group == 10 and outbreak else share
        eligible = adult & (age < 60) if group in {HEALTH, 2, ARMY, POLICE, 5, 6, 7, 13} else adult
        bits |= (eligible & (generator.random(len(age)) < chance)).astype(np.int64) << group
    bits |= (age > 65).astype(np.int64) << OVER_65
    bits |= ((age >= 6) & (age < 18)).astype(np.int64) << STUDENTS
    return bits


def _homes(generator: np.random.Generator, reference: Reference, total: int, province: int) -> Ints:
    """People over the communes of the province by largest remainder, in random order."""
    homes = np.flatnonzero(reference.areas.home_province == province)
    weights = reference.areas.home_people[homes].astype(np.float64)
    return generator.permutation(np.repeat(homes, spread_evenly(total, weights)))


def _work(
    generator: np.random.Generator,
    reference: Reference,
    assumptions: Assumptions,
    sites: Sites,
    age: Ints,
    groups: Ints,
    province: int,
) -> Ints:
    """Who is vaccinated elsewhere: workers in another province, then people of units outside provinces."""
    work = np.full(len(age), AT_HOME)
    region = int(reference.areas.province_region[province])
    mobile = (age >= 18) & (age < 50)
    chance, edge = generator.random(len(age)), 0.0
    for from_region, to_province, share in assumptions.flows:
        if from_region != region or to_province == province:
            continue
        goes = mobile & (chance >= edge) & (chance < edge + share)
        edge += share
        districts = np.flatnonzero(reference.areas.district_province == to_province)
        people = np.bincount(
            reference.areas.home_district, weights=reference.areas.home_people, minlength=sites.districts
        )[districts]
        work[goes] = generator.choice(districts, size=int(goes.sum()), p=people / people.sum())
    return _unit_posts(generator, sites, groups, region, work)


def _unit_posts(generator: np.random.Generator, sites: Sites, groups: Ints, region: int, work: Ints) -> Ints:
    places = {
        kind: np.array([sites.districts + index for index, post in enumerate(sites.posts) if post.kind in kinds])
        for kind, kinds in (("police", {"police"}), ("health", {"hospital", "institute"}))
    }
    army = [index for index, post in enumerate(sites.posts) if post.kind == "army"]
    near = [index for index in army if sites.posts[index].region == region] or army
    draw = generator.random(len(work))
    for chosen, among in (
        ((groups & (1 << HEALTH) > 0) & (draw < HOSPITAL_SHARE), places["health"]),
        (groups & (1 << POLICE) > 0, places["police"]),
        (groups & (1 << ARMY) > 0, sites.districts + np.array(near)),
    ):
        work[chosen] = generator.choice(among, size=int(chosen.sum()))
    return work
