"""Run the parts by themselves: one refresh, the ETL process, the web, the demonstration.

Each command imports what it alone needs: a refresh has no use for the web framework, which takes a second to load.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import structlog

from cli.demo_scenario import add_arguments, run_scenario
from cli.logs import configure_logs, progress_printer
from cli.pipeline import (
    NightKeeper,
    alert_evaluator,
    drop_reader,
    open_or_recover,
    open_refresher,
    open_warehouse,
    refresh_once,
    take_next_publication,
)
from cli.places import Places
from cli.stopping import stop_event
from etl.errors import RegistryUnavailable
from etl.profile_file import load_profile
from etl.replay import publish_committed
from etl.run import Schedule, run_forever
from settings import Settings
from warehouse.engine.touched import InconsistentState
from warehouse.verify import rebuild

Commands = Any
log = structlog.get_logger(__name__)


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    one = commands.add_parser("refresh", parents=[common], help="take in what is new and publish a snapshot")
    one.add_argument("--once", action="store_true", required=True, help="one refresh, then stop")
    one.set_defaults(handler=run_refresh)
    etl = commands.add_parser("etl", parents=[common], help="refresh every minute until stopped")
    etl.add_argument("--profile", help="read dated publications by this profile instead of the registry")
    etl.add_argument("--from", dest="source", type=Path, metavar="DIR", help="folder of those publications")
    etl.set_defaults(handler=run_etl)
    web = commands.add_parser("web", parents=[common], help="serve the pages")
    web.add_argument("--profile", help="the profile whose publications are shown")
    web.set_defaults(handler=run_web)
    demo = commands.add_parser(
        "demo", parents=[common], help="write the demonstration into the registry, then go on live"
    )
    demo.add_argument("--history-only", action="store_true", help="stop when the history is there")
    add_arguments(demo)
    demo.set_defaults(handler=run_demo)


def run_refresh(_chosen: argparse.Namespace, settings: Settings) -> int:
    configure_logs(settings.logs.format)
    warehouse = open_warehouse(settings, wait=False)
    log.info("refresh begins")
    try:
        done = refresh_once(open_refresher(warehouse, settings), settings, drop=drop_reader(settings))
    except RegistryUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        warehouse.close()
    steps = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in done.seconds.items())
    print(f"snapshot {done.version}: {done.rows_in} rows in, {done.quarantined} set aside ({steps})", file=sys.stderr)
    for problem in done.failed:
        print(problem, file=sys.stderr)
    return 3 if done.failed or done.quarantined else 0


def run_etl(chosen: argparse.Namespace, settings: Settings) -> int:
    configure_logs(settings.logs.format)
    schedule = Schedule(
        refresh_seconds=settings.etl.refresh_seconds,
        misfire_grace_seconds=settings.etl.misfire_grace_seconds,
        wake_min_seconds=settings.etl.wake_min_seconds,
    )
    profile = load_profile(chosen.profile, settings.profile_dir) if chosen.profile else None
    # A second process waits here and takes over when the first one dies.
    warehouse = open_or_recover(settings, wait=True)
    if profile is None:
        refresher = open_refresher(warehouse, settings)

        keeper, drop = NightKeeper(refresher, settings), drop_reader(settings)

        def refresh() -> bool:
            try:
                done = refresh_once(refresher, settings, drop=drop)
            except InconsistentState:
                # Never seen in a test; a figure that might be wrong is worse than a minute of silence.
                log.exception("people's doses disagree with the records: everything is counted again")
                rebuild(warehouse, refresher.engine)
                done = refresh_once(refresher, settings, drop=drop)
            keeper.after_refresh()
            # A backlog is taken piece by piece: the next follows at once, not in a minute.
            return done.settled and not done.more_waits
    else:
        # A process that died after its commit and before publishing left this to its successor.
        publish_committed(warehouse, settings.etl)

        def refresh() -> bool:
            return take_next_publication(warehouse, profile, chosen.source, settings)

    listen = Places(settings).etl_url if profile is None else None
    run_forever(refresh, schedule, evaluate=alert_evaluator(settings), listen_url=listen)
    warehouse.close()
    return 0


def run_web(chosen: argparse.Namespace, settings: Settings) -> int:
    from cli.web import serve_web

    return serve_web(settings, demo_accounts=settings.shows_demo and not chosen.profile)


def run_demo(chosen: argparse.Namespace, settings: Settings) -> int:
    if chosen.part is not None:
        return run_scenario(chosen, settings)
    from demo.history import write_history
    from demo.live import LiveDemo

    configure_logs(settings.logs.format)
    url = Places(settings).owner_url()
    if url is None:
        print("the embedded PostgreSQL is not running: start `app.py run`, or set registry.url", file=sys.stderr)
        return 1
    zone = settings.campaign.timezone
    summary = write_history(
        url, reference_dir=settings.reference_dir, demo=settings.demo, timezone=zone, progress=progress_printer()
    )
    if chosen.history_only:
        return 0
    if summary.rows:
        # The history needed a gigabyte that the interpreter would keep for good: go on live in a fresh one.
        # Ourselves, with our own arguments.
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606  # nosec B606
    stop = stop_event()
    LiveDemo(url, settings.reference_dir, settings.demo, zone).run(stop)
    return 0
