"""The page about people: every number on it is that of a query on the same snapshot, in every scope and language."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

from campaign.access import Role
from cli.main import main
from dashboard.people_files import FILES
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.support.people import grant
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import settings_for
from warehouse.files import snapshot_path

TODAY = "(SELECT as_of::DATE FROM snapshot_info)"
PLACES = {"": "true", "74": "area_code = '74'", "40": "area_code = '40'", "unknown": "area_code = 'unknown'"}


def query(site: Site, text: str) -> list[dict[str, Any]]:
    return site.deps.snapshots.rows(VERSION, text)


def number(text: str) -> int | None:
    """As Vietnamese writes it."""
    plain = text.replace(".", "").replace("−", "-")
    return None if text == "–" else int(plain.removesuffix(" người").removesuffix(" lượt đăng ký"))


def page(site: Site, **filters: str) -> dict[str, Any]:
    chosen = "&".join(f"{name}={value}" for name, value in filters.items())
    return site.json(f"/snap/{VERSION}/vn/people?{chosen}")


def cells(answer: Mapping[str, Any], table: str) -> dict[tuple[str, str], str]:
    """Texts of one table by the key of the row and the column."""
    found: dict[tuple[str, str], str] = {}
    for part in components(answer["body"]):
        name = part["props"].get("data-cell", "")
        if name.startswith(f"{table}/"):
            _, key, column = name.split("/")
            found[key, column] = re.sub(r"\s+", " ", text_of(part)).strip()
    return found


def facts(answer: Mapping[str, Any]) -> dict[str, str]:
    return {
        part["props"]["data-fact"]: text_of(part) for part in components(answer["body"]) if "data-fact" in part["props"]
    }


def file_rows(site: Site, name: str, **filters: str) -> list[dict[str, str]]:
    chosen = "&".join(f"{key}={value}" for key, value in filters.items())
    answer = site.client.get(f"/snap/{VERSION}/vn/nguoi-dan/{name}.csv?{chosen}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.mark.parametrize("area", list(PLACES))
def test_second_doses_equal_a_query(site: Site, area: str) -> None:
    answer = page(site, area=area)
    shown = cells(answer, "overdue")
    rows = query(
        site,
        f"""SELECT coalesce(product, 'all') AS product, sum(people) FILTER (due_on < {TODAY} - 7) AS overdue,
                   sum(people) FILTER (due_on BETWEEN {TODAY} - 7 AND {TODAY}) AS due,
                   sum(people) FILTER (due_on BETWEEN {TODAY} + 1 AND {TODAY} + 6) AS week_1,
                   sum(people) FILTER (due_on BETWEEN {TODAY} + 14 AND {TODAY} + 20) AS week_3,
                   sum(people) FILTER (due_on > {TODAY} + 55) AS later, sum(people) AS people
            FROM people_due WHERE {PLACES[area]} GROUP BY ROLLUP (product)""",
    )
    assert len(rows) == 4
    for row in rows:
        for column in ("overdue", "due", "week_1", "week_3", "later", "people"):
            assert number(shown[row["product"], column]) == (row[column] or 0), (row["product"], column)
    whole = next(row for row in rows if row["product"] == "all")
    assert number(facts(answer)["overdue"]) == whole["overdue"]
    assert number(facts(answer)["due"]) == whole["due"]


def test_provinces_overdue_equal_a_query_and_add_up(site: Site) -> None:
    shown = cells(page(site), "overdue_places")
    rows = query(
        site,
        f"""SELECT area_code, sum(people) FILTER (due_on < {TODAY} - 7)::BIGINT AS overdue,
                   sum(people)::BIGINT AS people FROM people_due GROUP BY 1""",
    )
    assert len(rows) == 64
    for row in rows:
        assert number(shown[row["area_code"], "overdue"]) == row["overdue"]
        assert number(shown[row["area_code"], "people"]) == row["people"]
    assert number(shown["nation", "overdue"]) == sum(row["overdue"] for row in rows)


@pytest.mark.parametrize("area", list(PLACES))
def test_the_funnel_equals_a_query(site: Site, area: str) -> None:
    shown = cells(page(site, area=area), "funnel")
    states = {
        row["state"]: int(row["people"])
        for row in query(
            site, f"SELECT state, sum(people) AS people FROM registration_by_area WHERE {PLACES[area]} GROUP BY 1"
        )
    }
    people = query(
        site,
        "SELECT sum(dose1_people)::BIGINT AS dose1, sum(full_people)::BIGINT AS full_people FROM people_by_area "
        f"WHERE population_group = 'all' AND {PLACES[area]}",
    )[0]
    injected = states["injected"] + states["observed"]
    invited = injected + states["invited"]
    expected = {
        "registered": sum(states.values()),
        "approved": invited + states["approved"],
        "invited": invited,
        "injected": injected,
        "dose1": people["dose1"],
        "full": people["full_people"],
    }
    assert {stage: number(shown[stage, "count"]) for stage in expected} == expected
    # No record of the source is in these states, so that nothing is said of them, not even what could be inferred.
    assert shown["arrived", "count"] == shown["screened", "count"] == "Nguồn không cho biết"
    more = people["dose1"] - injected
    assert f"{more:,}".replace(",", ".") in shown["dose1", "above"]
    assert not shown["full", "above"]


@pytest.mark.parametrize("tier", ["", "1", "3"])
def test_waiting_equals_a_query(site: Site, tier: str) -> None:
    shown = cells(page(site, tier=tier), "waiting")
    within = f"area_code IN (SELECT area_code FROM area_tier WHERE tier = {tier})" if tier else "true"
    open_ones = query(
        site,
        f"""SELECT coalesce(area_code, 'whole') AS area, sum(registrations)::BIGINT AS waiting,
                   sum(registrations) FILTER ({TODAY} - registered_on > 30)::BIGINT AS long,
                   sum(registrations) FILTER ({TODAY} - registered_on BETWEEN 8 AND 14)::BIGINT AS days_8_14,
                   sum(registrations) FILTER ({TODAY} - registered_on > 60)::BIGINT AS days_61_up,
                   sum(registrations) FILTER (state = 'deferred')::BIGINT AS deferred
            FROM registration_open WHERE {within} GROUP BY ROLLUP (area_code)""",
    )
    waits = query(
        site,
        f"""SELECT coalesce(area_code, 'whole') AS area, quantile_disc(waited_days, 0.5) AS median_days,
                   quantile_disc(waited_days, 0.9) AS p90_days
            FROM (SELECT area_code, unnest(repeat([waited_days], registrations::INTEGER)) AS waited_days
                  FROM registration_wait WHERE {within}) GROUP BY ROLLUP (area_code)""",
    )
    whole = f"tier-{tier}" if tier else "nation"
    assert len(open_ones) == {"": 65, "1": 20, "3": 18}[tier]
    for row in (*open_ones, *waits):
        key = whole if row["area"] == "whole" else row["area"]
        for column in set(row) - {"area"}:
            assert number(shown[key, column]) == (row[column] or 0), (key, column)


def test_reasons_add_up_to_the_deferred(site: Site) -> None:
    answer = page(site, area="79")
    shown = cells(answer, "deferrals")
    rows = query(
        site,
        "SELECT reason, sum(registrations)::BIGINT AS n FROM registration_open "
        "WHERE state = 'deferred' AND area_code = '79' GROUP BY 1",
    )
    assert {str(row["reason"]): row["n"] for row in rows} == {
        key: number(text) for (key, column), text in shown.items() if column == "registrations"
    }
    assert sum(row["n"] for row in rows) == number(cells(answer, "waiting")["79", "deferred"])
    assert shown["1", "reason_name"] == "Sốt hoặc bệnh cấp tính"
    assert shown["15", "reason_name"] == "Lý do ghi bằng chữ khác"


def test_flows_equal_a_query_in_both_readings(site: Site) -> None:
    shown = cells(page(site), "flows")
    rows = query(
        site,
        """SELECT code AS area, coalesce(sum(doses) FILTER (residence_code = code), 0)::BIGINT AS by_residence,
                  coalesce(sum(doses) FILTER (place_code = code), 0)::BIGINT AS by_place,
                  coalesce(sum(doses) FILTER (residence_code = code AND place_code = code), 0)::BIGINT AS at_home,
                  coalesce(sum(doses) FILTER (residence_code <> code AND place_code = code), 0)::BIGINT AS inflow,
                  coalesce(sum(doses) FILTER (residence_code = code AND place_code <> code), 0)::BIGINT AS outflow,
                  coalesce(sum(doses) FILTER (residence_code = code AND place_code = 'central'), 0)::BIGINT
                      AS to_central
           FROM area CROSS JOIN residence_place GROUP BY 1""",
    )
    assert {row["area"] for row in rows} >= {"74", "unknown", "central"}
    for row in rows:
        for column in set(row) - {"area"}:
            assert number(shown[row["area"], column]) == row[column], (row["area"], column)
        assert number(shown[row["area"], "net"]) == row["inflow"] - row["outflow"]
    doses = query(site, "SELECT sum(doses)::BIGINT AS n FROM doses_by_day")[0]["n"]
    assert number(shown["nation", "by_residence"]) == number(shown["nation", "by_place"]) == doses
    assert number(shown["unknown", "outflow"]) == number(shown["74", "of_unknown"]) != 0
    share = next(row["inflow"] * 1000 // row["by_place"] / 10 for row in rows if row["area"] == "74")
    assert shown["74", "inflow_share"] == f"{share:.1f}%".replace(".", ",")
    assert facts(page(site, area="74"))["inflow"] == shown["74", "inflow_share"]


def test_the_largest_flows_equal_a_query(site: Site) -> None:
    shown = cells(page(site, area="74"), "moves")
    rows = query(
        site,
        "SELECT residence_code || '-' || place_code AS key, doses FROM residence_place "
        "WHERE residence_code <> place_code AND '74' IN (residence_code, place_code) ORDER BY doses DESC",
    )
    assert [key for key, column in shown if column == "doses"] == [row["key"] for row in rows]
    assert [number(shown[row["key"], "doses"]) for row in rows] == [row["doses"] for row in rows]


@pytest.mark.parametrize("area", list(PLACES))
def test_groups_equal_a_query_and_count_each_person_once(site: Site, area: str) -> None:
    shown = cells(page(site, area=area), "groups")
    rows = query(
        site,
        f"SELECT priority_group::VARCHAR AS key, sum(dose1_people)::BIGINT AS dose1, sum(full_people)::BIGINT AS full "
        f"FROM people_by_group WHERE {PLACES[area]} GROUP BY 1",
    )
    members = query(
        site,
        f"SELECT priority_group::VARCHAR AS key, sum(dose1_people)::BIGINT AS member_dose1 FROM group_membership "
        f"WHERE {PLACES[area]} GROUP BY 1",
    )
    given = query(
        site,
        "SELECT priority_group::VARCHAR AS key, sum(n)::BIGINT AS doses FROM dose_group_cell c "
        f"JOIN name_area a ON a.number = c.residence_area WHERE {PLACES[area]} GROUP BY 1",
    )
    assert len(rows) == 10
    for row in (*rows, *members, *given):
        for column in set(row) - {"key"}:
            assert number(shown[row["key"], column]) == row[column], (row["key"], column)
    people = query(
        site,
        f"SELECT sum(dose1_people)::BIGINT AS n FROM people_by_area WHERE population_group = 'all' AND {PLACES[area]}",
    )
    assert number(shown["all", "dose1"]) == sum(row["dose1"] for row in rows) == people[0]["n"]
    assert number(shown["0", "dose1"]) != 0
    assert shown["0", "member_dose1"] == shown["all", "member_dose1"] == "–"
    assert {key for key, _ in shown} == {*(str(group) for group in range(17)), "all"}


@pytest.mark.parametrize("area", list(PLACES))
def test_ages_equal_a_query_and_have_rates_only_with_a_population(site: Site, area: str) -> None:
    shown = cells(page(site, area=area), "ages")
    rows = query(
        site,
        f"""SELECT age_band AS key, sum(people) FILTER (state <> 'none')::BIGINT AS dose1,
                   sum(people) FILTER (state IN ('full', 'boosted'))::BIGINT AS full
            FROM people_state WHERE {PLACES[area]} GROUP BY 1""",
    )
    for row in rows:
        for column in ("dose1", "full"):
            assert number(shown[row["key"], column]) == (row[column] or 0)
        assert shown[row["key"], "dose1_share"] == shown[row["key"], "population"] == "–"
    for group in ("18plus", "all"):
        counted = query(
            site,
            f"""SELECT sum(p.dose1_people)::BIGINT AS people FROM people_by_area p
                WHERE p.population_group = '{group}' AND {PLACES[area]}""",
        )[0]["people"]
        assert number(shown[group, "dose1"]) == counted
    if area == "74":
        population = query(
            site,
            "SELECT people FROM population WHERE area_code = '74' AND population_group = '18plus' "
            "AND version = 'est_2021'",
        )[0]["people"]
        told = number(shown["18plus", "dose1"]) or 0
        assert shown["18plus", "dose1_share"] == f"{told * 1000 // population / 10:.1f}%".replace(".", ",")
    if area == "unknown":
        assert shown["18plus", "dose1_share"] == "–"


def test_ages_by_province_equal_a_query(site: Site) -> None:
    shown = cells(page(site), "ages_places")
    rows = query(
        site,
        "SELECT area_code, age_band, sum(people) FILTER (state <> 'none')::BIGINT AS n FROM people_state GROUP BY 1, 2",
    )
    for row in rows:
        assert number(shown[row["area_code"], f"dose1_{row['age_band']}"]) == row["n"]


def test_tiers_equal_a_query_and_the_tier_is_a_place(site: Site) -> None:
    shown = cells(page(site), "tiers")
    rows = query(
        site,
        f"""WITH tiers AS (SELECT code AS area_code, coalesce(tier, 0) AS tier FROM area LEFT JOIN area_tier
                           ON area_code = code),
                 late AS (SELECT area_code, sum(people) AS overdue FROM people_due
                          WHERE due_on < {TODAY} - 7 GROUP BY 1)
            SELECT 'tier-' || tier AS key, sum(dose1_people)::BIGINT AS dose1, sum(full_people)::BIGINT AS full,
                   sum(overdue)::BIGINT AS overdue
            FROM tiers JOIN people_by_area USING (area_code) LEFT JOIN late USING (area_code)
            WHERE population_group = 'all' GROUP BY 1""",
    )
    assert [row["key"] for row in sorted(rows, key=lambda row: row["key"])] == [f"tier-{tier}" for tier in range(5)]
    for row in rows:
        for column in ("dose1", "full", "overdue"):
            assert number(shown[row["key"], column]) == row[column], (row["key"], column)
    for column in ("dose1", "full", "overdue"):
        assert number(shown["nation", column]) == sum(row[column] for row in rows)
    tier = page(site, tier="2")
    assert facts(tier)["overdue"] == shown["tier-2", "overdue"]
    assert len({key for key, _ in cells(tier, "overdue_places")}) == 17


def test_nghe_an_is_named_with_its_overdue(site: Site) -> None:
    answer = page(site, area="40")
    said = next(text_of(part) for part in components(answer["body"]) if part["props"].get("id") == "people-overdue")
    overdue = query(
        site, f"SELECT sum(people)::BIGINT AS n FROM people_due WHERE area_code = '40' AND due_on < {TODAY} - 7"
    )
    assert said == f"Nghệ An: {overdue[0]['n']:,} người quá hạn tiêm mũi tiếp theo.".replace(",", ".")


def test_why_binh_duong_is_above_everyone(site: Site) -> None:
    [section] = [p for p in components(page(site, area="74")["body"]) if p["props"].get("id") == "tren-100"]
    text = text_of(section)
    doses = query(
        site,
        "SELECT sum(doses) FILTER (residence_code <> '74')::BIGINT AS inflow, sum(doses)::BIGINT AS whole "
        "FROM residence_place WHERE place_code = '74'",
    )[0]
    assert "Vì sao Bình Dương trên 100%" in text
    assert f"{doses['inflow']:,}".replace(",", ".") in text
    assert f"{doses['inflow'] * 1000 // doses['whole'] / 10:.1f}%".replace(".", ",") in text
    assert "Cổng thông tin tiêm chủng 2021" in text
    assert not [p for p in components(page(site, area="40")["body"]) if p["props"].get("id") == "tren-100"]
    targets = site.json(f"/snap/{VERSION}/vn/targets?metric=dose1&target=adults_50_2021")
    links = {p["props"]["href"] for p in components(targets["table"]) if p["type"] == "A"}
    assert "/nguoi-dan?area=74#tren-100" in links


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_has_the_rows_of_the_page(site: Site, name: str) -> None:
    rows = file_rows(site, name, area="40")
    assert rows
    answer = page(site, area="40")
    tables = {"overdue": "overdue_places", "ages": "ages"}
    shown = cells(answer, tables.get(name, name))
    keys = {
        "overdue": "area",
        "ages": "age_band",
        "groups": "group",
        "funnel": "stage",
        "deferrals": "reason",
        "tiers": "tier",
    }
    compared = 0
    for row in rows:
        if name in ("ages", "groups", "funnel", "deferrals") and row["area"] != "40":
            continue
        if name == "overdue" and row["product"] != "all":
            continue
        key = f"{row['residence']}-{row['place']}" if name == "moves" else row[keys.get(name, "area")]
        for column, value in row.items():
            text = shown.get((key, column))
            if text is None or column.endswith(("name", "_share", "above")) or text == "Nguồn không cho biết":
                continue
            assert number(text) == (int(value) if value else None), (key, column)
            compared += 1
    assert compared > 0


def test_a_name_is_no_formula_in_a_file(make_site: Any, tmp_path: Path) -> None:
    own: Site = make_site(Recipe(version=VERSION))
    with duckdb.connect(str(snapshot_path(own.folder, VERSION))) as database:
        database.execute("UPDATE area SET name_vi = '=2+3' WHERE code = '40'")
    assert file_rows(own, "overdue")[0]["name"]
    assert {row["name"] for row in file_rows(own, "flows") if row["area"] == "40"} == {"'=2+3"}


def test_a_person_of_provinces_sees_the_nation_and_their_own(site: Site) -> None:
    client = site.as_(grant(Role.VIEWER, "40"))
    answer = client.get(f"/snap/{VERSION}/p-40/people").get_json()
    for table in ("overdue_places", "waiting", "flows", "ages_places"):
        assert {key for key, _ in cells(answer, table)} == {"40", "nation"}, table
    assert {key for key, _ in cells(answer, "moves")} == {"40-74"}
    assert {key for key, _ in cells(answer, "tiers")} == {"nation"}
    options = [p["props"]["value"] for p in components(answer["place"]) if p["type"] == "Option"]
    assert options == ["", "40"]
    assert client.get(f"/snap/{VERSION}/p-40/people?area=40").status_code == 200
    assert client.get(f"/snap/{VERSION}/p-40/people?area=74").status_code == 403
    assert client.get(f"/snap/{VERSION}/p-40/people?tier=1").status_code == 403
    assert client.get(f"/snap/{VERSION}/vn/people").status_code == 403
    assert client.get(f"/snap/{VERSION}/vn/nguoi-dan/flows.csv").status_code == 403
    text = client.get(f"/snap/{VERSION}/p-40/nguoi-dan/ages.csv").get_data(as_text=True)
    assert {line.split(",")[0].lstrip("\ufeff") for line in text.splitlines()} == {"area", "40", "nation"}


def test_what_is_not_there_is_an_answer(site: Site) -> None:
    tier = site.client.get(f"/snap/{VERSION}/vn/people?tier=9")
    assert tier.status_code == 400
    assert tier.get_json()["allowed"] == ["1", "2", "3", "4"]
    assert site.client.get(f"/snap/{VERSION}/vn/people?area=999").status_code == 400
    assert site.client.get(f"/snap/{VERSION}/vn/nguoi-dan/moon.csv").status_code == 400


def test_an_old_snapshot_shows_what_it_has(make_site: Any) -> None:
    own: Site = make_site(Recipe(version=VERSION))
    with duckdb.connect(str(snapshot_path(own.folder, VERSION))) as database:
        for table in ("registration_open", "registration_wait", "area_tier", "residence_place"):
            database.execute(f"DROP TABLE {table}")
    answer = page(own)
    empty = {
        p["props"].get("id")
        for p in components(answer["body"])
        if p["type"] == "Section" and "Bản chụp số liệu này không có phần này" in text_of(p)
    }
    assert empty == {"cho-tiem", "noi-o-noi-tiem"}
    assert number(facts(answer)["overdue"])
    assert not cells(answer, "tiers")
    assert "Bậc" not in text_of(answer["place"])
    assert own.client.get(f"/snap/{VERSION}/vn/nguoi-dan/flows.csv").status_code == 200


def test_a_source_of_tallies_says_so(make_site: Any) -> None:
    bare: Site = make_site(Recipe(version=VERSION, with_people=False, with_trust=False))
    text = text_of(page(bare)["body"])
    assert text.count("Bản chụp số liệu này không có phần này") == 5
    assert "Từ đăng ký đến tiêm đủ: Cả nước" in text


def test_english_is_english(site: Site) -> None:
    answer = page(site, lang="en", area="74")
    text = text_of(answer["body"]) + text_of(answer["place"])
    assert "Why Binh Duong is above 100%" in text
    assert not re.search(r"người|tiêm|Tỷ lệ|Bậc", text)


def test_the_command_prints_what_the_page_shows(
    site: Site, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    write_snapshot(settings_for(tmp_path).snapshot_dir, Recipe(version=VERSION))

    def read(*more: str) -> list[dict[str, Any]]:
        capfdbinary.readouterr()
        assert main(["read", *more, "--json", "--state", str(tmp_path)]) == 0
        return [orjson.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    rows = read("overdue", "--area", "40")
    assert rows[0]["product"] == "all"
    assert rows[0]["overdue"] == number(facts(page(site, area="40"))["overdue"])
    for name in ("overdue", "funnel", "waiting", "flows", "groups", "ages", "tiers", "moves", "deferrals"):
        printed, filed = read(name), file_rows(site, name)
        if name == "tiers":
            filed = [row for row in filed if row["tier"] != "tier-0"]
        assert len(printed) == len(filed), name
        for row, line in zip(printed, filed, strict=True):
            for column, text in line.items():
                if not column.endswith("name"):
                    value = row[column]
                    assert text == ("" if value is None else str(value)), (name, column)
    assert {row["area"] for row in read("flows", "--area", "tier-1")} >= {"79", "tier-1"}
    assert main(["read", "flows", "--area", "tier-9", "--state", str(tmp_path)]) == 2
    assert main(["read", "targets", "--area", "tier-1", "--state", str(tmp_path)]) == 2
