"""Levels of consumables: what refreshes touch is counted anew, equal to the plain replay and to a rebuild."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign.ledger import Movement, replay
from campaign.vial_monitors import VialReading, discarded, newest
from warehouse.records import Staging, apply
from warehouse.sqlfiles import sql
from warehouse.supplies import note_supplies, recount_supplies, refresh_supplies, verify_supplies
from warehouse.writer import Warehouse

Row = dict[str, Any]
START = datetime(2021, 6, 1, tzinfo=UTC)
INSTANT = pl.Datetime("us", "UTC")
TABLE = {
    **{"movement_id": pl.Int64, "store_code": pl.String, "item_code": pl.String, "batch": pl.String, "kind": pl.String},
    **{"pieces": pl.Int64, "counted": pl.Int64, "occurred_at": INSTANT, "recorded_at": INSTANT},
    **{"counterpart_code": pl.String, "cancels_id": pl.Int64, "reason": pl.String, "version": pl.Int64},
}
BAD = dict.fromkeys(("record_key", "field", "reason", "value", "expected", "row_json"), pl.String) | {
    "version": pl.Int64
}
KINDS = (
    "opening",
    "receipt",
    "issue",
    "transfer_out",
    "administered",
    "wasted_closed",
    "adjustment",
    "count",
    "cancel",
)
drawn_rows = st.fixed_dictionaries(
    {
        "movement_id": st.integers(1, 12),
        "store_code": st.sampled_from(["S", "T"]),
        "item_code": st.sampled_from(["ad", "box"]),
        "batch": st.sampled_from(["", None, "X1"]),
        "kind": st.sampled_from(KINDS),
        "pieces": st.integers(-40, 90),
        "counted": st.integers(0, 60),
        "occurred": st.integers(0, 9),
        "recorded": st.integers(0, 2),
        "cancels_id": st.integers(1, 12),
    }
)


def row_of(drawn: Row, *, version: int) -> Row:
    kind, at = drawn["kind"], START + timedelta(hours=drawn["occurred"])
    own = {name: drawn[name] for name in ("movement_id", "store_code", "item_code", "batch", "kind")}
    return own | {
        "pieces": 0 if kind == "count" else drawn["pieces"],
        "counted": drawn["counted"] if kind == "count" else None,
        "occurred_at": at,
        "recorded_at": at + timedelta(hours=drawn["recorded"]),
        "counterpart_code": None,
        "cancels_id": drawn["cancels_id"] if kind == "cancel" else None,
        "reason": None,
        "version": version,
    }


@contextmanager
def opened() -> Iterator[Warehouse]:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "w", snapshot_dir=Path(folder) / "s")
        warehouse.connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        yield warehouse
        warehouse.close()


def take(warehouse: Warehouse, rows: list[Row]) -> None:
    staging = Staging(warehouse.connection, "supply_movement", "movement_id")
    with warehouse.transaction():
        staging.add(pl.DataFrame(rows, schema=TABLE), pl.DataFrame(schema=BAD))
        note_supplies(warehouse.connection)
        apply(warehouse.connection, staging, seen_at=START)
        refresh_supplies(warehouse.connection)
    staging.drop()


FIGURES = ("on_hand", "incoming", "sent", "used", "wasted", "counted_at")


def levels(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = connection.execute(
        f"SELECT store_code, item_code || '|' || batch, {', '.join(FIGURES)} FROM core.supply_level"
    )
    return {(store, item): tuple(rest) for store, item, *rest in rows.fetchall()}


def twin(kept: dict[int, Row]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The ledger of doses replays this one, too: its lot is an item and its batch."""
    names = ("movement_id", "kind", "counted", "occurred_at", "recorded_at", "cancels_id")
    movements = [
        Movement(
            store=row["store_code"],
            lot=f"{row['item_code']}|{row['batch'] or ''}",
            doses=row["pieces"],
            **{name: row[name] for name in names},
        )
        for row in kept.values()
    ]
    return {
        pair: (found.on_hand, found.incoming, found.sent, found.administered, found.wasted, found.counted_at)
        for pair, found in replay(movements).items()
    }


