"""What was sent and received under decisions is carried on as plain Python counts it, come late, twice or cancelled."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from campaign.allocation import Flow, flows
from campaign.ledger import Movement
from warehouse.allocation import note_allocation, recount_allocation, refresh_allocation, verify_allocation
from warehouse.records import REJECTED_COLUMNS, Staging, apply
from warehouse.sqlfiles import sql
from warehouse.writer import Warehouse

START = datetime(2021, 7, 1, tzinfo=UTC)
KINDS = ("receipt", "issue", "transfer_out", "transfer_in", "administered", "receipt", "issue", "cancel", "cancel")
TABLE = {
    "movement_id": pl.Int64, "store_code": pl.String, "lot_number": pl.String, "kind": pl.String, "doses": pl.Int64,
    "counted": pl.Int64, "occurred_at": pl.Datetime("us", "UTC"), "recorded_at": pl.Datetime("us", "UTC"),
    "counterpart_code": pl.String, "reason": pl.String, "cancels_id": pl.Int64, "decision_id": pl.Int64,
    "thawed_on": pl.Date, "version": pl.Int64,
}  # fmt: skip
Row = dict[str, Any]

movement = st.fixed_dictionaries(
    {
        "movement_id": st.integers(1, 9),
        "store_code": st.sampled_from(["P1", "P2", "R1"]),
        "lot_number": st.sampled_from(["A", "B"]),
        "kind": st.sampled_from(KINDS),
        "doses": st.integers(-5, 5),
        "hour": st.integers(0, 60),
        "counterpart_code": st.sampled_from([None, "P1", "P2", "R1"]),
        "cancels_id": st.integers(1, 9),
        "decision_id": st.sampled_from([None, 1, 1, 2]),
    }
)


def row_of(drawn: Row, version: int) -> Row:
    names = ("movement_id", "store_code", "lot_number", "kind", "doses", "counterpart_code", "decision_id")
    at = START + timedelta(hours=drawn["hour"])
    return {name: drawn[name] for name in names} | {
        "counted": None,
        "occurred_at": at,
        "recorded_at": at,
        "reason": None,
        "cancels_id": drawn["cancels_id"] if drawn["kind"] == "cancel" else None,
        "thawed_on": None,
        "version": version,
    }


def movement_of(row: Row) -> Movement:
    names = ("movement_id", "kind", "doses", "occurred_at", "recorded_at", "cancels_id")
    return Movement(
        store=row["store_code"],
        lot=row["lot_number"],
        counterpart=row["counterpart_code"],
        **{name: row[name] for name in names},
    )


class Books:
    """A warehouse that takes in movements and lines as a refresh does."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder / "warehouse", snapshot_dir=folder / "snapshots")
        self.connection = self.warehouse.connection
        self.connection.execute(
            "INSERT INTO core.store (code, level, province_code, version) "
            "VALUES ('P1', 'province', '01', 1), ('P2', 'province', '79', 1), ('R1', 'regional', NULL, 1)"
        )
        self.connection.execute(
            "INSERT INTO core.lot (lot_number, product_code, source, doses_received, doses_per_vial, version) "
            "VALUES ('A', 'p', 's', 0, 1, 1), ('B', 'p', 's', 0, 1, 1)"
        )

    def take(self, rows: list[Row], lines: list[tuple[int, str, str, int]] | None = None) -> None:
        movements = Staging(self.connection, "stock_movement", "movement_id")
        told = Staging(self.connection, "allocation_line", "line_key")
        with self.warehouse.transaction():
            none = pl.DataFrame(schema=REJECTED_COLUMNS)
            movements.add(pl.DataFrame(rows, schema=TABLE), none)
            told.add(pl.DataFrame([line_of(line) for line in lines or ()], schema=LINE), none)
            apply(self.connection, told, seen_at=START)
            note_allocation(self.connection)
            apply(self.connection, movements, seen_at=START)
            refresh_allocation(self.connection, everywhere=False)
        movements.drop()
        told.drop()

    def flows(self) -> dict[tuple[int, str, str], Flow]:
        found = self.connection.execute("FROM core.allocation_flow").fetchall()
        names = ("sent", "received", "first_sent_at", "last_sent_at", "first_received_at", "last_received_at")
        return {(row[0], row[1], row[2]): Flow(**dict(zip(names, row[3:], strict=True))) for row in found}

    def published(self) -> dict[tuple[int, str, str], Row]:
        found = self.connection.execute(sql("publish/allocation_line"))
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return {(row["decision_id"], row["store_code"], row["lot_number"]): row for row in rows}


