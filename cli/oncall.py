"""`app.py oncall`: which post is on duty for what; set one, end one."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from campaign.oncall import Duty
from cli.registry_command import answering
from geo.areas import load_provinces
from operations import oncall
from operations.decisions import Actor
from operations.instants import hours_of, instant_of
from settings import Settings

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    printed = argparse.ArgumentParser(add_help=False)
    printed.add_argument("--json", action="store_true", help="compact JSON on standard output")
    signed = argparse.ArgumentParser(add_help=False)
    signed.add_argument("--reason", required=True, metavar="TEXT")
    signed.add_argument("--actor", required=True, metavar="NAME", help="who acts; kept in the audit")
    found = commands.add_parser("oncall", parents=[common, printed], help="list who is on duty; set or end a duty")
    found.set_defaults(handler=answering(_list))
    parts = found.add_subparsers(dest="part", metavar="[WHAT]")
    parts.add_parser("list", parents=[common, printed], help="posts on duty, also those to come").set_defaults(
        handler=answering(_list)
    )
    add = parts.add_parser("set", parents=[common, printed, signed], help="put a post on duty until an instant")
    add.add_argument("post", metavar="POST", help="name of the post, no person's")
    add.add_argument("--until", required=True, metavar="WHEN", help="local: 31/12/2021 06:00")
    add.add_argument("--from", dest="since", default="", metavar="WHEN", help="by default now")
    add.add_argument("--hours", default="", metavar="FROM-TO", help="local hours of each day, such as 22-6")
    add.add_argument("--area", default="", metavar="CODE", help="province; by default the nation")
    add.add_argument("--rules", default="", metavar="PREFIX", help="beginning of rules' names, such as coldchain")
    add.add_argument("--level", type=int, default=1, metavar="N", help="1 to 3; default 1")
    add.add_argument("--phone", default="", metavar="NUMBER")
    add.add_argument("--email", default="", metavar="ADDRESS")
    add.set_defaults(handler=answering(_set))
    end = parts.add_parser("end", parents=[common, printed, signed], help="end a duty before its time")
    end.add_argument("duty", type=int, metavar="ID")
    end.set_defaults(handler=answering(_end))


def _list(_chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    rows = oncall.duties(url, datetime.now(UTC))
    zone = ZoneInfo(settings.campaign.timezone)
    return [as_json(row) for row in rows], "\n".join(_line(row, zone) for row in rows) or "nobody is on duty"


def _set(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    zone, by = ZoneInfo(settings.campaign.timezone), _by(chosen)
    span = oncall.Span(
        area=chosen.area,
        rule_prefix=chosen.rules,
        starts_at=instant_of(chosen.since, zone, default=by.now),
        ends_at=instant_of(chosen.until, zone),
    )
    asked = oncall.AskedDuty(
        post=chosen.post,
        span=span,
        level=chosen.level,
        phone=chosen.phone,
        email=chosen.email,
        hours=hours_of(chosen.hours),
    )
    areas = [item.code for item in load_provinces(settings.reference_dir)]
    made = oncall.set_duty(url, asked, reason=chosen.reason, areas=areas, by=by)
    return as_json(made), _line(made, zone)


def _end(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    oncall.end_duty(url, chosen.duty, reason=chosen.reason, by=_by(chosen))
    return {"id": chosen.duty, "ended": True}, f"duty {chosen.duty} ended"


def as_json(duty: Duty) -> dict[str, object]:
    return {
        "id": duty.duty_id,
        "post": duty.post,
        "area": duty.covers.area,
        "rules": duty.covers.rule_prefix,
        "level": duty.level,
        "phone": duty.phone,
        "email": duty.email,
        "from": duty.starts_at.isoformat(),
        "until": duty.ends_at.isoformat(),
        "hours": list(duty.hours) if duty.hours else None,
    }


def _line(duty: Duty, zone: ZoneInfo) -> str:
    area, rules = duty.covers.area or "nation", duty.covers.rule_prefix or "every rule"
    hours = f", {duty.hours[0]}-{duty.hours[1]} h" if duty.hours else ""
    until = f"until {duty.ends_at.astimezone(zone):%Y-%m-%d %H:%M}"
    return (
        f"{duty.duty_id}  level {duty.level}  {area}  {rules}  {duty.post}  {duty.phone} {duty.email}  {until}{hours}"
    )


def _by(chosen: argparse.Namespace) -> Actor:
    return Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
