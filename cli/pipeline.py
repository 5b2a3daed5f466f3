"""Wire the ETL together from the settings: used by `etl`, `refresh`, and the benches."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import structlog

from campaign.incidents import IncidentRules
from campaign.nowcast import NowcastRules
from cli.alert_wiring import InForce, as_set_by_people, by_thresholds, in_force_now, planning
from cli.coldchain_wiring import cold_chain_conditions, cold_chain_rules, readings_behind
from cli.places import Places
from cli.report_wiring import doses_behind, report_conditions
from cli.stock_wiring import RULES as STOCK_RULES
from cli.stock_wiring import stock_behind, stock_conditions
from cli.ticket_wiring import ticket_conditions
from etl.drift import DriftLimits
from etl.errors import RegistryUnavailable
from etl.feeds.check import open_source
from etl.feeds.drop import DropReader, DropRules
from etl.feeds.mapping import load_mapping
from etl.feeds.postgres import Source
from etl.feeds.source import ReadLimits
from etl.marts import Extra
from etl.profile import Profile
from etl.pull import Limits
from etl.refresh import Decisions, Refreshed, Refresher, RefreshRules
from etl.replay import apply_next
from etl.run import announce
from geo.areas import load_provinces
from operations import alerts, conditions
from operations.acts import consume_releases, open_releases, open_repairs, settle_repairs
from operations.ems_keeping import forget_messages
from operations.locks import cited_versions, locks
from operations.plan_telling import reallocations
from operations.report_conditions import RULE as REPORT_RULE
from operations.spoken import over_at
from operations.statements import statements
from operations.targets import denominator_choices, target_versions
from settings import AlertSettings, Settings
from settings.rule_expressions import whens, with_usable
from warehouse import reads
from warehouse.engine.engine import EngineRules
from warehouse.files import SnapshotUnavailable
from warehouse.maintenance import Retention
from warehouse.record_snapshot import SnapshotRules
from warehouse.reference import load_deferral_reasons, load_series_rules, load_waste_reasons
from warehouse.snapshot import Snapshots
from warehouse.writer import Warehouse, WarehouseBroken, no_checkpoint, set_broken_aside

log = structlog.get_logger(__name__)


def wall() -> datetime:
    return datetime.now(UTC)


def open_warehouse(settings: Settings, *, wait: bool) -> Warehouse:
    return Warehouse(
        settings.warehouse_dir,
        snapshot_dir=settings.snapshot_dir,
        wait=wait,
        memory_mb=settings.etl.duckdb_memory_mb,
        checkpoint=_killer(settings.faults.kill_at) if settings.faults.kill_at else no_checkpoint,
    )


def recover(settings: Settings) -> None:
    """Set a warehouse that cannot be opened aside, loudly: the next refresh reads everything from the sources."""
    aside = set_broken_aside(settings.warehouse_dir, now=wall())
    log.error("warehouse set aside: everything is read again from the sources", kept_in=aside.name)


def open_or_recover(settings: Settings, *, wait: bool) -> Warehouse:
    """The warehouse, or an empty one in the place of one that cannot be opened."""
    try:
        return open_warehouse(settings, wait=wait)
    except WarehouseBroken:
        log.exception("warehouse broken")
        recover(settings)
        return open_warehouse(settings, wait=wait)


def refresh_rules(settings: Settings) -> RefreshRules:
    return RefreshRules(
        reference_dir=settings.reference_dir,
        engine=EngineRules(
            series=load_series_rules(settings.reference_dir),
            places=tuple(province.code for province in load_provinces(settings.reference_dir)),
            reference_year=settings.campaign.age_reference_year,
            hour_days=settings.etl.hour_days,
            deferral_reasons={row.text: row.number for row in load_deferral_reasons(settings.reference_dir)},
        ),
        snapshot=SnapshotRules(
            site_days=settings.etl.site_days,
            hour_days=settings.etl.hour_days,
            most_rows=settings.etl.quarantine_rows,
            run_days=settings.coldchain.shown_days,
            difference_days=settings.stock.difference_days,
            uptime_days=settings.coldchain.uptime_days,
            offender_days=settings.coldchain.offender_days,
            waste_days=settings.stock.waste_days,
            waste_reasons={row.text: row.number for row in load_waste_reasons(settings.reference_dir)},
        ),
        nowcast=NowcastRules(complete_after_days=settings.campaign.complete_after_days),
        drift=DriftLimits(**settings.drift.model_dump()),
        coldchain=cold_chain_rules(settings),
        denominator=settings.campaign.denominator,
        limits=Limits(max_bad_share=settings.etl.max_bad_share, min_rows=settings.etl.bad_share_min_rows),
        session_days=settings.etl.session_days,
        look_back_days=settings.stock.look_back_days,
        keep_last_snapshots=settings.etl.keep_last_snapshots,
        keep_hourly_hours=settings.etl.keep_hourly_hours,
    )


def open_refresher(warehouse: Warehouse, settings: Settings) -> Refresher:
    """People and doses are read into memory here, once for all refreshes of this process."""
    return Refresher(warehouse, refresh_rules(settings), wall=wall)


def record_source(settings: Settings, url: str) -> Source:
    """Our own registry, or the one that a mapping file describes. Raises MappingError, RegistryUnavailable."""
    limits = ReadLimits(budget_seconds=settings.etl.feed_budget_seconds, max_rows=settings.etl.max_rows_per_refresh)
    if not settings.etl.source_mapping:
        return Source(url=url, limits=limits)
    return open_source(url, load_mapping(Path(settings.etl.source_mapping)), os.environ)


def drop_reader(settings: Settings) -> DropReader | None:
    """The folder of record files, if there is one. One reader for the life of the process: it watches files settle."""
    etl = settings.etl
    if not etl.record_drop_dir:
        return None
    rules = DropRules(
        folder=Path(etl.record_drop_dir),
        feeds=frozenset(etl.record_drop_feeds),
        settle_seconds=etl.drop_settle_seconds,
        batch_rows=etl.batch_rows,
    )
    return DropReader(rules)


def refresh_once(refresher: Refresher, settings: Settings, *, drop: DropReader | None = None) -> Refreshed:
    """One refresh and its announcement. Raises RegistryUnavailable."""
    places = Places(settings)
    url = places.etl_url()
    if url is None:
        raise RegistryUnavailable("the embedded PostgreSQL is not running")
    decisions = Decisions(
        repairs=open_repairs(url),
        releases={release.release_id: release.feed for release in open_releases(url)},
        targets=tuple(version.target for version in target_versions(url)),
        denominators=tuple((choice.valid_from, choice.version) for choice in denominator_choices(url)),
    )
    refresher.judge_devices_by(cold_chain_rules(as_set_by_people(settings, url)))
    done = refresher.refresh(
        record_source(settings, url),
        extra=Extra(
            locks=locks(url),
            statements=statements(url),
            reallocations=reallocations(url),
            cited=cited_versions(url),
        ),
        decisions=decisions,
        drop=drop,
    )
    # Only now: what is written down twice changes nothing, what is lost by a crash is done again.
    if done.outcomes:
        settle_repairs(url, done.outcomes, now=wall())
    if done.consumed:
        consume_releases(url, done.consumed, wall())
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


class NightKeeper:
    """Folds when the log has grown, and once a night counts everything again: in the ETL's one thread."""

    def __init__(self, refresher: Refresher, settings: Settings) -> None:
        self._refresher = refresher
        self._settings = settings
        self._zone = ZoneInfo(settings.campaign.timezone)
        self._last = wall().astimezone(self._zone).date()

    def after_refresh(self) -> None:
        etl = self._settings.etl
        local = wall().astimezone(self._zone)
        if local.date() > self._last and local.hour >= etl.night_hour:
            self._last = local.date()
            found = self._refresher.night(
                Retention(
                    readings_days=etl.readings_days,
                    run_days=self._settings.coldchain.run_days,
                    audit_days=etl.audit_days,
                )
            )
            log.info("counted again", cells=found.cells_checked, differing=found.cells_differing)
            self._forget_messages()
        elif self._refresher.fold_if_due(rows=etl.fold_rows):
            log.info("folded")

    def _forget_messages(self) -> None:
        """A registry that is away keeps them for another night."""
        url = Places(self._settings).etl_url()
        if url is None:
            return
        try:
            before = wall() - timedelta(days=self._settings.coldchain.ems_keep_days)
            kept, messages = forget_messages(url, before=before)
            log.info("old messages of machines forgotten", messages=messages, kept_aside=kept)
        except psycopg.Error as error:
            log.warning("old messages of machines stay", reason=str(error).splitlines()[0])


