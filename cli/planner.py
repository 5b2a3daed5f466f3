"""`app.py planner`: the process that makes the plans which people ask for on a page."""

from __future__ import annotations

import argparse
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg
import structlog

from cli.logs import configure_logs
from cli.places import Places
from cli.plan_making import maker_of
from cli.plan_supposing import compare
from cli.stopping import stop_event
from operations.plan_answering import alone, answer_next, judge_next
from operations.plan_rules import plan_rules
from operations.plan_scenarios import answer_plan_scenario
from settings import Settings
from warehouse.snapshot import Snapshots

Commands = Any
log = structlog.get_logger(__name__)


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "planner", parents=[common], help="make the plans that were asked for, until stopped; `app.py run` starts it"
    )
    command.add_argument("--once", action="store_true", help="make what waits now, then stop")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    configure_logs(settings.logs.format)
    stop = stop_event()
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        while not stop.is_set():
            try:
                _work(settings, snapshots, stop, once=chosen.once)
            except psycopg.Error as error:
                log.warning("the registry does not answer the planner", reason=str(error).splitlines()[0])
            if chosen.once:
                break
            stop.wait(settings.reallocation.poll_seconds)
    return 0


def _work(settings: Settings, snapshots: Snapshots, stop: threading.Event, *, once: bool) -> None:
    """While this is the one planner, until the registry goes away. Raises psycopg.Error."""
    url = Places(settings).app_url()
    if url is None:
        return
    maker, rules = maker_of(settings, snapshots, url), plan_rules(settings)
    with alone(url) as mine:
        while mine and not stop.is_set():
            made = answer_next(url, maker.make, rules=rules, wall=_wall)
            supposed = None if made else answer_plan_scenario(url, lambda item: compare(maker, item), wall=_wall)
            judged = None if made or supposed else judge_next(url, maker.judge, wall=_wall)
            if made is not None:
                log.info("plan request", outcome=made)
            elif supposed is not None:
                log.info("scenario of a plan", outcome=supposed)
            elif judged is not None:
                log.info("plan judged", plan=judged)
            elif once:
                return
            else:
                stop.wait(settings.reallocation.poll_seconds)


def _wall() -> datetime:
    return datetime.now(UTC)
