"""Answers that overtake each other: what is shown in the end is what was asked for last."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Serve, Watched
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import settings_for

pytestmark = pytest.mark.browser


def test_the_last_question_wins_however_the_answers_come(serve: Serve, open_page: Callable[..., Watched]) -> None:
    """A search typed and a measure chosen while a new version arrives, with the older answers held back."""
    address, state = serve(Recipe(version=1))
    page = open_page(address).open_map()
    held = 0

    def hold_every_second(route: object) -> None:
        nonlocal held
        held += 1
        if held % 2:
            page.wait_for_timeout(700)
        route.continue_()  # pyright: ignore[reportAttributeAccessIssue]

    page.route(re.compile(r"/snap/.*/(coverage|parts)\?"), hold_every_second)
    for version in (2, 3, 4):
        write_snapshot(settings_for(state).snapshot_dir, Recipe(version=version, extra=(("01", 700 * version),)))
        for metric in ("full", "doses7", "dose1"):
            page.evaluate("metric => window.board.set('coverage-metric', { value: metric })", metric)
            page.evaluate("text => window.board.set('coverage-search', { value: text })", f"ha n{'oi'[: version % 3]}")
            page.wait_for_timeout(150)
    page.evaluate("window.board.set('coverage-search', { value: 'ha noi' })")
    page.wait_for_function("() => window.board.current.version === 4")
    page.wait_for_function("() => document.querySelectorAll('#coverage-table .area-name').length === 4")
    page.wait_for_function("() => document.querySelector('#coverage-map-note').innerText.startsWith('Ít nhất 1 mũi')")
    shown = page.evaluate(
        """async () => {
          const told = await (await fetch(`/snap/4/vn/coverage?metric=dose1&lang=vi`)).json();
          return [told.table.find((row) => row.code === "01").doses_text, told.pinned.at(-1).doses_text];
        }"""
    )
    page.wait_for_function("text => document.querySelector('#tile-doses').innerText === text", arg=shown[1])
    row = page.locator("#coverage-table .ag-center-cols-container [row-id='01'] [col-id='doses']")
    expect(row).to_have_text(shown[0])
