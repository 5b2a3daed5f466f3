"""`app.py bench web`: a board on one snapshot, hundreds of viewers, real Chromiums, and the naive page beside it."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import orjson

from bench.next_snapshot import next_snapshot
from bench.visitor import visitors
from bench.web import Pace, Served, bench_naive, bench_web, wait_for
from campaign.access import Role
from cli.places import Places
from cli.supervisor import Supervisor
from cli.web import dashboard_deps
from etl.run import announce
from registry.migrate import migrate
from settings import ConfigError, Settings, load
from warehouse.files import SnapshotUnavailable, current_version, point_to, snapshot_path
from warehouse.snapshot import Snapshots

SCREENS = 3
NAIVE_SECONDS = 30
# Threads beside those that hold a stream: for answers.
ANSWERING = 32
MOST_THREADS = 1024
KEPT_VERSIONS = 4


def add_arguments(web: argparse.ArgumentParser) -> None:
    web.add_argument("--viewers", type=int, default=50)
    web.add_argument("--seconds", type=int, default=60)
    web.add_argument("--snapshot", type=Path, metavar="FILE", help="to look at; by default the centre's current one")
    web.add_argument("--url", help="a running centre instead: no versions, no screens, no naive page")
    web.add_argument("--screens", type=int, default=SCREENS, metavar="N", help="real Chromiums among the viewers")
    web.add_argument(
        "--naive-seconds", type=int, default=NAIVE_SECONDS, metavar="S", help="of the naive page; 0: not at all"
    )
    web.add_argument("--json", action="store_true", help="one compact JSON object on standard output")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Every single wait is left in the state folder, below bench/. Exit code 4 where a viewer met an error."""
    if chosen.viewers < 1 or chosen.seconds < 1 or chosen.screens < 0 or chosen.naive_seconds < 0:
        raise ConfigError("bench web: give at least one viewer and one second, and no negative number")
    raw = settings.state / "bench" / f"web-{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 - a name for people here
    if chosen.url:
        with visitors(registry_of(settings), settings, chosen.viewers) as cookies:
            served = Served(
                url=chosen.url,
                cookies=cookies,
                denominators=(settings.campaign.denominator,),
                poll_seconds=settings.web.poll_seconds,
            )
            figures = bench_web(served, chosen.seconds, raw=raw)
    else:
        figures = _on_own_board(chosen, settings, raw)
    figures["raw"] = str(raw)
    option = 0 if chosen.json else orjson.OPT_INDENT_2
    sys.stdout.buffer.write(orjson.dumps(figures, option=option) + b"\n")
    return 4 if figures["errors"] else 0


def _on_own_board(chosen: argparse.Namespace, settings: Settings, raw: Path) -> dict[str, Any]:
    return measure(
        snapshot_to_look_at(chosen, settings),
        viewers=chosen.viewers,
        screens=chosen.screens,
        seconds=chosen.seconds,
        naive_seconds=chosen.naive_seconds,
        raw=raw,
    )


@contextmanager
def board_of(snapshot: Path) -> Iterator[tuple[str, str]]:
    """Address and a visitor's cookie of a board of its own on `snapshot`. Raises ConfigError where that is no file."""
    if not snapshot.is_file():
        raise ConfigError(f"--snapshot: {snapshot} is no file")
    with tempfile.TemporaryDirectory(prefix="mcc-bench-") as folder:
        # The embedded database's own user must be able to enter it.
        Path(folder).chmod(0o755)
        with own_board(Path(folder) / "state", snapshot, 1, 0, Pace()) as board:
            yield board.served.url, board.served.cookies[0]


def snapshot_to_look_at(chosen: argparse.Namespace, settings: Settings) -> Path:
    """The file that was named, or the centre's current one. Raises ConfigError where there is none."""
    snapshot: Path = chosen.snapshot or _current(settings)
    if not snapshot.is_file():
        raise ConfigError(f"--snapshot: {snapshot} is no file")
    return snapshot


def measure(
    snapshot: Path,
    *,
    viewers: int,
    screens: int,
    seconds: float,
    naive_seconds: float,
    raw: Path,
    pace: Pace | None = None,
) -> dict[str, Any]:
    """On a board of its own, beside whatever runs: nothing of that is touched. What it finds is told by bench_web, with
    the naive page's below `naive` where that is asked for."""
    with tempfile.TemporaryDirectory(prefix="mcc-bench-") as folder:
        # The embedded database's own user must be able to enter it.
        Path(folder).chmod(0o755)
        with own_board(Path(folder) / "state", snapshot, viewers, screens, pace or Pace()) as board:
            figures = bench_web(board.served, seconds, raw=raw)
            if naive_seconds:
                figures["naive"] = _naive(board, figures, naive_seconds)
    return figures


