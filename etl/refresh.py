"""One minute of data: pull, check, apply, publish. A refresh is wholly there or wholly absent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from campaign.coverage import Target
from campaign.nowcast import NowcastRules
from etl.contracts import rules_for
from etl.dataset import Dataset, describe
from etl.drift import DriftLimits
from etl.drift_guard import JUDGED, DriftGuard
from etl.feeds.drop import DropReader
from etl.feeds.position import restarted
from etl.feeds.postgres import Source, reading
from etl.feeds.retry import Retries
from etl.feeds.source import Sources
from etl.frames import BY_NAME, empty_rows
from etl.marts import EXTRA_READS, About, Extra, describe_snapshot, extra_tables
from etl.pull import Limits, Pulled, Puller
from etl.reference import Reference
from etl.repairs import Repaired, try_repairs
from operations.acts import Outcome, Repair
from warehouse.allocation import note_allocation, refresh_allocation
from warehouse.coldchain import ColdChainRules, refresh_limits, use_rules
from warehouse.corrections import log_withdrawn_doses
from warehouse.database import ZONE
from warehouse.details import Carry, Part
from warehouse.engine.cubes import compact
from warehouse.engine.engine import Engine, EngineRules, Incoming, Pending
from warehouse.engine.fold import drop_unused, fold, log_rows
from warehouse.files import snapshot_path
from warehouse.levels import note_devices, refresh_devices
from warehouse.maintenance import Retention, night
from warehouse.marks import note_lines, note_marks, refresh_marks
from warehouse.memory import give_back
from warehouse.record_snapshot import SnapshotRules, fill_from_records
from warehouse.records import (
    ENGINE_FEEDS,
    REJECTED_COLUMNS,
    Applied,
    Told,
    apply,
    dataset_facts,
    has_areas,
    save_feed_states,
    set_aside,
)
from warehouse.reference import load_supply_items
from warehouse.sessions import let_old_go, note_records
from warehouse.stock import note_stock, refresh_stock, refresh_use, set_clock
from warehouse.supplies import note_supplies, refresh_supplies
from warehouse.verify import Verified, rebuild
from warehouse.writer import Warehouse

# Days of the campaign are local ones, as in the warehouse.
LOCAL = ZoneInfo(ZONE)
# State of a feed that a person let begin anew; of one whose fresh records are in and whose backlog is being read.
RESTARTED, FILLING = "waiting", "filling"
Wall = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRules:
    """What a refresh needs to know of the settings and the reference data."""

    reference_dir: Path
    engine: EngineRules
    snapshot: SnapshotRules
    nowcast: NowcastRules
    drift: DriftLimits
    coldchain: ColdChainRules
    denominator: str
    limits: Limits
    session_days: int
    look_back_days: int
    keep_last_snapshots: int
    keep_hourly_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """Outcome of one refresh. `version` is None where there was nothing to show yet. `more_waits`: the backlog of a
    feed has a next piece. `outcomes` of repairs and `consumed` releases are to be noted where they were decided."""

    version: int | None
    settled: bool
    rows_in: int
    quarantined: int
    failed: tuple[str, ...]
    more_waits: bool
    outcomes: Mapping[int, Outcome]
    consumed: tuple[int, ...]
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What named persons decided: repairs and releases that no refresh has carried out yet, every version of a target
    and every default denominator by the campaign's day from which it holds, in the order of deciding. `releases`: feed
    by number of the release."""

    repairs: tuple[Repair, ...] = ()
    releases: Mapping[int, str] = field(default_factory=dict[int, str])
    targets: tuple[Target, ...] = ()
    denominators: tuple[tuple[date, str], ...] = ()

    def denominator(self, today: date, default: str) -> str:
        """The last decided of those in force that began last; the setting where none has begun."""
        begun = [(since, place) for place, (since, _) in enumerate(self.denominators) if since <= today]
        return self.denominators[max(begun)[1]][1] if begun else default


NOTHING_DECIDED = Decisions()


