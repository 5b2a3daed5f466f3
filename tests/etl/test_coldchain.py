"""From readings in the registry to what an operator sees: runs, states, alerts, one incident for one district."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import psycopg

from campaign.alerts import Condition
from campaign.devices import DeviceState, judge_all
from campaign.trust import ClockLimits
from cli.coldchain_wiring import cold_chain_conditions, cold_chain_rules
from cli.pipeline import incident_rules
from operations.alerts import evaluate
from tests.support.centre import WALL, Centre
from warehouse import reads
from warehouse.maintenance import Retention
from warehouse.reads_coldchain import cold_chain

Told = tuple[str, float, float | None, bool]
"""Device, minutes before WALL, temperature, whether it had power."""


def add_devices(url: str, *devices: str, mode: str = "live") -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry.area (code, level, name_vi, parent_code, source, valid_from) "
            "VALUES ('760', 'district', 'Quận 1', '79', 'test', '2021-01-01') "
            "ON CONFLICT DO NOTHING"
        )
        cursor.execute("UPDATE registry.store SET district_code = '760' WHERE code = 'S-79-A'")
        cursor.executemany(
            "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode) "
            "VALUES (%s, 'S-79-A', 'ice_lined', 'refrigerator', %s)",
            [(device, mode) for device in devices],
        )


def add_readings(url: str, told: Iterable[Told], *, first: int) -> None:
    rows = [
        (first + place, device, at := WALL - timedelta(minutes=minutes), at, temp_c, power)
        for place, (device, minutes, temp_c, power) in enumerate(told)
    ]
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c, "
            "power_on) VALUES (%s, %s, %s, %s, %s, %s)",
            rows,
        )


def states(centre: Centre) -> dict[str, DeviceState]:
    found = cold_chain(centre.snapshots, centre.snapshots.current())
    limits = ClockLimits(**centre.settings.clock.model_dump())
    return {
        item.device.equipment_id: item.state
        for item in judge_all(found.devices, found.runs, now=found.now, limits=limits)
    }


def conditions(centre: Centre) -> list[Condition]:
    version = centre.snapshots.current()
    return cold_chain_conditions(
        centre.settings, centre.snapshots, version, reads.feed_statuses(centre.snapshots, version)
    )


def look(centre: Centre, found: Iterable[Condition], *, after: float = 0) -> None:
    evaluate(
        centre.url,
        found,
        now=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=after),
        hold=timedelta(seconds=60),
        keep_resolved=timedelta(hours=1),
        rules=incident_rules(centre.settings.alerts),
    )


def incidents(url: str) -> list[tuple[str, int, bool]]:
    """Rule, members, whether it goes on."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT i.rule, count(*), i.over_at IS NULL FROM operations.incident i "
            "JOIN operations.alert a USING (incident_id) GROUP BY i.incident_id ORDER BY 1"
        ).fetchall()


def test_forty_fridges_without_power_are_one_incident_and_each_rule_has_its_own(centre: Centre) -> None:
    dark = [f"T{number:02d}" for number in range(40)]
    add_devices(centre.url, *dark, "FROST", "WARM", "QUIET", "GOOD", "NEW")
    add_devices(centre.url, "HAND", mode="hand")
    every = list(range(600, -1, -10))
    add_readings(centre.url, [(device, minutes, 5.0, False) for device in dark for minutes in (15, 10, 5, 0)], first=1)
    add_readings(centre.url, [("FROST", minutes, -0.5, True) for minutes in (60, 40, 20, 0)], first=1_000)
    add_readings(centre.url, [("WARM", minutes, 8.1, True) for minutes in every], first=2_000)
    add_readings(centre.url, [("QUIET", 60, 5.0, True), ("GOOD", 59, 5.0, True), ("HAND", 840, 5.0, True)], first=3_000)
    centre.refresh()
    found = states(centre)
    assert {device: found[device] for device in ("FROST", "WARM", "QUIET", "GOOD", "HAND", "NEW")} == {
        "FROST": DeviceState.ALARM,
        "WARM": DeviceState.ALARM,
        "QUIET": DeviceState.SILENT,
        "GOOD": DeviceState.GOOD,
        "HAND": DeviceState.SILENT,
        "NEW": DeviceState.NEVER,
    }
    assert {found[device] for device in dark} == {DeviceState.FAULT}
    look(centre, conditions(centre))
    assert incidents(centre.url) == [
        ("coldchain_high", 1, True),
        ("coldchain_low", 1, True),
        ("coldchain_power", 40, True),
        ("coldchain_silent", 2, True),
    ]


