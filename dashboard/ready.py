"""/readyz: may somebody be sent here? /healthz beside it only says that the process answers.

Not ready: no snapshot that can be read, for there is nothing to show; the registry away, for whoever asks cannot be
told from anybody else, and nothing can be acknowledged. Ready all the same: Redis away, for news then come a second
later; an old snapshot, for it is shown with its age, and another worker has no newer one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
from flask import Flask, Response

from dashboard.payloads import plain_json
from warehouse.files import SnapshotUnavailable

if TYPE_CHECKING:
    from dashboard.routes import Desk


def add_readiness(server: Flask, desk: Desk) -> None:
    def ready() -> Response:
        answer = readiness(desk)
        return plain_json(answer, status=200 if answer["ready"] else 503)

    server.add_url_rule("/readyz", view_func=ready, endpoint="readyz")


def readiness(desk: Desk) -> dict[str, Any]:
    """Asks nobody anew: the hub looks at registry and Redis every few seconds, and whoever asks here often must not be
    able to keep the registry busy."""
    _, health = desk.hub.state()
    snapshot = _snapshot(desk)
    parts = {
        "snapshot": snapshot,
        "registry": "ok" if health.registry.ok else "away",
        "redis": "ok" if health.redis.ok else "away",
    }
    return {"ready": snapshot in ("ok", "stale") and health.registry.ok, **parts}


def _snapshot(desk: Desk) -> str:
    readings = desk.studio.readings
    try:
        about = readings.info(readings.snapshots.current())
    except SnapshotUnavailable:
        return "none"
    except (duckdb.Error, OSError):
        return "unreadable"
    age = (desk.deps.wall() - about.published_at).total_seconds()
    return "stale" if age > desk.deps.settings.web.stale_after_seconds else "ok"
