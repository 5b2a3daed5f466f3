"""Periods and values as DHIS2 writes them; a figure without a code stops the export."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.dhis2 import PEOPLE, Codes, Count, Dhis2Error, Element, data_value_set, is_over, period_of
from warehouse.reads_dhis2 import load_codes
from warehouse.reference import load_product_names

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
OCTOBER = period_of("202110")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("202102", date(2021, 2, 1), date(2021, 2, 28)),
        ("2021W46", date(2021, 11, 15), date(2021, 11, 21)),
        ("2020W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("20211122", date(2021, 11, 22), date(2021, 11, 22)),
    ],
)
def test_a_period_is_its_days(text: str, first: date, last: date) -> None:
    period = period_of(text)
    assert (period.first, period.last) == (first, last)
    assert not is_over(period, first) or first == last
    assert is_over(period, last)


@pytest.mark.parametrize(
    "text", ["", "2021", "202113", "2021W0", "2021W53", "2021W046", "20210230", "2021-11", "٢٠٢١١١"]
)
def test_what_is_no_period_is_said(text: str) -> None:
    with pytest.raises(Dhis2Error):
        period_of(text)


def test_every_product_and_group_has_a_code_of_its_own() -> None:
    codes = load_codes(REFERENCE)
    wanted = {("doses", product) for product in (*load_product_names(REFERENCE), "")}
    wanted |= {(measure, part) for measure in PEOPLE for part in ("18_64", "65plus", "other")}
    assert codes.elements.keys() == wanted
    assert len(set(codes.elements.values())) == len(wanted), "two figures with one code overwrite each other"
    assert len(set(codes.org_units.values())) == len(codes.org_units) == 65


def test_a_figure_without_a_code_stops_everything() -> None:
    codes = Codes(
        elements={("doses", "x"): Element(data_element="D", category_option_combo="X")}, org_units={"01": "A"}
    )
    for area, part in (("01", "y"), ("02", "x")):
        with pytest.raises(Dhis2Error, match="stands for"):
            data_value_set([Count(area_code=area, measure="doses", part=part, value=1)], codes, OCTOBER)
    unknown = Count(area_code="01", measure="doses", part="x", value=None)
    assert data_value_set([unknown], codes, OCTOBER)["dataValues"] == [], "not told is not nought"


@given(seniors=st.integers(0, 50), adults=st.integers(0, 50), others=st.integers(0, 50))
def test_options_are_disjoint_and_add_up(seniors: int, adults: int, others: int) -> None:
    told = {"65plus": seniors, "18plus": seniors + adults, "all": seniors + adults + others}
    counts = [Count(area_code="01", measure="full", part=part, value=value) for part, value in told.items()]
    values = data_value_set(counts, load_codes(REFERENCE), OCTOBER)["dataValues"]
    assert {value["categoryOptionCombo"]: int(value["value"]) for value in values} == {
        "MCC_AGE_65PLUS": seniors, "MCC_AGE_18_64": adults, "MCC_AGE_OTHER": others,
    }  # fmt: skip
