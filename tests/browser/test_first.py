"""The first screen, what a province says of its figures, what if, and the help layer, in a browser: found from the
start page by somebody who has never seen it, by keyboard and by touch, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from campaign.access import Role
from operations.statements import statements
from tests.browser.conftest import Serve, Watched
from tests.support.people import grant
from tests.support.signed_in import signed_in
from tests.support.snapshots import Recipe

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
REFUSALS = ("Failed to load resource",)
TEXTS = {
    "vi": {"done": "Đã ghi", "denied": "không gồm tỉnh có mã 01", "mark": "Giả định", "later": "muộn hơn"},
    "en": {"done": "Noted", "denied": "does not cover the province with code 01", "mark": "Supposed", "later": "later"},
}
DATE = r"\d\d/\d\d/\d{4}|\d\d\s\w{3}\s\d{4}"


def first_screen(seen: Watched, path: str = "/") -> Page:
    page = seen.open(path)
    page.wait_for_selector("#first-behind")
    return page


@pytest.mark.parametrize(("language", "width", "height"), [("vi", 1440, 900), ("en", 1440, 900), ("vi", 390, 844)])
def test_nobody_has_to_click_for_the_worst_province_and_the_date_of_the_half(
    published: str, open_page: Open, language: str, width: int, height: int
) -> None:
    """Both stand in words within the first screen, before anything is scrolled or pressed."""
    page = first_screen(open_page(published, language=language, width=width, height=height))
    worst = page.locator("#first-worst")
    expect(worst).to_have_text("Hà Giang" if language == "vi" else re.compile("Ha Giang|Hà Giang"))
    half = page.locator("[data-number='answer/adults_50_2021/full/when']")
    expect(half).to_have_text(re.compile(DATE))
    for found in (worst, half):
        box = found.bounding_box()
        assert box is not None and box["y"] + box["height"] <= height
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_one_click_leads_from_the_worst_province_to_its_way_to_the_target(published: str, open_page: Open) -> None:
    page = first_screen(open_page(published))
    name = page.locator("#first-worst").inner_text()
    page.locator(".behind-name").first.click()
    expect(page.locator("#targets-place")).to_have_text(name)
    assert "target=all_70_2022q1" in page.url


def test_the_table_marks_what_a_province_said(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.locator("#coverage-search").fill("ha giang")
    mark = page.locator("#coverage-table .ag-row .area-said").first
    expect(mark).to_have_attribute("title", re.compile("21/11/2021"))


def test_the_population_that_the_address_asks_for_is_used_and_follows_the_switch(
    published: str, open_page: Open
) -> None:
    page = first_screen(open_page(published), "/?denominator=portal_2021")
    note = page.locator("#first-behind .card-note").first
    expect(note).to_contain_text("Cổng thông tin tiêm chủng 2021")
    page.locator("#coverage-denominator").click()
    page.get_by_role("option", name="Ước tính dân số năm 2021").click()
    expect(note).to_contain_text("Ước tính dân số năm 2021")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_province_confirms_and_explains_its_own_figures_and_no_other_s(
    serve: Serve, web_registry: str, open_page: Open, language: str
) -> None:
    address, _ = serve(Recipe(version=1), stale_after_seconds=86_400)
    login = f"hoa-{language}"
    token = signed_in(web_registry, [grant(Role.VIEWER, "79"), grant(Role.REPORTER, "79")], login=login)
    seen = open_page(address, language=language, token=token, width=390)
    seen.expected = REFUSALS
    page = first_screen(seen)
    expect(page.locator("#first-said")).to_contain_text("118")
    page.locator(".say-more").click()
    form = page.locator("#xac-nhan")
    expect(form.locator("option")).to_have_count(1)
    expect(form.locator("input[name=day]")).to_have_value("21/11/2021")
    form.locator("button").click()
    expect(page.locator("#xac-nhan .door-good").first).to_contain_text(TEXTS[language]["done"])
    explain = page.locator("#giai-trinh")
    explain.locator("input[name=day]").fill("21/11/2021")
    explain.locator("#explain-text").fill("mưa lũ <b>hai</b> huyện")
    explain.locator("button").click()
    expect(page.locator("#giai-trinh .door-good").first).to_contain_text(TEXTS[language]["done"])
    made = [item for item in statements(web_registry, area="79") if item.actor == login]
    assert [(item.kind.value, item.said) for item in made] == [
        ("confirmed", ""),
        ("explained", "mưa lũ <b>hai</b> huyện"),
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # Another province: the form does not offer it, and whoever asks nevertheless is refused in words.
    page.locator("#xac-nhan option").evaluate("option => { option.value = '01'; }")
    page.locator("#xac-nhan input[name=day]").fill("21/11/2021")
    page.locator("#xac-nhan button").click()
    expect(page.get_by_role("alert")).to_contain_text(TEXTS[language]["denied"])
    assert not [item for item in statements(web_registry, area="01") if item.actor == login]


def test_whoever_may_not_say_anything_is_offered_nothing(published: str, open_page: Open) -> None:
    page = first_screen(open_page(published))
    expect(page.locator(".say-more")).to_be_hidden()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_definition_opens_by_keyboard_and_by_touch_and_closes_by_escape(
    published: str, open_page: Open, language: str
) -> None:
    page = first_screen(open_page(published, language=language))
    button = page.locator("#first-people [data-help='not_yet']")
    button.focus()
    page.keyboard.press("Enter")
    entry = page.locator("#help-body .help-entry")
    expect(entry).to_be_visible()
    expect(entry.locator("dt")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    expect(button).to_be_focused()
    page.locator("[data-help='page']").click()
    assert page.locator("#help-body .help-entry").count() > 25
    page.locator("#help .dialog-close").click()
    expect(page.locator("#help")).to_be_hidden()


def test_a_screen_without_the_right_to_data_still_has_definitions(
    published: str, web_registry: str, open_page: Open
) -> None:
    token = signed_in(web_registry, [grant(Role.WALL)])
    page = first_screen(open_page(published, token=token))
    expect(page.locator("#first-people [data-lineage]").first).to_be_hidden()
    page.locator("#first-people [data-help='not_yet']").click()
    expect(page.locator("#help-body .help-entry")).to_be_visible()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_levers_move_the_date_and_a_link_restores_them(published: str, open_page: Open, language: str) -> None:
    seen = open_page(published, language=language)
    page = first_screen(seen)
    page.locator("#nav-scenarios").click()
    page.wait_for_selector("#scenario-result-card")
    shift = page.locator("[data-number='scenario/all_70_2022q1/full_all/shift']")
    before = shift.inner_text()
    page.locator("#lever-pace").focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    expect(shift).to_contain_text(TEXTS[language]["later"])
    expect(page.locator("#lever-pace-now")).to_have_text("60%")
    assert before != shift.inner_text()
    page.wait_for_function("() => location.search.includes('pace=60')")
    moved = shift.inner_text()
    expect(page.locator(".supposed-mark")).to_contain_text(TEXTS[language]["mark"])
    page.reload()
    expect(shift).to_have_text(moved)
    expect(page.locator("#lever-pace")).to_have_value("60")
    page.locator("[data-action='scenario-reset']").click()
    expect(shift).to_have_text(before)
    expect(page.locator("#lever-pace")).to_have_value("100")
    page.locator("#lever-area").select_option("40")
    expect(page.locator("#scenario-told")).to_contain_text("Ngh")
    page.locator("#lever-arrivals").fill("1000")
    page.wait_for_function("() => location.search.includes('arrivals=1000') && location.search.includes('area=40')")
    # With the marks of thousands of the page's language, before and after it is loaded anew.
    grouped = {"vi": "1.000", "en": "1,000"}[language]
    page.locator("#lever-arrivals").blur()
    expect(page.locator("#lever-arrivals")).to_have_value(grouped)
    page.reload()
    expect(page.locator("#lever-arrivals")).to_have_value(grouped)
    page.locator("#lever-arrivals").fill(grouped.replace("1", "2"))
    page.wait_for_function("() => location.search.includes('arrivals=2000')")


def test_a_link_that_supposes_nonsense_says_so_and_shows_the_nearest(published: str, open_page: Open) -> None:
    seen = open_page(published)
    seen.expected = ("400",)
    page = seen.open("/kich-ban?pace=900&area=999")
    page.wait_for_selector("#scenario-result-card")
    expect(page.locator("#scenario-problem")).to_contain_text("Không có")
    assert "900" not in page.url and "999" not in page.url


def test_a_planner_saves_what_is_supposed_and_finds_it_again(
    serve: Serve, web_registry: str, open_page: Open, tmp_path: Path
) -> None:
    address, _ = serve(Recipe(version=1), stale_after_seconds=86_400)
    token = signed_in(web_registry, [grant(Role.PLANNER)], login="kha-browser")
    page = open_page(address, token=token).open("/kich-ban?pace=60&declines=5&arrivals=800000")
    page.wait_for_selector("#scenario-result-card")
    page.locator(".save-more").click()
    form = page.locator("#kich-ban")
    expect(form.locator("#scenario-pace")).to_have_value("60")
    expect(form.locator("#scenario-arrivals")).to_have_value("800000")
    name = f"Thử {tmp_path.name}"
    form.locator("#scenario-name").fill(name)
    form.locator("input[name=reason]").fill("họp")
    form.locator("button").click()
    expect(form).to_contain_text("Đã lưu kịch bản")
    page.goto(f"{address}/kich-ban")
    page.get_by_role("button", name=name).click()
    page.wait_for_function("() => location.search.includes('scenario=')")
    expect(page.locator("#lever-declines")).to_have_value("5")
    link = page.url
    page.locator("#lever-pace").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search === '?pace=65&declines=5&arrivals=800000'")
    page.locator(f"[data-scenario='{name}'] .save-more").click()
    form = page.locator("#rut-kich-ban")
    expect(form.locator("select option:checked")).to_contain_text(name)
    form.locator("input[name=reason]").fill("nhầm")
    form.locator("button").click()
    expect(form).to_contain_text("Đã rút kịch bản")
    page.goto(link)
    expect(page.locator("#scenario-noted")).to_contain_text(f"Kịch bản “{name}” đã được kha-browser rút lúc")
    expect(page.locator("#lever-pace")).to_have_value("60")
    expect(page.locator("#scenario-saved")).not_to_contain_text(name)
    page.locator("[data-action='scenario-reset']").click()
    expect(page.locator("#scenario-noted")).to_be_empty()


@pytest.mark.parametrize("path", ["/", "/kich-ban?pace=60&arrivals=800000"])
@pytest.mark.parametrize(
    ("width", "theme", "language"), [(360, "dark", "en"), (390, "light", "vi"), (3840, "light", "vi")]
)
def test_the_pages_fit_every_screen(
    published: str, open_page: Open, path: str, width: int, theme: str, language: str
) -> None:
    page = open_page(published, width=width, theme=theme, language=language).open(path)
    page.wait_for_selector("#first-behind" if path == "/" else "#scenario-result-card")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
