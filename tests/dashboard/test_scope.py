"""Somebody of one province sees that province's detail and the nation's totals, and nothing of any other province."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from campaign.access import Role, Scope
from campaign.coverage import NATION
from campaign.incident_view import Board, IncidentRow
from tests.dashboard.conftest import VERSION, Site, text_of
from tests.support.people import grant
from tests.support.signed_in import signed_in
from tests.support.snapshots import Recipe
from tests.support.webserver import sample_board

OWN, OTHER = "79", "01"
Client = Any


@pytest.fixture
def national(site: Site) -> Client:
    return site.client


@pytest.fixture
def own(site: Site) -> Client:
    return site.as_(grant(Role.VIEWER, OWN))


def texts(value: object) -> Iterator[str]:
    """Every text and count in an answer; its fractions are ratios, which are compared elsewhere, and coordinates."""
    if isinstance(value, dict):
        for child in value.values():
            yield from texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from texts(child)
    elif value is not None and not isinstance(value, bool | float):
        yield str(value)


def figures_of(rows: list[dict[str, Any]]) -> set[str]:
    """Counts and fractions of these rows that are long enough to be nobody else's by chance."""
    found = {str(text) for row in rows for name, text in row.items() if name.endswith(("_of", "_text"))}
    return {text for text in found if len(re.sub(r"\D", "", text)) >= 5}


def test_coverage_has_the_own_row_the_nation_and_no_figure_of_another_province(national: Client, own: Client) -> None:
    everything = national.get(f"/snap/{VERSION}/vn/coverage").get_json()
    answer = own.get(f"/snap/{VERSION}/p-{OWN}/coverage").get_json()
    assert [row["code"] for row in answer["table"]] == [OWN]
    assert [row["code"] for row in answer["pinned"]] == [NATION]
    assert answer["pinned"][-1] == everything["pinned"][-1], "the nation's totals are the nation's"
    of_the_nation = national.get(f"/snap/{VERSION}/vn/nation").get_json()
    assert {"tiles", "flow", "curves", "curves_note", "daily", "daily_note"} < set(of_the_nation)
    assert own.get(f"/snap/{VERSION}/p-{OWN}/nation").get_json() == of_the_nation
    shapes = answer["map"]["data"][0]
    coloured = {code for code, kind in zip(shapes["locations"], shapes["z"], strict=True) if kind >= 0}
    assert coloured == {OWN}
    assert [value for value in shapes["customdata"] if value is not None] == [
        value
        for code, value in zip(
            everything["map"]["data"][0]["locations"], everything["map"]["data"][0]["customdata"], strict=True
        )
        if code == OWN
    ]
    assert "ngoài phạm vi" in answer["map_note"]
    assert "ngoài phạm vi" not in everything["map_note"]
    others = [row for row in (*everything["table"], *everything["pinned"]) if row["code"] not in (OWN, NATION)]
    secret = figures_of(others) - figures_of([*answer["table"], *answer["pinned"]])
    assert len(secret) > 300
    shown = "\n".join(texts({part: value for part, value in answer.items() if part not in of_the_nation}))
    assert not [figure for figure in secret if re.search(rf"(?<!\d){re.escape(figure)}(?!\d)", shown)]


def test_bars_have_the_own_area_only(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=VERSION, has_boundaries=False))
    answer = site.as_(grant(Role.VIEWER, OWN)).get(f"/snap/{VERSION}/p-{OWN}/coverage").get_json()
    assert OWN in json.dumps(answer["map"]["data"])
    assert OTHER not in [code for trace in answer["map"]["data"] for code in trace["y"]]


@pytest.mark.parametrize(
    "path",
    [
        "/snap/{v}/vn/coverage",
        "/snap/{v}/p-01/coverage",
        "/snap/{v}/p-01-79/coverage",
        "/snap/{v}/p-01/area?area=01",
        "/snap/{v}/p-79/area?area=01",
        "/snap/{v}/vn/data",
        "/snap/{v}/p-01/data",
        "/snap/{v}/vn/frame",
        "/snap/{v}/vn/lineage/doses",
        "/snap/{v}/p-79/lineage/doses?area=01",
        "/snap/{v}/p-01/lineage/doses?area=01",
    ],
)
def test_another_scope_or_area_is_refused(site: Site, own: Client, path: str) -> None:
    # Somebody of that province has asked before, so that an answer is kept.
    path = path.format(v=VERSION)
    site.client.get(path)
    site.as_(grant(Role.VIEWER, OTHER)).get(path)
    answer = own.get(path)
    assert answer.status_code == 403, answer.get_data(as_text=True)[:300]
    assert len(answer.data) < 300


