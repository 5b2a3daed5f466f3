"""A rebuild puts every figure right that is wrong, and one that is broken off leaves figures that are whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.support.engine import Bench
from tests.support.engine_worker import changes, history, take
from warehouse.engine import recount
from warehouse.engine.fold import fold
from warehouse.engine.recount import doses_counted
from warehouse.stock import recount_stock, refresh_use, set_clock
from warehouse.verify import rebuild

AT = datetime(2021, 8, 1, 3, tzinfo=UTC)


class BrokenOff(Exception):
    """The process ends here."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Doses and a small ledger; then a cube, a person's doses and a level of stock that say something else."""
    found = Bench(tmp_path)
    take(found, history(4_000))
    connection = found.warehouse.connection
    connection.executemany(
        "INSERT INTO core.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, recorded_at, "
        "version) VALUES (?, 'S1', 'A', ?, ?, ?, ?, 1)",
        [[1, "receipt", 100, AT, AT], [2, "issue", -30, AT, AT]],
    )
    with found.warehouse.transaction():
        set_clock(connection, today=date(2021, 8, 2), look_back_days=28)
        recount_stock(connection)
        refresh_use(connection, everywhere=True)
    assert found.verify().cells_differing == 0
    connection.execute("UPDATE cube.people_state SET n = n + 1 WHERE rowid = 0")
    connection.execute("UPDATE core.stock_level SET on_hand = on_hand + 7")
    assert found.verify().cells_differing >= 2
    yield found
    found.close()


def test_doses_counted_by_another_process_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A country's: after a fold and with records since, through files that are gone afterwards."""
    bench = Bench(tmp_path)
    take(bench, history(8_000))
    engine = bench.engine
    fold(bench.warehouse, engine)
    take(bench, changes(1, 8_000))
    assert engine.doses.segment is not None
    assert engine.doses.log_rows() > 0
    with doses_counted(engine) as here:
        ours = {cube: pl.DataFrame(cells) for cube, cells in here().items()}
    monkeypatch.setattr(recount, "APART_FROM", 0)
    with doses_counted(engine) as apart:
        assert list(engine.folder.glob("recount-*"))
        theirs = {cube: pl.DataFrame(cells) for cube, cells in apart().items()}
        assert ours.keys() == theirs.keys()
        for cube, cells in ours.items():
            assert len(cells) > 0, cube
            assert_frame_equal(cells, theirs[cube])
    assert not list(engine.folder.glob("recount-*"))
    bench.warehouse.connection.execute("UPDATE cube.site_day SET n = n + 1 WHERE rowid = 0")
    assert bench.verify().cells_differing == 1
    rebuild(bench.warehouse, engine)
    assert bench.verify().cells_differing == 0
    bench.close()


@pytest.mark.parametrize("deep", [True, False])
def test_everything_wrong_is_put_right(bench: Bench, deep: bool) -> None:
    rebuild(bench.warehouse, bench.engine, deep=deep)
    assert bench.verify().cells_differing == 0
    assert bench.warehouse.connection.execute("SELECT on_hand FROM core.stock_level").fetchall() == [(70,)]


def test_what_was_broken_off_before_the_cubes_is_done_by_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(point: str) -> None:
        if point == "before_commit":
            raise BrokenOff

    connection = bench.warehouse.connection
    rules = connection.execute("SELECT rules FROM core.engine").fetchall()
    connection.execute("UPDATE core.engine SET rules = 'others'")
    monkeypatch.setattr(bench.warehouse, "checkpoint", die)
    with pytest.raises(BrokenOff):
        rebuild(bench.warehouse, bench.engine)
    monkeypatch.undo()
    # Stock is whole and right; the cubes are whole and as they were, and the next start still knows that.
    assert connection.execute("SELECT on_hand FROM core.stock_level").fetchall() == [(70,)]
    assert bench.verify().cells_differing >= 1
    assert bench.engine.counted_by_other_rules()
    rebuild(bench.warehouse, bench.engine)
    assert bench.verify().cells_differing == 0
    assert connection.execute("SELECT rules FROM core.engine").fetchall() == rules


def test_a_fault_in_the_ledger_leaves_levels_and_cubes_as_they_were(bench: Bench) -> None:
    connection = bench.warehouse.connection
    before = (
        connection.execute("FROM core.stock_level").fetchall(),
        connection.execute("FROM cube.people_state").fetchall(),
    )
    connection.execute("ALTER TABLE core.stock_waste RENAME TO waste_elsewhere")
    with pytest.raises(Exception, match="stock_waste"):
        rebuild(bench.warehouse, bench.engine)
    connection.execute("ALTER TABLE core.waste_elsewhere RENAME TO stock_waste")
    now = (
        connection.execute("FROM core.stock_level").fetchall(),
        connection.execute("FROM cube.people_state").fetchall(),
    )
    assert now == before
