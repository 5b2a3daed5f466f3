"""Runs outside the limits are those of the plain twin, whatever the order in which readings came."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.coldchain import Ended, Excursion, Limit, Reading, Side, excursions
from warehouse.coldchain import (
    ColdChainRules,
    StorageClass,
    recount_heard,
    recount_runs,
    refresh_limits,
    use_rules,
    verify_heard,
    verify_runs,
)
from warehouse.levels import forget_readings, note_devices, refresh_devices
from warehouse.writer import Warehouse

START = datetime(2021, 7, 1, tzinfo=UTC)
STEP = timedelta(minutes=30)
FRIDGE = StorageClass(
    storage_class="refrigerator", low_c=2.0, high_c=8.0, low_alarm_c=-0.5, low_alarm_minutes=60,
    low_alarm_inclusive=True, high_alarm_c=8.0, high_alarm_minutes=600, high_alarm_inclusive=False,
)  # fmt: skip
FREEZER = StorageClass(
    storage_class="freezer", low_c=-25.0, high_c=-15.0, low_alarm_c=None, low_alarm_minutes=None,
    low_alarm_inclusive=None, high_alarm_c=-15.0, high_alarm_minutes=60, high_alarm_inclusive=False,
)  # fmt: skip
RULES = ColdChainRules(
    classes=(FRIDGE, FREEZER), gap_minutes={"live": 60, "hand": 840}, flag_minutes={"power": 15, "door": 15}
)
EDGES = {
    "high": Limit(side=Side.HIGH, celsius=8.0),
    "low": Limit(side=Side.LOW, celsius=2.0),
    "low_alarm": Limit(side=Side.LOW, celsius=-0.5, inclusive=True),
}
READINGS = "core.temperature_reading"


@contextmanager
def opened(rules: ColdChainRules = RULES) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with two fridges that report live and one that is read by hand."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "warehouse", snapshot_dir=Path(folder) / "snapshots")
        connection = warehouse.connection
        for feed in ("equipment", "temperature_reading"):
            connection.execute(f"CREATE TEMP TABLE incoming_{feed} AS FROM core.{feed} LIMIT 0")
        use_rules(connection, rules)
        connection.execute(
            "INSERT INTO core.equipment (equipment_id, store_code, kind, storage_class, reporting_mode, version) "
            "SELECT unnest(['E1', 'E2', 'E3']), 'S', 'fridge', 'refrigerator', unnest(['live', 'live', 'hand']), 0"
        )
        yield connection
        warehouse.close()


def send(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], *, version: int = 1) -> None:
    """One refresh's readings: `read` steps after START; power is on and the door shut unless said."""
    connection.execute("DELETE FROM temp.incoming_temperature_reading")
    for row in rows:
        connection.execute(
            "INSERT INTO temp.incoming_temperature_reading VALUES "
            "($reading_id, $equipment_id, $read, $read, $temp_c, $power_on, true, true, $door_open, $version)",
            {"power_on": True, "door_open": False, "equipment_id": "E1"}
            | row
            | {"read": START + row["read"] * STEP, "version": version},
        )
    note_devices(connection)
    connection.execute(
        f"DELETE FROM {READINGS} WHERE reading_id IN (SELECT reading_id FROM incoming_temperature_reading)"
    )
    connection.execute(f"INSERT INTO {READINGS} BY NAME FROM temp.incoming_temperature_reading")
    refresh_devices(connection)
    connection.execute("DELETE FROM temp.incoming_equipment")


def held(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT equipment_id, edge, started_at, coalesce(ended_at, last_out_at), readings, extreme_c, ended "
        "FROM core.device_run WHERE edge IN ('high', 'low', 'low_alarm') ORDER BY ALL"
    ).fetchall()


