"""What the page of alert settings tells of rules that go by a condition, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from campaign.rule_facts import FACTS
from dashboard.door.alert_rows import Row, Rows, with_unit
from layouts import format as fmt
from layouts.words import Words
from operations.rule_expressions import Change
from settings import Settings
from settings.rule_expressions import Asked, conditional, levels, own_expressions, with_usable
from settings.tunable import own_limits

BESIDE = ("coldchain.told_hours",)
"""Thresholds of a rule that go on beside a condition."""
UNITS = {
    **dict.fromkeys(("stock_expiring", "stock_expired", "stock_will_expire", "stock_stopped"), "doses"),
    **dict.fromkeys(("stock_waste_unsaid", "stock_supply_short", "stock_vial_discard"), "doses"),
    **dict.fromkeys(("allocation_unreceived", "allocation_short", "allocation_over", "allocation_exceeded"), "doses"),
    **dict.fromkeys(("stock_negative", "stock_unreceived", "stock_short"), "levels"),
    **dict.fromkeys(("stock_uncounted", "stock_wasted"), "stores"),
    "stock_low": "days_of_stock",
    "stock_out": "people_due",
    "stock_over_capacity": "percent",
    "lot_events": "events",
    "tickets_overdue": "tickets",
}
"""Of what a rule's own numbers are so many."""


def expression_rows(settings: Settings, held: Mapping[str, Sequence[Asked]], words: Words) -> list[Row]:
    """`settings`: config.yaml's own; `held`: what people set, newest first. A row a rule."""
    found, unusable = with_usable(settings, held)
    bad = {item.name: item for item in unusable}
    return [
        {
            "name": name,
            "text": words.named("rule", name),
            "raise_when": own_expressions(found, name).raise_when,
            "clear_when": own_expressions(found, name).clear_when,
            "number": _numbers(found, name, words),
            "changed": name in held,
            "own": own_expressions(settings, name).raise_when,
            "facts": [(fact, words(f"fact.{fact}")) for fact in FACTS[name]],
            "bad": "" if name not in bad else words("rule_unusable", place=bad[name].place, part=bad[name].part),
        }
        for name in conditional(found)
    ]


def _numbers(settings: Settings, rule: str, words: Words) -> str:
    """What a rule goes by without a condition: its own numbers, its thresholds, or limits that are no setting."""
    level = levels(settings).get(rule)
    if level is not None:
        side = "below" if level.clear_at > level.raise_at else "above" if level.clear_at else "none"
        told = {name: _counted(rule, getattr(level, name), words) for name in ("raise_at", "clear_at")}
        return words(f"rule_number.{side}", **told)
    limits = [
        f"{words(f'threshold.{name}')}: {with_unit(name, value, words)}"
        for name, value in own_limits(settings, rule).items()
        if name not in BESIDE
    ]
    return "; ".join([*limits[:1], *map(fmt.small, limits[1:])]) or words.named("rule_limits", rule)


def _counted(rule: str, value: float, words: Words) -> str:
    """With its unit, which stands once in a line; a share of room has its sign beside each number."""
    return words.counted(f"level_unit.{UNITS[rule]}", value, count=_number(value, words))


def _number(value: float, words: Words) -> str:
    return fmt.whole(int(value), words.language) if value == int(value) else fmt.decimal(value, words.language)


def rule_changes(found: Iterable[Change], rows: Rows) -> list[Row]:
    words = rows.words
    numbers = words("rule_by_number")
    return [
        {
            "at": rows.at(row.set_at),
            "by": row.set_by,
            "name": words.named("rule", row.rule),
            "before": row.raise_before or numbers,
            "value": words("threshold_own") if row.raise_when is None else row.raise_when or numbers,
            "clear": row.clear_when,
            "reason": row.reason,
        }
        for row in found
    ]
