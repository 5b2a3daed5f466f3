"""Who is fully vaccinated, as a table that an official can read. Rules: data/reference, each with source and date."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.series import Injection, PersonSeries, SeriesRules, SeriesState, evaluate
from campaign.series_numpy import EPOCH, NEVER, Events, evaluate_many
from tests.support.registry import REFERENCE
from warehouse.reference import load_series_rules

CODES = {
    "AZ": "astrazeneca",
    "PF": "comirnaty",
    "MO": "spikevax",
    "VC": "vero_cell",
    "AB": "abdala",
    "SP": "sputnik_v",
    "JA": "janssen",
}

# events                                          | state   | full on    | due on
SPEC = """
AZ 2021-06-01                                     | partial |            | 2021-07-27
AZ 2021-06-01, AZ 2021-07-27                      | full    | 2021-07-27 |
AZ 2021-06-01, AZ 2021-07-01                      | partial |            | 2021-07-27
AZ 2021-09-01, AZ 2021-10-01                      | full    | 2021-10-01 |
AZ 2021-06-01, PF 2021-08-01                      | full    | 2021-08-01 |
AZ 2021-05-20, PF 2021-07-26                      | partial |            | 2021-07-15
AZ 2021-10-01, MO 2021-12-11                      | partial |            | 2021-11-26
AZ 2021-10-01, MO 2021-12-12                      | full    | 2021-12-12 |
PF 2021-08-01, MO 2021-09-07                      | partial |            | 2021-08-22
PF 2021-08-01, MO 2021-09-08                      | full    | 2021-09-08 |
PF 2021-08-01, PF 2021-08-15                      | partial |            | 2021-08-22
PF 2021-08-01, PF 2021-08-22                      | full    | 2021-08-22 |
PF 2021-08-01, PF 2021-08-01                      | partial |            | 2021-08-22
VC 2021-08-01, PF 2021-09-30                      | partial |            | 2021-08-22
AB 2021-10-01, AB 2021-10-15                      | partial |            | 2021-10-29
AB 2021-10-01, AB 2021-10-15, AB 2021-10-29       | full    | 2021-10-29 |
JA 2021-08-01                                     | full    | 2021-08-01 |
PF 2021-08-01, PF 2021-08-22, PF 2021-10-20       | full    | 2021-08-22 |
PF 2021-08-01, PF 2021-08-22, PF 2021-12-20       | boosted | 2021-08-22 |
PF 2021-08-01, PF 2021-08-22, PF 2021-09-10       | full    | 2021-08-22 |
PF 2021-08-22, PF 2021-08-01                      | full    | 2021-08-22 |
"""


@pytest.fixture(scope="module")
def rules() -> SeriesRules:
    return load_series_rules(REFERENCE)


def injections(text: str) -> list[Injection]:
    parts = [part.split() for part in text.split(",")]
    return [
        Injection(day=date.fromisoformat(day), product=CODES[code], dose_id=index)
        for index, (code, day) in enumerate(parts)
    ]


@pytest.mark.parametrize("line", SPEC.strip().splitlines())
def test_a_persons_state(line: str, rules: SeriesRules) -> None:
    events, state, full_on, due_on = (cell.strip() for cell in line.split("|"))
    person = evaluate(injections(events), rules)
    assert person.state == SeriesState[state.upper()]
    assert str(person.full_on or "") == full_on
    assert str(person.due_on or "") == due_on


def test_nobody_without_a_dose(rules: SeriesRules) -> None:
    assert evaluate([], rules) == PersonSeries(state=SeriesState.NONE)


days = st.integers(0, 400).map(lambda n: date(2021, 3, 8) + timedelta(n))
person_events = st.lists(st.tuples(days, st.sampled_from(sorted(CODES.values()))), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.lists(person_events, min_size=1, max_size=20))
def test_the_vectorised_twin_agrees_with_the_plain_rule(people: list[list[tuple[date, str]]]) -> None:
    rules = load_series_rules(REFERENCE)
    products = sorted(rules.products)
    plain = [
        sorted((Injection(day=day, product=product, dose_id=i) for i, (day, product) in enumerate(events)), key=order)
        for events in people
    ]
    flat = [(number, event) for number, events in enumerate(plain) for event in events]
    outcome = evaluate_many(
        Events(
            person=np.array([number for number, _ in flat]),
            day=np.array([(event.day - EPOCH).days for _, event in flat]),
            product=np.array([products.index(event.product) for _, event in flat]),
            products=products,
        ),
        rules,
    )
    for number, events in enumerate(plain):
        expected = evaluate(events, rules)
        assert outcome.state[number] == expected.state
        assert outcome.valid_doses[number] == expected.valid_doses
        for name in ("first_on", "full_on", "boosted_on", "due_on"):
            assert as_day(int(getattr(outcome, name)[number])) == getattr(expected, name), name


def order(event: Injection) -> tuple[date, int]:
    return event.day, event.dose_id


def as_day(number: int) -> date | None:
    return None if number == NEVER else EPOCH + timedelta(number)
