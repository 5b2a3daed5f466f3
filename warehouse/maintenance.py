"""What happens at night: fold, count everything again and compare, and let go of what need not be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from warehouse.engine.engine import Engine
from warehouse.engine.fold import fold
from warehouse.levels import forget_readings
from warehouse.verify import Verified, verify
from warehouse.writer import Warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days for which temperature readings, what they said of runs outside the limits, and the audit of freed quarantine
    rows are kept."""

    readings_days: int
    run_days: int
    audit_days: int


def night(warehouse: Warehouse, engine: Engine, retention: Retention, *, now: datetime, wall_now: datetime) -> Verified:
    """`now` is campaign time. The comparison's result is kept and shown as an equality in every later snapshot."""
    fold(warehouse, engine)
    found = verify(warehouse, engine, deep=True)
    with warehouse.transaction() as connection:
        forget_readings(
            connection,
            before=now - timedelta(days=retention.readings_days),
            runs_before=now - timedelta(days=retention.run_days),
        )
        connection.execute(
            "DELETE FROM core.quarantine_event WHERE freed_at < $before",
            {"before": wall_now - timedelta(days=retention.audit_days)},
        )
        connection.execute("DELETE FROM core.night")
        connection.execute(
            "INSERT INTO core.night VALUES ($at, $checked, $differing)",
            {"at": wall_now, "checked": found.cells_checked, "differing": found.cells_differing},
        )
    return found
