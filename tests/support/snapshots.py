"""A real snapshot file with plausible numbers, for tests of the page that need no database and no refresh.

Every table of published.sql is filled: 63 provinces that follow the regional shares of November 2021, people of unknown
residence, doses of central units, Bình Dương above 100 %, Bạc Liêu without a portal figure for adults.
"""

from __future__ import annotations

import atexit
import csv
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from geo.apportion import largest_remainder
from tests.support.device_rows import device_rows
from tests.support.move_rows import move_rows
from tests.support.people_rows import area_tiers, people_rows
from tests.support.place_rows import districts_by_province, place_rows
from tests.support.site_rows import site_rows
from tests.support.stock_rows import stock_rows
from tests.support.trust_rows import rows_of_the_wall, trust_rows
from warehouse.database import open_database
from warehouse.files import point_to, snapshot_path

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "data" / "reference"
FIRST_DAY = date(2021, 3, 8)
AS_OF = datetime.fromisoformat("2021-11-22T14:05:00+07:00")
PRODUCTS = {"astrazeneca": 0.42, "comirnaty": 0.3, "vero_cell": 0.2, "spikevax": 0.08}
# Shares of adults with one dose and with the full series, by epidemiological region (data/reference/regional_shares).
SHARES = {"north": (0.83, 0.47), "central": (0.88, 0.4), "highlands": (0.86, 0.2), "south": (0.955, 0.72)}
SPREAD = {"north": (0.07, 0.13), "central": (0.05, 0.12), "highlands": (0.04, 0.05), "south": (0.03, 0.12)}
BAND_SHARES = {"18plus": {"18_49": 0.66, "50_64": 0.23, "65plus": 1.0}, "12_17": {"12_17": 1.0}}
# Of people with a first dose; nobody is told to have arrived or to have been screened.
REGISTERED = {
    "registered": 0.02, "approved": 0.014, "invited": 0.008, "deferred": 0.005, "cancelled": 0.003, "injected": 0.01,
    "observed": 0.985,
}  # fmt: skip
OVER_FULL = "74"  # Bình Dương: workers from elsewhere
NO_PEOPLE_YET = (
    "12"  # Lai Châu has no population in this data set, so that the page has to draw a province without a ratio
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What to write. `extra` adds doses and people to one province, so that two versions differ where a test looks."""

    version: int = 1
    as_of: datetime = AS_OF
    published_at: datetime | None = None
    one_in: int = 100
    has_boundaries: bool = True
    extra: tuple[tuple[str, int], ...] = ()
    note_vi: str = ""
    note_en: str = ""
    missing_population: str = NO_PEOPLE_YET
    with_people: bool = True
    area_names: dict[str, str] = field(default_factory=dict[str, str])  # of single provinces, instead of their own
    without: tuple[str, ...] = ()  # tables that a snapshot of before did not have; nor the views on the details then
    with_trust: bool = True  # False: a source of published tallies, which has none of the tables of records


def write_snapshot(folder: Path, recipe: Recipe | None = None, *, point: bool = True) -> Path:
    """Write the snapshot of `recipe` into `folder` and, unless told otherwise, make it the current one.

    What a recipe gives is made once a process and copied; only what tells its version and the time of the wall is
    written each time.
    """
    wanted = recipe or Recipe()
    folder.mkdir(parents=True, exist_ok=True)
    path = snapshot_path(folder, wanted.version)
    path.unlink(missing_ok=True)
    shutil.copyfile(_made(replace(wanted, version=0, published_at=None)), path)
    with open_database(":memory:") as database:
        database.execute(f"ATTACH '{path}' AS snapshot")
        for table, rows in _dated(wanted):
            if table not in wanted.without:
                _insert(database, f"snapshot.main.{table}", rows)
        database.execute("DETACH snapshot")
    if point:
        point_to(folder, wanted.version)
    return path


def _made(wanted: Recipe) -> Path:
    """The file with everything but the dated rows, made unless it is there; nobody opens it again, all copy it."""
    key = repr(wanted)
    if key not in _files:
        _files[key] = _make(wanted, _kept_here() / f"{len(_files)}.duckdb")
    return _files[key]


def _make(wanted: Recipe, path: Path) -> Path:
    with open_database(":memory:") as database:
        database.execute((ROOT / "warehouse/sql/schema/published.sql").read_text(encoding="utf-8"))
        for table, rows in _tables(wanted):
            _insert(database, f"mart.{table}", rows)
        database.execute(f"ATTACH '{path}' AS snapshot")
        tables = database.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'mart'").fetchall()
        for (table,) in tables:
            if table not in wanted.without:
                database.execute(f"CREATE TABLE snapshot.main.{table} AS FROM mart.{table}")
        if not wanted.without:
            views = (ROOT / "warehouse/sql/schema/published_views.sql").read_text(encoding="utf-8")
            database.execute(views.replace("mart.", "snapshot."))
        database.execute("DETACH snapshot")
    return path


_files: dict[str, Path] = {}


@cache
def _kept_here() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mcc-snapshots-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _dated(recipe: Recipe) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """The rows that are not the same in two snapshots of one recipe."""
    yield "snapshot_info", [_info(recipe)]
    if recipe.with_trust:
        yield from rows_of_the_wall(recipe.published_at or datetime.now(UTC))


def _insert(database: duckdb.DuckDBPyConnection, table: str, rows: Sequence[dict[str, Any]] | pa.Table) -> None:
    if not len(rows):
        return
    incoming = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows))
    database.register("incoming", incoming)
    columns = ", ".join(incoming.column_names)
    database.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM incoming")
    database.unregister("incoming")


def _tables(recipe: Recipe) -> Iterator[tuple[str, list[dict[str, Any]] | pa.Table]]:
    provinces = _reference("provinces")
    days = (recipe.as_of.date() - FIRST_DAY).days + 1
    random = np.random.default_rng(2021)
    yield "area", [{**row, "name_vi": recipe.area_names.get(row["code"], row["name_vi"])} for row in _areas(provinces)]
    yield "population", _populations(recipe)
    yield "target", _targets()
    cells = list(_people(provinces, recipe, days, random))
    if recipe.with_people:
        yield "people_by_area", [_total(cell) for cell in cells]
        yield "people_by_day", [row for cell in [*cells, *_seniors(cells)] for row in _by_day(cell)]
        districts = districts_by_province()
        yield "people_state", [row for cell in cells for row in _states(cell, districts.get(cell.area, [("", 1)]))]
    doses = _doses(cells)
    yield "doses_by_day", doses
    if recipe.with_trust:
        for table, rows in place_rows(doses, last=recipe.as_of.date()):
            yield table, rows
            if table == "doses_by_site_hour" and isinstance(rows, list):
                yield from site_rows(rows, as_of=recipe.as_of)
    if recipe.with_trust:
        yield from device_rows(as_of=recipe.as_of)
        yield from stock_rows(as_of=recipe.as_of)
        yield from move_rows(as_of=recipe.as_of)
    yield "stock_by_area", _stock(provinces, recipe, random)
    registrations = _registrations(cells)
    yield "registration_by_area", registrations
    yield "area_tier", area_tiers()
    if recipe.with_people and recipe.with_trust:
        everyone = {cell.area: (int(cell.dose1.sum()), int(cell.full.sum())) for cell in cells if cell.group == "all"}
        yield from people_rows(everyone, doses, registrations, today=recipe.as_of.date())
    yield "area_report", [{"area_code": row["code"], "last_report_on": recipe.as_of.date()} for row in provinces]
    yield "publisher_figure", []
    yield from trust_rows(doses, as_of=recipe.as_of) if recipe.with_trust else ()


def _reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _info(recipe: Recipe) -> dict[str, Any]:
    return {
        "version": recipe.version,
        "content_hash": f"{recipe.version:08d}{abs(hash(recipe.extra)) % 10**8:08d}",
        "as_of": recipe.as_of,
        "published_at": recipe.published_at or datetime.now(UTC),
        "kind": "record",
        "title_vi": "Chiến dịch tiêm chủng vắc xin phòng COVID-19",
        "title_en": "COVID-19 vaccination campaign",
        "one_in": recipe.one_in,
        "is_demo": recipe.one_in > 1,
        "denominator": "est_2021",
        "first_day": FIRST_DAY,
        "last_day": recipe.as_of.date(),
        "has_boundaries": recipe.has_boundaries,
        "note_vi": recipe.note_vi,
        "note_en": recipe.note_en,
    }


def _areas(provinces: list[dict[str, str]]) -> list[dict[str, Any]]:
    names = ("code", "name_vi", "name_en", "region_vi", "region_en")
    rows = [{**{name: row[name] for name in names}, "position": place} for place, row in enumerate(provinces)]
    blank = {"region_vi": "", "region_en": ""}
    rows.append(
        {"code": "central", "name_vi": "Đơn vị trung ương", "name_en": "Central units", **blank, "position": 900}
    )
    rows.append(
        {"code": "unknown", "name_vi": "Không rõ nơi cư trú", "name_en": "Unknown area", **blank, "position": 901}
    )
    return rows


def _populations(recipe: Recipe) -> list[dict[str, Any]]:
    return [
        {
            "area_code": row["area_code"],
            "population_group": row["population_group"],
            "version": row["version"],
            "people": round(int(row["value"]) / recipe.one_in) if row["value"] else None,
            "source": row["source"],
            "valid_from": date.fromisoformat(row["valid_from"]),
        }
        for row in _reference("populations")
        if row["area_code"] != recipe.missing_population
    ]


def _targets() -> list[dict[str, Any]]:
    return [
        {
            "target_id": row["id"],
            "population_group": row["population_group"],
            "ratio": float(row["ratio"]),
            "due_on": date.fromisoformat(row["due_on"]),
            "valid_from": date.fromisoformat(row["valid_from"]),
            "more_than": row["comparison"] == "more_than",
        }
        for row in _reference("targets")
    ]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """People of one residence and group who became dose1 and full on each day from FIRST_DAY on."""

    area: str
    group: str
    dose1: np.ndarray[Any, np.dtype[np.int64]]
    full: np.ndarray[Any, np.dtype[np.int64]]


def _people(provinces: list[dict[str, str]], recipe: Recipe, days: int, random: np.random.Generator) -> Iterator[Cell]:
    population = {
        (row["area_code"], row["population_group"]): int(row["value"]) / recipe.one_in
        for row in _reference("populations")
        if row["version"] == "est_2021"
    }
    extra = dict(recipe.extra)
    for province in provinces:
        code = province["code"]
        region = province["epi_region"]
        one, full = (random.normal(mean, spread) for mean, spread in zip(SHARES[region], SPREAD[region], strict=True))
        if code == OVER_FULL:
            one, full = 1.142, 0.93
        full = min(max(full, 0.09), one - 0.02)
        one = max(one, 0.55)
        adults, everyone = population[code, "18plus"], population[code, "all"]
        teens = 0.095 * everyone * random.uniform(0.05, 0.7)
        adult_cell = _cell(code, "18plus", adults * one, adults * full, days, random)
        dose1 = adult_cell.dose1.copy()
        dose1[-1] += extra.get(code, 0)
        adult_cell = Cell(area=code, group="18plus", dose1=dose1, full=adult_cell.full)
        teen_cell = _cell(code, "12_17", teens, teens * 0.1, days, random, start=235)
        yield adult_cell
        yield teen_cell
        yield Cell(
            area=code, group="all", dose1=adult_cell.dose1 + teen_cell.dose1, full=adult_cell.full + teen_cell.full
        )
    lost = _cell("unknown", "18plus", 180_000 / recipe.one_in, 90_000 / recipe.one_in, days, random)
    yield lost
    yield Cell(area="unknown", group="all", dose1=lost.dose1, full=lost.full)


def _cell(
    area: str, group: str, one: float, full: float, days: int, random: np.random.Generator, *, start: int = 100
) -> Cell:
    middle = 185 + random.normal(0, 9) if start == 100 else start + 14
    return Cell(
        area=area,
        group=group,
        dose1=_spread(one, middle, 21, days, random),
        full=_spread(full, middle + 33, 17, days, random),
    )


def _spread(
    total: float, middle: float, width: float, days: int, random: np.random.Generator
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """`total` people over `days` days along an S curve that ends at `total`, lower on Sundays, half a last day."""
    day = np.arange(days)
    pace = 1 / np.cosh((day - middle) / (2 * width)) ** 2 * np.where((day % 7) == 6, 0.72, 1.0)
    pace = pace * random.uniform(0.85, 1.15, days)
    pace[-1] *= 0.55
    reached = np.round(np.cumsum(pace) / pace.sum() * total).astype(np.int64)
    return np.diff(reached, prepend=0)


def _total(cell: Cell) -> dict[str, Any]:
    return {
        "area_code": cell.area,
        "population_group": cell.group,
        "dose1_people": int(cell.dose1.sum()),
        "full_people": int(cell.full.sum()),
        "boosted_people": 0,
    }


def _states(cell: Cell, districts: Sequence[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    """The same people by district, age band and state of the series; all of one sex. One in fifty is of no known
    district."""
    if cell.group == "all":
        return
    for state, bands in _bands(cell).items():
        for band, people in bands.items():
            lost = people // 50 if districts[0][0] else 0
            shares = largest_remainder(people - lost, [weight for _, weight in districts])
            places = {code: share for (code, _), share in zip(districts, shares, strict=True)}
            for district, part in ({"": lost} | places).items():
                if part > 0:
                    yield {
                        "area_code": cell.area,
                        "district_code": district,
                        "age_band": band,
                        "sex": "f",
                        "state": state,
                        "people": part,
                    }


def _bands(cell: Cell) -> dict[str, dict[str, int]]:
    """People by state and age band."""
    found: dict[str, dict[str, int]] = {}
    dose1, full = int(cell.dose1.sum()), int(cell.full.sum())
    # Whoever registered and has no dose yet is on record, too, and counts nowhere among the reached.
    for state, people in {"none": dose1 // 12, "partial": dose1 - full, "full": full}.items():
        left = people
        for band, share in BAND_SHARES[cell.group].items():
            part = min(left, round(people * share))
            left -= part
            found.setdefault(state, {})[band] = part
    return found


def _seniors(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Those of 65 and over among the adults, spread over the same days so that they end at the bands' figures."""
    for cell in cells:
        if cell.group == "18plus":
            bands = _bands(cell)
            full = bands["full"]["65plus"]
            dose1 = full + bands["partial"]["65plus"]
            yield Cell(area=cell.area, group="65plus", dose1=_part(cell.dose1, dose1), full=_part(cell.full, full))


def _part(days: np.ndarray[Any, np.dtype[np.int64]], total: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    reached = np.cumsum(days) * total // max(int(days.sum()), 1)
    return np.diff(reached, prepend=0)


def _by_day(cell: Cell) -> Iterator[dict[str, Any]]:
    for offset, (one, full) in enumerate(zip(cell.dose1.tolist(), cell.full.tolist(), strict=True)):
        if one or full:
            yield {
                "area_code": cell.area,
                "population_group": cell.group,
                "day": FIRST_DAY + timedelta(offset),
                "dose1_people": one,
                "full_people": full,
                "boosted_people": 0,
            }


def _doses(cells: list[Cell]) -> list[dict[str, Any]]:
    """One dose for each step of a person, given where they live; one in 250 by a central unit."""
    rows: list[dict[str, Any]] = []
    central: dict[date, int] = {}
    for cell in cells:
        if cell.group != "all":
            continue
        for offset, steps in enumerate((cell.dose1 + cell.full).tolist()):
            day = FIRST_DAY + timedelta(offset)
            moved = steps // 250
            central[day] = central.get(day, 0) + moved
            left = steps - moved
            for product, share in PRODUCTS.items():
                doses = left if product == "spikevax" else int((steps - moved) * share)
                left -= doses
                if doses:
                    rows.append({"area_code": cell.area, "day": day, "product": product, "doses": doses})
    rows += [
        {"area_code": "central", "day": day, "product": "comirnaty", "doses": doses}
        for day, doses in central.items()
        if doses
    ]
    return rows


def _stock(provinces: list[dict[str, str]], recipe: Recipe, random: np.random.Generator) -> list[dict[str, Any]]:
    population = {
        row["area_code"]: int(row["value"]) for row in _reference("populations") if row["version"] == "est_2021"
    }
    rows: list[dict[str, Any]] = []
    for province in provinces:
        for product, share in PRODUCTS.items():
            delivered = int(population[province["code"]] * 1.6 * share)
            on_hand = int(delivered * random.uniform(0.02, 0.16))
            rows.append(
                {
                    "area_code": province["code"],
                    "product": product,
                    "delivered": delivered,
                    "administered": delivered - on_hand,
                    "wasted": 0,
                    "on_hand": on_hand,
                }
            )
    return rows


def _registrations(cells: list[Cell]) -> list[dict[str, Any]]:
    return [
        {"area_code": cell.area, "state": state, "people": int(cell.dose1.sum() * share)}
        for cell in cells
        if cell.group == "all"
        for state, share in REGISTERED.items()
    ]
