"""The generated people and doses against what was published, counted by the series rules and not by dose number."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from campaign.series import Injection, SeriesState, evaluate
from campaign.series_tables import NEVER as NO_DAY
from campaign.series_tables import Outcome, build
from demo.calendar import DAYS, FIRST_DAY, day_of
from demo.chronicle import Chronicle
from demo.doses import MISMATCHED, NEVER, NO_FAULT
from demo.people import AT_HOME
from demo.reference import ABDALA, COMIRNATY, PRODUCTS, REGIONS
from demo.streams import Ints
from demo.world import CENTRAL

SHARES_DAY = day_of(date(2021, 11, 17))
TOLERANCE = 0.02
POINTS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a centre would count from the records of one province: good rows only, states by the series rules."""

    doses: Ints  # by day
    first: Ints
    full: Ints
    adult_first: Ints  # 18 and over at their first dose, by day
    adult_full: Ints


# Position of each product of the demonstration in order of code; 0 is "none".
CODE_ORDER = 1 + np.argsort(np.argsort(np.array(PRODUCTS)))


def states(chronicle: Chronicle, person: Ints, day: Ints, product: Ints) -> Outcome:
    """Where each person stands, by the table engine. Doses are in order of (person, day, product)."""
    rules = chronicle.world.reference.rules
    tables = build(rules, products=["", *sorted(PRODUCTS)], areas=[""], first_day=FIRST_DAY, days=2 * DAYS)
    counts = np.bincount(person)
    rank = np.arange(len(person)) - np.repeat(np.cumsum(counts) - counts, counts)
    days = np.zeros((len(counts), int(counts.max())), dtype=np.int16)
    products = np.zeros(days.shape, dtype=np.uint8)
    days[person, rank], products[person, rank] = day, product
    return tables.evaluate(day=days, product=products, area=np.zeros_like(products), count=counts.astype(np.uint8))


def count(chronicle: Chronicle, province: int) -> Counted:
    records = chronicle.records(province)
    good = records.doses.take((records.doses.fault == NO_FAULT) & (records.doses.voided == NEVER))
    good = good.take(np.lexsort((CODE_ORDER[good.product], good.day, good.person)))
    day = good.day.astype(np.int64)
    who, person = np.unique(good.person, return_inverse=True)
    outcome = states(chronicle, person, day, CODE_ORDER[good.product])
    twice = records.duplicates.person
    true_person = (
        np.where(who < len(records.people), who, twice[np.maximum(who - len(records.people), 0)]) if len(twice) else who
    )
    adult = true_person < records.people.adults
    first, full = outcome.first_on.astype(np.int64), outcome.full_on.astype(np.int64)
    done = outcome.full_on != NO_DAY

    def by_day(days: Ints) -> Ints:
        return np.bincount(days, minlength=DAYS).cumsum()

    return Counted(
        doses=by_day(good.day),
        first=by_day(first),
        full=by_day(full[done]),
        adult_first=by_day(first[adult]),
        adult_full=by_day(full[done & adult]),
    )


@pytest.fixture(scope="module")
def counted(chronicle: Chronicle) -> list[Counted]:
    return [count(chronicle, province) for province in range(chronicle.world.provinces)]


