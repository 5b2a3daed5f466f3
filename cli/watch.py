"""`app.py watch`: look at the pipeline from outside it, and raise an alert when it is dead."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import structlog

from campaign.alerts import Condition
from cli.alert_wiring import as_set_by_people, by_thresholds, planning
from cli.archive_wiring import archive_conditions
from cli.logs import configure_logs
from cli.pipeline import incident_rules
from cli.places import Places
from cli.stopping import stop_event
from operations.alerts import evaluate
from operations.spoken import over_at
from operations.watch import last_published, of_pipeline
from settings import Settings

Commands = Any
log = structlog.get_logger(__name__)


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    watch = commands.add_parser("watch", parents=[common], help="raise an alert when no snapshot comes any more")
    watch.add_argument("--once", action="store_true", help="look once; exit code 3 where the pipeline is silent")
    watch.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    configure_logs(settings.logs.format)
    if chosen.once:
        return 3 if look(settings) else 0
    stop = stop_event()
    while not stop.is_set():
        look(settings)
        stop.wait(settings.alerts.watch_seconds)
    return 0


def look(settings: Settings) -> bool:
    """Whether the pipeline is silent. Written down where the registry answers, and said in any case."""
    now = datetime.now(UTC)
    url = Places(settings).etl_url()
    return by_thresholds(lambda chosen: _look(chosen, url, now), _thresholds(settings, url), configured=settings)


def _look(settings: Settings, url: str | None, now: datetime) -> bool:
    found = of_pipeline(
        last_published(settings.snapshot_dir), now=now, dead_after=timedelta(seconds=settings.alerts.dead_after_seconds)
    )
    for condition in found:
        log.error("the pipeline is silent", reason=condition.summary_en)
        print(condition.summary_en, file=sys.stderr)
    if url is None:
        return bool(found)
    reports = _reports(settings)
    try:
        evaluate(
            url,
            [*found, *(reports or ())],
            now=now,
            hold=timedelta(0),
            keep_resolved=timedelta(hours=settings.alerts.resolved_keep_hours),
            rules=incident_rules(settings.alerts),
            watching=True,
            planning=planning(settings),
            over=over_at(now, ZoneInfo(settings.campaign.timezone)),
            frozen=() if reports is not None else ("report_",),
        )
    except psycopg.Error as error:
        log.warning("what was seen could not be written", reason=str(error).splitlines()[0])
    return bool(found)


def _reports(settings: Settings) -> list[Condition] | None:
    """Of reports that did not go out; None where nobody can say: what is open stays, and a dead pipeline is told."""
    url = Places(settings).app_url()
    try:
        return None if url is None else archive_conditions(settings, url)
    except psycopg.Error as error:
        log.warning("reports cannot be looked at", reason=str(error).splitlines()[0])
        return None


def _thresholds(settings: Settings, url: str | None) -> Settings:
    """As people set them; config.yaml's own while the registry does not answer: it may be why all is silent."""
    if url is None:
        return settings
    try:
        return as_set_by_people(settings, url)
    except psycopg.Error:
        return settings
