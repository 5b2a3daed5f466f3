"""Bad input: named by file, line and field. A fault of a row sets it aside; a fault of shape stops that feed alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.profile import Profile
from tests.support.declared import cells, doses_csv, publish, run, warehouse_in, write_profile

GOOD = doses_csv([("2021-05-01", "North", 10, 0), ("2021-05-01", "Centre", 20, 0), ("2021-05-02", "North", 5, 5)])
REGISTERED = "day,area,total\n2021-05-01,North,100\n2021-05-02,North,120\n"


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return write_profile(tmp_path / "profile")


HEADER = "day,area,first,second,total\n"
ROW_FAULTS = {
    "impossible date": ("1899-12-30,North,1,0,1", "day", "impossible_date", "1899-12-30", "a day from 2021-01-01 on"),
    "date to come": ("2021-05-04,North,1,0,1", "day", "in_the_future", "2021-05-04", "a day up to 2021-05-03"),
    "no date": (",North,1,0,1", "day", "missing", "", "a day as %Y-%m-%d"),
    "another date format": ("01/05/2021,North,1,0,1", "day", "not_a_date", "01/05/2021", "a day as %Y-%m-%d"),
    "text for a number": ("2021-05-02,South,many,0,1", "first", "not_a_number", "many", "a whole number"),
    "a fraction": ("2021-05-02,South,1.5,0,1", "first", "not_a_number", "1.5", "a whole number"),
    "no number": ("2021-05-02,South,1,0,", "total", "missing", "", "a whole number"),
    "negative doses": ("2021-05-02,South,-1,0,-1", "first", "negative", "-1", "0 or more"),
    "absurd number": ("2021-05-02,South,1,0,99999999999999999999999", "total", "impossible_value", None, "less than"),
    "unknown area": ("2021-05-02,West,1,0,1", "area", "unknown_code", "West", "an area of the pack"),
    "the same key again": ("2021-05-01,North,7,0,7", "area, day", "repeated_key", None, "doses.csv line 2"),
}


@pytest.mark.parametrize(("row", "field", "reason", "value", "wanted"), ROW_FAULTS.values(), ids=ROW_FAULTS)
def test_a_bad_row_is_set_aside(
    profile: Profile, tmp_path: Path, row: str, field: str, reason: str, value: str | None, wanted: str
) -> None:
    data = tmp_path / "data"
    publish(data, "2021-05-03", doses=GOOD + row + "\n", registered=REGISTERED)
    with warehouse_in(tmp_path / "state") as warehouse:
        (line,) = run(warehouse, profile, data)
        held = warehouse.connection.execute(
            "SELECT feed, source, line, field, reason, value, expected, row_json FROM core.quarantine"
        ).fetchall()
        shown = warehouse.connection.execute("FROM mart.quarantine").fetchall()
        good = cells(warehouse)
    assert (line.status, line.doses, line.quarantined, line.needs_attention) == ("applied", 40, 1, True)
    ((feed, source, number, found_field, found_reason, found_value, expected, row_json),) = held
    assert (feed, source, number) == ("doses", "2021-05-03/doses.csv", 5)
    assert (found_field, found_reason) == (field, reason)
    assert value is None or found_value == value
    assert wanted in expected
    assert all(part in row_json for part in row.split(","))
    assert shown == [("doses", field, reason, 1)]
    assert len(good) == 3
    for part in ("1 row set aside", "doses.csv line 5", field, reason):
        assert part in line.message


def test_an_unknown_product_is_set_aside_and_an_old_name_is_not(profile: Profile, tmp_path: Path) -> None:
    delivered = "day,area,product,doses\n2021-05-01,North,Alfa,100\n2021-05-01,South,Gamma,5\n"
    publish(tmp_path / "data", "2021-05-03", doses=GOOD, delivered=delivered)
    with warehouse_in(tmp_path / "state") as warehouse:
        (line,) = run(warehouse, profile, tmp_path / "data")
        stock = warehouse.connection.execute("SELECT product, delivered FROM mart.stock_by_area WHERE product <> ''")
        assert stock.fetchall() == [("Alpha", 100)]
    assert (line.delivered, line.quarantined) == (100, 1)
    assert "delivered.csv line 3: product is 'Gamma' (unknown_code); expected a product of the profile" in line.message


SHAPE_FAULTS = {
    "missing column": (
        GOOD.replace("total", "sum"),
        ["doses.csv line 1", "column 'total' is missing", "unknown column 'sum'"],
    ),
    "renamed column, hinted": (GOOD.replace("first", "firsts"), ["'first' may have become 'firsts'"]),
    "unknown column": (
        GOOD.replace("\n", ",0\n").replace("total,0", "total,extra"),
        ["doses.csv line 1", "unknown column 'extra'"],
    ),
    "two names of one field": (
        GOOD.replace("\n", ",0\n").replace("total,0", "total,full"),
        ["doses.csv line 1", "columns 'second', 'full' both stand for 'second'"],
    ),
    "column twice": (GOOD.replace("first,second", "first,first"), ["doses.csv line 1", "column 'first' appears twice"]),
    "broken encoding": (
        GOOD.encode().replace(b"Centre", b"Centr\xe9"),
        ["doses.csv line 3", "byte 0xe9 is not utf-8", "expected text in utf-8"],
    ),
    "zero byte": (GOOD.replace("20", "2\x00"), ["doses.csv line 2", "zero byte"]),
    "row cut short": (GOOD[: GOOD.rindex("5,5,")], ["doses.csv line 4", "3 columns; expected 5"]),
    "row too wide": (GOOD + "2021-05-02,Centre,1,0,1,1\n", ["doses.csv line 5", "6 columns; expected 5"]),
    "broken quotes": (GOOD + '2021-05-02,"Centre"x,1,0,1\n', ["doses.csv line 5", "expected values separated by ','"]),
    "empty file": ("", ["doses.csv", "is empty; expected a header"]),
    "another separator": (GOOD.replace(",", ";"), ["doses.csv line 1", "column 'day' is missing"]),
    "not a table": (b"\x89PNG\r\n\x1a\n\x00\x01", ["doses.csv line 1", "expected text in utf-8"]),
    "too many bad rows": (
        GOOD + "".join(f"2021-05-02,West{number},1,0,1\n" for number in range(60)),
        ["60 of 63 rows are bad, more than 5%", "doses.csv line 5", "area is 'West0'"],
    ),
}


@pytest.mark.parametrize(("content", "named"), SHAPE_FAULTS.values(), ids=SHAPE_FAULTS)
def test_a_fault_of_shape_stops_that_feed_alone(
    profile: Profile, tmp_path: Path, content: str | bytes, named: list[str]
) -> None:
    data = tmp_path / "data"
    publish(data, "2021-05-03", doses=GOOD, registered=REGISTERED)
    publish(data, "2021-05-04", doses=content, registered=REGISTERED.replace("120", "130"))
    with warehouse_in(tmp_path / "state") as warehouse:
        good, bad = run(warehouse, profile, data)
        states = dict(warehouse.connection.execute("SELECT name, state FROM mart.feed_status").fetchall())
        messages = dict(warehouse.connection.execute("SELECT name, message FROM mart.feed_status").fetchall())
        assert warehouse.connection.execute("SELECT count(*) FROM core.quarantine").fetchall() == [(0,)]
    assert (good.status, bad.status, bad.needs_attention) == ("applied", "refused", True)
    for part in named:
        assert part in bad.feeds["doses"].message
        assert part in messages["doses"]
    assert (bad.doses, bad.registered) == (good.doses, 130)
    assert (states["doses"], states["registrations"]) == ("failed", "ok")


def test_a_byte_order_mark_and_windows_lines_are_read(profile: Profile, tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    publish(tmp_path / "data", "2021-05-03", doses=content)
    with warehouse_in(tmp_path / "state") as warehouse:
        assert run(warehouse, profile, tmp_path / "data")[0].doses == 40


def test_a_missing_file_is_named_and_an_optional_one_waited_for(profile: Profile, tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish(data, "2021-05-03", registered=REGISTERED)
    with warehouse_in(tmp_path / "state") as warehouse:
        (line,) = run(warehouse, profile, data)
        states = dict(warehouse.connection.execute("SELECT name, state FROM mart.feed_status").fetchall())
    assert (line.status, line.doses, line.registered) == ("refused", 0, 120)
    assert "doses: doses.csv: is missing; expected it in 2021-05-03" in line.message
    assert states == {"doses": "failed", "registrations": "ok", "deliveries": "waiting"}


def test_an_unreadable_file_is_named(profile: Profile, tmp_path: Path) -> None:
    folder = publish(tmp_path / "data", "2021-05-03", registered=REGISTERED)
    (folder / "doses.csv").mkdir()  # it is there, and nobody can read it, whatever their rights
    with warehouse_in(tmp_path / "state") as warehouse:
        (line,) = run(warehouse, profile, tmp_path / "data")
    assert (line.status, line.registered) == ("refused", 120)
    assert "doses: doses.csv: cannot be read: Is a directory" in line.message


def test_a_negative_delivery_is_a_return_and_counts(profile: Profile, tmp_path: Path) -> None:
    delivered = "day,area,product,doses\n2021-05-01,North,Alpha,100\n2021-05-02,North,Alpha,-30\n"
    publish(tmp_path / "data", "2021-05-03", doses=GOOD, delivered=delivered)
    with warehouse_in(tmp_path / "state") as warehouse:
        (line,) = run(warehouse, profile, tmp_path / "data")
        balance = warehouse.connection.execute("SELECT sum(on_hand)::BIGINT FROM mart.stock_by_area").fetchall()
    assert (line.delivered, line.quarantined) == (70, 0)
    assert balance == [(50,)]  # North: 70 delivered, 20 given


def test_a_bad_row_keeps_the_last_good_figure_and_a_repaired_one_enters_once(profile: Profile, tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish(data, "2021-05-03", doses=GOOD)
    publish(data, "2021-05-04", doses=GOOD.replace("2021-05-02,North,5,5,10", "2021-05-02,North,5,5,ten"))
    publish(data, "2021-05-05", doses=GOOD.replace("2021-05-02,North,5,5,10", "2021-05-02,North,6,5,11"))
    with warehouse_in(tmp_path / "state") as warehouse:
        good, bad, repaired = run(warehouse, profile, data)
        assert warehouse.connection.execute("SELECT count(*) FROM core.quarantine").fetchall() == [(0,)]
        assert cells(warehouse)["N", "2021-05-02"] == 11
    assert (good.doses, bad.doses, repaired.doses) == (40, 40, 41)
    assert (bad.keys_vanished, bad.quarantined, repaired.quarantined) == (0, 1, 0)
    assert (repaired.cells_up, repaired.corrections) == (1, 1)


def test_the_same_bad_row_is_counted_once(profile: Profile, tmp_path: Path) -> None:
    bad = GOOD + "2021-05-02,West,1,0,1\n"
    for name in ("2021-05-03", "2021-05-04"):
        publish(tmp_path / "data", name, doses=bad)
    with warehouse_in(tmp_path / "state") as warehouse:
        first, second = run(warehouse, profile, tmp_path / "data")
        assert warehouse.connection.execute("SELECT count(*) FROM core.quarantine").fetchall() == [(1,)]
    assert (first.status, second.status, second.quarantined) == ("applied", "unchanged", 1)


@pytest.mark.parametrize(
    ("bad", "kept"),
    [
        pytest.param(
            "1899-12-30,North,5,5,10", {("N", "2021-05-01"), ("N", "2021-05-02")}, id="whose day is unreadable"
        ),
        pytest.param("2021-05-02,Nord,5,5,10", {("N", "2021-05-02")}, id="whose area is unreadable"),
        pytest.param("1899-12-30,Nord,5,5,10", set(), id="of which nothing is readable"),
    ],
)
def test_a_row_is_not_withdrawn_while_it_may_be_the_bad_one(
    profile: Profile, tmp_path: Path, bad: str, kept: set[tuple[str, str]]
) -> None:
    """The day that the row was about is gone from the file, and so is North's first: only what is sure is withdrawn."""
    data = tmp_path / "data"
    wide = write_profile(
        tmp_path / "profile",
        lambda raw: raw["feeds"]["doses"].update(guard={"vanished_keys": {"share": 1}, "total_fall": {"share": 1}}),
    )
    rows = [("2021-05-01", "North", 10, 0), ("2021-05-01", "Centre", 20, 0), ("2021-05-02", "North", 5, 5)]
    more = [("2021-05-03", "North", 1, 0), ("2021-05-03", "Centre", 1, 0)]
    publish(data, "2021-05-03", doses=doses_csv([*rows, *more]))
    publish(data, "2021-05-04", doses=doses_csv([rows[1], *more]) + bad + "\n")
    with warehouse_in(tmp_path / "state") as warehouse:
        _, line = run(warehouse, wide, data)
        found = set(cells(warehouse))
    assert found == {("C", "2021-05-01"), ("N", "2021-05-03"), ("C", "2021-05-03")} | kept
    assert (line.quarantined, line.keys_vanished) == (1, 2 - len(kept))
