"""A country to measure on: a registry in PostgreSQL and a warehouse with its history, below one folder."""

from __future__ import annotations

import multiprocessing
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import orjson
import psycopg
from psycopg import sql

from bench.changes import add_pool, devices_of
from bench.history import Size, write_history
from bench.registry_rows import seed_registry
from etl.drift_guard import JUDGED
from etl.marts import Extra
from etl.refresh import Decisions, Refreshed, Refresher, RefreshRules
from registry.migrate import migrate
from warehouse.verify import rebuild
from warehouse.writer import Checkpoint, Warehouse, no_checkpoint

Found = TypeVar("Found")
# Every process of a bench begins as a fresh interpreter: none inherits another's memory.
FRESH = multiprocessing.get_context("spawn")
# A million records after ten thousand would rightly be held back by the drift guard: a named person lets them pass.
EVERYTHING_PASSES = Decisions(releases=dict(enumerate(sorted(JUDGED))))
MOST_POOL, POOL_SHARE = 2_500_000, 3
# Written last: a history without it was broken off.
BUILT = "built.json"


class HistoryDiffers(Exception):
    """What an earlier bench kept is not what this one is to measure on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Where and with which rules. server_url: a PostgreSQL with the owner's rights; `as_role` names the role in an
    address. Everything in it can be sent to another process."""

    folder: Path
    server_url: str
    etl_role: str
    as_role: Callable[[str, str], str]
    reference_dir: Path
    rules: RefreshRules
    memory_mb: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    setup: Setup
    name: str
    size: Size
    url: str

    @property
    def folder(self) -> Path:
        return self.setup.folder / self.name

    @property
    def snapshot_dir(self) -> Path:
        return self.folder / "snapshots"

    @property
    def etl_url(self) -> str:
        return self.setup.as_role(self.url, self.setup.etl_role)

    def open(self, checkpoint: Checkpoint = no_checkpoint) -> Refresher:
        """The one writer, with its people in memory. Close its warehouse before another is opened."""
        warehouse = Warehouse(
            self.folder / "warehouse",
            snapshot_dir=self.snapshot_dir,
            checkpoint=checkpoint,
            memory_mb=self.setup.memory_mb,
        )
        # DuckDB would draw its progress on standard output, where the figures go.
        warehouse.connection.execute("SET enable_progress_bar = false")
        refresher = Refresher(warehouse, self.setup.rules, wall=wall)
        refresher.engine.checkpoint = checkpoint
        return refresher

    def refresh(self, refresher: Refresher) -> Refreshed:
        return refresher.refresh(self.etl_url, extra=Extra(), decisions=EVERYTHING_PASSES)


def wall() -> datetime:
    return datetime.now(UTC)


def size_of(*, people: int, doses: int) -> Size:
    """With a pool that is large enough for a million changes, where there are so many people."""
    return Size(people=people, doses=doses, pool=max(1, min(MOST_POOL, people // POOL_SHARE)))


def build(setup: Setup, name: str, size: Size) -> tuple[Stage, float]:
    """Returns the stage and the seconds that its history took, 0 for one that an earlier bench left whole in the same
    folder. The building process ends with its memory. Raises HistoryDiffers where that one has another size."""
    kept = setup.folder / name / BUILT
    if kept.exists():
        if (size_kept := orjson.loads(kept.read_bytes())) != asdict(size):
            raise HistoryDiffers(f"{setup.folder} keeps a history of another size: {size_kept}")
        return Stage(setup=setup, name=name, size=size, url=_address(setup.server_url, name)), 0.0
    shutil.rmtree(setup.folder / name, ignore_errors=True)
    url = _database(setup.server_url, name)
    migrate(url, etl_role=setup.etl_role)
    seed_registry(url, setup.reference_dir, wall_now=wall(), devices=devices_of(size))
    stage = Stage(setup=setup, name=name, size=size, url=url)
    stage.folder.mkdir(parents=True)
    started = time.monotonic()
    run_alone(_write, stage)
    seconds = time.monotonic() - started
    add_pool(url, stage.folder)
    kept.write_bytes(orjson.dumps(asdict(size)))
    return stage, seconds


def run_alone(work: Callable[[Stage], None], stage: Stage) -> None:
    """In a process of its own. Raises RuntimeError where it fails; its own words are on standard error."""
    # A daemon: it does not outlive us where we are interrupted.
    process = FRESH.Process(target=work, args=(stage,), daemon=True)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{work.__name__} of the bench ended with {process.exitcode}")


def counted_alone(work: Callable[[Stage], Found], stage: Stage) -> Found:
    """What `work` gives, in a process of its own, which may have others beside it (no daemon may)."""
    with ProcessPoolExecutor(1, mp_context=FRESH) as pool:
        return pool.submit(work, stage).result()


def _write(stage: Stage) -> None:
    refresher = stage.open()
    stage.refresh(refresher)
    warehouse = refresher.warehouse
    with psycopg.connect(stage.url) as connection:
        row = connection.execute("SELECT key FROM registry.secret").fetchone()
    secret = bytes(row[0]) if row else b""
    setup = stage.setup
    write_history(
        warehouse,
        setup.rules.engine,
        setup.reference_dir,
        stage.folder,
        size=stage.size,
        secret=secret,
        seed=setup.seed,
    )
    engine = refresher.engine
    engine.load()
    rebuild(warehouse, engine, deep=False)
    warehouse.connection.execute("CHECKPOINT")
    warehouse.close()


def _database(server_url: str, name: str) -> str:
    """A new, empty database beside that of `server_url`, in place of one whose building was broken off."""
    database = sql.Identifier(f"bench_{name}")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(database))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
    return _address(server_url, name)


def _address(server_url: str, name: str) -> str:
    return urlunsplit(urlsplit(server_url)._replace(path=f"/bench_{name}"))
