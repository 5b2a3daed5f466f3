"""What a bench's registry holds before anything changes: areas, sites, stores, lots and devices of the country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import psycopg
from psycopg import sql

from warehouse.engine.slots import FIRST_DAY

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Days since FIRST_DAY: 8 March 2021, the first dose; and the campaign's "today", 500 days on.
BEGIN, DAYS = 432, 500
TODAY = BEGIN + DAYS
LOTS_A_PRODUCT = 60
# 5.8 million readings a day, one in five minutes from each device.
DEVICES = 20_139
PRODUCTS = ("abdala", "astrazeneca", "comirnaty", "spikevax", "vero_cell")
# Weight of each of PRODUCTS among first doses.
FIRST_WEIGHTS = (0.02, 0.35, 0.31, 0.07, 0.25)
NOW = datetime.combine(FIRST_DAY + timedelta(TODAY), time(20), ZONE).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """districts: code, name_vi, province_code, population. sites: code, name_vi, district_code, province_code."""

    districts: pl.DataFrame
    sites: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Country:
        districts = pl.read_csv(folder / "districts.csv", infer_schema=False)
        sites = pl.read_csv(folder / "sites.csv", infer_schema=False)
        return cls(
            districts=districts.select("code", "name_vi", "province_code", pl.col("population").cast(pl.Int64)),
            sites=sites.select("code", "name_vi", "district_code", "province_code"),
        )


def lot_code(product: str, index: int) -> str:
    return f"{product[:4].upper()}{index:04d}"


def store_of(site: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("S-"), site)


def copy_rows(connection: psycopg.Connection, table: str, rows: pl.DataFrame) -> None:
    """Into an existing table, named with its schema where it has one; columns by name."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in rows.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(*table.split(".")), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in rows.iter_slices(200_000):
            copy.write(piece.write_csv(include_header=False).encode())


def seed_registry(url: str, reference_dir: Path, *, wall_now: datetime, devices: int) -> None:
    """Fill an empty, migrated registry. Its campaign clock stands at NOW at the instant `wall_now` and runs with it."""
    country = Country.read(reference_dir)
    facts = {
        "kind": "bench",
        "clock_campaign_start": NOW.isoformat(),
        "clock_wall_start": wall_now.isoformat(),
        "clock_speed": "1",
    }
    with psycopg.connect(url) as connection:
        copy_rows(
            connection, "registry.dataset_fact", pl.DataFrame({"name": list(facts), "value": list(facts.values())})
        )
        _areas(connection, country, reference_dir)
        opened = {"kind": "fixed", "opened_on": "2021-03-01"}
        copy_rows(connection, "registry.site", _with(country.sites, opened))
        stores = country.sites.select(
            store_of(pl.col("code")).alias("code"), "name_vi", "province_code", "district_code",
            pl.col("code").alias("site_code"),
        )  # fmt: skip
        copy_rows(connection, "registry.store", _with(stores, {"level": "site"}))
        copy_rows(connection, "registry.lot", _lots())
        devices_of = stores["code"].gather([index % len(stores) for index in range(devices)])
        equipment = pl.DataFrame(
            {"equipment_id": [f"F{index:06d}" for index in range(devices)], "store_code": devices_of}
        )
        limits = {"kind": "fridge", "storage_class": "refrigerator", "reporting_mode": "live"}
        copy_rows(
            connection, "registry.equipment", _with(equipment, {**limits, "low_limit_c": 2.0, "high_limit_c": 8.0})
        )


def _areas(connection: psycopg.Connection, country: Country, reference_dir: Path) -> None:
    source = {"source": "bench", "valid_from": "2021-07-01"}
    provinces = pl.read_csv(reference_dir / "provinces.csv", infer_schema=False).select("code", "name_vi", "name_en")
    copy_rows(connection, "registry.area", _with(provinces, {**source, "level": "province"}))
    districts = country.districts.select("code", "name_vi", pl.col("province_code").alias("parent_code"))
    copy_rows(connection, "registry.area", _with(districts, {**source, "level": "district"}))


def _lots() -> pl.DataFrame:
    rows = [(lot_code(product, index), product) for product in PRODUCTS for index in range(LOTS_A_PRODUCT)]
    lots = pl.DataFrame(rows, schema=["lot_number", "product_code"], orient="row")
    return _with(lots, {"source": "covax", "doses_received": 800_000, "doses_per_vial": 10, "vials_per_tray": 20})


def _with(rows: pl.DataFrame, values: Mapping[str, object]) -> pl.DataFrame:
    return rows.with_columns(**{name: pl.lit(value) for name, value in values.items()})
