"""The page about sites in a browser: silence that ends with a record, search, orders, links that restore the view."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from playwright.sync_api import Page, expect

from geo.text import fold_text
from tests.browser.conftest import Watched
from tests.support.registry import Dose, add_people, insert_doses, seed
from tests.support.running import eventually, running
from tests.support.snapshots import Recipe

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TEXTS = {"vi": ("Điểm tiêm", "chưa mở", "chưa có"), "en": ("Sites", "not opened", "none yet")}


def open_sites(seen: Watched, query: str = "") -> Page:
    page = seen.open(f"/diem-tiem{query}")
    page.wait_for_selector("#sites-ranks-rows tr", state="attached")
    return page


def keys(page: Page, name: str) -> list[str]:
    found: list[str] = page.locator(f"#sites-{name}-rows tr").evaluate_all("rows => rows.map(row => row.dataset.key)")
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_silent_site_is_found_from_the_start_page_in_one_click(
    published: str, open_page: Open, language: str
) -> None:
    name, unopened, never = TEXTS[language]
    page = open_page(published, language=language).open_map()
    expect(page.locator("#nav-sites")).to_have_text(name)
    page.locator("#nav-sites").click()
    row = page.locator("#sites-silent-rows tr[data-key='silent']")
    expect(row).to_contain_text(unopened)
    expect(row).to_contain_text(never)
    assert keys(page, "silent")[0] == "silent", "planned for most people, never heard of"
    silent = int(re.sub(r"\D", "", page.locator("[data-number='site_silent']").inner_text()))
    assert silent >= len(keys(page, "silent"))


@pytest.mark.slow
def test_a_silent_site_goes_with_its_first_record(tmp_path: Path, open_page: Open) -> None:
    """The whole way: a session in the registry, no record; then one."""
    now = datetime.now(UTC).astimezone(ZONE)
    if now.hour == 0:
        pytest.skip("sessions of this test open at midnight: nobody is silent in their first minutes")
    settings = {
        "MCC_ETL__REFRESH_SECONDS": "2",
        "MCC_SITES__SILENT_HOURS": "0.5",
        "MCC_SITES__HOURS": str(list(range(24))),
    }
    with running(tmp_path, **settings) as centre:
        url = centre.registry_url()
        seed(url)
        add_people(url, [(number, "79") for number in range(1, 5)])
        with psycopg.connect(url) as connection:
            connection.execute(
                "INSERT INTO registry.session (session_id, site_code, held_on, product_code, planned_people, state) "
                "VALUES (1, '79-A', %s, 'astrazeneca', 120, 'open'), (2, '01-A', %s, 'astrazeneca', 80, 'planned')",
                [now.date(), now.date()],
            )
        eventually(lambda: centre.version() > 0, "the first snapshot")
        seen = open_page(centre.url, token=centre.session())
        page = open_sites(seen)
        expect(page.locator("[data-number='site_silent']")).to_have_text("2")
        assert keys(page, "silent") == ["79-A", "01-A"]
        with psycopg.connect(url) as connection:
            insert_doses(connection, [Dose(1, 1, now - timedelta(minutes=3), recorded=now - timedelta(minutes=1))])
        expect(page.locator("[data-number='site_silent']")).to_have_text("1")
        expect(page.locator("[data-number='site_active']")).to_have_text("1")
        expect(page.locator("#sites-silent-rows tr")).to_have_count(1)
        assert keys(page, "silent") == ["01-A"]
        assert len(seen.loads) == 1, "no reload"


def test_search_order_and_province_are_in_the_address_and_come_back(published: str, open_page: Open) -> None:
    page = open_sites(open_page(published))
    page.locator("#sites-chosen").select_option(label="Nghệ An")
    expect(page.locator(".sites-counts h2")).to_contain_text("Nghệ An")
    page.locator("#sites-search").fill("vinh")
    page.wait_for_function("() => location.search.includes('q=vinh')")
    page.locator("[data-table='silent'] th button.sort", has_text="Tên").press("Enter")
    page.wait_for_function("() => location.search.includes('order=silent.0.asc')")
    found = keys(page, "silent")
    texts = page.locator("#sites-silent-rows tr").all_inner_texts()
    assert texts and all("vinh" in fold_text(text) for text in texts)
    again = open_sites(open_page(published), page.url[page.url.index("?") :])
    expect(again.locator("#sites-search")).to_have_value("vinh")
    expect(again.locator("#sites-chosen")).to_have_value("40")
    assert keys(again, "silent") == found
    again.locator("#sites-search").fill("không có điểm nào")
    expect(again.locator("#sites-silent-rows tr")).to_have_count(0)


def test_the_ranking_is_the_sorted_table(published: str, open_page: Open) -> None:
    page = open_sites(open_page(published))
    button = page.locator("[data-table='ranks'] th button.sort", has_text="Bao phủ 18+")
    for end in ("top", "bottom"):
        button.click()
        listed: list[str] = page.locator(f"[data-rank^='coverage/{end}/']").evaluate_all(
            "items => items.map(item => item.dataset.rank.split('/')[2])"
        )
        assert len(listed) == 10
        assert keys(page, "ranks")[:10] == listed


def test_a_site_of_the_list_leads_to_its_own_page(published: str, open_page: Open) -> None:
    page = open_sites(open_page(published), "?area=40")
    link = page.locator("#sites-silent-rows a.place").first
    name = link.inner_text()
    link.click()
    expect(page.locator("#place-title")).to_contain_text(name)


def test_a_link_to_what_is_not_there_says_so_and_shows_the_nearest(published: str, open_page: Open) -> None:
    seen = open_page(published)
    seen.expected = ("400",)
    page = open_sites(seen, "?area=999")
    expect(page.locator("#sites-problem")).to_contain_text("Không có “999”")
    expect(page.locator(".sites-counts h2")).to_contain_text("Cả nước")


def test_an_older_snapshot_says_so_and_the_rest_goes_on(
    serve: Callable[..., tuple[str, Path]], open_page: Open
) -> None:
    address, _ = serve(Recipe(version=1, without=("site_session", "site_seen")))
    page = open_sites(open_page(address))
    expect(page.locator("#im-lang")).to_contain_text("Bản chụp này chưa có kế hoạch buổi tiêm.")
    expect(page.locator("#sites-ranks-rows tr")).to_have_count(63)


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(360, "dark", "en"), (390, "light", "vi"), (768, "light", "vi"), (1440, "dark", "en"), (3840, "light", "vi")],
)
def test_the_page_fits_every_screen(published: str, open_page: Open, width: int, theme: str, language: str) -> None:
    page = open_sites(open_page(published, width=width, theme=theme, language=language))
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_item_of_the_header_lies_over_another(published: str, open_page: Open, language: str) -> None:
    page = open_sites(open_page(published, language=language))
    for width in (360, 390, 768, 1024, 1280, 1340, 1341, 1420, 1421, 1440, 1541, 1741, 1941, 2101):
        page.set_viewport_size({"width": width, "height": 600})
        assert page.evaluate(OVERLAPS) == [], width


# Pairs of items that cover each other, items beyond the window, links whose text spills or that show nothing, and a
# logo that is cut.
OVERLAPS = """() => {
  const all = document.querySelectorAll(".header :is(.brand, .nav-link, .status, .icon-button)");
  const items = [...all].filter((item) => item.offsetParent);
  const boxes = items.map((item) => item.getBoundingClientRect());
  const found = [];
  boxes.forEach((a, i) => {
    const spills = items[i].matches(".nav-link") && items[i].scrollWidth > items[i].clientWidth + 1;
    const blank = items[i].matches(".nav-link") && ![...items[i].children].some((part) => part.offsetWidth > 8);
    const logo = items[i].querySelector(".logo");
    const cut = logo && logo.getBoundingClientRect().right > a.right + 1;
    if (a.right > innerWidth + 1 || a.left < -1 || spills || blank || cut) found.push(items[i].textContent);
    boxes.slice(i + 1).forEach((b, j) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 1) found.push(`${items[i].textContent} | ${items[i + 1 + j].textContent}`);
    });
  });
  return found;
}"""
