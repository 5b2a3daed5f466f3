"""Stock levels carried on by each refresh are those that all movements give."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.levels import note_stock, refresh_stock
from warehouse.sqlfiles import sql
from warehouse.writer import Warehouse

START = datetime(2021, 7, 1, tzinfo=UTC)
KINDS = ("opening", "receipt", "transfer_in", "transfer_out", "administered", "wasted_open", "wasted_closed", "count")

movement = st.fixed_dictionaries(
    {
        "movement_id": st.integers(1, 8),
        "store_code": st.sampled_from(["S1", "S2"]),
        "lot_number": st.sampled_from(["A", "B"]),
        "kind": st.sampled_from(KINDS),
        "doses": st.integers(-5, 5),
        "counted": st.integers(0, 9),
        "occurred": st.integers(0, 3),
        "recorded": st.integers(0, 3),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(movement, min_size=1, max_size=4, unique_by=lambda row: row["movement_id"]), max_size=6))
def test_levels_carried_on_equal_levels_counted_anew(batches: list[list[dict[str, Any]]]) -> None:
    """Movements are new, corrected, moved to another store, counts, and older than counts."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "warehouse", snapshot_dir=Path(folder) / "snapshots")
        connection = warehouse.connection
        connection.execute("CREATE TEMP TABLE incoming_stock_movement AS FROM core.stock_movement LIMIT 0")
        for version, batch in enumerate(batches):
            connection.execute("DELETE FROM temp.incoming_stock_movement")
            for row in batch:
                times = {name: START + timedelta(hours=row[name]) for name in ("occurred", "recorded")}
                connection.execute(
                    "INSERT INTO temp.incoming_stock_movement VALUES "
                    "($movement_id, $store_code, $lot_number, $kind, $doses, $counted, $occurred, $recorded, "
                    "NULL, NULL, $version)",
                    row | times | {"version": version, "counted": row["counted"] if row["kind"] == "count" else None},
                )
            note_stock(connection)
            connection.execute(
                "DELETE FROM core.stock_movement "
                "WHERE movement_id IN (SELECT movement_id FROM temp.incoming_stock_movement)"
            )
            connection.execute("INSERT INTO core.stock_movement BY NAME FROM temp.incoming_stock_movement")
            refresh_stock(connection)
            assert connection.execute(sql("levels/verify")).fetchall()[0][1] == 0
        pairs = connection.execute("SELECT count(*) FROM core.stock_level").fetchall()
        warehouse.close()
        newest = {row["movement_id"]: row for batch in batches for row in batch}
        assert pairs == [(len({(row["store_code"], row["lot_number"]) for row in newest.values()}),)]
