"""A figure taken away from its page carries what it needs: title, day, snapshot, denominator, and the islands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
PNG = b"\x89PNG\r\n\x1a\n"
TEXTS = {
    "vi": {"title": "Bản đồ", "curves": "Số người đã tiêm", "snapshot": "Bản chụp số 1", "denominator": "Mẫu số:"},
    "en": {"title": "Map", "curves": "People", "snapshot": "Snapshot 1", "denominator": "Denominator:"},
}


def taken(page: Page, graph: str, kind: str, folder: Path) -> Path:
    with page.expect_download() as found:
        page.locator(f"[data-graph='{graph}'][data-format='{kind}']").click()
    file = folder / found.value.suggested_filename
    found.value.save_as(file)
    return file


def words(svg: Path) -> str:
    return " ".join("".join(ET.parse(svg).getroot().itertext()).split())


@pytest.mark.parametrize(("language", "theme"), [("vi", "dark"), ("en", "light")])
def test_a_picture_has_title_day_snapshot_and_denominator(
    published: str, open_page: Open, tmp_path: Path, language: str, theme: str
) -> None:
    page = open_page(published, language=language, theme=theme).open_map()
    told = TEXTS[language]
    key = page.evaluate("window.board.current.key")
    as_of = page.text_content("#header-as-of") or "no day"
    svg = taken(page, "coverage-map", "svg", tmp_path)
    text = words(svg)
    for part in (told["title"], told["snapshot"], key, as_of, told["denominator"]):
        assert " ".join(part.split()) in text
    assert "Hoàng Sa" in text
    assert "Trường Sa" in text
    # Light whatever the page is: the paper and the lowest class of the light legend.
    assert '<rect x="0" y="0" width="1200" height="1180" style="fill: rgb(255, 255, 255)' in svg.read_text(
        encoding="utf-8"
    )
    assert "rgb(251, 240, 196)" in svg.read_text(encoding="utf-8")
    assert told["curves"] in words(taken(page, "coverage-curves", "svg", tmp_path))
    assert taken(page, "coverage-daily", "png", tmp_path).read_bytes().startswith(PNG)
