"""Monitoring messages: what of them is a reading, what is refused, and that our fields are those of the real schema."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from campaign.ems_readings import StateRules, device_readings
from campaign.formats.ems import MOST_FAULTS, MOST_RECORDS, MOST_REPORTS, EmsBad, EmsLarge, read_ems
from campaign.formats.ems_fields import META, NUMBERS, RECORD_NEEDS, REPORT_NEEDS, TEXTS, Kind
from tests.support.monitoring import abst, message, monitor_report, record, report

RULES = StateRules(battery_days=1, door_seconds=450)


@pytest.fixture(scope="session")
def schema(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "real" / "ems_schema" / "cce-interop-0.8.1.json").read_text("utf-8"))
    return found


def told(*records: dict[str, Any], storage_class: str = "refrigerator") -> list[tuple[Any, ...]]:
    found = read_ems(message("1", report("S1", records)))
    return [
        (item.temp_c, item.power_on, item.battery_ok, item.probe_ok, item.door_open)
        for item in device_readings(found.reports[0].records, found.kind, storage_class, RULES)
    ]


def faults(body: object) -> list[tuple[str, bool]]:
    with pytest.raises(EmsBad) as bad:
        read_ems(body)
    return [(fault.field, fault.shape) for fault in bad.value.faults]


def test_our_fields_are_those_of_the_schema(schema: dict[str, Any]) -> None:
    parts = schema["$defs"]
    assert set(META) == set(parts["transmission-metadata"]["required"])
    names = {Kind.EMS: "ems", Kind.RTM: "rtmd"}
    for kind, name in names.items():
        assert set(REPORT_NEEDS[kind]) == set(parts[f"{name}-report"]["required"])
        assert set(RECORD_NEEDS[kind]) == set(parts[f"{name}-record"]["required"])
    fields = parts["PQS-DS01-objects"]
    for name, span in NUMBERS.items():
        one = fields[name]
        assert (span.least, span.most) == (one["minimum"], one["maximum"]), name
        assert span.empty == ("null" in one["type"]), name
    assert all("string" in fields[name]["type"] for name in TEXTS)


def test_the_first_example_of_the_schema_is_taken_whole(schema: dict[str, Any]) -> None:
    found = read_ems(schema["examples"][0])
    assert [len(item.records) for item in found.reports] == [6]
    readings = device_readings(found.reports[0].records, found.kind, "refrigerator", RULES)
    assert {item.temp_c for item in readings} == {4.7}
    assert all(item.power_on and item.battery_ok and item.probe_ok and not item.door_open for item in readings)


def test_of_the_second_example_records_of_the_room_alone_are_no_readings(schema: dict[str, Any]) -> None:
    example = schema["examples"][1]
    found = read_ems(example)
    readings = device_readings(found.reports[0].records, found.kind, "refrigerator", RULES)
    samples = example["data"][0]["records"]
    assert [item.temp_c for item in readings] == [item["TVC"] for item in samples if "TVC" in item]


def test_what_a_record_says_of_its_device() -> None:
    assert told(record()) == [(4.7, True, True, True, False)]
    assert told(record(SVA=0)) == [(4.7, False, True, True, False)]
    assert told(record(SVA=1)) == [(4.7, True, True, True, False)]
    assert told(record(MSW=False)) == [(4.7, False, True, True, False)]
    assert told(record(SVA=None)) == [(4.7, None, True, True, False)]
    assert told(record(BEMD=0.9)) == [(4.7, True, False, True, False)]
    assert told(record(BEMD=1.0)) == [(4.7, True, True, True, False)]
    assert told(record(BEMD=None, BLOG=0)) == [(4.7, True, False, True, False)]
    assert told(record(DORV=450)) == [(4.7, True, True, True, True)]
    assert told(record(DORV=449)) == [(4.7, True, True, True, False)]
    assert told(record(TVC=None)) == [(None, True, True, False, False)]
    assert told(record(EERR="E12")) == [(4.7, True, True, False, False)]
    assert told(record(LERR=" ")) == [(4.7, True, True, True, False)]


def test_the_temperature_is_that_of_the_class() -> None:
    both = record(TVC=4.0, TFRZ=-18.0)
    assert told(both)[0][0] == 4.0
    assert told(both, storage_class="freezer")[0][0] == -18.0
    assert told(record(TVC=-19.0), storage_class="freezer")[0][0] == -19.0
    assert told(record(TFRZ=-72.0), storage_class="ultra_cold")[0][0] == -72.0


def test_the_order_of_records_does_not_matter_and_doubles_count_once() -> None:
    records = [record(count % 7, TVC=float(count), SVA=count % 3) for count in range(20)]
    first = told(*records)
    assert len(first) == 7
    assert first[0][0] == 14.0, "of 0, 7 and 14 the one furthest from 5"
    for seed in range(20):
        mixed = records + records[:5]
        random.Random(seed).shuffle(mixed)
        assert told(*mixed) == first


def test_a_monitor_tells_compartment_and_room_apart() -> None:
    room = {name: value for name, value in record(TAMB=30.0).items() if name not in {"TVC", "BLOG", "CMPR", "LERR"}}
    inside = {**room, "TVC": 6.5}
    del inside["TAMB"]
    found = read_ems(
        message("1", monitor_report("S1", [room, inside, {**room, "ABST": record(1)["ABST"]}]), kind="rtm")
    )
    readings = device_readings(found.reports[0].records, found.kind, "refrigerator", RULES)
    assert [(item.temp_c, item.probe_ok) for item in readings] == [(6.5, True)]


def test_a_clock_in_1970_is_no_fault_of_the_message() -> None:
    assert read_ems(message("1", report("S1", [record(ABST="19700101T000500Z")]))).reports[0].records[0].at.year == 1970


@pytest.mark.parametrize(
    ("body", "field", "shape"),
    [
        ([], "message", True),
        ({"data": []}, "meta", True),
        (message("1"), "data", True),
        (message("1", report("S1", [])), "data[0].records", True),
        (message("1", report("S1", [{**record(), "TVC": "4.7"}])), "data[0].records[0].TVC", True),
        (message("1", report("S1", [record(TVC=True)])), "data[0].records[0].TVC", True),
        (message("1", report("S1", [record(), record(1, TVC=75.2)])), "data[0].records[1].TVC", False),
        (message("1", report("S1", [record(TAMB=None)])), "data[0].records[0].TAMB", True),
        (message("1", report("S1", [record(DORV=901)])), "data[0].records[0].DORV", False),
        (message("1", report("S1", [record(ABST="2021-11-20T01:00:00Z")])), "data[0].records[0].ABST", False),
        (message("1", report("S1", [record(ABST="20211320T010000Z")])), "data[0].records[0].ABST", False),
        (message("1", report("S1", [record(MSW="off")])), "data[0].records[0].MSW", True),
        (message("1", report("S1", [record()], ESER=7)), "data[0].ESER", True),
        (message("1", report("S1", [record()]), schemaVersion="1.0"), "meta.schemaVersion", False),
        (message("1", report("S1", [record()]), kind="logger"), "meta.transferType", False),
        (message("", report("S1", [record()])), "meta.transferId", False),
        (message("1", report("S1", [record()]), transferredAt="yesterday"), "meta.transferredAt", False),
    ],
)
def test_what_is_wrong_is_named(body: object, field: str, shape: bool) -> None:
    assert (field, shape) in faults(body)


def test_every_fault_is_counted_and_the_first_are_told() -> None:
    bad = message("1", report("S1", [record(count, TVC=99) for count in range(50)]))
    with pytest.raises(EmsBad) as found:
        read_ems(bad)
    assert found.value.count == 50
    assert len(found.value.faults) == 20
    assert "Fahrenheit" in str(found.value)


def test_a_message_that_is_wrong_throughout_is_not_read_to_its_end() -> None:
    body = {**message("1"), "data": [{}] * MOST_REPORTS}
    with pytest.raises(EmsBad, match=f"and at least {MOST_FAULTS - 1} more") as found:
        read_ems(body)
    assert (found.value.count, len(found.value.faults), found.value.shape) == (MOST_FAULTS, 20, True)


@pytest.mark.parametrize("data", [[{}] * (MOST_REPORTS + 1), [{"records": [0] * (MOST_RECORDS // 2 + 1)}] * 2])
def test_more_than_one_message_holds_is_told_to_come_in_parts(data: list[dict[str, Any]]) -> None:
    with pytest.raises(EmsLarge, match="send it in parts"):
        read_ems({**message("1"), "data": data})


def test_a_missing_field_is_named_for_each_record() -> None:
    one = record()
    del one["TAMB"]
    assert faults(message("1", report("S1", [one]))) == [("data[0].records[0].TAMB", True)]
    assert abst(read_ems(message("1", report("S1", [record()]))).reports[0].records[0].at) == record()["ABST"]
