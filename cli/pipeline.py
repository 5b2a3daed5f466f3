"""Wire the ETL together from the settings: used by `etl`, `refresh`, and the benches."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from cli.places import Places
from etl.errors import RegistryUnavailable
from etl.profile import Profile
from etl.pull import Limits
from etl.refresh import Refreshed, RefreshRules, refresh
from etl.replay import apply_next
from etl.run import announce
from operations import alerts, conditions
from settings import Settings
from warehouse import reads
from warehouse.files import SnapshotUnavailable
from warehouse.reference import load_series_rules
from warehouse.snapshot import Snapshots
from warehouse.writer import Warehouse, no_checkpoint

log = structlog.get_logger(__name__)


def wall() -> datetime:
    return datetime.now(UTC)


def open_warehouse(settings: Settings, *, wait: bool) -> Warehouse:
    return Warehouse(
        settings.warehouse_dir,
        snapshot_dir=settings.snapshot_dir,
        wait=wait,
        checkpoint=_killer(settings.faults.kill_at) if settings.faults.kill_at else no_checkpoint,
    )


def refresh_rules(settings: Settings) -> RefreshRules:
    return RefreshRules(
        reference_dir=settings.reference_dir,
        series=load_series_rules(settings.reference_dir),
        adult_age=settings.campaign.adult_age,
        denominator=settings.campaign.denominator,
        limits=Limits(max_bad_share=settings.etl.max_bad_share, min_rows=settings.etl.bad_share_min_rows),
        keep_last_snapshots=settings.etl.keep_last_snapshots,
        keep_hourly_hours=settings.etl.keep_hourly_hours,
    )


def refresh_once(warehouse: Warehouse, rules: RefreshRules, settings: Settings) -> Refreshed:
    """One refresh and its announcement. Raises RegistryUnavailable."""
    places = Places(settings)
    url = places.etl_url()
    if url is None:
        raise RegistryUnavailable("the embedded PostgreSQL is not running")
    done = refresh(warehouse, rules, url, wall=wall)
    log.info(
        "refreshed",
        version=done.version,
        rows_in=done.rows_in,
        quarantined=done.quarantined,
        settled=done.settled,
        total_seconds=round(sum(done.seconds.values()), 3),
        **{f"{name}_seconds": round(seconds, 3) for name, seconds in done.seconds.items()},
    )
    for problem in done.failed:
        log.warning("feed stopped", reason=problem)
    if done.version is not None:
        announce(places.redis_url(), settings.redis.channel, done.version)
    return done


def take_next_publication(warehouse: Warehouse, profile: Profile, folder: Path, settings: Settings) -> bool:
    """The next dated publication of `folder`, if there is one. Always settled: publications come when they come."""
    line = apply_next(warehouse, profile, folder, now=wall(), etl=settings.etl, timezone=settings.campaign.timezone)
    if line is not None:
        version = Snapshots(settings.snapshot_dir).current()
        announce(Places(settings).redis_url(), settings.redis.channel, version)
        log.info("publication taken up", snapshot=line.snapshot, status=line.status, message=line.message)
    return True


def alert_evaluator(settings: Settings) -> Callable[[str | None], None]:
    """Looks at the newest snapshot's feeds and equalities; told why the refresh failed, or None.

    While the registry is away nothing can be written to it: the page says so from its own look at it.
    """
    places = Places(settings)
    snapshots = Snapshots(settings.snapshot_dir)

    def evaluate(problem: str | None) -> None:
        url = places.etl_url()
        if url is None:
            return
        try:
            version = snapshots.current()
        except SnapshotUnavailable:
            return
        found = [
            *conditions.of_feeds(reads.feed_statuses(snapshots, version), red_seconds=settings.etl.lag_red_seconds),
            *conditions.of_invariants(reads.invariants(snapshots, version)),
            *([conditions.registry_away(problem)] if problem else []),
        ]
        alerts.evaluate(
            url,
            found,
            now=wall(),
            hold=timedelta(seconds=settings.alerts.pending_seconds),
            keep_resolved=timedelta(hours=settings.alerts.resolved_keep_hours),
        )

    return evaluate


def _killer(point: str) -> Callable[[str], None]:
    """For the failure tests: die at a named point the way a power cut would have it."""

    def at(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)

    return at
