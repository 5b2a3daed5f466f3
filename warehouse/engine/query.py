"""Ask DuckDB for arrays."""

from __future__ import annotations

import duckdb
import numpy as np

from warehouse.engine.segments import Columns


def arrays(connection: duckdb.DuckDBPyConnection, query: str) -> Columns:
    """The answer's columns, none of which has a NULL."""
    found = connection.execute(query).fetchnumpy()
    return {name: np.asarray(values) for name, values in found.items()}
