"""What a province says of its own figures: a named person confirms those of a day, or says why they are as they are.

Nothing is overwritten: who changes an explanation adds another, who takes it back adds that. Each statement keeps the
figures that the person saw, so that a later revision of them shows. Each act and its lines in the action log and the
audit are one transaction. Instants are wall time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from campaign.access import Permission
from campaign.statements import Kind
from operations.action_log import acting, connect, said, write_log
from operations.locks import Figures

SAY = (
    "INSERT INTO operations.figure_statement (reporting_day, area_code, kind, said, snapshot_version, doses, "
    "dose1_people, full_people, actor, made_at) VALUES (%(reporting_day)s, %(area_code)s, %(kind)s, %(said)s, "
    "%(snapshot_version)s, %(doses)s, %(dose1_people)s, %(full_people)s, %(actor)s, %(made_at)s) "
    "RETURNING statement_id"
)
STATEMENTS = (
    "SELECT statement_id, reporting_day, area_code, kind, said, snapshot_version, doses, dose1_people, full_people, "
    "actor, made_at FROM operations.figure_statement "
    "WHERE reporting_day >= %(since)s AND %(area)s IN ('', area_code) ORDER BY statement_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, with the figures of the province up to and with the day as they were seen."""

    statement_id: int
    reporting_day: date
    area_code: str
    kind: Kind
    said: str
    snapshot_version: int
    doses: int
    dose1_people: int | None
    full_people: int | None
    actor: str
    made_at: datetime


def state(
    url: str,
    *,
    reporting_day: date,
    area_code: str,
    kind: Kind,
    text: str,
    snapshot_version: int,
    figures: Figures,
    actor: str,
    now: datetime,
    origin: str = "command",
    request_id: str = "",
) -> Statement:
    """Write one statement down. `text` may be empty where figures are confirmed. Raises ActRefused."""
    words = said("explanation", text) if kind is not Kind.CONFIRMED or text.strip() else ""
    asked: dict[str, Any] = {
        "reporting_day": reporting_day,
        "area_code": area_code,
        "said": words,
        "snapshot_version": snapshot_version,
        "doses": figures.doses,
        "dose1_people": figures.dose1_people,
        "full_people": figures.full_people,
        "actor": said("actor", actor),
        "made_at": now,
    }
    subject = f"{area_code}:{reporting_day}"
    with acting(
        url,
        actor=actor,
        permission=Permission.CONFIRM_FIGURE,
        action=f"figure_{kind}",
        subject=subject,
        area=area_code,
        origin=origin,
        request_id=request_id,
    ) as act:
        asked["actor"] = act.author.name
        row = act.connection.execute(SAY, {**asked, "kind": kind.value}).fetchone()
        if row is None:
            raise RuntimeError("a row that was inserted returns its number")
        # Not `snapshot_version`, which would keep that snapshot for ever: the figures stand in the statement itself.
        detail = {"seen_in": snapshot_version, "doses": figures.doses, "explanation": words}
        write_log(act.connection, now, act.author, f"figure_{kind}", subject, detail)
    return Statement(statement_id=row["statement_id"], kind=kind, **asked)


def statements(url: str, *, since: date = date.min, area: str = "") -> tuple[Statement, ...]:
    """Every statement about days from `since` on, in the order of making; of one area or of all."""
    with connect(url) as connection:
        rows = connection.execute(STATEMENTS, {"since": since, "area": area}).fetchall()
    return tuple(Statement(kind=Kind(row.pop("kind")), **row) for row in rows)
