"""`app.py demo scenario NAME`: a fault on demand in a running demonstration, and what should be seen of it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import orjson
import psycopg

from cli.places import Places
from demo.faults import Name
from settings import Settings

if TYPE_CHECKING:
    from demo.scenario import Begun

DONE, FAILED, USAGE, REFUSED = 0, 1, 2, 4
STORM_ROWS = 2_000_000
TARGETS = {
    Name.POWER_CUT: "district",
    Name.WARM_FRIDGE: "device",
    Name.LOT_RECALL: "lot",
    Name.SILENT_PROVINCE: "province",
}
# What it makes, where it is seen and when, how it ends. {minute}: wall seconds of a campaign minute, {refresh}: of a
# refresh.
TOLD = {
    Name.POWER_CUT: "All {devices} devices of district {target} are without power from {since} to {until}. "
    "/day-chuyen-lanh shows them at the next refresh; /canh-bao has one incident of the district once they were "
    "without power for {power} campaign minutes: about {power_wall:.0f} s, and a refresh ({refresh} s).",
    Name.WARM_FRIDGE: "{target} warms by 7 °C within an hour, from {since} to {until}. /day-chuyen-lanh shows it out "
    "of range within a campaign hour ({hour_wall:.0f} s); /canh-bao has the alarm after 600 minutes above 8 °C: about "
    "{alarm_wall:.0f} s, and a refresh ({refresh} s).",
    Name.LOT_RECALL: "Lot {target} is recalled from {since} on. At the next refresh ({refresh} s) its doses are usable "
    "no longer: stock on hand falls on the first page and on the pages of the provinces that hold it.",
    Name.SILENT_PROVINCE: "Province {target} sends nothing from {since} to {until}: no doses, registrations, "
    "sessions, movements, declared counts, and no readings of its {devices} devices. /diem-tiem lists its sites as "
    "silent after two campaign hours ({hours_wall:.0f} s), /day-chuyen-lanh its live devices after {silent} campaign "
    "minutes ({silent_wall:.0f} s). What it held back arrives all at once, late, when it ends.",
}
ENDS = {
    Name.LOT_RECALL: "It goes on until: app.py demo scenario lot-recall --lot {target} --undo",
    Name.LATE_STORM: "It ends by itself once all are taken in; the doses stay.",
}
ENDS_BY_ITSELF = "It ends by itself then, or before: app.py demo scenario {name} --{kind} {target} --undo"


def add_arguments(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("part", nargs="?", choices=["scenario"], help="make a fault happen in a running demonstration")
    demo.add_argument("name", nargs="?", choices=[name.value for name in Name], metavar="NAME", help=", ".join(Name))
    demo.add_argument("--district", default="", metavar="CODE", help="of the power cut (default: the most devices)")
    demo.add_argument("--device", default="", metavar="ID", help="of the warm fridge (default: the first live one)")
    demo.add_argument("--province", default="", metavar="CODE", help="that goes silent (default: 79)")
    demo.add_argument("--lot", default="", metavar="NUMBER", help="to recall (default: the most doses)")
    demo.add_argument("--minutes", type=int, metavar="N", help="campaign minutes until it ends by itself")
    demo.add_argument("--rows", type=int, default=STORM_ROWS, metavar="N", help="late doses (default: two million)")
    demo.add_argument("--undo", action="store_true", help="end it now")
    demo.add_argument("--json", action="store_true", help="one compact JSON object on standard output")


def run_scenario(chosen: argparse.Namespace, settings: Settings) -> int:
    from demo.scenario import ScenarioRefused

    if chosen.name is None:
        return _tell(f"say which: app.py demo scenario {' | '.join(Name)}", USAGE)
    if chosen.rows < 1 or (chosen.minutes is not None and chosen.minutes < 1):
        return _tell("--rows and --minutes are at least 1", USAGE)
    url = Places(settings).owner_url()
    if url is None:
        return _tell("the embedded PostgreSQL is not running: start `app.py run`, or set registry.url", FAILED)
    try:
        told, line = _carry_out(Name(chosen.name), chosen, settings, url)
    except (ScenarioRefused, ValueError) as error:
        return _tell(str(error), REFUSED)
    except psycopg.OperationalError as error:
        return _tell(f"the registry does not answer: {str(error).splitlines()[0]}", FAILED)
    if chosen.json:
        sys.stdout.buffer.write(orjson.dumps(told) + b"\n")
    else:
        print(line)
    return DONE


def _carry_out(name: Name, chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    from demo import scenario

    target: str = getattr(chosen, TARGETS[name]) if name in TARGETS else ""
    zone = settings.campaign.timezone
    if name is Name.LATE_STORM:
        return _storm(chosen, url)
    if chosen.undo:
        ended = scenario.undo(url, name, target=target, timezone=zone)
        return {"name": name, "ended": ended}, f"{name} of {', '.join(ended)} has ended; seen after the next refresh"
    begun = scenario.begin(url, name, target=target, minutes=chosen.minutes, timezone=zone)
    return asdict(begun), f"{_seen(begun, settings)}\n{_ends(begun)}"


def _storm(chosen: argparse.Namespace, url: str) -> tuple[object, str]:
    from demo.scenario import ScenarioRefused, going_on
    from demo.storm import LATE_DAYS, storm

    if chosen.undo:
        raise ScenarioRefused("doses that were entered stay: a late storm has nothing to undo")
    going_on(url)

    def progress(done: int) -> None:
        print(f"{done:,} of {chosen.rows:,} doses entered", file=sys.stderr)

    rows = storm(url, doses=chosen.rows, progress=progress)
    line = (
        f"{rows:,} doses of the last {LATE_DAYS} days were entered just now. The refreshes take them in pieces of "
        "etl.max_rows_per_refresh: /du-lieu shows how many wait, today's figures stay fresh meanwhile, past days rise. "
        "So many at once may be held for a named person: app.py release dose, or /quyet-dinh."
    )
    return {"name": Name.LATE_STORM, "rows": rows, "days": LATE_DAYS}, f"{line}\n{ENDS[Name.LATE_STORM]}"


def _seen(begun: Begun, settings: Settings) -> str:
    zone = ZoneInfo(settings.campaign.timezone)
    minute, rules, clock = 60 / begun.speed, settings.coldchain, settings.clock

    def at(instant: datetime | None) -> str:
        return f"{instant.astimezone(zone):%H:%M %d/%m}" if instant else ""

    return TOLD[begun.name].format(
        target=begun.target,
        devices=begun.devices,
        since=at(begun.since),
        until=at(begun.until),
        refresh=settings.etl.refresh_seconds,
        power=rules.power_minutes,
        power_wall=rules.power_minutes * minute,
        hour_wall=60 * minute,
        hours_wall=settings.sites.silent_hours * 60 * minute,
        alarm_wall=660 * minute,
        silent=clock.live_minutes,
        silent_wall=clock.live_minutes * minute,
    )


def _ends(begun: Begun) -> str:
    text = ENDS.get(begun.name, ENDS_BY_ITSELF)
    return text.format(name=begun.name, kind=TARGETS[begun.name], target=begun.target)


def _tell(line: str, code: int) -> int:
    print(line, file=sys.stderr)
    return code
