"""`app.py bench wall`: a screen on a wall, for long: does memory grow."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from bench.visitor import visitor
from bench.web import Pace
from campaign.access import Role
from cli.bench_web import own_board, registry_of, snapshot_to_look_at
from settings import ConfigError, Settings

CHANGES = 600


def add_arguments(wall: argparse.ArgumentParser) -> None:
    wall.add_argument("--url", help="address of the running centre; by default that of the settings")
    wall.add_argument("--changes", type=int, default=CHANGES, metavar="N", help="how many times to turn the page")
    wall.add_argument(
        "--hours",
        type=int,
        metavar="N",
        help="instead, on a board of its own: so many hours of a wall at speed, with a version a minute",
    )
    wall.add_argument("--snapshot", type=Path, metavar="FILE", help="with --hours; by default the centre's current one")
    wall.add_argument("--json", action="store_true", help="one compact JSON object on standard output")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    try:
        from bench import wall
    except ModuleNotFoundError as error:
        raise ConfigError(f"bench wall needs {error.name}: make setup-dev") from error
    if chosen.hours is not None:
        figures = _hours(wall.bench_wall_hours, chosen, settings)
    else:
        url = chosen.url or f"http://{settings.web.host}:{settings.web.port}"
        with visitor(registry_of(settings), settings, roles=(Role.WALL,)) as cookie:
            figures = wall.bench_wall(url, cookie, chosen.changes)
    option = 0 if chosen.json else orjson.OPT_INDENT_2
    sys.stdout.buffer.write(orjson.dumps(figures, option=option) + b"\n")
    return 0


def _hours(measure: Callable[..., dict[str, Any]], chosen: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    snapshot = snapshot_to_look_at(chosen, settings)
    with tempfile.TemporaryDirectory(prefix="mcc-bench-") as folder:
        # The embedded database's own user must be able to enter it.
        Path(folder).chmod(0o755)
        with own_board(Path(folder) / "state", snapshot, 1, 0, Pace(), roles=(Role.WALL,)) as board:
            served = board.served
            return measure(served.url, served.cookies[0], chosen.hours, served.publish)
