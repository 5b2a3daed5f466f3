"""The sample snapshot made into one that a plan has something to do in: cold rooms that are known, fresh counts, a
province that will let doses expire, and another whose second doses wait."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.support.snapshots import Recipe, write_snapshot

VERSION = 7
# What another reader of the numbers need not know: nothing is promised or on its way.
STILL = (
    "DELETE FROM allocation_line WHERE planned > sent",
    "UPDATE stock_by_lot SET in_transit = 0",
)
KNOWN = (
    "UPDATE device SET litres = 400 WHERE store_code IN ('P79', 'P40', 'P01', 'NATIONAL')",
    "INSERT INTO device SELECT 'TB' || code, code, level, area, NULL, NULL, 'refrigerator', 300, 2, 8 FROM (VALUES "
    "('P40', 'province', '40'), ('NATIONAL', 'national', 'central'), ('UNIT', 'recipient', 'central'), "
    "('P48', 'province', '48')) AS made (code, level, area)",
    "INSERT INTO equipment_state SELECT equipment_id, store_code, area_code, kind, 'hand', TIMESTAMPTZ '2021-11-22 "
    "06:00:00Z', 4.0, 1, 0 FROM device WHERE equipment_id NOT IN (SELECT equipment_id FROM equipment_state)",
    "INSERT INTO equipment_now SELECT equipment_id, '', NULL, 'working', NULL, '', NULL, false, NULL FROM device "
    "WHERE equipment_id NOT IN (SELECT equipment_id FROM equipment_now)",
    "UPDATE stock_by_lot SET counted_on = DATE '2021-11-20' WHERE store_code IN ('P79', 'P40', 'P01', 'P48')",
)
USED = (
    "UPDATE stock_use SET used_doses = 168000 WHERE store_code = 'S7900001' AND product = 'astrazeneca'",
    "UPDATE stock_use SET used_doses = 36000 WHERE store_code = 'S7900001' AND product = 'comirnaty'",
    "INSERT INTO stock_use VALUES ('S4000001', '40', 'comirnaty', 1400, 14, 28, DATE '2021-11-21')",
    # Few enough fall due that doses, and not only hands, are what lacks.
    "DELETE FROM people_due WHERE area_code NOT IN ('79', '40')",
    "UPDATE people_due SET people = greatest(people // 12, 1) WHERE area_code = '79'",
    "DELETE FROM people_due WHERE area_code = '40' AND product = 'astrazeneca'",
    "UPDATE people_due SET people = 1 WHERE area_code = '40'",
)


def plan_snapshot(folder: Path, *changes: str, still: bool = True) -> Path:
    """A snapshot of version 7. changes: statements, made last. still: nothing is promised, nothing is on its way."""
    file = write_snapshot(folder, Recipe(version=VERSION))
    with duckdb.connect(str(file)) as database:
        for change in (*(STILL if still else ()), *KNOWN, *USED, *changes):
            database.execute(change)
    return file
