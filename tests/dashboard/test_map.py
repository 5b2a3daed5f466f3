"""The map and what lies below it: every number is that of a direct query on the same snapshot, on any day, in 63 areas
or 34, down to a site; files and commands say the same."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from itertools import product
from typing import Any

import orjson
import plotly.graph_objects as go
import pytest

from campaign.access import Role
from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.map_metrics import OF_STOCK, Metric
from campaign.readings import Area, AreaRow
from campaign.regroup import Successor, regroup
from cli.main import main
from geo.areas import load_successors
from geo.gazetteer import Gazetteer
from layouts.theme import SIZES, THEMES
from layouts.view import MAP_GROUPS, Size, Theme
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.support.people import grant
from tests.support.place_rows import SITES_IN, UNLISTED_DISTRICT
from tests.support.snapshots import NO_PEOPLE_YET, REFERENCE, Recipe

PAST = "2021-10-15"
NEWEST = "2021-11-22"
# Of each area and group: people, population of today's version, doses of the seven days, all from single tables.
VALUES = """
WITH population_now AS (
    SELECT area_code, population_group, arg_max(people, valid_from) AS population FROM population
    WHERE version = $version AND valid_from <= (SELECT as_of::DATE FROM snapshot_info) GROUP BY ALL),
people AS (
    SELECT area_code, sum(dose1_people) FILTER (WHERE day <= $day) AS dose1,
           sum(full_people) FILTER (WHERE day <= $day) AS "full"
    FROM people_by_day WHERE population_group = $grp GROUP BY ALL),
doses AS (
    SELECT area_code, sum(doses) FILTER (WHERE day BETWEEN $day::DATE - 6 AND $day) AS week,
           sum(doses) FILTER (WHERE day <= $day) AS given FROM doses_by_day GROUP BY ALL)
