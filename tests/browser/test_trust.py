"""A page as of a past snapshot, and from a number to its origin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Serve, Watched
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import settings_for

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]


def test_a_past_version_stays_on_every_page_until_the_reader_goes_back(serve: Serve, open_page: Open) -> None:
    now = datetime.now(UTC)
    address, state = serve(Recipe(version=1, published_at=now - timedelta(hours=2)))
    folder = settings_for(state).snapshot_dir
    write_snapshot(folder, Recipe(version=2, extra=(("01", 9000),)))
    page = open_page(address).open_map("/?v=1")
    page.wait_for_selector("#past-banner >> text=Đang xem bản số 1")
    then = page.inner_text("#tile-doses")
    write_snapshot(folder, Recipe(version=3, extra=(("01", 9500),)))
    page.locator("#nav-data").click()
    # Ages are those of the moment when the snapshot was published, not of today.
    page.wait_for_selector("#data-body .feed-tile[data-state='ok']:not([data-level='red']) >> text=cách đây 20 giây")
    assert "v=1" in page.url
    page.locator("#nav-coverage").click()
    page.wait_for_timeout(1500)
    assert page.inner_text("#tile-doses") == then
    page.locator("#past-banner [data-action='live']").click()
    page.wait_for_function("old => (document.querySelector('#tile-doses') || {}).innerText > old", arg=then)
    assert "v=" not in page.url
    page.locator(".header [data-action='past']").click()
    page.wait_for_selector("#past-body a[href='?v=2']")


def test_a_number_opens_its_origin_by_keyboard_and_says_the_same(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    button = page.locator("[data-lineage='doses']").first
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#lineage[open] .query")
    expect(page.locator("#lineage [data-value]")).to_have_text(page.inner_text("#tile-doses"))
    expect(page.locator("#lineage .query")).to_contain_text("doses_by_day")
    page.keyboard.press("Escape")
    page.wait_for_selector("#lineage", state="hidden")
    expect(button).to_be_focused()


def test_the_proof_of_a_number_is_of_the_page_and_of_the_last_question(serve: Serve, open_page: Open) -> None:
    """It goes on with its page; the answer to an earlier question, which comes later, takes nobody back to it."""
    address, state = serve(Recipe(version=1))
    page = open_page(address).open_map()
    page.locator("[data-lineage='doses']").first.click()
    proof = page.locator("#lineage [data-value]")
    before = page.inner_text("#tile-doses")
    expect(proof).to_have_text(before)
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=2, extra=(("01", 9000),)))
    page.wait_for_function("old => document.querySelector('#tile-doses').innerText !== old", arg=before)
    expect(proof).to_have_text(page.inner_text("#tile-doses"))
    page.keyboard.press("Escape")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/lineage/doses?*", hold)
    page.evaluate("void window.board.lineage.ask(document.querySelector(\"[data-lineage='doses']\"))")
    other = page.evaluate(
        """async () => {
          const button = document.querySelector("#coverage-tiles [data-lineage]:not([data-lineage='doses'])");
          await window.board.lineage.ask(button);
          return document.getElementById("lineage-body").innerText;
        }"""
    )
    with page.expect_response("**/lineage/doses?*"):
        for route in held:
            route.continue_()
    page.wait_for_timeout(500)
    assert held
    assert page.inner_text("#lineage-body") == other