def twin(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for device in sorted({row["equipment_id"] for row in rows}):
        told = [
            Reading(at=START + row["read"] * STEP, temp_c=row["temp_c"])
            for row in rows
            if row["equipment_id"] == device
        ]
        gap = timedelta(minutes=RULES.gap_minutes["hand" if device == "E3" else "live"])
        found += [
            _told(device, edge, item) for edge, limit in EDGES.items() for item in excursions(told, limit, gap=gap)
        ]
    return sorted(found)


def _told(device: str, edge: str, item: Excursion) -> tuple[Any, ...]:
    return (device, edge, item.start, item.end, item.readings, item.extreme_c, str(item.ended))


reading = st.fixed_dictionaries(
    {
        "reading_id": st.integers(1, 14),
        "equipment_id": st.sampled_from(["E1", "E1", "E2", "E3"]),
        "read": st.integers(0, 12),
        "temp_c": st.sampled_from([None, -1.0, -0.5, 1.9, 2.0, 5.0, 8.0, 8.1, 12.0]),
        "power_on": st.sampled_from([None, True, False]),
        "door_open": st.booleans(),
    }
)


batches_of_readings = st.lists(
    st.lists(reading, max_size=5, unique_by=lambda row: row["reading_id"]), min_size=1, max_size=5
)


def test_runs_carried_on_are_those_of_the_plain_twin() -> None:
    """Readings are new, late, doubled, corrected, taken to another device, or tell no temperature."""
    with opened() as connection:

        @settings(max_examples=60, deadline=None)
        @given(batches_of_readings)
        def check(batches: list[list[dict[str, Any]]]) -> None:
            for table in ("temperature_reading", "device_run", "device_level", "device_heard", "device_gap"):
                connection.execute(f"DELETE FROM core.{table}")
            for version, batch in enumerate(batches):
                send(connection, batch, version=version)
            assert verify_runs(connection)[1] == 0
            assert verify_heard(connection)[1] == 0
            newest = {row["reading_id"]: row for batch in batches for row in batch}
            assert held(connection) == twin(list(newest.values()))
            assert silences(connection) == silent_twin(list(newest.values()))

        check()


Silences = dict[str, tuple[datetime, datetime, list[tuple[datetime, datetime]]]]


def silences(connection: duckdb.DuckDBPyConnection) -> Silences:
    """By device: first and last temperature, and the silences between."""
    found: Silences = {
        device: (first, last, []) for device, first, last in connection.execute("FROM core.device_heard").fetchall()
    }
    for device, since, until in connection.execute("FROM core.device_gap ORDER BY ALL").fetchall():
        found[device][2].append((since, until))
    return found


def silent_twin(rows: list[dict[str, Any]]) -> Silences:
    found: Silences = {}
    for device in {row["equipment_id"] for row in rows}:
        told = sorted(
            {START + row["read"] * STEP for row in rows if row["equipment_id"] == device and row["temp_c"] is not None}
        )
        gap = timedelta(minutes=RULES.gap_minutes["hand" if device == "E3" else "live"])
        if told:
            apart = [pair for pair in pairwise(told) if pair[1] - pair[0] > gap]
            found[device] = (told[0], told[-1], apart)
    return found


def test_silences_stay_known_when_their_readings_are_let_go() -> None:
    """And a late reading splits one of them all the same; one within what was heard changes nothing."""
    with opened() as connection:
        send(connection, [{"reading_id": n, "read": read, "temp_c": 5.0} for n, read in enumerate((0, 1, 6, 7, 20))])
        forget_readings(connection, before=START + 10 * STEP, runs_before=START)
        send(connection, [{"reading_id": 10, "read": 4, "temp_c": 5.0}, {"reading_id": 11, "read": 6, "temp_c": 5.0}])
        assert silences(connection) == silent_twin(
            [{"equipment_id": "E1", "read": read, "temp_c": 5.0} for read in (0, 1, 4, 6, 7, 20)]
        )
        # The newest is taken to another device: what was known before the kept readings stands.
        send(connection, [{"reading_id": 4, "equipment_id": "E2", "read": 20, "temp_c": 5.0}], version=2)
        assert silences(connection) == {
            "E1": (START, START + 7 * STEP, [(START + STEP, START + 4 * STEP)]),
            "E2": (START + 20 * STEP, START + 20 * STEP, []),
        }
        assert verify_heard(connection) == (2, 0), "what ended before the kept readings is not looked at"


@pytest.mark.parametrize(
    ("tampering", "differing"),
    [
        ("DELETE FROM core.device_gap", 1),
        ("UPDATE core.device_gap SET to_at = to_at + INTERVAL 1 MINUTE", 2),
        ("INSERT INTO core.device_gap SELECT equipment_id, to_at, to_at + INTERVAL 3 HOUR FROM core.device_gap", 1),
        ("UPDATE core.device_heard SET last_at = last_at - INTERVAL 1 MINUTE", 2),
        ("DELETE FROM core.device_heard", 1),
    ],
)
def test_silences_that_are_not_those_of_the_readings_are_found_and_put_right(tampering: str, differing: int) -> None:
    rows = [{"reading_id": n, "read": read, "temp_c": 5.0} for n, read in enumerate((0, 1, 6, 7))]
    with opened() as connection:
        send(connection, rows)
        assert verify_heard(connection) == (2, 0)
        connection.execute(tampering)
        assert verify_heard(connection)[1] == differing
        recount_heard(connection)
        assert verify_heard(connection) == (2, 0)
        assert silences(connection) == silent_twin([row | {"equipment_id": "E1"} for row in rows])


def steady(device: str, temps: list[float | None], *, first: int = 1) -> list[dict[str, Any]]:
    return [
        {"reading_id": first + place, "equipment_id": device, "read": place, "temp_c": temp}
        for place, temp in enumerate(temps)
    ]


def test_a_changed_limit_judges_every_kept_reading_anew() -> None:
    with opened() as connection:
        send(connection, steady("E1", [5.0, 9.0, 9.0, 5.0]))
        assert [row[1] for row in held(connection)] == ["high"]
        connection.execute(
            "INSERT INTO temp.incoming_equipment SELECT * REPLACE (10.0 AS high_limit_c, 1 AS version) "
            "FROM core.equipment WHERE equipment_id = 'E1'"
        )
        connection.execute("DELETE FROM core.equipment WHERE equipment_id = 'E1'")
        connection.execute("INSERT INTO core.equipment FROM temp.incoming_equipment")
        refresh_limits(connection)
        assert held(connection) == []
        assert verify_runs(connection)[1] == 0


def test_runs_of_an_edge_that_a_device_has_no_longer_go() -> None:
    """A logger's own limit takes the place of its class: there is no alarm limit apart any more."""
    with opened() as connection:
        send(connection, steady("E1", [5.0, -1.0, -1.0, -1.0]))
        assert [row[1] for row in held(connection)] == ["low", "low_alarm"]
        connection.execute(
            "INSERT INTO temp.incoming_equipment SELECT * REPLACE (-0.5 AS low_limit_c, 1 AS version) "
            "FROM core.equipment WHERE equipment_id = 'E1'"
        )
        connection.execute("DELETE FROM core.equipment WHERE equipment_id = 'E1'")
        connection.execute("INSERT INTO core.equipment FROM temp.incoming_equipment")
        refresh_limits(connection)
        assert [row[1] for row in held(connection)] == ["low"]
        assert verify_runs(connection)[1] == 0


def test_what_is_archived_is_not_found_again() -> None:
    """Its readings are kept for the sake of a longer run."""
    rows = [row | {"door_open": row["read"] in (1, 2)} for row in steady("E1", [9.0] * 8)]
    with opened() as connection:
        send(connection, rows)
        forget_readings(connection, before=START + 5 * STEP, runs_before=START)
        door = "SELECT count(*), bool_and(archived) FROM core.device_run WHERE edge = 'door'"
        assert connection.execute(door).fetchall() == [(1, True)]
        recount_runs(connection)
        assert connection.execute(door).fetchall() == [(1, True)]
        assert verify_runs(connection)[1] == 0


def test_a_reading_without_a_temperature_is_a_fault_of_the_probe_and_one_with_it_ends_that() -> None:
    with opened(
        ColdChainRules(classes=RULES.classes, gap_minutes=RULES.gap_minutes, flag_minutes={"probe": 30})
    ) as told:
        send(told, steady("E1", [5.0, None, None, 5.0]))
        told.execute("UPDATE core.temperature_reading SET probe_ok = NULL")
        recount_runs(told)
        probe = told.execute("SELECT started_at, ended_at, ended FROM core.device_run WHERE edge = 'probe'").fetchall()
        assert probe == [(START + STEP, START + 3 * STEP, "back_in_range")]


def test_a_limit_of_its_own_is_both_range_and_alarm() -> None:
    """A device's own limit is itself inside, and wins over the alarm limit of its class."""
    with opened() as connection:
        connection.execute("UPDATE core.equipment SET low_limit_c = 3.0 WHERE equipment_id = 'E1'")
        edges = connection.execute(
            "SELECT edge, celsius, inclusive, alarm_minutes FROM core.device_edge "
            "WHERE equipment_id = 'E1' AND celsius IS NOT NULL ORDER BY edge"
        ).fetchall()
        assert edges == [("high", 8.0, False, 600), ("low", 3.0, False, 60)]


def test_the_alarm_limit_of_a_class_is_an_edge_of_its_own() -> None:
    with opened() as connection:
        edges = connection.execute(
            "SELECT edge, celsius, inclusive, alarm_minutes FROM core.device_edge "
            "WHERE equipment_id = 'E2' AND celsius IS NOT NULL ORDER BY edge"
        ).fetchall()
        assert edges == [("high", 8.0, False, 600), ("low", 2.0, False, None), ("low_alarm", -0.5, True, 60)]


def test_in_a_freezer_cold_is_no_alarm() -> None:
    with opened() as connection:
        connection.execute("UPDATE core.equipment SET storage_class = 'freezer' WHERE equipment_id = 'E2'")
        edges = connection.execute(
            "SELECT edge, celsius, alarm_minutes FROM core.device_edge "
            "WHERE equipment_id = 'E2' AND celsius IS NOT NULL ORDER BY edge"
        ).fetchall()
        assert edges == [("high", -15.0, 60), ("low", -25.0, None)]


def test_other_rules_judge_every_kept_reading_anew() -> None:
    with opened() as connection:
        send(connection, steady("E1", [5.0, 9.0, 9.0, None, None, 9.0, 5.0]))
        assert [(row[4], row[6]) for row in held(connection)] == [(2, "unknown"), (1, "back_in_range")]
        assert len(silences(connection)["E1"][2]) == 1
        wider = ColdChainRules(classes=RULES.classes, gap_minutes={"live": 120, "hand": 840}, flag_minutes={})
        assert use_rules(connection, wider)
        assert [(row[4], row[6]) for row in held(connection)] == [(3, "back_in_range")]
        assert silences(connection)["E1"][2] == []
        assert verify_heard(connection)[1] == 0
        assert not use_rules(connection, wider)


@pytest.mark.parametrize("read_again", [False, True])
def test_letting_readings_go_leaves_what_they_said(*, read_again: bool) -> None:
    """What goes on over the edge of what is kept stays whole, and what ended before it stays as it was."""
    ended, going_on = [9.0, 9.0, 5.0], [9.0] * 6
    with opened() as connection:
        send(connection, steady("E1", [*ended, *going_on]))
        before = held(connection)
        assert [(row[4], row[6]) for row in before] == [(2, "back_in_range"), (6, "ongoing")]
        edge = START + 6 * STEP
        assert forget_readings(connection, before=edge, runs_before=START) == 3
        assert held(connection) == before
        assert verify_runs(connection)[1] == 0
        if read_again:
            recount_runs(connection)
        send(connection, [{"reading_id": 50, "equipment_id": "E1", "read": 9, "temp_c": 5.0}])
        after = held(connection)
        assert after[0] == before[0]
        assert (after[1][2], after[1][4], after[1][6]) == (before[1][2], 6, str(Ended.BACK_IN_RANGE))
        assert verify_runs(connection)[1] == 0
        assert forget_readings(connection, before=START + 20 * STEP, runs_before=START + 5 * STEP) == 7
        assert [row[4] for row in held(connection)] == [6]


def test_faults_told_by_a_flag_are_runs_too() -> None:
    rows = [
        {"reading_id": place, "read": place, "temp_c": 5.0, "power_on": on}
        for place, on in enumerate([True, False, None, False, True], start=1)
    ]
    with opened() as connection:
        send(connection, rows)
        found = connection.execute(
            "SELECT edge, started_at, ended_at, readings, extreme_c FROM core.device_run"
        ).fetchall()
        assert found == [("power", START + 2 * STEP, START + 5 * STEP, 2, None)]
