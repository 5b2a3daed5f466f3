"""/bao-cao: the archive of reports. Each on a page: its own pages as pictures, its files, its mails, what failed, and
the forms of who may release it. Plain forms, which need no script.

A report takes seconds, so it is asked for here and made elsewhere (cli/reporter.py): the page says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission
from campaign.report_archive import MADE, ReportState
from dashboard.door import addresses, report_list
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk, who_acts
from dashboard.door.refusals import reason_why_not
from dashboard.door.report_asked import asked_report
from dashboard.payloads import ASK_AGAIN, see_other
from layouts import format as fmt
from layouts.words import Words
from operations import report_acts
from operations.action_log import ActRefused, NotAllowed, connect
from operations.report_mailing import retry_mail
from operations.report_rows import Archived, Mail, mails_of, one_report
from reports import archive
from reports.forms import FORMS

REFRESH_SECONDS = 2
# What may be done in which state.
DEEDS: Mapping[str, frozenset[ReportState]] = {
    "cho-gui": frozenset({ReportState.HELD}),
    "lap-lai": frozenset({ReportState.HELD, ReportState.FAILED, ReportState.WITHDRAWN}),
    "rut": frozenset({ReportState.HELD, ReportState.FAILED}),
}


def add_report_pages(server: Flask, desk: DeedDesk) -> None:
    """Register pages and forms; the table says who may use them, scope and acts where."""

    def one(number: int) -> Response:
        return _seen(desk, number, lambda row, mails: _page(desk, row, mails))

    def file(number: int, form: str) -> Response:
        return _seen(desk, number, lambda row, _mails: _file(desk, row, form))

    def picture(number: int, page: int) -> Response:
        return _seen(desk, number, lambda row, _mails: _picture(desk, row, page))

    def acted(number: int, deed: str) -> Response:
        return _act(desk, number, deed)

    base = addresses.REPORTS
    server.add_url_rule(base, "reports", lambda: report_list.page(desk))
    server.add_url_rule(f"{base}/<int:number>", "report", one)
    server.add_url_rule(f"{base}/<int:number>/tep/<form>", "report_file", file)
    server.add_url_rule(f"{base}/<int:number>/trang/<int:page>", "report_picture", picture)
    server.add_url_rule(f"{base}/lap", "ask_report", lambda: _ask(desk), methods=["POST"])
    server.add_url_rule(f"{base}/<int:number>/<deed>", "act_on_report", acted, methods=["POST"])


def _seen(desk: DeedDesk, number: int, show: Callable[[Archived, list[Mail]], Response]) -> Response:
    """What the reader may see of a report; one that is of others' provinces is refused as one that nobody knows."""
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        with connect(url) as connection:
            row = one_report(connection, number)
            mails = list(mails_of(connection, number)) if row is not None else []
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    if row is None or not caller().scope(Permission.SEE_DATA).covers(row.area or None):
        return _missing(desk, ActRefused(f"there is no report {number}", "no_report", number=number))
    return show(row, mails)


def _missing(desk: DeedDesk, refused: ActRefused, *, back: str = addresses.REPORTS) -> Response:
    told = reason_why_not(refused, desk.door.words, desk.door.zone)
    return desk.door.pages.page(request, "report_refused", status=404, refused=told, back=back)


def _ask(desk: DeedDesk) -> Response:
    url, words = desk.url(), desk.door.words
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        number = report_acts.ask_report(url, asked_report(desk), by=who_acts(desk))
    except ActRefused as refused:
        status = 403 if isinstance(refused, NotAllowed) else 400
        return report_list.page(desk, status=status, refused=reason_why_not(refused, words, desk.door.zone))
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    return see_other(f"{addresses.REPORTS}/{number}")


def _act(desk: DeedDesk, number: int, deed: str) -> Response:
    url, sent, by = desk.url(), request.form, who_acts(desk)
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    reason = sent.get("reason", "")
    acts: Mapping[str, Callable[[], object]] = {
        "cho-gui": lambda: report_acts.release_report(url, number, reason=reason, by=by),
        "lap-lai": lambda: report_acts.make_again(url, number, reason=reason, by=by),
        "rut": lambda: report_acts.withdraw_report(url, number, reason=reason, by=by),
        "gui-lai": lambda: retry_mail(url, _number(sent.get("mail", "")), reason=reason, by=by),
    }
    try:
        acts[deed]()
    except ActRefused as error:
        told = reason_why_not(error, desk.door.words, desk.door.zone)
        status = 403 if isinstance(error, NotAllowed) else 400
        return _seen(desk, number, lambda row, mails: _page(desk, row, mails, status=status, refused=told))
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    return see_other(f"{addresses.REPORTS}/{number}?{urlencode({'done': deed})}")


