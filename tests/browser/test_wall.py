"""Screens on a wall: they turn their pages by themselves, say loudly what is not of now, and go on alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from campaign.access import Role
from operations import walls
from tests.browser.conftest import Serve, Watched
from tests.support.people import grant
from tests.support.signed_in import signed_in
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import free_port, running, settings_for

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
PAGES = '["/", "/?metric=full&group=all", "/muc-tieu"]'
FAST = {"wall__seconds": 6, "wall__screens": 1, "wall__pages": PAGES}
# The smallest height of words, in pixels of a screen 1,920 wide: cap height 16 mm on one of 55 inches, 11 minutes of
# arc from five metres, where a normal eye needs five.
LEAST_PX = 36
SMALL = """
(least) => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    const text = walk.currentNode.data.trim();
    if (!text || !at.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const box = at.getBoundingClientRect();
    if (box.width < 3 || box.height < 3 || at.closest(".sr-only, noscript, script, style")) continue;
    const graph = at.closest(".graph");
    const times = graph ? graph.getBoundingClientRect().width / graph.offsetWidth : 1;
    const size = parseFloat(getComputedStyle(at).fontSize) * times;
    // Names on the map stand between islands and coast: three quarters of it.
    const limit = least * (at.closest(".geo") ? 0.72 : 1);
    if (size < limit) found.push([text.slice(0, 40), at.tagName, at.parentElement.className, Math.round(size)]);
  }
  return found;
}
"""


def screen(web_registry: str) -> str:
    return signed_in(web_registry, [grant(Role.WALL)])


def shown(page: Page, path: str, query: str = "") -> None:
    page.wait_for_function(
        "([path, query]) => location.pathname === path && location.search.includes(query)", arg=[path, query]
    )


def test_pages_change_by_themselves_without_a_reload_and_space_stops_them(
    serve: Serve, web_registry: str, open_page: Open
) -> None:
    address, _ = serve(Recipe(version=1), stale_after_seconds=86_400, **FAST)
    signed_in(web_registry, [grant(Role.WALL)], login="turning")
    token = walls.give_token(web_registry, login="turning", actor="shell", now=datetime.now(UTC))
    seen = open_page(address, token="", width=1920, height=1080)
    page = seen.open(f"/wall/enter#{token}")
    page.wait_for_selector("#tile-doses")
    loads = len(seen.loads)
    expect(page.locator(".header :is(.icon-button, .nav-link):visible")).to_have_count(0)
    expect(page.locator("#status-age")).to_be_visible()
    expect(page.locator(".brand-short")).to_be_visible()
    expect(page.locator("#header-as-of")).to_be_visible()
    shown(page, "/", "metric=full&group=all")
    # What the address asks for is what is drawn: nothing of the page before is left over.
    page.wait_for_function("() => document.querySelector('#coverage-map-note').textContent.includes('toàn dân')")
    shown(page, "/muc-tieu")
    page.wait_for_selector(".target-card")
    shown(page, "/", "metric=dose1&group=18plus")
    page.keyboard.press("Space")
    expect(page.locator("#wall-told")).to_contain_text("phím cách")
    stopped = page.url
    page.wait_for_timeout(9000)
    assert page.url == stopped
    page.keyboard.press("Space")
    page.wait_for_function("before => location.href !== before", arg=stopped)
    assert len(seen.loads) == loads
    assert page.evaluate("history.length") <= 4


def test_a_long_page_is_gone_through_by_screenfuls(serve: Serve, web_registry: str, open_page: Open) -> None:
    address, _ = serve(
        Recipe(version=1),
        stale_after_seconds=86_400,
        wall__seconds=2,
        wall__screens=3,
        wall__pages='["/", "/muc-tieu"]',
    )
    page = open_page(address, token=screen(web_registry), width=1920, height=1080).open_map()
    # From the beginning of a turn: until the map was there, some of the first one has passed.
    page.wait_for_function("() => location.pathname === '/muc-tieu'")
    page.wait_for_function("() => location.pathname === '/' && scrollY === 0")
    depths: set[int] = set()
    while page.evaluate("location.pathname") == "/":
        depths.add(page.evaluate("Math.round(scrollY)"))
        page.wait_for_timeout(300)
    assert len(depths) == 3
    page.wait_for_selector(".target-card")
    page.wait_for_function("() => scrollY === 0")


def test_a_server_that_was_down_is_said_loudly_and_the_screen_goes_on_alone(
    tmp_path: Path, web_registry: str, open_page: Open
) -> None:
    write_snapshot(settings_for(tmp_path).snapshot_dir, Recipe(version=1))
    port = free_port()
    with running(tmp_path, registry=web_registry, port=port, stale_after_seconds=86_400, **FAST) as address:
        seen = open_page(address, token=screen(web_registry), width=1920, height=1080)
        seen.expected = ("Failed to load resource", "ERR_", "Failed to fetch", "EventSource")
        page = seen.open_map()
    page.wait_for_selector("html[data-state='offline']")
    alarm = page.locator("#problems .problem-stop")
    expect(alarm).to_contain_text("Không liên lạc được với máy chủ")
    box = alarm.bounding_box()
    assert box is not None
    assert box["width"] >= 1900
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.problem-stop')).fontSize)") > 60
    stays = page.url
    page.wait_for_timeout(9000)
    assert page.url == stays
    write_snapshot(settings_for(tmp_path).snapshot_dir, Recipe(version=2, extra=(("79", 5000),)))
    with running(tmp_path, registry=web_registry, port=port, stale_after_seconds=86_400, **FAST):
        page.wait_for_selector("html:not([data-state='offline'])")
        expect(alarm).to_have_count(0)
        page.wait_for_function("() => window.board.current.version === 2")
        page.wait_for_function("before => location.href !== before", arg=stays)
        assert len(seen.loads) == 1


def test_only_a_screen_turns(serve: Serve, web_registry: str, open_page: Open) -> None:
    address, _ = serve(Recipe(version=1), stale_after_seconds=86_400, **FAST)
    both = signed_in(web_registry, [grant(Role.WALL), grant(Role.VIEWER)])
    page = open_page(address, token=both).open_map()
    before = page.url
    page.wait_for_timeout(9000)
    assert page.url == before
    assert page.evaluate("window.board.settings.wall") is None
    expect(page.locator(".header .icon-button:visible").first).to_be_visible()


@pytest.mark.parametrize("width", [1920, 3840])
def test_every_word_is_legible_from_five_metres(serve: Serve, web_registry: str, open_page: Open, width: int) -> None:
    address, _ = serve(Recipe(version=1), stale_after_seconds=86_400, wall__seconds=3600)
    page = open_page(address, token=screen(web_registry), width=width, height=width * 9 // 16).open_map()
    for path, drawn in (("/", "#tile-doses"), ("/muc-tieu", ".target-card"), ("/nguoi-dan", ".people-fact")):
        page.evaluate("path => window.board.go(path)", path)
        page.wait_for_selector(drawn)
        page.wait_for_timeout(1500)
        assert page.evaluate(SMALL, LEAST_PX * width / 1920) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
