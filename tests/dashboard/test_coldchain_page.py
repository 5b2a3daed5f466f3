"""The page about the cold chain: each device in its state, to the minute; the same rows in tables and files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from campaign.access import Role
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.support.people import grant
from tests.support.snapshots import Recipe

STATES = {
    "TB001": "Báo động", "TB002": "Báo động", "TB004": "Mất tín hiệu", "TB006": "Mất tín hiệu", "TB003": "Ngoài ngưỡng",
    "TB010": "Ngoài ngưỡng", "TB007": "Trục trặc", "TB011": "Không hoạt động",
}  # fmt: skip
"""In the order of the list: the worst first, then those that have been so the longest."""


def page(site: Site, query: str = "") -> dict[str, Any]:
    return site.json(f"/snap/{VERSION}/vn/coldchain{query}")


def cells(answer: dict[str, Any], table: str) -> dict[str, dict[str, str]]:
    """Texts by row and column."""
    found: dict[str, dict[str, str]] = {}
    for part in components(answer["body"]):
        name = part["props"].get("data-cell", "")
        if name.startswith(f"{table}/"):
            _, key, column = name.split("/")
            found.setdefault(key, {})[column] = text_of(part).strip()
    return found


def tiles(answer: dict[str, Any]) -> dict[str, str]:
    numbers = [part for part in components(answer["body"]) if "data-number" in part["props"]]
    found = {part["props"]["data-number"]: text_of(part) for part in numbers}
    return {name.removeprefix("device_"): text for name, text in found.items() if name.startswith("device_")}


def read_csv(site: Site, name: str, query: str = "") -> list[dict[str, str]]:
    answer = site.client.get(f"/snap/{VERSION}/vn/day-chuyen-lanh/{name}.csv{query}")
    assert answer.status_code == 200
    assert f"day-chuyen-lanh-{name}-{VERSION}.csv" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))


def test_every_device_is_in_one_state(site: Site) -> None:
    expected = {
        "alarm": "2",
        "silent": "2",
        "out": "2",
        "fault": "1",
        "never": "1",
        "good": "3",
        "not_working": "1",
        "not_in_use": "1",
    }
    assert tiles(page(site)) == expected
    assert sum(map(int, expected.values())) == len(read_csv(site, "devices"))


def test_the_list_has_who_needs_somebody_the_worst_first(site: Site) -> None:
    found = cells(page(site), "devices")
    assert list(found) == ["TB001", "TB002", "TB006", "TB004", "TB003", "TB010", "TB007", "TB011"]
    for device, state in STATES.items():
        assert found[device]["state_name"].startswith(state)
    assert "−0,8\u00a0°C" in found["TB002"]["temp_c"]
    assert "ngưỡng 2,0 đến 8,0" in found["TB002"]["temp_c"]
    assert found["TB001"]["minutes"] == "10 giờ 37 phút", "to its newest reading, as the list of what was out of range"
    assert found["TB004"]["quiet_minutes"] == "1 giờ 00 phút"
    assert found["TB001"]["store_name"].startswith("Kho ")


def test_what_was_out_of_range_alarms_first(site: Site) -> None:
    found = cells(page(site), "runs")
    assert [key.split()[0] for key in found] == ["TB001", "TB008", "TB002", "TB008", "TB002", "TB003", "TB004", "TB010"]
    assert next(iter(found.values()))["edge_name"].startswith("Báo động")
    ended = {key.split()[0]: row["ended_name"] for key, row in found.items()}
    assert (ended["TB001"], ended["TB004"]) == ("Còn tiếp", "Chưa rõ")


@pytest.mark.parametrize(("area", "devices"), [("40", 5), ("79", 4), ("01", 3)])
def test_a_province_is_a_part_of_the_nation(site: Site, area: str, devices: int) -> None:
    own = tiles(page(site, f"?area={area}"))
    assert sum(map(int, own.values())) == devices
    row = cells(page(site), "device_places")[area]
    assert {state: row[state] for state in own} == own
    assert len(read_csv(site, "devices", f"?area={area}")) == devices


def test_provinces_and_central_stores_add_up_to_the_nation(site: Site) -> None:
    rows = cells(page(site), "device_places")
    whole = rows.pop("nation")
    assert set(rows) == {"01", "40", "79", "central"}
    for column in ("devices", *tiles(page(site))):
        assert sum(int(row[column]) for row in rows.values()) == int(whole[column])


def test_files_have_the_rows_of_the_tables(site: Site) -> None:
    assert len(read_csv(site, "runs")) == len(cells(page(site), "runs"))
    places = {row["area"]: row for row in read_csv(site, "places")}
    for key, row in cells(page(site), "device_places").items():
        assert {name: places[key][name] for name in ("devices", "alarm", "good")} == {
            name: row[name] for name in ("devices", "alarm", "good")
        }


def test_a_part_of_the_country_sees_its_own_devices(site: Site) -> None:
    client = site.as_(grant(Role.VIEWER, "40"))
    answer = orjson.loads(client.get(f"/snap/{VERSION}/p-40/coldchain").get_data())
    assert set(cells(answer, "devices")) == {"TB003", "TB004", "TB006"}
    assert client.get(f"/snap/{VERSION}/p-40/coldchain?area=79").status_code == 403
    assert client.get(f"/snap/{VERSION}/p-40/day-chuyen-lanh/devices.csv?area=79").status_code == 403
    assert client.get(f"/snap/{VERSION}/vn/day-chuyen-lanh/devices.csv").status_code == 403


def test_an_older_snapshot_says_that_it_has_no_devices(make_site: Callable[..., Site]) -> None:
    old = make_site(Recipe(version=VERSION, without=("device", "device_run")))
    assert "không có số đo của từng thiết bị" in text_of(page(old)["body"])
    assert tiles(page(old)) == {}
    assert read_csv(old, "devices") == []


def test_an_unknown_file_is_named(site: Site) -> None:
    answer = site.client.get(f"/snap/{VERSION}/vn/day-chuyen-lanh/moon.csv")
    assert answer.status_code == 400
    assert answer.get_json()["allowed"] == [
        *("devices", "runs", "places", "register", "offenders", "uptime_places", "uptime_models"),
        *("capacity_places", "capacity_stores"),
    ]


def test_the_register_begins_with_what_does_not_work(site: Site) -> None:
    found = cells(page(site), "equipment")
    assert list(found)[:2] == ["TB011", "TB013"]
    assert found["TB011"]["status_name"] == "Không hoạt động"
    assert (found["TB011"]["job_name"], found["TB013"]["job_name"], found["TB001"]["job_name"]) == (
        "Đã giao",
        "Chưa có",
        "–",
    )
    # Stored or retired comes last, and a device never heard has no uptime.
    assert list(found)[-1] == "TB012"
    assert found["TB009"]["uptime_share"] == "–"


def test_a_device_that_never_told_a_temperature_has_no_green_mark(site: Site) -> None:
    marks: dict[str, str] = {}
    for part in components(page(site)["body"]):
        table, _, rest = part["props"].get("data-cell", "").partition("/")
        if table == "equipment" and rest.endswith("/status_name"):
            classes = [str(inner["props"].get("className", "")) for inner in components([part])]
            marks[rest.split("/")[0]] = next(name for name in classes if name.startswith("tag "))
    # Both work by the register.
    assert (marks["TB009"], marks["TB001"]) == ("tag tag-none", "tag tag-good")


def test_who_alarms_often_is_listed_unless_it_is_retired(site: Site) -> None:
    assert list(cells(page(site), "offenders")) == ["TB001", "TB008"]
    assert [row["equipment"] for row in read_csv(site, "offenders")] == ["TB001", "TB008"]


def test_the_usable_litres_drop_with_what_does_not_work(site: Site) -> None:
    rows = cells(page(site), "uptime_places")
    assert rows["01"]["usable_litres"] == "480,0 / 720,0"
    # The retired one is no capacity at all, and one of which nobody told the litres adds none.
    assert rows["79"]["usable_litres"] == "480,0 / 480,0"


def test_room_in_cold_storage_says_what_fits_what_does_not_and_what_nobody_knows(site: Site) -> None:
    stores = cells(page(site), "capacity_stores")
    # The national freezer of 5 litres holds more than that: such stores come first, in words and not only in colour.
    assert next(iter(stores.values()))["filled_percent"] == "Quá sức chứa"
    assert stores["NATIONAL ultra_cold"]["filled_percent"] == "Quá sức chứa"
    # Nobody told the litres of the province's only fridge: it is neither empty nor full.
    assert stores["P79 refrigerator"]["filled_percent"] == "chưa rõ"
    assert stores["P79 refrigerator"]["not_told"] == "1"
    files = {f"{row['store']} {row['storage_class']}": row for row in read_csv(site, "capacity_stores")}
    assert set(files) == set(stores)
    assert files["NATIONAL ultra_cold"]["over"] == "1"
    places = cells(page(site), "capacity_places")
    assert int(places["nation ultra_cold"]["over"]) >= 1
    assert {key.split()[0] for key in cells(page(site, "?area=79"), "capacity_places")} == {"79"}
    assert len(read_csv(site, "capacity_places")) == len(places)


def test_stores_of_others_are_counted_and_not_listed(site: Site) -> None:
    client = site.as_(grant(Role.VIEWER, "40"))
    answer = orjson.loads(client.get(f"/snap/{VERSION}/p-40/coldchain").get_data())
    assert {key.split()[0] for key in cells(answer, "capacity_stores")} <= {"P40", "D412", "S4000001"}
    assert "nation refrigerator" in cells(answer, "capacity_places")
    answer = client.get(f"/snap/{VERSION}/p-40/day-chuyen-lanh/capacity_stores.csv")
    assert "P79" not in answer.get_data(as_text=True)


def test_one_device_has_its_history_and_a_link_to_say_something(site: Site) -> None:
    answer = page(site, "?device=TB010")
    text = text_of(answer["body"])
    assert answer["chosen"] == "01"
    assert [row["status_name"] for row in cells(answer, "equipment_history").values()] == [
        "Đang hoạt động",
        "Không hoạt động",
    ]
    assert "mất điện kéo dài" in text
    links = [part["props"].get("href", "") for part in components(answer["body"])]
    assert "/day-chuyen-lanh/nhap?equipment=TB010#tinh-trang" in links


def test_a_device_of_another_province_or_none_is_refused(site: Site) -> None:
    assert site.client.get(f"/snap/{VERSION}/vn/coldchain?device=TB999").status_code == 400
    client = site.as_(grant(Role.VIEWER, "40"))
    assert client.get(f"/snap/{VERSION}/p-40/coldchain?device=TB013").status_code == 200
    assert client.get(f"/snap/{VERSION}/p-40/coldchain?device=TB001").status_code == 403


def test_a_snapshot_from_before_the_register_shows_the_rest(make_site: Callable[..., Site]) -> None:
    old = make_site(Recipe(version=VERSION, without=("equipment_now", "device_heard", "device_away")))
    answer = page(old)
    assert cells(answer, "equipment") == {}
    assert tiles(answer)["not_working"] == "0"
