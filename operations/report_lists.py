"""Who gets reports by mail: addresses on the list of a role for one area. Whoever is on the list of a province gets
that province's reports and no other's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaign.access import Permission, Role
from operations.action_log import ActRefused, acting, check_known, connect, write_log
from operations.decisions import Actor
from operations.oncall import EMAIL

LIST = (
    "SELECT recipient_id, role, area_code AS area, language, address, set_by, set_at FROM operations.report_recipient "
    "WHERE ended_at IS NULL ORDER BY role, area_code, lower(address), recipient_id"
)
ADD = (
    "INSERT INTO operations.report_recipient (role, area_code, language, address, set_by, set_at) "
    "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING recipient_id"
)
END = (
    "UPDATE operations.report_recipient SET ended_by = %s, ended_at = %s WHERE recipient_id = %s AND ended_at IS NULL "
    "RETURNING recipient_id"
)
LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """area: '' is the nation."""

    recipient_id: int
    role: Role
    area: str
    language: str
    address: str
    set_by: str
    set_at: datetime


def recipients(url: str) -> list[Recipient]:
    with connect(url) as connection:
        return [_recipient(row) for row in connection.execute(LIST).fetchall()]


def _recipient(row: dict[str, Any]) -> Recipient:
    told: dict[str, Any] = row | {"role": Role(row["role"])}
    return Recipient(**told)


def add_recipient(
    url: str, *, role: str, area: str, language: str, address: str, areas: Collection[str], by: Actor
) -> int:
    """areas: codes of the provinces that there are. Raises ActRefused: an administrator decides who reads along."""
    check_known("role", role, [item.value for item in Role])
    check_known("language", language, ("vi", "en"))
    if area:
        check_known("province", area, areas)
    text = address.strip()
    if not EMAIL.fullmatch(text) or len(text) > LONGEST_ADDRESS:
        raise ActRefused(f"'{text[:60]}' is no e-mail address", "duty_email", text=text[:60])
    with acting(
        url,
        actor=by.name,
        permission=Permission.MANAGE_ACCOUNTS,
        action="report_list_add",
        subject=f"{role}:{area or 'nation'}",
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        row = act.connection.execute(ADD, [role, area, language, text, act.author.name, by.now]).fetchone()
        if row is None:
            raise ActRefused(f"{text} is on that list already", "on_list_already")
        number = int(row["recipient_id"])
        detail = {"recipient": number, "role": role, "area": area, "language": language}
        write_log(act.connection, by.now, act.author, "report_list_add", f"recipient:{number}", detail)
    return number


def end_recipient(url: str, number: int, *, by: Actor) -> None:
    """What waits to be sent to them is not sent. Raises ActRefused."""
    with acting(
        url,
        actor=by.name,
        permission=Permission.MANAGE_ACCOUNTS,
        action="report_list_end",
        subject=f"recipient:{number}",
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        if act.connection.execute(END, [act.author.name, by.now, number]).fetchone() is None:
            raise ActRefused(f"there is no recipient {number}", "no_recipient", number=number)
        write_log(act.connection, by.now, act.author, "report_list_end", f"recipient:{number}", {})
