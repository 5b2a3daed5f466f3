"""Serve the dashboard on a free port for a test, the way it is served in earnest: gunicorn in a process of its own.

    python -m tests.support.webserver STATE_FOLDER [PORT]

shows the page on whatever snapshots lie in that folder, with alerts made up here and no Redis unless MCC_REDIS__URL.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaign.readings import AlertRow
from dashboard.deps import DashboardDeps, RegistryUnavailable
from dashboard.serve import serve
from settings import Settings, load
from warehouse.snapshot import Snapshots

ROOT = Path(__file__).resolve().parents[2]
BOUNDARIES = ROOT / "geo" / "boundaries" / "provinces_63.geojson"


def settings_for(state: Path, *, port: int = 0, **web: object) -> Settings:
    """The project's own settings with another state folder and port. `web` sets further keys of that section."""
    environ = {f"MCC_WEB__{name.upper()}": str(value) for name, value in web.items()}
    environ |= {name: value for name, value in os.environ.items() if name.startswith("MCC_REDIS")}
    return load(ROOT / "config.yaml", state=state, environ={**environ, "MCC_WEB__PORT": str(port)})


def deps_for(settings: Settings) -> DashboardDeps:
    """Real snapshots; a registry that is up unless a file `registry-down` lies in the state folder."""

    def registry_ok() -> bool:
        return not (settings.state / "registry-down").exists()

    def alerts() -> tuple[AlertRow, ...]:
        if not registry_ok():
            raise RegistryUnavailable("the registry does not answer")
        return sample_alerts(datetime.now(UTC))

    return DashboardDeps(
        settings=settings,
        snapshots=Snapshots(settings.snapshot_dir),
        alerts=alerts,
        redis_url=lambda: settings.redis.url or None,
        registry_ok=registry_ok,
        boundaries=BOUNDARIES,
        wall=lambda: datetime.now(UTC),
    )


def sample_alerts(now: datetime) -> tuple[AlertRow, ...]:
    def alert(rule: str, severity: str, state: str, minutes: int, vi: str, en: str, **labels: str) -> AlertRow:
        start = now - timedelta(minutes=minutes)
        return AlertRow(
            key=f"{rule}-{labels}",
            rule=rule,
            severity=severity,
            state=state,
            labels=labels,
            summary_vi=vi,
            summary_en=en,
            pending_since=start,
            firing_since=None if state == "pending" else start + timedelta(minutes=1),
            resolved_at=start + timedelta(minutes=20) if state == "resolved" else None,
        )

    return (
        alert(
            "feed_failed",
            "critical",
            "firing",
            7,
            "Nguồn temperature_reading dừng: field temp_c: expected a number",
            "Feed temperature_reading stopped: field temp_c: expected a number",
            feed="temperature_reading",
        ),
        alert(
            "figures_disagree",
            "critical",
            "pending",
            1,
            "Hai số liệu phải bằng nhau nhưng lệch: 700 và 699 (people_have_doses)",
            "Two figures that must be equal differ: 700 and 699 (people_have_doses)",
            invariant="people_have_doses",
        ),
        alert(
            "feed_silent",
            "warning",
            "resolved",
            95,
            "Nguồn stock_movement không có số liệu mới trong 6 phút",
            "Feed stock_movement has been silent for 6 minutes",
            feed="stock_movement",
        ),
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(state: Path, *, port: int | None = None, **web: object) -> Iterator[str]:
    """Address of a server in a process of its own; it is gone when the block ends."""
    port = port or free_port()
    settings = settings_for(state, port=port, **web)
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(settings,), daemon=False)
    process.start()
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGTERM)
        process.join(15)
        if process.is_alive():
            process.kill()
            process.join()


def _serve(settings: Settings) -> None:
    serve(settings, lambda: deps_for(settings))


def _wait_for(address: str, process: multiprocessing.process.BaseProcess) -> None:
    for _ in range(300):
        if not process.is_alive():
            raise RuntimeError(f"the web server ended with exit code {process.exitcode}")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server did not answer")


if __name__ == "__main__":
    chosen = settings_for(Path(sys.argv[1]), port=int(sys.argv[2]) if len(sys.argv) > 2 else 8050)
    _serve(chosen)
