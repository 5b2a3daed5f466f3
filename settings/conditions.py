"""Conditions for rules whose own limits are elsewhere: of the cold chain, of feeds and of reports."""

from __future__ import annotations

from settings.section import Section


class Conditional(Section):
    """raise_when, clear_when: conditions that decide instead of the rule's own limits (campaign/expressions.py); '':
    those do. A bad one is no reason not to start: settings/rule_expressions.py leaves it out, and says so."""

    raise_when: str = ""
    clear_when: str = ""


class ConditionSettings(Section):
    """One rule a field, of the name that its alerts have."""

    coldchain_high: Conditional = Conditional()
    coldchain_low: Conditional = Conditional()
    coldchain_power: Conditional = Conditional()
    coldchain_probe: Conditional = Conditional()
    coldchain_door: Conditional = Conditional()
    coldchain_battery: Conditional = Conditional()
    coldchain_silent: Conditional = Conditional()
    readings_silent: Conditional = Conditional()
    coldchain_repair_late: Conditional = Conditional()
    coldchain_unrepaired: Conditional = Conditional()
    feed_silent: Conditional = Conditional()
    province_unreported: Conditional = Conditional()
