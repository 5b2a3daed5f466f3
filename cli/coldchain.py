"""`app.py coldchain`: what a logger file says, read here or taken into the registry by a named person."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from campaign.coldchain import AlarmRule
from campaign.formats.fridge_tag import LoggerFile
from campaign.formats.outline import LoggerFileBad
from campaign.logger_report import LoggerReport, report
from cli.coldchain_drop import take_drop
from cli.coldchain_read import import_file, read_bytes
from cli.registry_command import DONE, REFUSED, answering, tell, with_registry
from etl.coldchain_intake import ems_intake, import_reader, read_file
from operations import loggers
from operations.ems import Connection, settle_waiting
from settings import Settings

Commands = Any
USAGE, HELD = 2, 3
CODES = {loggers.Outcome.IMPORTED: DONE, loggers.Outcome.UNKNOWN_DEVICE: HELD, loggers.Outcome.UNREADABLE: REFUSED}


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "coldchain", parents=[common], help="read a logger file, or take it into the registry"
    )
    command.add_argument("file", nargs="?", type=Path, metavar="FILE", help="text export of a Fridge-tag 2 or 2 L")
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    command.add_argument("--import", dest="take", action="store_true", help="take FILE into the registry")
    command.add_argument("--register", metavar="SERIAL", help="say which equipment a logger hangs in; see --equipment")
    command.add_argument("--equipment", metavar="ID", help="equipment of the registry")
    command.add_argument("--watch-once", action="store_true", help="take what lies in coldchain.drop_dir, then stop")
    command.add_argument("--actor", default="", metavar="NAME", help="who acts; kept in the action log")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a command that says nothing to do, 3 where the device is not known yet, 4 for a bad file."""
    mistake = _mistake(chosen)
    if mistake:
        return tell(mistake, USAGE)
    if chosen.watch_once:
        return take_drop(settings, actor=chosen.actor)
    return answering(_register)(chosen, settings) if chosen.register else _with_file(chosen, settings)


def _mistake(chosen: argparse.Namespace) -> str:
    """What the command line lacks; '' where it says one thing to do."""
    if sum([chosen.file is not None, chosen.register is not None, chosen.watch_once]) != 1:
        return "name one thing to do: FILE, --register SERIAL --equipment ID, or --watch-once"
    if chosen.take and chosen.file is None:
        return "--import needs a FILE"
    if (chosen.take or chosen.register is not None) and not chosen.actor.strip():
        return "say who acts: --actor NAME"
    if chosen.register is not None and not (chosen.register.strip() and chosen.equipment):
        return "say which logger hangs where: --register SERIAL --equipment ID"
    return ""


def _with_file(chosen: argparse.Namespace, settings: Settings) -> int:
    try:
        content = read_bytes(chosen.file, settings)
        return _take(chosen, settings, content) if chosen.take else _show(chosen, settings, content)
    except OSError as error:
        return tell(f"{chosen.file}: {error.strerror or error}", USAGE)
    except LoggerFileBad as error:
        return tell(f"{chosen.file.name}: {error}", REFUSED)


def _show(chosen: argparse.Namespace, settings: Settings, content: bytes) -> int:
    found = read_file(content, settings)
    told = report(found, gap=timedelta(minutes=settings.coldchain.gap_minutes))
    if chosen.json:
        sys.stdout.buffer.write(orjson.dumps(as_json(found, told)) + b"\n")
    else:
        print("\n".join(as_lines(found, told)))
    return DONE


def _take(chosen: argparse.Namespace, settings: Settings, content: bytes) -> int:
    done = with_registry(settings, lambda url: import_file(settings, url, chosen.file, content, actor=chosen.actor))
    if isinstance(done, int):
        return done
    code = CODES[done.outcome]
    if chosen.json:
        sys.stdout.buffer.write(orjson.dumps(done) + b"\n")
    elif code == DONE:
        print(f"{done.name}: {done.message}")
    return code if code == DONE else tell(f"{done.name}: {done.message}", code)


def _register(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    now = datetime.now(UTC)

    def sent(connection: Connection, serial: str) -> int:
        return settle_waiting(connection, serial, intake=ems_intake(settings, connection), now=now)

    made = loggers.register(
        url,
        serial=chosen.register,
        equipment_id=chosen.equipment,
        read=import_reader(settings, url),
        actor=chosen.actor,
        now=now,
        take_waiting=sent,
    )
    waiting = "".join(f"\n{file.name}: {file.message}" for file in made.files)
    told = f"{len(made.files)} waiting files taken, {made.sent} readings that machines had sent"
    return made, f"{made.serial} hangs in {made.equipment_id}; {told}{waiting}"


def as_json(found: LoggerFile, told: LoggerReport) -> dict[str, object]:
    """The shape that scripts rely on. Times are local to where the device hangs, as the file has them."""
    seen = [reading.at for reading in found.readings if reading.temp_c is not None]
    return {
        "device": found.device,
        "serial": found.serial,
        "interval_minutes": found.interval_minutes,
        "readings": len(found.readings),
        "missing": found.missing,
        "first": _local(min(seen, default=None)),
        "last": _local(max(seen, default=None)),
        "min_c": told.min_c,
        "max_c": told.max_c,
        "limits": {"low": _limit(found.low), "high": _limit(found.high)},
        "above": told.above,
        "below": told.below,
        "at_limit": told.at_limit,
        "at_low_limit": told.at_low_limit,
        "excursions": [
            {
                "kind": item.side,
                "start": _local(item.start),
                "end": _local(item.end),
                "minutes": item.minutes,
                "extreme_c": item.extreme_c,
                "ended": item.ended,
            }
            for item in told.excursions
        ],
        "alarm_days": [
            {"day": item.day, "kind": item.side, "minutes": item.minutes, "alarm_at": _local(item.alarm_at)}
            for item in told.alarm_days
        ],
        "message": told.message,
    }


def as_lines(found: LoggerFile, told: LoggerReport) -> list[str]:
    every = f", every {found.interval_minutes} minutes" if found.interval_minutes else ""
    low, high = found.low, found.high
    return [
        f"{found.device} {found.serial}: {len(found.readings):,} readings{every}, {len(found.days)} days",
        f"limits: below {low.limit.celsius:g} °C for {low.minutes} minutes, above {high.limit.celsius:g} °C for "
        f"{high.minutes} minutes; exactly at a limit is inside",
        told.message,
        *(
            f"  {item.side:<4}  {item.start:%Y-%m-%d %H:%M} to {item.end:%Y-%m-%d %H:%M}  {item.minutes:>6,} min  "
            f"{item.extreme_c:>5.1f} °C  {item.ended.replace('_', ' ')}"
            for item in told.excursions
        ),
        f"alarms of the device: {len(told.alarm_days)}",
        *(
            f"  {item.side:<4}  {item.day}  {item.minutes:>6,} min outside  at {item.alarm_at:%H:%M}"
            for item in told.alarm_days
        ),
    ]


def _limit(rule: AlarmRule) -> dict[str, object]:
    return {"celsius": rule.limit.celsius, "minutes": rule.minutes}


def _local(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None
