"""Map and charts for paper, without a browser. matplotlib and geopandas take a second to load: only this module knows
them, and it is imported when the first picture is drawn.

Text stays text in SVG, so that the PDF has it in its own fonts and readers can search and read it aloud.
"""

from __future__ import annotations

import io
import json
import threading
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from math import cos, radians
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.typing import RcKeyType
from shapely import box

from campaign.report import AreaMap, Chart, ChartKind, Shape
from layouts import format as fmt
from layouts.area_map import LAT_RANGE, LON_RANGE
from layouts.theme import PALETTES
from layouts.view import Theme
from reports.fonts import SANS, sans_files
from reports.letterhead import Sheet
from reports.texts import chart_value

PALETTE = PALETTES[Theme.LIGHT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """What a chart is drawn with."""

    bar: str
    target: str
    text: str
    axis: str
    grid: str


COLOURS = Ink(bar=PALETTE.dose1, target=PALETTE.target, text=PALETTE.text, axis=PALETTE.muted, grid=PALETTE.line)
GREYS = Ink(bar="#6b6b6b", target="#000000", text="#000000", axis="#4d4d4d", grid="#cccccc")
MAP_INCHES = (5.6, 6.9)
WIDE_INCHES, SMALL_INCHES = 6.6, 3.4
# Bars have room for their names; columns share one height.
BAR_INCHES, COLUMN_INCHES, NARROW_STEP = 0.23, 2.3, 3
MAP_DPI = 170
# A name at sea: its points, and about how wide a letter and how high a line is on the map, in degrees.
NAME_POINTS, LETTER_DEG, LINE_DEG = 7, 0.155, 0.34
# One picture at a time: fonts and settings are the process's.
_LOCK = threading.Lock()


def map_picture(found: AreaMap, boundaries: Path, *, form: str) -> bytes:
    """form: 'svg' or 'png'. Classes are told apart by lightness, areas without a figure also by a dash. Slides and
    letter share one drawing."""
    colours = tuple(sorted((code, _colour(found, code)) for code in found.of_area))
    unknown = frozenset(code for code, place in found.of_area.items() if place is None)
    return _map(boundaries, colours, unknown, found.unknown_colour, found.outlined, found.sea, form)


def _colour(found: AreaMap, code: str) -> str:
    place = found.of_area[code]
    return found.unknown_colour if place is None else found.colours[place]


@lru_cache(4)
def _map(
    boundaries: Path,
    colours: tuple[tuple[str, str], ...],
    unknown: frozenset[str],
    unknown_colour: str,
    outlined: str,
    sea: tuple[tuple[str, float, float], ...],
    form: str,
) -> bytes:
    with _LOCK, mpl.rc_context(rc=_settings(COLOURS)):
        figure = Figure(figsize=MAP_INCHES)
        axes = figure.add_axes((0, 0, 1, 1))
        areas = _areas(boundaries)
        by_code = dict(colours)
        filled = [by_code.get(code, unknown_colour) for code in areas["code"]]
        areas.plot(ax=axes, color=filled, edgecolor=PALETTE.edge, linewidth=0.35)
        own = areas[areas["code"] == outlined]
        # Central units and people of unknown residence have no shape.
        if not own.empty:
            own.plot(ax=axes, facecolor="none", edgecolor=PALETTE.text, linewidth=1.6)
        for code, lon, lat in zip(areas["code"], areas["label_lon"], areas["label_lat"], strict=True):
            if code in unknown or code not in by_code:
                axes.text(lon, lat, fmt.UNKNOWN, ha="center", va="center", fontsize=7, color=PALETTE.text)
        *labels, east = sea
        for name, lon, lat in labels:
            below = _free(lon, lat, name, areas)
            axes.text(lon, below, name, ha="center", va="top", fontsize=NAME_POINTS, color=PALETTE.text)
        axes.text(east[1], east[2], east[0], ha="center", fontsize=9, style="italic", color=PALETTE.muted)
        axes.set_xlim(*LON_RANGE)
        axes.set_ylim(*LAT_RANGE)
        axes.set_aspect(1 / cos(radians(sum(LAT_RANGE) / 2)))
        axes.set_axis_off()
        return _bytes(figure, form)


def _free(lon: float, lat: float, name: str, areas: gpd.GeoDataFrame) -> float:
    """Where the top of a name at sea may be, at or below `lat`, so that it covers and touches no island."""
    lines = name.split("\n")
    half, height = max(map(len, lines)) * LETTER_DEG / 2, len(lines) * LINE_DEG
    clear = LINE_DEG / 3
    tops = [lat - step * LINE_DEG / 4 for step in range(16)]
    boxes = {top: box(lon - half - clear, top - height - clear, lon + half + clear, top + clear) for top in tops}
    return next((top for top in tops if not areas.intersects(boxes[top]).any()), lat)


@cache
def _areas(boundaries: Path) -> gpd.GeoDataFrame:
    """Boundaries with the code and the place of the label of each area; read once a process."""
    collection: dict[str, Any] = json.loads(boundaries.read_bytes())
    for feature in collection["features"]:
        feature["properties"]["code"] = str(feature["id"])
    return gpd.GeoDataFrame.from_features(collection, crs="EPSG:4326")


def chart_picture(chart: Chart, sheet: Sheet, *, small: bool = False, narrow: bool = False) -> bytes:
    """SVG. Values stand at the bars, so that it reads without colours; the target is a broken line. small: on paper
    without colours; narrow: two of them beside each other."""
    ink = GREYS if small else COLOURS
    with _LOCK, mpl.rc_context(rc=_settings(ink)):
        lying = chart.kind is ChartKind.BARS
        height = BAR_INCHES * len(chart.categories) + 0.5 if lying else COLUMN_INCHES
        figure = Figure(figsize=(SMALL_INCHES if narrow else WIDE_INCHES, height), layout="constrained")
        axes = figure.add_subplot()
        values = [chart_value(value, chart.shape) or 0 for value in chart.values]
        if lying:
            _lying(axes, chart, values, sheet, ink)
        else:
            _standing(axes, chart, values, sheet, ink, narrow=narrow)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        return _bytes(figure, "svg")


def _lying(axes: Axes, chart: Chart, values: list[float], sheet: Sheet, ink: Ink) -> None:
    places = range(len(values))
    bars = axes.barh(places, values, color=ink.bar, height=0.68)
    axes.set_yticks(places, chart.categories)
    axes.invert_yaxis()
    axes.bar_label(bars, [_label(value, chart.shape, sheet) for value in values], padding=3, fontsize=7.5)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, max([*values, (chart.goal or 0) / 10, 1]) * 1.16)
    if chart.goal is not None:
        axes.axvline(chart.goal / 10, color=ink.target, linestyle=(0, (4, 2)), linewidth=1.2)


