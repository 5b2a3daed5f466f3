"""What can wait is drawn when what was asked for has been shown: figures below the map, and rows that say the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Serve, Watched
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import settings_for

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
TITLE = "#place-title"
# Each figure that is drawn, not only resized, and under which title of the panel.
COUNT = """() => {
  window.drawn = [];
  for (const id of ["coverage-curves", "coverage-daily", "coverage-plot"]) {
    const figure = document.querySelector(`#${id} .js-plotly-plot`);
    let data = figure.data;
    figure.on("plotly_afterplot", () => {
      if (figure.data !== data) window.drawn.push([id, document.querySelector("#place-title")?.textContent]);
      data = figure.data;
    });
  }
}"""
# Done in the moment in which the panel has its title, before anything else can run.
PICK = """(code) => new Promise((done) => {
  const title = () => document.querySelector("#place-title")?.textContent;
  const before = title();
  const seen = new MutationObserver(() => {
    if (!title() || title() === before) return;
    seen.disconnect();
    done(title());
  });
  seen.observe(document.querySelector("#coverage-place-body"), { childList: true, characterData: true, subtree: true });
  window.board.pickArea(code);
})"""


def settled(page: Page) -> None:
    """Nothing waits to be drawn."""
    page.wait_for_function("() => !document.querySelector('[data-behind]')")
    page.wait_for_timeout(1500)


def test_of_places_that_are_passed_through_no_figure_is_drawn(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.wait_for_selector("#coverage-curves .scatterlayer path")
    settled(page)
    page.evaluate(COUNT)
    # Each is gone to as soon as the one before is shown.
    titles = page.evaluate(f"async () => {{ const pick = {PICK}; return [await pick('40'), await pick('48')]; }}")
    assert titles == ["Nghệ An: quận, huyện", "Đà Nẵng: quận, huyện"]
    settled(page)
    drawn = page.evaluate("window.drawn")
    assert {name for name, _ in drawn} == {"coverage-curves", "coverage-daily", "coverage-plot"}
    assert {title for _, title in drawn} == {titles[1]}
    expect(page.locator("#coverage-plot .scattergeo path.point")).to_have_count(8)


def test_a_figure_of_another_place_does_not_stand_below_the_name_of_this_one(published: str, open_page: Open) -> None:
    page = open_page(published).open_map("/?area=40")
    settled(page)
    expect(page.locator("#coverage-plot .scattergeo path.point").first).to_be_visible()
    behind = page.evaluate(
        f"""async () => {{
          await ({PICK})("48");
          const plot = document.getElementById("coverage-plot");
          return [plot.querySelectorAll(".scattergeo path.point").length, getComputedStyle(plot).visibility];
        }}"""
    )
    assert behind == [21, "hidden"]
    expect(page.locator("#coverage-plot .scattergeo path.point")).to_have_count(8)
    expect(page.locator("#coverage-plot .scattergeo path.point").first).to_be_visible()


def test_what_waits_is_drawn_for_paper(published: str, open_page: Open) -> None:
    page = open_page(published).open_map()
    page.wait_for_selector("#coverage-curves .scatterlayer path")
    settled(page)
    page.evaluate(COUNT)
    # While another answer is awaited nothing is drawn by itself.
    page.evaluate(
        f"""async () => {{
          await ({PICK})("40");
          window.board.later.hold();
          window.held = performance.now();
          window.dispatchEvent(new Event("beforeprint"));
        }}"""
    )
    page.wait_for_function("() => new Set(window.drawn.map(([name]) => name)).size === 3")
    assert page.evaluate("() => performance.now() - window.held") < 10_000


def test_a_new_version_leaves_the_rows_alone_that_say_the_same(serve: Serve, open_page: Open) -> None:
    address, state = serve(Recipe(version=1))
    page = open_page(address).open_map()
    page.wait_for_selector("#coverage-table [row-id='01'] [col-id='doses']")
    page.wait_for_timeout(500)
    page.evaluate(
        """() => {
          window.touched = new Set();
          new MutationObserver((changes) => {
            for (const { target } of changes) {
              const row = (target.parentElement || target).closest("[row-id]");
              if (row) window.touched.add(row.getAttribute("row-id"));
            }
          }).observe(document.querySelector("#coverage-table"), {
            childList: true, characterData: true, subtree: true
          });
        }"""
    )
    before = page.inner_text("#coverage-table [row-id='01'] [col-id='doses']")
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=2, extra=(("01", 9000),)))
    page.wait_for_function(
        "old => document.querySelector(\"#coverage-table [row-id='01'] [col-id='doses']\").innerText !== old",
        arg=before,
    )
    page.wait_for_timeout(500)
    # Below the provinces stand totals, which are put in together.
    assert set(page.evaluate("() => [...window.touched]")) - {"nation", "central", "unknown"} == {"01"}
