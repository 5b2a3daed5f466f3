"""From an empty folder to a live map, as a user would start it: how long, how large, how much memory."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.web import Served, bench_web

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 900.0
MEGABYTE = 1024 * 1024
VIEWERS, VIEWER_SECONDS = 50, 20
# The bench of the refresh measures its length, not how long it waits for the next minute.
EVERY_FIVE_SECONDS = {"MCC_ETL__REFRESH_SECONDS": "5"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFigures:
    """Seconds of wall time; sizes in megabytes; memory is the proportional share of each process's pages."""

    first_map_seconds: float
    history_complete_seconds: float
    refresh_seconds: dict[str, list[float]]
    snapshot_mb: float
    memory_mb: dict[str, float]
    filter_change: dict[str, Any]
    rows: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Web:
    """Where it answers, and the cookie of whoever asks."""

    url: str
    cookie: str


@contextmanager
def centre(root: Path, state: Path, *, environ: Mapping[str, str] = EVERY_FIVE_SECONDS) -> Iterator[str]:
    """`app.py run` on a free port and its own state folder, ended with Ctrl-C. Yields its address."""
    port = _free_port()
    environ = {**os.environ, "MCC_WEB__PORT": str(port), **environ}
    command = [sys.executable, str(root / "app.py"), "run", "--state", str(state)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def measure(
    root: Path,
    state: Path,
    *,
    burst: Callable[[int, datetime], int],
    visit: Callable[[], AbstractContextManager[str]],
    bursts: tuple[int, ...],
    rounds: int,
    denominators: tuple[str, ...],
) -> PipelineFigures:
    """Start, wait for the map, then commit bursts of doses and time each until the web serves it.

    `burst(doses, at)` commits that many new doses in one transaction. `refresh_seconds` has, per size of the burst, the
    time of `refresh --once` in the ETL process: from its start to the snapshot that the web hands out. `visit()` gives
    the cookie of somebody who may look at the board, once the web answers.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        url = stack.enter_context(centre(root, state))
        wait_for(lambda: answers(url), "the web")
        web = Web(url, stack.enter_context(visit()))
        wait_for(lambda: version_of(web) >= 1, "the first snapshot")
        first_map = time.monotonic() - started
        wait_for(lambda: _phase_done(state), "the whole history")
        complete = time.monotonic() - started
        refreshes = {str(size): [_burst_to_snapshot(web, state, burst, size) for _ in range(rounds)] for size in bursts}
        filters = bench_web(Served(url=url, cookies=(web.cookie,) * VIEWERS, denominators=denominators), VIEWER_SECONDS)
        memory = {name: round(size / MEGABYTE, 1) for name, size in _memory(state).items()}
        snapshot = max((state / "warehouse" / "snapshots").glob("*.duckdb")).stat().st_size / MEGABYTE
        rows = _rows(root, state)
    return PipelineFigures(
        first_map_seconds=round(first_map, 1),
        history_complete_seconds=round(complete, 1),
        refresh_seconds={size: [round(seconds, 2) for seconds in times] for size, times in refreshes.items()},
        snapshot_mb=round(snapshot, 2),
        memory_mb=memory,
        filter_change=filters,
        rows=rows,
    )


def medians(times: dict[str, list[float]]) -> dict[str, float]:
    return {size: round(statistics.median(values), 2) for size, values in times.items()}


def _burst_to_snapshot(web: Web, state: Path, burst: Callable[[int, datetime], int], size: int) -> float:
    """Seconds from the start of the refresh that carries the burst to the new version on the web."""
    seen = len(refreshes(state))
    burst(size, datetime.now(UTC))
    wait_for(lambda: any(rows >= size for _, rows, _ in refreshes(state)[seen:]), "the refresh that carries the burst")
    version, _, seconds = next(found for found in refreshes(state)[seen:] if found[1] >= size)
    wait_for(lambda: version_of(web) >= version, "its snapshot on the web")
    return seconds


def refreshes(state: Path) -> list[tuple[int, int, float]]:
    """Version, rows in and seconds (pull, check, apply, publish) of each refresh, as the ETL process logged it."""
    lines = (state / "logs" / "etl.log").read_text(encoding="utf-8").splitlines()
    logged = [line for line in lines if "event='refreshed'" in line and "version=None" not in line]
    return [
        (int(_value(line, "version")), int(_value(line, "rows_in")), float(_value(line, "total_seconds")))
        for line in logged
    ]


def _value(line: str, name: str) -> str:
    return line.split(f" {name}=")[1].split(maxsplit=1)[0]


def wait_for(look: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if look():
            return
        time.sleep(LOOK_SECONDS)
    raise TimeoutError(f"never seen: {what}")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:  # noqa: S310  # nosec B310
            return response.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def version_of(web: Web) -> int:
    asked = urllib.request.Request(f"{web.url}/version", headers={"Cookie": web.cookie})  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=5) as response:  # noqa: S310  # nosec B310
            return int(json.load(response).get("version") or 0)
    except (urllib.error.URLError, ConnectionError, TimeoutError, ValueError):
        return 0


def _phase_done(state: Path) -> bool:
    """The ETL process logs once that the registry has told all of its history."""
    log = state / "logs" / "etl.log"
    return log.exists() and "settled=True" in log.read_text(encoding="utf-8")


def _memory(state: Path) -> dict[str, float]:
    """Bytes by part, the shared pages of a part's processes counted once (proportional set size)."""
    found: dict[str, float] = {}
    for process in psutil.process_iter(["name", "cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(state) not in line or process.pid == os.getpid():
            continue
        try:
            size = float(process.memory_full_info().pss)
        except (psutil.Error, AttributeError):
            continue
        part = _part(str(process.info["name"]), line)
        found[part] = found.get(part, 0.0) + size
    return found


def _part(name: str, line: str) -> str:
    if name == "postgres" or name.startswith("valkey"):
        return name
    return next((part for part in ("web", "etl", "demo", "run") if f"app.py {part}" in line), name)


def _rows(root: Path, state: Path) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, str(root / "app.py"), "status", "--json", "--state", str(state)],
        capture_output=True,
        text=True,
        check=False,
    )
    feeds: dict[str, dict[str, Any]] = json.loads(done.stdout)["feeds"]
    return {name: int(feed["rows_in"]) for name, feed in feeds.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
