"""Search from anywhere, by keyboard, from any page to the very place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from campaign.access import Role
from tests.browser.conftest import Watched
from tests.support.people import grant
from tests.support.signed_in import signed_in

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]


@pytest.mark.parametrize(("language", "kind"), [("vi", "Tỉnh, thành phố"), ("en", "Provinces")])
def test_a_province_is_found_without_accents(published: str, open_page: Open, language: str, kind: str) -> None:
    page = open_page(published, language=language).open_map()
    page.keyboard.press("/")
    page.keyboard.type("da nang")
    first = page.locator("#find-list [role='option']").first
    expect(page.locator("#find-list .find-kind").first).to_have_text(kind)
    expect(first.locator("b")).to_have_text("Da Nang" if language == "en" else "Đà Nẵng")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#find")).to_be_hidden()
    expect(page.locator("#coverage-card h3")).to_contain_text("Nẵng" if language == "vi" else "Da Nang")
    page.wait_for_function("() => location.search.includes('area=48')")


def test_a_site_is_found_from_another_page(published: str, open_page: Open) -> None:
    page = open_page(published, width=390, height=800).open("/muc-tieu")
    page.locator("[data-action='find']").click()
    page.locator("#find-field").fill("tyt phuc xa ba dinh")
    expect(page.locator("#find-list [role='option']")).to_contain_text(["Trạm y tế phường Phúc Xá"])
    expect(page.locator(".find-within")).to_contain_text(["Quận Ba Đình, Hà Nội"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#place-title")).to_contain_text("Phúc Xá")
    assert "site=" in page.url


def test_nothing_found_is_said_and_escape_closes(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.keyboard.press("/")
    page.keyboard.type("xyzzy")
    expect(page.locator("#find-said")).to_have_text("Không tìm thấy nơi nào có tên “xyzzy”")
    expect(page.locator("#find-list [role='option']")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_hidden()
    # In a field it is a letter like any other.
    page.locator("#coverage-search").focus()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_hidden()
    expect(page.locator("#coverage-search")).to_have_value("/")


def test_whoever_sees_one_province_finds_its_places_only(published: str, web_registry: str, open_page: Open) -> None:
    page = open_page(published, token=signed_in(web_registry, [grant(Role.VIEWER, "48")])).open_map()
    page.keyboard.press("/")
    page.keyboard.type("ha noi")
    expect(page.locator("#find-said")).to_contain_text("Không tìm thấy")
    page.locator("#find-field").fill("hai chau")
    expect(page.locator("#find-list [role='option']").first).to_contain_text("Hải Châu")
