"""Build sites.csv: 19,500 fictional vaccination sites, the same bytes for the same seed.

    python -m geo.build_sites [--seed 2021] [--reference data/reference] [--boundaries FILE]

The numbers are the platform's (19,500 sites, about 14,000 connected before the campaign); which commune has
how many, where they stand and what they are called is invented, and every name says so.
"""

import argparse
import csv
import json
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.apportion import largest_remainder
from geo.areas import DEMO_MARK, Commune, load_communes

SITE_COUNT = 19_500
CONNECTED_BEFORE = 14_000
MOBILE_COUNT = 780
MOBILE_CLOSED_COUNT = 60
DEFAULT_SEED = 2021
JITTER_KM = 1.0
KM_PER_DEGREE = 111.2
# The platform's existing sites are one batch; the others opened while the campaign grew.
CONNECTED_ON = date(2021, 3, 1)
OPENING_FROM, OPENING_UNTIL = date(2021, 6, 1), date(2021, 9, 30)
CLOSING_FROM, CLOSING_UNTIL = date(2021, 11, 15), date(2022, 1, 31)
SOURCE = "demo_sites"
COLUMNS = [
    "code",
    "name_vi",
    "commune_code",
    "district_code",
    "province_code",
    "kind",
    "lon",
    "lat",
    "opened_on",
    "closed_on",
    "source",
    "valid_from",
]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One site before it is named and placed: its commune, its number there, and its life."""

    commune: Commune
    number: int
    mobile: bool
    opened_on: date
    closed_on: date | None


def build(communes: Sequence[Commune], shapes: Mapping[str, BaseGeometry], seed: int) -> list[list[str]]:
    """One row per site in order of code, with the columns of COLUMNS."""
    # Places and dates of a demo, nothing secret.
    chance = random.Random(seed)  # noqa: S311  # nosec B311
    serial: Counter[str] = Counter()
    rows: list[list[str]] = []
    for plan in _plans(communes, chance):
        commune = plan.commune
        serial[commune.province_code] += 1
        lon, lat = _place(commune, shapes[commune.province_code], chance)
        rows.append(
            [
                f"{commune.province_code}{serial[commune.province_code]:05d}",
                _name(plan),
                commune.code,
                commune.district_code,
                commune.province_code,
                "mobile" if plan.mobile else "fixed",
                f"{lon:.4f}",
                f"{lat:.4f}",
                plan.opened_on.isoformat(),
                plan.closed_on.isoformat() if plan.closed_on else "",
                SOURCE,
                plan.opened_on.isoformat(),
            ]
        )
    return sorted(rows)


def _plans(communes: Sequence[Commune], chance: random.Random) -> list[_Plan]:
    """One site a commune, the rest by people; the commune's first site is always fixed and connected before."""
    further = largest_remainder(SITE_COUNT - len(communes), [commune.population for commune in communes])
    extra = [(commune, number) for commune, n in zip(communes, further, strict=True) for number in range(2, n + 2)]
    order = chance.sample(range(len(extra)), len(extra))
    mobile = set(order[:MOBILE_COUNT])
    closed = set(order[:MOBILE_CLOSED_COUNT])
    before = set(order[MOBILE_COUNT : MOBILE_COUNT + CONNECTED_BEFORE - len(communes)])
    plans = [_Plan(commune, 1, False, CONNECTED_ON, None) for commune in communes]
    for place, (commune, number) in enumerate(extra):
        opened_on = CONNECTED_ON if place in before else _day(OPENING_FROM, OPENING_UNTIL, chance)
        closed_on = _day(CLOSING_FROM, CLOSING_UNTIL, chance) if place in closed else None
        plans.append(_Plan(commune, number, place in mobile, opened_on, closed_on))
    return sorted(plans, key=lambda plan: (plan.commune.province_code, plan.commune.code, plan.number))


def _place(commune: Commune, province: BaseGeometry, chance: random.Random) -> tuple[float, float]:
    """A point within about a kilometre of the commune's and inside its province, else the commune's own."""
    distance_km = JITTER_KM * math.sqrt(chance.random())
    bearing = math.tau * chance.random()
    lat = round(commune.lat + distance_km * math.cos(bearing) / KM_PER_DEGREE, 4)
    km_per_degree_lon = KM_PER_DEGREE * math.cos(math.radians(commune.lat))
    lon = round(commune.lon + distance_km * math.sin(bearing) / km_per_degree_lon, 4)
    return (lon, lat) if shapely.intersects_xy(province, lon, lat) else (commune.lon, commune.lat)


def _name(plan: _Plan) -> str:
    commune = plan.commune.name_vi[0].lower() + plan.commune.name_vi[1:]
    if plan.mobile:
        return f"Đội tiêm lưu động {plan.number} {commune} {DEMO_MARK}"
    return f"Trạm y tế {commune} {DEMO_MARK}" if plan.number == 1 else f"Điểm tiêm {plan.number} {commune} {DEMO_MARK}"


def _day(first: date, last: date, chance: random.Random) -> date:
    return first + timedelta(days=chance.randrange((last - first).days + 1))


def load_shapes(boundaries: Path) -> dict[str, BaseGeometry]:
    """Shape by province code, prepared for many point tests."""
    features = json.loads(boundaries.read_text(encoding="utf-8"))["features"]
    shapes: dict[str, BaseGeometry] = {feature["id"]: shape(feature["geometry"]) for feature in features}
    shapely.prepare(list(shapes.values()))
    return shapes


def write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """UTF-8 with a header row and LF line ends."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def main() -> None:
    """Command line of the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--reference", type=Path, default=Path("data/reference"))
    parser.add_argument("--boundaries", type=Path, default=Path("geo/boundaries/provinces_63.geojson"))
    arguments = parser.parse_args()
    communes = load_communes(arguments.reference)
    write(arguments.reference / "sites.csv", build(communes, load_shapes(arguments.boundaries), arguments.seed))


if __name__ == "__main__":
    main()
