"""Logs and progress go to standard error; standard output belongs to what a command answers."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import structlog
from rich.console import Console


def configure_logs() -> None:
    """One line an event, readable by people and machines. Values are our own words and counts: no person's data."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    # A tick that is skipped because the last one still runs is what max_instances=1 asks for.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def progress_printer() -> Callable[[str, float], None]:
    """Shows a step once when it starts and when it is done; a terminal sees the share in between."""
    console = Console(stderr=True)
    seen: dict[str, float] = {}

    def show(step: str, share: float) -> None:
        if console.is_terminal or step not in seen or share >= 1.0 > seen[step]:
            console.print(f"  {step}: {share:.0%}", highlight=False)
        seen[step] = share

    return show
