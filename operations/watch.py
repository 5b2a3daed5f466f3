"""Is the pipeline alive? Asked by a process that does not share its fate: its own death is an alert, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaign.alerts import Condition, Severity
from operations.alerts import WATCHED

POINTER = "current.json"
AT_ONCE = timedelta(0)


def last_published(snapshot_dir: Path) -> datetime | None:
    """When the newest snapshot was put up, wall time; None before the first one: then nothing has stopped yet."""
    try:
        return datetime.fromtimestamp((snapshot_dir / POINTER).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def of_pipeline(published: datetime | None, *, now: datetime, dead_after: timedelta) -> list[Condition]:
    """No snapshot for `dead_after`: whatever the reason, the figures stand still and nobody looks at alerts."""
    if published is None or now - published < dead_after:
        return []
    minutes = int((now - published).total_seconds() // 60)
    return [
        Condition(
            rule=WATCHED[0],
            labels={},
            severity=Severity.CRITICAL,
            summary_vi=f"Không có bản số liệu mới trong {minutes} phút: số liệu và cảnh báo đang đứng yên",
            summary_en=f"No new snapshot for {minutes} minutes: figures and alerts stand still",
            hold=AT_ONCE,
        )
    ]
