"""What is supposed stays apart: an address of its own, marked as such, read by nothing that shows what was counted."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from campaign.access import Role
from campaign.scenario import Levers
from cli.main import main
from dashboard.door.table import VIEWS
from operations import scenarios
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.dashboard.test_decide import own, post
from tests.dashboard.test_targets_page import marked
from tests.dashboard.test_targets_page import page as targets_page
from tests.support.people import grant
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import settings_for
from warehouse import reads_scenarios, reads_targets
from warehouse.reference import load_usual_waits

__all__ = ["own"]
ROOT = Path(__file__).resolve().parents[2]
READS = re.compile(r"(^|[._])scenarios?($|_page|_result|_curve|_withdrawal|_deeds|\b)")
FORM = {"name": "Chậm lại", "area": "", "pace": "50", "declines": "10", "arrivals": "900000", "reason": "họp ngày 23"}


def what_if(site: Site, scope: str = "vn", **filters: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return site.json(f"/scenarios/{VERSION}/{scope}?{query}")


def shown(answer: dict[str, Any]) -> dict[str, str]:
    return {
        part["props"]["data-number"]: text_of(part)
        for part in components(answer["result"])
        if "data-number" in part["props"]
    }


def reckoned(site: Site, levers: Levers, area: str = "") -> dict[str, reads_scenarios.WhatIf]:
    snapshots = site.deps.snapshots
    waits = load_usual_waits(site.deps.settings.reference_dir)
    ground = reads_targets.grounds(snapshots, VERSION, denominator="est_2021", usual_waits=waits)
    standings = reads_targets.of_area(ground, area) if area else reads_targets.of_nation(ground)
    found = reads_scenarios.what_if(snapshots, VERSION, ground, standings, levers=levers, one_in=100)
    return {f"{line.standing.target.target_id}/{line.standing.measure}_{line.standing.group}": line for line in found}


def test_with_nothing_supposed_it_says_what_the_targets_page_says(site: Site) -> None:
    told = marked(targets_page(site))
    found = shown(what_if(site))
    assert len(found) == 12
    for key, text in found.items():
        _, target, pair, column = key.split("/")
        when = told[f"{target}/{pair}/when"]
        if column == "base" or (column == "when" and "Dự báo" in when):
            assert text == when
    assert {text for key, text in found.items() if key.endswith("/shift")} <= {"không đổi", "–"}


@pytest.mark.parametrize("area", ["", "40"])
def test_every_date_is_the_core_s(site: Site, area: str) -> None:
    levers = Levers(pace_percent=70, declines_percent=8, arrivals_weekly=2_000_000)
    lines = reckoned(site, levers, area)
    found = shown(what_if(site, area=area, pace="70", declines="8", arrivals="2000000"))
    assert {key.removeprefix("scenario/").rsplit("/", 1)[0] for key in found} == set(lines)
    checked = 0
    for key, line in lines.items():
        if line.supposed is not None and line.supposed.projection and line.supposed.projection.middle:
            day = line.supposed.projection.middle
            assert found[f"scenario/{key}/when"] == f"Dự báo đạt ngày {day:%d/%m/%Y}"
            checked += 1
    assert checked


def test_the_curve_shows_so_far_as_it_is_and_as_supposed(site: Site) -> None:
    """Each line ends on the day on which the table says that the target is met, from where the people stand today."""
    asked = {"target": "all_70_2022q1", "metric": "full", "pace": "50", "size": "desk", "theme": "dark"}
    answer = what_if(site, **asked)
    lines = {trace.get("name"): trace for trace in answer["curve"]["data"]}
    levers = Levers(pace_percent=50)
    line = reckoned(site, levers)["all_70_2022q1/full_all"]
    needed = line.standing.needed
    assert line.supposed is not None and line.supposed.projection is not None and needed is not None
    so_far = lines["Đủ liều cơ bản"]
    assert so_far["y"][-1] == line.standing.coverage.people
    for name, told in (("Nếu như hiện nay", line.standing.projection), ("Theo giả định", line.supposed.projection)):
        drawn = lines[name]
        assert (drawn["x"][0], drawn["y"][0]) == (so_far["x"][-1], so_far["y"][-1])
        reached = [day for day, people in zip(drawn["x"], drawn["y"], strict=True) if people >= needed]
        assert told is not None and told.middle is not None
        last = date.fromisoformat(drawn["x"][-1])
        assert (date.fromisoformat(reached[0]) if reached else None) == (told.middle if told.middle <= last else None)
    assert lines["Theo giả định"]["y"] != lines["Nếu như hiện nay"]["y"]
    assert "Đủ liều cơ bản, toàn dân" in answer["curve_note"]
    [pressed] = [part for part in components(answer["readings"]) if part["props"].get("aria-pressed") == "true"]
    assert pressed["props"]["data-action"] == "scenario-reading"
    assert (pressed["props"]["data-target"], pressed["props"]["data-measure"]) == ("all_70_2022q1", "full")
    assert what_if(site, **{**asked, "pace": "100"})["curve"]["data"][-1]["y"] == lines["Nếu như hiện nay"]["y"]


def test_stock_on_hand_is_that_of_a_query(site: Site) -> None:
    for area in ("", "01"):
        where = f"WHERE area_code = '{area}'" if area else ""
        [row] = site.deps.snapshots.rows(VERSION, f"SELECT sum(on_hand)::BIGINT AS n FROM stock_by_area {where}")
        told = f"{row['n']:,}".replace(",", ".")
        assert f"Cộng với mọi liều đang có trong kho: {told} liều" in text_of(what_if(site, area=area)["levers"])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("pace=301", "pace"),
        ("pace=-1", "pace"),
        ("pace=many", "pace"),
        ("declines=61", "declines"),
        ("arrivals=1e9", "arrivals"),
        ("arrivals=٣", "arrivals"),
        ("area=999", "area"),
        ("moon=1", "name"),
    ],
)
def test_what_cannot_be_supposed_is_an_answer(site: Site, query: str, parameter: str) -> None:
    answer = site.client.get(f"/scenarios/{VERSION}/vn?{query}")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)


def test_every_part_is_marked_and_nothing_is_kept(site: Site) -> None:
    for language, mark in (("vi", "Giả định"), ("en", "Supposed")):
        answer = site.client.get(f"/scenarios/{VERSION}/vn?lang={language}")
        assert answer.headers["Cache-Control"] == "no-store"
        told = answer.get_json()
        assert told["supposed"] is True
        for part in ("result", "saved"):
            assert mark in text_of(told[part])
            assert "supposed" in told[part]["props"]["className"]


def test_a_planner_saves_one_and_everybody_in_scope_sees_it(own: Site) -> None:
    done = post(own, "kich-ban", Role.PLANNER, login="kha", **FORM)
    assert (done.status_code, done.headers["Location"]) == (303, "/quyet-dinh?done=kich-ban")
    [made] = scenarios.scenarios(own.registry)
    assert (made.name, made.levers, made.actor) == (
        "Chậm lại",
        Levers(pace_percent=50, declines_percent=10, arrivals_weekly=900_000),
        "kha",
    )
    again = post(own, "kich-ban", Role.PLANNER, **{**FORM, "name": "CHẬM LẠI"})
    assert again.status_code == 400 and "Đã có kịch bản tên" in again.get_data(as_text=True)
    assert post(own, "kich-ban", Role.PLANNER, "79", **{**FORM, "name": "Quảng Nam", "area": "49"}).status_code == 403
    assert post(own, "kich-ban", Role.PLANNER, "79", **FORM).status_code == 403, "not for the nation"
    assert post(own, "kich-ban", Role.VIEWER, **FORM).status_code == 403
    assert post(own, "kich-ban", Role.PLANNER, "79", **{**FORM, "name": "Thành phố", "area": "79"}).status_code == 303
    assert {item.name for item in scenarios.scenarios(own.registry)} == {"Chậm lại", "Thành phố"}
    text = text_of(what_if(own)["saved"])
    assert "Chậm lại" in text and "Thành phố" in text and "họp ngày 23" in text and "kha" in text
    line = reckoned(own, made.levers)["all_70_2022q1/full_all"]
    assert line.supposed is not None and line.supposed.projection is not None
    day = line.supposed.projection.middle
    assert (f"{day:%d/%m/%Y}" if day else "không trước ngày") in text
    client = own.as_(grant(Role.VIEWER, "40"))
    seen = text_of(client.get(f"/scenarios/{VERSION}/p-40").get_json()["saved"])
    assert "Chậm lại" in seen and "Thành phố" not in seen, "another province's is none of theirs"
    assert client.get(f"/scenarios/{VERSION}/p-40?area=79").status_code == 403
    with psycopg.connect(own.registry) as connection:
        found = connection.execute("SELECT actor, outcome FROM operations.audit WHERE action = 'scenario'").fetchall()
    assert ("kha", "done") in found and [row for row in found if row[1] == "refused"]


def withdraw(site: Site, number: int, *provinces: str, login: str = "", reason: str = "sai tốc độ") -> Any:
    return post(site, "rut-kich-ban", Role.PLANNER, *provinces, login=login, scenario=str(number), reason=reason)


def noted(site: Site, path: str) -> str:
    answer = site.client.get(f"/scenarios/{VERSION}/vn?{path}")
    assert answer.status_code == 200, answer.text
    return text_of(answer.get_json()["noted"])


def test_a_planner_withdraws_one_and_links_to_it_say_so(own: Site) -> None:
    assert post(own, "kich-ban", Role.PLANNER, login="kha", **FORM).status_code == 303
    [made] = scenarios.scenarios(own.registry)
    link, old = f"scenario={made.scenario_id}", "pace=50&declines=10&arrivals=900000"
    named = own.json(f"/scenarios/{VERSION}/vn?{link}")
    assert named["result"] == what_if(own, pace="50", declines="10", arrivals="900000")["result"]
    assert named["noted"] == []
    assert f"scenario={made.scenario_id}#rut-kich-ban" in str(named["saved"])
    done = withdraw(own, made.scenario_id, login="lan")
    assert (done.status_code, done.headers["Location"]) == (303, "/quyet-dinh?done=rut-kich-ban")
    after = own.json(f"/scenarios/{VERSION}/vn?{link}")
    assert after["result"] == named["result"], "what it supposed is shown on"
    assert "Chậm lại" not in text_of(after["saved"])
    for path in (link, old, f"{link}&lang=en"):
        told = noted(own, path)
        assert "Chậm lại" in told and "lan" in told and "sai tốc độ" in told, path
    assert not noted(own, "") and not noted(own, f"{old}&area=79")
    again = withdraw(own, made.scenario_id)
    assert again.status_code == 400 and "lan đã rút kịch bản “Chậm lại” lúc" in again.get_data(as_text=True)
    client = own.as_(grant(Role.PLANNER))
    page = client.get(f"/quyet-dinh?{link}&lang=vi").get_data(as_text=True)
    assert "lan đã rút kịch bản “Chậm lại” lúc" in page
    assert f'<option value="{made.scenario_id}"' not in page, "no choice any more"
    assert post(own, "kich-ban", Role.PLANNER, **FORM).status_code == 303, "its name is free"
    assert not noted(own, old), "one that stands supposes this"


def test_of_another_place_s_scenario_nobody_is_told(own: Site) -> None:
    assert post(own, "kich-ban", Role.PLANNER, **FORM).status_code == 303
    assert post(own, "kich-ban", Role.PLANNER, **{**FORM, "name": "Riêng", "area": "79"}).status_code == 303
    city, nation = (item.scenario_id for item in scenarios.scenarios(own.registry))
    assert withdraw(own, nation, "79").status_code == 403, "it is the nation's"
    assert withdraw(own, city, "40").status_code == 403
    refused = withdraw(own, city, "79", reason=" ")
    assert refused.status_code == 400 and "Chưa điền mục “Lý do”" in refused.get_data(as_text=True)
    assert withdraw(own, city, "79").status_code == 303
    other = own.as_(grant(Role.PLANNER, "40"))
    for number in (city, city + 1000, "x", "9" * 5000, "٣"):
        answer = other.get(f"/scenarios/{VERSION}/p-40?scenario={number}")
        assert (answer.status_code, answer.get_json()["parameter"]) == (400, "scenario")
        page = other.get(f"/quyet-dinh?scenario={number}&lang=vi")
        assert page.status_code == 200 and "Riêng" not in page.get_data(as_text=True)
    told = other.get(f"/quyet-dinh?scenario={nation}&lang=vi").get_data(as_text=True)
    assert "cần quyền đó trên cả nước" in told and f'<option value="{nation}"' not in told
    seen = other.get(f"/scenarios/{VERSION}/p-40?scenario={nation}").get_json()
    assert seen["noted"] == [] and "tốc độ 50%" in text_of(seen["result"])


def test_while_the_registry_does_not_answer_a_link_to_one_says_that(own: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: str) -> Any:
        raise psycopg.OperationalError("no route")

    monkeypatch.setattr("dashboard.scenarios.connect", down)
    assert "cơ sở dữ liệu không trả lời" in noted(own, "scenario=1")
    assert not noted(own, "pace=50")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"pace": "900"}, "phải nằm giữa 0 và 300"),
        ({"declines": "99"}, "phải nằm giữa 0 và 60"),
        ({"arrivals": "nhiều"}, "không phải là số nguyên"),
        ({"name": " "}, "Chưa điền mục “Tên kịch bản”"),
        ({"reason": ""}, "Chưa điền mục “Lý do”"),
        ({"area": "xx"}, "Mục “Tỉnh, thành phố”: không có “xx”"),
    ],
)
def test_what_makes_no_sense_is_not_saved(own: Site, wrong: dict[str, str], told: str) -> None:
    answer = post(own, "kich-ban", Role.PLANNER, **{**FORM, **wrong})
    assert answer.status_code == 400
    assert told in answer.get_data(as_text=True)
    assert not scenarios.scenarios(own.registry)


def test_no_figure_is_made_from_what_is_supposed(own: Site) -> None:
    """Each view of a snapshot is the same to the byte before and after one was saved, and snapshots hold none."""

    def views() -> dict[str, bytes]:
        return {name: own.client.get(f"/snap/{VERSION}/vn/{name}?area=40").data for name in VIEWS}

    before = views()
    assert post(own, "kich-ban", Role.PLANNER, **{**FORM, "name": "ZZUNMISTAKABLE"}).status_code == 303
    assert views() == before
    assert not [name for name, body in before.items() if b"ZZUNMISTAKABLE" in body]
    tables = own.deps.snapshots.rows(VERSION, "SELECT table_name AS n FROM duckdb_tables()")
    assert not [row["n"] for row in tables if "scenario" in row["n"]]


def test_only_the_page_and_its_command_read_scenarios() -> None:
    """By imports: no refresh, snapshot, view, public page or report knows that there are any."""
    allowed = {
        "operations/scenarios.py",
        "operations/decisions.py",
        "warehouse/reads_scenarios.py",
        "layouts/scenario_curve.py",
        "layouts/scenario_page.py",
        "layouts/scenario_result.py",
        "layouts/shell.py",
        "dashboard/scenarios.py",
        "dashboard/factory.py",
        "dashboard/routes.py",
        "dashboard/door/deed_acts.py",
        "dashboard/door/deeds.py",
        "dashboard/door/scenario_deeds.py",
        "operations/scenario_withdrawal.py",
        "cli/read.py",
        "cli/scenarios.py",
        "dashboard/door/plan_scenarios.py",
    }
    # Faults made on demand in a demonstration have the same word and nothing to do with it.
    faults = {"cli/demo_scenario.py", "cli/parts.py", *(f"demo/{file.name}" for file in (ROOT / "demo").glob("*.py"))}
    found: set[str] = set()
    for part in ("campaign", "cli", "dashboard", "demo", "etl", "layouts", "operations", "warehouse", "bench"):
        for file in (ROOT / part).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = (
                    [node.module or "", *(item.name for item in node.names)] if isinstance(node, ast.ImportFrom) else []
                )
                # Those of plans are rows of their own, and their own tests say who reads them.
                names = [name for name in names if "plan_scenario" not in name]
                if any(READS.search(name) for name in names):
                    found.add(str(file.relative_to(ROOT)))
    assert found <= allowed | faults, found - allowed
    drawn = (ROOT / "dashboard" / "views.py").read_text(encoding="utf-8") + (ROOT / "etl" / "marts.py").read_text(
        "utf-8"
    )
    assert "scenario" not in drawn


def test_the_command_prints_what_the_page_shows(
    web_registry: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    own: Site,
) -> None:
    assert post(own, "kich-ban", Role.PLANNER, **FORM).status_code == 303
    monkeypatch.setenv("MCC_REGISTRY__URL", own.registry)
    write_snapshot(settings_for(tmp_path).snapshot_dir, Recipe(version=VERSION))
    capfdbinary.readouterr()
    assert main(["read", "scenarios", "--json", "--state", str(tmp_path)]) == 0
    rows = [orjson.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert len(rows) == 4 and all(row["supposed"] for row in rows)
    lines = reckoned(own, Levers(pace_percent=50, declines_percent=10, arrivals_weekly=900_000))
    for row in rows:
        group = {"adults_50_2021": "18plus", "all_70_2022q1": "all"}[row["target"]]
        line = lines[f"{row['target']}/{row['measure']}_{group}"]
        projection = line.supposed.projection if line.supposed else None
        assert row["expected"] == (projection.middle.isoformat() if projection and projection.middle else None)
    assert main(["read", "scenarios", "--area", "79", "--json", "--state", str(tmp_path)]) == 0
    assert not capfdbinary.readouterr().out
