"""A narrative of a person: its figures are the snapshot's, one typed by hand that is not is refused. And the edition of
one page, which has no colour."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.narrative import NarrativeRefused, numbers_in, told
from campaign.report import Part
from tests.support.reported import Read, name_of, write_reports

FIGURES = {"doses": "12.340.567", "since_doses_new": "+77", "share": "69,9%"}
SAID = numbers_in(["Ngày 05/11/2021: 12.340.567 mũi, mới +77, điều chỉnh −40; COVID-19"])
PARTS = (Part.HEADLINE, Part.STOCK)


def written(text: str) -> dict[Part, tuple[str, ...]]:
    return told(text, first=Part.HEADLINE, parts=PARTS, figures=FIGURES, said=SAID)


def test_paragraphs_and_sections() -> None:
    assert written("Đã tiêm\n{doses} mũi.\n\nMới {since_doses_new}.\n[stock]\nĐủ dùng.") == {
        Part.HEADLINE: ("Đã tiêm 12.340.567 mũi.", "Mới +77."),
        Part.STOCK: ("Đủ dùng.",),
    }


@pytest.mark.parametrize("text", ["Ngày 05/11/2021, COVID-19.", "Có 12.340.567 mũi.", "Mới 77, tức +77.", "Giảm -40."])
def test_a_number_that_the_report_says_may_be_typed(text: str) -> None:
    assert written(text)[Part.HEADLINE] == (text,)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mở đầu.\nĐã tiêm 12.340.568 mũi.", "line 2: '12.340.568'"),
        ("Đã tiêm 12340567 mũi.", "'12340567'"),
        ("Đã tiêm 77 triệu mũi.", "'77 triệu'"),
        ("Mới -77 mũi.", "'-77'"),
        ("Đạt 70%.", "'70%'"),
        ("Đã tiêm {dose} mũi.", "no figure '{dose}'; did you mean '{doses}'"),
        ("Đã tiêm {doses mũi.", "opened or closed alone"),
        ("[weather]\nMưa.", "no section 'weather'; it has headline, stock"),
    ],
)
def test_what_the_report_does_not_say_is_refused(text: str, names: str) -> None:
    with pytest.raises(NarrativeRefused, match=re.escape(names)):
        written(text)


@given(st.integers(0, 10**9))
def test_no_other_number_gets_through(number: int) -> None:
    text = f"{number:,}".replace(",", ".")
    if text in SAID:
        assert written(f"Có {text} mũi.")
    else:
        with pytest.raises(NarrativeRefused, match=re.escape(text)):
            written(f"Có {text} mũi.")


def test_the_text_stands_in_every_form_with_the_snapshot_s_figures(reported_state: Path, tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("Kính báo cáo: {doses} mũi.\n\n[stock]\nKho còn {stock_usable} liều.\n", encoding="utf-8")
    out = tmp_path / "out"
    assert write_reports(reported_state, out, "--narrative", str(file), "--form", "json", "--form", "pdf") == 0
    found = Read(out / f"{name_of('vn', 'vi')}.json")
    said = {part["section"]: part["sentences"] for part in found.all["sections"]}
    grouped = {key: f"{found.figures[key]:,}".replace(",", ".") for key in ("doses", "stock_usable")}
    assert said["headline"] == [f"Kính báo cáo: {grouped['doses']} mũi."]
    assert said["stock"] == [f"Kho còn {grouped['stock_usable']} liều."]
    assert said["provinces"], "a section that is not named keeps its own"
    document = pypdfium2.PdfDocument(out / f"{name_of('vn', 'vi')}.pdf")
    assert said["headline"][0] in document[0].get_textpage().get_text_bounded()
    document.close()


@pytest.mark.parametrize(
    ("text", "more", "names"),
    [
        ("Đã tiêm 1.234.567.890 mũi.", (), "--narrative: line 1: '1.234.567.890' is no number of this report"),
        ("Đã tiêm {doses} mũi.", ("--lang", "vi", "--lang", "en"), "of one area in one language"),
        (" ", (), "has no text"),
    ],
)
def test_a_text_that_is_refused_writes_nothing(
    reported_state: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    more: tuple[str, ...],
    names: str,
) -> None:
    file = tmp_path / "words.txt"
    file.write_text(text, encoding="utf-8")
    assert write_reports(reported_state, tmp_path / "out", "--narrative", str(file), *more) == 2
    assert names in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_one_page_without_colour(
    reported_state: Path, read: dict[tuple[str, str], Read], tmp_path: Path, language: str
) -> None:
    assert write_reports(reported_state, tmp_path, "--edition", "page", "--lang", language) == 0
    (file,) = tmp_path.iterdir()
    assert file.name == f"{name_of('vn', language)}-page.pdf"
    document = pypdfium2.PdfDocument(file)
    assert len(document) == 1
    text = document[0].get_textpage().get_text_bounded()
    picture = document[0].render(scale=1).to_pil().convert("RGB")
    document.close()
    told_by = read["vn", language]
    assert all(line in " ".join(text.split()) for line in told_by.all["lines"])
    marks = "." if language == "vi" else ","
    for key in ("doses", "dose1_people", "full_people", "delivered"):
        assert f"{told_by.figures[key]:,}".replace(",", marks) in text, key
    spread = max(max(pixel) - min(pixel) for pixel in picture.get_flattened_data())
    assert spread <= 2, "a coloured dot"
    with pikepdf.open(file) as archived:
        assert "/StructTreeRoot" in archived.Root


def test_what_does_not_fit_on_a_page_is_refused(
    reported_state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "long.txt"
    file.write_text("Đã tiêm {doses} mũi.\n\n" * 90, encoding="utf-8")
    asked = ("--edition", "page", "--narrative", str(file))
    assert write_reports(reported_state, tmp_path / "out", *asked) == 1
    assert "Không vừa một trang" in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("*"))
    assert write_reports(reported_state, tmp_path / "out", "--edition", "page", "--form", "csv") == 2
