"""The demonstration's campaign, province by province, so that even everyone at once never has to fit into memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from demo.doses import Doses, Duplicates, record_doses
from demo.injections import inject
from demo.people import Assumptions, People, load_assumptions, make_people
from demo.plan import Plan, make_plan
from demo.posts import Sites, load_all_sites
from demo.reference import Reference, load_reference
from demo.streams import Ints
from settings import DemoSettings

PERSON_BLOCK = 20_000_000  # person numbers reserved for a province; the largest has 9.2 million people
CENTRAL = 63  # place of units outside provinces, after the 63
DAY_SLOTS, PRODUCT_SLOTS = 512, 8  # how a usage key packs (site, day, product) into one number


def person_base(province: int) -> int:
    """Number of the first person who lives in a province."""
    return (province + 1) * PERSON_BLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceRecords:
    """Everything that people who live in one province leave behind over the whole campaign."""

    province: int
    people: People
    doses: Doses
    duplicates: Duplicates

    @property
    def base(self) -> int:
        """Number of the first person; person i of People has this plus i."""
        return person_base(self.province)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One seeded campaign. `province_records` gives the same records whenever it is asked."""

    reference: Reference
    assumptions: Assumptions
    sites: Sites
    plan: Plan
    seed: int
    one_in: int
    dirt: bool

    @property
    def provinces(self) -> int:
        return len(self.reference.areas.province_codes)

    def province_records(self, province: int) -> ProvinceRecords:
        people = make_people(
            self.reference, self.assumptions, self.sites, self.plan.sample, province=province, seed=self.seed
        )
        injections = inject(
            self.plan, people, self.reference.intervals, province=province, seed=self.seed, dirt=self.dirt
        )
        doses, duplicates = record_doses(
            self.reference,
            self.sites,
            people,
            injections,
            province=province,
            one_in=self.one_in,
            seed=self.seed,
            dirt=self.dirt,
        )
        return ProvinceRecords(province=province, people=people, doses=doses, duplicates=duplicates)

    def province_of_place(self) -> Ints:
        """Province of each place (district or post); CENTRAL for posts."""
        posts = np.full(len(self.sites.posts), CENTRAL)
        return np.concatenate([self.reference.areas.district_province, posts])


def make_world(reference_dir: Path, demo: DemoSettings) -> World:
    """The world of these settings; a second's work at any sampling, since nobody is made yet."""
    reference = load_reference(reference_dir)
    return World(
        reference=reference,
        assumptions=load_assumptions(reference_dir, reference),
        sites=load_all_sites(reference),
        plan=make_plan(reference, one_in=demo.one_in, seed=demo.seed),
        seed=demo.seed,
        one_in=demo.one_in,
        dirt=demo.dirt,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Sampled doses really given, by site, day and product: one entry each, in order of site, day, product."""

    site: Ints
    day: Ints
    product: Ints
    doses: Ints


def usage_keys(doses: Doses) -> tuple[Ints, Ints]:
    """Packed (site, day, product) of a province's doses, without the records typed twice, and how many of each."""
    key = (doses.site * DAY_SLOTS + doses.day) * PRODUCT_SLOTS + doses.product
    return np.unique(key[~doses.typed_twice], return_counts=True)


def gather_usage(parts: list[tuple[Ints, Ints]]) -> Usage:
    """The nation's usage from that of the provinces where the people live."""
    keys, counts = (
        np.concatenate([part[0].astype(np.int64) for part in parts]),
        np.concatenate([part[1] for part in parts]),
    )
    key, inverse = np.unique(keys, return_inverse=True)
    return Usage(
        site=key // (DAY_SLOTS * PRODUCT_SLOTS),
        day=key // PRODUCT_SLOTS % DAY_SLOTS,
        product=key % PRODUCT_SLOTS,
        doses=np.bincount(inverse, weights=counts).astype(np.int64),
    )
