"""Decisions about excursions are at work where the plain replay says so, whatever comes late, twice or cancelled."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from campaign.dose_marks import DecisionLine, marked
from campaign.ledger import replay
from tests.warehouse.test_stock import START, TABLE, THAWING, Books, movement_of, row_of, thawing_row
from warehouse.marks import note_lines, note_marks, recount_marks, refresh_marks, verify_marks
from warehouse.records import Staging, apply
from warehouse.sqlfiles import sql
from warehouse.stock import note_stock, refresh_stock, set_clock

Row = dict[str, Any]
TODAY = date(2021, 7, 3)
LINE = {
    "line_id": pl.Int64, "decision_id": pl.Int64, "equipment_id": pl.String, "store_code": pl.String,
    "lot_number": pl.String, "kind": pl.String, "started_at": pl.Datetime("us", "UTC"),
    "until_at": pl.Datetime("us", "UTC"), "usable_until": pl.Date, "actor": pl.String,
    "decided_at": pl.Datetime("us", "UTC"), "version": pl.Int64,
}  # fmt: skip

decision = st.fixed_dictionaries(
    {
        "line_id": st.integers(1, 8),
        "store": st.sampled_from(["S1", "S1", "S2", "S3"]),
        "device": st.sampled_from(["F1", "F2"]),
        "kind": st.sampled_from(["hold", "use", "discard", "use"]),
        "since": st.integers(0, 4),
        "hours": st.sampled_from([0, 4, 9, 12]),
        "until": st.sampled_from([None, 1, 2]),
    }
)


def line_of(drawn: Row, version: int = 1) -> Row:
    since = START + timedelta(hours=9 * drawn["since"])
    return {
        "line_id": drawn["line_id"],
        "decision_id": drawn["line_id"],
        "equipment_id": f"{drawn['store']}-{drawn['device']}",
        "store_code": drawn["store"],
        "lot_number": "A",
        "kind": drawn["kind"],
        "started_at": since,
        "until_at": since + timedelta(hours=drawn["hours"]),
        "usable_until": date(2021, 7, drawn["until"]) if drawn["kind"] == "use" and drawn["until"] else None,
        "actor": "Lê An",
        "decided_at": since,
        "version": version,
    }


def decision_line(row: Row) -> DecisionLine:
    return DecisionLine(
        line_id=row["line_id"],
        decision_id=row["decision_id"],
        equipment_id=row["equipment_id"],
        store=row["store_code"],
        lot=row["lot_number"],
        kind=row["kind"],
        since=row["started_at"],
        until=row["until_at"],
        usable_until=row["usable_until"],
    )


class Marked(Books):
    """Takes in movements and lines of decisions as a refresh does."""

    def take_both(self, rows: list[Row], lines: list[Row]) -> set[str]:
        """Returns the lots whose marks were counted anew."""
        movements = Staging(self.connection, "stock_movement", "movement_id")
        decided = Staging(self.connection, "excursion_line", "line_id")
        names = ("record_key", "field", "reason", "value", "expected", "row_json")
        none = pl.DataFrame(schema=dict.fromkeys(names, pl.String) | {"version": pl.Int64})
        with self.warehouse.transaction():
            set_clock(self.connection, today=TODAY, look_back_days=3)
            movements.add(pl.DataFrame(rows, schema=TABLE), none)
            decided.add(pl.DataFrame(lines, schema=LINE), none)
            note_stock(self.connection)
            note_marks(self.connection)
            apply(self.connection, movements, seen_at=START)
            refresh_stock(self.connection)
            note_lines(self.connection)
            apply(self.connection, decided, seen_at=START)
            noted = {row[0] for row in self.connection.execute("SELECT lot_number FROM temp.mark_lots").fetchall()}
            refresh_marks(self.connection)
        movements.drop()
        decided.drop()
        return noted

    def reach(self) -> set[tuple[str, str]]:
        found = self.connection.execute("SELECT store_code, lot_number FROM core.stock_mark_reach").fetchall()
        return {(store, lot) for store, lot in found}

    def marks(self) -> dict[tuple[str, str], frozenset[int]]:
        found: dict[tuple[str, str], set[int]] = {}
        for line, store, lot in self.connection.execute(
            "SELECT line_id, store_code, lot_number FROM core.stock_mark"
        ).fetchall():
            found.setdefault((store, lot), set()).add(line)
        return {pair: frozenset(ids) for pair, ids in found.items()}


def check(books: Marked, kept: dict[int, Row], lines: dict[int, Row]) -> None:
    balances = replay(movement_of(row) for row in kept.values())
    assert books.marks() == marked(balances, [decision_line(row) for row in lines.values()])
    assert verify_marks(books.connection)[1] == 0


@settings(
    max_examples=25,
    deadline=None,
    # Every example opens a warehouse: a failure is shown as it was found, not shrunk for minutes.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.lists(THAWING, min_size=4, max_size=12, unique_by=lambda row: row["movement_id"]),
    st.lists(decision, min_size=1, max_size=4, unique_by=lambda row: row["line_id"]),
    st.randoms(),
)
def test_marks_travel_alike_whatever_arrives_when(drawn: list[Row], decided: list[Row], random: Random) -> None:
    """Three stores send to each other, in circles too; movements and decisions late, again, cancelled, corrected."""
    plain = {item["movement_id"]: thawing_row(item, 1, {}) for item in drawn if item["kind"] != "cancel"}
    rows = plain | {
        item["movement_id"]: thawing_row(item, 1, plain) for item in drawn if item["movement_id"] not in plain
    }
    arriving = [("movement", row) for row in rows.values()] + [("line", line_of(item)) for item in decided]
    random.shuffle(arriving)
    with tempfile.TemporaryDirectory() as folder:
        books, kept, lines = Marked(Path(folder)), dict[int, Row](), dict[int, Row]()
        while arriving:
            batch, arriving = arriving[:4], arriving[4:]
            moved = [row for kind, row in batch if kind == "movement"]
            told = [row for kind, row in batch if kind == "line"]
            kept |= {row["movement_id"]: row for row in moved}
            lines |= {row["line_id"]: row for row in told}
            books.take_both(moved, told)
            check(books, kept, lines)
            before = books.marks()
            books.take_both(moved, told)
            assert books.marks() == before
        # A movement comes again in another version, in another store or at another time.
        again = random.choice(list(kept.values()))
        changed = again | {"version": 2, "store_code": random.choice(["S1", "S2"]), "occurred_at": START}
        kept[changed["movement_id"]] = changed
        books.take_both([changed], [])
        check(books, kept, lines)
        before = books.marks()
        recount_marks(books.connection)
        assert books.marks() == before
        books.warehouse.close()


def moved(number: int, store: str, kind: str, doses: int, occurred: int, other: str | None = None) -> Row:
    drawn = {"lot_number": "A", "counted": 0, "recorded": 0, "cancels_id": 1, "thawed": None, "occurred": occurred}
    return row_of(drawn | {"movement_id": number, "store_code": store, "kind": kind, "doses": doses,
                           "counterpart_code": other}, 1)  # fmt: skip


def decided(line: int, kind: str, *, store: str = "S1", device: str = "F1", until: int | None = None) -> Row:
    """About the 9 hours from the second entry on."""
    return line_of({"line_id": line, "store": store, "device": device, "kind": kind, "since": 1, "hours": 9,
                    "until": until})  # fmt: skip


def test_a_hold_goes_with_the_doses_and_ends_with_the_decision_that_takes_it_back(tmp_path: Path) -> None:
    """S1 has 10 doses when its fridge fails, sends 4 to S2 in the meantime, is emptied and gets others."""
    books, kept, lines = Marked(tmp_path), dict[int, Row](), dict[int, Row]()
    steps: tuple[tuple[list[Row], list[Row], dict[str, set[int]]], ...] = (
        ([moved(1, "S1", "opening", 10, 0)], [decided(1, "hold")], {"S1": {1}}),
        ([moved(2, "S1", "issue", -4, 1, "S2")], [], {"S1": {1}}),
        # What it sent at the very instant at which the fridge failed had not been in it.
        ([moved(3, "S2", "receipt", 4, 2, "S1")], [], {"S1": {1}}),
        ([moved(4, "S1", "issue", -4, 3, "S2"), moved(5, "S2", "receipt", 4, 4, "S1")], [], {"S1": {1}, "S2": {1}}),
        # Emptied: what comes next was never in it. S2 keeps the mark.
        ([moved(6, "S1", "wasted_closed", -2, 5), moved(7, "S1", "receipt", 9, 6)], [], {"S2": {1}}),
        # Another device of the store: a decision of its own.
        ([], [decided(2, "use", device="F2", until=2)], {"S2": {1, 2}}),
        ([], [decided(3, "use", until=1)], {"S2": {2, 3}}),
        ([], [decided(4, "use")], {"S2": {2}}),
    )
    for movements, told, wanted in steps:
        books.take_both(movements, told)
        kept |= {row["movement_id"]: row for row in movements}
        lines |= {row["line_id"]: row for row in told}
        check(books, kept, lines)
        assert books.marks() == {(store, "A"): frozenset(ids) for store, ids in wanted.items()}
    books.warehouse.close()


def test_a_line_that_comes_again_with_another_lot_leaves_no_mark_behind(tmp_path: Path) -> None:
    books = Marked(tmp_path)
    rows = [moved(1, "S1", "opening", 10, 0), moved(2, "S1", "opening", 10, 0) | {"lot_number": "B"}]
    books.take_both(rows, [decided(1, "hold")])
    assert books.marks() == {("S1", "A"): frozenset({1})}
    again = decided(1, "hold") | {"lot_number": "B", "version": 2}
    books.take_both([], [again])
    check(books, {row["movement_id"]: row for row in rows}, {1: again})
    assert books.marks() == {("S1", "B"): frozenset({1})}
    books.warehouse.close()


def test_a_decision_that_is_past_reaches_nothing(tmp_path: Path) -> None:
    """Doses that were released, at once or later, are followed no more, whatever moves."""
    books = Marked(tmp_path)
    rows = [
        moved(1, "S1", "opening", 10, 0),
        moved(2, "S1", "issue", -4, 2, "S2"),
        moved(3, "S2", "receipt", 4, 3, "S1"),
    ]
    books.take_both(rows, [decided(1, "use")])
    assert books.reach() == set()
    books.take_both([], [decided(2, "hold")])
    assert books.reach() == {("S1", "A"), ("S2", "A")}
    books.take_both([], [decided(3, "use")])
    assert books.reach() == set()
    assert books.take_both([moved(4, "S1", "receipt", 5, 4)], []) == set()
    assert verify_marks(books.connection) == (0, 0)
    books.warehouse.close()


def test_what_is_held_already_has_nothing_counted_anew(tmp_path: Path) -> None:
    """A reading begins where the last one ended, so that its first rows come twice."""
    books = Marked(tmp_path)
    opened, line = moved(1, "S1", "opening", 10, 0), decided(1, "hold")
    assert books.take_both([opened], [line]) == {"A"}
    assert books.take_both([opened], []) == set()
    assert books.take_both([], [line]) == set()
    assert books.take_both([opened | {"version": 2}], []) == {"A"}
    assert books.take_both([], [line | {"version": 2}]) == {"A"}
    books.warehouse.close()


def test_all_marks_are_counted_anew_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is replayed at a time has an upper bound. A lot is never cut."""
    lots = [f"L{number}" for number in range(8)]
    rows = [moved(at, "S1", "opening", 10, 0) | {"lot_number": lot} for at, lot in enumerate(lots, 1)]
    books = Marked(tmp_path)
    books.take_both(rows, [decided(at, "hold") | {"lot_number": lot} for at, lot in enumerate(lots, 1)])
    before = books.marks()
    replayed: list[set[str]] = []

    def seen(name: str) -> str:
        if name == "marks/marks":
            found = books.connection.execute("SELECT lot_number FROM temp.replayed").fetchall()
            replayed.append({row[0] for row in found})
        return sql(name)

    monkeypatch.setattr("warehouse.marks.sql", seen)
    monkeypatch.setattr("warehouse.marks.PIECE_MOVEMENTS", 2)
    for count in (lambda: recount_marks(books.connection), lambda: verify_marks(books.connection)):
        replayed.clear()
        count()
        assert len(replayed) == 4
        assert max(map(len, replayed)) < len(lots)
        assert sorted(lot for piece in replayed for lot in piece) == lots
    assert books.marks() == before
    # A mark of a lot that no decision is about is found, and goes.
    books.connection.execute("INSERT INTO core.stock_mark (line_id, store_code, lot_number) VALUES (9, 'S1', 'Z')")
    assert verify_marks(books.connection) == (17, 1)
    recount_marks(books.connection)
    assert books.marks() == before
    books.warehouse.close()


