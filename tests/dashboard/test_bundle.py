"""Several views in one answer: each part is what it is alone, and nobody gets by it what they may not have."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import pytest

from campaign.access import NATION, Permission, Role
from dashboard.ahead import PAGE, draw_ahead, read_ahead
from dashboard.bundle import PARTS, SHARED, names_of, own_view
from dashboard.door.table import ROUTES, VIEWS
from dashboard.params import BadParameter, view_of
from dashboard.payloads import encode
from dashboard.routes import VIEWS as DRAWN
from dashboard.routes import Desk
from layouts.theme import NAMED, PALETTES, SIZES, THEMES, table
from layouts.words import Language
from tests.dashboard.conftest import VERSION, Site
from tests.support.people import grant
from tests.support.snapshots import Recipe
from warehouse import reads_places
from warehouse.snapshot import Snapshots

FILTERS = (
    "",
    "metric=gap_full&group=all&lang=en&theme=open&size=open",
    "metric=left&group=65plus&theme=dark&size=phone",
    "metric=full&clock=recorded&theme=open&size=open&day=2021-08-01",
    "metric=need&theme=open&size=open",
    "grain=34&lang=en&theme=dark&size=wall",
)
PLACES = ("area=74&district=725", "area=74&other=79", "area=01&against=2021-08-01")


@pytest.mark.parametrize("filters", FILTERS)
def test_each_part_is_what_it_is_alone(site: Site, filters: str) -> None:
    together = site.json(f"/snap/{VERSION}/vn/parts?parts={','.join(PAGE)}&{filters}")
    assert list(together) == [name for name in PARTS if name in PAGE]
    for name in PAGE:
        assert together[name] == site.json(f"/snap/{VERSION}/vn/{name}?{filters}"), name


@pytest.mark.parametrize("filters", PLACES)
def test_places_come_with_the_map(site: Site, filters: str) -> None:
    names = ("coverage", "area", "place", "compare")
    together = site.json(f"/snap/{VERSION}/vn/parts?parts={','.join(names)}&{filters}&metric=full&theme=open&size=open")
    for name in names:
        assert together[name] == site.json(f"/snap/{VERSION}/vn/{name}?{filters}&metric=full&theme=open&size=open")


@pytest.mark.parametrize("name", SHARED)
def test_what_a_part_does_not_depend_on_changes_nothing(site: Site, name: str) -> None:
    """A part is kept without it: were this untrue, a reader would get somebody else's figures."""
    desk: Desk = site.app.server.extensions["desk"]
    known = desk.studio.readings.known(VERSION)
    asked = "metric=gap_full&clock=recorded&area=74&district=725&other=79&against=2021-08-01&group=all"
    args: dict[str, str] = dict(parse_qsl(asked))
    view = view_of({**args, "theme": "open", "size": "open"}, known, default_language=Language.VI)
    whole, own = (encode(DRAWN[name](desk.studio, VERSION, one, NATION)) for one in (view, own_view(name, view)))
    assert whole == own


def test_names_that_are_no_parts_are_told_what_there_is(site: Site) -> None:
    for parts in ("", "coverage,", "data", "coverage,lineage", "stock"):
        answer = site.client.get(f"/snap/{VERSION}/vn/parts?parts={parts}")
        assert (answer.status_code, answer.get_json()["allowed"]) == (400, list(PARTS))
    with pytest.raises(BadParameter):
        names_of("frame,frames")
    assert names_of("frame,coverage,frame") == ("coverage", "frame")


def test_a_place_needs_an_area(site: Site) -> None:
    answer = site.client.get(f"/snap/{VERSION}/vn/parts?parts=coverage,place")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "area")


def test_all_parts_need_what_the_bundle_needs() -> None:
    assert {VIEWS[name] for name in PARTS} == {ROUTES["snapshot_parts"].need} == {Permission.SEE_BOARD}


def test_a_province_gets_its_own_figures_only(site: Site) -> None:
    client = site.as_(grant(Role.VIEWER, "40"))
    assert client.get(f"/snap/{VERSION}/vn/parts?parts=coverage,nation").status_code == 403
    asked = f"/snap/{VERSION}/p-40"
    own: dict[str, Any] = client.get(f"{asked}/parts?parts=coverage,area&area=40").get_json()
    assert own["coverage"] == client.get(f"{asked}/coverage").get_json()
    assert {row["code"] for row in own["coverage"]["table"]} == {"40"}
    assert client.get(f"{asked}/parts?parts=coverage,place&area=01").status_code == 403


def test_what_is_drawn_ahead_is_what_pages_ask_for(make_site: Any) -> None:
    """Nothing is drawn when the page asks: the address that it writes finds what was kept."""
    site: Site = make_site(Recipe(version=VERSION))
    desk = site.app.server.extensions["desk"]
    draw_ahead(desk, VERSION, lambda: True)
    drawn = len(desk.kept)
    known = desk.studio.readings.known(VERSION)
    for denominator in known.denominators:
        filters = f"metric=left&group=all&denominator={denominator}&lang=en&theme=open&size=open&grain=34"
        site.json(f"/snap/{VERSION}/vn/parts?parts=coverage,nation,frame&{filters}")
        site.json(f"/snap/{VERSION}/vn/first?denominator={denominator}&lang=en")
    assert len(desk.kept) == drawn > 300


def test_it_stops_where_a_newer_version_comes(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=VERSION))
    desk = site.app.server.extensions["desk"]
    asked: list[None] = []

    def go_on() -> bool:
        asked.append(None)
        return len(asked) < 3

    draw_ahead(desk, VERSION, go_on)
    assert len(asked) == 3
    assert 0 < len(desk.kept) < 20


def test_the_first_day_of_sites_is_read_ahead_and_once_a_version(
    make_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    first_day = reads_places.sites_kept_from

    def counted(snapshots: Snapshots, version: int) -> date | None:
        # Sites of other tests may still be reading theirs ahead, in threads of their own.
        if snapshots is desk.studio.readings.snapshots:
            read.append(version)
        return first_day(snapshots, version)

    site: Site = make_site(Recipe(version=VERSION))
    desk: Desk = site.app.server.extensions["desk"]
    monkeypatch.setattr(reads_places, "sites_kept_from", counted)
    read_ahead(desk, VERSION, lambda: False)
    assert read == []
    read_ahead(desk, VERSION, lambda: True)
    for district in desk.studio.gazetteer.districts_of("79")[:2]:
        site.json(f"/snap/{VERSION}/vn/place?area=79&district={district.code}")
    assert read == [VERSION]


def test_both_themes_have_every_name() -> None:
    names = set(table(NAMED))
    assert all(set(table(PALETTES[theme])) == names for theme in THEMES)
    assert all(table(NAMED)[name] == f"@{name}" for name in names)
    assert len(SIZES) == 3
    assert {field.name for field in fields(NAMED)} >= {"text", "ramp", "need"}
