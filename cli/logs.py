"""Logs and progress go to standard error; standard output belongs to what a command answers."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Literal

import orjson
import structlog
from rich.console import Console
from structlog.typing import Processor


def configure_logs(form: Literal["text", "json"] = "text") -> None:
    """One line an event, readable by people or one JSON object. Values are our own words and counts: no person's data.

    What libraries log comes out in the same form, with the id of the request under way where there is one."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # The trace as text: as data it would come with the values of every variable.
        structlog.processors.format_exc_info,
    ]
    render = _renderer(form)
    handler = logging.StreamHandler(sys.stderr)
    if form == "json":
        renders: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, render]
        foreign = [*shared[:-1], structlog.stdlib.add_logger_name, *shared[-1:]]
        handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=foreign, processors=renders))
    else:
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    # A tick that is skipped because the last one still runs is what max_instances=1 asks for.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(processors=[*shared, render], logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def _renderer(form: Literal["text", "json"]) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(serializer=_json)
    return structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])


def _json(value: object, **_: object) -> str:
    return orjson.dumps(value, default=str).decode()


def progress_printer() -> Callable[[str, float], None]:
    """Shows a step once when it starts and when it is done; a terminal sees the share in between."""
    console = Console(stderr=True)
    seen: dict[str, float] = {}

    def show(step: str, share: float) -> None:
        if console.is_terminal or step not in seen or share >= 1.0 > seen[step]:
            console.print(f"  {step}: {share:.0%}", highlight=False)
        seen[step] = share

    return show