def test_what_was_written_off_on_the_way_brings_nothing_to_the_doses_that_are_there(tmp_path: Path) -> None:
    """S2 has 9 good doses; of 4 that S1 sent it, held and thawed, none came whole. With those that come, both come."""
    books = Marked(tmp_path)
    rows: list[Row] = [
        moved(1, "S1", "opening", 10, 0) | {"thawed_on": date(2021, 6, 1)},
        moved(2, "S2", "opening", 9, 0),
        moved(3, "S1", "issue", -4, 3, "S2"),
        moved(-2, "S2", "receipt", 4, 4, "S1") | {"reason": "nhiệt độ cao"},
        moved(-1, "S2", "wasted_closed", -4, 4, "S1") | {"reason": "nhiệt độ cao"},
    ]
    books.take_both(rows, [decided(1, "hold")])
    kept: dict[int, Row] = {row["movement_id"]: row for row in rows}
    check(books, kept, {1: decided(1, "hold")})
    assert books.marks() == {("S1", "A"): frozenset({1})}
    assert books.levels()["S2", "A"]["thawed_on"] is None
    came: list[Row] = [moved(4, "S1", "issue", -2, 5, "S2"), moved(5, "S2", "receipt", 2, 6, "S1")]
    books.take_both(came, [])
    kept |= {row["movement_id"]: row for row in came}
    check(books, kept, {1: decided(1, "hold")})
    assert books.marks() == {("S1", "A"): frozenset({1}), ("S2", "A"): frozenset({1})}
    assert books.levels()["S2", "A"]["thawed_on"] == date(2021, 6, 1)
    books.warehouse.close()


