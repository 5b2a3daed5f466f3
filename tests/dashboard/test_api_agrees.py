"""API = tile = report: every headline number, every target and the table of provinces, of one snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from layouts.table import PAIRS
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.support.readers import Machine, token_for
from tests.support.reported import Read, name_of, write_reports

AREA = "79"


@pytest.fixture(scope="module")
def nation(site: Site) -> Machine:
    return Machine(site.app.server.test_client(), token_for(site.registry))


@pytest.fixture(scope="module")
def reports(state: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    """Of the country and one province, with the snapshot's own figures."""
    out = tmp_path_factory.mktemp("agreeing")
    sections = [word for name in ("headline", "provinces") for word in ("--section", name)]
    areas = [word for area in ("nation", AREA) for word in ("--area", area)]
    assert write_reports(state, out, "--live", "--form", "json", *areas, *sections) == 0
    return {area: Read(out / f"{name_of(area, 'vi')}.json") for area in ("vn", AREA)}


def whole(value: int | None) -> str:
    return "–" if value is None else f"{value:,}".replace(",", ".").replace("-", "−")


def tenths(people: int, population: int | None) -> str:
    if not population:
        return "–"
    found = people * 1000 // population
    return f"{found // 10:,}".replace(",", ".") + f",{found % 10}%"


def parts(share: Any) -> dict[str, Any] | None:
    """Numerator and denominator; the report writes the ratio beside them."""
    return None if share is None else {name: share[name] for name in ("part", "whole")}


def marked(shown: Any, mark: str) -> dict[str, str]:
    return {part["props"][mark]: text_of(part) for part in components(shown) if mark in part["props"]}


def test_headline_numbers(site: Site, nation: Machine, reports: dict[str, Read]) -> None:
    asked = {row["number"]: row["value"] for row in nation.rows(f"headline?snapshot={VERSION}")}
    told = nation.json("headline")
    assert told["snapshot"] == VERSION == reports["vn"].all["pins"]["snapshot"]
    assert told["content_hash"] == reports["vn"].all["pins"]["content_hash"]
    answer = site.coverage()
    tiles = {**marked(answer["tiles"], "data-number"), **marked(answer.get("flow", {}), "data-number")}
    shared = asked.keys() & tiles.keys()
    assert shared >= {"doses_today", "doses_yesterday", "dose1_people", "full_people", "registered", "delivered"}
    assert {name: whole(asked[name]) for name in shared} == {name: tiles[name] for name in shared}
    big = next(part for part in components(answer["tiles"]) if part["props"].get("id") == "tile-doses")
    assert text_of(big) == whole(asked["doses"])
    printed = reports["vn"].figures
    assert printed.keys() <= asked.keys()
    assert {name: asked[name] for name in printed} == printed


def test_headline_numbers_of_a_province(nation: Machine, reports: dict[str, Read]) -> None:
    asked = {row["number"]: row["value"] for row in nation.rows(f"headline?area={AREA}")}
    assert asked == reports[AREA].figures


def test_readings_of_the_targets(site: Site, nation: Machine, reports: dict[str, Read]) -> None:
    rows = nation.rows("targets")
    shown = marked(site.coverage()["tiles"], "data-reading")
    by_reading = {(row["group"], row["measure"]): row for row in rows}
    assert len(shown) == len(PAIRS) == 4
    for group, measure in PAIRS:
        row = by_reading[group, measure]
        assert shown[f"{group}-{measure}"] == tenths(row["people"], row["population"])
    own = [row for row in rows if row["own"]]
    printed = reports["vn"].rows("targets")
    assert [(row["people"], row["population"], row["gap"]) for row in own] == [
        (row["people"], row["population"], row["gap"]) for row in printed
    ]
    assert [parts(row["share"]) for row in printed] == [
        {"part": row["people"], "whole": row["population"]} for row in own
    ]


def test_the_table_of_provinces(site: Site, nation: Machine, reports: dict[str, Read]) -> None:
    """The board's table under the map, the API's two tables, and the report's table of provinces."""
    coverage = {row["area"]: row for row in nation.rows("coverage")}
    ranks = {row["area"]: row for row in nation.rows("provinces")}
    answer = site.coverage()
    shown = {row["code"]: row for row in (*answer["table"], *answer["pinned"])}
    assert coverage.keys() == shown.keys()
    for code, row in coverage.items():
        assert shown[code]["doses_text"] == whole(row["doses"]), code
        for group, measure in PAIRS:
            people, population = row[f"{measure}_{group}_people"], row[f"{group}_population"]
            if people is not None:
                assert shown[code][f"{measure}_{group}_text"] == tenths(people, population), code
    printed = reports["vn"].rows("provinces")
    names = {row["name"]: code for code, row in coverage.items()}
    assert len(printed) == len(ranks) + 1 == 64
    for line in printed:
        code = names[line["name"]]
        row = coverage[code]
        expected = {"part": row["dose1_18plus_people"], "whole": row["18plus_population"]}
        assert parts(line["coverage_share"]) == expected, code
        assert (line["dose1_18plus"], line["population_18plus"]) == (expected["part"], expected["whole"])
        assert parts(line["full_18plus"]) == {"part": row["full_18plus_people"], "whole": row["18plus_population"]}
        if code in ranks:
            rank = ranks[code]
            assert (line["coverage_rank"], line["usage_rank"]) == (rank["coverage_rank"], rank["usage_rank"])
            assert (rank["dose1_18plus"], rank["population_18plus"]) == (expected["part"], expected["whole"])
            if rank["usage_share"] is not None:
                assert parts(line["usage_share"]) == {"part": rank["doses"], "whole": rank["received"]}
