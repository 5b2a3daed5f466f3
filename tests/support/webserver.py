"""Serve the dashboard on a free port for a test, the way it is served in earnest: gunicorn in a process of its own.

    python -m tests.support.webserver STATE_FOLDER [PORT]

shows the page on whatever snapshots lie in that folder, with alerts made up here and no Redis unless MCC_REDIS__URL. It
starts a registry of its own in that folder and prints the cookie of somebody who may see everything.
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

from campaign.access import Scope
from campaign.alerts import Severity
from campaign.incident_view import Board, EventRow, IncidentRow
from campaign.incidents import Happened, Incident, Work
from campaign.readings import AlertRow
from cli.places import as_role
from dashboard.deps import DashboardDeps, RegistryUnavailable
from dashboard.serve import serve
from operations.connections import Connections, verify_at
from operations.incident_board import board
from registry import embedded
from registry.migrate import migrate
from settings import Settings, load
from tests.support.people import quick_passwords
from tests.support.signed_in import SESSION, signed_in
from warehouse.snapshot import Snapshots

ROOT = Path(__file__).resolve().parents[2]
REAL_INCIDENTS = "real-incidents"
# Servers are forked from a process that has loaded this module and runs nothing else: loading takes seconds, and a
# server of gunicorn forks its workers after it, too.
SERVERS = multiprocessing.get_context("forkserver")
SERVERS.set_forkserver_preload([__name__])
BOUNDARIES = ROOT / "geo" / "boundaries" / "provinces_63.geojson"


def settings_for(state: Path, *, port: int = 0, registry: str = "", **web: object) -> Settings:
    """The project's own settings with another state folder, port and registry. `web` sets further keys of that section;
    those of other sections are named outright: access__idle_minutes=1."""
    elsewhere = {name: web.pop(name) for name in list(web) if "__" in name}
    environ = {f"MCC_WEB__{name.upper()}": str(value) for name, value in web.items()}
    environ |= {name: value for name, value in os.environ.items() if name.startswith("MCC_REDIS")}
    environ |= {f"MCC_{name.upper()}": str(value) for name, value in elsewhere.items()}
    environ |= {"MCC_WEB__PORT": str(port), "MCC_REGISTRY__URL": registry}
    return load(ROOT / "config.yaml", state=state, environ=environ)


def deps_for(settings: Settings) -> DashboardDeps:
    """Real snapshots; the registry of the settings, which is up unless a file `registry-down` lies in the state folder.
    Sessions are as in earnest; incidents are made up, unless a file REAL_INCIDENTS lies there, too."""

    def registry_ok() -> bool:
        return not (settings.state / "registry-down").exists()

    def alerts(scope: Scope, place: str) -> Board:
        if not registry_ok():
            raise RegistryUnavailable("the registry does not answer")
        if (settings.state / REAL_INCIDENTS).exists():
            own = None if scope.nationwide else scope.provinces
            return board(as_role(settings.registry.url, "mcc_app"), areas=own, place=place)
        return sample_board(datetime.now(UTC))

    def app_url() -> str | None:
        return as_role(settings.registry.url, "mcc_app") if settings.registry.url and registry_ok() else None

    return DashboardDeps(
        settings=settings,
        registry=Connections(app_url),
        passwords=quick_passwords(),
        snapshots=Snapshots(settings.snapshot_dir),
        app_url=app_url,
        verify_audit=lambda: verify_at(app_url()),
        alerts=alerts,
        redis_url=lambda: settings.redis.url or None,
        registry_ok=registry_ok,
        boundaries=BOUNDARIES,
        wall=lambda: datetime.now(UTC),
    )


def sample_board(now: datetime) -> Board:
    """One incident that nobody took, one that is over, and an alert that does not fire yet."""

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

    def incident(number: int, member: AlertRow) -> IncidentRow:
        begun = member.firing_since or now
        closed = member.resolved_at
        return IncidentRow(
            incident_id=number,
            key=member.key,
            rule=member.rule,
            labels=member.labels,
            incident=Incident(
                state=Work.CLOSED if closed else Work.NEW,
                severity=Severity(member.severity),
                opened_at=begun,
                waiting_since=begun,
                members=1,
                over_at=closed,
                closed_at=closed,
            ),
            firing=0 if closed else 1,
            shown=(member,),
            events=(EventRow(at=begun, kind=Happened.OPENED, actor="", said="", detail={"members": 1}),),
        )

    failed = alert(
        "feed_failed",
        "critical",
        "firing",
        7,
        "Nguồn temperature_reading dừng: field temp_c: expected a number",
        "Feed temperature_reading stopped: field temp_c: expected a number",
        feed="temperature_reading",
    )
    unequal = alert(
        "figures_disagree",
        "critical",
        "pending",
        1,
        "Hai số liệu phải bằng nhau nhưng lệch: 700 và 699 (people_have_doses)",
        "Two figures that must be equal differ: 700 and 699 (people_have_doses)",
        invariant="people_have_doses",
    )
    silent = alert(
        "feed_silent",
        "warning",
        "resolved",
        95,
        "Nguồn stock_movement không có số liệu mới trong 6 phút",
        "Feed stock_movement has been silent for 6 minutes",
        feed="stock_movement",
    )
    return Board(incidents=(incident(1, failed), incident(2, silent)), pending=(unequal,))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(state: Path, *, registry: str, port: int | None = None, **web: object) -> Iterator[str]:
    """Address of a server in a process of its own; it is gone when the block ends."""
    port = port or free_port()
    settings = settings_for(state, port=port, registry=registry, **web)
    process = SERVERS.Process(target=_serve, args=(settings,), daemon=False)
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
    folder = Path(sys.argv[1]).resolve()
    server = embedded.start(folder / "postgres")
    migrate(server.url, etl_role="mcc_etl")
    print(f"cookie: {SESSION}={signed_in(server.url)}", flush=True)
    try:
        _serve(settings_for(folder, port=int(sys.argv[2]) if len(sys.argv) > 2 else 8050, registry=server.url))
    finally:
        embedded.stop(folder / "postgres")
