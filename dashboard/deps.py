"""What the dashboard is handed. Nothing here is looked up elsewhere, so a test hands over its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaign.readings import AlertRow
from settings import Settings
from warehouse.snapshot import Snapshots


class RegistryUnavailable(Exception):
    """The central database does not answer; what depends on it says so, the rest goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardDeps:
    """`alerts` raises RegistryUnavailable; `redis_url` is None while there is no server to speak to; `boundaries` is a
    GeoJSON file with `labels.json` beside it, or None for areas without shapes; `wall` is now, aware. `registry_ok` and
    `redis_url` are asked every few seconds and never raise."""

    settings: Settings
    snapshots: Snapshots
    alerts: Callable[[], tuple[AlertRow, ...]]
    redis_url: Callable[[], str | None]
    registry_ok: Callable[[], bool]
    boundaries: Path | None
    wall: Callable[[], datetime]
