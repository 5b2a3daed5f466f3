"""The first screen above the map: every number on it is that of a query on the same snapshot, the worst province and
the dates are named in words, and each cause is what a plain reckoning over the rows finds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest

from campaign.access import Role
from layouts.words import Language, load_catalogues
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.dashboard.test_targets_page import marked, queried
from tests.dashboard.test_targets_page import page as targets_page
from tests.support.people import grant
from tests.support.snapshots import Recipe
from warehouse.database import open_database
from warehouse.files import snapshot_path

VI = load_catalogues()[Language.VI]
PLACES = 5


def first(site: Site, scope: str = "vn", **filters: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return site.json(f"/snap/{VERSION}/{scope}/first?{query}")


def shown(answer: dict[str, Any]) -> dict[str, str]:
    parts = [answer["answer"], answer["body"]]
    found = [part for part in components(parts) if "data-number" in part["props"]]
    names = [part["props"]["data-number"] for part in found]
    assert len(names) == len(set(names))
    return {part["props"]["data-number"]: text_of(part) for part in found}


def rows(site: Site, query: str) -> list[dict[str, Any]]:
    return site.deps.snapshots.rows(VERSION, query)


def whole(value: int | None) -> str:
    return "–" if value is None else f"{value:,}".replace(",", ".")


def signed(value: int) -> str:
    return f"+{whole(value)}" if value > 0 else f"−{whole(-value)}" if value < 0 else "0"


def percent(people: int, population: int) -> str:
    return f"{people * 1000 // population / 10:,.1f}%".replace(",", "x").replace(".", ",").replace("x", ".")


def worst_first(site: Site, denominator: str) -> list[dict[str, Any]]:
    found = [
        row
        for key, row in queried(site, denominator).items()
        if key[0] == "all_70_2022q1" and key[2:] == ("all", "dose1") and key[1] not in ("nation", "unknown")
    ]
    open_ones = [row for row in found if row["population"] and row["people"] < row["needed"]]
    return sorted(open_ones, key=lambda row: (row["people"] / row["population"], row["area"]))


def expected(site: Site, denominator: str) -> Iterator[tuple[str, str]]:
    """By name every number that the first screen shows, from queries of this file; dates from the targets' page."""
    numbers = queried(site, denominator)
    told = marked(targets_page(site, denominator=denominator))
    for target, area, group, measure in numbers:
        row = numbers[target, area, group, measure]
        if area == "nation":
            stem = f"{target}/{measure}_{group}"
            yield f"standing/{stem}/share", percent(row["people"], row["population"])
            yield f"standing/{stem}/when", told[f"{stem}/when"]
            if measure == "dose1":
                yield f"not_yet_{group}", whole(max(row["population"] - row["people"], 0))
            if group == {"adults_50_2021": "18plus", "all_70_2022q1": "all"}[target]:
                when = told[f"{stem}/when"]
                yield f"answer/{target}/{measure}/when", when[0].lower() + when[1:]
    for age, bands in {"65plus": "('65plus')", "50plus": "('50_64', '65plus')"}.items():
        [one] = rows(
            site, f"SELECT sum(people)::BIGINT AS n FROM people_state WHERE age_band IN {bands} AND state <> 'none'"
        )
        [two] = rows(
            site, f"SELECT sum(people)::BIGINT AS n FROM people_state WHERE age_band IN {bands} AND state = 'full'"
        )
        yield f"dose1_{age}", whole(one["n"])
        yield f"full_{age}", whole(two["n"])
    [portal] = rows(
        site,
        """SELECT (SELECT sum(doses) FROM doses_by_day WHERE area_code IN ('central', 'unknown')
                      OR area_code IN (SELECT area_code FROM population WHERE version = 'portal_2021'
                                       AND population_group = '18plus' AND people IS NOT NULL))::BIGINT AS doses,
                  (SELECT sum(people) FROM (SELECT arg_max(people, valid_from) AS people FROM population
                   WHERE version = 'portal_2021' AND population_group = '18plus'
                     AND valid_from <= DATE '2021-11-22' GROUP BY area_code))::BIGINT AS adults""",
    )
    yield "portal", percent(portal["doses"], portal["adults"])
    yield from expected_changes(site)
    for row in worst_first(site, denominator)[:PLACES]:
        yield f"behind/{row['area']}/share", percent(row["people"], row["population"])
        yield f"behind/{row['area']}/gap", f"Còn thiếu {whole(row['needed'] - row['people'])} người"