def _page(desk: DeedDesk, row: Archived, mails: list[Mail], *, status: int = 200, refused: str = "") -> Response:
    words = desk.door.words
    names = desk.door.provinces(words)
    may = caller().scope(Permission.RELEASE_REPORT).covers(row.area or None)
    manifest, damaged = _manifest(desk, row)
    done = request.args.get("done", "") if request.method == "GET" else ""
    waits = row.state is ReportState.WAITING
    response = desk.door.pages.page(
        request,
        "report",
        status=status,
        csrf=against_forgery(caller().token),
        refused=refused,
        done=words(f"report_done.{done}") if done in {*DEEDS, "gui-lai"} else "",
        row=row,
        place=report_list.place(row.area, names, words),
        day=report_list.day_told(row, words, desk),
        told=report_list.told(row, words),
        waits=waits,
        facts=_facts(desk, row, words),
        failed=row.failed_checks(words.language.value),
        damaged=damaged,
        files=[
            (item.kind, item.name, fmt.decimal(item.size / 1_000_000, words.language, digits=2))
            for item in (manifest.files if manifest else ())
            if item.kind in FORMS
        ],
        pages=len(manifest.pages) if manifest else 0,
        deeds=[deed for deed, states in DEEDS.items() if may and row.state in states and _makes_sense(deed, row)],
        mails=mails if may else [],
        may=may,
        reason=request.form.get("reason", "")[:500],
    )
    if waits:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _makes_sense(deed: str, row: Archived) -> bool:
    """One on request goes to nobody: there is nothing to release or to withdraw."""
    return row.sends or deed == "lap-lai"


def _facts(desk: DeedDesk, row: Archived, words: Words) -> list[tuple[str, str]]:
    """What it is of and who made it, in the order in which a reader asks."""
    zone, language = desk.door.zone, words.language
    of = [fmt.day(day, language) for day in row.days or ()]
    found: list[tuple[str, str]] = [
        ("language", words(f"report_language.{row.language}")),
        ("snapshot", str(row.snapshot) if row.snapshot is not None else ""),
        ("as_of", fmt.instant(row.as_of, words, zone) if row.as_of else ""),
        ("locked_on", fmt.day(row.locked_on, language) if row.locked_on else ""),
        ("days", " – ".join(of)),
        ("sections", ", ".join(words(f"report_part.{part}") for part in row.parts)),
        (
            "made_by",
            words("reports.by_schedule", name=words.named("report_schedule", row.schedule))
            if row.schedule
            else row.asked_by,
        ),
        ("made_at", fmt.instant(row.made_at, words, zone) if row.made_at else ""),
        ("gone", words("reports.gone_at", at=fmt.instant(row.gone_at, words, zone)) if row.gone_at else ""),
        ("sha256", row.manifest_hash if row.gone_at else ""),
        ("decided", words("reports.decided", name=row.decided_by, reason=row.decided_why) if row.decided_by else ""),
    ]
    return [(words(f"reports.{name}"), text) for name, text in found if text]


def _manifest(desk: DeedDesk, row: Archived) -> tuple[archive.Manifest | None, bool]:
    """And whether what should be there is not what it was."""
    if row.state not in MADE or row.gone_at is not None:
        return None, False
    try:
        return archive.manifest_of(desk.settings.report_dir, row.folder, row.manifest_hash), False
    except archive.Damaged:
        return None, True


def _file(desk: DeedDesk, row: Archived, form: str) -> Response:
    manifest, _ = _manifest(desk, row)
    return _sent(
        desk, row, manifest.of_form(form) if manifest and form in FORMS else None, save="xem" not in request.args
    )


def _picture(desk: DeedDesk, row: Archived, page: int) -> Response:
    manifest, _ = _manifest(desk, row)
    pages = manifest.pages if manifest else ()
    return _sent(desk, row, pages[page - 1] if 0 < page <= len(pages) else None, save=False)


def _sent(desk: DeedDesk, row: Archived, file: archive.ArchivedFile | None, *, save: bool) -> Response:
    """A file of the archive, held to its hash: what was changed there is shown to nobody."""
    back = f"{addresses.REPORTS}/{row.report_id}"
    if file is None:
        return _missing(desk, ActRefused("the report has no such file", "no_report_file"), back=back)
    try:
        body = archive.body_of(desk.settings.report_dir, row.folder, file)
    except archive.Damaged as error:
        return _missing(desk, ActRefused(str(error), "report_damaged", name=file.name), back=back)
    response = Response(body, content_type=archive.MEDIA[file.kind])
    response.headers["Content-Disposition"] = f'{"attachment" if save else "inline"}; filename="{file.name}"'
    response.headers["Cache-Control"] = ASK_AGAIN
    response.set_etag(file.sha256)
    response.make_conditional(request)
    return response


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else -1
