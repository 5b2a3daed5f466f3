"""Acts of named persons on what comes in: repair a record that was set aside, release a feed that is held.

Each act and its line in operations.action_log are one transaction. Instants are wall time. The readers are the ETL's,
and need its role's rights only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from campaign.access import Permission
from operations.action_log import ActRefused, acting, check_known, connect, said, write_log
from operations.audit import Author
from operations.fields import COLUMNS, fitting

# Who is named where the refresh carries out what a person decided.
ETL = Author(name="etl", origin="refresh")

REPAIR = (
    "INSERT INTO operations.repair (feed, record_key, field, value, reason, actor, made_at) "
    "VALUES (%(feed)s, %(record_key)s, %(field)s, %(value)s, %(reason)s, %(actor)s, %(made_at)s) "
    "ON CONFLICT (feed, record_key, field) WHERE applied_at IS NULL DO NOTHING "
    "RETURNING repair_id, feed, record_key, field, value, reason, actor, made_at"
)
OPEN_REPAIRS = (
    "SELECT repair_id, feed, record_key, field, value, reason, actor, made_at FROM operations.repair "
    "WHERE applied_at IS NULL ORDER BY repair_id"
)
SETTLE = (
    "UPDATE operations.repair SET applied_at = %s, outcome = %s WHERE repair_id = %s AND applied_at IS NULL "
    "RETURNING feed, record_key"
)
RELEASE = (
    "INSERT INTO operations.feed_release (feed, held, reason, actor, released_at) "
    "VALUES (%(feed)s, %(held)s, %(reason)s, %(actor)s, %(released_at)s) "
    "ON CONFLICT (feed) WHERE consumed_at IS NULL DO NOTHING "
    "RETURNING release_id, feed, held, reason, actor, released_at"
)
OPEN_RELEASES = (
    "SELECT release_id, feed, held, reason, actor, released_at FROM operations.feed_release "
    "WHERE consumed_at IS NULL ORDER BY release_id"
)
CONSUME = (
    "UPDATE operations.feed_release SET consumed_at = %s WHERE release_id = %s AND consumed_at IS NULL RETURNING feed"
)


class Outcome(StrEnum):
    """What became of a repair: the record was accepted, is bad still, or was not held (any more)."""

    APPLIED = "applied"
    STILL_BAD = "still_bad"
    NOT_HELD = "not_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One value to put in the place of a bad one. `value` is text that fits the field's type."""

    repair_id: int
    feed: str
    record_key: str
    field: str
    value: str
    reason: str
    actor: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Leave for one held reading of a feed. `held`: why it was held, as shown when the person decided."""

    release_id: int
    feed: str
    held: str
    reason: str
    actor: str
    released_at: datetime


def repair(
    url: str,
    *,
    feed: str,
    record_key: str,
    field: str,
    value: str,
    reason: str,
    actor: str,
    now: datetime,
    key_field: str = "",
    origin: str = "command",
    request_id: str = "",
) -> Repair:
    """Ask for `value` in the place of a bad one; the next refresh tries it. Raises ActRefused.

    key_field: the one that tells records of this feed apart. Another key is another record: it cannot be repaired.
    origin: where the person acts from, an address or `command`.
    """
    if field == key_field:
        raise ActRefused(
            f"{feed}.{field} is the record's key: correct it at its source", "is_key", feed=feed, field=field
        )
    asked: dict[str, Any] = {
        "feed": feed,
        "record_key": said("record key", record_key),
        "field": field,
        "value": said("value", value),
        "reason": said("reason", reason),
        "actor": said("actor", actor),
        "made_at": now,
    }
    subject = f"{feed}:{asked['record_key']}"
    with acting(
        url,
        actor=actor,
        permission=Permission.REPAIR_RECORD,
        action="repair",
        subject=subject,
        origin=origin,
        request_id=request_id,
    ) as act:
        connection = act.connection
        asked["actor"] = act.author.name
        asked["value"] = fitting(connection, feed, field, asked["value"])
        row = connection.execute(REPAIR, asked).fetchone()
        if row is None:
            raise ActRefused(
                f"{feed} {asked['record_key']}: a repair of {field} is waiting for the next refresh already",
                "repair_waiting",
                feed=feed,
                key=asked["record_key"],
                field=field,
            )
        made = Repair(**row)
        detail = {"repair_id": made.repair_id, "field": field, "value": made.value, "reason": made.reason}
        write_log(connection, now, act.author, "repair", subject, detail)
    return made


def release(
    url: str,
    *,
    feed: str,
    reason: str,
    actor: str,
    now: datetime,
    held: str = "",
    known: Iterable[str] = (),
    origin: str = "command",
    request_id: str = "",
) -> Release:
    """Let the held reading of `feed` pass once. `known`: feeds beside those of the registry. Raises ActRefused."""
    asked: dict[str, Any] = {
        "feed": feed,
        "held": held,
        "reason": said("reason", reason),
        "actor": said("actor", actor),
        "released_at": now,
    }
    with acting(
        url,
        actor=actor,
        permission=Permission.RELEASE_FEED,
        action="release",
        subject=feed,
        origin=origin,
        request_id=request_id,
    ) as act:
        connection = act.connection
        asked["actor"] = act.author.name
        feeds = {row["feed"] for row in connection.execute(COLUMNS).fetchall()} | set(known)
        check_known("feed", feed, feeds)
        row = connection.execute(RELEASE, asked).fetchone()
        if row is None:
            raise ActRefused(f"{feed}: a release is waiting for the next refresh already", "release_waiting", feed=feed)
        given = Release(**row)
        detail = {"release_id": given.release_id, "held": held, "reason": given.reason}
        write_log(connection, now, act.author, "release", feed, detail)
    return given


def open_repairs(url: str) -> tuple[Repair, ...]:
    """Repairs that no refresh has tried yet, oldest first."""
    with connect(url) as connection:
        return tuple(Repair(**row) for row in connection.execute(OPEN_REPAIRS).fetchall())


def settle_repairs(url: str, outcomes: Mapping[int, Outcome], *, now: datetime) -> int:
    """Say what became of repairs, by repair_id. Returns how many were open: to settle twice changes nothing."""
    settled = 0
    with connect(url) as connection:
        for repair_id, outcome in outcomes.items():
            row = connection.execute(SETTLE, [now, outcome.value, repair_id]).fetchone()
            if row is not None:
                settled += 1
                detail = {"repair_id": repair_id, "outcome": outcome.value}
                write_log(connection, now, ETL, "repair_settled", f"{row['feed']}:{row['record_key']}", detail)
    return settled


def open_releases(url: str) -> tuple[Release, ...]:
    """Releases that no reading has used yet; at most one a feed."""
    with connect(url) as connection:
        return tuple(Release(**row) for row in connection.execute(OPEN_RELEASES).fetchall())


def consume_releases(url: str, ids: Collection[int], now: datetime) -> int:
    """The readings that these releases let pass are committed. Returns how many were open."""
    consumed = 0
    with connect(url) as connection:
        for release_id in ids:
            row = connection.execute(CONSUME, [now, release_id]).fetchone()
            if row is not None:
                consumed += 1
                write_log(connection, now, ETL, "release_consumed", row["feed"], {"release_id": release_id})
    return consumed
