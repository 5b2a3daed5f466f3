"""One minute of data: pull, check, apply, publish. A refresh is wholly there or wholly absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaign.series import SeriesRules
from etl.dataset import Dataset
from etl.feeds.postgres import reading
from etl.marts import About, rebuild_marts
from etl.pull import Limits, Pulled, Puller
from etl.reference import write_reference
from warehouse.people import refresh_series
from warehouse.records import apply, has_areas, log_withdrawn_doses, people_of, save_feed_state
from warehouse.writer import Warehouse

Wall = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRules:
    """What a refresh needs to know of the settings and the reference data."""

    reference_dir: Path
    series: SeriesRules
    adult_age: int
    denominator: str
    limits: Limits
    keep_last_snapshots: int
    keep_hourly_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """Outcome of one refresh. `version` is None where there was nothing to show yet."""

    version: int | None
    settled: bool
    rows_in: int
    quarantined: int
    failed: tuple[str, ...]
    seconds: dict[str, float]


def refresh(warehouse: Warehouse, rules: RefreshRules, url: str, *, wall: Wall) -> Refreshed:
    """Take in what the registry at `url` has committed since the last refresh, and publish it.

    Raises RegistryUnavailable where it cannot be read: the last snapshot then stands, with its age.
    """
    started = wall()
    puller = Puller(
        warehouse.connection,
        products=frozenset(rules.series.products),
        limits=rules.limits,
        checkpoint=warehouse.checkpoint,
    )
    with reading(url) as reader:
        pulled = puller.pull(reader, wall_now=started)
        watermark = reader.watermark
    dataset = puller.dataset()
    read = wall()
    try:
        ready = _commit(warehouse, rules, pulled, watermark=watermark, dataset=dataset, wall_now=started)
        committed = wall()
        version = publish(warehouse, rules) if ready else None
    finally:
        for item in pulled:
            if item.staging is not None:
                item.staging.drop()
    seconds = {
        "pull_and_check": (read - started).total_seconds(),
        "apply": (committed - read).total_seconds(),
        "publish": (wall() - committed).total_seconds(),
    }
    staged = [item.staging for item in pulled if item.staging]
    return Refreshed(
        version=version,
        settled=version is not None and dataset.settled,
        rows_in=sum(staging.rows_in for staging in staged),
        quarantined=sum(staging.rows_bad for staging in staged),
        failed=tuple(item.problem for item in pulled if item.problem),
        seconds=seconds,
    )


def publish(warehouse: Warehouse, rules: RefreshRules) -> int:
    return warehouse.publish(keep_last=rules.keep_last_snapshots, keep_hourly_hours=rules.keep_hourly_hours)


def _commit(
    warehouse: Warehouse,
    rules: RefreshRules,
    pulled: list[Pulled],
    *,
    watermark: str,
    dataset: Dataset,
    wall_now: datetime,
) -> bool:
    """One transaction for everything that this refresh changes. True where there is something to publish."""
    with warehouse.transaction() as connection:
        version = warehouse.next_version()
        for item in pulled:
            _take_in(warehouse, rules, item, watermark=watermark, wall_now=wall_now, version=version)
            warehouse.checkpoint(f"applied_{item.feed.name}")
        if not (dataset.ready and has_areas(connection)):
            return False
        write_reference(connection, rules.reference_dir, one_in=dataset.one_in)
        about = About(
            as_of=dataset.now(wall_now),
            wall_now=wall_now,
            one_in=dataset.one_in,
            is_demo=dataset.is_demo,
            denominator=rules.denominator,
            adult_age=rules.adult_age,
        )
        rebuild_marts(connection, about, version=version)
        warehouse.checkpoint("marts_rebuilt")
    return True


def _take_in(
    warehouse: Warehouse, rules: RefreshRules, item: Pulled, *, watermark: str, wall_now: datetime, version: int
) -> None:
    connection = warehouse.connection
    if item.staging is None:
        values = {"state": "failed", "last_attempt": wall_now, "message": item.problem}
        save_feed_state(connection, item.feed.name, values)
        return
    if item.feed.name == "dose":
        people_of(connection, item.staging)
        log_withdrawn_doses(connection, item.staging, publication=str(version))
    applied = apply(connection, item.staging, seen_at=wall_now)
    if item.feed.name == "dose":
        refresh_series(connection, rules.series)
    done = {"state": "ok", "watermark": watermark, "last_success": wall_now, "last_attempt": wall_now, "message": ""}
    save_feed_state(connection, item.feed.name, done, add=applied)
