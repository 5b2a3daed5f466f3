"""Every published count beside a slow, obvious twin: random records through the warehouse and through plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.series import Injection, SeriesState, evaluate
from etl.marts import About, rebuild_marts
from etl.reference import write_reference
from tests.support.registry import REFERENCE
from warehouse.people import refresh_series
from warehouse.records import REJECTED_COLUMNS, Staging, apply, people_of
from warehouse.reference import load_series_rules
from warehouse.writer import Warehouse

NOW = datetime(2021, 12, 31, 5, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SITES = {"a": ("79", None), "b": ("01", None), "c": (None, "QD"), "d": (None, None)}
RULES = load_series_rules(REFERENCE)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    with TemporaryDirectory() as folder:
        opened = Warehouse(Path(folder), snapshot_dir=Path(folder) / "snapshots")
        yield opened
        opened.close()


instants = st.integers(0, 290 * 24 * 60).map(lambda n: datetime(2021, 3, 8, tzinfo=UTC) + timedelta(minutes=n))
people = st.lists(
    st.tuples(
        st.sampled_from(["79", "01", "40", "xx", None]),  # residence, one of them unknown to the list of areas
        st.lists(
            st.tuples(
                instants,
                st.sampled_from(["astrazeneca", "comirnaty", "abdala", "vero_cell"]),
                st.sampled_from(sorted(SITES)),
                st.booleans(),  # voided
                st.sampled_from([5, 12, 17, 18, 60, None]),
                st.integers(0, 40),  # days until it was recorded
            ),
            max_size=4,
        ),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(people=people)
def test_the_marts_equal_their_twin(warehouse: Warehouse, people: list[tuple[str | None, list[tuple]]]) -> None:
    persons, doses = rows_of(people)
    connection = warehouse.connection
    for table in ("person", "dose", "person_series", "site", "area", "quarantine", "feed_state"):
        connection.execute(f"DELETE FROM core.{table}")
    connection.executemany(
        "INSERT INTO core.site BY NAME SELECT $code AS code, 'fixed' AS kind, $province AS province_code, "
        "$recipient AS recipient_code, DATE '2021-03-01' AS opened_on, 1 AS version",
        [{"code": code, "province": province, "recipient": recipient} for code, (province, recipient) in SITES.items()],
    )
    connection.execute(
        "INSERT INTO core.area BY NAME "
        "SELECT unnest(['79','01','40']) AS code, 'province' AS level, '' AS name_vi, 1 AS version"
    )
    with warehouse.transaction():
        for feed, key, frame in (("person", "person_key", persons), ("dose", "dose_id", doses)):
            staging = Staging(connection, feed, key)
            staging.add(frame, pl.DataFrame(schema=REJECTED_COLUMNS))
            if feed == "dose":
                people_of(connection, staging)
            apply(connection, staging, seen_at=NOW)
        refresh_series(connection, RULES)
        write_reference(connection, REFERENCE, one_in=1)
        about = About(as_of=NOW, wall_now=NOW, one_in=1, is_demo=False, denominator="est_2021", adult_age=18)
        rebuild_marts(connection, about, version=1)
    given_doses = [dose for dose in doses.to_dicts() if not dose["voided"]]
    assert table_of(warehouse, "doses_by_day", "area_code, day, product, doses") == twin_doses_by_day(given_doses)
    assert table_of(warehouse, "doses_by_recorded_day", "area_code, day, lag_bucket, doses") == twin_recorded(
        given_doses
    )
    assert people_by_area(warehouse) == twin_people(persons.to_dicts(), given_doses)
    assert all(row[0] for row in connection.execute("SELECT holds FROM mart.invariant").fetchall())


def rows_of(people: list[tuple[str | None, list[tuple]]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    persons = [
        {"person_key": f"p{n}", "birth_year": 1980, "sex": "f", "province_code": residence, "district_code": None}
        | {"group_bits": 0, "version": 1}
        for n, (residence, _) in enumerate(people)
    ]
    doses = [
        {
            "dose_id": n * 10 + m,
            "person_key": f"p{n}",
            "product_code": product,
            "dose_number": 1,
            "lot_number": "L",
            "site_code": site,
            "injected_at": at,
            "recorded_at": at + timedelta(days=lag),
            "identity_status": "matched",
            "voided": voided,
            "age_years": age,
            "version": 1,
        }
        for n, (_, events) in enumerate(people)
        for m, (at, product, site, voided, age, lag) in enumerate(events)
    ]
    return pl.DataFrame(persons), pl.DataFrame(doses, schema=DOSE_SCHEMA)


DOSE_SCHEMA = {
    "dose_id": pl.Int64,
    "person_key": pl.String,
    "product_code": pl.String,
    "dose_number": pl.Int16,
    "lot_number": pl.String,
    "site_code": pl.String,
    "injected_at": pl.Datetime("us", "UTC"),
    "recorded_at": pl.Datetime("us", "UTC"),
    "identity_status": pl.String,
    "voided": pl.Boolean,
    "age_years": pl.Int16,
    "version": pl.Int64,
}


def table_of(warehouse: Warehouse, table: str, columns: str) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for *key, count in warehouse.connection.execute(f"SELECT {columns} FROM mart.{table}").fetchall():
        found[tuple(key)] += count
    return found


def local_day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def place(site: str) -> str:
    province, recipient = SITES[site]
    return province or ("central" if recipient else "unknown")


def twin_doses_by_day(doses: list[dict]) -> Counter[tuple[object, ...]]:
    return Counter((place(d["site_code"]), local_day(d["injected_at"]), d["product_code"]) for d in doses)


def twin_recorded(doses: list[dict]) -> Counter[tuple[object, ...]]:
    def bucket(days: int) -> str:
        for name, last in (("0", 0), ("1_3", 3), ("4_7", 7), ("8_30", 30)):
            if days <= last:
                return name
        return "over_30"

    return Counter(
        (
            place(d["site_code"]),
            local_day(d["recorded_at"]),
            bucket((local_day(d["recorded_at"]) - local_day(d["injected_at"])).days),
        )
        for d in doses
    )


def people_by_area(warehouse: Warehouse) -> Counter[tuple[str, str, str]]:
    """People by (area, group, how far they got); cells with nobody left out."""
    found: Counter[tuple[str, str, str]] = Counter()
    query = "SELECT area_code, population_group, dose1_people, full_people, boosted_people FROM mart.people_by_area"
    for area, group, *counts in warehouse.connection.execute(query).fetchall():
        for name, count in zip(("dose1", "full", "boosted"), counts, strict=True):
            found[area, group, name] += count
    return +found


def twin_people(persons: list[dict], doses: list[dict]) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for person in persons:
        own = {d["dose_id"]: d for d in doses if d["person_key"] == person["person_key"]}
        events = [
            Injection(day=local_day(d["injected_at"]), product=d["product_code"], dose_id=d["dose_id"])
            for d in own.values()
        ]
        series = evaluate(events, RULES)
        if series.first_dose_id is None:
            continue
        area = person["province_code"] if person["province_code"] in ("79", "01", "40") else "unknown"
        age = own[series.first_dose_id]["age_years"]
        for group in ("all", group_of(age)):
            for name, least in (
                ("dose1", SeriesState.PARTIAL),
                ("full", SeriesState.FULL),
                ("boosted", SeriesState.BOOSTED),
            ):
                found[area, group, name] += series.state >= least
    return +found


def group_of(age: int | None) -> str:
    if age is None:
        return "unknown_age"
    if age >= 18:
        return "18plus"
    return "12_17" if age >= 12 else "5_11"
