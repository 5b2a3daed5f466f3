"""An answer for all themes and screens, dressed by the browser, is the answer that the server draws for one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser
FILTERS = {
    "coverage": ("metric=dose1", "metric=gap_full&group=all", "metric=need", "metric=daily&grain=34", "metric=left"),
    "nation": ("group=18plus", "group=65plus&clock=recorded"),
    "area": ("area=74", "area=01&group=all"),
    "place": ("area=74", "area=74&district=725", "area=79"),
    "targets": ("lang=vi", "lang=en"),
}
DIFFERENCES = """
async ([name, filters]) => {
  const get = async (theme, size) => {
    const answer = await fetch(`/snap/1/vn/${name}?${filters}&theme=${theme}&size=${size}`);
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  const open = await get("open", "open");
  const text = JSON.stringify(open);
  const found = [];
  for (const theme of ["light", "dark"]) {
    for (const size of ["phone", "desk", "wall"]) {
      const { classes, ...dressed } = window.board.dress(open, theme, size);
      const [ours, theirs] = [dressed, await get(theme, size)].map((one) => JSON.stringify(one));
      if (ours !== theirs) {
        const at = [...ours].findIndex((letter, place) => letter !== theirs[place]);
        found.push([theme, size, ours.slice(at - 60, at + 60), theirs.slice(at - 60, at + 60)]);
      }
    }
  }
  return [found, JSON.stringify(open) === text, text.includes("by_size") || text.includes('"@')];
}
"""


@pytest.mark.parametrize("name", FILTERS)
def test_dressed_it_is_what_the_server_draws(published: str, open_page: Callable[..., Watched], name: str) -> None:
    page = open_page(published).open_map()
    told = [page.evaluate(DIFFERENCES, [name, filters]) for filters in FILTERS[name]]
    assert [differences for differences, _, _ in told if differences] == []
    assert all(untouched for _, untouched, _ in told)
    # Else nothing was compared.
    assert any(is_open for _, _, is_open in told)


def test_a_change_of_theme_asks_for_nothing(published: str, open_page: Callable[..., Watched]) -> None:
    seen = open_page(published)
    page = seen.open_map("/?area=74")
    page.wait_for_selector("#place-title")
    edge = "() => document.querySelector('#coverage-map path[data-code=\"01\"]').style.stroke"
    asked: list[str] = []
    for turn in range(3):
        if turn == 1:
            # From here on the page knows the population in use by its name.
            page.on("request", lambda request: asked.append(request.url) if "/snap/" in request.url else None)
        before = page.evaluate(edge)
        page.click("[data-action='theme']")
        page.wait_for_function(f"before => ({edge})() !== before", arg=before)
        page.wait_for_timeout(500)
    assert asked == []


def test_a_version_comes_in_one_answer(published: str, open_page: Callable[..., Watched]) -> None:
    """Parts that are asked for in the same moment, each under its own filters; what stands above the map after them."""
    page = open_page(published).open_map()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/snap/" in request.url else None)
    with page.expect_request("**/first?*"):
        page.evaluate(
            """() => window.board.set("snapshot-version", {
              data: { ...window.board.current, key: "another", again: 1 }
            })"""
        )
    page.wait_for_timeout(500)
    assert [url.split("?")[0].rsplit("/", 1)[1] for url in asked] == ["parts", "first"]


def test_the_picked_area_has_its_edge_on_the_map(published: str, open_page: Callable[..., Watched]) -> None:
    """A copy of its shape, which follows the map when the window grows and goes with the choice."""
    page = open_page(published).open_map("/?area=74")
    same = """() => {
      const edge = document.querySelectorAll("#coverage-map .picked-area");
      const shape = document.querySelector("#coverage-map path[data-code='74']");
      return edge.length === 1 && edge[0].getAttribute("d") === shape.getAttribute("d") && edge[0].getBBox().width > 0;
    }"""
    page.wait_for_function(same)
    page.set_viewport_size({"width": 1700, "height": 1000})
    page.wait_for_timeout(600)
    page.wait_for_function(same)
    page.evaluate("() => window.board.pickArea('')")
    page.wait_for_function("() => !document.querySelector('#coverage-map .picked-area')")
