"""`app.py replay`: take up a folder of dated publications in their order, one refresh each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.pipeline import open_warehouse
from etl.feeds.publications import NoPublications
from etl.profile_file import load_profile
from etl.replay import replay
from etl.replay_line import ReplayLine
from settings import Settings

Commands = Any
LOG_WIDTH = 120


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser("replay", parents=[common], help="take up a folder of dated publications in order")
    command.add_argument("folder", type=Path, metavar="DIR", help="dated folders, or the folder that holds them")
    command.add_argument("--profile", required=True, metavar="NAME", help="how to read them: data/profiles/NAME.yaml")
    command.add_argument("--json", action="store_true", help="one compact JSON object a publication on standard output")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a folder or profile that cannot be used, 3 where something was held, refused or set aside."""
    profile = load_profile(chosen.profile, settings.profile_dir)
    if chosen.state is None:
        # Another country's publications must not mix with the warehouse of the registry.
        settings = settings.model_copy(update={"state_dir": settings.state / "replay" / profile.name})
    warehouse = open_warehouse(settings, wait=False)
    try:
        lines = replay(
            warehouse,
            profile,
            chosen.folder,
            clock=lambda: datetime.now(UTC),
            etl=settings.etl,
            timezone=settings.campaign.timezone,
        )
        return _show(lines, as_json=chosen.json)
    except NoPublications as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        warehouse.close()


def _show(lines: Iterable[ReplayLine], *, as_json: bool) -> int:
    told: list[ReplayLine] = []
    for line in _with_progress(lines):
        told.append(line)
        if as_json:
            print(line.to_json(), flush=True)
    if not as_json:
        # A pipe or a log file has no width of its own.
        console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
        console.print(as_table(told))
        for line in told:
            if line.message:
                console.print(f"{line.snapshot}: {line.message}", soft_wrap=True, markup=False, highlight=False)
    return 3 if any(line.needs_attention for line in told) else 0


def _with_progress(lines: Iterable[ReplayLine]) -> Iterator[ReplayLine]:
    """The same lines, with the latest one shown on standard error while the next is being read."""
    with Console(stderr=True).status("reading") as status:
        for line in lines:
            status.update(f"{line.snapshot}: {line.status}")
            yield line


def as_table(lines: Iterable[ReplayLine]) -> Table:
    table = Table(title="publications", box=None)
    for heading in ("snapshot", "status"):
        table.add_column(heading, no_wrap=True)
    for heading in ("doses", "at least 1", "full", "delivered", "registered", "new", "gone", "up", "down", "net"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in lines:
        totals = (line.doses, line.dose1_people, line.full_people, line.delivered, line.registered)
        counts = (line.keys_appeared, line.keys_vanished, line.cells_up, line.cells_down, line.net_change)
        figures = ["-" if figure is None else f"{figure:,}" for figure in (*totals, *counts)]
        table.add_row(line.snapshot, line.status, *figures)
    return table
