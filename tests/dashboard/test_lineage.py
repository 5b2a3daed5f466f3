"""From a number to its query: run again on its own, it answers what the tile, the card and the list show."""

from __future__ import annotations

from typing import Any

import pytest

from layouts import format as fmt
from layouts.table import PAIRS, pair_id
from layouts.words import Language, load_catalogues
from tests.dashboard.conftest import VERSION, Site, components, text_of
from warehouse.lineage import NUMBERS, reading_id

VI = Language.VI


def numbers_of(answer: dict[str, Any]) -> set[str]:
    return {part["props"]["data-lineage"] for part in components(answer) if "data-lineage" in part["props"]}


def origin(site: Site, number: str, **filters: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return site.json(f"/snap/{VERSION}/vn/lineage/{number}?{query}")


def shown_value(answer: dict[str, Any]) -> str:
    return next(text_of(part) for part in components(answer["body"]) if "data-value" in part["props"])


def test_every_number_on_the_tiles_opens_its_origin_and_equals_it(site: Site) -> None:
    answer = site.coverage()
    shown = {
        part["props"]["data-number"]: text_of(part)
        for part in components([answer["tiles"], answer["flow"]])
        if "data-number" in part["props"]
    }
    shown["doses"] = next(
        text_of(part) for part in components(answer["tiles"]) if part["props"].get("id") == "tile-doses"
    )
    for group, measure in PAIRS:
        shown[reading_id(group, measure)] = next(
            text_of(part)
            for part in components(answer["tiles"])
            if part["props"].get("data-reading") == f"{group}-{measure}"
        )
    assert set(shown) == numbers_of([answer["tiles"], answer["flow"]])  # pyright: ignore[reportArgumentType]
    assert len(shown) == 12
    for number, text in shown.items():
        assert shown_value(origin(site, number)) == text, number


@pytest.mark.parametrize("number", sorted(NUMBERS))
def test_the_query_run_on_its_own_answers_the_value_told(site: Site, number: str) -> None:
    told = origin(site, number)
    row = site.deps.snapshots.rows(VERSION, told["sql"], told["bound"] or None)[0]
    assert row["value"] == told["value"]
    assert row.get("population") == told["population"]
    assert told["version"] == VERSION
    assert len(told["content_hash"]) >= 8


@pytest.mark.parametrize("area", ["01", "74", "95"])
@pytest.mark.parametrize("denominator", ["est_2021", "portal_2021"])
def test_an_area_s_card_equals_its_origins(site: Site, area: str, denominator: str) -> None:
    row = next(row for row in site.coverage(denominator=denominator)["table"] if row["code"] == area)
    card = site.json(f"/snap/{VERSION}/vn/area?area={area}&denominator={denominator}")["card"]
    asked = numbers_of(card)
    assert {pair_id(*pair) for pair in PAIRS} | {"doses", "doses_last_7_days", "on_hand"} == asked
    for number in asked:
        told = origin(site, number, area=area, denominator=denominator)
        if number in ("doses", "doses_last_7_days", "on_hand"):
            assert told["value"] == row[number]
        else:
            population = fmt.whole(told["population"], VI)
            assert f"{fmt.whole(told['value'], VI)} / {population}" == row[f"{number}_of"]


def test_the_list_of_records_set_aside_is_the_tile_s(site: Site) -> None:
    assert origin(site, "quarantined")["value"] == 1917


@pytest.mark.parametrize("language", list(Language))
def test_every_number_has_a_name_and_a_definition(site: Site, language: Language) -> None:
    texts = load_catalogues()[language].texts
    for number in NUMBERS:
        body = text_of(origin(site, number, lang=language)["body"])
        assert texts[f"number.{number}"] in body
        assert texts[f"definition.{number}"] in body


def test_an_unknown_number_is_refused_with_what_there_is(site: Site) -> None:
    answer = site.client.get(f"/snap/{VERSION}/vn/lineage/dose")
    assert answer.status_code == 400
    assert "doses" in answer.get_json()["allowed"]
