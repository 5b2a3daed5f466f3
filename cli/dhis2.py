"""`app.py dhis2`: one period of a kept snapshot as a DHIS2 data value set, on standard output or in a file.

Values are exact, small cells too: for systems of the health service, never for the public.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from campaign.dhis2 import Dhis2Error, data_value_set, is_over, period_of
from reports.forms import write_whole
from settings import ConfigError, Settings
from warehouse import reads
from warehouse.reads_dhis2 import exchanged, load_codes
from warehouse.snapshot import Snapshots

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    found = commands.add_parser("dhis2", parents=[common], help="print a period as a DHIS2 data value set")
    add = found.add_argument
    add("--period", required=True, metavar="P", help="a month (202111), an ISO week (2021W46) or a day (20211122)")
    add("--area", default="", metavar="CODE", help="one area; by default all of them")
    add("--snapshot", type=int, metavar="ID", help="number of a kept snapshot; by default the newest")
    add("--out", type=Path, metavar="FILE", help="instead of standard output")
    found.set_defaults(handler=run)


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Raises ConfigError for a period or area that there is not, or a figure without a code; SnapshotUnavailable."""
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        version = snapshots.current() if asked.snapshot is None else asked.snapshot
        info = reads.info(snapshots, version)
        if asked.area and asked.area not in reads.area_codes(snapshots, version):
            raise ConfigError(f"--area: no area has the code '{asked.area}'")
        try:
            period = period_of(asked.period)
            over = is_over(period, info.last_day)
            counts = [item for item in exchanged(snapshots, version, period) if asked.area in ("", item.area_code)]
            body = orjson.dumps(data_value_set(counts, load_codes(settings.reference_dir), period))
        except Dhis2Error as error:
            raise ConfigError(f"dhis2: {error}") from error
    if not over:
        print(f"{asked.period} is not over: snapshot {version} tells up to {info.last_day}", file=sys.stderr)
    if asked.out is None:
        sys.stdout.buffer.write(body + b"\n")
        return 0
    try:
        write_whole(asked.out, body)
    except OSError as error:
        print(f"--out {asked.out}: {error.strerror}", file=sys.stderr)
        return 1
    print(asked.out)
    return 0
