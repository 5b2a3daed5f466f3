"""What people say of equipment on the page where they bring things in: how a device stands, and its repair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import DictRow

from campaign.access import Scope
from campaign.equipment import Status
from layouts import format as fmt
from layouts.words import Words
from operations import equipment
from operations.action_log import ActRefused
from operations.decisions import Actor
from operations.ems import Window

STATUS, REPAIR = "tinh-trang", "sua-chua"
SENT = ("status", "since", "why", "step", "said")
STEPS = ("open", "assign", "done")
Instant = Callable[[str], datetime]
Line = tuple[str, str, str, str]


def say_status(url: str, sent: Mapping[str, str], *, instant: Instant, window: Window, by: Actor) -> str:
    """The device. Raises ActRefused."""
    text = sent.get("status", "")
    if text not in set(Status):
        raise ActRefused(f"'{text[:20]}' is no status", "no_status", text=text[:20])
    made = equipment.set_status(
        url,
        equipment_id=sent.get("equipment", ""),
        status=Status(text),
        reason=sent.get("why", ""),
        since=instant(sent["since"]) if sent.get("since", "").strip() else None,
        window=window,
        by=by,
    )
    return made.equipment_id


def say_repair(url: str, sent: Mapping[str, str], *, now: datetime, by: Actor) -> str:
    """The device. `now`: campaign time. Raises ActRefused."""
    device, said, step = sent.get("equipment", "").strip(), sent.get("said", ""), sent.get("step", "")
    if step not in STEPS:
        raise ActRefused(f"'{step[:20]}' is no step of a repair", "no_repair_step", text=step[:20])
    if step == "assign":
        equipment.assign_job(url, equipment_id=device, to=said, at=now, by=by)
    elif step == "done":
        equipment.close_job(url, equipment_id=device, outcome=said, at=now, by=by)
    else:
        equipment.open_job(url, equipment_id=device, problem=said, at=now, by=by)
    return device


def said_lines(
    connection: psycopg.Connection[DictRow], device: str, *, held: Scope, words: Words, zone: ZoneInfo
) -> list[Line]:
    """Since when, what, why and by whom, the newest first; none of a device of which the reader may say nothing."""
    there, province = equipment.province_of(connection, device)
    if not there or not (held.nationwide or province in held.provinces):
        return []
    statuses, jobs = equipment.said_of(connection, device)
    found = [(item.since, words(f"equipment_status.{item.status}"), item.reason, item.set_by) for item in statuses]
    for job in jobs:
        found.append((job.opened_at, words("repair_said.open"), job.problem, job.opened_by))
        if job.assigned_at is not None:
            found.append((job.assigned_at, words("repair_said.assign"), job.assigned_to or "", ""))
        if job.done_at is not None:
            found.append((job.done_at, words("repair_said.done"), job.outcome or "", job.done_by or ""))
    return [
        (fmt.minute(at, words, zone), what, why, who)
        for at, what, why, who in sorted(found, key=lambda line: line[0], reverse=True)
    ]
