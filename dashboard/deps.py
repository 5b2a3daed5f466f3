"""What the dashboard is handed. Nothing here is looked up elsewhere, so a test hands over its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaign.access import Scope
from campaign.incident_view import Board
from operations.audit import Verdict
from operations.connections import Connections, RegistryUnavailable
from operations.passwords import Passwords
from settings import Settings
from warehouse.snapshot import Snapshots

__all__ = ["DashboardDeps", "RegistryUnavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardDeps:
    """`registry` is a transaction as the application's role, `app_url` the address for acts that are one of their own;
    `registry`, `verify_audit` and `alerts` raise RegistryUnavailable. `redis_url` is None while there is no server to
    speak to; `boundaries` is a GeoJSON file with `labels.json` beside it, or None for areas without shapes; `wall` is
    now, aware, and `monotonic` seconds of a clock that nobody sets. `registry_ok` and `redis_url` are asked every few
    seconds and never raise. `demo_accounts`: the terminal printed some."""

    settings: Settings
    snapshots: Snapshots
    registry: Connections
    passwords: Passwords
    app_url: Callable[[], str | None]
    verify_audit: Callable[[], Verdict]
    alerts: Callable[[Scope, str], Board]
    redis_url: Callable[[], str | None]
    registry_ok: Callable[[], bool]
    boundaries: Path | None
    wall: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    demo_accounts: bool = False