def test_levels_are_those_of_the_plain_replay_whatever_comes_when() -> None:
    with opened() as warehouse:

        @settings(max_examples=25, deadline=None)
        @given(st.lists(st.lists(drawn_rows, min_size=1, max_size=6), min_size=1, max_size=4))
        def check(batches: list[list[Row]]) -> None:
            warehouse.connection.execute("DELETE FROM core.supply_movement; DELETE FROM core.supply_level")
            kept: dict[int, Row] = {}
            for version, batch in enumerate(batches):
                rows = {drawn["movement_id"]: row_of(drawn, version=version) for drawn in batch}
                take(warehouse, list(rows.values()))
                kept |= rows
                assert levels(warehouse.connection) == twin(kept)
            assert verify_supplies(warehouse.connection) == (len(twin(kept)), 0)
            recount_supplies(warehouse.connection)
            assert levels(warehouse.connection) == twin(kept)

        check()


def movement(number: int, pieces: int, *, store: str = "S", kind: str = "receipt") -> Row:
    drawn = {"movement_id": number, "store_code": store, "item_code": "ad", "batch": "", "kind": kind, "pieces": pieces}
    return row_of(drawn | {"counted": 0, "occurred": number, "recorded": 0, "cancels_id": 0}, version=number)


def test_only_what_is_touched_is_counted_anew_and_verify_finds_what_is_wrong() -> None:
    with opened() as warehouse:
        take(warehouse, [movement(1, 100), movement(2, 70, store="T")])
        warehouse.connection.execute("UPDATE core.supply_level SET on_hand = 1 WHERE store_code = 'T'")
        take(warehouse, [movement(3, -30, kind="administered")])
        found = levels(warehouse.connection)
        assert (found["S", "ad|"][0], found["T", "ad|"][0]) == (70, 1)
        assert verify_supplies(warehouse.connection) == (2, 2)
        recount_supplies(warehouse.connection)
        assert verify_supplies(warehouse.connection) == (2, 0)
        # The same again changes nothing, and touches nothing that there was not.
        take(warehouse, [movement(1, 100)])
        assert levels(warehouse.connection)["S", "ad|"][0] == 70


readings = st.lists(
    st.tuples(
        st.sampled_from(["S", "T"]), st.integers(0, 3), st.integers(1, 4), st.one_of(st.none(), st.integers(1, 90))
    ),
    min_size=1,
    max_size=8,
)


# Kind, doses, counted, hour, the movement that a cancel takes back.
vial_moves = st.lists(
    st.tuples(
        st.sampled_from(["receipt", "administered", "wasted_closed", "wasted_open", "count", "cancel"]),
        st.integers(1, 60),
        st.integers(0, 4),
        st.integers(1, 8),
    ),
    max_size=8,
)


def ledger(drawn: list[tuple[str, int, int, int]]) -> list[Movement]:
    """Of lot L in S; each cancel of something that came before it, whole, and nothing twice."""
    made: dict[int, Movement] = {}
    taken: set[int] = set()
    for number, (kind, doses, at, cancels) in enumerate(drawn, start=1):
        of = made.get(cancels)
        if kind == "cancel" and (of is None or of.kind == "cancel" or cancels in taken):
            continue
        signed = {"receipt": doses, "count": 0}.get(kind, -doses)
        when = START + timedelta(hours=at)
        if kind == "cancel" and of is not None:
            taken.add(cancels)
            signed, when = -of.doses, max(when, of.occurred_at)
        made[number] = Movement(
            movement_id=number,
            store="S",
            lot="L",
            kind=kind,
            doses=signed,
            counted=doses if kind == "count" else None,
            occurred_at=when,
            recorded_at=when,
            cancels_id=cancels if kind == "cancel" else None,
        )
    return list(made.values())


