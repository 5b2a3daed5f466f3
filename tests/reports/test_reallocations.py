"""The section about approved plans: beside the numbers of test_numbers, what it says where there is nothing to tell."""

from __future__ import annotations

from pathlib import Path

import docx
import duckdb
import pypdfium2
import pytest

from tests.support.reported import AREA, LANGUAGES, VERSION, Read, name_of, publish, write_reports
from tests.support.snapshots import Recipe

TABLES = ("reallocation", "reallocation_line")
NONE = {
    "vi": "Trong 31 ngày gần nhất không có kế hoạch điều chuyển nào được duyệt.",
    "en": "No reallocation plan was approved in the last 31 days.",
}
NOT_TOLD = {
    "vi": "Bản chụp này không ghi các kế hoạch điều chuyển",
    "en": "This snapshot does not tell of reallocation plans",
}


def section(told: Read) -> dict[str, object]:
    (found,) = told.all["sections"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_plan_is_said_in_words(tmp_path: Path, language: str) -> None:
    file = publish(tmp_path, Recipe(version=VERSION))
    with duckdb.connect(str(file)) as database:
        for table in TABLES:
            database.execute(f"DELETE FROM {table}")
    assert write_reports(tmp_path, tmp_path / "out", "--section", "reallocations", "--lang", language) == 0
    name = tmp_path / "out" / name_of("vn", language)
    told = Read(name.with_suffix(".json"))
    assert section(told)["sentences"] == [NONE[language]]
    assert told.figures == dict.fromkeys(told.figures, 0)
    assert not told.tables
    document = pypdfium2.PdfDocument(name.with_suffix(".pdf"))
    assert NONE[language] in " ".join(document[0].get_textpage().get_text_range().split())
    document.close()
    assert NONE[language] in [item.text for item in docx.Document(str(name.with_suffix(".docx"))).paragraphs]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_snapshot_from_before_does_not_say_that_there_is_none(tmp_path: Path, language: str) -> None:
    publish(tmp_path, Recipe(version=VERSION, without=TABLES))
    assert write_reports(tmp_path, tmp_path / "out", "--section", "reallocations", "--lang", language) == 0
    told = Read(tmp_path / "out" / f"{name_of('vn', language)}.json")
    (said,) = section(told)["sentences"]  # pyright: ignore[reportGeneralTypeIssues]
    assert said.startswith(NOT_TOLD[language])
    assert not told.figures


def test_a_province_has_the_lines_that_touch_it(read: dict[tuple[str, str], Read]) -> None:
    nation, own = read["vn", "vi"], read[AREA, "vi"]
    assert {row["plan"] for row in nation.rows("reallocation_lines")[:-1]} == {11, 12, 13, 14}
    lines = own.rows("reallocation_lines")[:-1]
    assert {(row["plan"], row["lot"]) for row in lines} == {
        (11, "AS02100"), (11, "CO124001"), (12, "AS02099"), (13, "CO123002"), (13, "VC00007"),
    }  # fmt: skip
    assert own.figures["moves_on_way"] == 0
    assert nation.figures["moves_on_way"] == 3_510


def test_a_province_that_no_plan_touches(reported_state: Path, tmp_path: Path) -> None:
    asked = ("--section", "reallocations", "--area", "92", "--form", "json", "--lang", "en")
    assert write_reports(reported_state, tmp_path, *asked) == 0
    (said,) = section(Read(tmp_path / f"{name_of('92', 'en')}.json"))["sentences"]  # pyright: ignore[reportGeneralTypeIssues]
    assert said == "No reallocation plan that touches Can Tho was approved in the last 31 days."
