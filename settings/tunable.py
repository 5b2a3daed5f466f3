"""Which thresholds of alerts people may change while the centre runs, and config.yaml with what they set.

Each is a key of config.yaml and stays within the limits that the file itself is held to. What makes no alert (sizes,
paths, roles) is not here: that is changed where it is installed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from settings.model import Settings

LONGEST = 40
SHARE = "share"
"""The unit of a part of a whole, 0 to 1; people read and write it as per cent."""
LIMITS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunable:
    """`rules`: beginnings of the names of the rules that it is for; () for every rule. unit: a word of our own."""

    name: str
    unit: str
    rules: tuple[str, ...] = ()
    whole: bool = True


TUNABLE: Mapping[str, Tunable] = {
    item.name: item
    for item in (
        Tunable(name="alerts.pending_seconds", unit="seconds"),
        Tunable(name="alerts.escalate_minutes", unit="minutes"),
        Tunable(name="alerts.close_after_hours", unit="hours"),
        Tunable(name="alerts.dead_after_seconds", unit="seconds", rules=("pipeline_silent",), whole=False),
        Tunable(name="etl.lag_red_seconds", unit="seconds", rules=("feed_silent",)),
        Tunable(name="coldchain.power_minutes", unit="minutes", rules=("coldchain_power",)),
        Tunable(name="coldchain.door_minutes", unit="minutes", rules=("coldchain_door",)),
        Tunable(name="coldchain.battery_minutes", unit="minutes", rules=("coldchain_battery",)),
        Tunable(name="coldchain.probe_minutes", unit="minutes", rules=("coldchain_probe",)),
        Tunable(name="coldchain.told_hours", unit="hours", rules=("coldchain_high", "coldchain_low")),
        Tunable(name="tickets.missing_hours", unit="hours", rules=("tickets_overdue",)),
        Tunable(name="tickets.wrong_hours", unit="hours", rules=("tickets_overdue",)),
        Tunable(name="coldchain.job_days", unit="days", rules=("coldchain_repair_late",), whole=False),
        Tunable(name="coldchain.broken_hours", unit="hours", rules=("coldchain_unrepaired",), whole=False),
        Tunable(name="coldchain.source_devices", unit="devices", rules=("readings_silent",)),
        Tunable(name="coldchain.source_silent_share", unit=SHARE, rules=("readings_silent",), whole=False),
    )
}


class BadThreshold(Exception):
    """`why` is one word for what is wrong, `values` go into a sentence; the message is one line for a terminal."""

    def __init__(self, message: str, why: str, **values: object) -> None:
        super().__init__(message)
        self.why = why
        self.values = values


def own_value(settings: Settings, name: str) -> float:
    """What the settings say of a threshold."""
    section, key = name.split(".")
    return float(getattr(getattr(settings, section), key))


def own_limits(settings: Settings, rule: str) -> dict[str, float]:
    """The thresholds that a rule goes by where it has no numbers of its own and no condition, by name."""
    return {name: own_value(settings, name) for name, item in TUNABLE.items() if rule in item.rules}


def parsed(settings: Settings, name: str, text: str) -> float:
    """The number that somebody typed for a threshold, with either decimal mark. Raises BadThreshold, which names the
    field and the fix, for a name that is none, a text that is no number, and a number outside the limits."""
    item = TUNABLE.get(name)
    if item is None:
        close = difflib.get_close_matches(name, TUNABLE, n=1, cutoff=0.3)
        near = close[0] if close else ", ".join(TUNABLE)
        raise BadThreshold(f"'{name}' is no threshold; did you mean {near}?", "no_threshold", name=name, near=near)
    bare = text.strip().replace(",", ".")
    if len(bare) > LONGEST or not re.fullmatch(r"\d+(\.\d+)?", bare):
        shown = text.strip()[:LONGEST]
        raise BadThreshold(
            f"{name}: '{shown}' is no number; write one number in {item.unit}, without a unit or a sign",
            "threshold_no_number",
            name=name,
            text=shown,
            unit=item.unit,
        )
    value = float(bare)
    if item.whole and value != int(value):
        raise BadThreshold(
            f"{name}: {bare} is not whole; write a whole number of {item.unit}",
            "threshold_not_whole",
            name=name,
            text=bare,
            unit=item.unit,
        )
    try:
        _with(settings, {name: value})
    except ValidationError as error:
        limit = ", ".join(_limit(fault.get("ctx", {})) for fault in error.errors())
        raise BadThreshold(
            f"{name}: {bare} is outside its limits; write a number {limit}",
            "threshold_limits",
            name=name,
            text=bare,
            limit=limit,
        ) from error
    return value


def _limit(context: Mapping[str, object]) -> str:
    """The limit that was passed, in signs that need no language."""
    return ", ".join(f"{sign} {context[kind]}".removesuffix(".0") for kind, sign in LIMITS.items() if kind in context)


def tuned(settings: Settings, values: Mapping[str, float]) -> tuple[Settings, dict[str, str]]:
    """The settings with these thresholds; and by name why one was left out, such as by a limit of a newer version."""
    found, refused = settings, dict[str, str]()
    for name, value in values.items():
        try:
            if name not in TUNABLE:
                refused[name] = "no such threshold"
            else:
                found = _with(found, {name: value})
        except ValidationError as error:
            refused[name] = "; ".join(fault["msg"] for fault in error.errors())
        except (ValueError, OverflowError) as error:
            # No number, or one without end: no whole one is made of it.
            refused[name] = str(error)
    return found, refused


def _with(settings: Settings, values: Mapping[str, float]) -> Settings:
    """Checked as config.yaml is. Raises ValidationError."""
    changed: dict[str, BaseModel] = {}
    for name, value in values.items():
        section, key = name.split(".")
        held: BaseModel = getattr(settings, section)
        model = changed.get(section, held)
        number = int(value) if TUNABLE[name].whole else value
        changed[section] = type(model).model_validate({**dict(model), key: number})
    return settings.model_copy(update=changed)
