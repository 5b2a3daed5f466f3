"""Rules whose thresholds may be conditions: which of those that were asked for can be used, and which rule keeps what.

config.yaml and people write the same. A bad condition stops nothing: the rule keeps what held before it, its numbers at
the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from campaign.expressions import BadExpression, Expression, read_expression
from campaign.rule_facts import FACTS
from campaign.rule_when import When
from settings.conditions import Conditional
from settings.model import Settings
from settings.section import Section
from settings.stock import AlertLevel

Held = TypeVar("Held", bound=Section)

RAISE, CLEAR = "raise_when", "clear_when"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a rule is to go by. raise_when '': its numbers. clear_when '': over as soon as raise_when does not hold."""

    raise_when: str = ""
    clear_when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """One that was asked for and cannot be used. name: of the rule or threshold. held: what holds instead."""

    name: str
    told: str
    place: int = 0
    part: str = ""
    held: Asked | None = None


class BadField(BadExpression):
    """A BadExpression that says of which rule and field it is: `rule`, `field`."""

    def __init__(self, bad: BadExpression, rule: str, field: str) -> None:
        super().__init__(f"{rule}.{field} {bad}", bad.why, place=bad.place, part=bad.part, near=bad.near)
        self.rule = rule
        self.field = field


def conditional(settings: Settings) -> dict[str, Conditional]:
    """All rules that may go by a condition, by name: those with numbers of their own (`levels`) and the others."""
    others = {name: getattr(settings.conditions, name) for name in type(settings.conditions).model_fields}
    return {**levels(settings), **cast("dict[str, Conditional]", others)}


def whens(settings: Settings) -> dict[str, When]:
    """What people or config.yaml set for the rules without numbers of their own, by name. Raises BadField for a
    condition that with_usable did not leave out."""
    found: dict[str, When] = {}
    for name in type(settings.conditions).model_fields:
        raise_when, clear_when = read_rule(name, own_expressions(settings, name))
        found[name] = When(raise_when=raise_when, clear_when=clear_when)
    return found


def levels(settings: Settings) -> dict[str, AlertLevel]:
    """Rules with numbers of their own, by name."""
    sections = (settings.stock.alerts, settings.tickets.alerts)
    found = {name: getattr(section, name) for section in sections for name in type(section).model_fields}
    return cast("dict[str, AlertLevel]", found)


def own_expressions(settings: Settings, rule: str) -> Asked:
    level = conditional(settings)[rule]
    return Asked(raise_when=level.raise_when, clear_when=level.clear_when)


def read_rule(rule: str, asked: Asked) -> tuple[Expression | None, Expression | None]:
    """What a rule is judged by. Raises BadField."""
    raised = _read(rule, RAISE, asked.raise_when) if asked.raise_when.strip() else None
    cleared = _read(rule, CLEAR, asked.clear_when) if asked.clear_when.strip() else None
    if cleared is not None and raised is None:
        bad = BadExpression("needs a raise_when beside it: write both, or neither", "expression_alone")
        raise BadField(bad, rule, CLEAR)
    return raised, cleared


def _read(rule: str, field: str, text: str) -> Expression:
    try:
        return read_expression(text, FACTS[rule])
    except BadExpression as bad:
        raise BadField(bad, rule, field) from bad


def with_usable(
    settings: Settings, set_by_people: Mapping[str, Sequence[Asked]]
) -> tuple[Settings, tuple[Unusable, ...]]:
    """Settings whose conditions can all be used, and what was asked for last and cannot be. set_by_people: by rule,
    newest first, down to where config.yaml's own held."""
    found: dict[str, Conditional] = {}
    unusable: list[Unusable] = []
    for rule, level in conditional(settings).items():
        held, bad = _first_usable(rule, (*set_by_people.get(rule, ()), own_expressions(settings, rule)))
        found[rule] = level.model_copy(update={RAISE: held.raise_when, CLEAR: held.clear_when})
        if bad is not None:
            unusable.append(Unusable(name=rule, told=str(bad), place=bad.place, part=bad.part, held=held))
    unusable += [Unusable(name=rule, told=f"there is no rule {rule}") for rule in set_by_people if rule not in found]

    def mended(section: Held) -> Held:
        return section.model_copy(update={name: found[name] for name in type(section).model_fields})

    stock = settings.stock.model_copy(update={"alerts": mended(settings.stock.alerts)})
    tickets = settings.tickets.model_copy(update={"alerts": mended(settings.tickets.alerts)})
    parts = {"stock": stock, "tickets": tickets, "conditions": mended(settings.conditions)}
    return settings.model_copy(update=parts), tuple(unusable)


def _first_usable(rule: str, wanted: Sequence[Asked]) -> tuple[Asked, BadField | None]:
    newest: BadField | None = None
    for number, asked in enumerate(wanted):
        try:
            read_rule(rule, asked)
        except BadField as bad:
            newest = bad if number == 0 else newest
        else:
            return asked, newest
    return Asked(), newest