def expected_changes(site: Site) -> Iterator[tuple[str, str]]:
    [lock] = rows(site, "SELECT * FROM figure_lock WHERE reporting_day = DATE '2021-11-21'")
    [live] = rows(
        site,
        """SELECT (SELECT sum(doses) FROM doses_by_day)::BIGINT AS doses, sum(dose1_people)::BIGINT AS dose1_people,
                  sum(full_people)::BIGINT AS full_people FROM people_by_area WHERE population_group = 'all'""",
    )
    for name, value in live.items():
        locked, now = lock[f"locked_{name}"], lock[f"{name}_now"]
        yield f"lock/{name}/locked", whole(locked)
        yield f"lock/{name}/live", whole(value)
        yield f"lock/{name}/revision", signed(now - locked)
        yield f"lock/{name}/since", signed(value - now)


@pytest.mark.parametrize("denominator", ["est_2021", "portal_2021"])
def test_every_number_equals_a_query(site: Site, denominator: str) -> None:
    wanted = dict(expected(site, denominator))
    found = shown(first(site, denominator=denominator))
    assert found == wanted
    assert len(found) == 16 + 2 + 4 + 1 + 12 + 2 * PLACES + 4


def test_the_doses_since_the_lock_are_those_of_later_days(site: Site) -> None:
    """Live less locked less revised is what was injected after the locked day: by a query that knows no lock."""
    [today] = rows(site, "SELECT sum(doses)::BIGINT AS n FROM doses_by_day WHERE day > DATE '2021-11-21'")
    assert shown(first(site))["lock/doses/since"] == signed(today["n"])


@pytest.mark.parametrize("denominator", ["est_2021", "portal_2021"])
def test_the_worst_province_and_the_dates_are_said_in_words(site: Site, denominator: str) -> None:
    answer = first(site, denominator=denominator)
    names = {row["code"]: row["name_vi"] for row in rows(site, "SELECT * FROM area")}
    worst = worst_first(site, denominator)
    named = [text_of(part) for part in components(answer["answer"]) if part["props"].get("id") == "first-worst"]
    assert named == [names[worst[0]["area"]]]
    listed = [
        part["props"]["data-code"]
        for part in components(answer["body"])
        if part["type"] == "Li" and "data-code" in part["props"]
    ]
    assert listed[:PLACES] == [row["area"] for row in worst[:PLACES]]
    line = text_of(answer["answer"])
    assert re.search(r"Ít nhất 50% dân số từ 18 tuổi trở lên: .*đã đạt ngày \d\d/\d\d/2021", line)
    assert f"{len(worst)} tỉnh chưa đạt" in text_of(answer["body"])


# --- causes: the signs of each province reckoned again, row by row ---


