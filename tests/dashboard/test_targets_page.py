"""The page of the targets: every number on it is that of a query on the same snapshot, in every scope and language."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import orjson
import plotly.graph_objects as go
import pytest

from campaign.access import NATION, Role
from cli.main import main
from dashboard.seen import Seen
from layouts.target_curve import SPARE_DAYS
from layouts.words import Language
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.support.people import grant
from tests.support.snapshots import AS_OF, Recipe, write_snapshot
from tests.support.webserver import settings_for
from warehouse.snapshot import Snapshots

# A direct query for the nation and for each place: people, population, and the people that the target takes.
NUMBERS = """
WITH population_now AS (
    SELECT area_code, population_group, arg_max(people, valid_from) AS population FROM population
    WHERE version = $version AND valid_from <= (SELECT as_of::DATE FROM snapshot_info) GROUP BY ALL),
cells AS (
    SELECT p.area_code, p.population_group, unnest(['dose1', 'full']) AS measure,
           unnest([p.dose1_people, p.full_people]) AS people, n.population
    FROM people_by_area p LEFT JOIN population_now n USING (area_code, population_group)
    WHERE p.population_group IN ('18plus', 'all')),
places AS (
    SELECT area_code, population_group, measure, people, population FROM cells
    UNION ALL
    SELECT 'nation', population_group, measure, sum(people), sum(population) FROM cells
    WHERE population IS NOT NULL OR area_code = 'unknown' GROUP BY ALL)
SELECT target_id, c.area_code AS area, c.population_group AS grp, measure, people::BIGINT AS people,
       population::BIGINT AS population,
       CASE WHEN more_than THEN floor(ratio::DECIMAL(4, 3) * population) + 1
            ELSE ceil(ratio::DECIMAL(4, 3) * population) END::BIGINT AS needed
