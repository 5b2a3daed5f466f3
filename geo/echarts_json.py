"""Decode the compact GeoJSON of the ECharts map packages ("UTF8Encoding") into polygons.

A ring is one string of character pairs. Each character, less 64, is a zigzag-coded step in units of
1/1024 degree from the point before; the first point steps from the ring's `encodeOffsets`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shapely.geometry import MultiPolygon, Polygon

_UNITS_PER_DEGREE = 1024


def decode_features(collection: Mapping[str, Any]) -> dict[str, MultiPolygon]:
    """Shape by the feature's own name, in degrees. Raises ValueError on another encoding or a repeated name."""
    if not collection.get("UTF8Encoding"):
        raise ValueError("not a UTF8Encoding collection")
    shapes: dict[str, MultiPolygon] = {}
    for feature in collection["features"]:
        name = str(feature["properties"]["name"])
        if name in shapes:
            raise ValueError(f"two shapes are called {name!r}")
        shapes[name] = _multipolygon(feature["geometry"])
    return shapes


def _multipolygon(geometry: Mapping[str, Any]) -> MultiPolygon:
    parts, offsets = geometry["coordinates"], geometry["encodeOffsets"]
    if geometry["type"] == "Polygon":
        parts, offsets = [parts], [offsets]
    polygons: list[Polygon] = []
    for part, part_offsets in zip(parts, offsets, strict=True):
        rings = [_ring(text, offset) for text, offset in zip(part, part_offsets, strict=True)]
        polygons.append(Polygon(rings[0], rings[1:]))
    return MultiPolygon(polygons)


def _ring(text: str, offset: Sequence[int]) -> list[tuple[float, float]]:
    x, y = offset
    points: list[tuple[float, float]] = []
    for place in range(0, len(text) - 1, 2):
        x += _step(text[place])
        y += _step(text[place + 1])
        points.append((x / _UNITS_PER_DEGREE, y / _UNITS_PER_DEGREE))
    return points


def _step(char: str) -> int:
    coded = ord(char) - 64
    return (coded >> 1) ^ -(coded & 1)