def test_what_a_discard_did_not_reach_waits(tmp_path: Path) -> None:
    """The store wrote off what it had; what it had sent on before may not be given, until somebody says so."""
    books = Marked(tmp_path)
    rows = [
        moved(1, "S1", "opening", 10, 0),
        moved(2, "S1", "issue", -4, 2, "S2"),
        moved(3, "S2", "receipt", 4, 3, "S1"),
        moved(4, "S1", "wasted_closed", -6, 4),
    ]
    books.take_both(rows, [decided(1, "hold")])
    assert books.marks() == {("S2", "A"): frozenset({1})}
    books.take_both([], [decided(2, "discard")])
    assert books.marks() == {("S2", "A"): frozenset({2})}
    books.take_both([], [decided(3, "use")])
    assert books.marks() == {}
    books.warehouse.close()


def test_a_later_excursion_of_the_same_device_takes_nothing_back() -> None:
    balances = replay([movement_of(moved(1, "S1", "opening", 10, 0))])
    held = decision_line(decided(1, "hold"))
    later = DecisionLine(
        line_id=2, decision_id=2, equipment_id=held.equipment_id, store="S1", lot="A", kind="use",
        since=datetime(2021, 8, 1, tzinfo=UTC), until=datetime(2021, 8, 2, tzinfo=UTC),
    )  # fmt: skip
    assert marked(balances, [held, later]) == {("S1", "A"): frozenset({1})}


def test_what_was_taken_back_empties_no_store(tmp_path: Path) -> None:
    """Wasted by mistake, to the last dose, and cancelled: the doses are those that were in the device, and thawed."""
    books = Marked(tmp_path)
    thawed = moved(1, "S1", "opening", 10, 0) | {"thawed_on": date(2021, 6, 1)}
    wasted = moved(2, "S1", "wasted_closed", -10, 3)
    back = moved(3, "S1", "cancel", 10, 4) | {"cancels_id": 2}
    books.take_both([thawed, wasted], [decided(1, "hold")])
    assert books.marks() == {}
    books.take_both([back], [])
    check(books, {row["movement_id"]: row for row in (thawed, wasted, back)}, {1: decided(1, "hold")})
    assert books.marks() == {("S1", "A"): frozenset({1})}
    level = books.levels()["S1", "A"]
    assert (level["on_hand"], level["thawed_on"]) == (10, date(2021, 6, 1))
    books.warehouse.close()
