"""What the map says of itself in words: its title, what is drawn over what and as of when, the days it can go to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from campaign.coverage import PopulationGroup, Target
from campaign.map_metrics import WAYS, WITHOUT_GROUP, Kind, NeedEdges, kind_of, own_target
from campaign.readings import SnapshotInfo
from layouts import format as fmt
from layouts.area_map import reading_name
from layouts.view import View
from layouts.words import Words


def title(view: View, words: Words, *, has_map: bool) -> str:
    name = words("map.title" if has_map else "map.title_bars")
    return words("map.title_on", title=name, day=fmt.day(view.day, words.language)) if view.day else name


def note(
    view: View, words: Words, *, targets: Sequence[Target], has_map: bool, blank: bool, need: NeedEdges | None = None
) -> str:
    """What is drawn and over what; what a past day means; beside the map also whose boundaries they are, as their
    licence asks. `blank`: areas outside the scope have no figure."""
    kind = kind_of(view.metric, view.group)
    parts = [_reading(view, words)]
    if view.group is PopulationGroup.SENIORS and view.metric not in WITHOUT_GROUP:
        parts.append(words("map.seniors" if kind is Kind.PEOPLE else "map.seniors_none"))
    target = own_target(targets, view.group) if kind is Kind.POINTS else None
    parts += [_target(target, words)] if target else []
    parts += [_need(need, words)] if need is not None and kind is Kind.NEED else []
    parts += [words(f"map_usage_note.{WAYS[view.metric]}")] if view.metric in WAYS else []
    parts += [words("map.day_means", day=fmt.day(view.day, words.language))] if view.day else []
    parts += [words("map.outside")] if blank else []
    parts += [words("map.boundaries")] if has_map else []
    return " · ".join(parts)


def span(info: SnapshotInfo, view: View, *, merged: bool) -> dict[str, Any]:
    """The days that the slider may go to, and whether the areas can be those of 2025."""
    return {
        "first": info.first_day.isoformat() if info.first_day else "",
        "last": info.last_day.isoformat() if info.last_day else "",
        "day": view.day.isoformat() if view.day else "",
        "grain": view.grain.value,
        "merged": merged,
    }


def _reading(view: View, words: Words) -> str:
    """With its denominator, where it has one."""
    reading = reading_name(view.metric, view.group, words)
    counted = kind_of(view.metric, view.group) in (Kind.PEOPLE, Kind.DAILY, Kind.USAGE, Kind.COVER)
    if counted or view.group is PopulationGroup.SENIORS:
        return reading
    return words("map.note", reading=reading, denominator=words.named("denominator", view.denominator))


def _need(edges: NeedEdges, words: Words) -> str:
    low, high = (fmt.share(edge, words.language) for edge in edges.coverage)
    short, long = (fmt.decimal(edge, words.language, digits=0) for edge in edges.days)
    return words("map.need_note", low=low, high=high, short=short, long=long)


def _target(target: Target, words: Words) -> str:
    sign = words("map.target_more" if target.more_than else "map.target_least")
    return words("map.target", sign=sign, share=fmt.share(target.ratio, words.language))
