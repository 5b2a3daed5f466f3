"""The map: a choropleth of discrete classes on the SVG geo subplot, the archipelagos named, no tiles from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from campaign.coverage import PopulationGroup
from campaign.map_metrics import GAPS, WAYS, WITHOUT_GROUP, Kind
from campaign.readings import AreaRow
from campaign.usage import Way
from layouts import format as fmt
from layouts.graph import Figure, base_layout
from layouts.scales import Scale, coverage_of, value_text
from layouts.theme import FONT, FONT_SIZES, PALETTES, Palette, pixels, sized
from layouts.view import MEASURES, Metric, Size, View
from layouts.words import Words

LON_RANGE = (102.0, 117.2)
LAT_RANGE = (6.9, 23.5)
EAST_SEA = (112.4, 13.1)
# Longitude and latitude that the name of an archipelago hangs below, where no island lies under the letters.
NAMED_BELOW = {"48": (111.9, 15.6), "56": (111.35, 10.2)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaLabel:
    """The name of an archipelago, written on the map at its place."""

    code: str
    name_vi: str
    name_en: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MapShape:
    """Where the browser finds the boundaries, and what is written on them. `points` are (lon, lat) inside each area;
    `outlines`: paths of SVG by area, for maps that need no script (layouts.outlines); `mainlands`: the south-western
    and north-eastern corner of each area's largest part, islands far out left aside."""

    url: str
    points: Mapping[str, tuple[float, float]]
    labels: tuple[SeaLabel, ...]
    outlines: Mapping[str, str] = field(default_factory=dict[str, str])
    mainlands: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = field(
        default_factory=dict[str, tuple[tuple[float, float], tuple[float, float]]]
    )


def area_map(rows: Sequence[AreaRow], *, shape: MapShape, view: View, scale: Scale, words: Words) -> Figure:
    """Areas that the shape knows, coloured by class. The second trace outlines the area that the browser selects."""
    palette = PALETTES[view.theme]
    drawn = [row for row in rows if row.area.code in shape.points]
    return {
        "data": [
            _areas(drawn, shape, view, scale, words, palette),
            _highlight(shape, palette, view.size),
            _no_figure(drawn, shape, view, scale, palette),
            _sea(shape, view, palette, words),
        ],
        "layout": {**base_layout(palette, view.size, words.language), "geo": _geo()},
    }


def _areas(
    rows: Sequence[AreaRow], shape: MapShape, view: View, scale: Scale, words: Words, palette: Palette
) -> dict[str, Any]:
    values = [scale.value_of(row) for row in rows]
    classes = [-1 if value is None else scale.class_of(value) for value in values]
    colours = (palette.unknown, *scale.colours(palette))
    over = len(colours) - 2 if scale.over else None
    return {
        "type": "choropleth",
        "geojson": shape.url,
        "featureidkey": "id",
        "locations": [row.area.code for row in rows],
        "z": classes,
        "zmin": -1.5,
        "zmax": len(colours) - 1.5,
        "colorscale": _steps(colours),
        "showscale": False,
        "customdata": values,
        "hovertext": [hover_text(row, scale, words) for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "line": {
                "color": [palette.over_edge if index == over else palette.edge for index in classes],
                "width": sized(view.size, lambda size: _widths(classes, over, size)),
            }
        },
    }


def _widths(classes: Sequence[int], over: int | None, size: Size) -> list[float]:
    thin = 1.2 if size is Size.WALL else 0.5
    return [thin * 3.2 if index == over else thin for index in classes]


def _steps(colours: Sequence[str]) -> list[list[float | str]]:
    """A colour scale that does not blend: each colour holds from its lower to its upper edge."""
    width = 1 / len(colours)
    return [
        [min(edge, 1.0), colour]
        for index, colour in enumerate(colours)
        for edge in (index * width, (index + 1) * width if index < len(colours) - 1 else 1.0)
    ]


