"""The page of the targets in a browser: what a newcomer finds, links that restore a view, the keyboard, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
PLACES = "#target-table tbody tr:not(.row-fixed)"


def open_targets(seen: Watched, query: str = "") -> Page:
    page = seen.open(f"/muc-tieu{query}")
    page.wait_for_selector("#target-table tbody tr")
    return page


def column(page: Page, place: int) -> list[float]:
    """The known numbers of a column in their order. Those that are not known stand below them, whichever way is up."""
    found: list[str] = page.locator(f"{PLACES} td:nth-child({place})").evaluate_all(
        "cells => cells.map(cell => cell.dataset.sort)"
    )
    known = [float(text) for text in found if text]
    assert found[len(known) :] == [""] * (len(found) - len(known))
    return known


def test_a_newcomer_finds_when_the_half_of_the_adults_is_reached(published: str, open_page: Open) -> None:
    """From the start page, one click: the tile of the target leads to its card."""
    seen = open_page(published)
    page = seen.open_map()
    page.wait_for_load_state("load")
    loads = len(seen.loads)
    page.locator(".tile-target", has_text="Chỉ tiêu 50%").get_by_role("link").click()
    card = page.locator(".target-card[data-target='adults_50_2021']")
    expect(card).to_contain_text(re.compile(r"Đủ liều cơ bản.*(Đã đạt|Dự báo đạt) ngày \d\d/\d\d/\d{4}", re.DOTALL))
    expect(page.locator("#nav-targets")).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(page.locator("#coverage-tiles .big")).to_be_visible()
    assert len(seen.loads) == loads, "within the page, there and back"


def test_a_newcomer_finds_the_worst_province_for_the_seventy(published: str, open_page: Open) -> None:
    """Two clicks: the page of the targets, then the reading."""
    page = open_page(published).open_map()
    page.locator("#nav-targets").click()
    page.get_by_role("button", name="Trên 70% tổng dân số · đủ liều cơ bản").click()
    expect(page.locator("#targets-curve-note")).to_contain_text("Đủ liều cơ bản, toàn dân")
    lowest = page.locator("#target-lowest b").inner_text()
    share = page.locator("#target-table .sort", has_text="Tỷ lệ bao phủ")
    share.click()
    share.click()
    rows = page.locator(PLACES)
    expect(rows.filter(has_text=lowest)).to_have_count(1)
    shares = column(page, 2)
    assert shares == sorted(shares)
    assert len(shares) < rows.count()
    assert rows.first.locator("td").first.inner_text().strip() == lowest


def test_the_way_to_a_place_is_found_and_undone(published: str, open_page: Open) -> None:
    page = open_targets(open_page(published))
    page.get_by_role("button", name="Nghệ An").click()
    expect(page.locator("#targets-place")).to_have_text("Nghệ An")
    page.wait_for_function("() => location.search.includes('area=40')")
    expect(page.locator("tr.row-picked")).to_contain_text("Nghệ An")
    page.get_by_role("button", name="Xem cả nước").click()
    expect(page.locator("#targets-place")).to_have_text("Cả nước")


def test_a_link_restores_place_reading_and_denominator(published: str, open_page: Open) -> None:
    query = "?target=all_70_2022q1&metric=full&denominator=portal_2021&area=74"
    page = open_targets(open_page(published), query)
    expect(page.locator("#targets-place")).to_have_text("Bình Dương")
    expect(page.locator("#targets-curve-note")).to_contain_text("Đủ liều cơ bản, toàn dân")
    pressed = page.locator(".choice[aria-pressed='true']")
    expect(pressed).to_have_text(["Cổng thông tin tiêm chủng 2021", "Trên 70% tổng dân số · đủ liều cơ bản"])


def test_why_binh_duong_is_above_everyone(published: str, open_page: Open) -> None:
    page = open_targets(open_page(published), "?target=adults_50_2021&metric=dose1&area=74")
    expect(page.locator(".target-card .target-cause").first).to_contain_text("Trên 100%")


def test_a_link_to_what_is_not_there_says_so_and_shows_the_nearest(published: str, open_page: Open) -> None:
    seen = open_page(published)
    seen.expected = ("400",)
    page = open_targets(seen, "?target=moon&area=999")
    expect(page.locator("#targets-problem")).to_contain_text("Không có")
    expect(page.locator("#targets-place")).to_have_text("Cả nước")
    assert "moon" not in page.url and "999" not in page.url


def test_numbers_sort_as_numbers_and_stay_sorted(published: str, open_page: Open) -> None:
    page = open_targets(open_page(published))
    gaps = column(page, 4)
    assert gaps == sorted(gaps, reverse=True)
    head = page.locator("#target-table .sort", has_text="Số người chưa tiêm")
    head.focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort='descending']")).to_contain_text("Số người chưa tiêm")
    values = column(page, 3)
    assert values == sorted(values, reverse=True)
    page.get_by_role("button", name="Cổng thông tin tiêm chủng 2021").click()
    page.wait_for_function("() => location.search.includes('portal_2021')")
    expect(page.locator(".target-card").first).to_contain_text("Mẫu số: Cổng thông tin tiêm chủng 2021")
    values = column(page, 3)
    assert values == sorted(values, reverse=True)
    assert page.locator("#target-table tbody tr.row-fixed").last.inner_text().startswith("Cả nước")


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(360, "dark", "en"), (390, "light", "vi"), (1440, "dark", "en"), (3840, "light", "vi")],
)
def test_the_page_fits_every_screen(published: str, open_page: Open, width: int, theme: str, language: str) -> None:
    seen = open_page(published, width=width, theme=theme, language=language)
    page = open_targets(seen, "?area=74")
    page.wait_for_selector("#targets-curve .main-svg")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
