"""Options that the commands about accounts and screens share: who decides, how it is answered, where a role holds."""

from __future__ import annotations

import argparse

from campaign.access import NATION, Scope
from geo.areas import load_provinces
from operations import accounts
from settings import Settings

# Whoever has the shell has the database; naming an account instead is held to that account's roles.
SHELL = "shell"


def decided() -> argparse.ArgumentParser:
    """A parent parser with --actor and --json."""
    said = argparse.ArgumentParser(add_help=False)
    said.add_argument("--actor", default=SHELL, metavar="LOGIN", help="the administrator who decides (default: shell)")
    said.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    return said


def add_where(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--nationwide", action="store_true")
    where.add_argument("--province", nargs="+", metavar="CODE", help="codes of provinces, such as 79 74")


def chosen_scope(chosen: argparse.Namespace, settings: Settings) -> Scope:
    """What `add_where` was told. Raises ActRefused for a code that is no province's."""
    if chosen.nationwide:
        return NATION
    return accounts.check_provinces(
        chosen.province, [province.code for province in load_provinces(settings.reference_dir)]
    )
