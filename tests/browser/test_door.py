"""The door in a real browser, in both languages: sign in, lockout, denial by role, a role lost in mid-session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from campaign.access import Role
from operations import accounts, walls
from tests.browser.conftest import Serve, Watched
from tests.support.people import PASSWORD, grant
from tests.support.signed_in import signed_in
from tests.support.snapshots import Recipe

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
# What a browser writes down whatever a page does with a refusal.
REFUSALS = ("Failed to load resource",)
TEXTS = {
    "vi": {
        "title": "Đăng nhập",
        "wrong": "không đúng",
        "locked": "Hãy thử lại sau 15 phút",
        "denied": "Vai trò của bạn không gồm trang này",
        "ended": "Phiên làm việc đã kết thúc",
        "out": "Đã đăng xuất",
    },
    "en": {
        "title": "Sign in",
        "wrong": "is not right",
        "locked": "Try again in 15 min",
        "denied": "Your roles do not include this page",
        "ended": "The session is over",
        "out": "Signed out",
    },
}


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("button[type=submit]")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_signing_in_leads_to_where_one_wanted_and_signing_out_leaves_nothing(
    published: str, web_registry: str, open_page: Open, language: str
) -> None:
    login = f"reader-{language}"
    signed_in(web_registry, [grant(Role.VIEWER, "79")], login=login, password=PASSWORD)
    seen = open_page(published, language=language, token="", width=390)
    seen.expected = REFUSALS
    page = seen.open("/du-lieu#checks")
    expect(page.locator("h1")).to_have_text(TEXTS[language]["title"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sign_in(page, login, "wrong one 12")
    expect(page.get_by_role("alert")).to_contain_text(TEXTS[language]["wrong"])
    expect(page.locator("#login")).to_have_value(login)
    sign_in(page, login)
    page.wait_for_url("**/du-lieu*")
    page.wait_for_selector("#data-body .data-page")
    page.goto(f"{published}/tai-khoan")
    expect(page.locator(".door-roles")).to_contain_text("Hồ Chí Minh" if language == "vi" else "Ho Chi Minh")
    page.click("#sign-out")
    expect(page.get_by_role("status")).to_contain_text(TEXTS[language]["out"])
    page.go_back()
    expect(page.locator("h1")).to_have_text(TEXTS[language]["title"])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_locked_login_is_told_how_long(published: str, web_registry: str, open_page: Open, language: str) -> None:
    login = f"locked-{language}"
    signed_in(web_registry, [grant(Role.VIEWER)], login=login, password=PASSWORD)
    seen = open_page(published, language=language, token="")
    seen.expected = REFUSALS
    page = seen.open("/dang-nhap")
    for _ in range(5):
        sign_in(page, login, "wrong one 12")
        expect(page.get_by_role("alert")).to_contain_text(TEXTS[language]["wrong"])
    sign_in(page, login)
    expect(page.get_by_role("alert")).to_contain_text(TEXTS[language]["locked"])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_role_that_does_not_include_a_page_is_told_so_and_has_no_link_to_it(
    published: str, web_registry: str, open_page: Open, language: str
) -> None:
    seen = open_page(published, language=language, token=signed_in(web_registry, [grant(Role.WALL)]))
    seen.expected = REFUSALS
    page = seen.open_map()
    expect(page.locator(".nav-link")).to_have_count(8)
    expect(page.locator("[data-action=past]:visible")).to_have_count(0)
    expect(page.locator(".why:not(.define):visible")).to_have_count(0)
    page = seen.open("/du-lieu")
    expect(page.locator("#door-title")).to_have_text(TEXTS[language]["denied"])


def test_a_province_sees_itself_on_the_map_and_in_the_table(published: str, web_registry: str, open_page: Open) -> None:
    page = open_page(published, token=signed_in(web_registry, [grant(Role.VIEWER, "79")])).open_map()
    expect(page.locator("#coverage-table .ag-center-cols-container .ag-row")).to_have_count(1)
    expect(page.locator("#coverage-map path[data-code]")).to_have_count(63)
    expect(page.locator("#coverage-map-note")).to_contain_text("ngoài phạm vi")
    page.locator("#coverage-map path[data-code='79']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#coverage-card h3")).to_contain_text("Hồ Chí Minh")
    expect(page.locator("#coverage-table .ag-floating-bottom .ag-row")).not_to_have_count(0)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_session_that_ends_takes_the_board_off_the_screen(
    serve: Serve, web_registry: str, open_page: Open, language: str
) -> None:
    address, _ = serve(Recipe(version=1), access__recheck_seconds=1)
    login = f"ended-{language}"
    token = signed_in(web_registry, [grant(Role.VIEWER)], login=login)
    seen = open_page(address, language=language, token=token)
    seen.expected = REFUSALS
    page = seen.open_map()
    accounts.disable(web_registry, login=login, actor="shell", now=datetime.now(UTC))
    page.wait_for_url("**/dang-nhap?**")
    expect(page.get_by_role("status")).to_contain_text(TEXTS[language]["ended"])
    expect(page.locator("#tile-doses")).to_have_count(0)


def test_a_role_withdrawn_takes_the_board_off_the_screen(serve: Serve, web_registry: str, open_page: Open) -> None:
    address, _ = serve(Recipe(version=1), access__recheck_seconds=1)
    token = signed_in(web_registry, [grant(Role.VIEWER)], login="withdrawn")
    seen = open_page(address, token=token)
    seen.expected = REFUSALS
    page = seen.open_map()
    accounts.withdraw(web_registry, login="withdrawn", role=Role.VIEWER, actor="shell", now=datetime.now(UTC))
    expect(page.locator("#door-title")).to_have_text(TEXTS["vi"]["denied"])
    expect(page.locator("#tile-doses")).to_have_count(0)


def test_a_screen_opens_its_address_once_and_no_token_stays_in_it(
    published: str, web_registry: str, open_page: Open
) -> None:
    signed_in(web_registry, [grant(Role.WALL)], login="screen")
    token = walls.give_token(web_registry, login="screen", actor="shell", now=datetime.now(UTC))
    seen = open_page(published, token="")
    asked: list[str] = []
    seen.page.on("request", lambda request: asked.append(request.url))
    page = seen.open(f"/wall/enter#{token}")
    page.wait_for_selector("#tile-doses")
    assert token not in page.url
    # The browser's own record of the first navigation has the whole address; what is sent never has what follows #.
    assert not [url for url in asked if token in url.split("#")[0]]
    page.go_back()
    assert token not in page.url