SELECT a.code, p.dose1, p."full", n.population, e.population AS everyone, d.week, d.given
FROM area a LEFT JOIN people p ON p.area_code = a.code LEFT JOIN doses d ON d.area_code = a.code
LEFT JOIN population_now n ON n.area_code = a.code AND n.population_group = $grp
LEFT JOIN population_now e ON e.area_code = a.code AND e.population_group = 'all'
"""
TARGETS = {"18plus": (0.5, False), "all": (0.7, True)}


def rows_of(site: Site, query: str, **bound: Any) -> list[dict[str, Any]]:
    return site.deps.snapshots.rows(VERSION, query, bound or None)


COUNTED_HERE = [metric for metric in Metric if metric not in OF_STOCK]


def queried(site: Site, group: str, day: str, version: str = "est_2021") -> dict[str, dict[str, Any]]:
    rows = rows_of(site, VALUES, version=version, day=date.fromisoformat(day), grp=group)
    return {row["code"]: row for row in rows}


def expected(row: dict[str, Any], metric: Metric, group: str) -> float | None:
    """The value of one area, written out anew; those of stock have a query of their own."""
    people, population = row.get(metric.value.removeprefix("gap_")), row["population"]
    if metric is Metric.DAILY:
        return row["week"] / 7
    if metric is Metric.DOSES7:
        return row["week"] * 1000 / row["everyone"] if row["everyone"] else None
    if metric in (Metric.DOSE1, Metric.FULL):
        return people if group == "65plus" else people / population if population else None
    if not population:
        return None
    if metric is Metric.LEFT:
        return max(population - row["dose1"], 0)
    share, _ = TARGETS[group]
    return (people / population - share) * 100


def get(of: Site, view: str, **filters: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return of.json(f"/snap/{VERSION}/vn/{view}?{query}")


def cells(answer: Any) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for part in components(answer["body"]):
        if "data-cell" in part["props"]:
            row, column = part["props"]["data-cell"].split("/")
            found[row, column] = text_of(part).strip()
    return found


def whole(text: str) -> int | None:
    return None if text == "–" else int(text.replace(".", ""))


@pytest.mark.parametrize(("metric", "group", "day"), list(product(COUNTED_HERE, MAP_GROUPS, (NEWEST, PAST))))
def test_the_map_and_its_table_equal_a_query(site: Site, metric: Metric, group: PopulationGroup, day: str) -> None:
    chosen = {} if day == NEWEST else {"day": day}
    answer = get(site, "coverage", metric=metric, group=group, **chosen)
    trace = answer["map"]["data"][0]
    on_map = dict(zip(trace["locations"], trace["customdata"], strict=True))
    found = queried(site, group.value, day)
    assert len(on_map) == 63
    for code, value in on_map.items():
        wanted = expected(found[code], metric, group.value)
        assert value == (None if wanted is None else pytest.approx(wanted, abs=1e-3)), (code, metric)
    assert {row["code"]: row["value"] for row in answer["table"]} == on_map
    for row in answer["table"]:
        assert row["doses"] == found[row["code"]]["given"]
    if metric in (Metric.DOSE1, Metric.FULL) and day == PAST:
        assert len({value for value in on_map.values() if value is not None}) > 30


@pytest.mark.parametrize("day", [NEWEST, PAST])
@pytest.mark.parametrize("group", MAP_GROUPS)
def test_the_newest_day_is_the_figures_without_a_day(site: Site, group: PopulationGroup, day: str) -> None:
    """By day and in total are two tables: people by area and by state, and people summed over days."""
    dated = get(site, "coverage", group=group, day=day)["table"]
    plain = get(site, "coverage", group=group)["table"]
    same = [row["value"] for row in dated] == [row["value"] for row in plain]
    assert same == (day == NEWEST)


@pytest.mark.parametrize(("day", "metric"), list(product((NEWEST, PAST), COUNTED_HERE)))
def test_the_34_areas_add_up_to_the_63(site: Site, day: str, metric: Metric) -> None:
    old = get(site, "coverage", metric=metric, day=day)
    new = get(site, "coverage", metric=metric, day=day, grain="34")
    assert len(new["table"]) == 34
    for name in ("doses", "doses_last_7_days"):
        assert sum(row[name] for row in new["table"]) == sum(row[name] for row in old["table"])
    assert new["pinned"] == old["pinned"]
    members = {item.code: item.members for item in load_successors(REFERENCE)}
    assert sorted(code for codes in members.values() for code in codes) == sorted(r["code"] for r in old["table"])
    found = queried(site, "18plus", day)
    for row in new["table"]:
        parts = [found[code] for code in members[row["code"]]]
        told = all(part["population"] for part in parts)
        added = {
            "dose1": sum(part["dose1"] for part in parts),
            "full": sum(part["full"] for part in parts),
            "week": sum(part["week"] for part in parts),
            "population": sum(part["population"] for part in parts) if told else None,
            "everyone": sum(part["everyone"] for part in parts) if told else None,
        }
        wanted = expected(added, metric, "18plus")
        assert row["value"] == (None if wanted is None else pytest.approx(wanted, abs=1e-3))
    shape = site.client.get(new["map"]["data"][0]["geojson"]).get_json()
    assert {feature["id"] for feature in shape["features"]} == {row["code"] for row in new["table"]}
    texts = str([trace.get("text") for trace in new["map"]["data"]])
    assert "Hoàng Sa" in texts and "Trường Sa" in texts


def test_a_part_without_a_population_leaves_the_whole_without_a_ratio() -> None:
    def row(code: str, people: int, population: int | None) -> AreaRow:
        return AreaRow(
            area=Area(code=code, name_vi=code, name_en=code, region_vi="", region_en="", position=int(code)),
            doses=people,
            doses_last_7_days=None,
            coverage={(PopulationGroup.ALL, Measure.DOSE1): Coverage(people=people, population=population)},
            registered=None,
            delivered=None,
            on_hand=None,
            last_report_on=None,
        )

    both = Successor(code="1", name_vi="x", name_en="x", members=("1", "2"))
    (known,) = regroup([row("1", 3, 10), row("2", 4, 20)], [both])
    assert known.coverage[PopulationGroup.ALL, Measure.DOSE1] == Coverage(people=7, population=30)
    (part,) = regroup([row("1", 3, 10), row("2", 4, None)], [both])
    assert part.coverage[PopulationGroup.ALL, Measure.DOSE1] == Coverage(people=7, population=None)
    assert (part.doses, part.doses_last_7_days) == (7, None)


@pytest.mark.parametrize("metric", list(Metric))
def test_a_value_has_the_same_colour_on_every_day(site: Site, metric: Metric) -> None:
    """Classes depend on the value alone: put together from two days, no value lies in two of them."""
    seen: dict[int, list[float]] = {}
    legends = set()
    for day in (PAST, "2021-09-01", NEWEST):
        answer = get(site, "coverage", metric=metric, day=day)
        trace = answer["map"]["data"][0]
        for place, value in zip(trace["z"], trace["customdata"], strict=True):
            if value is not None:
                seen.setdefault(place, []).append(value)
        legends.add(
            tuple(text_of(p) for p in components(answer["legend"]) if p["props"].get("className") == "legend-label")[:7]
        )
    edges = [edge for place in sorted(seen) for edge in (min(seen[place]), max(seen[place]))]
    assert edges == sorted(edges)
    assert len(legends) == 1


@pytest.mark.parametrize(("metric", "day"), [("dose1", NEWEST), ("left", PAST), ("gap_full", NEWEST)])
def test_the_map_names_who_is_behind(site: Site, metric: str, day: str) -> None:
    answer = get(site, "coverage", metric=metric, group="all", day=day)
    values = {row["name"]: row["value"] for row in answer["table"] if row["value"] is not None}
    worst = max(values, key=values.__getitem__) if metric == "left" else min(values, key=values.__getitem__)
    first = next(part for part in components(answer["extremes"]) if part["type"] == "Button")
    assert text_of(first) == worst


def test_a_past_day_says_what_it_means(site: Site) -> None:
    answer = get(site, "coverage", day=PAST)
    assert "15/10/2021" in answer["map_title"]
    assert "tính theo ngày tiêm: đến hết ngày 15/10/2021" in answer["map_note"]
    assert answer["span"] == {"first": "2021-03-08", "last": NEWEST, "day": PAST, "grain": "63", "merged": True}


@pytest.mark.parametrize("area", ["40", "48", "01"])
def test_districts_equal_a_query_and_add_up_to_the_province(site: Site, area: str) -> None:
    answer = get(site, "place", area=area)
    shown = cells(answer)
    people = rows_of(
        site,
        """SELECT district_code AS code, sum(people) AS dose1, sum(people) FILTER (WHERE state = 'full') AS full_people,
                  coalesce(sum(people) FILTER (WHERE age_band IN ('18_49', '50_64', '65plus')), 0) AS adults,
                  coalesce(sum(people) FILTER (WHERE age_band = '65plus'), 0) AS seniors
           FROM people_state WHERE area_code = $area AND state <> 'none' GROUP BY ALL""",
        area=area,
    )
    for row in people:
        key = row["code"] or "unknown"
        assert shown[key, "dose1_all"].endswith(
            f"{row['dose1']:,}".replace(",", ".") + shown[key, "dose1_all"][-9:]
        ) or (f"{row['dose1']:,}".replace(",", ".") in shown[key, "dose1_all"])
        assert whole(shown[key, "dose1_18plus"]) == row["adults"]
        assert whole(shown[key, "dose1_65plus"]) == row["seniors"]
    codes = {code for code, _ in shown} - {"province"}
    doses = rows_of(
        site,
        """SELECT district_code AS code, sum(doses) AS doses, sum(doses) FILTER (WHERE day > DATE '2021-11-15') AS week
           FROM doses_by_district_day WHERE area_code = $area GROUP BY ALL""",
        area=area,
    )
    for row in doses:
        assert whole(shown[row["code"], "doses"]) == row["doses"]
        assert whole(shown[row["code"], "doses_last_7_days"]) == (row["week"] or 0)
    for column in ("dose1_18plus", "full_18plus", "dose1_65plus", "full_65plus", "doses", "doses_last_7_days"):
        assert sum(whole(shown[code, column]) or 0 for code in codes) == whole(shown["province", column])
    province = queried(site, "all", NEWEST)[area]
    assert whole(shown["province", "doses"]) == province["given"]
    listed = [fraction(shown[code, "dose1_all"]) for code in codes - {"unknown"}]
    assert sum(population for _, population in listed) == province["population"]
    unknown = whole(shown["unknown", "dose1_all"]) or 0
    assert sum(people for people, _ in listed) + unknown == province["dose1"]


def fraction(text: str) -> tuple[int, int]:
    """Numerator and denominator of "71,0% 1.234 / 5.678"; a district where nobody lives has no share."""
    people, population = text.replace("– ", "", 1).split(" / ")
    return int(people.split()[-1].replace(".", "")), int(population.replace(".", "").replace("–", "0"))


def test_districts_on_a_past_day_have_doses_only_and_say_so(site: Site) -> None:
    answer = get(site, "place", area="40", day=PAST)
    shown = cells(answer)
    rows = rows_of(
        site,
        "SELECT district_code AS code, sum(doses) AS doses FROM doses_by_district_day "
        "WHERE area_code = '40' AND day <= DATE '2021-10-15' GROUP BY ALL",
    )
    assert {(row["code"], row["doses"]) for row in rows} <= {
        (code, whole(text)) for (code, column), text in shown.items() if column == "doses"
    }
    assert {column for _, column in shown} == {"name", "doses", "doses_last_7_days"}
    assert "không lưu theo ngày" in text_of(answer["body"])


def test_another_denominator_leaves_districts_without_rates(site: Site) -> None:
    shown = cells(get(site, "place", area="40", denominator="portal_2021"))
    assert "%" not in "".join(text for (code, _), text in shown.items() if code != "province")


@pytest.mark.parametrize("district", [UNLISTED_DISTRICT, "760"])
def test_sites_equal_a_query_and_add_up_to_the_district(site: Site, district: str) -> None:
    area = "40" if district == UNLISTED_DISTRICT else "79"
    shown = cells(get(site, "place", area=area, district=district))
    listed = {code for code, _ in shown} - {"district", "elsewhere"}
    assert len(listed) > 5
    rows = {
        row["code"]: row
        for row in rows_of(
            site,
            """SELECT site_code AS code, sum(doses) AS doses, count(*) AS days,
                      coalesce(sum(doses) FILTER (WHERE day > DATE '2021-11-15'), 0) AS week, max(day) AS last
               FROM doses_by_site_day GROUP BY ALL""",
        )
    }
    for code in listed:
        row = rows.get(code, {"doses": 0, "days": 0, "week": 0, "last": None})
        assert whole(shown[code, "doses"]) == row["doses"]
        assert whole(shown[code, "doses_last_7_days"]) == row["week"]
        assert whole(shown[code, "days"]) == row["days"]
        assert shown[code, "last_on"] == (f"{row['last']:%d/%m/%Y}" if row["last"] else "–")
    total = whole(shown["district", "doses"])
    elsewhere = whole(shown.get(("elsewhere", "doses"), "0")) or 0
    assert sum(whole(shown[code, "doses"]) or 0 for code in listed) + elsewhere == total
    assert (elsewhere > 0) == (district == UNLISTED_DISTRICT)


def test_a_site_page_equals_a_query(site: Site) -> None:
    chosen = rows_of(
        site, "SELECT site_code AS code FROM doses_by_site_hour GROUP BY ALL ORDER BY sum(doses) DESC LIMIT 9"
    )
    places = Gazetteer(REFERENCE).sites
    code = next(row["code"] for row in chosen if row["code"] in places)
    assert places[code].province_code in SITES_IN
    answer = get(site, "place", area=places[code].province_code, site=code)
    facts = {part["props"]["id"]: text_of(part) for part in components(answer["body"]) if part["type"] == "Dd"}
    days = rows_of(site, "SELECT day, doses FROM doses_by_site_day WHERE site_code = $code ORDER BY day", code=code)
    by_day = {row["day"]: row["doses"] for row in days}
    assert number_in(facts["site-today"]) == by_day.get(date(2021, 11, 22), 0)
    assert number_in(facts["site-yesterday"]) == by_day.get(date(2021, 11, 21), 0)
    assert number_in(facts["site-week"]) == sum(doses for day, doses in by_day.items() if day > date(2021, 11, 15))
    assert number_in(facts["site-kept"]) == sum(by_day.values())
    assert number_in(facts["site-sessions"]) == len(by_day)
    shown = cells(answer)
    for day, doses in by_day.items():
        assert whole(shown[day.isoformat(), "doses"]) == doses
    hours = rows_of(site, "SELECT * FROM doses_by_site_hour WHERE site_code = $code ORDER BY day, hour", code=code)
    for row in hours:
        assert whole(shown[f"hour-{row['hour']:02d}", row["day"].isoformat()]) == row["doses"]
    end = max(row["hour"] for row in hours if row["day"] == max(r["day"] for r in hours)) + 1
    # As of 14:05: an hour that is not over ends now.
    assert facts["site-lag"].startswith(f"đến {min(end, 14):02d}:{'05' if end > 14 else '00'}\u00a022/11/2021")
    figure = go.Figure(answer["plot"])
    assert sum(figure.data[0].y) == sum(by_day.values())


def number_in(text: str) -> int:
    found = re.search(r"[\d.]+", text)
    assert found is not None
    return int(found.group().replace(".", ""))


def test_a_silent_site_says_so_and_has_no_empty_slots(site: Site) -> None:
    answer = get(site, "place", area="01", site="0100001")
    assert "không có mũi nào" in text_of(answer["body"])
    assert not answer["has_plot"]
    assert "day-table" not in str(answer["body"])


def test_an_old_snapshot_says_what_it_lacks_and_shows_the_rest(make_site: Any) -> None:
    old: Site = make_site(Recipe(version=VERSION, without=("district_day_cell", "site_day_cell", "doses_by_site_hour")))
    assert len(get(old, "coverage", area="40")["table"]) == 63
    for filters in ({"area": "40"}, {"area": "40", "district": "412"}, {"area": "40", "site": "4000001"}):
        answer = get(old, "place", **filters)
        assert "không có chi tiết dưới cấp tỉnh" in text_of(answer["body"])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("day=2021-13-01", "day"),
        ("day=2019-01-01", "day"),
        ("day=2021-11-23", "day"),
        ("against=yesterday", "against"),
        ("grain=35", "grain"),
        ("grain=34&area=02", "area"),
        ("area=40&district=001", "district"),
        ("area=40&site=0100001", "site"),
        ("area=40&site=x'--", "site"),
        ("area=40&other=zz", "other"),
        ("metric=moon", "metric"),
    ],
)
def test_a_bad_link_is_told_which_part_of_it_is_bad(site: Site, query: str, parameter: str) -> None:
    area = "" if "area=" in query else "&area=40"
    view = "compare" if parameter in {"against", "other"} else "place"
    answer = site.client.get(f"/snap/{VERSION}/vn/{view}?{query}{area}")
    assert answer.status_code == 400
    assert answer.get_json()["parameter"] == parameter


@pytest.mark.parametrize(
    ("metric", "group"), [("dose1", "18plus"), ("left", "all"), ("daily", "all"), ("gap_full", "all")]
)
def test_two_days_side_by_side_equal_two_queries(site: Site, metric: str, group: str) -> None:
    body = get(site, "compare", metric=metric, group=group, against=PAST, day="2021-11-20")
    shown = {
        part["props"]["data-cell"]: part["props"]["data-sort"]
        for part in components(body)
        if "data-cell" in part["props"]
    }
    days = {"before": queried(site, group, PAST), "after": queried(site, group, "2021-11-20")}
    checked = 0
    for code in days["after"]:
        if code in ("central", "unknown", NO_PEOPLE_YET):
            continue
        values = {name: expected(rows[code], Metric(metric), group) for name, rows in days.items()}
        for name, value in values.items():
            assert float(shown[f"{code}/{name}"]) == pytest.approx(value, rel=1e-6)
        scale = 100 if metric == "dose1" else 1
        change = ((values["after"] or 0) - (values["before"] or 0)) * scale
        assert float(shown[f"{code}/change"]) == pytest.approx(change, rel=1e-5, abs=1e-6)
        checked += 1
    assert checked == 62


def test_two_provinces_side_by_side_equal_the_table(site: Site) -> None:
    shown = cells(get(site, "compare", area="40", other="48"))
    rows = {row["code"]: row for row in get(site, "coverage")["table"]}
    for key in ("dose1_18plus", "full_18plus", "dose1_all", "full_all"):
        for code, side in (("40", "left"), ("48", "right")):
            assert shown[key, side].startswith(rows[code][f"{key}_text"])
    for key in ("doses", "on_hand"):
        assert whole(shown[key, "left"]) == rows["40"][key]
        change = rows["48"][key] - rows["40"][key]
        assert shown[key, "change"] == f"{'−' if change < 0 else '+'}{abs(change):,}".replace(",", ".")


def read_csv(site: Site, path: str) -> list[dict[str, str]]:
    answer = site.client.get(path)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


@pytest.mark.parametrize("grain", ["63", "34"])
def test_the_file_of_the_map_is_its_table(site: Site, grain: str) -> None:
    answer = get(site, "coverage", metric="left", group="all", day=PAST, grain=grain)
    rows = {row["area"]: row for row in read_csv(site, answer["csv"])}
    shown = {row["code"]: row for row in (*answer["table"], *answer["pinned"])}
    assert set(rows) == set(shown)
    for code, row in rows.items():
        assert row["name"] == shown[code]["name"]
        for column, key in {"value": "value", "dose1_18plus": "dose1_18plus", "doses": "doses"}.items():
            assert (float(row[column]) if row[column] else None) == shown[code][key]
    nation = rows["nation"]
    assert int(nation["dose1_all_people"]) > 0


def test_files_of_districts_and_sites_are_their_tables(site: Site) -> None:
    answer = get(site, "place", area="40")
    link = next(
        p["props"]["href"] for p in components(answer["body"]) if "csv-link" in str(p["props"].get("className"))
    )
    shown = cells(answer)
    rows = read_csv(site, link)
    assert {row["district"] or "unknown" for row in rows} == {code for code, _ in shown} - {"province"}
    for row in rows:
        assert int(row["doses"]) == whole(shown[row["district"] or "unknown", "doses"])
    below = cells(get(site, "place", area="40", district="412"))
    for row in read_csv(site, f"/csv/{VERSION}/vn/sites?area=40&district=412"):
        assert int(row["doses"]) == whole(below[row["site"], "doses"])


def test_a_name_that_a_spreadsheet_would_run_is_text_in_the_file(make_site: Any) -> None:
    site: Site = make_site(
        Recipe(version=VERSION, area_names={"40": '=HYPERLINK("x")', "48": "+1", "79": "-1", "01": "@a"})
    )
    rows = {row["area"]: row["name"] for row in read_csv(site, f"/csv/{VERSION}/vn/map")}
    assert [rows[code] for code in ("40", "48", "79", "01")] == ['\'=HYPERLINK("x")', "'+1", "'-1", "'@a"]


@pytest.mark.parametrize("name", ["map", "districts", "sites"])
def test_the_command_prints_what_the_file_has(site: Site, capfd: pytest.CaptureFixture[str], name: str) -> None:
    state = str(site.deps.settings.state)
    place = {"map": "", "districts": "area=40", "sites": "area=40&district=412"}[name]
    options = {"map": [], "districts": ["--area", "40"], "sites": ["--area", "40", "--district", "412"]}[name]
    filed = read_csv(site, f"/csv/{VERSION}/vn/{name}?{place}&metric=gap_full&group=all&day={PAST}")
    # What the application logged while it wrote the file.
    capfd.readouterr()
    asked = ["read", name, *options, "--day", PAST, "--json", "--state", state]
    assert main([*asked, *(["--metric", "gap_full", "--group", "all"] if name == "map" else [])]) == 0
    printed = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert len(printed) == len(filed) > 10
    key = {"map": "area", "districts": "district", "sites": "site"}[name]
    by_key = {row[key]: row for row in printed}
    for row in filed:
        for column, text in row.items():
            value = by_key[row[key]][column]
            assert text == ("" if value is None else str(value)), (column, row[key])


def test_a_province_sees_its_own_districts_and_nothing_below_others(site: Site) -> None:
    client = site.as_(grant(Role.VIEWER, "40"))
    assert client.get(f"/snap/{VERSION}/p-40/place?area=40").status_code == 200
    for path in (
        f"/snap/{VERSION}/p-40/place?area=48",
        f"/snap/{VERSION}/p-40/compare?area=40&other=48",
        f"/csv/{VERSION}/p-40/districts?area=48",
        f"/csv/{VERSION}/p-40/sites?area=48&district=490",
        f"/csv/{VERSION}/vn/map",
        # Of three provinces in one area of 2025 somebody of one sees none.
        f"/snap/{VERSION}/p-79/area?area=79&grain=34",
    ):
        assert client.get(path).status_code == 403, path
    own = list(csv.DictReader(io.StringIO(client.get(f"/csv/{VERSION}/p-40/map").get_data(as_text=True)[1:])))
    assert {row["area"] for row in own} == {"40", "nation"}
    merged = client.get(f"/snap/{VERSION}/p-40/coverage?grain=34").get_json()
    assert [row["code"] for row in merged["table"]] == ["40"]


@pytest.mark.parametrize(("theme", "size"), list(product(THEMES, SIZES)))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_points_are_a_figure_that_plotly_knows(site: Site, theme: Theme, size: Size, language: str) -> None:
    answer = get(site, "place", area="48", theme=theme, size=size, lang=language)
    figure = go.Figure(answer["plot"])
    assert len(figure.data[1].lon) == 8
    assert "Hoàng Sa" in str(figure.data[2].text)
    assert answer["has_plot"]


def test_an_area_of_2025_leads_to_the_provinces_it_was_made_of(site: Site) -> None:
    answer = get(site, "place", area="79", grain="34")
    assert answer["level"] == "merged"
    shown = cells(answer)
    assert {code for code, _ in shown} == {"74", "77", "79"}
    table = {row["code"]: row for row in get(site, "coverage")["table"]}
    for code in ("74", "77", "79"):
        assert whole(shown[code, "doses"]) == table[code]["doses"]


def test_the_most_urgent_need_stands_on_top_and_ranks_stay_the_dictionary_s(site: Site) -> None:
    rows = get(site, "coverage", metric="need")["table"]
    values = [-1 if row["value"] is None else row["value"] for row in rows]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) > 1
    by_name = get(site, "coverage")["table"]
    assert {row["code"]: row["rank"] for row in rows} == {row["code"]: row["rank"] for row in by_name}
