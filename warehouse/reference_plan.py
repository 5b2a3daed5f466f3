"""Reference data that a plan needs: kinds of lanes, and where stores, provinces and districts lie."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

from campaign.plan_rules import LaneKind, Point
from warehouse.reference import read_csv


def load_lane_kinds(folder: Path, *, today: date) -> dict[str, LaneKind]:
    """Those in force, by kind. ValueError for one whose figures cannot be: no kilometres a day, negative cost."""
    found: dict[str, LaneKind] = {}
    for row in read_csv(folder / "lane_kinds.csv"):
        kind = LaneKind(
            kind=row["kind"],
            nearest=int(row["nearest"]) if row["nearest"] else None,
            km_a_day=float(row["km_a_day"]),
            cost_base=float(row["cost_base"]),
            cost_a_km=float(row["cost_a_km"]),
            litres=float(row["litres"]),
            storage=frozenset(row["storage_classes"].split()),
            valid_from=date.fromisoformat(row["valid_from"]),
        )
        if not (kind.km_a_day > 0 and kind.cost_base >= 0 and kind.cost_a_km >= 0 and kind.litres >= 0):
            raise ValueError(f"lane_kinds.csv: {kind.kind} says what cannot be")
        before = found.get(kind.kind)
        if kind.valid_from <= today and (before is None or before.valid_from <= kind.valid_from):
            found[kind.kind] = kind
    return found


def load_points(folder: Path) -> dict[str, Point]:
    """Of stores above the provinces by their code, of districts ('district 001'), and of provinces ('area 01'): the
    centre of their people, by their districts."""
    points: dict[str, Point] = {}
    weighed: defaultdict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for row in read_csv(folder / "districts.csv"):
        lon, lat = float(row["lon"]), float(row["lat"])
        points[f"district {row['code']}"] = (lon, lat)
        weighed[row["province_code"]].append((lon, lat, int(row["population"] or 0)))
    for area, parts in weighed.items():
        people = sum(part[2] for part in parts)
        weights = [part[2] if people else 1 for part in parts]
        whole = sum(weights)
        points[f"area {area}"] = (
            sum(part[0] * weight for part, weight in zip(parts, weights, strict=True)) / whole,
            sum(part[1] * weight for part, weight in zip(parts, weights, strict=True)) / whole,
        )
    for row in read_csv(folder / "regional_stores.csv"):
        points[row["code"]] = (float(row["lon"]), float(row["lat"]))
    return points


def load_district_populations(folder: Path) -> dict[str, int]:
    return {row["code"]: int(row["population"] or 0) for row in read_csv(folder / "districts.csv")}
