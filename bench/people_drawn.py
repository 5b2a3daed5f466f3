"""Invented people and doses by the million, arrays of one length, the same for the same seed.

What a dose is besides its day and product follows from a hash of (person, rank), so that people can be drawn first and
the records of their doses written later, in order of recording, without holding them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.registry_rows import BEGIN, DAYS, FIRST_WEIGHTS, LOTS_A_PRODUCT, PRODUCTS, TODAY, Country, lot_code
from warehouse.engine.codes import SEPARATOR, Codes
from warehouse.engine.people import FIRST_YEAR
from warehouse.engine.places import SiteMap
from warehouse.engine.slots import FIRST_DAY

Numbers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Days = npt.NDArray[np.uint16]
MOST = 5
# Days since FIRST_DAY: 27 October 2021 and 14 April 2022.
TEENS_FROM, CHILDREN_FROM = 665, 834
# Weight of each of PRODUCTS among third and later doses.
FURTHER_WEIGHTS = (0.0, 0.25, 0.65, 0.1, 0.0)
FAR_SALT = 1 << 40
# People by doses had, 0 to MOST; then moved towards the mean that is asked for.
SHARES = (0.0, 0.06, 0.30, 0.55, 0.0885, 0.0015)
# Shortest and longest days to the second, third, fourth and fifth dose.
WAITS = ((28, 71), (90, 181), (120, 181), (30, 61))
# Days until a record is made, drawn from a byte: most at once, a tail of a month.
LAGS = np.repeat([0, 1, 2, 3, 5, 12, 40], [150, 50, 22, 14, 10, 7, 3]).astype(np.uint16)
# Local hours of injection.
HOURS = np.repeat([8, 9, 10, 11, 14, 15, 16, 17], [3, 3, 3, 1, 2, 2, 1, 1]).astype(np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Numbers of the engine's codes. By position in the list of districts: their numbers, cumulative weights, and
    `first`, from where to where in `sites_of` the sites of their province stand. lots: by product, then index."""

    districts: npt.NDArray[np.uint16]
    weights: npt.NDArray[np.float64]
    sites_of: npt.NDArray[np.uint16]
    first: Numbers
    products: npt.NDArray[np.uint8]
    lots: npt.NDArray[np.uint32]
    sites: SiteMap

    @classmethod
    def of(cls, country: Country, codes: Codes, sites: SiteMap) -> World:
        """Gives out numbers for districts and lots that no record has named yet."""
        rows = country.districts.sort("province_code", "code")
        names = [
            f"{province}{SEPARATOR}{code}" for code, province in zip(rows["code"], rows["province_code"], strict=True)
        ]
        by_province = country.sites.sort("province_code", "code")
        provinces = by_province["province_code"].to_numpy()
        homes = rows["province_code"].to_numpy()
        ends = [np.searchsorted(provinces, homes, side=side) for side in ("left", "right")]
        return cls(
            districts=np.array([codes.number("district", name) for name in names], dtype=np.uint16),
            weights=np.cumsum(rows["population"].to_numpy() / rows["population"].sum()),
            sites_of=codes.numbers("site", by_province["code"]).astype(np.uint16),
            first=np.stack(ends, axis=1),
            products=np.array([codes.number("product", product) for product in PRODUCTS], dtype=np.uint8),
            lots=np.array(
                [
                    [codes.number("lot", lot_code(product, index)) for index in range(LOTS_A_PRODUCT)]
                    for product in PRODUCTS
                ],
                dtype=np.uint32,
            ),
            sites=sites,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Some people. home: position in World.districts. day and product (position in PRODUCTS): people x MOST, in the
    first `count` columns."""

    home: Numbers
    sex: npt.NDArray[np.uint8]
    born: npt.NDArray[np.uint8]
    groups: Days
    count: npt.NDArray[np.uint8]
    day: Days
    product: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What the hash says of doses. number: the dose number as it was typed."""

    site: npt.NDArray[np.uint16]
    recorded: Days
    hour: npt.NDArray[np.uint8]
    lot_index: Numbers
    number: npt.NDArray[np.uint8]
    identity: npt.NDArray[np.uint8]


def draw(world: World, numbers: Numbers, *, doses: int, seed: int) -> Drawn:
    """People of consecutive `numbers` with `doses` doses among them. Raises ValueError where so many do not fit."""
    rng = np.random.default_rng([seed, int(numbers[0])])
    size = len(numbers)
    count = _counts(rng, size, doses)
    wait = np.zeros((size, MOST), dtype=np.int64)
    for rank, (shortest, longest) in enumerate(WAITS, start=1):
        wait[:, rank] = np.where(count > rank, rng.integers(shortest, longest, size), 0)
    span = wait.sum(axis=1)
    # Most first doses in the autumn of 2021; nobody's last dose lies ahead.
    start = BEGIN + np.minimum((rng.beta(3.0, 5.0, size) * DAYS).astype(np.int64), DAYS - span)
    held = np.arange(MOST) < count[:, None]
    day = np.where(held, start[:, None] + np.cumsum(wait, axis=1), 0).astype(np.uint16)
    home = np.searchsorted(world.weights, rng.random(size)).clip(0, len(world.weights) - 1)
    product = _products(rng, world.first[worked(world, numbers, home), 0], day)
    member = rng.random(size)
    groups = np.where(member < 0.12, 1 << rng.integers(0, 16, size), 0) | np.where(
        member < 0.01, 1 << rng.integers(0, 16, size), 0
    )
    return Drawn(
        home=home,
        sex=rng.integers(1, 3, size, dtype=np.uint8),
        born=(35 + rng.random(size) * (_youngest(start) - 34)).astype(np.uint8),
        groups=groups.astype(np.uint16),
        count=count,
        day=day,
        product=np.where(held, product, 0).astype(np.uint8),
    )


def details(world: World, *, person: Numbers, rank: Numbers, home: Numbers, day: Days) -> Details:
    """Of the `rank`th dose (0 the first) of each person, who lives at `home` and got it on `day`."""
    word = mixed(person * 8 + rank)
    low, high = world.first[worked(world, person, home)].T
    at = low + ((word >> np.uint64(32)) % (high - low).astype(np.uint64)).astype(np.int64)
    mistyped = ((word >> np.uint64(44)) & np.uint64(255)) == 0
    status = (word >> np.uint64(14)) & np.uint64(255)
    lag = LAGS[((word >> np.uint64(22)) & np.uint64(255)).astype(np.intp)]
    return Details(
        site=world.sites_of[at],
        recorded=np.minimum(day + lag, TODAY).astype(np.uint16),
        hour=HOURS[((word >> np.uint64(4)) & np.uint64(15)).astype(np.intp)],
        lot_index=((word >> np.uint64(26)) % np.uint64(LOTS_A_PRODUCT)).astype(np.int64),
        number=np.where(mistyped, 1, rank + 1).astype(np.uint8),
        identity=np.where(status < 54, 1, np.where(status < 60, 2, 0)).astype(np.uint8),
    )


def worked(world: World, person: Numbers, home: Numbers) -> Numbers:
    """The district in whose province people are vaccinated: their own, or for one in 25 the one where they work."""
    word = mixed(person + FAR_SALT)
    elsewhere = ((word >> np.uint64(8)) % np.uint64(len(world.weights))).astype(np.int64)
    return np.where(word % np.uint64(25) == 0, elsewhere, home)


def _products(rng: np.random.Generator, province: Numbers, day: Days) -> npt.NDArray[np.uint8]:
    """By what a province (told by any number of its own) had in a fortnight: one product for first doses, another for
    further ones, and every eighth dose of what its neighbour had. A second dose follows the first."""
    fortnight = day.astype(np.int64) // 14
    neighbour = rng.random(day.shape) < 0.125
    word = mixed((province[:, None] * 4096 + fortnight) * 2 + neighbour)
    first = np.searchsorted(np.cumsum(FIRST_WEIGHTS), (word[:, 0] % np.uint64(1000)) / 1000)
    further = np.searchsorted(np.cumsum(FURTHER_WEIGHTS), ((word >> np.uint64(32)) % np.uint64(1000)) / 1000)
    product = further.clip(0, len(PRODUCTS) - 1)
    product[:, 0] = first.clip(0, len(PRODUCTS) - 1)
    product[:, 1] = np.where(rng.random(len(day)) < 0.95, product[:, 0], product[:, 1])
    return np.where(day > 0, product, 0).astype(np.uint8)


def _youngest(start: Numbers) -> Numbers:
    """Year of birth, less 1900, of the youngest who had a first dose then: adults, from October 2021 those of 12, from
    April 2022 those of 5."""
    return np.where(start < TEENS_FROM, 103, np.where(start < CHILDREN_FROM, 109, 116))


def ages(born: npt.NDArray[np.uint8], day: Days) -> npt.NDArray[np.uint8]:
    """Whole years on `day` of people born on the first of January."""
    first_day = np.datetime64(FIRST_DAY, "D")
    year = (first_day + day.astype(np.int64)).astype("datetime64[Y]").astype(np.int64) + 1970
    return (year - FIRST_YEAR - born.astype(np.int64)).clip(0, 120).astype(np.uint8)


def mixed(numbers: Numbers) -> Words:
    """A well spread word for each number (the finaliser of SplitMix64)."""
    word = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def _counts(rng: np.random.Generator, people: int, doses: int) -> npt.NDArray[np.uint8]:
    if not 0 <= doses <= people * (MOST - 1):
        raise ValueError(f"{doses} doses do not fit {people} people: at most {MOST - 1} each")
    count = np.searchsorted(np.cumsum(SHARES), rng.random(people)).clip(0, MOST).astype(np.uint8)
    while (lacking := doses - int(count.sum())) != 0:
        free = np.flatnonzero(count < MOST - 1) if lacking > 0 else np.flatnonzero(count > 0)
        chosen = rng.choice(free, min(abs(lacking), len(free)), replace=False)
        count[chosen] = count[chosen] + 1 if lacking > 0 else count[chosen] - 1
    return count
