"""What the form of /bao-cao asks for, read and held to what there is."""

from __future__ import annotations

from datetime import date

from flask import request

from campaign.report import chosen
from dashboard.door.deed_desk import DeedDesk
from dashboard.door.typed import day_or_none
from layouts.words import Language
from operations.action_log import ActRefused
from operations.report_acts import AskedReport
from reports.forms import FORMS
from warehouse.files import versions


def asked_report(desk: DeedDesk) -> AskedReport:
    """Raises ActRefused, before anything is written."""
    sent = request.form
    area = sent.get("area", "")
    if area and area not in desk.door.provinces(desk.door.words):
        raise ActRefused(f"no province has the code '{area[:10]}'", "report_no_area", name=area[:10])
    language = sent.get("lang_of", "")
    if language not in set(Language):
        raise ActRefused(f"reports are in vi or en, not '{language[:10]}'", "report_no_language", name=language[:10])
    parts = [part.value for part in chosen(()) if part.value in sent.getlist("part")]
    forms = [form for form in FORMS if form in sent.getlist("form")]
    if not forms:
        raise ActRefused("choose at least one form", "report_no_form")
    return AskedReport(
        area=area,
        language=language,
        parts=parts,
        forms=forms,
        days=_days(desk, sent.get("begin", ""), sent.get("end", "")),
        version=_version(desk, sent.get("snapshot", "")),
        live="live" in sent,
    )


def _days(desk: DeedDesk, first: str, last: str) -> tuple[date, date] | None:
    """Raises ActRefused."""
    begin, end, most = day_or_none(first), day_or_none(last), desk.settings.archive.most_days
    if begin is None and end is None:
        return None
    if begin is None or end is None:
        raise ActRefused("give both days, or none", "report_one_day")
    if not 0 <= (end - begin).days < most:
        raise ActRefused(f"from the first day to the last are 1 to {most} days", "report_days", limit=most)
    return begin, end


def _version(desk: DeedDesk, text: str) -> int | None:
    """Raises ActRefused, with the nearest one that is kept."""
    bare = text.strip()
    if not bare:
        return None
    kept = versions(desk.settings.snapshot_dir)
    wanted = int(bare) if bare.isascii() and bare.isdecimal() and len(bare) < 16 else -1
    if wanted in kept:
        return wanted
    if not kept:
        raise ActRefused("no snapshot is kept", "no_snapshot")
    nearest = min(kept, key=lambda version: (abs(version - wanted), version))
    raise ActRefused(f"snapshot {bare[:16]} is not kept; the nearest is {nearest}", "report_not_kept", near=nearest)
