"""`app.py bench coldchain`: a minute of readings of a country's devices."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import orjson

from bench.coldchain import measure_coldchain
from bench.visitor import visitor
from cli.coldchain_wiring import cold_chain_rules
from cli.places import Places
from settings import ConfigError, Settings, load

MINUTES, END_TO_END_MINUTES = 10, 45


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--devices", type=int, default=20_000, metavar="N", help="that report every five minutes")
    command.add_argument("--days", type=int, default=1, metavar="N", help="of readings that are there before")
    command.add_argument("--minutes", type=int, metavar="N", help="how many to take in (10; end to end 45)")
    command.add_argument(
        "--end-to-end",
        action="store_true",
        help="from a committed reading to the alert on a screen, in a real Chromium",
    )
    command.add_argument("--faults", type=int, default=60, metavar="N", help="end to end: power cuts to wait for")
    command.add_argument("--every", type=int, default=300, metavar="SECONDS", help="end to end: between two readings")
    command.add_argument("--people", type=int, default=0, metavar="N", help="end to end: who are vaccinated beside it")
    command.add_argument(
        "--doses-a-second", type=int, default=58, metavar="N", help="end to end: of these people (58: 5 million a day)"
    )
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.end_to_end:
        return _end_to_end(arguments, settings)
    with tempfile.TemporaryDirectory() as folder:
        found = measure_coldchain(
            Path(folder),
            cold_chain_rules(settings),
            devices=arguments.devices,
            days=arguments.days,
            minutes=arguments.minutes or MINUTES,
            memory_mb=settings.etl.duckdb_memory_mb,
        )
    if arguments.json:
        sys.stdout.write(orjson.dumps(asdict(found)).decode() + "\n")
        return 0
    sys.stdout.write(
        f"{found.devices} devices, {found.readings} readings kept, {found.minute_readings} a minute\n"
        f"one minute   {statistics.median(found.minute_seconds):.2f} s (median of {len(found.minute_seconds)})\n"
        f"all anew     {found.recount_seconds:.1f} s, {found.ratio} times as long\n"
        f"differing    {found.differing}\n"
    )
    return 0


def _end_to_end(arguments: argparse.Namespace, settings: Settings) -> int:
    """In a state folder of its own, with the settings that everybody has, but for the demonstration."""
    try:
        from bench.alert_delay import Plan, measure_alert_delay
    except ModuleNotFoundError as error:
        raise ConfigError(f"bench coldchain --end-to-end needs {error.name}: make setup-dev") from error
    plan = Plan(
        devices=arguments.devices,
        every_seconds=arguments.every,
        seconds=60 * (arguments.minutes or END_TO_END_MINUTES),
        faults=arguments.faults,
        power_minutes=settings.coldchain.power_minutes,
        people=arguments.people,
        doses_a_second=arguments.doses_a_second,
    )
    if plan.room_seconds <= 0:
        least = -(-(plan.seconds - plan.room_seconds) // 60) + 1
        raise ConfigError(f"--minutes is at least {least}: a power cut is an alarm after coldchain.power_minutes")
    with tempfile.TemporaryDirectory(prefix="mcc-bench-") as folder:
        # The embedded database's own user must be able to enter it.
        Path(folder).chmod(0o755)
        state = Path(folder) / "state"
        places = Places(load(state=state))
        found = measure_alert_delay(
            settings.root,
            state,
            plan,
            reference_dir=settings.reference_dir,
            owner_url=places.owner_url,
            visit=lambda: visitor(places.app_url() or "", places.settings),
        )
    option = 0 if arguments.json else orjson.OPT_INDENT_2
    sys.stdout.buffer.write(orjson.dumps(found, option=option) + b"\n")
    return 0
