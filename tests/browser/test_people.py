"""The page about people in a browser: what a newcomer finds, links that restore a place, tables, files, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]


def open_people(seen: Watched, query: str = "") -> Page:
    page = seen.open(f"/nguoi-dan{query}")
    page.wait_for_selector("[data-table='overdue_places'] tbody tr")
    return page


def column(page: Page, table: str, place: int) -> list[float]:
    """The known numbers of a column in their order; what is not known stands below them."""
    found: list[str] = page.locator(
        f"[data-table='{table}'] tbody tr:not(.row-fixed) td:nth-child({place})"
    ).evaluate_all("cells => cells.map(cell => cell.dataset.sort)")
    known = [float(text) for text in found if text]
    assert found[len(known) :] == [""] * (len(found) - len(known))
    return known


def test_a_newcomer_finds_how_many_second_doses_are_overdue_in_nghe_an(published: str, open_page: Open) -> None:
    """From the start page, two clicks: the page about people, then the province in its list."""
    page = open_page(published).open_map()
    page.locator("#nav-people").click()
    row = page.locator("[data-table='overdue_places'] tr", has=page.get_by_role("button", name="Nghệ An"))
    listed = row.locator("[data-cell='overdue_places/40/overdue']").inner_text()
    page.locator("[data-table='overdue_places']").get_by_role("button", name="Nghệ An").click()
    expect(page.locator("#people-overdue")).to_have_text(f"Nghệ An: {listed} người quá hạn tiêm mũi tiếp theo.")
    assert re.fullmatch(r"\d\.\d{3}", listed)
    expect(page.locator("#nav-people")).to_have_attribute("aria-current", "page")


def test_a_newcomer_finds_why_binh_duong_is_above_everyone(published: str, open_page: Open) -> None:
    """From the start page, two clicks: the targets, then from the province's cause to what it is made of."""
    page = open_page(published).open_map()
    page.locator("#nav-targets").click()
    row = page.locator("#target-table tr", has=page.get_by_role("button", name="Bình Dương"))
    cause = row.get_by_role("link")
    if not cause.count():
        page.get_by_role("button", name=re.compile("Ít nhất 50%.*ít nhất 1 mũi")).click()
    cause.first.click()
    why = page.locator("#tren-100")
    expect(why).to_contain_text("Vì sao Bình Dương trên 100%")
    expect(why).to_contain_text(re.compile(r"mũi tiêm ở đây \(\d+,\d%\) là cho người cư trú nơi khác"))
    expect(why).to_be_in_viewport()


def test_a_place_is_chosen_from_the_list_and_a_link_restores_it(published: str, open_page: Open) -> None:
    page = open_people(open_page(published))
    page.locator("#people-chosen").select_option(label="Đà Nẵng")
    expect(page.locator("#people-place-name")).to_have_text("Đà Nẵng")
    page.wait_for_function("() => location.search.includes('area=48')")
    assert page.locator("[data-table='waiting'] tbody tr").first.inner_text().startswith("Đà Nẵng")
    again = open_people(open_page(published), "?area=48")
    expect(again.locator("#people-place-name")).to_have_text("Đà Nẵng")
    expect(again.locator("#people-chosen")).to_have_value("48")
    again.get_by_role("button", name="Bậc 3: biên giới").click()
    expect(again.locator("#people-place-name")).to_have_text("Bậc 3: biên giới")
    expect(again.locator("#people-chosen")).to_have_value("")
    expect(again.locator("[data-table='overdue_places'] tbody tr")).to_have_count(18)
    again.get_by_role("button", name="Cả nước").click()
    expect(again.locator("#people-place-name")).to_have_text("Cả nước")
    assert "tier" not in again.url


def test_a_link_to_what_is_not_there_says_so_and_shows_the_nearest(published: str, open_page: Open) -> None:
    seen = open_page(published)
    seen.expected = ("400",)
    page = open_people(seen, "?tier=9")
    expect(page.locator("#people-problem")).to_contain_text("Không có “9”")
    expect(page.locator("#people-place-name")).to_have_text("Cả nước")


def test_numbers_sort_as_numbers_by_the_keyboard(published: str, open_page: Open) -> None:
    page = open_people(open_page(published))
    overdue = column(page, "overdue_places", 2)
    assert overdue == sorted(overdue, reverse=True)
    head = page.locator("[data-table='flows'] th button", has_text="Đi nơi khác tiêm")
    head.focus()
    page.keyboard.press("Enter")
    away = column(page, "flows", 7)
    assert away == sorted(away, reverse=True)
    assert away[0] > 0
    page.keyboard.press("Enter")
    away = column(page, "flows", 7)
    assert away == sorted(away)
    assert page.locator("[data-table='flows'] tbody tr").last.inner_text().startswith("Cả nước")


def test_a_file_is_fetched(published: str, open_page: Open) -> None:
    page = open_people(open_page(published), "?area=74")
    with page.expect_download() as caught:
        page.locator("#noi-o-noi-tiem").get_by_role("link", name="Tải bảng (CSV)").first.click()
    assert re.fullmatch(r"nguoi-dan-flows-\d+\.csv", caught.value.suggested_filename)


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(360, "dark", "en"), (390, "light", "vi"), (1440, "dark", "en"), (3840, "light", "vi")],
)
def test_the_page_fits_every_screen(published: str, open_page: Open, width: int, theme: str, language: str) -> None:
    seen = open_page(published, width=width, theme=theme, language=language)
    page = open_people(seen, "?area=74")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    hidden = page.locator("[data-cell]").evaluate_all(
        "cells => cells.filter(cell => cell.textContent && !cell.offsetParent).length"
    )
    assert hidden == 0
