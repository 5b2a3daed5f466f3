"""The map in a browser: from the nation to a site by mouse and by keyboard, days, areas of 2025, comparisons, links.
Nothing here measures time: `app.py bench drill` does."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
TITLE = "#place-title"


def click_shape(page: Page, code: str) -> None:
    shape = page.locator(f"#coverage-map path[data-code='{code}']")
    shape.scroll_into_view_if_needed()
    box = shape.bounding_box()
    assert box is not None
    # plotly.js listens on a plane above the shapes and finds the area by its outline.
    page.mouse.move(box["x"] + box["width"] / 2 - 4, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_from_the_nation_to_a_site_by_mouse(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    click_shape(page, "40")
    expect(page.locator(TITLE)).to_have_text("Nghệ An: quận, huyện")
    page.locator(".way-down").click()
    expect(page.locator(TITLE)).to_be_in_viewport()
    page.locator("#district-table .place", has_text="Thành phố Vinh").click()
    expect(page.locator(TITLE)).to_have_text("Thành phố Vinh: điểm tiêm")
    # The busiest on top.
    page.locator("#site-table [data-column='doses']").click()
    first = page.locator("#site-table .place").first
    name = first.inner_text()
    first.click()
    expect(page.locator(TITLE)).to_have_text(name)
    expect(page.locator("#site-lag")).to_contain_text("22/11/2021")
    assert re.search(r"area=40&?.*site=40", page.url)
    page.locator(".crumbs .place", has_text="Nghệ An").click()
    expect(page.locator(TITLE)).to_have_text("Nghệ An: quận, huyện")
    page.locator(".crumbs .place", has_text="Cả nước").click()
    expect(page.locator("#coverage-place")).to_be_hidden()


def tab_to(page: Page, css: str) -> None:
    """Tab until what is in focus is that: nobody with a mouse is needed to come there."""
    for _ in range(160):
        if page.evaluate("css => Boolean(document.activeElement && document.activeElement.matches(css))", css):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {css} by Tab")


def test_from_the_nation_to_a_site_by_keyboard(published: str, open_page: Open) -> None:
    page = open_page(published).open_map("/?metric=full")
    page.locator("#coverage-map path[data-code='40']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_have_text("Nghệ An: quận, huyện")
    tab_to(page, ".way-down")
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_be_focused()
    tab_to(page, "#district-table tbody .place")
    name = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_have_text(f"{name}: điểm tiêm")
    expect(page.locator(TITLE)).to_be_focused()
    tab_to(page, "#site-table tbody .place")
    name = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_have_text(name)
    expect(page.locator(TITLE)).to_be_focused()


FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "lost";
  const style = getComputedStyle(at);
  const line = style.stroke !== "none" && parseFloat(style.strokeWidth) >= 3;
  const ring = at.matches("path") ? line : style.outlineStyle !== "none";
  return at.matches(":focus-visible") && at.checkVisibility() && ring ? "seen" : at.outerHTML.slice(0, 120);
}"""
WALK = """() => {
  // Everywhere by arrows alone, from the one stop that Tab has.
  const reached = new Set();
  const ahead = [document.querySelector("#coverage-map path[tabindex='0']")];
  while (ahead.length) {
    const path = ahead.pop();
    if (reached.has(path.dataset.code)) continue;
    reached.add(path.dataset.code);
    for (const key of ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]) {
      path.focus();
      path.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      ahead.push(document.activeElement);
    }
  }
  return Array.from(reached);
}"""


def in_focus(page: Page) -> None:
    """Something has the focus, and shows it: a drawing anew may take it for the moment that it lasts."""
    page.wait_for_function(f"() => ({FOCUS})() === 'seen'")


