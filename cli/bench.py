"""`app.py bench`: measure, on this machine, now."""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from bench.pipeline import measure, medians
from bench.visitor import visitor
from cli import bench_coldchain, bench_nowcast, bench_plan, bench_projection, bench_refresh, bench_wall, bench_web
from cli.places import Places
from demo.live import burst
from settings import ConfigError, Settings, load

Commands = Any
BURSTS = (1_000, 10_000)
ROUNDS = 3


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    bench = commands.add_parser("bench", help="measure on this machine")
    kinds = bench.add_subparsers(dest="kind", required=True, metavar="WHAT")
    pipeline = kinds.add_parser("pipeline", parents=[common], help="from an empty folder to a live map")
    pipeline.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    pipeline.set_defaults(handler=run_pipeline)
    web = kinds.add_parser("web", parents=[common], help="viewers of a board, beside the same page built naively")
    bench_web.add_arguments(web)
    web.set_defaults(handler=bench_web.run)
    drill = kinds.add_parser("drill", parents=[common], help="from the map to a site, in a real Chromium")
    drill.add_argument("--url", help="address of the running centre; by default that of the settings")
    drill.add_argument("--snapshot", type=Path, metavar="FILE", help="on a board of its own instead, of this snapshot")
    drill.add_argument("--provinces", type=int, default=40, help="how many to go into, and days to go back")
    drill.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    drill.set_defaults(handler=run_drill)
    wall = kinds.add_parser("wall", parents=[common], help="a screen that turns its pages for long: does memory grow")
    bench_wall.add_arguments(wall)
    wall.set_defaults(handler=bench_wall.run)
    refresh = kinds.add_parser("refresh", parents=[common], help="the refresh at national scale, beside its peers")
    bench_refresh.add_arguments(refresh)
    refresh.set_defaults(handler=bench_refresh.run)
    coldchain = kinds.add_parser("coldchain", parents=[common], help="a minute of a country's temperature readings")
    bench_coldchain.add_arguments(coldchain)
    coldchain.set_defaults(handler=bench_coldchain.run)
    nowcast = kinds.add_parser("nowcast", parents=[common], help="the nowcast against what the days became")
    nowcast.add_argument("--real", help="folder of the two countries' data; by default the one beside the project")
    nowcast.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    nowcast.set_defaults(handler=bench_nowcast.run)
    planned = kinds.add_parser("plan", parents=[common], help="a plan of full size, beside two plain rules")
    bench_plan.add_arguments(planned)
    planned.set_defaults(handler=bench_plan.run)
    projection = kinds.add_parser("projection", parents=[common], help="projected dates against the true ones")
    projection.add_argument("--one-in", type=int, default=100, metavar="N", help="one sampled person in N")
    projection.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    projection.set_defaults(handler=bench_projection.run)


def run_pipeline(chosen: argparse.Namespace, settings: Settings) -> int:
    """In a state folder of its own, so that nobody's data are touched."""
    with tempfile.TemporaryDirectory(prefix="mcc-bench-") as folder:
        # The embedded database's own user must be able to enter it.
        Path(folder).chmod(0o755)
        state = Path(folder) / "state"
        places = Places(load(state=state))

        def commit(doses: int, at: datetime) -> int:
            url = places.owner_url()
            return burst(url, doses=doses, at=at) if url else 0

        def visit() -> AbstractContextManager[str]:
            return visitor(_app_url(places), places.settings)

        figures = measure(
            settings.root,
            state,
            burst=commit,
            visit=visit,
            bursts=BURSTS,
            rounds=ROUNDS,
            denominators=(settings.campaign.denominator,),
        )
    _answer({**asdict(figures), "refresh_median_seconds": medians(figures.refresh_seconds)}, as_json=chosen.json)
    return 0


def run_drill(chosen: argparse.Namespace, settings: Settings) -> int:
    # A browser is driven by a development package, which a centre in service does not have.
    try:
        from bench.drill import bench_drill
    except ModuleNotFoundError as error:
        raise ConfigError(f"bench drill needs {error.name}: make setup-dev") from error
    if chosen.snapshot:
        with bench_web.board_of(chosen.snapshot) as (url, cookie):
            figures = bench_drill(url, cookie, chosen.provinces)
    else:
        url = chosen.url or f"http://{settings.web.host}:{settings.web.port}"
        with visitor(_app_url(Places(settings)), settings) as cookie:
            figures = bench_drill(url, cookie, chosen.provinces)
    _answer(figures, as_json=chosen.json)
    return 0


def _app_url(places: Places) -> str:
    """The pages answer nobody without an account, so that a bench needs the registry of the centre that it measures."""
    url = places.app_url()
    if url is None:
        raise ConfigError("the registry of the centre to measure is not running: give its folder by --state DIR")
    return url


def _answer(figures: dict[str, Any], *, as_json: bool) -> None:
    option = 0 if as_json else orjson.OPT_INDENT_2
    sys.stdout.buffer.write(orjson.dumps(figures, option=option) + b"\n")
