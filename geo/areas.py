"""The reference areas as typed rows: provinces, districts, communes and sites.

Every loader takes the folder of reference files and reads one of them; nothing is kept between calls.
The files' rules and sources are in the README beside them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar, cast

from campaign.regroup import Successor
from geo.rows import ReferenceFault, Row, load_rows, one_of
from geo.text import collation_key, fold_text

__all__ = [
    "Commune",
    "District",
    "Province",
    "ReferenceFault",
    "Site",
    "collation_key",
    "fold_text",
    "load_communes",
    "load_districts",
    "load_provinces",
    "load_sites",
    "load_successors",
    "regroup_2025",
    "successors_2025",
]

EpiRegion = Literal["north", "central", "highlands", "south"]
_Number = TypeVar("_Number", int, float)


DEMO_MARK, DEMO_MARK_EN = "(minh họa)", "(demo)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """One of the 63 first-level areas of 1 July 2021, with the area it belongs to since 1 July 2025."""

    code: str
    iso: str
    name_vi: str
    full_name_vi: str
    name_en: str
    name_ascii: str
    type: Literal["province", "municipality"]
    region: str
    region_vi: str
    region_en: str
    epi_region: EpiRegion
    code_2025: str
    name_2025_vi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """One of the 705 districts; `population` in people of est_2021. Five islands have no commune below them."""

    code: str
    name_vi: str
    type: str
    province_code: str
    lon: float
    lat: float
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """One of the 10,603 communes; one point and the people of est_2021."""

    code: str
    name_vi: str
    type: str
    district_code: str
    province_code: str
    lon: float
    lat: float
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A vaccination site (fictional); `closed_on` is the first day without service, None while it serves."""

    code: str
    name_vi: str
    commune_code: str
    district_code: str
    province_code: str
    kind: Literal["fixed", "mobile"]
    lon: float
    lat: float
    opened_on: date
    closed_on: date | None

    @property
    def name_en(self) -> str:
        """The Vietnamese name, as that of a place is; the mark of the fictional alone is said in English."""
        return self.name_vi.replace(DEMO_MARK, DEMO_MARK_EN)


def load_provinces(folder: Path) -> tuple[Province, ...]:
    """The 63 provinces in order of code."""
    return load_rows(folder / "provinces.csv", _province)


def load_districts(folder: Path) -> tuple[District, ...]:
    """The 705 districts in order of code."""
    return load_rows(folder / "districts.csv", _district)


def load_communes(folder: Path) -> tuple[Commune, ...]:
    """The 10,603 communes in order of code."""
    return load_rows(folder / "communes.csv", _commune)


def load_sites(folder: Path) -> tuple[Site, ...]:
    """The 19,500 sites in order of code."""
    return load_rows(folder / "sites.csv", _site)


def load_successors(folder: Path) -> tuple[Successor, ...]:
    """The 34 areas of 2025 in order of code, each with the provinces of 2021 that went into it."""
    rows = load_rows(folder / "areas_2025.csv", lambda row: row)
    named = {row["code"]: row for row in rows}
    return tuple(
        Successor(
            code=code,
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            members=tuple(sorted(item["code_2021"] for item in rows if item["code"] == code)),
        )
        for code, row in sorted(named.items())
    )


def successors_2025(provinces: Iterable[Province]) -> dict[str, str]:
    """Code of 2021 -> code of the area it belongs to since 1 July 2025."""
    return {province.code: province.code_2025 for province in provinces}


def regroup_2025(values: Mapping[str, _Number], provinces: Iterable[Province]) -> dict[str, _Number]:
    """Additive figures of the 63 provinces summed to the 34 areas of 2025, keyed by `code_2025`.

    Only for counts: a ratio has to be recomputed from its two regrouped counts.
    Raises KeyError on a code that is not one of the 63, so that no figure is lost on the way.
    """
    successor = successors_2025(provinces)
    regrouped: dict[str, _Number] = {}
    for code, value in values.items():
        target = successor[code]
        regrouped[target] = regrouped[target] + value if target in regrouped else value
    return regrouped


def _province(row: Row) -> Province:
    return Province(
        code=row["code"],
        iso=row["iso"],
        name_vi=row["name_vi"],
        full_name_vi=row["full_name_vi"],
        name_en=row["name_en"],
        name_ascii=row["name_ascii"],
        type=cast(Literal["province", "municipality"], one_of(row["type"], "province", "municipality")),
        region=row["region"],
        region_vi=row["region_vi"],
        region_en=row["region_en"],
        epi_region=cast(EpiRegion, one_of(row["epi_region"], "north", "central", "highlands", "south")),
        code_2025=row["code_2025"],
        name_2025_vi=row["name_2025_vi"],
    )


def _district(row: Row) -> District:
    return District(
        code=row["code"],
        name_vi=row["name_vi"],
        type=row["type"],
        province_code=row["province_code"],
        lon=float(row["lon"]),
        lat=float(row["lat"]),
        population=int(row["population"]),
    )


def _commune(row: Row) -> Commune:
    return Commune(
        code=row["code"],
        name_vi=row["name_vi"],
        type=row["type"],
        district_code=row["district_code"],
        province_code=row["province_code"],
        lon=float(row["lon"]),
        lat=float(row["lat"]),
        population=int(row["population"]),
    )


def _site(row: Row) -> Site:
    return Site(
        code=row["code"],
        name_vi=row["name_vi"],
        commune_code=row["commune_code"],
        district_code=row["district_code"],
        province_code=row["province_code"],
        kind=cast(Literal["fixed", "mobile"], one_of(row["kind"], "fixed", "mobile")),
        lon=float(row["lon"]),
        lat=float(row["lat"]),
        opened_on=date.fromisoformat(row["opened_on"]),
        closed_on=date.fromisoformat(row["closed_on"]) if row["closed_on"] else None,
    )
