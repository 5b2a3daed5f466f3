"""The whole way: a dose committed in the registry is on the tile, the map and in the table, without a reload."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.support.registry import NOON, Dose, add_doses, add_people, insert_doses, seed
from tests.support.running import eventually, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROW = "#coverage-table .ag-center-cols-container [row-id='01'] [col-id='dose1_18plus']"
SHAPE = "#coverage-map path[data-code='01']"
CHANGED = "([css, old]) => document.querySelector(css).innerText !== old"
RELABELLED = "([css, old]) => document.querySelector(css).getAttribute('aria-label') !== old"


def test_doses_committed_in_the_registry_reach_tile_map_and_table(
    tmp_path: Path, open_page: Callable[..., Watched]
) -> None:
    with running(tmp_path, MCC_ETL__REFRESH_SECONDS="2") as centre:
        url = centre.registry_url()
        seed(url)
        add_people(url, [(number, "01") for number in range(1, 2001)])
        add_doses(url, [Dose(number, number, NOON + timedelta(seconds=number)) for number in range(1, 11)])
        eventually(lambda: centre.version() > 0, "the first snapshot")
        seen = open_page(centre.url, token=centre.session())
        page = seen.open_map()
        page.get_by_placeholder("Tìm tỉnh, thành phố").fill("ha noi")
        page.wait_for_selector(ROW)
        page.wait_for_function("() => /(^|\\D)10(\\D|$)/.test(document.querySelector('#tile-doses').innerText)")
        before = (page.inner_text("#tile-doses"), page.inner_text(ROW), page.get_attribute(SHAPE, "aria-label"))
        with psycopg.connect(url) as connection:
            insert_doses(connection, [Dose(n, n, NOON + timedelta(seconds=n)) for n in range(11, 1235)])
        page.wait_for_function(CHANGED, arg=["#tile-doses", before[0]])
        page.wait_for_function(CHANGED, arg=[ROW, before[1]])
        page.wait_for_function(RELABELLED, arg=[SHAPE, before[2]])
        expect(page.locator("#tile-doses")).to_contain_text("1.234")
        expect(page.locator(ROW)).to_contain_text("1.234 / 5.942.874")
        expect(page.locator(SHAPE)).to_have_attribute("aria-label", re.compile(r"1\.234"))
        assert len(seen.loads) == 1, "no reload"