def _naive(board: Board, figures: dict[str, Any], seconds: float) -> dict[str, Any]:
    port = _free_port()
    settings = board.settings.model_copy(update={"web": board.settings.web.model_copy(update={"port": port})})
    from bench.naive import naive_server

    with naive_server(settings, partial(dashboard_deps, settings)) as url:
        wait_for(url)
        found = bench_naive(url, like=board.served, seconds=seconds)
    ours, theirs = figures["filter_ms"]["p95"], found["filter_ms"]["p95"]
    return {**found, "ratio_p95": round(theirs / ours, 1) if ours and theirs else None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    served: Served
    settings: Settings


@contextmanager
def own_board(
    state: Path, snapshot: Path, viewers: int, screens: int, pace: Pace, *, roles: Sequence[Role] = (Role.VIEWER,)
) -> Iterator[Board]:
    """A registry, a Valkey and the web in a process of its own, on a copy of `snapshot`; gone when the block ends. Of
    its versions the newest few are kept. `roles`: of whoever looks."""
    settings, version = _ready(state, snapshot, viewers + screens)
    supervisor = Supervisor(Places(settings))
    web: subprocess.Popen[bytes] | None = None
    try:
        url = supervisor.start_servers()
        migrate(url, etl_role=settings.registry.etl_role, app_role=settings.registry.app_role)
        web = _web(settings)
        address = f"http://{settings.web.host}:{settings.web.port}"
        wait_for(address)
        at = [version]

        def publish() -> tuple[int, Any]:
            at[0] = next_snapshot(settings.snapshot_dir, at[0])
            snapshot_path(settings.snapshot_dir, at[0] - KEPT_VERSIONS).unlink(missing_ok=True)
            return at[0], partial(_point, settings, at[0])

        with visitors(registry_of(settings), settings, viewers + screens, roles=roles) as cookies:
            served = Served(
                url=address,
                cookies=cookies[:viewers],
                screens=cookies[viewers:],
                denominators=_denominators(settings, version),
                poll_seconds=settings.web.poll_seconds,
                pace=pace,
                pid=web.pid,
                publish=publish,
            )
            yield Board(served=served, settings=settings)
    finally:
        if web is not None:
            web.terminate()
            web.wait()
        supervisor.stop()


def _ready(state: Path, snapshot: Path, viewers: int) -> tuple[Settings, int]:
    """Settings of the board's own, with a stream for each viewer as far as threads go, and its first version."""
    settings = load(state=state)
    threads = min(viewers + ANSWERING, MOST_THREADS)
    web = settings.web.model_copy(
        update={"port": _free_port(), "threads": threads, "max_streams": min(viewers, threads - ANSWERING)}
    )
    settings = settings.model_copy(update={"web": web})
    settings.snapshot_dir.mkdir(parents=True)
    version = number_in(snapshot)
    shutil.copy(snapshot, snapshot_path(settings.snapshot_dir, version))
    point_to(settings.snapshot_dir, version)
    return settings, version


def number_in(snapshot: Path) -> int:
    """The version that the file tells of itself, whatever it is called."""
    try:
        with duckdb.connect(snapshot, read_only=True) as connection:
            return int(connection.execute("SELECT version FROM snapshot_info").fetchall()[0][0])
    except (duckdb.Error, IndexError) as error:
        raise ConfigError(f"--snapshot: {snapshot} is no snapshot of a centre") from error


def _web(settings: Settings) -> subprocess.Popen[bytes]:
    web = settings.web
    environ = {
        **os.environ,
        "MCC_WEB__PORT": str(web.port),
        "MCC_WEB__THREADS": str(web.threads),
        "MCC_WEB__MAX_STREAMS": str(web.max_streams),
        # Data that are told to be old would draw other pages.
        "MCC_WEB__STALE_AFTER_SECONDS": "864000",
    }
    app = settings.root / "app.py"
    (settings.state / "logs").mkdir(parents=True, exist_ok=True)
    with (settings.state / "logs" / "web.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, str(app), "web", "--state", str(settings.state)], env=environ, stdout=log, stderr=log
        )


def _point(settings: Settings, version: int) -> None:
    point_to(settings.snapshot_dir, version)
    announce(Places(settings).redis_url(), settings.redis.channel, version)


def _denominators(settings: Settings, version: int) -> tuple[str, ...]:
    snapshots = Snapshots(settings.snapshot_dir)
    try:
        found = snapshots.rows(version, "SELECT DISTINCT version FROM population ORDER BY version")
    finally:
        snapshots.close()
    return tuple(row["version"] for row in found)


def _current(settings: Settings) -> Path:
    try:
        return snapshot_path(settings.snapshot_dir, current_version(settings.snapshot_dir))
    except SnapshotUnavailable as error:
        raise ConfigError(f"{error}: give one by --snapshot FILE, or the folder of a centre by --state DIR") from error


def registry_of(settings: Settings) -> str:
    """The pages answer nobody without an account."""
    url = Places(settings).app_url()
    if url is None:
        raise ConfigError("the registry of the centre to measure is not running: give its folder by --state DIR")
    return url


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
