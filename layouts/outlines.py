"""Boundaries as paths of SVG, for maps that are drawn without a script. The projection is that of the other maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log, pi, radians, tan
from typing import Any

from layouts.area_map import LAT_RANGE, LON_RANGE

# Whole units are fine enough for a map as wide as a column, and keep a page with two of them small.
WIDTH = 520
UNIT = WIDTH / radians(LON_RANGE[1] - LON_RANGE[0])


def north(lat: float) -> float:
    """Mercator, for a latitude in degrees."""
    return log(tan(pi / 4 + radians(lat) / 2))


HEIGHT = round((north(LAT_RANGE[1]) - north(LAT_RANGE[0])) * UNIT)


def place(lon: float, lat: float) -> tuple[int, int]:
    """Units from the left and from the top."""
    return round(radians(lon - LON_RANGE[0]) * UNIT), round((north(LAT_RANGE[1]) - north(lat)) * UNIT)


def outline(geometry: dict[str, Any]) -> str:
    """The `d` of a path, of a Polygon or MultiPolygon of GeoJSON."""
    areas: list[Any] = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return "".join(_ring(points) for area in areas for points in area)


def mainland(geometry: dict[str, Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    """South-western and north-eastern corner, in degrees, of the part with the largest frame."""
    areas: list[Any] = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    frames = [_frame(area[0]) for area in areas]
    return max(frames, key=lambda frame: (frame[1][0] - frame[0][0]) * (frame[1][1] - frame[0][1]))


def _frame(ring: Sequence[Sequence[float]]) -> tuple[tuple[float, float], tuple[float, float]]:
    lons, lats = [point[0] for point in ring], [point[1] for point in ring]
    return (min(lons), min(lats)), (max(lons), max(lats))


def _ring(points: Sequence[Sequence[float]]) -> str:
    return "M" + "L".join(f"{x},{y}" for x, y in _apart(points)) + "Z"


def _apart(points: Sequence[Sequence[float]]) -> Iterator[tuple[int, int]]:
    """Without points that fall on the one before. An island that is all one point stays a dot of one unit."""
    seen: list[tuple[int, int]] = []
    for lon, lat in points:
        spot = place(lon, lat)
        if not seen or seen[-1] != spot:
            seen.append(spot)
    if len(set(seen)) < 3:
        x, y = seen[0]
        seen = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
    yield from seen