def what_is_left(reading: VialReading, movements: list[Movement], *, otherwise: int) -> int:
    """The rule, over the plain replay; `otherwise`: the level of a store without a movement."""
    found = replay(movements).get((reading.store, reading.lot))
    entries = found.entries if found else []
    before = [entry.after for entry in entries if entry.place[0] <= reading.read_at]
    wasted = sum(
        -entry.movement.doses for entry in entries if entry.kind == "wasted_closed" and entry.place[0] > reading.read_at
    )
    on_hand = found.on_hand if found else otherwise
    return discarded(reading, on_hand=on_hand, there=before[-1] if before else 0, wasted=wasted)


def write_ledger(connection: duckdb.DuckDBPyConnection, movements: list[Movement], *, level: int) -> None:
    """The movements of lot L in S, and its level, as the refresh carries it."""
    connection.execute("DELETE FROM core.stock_movement; DELETE FROM core.stock_level WHERE store_code = 'S'")
    names = ("movement_id", "store", "lot", "kind", "doses", "counted", "occurred_at", "recorded_at", "cancels_id")
    for item in movements:
        connection.execute(
            "INSERT INTO core.stock_movement (movement_id, store_code, lot_number, kind, doses, counted, occurred_at, "
            "recorded_at, cancels_id, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            [getattr(item, name) for name in names],
        )
    connection.execute(
        "INSERT INTO core.stock_level SELECT 'S', 'L', $level, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, "
        "NULL, NULL",
        {"level": level},
    )


def test_the_newest_reading_of_a_monitor_is_published_as_the_rule_has_it() -> None:
    with opened() as warehouse:
        connection = warehouse.connection
        connection.execute(
            "INSERT INTO core.store (code, level, province_code, version) VALUES ('S', 'province', '79', 1), "
            "('T', 'national', NULL, 1)"
        )
        connection.execute(
            "INSERT INTO core.stock_level SELECT 'T', 'L', 45, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, "
            "NULL, NULL"
        )

        @settings(max_examples=40, deadline=None)
        @given(readings, vial_moves)
        @example([("S", 2, 3, 100)], [("receipt", 500, 1, 1), ("wasted_closed", 100, 3, 1)])
        @example([("S", 2, 3, None)], [("receipt", 50, 1, 1), ("receipt", 500, 3, 1)])
        @example([("S", 2, 3, None)], [("receipt", 50, 1, 1), ("wasted_closed", 50, 3, 1), ("cancel", 1, 4, 2)])
        @example([("S", 2, 4, None)], [("receipt", 50, 0, 1), ("count", 30, 1, 1), ("administered", 5, 2, 1)])
        def check(drawn: list[tuple[str, int, int, int | None]], moves: list[tuple[str, int, int, int]]) -> None:
            connection.execute("DELETE FROM core.vial_reading")
            told = [
                VialReading(store=store, lot="L", stage=stage, read_at=START + timedelta(hours=at), doses=doses)
                for store, at, stage, doses in drawn
            ]
            connection.executemany(
                "INSERT INTO core.vial_reading VALUES (?, ?, 'L', ?, ?, ?, 'count', 1)",
                [[str(n), item.store, item.stage, item.doses, item.read_at] for n, item in enumerate(told)],
            )
            movements = ledger(moves)
            mine = replay(movements).get(("S", "L"))
            write_ledger(connection, movements, level=mine.on_hand if mine else 0)
            found = {
                row[0]: row[1:]
                for row in connection.execute(
                    f"SELECT store_code, area_code, stage, doses, read_at, discard FROM ({sql('publish/vial_monitor')})"
                ).fetchall()
            }
            area = {"S": "79", "T": "central"}
            levels = {"S": 0, "T": 45}
            assert found == {
                store: (
                    area[store],
                    item.stage,
                    item.doses,
                    item.read_at,
                    what_is_left(item, movements, otherwise=levels[store]),
                )
                for (store, _), item in newest(told).items()
            }

        check()
