"""Days of stock by province before and after a plan, as two maps with one fixed legend. The table below them says the
same; where the map of a plan would have one province, there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaign.coverage import PopulationGroup
from campaign.map_metrics import Kind, Metric
from layouts.area_map import EAST_SEA, MapShape
from layouts.outlines import HEIGHT, WIDTH, place
from layouts.plan_view import PlanView
from layouts.scales import Breaks, Scale, class_labels
from layouts.theme import PALETTES, THEMES, Palette
from layouts.view import Theme

LEVEL = "province"
UNKNOWN = "none"
WHEN = ("before", "after")
# Longitude, and latitude of the foot of the first line, where no point of the archipelago lies under the letters.
NAMED_AT = {"48": (111.9, 15.2), "56": (110.3, 9.75)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDrawn:
    """before, after: names of classes. text: for a pointer. moved: whether the plan changes its days of stock."""

    code: str
    outline: str
    text: str
    before: str
    after: str
    moved: bool
    dash: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDrawn:
    """before, after: provinces in it."""

    name: str
    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaName:
    """lines: of an archipelago, what stands in brackets is on a line of its own."""

    lines: tuple[str, ...]
    at: tuple[int, int]
    sea: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMap:
    """classes from long to short, those without a figure last. style: the colours of both themes."""

    size: tuple[int, int]
    areas: tuple[AreaDrawn, ...]
    classes: tuple[ClassDrawn, ...]
    names: tuple[SeaName, ...]
    style: str


def plan_map(view: PlanView, shape: MapShape | None, breaks: Breaks, names: Mapping[str, str]) -> PlanMap | None:
    """None where there are no boundaries, nothing was judged, or fewer than two provinces are told to the reader.
    names: of provinces by code."""
    if shape is None or not shape.outlines or view.judged is None or not view.judged.after:
        return None
    before, after = (_days(view, standing) for standing in (view.judged.before, view.judged.after))
    if len(before) < len(WHEN):
        return None
    scale = Scale(metric=Metric.COVER, group=PopulationGroup.ALL, breaks=breaks[Kind.COVER], over=False)
    areas = tuple(
        AreaDrawn(
            code=code,
            outline=path,
            text=_text(view, names.get(code, code), before.get(code), after.get(code), told=code in before),
            before=_class(before.get(code), scale),
            after=_class(after.get(code), scale),
            moved=before.get(code) != after.get(code),
            dash=place(*shape.points[code]),
        )
        for code, path in shape.outlines.items()
    )
    return PlanMap(
        size=(WIDTH, HEIGHT),
        areas=areas,
        classes=_classes(areas, scale, view),
        names=_names(shape, view),
        style="".join(_style(PALETTES[theme], scale, theme) for theme in THEMES),
    )


def _days(view: PlanView, standing: Mapping[str, Any]) -> dict[str, float | None]:
    """By province: of its stores as the plan sees them, not of central units in it."""
    stores: Mapping[str, Mapping[str, Any]] = standing["stores"]
    return {
        str(figures["area"]): figures["days"]
        for figures in stores.values()
        if figures.get("level") == LEVEL and view.sees(figures["area"])
    }


def _class(days: float | None, scale: Scale) -> str:
    return UNKNOWN if days is None else str(scale.class_of(days))


def _text(view: PlanView, name: str, before: float | None, after: float | None, *, told: bool) -> str:
    if not told:
        return view.words("plan_map.untold", place=name)
    return view.words("plan_map.place", place=name, before=view.days(before), after=view.days(after))


def _classes(areas: tuple[AreaDrawn, ...], scale: Scale, view: PlanView) -> tuple[ClassDrawn, ...]:
    before, after = Counter(area.before for area in areas), Counter(area.after for area in areas)
    labels = {str(place): label for place, label in enumerate(class_labels(scale, view.words))}
    names = [*reversed(labels), UNKNOWN]
    labels[UNKNOWN] = view.words("legend.unknown")
    return tuple(ClassDrawn(name=name, label=labels[name], before=before[name], after=after[name]) for name in names)


def _names(shape: MapShape, view: PlanView) -> tuple[SeaName, ...]:
    labels = [
        SeaName(
            lines=tuple(view.words.pick(item.name_vi, item.name_en).replace(" (", "\n(", 1).split("\n")),
            at=place(*NAMED_AT.get(item.code, (item.lon, item.lat))),
            sea=False,
        )
        for item in shape.labels
    ]
    return (*labels, SeaName(lines=(view.words("map.east_sea"),), at=place(*EAST_SEA), sea=True))


def _style(palette: Palette, scale: Scale, theme: Theme) -> str:
    root = ':root[data-mantine-color-scheme="dark"] ' if theme is Theme.DARK else ""
    colours = {**{str(at): colour for at, colour in enumerate(scale.colours(palette))}, UNKNOWN: palette.unknown}
    rules = [f"{root}.plan-class-{name}{{fill:{colour};background:{colour}}}" for name, colour in colours.items()]
    edge = f"{root}.plan-map use{{stroke:{palette.edge}}}{root}.plan-map .plan-moved{{stroke:{palette.text}}}"
    return "".join([*rules, edge])
