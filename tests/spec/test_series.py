"""Who is fully vaccinated: both engines against every line of `series_people.md`, which an official can read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from campaign.series import Injection, PersonSeries, SeriesRules, SeriesState, evaluate
from campaign.series_tables import SeriesTables, build
from tests.support.registry import REFERENCE
from tests.support.series import FIRST_DAY, by_tables
from warehouse.reference import load_series_rules

CODES = {
    "AZ": "astrazeneca",
    "PF": "comirnaty",
    "MO": "spikevax",
    "VC": "vero_cell",
    "HV": "hayat_vax",
    "AB": "abdala",
    "SP": "sputnik_v",
    "JA": "janssen",
}
AREAS = ["", "01", "24", "48", "79"]
DOSE = re.compile(r"(?P<void>x?)(?P<code>[A-Z]{2})(?:@(?P<area>\S+))? (?P<day>\S+)")


def read_people() -> dict[str, list[str]]:
    """Cells of each line by the person's name."""
    text = (Path(__file__).parent / "series_people.md").read_text(encoding="utf-8")
    lines = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line] for line in lines[2:]]
    assert len({line[0] for line in cells}) == len(cells)
    return {name: rest for name, *rest in cells}


PEOPLE = read_people()


def injections(doses: str) -> list[Injection]:
    """The valid doses of a cell, in the order in which they were entered."""
    if " + " in doses:
        joined, *parted = doses.split(" - ")
        names = [name for name in joined.split(" + ") if name not in parted]
        return [event for name in names for event in injections(PEOPLE[name][0])]
    found: list[Injection] = []
    for number, text in enumerate(filter(None, (part.strip() for part in doses.split(",")))):
        dose = DOSE.fullmatch(text)
        assert dose, text
        area = (dose["area"] or "").replace("?", "")
        if not dose["void"]:
            day = date.fromisoformat(dose["day"])
            found.append(Injection(day=day, product=CODES[dose["code"]], area=area, dose_id=number))
    return found


@pytest.fixture(scope="module")
def rules() -> SeriesRules:
    return load_series_rules(REFERENCE)


@pytest.fixture(scope="module")
def tables(rules: SeriesRules) -> SeriesTables:
    return build(rules, products=["", *sorted(rules.products)], areas=AREAS, first_day=FIRST_DAY, days=1000)


def stated(cells: Sequence[str]) -> tuple[SeriesState, list[date | None]]:
    state, *days = cells[1:]
    return SeriesState[state.upper()], [date.fromisoformat(day) if day else None for day in days]


def shown(person: PersonSeries) -> tuple[SeriesState, list[date | None]]:
    return person.state, [person.full_on, person.due_on, person.boosted_on, person.booster_on]


@pytest.mark.parametrize("name", PEOPLE)
def test_where_a_person_stands(name: str, rules: SeriesRules, tables: SeriesTables) -> None:
    doses = injections(PEOPLE[name][0])
    assert shown(evaluate(doses, rules)) == stated(PEOPLE[name])
    (fast,) = by_tables(tables, ["", *sorted(rules.products)], AREAS, [doses])
    assert shown(fast) == stated(PEOPLE[name])


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(PEOPLE) >= 30


def test_a_state_does_not_depend_on_record_numbers(rules: SeriesRules) -> None:
    day = date(2021, 8, 1)
    pair = [("comirnaty", (1, 2)), ("astrazeneca", (2, 1))]
    later = Injection(day=day + timedelta(60), product="comirnaty", dose_id=9)
    first, second = (
        evaluate([*(Injection(day=day, product=code, dose_id=numbers[entry]) for code, numbers in pair), later], rules)
        for entry in (0, 1)
    )
    assert shown(first) == shown(second)
    assert first.full_on == later.day


def test_a_product_that_nobody_has_rules_for_is_refused(rules: SeriesRules) -> None:
    with pytest.raises(KeyError, match="sinovac"):
        evaluate([Injection(day=date(2021, 8, 1), product="sinovac")], rules)