class Refresher:
    """Refreshes one warehouse, whose people and doses it keeps in memory between two refreshes."""

    def __init__(self, warehouse: Warehouse, rules: RefreshRules, *, wall: Wall) -> None:
        self.warehouse = warehouse
        self.rules = rules
        self._wall = wall
        self.engine = Engine(warehouse.connection, warehouse.folder / "segments", rules.engine)
        drop_unused(self.engine)
        self._guard = DriftGuard(warehouse.connection, rules.drift)
        self._retries = Retries()
        self._items = frozenset(item.code for item in load_supply_items(rules.reference_dir))
        self.carry = Carry()
        self._reference = Reference(rules.reference_dir)
        with warehouse.transaction(points="rules") as connection:
            use_rules(connection, rules.coldchain)
        if self.engine.counted_by_other_rules():
            rebuild(warehouse, self.engine, deep=False)

    def judge_devices_by(self, rules: ColdChainRules) -> None:
        """From now on: a person changed a threshold. What was judged by others is judged anew."""
        if rules == self.rules.coldchain:
            return
        with self.warehouse.transaction(points="rules") as connection:
            use_rules(connection, rules)
        self.rules = replace(self.rules, coldchain=rules)

    def refresh(
        self,
        source: str | Source,
        *,
        extra: Extra,
        decisions: Decisions = NOTHING_DECIDED,
        drop: DropReader | None = None,
    ) -> Refreshed:
        """Take in what the registry at `source` has committed since the last refresh, and publish it.

        Feeds that `drop` serves come from its folder instead. `decisions` of named persons take part in it. Raises
        RegistryUnavailable where the registry cannot be read: the last snapshot then stands, with its age.
        """
        started = self._wall()
        puller = self._puller()
        with reading(source) as registry:
            pulled = puller.pull(Sources(drop, registry) if drop else registry, wall_now=started)
        dataset = puller.dataset()
        read = self._wall()
        try:
            repaired = self._repair(pulled, decisions, dataset.now(started))
            judged = self._judge(pulled, decisions, dataset, now=dataset.now(started))
            ready = self._commit(judged, decisions, dataset=dataset, wall_now=started)
            if drop is not None and not any(item.state == "held" for item in judged):
                drop.confirm()
            committed = self._wall()
            give_back()
            version = self.publish(wall_now=started, extra=extra) if ready else None
            published = self._wall()
        finally:
            for item in pulled:
                if item.staging is not None:
                    item.staging.drop()
        self._sum_up()
        give_back()
        staged = [item.staging for item in pulled if item.staging]
        # A release lets the whole backlog pass: it is used up by its last piece.
        passed = {
            item.feed.name for item in judged if item.complete and (item.staging is not None or item.state == RESTARTED)
        }
        return Refreshed(
            version=version,
            settled=version is not None and dataset.settled,
            rows_in=sum(staging.rows_in for staging in staged),
            quarantined=sum(staging.rows_bad for staging in staged),
            failed=tuple(item.problem for item in judged if item.problem),
            # A feed that was held has its backlog still, but asking again soon would change nothing.
            more_waits=any(not item.complete and item.staging is not None for item in judged),
            outcomes=repaired.outcomes,
            consumed=tuple(number for number, feed in decisions.releases.items() if feed in passed),
            seconds={
                "pull_and_check": (read - started).total_seconds(),
                "apply": (committed - read).total_seconds(),
                "publish": (published - committed).total_seconds(),
                "sum_up": (self._wall() - published).total_seconds(),
            },
        )

    def _puller(self) -> Puller:
        return Puller(
            self.warehouse.connection,
            products=frozenset(self.rules.engine.series.products),
            limits=self.rules.limits,
            checkpoint=self.warehouse.checkpoint,
            retries=self._retries,
            items=self._items,
        )

    def _repair(self, pulled: list[Pulled], decisions: Decisions, now: datetime) -> Repaired:
        """Stage the records that named persons repaired, beside what the registry sent."""
        known = self._puller().known
        repaired = try_repairs(
            self.warehouse.connection, decisions.repairs, BY_NAME, lambda feed: rules_for(feed, known(feed), now=now)
        )
        for item in pulled:
            rows = repaired.rows.get(item.feed.name)
            if rows is not None and item.staging is not None:
                item.staging.add(rows, pl.DataFrame(schema=REJECTED_COLUMNS))
        return repaired

    def _judge(self, pulled: list[Pulled], decisions: Decisions, dataset: Dataset, *, now: datetime) -> list[Pulled]:
        """Hold back a reading of a record feed that is not like those before it, until a named person lets it pass.

        A data set that is still being written has no usual reading yet."""
        released = frozenset(decisions.releases.values())
        return [self._judged(item, dataset, now=now, released=released) for item in pulled]

    def _judged(self, item: Pulled, dataset: Dataset, *, now: datetime, released: frozenset[str]) -> Pulled:
        if item.state == "held" and item.feed.name in released:
            problem = f"{item.feed.name}: released, and read again from the beginning"
            return replace(item, state=RESTARTED, watermark=restarted(item.watermark), problem=problem)
        if item.staging is None or item.feed.name not in JUDGED or not dataset.settled:
            return item
        verdict = self._guard.judge(item.feed, _rows(item), now=now, released=released)
        return replace(item, staging=None, state="held", problem=verdict.message) if verdict else item

    def publish(self, *, wall_now: datetime, extra: Extra) -> int:
        """The committed figures as a snapshot, current from now on. Returns its version."""
        rules, base = self.rules, self.carry.base()
        held = self.carry.parts if base else None
        parts: dict[str, Part] = {}

        def fill(connection: duckdb.DuckDBPyConnection) -> None:
            filled = fill_from_records(
                connection,
                rules.snapshot,
                wall_now=wall_now,
                extra=lambda: extra_tables(connection, extra, rules.nowcast),
                extra_reads=EXTRA_READS,
                held=held,
            )
            parts.update(filled.parts)

        # Whatever goes wrong: the next snapshot is written whole.
        self.carry.forget()
        version = self.warehouse.publish(
            keep_last=rules.keep_last_snapshots,
            keep_hourly_hours=rules.keep_hourly_hours,
            cited=extra.cited,
            fill=fill,
            base=base,
        )
        self.carry.keep(snapshot_path(self.warehouse.snapshot_dir, version), parts, whole=base is None)
        return version

    def fold_if_due(self, *, rows: int) -> bool:
        """Fold once this many records have come since the last fold, so that a look-up in the log stays short."""
        if log_rows(self.engine) < rows:
            return False
        fold(self.warehouse, self.engine)
        return True

    def night(self, retention: Retention) -> Verified:
        """Fold, compare with a recount, let old readings go."""
        wall_now = self._wall()
        now = describe(dataset_facts(self.warehouse.connection)).now(wall_now)
        return night(self.warehouse, self.engine, retention, now=now, wall_now=wall_now)

    def _commit(self, pulled: list[Pulled], decisions: Decisions, *, dataset: Dataset, wall_now: datetime) -> bool:
        """One transaction for everything that this refresh changes. True where there is something to publish."""
        pending: Pending | None = None
        incoming, good = _incoming(pulled)
        try:
            # The small feeds are DuckDB's work: whom the large ones mean is found beside it.
            with (
                ThreadPoolExecutor(1, thread_name_prefix="keys") as beside,
                self.warehouse.transaction() as connection,
            ):
                resolved = None if incoming.merges else beside.submit(self.engine.resolve, incoming)
                version = self.warehouse.next_version()
                told: list[Told] = []
                today = dataset.now(wall_now).astimezone(LOCAL).date()
                new_day = set_clock(connection, today=today, look_back_days=self.rules.look_back_days)
                for item in pulled:
                    if item.feed.name not in ENGINE_FEEDS:
                        told.append(self._take_small(item, wall_now=wall_now, now=dataset.now(wall_now)))
                        self.warehouse.checkpoint(f"applied_{item.feed.name}")
                # A lot that was not known before gives its stock a product.
                refresh_use(connection, everywhere=new_day or any(i.feed.name == "lot" and _any(i) for i in pulled))
                refresh_marks(connection)
                refresh_allocation(connection, everywhere=any(i.feed.name == "store" and _any(i) for i in pulled))
                incoming.resolved = resolved.result() if resolved else None
                pending = self._take_records(pulled, told, incoming, good, wall_now=wall_now, version=version)
                save_feed_states(connection, told)
                ready = dataset.ready and has_areas(connection)
                if ready:
                    self._reference.write(connection, one_in=dataset.one_in, decided=decisions.targets)
                    as_of = dataset.now(wall_now)
                    about = About(
                        as_of=as_of,
                        wall_now=wall_now,
                        one_in=dataset.one_in,
                        is_demo=dataset.is_demo,
                        denominator=decisions.denominator(as_of.astimezone(LOCAL).date(), self.rules.denominator),
                    )
                    describe_snapshot(connection, about, version=version)
                self._guard.save()
                self.warehouse.checkpoint("cubes_added")
        except BaseException:
            self.engine.forget()
            self._guard.forget()
            self._reference.forget()
            raise
        self.engine.settle(pending)
        self._guard.keep()
        self._reference.keep()
        return ready

    def _sum_up(self) -> None:
        """Once readers have the figures: cubes that have grown are written anew, which changes none of them."""
        with self.warehouse.transaction(points="summed") as connection:
            done = compact(connection, hour_days=self.rules.engine.hour_days)
        if done:
            connection.execute("CHECKPOINT")

    def _take_small(self, item: Pulled, *, wall_now: datetime, now: datetime) -> Told:
        connection = self.warehouse.connection
        if item.staging is None:
            return _say_failed(item, wall_now)
        # Devices are looked at even so: equipment that came may have new limits.
        if not item.staging.rows_in and item.feed.name != "temperature_reading":
            return _say_done(item, Applied(accepted=0, rejected=0), wall_now=wall_now)
        if item.feed.name == "stock_movement":
            note_stock(connection)
            note_marks(connection)
            note_allocation(connection)
        elif item.feed.name == "supply_movement":
            note_supplies(connection)
        elif item.feed.name == "excursion_line":
            note_lines(connection)
        elif item.feed.name == "temperature_reading":
            note_devices(connection)
        elif item.feed.name == "session":
            today = now.astimezone(LOCAL).date()
            let_old_go(connection, item.staging, before=today - timedelta(days=self.rules.session_days - 1))
        applied = apply(connection, item.staging, seen_at=wall_now)
        if item.feed.name == "stock_movement":
            refresh_stock(connection)
        elif item.feed.name == "supply_movement":
            refresh_supplies(connection)
        elif item.feed.name == "temperature_reading":
            refresh_devices(connection)
        elif item.feed.name == "equipment":
            refresh_limits(connection)
        return _say_done(item, applied, wall_now=wall_now)

    def _take_records(
        self,
        pulled: list[Pulled],
        told: list[Told],
        incoming: Incoming,
        good: Mapping[str, pl.Series],
        *,
        wall_now: datetime,
        version: int,
    ) -> Pending:
        """`good`: keys of the accepted rows by feed."""
        connection = self.warehouse.connection
        items = {item.feed.name: item for item in pulled}
        note_records(connection, incoming.dose)
        pending = self.engine.apply(incoming)
        log_withdrawn_doses(connection, pending.doses, self.engine.codes, publication=str(version))
        for name in sorted(ENGINE_FEEDS):
            item = items[name]
            if item.staging is None:
                told.append(_say_failed(item, wall_now))
                continue
            rejected = set_aside(connection, item.staging, good=good[name], seen_at=wall_now)
            applied = Applied(accepted=pending.accepted[name], rejected=rejected)
            told.append(_say_done(item, applied, wall_now=wall_now))
            self.warehouse.checkpoint(f"applied_{name}")
        return pending