def test_late_readings_say_how_it_was(centre: Centre) -> None:
    """The middle of a night comes after its end: two runs of it become one, and the alarm with them."""
    add_devices(centre.url, "F")
    add_readings(centre.url, [("F", minutes, -1.0, True) for minutes in (150, 140, 30, 0)], first=1)
    centre.refresh()
    assert states(centre) == {"F": DeviceState.OUT}
    add_readings(centre.url, [("F", minutes, -1.0, True) for minutes in range(135, 30, -15)], first=100)
    centre.refresh()
    assert states(centre) == {"F": DeviceState.ALARM}
    runs = centre.rows("SELECT edge, readings, ended FROM device_run ORDER BY edge")
    assert [tuple(row.values()) for row in runs] == [("low", 11, "ongoing"), ("low_alarm", 11, "ongoing")]
    add_readings(centre.url, [("F", 75, 4.0, True)], first=200)
    centre.refresh()
    assert states(centre) == {"F": DeviceState.ALARM}
    found = centre.refresher.night(Retention(readings_days=14, run_days=400, audit_days=90))
    assert found.cells_differing == 0


def test_a_night_of_a_fridge_read_by_hand_is_told_although_it_is_over(centre: Centre) -> None:
    add_devices(centre.url, "HAND", mode="hand")
    add_readings(centre.url, [("HAND", 725, -5.0, True)], first=1)
    centre.refresh()
    assert states(centre) == {"HAND": DeviceState.OUT}
    assert [item.rule for item in conditions(centre)] == []
    add_readings(centre.url, [("HAND", 5, 4.0, True)], first=2)
    centre.refresh()
    assert states(centre) == {"HAND": DeviceState.GOOD}
    assert [item.rule for item in conditions(centre)] == ["coldchain_low"]


def test_a_limit_that_changes_while_no_reading_comes_is_applied(centre: Centre) -> None:
    add_devices(centre.url, "F")
    add_readings(centre.url, [("F", minutes, 9.0, True) for minutes in (30, 0)], first=1)
    centre.refresh()
    assert states(centre) == {"F": DeviceState.OUT}
    with psycopg.connect(centre.url) as connection:
        connection.execute("REVOKE SELECT ON feed.temperature_reading FROM mcc_etl")
        connection.execute("UPDATE registry.equipment SET high_limit_c = 10")
    centre.refresh()
    assert states(centre) == {"F": DeviceState.GOOD}


def test_a_dead_feed_keeps_silences_that_are_told_and_raises_none(centre: Centre) -> None:
    add_devices(centre.url, "A", "B")
    add_readings(centre.url, [("A", 70, 5.0, True), ("B", 55, 5.0, True)], first=1)
    centre.refresh()
    look(centre, conditions(centre))
    assert incidents(centre.url) == [("coldchain_silent", 1, True)]
    with psycopg.connect(centre.url) as connection:
        connection.execute("REVOKE SELECT ON feed.temperature_reading FROM mcc_etl")
    centre.later = timedelta(minutes=20)
    centre.refresh()
    assert states(centre) == {"A": DeviceState.SILENT, "B": DeviceState.SILENT}
    look(centre, conditions(centre), after=1200)
    assert incidents(centre.url) == [("coldchain_silent", 1, True)]


def test_a_threshold_that_a_person_set_holds_from_the_next_refresh_on_and_ends_with_it(centre: Centre) -> None:
    """Ten minutes without power are no alarm by config.yaml, and are one once somebody set five."""
    add_devices(centre.url, "F")
    add_readings(centre.url, [("F", minutes, 5.0, False) for minutes in (10, 5, 0)], first=1)
    centre.refresh()
    assert states(centre) == {"F": DeviceState.GOOD}
    power = centre.settings.coldchain.model_copy(update={"power_minutes": 5})
    centre.refresher.judge_devices_by(cold_chain_rules(centre.settings.model_copy(update={"coldchain": power})))
    centre.refresh()
    assert states(centre) == {"F": DeviceState.FAULT}
    centre.refresher.judge_devices_by(cold_chain_rules(centre.settings))
    centre.refresh()
    assert states(centre) == {"F": DeviceState.GOOD}
