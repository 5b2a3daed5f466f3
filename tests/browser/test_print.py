"""What is printed: no controls, the table with all its rows, day and snapshot; afterwards the page is as it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
# Provinces, and below them what belongs to none and the nation.
ROWS = """
() => {
  const grid = window.dash_ag_grid.getApi("coverage-table");
  return grid.getDisplayedRowCount() + grid.getPinnedBottomRowCount();
}
"""
# Printed by the browser itself, the page tells what it made for the sheet.
WATCH = """
() => window.addEventListener("beforeprint", () => {
  window.printed = {
    rows: [...document.querySelectorAll("#print-table tbody tr")].map((row) => row.cells[0].textContent),
    head: document.getElementById("print-head").textContent,
    closed: document.querySelectorAll("main details:not([open])").length,
    fitted: [...document.querySelectorAll("#coverage-curves .main-svg")].every((one) => one.getAttribute("viewBox")),
  };
})
"""


def test_a_sheet_has_every_row_day_and_snapshot_and_the_page_is_as_before(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.wait_for_selector("#coverage-curves .main-svg")
    total = page.evaluate(ROWS)
    closed = page.locator("main details:not([open])").count()
    page.evaluate(WATCH)
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    told = page.evaluate("window.printed")
    assert total > 63
    assert len(told["rows"]) == len(set(told["rows"])) == total
    assert page.evaluate("window.board.current.key") in told["head"]
    assert (page.text_content("#header-as-of") or "no day") in told["head"]
    assert told["closed"] == 0
    assert told["fitted"]
    expect(page.locator("#print-table, #print-head, .main-svg[viewBox]")).to_have_count(0)
    assert page.locator("main details:not([open])").count() == closed
    page.emulate_media(media="print")
    expect(page.locator(":is(.header, .filters, .map-tools, .picture-button, .csv-link):visible")).to_have_count(0)
    expect(page.locator("#page-targets")).to_be_hidden()
