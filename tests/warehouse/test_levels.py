"""Devices carried on by each refresh are those that all readings give."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.levels import note_devices, refresh_devices
from warehouse.sqlfiles import sql
from warehouse.writer import Warehouse

START = datetime(2021, 7, 1, tzinfo=UTC)

reading = st.fixed_dictionaries(
    {
        "reading_id": st.integers(1, 6),
        "equipment_id": st.sampled_from(["E1", "E2"]),
        "read": st.integers(0, 3),
        "temp_c": st.sampled_from([None, 1.0, 5.0, 9.0]),
    }
)
limit = st.sampled_from([None, 4.0, 8.0])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(reading, max_size=4, unique_by=lambda row: row["reading_id"]), limit), min_size=1, max_size=6
    )
)
def test_devices_carried_on_equal_devices_counted_anew(
    batches: list[tuple[list[dict[str, Any]], float | None]],
) -> None:
    """Readings are new, corrected, of another device, without a temperature; limits change now and then."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "warehouse", snapshot_dir=Path(folder) / "snapshots")
        connection = warehouse.connection
        for feed in ("equipment", "temperature_reading"):
            connection.execute(f"CREATE TEMP TABLE incoming_{feed} AS FROM core.{feed} LIMIT 0")
        for version, (batch, high) in enumerate(batches):
            connection.execute("DELETE FROM temp.incoming_temperature_reading; DELETE FROM temp.incoming_equipment")
            if high is not None or version == 0:
                connection.execute(
                    "INSERT INTO temp.incoming_equipment (equipment_id, store_code, kind, storage_class, "
                    "reporting_mode, low_limit_c, high_limit_c, version) "
                    "SELECT unnest(['E1', 'E2']), 'S', 'fridge', 'refrigerator', 'live', 2, $high, $version",
                    {"high": high or 8.0, "version": version},
                )
                connection.execute(
                    "DELETE FROM core.equipment; INSERT INTO core.equipment FROM temp.incoming_equipment"
                )
            for row in batch:
                connection.execute(
                    "INSERT INTO temp.incoming_temperature_reading VALUES "
                    "($reading_id, $equipment_id, $read, $read, $temp_c, true, true, true, false, $version)",
                    row | {"read": START + timedelta(hours=row["read"]), "version": version},
                )
            note_devices(connection)
            connection.execute(
                "DELETE FROM core.temperature_reading "
                "WHERE reading_id IN (SELECT reading_id FROM temp.incoming_temperature_reading)"
            )
            connection.execute("INSERT INTO core.temperature_reading BY NAME FROM temp.incoming_temperature_reading")
            refresh_devices(connection)
            assert connection.execute(sql("levels/verify")).fetchall()[0][1] == 0
        warehouse.close()
