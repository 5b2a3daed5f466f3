"""What things are called on a page: stores above the provinces, the demonstration's names,
devices that do not report."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.gazetteer import Gazetteer
from layouts.equipment_parts import status_tag
from layouts.stock_parts import short
from layouts.store_names import store_name
from layouts.words import Language, load_catalogues

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
VI, EN = (load_catalogues()[language] for language in (Language.VI, Language.EN))


@pytest.mark.parametrize(
    ("code", "level", "vi", "en"),
    [
        ("NIHE", "regional", "Kho Viện Vệ sinh dịch tễ Trung ương", "Store of NIHE"),
        ("TW-CA", "recipient", "Kho Bộ Công an", "Store of Ministry of Public Security"),
        ("STW-YDHN-1", "site", "Trường Đại học Y Hà Nội", "Hanoi Medical University"),
        # Nobody told the names of these; a province's store is not that of a recipient with the same letters.
        ("X9", "regional", "Kho khu vực X9", "Regional store X9"),
        ("P-CA", "national", "Kho quốc gia P-CA", "National store P-CA"),
        ("S01-1", "site", "Tủ điểm tiêm S01-1", "Site fridge S01-1"),
        ("NAT", "national", "Kho quốc gia", "National store"),
    ],
)
def test_a_store_above_the_provinces_is_called_by_its_name(code: str, level: str, vi: str, en: str) -> None:
    places = Gazetteer(REFERENCE)
    for words, expected in ((VI, vi), (EN, en)):
        assert store_name(words, places, code=code, level=level, province="01", district="", site="") == expected


def test_only_the_mark_of_a_demonstration_is_in_the_readers_language() -> None:
    for name, en in (("Điểm tiêm 3 phường 10 (minh họa)", "Điểm tiêm 3 phường 10 (demonstration)"), ("Kho 7", "Kho 7")):
        assert VI.marked(name) == name
        assert EN.marked(name) == en


@pytest.mark.parametrize(
    ("status", "heard", "kind", "said"),
    [
        ("working", "lately", "good", "Working"),
        ("working", "silent", "none", "Working in the register, silent now"),
        ("working", "never", "none", "Working, no readings ever sent"),
        ("not_working", "never", "bad", "Not working"),
    ],
)
def test_what_does_not_report_is_never_green_and_says_so(status: str, heard: str, kind: str, said: str) -> None:
    tag = str(status_tag(status, EN, heard=heard))
    assert f"className='tag tag-{kind}'" in tag
    assert f"Span('{said}')" in tag


def test_the_head_of_a_product_is_its_name_of_trade_on_one_line() -> None:
    assert short("Comirnaty (Pfizer-BioNTech)") == "Comirnaty"
    assert short("Hayat-Vax") == "Hayat\u2011Vax"
