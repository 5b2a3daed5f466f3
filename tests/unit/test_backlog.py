"""What is fresh never waits behind a backlog, and of a backlog nothing is left out, whatever order commits come in."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.feeds.position import ClockPosition, XidPosition, parse, restarted
from etl.feeds.spans import MOST_GAPS, Edge, Snapshot, Span, few, outside
from tests.support.commits import SECOND, Reader, Row, Table, is_in, visible

KEYS = 60
ACTIONS = st.tuples(
    st.sampled_from(["write", "write", "write", "open", "close", "abort", "read", "read"]),
    st.integers(0, KEYS),
    st.sampled_from([1, 1, 2, 5, 12, 40]),
)


def act(table: Table, action: str, number: int, rows: int) -> None:
    """`write` is a transaction of its own; `open` and what follows are long ones that overlap with others."""
    table.clock_us += number * SECOND // 20
    who = table.open[number % len(table.open)] if table.open else None
    if action == "write":
        short = table.begin()
        table.write(short, range(number, number + rows))
        table.end(short, commits=True)
    elif action == "open" or who is None:
        table.write(table.begin(), range(number, number + rows))
    else:
        table.write(who, range(number, number + rows))
        table.end(who, commits=action == "close")


def read(reader: Reader, committed_before: int) -> None:
    """One reading, and all that it promises."""
    before = {row.key: row.value for row in reader.behind()}
    fresh = [row for row in reader.table.rows.values() if row.committed > committed_before]
    position = reader.position()
    if isinstance(position, ClockPosition):
        # By its time, what a long transaction brings cannot be told from a backlog that was written meanwhile.
        fresh = [row for row in fresh if row.stamp >= position.source_us]
    taken = reader.read()
    gaps = reader.position().gaps
    for row in reader.behind():
        assert any(is_in(row, gap) for gap in gaps), "neither held nor known to be missing"
    if len(fresh) <= reader.max_rows:
        assert not {row.key for row in fresh} & {row.key for row in reader.behind()}, "a fresh row waited"
    else:
        # Of a divided transaction of a few rows, a part may be empty by chance.
        assert reader.divided or len(before) > len(reader.behind()), "nothing came in"
    if not reader.table.by_clock:
        assert max(reader.times.values(), default=0) <= 1, "read twice"
        assert reader.divided or len(taken) <= 2 * reader.max_rows


@pytest.mark.parametrize("by_clock", [False, True], ids=["xid8", "open_transactions"])
@given(actions=st.lists(ACTIONS, max_size=60), max_rows=st.sampled_from([1, 3, 10, 25]))
def test_whatever_is_written_all_of_it_is_read_and_the_fresh_at_once(
    by_clock: bool, actions: list[tuple[str, int, int]], max_rows: int
) -> None:
    table = Table(by_clock=by_clock)
    reader = Reader(table, max_rows)
    committed = 0
    for action, number, rows in actions:
        if action == "read":
            read(reader, committed)
            committed = table.commits
        else:
            act(table, action, number, rows)
    for who in list(table.open):
        table.end(who, commits=True)
    table.clock_us += 10 * SECOND
    for _ in range(2 * len(table.rows) + len(reader.position().gaps) + 2):
        read(reader, committed)
        committed = table.commits
    assert reader.position().gaps == ()
    assert {row.key: row.value for row in table.rows.values()} == {key: held[0] for key, held in reader.held.items()}


def filled(table: Table, transactions: int, *, rows: int, first: int = 1000) -> None:
    for number in range(transactions):
        who = table.begin()
        table.write(who, range(first + number * rows, first + (number + 1) * rows))
        table.end(who, commits=True)


@pytest.mark.parametrize("by_clock", [False, True], ids=["xid8", "open_transactions"])
def test_a_record_after_the_backlog_comes_before_all_of_it(by_clock: bool) -> None:
    """Committed before the first reading even: both are then the same reading's."""
    table = Table(by_clock=by_clock)
    reader = Reader(table, max_rows=100)
    filled(table, 100, rows=10)
    filled(table, 1, rows=1, first=1)
    reader.read()
    assert 1 in reader.held
    assert len(reader.behind()) == 910, "nine transactions of ten and that one, since eleven are above the limit"
    for later in range(2, 11):
        table.clock_us += 60 * SECOND
        filled(table, 1, rows=1, first=later)
        reader.read()
        assert later in reader.held
    assert len(reader.behind()) == 910 - 9 * 90, "and the backlog goes on in the same readings"