def _standing(axes: Axes, chart: Chart, values: list[float], sheet: Sheet, ink: Ink, *, narrow: bool) -> None:
    bars = axes.bar(range(len(values)), values, color=ink.bar, width=0.72)
    few = len(values) <= 10
    # Half as wide, a chart has room for every third name.
    named = slice(None, None, NARROW_STEP if narrow and not few else 1)
    places = list(range(len(values)))[named]
    axes.set_xticks(places, chart.categories[named], rotation=0 if few else 60, fontsize=7 if few else 6.5)
    if few:
        axes.bar_label(bars, [_label(value, chart.shape, sheet) for value in values], padding=2, fontsize=7)
    axes.yaxis.set_major_formatter(FuncFormatter(partial(_tick, sheet)))
    axes.set_ylabel(chart.label, fontsize=7)
    axes.grid(axis="y", color=ink.grid, linewidth=0.6)
    axes.set_axisbelow(True)


def _tick(sheet: Sheet, value: float, _place: int | None) -> str:
    return fmt.compact(value, sheet.words)


def _label(value: float, shape: Shape, sheet: Sheet) -> str:
    language = sheet.words.language
    return f"{fmt.decimal(value, language)}%" if shape is Shape.SHARE else fmt.whole(int(value), language)


@cache
def _fonts() -> None:
    for file in sans_files():
        font_manager.fontManager.addfont(file)


def _settings(ink: Ink) -> dict[RcKeyType, Any]:
    """hashsalt: names inside an SVG are the same each time, and so are its bytes."""
    _fonts()
    return {
        "font.family": SANS,
        "font.size": 8,
        "svg.fonttype": "none",
        "svg.hashsalt": "report",
        "text.color": ink.text,
        "axes.edgecolor": ink.axis,
        "axes.labelcolor": ink.text,
        "xtick.color": ink.text,
        "ytick.color": ink.text,
        "axes.unicode_minus": True,
    }


def _bytes(figure: Figure, form: str) -> bytes:
    """No date and no version of the programme inside: neither belongs to the figures."""
    target = io.BytesIO()
    about = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
    figure.savefig(target, format=form, dpi=MAP_DPI, metadata=about)
    return target.getvalue()
