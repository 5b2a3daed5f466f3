"""Lock a reporting day: a named person declares its figures official, once. What arrives later is a revision of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import DictRow

from campaign.access import Permission
from operations.action_log import ActRefused, acting, connect, said, write_log

LOCK = (
    "INSERT INTO operations.figure_lock (reporting_day, scope, snapshot_version, doses, dose1_people, full_people, "
    "locked_by, locked_at, locked_through, reason) VALUES (%(reporting_day)s, %(scope)s, %(snapshot_version)s, "
    "%(doses)s, %(dose1_people)s, %(full_people)s, %(locked_by)s, %(locked_at)s, %(locked_through)s, %(reason)s) "
    "ON CONFLICT (reporting_day, scope) DO NOTHING RETURNING reporting_day"
)
# A lock from before figures were kept with it has nothing to compare with.
LOCKS = (
    "SELECT reporting_day, scope, snapshot_version, doses, dose1_people, full_people, locked_by, locked_at, "
    "locked_through, reason FROM operations.figure_lock WHERE doses IS NOT NULL ORDER BY reporting_day, scope"
)
WHO_LOCKED = (
    "SELECT locked_by, locked_at, snapshot_version FROM operations.figure_lock WHERE reporting_day = %s AND scope = %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Cumulative doses, and distinct people (None: the source does not tell), up to campaign time `through`."""

    doses: int
    dose1_people: int | None
    full_people: int | None
    through: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The official figures of a reporting day, as a named person locked them. Never changed and never undone."""

    reporting_day: date
    scope: str
    snapshot_version: int
    doses: int
    dose1_people: int | None
    full_people: int | None
    locked_by: str
    locked_at: datetime
    locked_through: datetime | None
    reason: str


def closing(reporting_day: date, *, cutoff_hour: int, timezone: str) -> datetime:
    """Campaign instant at which a reporting day closes, local time; the next one begins there."""
    return datetime.combine(reporting_day, time(cutoff_hour), tzinfo=ZoneInfo(timezone))


def lock(
    url: str,
    *,
    reporting_day: date,
    scope: str,
    snapshot_version: int,
    figures: Figures,
    reason: str,
    actor: str,
    now: datetime,
    origin: str = "command",
    request_id: str = "",
) -> Lock:
    """Declare the figures of a day official. Raises ActRefused; a day is locked once, whoever comes second."""
    asked: dict[str, Any] = {
        "reporting_day": reporting_day,
        "scope": scope,
        "snapshot_version": snapshot_version,
        "doses": figures.doses,
        "dose1_people": figures.dose1_people,
        "full_people": figures.full_people,
        "locked_by": said("actor", actor),
        "locked_at": now,
        "locked_through": figures.through,
        "reason": said("reason", reason),
    }
    subject = f"{scope}:{reporting_day}"
    with acting(
        url,
        actor=actor,
        permission=Permission.LOCK_FIGURES,
        action="lock",
        subject=subject,
        origin=origin,
        request_id=request_id,
    ) as act:
        connection = act.connection
        asked["locked_by"] = act.author.name
        # Of two at once the second waits here for the first to commit, and is then told of it.
        row = connection.execute(LOCK, asked).fetchone()
        if row is None:
            raise _locked_already(connection, reporting_day, scope)
        made = Lock(**asked)
        detail = {"snapshot_version": snapshot_version, "doses": made.doses, "reason": made.reason}
        write_log(connection, now, act.author, "lock", subject, detail)
    return made


def locks(url: str) -> tuple[Lock, ...]:
    """Every lock with its figures, by day."""
    with connect(url) as connection:
        return tuple(Lock(**row) for row in connection.execute(LOCKS).fetchall())


def cited_versions(url: str) -> frozenset[int]:
    """Versions of snapshots that a lock or a line of the action log cites (detail: snapshot_version)."""
    with connect(url) as connection:
        rows = connection.execute("SELECT snapshot_version FROM operations.cited_version").fetchall()
        return frozenset(int(row["snapshot_version"]) for row in rows)


def _locked_already(connection: psycopg.Connection[DictRow], day: date, scope: str) -> ActRefused:
    row = connection.execute(WHO_LOCKED, [day, scope]).fetchone()
    if row is None:
        return ActRefused(f"{day} ({scope}) is locked already", "locked", day=day)
    return ActRefused(
        f"{day} ({scope}) was locked by {row['locked_by']} at {row['locked_at']:%Y-%m-%d %H:%M:%S%z} "
        f"from snapshot {row['snapshot_version']}; a locked day is not changed, what arrives later is its revision",
        "locked_by",
        day=day,
        by=row["locked_by"],
        at=row["locked_at"],
        snapshot=row["snapshot_version"],
    )
