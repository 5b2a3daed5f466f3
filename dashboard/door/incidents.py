"""What people do with incidents on the console: plain forms, answered with the console again, or with why not."""

from __future__ import annotations

from datetime import timedelta

import psycopg
from flask import Flask, Response, request

from campaign.incident_acts import WhyNot
from campaign.incidents import Closing
from dashboard.door import addresses
from dashboard.door.deed_desk import DeedDesk, count_of, who_acts
from dashboard.door.refusals import reason_why_not
from dashboard.payloads import see_other
from layouts.incident_forms import Deed
from operations import incidents
from operations.action_log import ActRefused, NotAllowed

CODE_DIGITS = 2
"""Of a province."""


def add_incident_deeds(server: Flask, desk: DeedDesk) -> None:
    """Register the address; the table says who may use it, and the act itself where."""

    def handled(incident: int, deed: str) -> Response:
        return _handle(desk, incident, Deed(deed))

    server.add_url_rule(f"{addresses.CONSOLE}/<int:incident>/<deed>", "handle_alert", handled, methods=["POST"])


def _handle(desk: DeedDesk, incident: int, deed: Deed) -> Response:
    """303 to the console, which says what was done; or a page that says why it was not."""
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        _carry_out(desk, url, incident, deed)
    except ActRefused as refused:
        return _refusal(desk, incident, deed, refused)
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    return see_other(f"{addresses.CONSOLE}?done={deed}&incident={incident}{_limited_to()}#incident-{incident}")


def _limited_to() -> str:
    """The province that the reader's list was limited to."""
    area = request.args.get("area", "")
    return f"&area={area}" if area.isascii() and area.isdecimal() and len(area) == CODE_DIGITS else ""


def _carry_out(desk: DeedDesk, url: str, incident: int, deed: Deed) -> None:
    """Raises ActRefused."""
    sent, by = request.form, who_acts(desk)
    comment = sent.get("comment", "")
    if deed is Deed.ACKNOWLEDGE:
        seen = count_of(sent["seen"]) if sent.get("seen") else None
        incidents.acknowledge(url, incident, comment=comment, by=by, seen=seen)
    elif deed is Deed.START:
        incidents.start(url, incident, by=by)
    elif deed is Deed.TAKE:
        incidents.take(url, incident, by=by, to=sent.get("to", ""))
    elif deed is Deed.SNOOZE:
        longest = timedelta(hours=desk.settings.alerts.snooze_max_hours)
        hours = count_of(sent.get("hours", ""))
        incidents.snooze(url, incident, hours=hours, longest=longest, comment=comment, by=by)
    elif deed is Deed.COMMENT:
        incidents.say(url, incident, comment=comment, by=by)
    else:
        incidents.close(url, incident, comment=comment, by=by, closing=sent.get("closing") or Closing.HANDLED)


def _refusal(desk: DeedDesk, incident: int, deed: Deed, refused: ActRefused) -> Response:
    """Why not, and what was written, so that it is not lost. 409: somebody or something was there before."""
    raced = refused.why in set(WhyNot) - {WhyNot.SNOOZE_RANGE}
    words = desk.door.words
    return desk.door.pages.page(
        request,
        "incident",
        status=403 if isinstance(refused, NotAllowed) else 409 if raced else 400,
        deed=words(f"incident_act.{deed}"),
        number=incident,
        why=reason_why_not(refused, words, desk.door.zone),
        comment=request.form.get("comment", ""),
    )
