"""The boundaries as the browser gets them: one file under an address of its own content, kept for good."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.payloads import Payload, pack
from layouts.area_map import MapShape, SeaLabel
from layouts.outlines import mainland, outline
from layouts.view import Grain


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundaries:
    """`payload` is served at `shape.url`."""

    shape: MapShape
    payload: Payload


# Beside the file of the areas of 2021; a dissolve of them.
MERGED_FILE = "provinces_34.geojson"


def load_boundaries(file: Path | None) -> dict[Grain, Boundaries]:
    """Of the areas of 2021 and of 2025. Nothing where there is no file: areas are drawn as bars then."""
    if file is None or not file.exists():
        return {}
    merged = file.with_name(MERGED_FILE)
    files = {Grain.OF_2021: file, Grain.OF_2025: merged if merged.exists() else file}
    return {grain: _load(path) for grain, path in files.items()}


def _load(file: Path) -> Boundaries:
    body = file.read_bytes()
    collection: dict[str, Any] = json.loads(body)
    digest = hashlib.sha256(body).hexdigest()[:16]
    labels = file.with_name("labels.json")
    raw: list[dict[str, Any]] = json.loads(labels.read_text(encoding="utf-8")) if labels.exists() else []
    shape = MapShape(
        url=f"/geo/{digest}/areas.geojson",
        points={str(item["id"]): _point(item) for item in collection["features"]},
        labels=tuple(SeaLabel(**label) for label in raw),
        mainlands={str(item["id"]): mainland(item["geometry"]) for item in collection["features"]},
        outlines={str(item["id"]): outline(item["geometry"]) for item in collection["features"]},
    )
    return Boundaries(shape=shape, payload=pack(body, "application/geo+json", is_lasting=True))


def _point(feature: dict[str, Any]) -> tuple[float, float]:
    properties: dict[str, Any] = feature["properties"]
    return float(properties["label_lon"]), float(properties["label_lat"])
