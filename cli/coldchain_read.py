"""Logger files from the machine's own folders into the registry."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from etl.coldchain_intake import import_reader, read_file
from operations import loggers
from settings import Settings


def read_bytes(file: Path, settings: Settings) -> bytes:
    """Never more than one byte over the limit. Raises OSError, and LoggerFileBad where it is longer: such a file is
    kept nowhere."""
    most = settings.coldchain.file_max_bytes
    with file.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        read_file(content, settings)
    return content


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
