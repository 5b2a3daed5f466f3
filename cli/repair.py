"""`app.py verify` recomputes every figure; `app.py rebuild` puts the recount in their place."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson

from cli.logs import configure_logs
from cli.pipeline import open_refresher, open_warehouse, recover, wall
from etl.marts import Extra
from etl.refresh import Refresher
from settings import Settings
from warehouse import reads
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots
from warehouse.verify import Verified, rebuild, verify
from warehouse.writer import Warehouse

Commands = Any
DONE, REFUSED = 0, 4


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    check = commands.add_parser("verify", parents=[common], help="recompute every figure and say which cells differ")
    check.add_argument("--deep", action="store_true", help="people's doses too, from the records")
    check.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    check.set_defaults(handler=run_verify)
    again = commands.add_parser(
        "rebuild", parents=[common], help="replace the aggregates by a recount, without an outage"
    )
    again.add_argument("--from-sources", action="store_true", help="set the warehouse aside and read everything again")
    again.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    again.set_defaults(handler=run_rebuild)


def run_verify(chosen: argparse.Namespace, settings: Settings) -> int:
    configure_logs(settings.logs.format)
    with _refresher(settings) as refresher:
        found = verify(refresher.warehouse, refresher.engine, deep=chosen.deep)
    equalities = _invariants(settings)
    answer = {
        "cells_checked": found.cells_checked,
        "cells_differing": found.cells_differing,
        "people_differing": found.people_differing,
        "cubes": {item.cube: {"checked": item.checked, "differing": item.differing} for item in found.cubes},
        "invariants": equalities,
    }
    _answer(answer, as_json=chosen.json)
    return DONE if found.cells_differing == 0 and all(equalities.values()) else REFUSED


def run_rebuild(chosen: argparse.Namespace, settings: Settings) -> int:
    configure_logs(settings.logs.format)
    if chosen.from_sources:
        recover(settings)
        return DONE
    began = wall()
    with _refresher(settings) as refresher:
        rebuild(refresher.warehouse, refresher.engine)
        refresher.publish(wall_now=wall(), extra=Extra())
        found: Verified = verify(refresher.warehouse, refresher.engine, deep=False)
    seconds = round((wall() - began).total_seconds(), 2)
    _answer({"seconds": seconds, "cells_differing": found.cells_differing, **asdict(found)}, as_json=chosen.json)
    return DONE if found.cells_differing == 0 else REFUSED


@contextlib.contextmanager
def _refresher(settings: Settings) -> Iterator[Refresher]:
    warehouse: Warehouse = open_warehouse(settings, wait=False)
    try:
        yield open_refresher(warehouse, settings)
    finally:
        warehouse.close()


def _invariants(settings: Settings) -> dict[str, bool]:
    """Of the current snapshot; empty before the first one."""
    snapshots = Snapshots(settings.snapshot_dir)
    try:
        found = {item.name: item.holds for item in reads.invariants(snapshots, snapshots.current())}
    except SnapshotUnavailable:
        found = {}
    finally:
        snapshots.close()
    return found


def _answer(figures: dict[str, Any], *, as_json: bool) -> None:
    option = 0 if as_json else orjson.OPT_INDENT_2
    sys.stdout.buffer.write(orjson.dumps(figures, option=option) + b"\n")
