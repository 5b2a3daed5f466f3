"""The page about sites: every number on it is that of a query on the same snapshot, in every scope and language."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from campaign.access import Role
from campaign.sites import HourRate
from cli.main import main
from dashboard.sites_files import FILES
from layouts.sites_cards import hour_chart
from layouts.words import Language, load_catalogues
from tests.dashboard.conftest import VERSION, Site, components, site_of, text_of
from tests.support.people import grant
from tests.support.site_rows import SILENT_SITE
from tests.support.snapshots import NO_PEOPLE_YET, Recipe, write_snapshot
from tests.support.webserver import deps_for, settings_for

AREAS = {"": "true", "40": "s.area_code = '40'", "79": "s.area_code = '79'", "01": "s.area_code = '01'"}
# The rules of config.yaml written out as one query: the snapshot is of 14:05, sessions last 7-12 and 13-17.
STANDINGS = """
WITH plan AS (
    SELECT site_code, sum(planned_people) AS planned, bool_and(state = 'closed') AS closed,
           bool_and(state = 'planned') AS unopened
    FROM site_session WHERE state <> 'cancelled' GROUP BY 1),
given AS (
    SELECT site_code, sum(doses) AS doses, sum(CASE WHEN hour < 14 THEN doses ELSE 0 END) AS whole
    FROM doses_by_site_hour WHERE day = DATE '2021-11-22' GROUP BY 1),
site AS (
    SELECT s.site_code, s.area_code, p.planned, p.closed, p.unopened, coalesce(g.doses, 0) AS doses,
           coalesce(g.whole, 0) AS whole, s.last_recorded_at AS last,
           greatest(coalesce(s.last_recorded_at, TIMESTAMPTZ '2021-11-22 07:00:00+07'),
                    TIMESTAMPTZ '2021-11-22 07:00:00+07') AS quiet_from
    FROM site_seen s LEFT JOIN plan p USING (site_code) LEFT JOIN given g USING (site_code))
SELECT *, CASE WHEN planned IS NULL THEN CASE WHEN doses > 0 THEN 'unplanned' ELSE 'idle' END
               WHEN closed OR doses >= planned THEN 'done'
               WHEN last > TIMESTAMPTZ '2021-11-22 12:05:00+07' THEN 'active'
               WHEN quiet_from <= TIMESTAMPTZ '2021-11-22 12:05:00+07' THEN 'silent' ELSE 'waiting' END AS activity,
       date_diff('minute', quiet_from, TIMESTAMPTZ '2021-11-22 14:05:00+07') AS quiet,
       CASE WHEN planned >= 10 THEN whole * 9.0 / (planned * 6) END AS share
