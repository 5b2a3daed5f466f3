"""The page of alert settings: who is on duty, planned work, thresholds, notices and how they went, times of response.

Whoever sees alerts may read it. Duty and planned work are set by whoever handles incidents there, thresholds by whoever
may set them; every change has a reason, and stays in the history below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission, Scope
from campaign.oncall import LEVELS, PlannedKind
from campaign.response import Response as Answers
from campaign.response import responses
from campaign.spreadsheet import csv_line
from dashboard.door import addresses
from dashboard.door.alert_rows import Rows, response_rows
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk, count_of, who_acts
from dashboard.door.expression_rows import expression_rows, rule_changes
from dashboard.door.refusals import reason_why_not
from dashboard.door.typed import threshold_typed
from dashboard.files import MARK
from dashboard.payloads import NEVER, see_other
from geo.text import collation_key
from operations import oncall, rule_expressions, thresholds
from operations.action_log import ActRefused, NotAllowed
from operations.instants import hours_of, instant_of
from operations.notice_log import notices, retry
from operations.responses import answered
from settings.rule_expressions import Asked

DUTY, END_DUTY, PLAN, END_PLAN, THRESHOLD = "truc", "het-truc", "ke-hoach", "het-ke-hoach", "nguong"
RULE, RETRY = "quy-tac", "gui-lai"
SENT = (
    "post",
    "area",
    "rules",
    "level",
    "phone",
    "email",
    "since",
    "until",
    "hours",
    "kind",
    "name",
    "value",
    "raise_when",
    "clear_when",
    "number",
    "reason",
)
# Beginnings of rules' names that the forms offer; a command may write any.
FAMILIES = ("coldchain", "feed", "figures_disagree", "registry_unavailable", "pipeline_silent", "readings_silent")
NOTICES_SHOWN, HISTORY_SHOWN = 50, 50
# Of the file: the same names as `app.py alerts --log --json`. No week: all weeks together.
FILE_HEAD = (
    "rule",
    "week",
    "incidents",
    "acknowledged",
    "acknowledge_minutes",
    "closed",
    "close_minutes",
    "judged",
    "false_alarms",
    "false_share",
    "flagged",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """What could not be done, and why; what was typed stays in the form."""

    deed: str
    why: str


def add_alert_settings(server: Flask, desk: DeedDesk) -> None:
    """Register the page, its forms and its file; the table says who may use which."""

    def changed(deed: str) -> Response:
        return _answered(desk, lambda url: _change(desk, url, deed))

    server.add_url_rule(
        addresses.ALERT_SETTINGS, "alert_settings", lambda: _answered(desk, lambda url: _page(desk, url))
    )
    server.add_url_rule(f"{addresses.ALERT_SETTINGS}/<deed>", "change_alerts", changed, methods=["POST"])
    server.add_url_rule(
        f"{addresses.ALERT_SETTINGS}/dap-ung.csv",
        "responses_file",
        lambda: _answered(desk, lambda url: _file(desk, url)),
    )


def _answered(desk: DeedDesk, answer: Callable[[str], Response]) -> Response:
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        return answer(url)
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)


def _page(desk: DeedDesk, url: str, *, status: int = 200, failed: Failed | None = None) -> Response:
    words, now = desk.door.words, desk.door.wall()
    handles, sees = caller().scope(Permission.HANDLE_ALERT), caller().scope(Permission.SEE_ALERTS)
    rows = Rows(words=words, zone=desk.door.zone, names=desk.door.provinces(words), handles=handles, sees=sees)
    sent = request.form if request.method == "POST" else {}
    alerts = desk.settings.alerts
    found = _responses(desk, url, sees)
    return desk.door.pages.page(
        request,
        "alert_settings",
        status=status,
        csrf=against_forgery(caller().token),
        handles=not handles.empty,
        sets=not caller().scope(Permission.SET_ALERTS).empty,
        own=_own(rows, handles),
        families=[("", words("oncall.every_rule")), *((name, rows.rules(name)) for name in FAMILIES)],
        kinds=[(kind.value, words(f"planned_kind.{kind.value}")) for kind in PlannedKind],
        levels=LEVELS,
        duties=rows.duties(oncall.duties(url, now), now),
        planned=rows.planned(oncall.planned(url, now), now),
        rules=expression_rows(desk.settings, rule_expressions.asked_by_people(url), words),
        rule_changes=rule_changes(rule_expressions.history(url, limit=HISTORY_SHOWN), rows),
        thresholds=rows.thresholds(desk.settings, thresholds.in_force(url)),
        notices=rows.notices(notices(url, limit=NOTICES_SHOWN, areas=_areas(sees))),
        set_up=desk.settings.notices.channels,
        responses=response_rows(found, words, limit=alerts.false_share),
        weeks=alerts.response_weeks,
        history=rows.history(oncall.log_of(url, limit=HISTORY_SHOWN)),
        changes=rows.changes(thresholds.history(url, limit=HISTORY_SHOWN)),
        longest=alerts.planned_max_hours,
        sent={name: sent.get(name, "") for name in SENT},
        failed=failed,
        done=request.args.get("done", "") if request.method == "GET" else "",
    )


def _own(rows: Rows, scope: Scope) -> list[tuple[str, str]]:
    """Where the caller may set something: the nation first, for whoever may there."""
    codes = [(code, name) for code, name in rows.names.items() if scope.covers(code)]
    nation = [("", rows.words("table.nation"))] if scope.nationwide else []
    return [*nation, *sorted(codes, key=lambda item: collation_key(item[1]))]


def _change(desk: DeedDesk, url: str, deed: str) -> Response:
    """303 to the page, which says what was done; or the page again with the reason why not."""
    try:
        _carry_out(desk, url, deed)
    except ActRefused as refused:
        why = reason_why_not(refused, desk.door.words, desk.door.zone)
        return _page(
            desk, url, status=403 if isinstance(refused, NotAllowed) else 400, failed=Failed(deed=deed, why=why)
        )
    return see_other(f"{addresses.ALERT_SETTINGS}?done={deed}#{deed}")


def _carry_out(desk: DeedDesk, url: str, deed: str) -> None:
    """Raises ActRefused; whether the account may is asked again in the transaction of the act itself."""
    sent, by = request.form, who_acts(desk)
    reason, areas = sent.get("reason", ""), desk.door.provinces(desk.door.words)
    if deed == DUTY:
        asked = oncall.AskedDuty(
            post=sent.get("post", ""),
            span=_span(desk),
            level=count_of(sent.get("level", "")),
            phone=sent.get("phone", ""),
            email=sent.get("email", ""),
            hours=hours_of(sent.get("hours", "")),
        )
        oncall.set_duty(url, asked, reason=reason, areas=areas, by=by)
    elif deed == PLAN:
        kind = PlannedKind.DRILL if sent.get("kind") == PlannedKind.DRILL else PlannedKind.WORK
        longest = timedelta(hours=desk.settings.alerts.planned_max_hours)
        oncall.plan_work(url, kind, _span(desk), reason=reason, longest=longest, areas=areas, by=by)
    elif deed == END_DUTY:
        oncall.end_duty(url, count_of(sent.get("number", "")), reason=reason, by=by)
    elif deed == END_PLAN:
        oncall.end_work(url, count_of(sent.get("number", "")), reason=reason, by=by)
    elif deed == RETRY:
        retry(url, count_of(sent.get("number", "")), reason=reason, channels=desk.settings.notices.channels, by=by)
    elif deed == RULE:
        asked = Asked(raise_when=sent.get("raise_when", ""), clear_when=sent.get("clear_when", ""))
        rule_expressions.set_expression(
            url,
            desk.settings,
            rule=sent.get("name", ""),
            asked=None if "default" in sent else asked,
            reason=reason,
            by=by,
        )
    else:
        name = sent.get("name", "")
        text = "" if "default" in sent else sent.get("value", "").strip() or "?"
        with threshold_typed(name, text) as number:
            thresholds.set_threshold(url, desk.settings, name=name, text=number, reason=reason, by=by)


def _span(desk: DeedDesk) -> oncall.Span:
    """Raises ActRefused. Without a beginning it begins now."""
    sent, zone = request.form, desk.door.zone
    return oncall.Span(
        area=sent.get("area", ""),
        rule_prefix=sent.get("rules", "").strip(),
        starts_at=instant_of(sent.get("since", ""), zone, default=desk.door.wall()),
        ends_at=instant_of(sent.get("until", ""), zone),
    )


def _responses(desk: DeedDesk, url: str, sees: Scope) -> tuple[Answers, ...]:
    since = desk.door.wall() - timedelta(weeks=desk.settings.alerts.response_weeks)
    return responses(answered(url, since=since, areas=_areas(sees)), desk.door.zone)


def _areas(scope: Scope) -> frozenset[str] | None:
    return None if scope.nationwide else scope.provinces


def _file(desk: DeedDesk, url: str) -> Response:
    """The table of times of response, as a spreadsheet reads it."""
    sees = caller().scope(Permission.SEE_ALERTS)
    limit = desk.settings.alerts.false_share
    lines = [
        FILE_HEAD,
        *(
            (
                row.rule,
                row.week.isoformat() if row.week else "",
                row.incidents,
                row.acknowledged,
                row.acknowledge_minutes,
                row.closed,
                row.close_minutes,
                row.judged,
                row.false_alarms,
                row.false_share,
                int(row.flagged(limit)),
            )
            for row in _responses(desk, url, sees)
        ),
    ]
    response = Response(MARK + "".join(map(csv_line, lines)), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="responses.csv"'
    response.headers["Cache-Control"] = NEVER
    return response
