"""The vectorised series engine beside the plain one, on random people and on rules that no file holds yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign import series_tables
from campaign.series import AreaRule, FurtherRule, Injection, MixedRule, ProductRule, SeriesRules, evaluate, group_rules
from campaign.series_layout import Layout
from campaign.series_tables import SeriesTables, build
from tests.support.registry import REFERENCE
from tests.support.series import FIRST_DAY, by_tables
from warehouse.reference import load_series_rules

AREAS = ["", "01", "48", "79"]
LAST = 700


def invented() -> SeriesRules:
    """Rules that bend everything at once: doses required, intervals and permissions change, come and end."""
    start, later, latest = date(2021, 2, 1), date(2021, 6, 1), date(2021, 10, 1)
    return group_rules(
        [
            ProductRule(product="a", primary_doses=2, min_interval_days=0, usual_interval_days=60, valid_from=start),
            ProductRule(product="a", primary_doses=3, min_interval_days=10, usual_interval_days=20, valid_from=later),
            ProductRule(product="b", primary_doses=1, min_interval_days=0, usual_interval_days=0, valid_from=start),
            ProductRule(product="c", primary_doses=3, min_interval_days=30, usual_interval_days=90, valid_from=latest),
        ],
        [
            AreaRule(product="a", area="79", min_interval_days=40, usual_interval_days=45, valid_from=later),
            AreaRule(product="a", area="79", min_interval_days=5, usual_interval_days=7, valid_from=latest),
            AreaRule(product="c", area="01", min_interval_days=1, usual_interval_days=200, valid_from=start),
            AreaRule(product="c", area="99", min_interval_days=1, usual_interval_days=1, valid_from=start),
        ],
        [
            MixedRule(previous_product="a", next_product="c", min_interval_days=0, valid_from=start, valid_to=later),
            MixedRule(previous_product="c", next_product="a", min_interval_days=15, valid_from=later),
        ],
        additional=[
            FurtherRule(min_interval_days=0, valid_from=later),
            FurtherRule(min_interval_days=20, valid_from=latest),
        ],
        booster=[
            FurtherRule(min_interval_days=50, valid_from=start),
            FurtherRule(min_interval_days=10, valid_from=latest),
        ],
    )


def tables_of(rules: SeriesRules) -> SeriesTables:
    return build(rules, products=["", *sorted(rules.products)], areas=AREAS, first_day=FIRST_DAY, days=LAST)


REAL, INVENTED = load_series_rules(REFERENCE), invented()
TABLES = [(rules, tables_of(rules)) for rules in (REAL, INVENTED)]

# A few days each rule turns on, and their neighbours, are drawn as often as all the others together.
turning = sorted({(day - FIRST_DAY).days + near for day in REAL.change_days() for near in (-1, 0, 1)})
days = st.integers(0, LAST - 1) | st.sampled_from([day for day in turning if 0 <= day < LAST])
gaps = st.integers(0, 3) | st.sampled_from([13, 14, 20, 21, 27, 28, 42, 55, 56, 90, 91, 181, 182]) | st.integers(0, 200)


@st.composite
def person(draw: st.DrawFn, products: list[str]) -> list[Injection]:
    """Up to six doses, in the order of entry; often of one product, often at an interval that a rule names."""
    usual = draw(st.sampled_from(products))
    day, doses = draw(days), []
    for _ in range(draw(st.integers(0, 6))):
        product = usual if draw(st.booleans()) else draw(st.sampled_from(products))
        doses.append(
            Injection(day=FIRST_DAY + timedelta(day), product=product, area=draw(st.sampled_from(["79", *AREAS])))
        )
        day = min(LAST - 1, day + draw(gaps))
    return draw(st.permutations(doses))


@pytest.mark.parametrize(("rules", "tables"), TABLES, ids=["reference", "invented"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_tables_agree_with_the_plain_rules(rules: SeriesRules, tables: SeriesTables, data: st.DataObject) -> None:
    products = sorted(rules.products)
    people = data.draw(st.lists(person(products), min_size=1, max_size=12))
    expected = [replace(evaluate(doses, rules), first_dose_id=None) for doses in people]
    assert by_tables(tables, ["", *products], AREAS, people) == expected


def test_blocks_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(7)
    day = np.sort(generator.integers(0, LAST, (1000, 4)), axis=1).astype(np.int32)
    product = np.repeat(generator.integers(1, 9, (1000, 1)), 4, axis=1).astype(np.uint8)
    area = generator.integers(0, len(AREAS), (1000, 4)).astype(np.uint8)
    count = generator.integers(0, 5, 1000).astype(np.uint8)
    whole = TABLES[0][1].evaluate(day, product, area, count)
    monkeypatch.setattr(series_tables, "BLOCK", 77)
    parts = TABLES[0][1].evaluate(day, product, area, count)
    for name in series_tables.Outcome.__slots__:
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name
    assert len(np.unique(whole.state)) == 4


def test_nobody_at_all() -> None:
    empty = np.zeros((0, 3), dtype=np.uint8)
    assert len(TABLES[0][1].evaluate(empty.astype(np.int16), empty, empty, empty[:, 0]).state) == 0


@pytest.mark.parametrize(
    ("products", "areas", "days_held", "message"),
    [
        (["comirnaty"], [""], 10, "begin with ''"),
        ([""], ["79"], 10, "begin with ''"),
        ([], [""], 10, "begin with ''"),
        (["", "comirnaty", "astrazeneca"], [""], 10, "in order of their code"),
        (["", "comirnaty", "comirnaty"], [""], 10, "in order of their code"),
        (["", "comirnaty"], ["", "79", "79"], 10, "names a code twice"),
        (["", "comirnaty", "sinovac"], [""], 10, "no series rule for the product sinovac"),
        (["", "comirnaty"], [""], 0, "days"),
        (["", "comirnaty"], [""], 40_000, "days"),
        (["", "comirnaty"], [""], 32_760, "fall due beyond"),
    ],
)
def test_lists_that_cannot_be_laid_out(products: list[str], areas: list[str], days_held: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(REAL, products=products, areas=areas, first_day=FIRST_DAY, days=days_held)


@pytest.mark.parametrize(
    ("day", "product", "area", "count", "message"),
    [
        (-1, 1, 0, 1, "outside the 700 days"),
        (LAST, 1, 0, 1, "outside the 700 days"),
        (40_000 + LAST, 1, 0, 1, "outside the 700 days"),
        (5, 0, 0, 1, "no product"),
        (5, 9, 0, 1, "no product"),
        (5, 1, 4, 1, "an area that the tables do not know"),
        (5, 1, 0, 2, "has 2 doses, the arrays hold 1"),
    ],
)
def test_doses_that_the_tables_do_not_know(day: int, product: int, area: int, count: int, message: str) -> None:
    codes, areas = np.array([[product]], dtype=np.uint8), np.array([[area]], dtype=np.uint8)
    with pytest.raises(ValueError, match=message):
        TABLES[0][1].evaluate(np.array([[day]], dtype=np.int32), codes, areas, np.array([count], dtype=np.uint8))


def test_arrays_of_different_shapes() -> None:
    one, two = np.ones((1, 1), dtype=np.uint8), np.ones((1, 2), dtype=np.uint8)
    with pytest.raises(ValueError, match="shapes differ"):
        TABLES[0][1].evaluate(two.astype(np.int16), one, one, one[0])


def test_a_permission_holds_on_its_last_day() -> None:
    last = date(2021, 6, 1)
    assert INVENTED.step_days("a", "c", "", last) == 0
    assert INVENTED.step_days("a", "c", "", last + timedelta(1)) is None


def test_a_dose_falls_due_by_the_interval_of_that_day() -> None:
    own = [
        AreaRule(product="a", area="79", min_interval_days=1, usual_interval_days=days_later, valid_from=valid_from)
        for days_later, valid_from in ((10, date(2021, 2, 1)), (30, date(2021, 3, 1)), (5, date(2021, 4, 1)))
    ]
    rules = replace(INVENTED, areas={("a", "79"): tuple(own)})
    assert rules.due_day("a", "79", date(2021, 2, 18)) == date(2021, 2, 28)
    assert rules.due_day("a", "79", date(2021, 2, 19)) == date(2021, 3, 21)
    assert rules.due_day("a", "79", date(2021, 3, 10)) == date(2021, 4, 1)
    assert rules.due_day("a", "79", date(2021, 3, 30)) == date(2021, 4, 4)


@pytest.mark.parametrize("rules", [REAL, INVENTED], ids=["real", "invented"])
@pytest.mark.parametrize("held", [LAST, 100])
def test_each_day_s_due_day_is_the_plain_one(rules: SeriesRules, held: int) -> None:
    """Where the arrays end after 100 days, some fall due after a change that lies beyond them."""
    variants = list(product(sorted(rules.products), AREAS))
    table = Layout(rules, variants, FIRST_DAY, held).due_day()
    for (code, area), row in zip(variants, table.tolist(), strict=True):
        plain = [rules.due_day(code, area, FIRST_DAY + timedelta(number)) for number in range(held)]
        assert row == [(day - FIRST_DAY).days for day in plain], (code, area)
