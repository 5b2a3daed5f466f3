"""Which parts of a plan's document, and of the reasons of its lines, can be told at all.

The planner writes them (campaign/plan_document.py); a person may hand in a plan with parts of their own making, and it
is kept as it came. What has another shape than the planner's is left out and named, never guessed at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite
from typing import Any, cast

from campaign.plan_problem import Rule
from campaign.plan_record import Plan, PlanLine, PlanVersion

Fits = Callable[[object], bool]
LANGUAGES = ("vi", "en")
SAID = ("said_vi", "said_en")
RULES = frozenset(rule.value for rule in Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Of the newest version. parts: of its document, by name; lines: numbers of those whose reasons have parts that
    cannot be told; stores: codes that the registry does not know."""

    parts: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    stores: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        return bool(self.parts or self.lines or self.stores)


def unreadable(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the parts of a document that have not the planner's shape. A part that is not there is none of them."""
    return _unfit(document, DOCUMENT)


def unreadable_reasons(reasons: Mapping[str, Any]) -> tuple[str, ...]:
    """The same of one line's reasons."""
    return _unfit(reasons, REASONS)


def as_readable(plan: Plan) -> tuple[Plan, Unread]:
    """The plan with every version as far as it can be told, and what of the newest cannot."""
    newest = plan.newest
    codes = {code for line in newest.lines for code in (line.giver, line.taker)}
    unread = Unread(
        parts=unreadable(newest.document),
        lines=tuple(at for at, line in enumerate(newest.lines, start=1) if unreadable_reasons(line.reasons)),
        stores=tuple(sorted(code for code in codes if code not in plan.stores or not plan.stores[code].known)),
    )
    return replace(plan, versions=tuple(_version(item) for item in plan.versions)), unread


def _version(version: PlanVersion) -> PlanVersion:
    document = _without(version.document, unreadable(version.document))
    return replace(version, document=document, lines=tuple(_line(item) for item in version.lines))


def _line(line: PlanLine) -> PlanLine:
    unfit = unreadable_reasons(line.reasons)
    return replace(line, reasons=_without(line.reasons, unfit)) if unfit else line


def _without(told: Mapping[str, Any], names: tuple[str, ...]) -> Mapping[str, Any]:
    return {name: value for name, value in told.items() if name not in names}


def _unfit(told: Mapping[str, Any], shapes: Mapping[str, Fits]) -> tuple[str, ...]:
    return tuple(name for name, fits in shapes.items() if told.get(name) is not None and not fits(told[name]))


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _mapping(value: object) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None


def _every(value: object, fits: Fits) -> bool:
    """A list of nothing else."""
    return isinstance(value, list) and all(fits(item) for item in cast("list[object]", value))


def _texts(value: object, names: tuple[str, ...], *, needed: bool = False) -> bool:
    """A mapping in which these are texts, or are not there."""
    found = _mapping(value)
    return found is not None and all(isinstance(found.get(name, None if needed else ""), str) for name in names)


def _policy(value: object) -> bool:
    found = _mapping(value)
    return found is not None and _texts(found, ("name",), needed=True) and _number(found.get("reserve"))


def _asked(value: object) -> bool:
    found = _mapping(value)
    return found is not None and _texts(found, ("inside",)) and _whole(found.get("days", 0))


def _words(value: object) -> bool:
    found = _mapping(value)
    if found is None:
        return False
    places = _mapping(found.get("places") or {})
    named = places is not None and all(_texts(item, LANGUAGES) for item in places.values())
    return named and _every(found.get("left") or [], _left)


def _left(value: object) -> bool:
    found = _mapping(value)
    if found is None or "area" not in found:
        return False
    return _texts(found, LANGUAGES, needed=True) and isinstance(found["area"], str | None)


def _said(value: object) -> bool:
    return _texts(value, SAID)


def _also(value: object) -> bool:
    return _every(value, _said)


def _held(value: object) -> bool:
    return _every(value, lambda item: isinstance(item, str) and item in RULES)


def _day(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


DOCUMENT: Mapping[str, Fits] = {
    "policy": _policy,
    "asked": _asked,
    "snapshot": _whole,
    "gap": _number,
    "words": _words,
}
REASONS: Mapping[str, Fits] = {
    "reasons": _said,
    "also": _also,
    "binding": _said,
    "held": _held,
    "usable_until": _day,
}
