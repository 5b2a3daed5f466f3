"""What may be taken in of devices: logger files and monitoring messages, by the settings and the campaign's present.

Readings are dated in the campaign's zone where a file has none. What lies outside the feed's contract stays out: of
such a reading the ETL sets aside that reading, of a batch full of them it holds the whole feed. In a demonstration the
present is that of its clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import DictRow

from campaign.ems_readings import StateRules
from campaign.formats.fridge_tag import LoggerFile, check_window, read_fridge_tag
from etl.contracts import CLOCK_SKEW, EARLIEST
from etl.dataset import Dataset, describe
from operations import ems
from operations.action_log import connect
from settings import Settings

FACTS = "SELECT name, value FROM registry.dataset_fact"


def read_file(content: bytes, settings: Settings) -> LoggerFile:
    """Raises LoggerFileBad."""
    rules = settings.coldchain
    return read_fridge_tag(
        content,
        zone=ZoneInfo(settings.campaign.timezone),
        max_bytes=rules.file_max_bytes,
        earliest_year=rules.earliest_year,
    )


def import_reader(settings: Settings, url: str) -> Callable[[bytes], LoggerFile]:
    """Reads what may be taken in at this moment."""
    with connect(url) as connection:
        until = present_of(connection) + CLOCK_SKEW

    def read(content: bytes) -> LoggerFile:
        file = read_file(content, settings)
        check_window(file, since=EARLIEST, until=until)
        return file

    return read


def present_of(connection: psycopg.Connection[DictRow]) -> datetime:
    """Now, on the clock of the campaign."""
    return dataset_of(connection).now(datetime.now(UTC))


def dataset_of(connection: psycopg.Connection[DictRow]) -> Dataset:
    """What the registry says of itself: whether it is a demonstration, and its clock."""
    return describe({row["name"]: row["value"] for row in connection.execute(FACTS).fetchall()})


def ems_intake(settings: Settings, connection: psycopg.Connection[DictRow]) -> ems.Intake:
    """How messages of machines are judged at this moment."""
    rules = settings.coldchain
    return ems.Intake(
        rules=StateRules(battery_days=rules.ems_battery_days, door_seconds=rules.ems_door_seconds),
        window=ems.Window(since=EARLIEST, until=present_of(connection) + CLOCK_SKEW),
    )
