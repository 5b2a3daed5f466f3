"""The command line: which command, with which settings, and one place that turns an error into an exit code."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from settings import ConfigError, load
from warehouse.files import SnapshotUnavailable
from warehouse.writer import WarehouseBroken, WarehouseBusy


class Exit(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    HELD = 3
    REFUSED = 4


# Which module has which commands. Only the one asked for is imported: the supervisor, which lives as long as everything
# else, has no use for what a refresh needs.
MODULES = {
    "cli.run": ("run",),
    "cli.parts": ("refresh", "etl", "web", "demo"),
    "cli.replay": ("replay",),
    "cli.status": ("status",),
    "cli.read": ("read",),
    "cli.report": ("report",),
    "cli.reporter": ("reporter",),
    "cli.archive": ("archive",),
    "cli.bench": ("bench",),
    "cli.screenshots": ("screenshots",),
    "cli.repair": ("verify", "rebuild"),
    "cli.check_source": ("check-source",),
    "cli.coldchain": ("coldchain",),
    "cli.equipment": ("equipment",),
    "cli.watch": ("watch",),
    "cli.acts": ("repair", "release", "lock"),
    "cli.lot": ("lot",),
    "cli.supplies": ("supplies", "vials"),
    "cli.allocation": ("allocation",),
    "cli.excursion": ("excursion",),
    "cli.transfer": ("transfer",),
    "cli.reallocation": ("reallocation",),
    "cli.planner": ("planner",),
    "cli.figure": ("figure",),
    "cli.scenarios": ("scenarios",),
    "cli.target": ("target", "denominator"),
    "cli.alerts": ("alerts",),
    "cli.notices": ("notices",),
    "cli.oncall": ("oncall",),
    "cli.tickets": ("tickets",),
    "cli.plan": ("plan",),
    "cli.planned": ("planned",),
    "cli.threshold": ("threshold",),
    "cli.user": ("user",),
    "cli.wall": ("wall",),
    "cli.sender": ("sender",),
    "cli.reader": ("reader",),
    "cli.dhis2": ("dhis2",),
    "cli.audit": ("audit",),
    "cli.backup": ("backup", "restore"),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command. `python app.py` alone is `run`."""
    given = list(arguments) or ["run"]
    chosen = build_parser(given[0]).parse_args(given)
    try:
        settings = load(state=chosen.state)
        return int(chosen.handler(chosen, settings))
    except (ConfigError, WarehouseBusy) as error:
        return _tell(error, Exit.USAGE)
    except (SnapshotUnavailable, WarehouseBroken) as error:
        return _tell(error, Exit.FAILED)
    except KeyboardInterrupt:
        return Exit.DONE


def build_parser(command: str) -> argparse.ArgumentParser:
    """The parser of one command; of all of them where `command` is none of ours, for the help and the error."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--state", type=Path, metavar="DIR", help="keep everything this command writes in DIR")
    parser = argparse.ArgumentParser(prog="app.py", description="The response centre of a vaccination campaign.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module, names in MODULES.items():
        if command in names or not any(command in others for others in MODULES.values()):
            importlib.import_module(module).register(commands, common)
    return parser


def _tell(error: Exception, code: Exit) -> Exit:
    print(error, file=sys.stderr)
    return code
