"""The ledger replays from zero to what the warehouse carries on, whatever comes late, twice, cancelled or counted."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from campaign.ledger import COUNT, WASTED_CLOSED, WASTED_OPEN, Balance, Movement, Pair, account, replay
from campaign.stock_days import use_of
from warehouse.records import Staging, apply
from warehouse.sqlfiles import sql
from warehouse.stock import note_stock, recount_stock, refresh_stock, refresh_use, set_clock, verify_stock
from warehouse.writer import Warehouse

START = datetime(2021, 7, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LOOK_BACK = 3
KINDS = (
    *("opening", "receipt", "issue", "transfer_out", "transfer_in", "administered", "wasted_open", "wasted_closed"),
    *("adjustment", "count", "cancel", "count", "cancel", "receipt", "administered"),
)
TABLE = {
    "movement_id": pl.Int64, "store_code": pl.String, "lot_number": pl.String, "kind": pl.String, "doses": pl.Int64,
    "counted": pl.Int64, "occurred_at": pl.Datetime("us", "UTC"), "recorded_at": pl.Datetime("us", "UTC"),
    "counterpart_code": pl.String, "reason": pl.String, "cancels_id": pl.Int64, "decision_id": pl.Int64,
    "thawed_on": pl.Date, "version": pl.Int64,
}  # fmt: skip
Row = dict[str, Any]

movement = st.fixed_dictionaries(
    {
        # Below zero: the centre's own.
        "movement_id": st.integers(-3, 9).filter(bool),
        "store_code": st.sampled_from(["S1", "S2"]),
        "lot_number": st.sampled_from(["A", "B"]),
        "kind": st.sampled_from(KINDS),
        "doses": st.integers(-5, 5),
        "counted": st.integers(0, 9),
        "occurred": st.integers(0, 9),
        "recorded": st.integers(0, 3),
        "counterpart_code": st.sampled_from([None, "S1", "S2"]),
        "cancels_id": st.integers(-3, 9).filter(bool),
        "thawed": st.sampled_from([None, None, None, 1, 2, 3]),
        "reason": st.sampled_from([None, " ", "vỡ lọ", "đông băng"]),
    }
)


def row_of(drawn: Row, version: int) -> Row:
    """A row of the feed: hours of occurrence are spread over some days."""
    kind = drawn["kind"]
    row = {name: drawn[name] for name in ("movement_id", "store_code", "lot_number", "kind", "counterpart_code")}
    return row | {
        "doses": 0 if kind == "count" else drawn["doses"],
        "counted": drawn["counted"] if kind == "count" else None,
        "occurred_at": START + timedelta(hours=9 * drawn["occurred"]),
        "recorded_at": START + timedelta(hours=9 * drawn["occurred"] + drawn["recorded"]),
        "reason": drawn.get("reason"),
        "cancels_id": drawn["cancels_id"] if kind == "cancel" else None,
        "decision_id": None,
        "thawed_on": date(2021, 6, drawn["thawed"]) if drawn["thawed"] else None,
        "version": version,
    }


def movement_of(row: Row) -> Movement:
    names = (
        "movement_id",
        "kind",
        "doses",
        "counted",
        "occurred_at",
        "recorded_at",
        "cancels_id",
        "thawed_on",
        "reason",
    )
    return Movement(
        store=row["store_code"],
        lot=row["lot_number"],
        counterpart=row["counterpart_code"],
        **{name: row[name] for name in names},
    )


class Books:
    """A warehouse that takes in movements as a refresh does."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder / "warehouse", snapshot_dir=folder / "snapshots")
        self.connection = self.warehouse.connection
        self.connection.execute(
            "INSERT INTO core.lot (lot_number, product_code, source, doses_received, doses_per_vial, version) "
            "VALUES ('A', 'p', 's', 0, 1, 1), ('B', 'p', 's', 0, 1, 1)"
        )
        self.connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")

    def take(self, rows: list[Row], *, today: date, look_back: int = LOOK_BACK) -> None:
        staging = Staging(self.connection, "stock_movement", "movement_id")
        with self.warehouse.transaction():
            new_day = set_clock(self.connection, today=today, look_back_days=look_back)
            rejected = pl.DataFrame(
                schema=dict.fromkeys(("record_key", "field", "reason", "value", "expected", "row_json"), pl.String)
                | {"version": pl.Int64}
            )
            staging.add(pl.DataFrame(rows, schema=TABLE), rejected)
            note_stock(self.connection)
            apply(self.connection, staging, seen_at=START)
            refresh_stock(self.connection)
            refresh_use(self.connection, everywhere=new_day)
        staging.drop()

    def levels(self) -> dict[Pair, Row]:
        found = self.connection.execute("FROM core.stock_level")
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return {(row["store_code"], row["lot_number"]): row for row in rows}


