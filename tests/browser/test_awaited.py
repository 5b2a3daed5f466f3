"""A page whose numbers are on their way says so: an empty page would say that there are none."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
SAID = """(body) => {
  const style = getComputedStyle(document.getElementById(body), "::before");
  return style.opacity === "1" ? style.content : "";
}"""
PAGES = {
    "/muc-tieu": ("targets", "targets-cards"),
    "/nguoi-dan": ("people", "people-body"),
    "/diem-tiem": ("sites", "sites-body"),
    "/kho": ("stock", "stock-body"),
    "/day-chuyen-lanh": ("coldchain", "coldchain-body"),
    "/du-lieu": ("data", "data-body"),
    "/canh-bao": ("alerts", "alerts-body"),
}


@pytest.mark.parametrize(("language", "said"), [("vi", "Đang tải…"), ("en", "Loading…")])
def test_every_page_says_that_its_numbers_are_on_their_way(
    published: str, open_page: Callable[..., Watched], language: str, said: str
) -> None:
    seen = open_page(published, language=language)
    page = seen.open_map()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    for path, (part, body) in PAGES.items():
        asked = re.compile(rf"/{part}[?]|/parts[?]")
        page.route(asked, hold)
        page.evaluate("path => window.board.go(path)", path)
        page.wait_for_function(f"wanted => ({SAID})(wanted[0]) === wanted[1]", arg=[body, f'"{said}"'])
        for route in held:
            route.continue_()
        held.clear()
        page.unroute(asked, hold)
        page.wait_for_function("body => document.getElementById(body).innerText.length > 100", arg=body)
        assert page.evaluate(f"body => ({SAID})(body)", body) in {"", "none"}