@pytest.mark.parametrize(
    "key", ["p-", "p", "p-79-01", "p-79-79", "P-79", "p-99", "79", "vn ", "p-" + "79-" * 300, "%00"]
)
def test_a_scope_that_is_none_is_refused(site: Site, own: Client, key: str) -> None:
    for client in (own, site.client):
        assert client.get(f"/snap/{VERSION}/{key}/coverage").status_code in {400, 403}


def test_the_own_area_and_its_numbers_are_shown(national: Client, own: Client) -> None:
    for name in (f"area?area={OWN}", f"lineage/doses?area={OWN}"):
        mine, all_of_it = (
            client.get(f"/snap/{VERSION}/{key}/{name}") for client, key in ((own, "p-79"), (national, "vn"))
        )
        assert mine.status_code == 200
        assert mine.data == all_of_it.data


def test_the_data_page_keeps_totals_and_own_rows(national: Client, own: Client) -> None:
    everything = text_of(national.get(f"/snap/{VERSION}/vn/data").get_json()["body"])
    shown = text_of(own.get(f"/snap/{VERSION}/p-{OWN}/data").get_json()["body"])
    names = [row["name"] for row in national.get(f"/snap/{VERSION}/vn/coverage").get_json()["table"]]
    others = [name for name in names if name != "TP Hồ Chí Minh" and "Hồ Chí Minh" not in name]
    assert len(others) == 62
    named = [name for name in others if name in everything]
    assert len(named) > 40, "the nation's page names provinces"
    assert not [name for name in others if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", shown)]
    assert "Hồ Chí Minh" in shown
    assert "bản ghi" in shown, "what is held in all is told"


def test_alerts_about_another_province_are_not_told(make_site: Any) -> None:
    def alerts(_held: Scope, _place: str) -> Board:
        first, second = sample_board(site.deps.wall()).incidents

        def of(number: int, code: str) -> IncidentRow:
            [member] = first.shown
            told = replace(member, summary_vi=f"Tủ lạnh của {code} quá nóng")
            return replace(first, incident_id=number, labels={"area": code}, shown=(told,))

        return Board(incidents=(second, of(3, OWN), of(4, OTHER)))

    site: Site = make_site(Recipe(version=VERSION), deps={"alerts": alerts})
    told = site.as_(grant(Role.VIEWER, OWN)).get("/alerts").get_json()
    assert f"Tủ lạnh của {OWN}" in text_of(told["body"])
    assert f"Tủ lạnh của {OTHER}" not in text_of(told["body"])
    assert told["open"] == site.client.get("/alerts").get_json()["open"] - 1


def test_provinces_add_up_over_roles_and_differ_by_what_is_looked_at(site: Site) -> None:
    token = signed_in(site.registry, [grant(Role.VIEWER, OTHER), grant(Role.WALL)])
    client = site.with_token(token)
    assert client.get(f"/snap/{VERSION}/vn/coverage").status_code == 200
    assert client.get(f"/snap/{VERSION}/vn/data").status_code == 403
    assert client.get(f"/snap/{VERSION}/p-{OTHER}/data").status_code == 200
    page = client.get("/").get_data(as_text=True)
    told = json.loads(page.split('id="board-settings" type="application/json">')[1].split("</script>")[0])
    assert told["scopes"] == {"board": "vn", "data": f"p-{OTHER}", "alerts": "vn", "past": f"p-{OTHER}"}


def test_a_screen_sees_no_snapshot_of_the_past(make_site: Any) -> None:
    from tests.support.snapshots import write_snapshot

    site: Site = make_site(Recipe(version=1))
    for version in range(2, 7):
        write_snapshot(site.folder, Recipe(version=version))
    wall = site.as_(grant(Role.WALL))
    assert wall.get("/snap/6/vn/coverage").status_code == 200
    assert wall.get("/snap/5/vn/coverage").status_code == 200, "still on somebody's screen"
    assert wall.get("/snap/1/vn/coverage").status_code == 403
    assert wall.get("/versions").status_code == 403
    assert site.client.get("/snap/1/vn/coverage").status_code == 200
