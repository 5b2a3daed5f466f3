"""Equipment: levels carried on for what a refresh touches, counted anew where that is not enough."""

from __future__ import annotations

from datetime import datetime

import duckdb

from warehouse.coldchain import archive_runs, refresh_heard, refresh_runs
from warehouse.sqlfiles import sql


def note_devices(connection: duckdb.DuckDBPyConnection) -> None:
    """Before readings are taken in, and after equipment was: what they replace, which devices must be counted anew."""
    connection.execute(sql("levels/devices_touched"))


def refresh_devices(connection: duckdb.DuckDBPyConnection) -> None:
    """After the readings are taken in; temp.incoming_temperature_reading has those that were new."""
    refresh_runs(connection)
    refresh_heard(connection)
    connection.execute(sql("levels/devices_carried"))
    connection.execute(
        "DELETE FROM core.device_level WHERE equipment_id IN "
        "(SELECT equipment_id FROM temp.touched_devices UNION SELECT equipment_id FROM temp.carried)"
    )
    connection.execute("INSERT INTO core.device_level BY NAME FROM temp.carried")
    if connection.execute("SELECT count(*) FROM temp.touched_devices").fetchall()[0][0]:
        connection.execute(sql("levels/devices"))
    connection.execute("DROP TABLE temp.carried; DROP TABLE temp.touched_devices; DROP TABLE temp.replaced_reading")


def forget_readings(connection: duckdb.DuckDBPyConnection, *, before: datetime, runs_before: datetime) -> int:
    """Retention: readings older than `before` go, and the devices concerned are counted anew; of runs outside
    the limits, which are kept longer, those that ended before `runs_before`. Returns how many readings went."""
    connection.execute(sql("coldchain/forget"), {"before": before})
    connection.execute("CREATE OR REPLACE TEMP TABLE touched_devices AS SELECT DISTINCT equipment_id FROM temp.let_go")
    gone = connection.execute(
        "DELETE FROM core.temperature_reading USING temp.let_go l WHERE temperature_reading.reading_id = l.reading_id"
    )
    count = int(gone.fetchall()[0][0])
    connection.execute(
        "DELETE FROM core.device_level WHERE equipment_id IN (SELECT equipment_id FROM temp.touched_devices)"
    )
    connection.execute(sql("levels/devices"))
    connection.execute("DROP TABLE temp.touched_devices; DROP TABLE temp.let_go")
    archive_runs(connection, before=before, forgotten=runs_before)
    return count