def twin(site: Site, code: str, denominator: str) -> set[str]:
    """Kinds of causes of one province under at least one dose of everyone, from rows as they lie in the file."""
    table: dict[str, list[dict[str, Any]]] = defaultdict(list)
    names = (
        "people_by_day",
        "people_by_area",
        "population",
        "nowcast",
        "stock_by_area",
        "doses_by_day",
        "declared_gap",
    )
    for name in (*names, "area_report", "figure_statement"):
        column = {"population": "area_code"}.get(name, "area_code")
        table[name] = [row for row in rows(site, f"SELECT * FROM {name}") if row[column] == code]
    today, closed = date(2021, 11, 22), date(2021, 11, 21)
    found: set[str] = set()
    population = {
        version: max(
            (
                row
                for row in table["population"]
                if row["version"] == version and row["population_group"] == "all" and row["valid_from"] <= today
            ),
            key=lambda row: row["valid_from"],
        )["people"]
        for version in ("est_2021", "portal_2021")
    }
    [people] = [row["dose1_people"] for row in table["people_by_area"] if row["population_group"] == "all"]
    other = {"est_2021": "portal_2021", "portal_2021": "est_2021"}[denominator]
    if people / population[other] > people / population[denominator] + 0.05:
        found.add("denominator")
    week = [today - timedelta(back) for back in range(1, 8)]
    raised = {row["day"]: row["expected"] / row["reported"] for row in table["nowcast"] if row["reported"]}
    came = {row["day"]: row["dose1_people"] for row in table["people_by_day"] if row["population_group"] == "all"}
    pace = sum(came.get(day, 0) * min(max(raised.get(day, 1.0), 1.0), 2.0) for day in week) / 7
    needed = floor(Fraction(7, 10) * population[denominator]) + 1
    if pace < (needed - people) / (date(2022, 3, 31) - today).days:
        found.add("pace")
    late = [row for row in table["nowcast"] if row["day"] in week]
    reported, expect = sum(row["reported"] for row in late), sum(max(row["expected"], row["reported"]) for row in late)
    if expect - reported > 0.1 * expect:
        found.add("late_entry")
    declared, recorded = (sum(row[name] for row in table["declared_gap"]) for name in ("declared", "recorded"))
    if declared - recorded > 0.05 * declared:
        found.add("declared")
    use = sum(row["doses"] for row in table["doses_by_day"] if today - timedelta(7) < row["day"] <= today) * 100 / 7
    stock = sum(row["on_hand"] for row in table["stock_by_area"])
    if stock / use < 7:
        found.add("stock")
    if delivered(site, [code], denominator) < 0.8 * delivered(site, None, denominator):
        found.add("delivered")
    if (today - max(row["last_report_on"] for row in table["area_report"])).days > 2:
        found.add("no_report")
    said = sorted(
        (row for row in table["figure_statement"] if row["reporting_day"] == closed),
        key=lambda row: row["statement_id"],
    )
    explained = [row["kind"] for row in said if row["kind"] != "confirmed"]
    if not any(row["kind"] == "confirmed" for row in said) and explained[-1:] != ["explained"]:
        found.add("unconfirmed")
    return found


def delivered(site: Site, codes: list[str] | None, denominator: str) -> float:
    """Doses delivered per resident of these provinces; of all that have a population."""
    people = {
        row["area_code"]: row["people"]
        for row in rows(
            site,
            f"""SELECT area_code, arg_max(people, valid_from) AS people FROM population
                WHERE version = '{denominator}' AND population_group = 'all' AND valid_from <= DATE '2021-11-22'
                GROUP BY area_code""",
        )
    }
    doses = {
        row["a"]: row["n"]
        for row in rows(site, "SELECT area_code AS a, sum(delivered) AS n FROM stock_by_area GROUP BY 1")
    }
    wanted = [code for code in (codes or doses) if people.get(code)]
    return float(sum(doses[code] for code in wanted) / sum(people[code] for code in wanted))


@pytest.mark.parametrize("denominator", ["est_2021", "portal_2021"])
def test_each_cause_equals_the_twin_s(site: Site, denominator: str) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for part in components(first(site, denominator=denominator)["body"]):
        if "data-cause" in part["props"]:
            code, kind = part["props"]["data-cause"].split("/")
            found[code].add(kind)
    assert len(found) == PLACES
    for code, kinds in found.items():
        assert kinds == (twin(site, code, denominator) or {"none"}), code
    assert len(set.union(*found.values())) >= 3, "the sample shows too few kinds to say anything"


def test_the_target_takes_more_than_its_share() -> None:
    """What the twin above takes for granted: more than 70 % is one person more; half is half."""
    assert floor(Fraction(7, 10) * 10) + 1 == 8
    assert ceil(Fraction(1, 2) * 9) == 5


# --- statements beside the figures ---


