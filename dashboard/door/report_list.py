"""The page of the archive: what was made, searched by area, day and state, and the form that asks for one more."""

from __future__ import annotations

import psycopg
from flask import Response, request

from campaign.access import Permission
from campaign.coverage import NATION
from campaign.report import chosen
from campaign.report_archive import ReportState
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk
from dashboard.door.refusals import reason_why_not
from dashboard.door.typed import day_or_none
from geo.text import collation_key
from layouts import format as fmt
from layouts.help_layer import told_below
from layouts.report_words import state_said
from layouts.words import Language, Words
from operations.action_log import ActRefused, connect
from operations.report_rows import Archived, Search, find
from reports.forms import FORMS
from warehouse.files import versions

LISTED = 50
SENT = ("area", "lang_of", "begin", "end", "snapshot")


def page(desk: DeedDesk, *, status: int = 200, refused: str = "") -> Response:
    url, words = desk.url(), desk.door.words
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    asked = request.args
    scope, may = caller().scope(Permission.SEE_DATA), caller().scope(Permission.EXPORT)
    try:
        day, wrong = day_or_none(asked.get("day", "")), ""
    except ActRefused as error:
        day, wrong = None, reason_why_not(error, words, desk.door.zone)
    state = asked.get("state", "")
    area = asked.get("area", "")
    search = Search(
        areas=None if scope.nationwide else scope.provinces,
        area=None if not area else "" if area == NATION else area,
        day=day,
        state=ReportState(state) if state in set(ReportState) else None,
        limit=LISTED,
    )
    try:
        with connect(url) as connection:
            found = find(connection, search, zone=desk.settings.campaign.timezone)
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    names = desk.door.provinces(words)
    sorted_names = sorted(names.items(), key=lambda item: collation_key(item[1]))
    sent = request.form if request.method == "POST" else request.args
    return desk.door.pages.page(
        request,
        "reports",
        status=status,
        csrf=against_forgery(caller().token),
        refused=refused or wrong,
        rows=[(row, place(row.area, names, words), day_told(row, words, desk), told(row, words)) for row in found],
        limit=LISTED,
        states=[(item.value, words(f"report_state.{item}")) for item in ReportState],
        searched={"area": area, "day": asked.get("day", "")[:10], "state": state},
        nation=NATION,
        sees_nation=scope.nationwide,
        areas=[(code, name) for code, name in sorted_names if scope.covers(code)],
        may=not may.empty,
        may_nation=may.nationwide,
        may_areas=[(code, name) for code, name in sorted_names if may.covers(code)],
        parts=[(part.value, words(f"report_part.{part}")) for part in chosen(())],
        forms=list(FORMS),
        languages=[language.value for language in Language],
        newest=max(versions(desk.settings.snapshot_dir), default=None),
        most_days=desk.settings.archive.most_days,
        chosen_parts=sent.getlist("part"),
        chosen_forms=sent.getlist("form") or ["pdf"],
        sent={name: sent.get(name, "")[:40] for name in SENT},
        live="live" in sent,
        definitions=told_below("reports", words),
    )


def place(area: str, names: dict[str, str], words: Words) -> str:
    return names.get(area, area) if area else words("table.nation")


def day_told(row: Archived, words: Words, desk: DeedDesk) -> str:
    """That it fell due; of one on request that of its figures, or that it was asked for."""
    return fmt.day(row.day or (row.as_of or row.asked_at).astimezone(desk.door.zone).date(), words.language)


def told(row: Archived, words: Words) -> str:
    return state_said(
        state=row.state.value, reason=row.reason, step=row.step, steps=row.steps, tries=row.tries, words=words
    )
