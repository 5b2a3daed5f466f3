"""The page follows the campaign: news without a reload, age when news stop, and what is wrong with what it leans on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Serve, Watched
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import free_port, running, settings_for

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
ROW = "#coverage-table .ag-center-cols-container [row-id='01'] [col-id='dose1_18plus']"


def test_a_new_version_changes_tile_map_and_table_without_a_reload(serve: Serve, open_page: Open) -> None:
    address, state = serve(Recipe(version=1))
    seen = open_page(address)
    page = seen.open_map()
    page.get_by_placeholder("Tìm tỉnh, thành phố").fill("ha noi")
    page.wait_for_selector(ROW)
    label = "#coverage-map path[data-code='01']"
    before = [page.inner_text("#tile-doses"), page.inner_text(ROW), page.get_attribute(label, "aria-label")]
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=2, extra=(("01", 9000),)))
    page.wait_for_function("old => document.querySelector('#tile-doses').innerText !== old", arg=before[0])
    page.wait_for_function("([css, old]) => document.querySelector(css).innerText !== old", arg=[ROW, before[1]])
    page.wait_for_function(
        "([css, old]) => document.querySelector(css).getAttribute('aria-label') !== old", arg=[label, before[2]]
    )
    # Table and map are drawn by two answers; they agree once both are in.
    expect(page.locator(label)).to_have_attribute(
        "aria-label", re.compile(re.escape(page.inner_text(ROW).split("\n")[0]))
    )
    assert page.input_value("#coverage-search") == "ha noi"
    assert len(seen.loads) == 1


def test_two_windows_share_one_stream_and_both_follow(serve: Serve, open_page: Open) -> None:
    address, state = serve(Recipe(version=1), max_streams=1)
    first = open_page(address)
    first.open_map()
    second = first.page.context.new_page()
    second.goto(address)
    second.wait_for_selector("#tile-doses")
    before = second.inner_text("#tile-doses")
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=2, extra=(("79", 5000),)))
    for page in (first.page, second):
        page.wait_for_function("old => document.querySelector('#tile-doses').innerText !== old", arg=before)
    first.page.close()
    # The window that held the stream is gone: the other takes it over.
    before = second.inner_text("#tile-doses")
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=3, extra=(("79", 8000),)))
    second.wait_for_function("old => document.querySelector('#tile-doses').innerText !== old", arg=before)


def test_a_viewer_without_a_place_polls(serve: Serve, open_page: Open) -> None:
    address, state = serve(Recipe(version=1), max_streams=0, poll_seconds=1)
    page = open_page(address).open_map()
    before = page.inner_text("#tile-doses")
    page.wait_for_selector("html[data-state='polling']")
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=2, extra=(("79", 5000),)))
    page.wait_for_function("old => document.querySelector('#tile-doses').innerText !== old", arg=before)


def test_old_figures_are_marked_on_every_tile_and_fresh_ones_are_not(serve: Serve, open_page: Open) -> None:
    old = datetime.now(UTC) - timedelta(minutes=7)
    address, state = serve(Recipe(version=1, published_at=old))
    page = open_page(address).open_map()
    page.wait_for_selector("html[data-stale]")
    expect(page.locator(".tile .age")).to_contain_text(["cách đây 7 phút"] * 3)
    expect(page.locator("#status")).to_contain_text("Số liệu cũ")
    expect(page.locator("#problems")).to_contain_text("chưa được cập nhật")
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=2))
    page.wait_for_selector("html:not([data-stale])")
    expect(page.locator("#problems")).not_to_contain_text("chưa được cập nhật")
    expect(page.locator(".tile .age")).to_have_text([""] * 3)


def test_a_part_drawn_anew_has_its_age_before_it_is_painted(serve: Serve, open_page: Open) -> None:
    """The clock's next second would be too late: the reader would see the age blink away at each new answer."""
    address, _ = serve(Recipe(version=1, published_at=datetime.now(UTC) - timedelta(minutes=7)))
    page = open_page(address).open_map()
    expect(page.locator(".tile .age")).to_contain_text(["cách đây 7 phút"] * 3)
    age = page.evaluate(
        """async () => {
          const old = document.querySelector(".tile"), fresh = old.cloneNode(true);
          fresh.querySelector(".age").textContent = "";
          fresh.querySelectorAll("[data-age]").forEach((place) => { place.textContent = ""; });
          old.replaceWith(fresh);
          await Promise.resolve();  // no timer can run before this goes on
          return fresh.querySelector(".age").textContent;
        }"""
    )
    assert "cách đây 7 phút" in age


def test_a_registry_that_is_down_is_said_and_forgotten_when_it_is_back(serve: Serve, open_page: Open) -> None:
    address, state = serve(Recipe(version=1))
    page = open_page(address).open_map()
    (state / "registry-down").touch()
    page.wait_for_selector("#problems >> text=Cơ sở dữ liệu trung tâm không trả lời từ")
    assert page.is_visible("#tile-doses")
    (state / "registry-down").unlink()
    page.wait_for_selector("#problems >> text=Cơ sở dữ liệu trung tâm", state="hidden")


def test_a_server_that_went_away_is_said_and_joined_again(tmp_path: Path, web_registry: str, open_page: Open) -> None:
    write_snapshot(settings_for(tmp_path).snapshot_dir, Recipe(version=1))
    port = free_port()
    with running(tmp_path, registry=web_registry, port=port) as address:
        seen = open_page(address)
        seen.expected = ("ERR_", "Failed to load resource")
        page = seen.open_map()
        before = page.inner_text("#tile-doses")
    page.wait_for_selector("#problems >> text=Không liên lạc được với máy chủ từ")
    assert page.inner_text("#tile-doses") == before
    write_snapshot(settings_for(tmp_path).snapshot_dir, Recipe(version=2, extra=(("79", 5000),)))
    with running(tmp_path, registry=web_registry, port=port):
        page.wait_for_function("old => document.querySelector('#tile-doses').innerText !== old", arg=before)
        page.wait_for_selector("#problems >> text=Không liên lạc được", state="hidden")
        assert len(seen.loads) == 1


def test_a_page_that_was_asleep_looks_when_it_wakes(serve: Serve, open_page: Open) -> None:
    """No stream, no polling for an hour: only coming back to the window brings the new version."""
    address, state = serve(Recipe(version=1), max_streams=0, poll_seconds=3600)
    page = open_page(address).open_map()
    before = page.inner_text("#tile-doses")
    page.wait_for_timeout(1500)
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=2, extra=(("79", 5000),)))
    page.wait_for_timeout(2500)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("old => document.querySelector('#tile-doses').innerText !== old", arg=before)
