"""Hand the dashboard what it needs: snapshots, alerts, where Redis is, whether the registry answers."""

from __future__ import annotations

import psycopg
import structlog

from campaign.access import Scope
from campaign.incident_view import Board
from cli.logs import configure_logs
from cli.pipeline import wall
from cli.places import Places, remembered
from dashboard.deps import DashboardDeps, RegistryUnavailable
from dashboard.serve import serve
from operations.connections import Connections, verify_at
from operations.incident_board import board
from operations.passwords import Passwords
from settings import Settings
from warehouse.snapshot import Snapshots

log = structlog.get_logger(__name__)


def dashboard_deps(settings: Settings, *, demo_accounts: bool = False) -> DashboardDeps:
    """Built in each worker, after the fork: connections and threads do not survive one."""
    places = Places(settings)

    def alerts(scope: Scope, place: str) -> Board:
        url = places.owner_url()
        if url is None:
            raise RegistryUnavailable("the embedded PostgreSQL is not running")
        try:
            return board(url, areas=None if scope.nationwide else scope.provinces, place=place)
        except psycopg.Error as error:
            # Names of hosts, databases and roles are for the log, not for whoever asks.
            log.warning("alerts cannot be read", reason=str(error).splitlines()[0])
            raise RegistryUnavailable("the registry does not answer") from error

    return DashboardDeps(
        settings=settings,
        snapshots=Snapshots(settings.snapshot_dir),
        registry=Connections(remembered(places.app_url)),
        passwords=Passwords(min_length=settings.access.password_min_length),
        app_url=places.app_url,
        verify_audit=lambda: verify_at(places.app_url()),
        alerts=alerts,
        redis_url=places.redis_url,
        registry_ok=lambda: registry_answers(places),
        boundaries=settings.root / "geo" / "boundaries" / "provinces_63.geojson",
        wall=wall,
        demo_accounts=demo_accounts,
    )


def registry_answers(places: Places) -> bool:
    url = places.owner_url()
    if url is None:
        return False
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def serve_web(settings: Settings, *, demo_accounts: bool) -> int:
    configure_logs(settings.logs.format)
    serve(settings, lambda: dashboard_deps(settings, demo_accounts=demo_accounts))
    return 0