FROM places c CROSS JOIN target
"""


def whole(text: str) -> int | None:
    return None if text == "–" else int(text.replace(".", ""))


def site_snapshots(site: Site) -> Snapshots:
    return site.deps.snapshots


def queried(site: Site, denominator: str) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    rows = site_snapshots(site).rows(VERSION, NUMBERS, {"version": denominator})
    return {(row["target_id"], row["area"], row["grp"], row["measure"]): row for row in rows}


def marked(answer: Any) -> dict[str, str]:
    return {
        part["props"]["data-number"]: text_of(part)
        for part in components(answer["cards"])
        if "data-number" in part["props"]
    }


def cells(answer: Any) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for part in components(answer["table"]):
        if "data-cell" in part["props"]:
            area, column = part["props"]["data-cell"].split("/")
            found[area, column] = part
    return found


def page(site: Site, **filters: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return site.json(f"/snap/{VERSION}/vn/targets?{query}")


@pytest.mark.parametrize("denominator", ["est_2021", "portal_2021"])
@pytest.mark.parametrize("area", ["", "74", "95"])
def test_the_cards_equal_a_query(site: Site, denominator: str, area: str) -> None:
    expected = queried(site, denominator)
    shown = marked(page(site, denominator=denominator, area=area))
    shares = {key: text for key, text in shown.items() if key.endswith("/share")}
    assert len(shares) == 8
    for key, text in shares.items():
        target_id, pair, _ = key.split("/")
        measure, group = pair.split("_", 1)
        row = expected[target_id, area or "nation", group, measure]
        population = row["population"]
        told = f"{row['people'] * 1000 // population / 10:,.1f}%".replace(".", ",") if population else "–"
        assert text == told
        stem = f"{target_id}/{pair}"
        if f"{stem}/gap" not in shown:
            continue
        assert whole(shown[f"{stem}/gap"]) == (max(row["needed"] - row["people"], 0) if population else None)
        assert whole(shown[f"{stem}/not_yet"]) == (max(population - row["people"], 0) if population else None)
        left = (max(row["needed"] - row["people"], 0)) if population else 0
        days = {"adults_50_2021": 39, "all_70_2022q1": 129}[target_id]
        assert whole(shown[f"{stem}/pace_needed"]) == (-(-left // days) if left else None)


@pytest.mark.parametrize(
    ("target", "metric"),
    [("adults_50_2021", "dose1"), ("adults_50_2021", "full"), ("all_70_2022q1", "dose1"), ("all_70_2022q1", "full")],
)
def test_the_table_equals_a_query(site: Site, target: str, metric: str) -> None:
    group = "18plus" if target.startswith("adults") else "all"
    expected = queried(site, "est_2021")
    shown = cells(page(site, target=target, metric=metric))
    areas = {area for area, _ in shown}
    assert len(areas) == 65
    for area in areas:
        row = expected[target, area, group, metric]
        population = row["population"]
        share = text_of(shown[area, "share"])
        assert share.endswith(f"{row['people']:,} / {population or 0:,}".replace(",", ".").replace(" / 0", " / –"))
        assert whole(text_of(shown[area, "gap"])) == (max(row["needed"] - row["people"], 0) if population else None)
        assert whole(text_of(shown[area, "not_yet"])) == (max(population - row["people"], 0) if population else None)
        told = shown[area, "share"]["props"]["data-sort"]
        assert told == "" if not population else float(told) == row["people"] / population


def test_the_paces_equal_a_query(site: Site) -> None:
    """Seven whole days up to yesterday, by day of injection; raised where the nowcast expects more."""
    rows = site_snapshots(site).rows(
        VERSION,
        """SELECT p.area_code AS area,
                  sum(full_people * least(greatest(coalesce(n.expected / n.reported, m.share, 1), 1), 2)) / 7 AS pace
           FROM people_by_day p
           LEFT JOIN nowcast n ON n.area_code = p.area_code AND n.day = p.day AND n.reported > 0
           LEFT JOIN (SELECT day, expected / reported AS share FROM nowcast WHERE area_code = '') m
               ON m.day = p.day AND p.area_code NOT IN (SELECT area_code FROM nowcast)
           WHERE population_group = 'all' AND p.day BETWEEN (SELECT as_of::DATE - 7 FROM snapshot_info)
               AND (SELECT as_of::DATE - 1 FROM snapshot_info)
           GROUP BY ALL""",
    )
    shown = cells(page(site, target="all_70_2022q1", metric="full"))
    assert rows
    for row in rows:
        assert abs((whole(text_of(shown[row["area"], "pace"])) or 0) - row["pace"]) <= 0.501, row["area"]


def test_the_tiles_and_the_cards_say_the_same(site: Site) -> None:
    shown = marked(page(site))
    for part in components(site.coverage()["tiles"]):
        if "data-reading" in part["props"]:
            group, measure = part["props"]["data-reading"].split("-")
            target = "adults_50_2021" if group == "18plus" else "all_70_2022q1"
            assert text_of(part) == shown[f"{target}/{measure}_{group}/share"]
    tiles = text_of(site.coverage()["tiles"])
    for key in ("all_70_2022q1/dose1_all/gap", "all_70_2022q1/full_all/gap"):
        assert f"Còn thiếu {shown[key]} người" in tiles


def test_a_reached_target_tells_its_day_and_an_open_one_an_interval(site: Site) -> None:
    shown = marked(page(site))
    day = site_snapshots(site).rows(
        VERSION,
        """WITH c AS (SELECT day, sum(sum(dose1_people)) OVER (ORDER BY day) AS people FROM people_by_day
                      WHERE population_group = '18plus' AND area_code <> '12' GROUP BY day)
           SELECT min(day) AS day FROM c WHERE people >= 351672""",
    )[0]["day"]
    assert shown["adults_50_2021/dose1_18plus/when"] == f"Đã đạt ngày {day:%d/%m/%Y}"
    assert re.fullmatch(r"Dự báo đạt ngày \d\d/\d\d/\d{4}", shown["all_70_2022q1/full_all/when"])
    assert re.search(r"80%: \d\d/\d\d/\d{4}\xa0–\u2060\xa0\d\d/\d\d/\d{4}", shown["all_70_2022q1/full_all/interval"])


def test_the_record_of_past_projections_is_shown(site: Site) -> None:
    text = text_of(page(site)["cards"])
    assert len(re.findall(r"trong \d+ dự báo của \d+ tuần", text)) == 4


def test_above_everyone_says_why(site: Site) -> None:
    answer = page(site, target="adults_50_2021", metric="dose1")
    text = text_of(cells(answer)["74", "when"])
    assert "Trên 100%" in text
    assert "Cổng thông tin tiêm chủng 2021" in text
    assert "Trên 100%" in text_of(page(site, area="74")["cards"])


def test_the_worst_is_named_by_share_and_by_people(site: Site) -> None:
    answer = page(site, target="all_70_2022q1", metric="full")
    rows = [
        row
        for key, row in queried(site, "est_2021").items()
        if key[0] == "all_70_2022q1" and key[2:] == ("all", "full")
    ]
    places = [row for row in rows if row["population"] and row["area"] != "nation"]
    names = {row["code"]: row["name_vi"] for row in site_snapshots(site).rows(VERSION, "SELECT * FROM area")}
    lowest = min(places, key=lambda row: row["people"] / row["population"])
    most = max(places, key=lambda row: row["needed"] - row["people"])
    said = {part["props"]["id"]: text_of(part) for part in components(answer["table"]) if part["props"].get("id")}
    assert names[lowest["area"]] in said["target-lowest"]
    assert names[most["area"]] in said["target-most"]


def test_every_figure_is_one_that_plotly_takes(site: Site) -> None:
    for filters in ({}, {"area": "01"}, {"metric": "full"}, {"theme": "dark", "size": "phone", "lang": "en"}):
        go.Figure(page(site, **filters)["curve"])


def test_a_line_ahead_ends_when_its_target_is_met(site: Site, readings: Any) -> None:
    """A little after even the slow side has met it: further on it would only near everybody there is."""
    seen = Seen(readings, NATION)
    told = 0
    for found in seen.target_standings(VERSION, "est_2021"):
        if not found.own or found.projection is None or found.projection.latest is None:
            continue
        asked = {"target": found.target.target_id, "metric": found.measure.value}
        curve = page(site, **asked)["curve"]
        lines = [trace for trace in curve["data"] if trace.get("line", {}).get("dash") == "dot" or "fill" in trace]
        assert len(lines) == 2
        for line in lines:
            assert max(line["x"]) <= (found.projection.latest + timedelta(SPARE_DAYS)).isoformat()
            assert max(line["x"]) >= found.projection.latest.isoformat()
        told += 1
    assert told


def test_english_is_english(site: Site) -> None:
    answer = page(site, lang=Language.EN.value)
    text = " ".join(text_of(answer[name]) for name in ("cards", "readings", "place", "table"))
    assert "Expected on" in text and "More than 70% of the whole population" in text
    assert not re.search(r"dự báo|Chỉ tiêu|người", text)


def test_a_person_of_provinces_sees_the_nation_and_their_own(site: Site, readings: Any) -> None:
    person = grant(Role.VIEWER, "40")
    client = site.as_(person)
    answer = client.get(f"/snap/{VERSION}/p-40/targets?target=all_70_2022q1").get_json()
    assert {area for area, _ in cells(answer)} == {"40", "nation"}
    assert client.get(f"/snap/{VERSION}/p-40/targets?area=01").status_code == 403
    assert client.get(f"/snap/{VERSION}/vn/targets").status_code == 403
    found = Seen(readings, person.scope).target_standings(VERSION, "est_2021", "40")
    assert {item.area_code for item in found} == {"40"}


def test_an_unknown_target_is_an_answer(site: Site) -> None:
    answer = site.client.get(f"/snap/{VERSION}/vn/targets?target=moon")
    assert answer.status_code == 400
    assert answer.get_json()["allowed"] == ["adults_50_2021", "all_70_2022q1"]


def test_a_source_without_people_says_so(make_site: Any) -> None:
    bare: Site = make_site(Recipe(version=VERSION, with_people=False))
    answer = page(bare)
    assert answer["curve"] is None
    assert "không có chỉ tiêu" in text_of(answer["table"])


def test_the_command_prints_what_the_page_shows(tmp_path: Any, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    folder = settings_for(tmp_path).snapshot_dir
    write_snapshot(folder, Recipe(version=3))
    write_snapshot(folder, Recipe(version=4, extra=(("01", 50),), as_of=AS_OF.replace(hour=18)))

    def read(*more: str) -> list[dict[str, Any]]:
        assert main(["read", *more, "--json", "--state", str(tmp_path)]) == 0
        return [orjson.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    nation = read("targets", "--area", "nation")
    assert [row["own"] for row in nation].count(True) == 4
    assert {row["snapshot"] for row in nation} == {4}
    past = read("targets", "--area", "01", "--as-of", "2021-11-22T14:30")
    now = read("targets", "--area", "01")
    assert {row["snapshot"] for row in past} == {3}
    assert now[0]["people"] - past[0]["people"] == 50
    rows = read("coverage")
    assert len(rows) == 66
    assert rows[-1]["area"] == "nation"
    assert sum(row["doses"] or 0 for row in rows[:-1]) == rows[-1]["doses"]
    assert main(["read", "targets", "--area", "zz", "--state", str(tmp_path)]) == 2
    assert main(["read", "targets", "--denominator", "x", "--state", str(tmp_path)]) == 2
    assert main(["read", "targets", "--as-of", "2020-01-01", "--state", str(tmp_path)]) == 1