LINE = {
    "line_key": pl.String, "decision_id": pl.Int64, "store_code": pl.String, "product_code": pl.String,
    "lot_number": pl.String, "doses": pl.Int64, "planned_on": pl.Date, "version": pl.Int64,
}  # fmt: skip


def line_of(line: tuple[int, str, str, int]) -> Row:
    decision, store, lot, doses = line
    return {
        "line_key": f"{decision}|{store}|p|{lot}",
        "decision_id": decision,
        "store_code": store,
        "product_code": "p",
        "lot_number": lot,
        "doses": doses,
        "planned_on": date(2021, 7, 3),
        "version": 1,
    }


def check(books: Books, kept: dict[int, Row], *, named: set[tuple[int, str]]) -> None:
    decisions = {row["movement_id"]: row["decision_id"] for row in kept.values() if row["decision_id"] is not None}
    wanted = flows((movement_of(row) for row in kept.values()), decisions)
    # A regional store only passes doses on, unless the decision names it.
    wanted = {key: flow for key, flow in wanted.items() if key[1] != "R1" or (key[0], key[1]) in named}
    assert books.flows() == wanted
    assert verify_allocation(books.connection) == (len(wanted), 0)
    shown = books.published()
    assert sum(row["received"] for row in shown.values()) == sum(flow.received for flow in wanted.values())
    assert sum(row["sent"] for row in shown.values()) == sum(flow.sent for flow in wanted.values())


batches = st.lists(st.tuples(st.lists(movement, min_size=1, max_size=6), st.booleans()), min_size=1, max_size=4)


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(batches)
def test_flows_are_those_of_a_plain_count(drawn: list[tuple[list[Row], bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        books = Books(Path(folder))
        kept: dict[int, Row] = {}
        named: set[tuple[int, str]] = set()
        for version, (batch, regional) in enumerate(drawn, start=1):
            rows = list({item["movement_id"]: row_of(item, version) for item in batch}.values())
            lines = [(1, "R1", "A", 7)] if regional else []
            books.take(rows, lines)
            named |= {(1, "R1")} if regional else set()
            kept |= {row["movement_id"]: row for row in rows}
            check(books, kept, named=named)
            before = books.flows()
            books.take(rows, lines)
            assert books.flows() == before, "the same batch twice changes nothing"
        recount_allocation(books.connection)
        check(books, kept, named=named)
        books.warehouse.close()


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = Books(tmp_path)
    yield books
    books.warehouse.close()


def move(number: int, kind: str, doses: int, **values: object) -> Row:
    row = {
        "store_code": "P1",
        "counterpart_code": "R1",
        "lot_number": "A",
        "hour": 0,
        "decision_id": 1,
        "cancels_id": 0,
    }
    return row_of(row | {"movement_id": number, "kind": kind, "doses": doses} | values, 1)


def issue(number: int, doses: int, **values: object) -> Row:
    return move(number, "issue", -doses, **({"store_code": "R1", "counterpart_code": "P1"} | values))


def test_planned_and_actual_of_a_recipient_stand_side_by_side(books: Books) -> None:
    """1,200 doses of lot A planned for P1 and 500 of no named lot for P2; P1 gets 1,150 of A and 60 of B."""
    books.take(
        [
            issue(1, 1200),
            move(2, "receipt", 1150, hour=30),
            move(3, "receipt", 60, lot_number="B"),
            issue(4, 500, counterpart_code="P2", lot_number="B"),
            move(5, "receipt", 300, store_code="P2", lot_number="B", hour=50),
            move(6, "cancel", -300, store_code="P2", lot_number="B", hour=51, cancels_id=5),
        ],
        [(1, "P1", "A", 1200), (1, "P2", "", 500)],
    )
    found = {key: (row["planned"], row["sent"], row["received"], row["lots"]) for key, row in books.published().items()}
    assert found == {
        (1, "P1", "A"): (1200, 1200, 1150, "A"),
        (1, "P1", ""): (0, 0, 60, "B"),
        (1, "P2", ""): (500, 500, 0, "B"),
    }
    assert books.published()[1, "P2", ""]["first_received_on"] is None, "a cancelled receipt came on no day"


def test_movements_that_name_a_decision_nobody_entered_are_shown_under_it(books: Books) -> None:
    books.take([move(1, "receipt", 40, decision_id=9)])
    decisions = books.connection.execute(sql("publish/allocation_decision")).fetchall()
    assert [(row[0], row[1], row[-1]) for row in decisions] == [(9, "", False)]
    assert books.published()[9, "P1", ""]["received"] == 40
