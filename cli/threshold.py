"""`app.py threshold`: thresholds of alerts in force, and their history; set one, or go back to config.yaml."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from cli.registry_command import answering
from operations import thresholds
from operations.decisions import Actor
from settings import Settings
from settings.tunable import TUNABLE, own_value, tuned

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    printed = argparse.ArgumentParser(add_help=False)
    printed.add_argument("--json", action="store_true", help="compact JSON on standard output")
    found = commands.add_parser("threshold", parents=[common, printed], help="thresholds of alerts: list, set, history")
    found.set_defaults(handler=answering(_list))
    parts = found.add_subparsers(dest="part", metavar="[WHAT]")
    parts.add_parser("list", parents=[common, printed], help="what is in force").set_defaults(handler=answering(_list))
    parts.add_parser("history", parents=[common, printed], help="who set what, from what, and why").set_defaults(
        handler=answering(_history)
    )
    change = parts.add_parser(
        "set", parents=[common, printed], help="from the next refresh on; --default: config.yaml's"
    )
    change.add_argument("name", metavar="NAME", help=f"one of {', '.join(TUNABLE)}")
    value = change.add_mutually_exclusive_group(required=True)
    value.add_argument("value", nargs="?", default="", metavar="NUMBER")
    value.add_argument("--default", action="store_true", help="what config.yaml says")
    change.add_argument("--reason", required=True, metavar="TEXT")
    change.add_argument("--actor", required=True, metavar="NAME", help="who acts; kept in the audit")
    change.set_defaults(handler=answering(_set))


def _list(_chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    held = thresholds.in_force(url)
    found, _ = tuned(settings, held)
    rows = [
        {
            "name": name,
            "value": own_value(found, name),
            "unit": item.unit,
            "config": own_value(settings, name),
            "rules": list(item.rules),
        }
        for name, item in TUNABLE.items()
    ]
    lines = [f"{row['name']}  {row['value']:g} {row['unit']}  (config.yaml: {row['config']:g})" for row in rows]
    return rows, "\n".join(lines)


def _history(_chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    rows = thresholds.history(url)
    return [asdict(row) for row in rows], "\n".join(_line(row) for row in rows) or "nobody changed a threshold"


def _set(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    by = Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
    text = "" if chosen.default else chosen.value
    made = thresholds.set_threshold(url, settings, name=chosen.name, text=text, reason=chosen.reason, by=by)
    return asdict(made), _line(made)


def _line(change: thresholds.Change) -> str:
    to = "config.yaml's own" if change.value is None else f"{change.value:g}"
    when = f"{change.set_at:%Y-%m-%d %H:%M} UTC"
    return f"{when}  {change.set_by}  {change.name}: {change.before:g} -> {to}  {change.reason}"