def _highlight(shape: MapShape, palette: Palette, size: Size) -> dict[str, Any]:
    return {
        "type": "choropleth",
        "geojson": shape.url,
        "featureidkey": "id",
        "locations": [],
        "z": [],
        "colorscale": [[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
        "showscale": False,
        "hoverinfo": "skip",
        "marker": {"line": {"color": palette.focus, "width": sized(size, lambda one: 5 if one is Size.WALL else 2.6)}},
    }


def _no_figure(rows: Sequence[AreaRow], shape: MapShape, view: View, scale: Scale, palette: Palette) -> dict[str, Any]:
    """A dash on each area without a figure, so that grey is not the only sign."""
    points = [shape.points[row.area.code] for row in rows if scale.value_of(row) is None]
    return _text(points, [fmt.UNKNOWN] * len(points), colour=palette.text, size=pixels(view.size))


def _sea(shape: MapShape, view: View, palette: Palette, words: Words) -> dict[str, Any]:
    def smaller(by: int) -> Any:  # noqa: ANN401 - a number, or one for each size
        return sized(view.size, lambda size: FONT_SIZES[size] - by - (size is Size.PHONE))

    lines = [_two_lines(escape(words.pick(label.name_vi, label.name_en))) for label in shape.labels]
    names = [*lines, f"<i>{words('map.east_sea')}</i>"]
    points = [*(NAMED_BELOW.get(label.code, (label.lon, label.lat)) for label in shape.labels), EAST_SEA]
    trace = _text(points, names, colour=palette.sea_text, size=smaller(2))
    trace["textfont"]["color"] = [*(palette.muted for _ in shape.labels), palette.sea_text]
    trace["textfont"]["size"] = [*(smaller(2) for _ in shape.labels), smaller(1)]
    trace["textposition"] = [*("bottom center" for _ in shape.labels), "middle center"]
    return trace


def _two_lines(name: str) -> str:
    """Breaks before a bracket: the sea is wide, but not that wide."""
    return name.replace(" (", "<br>(", 1)


def _text(points: Sequence[tuple[float, float]], texts: Sequence[str], *, colour: str, size: object) -> dict[str, Any]:
    return {
        "type": "scattergeo",
        "mode": "text",
        "lon": [lon for lon, _ in points],
        "lat": [lat for _, lat in points],
        "text": list(texts),
        "textfont": {"family": FONT, "size": size, "color": colour},
        "hoverinfo": "skip",
    }


def _geo() -> dict[str, Any]:
    return {
        "visible": False,
        "projection": {"type": "mercator"},
        "lonaxis": {"range": list(LON_RANGE)},
        "lataxis": {"range": list(LAT_RANGE)},
        "bgcolor": "rgba(0,0,0,0)",
        "domain": {"x": [0, 1], "y": [0, 1]},
    }


def hover_text(row: AreaRow, scale: Scale, words: Words) -> str:
    """Name, the reading with its numerator and denominator, and the doses given there."""
    language = words.language
    name = escape(words.pick(row.area.name_vi, row.area.name_en))
    lines = [
        f"<b>{name}</b>",
        f"{reading_name(scale.metric, scale.group, words)}: <b>{value_text(row, scale, words)}</b>",
    ]
    if scale.kind in (Kind.COVER, Kind.NEED, Kind.USAGE):
        lines.append(stock_text(row, scale.metric, words))
    measure = MEASURES.get(scale.metric) or GAPS.get(scale.metric)
    if measure is not None and scale.kind is not Kind.PEOPLE:
        cell = coverage_of(row, scale.group, measure)
        lines.append(words("map.people", fraction=fmt.fraction(cell, language)))
    doses = fmt.whole(row.doses, language)
    weekly = fmt.whole(row.doses_last_7_days, language)
    lines.append(words("map.doses", doses=doses, weekly=weekly))
    return "<br>".join(lines)


def stock_text(row: AreaRow, metric: Metric, words: Words) -> str:
    """What the value is made of: usable doses, days; of usage what is above and below the line, else received."""
    if row.stock is None:
        return words("map.no_stock")
    language, days, usage = words.language, row.stock.cover_days, row.stock.usage
    lasts = words("stock.no_use") if days is None else words("stock.days", days=fmt.decimal(days, language))
    way = WAYS.get(metric, Way.RECEIVED)
    return words(
        "map.stock",
        usable=fmt.whole(row.stock.usable, language),
        lasts=lasts,
        given=fmt.whole(usage.given, language),
        of=words(f"map_usage_of.{way}", doses=fmt.whole(usage.below(way), language)),
    )


def reading_name(metric: Metric, group: PopulationGroup, words: Words) -> str:
    """ "Ít nhất 1 mũi, từ 18 tuổi trở lên"; doses have no group."""
    if metric in WITHOUT_GROUP:
        return words(f"metric.{metric}.full")
    long = words.named("metric_full", metric.value)
    name = words(f"metric.{metric}") if metric in MEASURES else long
    return words("reading", measure=name, group=group_name(group, words))


def group_name(group: PopulationGroup, words: Words) -> str:
    return words.named("group", group.value)
