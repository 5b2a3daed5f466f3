"""`app.py target set | list` and `app.py denominator use`: what the campaign is held to, decided by a named person."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from campaign.coverage import PopulationGroup
from campaign.targets import GROUPS
from cli.registry_command import answering
from operations import decisions, targets
from settings import Settings
from warehouse.reference import load_targets
from warehouse.snapshot import Snapshots

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    printed = argparse.ArgumentParser(add_help=False)
    printed.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    said = argparse.ArgumentParser(add_help=False)
    said.add_argument("--actor", required=True, metavar="NAME", help="who decides; kept in the action log")
    said.add_argument("--reason", required=True, metavar="TEXT")
    said.add_argument(
        "--from",
        dest="valid_from",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the campaign's day from which it holds; by default that of the newest snapshot",
    )
    target = commands.add_parser("target", help="change a target, or list its versions")
    parts = target.add_subparsers(dest="part", required=True, metavar="WHAT")
    change = parts.add_parser("set", parents=[common, printed, said], help="a new version of a target")
    change.add_argument("target", metavar="TARGET")
    change.add_argument("--ratio", type=float, required=True, help="0.8 for 80 %%")
    change.add_argument(
        "--more-than",
        action=argparse.BooleanOptionalAction,
        help="the share itself is not enough; by default as before",
    )
    change.add_argument("--group", choices=[group.value for group in GROUPS], help="by default as before")
    change.add_argument("--due", type=date.fromisoformat, metavar="YYYY-MM-DD", help="by default as before")
    change.set_defaults(handler=answering(_set))
    listed = parts.add_parser("list", parents=[common, printed], help="every version, with who decided it and why")
    listed.set_defaults(handler=answering(_list))
    denominator = commands.add_parser("denominator", help="change the population that ratios divide by")
    kinds = denominator.add_subparsers(dest="part", required=True, metavar="WHAT")
    use = kinds.add_parser("use", parents=[common, printed, said], help="another version by default")
    use.add_argument("version", metavar="VERSION")
    use.set_defaults(handler=answering(_use))


def _set(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    asked = decisions.AskedTarget(
        target_id=chosen.target,
        ratio=chosen.ratio,
        more_than=chosen.more_than,
        population_group=PopulationGroup(chosen.group) if chosen.group else None,
        due_on=chosen.due,
        valid_from=chosen.valid_from,
    )
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        made = decisions.change_target(url, snapshots, asked, reason=chosen.reason, by=_by(chosen))
    new = made.target
    what = f"{'more than' if new.more_than else 'at least'} {new.ratio:.4g} of {new.population_group} by {new.due_on}"
    return asdict(made), f"{new.target_id}: {what}, from {new.valid_from}; the next refresh reads it"


def _list(_chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    """Those of the reference data first: they were decided by documents, not here."""
    rows = [
        {**asdict(target), "reason": "", "actor": "data/reference"} for target in load_targets(settings.reference_dir)
    ]
    rows += [
        {**asdict(item.target), "reason": item.reason, "actor": item.actor, "decided_at": item.decided_at}
        for item in targets.target_versions(url)
    ]
    lines = [
        f"{row['target_id']}  {'>' if row['more_than'] else '>='} {row['ratio']:.4g} of {row['population_group']}"
        f"  by {row['due_on']}  from {row['valid_from']}  {row['actor']}  {row['reason']}".rstrip()
        for row in rows
    ]
    return rows, "\n".join(lines)


def _use(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        made = decisions.use_denominator(
            url, snapshots, chosen.version, valid_from=chosen.valid_from, reason=chosen.reason, by=_by(chosen)
        )
    return asdict(made), f"ratios divide by {made.version} from {made.valid_from}; the next refresh reads it"


def _by(chosen: argparse.Namespace) -> decisions.Actor:
    return decisions.Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
