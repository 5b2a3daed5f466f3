"""By way of a provider in a real browser, in both languages: there, back, and what is said when it comes to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from campaign.access import Role
from cli.places import as_role
from operations import links
from tests.browser.conftest import Watched
from tests.support.people import grant
from tests.support.provider import PASSWORD, Provider, oidc_settings, running_provider
from tests.support.signed_in import signed_in
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import free_port, running, settings_for

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
REFUSALS = ("Failed to load resource",)
TEXTS = {
    "vi": {
        "button": "Đăng nhập bằng tài khoản Bộ Y tế",
        "cancelled": "Đã hủy đăng nhập",
        "unknown": "Chưa có tài khoản nào",
        "down": "Chưa đăng nhập được",
        "out": "hãy đăng xuất cả ở tài khoản Bộ Y tế",
    },
    "en": {
        "button": "Sign in with your Ministry of Health account",
        "cancelled": "was cancelled",
        "unknown": "No account in use here",
        "down": "does not work right now",
        "out": "sign out of your Ministry of Health account",
    },
}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider(vi="subject-vi", en="subject-en", stranger="subject-x") as found:
        yield found


@pytest.fixture(scope="module")
def address(provider: Provider, tmp_path_factory: pytest.TempPathFactory, web_registry: str) -> Iterator[str]:
    state, port = tmp_path_factory.mktemp("provider-state"), free_port()
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=1))
    web = oidc_settings(provider, public_url=f"http://127.0.0.1:{port}", timeout_seconds=2)
    with running(state, registry=web_registry, port=port, stale_after_seconds=86_400, **web) as found:
        yield found


@pytest.fixture
def open_door(open_page: Open, provider: Provider, address: str) -> Callable[..., Page]:
    def start(language: str, path: str = "/dang-nhap", **more: object) -> Page:
        seen = open_page(address, language=language, token="", **more)
        seen.expected, seen.others = REFUSALS, (provider.address + "/",)
        return seen.open(path)

    return start


def sign_in_there(page: Page, name: str) -> None:
    expect(page.locator("h1")).to_have_text("Provider")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("#yes")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_provider_leads_back_to_where_one_wanted(
    open_door: Callable[..., Page], provider: Provider, address: str, web_registry: str, language: str
) -> None:
    login = f"by-provider-{language}"
    signed_in(web_registry, [grant(Role.VIEWER)], login=login)
    links.link(
        as_role(web_registry, "mcc_app"),
        login=login,
        issuer=provider.address,
        subject=f"subject-{language}",
        drop_password=True,
        actor="shell",
        now=datetime.now(UTC),
    )
    page = open_door(language, "/du-lieu", width=390)
    button = page.locator("#by-provider")
    expect(button).to_have_text(TEXTS[language]["button"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    button.click()
    sign_in_there(page, language)
    page.wait_for_url(f"{address}/du-lieu*")
    page.wait_for_selector("#data-body .data-page")
    page.goto(f"{address}/tai-khoan")
    expect(page.locator(".door-main")).to_contain_text(login)
    page.click("#sign-out")
    expect(page.locator(".door-after")).to_contain_text(TEXTS[language]["out"])
    page.go_back()
    expect(page.locator("#by-provider")).to_have_count(1)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_comes_to_nothing_is_said_in_the_readers_language(
    open_door: Callable[..., Page], provider: Provider, language: str
) -> None:
    page = open_door(language)
    page.click("#by-provider")
    page.click("#no")
    expect(page.get_by_role("alert")).to_contain_text(TEXTS[language]["cancelled"])
    page.click("#by-provider")
    sign_in_there(page, "stranger")
    expect(page.get_by_role("alert")).to_contain_text(TEXTS[language]["unknown"])
    assert "subject-x" not in page.content()
    page.click("#by-provider")
    expect(page.locator("h1")).to_have_text("Provider")
    provider.instead["/token"] = (500, {}, b"")
    sign_in_there(page, "stranger")
    expect(page.get_by_role("alert")).to_contain_text(TEXTS[language]["down"])
    provider.behave()
    expect(page.locator("#password")).to_be_visible()


def test_the_button_works_by_the_keyboard_alone(open_door: Callable[..., Page]) -> None:
    page = open_door("vi")
    page.locator("#password").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#by-provider")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Provider")
