"""Areas, denominators and targets of the registry's country, written beside the figures that they explain."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import duckdb
import polars as pl

from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, Target
from geo.apportion import largest_remainder
from geo.areas import Province, load_provinces
from geo.populations import Population, load_populations
from warehouse.reference import load_area_tiers, load_targets

OUTSIDE_PROVINCES = (
    (CENTRAL_UNITS, "Đơn vị trung ương", "Central units"),
    (UNKNOWN_AREA, "Chưa rõ địa bàn", "Area not known"),
)


class Reference:
    """The reference in the marts of one warehouse, written again only where this process wrote another one before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: object = None
        self._written: object = None

    def write(self, connection: duckdb.DuckDBPyConnection, *, one_in: int, decided: tuple[Target, ...]) -> None:
        """Inside the refresh's transaction; `keep` follows its commit, `forget` its rollback."""
        files = sorted((path.name, *_changed(path)) for path in self._folder.iterdir())
        wanted = (files, one_in, decided)
        if wanted != self._kept:
            write_reference(connection, self._folder, one_in=one_in, decided=decided)
        self._written = wanted

    def keep(self) -> None:
        self._kept = self._written

    def forget(self) -> None:
        self._kept = self._written = None


def _changed(path: Path) -> tuple[int, int]:
    told = path.stat()
    return told.st_mtime_ns, told.st_size


def write_reference(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, one_in: int, decided: Iterable[Target] = ()
) -> None:
    """Replace mart.area, mart.population, mart.area_tier and mart.target. Inside the refresh's transaction. `decided`:
    versions of targets that named persons decided, in that order; from the same day on the last one counts."""
    replace(connection, "area", _areas(load_provinces(folder)))
    replace(connection, "population", _populations(load_populations(folder), one_in=one_in))
    versions = {(target.target_id, target.valid_from): target for target in (*load_targets(folder), *decided)}
    replace(connection, "area_tier", pl.DataFrame([asdict(row) for row in load_area_tiers(folder)]))
    replace(connection, "target", pl.DataFrame([asdict(target) for target in versions.values()]))


def replace(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Empty mart.<table> and fill it by column name."""
    connection.execute(f"DELETE FROM mart.{table}")
    connection.register("rows", rows.to_arrow())
    connection.execute(f"INSERT INTO mart.{table} BY NAME FROM rows")
    connection.unregister("rows")


def scaled(figures: Iterable[Population], *, one_in: int) -> list[Population]:
    """Denominators of a sample of one person in `one_in`.

    The first figures of a version are one series: its areas share the nation's share to the unit. A later revision of
    one area is rounded by itself."""
    series: dict[tuple[str, str], list[Population]] = {}
    revisions: list[Population] = []
    seen: set[tuple[str, str, str]] = set()
    for figure in sorted(figures, key=lambda item: (item.valid_from, item.area_code)):
        key = (figure.version, figure.population_group, figure.area_code)
        (revisions if key in seen else series.setdefault(key[:2], [])).append(figure)
        seen.add(key)
    shared = [figure for members in series.values() for figure in _share(members, one_in)]
    return shared + [replace_value(figure, round((figure.value or 0) / one_in)) for figure in revisions]


def replace_value(figure: Population, value: int | None) -> Population:
    return dataclasses.replace(figure, value=value)


def _share(members: list[Population], one_in: int) -> list[Population]:
    known = [figure for figure in members if figure.value is not None]
    weights = [figure.value or 0 for figure in known]
    shares = largest_remainder(round(sum(weights) / one_in), weights)
    unknown = [figure for figure in members if figure.value is None]
    return [replace_value(figure, share) for figure, share in zip(known, shares, strict=True)] + unknown


def _populations(figures: Iterable[Population], *, one_in: int) -> pl.DataFrame:
    rows = [asdict(figure) for figure in scaled(figures, one_in=one_in)]
    return pl.DataFrame(rows, infer_schema_length=None).rename({"value": "people"}).drop("note")


def _areas(provinces: Iterable[Province]) -> pl.DataFrame:
    rows = [
        {
            "code": province.code,
            "name_vi": province.name_vi,
            "name_en": province.name_en,
            "region_vi": province.region_vi,
            "region_en": province.region_en,
            "position": position,
        }
        for position, province in enumerate(provinces)
    ]
    outside = [
        {
            "code": code,
            "name_vi": name_vi,
            "name_en": name_en,
            "region_vi": "",
            "region_en": "",
            "position": 1000 + index,
        }
        for index, (code, name_vi, name_en) in enumerate(OUTSIDE_PROVINCES)
    ]
    return pl.DataFrame([*rows, *outside])