FROM site s"""


def query(site: Site, text: str) -> list[dict[str, Any]]:
    return site.deps.snapshots.rows(VERSION, text)


def page(site: Site, **filters: str) -> dict[str, Any]:
    chosen = "&".join(f"{name}={value}" for name, value in filters.items())
    return site.json(f"/snap/{VERSION}/vn/sites?{chosen}")


def tiles(answer: Mapping[str, Any]) -> dict[str, int]:
    return {
        part["props"]["data-number"].removeprefix("site_"): int(text_of(part).replace(".", ""))
        for part in components(answer["body"])
        if "data-number" in part["props"]
    }


def rows_of(answer: Mapping[str, Any], name: str) -> dict[str, dict[str, str]]:
    """Texts of one list by row and column, in its order."""
    found = answer["lists"][name]
    names = [column for column, _, _ in found["columns"]]
    return {row[0]: dict(zip(names, row[2], strict=True)) for row in found["rows"]}


def file_rows(site: Site, name: str, **filters: str) -> list[dict[str, str]]:
    chosen = "&".join(f"{key}={value}" for key, value in filters.items())
    answer = site.client.get(f"/snap/{VERSION}/vn/diem-tiem/{name}.csv?{chosen}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.mark.parametrize("area", list(AREAS))
def test_tiles_equal_a_query_and_planned_is_their_sum(site: Site, area: str) -> None:
    rows = query(site, f"{STANDINGS} WHERE {AREAS[area]}")
    shown = tiles(page(site, area=area))
    expected = {
        name: sum(row["activity"] == name for row in rows)
        for name in ("active", "silent", "waiting", "done", "unplanned")
    }
    assert shown == expected | {"planned": sum(row["planned"] is not None for row in rows)}
    assert shown["planned"] == shown["active"] + shown["silent"] + shown["waiting"] + shown["done"]
    if area in ("", "40"):
        assert all(shown[name] for name in ("planned", "active", "silent", "done", "unplanned"))


@pytest.mark.parametrize("area", ["", "40"])
def test_the_silent_sites_equal_a_query_in_their_order(site: Site, area: str) -> None:
    rows = query(site, f"{STANDINGS} WHERE {AREAS[area]}")
    silent = sorted(
        (row for row in rows if row["activity"] == "silent"),
        key=lambda row: (-float(row["planned"]) / 9 * row["quiet"] / 60, row["site_code"]),
    )
    answer = page(site, area=area)
    shown = rows_of(answer, "silent")
    codes = [row["site_code"] for row in silent]
    assert list(shown) == codes[:1000]
    assert answer["lists"]["silent"]["total"] == len(codes)
    assert [row["site"] for row in file_rows(site, "silent", area=area)] == codes
    for row in silent[:1000]:
        cells = shown[row["site_code"]]
        assert cells["planned"] == f"{int(row['planned']):,}".replace(",", ".")
        assert cells["quiet"] == f"{row['quiet'] // 60} giờ {row['quiet'] % 60:02d} phút"
    assert shown[SILENT_SITE]["session"] == "chưa mở"
    assert shown[SILENT_SITE]["last_record"] == "chưa có"


def test_a_site_leads_to_its_own_page_and_one_in_no_list_to_none(site: Site) -> None:
    links = {row[0]: row[1] for row in page(site, area="40")["lists"]["silent"]["rows"]}
    assert links.pop(SILENT_SITE) == ""
    listed = {code: link for code, link in links.items() if link}
    assert listed
    for code, link in list(listed.items())[:20]:
        assert re.fullmatch(rf"/\?area=40&district=\d{{3}}&site={code}", link)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, web_registry: str) -> Iterator[Site]:
    """Everybody, not a sample: sites with enough doses to be judged by the hour."""
    folder = tmp_path_factory.mktemp("full-size")
    write_snapshot(settings_for(folder).snapshot_dir, Recipe(version=VERSION, one_in=1))
    made = site_of(deps_for(settings_for(folder, registry=web_registry)))
    yield made
    made.close()


@pytest.mark.parametrize("area", ["", "79"])
def test_flagged_sites_equal_a_query(full: Site, area: str) -> None:
    site = full
    rows = query(site, f"{STANDINGS} WHERE {AREAS[area]} AND planned IS NOT NULL")
    shares = {row["site_code"]: row["share"] for row in rows if row["share"] is not None}
    fast = {code for code, share in shares.items() if share > 1.2}
    slow = {code for code, share in shares.items() if share < 0.5}
    assert fast and slow
    found = file_rows(site, "pace", area=area)
    assert {row["site"] for row in found if row["pace"] == "fast"} == fast
    assert {row["site"] for row in found if row["pace"] == "slow"} == slow
    assert all(float(row["capacity_share"]) == pytest.approx(float(shares[row["site"]])) for row in found)
    shown = page(site, area=area)["lists"]["pace"]
    assert [row[0] for row in shown["rows"]] == [row["site"] for row in found][:1000]


@pytest.mark.parametrize("area", ["", "40"])
def test_doses_by_hour_equal_a_query_and_the_day(full: Site, area: str) -> None:
    site = full
    where = AREAS[area]
    doses = {
        row["hour"]: row["doses"]
        for row in query(
            site,
            "SELECT hour, sum(doses)::BIGINT AS doses FROM doses_by_site_hour JOIN site_seen s USING (site_code) "
            f"WHERE day = DATE '2021-11-22' AND {where} GROUP BY 1",
        )
    }
    (planned,) = query(
        site,
        "SELECT sum(planned_people)::BIGINT AS people FROM site_session JOIN site_seen s USING (site_code) "
        f"WHERE state <> 'cancelled' AND {where}",
    )
    found = {int(row["hour"]): row for row in file_rows(site, "hours", area=area)}
    assert list(found) == list(range(7, 17))
    assert {hour: int(row["doses"]) for hour, row in found.items() if row["doses"] not in ("", "0")} == doses
    assert float(found[8]["capacity"]) == pytest.approx(planned["people"] / 9)
    assert (found[12]["capacity"], found[15]["doses"]) == ("", "")
    cells = {
        part["props"]["data-cell"]: text_of(part)
        for part in components(page(site, area=area)["body"])
        if "data-cell" in part["props"]
    }
    assert cells["hours/8/doses"] == f"{doses[8]:,}".replace(",", ".")
    assert sum(doses.values()) == sum(row["doses"] for row in query(site, f"{STANDINGS} WHERE {where}"))


def test_an_hour_that_is_not_over_has_its_key_while_there_is_one() -> None:
    words = load_catalogues()[Language.VI]
    for whole, wanted in ((True, False), (False, True)):
        drawn = hour_chart([HourRate(hour=8, doses=49, capacity=500.0, whole=whole)], 1.2, words)
        assert ("giờ chưa hết" in str(drawn)) is wanted


def test_both_ends_are_those_of_the_sorted_table_without_red_provinces(site: Site) -> None:
    answer = page(site)
    table = answer["lists"]["ranks"]
    assert len(table["rows"]) == 63
    ends: dict[tuple[str, str], list[str]] = {}
    for part in components(answer["body"]):
        ranked, _, rest = part["props"].get("data-rank", "").partition("/")
        if ranked:
            end, _, code = rest.partition("/")
            ends.setdefault((ranked, end), []).append(code)
    free = [row for row in table["rows"] if not row[4]]
    for ranked, place in (("usage", 1), ("coverage", 4)):
        known = [row for row in free if row[3][place] is not None]
        down = [row[0] for row in sorted(known, key=lambda row: (-row[3][place], row[0]))]
        assert ends[ranked, "top"] == down[:10]
        assert ends[ranked, "bottom"] == down[-10:][::-1]
    left_out = {
        part["props"]["data-left-out"]: text_of(part)
        for part in components(answer["body"])
        if "data-left-out" in part["props"]
    }
    red = {row[0] for row in table["rows"] if row[4]}
    assert red <= set(left_out)
    assert red, "the sample has provinces whose figures are in doubt"
    assert "Không có mẫu số 18+" in left_out[NO_PEOPLE_YET]
    assert not red & {code for codes in ends.values() for code in codes}


def test_the_provinces_values_equal_a_query(site: Site) -> None:
    rows = query(
        site,
        """SELECT a.code, (SELECT sum(doses) FROM doses_by_day d WHERE d.area_code = a.code)::BIGINT * 100 AS doses,
                  (SELECT sum(delivered) FROM stock_by_area s WHERE s.area_code = a.code)::BIGINT AS received,
                  (SELECT dose1_people FROM people_by_area p
                   WHERE p.area_code = a.code AND p.population_group = '18plus') AS people
           FROM area a WHERE a.code NOT IN ('central', 'unknown')""",
    )
    found = {row["area"]: row for row in file_rows(site, "ranks")}
    assert len(rows) == len(found) == 63
    # Those with a ledger or a decision tell usage by it, as the map does: test_every_number holds them to a query.
    by_ledger = query(site, "SELECT area_code FROM stock_by_lot UNION SELECT area_code FROM allocation_line")
    kept = {row["area_code"] for row in by_ledger}
    assert 0 < len(kept) < 10
    for row in (row for row in rows if row["code"] not in kept):
        told = found[row["code"]]
        assert (int(told["doses"]), int(told["received"])) == (row["doses"], row["received"])
        assert float(told["usage_share"]) == pytest.approx(row["doses"] / row["received"])
        assert int(told["dose1_18plus"]) == row["people"]


def test_a_part_of_the_country_sees_its_own_sites_and_the_nation_s_totals(site: Site) -> None:
    part = site.as_(grant(Role.VIEWER, "40"))
    answer = part.get(f"/snap/{VERSION}/p-40/sites")
    told = orjson.loads(answer.get_data())
    assert tiles(told) == tiles(page(site))
    codes = {row[0] for row in told["lists"]["silent"]["rows"]}
    own = {
        row["site_code"] for row in query(site, f"{STANDINGS} WHERE area_code = '40'") if row["activity"] == "silent"
    }
    assert codes == own
    assert [row[0] for row in told["lists"]["ranks"]["rows"]] == ["40"]
    assert "phạm vi của bạn" in text_of(told["body"])
    assert part.get(f"/snap/{VERSION}/p-40/sites?area=79").status_code == 403
    assert part.get(f"/snap/{VERSION}/p-40/diem-tiem/silent.csv?area=79").status_code == 403
    assert part.get(f"/snap/{VERSION}/vn/diem-tiem/silent.csv").status_code == 403


def test_an_older_snapshot_says_so_and_ranks_all_the_same(make_site: Callable[..., Site]) -> None:
    old = make_site(Recipe(version=VERSION, without=("site_session", "site_seen")))
    answer = page(old)
    assert "chưa có kế hoạch buổi tiêm" in text_of(answer["body"])
    assert tiles(answer) == {}
    assert len(answer["lists"]["ranks"]["rows"]) == 63
    assert all(old.client.get(f"/snap/{VERSION}/vn/diem-tiem/{name}.csv").status_code == 200 for name in FILES)


def test_unknown_areas_and_files_are_answered_with_what_there_is(site: Site) -> None:
    assert site.client.get(f"/snap/{VERSION}/vn/sites?area=999").status_code == 400
    answer = site.client.get(f"/snap/{VERSION}/vn/diem-tiem/moon.csv")
    assert answer.status_code == 400
    assert set(answer.get_json()["allowed"]) == set(FILES)


def test_the_command_prints_the_same_rows(
    site: Site, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    write_snapshot(settings_for(tmp_path).snapshot_dir, Recipe(version=VERSION))
    for reading, file in (("sites-activity", "activity"), ("sites-hours", "hours"), ("sites-ranks", "ranks")):
        rows = file_rows(site, file)
        capfdbinary.readouterr()
        assert main(["read", reading, "--state", str(tmp_path), "--json"]) == 0
        printed = [orjson.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
        assert [[_text(row[name]) for name in rows[0]] for row in printed] == [list(row.values()) for row in rows]


def _text(value: object) -> str:
    return "" if value is None else str(value)