def test_what_a_province_said_stands_in_the_list_and_in_the_table(site: Site) -> None:
    body = first(site)["body"]
    said = {part["props"]["data-said"]: text_of(part) for part in components(body) if "data-said" in part["props"]}
    assert "Đã xác nhận số liệu ngày 21/11/2021" in said["02"]
    assert "Đã điều chỉnh sau xác nhận: +118 mũi" in said["79"]
    assert "hai huyện" in said["14"] and "ba huyện" not in said["14"], "the newest explanation counts"
    assert "74" not in said, "it was withdrawn"
    text = text_of(body)
    assert "ba huyện" in text and "Người lao động ngoài tỉnh" in text, "the history is kept"
    assert "2 tỉnh đã xác nhận, 1 tỉnh có giải trình, trên 63 tỉnh" in text
    marks = {row["code"]: row.get("said") for row in site.coverage()["table"] if "said" in row}
    assert marks == {"02": "confirmed", "79": "revised", "14": "explained"}
    behind = next(part for part in components(body) if part["props"].get("id") == "first-behind")
    assert "Đã xác nhận số liệu" in text_of(behind), "Hà Giang is the last, and has confirmed"


def test_a_person_of_a_province_sees_that_province_alone(site: Site) -> None:
    client = site.as_(grant(Role.VIEWER, "14"))
    answer = client.get(f"/snap/{VERSION}/p-14/first").get_json()
    codes = {key.split("/")[1] for key in shown(answer) if key.startswith("behind/")}
    assert codes <= {"14"}
    text = text_of([answer["answer"], answer["body"]])
    assert "Hà Giang" not in text and "Đã đối chiếu với CDC" not in text
    assert "hai huyện" in text
    table = client.get(f"/snap/{VERSION}/p-14/coverage").get_json()["table"]
    assert {row["code"] for row in table if "said" in row} == {"14"}
    assert client.get(f"/snap/{VERSION}/vn/first").status_code == 403


@pytest.fixture
def changed(make_site: Any) -> Any:
    """A site on a snapshot that a statement of SQL has changed."""

    def make(statement: str, recipe: Recipe | None = None) -> Site:
        made: Site = make_site(recipe or Recipe(version=VERSION))
        with open_database(snapshot_path(made.folder, VERSION)) as database:
            database.execute(statement)
        return made

    return make


def test_where_nothing_is_locked_it_says_so(changed: Any) -> None:
    text = text_of(first(changed("DELETE FROM figure_lock"))["body"])
    assert "Chưa có ngày nào được chốt" in text


def test_where_yesterday_is_not_locked_the_last_locked_day_is_named_as_such(changed: Any) -> None:
    text = text_of(first(changed("DELETE FROM figure_lock WHERE reporting_day = DATE '2021-11-21'"))["body"])
    assert "Ngày hôm qua chưa được chốt" in text and "Số ngày 20/11/2021" in text


def test_a_snapshot_from_before_has_the_rest(changed: Any) -> None:
    site = changed("DROP TABLE figure_statement")
    answer = first(site)
    assert "có từ trước khi các tỉnh xác nhận" in text_of(answer["body"])
    kinds = {
        part["props"]["data-cause"].split("/")[1]
        for part in components(answer["body"])
        if "data-cause" in part["props"]
    }
    assert "unconfirmed" not in kinds, "nobody could have confirmed"
    assert site.coverage()["table"]


def test_a_source_without_people_or_ages_says_so(make_site: Any) -> None:
    bare: Site = make_site(Recipe(version=VERSION, with_people=False, with_trust=False))
    text = text_of(first(bare)["body"])
    assert "không cho biết tuổi" in text
    assert "không có chỉ tiêu" in text


def test_english_is_english(site: Site) -> None:
    answer = first(site, lang="en")
    # What people of a province wrote stays in their own words.
    for part in components([answer["answer"], answer["body"]]):
        if part["type"] == "Q":
            part["props"]["children"] = ""
    text = " ".join(text_of([answer["answer"], answer["body"]]).split())
    assert "Who is behind, and why" in text and "Where we stand" in text
    assert not re.search(r"dự báo|Chỉ tiêu|người|tỉnh|Vì sao", text)


def test_an_unknown_population_is_an_answer(site: Site) -> None:
    answer = site.client.get(f"/snap/{VERSION}/vn/first?denominator=moon")
    assert answer.status_code == 400
    assert answer.get_json()["parameter"] == "denominator"