def anchor_rows(reference_dir: Path) -> list[dict[str, str]]:
    with (reference_dir / "anchors.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(("column", "field"), [("doses", "doses"), ("dose1_people", "first"), ("full_people", "full")])
def test_every_anchor_of_100_000_or_more_within_two_percent(
    counted: list[Counted], chronicle: Chronicle, reference_dir: Path, column: str, field: str
) -> None:
    one_in = chronicle.world.one_in
    national = sum(getattr(province, field) for province in counted) * one_in
    checked = 0
    for row in anchor_rows(reference_dir):
        if not row[column] or int(row[column]) < 100_000:
            continue
        published, ours = int(row[column]), int(national[day_of(date.fromisoformat(row["date"]))])
        assert abs(ours - published) <= TOLERANCE * published + one_in, (column, row["date"], ours, published)
        checked += 1
    assert checked >= {"doses": 33, "dose1_people": 33, "full_people": 18}[column]


def test_regions_and_nation_on_17_november(counted: list[Counted], chronicle: Chronicle, reference_dir: Path) -> None:
    areas = chronicle.world.reference.areas
    with (reference_dir / "regional_shares.csv").open(encoding="utf-8", newline="") as lines:
        published = {row["epi_region"]: row for row in csv.DictReader(lines)}
    for name in ("", *REGIONS):
        chosen = [i for i in range(63) if not name or REGIONS[areas.province_region[i]] == name]
        adults = float(areas.adults[chosen].sum()) / chronicle.world.one_in
        one = sum(int(counted[i].adult_first[SHARES_DAY]) for i in chosen) / adults
        two = sum(int(counted[i].adult_full[SHARES_DAY]) for i in chosen) / adults
        assert one == pytest.approx(float(published[name]["dose1_ratio"]), abs=POINTS), name
        assert two == pytest.approx(float(published[name]["dose2_ratio"]), abs=POINTS), name


def test_provinces_spread_plausibly(counted: list[Counted], chronicle: Chronicle) -> None:
    areas = chronicle.world.reference.areas
    share = np.array([counted[i].adult_first * chronicle.world.one_in / areas.adults[i] for i in range(63)])
    september, november = day_of(date(2021, 9, 15)), SHARES_DAY
    for code in ("79", "74"):
        assert share[areas.province(code), september] > 0.85
    assert share[areas.province("01"), september] > 0.6
    # Nobody but Bình Dương is above its estimate, and nobody is left behind.
    assert set(np.flatnonzero(share[:, november] > 1.005)) <= {areas.province("74")}
    assert share[:, november].min() > 0.55
    assert np.std(share[:, september]) > 0.15
    assert (np.diff(share, axis=1) >= 0).all()


def test_binh_duong_is_above_100_percent_by_place_and_by_residence(
    counted: list[Counted], chronicle: Chronicle
) -> None:
    world = chronicle.world
    home = world.reference.areas.province("74")
    adults = world.reference.areas.adults[home] / world.one_in
    assert 1.0 < counted[home].adult_first[SHARES_DAY] / adults < 1.1
    reached, from_elsewhere = 0, 0
    for province in range(63):
        records = chronicle.records(province)
        doses = records.doses
        first = doses.take((doses.step == 1) & (doses.day <= SHARES_DAY) & ~doses.typed_twice)
        here = chronicle.texts.place_of_site[first.site] == home
        reached += int(here.sum())
        from_elsewhere += int(here.sum()) * (province != home)
    assert reached / adults > 1.15
    assert from_elsewhere / adults > 0.1


def test_central_units_vaccinate_people_of_all_provinces(chronicle: Chronicle) -> None:
    given = [int((chronicle.texts.place_of_site[chronicle.records(i).doses.site] == CENTRAL).sum()) for i in range(63)]
    assert min(given) > 0
    total = sum(len(chronicle.records(i).doses) for i in range(63))
    assert 0.002 < sum(given) / total < 0.03


def test_sample_is_one_in_n_of_each_province(chronicle: Chronicle) -> None:
    world, areas = chronicle.world, chronicle.world.reference.areas
    beyond = np.round(areas.adults * world.reference.beyond_estimate / world.one_in)
    people = world.plan.sample.people - beyond
    assert int(people.sum()) == round(int(areas.people.sum()) / world.one_in)
    assert np.abs(people - areas.people / world.one_in).max() <= 1
    assert np.abs(world.plan.sample.adults - beyond - areas.adults / world.one_in).max() <= 1
    assert np.flatnonzero(beyond).tolist() == [areas.province("74")]
    for province in (0, 30, 62):
        records = chronicle.records(province)
        assert (records.people.age[: records.people.adults] >= 18).all()
        assert (records.people.age[records.people.adults :] < 18).all()
        assert len(records.people) == world.plan.sample.people[province]


def test_each_dose_of_a_clean_campaign_is_a_step_of_its_series(clean_chronicle: Chronicle) -> None:
    """The plain rule, person by person, for a sample of people; booster and additional doses included."""
    world = clean_chronicle.world
    seen = 0
    for province in (0, 20, 47, 62):
        doses = clean_chronicle.records(province).doses
        chosen = doses.take(doses.person % 23 == 0)
        for person in np.unique(chosen.person).tolist():
            mine = chosen.take(chosen.person == person)
            events = [
                Injection(day=FIRST_DAY + timedelta(days=day), product=PRODUCTS[product], dose_id=number)
                for day, product, number in zip(
                    mine.day.tolist(), mine.product.tolist(), mine.dose_id.tolist(), strict=True
                )
            ]
            state = evaluate(events, world.reference.rules)
            assert state.valid_doses == len(events), events
            assert state.state is not SeriesState.NONE
            seen += 1
    assert seen > 500


def test_products_respect_ages_and_dates(clean_chronicle: Chronicle) -> None:
    products: set[int] = set()
    for province in range(63):
        records = clean_chronicle.records(province)
        teen = records.doses.person >= records.people.adults
        assert (records.doses.product[teen] == COMIRNATY).all()
        assert (records.doses.day[teen] >= day_of(date(2021, 10, 27))).all()
        age = records.people.age[records.doses.person[(records.doses.product == ABDALA) & (records.doses.step <= 3)]]
        assert ((age >= 19) & (age <= 65)).all()
        products |= set(records.doses.product.tolist())
    assert products == set(range(len(PRODUCTS)))


def test_the_week_has_a_rhythm(counted: list[Counted]) -> None:
    daily = np.diff(sum(province.doses for province in counted), prepend=0)
    autumn = daily[day_of(date(2021, 9, 6)) : day_of(date(2021, 11, 15))].reshape(-1, 7).sum(axis=0)
    assert autumn[6] == autumn.min()
    assert autumn[6] < 0.85 * autumn[:5].mean()
    assert (daily >= 0).all()


def test_dirt_has_the_rates_of_the_real_platform(chronicle: Chronicle) -> None:
    doses = [chronicle.records(i).doses for i in range(63)]
    identity = np.concatenate([part.identity for part in doses])
    assert (identity == MISMATCHED).mean() == pytest.approx(43.5 / 205, rel=0.02)
    fault = np.concatenate([part.fault for part in doses])
    assert 0.0005 < (fault != NO_FAULT).mean() < 0.002
    assert set(fault.tolist()) == set(range(6))
    injected, recorded = (np.concatenate([getattr(part, name) for part in doses]) for name in ("injected", "recorded"))
    assert (recorded >= injected).all()
    backlog_peak = day_of(date(2021, 9, 18)) * 86_400
    waiting = ((injected < backlog_peak) & (recorded >= backlog_peak)).sum() * chronicle.world.one_in
    assert waiting == pytest.approx(2_000_000, rel=0.15)
    cleared = day_of(date(2021, 10, 10)) * 86_400
    assert ((injected < backlog_peak) & (recorded >= cleared)).sum() * chronicle.world.one_in < 100_000
    assert sum(len(chronicle.records(i).duplicates.person) for i in range(63)) > 100


def test_without_dirt_nothing_is_wrong(clean_chronicle: Chronicle) -> None:
    for province in range(63):
        records = clean_chronicle.records(province)
        doses = records.doses
        assert (doses.fault == NO_FAULT).all()
        assert (doses.voided == NEVER).all()
        assert (doses.identity == 0).all()
        assert not doses.typed_twice.any()
        assert not len(records.duplicates.person)
        assert (doses.recorded - doses.injected <= 8 * 3600 + 120).all()


def test_numbers_of_records_are_unique_and_grow_with_time(chronicle: Chronicle) -> None:
    numbers = np.concatenate([chronicle.records(i).doses.dose_id for i in range(63)])
    assert len(np.unique(numbers)) == len(numbers)
    assert numbers.max() < 2**53
    for province in (0, 62):
        assert (np.diff(chronicle.records(province).doses.recorded) >= 0).all()


def test_workers_of_other_provinces_live_elsewhere(chronicle: Chronicle) -> None:
    """They count where they live for coverage, and where they work for doses: both sums are the same people."""
    outside = 0
    for province in range(63):
        people = chronicle.records(province).people
        outside += int((people.work != AT_HOME).sum())
        homes = chronicle.world.reference.areas.home_province[people.home]
        assert (homes == province).all()
    assert outside > 3_000