def test_the_whole_map_is_read_and_drilled_by_keyboard_and_left_again(published: str, open_page: Open) -> None:
    page = open_page(published).open_map("/?metric=full")
    tab_to(page, "#coverage-map path[data-code]")
    assert set(page.evaluate(WALK)) == set(
        page.locator("#coverage-map path[data-code]").evaluate_all("paths => paths.map(path => path.dataset.code)")
    )
    labels = page.locator("#coverage-map path[data-code]").evaluate_all(
        "paths => paths.map(path => path.getAttribute('aria-label'))"
    )
    assert len(set(labels)) == 63
    assert all(re.search(r"\d|[Cc]hưa", label) for label in labels)
    page.locator("#coverage-map path[data-code='01']").focus()
    page.keyboard.press("ArrowDown")
    in_focus(page)
    code = page.evaluate("document.activeElement.dataset.code")
    assert code and code != "01"
    code = "40"
    page.locator(f"#coverage-map path[data-code='{code}']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#coverage-map path[data-code='{code}']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(TITLE)).to_contain_text("quận, huyện")
    in_focus(page)
    province = page.locator(TITLE).inner_text()
    for css in (".way-down", "#district-table tbody .place", "#site-table tbody .place"):
        tab_to(page, css)
        in_focus(page)
        page.keyboard.press("Enter")
        expect(page.locator(TITLE)).to_be_focused()
    # Back, step by step: to the province, then to the nation, where the map takes the focus again.
    crumbs = page.locator(".crumbs .place")
    crumbs.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_have_text(province)
    expect(page.locator(TITLE)).to_be_focused()
    crumbs.first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#coverage-place")).to_be_hidden()
    expect(page.locator(f"#coverage-map path[data-code='{code}']")).to_be_focused()
    # The same by Escape, from the card.
    page.keyboard.press("Enter")
    expect(page.locator(".area-card")).to_have_count(1)
    tab_to(page, "[data-action='close-area']")
    page.keyboard.press("Escape")
    expect(page.locator(".area-card")).to_have_count(0)
    expect(page.locator(f"#coverage-map path[data-code='{code}']")).to_be_focused()


def test_a_row_that_is_picked_by_keyboard_keeps_the_focus(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.locator("#coverage-table .ag-cell[col-id='name']").first.click()
    expect(page.locator(TITLE)).to_be_attached()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#coverage-table .row-picked .ag-cell[col-id='name']")).to_be_focused()


def test_a_day_is_written_as_the_country_writes_days(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    field = page.locator("#against-day")
    expect(field).to_have_attribute("placeholder", "ngày/tháng/năm")
    for wrong in ("31/02/2021", "2021", "05/11/2031"):
        field.fill(wrong)
        field.press("Enter")
        expect(field).to_have_attribute("aria-invalid", "true")
        assert "against=" not in page.url
    field.fill("5/11/2021")
    field.press("Enter")
    expect(page.locator("#coverage-compare")).to_contain_text("So sánh 05/11/2021 với")
    page.wait_for_function("() => location.search.includes('against=2021-11-05')")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_from_a_row_of_the_table_to_its_districts(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.get_by_placeholder("Tìm tỉnh, thành phố").fill("da nang")
    page.locator("#coverage-table .ag-cell[col-id='name']", has_text="Đà Nẵng").click()
    expect(page.locator(TITLE)).to_have_text("Đà Nẵng: quận, huyện")
    # Eight points, and the archipelago that belongs to it by its name.
    expect(page.locator("#coverage-plot .scattergeo path.point")).to_have_count(8)
    expect(page.locator("#coverage-plot")).to_contain_text("Hoàng Sa")


def test_a_newcomer_finds_the_worst_province_for_the_seventy_on_the_map(published: str, open_page: Open) -> None:
    """Three clicks: the measure, the group, the name."""
    page = open_page(published).open_map()
    page.get_by_text("So chỉ tiêu: đủ liều", exact=True).first.click()
    page.get_by_text("toàn dân", exact=True).first.click()
    expect(page.locator("#coverage-map-note")).to_contain_text("chỉ tiêu: trên 70%")
    lowest = page.locator("#map-lowest .place")
    name = lowest.inner_text()
    lowest.click()
    expect(page.locator(".area-card h3")).to_have_text(name)
    # The same as the table says when it is sorted by that column.
    page.locator("#coverage-table .ag-header-cell[col-id='value']").click()
    page.wait_for_function("() => location.search.includes('sort=value')")
    page.locator("#coverage-table .ag-header-cell[col-id='value']").click()
    page.wait_for_function("() => decodeURIComponent(location.search).includes('sort=value:asc')")
    rows = page.locator("#coverage-table .ag-center-cols-container .ag-row").evaluate_all(
        """rows => rows.map(row => [Number(row.getAttribute('row-index')),
                                   row.querySelector('[col-id=value]').innerText])"""
    )
    shown = [text for _, text in sorted(rows)]
    assert shown[0].startswith("−"), "what is not known stands below, whichever way is up"
    assert shown[0] in page.locator("#map-lowest").inner_text()


def test_a_link_restores_the_whole_view(published: str, open_page: Open) -> None:
    query = "/?metric=left&group=all&day=2021-10-15&against=2021-09-01&area=40&district=412&sort=doses:desc"
    page = open_page(published).open_map(query)
    header = page.locator("#coverage-table .ag-header-cell[col-id='doses']")
    expect(page.locator("#coverage-map-title")).to_have_text("Bản đồ · đến hết ngày 15/10/2021")
    expect(page.locator("#day-shown")).to_have_text("15/10/2021")
    expect(page.locator(TITLE).first).to_have_text("Thành phố Vinh: điểm tiêm")
    expect(page.locator("#coverage-compare")).to_contain_text("So sánh 01/09/2021 với 15/10/2021")
    expect(header).to_have_attribute("aria-sort", "descending")
    assert page.locator("#coverage-table .ag-pinned-left-cols-container [row-index='0']").inner_text().strip() == (
        "Hồ Chí Minh"
    )


@pytest.mark.parametrize(
    ("query", "told", "gone"),
    [
        ("?day=1999-01-01", "1999-01-01", "day="),
        ("?metric=moon", "moon", "metric=moon"),
        ("?area=999", "999", "area="),
        ("?area=40&district=001", "001", "district="),
        ("?area=40&site=0100001", "0100001", "site="),
        ("?grain=12", "12", "grain="),
        ("?sort=moon:asc", "moon:asc", "sort="),
    ],
)
def test_a_bad_link_says_so_and_shows_the_nearest_view(
    published: str, open_page: Open, query: str, told: str, gone: str
) -> None:
    seen = open_page(published)
    seen.expected = ("400",)
    page = seen.open_map(f"/{query}")
    expect(page.locator("#coverage-problem")).to_contain_text(told)
    page.wait_for_function("gone => !location.search.includes(gone)", arg=gone)
    if "area=40" in query:
        expect(page.locator(TITLE)).to_have_text("Nghệ An: quận, huyện")


def test_the_slider_goes_to_any_day_and_back_to_the_newest(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    newest = page.locator("#coverage-legend").inner_text()
    slider = page.locator("#day-slider")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageDown")
    expect(page.locator("#coverage-map-note")).to_contain_text("tính theo ngày tiêm")
    page.wait_for_function("() => location.search.includes('day=2021-')")
    assert page.locator("#coverage-legend").inner_text() != newest
    page.get_by_role("button", name="Tiến một ngày").click()
    page.get_by_role("button", name="Mới nhất", exact=True).click()
    page.wait_for_function("() => !location.search.includes('day=')")
    expect(page.locator("#coverage-map-note")).not_to_contain_text("tính theo ngày tiêm")
    assert page.locator("#coverage-legend").inner_text() == newest


def test_the_34_areas_of_2025_lead_to_the_provinces_they_were_made_of(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.get_by_role("button", name="34 tỉnh, thành (2025)").click()
    expect(page.locator("#coverage-map path[data-code]")).to_have_count(34)
    click_shape(page, "40")
    page.locator("[data-action='close-area']").click()
    page.locator("#coverage-table .ag-cell[col-id='name']", has_text="Gia Lai").click()
    expect(page.locator(TITLE)).to_contain_text("Gia Lai (từ năm 2025)")
    page.locator("#member-table .place", has_text="Bình Định").click()
    expect(page.locator(TITLE)).to_have_text("Bình Định: quận, huyện")
    expect(page.locator("#coverage-map path[data-code]")).to_have_count(63)


def test_two_provinces_are_compared_and_the_table_sorts(published: str, open_page: Open) -> None:
    page = open_page(published).open_map("/?area=40")
    page.locator("#other-area").select_option(label="Đà Nẵng")
    expect(page.locator("#coverage-compare")).to_contain_text("So sánh Nghệ An với Đà Nẵng")
    page.wait_for_function("() => location.search.includes('other=48')")
    page.locator("#district-table [data-column='doses']").click()
    values = page.locator("#district-table tbody tr:not(.row-fixed) td:nth-last-child(2)").evaluate_all(
        "cells => cells.map(cell => Number(cell.dataset.sort))"
    )
    assert values == sorted(values, reverse=True)
    assert "order=district-table" in page.url


def test_what_has_no_figure_is_hatched_and_says_so(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    fill = page.locator("#coverage-map path[data-code='12']").evaluate("path => path.style.fill")
    assert "no-figure" in fill
    assert "no-figure" not in page.locator("#coverage-map path[data-code='01']").evaluate("path => path.style.fill")
    expect(page.locator(".legend-none")).to_contain_text("chưa có số liệu")


def test_the_table_is_given_away_as_a_file(published: str, open_page: Open) -> None:
    page = open_page(published).open_map("/?metric=left&group=all")
    with page.expect_download() as waited:
        page.locator("#coverage-csv").click()
    text = waited.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith("area,name,metric,group,value,")
    assert len(text.splitlines()) == 67
    assert ",left,all," in text


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(360, "dark", "en"), (390, "light", "vi"), (1440, "dark", "en"), (3840, "light", "vi")],
)
def test_the_panels_fit_every_screen(published: str, open_page: Open, width: int, theme: str, language: str) -> None:
    seen = open_page(published, width=width, theme=theme, language=language)
    for query in ("?area=48&other=40&against=2021-10-01", "?area=40&district=412", "?area=40&site=4000001"):
        page = seen.open_map(f"/{query}")
        page.wait_for_selector(TITLE)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
