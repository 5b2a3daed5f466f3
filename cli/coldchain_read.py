"""Logger files by the settings: read as they hang in the campaign's zone, and taken in up to the campaign's present."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from campaign.formats.fridge_tag import LoggerFile, check_window, read_fridge_tag
from etl.contracts import CLOCK_SKEW, EARLIEST
from etl.dataset import describe
from operations import loggers
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


def read_bytes(file: Path, settings: Settings) -> bytes:
    """Never more than one byte over the limit. Raises OSError, and LoggerFileBad where it is longer: such a file is
    kept nowhere."""
    most = settings.coldchain.file_max_bytes
    with file.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        read_file(content, settings)
    return content


def import_reader(settings: Settings, url: str) -> Callable[[bytes], LoggerFile]:
    """Reads what may be taken in: of a reading outside the feed's contract the ETL sets aside that reading, of a file
    full of them it holds the whole feed, so such a file stays out. In a demonstration the present is that of its clock.
    """
    with connect(url) as connection:
        facts = {row["name"]: row["value"] for row in connection.execute(FACTS).fetchall()}
    until = describe(facts).now(datetime.now(UTC)) + CLOCK_SKEW

    def read(content: bytes) -> LoggerFile:
        file = read_file(content, settings)
        check_window(file, since=EARLIEST, until=until)
        return file

    return read


def import_file(
    settings: Settings, url: str, file: Path, content: bytes, *, actor: str, origin: str = "command"
) -> loggers.Taken:
    """Raises ActRefused."""
    return loggers.take(
        url,
        content=content,
        name=file.name,
        read=import_reader(settings, url),
        actor=actor,
        now=datetime.now(UTC),
        origin=origin,
    )
