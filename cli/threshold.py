"""`app.py threshold`: thresholds of alerts in force, and their history; set one, or go back to config.yaml. Rules
may go by a condition instead of their numbers: `threshold rules`, `threshold rule`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from campaign.rule_facts import FACTS
from cli.registry_command import answering
from operations import rule_expressions, thresholds
from operations.decisions import Actor
from settings import Settings
from settings.rule_expressions import Asked, conditional, levels, own_expressions, with_usable
from settings.tunable import TUNABLE, own_limits, own_value, tuned

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
    parts.add_parser(
        "rules", parents=[common, printed], help="rules with numbers or a condition, and their facts"
    ).set_defaults(handler=answering(_rules))
    rule = parts.add_parser(
        "rule", parents=[common, printed], help="let a rule go by a condition, from the next refresh on"
    )
    rule.add_argument("name", metavar="RULE", help=f"one of {', '.join(FACTS)}")
    when = rule.add_mutually_exclusive_group(required=True)
    when.add_argument(
        "--raise-when", metavar="CONDITION", help="such as 'days_of_stock < 7 and doses_on_hand > 0'; '': its numbers"
    )
    when.add_argument("--default", action="store_true", help="what config.yaml says")
    rule.add_argument(
        "--clear-when", default="", metavar="CONDITION", help="it is over then; without it, as soon as it is not raised"
    )
    rule.add_argument("--reason", required=True, metavar="TEXT")
    rule.add_argument("--actor", required=True, metavar="NAME", help="who acts; kept in the audit")
    rule.set_defaults(handler=answering(_set_rule))


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
    """Of numbers and of conditions, the newest first."""
    made = [(row.set_at, asdict(row), _line(row)) for row in thresholds.history(url)]
    made += [(row.set_at, asdict(row), _rule_line(row)) for row in rule_expressions.history(url)]
    made.sort(key=lambda item: item[0], reverse=True)
    return [row for _, row, _ in made], "\n".join(line for _, _, line in made) or "nobody changed a threshold"


def _rules(_chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    """What each rule goes by now; `unusable`: why what was asked for last is not that."""
    found, unusable = with_usable(settings, rule_expressions.asked_by_people(url))
    why = {item.name: item.told for item in unusable}
    rows: list[dict[str, object]] = []
    lines: list[str] = []
    for name in conditional(found):
        level, own = levels(found).get(name), own_expressions(found, name)
        rows.append(
            {
                "rule": name,
                "raise_when": own.raise_when,
                "clear_when": own.clear_when,
                "raise_at": level.raise_at if level else None,
                "clear_at": level.clear_at if level else None,
                "limits": own_limits(found, name),
                "facts": list(FACTS[name]),
                "unusable": why.get(name, ""),
            }
        )
        over = f", over when {own.clear_when}" if own.clear_when else ""
        limits = [f"{key} {value:g}" for key, value in own_limits(found, name).items()]
        numbers = f"{level.raise_at:g}, over at {level.clear_at:g}" if level else ", ".join(limits) or "its own limits"
        by = f"{own.raise_when}{over}" if own.raise_when else numbers
        lines.append(f"{name}  {by}\n    facts: {', '.join(FACTS[name])}")
        if name in why:
            lines.append(f"    NOT USED: {why[name]}")
    return rows, "\n".join(lines)


def _set(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    by = Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
    text = "" if chosen.default else chosen.value
    made = thresholds.set_threshold(url, settings, name=chosen.name, text=text, reason=chosen.reason, by=by)
    return asdict(made), _line(made)


def _set_rule(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    by = Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
    asked = None if chosen.default else Asked(raise_when=chosen.raise_when, clear_when=chosen.clear_when)
    made = rule_expressions.set_expression(url, settings, rule=chosen.name, asked=asked, reason=chosen.reason, by=by)
    return asdict(made), _rule_line(made)


def _rule_line(change: rule_expressions.Change) -> str:
    to = "config.yaml's own" if change.raise_when is None else change.raise_when or "its numbers"
    over = f", over when {change.clear_when}" if change.clear_when else ""
    before = change.raise_before or "its numbers"
    when = f"{change.set_at:%Y-%m-%d %H:%M} UTC"
    return f"{when}  {change.set_by}  {change.rule}: {before} -> {to}{over}  {change.reason}"


def _line(change: thresholds.Change) -> str:
    to = "config.yaml's own" if change.value is None else f"{change.value:g}"
    when = f"{change.set_at:%Y-%m-%d %H:%M} UTC"
    return f"{when}  {change.set_by}  {change.name}: {change.before:g} -> {to}  {change.reason}"