def take_next_publication(warehouse: Warehouse, profile: Profile, folder: Path, settings: Settings) -> bool:
    """The next dated publication of `folder`, if there is one. Always settled: publications come when they come."""
    line = apply_next(warehouse, profile, folder, now=wall(), etl=settings.etl, timezone=settings.campaign.timezone)
    if line is not None:
        version = Snapshots(settings.snapshot_dir).current()
        announce(Places(settings).redis_url(), settings.redis.channel, version)
        log.info("publication taken up", snapshot=line.snapshot, status=line.status, message=line.message)
    return True


def alert_evaluator(configured: Settings) -> Callable[[str | None], None]:
    """Looks at the newest snapshot's feeds and equalities; told why the refresh failed, or None.

    While the registry is away nothing can be written to it: the page says so from its own look at it.
    """
    places = Places(configured)
    snapshots = Snapshots(configured.snapshot_dir)

    def judge(chosen: InForce, url: str, version: int, problem: str | None) -> None:
        settings = chosen.settings
        statuses = reads.feed_statuses(snapshots, version)
        found = [
            *conditions.of_feeds(
                statuses, red_seconds=settings.etl.lag_red_seconds, silent=whens(settings)["feed_silent"]
            ),
            *conditions.of_invariants(reads.invariants(snapshots, version)),
            *cold_chain_conditions(settings, snapshots, version, statuses),
            *stock_conditions(settings, snapshots, version, statuses, url),
            *conditions.of_thresholds(chosen.unusable),
            *ticket_conditions(settings, snapshots, version, url),
            *report_conditions(settings, snapshots, version, statuses),
            *([conditions.registry_away(problem)] if problem else []),
        ]
        alerts.evaluate(
            url,
            found,
            now=wall(),
            hold=timedelta(seconds=settings.alerts.pending_seconds),
            keep_resolved=timedelta(hours=settings.alerts.resolved_keep_hours),
            rules=incident_rules(settings.alerts),
            planning=planning(settings),
            # By the clock of the figures, as the rest of its words: a demonstration's runs faster.
            over=over_at(reads.info(snapshots, version).as_of, ZoneInfo(settings.campaign.timezone)),
            frozen=(
                *(["coldchain_"] if readings_behind(statuses, red_seconds=settings.etl.lag_red_seconds) else []),
                *([REPORT_RULE] if doses_behind(statuses, red_seconds=settings.etl.lag_red_seconds) else []),
                *(STOCK_RULES if stock_behind(statuses, red_seconds=settings.etl.lag_red_seconds) else ()),
            ),
        )

    def evaluate(problem: str | None) -> None:
        url = places.etl_url()
        if url is None:
            return
        try:
            version = snapshots.current()
        except SnapshotUnavailable:
            return
        # Thresholds as people set them, from this evaluation on; what of config.yaml itself cannot be used is left out.
        chosen = in_force_now(configured, url)
        own = with_usable(configured, {})[0]

        def judged(settings: Settings) -> None:
            judge(InForce(settings=settings, unusable=chosen.unusable), url, version, problem)

        by_thresholds(judged, chosen.settings, configured=own)

    return evaluate


def incident_rules(alerts: AlertSettings) -> IncidentRules:
    return IncidentRules(
        group_by=alerts.group_by,
        escalate_after=timedelta(minutes=alerts.escalate_minutes),
        levels=alerts.levels,
        close_after=timedelta(hours=alerts.close_after_hours),
        longest_snooze=timedelta(hours=alerts.snooze_max_hours),
        national=alerts.national,
    )


def _killer(point: str) -> Callable[[str], None]:
    """For the failure tests: die at a named point the way a power cut would have it."""

    def at(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)

    return at
