"""Lines of a plan as somebody hands them in: a table (CSV) typed by hand, or what `app.py plan --json` writes."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import orjson

from campaign.plan_readable import unreadable, unreadable_reasons
from campaign.plan_record import PlanLine
from operations.action_log import ActRefused

COLUMNS = ("lot", "product", "from", "to", "doses", "ship_on", "arrive_on")
REASON = "reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """document: all that was said of the plan besides its lines; empty of a table."""

    lines: tuple[PlanLine, ...]
    document: Mapping[str, Any]


def read_plan(text: str) -> HandedIn:
    """A JSON object with `lines`, or else a CSV with a heading (COLUMNS, and `reason` where wanted), by comma,
    semicolon or tab; days are ISO 8601. What a line says besides is kept as its reasons. Raises ActRefused, naming the
    line, or the part that no page could tell (campaign/plan_readable.py)."""
    bare = text.lstrip("\ufeff").strip()
    # Neither text nor JSON of the registry holds the character NUL.
    if "\x00" in bare or "\\u0000" in bare:
        raise ActRefused("the plan has a character that is none", "plan_file_json")
    if bare.startswith("{"):
        return _of_json(bare)
    try:
        rows = list(csv.DictReader(io.StringIO(bare), delimiter=_mark(bare), strict=True, restkey="", restval=""))
    except csv.Error as error:
        raise ActRefused(f"this is no table: {error}", "plan_file_json") from error
    found = [_line(at, dict(row)) for at, row in enumerate(rows, start=1)]
    return HandedIn(lines=tuple(found), document={})


def _mark(text: str) -> str:
    """Between columns. A semicolon comes of spreadsheets whose fractions have the comma, a tab of cells pasted."""
    heading = text.partition("\n")[0]
    return max(",", ";", "\t", key=heading.count)


def _of_json(text: str) -> HandedIn:
    try:
        told = cast("dict[str, Any]", orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise ActRefused(f"this is no JSON: {error}", "plan_file_json") from error
    rows = told.pop("lines", None)
    if not isinstance(rows, list):
        raise ActRefused("the plan has no list of lines", "plan_file_json")
    found: list[PlanLine] = []
    for at, row in enumerate(cast("list[Any]", rows), start=1):
        if not isinstance(row, dict):
            raise ActRefused("the plan has no list of lines", "plan_file_json")
        found.append(_line(at, cast("dict[str, Any]", row)))
    if unfit := unreadable(told):
        raise ActRefused(f"nobody could read '{unfit[0]}' of this plan", "plan_file_part", field=unfit[0])
    return HandedIn(lines=tuple(found), document=told)


def _line(at: int, row: dict[str, Any]) -> PlanLine:
    for name in COLUMNS:
        value = row.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise ActRefused(f"line {at} says no '{name}'", "plan_file_gap", line=at, field=name)
    words = {name: str(row[name]).strip() for name in COLUMNS}
    reasons = {name: value for name, value in row.items() if name not in COLUMNS and name and value not in ("", None)}
    if unfit := unreadable_reasons(reasons):
        raise ActRefused(f"line {at}: nobody could read '{unfit[0]}'", "plan_file_reason", line=at, field=unfit[0])
    return PlanLine(
        lot=words["lot"],
        product=words["product"],
        giver=words["from"],
        taker=words["to"],
        doses=_doses(at, words["doses"]),
        ship_on=_day(at, "ship_on", words["ship_on"]),
        arrive_on=_day(at, "arrive_on", words["arrive_on"]),
        reasons=reasons,
    )


def _doses(at: int, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise ActRefused(f"line {at}: '{text[:20]}' is no number of doses", "plan_file_doses", line=at, text=text[:20])
    return int(text)


def _day(at: int, name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ActRefused(
            f"line {at}: {name} '{text[:20]}' is no day such as 2021-12-24", "plan_file_day", line=at, text=text[:20]
        ) from error
