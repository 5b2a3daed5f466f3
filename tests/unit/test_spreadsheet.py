"""No text of a record becomes a formula in somebody's spreadsheet, and no cell becomes two."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.spreadsheet import STARTS, as_text, csv_line


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+84900000777",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =HYPERLINK(1)",
        "＝1+1",
        "\0=1",
        "|calc",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_begins_as_a_formula_is_text(text: str) -> None:
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Nguyễn Thị A", "AZ-1", "12", "a=b", "'=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert as_text(text) == text


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert csv_line([-5, 0.25, None, "-5", 'said "no", twice']) == '-5,0.25,,\'-5,"said ""no"", twice"\r\n'


@given(st.lists(st.text(), min_size=2, max_size=6))
@example(["a\r\n=1", '",=1', "\0=1"])
def test_a_line_reads_back_cell_by_cell_and_none_begins_a_formula(cells: list[str]) -> None:
    (row,) = csv.reader(io.StringIO(csv_line(cells), newline=""))
    assert row == [as_text(cell).replace("\0", "") for cell in cells]
    assert not any(cell[:1] in STARTS for cell in row)
