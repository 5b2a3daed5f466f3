"""`app.py planned`: planned work and drills; mark one, end one. They end by themselves, too."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaign.oncall import Planned, PlannedKind
from cli.registry_command import answering
from geo.areas import load_provinces
from operations import oncall
from operations.decisions import Actor
from operations.instants import instant_of
from settings import Settings

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    printed = argparse.ArgumentParser(add_help=False)
    printed.add_argument("--json", action="store_true", help="compact JSON on standard output")
    signed = argparse.ArgumentParser(add_help=False)
    signed.add_argument("--reason", required=True, metavar="TEXT", help="what is done there")
    signed.add_argument("--actor", required=True, metavar="NAME", help="who acts; kept in the audit")
    found = commands.add_parser(
        "planned", parents=[common, printed], help="planned work and drills: list, mark, end before the time"
    )
    found.set_defaults(handler=answering(_list))
    parts = found.add_subparsers(dest="part", metavar="[WHAT]")
    parts.add_parser("list", parents=[common, printed], help="those in force and to come").set_defaults(
        handler=answering(_list)
    )
    for kind, text in (
        (PlannedKind.WORK, "incidents inside are marked, nobody is told"),
        (PlannedKind.DRILL, "notices say that it is a drill"),
    ):
        add = parts.add_parser(kind.value, parents=[common, printed, signed], help=text)
        add.add_argument("--until", required=True, metavar="WHEN", help="local: 22/11/2021 17:00")
        add.add_argument("--from", dest="since", default="", metavar="WHEN", help="by default now")
        add.add_argument("--area", default="", metavar="CODE", help="province; by default the nation")
        add.add_argument("--rules", default="", metavar="PREFIX", help="beginning of rules' names, such as coldchain")
        add.set_defaults(handler=answering(_plan), kind=kind)
    end = parts.add_parser("end", parents=[common, printed, signed], help="end one before its time")
    end.add_argument("work", type=int, metavar="ID")
    end.set_defaults(handler=answering(_end))


def _list(_chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    rows = oncall.planned(url, datetime.now(UTC))
    zone = ZoneInfo(settings.campaign.timezone)
    return [_as_json(row) for row in rows], "\n".join(_line(row, zone) for row in rows) or "nothing is planned"


def _plan(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    zone, by = ZoneInfo(settings.campaign.timezone), _by(chosen)
    span = oncall.Span(
        area=chosen.area,
        rule_prefix=chosen.rules,
        starts_at=instant_of(chosen.since, zone, default=by.now),
        ends_at=instant_of(chosen.until, zone),
    )
    made = oncall.plan_work(
        url,
        chosen.kind,
        span,
        reason=chosen.reason,
        longest=timedelta(hours=settings.alerts.planned_max_hours),
        areas=[item.code for item in load_provinces(settings.reference_dir)],
        by=by,
    )
    return _as_json(made), _line(made, zone)


def _end(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    oncall.end_work(url, chosen.work, reason=chosen.reason, by=_by(chosen))
    return {"id": chosen.work, "ended": True}, f"planned work {chosen.work} ended"


def _as_json(item: Planned) -> dict[str, object]:
    return {
        "id": item.work_id,
        "kind": item.kind.value,
        "area": item.covers.area,
        "rules": item.covers.rule_prefix,
        "from": item.starts_at.isoformat(),
        "until": item.ends_at.isoformat(),
        "reason": item.reason,
    }


def _line(item: Planned, zone: ZoneInfo) -> str:
    area, rules = item.covers.area or "nation", item.covers.rule_prefix or "every rule"
    begin, end = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (item.starts_at, item.ends_at))
    return f"{item.work_id}  {item.kind}  {area}  {rules}  {begin} to {end}  {item.reason}"


def _by(chosen: argparse.Namespace) -> Actor:
    return Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
