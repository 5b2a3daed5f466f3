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
from cli.coldchain_wiring import cold_chain_rules
from settings import Settings


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--devices", type=int, default=20_000, metavar="N", help="that report every five minutes")
    command.add_argument("--days", type=int, default=1, metavar="N", help="of readings that are there before")
    command.add_argument("--minutes", type=int, default=10, metavar="N", help="how many to take in")
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = measure_coldchain(
            Path(folder),
            cold_chain_rules(settings),
            devices=arguments.devices,
            days=arguments.days,
            minutes=arguments.minutes,
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
