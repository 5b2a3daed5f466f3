"""`app.py archive`: reports that were made, what became of them, who gets them; release one that a check holds back."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from campaign.access import Role
from campaign.coverage import NATION
from campaign.report_archive import ReportState
from cli.account_options import decided
from cli.registry_command import Act, answering
from geo.areas import load_provinces
from operations import report_acts, report_lists
from operations.action_log import ActRefused, connect
from operations.decisions import Actor
from operations.report_mailing import retry_mail
from operations.report_rows import Archived, Search, find, mails_of, one_report
from reports import archive
from settings import Settings

Commands = Any
Told = tuple[object, str]
ALL_THAT_THERE_ARE = 1_000_000


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    printed = argparse.ArgumentParser(add_help=False)
    printed.add_argument("--json", action="store_true", help="compact JSON on standard output")
    found = commands.add_parser("archive", parents=[common, printed], help="reports that were made, and their mails")
    found.add_argument("--area", metavar="CODE", help=f"a province, or '{NATION}'")
    found.add_argument("--only", choices=[str(state) for state in ReportState], help="of one state")
    found.add_argument("--limit", type=int, default=50, metavar="N", help="newest first; default 50")
    found.set_defaults(handler=answering(_list))
    parts = found.add_subparsers(dest="part", metavar="[WHAT]")

    def about(name: str, act: Act, told: str, *, reason: bool = True) -> None:
        part = parts.add_parser(name, parents=[common, decided() if reason else printed], help=told)
        part.add_argument("number", type=int, metavar="ID")
        if reason:
            part.add_argument("--reason", required=True, metavar="TEXT", help="kept in the audit")
        part.set_defaults(handler=answering(act))

    about("show", _show, "one report, its failed checks, its mails", reason=False)
    about("release", _release, "let a held one go out, with what failed on its first page")
    about("withdraw", _withdraw, "a held or failed one is not sent")
    about("again", _again, "make a held, failed or withdrawn one once more, from the newest snapshot")
    about("resend", _resend, "try a mail that failed once more (ID of the mail)")
    verify = parts.add_parser("verify", parents=[common, printed], help="hold every file of the archive to its hash")
    verify.set_defaults(handler=answering(_verify))
    lists = parts.add_parser("list", parents=[common, printed], help="who gets what schedules send")
    lists.set_defaults(handler=answering(_recipients))
    add = parts.add_parser("list-add", parents=[common, decided()], help="put an address on the list of a role")
    add.add_argument("address", metavar="ADDRESS")
    add.add_argument("--role", required=True, choices=[str(role) for role in Role])
    add.add_argument("--area", default=NATION, metavar="CODE", help=f"whose reports; '{NATION}' is the default")
    add.add_argument("--lang", default="vi", choices=["vi", "en"])
    add.set_defaults(handler=answering(_add))
    end = parts.add_parser("list-end", parents=[common, decided()], help="take an address off its list")
    end.add_argument("number", type=int, metavar="ID")
    end.set_defaults(handler=answering(_end))


def _list(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    area = None if chosen.area is None else _area(chosen.area)
    state = ReportState(chosen.only) if chosen.only else None
    with connect(url) as connection:
        rows = find(connection, Search(area=area, state=state, limit=chosen.limit), zone=settings.campaign.timezone)
    return [_as_json(row) for row in rows], "\n".join(map(_line, rows)) or "no reports"


def _show(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    with connect(url) as connection:
        row = one_report(connection, chosen.number)
        mails = mails_of(connection, chosen.number)
    if row is None:
        raise ActRefused(f"there is no report {chosen.number}", "no_report", number=chosen.number)
    told = [
        {
            "mail": item.mail_id,
            "address": item.address,
            "state": item.state.value,
            "reason": item.reason,
            "attempts": item.attempts,
        }
        for item in mails
    ]
    lines = [
        _line(row),
        *(f"  failed: {text}" for text in row.failed_checks("en")),
        *(
            f"  mail {item.mail_id} to {item.address}: {item.state}{f' ({item.reason})' if item.reason else ''}, "
            f"{item.attempts} tries"
            for item in mails
        ),
    ]
    return {**_as_json(row), "sent_to": told}, "\n".join(lines)


def _release(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    mails = report_acts.release_report(url, chosen.number, reason=chosen.reason, by=_by(chosen))
    return {"report": chosen.number, "state": "released", "mails": mails}, (
        f"report {chosen.number} is released; it is sent to {mails} addresses"
    )


def _withdraw(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    report_acts.withdraw_report(url, chosen.number, reason=chosen.reason, by=_by(chosen))
    return {"report": chosen.number, "state": "withdrawn"}, f"report {chosen.number} is withdrawn"


def _again(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    report_acts.make_again(url, chosen.number, reason=chosen.reason, by=_by(chosen))
    return {"report": chosen.number, "state": "waiting"}, f"report {chosen.number} waits to be made again"


def _resend(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    retry_mail(url, chosen.number, reason=chosen.reason, by=_by(chosen))
    return {"mail": chosen.number, "state": "waiting"}, f"mail {chosen.number} waits to be sent again"


def _verify(_chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    """Raises ActRefused where a file is not what it was."""
    with connect(url) as connection:
        rows = find(connection, Search(limit=ALL_THAT_THERE_ARE), zone=settings.campaign.timezone)
    damaged: list[str] = []
    files = 0
    for row in (row for row in rows if row.folder and row.gone_at is None):
        try:
            for file in archive.manifest_of(settings.report_dir, row.folder, row.manifest_hash).files:
                archive.body_of(settings.report_dir, row.folder, file)
                files += 1
        except archive.Damaged as error:
            damaged.append(f"report {row.report_id}: {error}")
    if damaged:
        raise ActRefused("; ".join(damaged), "archive_damaged")
    return {"reports": len(rows), "files": files, "damaged": 0}, f"{files} files of {len(rows)} reports are as made"


def _recipients(_chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    found = report_lists.recipients(url)
    told = [
        {
            "id": item.recipient_id,
            "role": item.role.value,
            "area": item.area or NATION,
            "language": item.language,
            "address": item.address,
        }
        for item in found
    ]
    lines = [
        f"{item.recipient_id}  {item.role}  {item.area or NATION}  {item.language}  {item.address}" for item in found
    ]
    return told, "\n".join(lines) or "nobody is on a list: reports are kept, and sent to nobody"


def _add(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    codes = [province.code for province in load_provinces(settings.reference_dir)]
    number = report_lists.add_recipient(
        url,
        role=chosen.role,
        area=_area(chosen.area),
        language=chosen.lang,
        address=chosen.address,
        areas=codes,
        by=_by(chosen),
    )
    return {"id": number}, f"{chosen.address} gets reports for {chosen.role} of {chosen.area} (number {number})"


def _end(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    report_lists.end_recipient(url, chosen.number, by=_by(chosen))
    return {"id": chosen.number, "ended": True}, f"{chosen.number} is on no list any more"


def _area(code: str) -> str:
    return "" if code == NATION else code


def _by(chosen: argparse.Namespace) -> Actor:
    return Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))


def _as_json(row: Archived) -> dict[str, object]:
    return {
        "id": row.report_id,
        "schedule": row.schedule,
        "day": row.day.isoformat() if row.day else None,
        "area": row.area or NATION,
        "language": row.language,
        "forms": row.forms,
        "asked_by": row.asked_by,
        "state": row.state.value,
        "reason": row.reason,
        "failed": row.failed_checks("en"),
        "snapshot": row.snapshot,
        "folder": row.folder,
        "manifest_sha256": row.manifest_hash,
        "gone_at": row.gone_at.isoformat() if row.gone_at else None,
        "mails": row.mails,
        "sent": row.sent,
        "mails_failed": row.mails_failed,
    }


def _line(row: Archived) -> str:
    of = f"{row.schedule} of {row.day}" if row.schedule else f"asked for by {row.asked_by}"
    why = f" ({row.reason})" if row.reason else ""
    mails = f", sent to {row.sent} of {row.mails}" if row.mails else ""
    snapshot = f", snapshot {row.snapshot}" if row.snapshot is not None else ""
    gone = f", files let go on {row.gone_at:%Y-%m-%d}, SHA-256 {row.manifest_hash}" if row.gone_at else ""
    return f"{row.report_id}  {row.area or NATION} {row.language}  {of}: {row.state}{why}{snapshot}{mails}{gone}"
