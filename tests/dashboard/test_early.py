"""The numbers within the HTML of the first page: those of its tiles, in the scope and language of who asks."""

from __future__ import annotations

import re
from typing import Any

import pytest

from campaign.access import Role
from layouts.static_html import static_html
from layouts.words import Language
from tests.dashboard.conftest import Site, components, text_of
from tests.support.people import grant
from tests.support.snapshots import Recipe

EARLY = re.compile(r'<div id="early".*?(?=<svg class="sr-only")', re.DOTALL)


def early(html: str) -> str:
    found = EARLY.search(html)
    return found.group() if found else ""


def plain(html: str) -> list[str]:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split()).split()


@pytest.mark.parametrize("language", Language)
def test_they_are_those_of_the_page_itself(site: Site, language: Language) -> None:
    # A browser of its own: the language that an address asks for is remembered.
    reader = site.as_(grant(Role.VIEWER))
    html = early(reader.get(f"/?lang={language.value}").get_data(as_text=True))
    tiles = site.coverage(lang=language.value)["tiles"]
    answer = site.json(f"/snap/7/vn/first?lang={language.value}")["answer"]
    assert plain(html) == text_of([answer, tiles]).split()
    assert len(re.findall(r'class="reading-value"', html)) == 4


def test_nothing_of_them_could_be_pressed_or_is_there_twice(site: Site) -> None:
    html = early(site.client.get("/").get_data(as_text=True))
    assert "<button" not in html
    assert re.findall(r'id="([^"]+)"', html) == ["early"]
    assert 'href="/muc-tieu?target=' in html


@pytest.mark.parametrize("address", ["/muc-tieu", "/?area=40", "/?metric=full", "/?v=7", "/khong-co"])
def test_another_address_has_none(site: Site, address: str) -> None:
    assert not early(site.client.get(address).get_data(as_text=True))


def test_a_wall_has_none(site: Site) -> None:
    client = site.as_(grant(Role.WALL))
    assert not early(client.get("/").get_data(as_text=True))


def test_of_a_province_only_those_who_may_see_it_are_told(site: Site) -> None:
    """Totals of the nation are everybody's; the province that is behind is named in the scope of who asks."""
    own = grant(Role.VIEWER, "40")
    html = early(site.as_(own).get("/").get_data(as_text=True))
    answer = site.as_(own).get("/snap/7/p-40/first").get_json()["answer"]
    assert plain(html)[: len(text_of(answer).split())] == text_of(answer).split()
    assert "Hà Giang" not in html


def test_before_the_first_snapshot_there_are_none(make_site: Any) -> None:
    site: Site = make_site()
    answer = site.client.get("/")
    assert answer.status_code == 200
    assert not early(answer.get_data(as_text=True))


def test_a_name_of_an_area_is_text_whatever_it_says(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=7, area_names={"02": "<script>alert(1)</script>{{settings}}"}))
    html = early(site.client.get("/").get_data(as_text=True))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{settings}}" in html
    assert "<script" not in html


def test_every_kind_of_part_is_written_as_the_browser_would_have_it(site: Site) -> None:
    part = {
        "type": "Span",
        "namespace": "dash_html_components",
        "props": {
            "children": ["5 < 6", None, {"type": "Button", "namespace": "", "props": {"children": "x"}}],
            "className": "a b",
            "style": {"backgroundColor": "red", "width": "5%"},
            "hidden": True,
            "title": None,
            "data-number": "doses",
            "aria-label": 'q"',
            "id": "gone",
        },
    }
    assert static_html(part) == (
        '<span class="a b" hidden="" aria-label="q&quot;" style="background-color: red; width: 5%">5 &lt; 6</span>'
    )
    kinds = {item["type"] for item in components(site.coverage()["tiles"])}
    assert kinds <= {"Div", "Article", "H2", "P", "Span", "Dl", "Dt", "Dd", "Button", "Link"}
