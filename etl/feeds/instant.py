"""The instant at which a PostgreSQL is read: its snapshot, its clock, and who is still writing."""

from __future__ import annotations

from dataclasses import dataclass

import adbc_driver_postgresql.dbapi as adbc

from etl.feeds.spans import NOTHING_SEEN, Snapshot, parse_snapshot

STANDBY = (
    "this server is a standby, which knows nothing of the transactions open on its primary; "
    "give the address of the primary"
)
CANNOT_SEE = (
    "the role cannot see when other sessions' transactions began; "
    "GRANT pg_monitor TO it, or have a column of type xid8 stamped by trigger (method xid8)"
)
CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
# Backends of this database; a prepared transaction has none, and tells when it was prepared but not when it began.
# Without the right to see it, a session's start is NULL just as that of an idle one: hence the question of the right.
ACTIVITY = """
SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AND current_setting('track_activities')::boolean,
       coalesce((SELECT string_agg((extract(epoch FROM xact_start) * 1000000)::bigint::text, ',')
                 FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL), ''),
       (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """Clocks in microseconds since 1970. `open_since_us`: when each transaction began that was open."""

    snapshot: Snapshot = NOTHING_SEEN
    is_standby: bool = False
    our_us: int = 0
    clock_us: int = 0
    open_since_us: tuple[int, ...] = ()
    prepared: int = 0
    sees_activity: bool = False


def look(connection: adbc.Connection, *, our_us: int, wants_activity: bool) -> Instant:
    """Begin a read-only transaction whose rows are as of the returned instant.

    The order matters: clock, then open transactions, then the snapshot. Whoever begins after the clock was read stamps
    its rows later than it; whoever was open then is either listed or already in the snapshot.
    """
    clock_us, sees, since, prepared = 0, False, "", 0
    with connection.cursor() as cursor:
        if wants_activity:
            cursor.execute(CLOCK)
            clock_us = int((cursor.fetchone() or (0,))[0])
            cursor.execute(ACTIVITY)
            sees, since, prepared = cursor.fetchone() or (False, "", 0)
            connection.commit()
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_current_snapshot()::text, pg_is_in_recovery()")
        text, standby = cursor.fetchone() or ("0", False)
    return Instant(
        snapshot=parse_snapshot(str(text)),
        is_standby=bool(standby),
        our_us=our_us,
        clock_us=clock_us,
        open_since_us=tuple(int(item) for item in str(since).split(",") if item),
        prepared=int(prepared),
        sees_activity=bool(sees),
    )