def _say_failed(item: Pulled, wall_now: datetime) -> Told:
    values = {
        "state": item.state if item.state != "ok" else "failed",
        "last_attempt": wall_now,
        "message": item.problem,
        "next_try": item.next_try,
    }
    # A reading that was not taken in has moved nothing: the feed's position stays where it was.
    if item.state == RESTARTED:
        values["watermark"] = item.watermark
    return Told(feed=item.feed.name, values=values)


def _say_done(item: Pulled, applied: Applied, *, wall_now: datetime) -> Told:
    done = {
        "state": "ok" if item.complete else FILLING,
        "watermark": item.watermark,
        "last_success": wall_now,
        "last_attempt": wall_now,
        "message": item.note,
        "rows_last": applied.accepted + applied.rejected,
        "next_try": None,
    }
    return Told(feed=item.feed.name, values=done, add=applied)


def _rows(item: Pulled) -> pl.DataFrame:
    """Accepted rows of an engine feed, in the columns of the feed; none where the feed brought none or failed."""
    found = item.staging.frame() if item.staging else None
    return empty_rows(item.feed.name) if found is None else found


def _incoming(pulled: list[Pulled]) -> tuple[Incoming, dict[str, pl.Series]]:
    """What the engine takes in, and the keys of those rows by feed."""
    items = {item.feed.name: item for item in pulled}
    rows = {name: _rows(items[name]) for name in sorted(ENGINE_FEEDS)}
    for name in rows:
        # A million rows are not held twice: the engine lets go of them as soon as they are numbers.
        if (staging := items[name].staging) is not None:
            staging.frames.clear()
    good = {name: frame[BY_NAME[name].key].cast(pl.String) for name, frame in rows.items()}
    merges, sites = _any(items["person_merge"]), _any(items["site"]) or _any(items["area"])
    incoming = Incoming(
        person=rows.pop("person"),
        dose=rows.pop("dose"),
        registration=rows.pop("registration"),
        merges=merges,
        sites=sites,
    )
    return incoming, good


def _any(item: Pulled) -> bool:
    return item.staging is not None and item.staging.rows_in > 0
