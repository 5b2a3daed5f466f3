"""`app.py equipment`: the register of equipment, one device with its history, and what named persons say of it."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from campaign.device_tables import DeviceNames
from campaign.devices import judge_all
from campaign.equipment import Status
from campaign.equipment_tables import history_rows, job_rows, register_rows, registered
from campaign.people_tables import Row
from campaign.trust import ClockLimits
from cli.registry_command import DONE, REFUSED, answering, local_instant, tell
from etl.coldchain_intake import present_of
from etl.contracts import EARLIEST
from operations import equipment
from operations.action_log import connect
from operations.decisions import Actor
from operations.ems import Window
from settings import Settings
from warehouse import reads_coldchain
from warehouse.snapshot import Snapshots

Commands = Any
USAGE = 2
# Devices that the terminal lists; --json has all of them.
LISTED = 30
STEPS = ("assign", "done", "open")


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "equipment", parents=[common], help="the register of equipment; say how a device stands, or its repair"
    )
    command.add_argument("device", nargs="?", default="", metavar="DEVICE")
    command.add_argument("--json", action="store_true", help="compact JSON, one object a line, on standard output")
    command.add_argument("--area", default="", metavar="CODE", help="of one province only")
    command.add_argument("--status", choices=[str(item) for item in Status], help="say how DEVICE stands; see --why")
    command.add_argument("--since", default="", metavar="'YYYY-MM-DD HH:MM'", help="local time; default: from now on")
    command.add_argument("--repair", choices=STEPS, help="open, assign or close the repair; see --why")
    command.add_argument("--why", default="", metavar="TEXT", help="reason, problem, who repairs it, or outcome")
    command.add_argument("--actor", default="", metavar="NAME", help="who says so; kept in the audit")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a command that says nothing to do, 4 for an unknown device or an act that is refused."""
    says = chosen.status or chosen.repair
    if says and not (chosen.device and chosen.actor.strip()):
        return tell("say of which device, and who says so: equipment DEVICE --status … --why TEXT --actor NAME", USAGE)
    if chosen.status and chosen.repair:
        return tell("say one thing at a time: --status or --repair", USAGE)
    return answering(_say)(chosen, settings) if says else _show(chosen, settings)


def _say(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    by = Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
    with connect(url) as connection:
        now = present_of(connection)
    if chosen.repair:
        _repair(chosen, url, now=now, by=by)
        made = {"equipment_id": chosen.device, "repair": chosen.repair}
        return made, f"repair of {chosen.device}: {chosen.repair}; the next refresh shows it"
    since = local_instant(chosen.since, ZoneInfo(settings.campaign.timezone)) if chosen.since else None
    said = equipment.set_status(
        url,
        equipment_id=chosen.device,
        status=Status(chosen.status),
        reason=chosen.why,
        since=since,
        window=Window(since=EARLIEST, until=now),
        by=by,
    )
    return asdict(said), f"{said.equipment_id} is {said.status.value} since {said.since}; the next refresh shows it"


def _repair(chosen: argparse.Namespace, url: str, *, now: datetime, by: Actor) -> None:
    if chosen.repair == "open":
        equipment.open_job(url, equipment_id=chosen.device, problem=chosen.why, at=now, by=by)
    elif chosen.repair == "assign":
        equipment.assign_job(url, equipment_id=chosen.device, to=chosen.why, at=now, by=by)
    else:
        equipment.close_job(url, equipment_id=chosen.device, outcome=chosen.why, at=now, by=by)


def _show(chosen: argparse.Namespace, settings: Settings) -> int:
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        version = snapshots.current()
        chain, past = reads_coldchain.cold_chain(snapshots, version), reads_coldchain.past(snapshots, version)
        wanted = [
            item
            for item in chain.devices
            if chosen.area in ("", item.area_code) and chosen.device in ("", item.equipment_id)
        ]
        judged = judge_all(wanted, chain.runs, now=chain.now, limits=ClockLimits(**settings.clock.model_dump()))
        begin = chain.now - timedelta(days=settings.coldchain.uptime_days)
        names = DeviceNames(area=lambda code: code, store=lambda device: device.store_code)
        rows = register_rows(registered(judged, past, begin=begin, end=chain.now), names, now=chain.now)
        if chosen.device and not rows:
            return tell(f"no equipment is called '{chosen.device}'", REFUSED)
        if chosen.device:
            own = reads_coldchain.histories(snapshots, version, equipment=chosen.device).get(chosen.device, [])
            jobs = reads_coldchain.repair_jobs(snapshots, version, equipment=chosen.device)
            return _print_one(rows[0], history_rows(own), job_rows(jobs), as_json=chosen.json)
    if chosen.json:
        sys.stdout.buffer.write(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        return DONE
    print("\n".join(_line(row) for row in rows[:LISTED]) or "no equipment")
    if len(rows) > LISTED:
        print(f"and {len(rows) - LISTED:,} more: --json has all")
    return DONE


def _print_one(row: Row, history: list[Row], jobs: list[Row], *, as_json: bool) -> int:
    if as_json:
        sys.stdout.buffer.write(orjson.dumps({**row, "history": history, "repairs": jobs}) + b"\n")
        return DONE
    lines = [_line(row)]
    lines += [f"  {item['since']}  {item['status']}  {item['reason']}  ({item['said_by']})" for item in history]
    lines += [
        f"  repair {item['opened_at']}  given {item['assigned_at'] or '-'}  done {item['done_at'] or '-'}"
        for item in jobs
    ]
    print("\n".join(lines))
    return DONE


def _line(row: Row) -> str:
    uptime = row["uptime_share"]
    told = f"{uptime:.1%}" if isinstance(uptime, float) else "-"
    litres = f"{row['litres']:g} l" if isinstance(row["litres"], float) else "-"
    return (
        f"{row['equipment']:<10} {row['status']:<13} {litres:>8}  uptime {told:>6}  last {row['last_read_at'] or '-'}"
        f"  repair {row['job'] or '-'}  {row['store']}"
    )
