"""Room in cold storage and hours of hold, from the registry to the alerts: a fridge goes down, its litres with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import LiteralString
from zoneinfo import ZoneInfo

import psycopg

from campaign.alerts import Condition
from campaign.cold_capacity import Room
from cli.coldchain_wiring import cold_chain_conditions
from cli.stock_wiring import stock_conditions
from tests.support.centre import WALL, Centre
from warehouse import reads
from warehouse.reads_capacity import cold_capacity
from warehouse.reads_coldchain import cold_chain
from warehouse.reference import load_capacity_rules

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
STORE = "S-79-A"


def run(centre: Centre, query: LiteralString, *values: object) -> None:
    with psycopg.connect(centre.url) as connection:
        connection.execute(query, values)


def stocked(centre: Centre) -> None:
    """Two fridges of 10 litres in a store with 6,000 doses of AstraZeneca, which take 12.6."""
    run(
        centre,
        "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode, litres, "
        "holdover_hours) VALUES ('F1', 'S-79-A', 'fridge', 'refrigerator', 'live', 10, 20.5), "
        "('F2', 'S-79-A', 'fridge', 'refrigerator', 'live', 10, NULL)",
    )
    at = WALL - timedelta(days=2)
    run(
        centre,
        "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
        "recorded_at) VALUES (1, 'S-79-A', 'L1', 'opening', 6000, %s, %s)",
        *(at, at),
    )


def room(centre: Centre) -> Room:
    rules = load_capacity_rules(centre.settings.reference_dir)
    found = cold_capacity(centre.snapshots, centre.snapshots.current(), zone=ZONE, rules=rules)
    assert found is not None
    return found.rooms[STORE, "refrigerator"]


def over(centre: Centre) -> list[Condition]:
    version = centre.snapshots.current()
    told = stock_conditions(centre.settings, centre.snapshots, version, reads.feed_statuses(centre.snapshots, version))
    return [item for item in told if item.rule == "stock_over_capacity"]


def said(centre: Centre, device: str, status: str, at: datetime) -> None:
    run(
        centre,
        "INSERT INTO registry.equipment_status (equipment_id, since, status, reason, set_by, set_at) "
        "VALUES (%s, %s, %s, 'máy nén hỏng', 'Lê An', %s)",
        *(device, at, status, at),
    )


def test_a_fridge_goes_down_its_litres_with_it_and_the_alert_follows(centre: Centre) -> None:
    stocked(centre)
    centre.refresh()
    assert (room(centre).usable, round(room(centre).filled, 3), over(centre)) == (20.0, 12.6, [])
    said(centre, "F2", "not_working", WALL - timedelta(hours=3))
    centre.refresh()
    assert room(centre).usable == 10.0
    (item,) = over(centre)
    assert (item.inhibited, item.labels["store"], item.labels["area"]) == (False, STORE, "79")
    assert "needs 12.6 litres in refrigerators, 2-8 °C and has 10.0 usable ones, 2.6 too few" in item.summary_en
    said(centre, "F2", "working", WALL - timedelta(hours=1))
    centre.refresh()
    assert (room(centre).usable, over(centre)) == (20.0, [])
    # It still holds vaccine while it needs repair, and none from when somebody has taken the repair on.
    said(centre, "F2", "needs_repair", WALL - timedelta(minutes=50))
    centre.refresh()
    assert room(centre).usable == 20.0
    run(
        centre,
        "INSERT INTO registry.repair_job (equipment_id, problem, opened_at, opened_by, assigned_to, assigned_at) "
        "VALUES ('F2', 'máy nén hỏng', %s, 'Lê An', 'xưởng A', %s)",
        *(WALL - timedelta(minutes=45), WALL - timedelta(minutes=40)),
    )
    centre.refresh()
    assert room(centre).usable == 10.0
    # One that nobody told the litres of makes nothing certain.
    run(centre, "UPDATE registry.equipment SET litres = NULL WHERE equipment_id = 'F1'")
    said(centre, "F2", "not_working", WALL - timedelta(minutes=30))
    centre.refresh()
    assert (room(centre).not_told, over(centre)) == (1, [])


def test_hours_of_hold_reach_the_incident_of_a_power_cut(centre: Centre) -> None:
    stocked(centre)
    for device in ("F1", "F2"):
        for minutes in (60, 30, 0):
            at = WALL - timedelta(minutes=minutes)
            run(
                centre,
                "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c, "
                "power_on) VALUES (%s, %s, %s, %s, 5.0, %s)",
                *(minutes + (1 if device == "F1" else 2), device, at, at, minutes == 60),
            )
    centre.refresh()
    version = centre.snapshots.current()
    held = {item.equipment_id: item.holdover_hours for item in cold_chain(centre.snapshots, version).devices}
    assert held == {"F1": 20.5, "F2": None}
    told = cold_chain_conditions(
        centre.settings, centre.snapshots, version, reads.feed_statuses(centre.snapshots, version)
    )
    power = {item.labels["equipment"]: item.summary_en for item in told if item.rule == "coldchain_power"}
    until = (datetime(2021, 11, 22, 2, 30, tzinfo=UTC) + timedelta(hours=20.5)).astimezone(ZONE)
    assert f"keeps cold until {until:%H:%M %d %b %Y} (estimated from the register's 20.5 hours of hold" in power["F1"]
    assert "it is not known how long it keeps cold" in power["F2"]


def test_hours_that_cannot_be_are_set_aside_by_the_registry(centre: Centre) -> None:
    stocked(centre)
    for bad in (0, -3, 20_000):
        try:
            run(centre, "UPDATE registry.equipment SET holdover_hours = %s WHERE equipment_id = 'F1'", bad)
        except psycopg.errors.CheckViolation:
            continue
        raise AssertionError(bad)
