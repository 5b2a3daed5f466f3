"""Who watches the pipeline: its death is an alert within three minutes, and nothing of its own ends it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from campaign.alerts import Condition, Severity
from campaign.incidents import IncidentRules
from cli.places import as_role
from operations.alerts import evaluate
from operations.watch import POINTER, last_published, of_pipeline
from settings import load

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = IncidentRules(
    group_by={}, escalate_after=15 * MINUTE, levels=3, close_after=720 * MINUTE, longest_snooze=720 * MINUTE
)
FEED = Condition(
    rule="feed_failed", labels={"feed": "dose"}, severity=Severity.CRITICAL, summary_vi="dừng", summary_en="stopped"
)
DEAD = of_pipeline(NOW - 5 * MINUTE, now=NOW, dead_after=timedelta(seconds=150))


def look(url: str, minutes: float, found: Sequence[Condition], *, watching: bool) -> None:
    """As the ETL does, or as who watches it."""
    evaluate(
        as_role(url, "mcc_etl"),
        found,
        now=NOW + minutes * MINUTE,
        hold=timedelta(0),
        keep_resolved=timedelta(hours=72),
        rules=RULES,
        watching=watching,
    )


def standing(url: str) -> list[tuple[str, bool, int]]:
    """Rule, whether it goes on, and its level, of each incident."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT rule, over_at IS NULL, level FROM operations.incident ORDER BY incident_id"
        ).fetchall()


def test_a_pipeline_is_dead_after_its_time_and_not_before_the_first_snapshot(tmp_path: Path) -> None:
    limit = timedelta(seconds=150)
    assert last_published(tmp_path) is None
    assert of_pipeline(None, now=NOW, dead_after=limit) == []
    pointer = tmp_path / POINTER
    pointer.write_text("{}", encoding="utf-8")
    os.utime(pointer, (NOW.timestamp(), NOW.timestamp()))
    published = last_published(tmp_path)
    assert published == NOW
    assert of_pipeline(published, now=NOW + timedelta(seconds=149), dead_after=limit) == []
    dead = of_pipeline(published, now=NOW + timedelta(seconds=150), dead_after=limit)
    assert [item.rule for item in dead] == ["pipeline_silent"]
    # A clock that was set back makes nobody dead.
    assert of_pipeline(published, now=NOW - timedelta(hours=1), dead_after=limit) == []


def test_the_settings_raise_it_within_three_minutes() -> None:
    """From the last snapshot: until it is due to be dead, and until somebody looks."""
    alerts = load().alerts
    assert alerts.dead_after_seconds + alerts.watch_seconds <= 180


@pytest.mark.parametrize("alive", [False, True])
def test_each_ends_its_own_alerts_only(registry_url: str, *, alive: bool) -> None:
    look(registry_url, 0, [FEED], watching=False)
    look(registry_url, 1, DEAD, watching=True)
    assert standing(registry_url) == [("feed_failed", True, 1), ("pipeline_silent", True, 1)]
    # The pipeline's last word, or its first after a restart, does not end what is said of it.
    look(registry_url, 2, [FEED], watching=False)
    assert standing(registry_url) == [("feed_failed", True, 1), ("pipeline_silent", True, 1)]
    look(registry_url, 3, [] if alive else DEAD, watching=True)
    assert standing(registry_url) == [("feed_failed", True, 1), ("pipeline_silent", not alive, 1)]


def test_while_the_pipeline_is_dead_what_nobody_took_rises_all_the_same(registry_url: str) -> None:
    look(registry_url, 0, [FEED], watching=False)
    look(registry_url, 1, DEAD, watching=True)
    look(registry_url, 16, DEAD, watching=True)
    assert standing(registry_url) == [("feed_failed", True, 2), ("pipeline_silent", True, 2)]
