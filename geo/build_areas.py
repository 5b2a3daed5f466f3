"""Build provinces.csv, districts.csv, communes.csv and populations.csv from the official lists.

    python -m geo.build_areas SOURCE_FOLDER [--out data/reference]

SOURCE_FOLDER holds the lists as received: provinces_63.csv, districts_2021.csv, communes_2021.csv and
denominator_revisions.csv. The lists do not add up to each other, so the populations below a province are
shared out anew: province -> districts -> communes, in proportion, by largest remainder.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from geo.apportion import largest_remainder
from geo.islands import ARCHIPELAGOS

Row = dict[str, str]

LIST_SOURCE = "gso_2021_07"
# Codes and names of the same list, with points and population weights by M. Choisy.
POINT_SOURCE = "gso_choisy_2021"
LIST_VALID_FROM = "2021-07-01"
CENSUS_DAY = "2019-04-01"
# The earliest day for which a portal table with 18+ by province is on record.
PORTAL_DAY = "2021-08-20"
ESTIMATE_DAY = "2021-01-01"
# The point list has one mean place, in open sea, for the three communes of Trường Sa: each has its own island.
ISLAND_OF_COMMUNE = {"22736": "Trường Sa Lớn", "22737": "Song Tử Tây", "22739": "Sinh Tồn"}
PORTAL_TYPO_CODES = frozenset({"31", "54"})

ISLANDS = {island.name_vi: island for island in ARCHIPELAGOS}

PROVINCE_COLUMNS = [
    "code",
    "iso",
    "name_vi",
    "full_name_vi",
    "name_en",
    "name_ascii",
    "type",
    "region",
    "region_vi",
    "region_en",
    "epi_region",
    "code_2025",
    "name_2025_vi",
    "source",
    "valid_from",
]
DISTRICT_COLUMNS = [
    "code",
    "name_vi",
    "type",
    "province_code",
    "lon",
    "lat",
    "population",
    "note",
    "source",
    "valid_from",
]
COMMUNE_COLUMNS = [
    "code",
    "name_vi",
    "type",
    "district_code",
    "province_code",
    "lon",
    "lat",
    "population",
    "source",
    "valid_from",
]
POPULATION_COLUMNS = ["area_code", "population_group", "version", "value", "valid_from", "source", "note"]


def build(source: Path, out: Path) -> None:
    """Write the four files below `out`; the same lists give the same bytes."""
    provinces = sorted(_read(source / "provinces_63.csv"), key=lambda row: row["code"])
    districts = sorted(_read(source / "districts_2021.csv"), key=lambda row: row["district_code"])
    communes = sorted(_read(source / "communes_2021.csv"), key=lambda row: row["commune_code"])
    of_district = reconcile(
        {row["code"]: int(row["pop_2021_est"]) for row in provinces},
        [(row["district_code"], row["province_code"], int(row["pop_2021_est"])) for row in districts],
    )
    with_commune = {row["district_code"] for row in communes}
    of_commune = reconcile(
        {code: people for code, people in of_district.items() if code in with_commune},
        [(row["commune_code"], row["district_code"], int(row["pop_2021_est"])) for row in communes],
    )
    write_rows(out / "provinces.csv", PROVINCE_COLUMNS, [_province(row) for row in provinces])
    write_rows(
        out / "districts.csv",
        DISTRICT_COLUMNS,
        [_district(row, of_district, with_commune) for row in districts],
    )
    write_rows(out / "communes.csv", COMMUNE_COLUMNS, [_commune(row, of_commune) for row in communes])
    revisions = _read(source / "denominator_revisions.csv")
    write_rows(out / "populations.csv", POPULATION_COLUMNS, _populations(provinces, revisions))


def reconcile(totals: dict[str, int], parts: Sequence[tuple[str, str, int]]) -> dict[str, int]:
    """People of each part (code, code of the whole, listed people) such that every whole adds up to its total."""
    members: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for code, whole, people in parts:
        members[whole].append((code, people))
    shared: dict[str, int] = {}
    for whole, total in totals.items():
        shares = largest_remainder(total, [people for _, people in members[whole]])
        shared.update(zip((code for code, _ in members[whole]), shares, strict=True))
    return shared


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A UTF-8 file with a header row and LF line ends."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _province(row: Row) -> Row:
    # "North (NIHE)" in the list: the region is what groups, its institute is in regional_stores.csv.
    epi_region = row["epi_region"].split(" ")[0].lower()
    kept = {column: row[column] for column in PROVINCE_COLUMNS if column in row}
    return kept | {"epi_region": epi_region, "source": LIST_SOURCE, "valid_from": LIST_VALID_FROM}


def _district(row: Row, people: dict[str, int], with_commune: set[str]) -> Row:
    code = row["district_code"]
    return {
        "code": code,
        "name_vi": row["district_vi"],
        "type": row["type"],
        "province_code": row["province_code"],
        "lon": row["lon"],
        "lat": row["lat"],
        "population": str(people[code]),
        "note": "" if code in with_commune else "island district without a commune; listed population is rough",
        "source": POINT_SOURCE,
        "valid_from": LIST_VALID_FROM,
    }


def _commune(row: Row, people: dict[str, int]) -> Row:
    island = ISLANDS.get(ISLAND_OF_COMMUNE.get(row["commune_code"], ""))
    return {
        "code": row["commune_code"],
        "name_vi": row["commune_vi"],
        "type": row["type"],
        "district_code": row["district_code"],
        "province_code": row["province_code"],
        "lon": str(island.lon) if island else row["lon"],
        "lat": str(island.lat) if island else row["lat"],
        "population": str(people[row["commune_code"]]),
        "source": POINT_SOURCE,
        "valid_from": LIST_VALID_FROM,
    }


def _populations(provinces: Sequence[Row], revisions: Sequence[Row]) -> list[Row]:
    figures: dict[tuple[str, str, str, str], Row] = {}

    def add(area_code: str, group: str, version: str, value: str, valid_from: str, source: str, note: str) -> None:
        values = (area_code, group, version, value, valid_from, source, note)
        figures[area_code, version, group, valid_from] = dict(zip(POPULATION_COLUMNS, values, strict=True))

    for row in provinces:
        code = row["code"]
        typo = "portal total was mistyped; census total stands in" if code in PORTAL_TYPO_CODES else ""
        add(code, "all", "portal_2021", row["pop_2019_census"], CENSUS_DAY, "census_2019", typo)
        adults = row["pop18_portal_2021"]
        missing = "" if adults else "portal published no 18+ figure"
        add(code, "18plus", "portal_2021", adults, PORTAL_DAY, "portal_2021", missing)
        official = "2021 figure published" if row["pop_note"] == "2021 sourced" else "scaled from the census"
        add(code, "all", "est_2021", row["pop_2021_est"], ESTIMATE_DAY, "est_2021", official)
        share = "18+ share imputed" if row["pop_note"] == "18+ share imputed" else "18+ share of the portal"
        add(code, "18plus", "est_2021", row["pop18_2021_est"], ESTIMATE_DAY, "est_2021", share)
    for row in revisions:
        first = row["valid_from"] == PORTAL_DAY
        note = "first published figure" if first else "portal changed its figure without saying so"
        add(row["code"], "18plus", "portal_2021", row["value"], row["valid_from"], "portal_2021", note)
    return [figures[key] for key in sorted(figures)]


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def main() -> None:
    """Command line of the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder of the lists as received")
    parser.add_argument("--out", type=Path, default=Path("data/reference"), help="folder of the reference files")
    arguments = parser.parse_args()
    build(arguments.source, arguments.out)


if __name__ == "__main__":
    main()