FIGURES = ("on_hand", "incoming", "arrived", "sent", "administered", "wasted_open", "wasted_closed", "sent_here")


def told(balance: Balance) -> Row:
    return {name: getattr(balance, name) for name in (*FIGURES, "counted_at", "thawed_on")}


def check(books: Books, kept: dict[int, Row], *, today: date, look_back: int = LOOK_BACK) -> None:
    """Levels, differences and use as the plain replay has them; verify agrees; every lot is accounted for."""
    balances = replay(movement_of(row) for row in kept.values())
    levels = books.levels()
    assert {
        pair: {name: row[name] for name in (*FIGURES, "counted_at", "thawed_on")} for pair, row in levels.items()
    } == {pair: told(balance) for pair, balance in balances.items()}
    differing = {
        entry.movement.movement_id: entry.change
        for balance in balances.values()
        for entry in balance.entries
        if entry.kind == COUNT and entry.change
    }
    assert (
        dict(books.connection.execute("SELECT movement_id, difference FROM core.stock_count").fetchall()) == differing
    )
    by_store: dict[str, list[Balance]] = defaultdict(list)
    for (store, _), balance in balances.items():
        by_store[store].append(balance)
    local = {row["movement_id"]: row["occurred_at"].astimezone(ZONE).date() for row in kept.values()}
    days = {
        entry.movement.movement_id: local[entry.place[2]] for balance in balances.values() for entry in balance.entries
    }
    wanted = {
        store: use_of(mine, today=today, look_back_days=look_back, day_of=days) for store, mine in by_store.items()
    }
    found = books.connection.execute("SELECT store_code, used, stock_days FROM core.stock_use").fetchall()
    assert {store: (used, stock_days) for store, used, stock_days in found if used or stock_days} == {
        store: (use.used, use.stock_days) for store, use in wanted.items() if use.used or use.stock_days
    }
    check_waste(books, balances, kept, days)
    assert verify_stock(books.connection)[1] == 0
    for lot in ("A", "B"):
        arrived = sum(balance.arrived for (_, its), balance in balances.items() if its == lot)
        # What was issued to nobody is in no store and on no way.
        assert account(balances, lot, received=arrived).unexplained == sum(
            -entry.movement.doses
            for (_, its), balance in balances.items()
            if its == lot
            for entry in balance.entries
            if entry.kind in ("issue", "transfer_out") and entry.counterpart is None
        ) + _crossed(balances, lot, kept)


def check_waste(books: Books, balances: dict[Pair, Balance], kept: dict[int, Row], days: dict[int, date]) -> None:
    """Wastage by reason, which a cancel takes back under the reason of what it reverses; and of the days that are kept,
    closed vials and what has no reason."""
    reasons: dict[tuple[str, str, bool, str], int] = defaultdict(int)
    recent: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
    [(since,)] = books.connection.execute("SELECT since FROM core.stock_clock").fetchall()
    for pair, balance in balances.items():
        for entry in balance.entries:
            if entry.kind not in (WASTED_OPEN, WASTED_CLOSED):
                continue
            closed = entry.kind == WASTED_CLOSED
            reason = (kept[entry.place[2]]["reason"] or "").strip()
            reasons[*pair, closed, reason] -= entry.movement.doses
            if (day := days[entry.movement.movement_id]) >= since:
                recent[pair[0], day][0] -= entry.movement.doses * (closed and not entry.on_the_way)
                recent[pair[0], day][1] -= entry.movement.doses * (not reason)
    found = books.connection.execute("FROM core.stock_waste").fetchall()
    assert {tuple(row[:4]): row[4] for row in found} == dict(reasons)
    told = books.connection.execute(
        "SELECT store_code, day, sum(closed), sum(unsaid) FROM core.stock_day GROUP BY ALL"
    ).fetchall()
    assert {(store, day): [int(one), int(other)] for store, day, one, other in told if one or other} == {
        key: value for key, value in recent.items() if any(value)
    }