def test_a_huge_transaction_is_divided_and_the_others_pass_it() -> None:
    table = Table()
    reader = Reader(table, max_rows=100)
    huge = table.begin()
    table.write(huge, range(1000, 3000))
    filled(table, 3, rows=5, first=1)
    table.end(huge, commits=True)
    assert len(reader.read()) == 15, "what began after it, in one reading"
    sizes = [len(reader.read()) for _ in range(20)]
    assert reader.behind() == []
    assert max(sizes) < 150


def test_rows_changed_while_they_wait_are_read_as_they_are_now() -> None:
    table = Table()
    reader = Reader(table, max_rows=50)
    filled(table, 20, rows=10)
    reader.read()
    filled(table, 1, rows=30, first=1000)
    reader.read()
    assert all(reader.held[key][0] == table.rows[key].value for key in range(1000, 1030))
    while reader.position().gaps:
        reader.read()
    assert reader.behind() == []


@given(
    numbers=st.lists(st.integers(1, 30), unique=True, max_size=6),
    cut=st.integers(1, 34),
    stamp=st.integers(1, 40),
)
def test_a_watermark_of_an_earlier_release_leaves_out_what_it_left_out(
    numbers: list[int], cut: int, stamp: int
) -> None:
    """It said: read on with rows stamped from the cut on, or unseen by the snapshot."""
    seen = Snapshot(xmin=min(numbers, default=31), xmax=31, open=tuple(sorted(numbers)))
    position = parse(f"e3/{seen}<{cut}")
    row = Row(1, stamp, 0, 0)
    unread = position.unread()
    assert any(is_in(row, span) for span in (*unread.fresh, *unread.gaps)) == (stamp >= cut or not visible(stamp, seen))
    assert position.epoch == 3
    assert parse(str(position)) == position


def test_an_earlier_release_s_times_are_read_on_from_their_cut() -> None:
    """It said: read on with rows stamped from `low` on, which is below the cut; of them those below it were read."""
    position = parse("us:500:900:901<600")
    assert position == ClockPosition(low_us=500, source_us=900, our_us=901, gaps=(Span(low=Edge(600), high=Edge(900)),))
    unread = position.unread()
    for stamp in range(450, 1000):
        times = sum(is_in(Row(1, stamp, 0, 0), span) for span in (*unread.fresh, *unread.again, *unread.gaps))
        assert times == (1 if stamp >= 500 else 0)
    assert parse("us:500:900:901<950").unread().gaps == (), "a cut after the clock's look left nothing out"


def test_a_position_that_is_not_filling_reads_as_it_always_did() -> None:
    for text in ("0", "e2/100:102:100", "700", "us:5:6:7", "e1/us:5:6:7"):
        position = parse(text)
        assert position.gaps == ()
        assert parse(str(position)) == position
    assert restarted("e1/100:102:100<0:0:;100:100:;77.2.5") == "e2/0"


def test_what_lies_outside_of_gaps_begins_where_it_is_told() -> None:
    """Also where a gap lies below: what is settled there is not read again."""
    low, gaps = Edge(500), [Span(low=Edge(600), high=Edge(650, 1, 2)), Span(low=Edge(100), high=Edge(200))]
    assert outside(low, gaps) == (Span(low=low, high=Edge(600)), Span(low=Edge(650, 1, 2)))
    assert outside(Edge(610), gaps) == (Span(low=Edge(650, 1, 2)),)


def test_too_many_gaps_become_fewer_that_cover_them() -> None:
    chance = random.Random(5)
    bounds = sorted(chance.sample(range(10_000), 2 * MOST_GAPS + 40))
    gaps = tuple(
        Span(
            after=Snapshot(xmin=low, xmax=low),
            until=Snapshot(xmin=high, xmax=high),
            high=Edge(chance.randint(low, high)),
        )
        for low, high in zip(bounds[::2], bounds[1::2], strict=True)
    )
    joined = few(gaps)
    assert len(joined) == MOST_GAPS
    for stamp in range(10_000):
        row = Row(1, stamp, 0, 0)
        if any(is_in(row, gap) for gap in gaps):
            assert any(is_in(row, gap) for gap in joined)
    assert str(parse(str(XidPosition(gaps=joined)))) == str(XidPosition(gaps=joined))
