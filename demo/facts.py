"""Facts about the demonstration that the registry itself keeps: its scale, its clock, how far it was written."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import psycopg

from settings import DemoSettings

CLOCK_CAMPAIGN, CLOCK_WALL, CLOCK_SPEED = "clock_campaign_start", "clock_wall_start", "clock_speed"
PHASE_DONE, LIVE_UNTIL = "history_phase_done", "live_until"


class DemoMismatch(RuntimeError):
    """The registry holds a demonstration made with other settings, or real records."""


def read_facts(connection: psycopg.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, value FROM registry.dataset_fact").fetchall())


def write_facts(connection: psycopg.Connection, facts: dict[str, str]) -> None:
    """Set facts in the caller's transaction; a fact that says the same already is not touched."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry.dataset_fact AS kept (name, value) VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value WHERE kept.value <> EXCLUDED.value",
            sorted(facts.items()),
        )


def identity(demo: DemoSettings) -> dict[str, str]:
    """What must be equal for a registry to be continued with these settings."""
    return {"kind": "demo", "one_in": str(demo.one_in), "seed": str(demo.seed), "dirt": str(demo.dirt).lower()}


def check_identity(connection: psycopg.Connection, demo: DemoSettings, start: datetime) -> dict[str, str]:
    """The facts of a registry that this demonstration may go on with, or that is empty.

    Raises DemoMismatch naming the first difference."""
    facts = read_facts(connection)
    wanted = {**identity(demo), "demo_start_date": start.date().isoformat()}
    for name, value in wanted.items():
        if facts and facts.get(name) != value:
            raise DemoMismatch(
                f"the registry was written with {name}={facts.get(name, 'nothing')}, the settings say {value}: "
                "use another --state folder, or the settings it was written with"
            )
    if not facts:
        row = connection.execute("SELECT EXISTS (SELECT FROM registry.person)").fetchone()
        if row and row[0]:
            raise DemoMismatch("the registry holds records that no demonstration wrote: use another --state folder")
    return facts


def clock_facts(campaign: datetime, *, speed: float, wall: datetime | None = None) -> dict[str, str]:
    return {
        CLOCK_CAMPAIGN: campaign.isoformat(),
        CLOCK_WALL: (wall or datetime.now(UTC)).isoformat(),
        CLOCK_SPEED: str(speed),
    }


def start_of(demo: DemoSettings, timezone: str) -> datetime:
    return datetime.combine(demo.start_date, time(demo.start_hour), ZoneInfo(timezone))
