"""Acts of named persons on equipment: how a device stands, and the repair of it.

Since when it is so, and when a repair was opened, given and done, are campaign time; the line in the audit has wall
time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import DictRow

from campaign.access import Permission
from campaign.equipment import Status, StatusChange, history, in_force
from campaign.lots import MOMENT
from operations.action_log import Act, ActRefused, acting, connect, said, write_log
from operations.decisions import Actor
from operations.ems import Window
from warehouse.database import ZONE

# Any constant: with the device's name it makes the lock that a second person waits for, to see what the first did.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 730523))"
# What the register says of itself holds from where core.equipment_history of the warehouse has it.
DEVICE = (
    "SELECT e.equipment_id, e.status, "
    "coalesce(e.status_since, e.installed_on::timestamp AT TIME ZONE %(zone)s, '1970-01-01Z') AS status_since, "
    "e.retired_on::timestamp AT TIME ZONE %(zone)s AS retired_at, s.province_code FROM registry.equipment AS e "
    "LEFT JOIN registry.store AS s ON s.code = e.store_code WHERE e.equipment_id = %(device)s"
)
SAID = (
    "SELECT status, since, reason, set_by, set_at FROM registry.equipment_status WHERE equipment_id = %s ORDER BY since"
)
SET = (
    "INSERT INTO registry.equipment_status (equipment_id, since, status, reason, set_by, set_at) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)
JOBS = (
    "SELECT job_id, problem, opened_at, opened_by, assigned_to, assigned_at, done_at, done_by, outcome "
    "FROM registry.repair_job WHERE equipment_id = %s ORDER BY opened_at, job_id"
)
OPEN = "SELECT job_id FROM registry.repair_job WHERE equipment_id = %s AND done_at IS NULL"
OPENED = "INSERT INTO registry.repair_job (equipment_id, problem, opened_at, opened_by) VALUES (%s, %s, %s, %s)"
ASSIGNED = "UPDATE registry.repair_job SET assigned_to = %s, assigned_at = %s WHERE job_id = %s"
DONE = "UPDATE registry.repair_job SET done_at = %s, done_by = %s, outcome = %s WHERE job_id = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSet:
    """`before`: what was in force until now; None where nobody had ever said anything."""

    equipment_id: str
    status: Status
    before: Status | None
    since: datetime
    reason: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidStatus:
    """One line of the history with who said it: for those who may handle alerts, and in no snapshot."""

    status: Status
    since: datetime
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    job_id: int
    problem: str
    opened_at: datetime
    opened_by: str
    assigned_to: str | None
    assigned_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    outcome: str | None


def set_status(
    url: str, *, equipment_id: str, status: Status, reason: str, since: datetime | None, window: Window, by: Actor
) -> StatusSet:
    """`since` None: from now on, which is `window.until`. Raises ActRefused: for an unknown device, a status that it
    has already, a time that lies ahead or before a later word. The history is only gone on with, never changed."""
    device, why = said("equipment", equipment_id), said("reason", reason)
    with _on(url, device, "equipment_status", by) as (act, row):
        changes = _history(act.connection, row)
        at = since or window.until
        if at > window.until:
            raise ActRefused(f"{at} is later than the present", "status_later", at=at)
        if at < window.since:
            raise ActRefused(f"{at} is before the campaign", "status_early", at=at)
        own = [item for item in changes if item.by_person]
        if since is None and own and own[-1].since >= at:
            # Two at one instant: the second holds from the next moment on.
            at = own[-1].since + MOMENT
        elif own and own[-1].since >= at:
            raise ActRefused(
                f"somebody said how {device} stands as of {own[-1].since} already: say a later time",
                "status_said",
                name=device,
                at=own[-1].since,
            )
        last = in_force(changes, now=at)
        if (last.status if last else Status.WORKING) is status:
            raise ActRefused(f"{device} is {status.value} already", "status_same", name=device, status=status.value)
        act.connection.execute(SET, [device, at, status, why, act.author.name, by.now])
        before = last.status if last else None
        detail = {"status": status, "before": before or "", "since": at.isoformat(), "reason": why}
        write_log(act.connection, by.now, act.author, "equipment_status", device, detail)
    return StatusSet(equipment_id=device, status=status, before=before, since=at, reason=why, actor=act.author.name)


def open_job(url: str, *, equipment_id: str, problem: str, at: datetime, by: Actor) -> None:
    """Raises ActRefused: for an unknown device, and one whose repair is open."""
    device, what = said("equipment", equipment_id), said("problem", problem)
    with _on(url, device, "repair_opened", by) as (act, _):
        if act.connection.execute(OPEN, [device]).fetchone() is not None:
            raise ActRefused(f"a repair of {device} is open already", "repair_open", name=device)
        act.connection.execute(OPENED, [device, what, at, act.author.name])
        write_log(act.connection, by.now, act.author, "repair_opened", device, {"problem": what})


def assign_job(url: str, *, equipment_id: str, to: str, at: datetime, by: Actor) -> None:
    """To a person or a workshop. Raises ActRefused where no repair is open."""
    device, whom = said("equipment", equipment_id), said("assigned_to", to)
    with _on(url, device, "repair_assigned", by) as (act, _):
        act.connection.execute(ASSIGNED, [whom, at, _open(act, device)])
        write_log(act.connection, by.now, act.author, "repair_assigned", device, {"assigned_to": whom})


def close_job(url: str, *, equipment_id: str, outcome: str, at: datetime, by: Actor) -> None:
    """What the device does afterwards is said by its status. Raises ActRefused where no repair is open."""
    device, what = said("equipment", equipment_id), said("outcome", outcome)
    with _on(url, device, "repair_done", by) as (act, _):
        act.connection.execute(DONE, [at, act.author.name, what, _open(act, device)])
        write_log(act.connection, by.now, act.author, "repair_done", device, {"outcome": what})


def said_of(connection: psycopg.Connection[DictRow], equipment_id: str) -> tuple[list[SaidStatus], list[Job]]:
    """What persons said of a device and its repairs, oldest first."""
    words = connection.execute(SAID, [equipment_id]).fetchall()
    jobs = connection.execute(JOBS, [equipment_id]).fetchall()
    found = [
        SaidStatus(
            status=Status(row["status"]),
            since=row["since"],
            reason=row["reason"],
            set_by=row["set_by"],
            set_at=row["set_at"],
        )
        for row in words
    ]
    return found, [Job(**row) for row in jobs]


def province_of(connection: psycopg.Connection[DictRow], equipment_id: str) -> tuple[bool, str | None]:
    """Whether there is such a device, and the province of its store."""
    row = connection.execute(DEVICE, {"zone": ZONE, "device": equipment_id}).fetchone()
    return row is not None, row["province_code"] if row else None


@contextmanager
def _on(url: str, device: str, action: str, by: Actor) -> Iterator[tuple[Act, DictRow]]:
    """One act on one device, one at a time. Raises ActRefused where no device is called so."""
    with connect(url) as connection:
        _, area = province_of(connection, device)
    with acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_ALERT,
        action=action,
        subject=device,
        area=area,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        act.connection.execute(LOCK, [device])
        row = act.connection.execute(DEVICE, {"zone": ZONE, "device": device}).fetchone()
        if row is None:
            raise ActRefused(f"no equipment is called '{device}'", "unknown_equipment", name=device)
        yield act, row


def _history(connection: psycopg.Connection[DictRow], row: DictRow) -> list[StatusChange]:
    """What persons said, and what the register says of itself."""
    changes = [
        StatusChange(status=Status(item["status"]), since=item["since"], reason=item["reason"])
        for item in connection.execute(SAID, [row["equipment_id"]]).fetchall()
    ]
    if row["status"] is not None:
        changes.append(StatusChange(status=Status(row["status"]), since=row["status_since"], by_person=False))
    if row["retired_at"] is not None:
        changes.append(StatusChange(status=Status.NOT_IN_USE, since=row["retired_at"], by_person=False))
    return history(changes)


def _open(act: Act, device: str) -> int:
    row = act.connection.execute(OPEN, [device]).fetchone()
    if row is None:
        raise ActRefused(f"no repair of {device} is open: open one first", "no_repair", name=device)
    return int(row["job_id"])
