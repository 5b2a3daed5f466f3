"""The log of figures that were published and changed afterwards."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.engine.codes import Codes
from warehouse.engine.doses import DoseChange


def log_withdrawn_doses(
    connection: duckdb.DuckDBPyConnection, change: DoseChange, codes: Codes, *, publication: str
) -> None:
    """Inside the refresh's transaction: doses held as given that now come voided are corrections of their day, counted
    by area of vaccination."""
    voided = change.accepted["dose_id"][change.accepted["voided"] == 1]
    gone = np.isin(change.removed["dose_id"], voided)
    if not np.any(gone):
        return
    places = np.array(codes.codes("place"))
    places[0] = "unknown"
    area = places[change.removed_sites.place[change.removed["site"][gone]]]
    rows = pa.table({"area_code": pa.array(area.tolist()), "day": change.removed["injected_on"][gone].astype(np.int32)})
    connection.register("gone", rows)
    connection.execute(
        "INSERT INTO core.correction BY NAME "
        "SELECT $publication AS publication, 'dose' AS feed, area_code, DATE '2020-01-01' + day AS day, "
        "'down' AS kind, count(*) AS before, 0 AS after FROM gone GROUP BY area_code, day",
        {"publication": publication},
    )
    connection.unregister("gone")
