"""Reads about stock by area, on tables written by hand: paces, levels below zero, a lot of an old snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import orjson
import pytest

from campaign.stock_days import StockUse, together
from cli.lot import as_json, as_lines
from tests.support.snapshots import REFERENCE, Recipe, write_snapshot
from tests.support.stock_rows import LOTS
from warehouse.database import open_database
from warehouse.files import SnapshotUnavailable, snapshot_path
from warehouse.reads_stock import lot_trace
from warehouse.reference import load_most_per_vial
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

ROOT = Path(__file__).resolve().parents[2]
UNCOUNTED: dict[str, Any] = {"counted_stores": [], "counted_lots": [], "counted": [], "way": []}
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def mart() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_database(":memory:") as database:
        database.execute((ROOT / "warehouse/sql/schema/published.sql").read_text(encoding="utf-8"))
        database.execute("USE mart")
        yield database


def paces(mart: duckdb.DuckDBPyConnection) -> dict[str, tuple[float, int]]:
    bound = {"since": date(2021, 11, 15), "until": date(2021, 11, 29), "one_in": 100}
    rows = mart.execute(sql("reads/stock_paces"), bound).fetchall()
    return {area: (daily, people) for area, _, daily, people in rows}


def test_the_pace_of_an_area_is_over_its_days_with_stock(mart: duckdb.DuckDBPyConnection) -> None:
    """A hundred schools give 1,000 on one day each; the province has a store that always had some."""
    uses = [("P79", "79", 0, 28), ("P01", "01", 140, 14), *((f"S{n}", "79", 1000, 1) for n in range(100))]
    mart.executemany("INSERT INTO stock_use VALUES (?, ?, 'p', ?, ?, 28, NULL)", [list(row) for row in uses])
    levels = [[code, "province" if code[0] == "P" else "site", area] for code, area, _, _ in uses]
    mart.executemany("INSERT INTO store (store_code, level, area_code) VALUES (?, ?, ?)", levels)
    # The central units had some for a week; the national store is none of theirs.
    mart.execute("INSERT INTO store (store_code, level, area_code) VALUES ('VN', 'national', 'central')")
    mart.execute("INSERT INTO store (store_code, level, area_code) VALUES ('H1', 'site', 'central')")
    mart.execute("INSERT INTO stock_use VALUES ('VN', 'central', 'p', 0, 28, 28, NULL)")
    mart.execute("INSERT INTO stock_use VALUES ('H1', 'central', 'p', 70, 7, 28, NULL)")
    found = paces(mart)
    assert found["79"][0] == pytest.approx(100_000 / 28)
    assert found["01"][0] == pytest.approx(10.0)
    assert found["central"][0] == pytest.approx(10.0)
    assert found[""][0] == pytest.approx(100_210 / 28)
    for area in ("79", "01"):
        assert found[area][0] == pytest.approx(
            together(StockUse(used=used, stock_days=days) for _, its, used, days in uses if its == area).daily
        )


def test_people_overdue_for_long_are_no_demand_of_today(mart: duckdb.DuckDBPyConnection) -> None:
    due = [date(2021, 8, 1), date(2021, 11, 14), date(2021, 11, 15), date(2021, 11, 29), date(2021, 11, 30)]
    mart.executemany("INSERT INTO people_due VALUES ('79', 'p', ?, ?)", [[day, 10**n] for n, day in enumerate(due)])
    assert paces(mart) == {"79": (0.0, 110_000), "": (0.0, 110_000)}


@pytest.mark.parametrize(
    ("product", "incoming", "on_hand", "coming", "negative"),
    [
        # 10-dose vials that yield up to 12: 200 beyond the 1,000 that came are explained.
        ("astrazeneca", 1000, -200, 0, 0),
        ("astrazeneca", 1000, -201, 0, 1),
        ("astrazeneca", 1000, -300, 100, 0),
        ("vero_cell", 1000, -1, 0, 1),
        ("unheard_of", 0, -1, 0, 1),
        ("astrazeneca", 1000, 0, 0, 0),
    ],
)
def test_the_vials_extra_volume_is_no_fault(
    mart: duckdb.DuckDBPyConnection, product: str, incoming: int, on_hand: int, coming: int, negative: int
) -> None:
    mart.execute("INSERT INTO store (store_code, level, area_code) VALUES ('S', 'site', '79')")
    mart.execute(
        "INSERT INTO lot (lot_number, product, source, doses_received, doses_per_vial) VALUES ('L', ?, '', 0, ?)",
        [product, 10 if product == "astrazeneca" else 1],
    )
    # 500 came and were sent on: their vials were not opened here.
    mart.execute(
        "INSERT INTO stock_by_lot (store_code, lot_number, product, area_code, incoming, shipped_out, administered, "
        "wasted, on_hand, in_transit) VALUES ('S', 'L', ?, '79', ?, 500, ?, 0, ?, ?)",
        [product, incoming + 500, incoming - on_hand, on_hand, coming],
    )
    most = load_most_per_vial(REFERENCE)
    bound: dict[str, Any] = {
        "late": datetime(2021, 11, 1, tzinfo=UTC), "products": list(most), "most": list(most.values()),
        "stores": [], "lots": [], "promised": [], "said": [], **UNCOUNTED,
    }  # fmt: skip
    rows = mart.execute(sql("reads/stock_faults"), bound).fetchall()
    assert [(row[2], row[3]) for row in rows] == ([(1, -on_hand)] if negative else [])


def test_doses_of_lots_that_central_units_did_not_enter_as_given(mart: duckdb.DuckDBPyConnection) -> None:
    """A province gave 160 of a lot of which 100 came, and vials of ten may yield two more each: 40 are left. A hospital
    received 70 of it and gave 35; of the second lot it gave all; of the third the province received what it gave."""
    stores = (("P", "site", "79"), ("H", "recipient", "central"), ("N", "national", "central"))
    mart.executemany("INSERT INTO store (store_code, level, area_code) VALUES (?, ?, ?)", stores)
    for lot in ("L1", "L2", "L3"):
        mart.execute(
            "INSERT INTO lot (lot_number, product, source, doses_received, doses_per_vial) VALUES (?, 'p', '', 0, 10)",
            [lot],
        )
    for store, area, lot, incoming, given in (
        ("P", "79", "L1", 100, 160), ("H", "central", "L1", 70, 35), ("N", "central", "L1", 5000, 0),
        ("P", "79", "L2", 0, 50), ("H", "central", "L2", 30, 30),
        ("P", "79", "L3", 90, 90), ("H", "central", "L3", 500, 0),
    ):  # fmt: skip
        mart.execute(
            "INSERT INTO stock_by_lot (store_code, lot_number, product, area_code, incoming, administered, wasted, "
            "on_hand, in_transit) VALUES (?, ?, 'p', ?, ?, ?, 0, ?, 0)",
            [store, lot, area, incoming, given, incoming - given],
        )
    bound: dict[str, Any] = {"products": ["p"], "most": [12]}
    assert mart.execute(sql("allocation/central"), bound).fetchall() == [("79", "p", 35)]


@pytest.mark.parametrize(
    ("came", "promised", "wanted"),
    [(False, 0, (1, 100, 0, 0)), (True, 0, (0, 0, 1, 100)), (True, 60, (0, 0, 1, 40)), (True, 100, None)],
)
def test_a_late_delivery_is_told_until_it_is_closed_or_somebody_says_that_it_still_comes(
    mart: duckdb.DuckDBPyConnection, came: bool, promised: int, wanted: tuple[int, ...] | None
) -> None:
    sent = datetime(2021, 10, 20, tzinfo=UTC)
    mart.execute("INSERT INTO store (store_code, level, area_code) VALUES ('S', 'province', '79')")
    mart.execute(
        "INSERT INTO stock_by_lot (store_code, lot_number, product, area_code, incoming, administered, wasted, "
        "on_hand, in_transit, last_sent_at, last_received_at) VALUES ('S', 'L', 'p', '79', 0, 0, 0, 11900, 100, ?, ?)",
        [sent, sent + timedelta(days=1) if came else None],
    )
    bound: dict[str, Any] = {
        "late": datetime(2021, 11, 1, tzinfo=UTC), "products": [], "most": [],
        "stores": ["S", "T"], "lots": ["L", "L"], "promised": [promised, 500],
        "said": [sent + timedelta(days=2)] * 2, **UNCOUNTED,
    }  # fmt: skip
    rows = mart.execute(sql("reads/stock_faults"), bound).fetchall()
    assert [row[4:] for row in rows] == ([wanted] if wanted else [])
    mart.execute("UPDATE stock_by_lot SET in_transit = 0")
    assert mart.execute(sql("reads/stock_faults"), bound | {"promised": [0, 0]}).fetchall() == []


@pytest.mark.parametrize(
    ("missing", "counted", "way", "late", "wanted"),
    [
        (100, 100, 0, False, (0, 0, 1, 100)),  # counted yesterday: nobody waits for them
        (6_100, 100, 6_000, False, (0, 0, 1, 100)),  # more is on its way, and nobody misses that
        (6_000, 100, 6_000, False, None),  # closed since
        (40, 100, 0, False, (0, 0, 1, 40)),  # a part of it
        (5_100, 100, 0, False, (0, 0, 1, 100)),  # 5,000 that left by no plan are not late
        (6_100, 100, 6_000, True, (0, 0, 1, 6_100)),  # late now, all of it, and no dose twice
    ],
)
def test_what_a_receiver_counted_as_missing_is_short_at_once(
    mart: duckdb.DuckDBPyConnection, missing: int, counted: int, way: int, late: bool, wanted: tuple[int, ...] | None
) -> None:
    sent = datetime(2021, 10, 20, tzinfo=UTC)
    mart.execute("INSERT INTO store (store_code, level, area_code) VALUES ('S', 'province', '79')")
    mart.execute(
        "INSERT INTO stock_by_lot (store_code, lot_number, product, area_code, incoming, administered, wasted, "
        "on_hand, in_transit, last_sent_at, last_received_at) VALUES ('S', 'L', 'p', '79', 0, 0, 0, 11900, ?, ?, ?)",
        [missing, sent, sent + timedelta(days=1)],
    )
    bound: dict[str, Any] = {
        "late": sent + timedelta(days=5 if late else -4), "products": [], "most": [],
        "stores": [], "lots": [], "promised": [], "said": [],
        "counted_stores": ["S"], "counted_lots": ["L"], "counted": [counted], "way": [way],
    }  # fmt: skip
    rows = mart.execute(sql("reads/stock_faults"), bound).fetchall()
    assert [row[4:] for row in rows] == ([wanted] if wanted else [])


@pytest.mark.parametrize(("without", "discard"), [((), 5_500), (("vial_monitor",), 0)])
def test_the_trace_of_a_lot_says_what_monitors_rule_out(tmp_path: Path, without: tuple[str, ...], discard: int) -> None:
    write_snapshot(tmp_path, Recipe(version=1, without=without))
    snapshots = Snapshots(tmp_path)
    try:
        found = lot_trace(snapshots, 1, "VC00007", zone=ZONE, thaw=())
        assert found is not None
        assert {store.store_code: store.discard for store in found.stores if store.discard} == (
            {"P79": discard} if discard else {}
        )
        assert any("5,500 at or past" in line for line in as_lines(found, None)) is bool(discard)
        listed = orjson.loads(orjson.dumps(as_json(found, None, seconds=0.0)))["stores"]
        assert sum(store["discard"] for store in listed) == discard
    finally:
        snapshots.close()


def test_the_page_lists_the_missing_doses_that_the_alert_counts(mart: duckdb.DuckDBPyConnection) -> None:
    late = datetime(2021, 11, 1, tzinfo=UTC)
    for store, doses, sent, came in (
        ("S1", 1, -5, None), ("S2", 10, -5, -4), ("S3", 100, 1, 2), ("S4", 1000, 1, None), ("S5", -7, 1, 2),
        ("S6", 0, -5, -4),
    ):  # fmt: skip
        mart.execute("INSERT INTO store (store_code, level, area_code) VALUES (?, 'province', '79')", [store])
        mart.execute(
            "INSERT INTO stock_by_lot (store_code, lot_number, product, area_code, incoming, administered, wasted, "
            "on_hand, in_transit, last_sent_at, last_received_at) VALUES (?, 'L', 'p', '79', 0, 0, 0, 0, ?, ?, ?)",
            [store, doses, *(None if days is None else late + timedelta(days=days) for days in (sent, came))],
        )
    nobody = {"products": [], "most": [], "stores": [], "lots": [], "promised": [], "said": [], **UNCOUNTED}
    faults = mart.execute(sql("reads/stock_faults"), {"late": late, **nobody}).fetchall()
    assert [row[4:] for row in faults] == [(1, 1, 1, 10)]
    listed = mart.execute(
        "SELECT code, doses, came FROM (" + sql("stores/deliveries") + ")", {"late": late, "areas": ["79"]}
    ).fetchall()
    assert listed == [("S2", 10, True), ("S5", -7, True), ("S1", 1, False)]


@pytest.mark.parametrize(
    ("column", "days", "wanted"),
    [
        ("last_received_at", 3, 100),
        ("last_sent_at", 3, 100),
        ("last_received_at", 2, 60),
        ("last_sent_at", 1, 60),
    ],
)
def test_what_was_said_of_a_delivery_excuses_no_later_one(
    mart: duckdb.DuckDBPyConnection, column: str, days: int, wanted: int
) -> None:
    """Of 100 missing doses, 30 and 10 of two senders were said to be expected, at the end of the second day."""
    sent = datetime(2021, 10, 20, tzinfo=UTC)
    mart.execute("INSERT INTO store (store_code, level, area_code) VALUES ('S', 'province', '79')")
    mart.execute(
        "INSERT INTO stock_by_lot (store_code, lot_number, product, area_code, incoming, administered, wasted, "
        "on_hand, in_transit, last_sent_at, last_received_at) VALUES ('S', 'L', 'p', '79', 0, 0, 0, 11900, 100, ?, ?)",
        [sent, sent],
    )
    mart.execute(f"UPDATE stock_by_lot SET {column} = ?", [sent + timedelta(days=days)])
    bound: dict[str, Any] = {
        "late": datetime(2021, 11, 1, tzinfo=UTC), "products": [], "most": [],
        "stores": ["S", "S"], "lots": ["L", "L"], "promised": [30, 10], "said": [sent + timedelta(days=2)] * 2,
        **UNCOUNTED,
    }  # fmt: skip
    [(*_, unreceived, short)] = mart.execute(
        "SELECT unreceived_doses, short_doses FROM (" + sql("reads/stock_faults") + ")", bound
    ).fetchall()
    assert unreceived + short == wanted


def test_a_lot_in_a_snapshot_from_before(tmp_path: Path) -> None:
    lot = LOTS[0][0]
    write_snapshot(tmp_path, Recipe(version=1, without=("lot_state", "store")))
    write_snapshot(tmp_path, Recipe(version=2))
    with duckdb.connect(snapshot_path(tmp_path, 2)) as database:
        database.execute("UPDATE stock_by_lot SET in_transit = NULL, lost = NULL")
    snapshots = Snapshots(tmp_path)
    try:
        with pytest.raises(SnapshotUnavailable, match="from before lots were traced"):
            lot_trace(snapshots, 1, lot, zone=ZONE, thaw=())
        found = lot_trace(snapshots, 2, lot, zone=ZONE, thaw=())
        assert found is not None
        assert (found.account.in_transit, found.account.lost) == (0, 0)
    finally:
        snapshots.close()
