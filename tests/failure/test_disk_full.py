"""The disk fills up while a refresh is applied and while it is published: an error, nothing half done, the old snapshot
stands, and with space again the next refresh makes up for it. A damaged file is refused and never read as figures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.support.engine import CELLS, SNAPSHOT, WALL, Bench
from tests.support.engine_worker import Sums, changes, history, sums_after, sums_of, take
from warehouse.files import SnapshotUnavailable, snapshot_path
from warehouse.record_snapshot import fill_from_records
from warehouse.snapshot import Snapshots
from warehouse.writer import WarehouseBroken

DOSES = 40_000
SIZE_MB = 60
# Bytes before the first block of a DuckDB file.
HEADERS = 12 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of a few megabytes. Skips where mounting one is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here: this takes root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill_up(folder: Path, *, leave_kb: int) -> Path:
    """Take all space but `leave_kb` away; deleting the file gives it back."""
    ballast = folder / "ballast"
    free = os.statvfs(folder)
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_frsize - leave_kb * 1024))
    return ballast


def publish(bench: Bench, version: int) -> int:
    connection = bench.warehouse.connection
    connection.execute("DELETE FROM mart.snapshot_info")
    connection.execute(
        "INSERT INTO mart.snapshot_info VALUES (?, '', ?, ?, 'record', '', '', 1, true, '', NULL, NULL, false, '', '')",
        [version, WALL, WALL],
    )
    return bench.warehouse.publish(
        fill=lambda database: fill_from_records(database, SNAPSHOT, wall_now=WALL, extra=dict)
    )


def doses_shown(folder: Path) -> int:
    snapshots = Snapshots(folder / "snapshots")
    try:
        rows = snapshots.rows(snapshots.current(), "SELECT sum(doses)::BIGINT AS doses FROM doses_by_day")
        return int(rows[0]["doses"])
    finally:
        snapshots.close()


def test_a_full_disk_while_applying_leaves_nothing_half_done(small_disk: Path, tmp_path: Path) -> None:
    expected = sums_after(DOSES, 2)
    bench = Bench(small_disk)
    take(bench, history(DOSES))
    publish(bench, 1)
    ballast = fill_up(small_disk, leave_kb=16)
    with pytest.raises(duckdb.Error):
        take(bench, changes(1, DOSES))
    assert doses_shown(small_disk) == expected[0].doses
    ballast.unlink()
    bench.reopen()
    assert (bench.engine.sequence, sums_of(bench)) == (1, expected[0])
    take(bench, changes(1, DOSES))
    take(bench, changes(2, DOSES))
    publish(bench, 2)
    assert doses_shown(small_disk) == expected[2].doses
    assert bench.verify().cells_differing == 0
    clean = Bench(tmp_path / "clean")
    for number in range(3):
        take(clean, changes(number, DOSES) if number else history(DOSES))
    assert clean.tables() == bench.tables()
    clean.close()
    bench.close()


def test_a_full_disk_while_publishing_leaves_the_old_snapshot(small_disk: Path) -> None:
    expected = sums_after(DOSES, 1)
    bench = Bench(small_disk)
    take(bench, history(DOSES))
    publish(bench, 1)
    take(bench, changes(1, DOSES))
    bench.warehouse.connection.execute("CHECKPOINT")
    ballast = fill_up(small_disk, leave_kb=128)
    with pytest.raises((duckdb.Error, OSError)):
        publish(bench, 2)
    assert doses_shown(small_disk) == expected[0].doses
    ballast.unlink()
    bench.reopen()
    assert sums_of(bench) == expected[1]
    publish(bench, 2)
    assert doses_shown(small_disk) == expected[1].doses
    bench.close()


@pytest.mark.parametrize("damage", ["truncated", "head", "middle"])
def test_a_damaged_snapshot_is_read_exactly_or_not_at_all(tmp_path: Path, damage: str) -> None:
    bench = Bench(tmp_path)
    take(bench, history(4000))
    publish(bench, 1)
    bench.close()
    before = rows_of_tables(tmp_path)
    damage_file(snapshot_path(tmp_path / "snapshots", 1), damage)
    after = rows_of_tables(tmp_path)
    assert None in after.values()
    assert all(rows in (None, before[table]) for table, rows in after.items())


def rows_of_tables(folder: Path) -> dict[str, object]:
    """A fingerprint of each table of the current snapshot; None where it cannot be read."""
    snapshots = Snapshots(folder / "snapshots")
    found: dict[str, object] = {}
    try:
        for table in CELLS:
            query = f"SELECT count(*) AS rows, sum(hash(t))::VARCHAR AS hash FROM {table} AS t"
            try:
                found[table] = tuple(snapshots.rows(snapshots.current(), query)[0].values())
            except (duckdb.Error, SnapshotUnavailable):
                found[table] = None
    finally:
        snapshots.close()
    return found


def test_a_warehouse_without_its_headers_cannot_be_opened(tmp_path: Path) -> None:
    full_warehouse(tmp_path)
    damage_file(tmp_path / "warehouse.duckdb", "head")
    with pytest.raises(WarehouseBroken):
        Bench(tmp_path)


def test_a_truncated_warehouse_is_never_taken_for_an_empty_one(tmp_path: Path) -> None:
    """That would publish a country without a dose. It may open: what is missing is an error when it is asked for."""
    expected = full_warehouse(tmp_path)
    damage_file(tmp_path / "warehouse.duckdb", "truncated")
    bench: Bench | None = None
    try:
        bench = Bench(tmp_path)
        assert sums_of(bench) == expected
        assert bench.verify().cells_differing == 0
    except (duckdb.Error, WarehouseBroken):
        pass
    finally:
        if bench is not None:
            bench.close()


def full_warehouse(folder: Path) -> Sums:
    bench = Bench(folder)
    take(bench, history(4000))
    bench.warehouse.connection.execute("CHECKPOINT")
    try:
        return sums_of(bench)
    finally:
        bench.close()


def damage_file(path: Path, damage: str) -> None:
    """Cut in half, without its headers, or with zeros in place of half of its blocks."""
    content = path.read_bytes()
    half = len(content) // 2
    damaged = {
        "truncated": content[:half],
        "head": bytes(HEADERS) + content[HEADERS:],
        "middle": content[:HEADERS] + bytes(half) + content[HEADERS + half :],
    }
    path.write_bytes(damaged[damage])
