"""Which snapshot a report is asked of, and with which it is compared: a number that is kept, a file, a day."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from warehouse import reads
from warehouse.files import SnapshotUnavailable, snapshot_path, versions
from warehouse.snapshot import Snapshots


def snapshot_asked(folder: Path, named: str, aside: Path, *, option: str = "--snapshot") -> tuple[Path, int]:
    """Folder and version of the snapshot asked for. A file is read where it lies, under a name of ours in `aside`.
    Raises SnapshotUnavailable; of a number that is not kept any more it names the nearest that is."""
    if not named:
        with closing(Snapshots(folder)) as snapshots:
            return folder, snapshots.current()
    if named.isdecimal():
        kept = versions(folder)
        if int(named) in kept:
            return folder, int(named)
        nearest = min(kept, key=lambda version: (abs(version - int(named)), version), default=None)
        told = f"the nearest that is kept is {nearest}" if nearest is not None else "none is kept"
        raise SnapshotUnavailable(f"{option}: {named} is not kept; {told}")
    file = Path(named)
    if not file.is_file():
        raise SnapshotUnavailable(f"{option}: '{named}' is neither a number nor a file")
    snapshot_path(aside, 0).symlink_to(file.resolve())
    try:
        with closing(Snapshots(aside)) as snapshots:
            found = snapshots.rows(0, "SELECT count(*) AS areas FROM area")
    except duckdb.Error as error:
        raise SnapshotUnavailable(f"{option}: '{named}' is no snapshot of ours") from error
    if not found[0]["areas"]:
        raise SnapshotUnavailable(f"{option}: '{named}' has no areas")
    return aside, 0


def earlier_asked(folder: Path, named: str, aside: Path, *, zone: ZoneInfo) -> tuple[Path, int]:
    """As `snapshot_asked`; of a day (2021-11-05 or 05/11/2021) the last snapshot that is as of it. Raises
    SnapshotUnavailable; of a day of which none is kept any more it names the nearest that are."""
    day = _day(named)
    if day is None:
        aside.mkdir()
        return snapshot_asked(folder, named, aside, option="--since")
    later: tuple[int, date] | None = None
    with closing(Snapshots(folder)) as snapshots:
        for version in reversed(versions(folder)):
            own = reads.info(snapshots, version).as_of.astimezone(zone).date()
            if own == day:
                return folder, version
            if own < day:
                raise SnapshotUnavailable(_none_of(day, [(version, own), *([later] if later else [])]))
            later = version, own
    raise SnapshotUnavailable(_none_of(day, [later] if later else []))


def _none_of(day: date, nearest: list[tuple[int, date]]) -> str:
    told = " and ".join(f"{version} of {own:%d/%m/%Y}" for version, own in nearest)
    return f"--since: no snapshot as of {day:%d/%m/%Y} is kept; " + (
        f"the nearest that are kept: {told}" if told else "none is kept"
    )


def _day(named: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(named, form).date()  # noqa: DTZ007 - a day of the calendar, of no zone
        except ValueError:
            continue
    return None
