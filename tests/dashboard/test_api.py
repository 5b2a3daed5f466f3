"""Figures for machines: who may ask, of which snapshot, what comes back, and what is said of a bad question."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli.places import as_role
from dashboard.api.document import document
from dashboard.api.resources import RESOURCES
from dashboard.door.table import ROUTES
from operations import readers
from operations.action_log import ActRefused, connect
from settings import ApiSettings
from tests.dashboard.conftest import VERSION, Site
from tests.support.readers import Machine, token_for
from tests.support.snapshots import AS_OF, Recipe, write_snapshot

NEEDED = {"districts": "area=79", "dhis2/dataValueSets": "period=202111"}
ROOT = Path(__file__).resolve().parents[2]


def asked(name: str) -> str:
    return f"{name}?{NEEDED[name]}" if name in NEEDED else name


@pytest.fixture(scope="module")
def nation(site: Site) -> Machine:
    return Machine(site.app.server.test_client(), token_for(site.registry))


@pytest.fixture(scope="module")
def province(site: Site) -> Machine:
    return Machine(site.app.server.test_client(), token_for(site.registry, "79"))


def problem(answer: Any, status: int, kind: str) -> dict[str, Any]:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.get_data(as_text=True)
    told: dict[str, Any] = answer.get_json()
    assert (told["status"], told["type"]) == (status, f"urn:problem:{kind}")
    return told


@pytest.mark.parametrize("name", RESOURCES)
def test_every_answer_is_what_the_document_says(nation: Machine, name: str) -> None:
    schemas = document(ApiSettings())["components"]["schemas"]
    told = nation.json(asked(name))
    jsonschema.validate(told, {**schemas[RESOURCES[name].id], "components": {"schemas": schemas}})
    assert told.get("rows", told.get("dataValues")), "nothing was checked: the snapshot must have something to show"


@pytest.mark.parametrize("name", [name for name, item in RESOURCES.items() if item.is_paged])
def test_the_file_has_the_rows_of_the_answer(nation: Machine, name: str) -> None:
    joint = "&" if name in NEEDED else "?"
    text = nation.get(f"{asked(name)}{joint}format=csv").get_data(as_text=True)
    lines = list(csv.reader(io.StringIO(text)))
    rows = nation.rows(asked(name))
    assert lines[0] == [column.name for column in RESOURCES[name].columns] == list(rows[0])
    assert len(lines) == len(rows) + 1


def test_without_a_good_token_nothing_is_told(site: Site, nation: Machine) -> None:
    client = site.app.server.test_client()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        answer = client.get("/api/v1/coverage", headers=headers)
        problem(answer, 401, "token")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert client.get("/api/v1/openapi.json").status_code == 200
    # A session is no token: no other site can make a browser read figures here.
    problem(site.client.get("/api/v1/coverage"), 401, "token")
    assert nation.get("coverage").status_code == 200


def test_a_token_ends_and_is_withdrawn_at_once(site: Site, make_site: Callable[..., Site]) -> None:
    now = [datetime.now(UTC)]
    made = make_site(Recipe(version=VERSION), deps={"wall": lambda: now[0]})
    url = as_role(made.registry, "mcc_app")
    name = f"ends-{now[0]:%H%M%S%f}"
    machine = Machine(made.app.server.test_client(), token_for(made.registry, days=2, name=name))
    assert machine.get("headline").status_code == 200
    with pytest.raises(ActRefused, match="has a token"):
        token_for(made.registry, name=name)
    now[0] += timedelta(days=2, minutes=5)
    problem(machine.get("headline"), 401, "token")
    now[0] -= timedelta(days=1)
    assert machine.get("headline").status_code == 200
    readers.withdraw(url, name=name, actor="shell", now=now[0])
    problem(machine.get("headline"), 401, "token")
    with connect(url) as connection:
        rows = connection.execute(
            "SELECT action, detail FROM operations.audit WHERE subject = %s ORDER BY audit_id", [f"reader:{name}"]
        ).fetchall()
        kept = connection.execute("SELECT token_hash FROM operations.api_token WHERE reader = %s", [name]).fetchall()
    assert [row["action"] for row in rows] == ["api_token_made", "api_token_withdrawn"]
    assert rows[0]["detail"]["scope"] == "vn"
    assert all(machine.token.encode() not in bytes(row["token_hash"]) for row in kept)


@pytest.mark.parametrize("name", [name for name, item in RESOURCES.items() if item.of_snapshot])
def test_a_province_sees_its_own_and_the_nation_s_totals(province: Machine, name: str) -> None:
    told = province.json(asked(name))
    if "dataValues" in told:
        assert {value["orgUnit"] for value in told["dataValues"]} == {"VN-SG"}
        return
    assert told["scope"] == "p-79"
    assert {row["area"] for row in told["rows"] if "area" in row} <= {"79", "nation"}


@pytest.mark.parametrize("name", ["headline", "targets", "coverage", "provinces", "days", "stock", "overdue", "ages"])
def test_another_province_is_refused_and_written_down(site: Site, province: Machine, name: str) -> None:
    told = problem(province.get(f"{name}?area=01"), 403, "scope")
    assert told["errors"][0]["field"] == "area"
    with connect(as_role(site.registry, "mcc_app")) as connection:
        row = connection.execute(
            "SELECT actor, outcome, detail FROM operations.audit WHERE subject = %s ORDER BY audit_id DESC LIMIT 1",
            [f"/api/v1/{name}"],
        ).fetchone()
    assert row is not None
    assert row["actor"].startswith("reader:")
    assert (row["outcome"], row["detail"]["scope"]) == ("refused", "p-01")


def test_the_same_answer_is_not_sent_twice(nation: Machine, province: Machine) -> None:
    first = nation.get("coverage")
    etag = first.headers["ETag"]
    again = nation.get("coverage", If_None_Match=etag)
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in first.headers["Vary"]
    assert nation.get("coverage?denominator=portal_2021", If_None_Match=etag).status_code == 200
    assert province.get("coverage", If_None_Match=etag).status_code == 200, "another scope has another answer"


def test_pages_fit_together(nation: Machine) -> None:
    whole = nation.rows("coverage")
    address, found = "coverage?limit=7", []
    while address:
        answer = nation.get(address)
        told = answer.get_json()
        found += told["rows"]
        link = answer.headers.get("Link", "")
        assert (link == "") == (told["next"] is None)
        if told["next"]:
            assert f"snapshot={VERSION}" in told["next"]
            assert link == f'<{told["next"]}>; rel="next"'
        address = (told["next"] or "").removeprefix("/api/v1/")
    assert found == whole
    assert nation.rows("coverage?offset=100000") == []


def test_a_past_snapshot_answers_by_number_and_by_time(make_site: Callable[..., Site]) -> None:
    made = make_site(Recipe(version=1, as_of=AS_OF - timedelta(days=7)))
    write_snapshot(made.folder, Recipe(version=2, extra=(("79", 1000),)))
    machine = Machine(made.app.server.test_client(), token_for(made.registry))
    assert [row["snapshot"] for row in machine.rows("snapshots")] == [2, 1]
    doses = {number: machine.rows(f"headline?snapshot={number}")[0]["value"] for number in (1, 2)}
    assert doses[1] < doses[2] == machine.rows("headline")[0]["value"]
    week_ago = (AS_OF - timedelta(days=1)).isoformat().replace("+", "%2B")
    told = machine.json(f"headline?as_of={week_ago}")
    assert (told["snapshot"], told["rows"][0]["value"]) == (1, doses[1])
    assert told["as_of"] == (AS_OF - timedelta(days=7)).isoformat()
    long_ago = problem(machine.get("headline?as_of=2020-01-01T00:00:00Z"), 404, "unknown")
    assert "2021-11-15" in long_ago["errors"][0]["fix"]
    gone = problem(machine.get("headline?snapshot=9"), 404, "unknown")
    assert gone["errors"] == [
        {"field": "snapshot", "wrong": "is '9', which is not there", "fix": "the nearest that is kept is 2"}
    ]
    problem(machine.get(f"headline?snapshot=2&as_of={week_ago}"), 409, "conflict")
    assert machine.json(f"headline?snapshot=1&as_of={week_ago}")["snapshot"] == 1


@pytest.mark.parametrize(
    ("address", "status", "field"),
    [
        ("coverage?limit=0", 400, "limit"),
        ("coverage?limit=5001", 400, "limit"),
        ("coverage?limit=1.0", 400, "limit"),
        ("coverage?limit=٣", 400, "limit"),
        ("coverage?limit=", 400, "limit"),
        ("coverage?limit=1&limit=2", 400, "limit"),
        ("coverage?offset=-1", 400, "offset"),
        ("coverage?format=xml", 400, "format"),
        ("coverage?colour=red", 400, "colour"),
        ("coverage?area=", 400, "area"),
        ("coverage?area=7%0A9", 400, "area"),
        ("coverage?area=ZZ", 404, "area"),
        ("coverage?denominator=guess", 404, "denominator"),
        ("coverage?snapshot=now", 400, "snapshot"),
        ("coverage?as_of=2021-11-22", 400, "as_of"),
        ("coverage?as_of=2021-13-22T00:00:00Z", 400, "as_of"),
        ("days?since=2021-02-30", 400, "since"),
        ("days?group=65plus", 400, "group"),
        ("districts", 400, "area"),
        ("dhis2/dataValueSets", 400, "period"),
        ("dhis2/dataValueSets?period=202113", 400, "period"),
        ("dhis2/dataValueSets?period=20211131", 404, "period"),
        ("dhis2/dataValueSets?period=202206", 404, "period"),
        ("nothing", 404, "address"),
        ("coverage/more", 404, "address"),
    ],
)
def test_a_bad_question_is_told_the_field_and_the_fix(nation: Machine, address: str, status: int, field: str) -> None:
    told = problem(nation.get(address), status, "parameter" if status == 400 else "unknown")
    (fault,) = told["errors"]
    assert fault["field"] == field
    assert fault["fix"]


def test_nothing_can_be_sent(nation: Machine) -> None:
    for method in ("post", "put", "delete", "patch"):
        answer = getattr(nation.client, method)(
            "/api/v1/coverage", headers={"Authorization": f"Bearer {nation.token}"}, data=b"x" * 100
        )
        problem(answer, 405, "method")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_too_many_questions_wait_for_the_next_minute(make_site: Callable[..., Site]) -> None:
    now = [datetime.now(UTC).replace(second=20)]
    made = make_site(Recipe(version=VERSION), deps={"wall": lambda: now[0]}, api__per_minute=3)
    machine = Machine(made.app.server.test_client(), token_for(made.registry))
    other = Machine(made.app.server.test_client(), token_for(made.registry))
    assert [machine.get("snapshots").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = machine.get("snapshots")
    problem(answer, 429, "often")
    assert 39 <= int(answer.headers["Retry-After"]) <= 40
    assert other.get("snapshots").status_code == 200
    now[0] += timedelta(seconds=41)
    assert machine.get("snapshots").status_code == 200


def test_without_the_registry_nobody_is_let_in(make_site: Callable[..., Site]) -> None:
    made = make_site(Recipe(version=VERSION))
    machine = Machine(made.app.server.test_client(), token_for(made.registry))
    assert machine.get("headline").status_code == 200
    (made.deps.settings.state / "registry-down").touch()
    answer = machine.get("headline")
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "10"


def test_before_the_first_snapshot_it_says_so(make_site: Callable[..., Site]) -> None:
    made = make_site()
    machine = Machine(made.app.server.test_client(), token_for(made.registry))
    problem(machine.get("coverage"), 503, "unavailable")
    problem(machine.get("coverage?snapshot=3"), 404, "unknown")


def test_the_document_and_the_routes_are_one_table(site: Site) -> None:
    told = site.app.server.test_client().get("/api/v1/openapi.json").get_json()
    assert told["openapi"] == "3.1.0"
    assert {path.removeprefix("/api/v1/") for path in told["paths"]} == set(RESOURCES)
    for path, item in told["paths"].items():
        names = [parameter["name"] for parameter in item["get"]["parameters"]]
        assert len(names) == len(set(names)), path
    for resource in RESOURCES.values():
        assert all(column.told for column in resource.columns)
    assert {"api", "api_document"} <= set(ROUTES)


def test_the_exchange_is_what_dhis2_takes(nation: Machine) -> None:
    """The schema is written from DHIS2's developer guide; sums are those of the pages."""
    schema = json.loads((ROOT / "data/schemas/dhis2_data_value_set.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for period, days in {
        "202111": ("2021-11-01", "2021-11-30"),
        "2021W46": ("2021-11-15", "2021-11-21"),
        "20211120": ("2021-11-20", "2021-11-20"),
    }.items():
        told = nation.json(f"dhis2/dataValueSets?period={period}")
        jsonschema.validate(told, schema)
        values = told["dataValues"]
        keys = [(v["dataElement"], v["orgUnit"], v["categoryOptionCombo"]) for v in values]
        assert len(keys) == len(set(keys)), "a value was sent twice: the later one would stand"
        rows = nation.rows(f"days?since={days[0]}&until={days[1]}&limit=1000")
        for element, name in (("MCC_DOSES", "doses"), ("MCC_DOSE1_PEOPLE", "dose1_people")):
            sent = sum(int(v["value"]) for v in values if v["dataElement"] == element)
            assert sent == sum(row[name] for row in rows) > 0, (period, element)
        adults = nation.rows(f"days?group=18plus&since={days[0]}&until={days[1]}&limit=1000")
        combos = {"MCC_AGE_18_64", "MCC_AGE_65PLUS"}
        of_adults = [v for v in values if v["dataElement"] == "MCC_FULL_PEOPLE" and v["categoryOptionCombo"] in combos]
        assert sum(int(v["value"]) for v in of_adults) == sum(row["full_people"] for row in adults)
    assert not re.search(r"\s", values[0]["orgUnit"])


def test_what_is_wrong_is_found_by_the_schema() -> None:
    """The schema is not deaf."""
    schema = json.loads((ROOT / "data/schemas/dhis2_data_value_set.schema.json").read_text("utf-8"))
    value = {
        "dataElement": "A", "period": "202111", "orgUnit": "B", "categoryOptionCombo": "C", "value": "1",
    }  # fmt: skip
    schemes = {f"{name}IdScheme": "CODE" for name in ("dataElement", "orgUnit", "categoryOptionCombo")}
    jsonschema.validate({**schemes, "dataValues": [value]}, schema)
    for wrong in (
        {"value": 1}, {"value": "-1"}, {"value": "01"}, {"period": "2021-11"}, {"period": "2021W01"}, {"orgUnit": ""},
        {"dataelement": "A"},
    ):  # fmt: skip
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**schemes, "dataValues": [{**value, **wrong}]}, schema)