def _crossed(balances: dict[Pair, Balance], lot: str, kept: dict[int, Row]) -> int:
    """Doses that a cancel of another lot's shipment took from the way of that lot."""
    crossed = 0
    for row in kept.values():
        of = kept.get(row["cancels_id"] or 0)
        if of is None or of["kind"] not in ("issue", "transfer_out") or of["counterpart_code"] is None:
            continue
        crossed += row["doses"] * ((of["lot_number"] == lot) - (row["lot_number"] == lot))
    return crossed


batches = st.lists(st.tuples(st.lists(movement, min_size=1, max_size=5), st.integers(0, 2)), min_size=1, max_size=4)


@settings(
    max_examples=30,
    deadline=None,
    # Every example opens a warehouse: a failure is shown as it was found, not shrunk for minutes.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(batches)
def test_the_ledger_replays_from_zero_to_what_was_carried_on(drawn: list[tuple[list[Row], int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        books = Books(Path(folder))
        kept: dict[int, Row] = {}
        today = date(2021, 7, 2)
        for version, (batch, days) in enumerate(drawn, start=1):
            today += timedelta(days=days)
            rows = [row_of(item, version) for item in batch]
            # Several of one id in one batch: the registry sends one version of a movement.
            rows = list({row["movement_id"]: row for row in rows}.values())
            books.take(rows, today=today)
            kept |= {row["movement_id"]: row for row in rows}
            check(books, kept, today=today)
            # The same batch again changes nothing.
            before = books.levels()
            books.take(rows, today=today)
            assert books.levels() == before
        recount_stock(books.connection)
        check(books, kept, today=today)
        books.take([], today=today, look_back=LOOK_BACK + 4)
        check(books, kept, today=today, look_back=LOOK_BACK + 4)
        books.warehouse.close()


def test_a_receipt_by_a_slow_clock_finds_its_issue_until_an_earlier_one_comes(tmp_path: Path) -> None:
    """S2 takes in at hour 9 what S1 sent at hour 18, thawed; then it turns out that another sending came before."""
    books, kept, today = Books(tmp_path), dict[int, Row](), date(2021, 7, 4)
    link = {"lot_number": "A", "counted": 0, "recorded": 0, "cancels_id": 1, "thawed": None}
    receipt = {"movement_id": 1, "store_code": "S2", "kind": "receipt", "doses": 5, "counterpart_code": "S1"}
    sent = {"movement_id": 2, "store_code": "S1", "kind": "issue", "doses": -5, "counterpart_code": "S2"}
    steps = (
        ({**link, **receipt, "occurred": 1}, None),
        ({**link, **sent, "occurred": 2, "thawed": 3}, date(2021, 6, 3)),
        ({**link, **sent, "movement_id": 3, "occurred": 0}, None),
    )
    for version, (drawn, thawed) in enumerate(steps, start=1):
        row = row_of(drawn, version)
        books.take([row], today=today)
        kept[row["movement_id"]] = row
        check(books, kept, today=today)
        assert books.levels()["S2", "A"]["thawed_on"] == thawed
    books.warehouse.close()


def test_doses_that_never_came_whole_are_no_waste_of_the_receiver(tmp_path: Path) -> None:
    """Of 100 sent, 90 came; 6 were broken on the way and 4 are lost. What the store discards by a decision about its
    own refrigerator, for a reason that may be one of the way's, too, is its waste."""
    books, kept, today = Books(tmp_path), dict[int, Row](), date(2021, 7, 1)
    plain = {"lot_number": "A", "counted": 0, "recorded": 0, "cancels_id": 1, "thawed": None, "occurred": 0}
    rows = [
        row_of({**plain, "movement_id": number, "store_code": store, "kind": kind, "doses": doses,
                "counterpart_code": other, "reason": reason}, 1)
        for number, store, kind, doses, other, reason in (
            (1, "S1", "issue", -100, "S2", None), (2, "S2", "receipt", 90, "S1", None),
            (-6, "S2", "receipt", 6, "S1", "vỡ lọ"), (-5, "S2", "wasted_closed", -6, "S1", "vỡ lọ"),
            (-4, "S2", "receipt", 4, "S1", "mất"), (-3, "S2", "adjustment", -4, "S1", "mất"),
            (-2, "S2", "wasted_closed", -20, None, "nhiệt độ cao"), (3, "S2", "wasted_closed", -1, None, "vỡ lọ"),
        )
    ]  # fmt: skip

    def week() -> tuple[int, int]:
        [(handled, closed)] = books.connection.execute(
            "SELECT handled, closed FROM (" + sql("publish/stock_week") + ")", {"waste_days": 7}
        ).fetchall()
        return handled, closed

    books.take(rows, today=today)
    kept |= {row["movement_id"]: row for row in rows}
    check(books, kept, today=today)
    assert week() == (90, 21)
    # A cancel has the store and lot counted anew, and not carried on.
    back = row_of({**plain, "movement_id": 4, "store_code": "S2", "kind": "cancel", "doses": 1, "cancels_id": 3,
                   "counterpart_code": None}, 2)  # fmt: skip
    books.take([back], today=today)
    check(books, kept | {4: back}, today=today)
    assert week() == (90, 20)
    recount_stock(books.connection)
    assert week() == (90, 20)
    books.warehouse.close()


THAWING = st.fixed_dictionaries(
    {
        "movement_id": st.integers(-4, 12),
        "store_code": st.sampled_from(["S1", "S2", "S3"]),
        "lot_number": st.just("A"),
        "kind": st.sampled_from(["receipt", "transfer_in", "issue", "transfer_out", "adjustment", "cancel", "count"]),
        "doses": st.integers(1, 4),
        "counted": st.sampled_from([0, 5]),
        "occurred": st.integers(0, 4),
        "recorded": st.integers(0, 1),
        "counterpart_code": st.sampled_from(["S1", "S2", "S3"]),
        "cancels_id": st.integers(-4, 12),
        "thawed": st.sampled_from([None, None, None, 1, 2, 3]),
        "reason": st.sampled_from([None, "vỡ lọ"]),
    }
)


def thawing_row(drawn: Row, version: int, cancelled: dict[int, Row]) -> Row:
    """What leaves is below zero, and a cancel takes back all of what it cancels, as a registry has it."""
    row = row_of(drawn, version)
    of = cancelled.get(drawn["cancels_id"]) if drawn["kind"] == "cancel" else None
    if of is not None:
        return row | {"doses": -of["doses"], "store_code": of["store_code"], "counterpart_code": None}
    return row | ({"doses": -drawn["doses"]} if drawn["kind"] in ("issue", "transfer_out") else {})


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(THAWING, min_size=4, max_size=12, unique_by=lambda row: row["movement_id"]), st.randoms())
def test_thaw_clocks_travel_alike_whatever_arrives_when(drawn: list[Row], random: Random) -> None:
    """Three stores send to each other, in circles too, with and without a thaw date; late and cancelled movements."""
    plain = {item["movement_id"]: thawing_row(item, 1, {}) for item in drawn if item["kind"] != "cancel"}
    rows = plain | {
        item["movement_id"]: thawing_row(item, 1, plain) for item in drawn if item["movement_id"] not in plain
    }
    # Every order of arrival ends at the same clocks, and each step on the way is what a replay of it gives.
    arriving = list(rows.values())
    random.shuffle(arriving)
    with tempfile.TemporaryDirectory() as folder:
        books, kept, today = Books(Path(folder)), dict[int, Row](), date(2021, 7, 3)
        while arriving:
            batch, arriving = arriving[:3], arriving[3:]
            books.take(batch, today=today)
            kept |= {row["movement_id"]: row for row in batch}
            check(books, kept, today=today)
            assert verify_stock(books.connection)[1] == 0
        books.warehouse.close()
