"""Filters as they come in an address, checked: an unknown name or value is an answer that says what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from campaign.access import Scope, scope_from_key
from campaign.coverage import PopulationGroup
from layouts.view import MAP_GROUPS, Clock, Grain, Metric, Size, Theme, View
from layouts.words import Language

E = TypeVar("E", bound=StrEnum)
# `key` tells the browser's cache one content from another under the same version number; it selects nothing.
KEY = "key"


class BadParameter(Exception):
    """A request asked for something that does not exist. Answered with 400, the name and what is allowed."""

    def __init__(self, parameter: str, value: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{parameter} is '{value}', allowed: {', '.join(allowed)}")
        self.parameter = parameter
        self.value = value
        self.allowed = allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a snapshot offers beyond the fixed choices."""

    denominators: tuple[str, ...]
    default_denominator: str
    areas: frozenset[str] = frozenset()
    merged: frozenset[str] = frozenset()  # codes of the 34 areas of 2025; none where the areas are no provinces
    targets: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


NAMES = (
    *("metric", "group", "denominator", "lang", "theme", "size", "area", "clock", "target", "tier", KEY),
    *("grain", "day", "against", "other", "district", "site", "store", "lot", "decision", "device"),
)


def view_of(args: Mapping[str, str], known: Known, *, default_language: Language) -> View:
    """The View that `args` asks for; what is missing takes its default. Raises BadParameter."""
    for name in args:
        if name not in NAMES:
            raise BadParameter("name", name, NAMES)
    denominator = args.get("denominator") or known.default_denominator
    if denominator not in {*known.denominators, known.default_denominator}:
        raise BadParameter("denominator", denominator, known.denominators)
    grain = _one(args, "grain", Grain.OF_2021, list(Grain) if known.merged else [Grain.OF_2021])
    areas = known.merged if grain is Grain.OF_2025 else known.areas
    target = args.get("target", "")
    if target and target not in known.targets:
        raise BadParameter("target", target, known.targets)
    tier = args.get("tier", "")
    if tier and tier not in known.tiers:
        raise BadParameter("tier", tier, known.tiers)
    return View(
        metric=_one(args, "metric", Metric.DOSE1, Metric),
        group=_one(args, "group", PopulationGroup.ADULTS, MAP_GROUPS),
        denominator=denominator,
        language=_one(args, "lang", default_language, Language),
        theme=_one(args, "theme", Theme.LIGHT, Theme),
        size=_one(args, "size", Size.DESK, Size),
        area=_area(args, "area", areas),
        target=target,
        tier=tier,
        clock=_one(args, "clock", Clock.INJECTED, Clock),
        grain=grain,
        day=_day(args, "day", known),
        against=_day(args, "against", known),
        other=_area(args, "other", areas),
        district=args.get("district", ""),
        site=args.get("site", ""),
        store=args.get("store", ""),
        lot=args.get("lot", ""),
        decision=args.get("decision", ""),
        device=args.get("device", ""),
    )


def _area(args: Mapping[str, str], name: str, areas: frozenset[str]) -> str:
    code = args.get(name, "")
    if code and code not in areas:
        raise BadParameter(name, code, tuple(sorted(areas)))
    return code


def _day(args: Mapping[str, str], name: str, known: Known) -> date | None:
    """A day of the campaign that the snapshot has, or None where none is asked for."""
    text = args.get(name, "")
    if not text:
        return None
    allowed = tuple(day.isoformat() for day in (known.first_day, known.last_day) if day)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadParameter(name, text, allowed) from error
    if known.first_day is None or known.last_day is None or not known.first_day <= day <= known.last_day:
        raise BadParameter(name, text, allowed)
    return day


def scope_of_address(key: str, known: Known) -> Scope:
    """The scope that an address names. The guard has held it to the person's grants; here it is held to the areas that
    there are, so that no address makes up scopes to keep answers for."""
    scope = scope_from_key(key)
    if scope is None or not (scope.nationwide or scope.provinces <= known.areas):
        raise BadParameter("scope", key, ("vn", "p-<area>-<area>"))
    return scope


def _one(args: Mapping[str, str], name: str, default: E, allowed: Iterable[E]) -> E:
    value = args.get(name)
    if value is None:
        return default
    for member in allowed:
        if member.value == value:
            return member
    raise BadParameter(name, value, tuple(member.value for member in allowed))
