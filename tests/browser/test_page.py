"""What a reader sees: the page draws in two languages, two themes, many widths, and asks no other host for a thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import expect

from layouts.words import Language, load_catalogues
from tests.browser.conftest import Serve, Watched
from tests.support.snapshots import Recipe

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
CATALOGUES = load_catalogues()
PAGES = ("/", "/muc-tieu", "/nguoi-dan", "/diem-tiem", "/day-chuyen-lanh", "/du-lieu", "/canh-bao", "/khong-co")
# Texts that are the same word in both languages say nothing, and short ones appear inside others.
LONG_ENOUGH = 6


def visible_text(seen: Watched) -> str:
    """All text that is shown or read out: labels, titles and hints too."""
    script = """() => {
      const parts = [document.title, document.body.innerText];
      for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        for (const element of document.querySelectorAll(`[${name}]`)) {
          // Names of the other language are in that language on purpose.
          if (!element.lang || element.lang === document.documentElement.lang) parts.push(element.getAttribute(name));
        }
      }
      return parts.join("\\n");
    }"""
    text: str = seen.page.evaluate(script)
    return text


@pytest.mark.parametrize(("path", "language"), list(product(PAGES, Language)))
def test_every_text_is_in_the_reader_s_language(published: str, open_page: Open, path: str, language: Language) -> None:
    seen = open_page(published, language=language.value)
    seen.expected = ("404",) if path == "/khong-co" else ()
    if path == "/":
        seen.open_map(path)
    else:
        seen.open(path).wait_for_selector("#main h1:visible")
        seen.page.wait_for_function("() => document.querySelector('#status-age').textContent.length > 3")
        seen.page.wait_for_timeout(1500)
    # The archipelagos keep their names in both languages, and sites theirs.
    text = re.sub(r"(Hoàng|Trường) Sa|Điểm tiêm \d+", "", visible_text(seen))
    assert not [key for key in CATALOGUES[language].texts if "." in key and key in text]
    own = "\n".join(CATALOGUES[language].texts.values()).lower()
    other = CATALOGUES[Language.EN if language is Language.VI else Language.VI]
    foreign = {
        value
        for key, value in other.texts.items()
        if "{" not in value and len(value) >= LONG_ENOUGH and value.lower() not in own and key != "shell.other_language"
    }
    # The few that are in it at all are looked at more closely: two thousand patterns would take a second.
    assert not [value for value in foreign if value in text and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)]


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(360, "dark", "en"), (390, "light", "vi"), (820, "dark", "vi"), (1440, "light", "en"), (3840, "dark", "vi")],
)
def test_nothing_sticks_out_sideways(published: str, open_page: Open, width: int, theme: str, language: str) -> None:
    seen = open_page(published, width=width, height=900, theme=theme, language=language)
    page = seen.open_map("/?area=74")
    page.wait_for_selector(".area-card")
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over == 0
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == theme


@pytest.mark.parametrize(("language", "width", "theme"), [("vi", 1440, "light"), ("en", 390, "dark")])
def test_the_numbers_stand_there_before_any_script_runs(
    published: str, open_page: Open, language: str, width: int, theme: str
) -> None:
    seen = open_page(published, language=language, width=width, theme=theme)
    scripts = re.compile(r"\.js")
    seen.page.route(scripts, lambda route: route.abort())
    page = seen.open()
    numbers = page.locator("#early .big, #early .reading-value")
    expect(numbers).to_have_count(5)
    expect(numbers.first).to_be_visible()
    early = numbers.all_inner_texts()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    box = page.locator("#early .tile").first.bounding_box()
    assert box is not None
    page.unroute(scripts)
    # Without its scripts the page had every reason to complain.
    seen.complaints.clear()
    page = seen.open_map()
    expect(page.locator("#early")).to_have_count(0)
    assert page.locator("#coverage-tiles .big, #coverage-tiles .reading-value").all_inner_texts() == early
    own = page.locator("#coverage-tiles .tile").first.bounding_box()
    assert own is not None
    assert own["width"] == pytest.approx(box["width"], abs=2)


def test_whoever_goes_on_at_once_takes_no_numbers_along(published: str, open_page: Open) -> None:
    page = open_page(published).open()
    page.locator("#nav-targets").click()
    page.wait_for_selector(".target-card")
    expect(page.locator("#early")).to_have_count(0)


@pytest.mark.parametrize("path", ["/muc-tieu", "/nguoi-dan", "/diem-tiem", "/day-chuyen-lanh", "/du-lieu", "/canh-bao"])
def test_lists_fit_a_phone(published: str, open_page: Open, path: str) -> None:
    page = open_page(published, width=360, height=780).open(path)
    page.wait_for_selector("#main .card:visible")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize(
    ("path", "graph"), [("/", "coverage-daily"), ("/", "coverage-map"), ("/muc-tieu", "targets-curve")]
)
def test_a_drawing_made_while_hidden_does_not_push_the_page(
    published: str, open_page: Open, path: str, graph: str
) -> None:
    """Plotly draws 700 px wide where its box has no width yet, and is fitted some frames later."""
    page = open_page(published, width=360, height=780).open(path)
    drawing = page.locator(f"#{graph} .svg-container")
    drawing.wait_for()
    pushed = drawing.evaluate("""box => {
      box.style.width = "700px";
      box.querySelectorAll(".main-svg").forEach(layer => layer.setAttribute("width", 700));
      return [box.offsetWidth, document.documentElement.scrollWidth - document.documentElement.clientWidth];
    }""")
    assert pushed == [700, 0]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", [390, 1800, 2101, 3840])
def test_the_name_of_the_centre_is_whole(published: str, open_page: Open, width: int, language: str) -> None:
    page = open_page(published, width=width, language=language).open("/muc-tieu")
    page.wait_for_selector(".target-card")
    names = page.locator(".brand-title:visible, .brand-short:visible")
    expect(names).to_have_count(1)
    # What an ellipsis takes away: the text is wider than its box.
    assert names.evaluate("name => name.scrollWidth - name.clientWidth") <= 0
    box, brand = names.bounding_box(), page.locator(".brand").bounding_box()
    assert box is not None and brand is not None
    assert brand["x"] <= box["x"] and box["x"] + box["width"] <= brand["x"] + brand["width"] + 1


def test_a_long_list_of_cards_scrolls_in_a_window_of_its_own(published: str, open_page: Open) -> None:
    """On a phone a row of a table is a card: 63 provinces one below the other were a page of 24,000 px."""
    page = open_page(published, width=390, height=844).open("/day-chuyen-lanh")
    page.wait_for_selector("#coldchain-body [data-table='device_places'] tbody tr")
    heights: list[float] = page.evaluate(
        """() => Array.from(document.querySelectorAll(".coldchain-page .table-scroll"))
          .filter((box) => box.checkVisibility() && box.querySelectorAll("tbody tr").length > 5)
          .map((box) => box.getBoundingClientRect().height)"""
    )
    assert heights
    assert max(heights) <= 0.75 * 844 + 1


def test_text_stands_out_from_its_ground_in_both_themes(published: str, open_page: Open) -> None:
    """WCAG AA: 4.5 to 1 for text, measured on what the browser really paints."""
    for theme in ("light", "dark"):
        page = open_page(published, theme=theme).open_map("/?area=74")
        page.wait_for_selector(".area-card")
        weak = page.evaluate(CONTRAST)
        assert not weak, (theme, weak)


CONTRAST = """() => {
  const read = (colour) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return Array.from(canvas.getImageData(0, 0, 1, 1).data);
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = read(getComputedStyle(at).backgroundColor);
      if (colour[3] > 200) return colour;
    }
    return [255, 255, 255, 255];
  };
  const weak = [];
  const walker = document.createTreeWalker(document.querySelector("#react-entry-point"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest("svg, .sr-only, .zero")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(read(style.color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) weak.push([node.textContent.trim().slice(0, 40), element.className, ratio.toFixed(2)]);
  }
  return weak;
}"""


def test_before_the_first_snapshot_the_page_waits_and_turns_into_the_map(serve: Serve, open_page: Open) -> None:
    from tests.support.snapshots import write_snapshot
    from tests.support.webserver import settings_for

    address, state = serve()
    seen = open_page(address)
    page = seen.open()
    page.wait_for_selector("#page-waiting:visible")
    expect(page.locator("#page-waiting")).to_contain_text("Đang chuẩn bị số liệu")
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=1))
    page.wait_for_selector("#coverage-map path[data-code]", state="attached")
    assert not page.is_visible("#page-waiting")
    assert len(seen.loads) == 1


def test_bars_replace_the_map_where_areas_have_no_shapes(serve: Serve, open_page: Open) -> None:
    address, _ = serve(Recipe(version=1, has_boundaries=False))
    page = open_page(address).open()
    page.wait_for_selector("#coverage-map .barlayer .point", state="attached")
    expect(page.locator("#coverage-map .barlayer .point")).to_have_count(63)
    expect(page.locator("#coverage-map-title")).to_have_text("Theo địa phương")
