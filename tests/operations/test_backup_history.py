"""What no source can tell again comes back with a restore: what everyone was told, and the log of corrections."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from campaign.publication import Publication
from dashboard.publications import Publications, PublicRules
from dashboard.readings import Readings
from reports.archive import Piece, body_of, manifest_of
from reports.archive import write as write_report
from settings import load
from tests.operations.test_backup import Desk, NewDatabase, desk, new_database, resealed
from tests.support.centre import Centre
from tests.support.registry import NOON, Dose, add_doses, add_people, seed
from tests.support.snapshots import Recipe, write_snapshot
from warehouse import reads
from warehouse.snapshot import Snapshots

__all__ = ["desk", "new_database"]
VOID = "UPDATE registry.dose SET voided_at = now(), void_reason = 'entered twice' WHERE dose_id = 2"


def published(state: Path, now: datetime) -> Publication:
    settings = load(state=state, environ={})
    snapshots = Snapshots(settings.snapshot_dir)
    try:
        return Publications(
            Readings(snapshots),
            snapshot_dir=settings.snapshot_dir,
            folder=settings.publication_dir,
            rules=PublicRules(hour=18, step=10, zone=ZoneInfo("Asia/Ho_Chi_Minh")),
            wall=lambda: now,
        ).current()
    finally:
        snapshots.close()


def corrections(centre: Centre) -> list[Any]:
    return list(reads.corrections(centre.snapshots, centre.snapshots.current()))


def test_a_day_that_was_published_stands_after_a_restore(
    registry_url: str, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    """Else one day would be told twice, of two minutes: whoever kept the first could take them from one another."""
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "b.zip"
    seed(registry_url)
    noon = datetime(2021, 11, 22, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    settings = load(state=old, environ={})
    write_snapshot(settings.snapshot_dir, Recipe(version=1, published_at=noon))
    evening = noon.replace(hour=19)
    before = published(old, evening)
    yesterday = settings.publication_dir / "2021-11-20.json"
    yesterday.write_bytes((settings.publication_dir / "2021-11-22.json").read_bytes())
    (settings.publication_dir / "2021-11-22.77.tmp").write_bytes(b"half")
    # The newest snapshot, which the backup keeps, is another minute's; the published one's file is pruned by then.
    write_snapshot(
        settings.snapshot_dir, Recipe(version=2, published_at=noon + timedelta(hours=5), extra=(("79", 500),))
    )
    (settings.snapshot_dir / "snapshot-0000000001.duckdb").unlink()

    code, out, _ = desk.run(registry_url, old, "backup", "--out", str(file), "--json")
    assert (code, json.loads(out)["publications"]) == (0, ["2021-11-20", "2021-11-22"])
    code, out, err = desk.run(new_database(), new, "restore", str(file), "--json")
    assert code == 0, err
    assert (json.loads(out)["publications"], json.loads(out)["snapshots"]) == (["2021-11-20", "2021-11-22"], [2])
    assert sorted(path.name for path in load(state=new, environ={}).publication_dir.iterdir()) == [
        "2021-11-20.json",
        "2021-11-22.json",
    ]
    assert published(new, evening) == before
    # Not the same by chance: made anew it would have been another one.
    for path in load(state=new, environ={}).publication_dir.iterdir():
        path.unlink()
    assert published(new, evening) != before


def test_the_archive_of_reports_comes_back_and_nothing_of_a_backup_is_written_elsewhere(
    registry_url: str, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "b.zip"
    seed(registry_url)
    root = load(state=old, environ={}).report_dir
    pieces = [Piece(name="report-vn-0000000007-vi.pdf", kind="pdf", body=b"%PDF")]
    manifest_hash = write_report(root, "00000001-1", pieces, {"report": 1})
    (root / ".writing-00000002-1").mkdir()
    (root / ".writing-00000002-1" / "half.pdf").write_bytes(b"half")
    assert desk.run(registry_url, old, "backup", "--out", str(file))[0] == 0
    assert desk.run(new_database(), new, "restore", str(file))[0] == 0
    restored = load(state=new, environ={}).report_dir
    assert [path.name for path in restored.iterdir()] == ["00000001-1"]
    found = manifest_of(restored, "00000001-1", manifest_hash)
    assert body_of(restored, "00000001-1", found.files[0]) == b"%PDF"
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    told = parts["manifest.json"].replace(b'"folder": "00000001-1"', b'"folder": "../../out"')
    told = told.replace(b'"folder":"00000001-1"', b'"folder":"../../out"')
    assert told != parts["manifest.json"]
    resealed(file, {**parts, "manifest.json": told})
    code, _, err = desk.run(new_database(), tmp_path / "third", "restore", str(file))
    assert (code, "a file of a kind that this version does not know" in err) == (4, True)
    assert not list(tmp_path.glob("**/out"))


def test_nothing_is_restored_over_what_was_published(
    registry_url: str, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    file, used = tmp_path / "b.zip", tmp_path / "used"
    seed(registry_url)
    assert desk.run(registry_url, tmp_path / "old", "backup", "--out", str(file))[0] == 0
    (used / "public").mkdir(parents=True)
    (used / "public" / "2021-11-22.json").write_bytes(b"{}")
    code, _, err = desk.run(new_database(), used, "restore", str(file))
    assert (code, "2021-11-22.json is there" in err) == (4, True)


def test_a_backup_from_before_publications_were_kept_is_read_as_it_is(
    registry_url: str, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "b.zip"
    seed(registry_url)
    add_people(registry_url, [(1, "79")])
    assert desk.run(registry_url, tmp_path / "old", "backup", "--out", str(file))[0] == 0
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    later = ("day", "folder", "name")
    files = [{key: value for key, value in file.items() if key not in later} for file in manifest["files"]]
    former = {**manifest, "format": 1, "files": files}
    resealed(file, {**parts, "manifest.json": json.dumps(former).encode()})
    code, _, err = desk.run(new_database(), tmp_path / "new", "restore", str(file))
    assert code == 0, err


def test_the_log_of_corrections_goes_on_after_a_restore(
    registry_url: str, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "b.zip"
    seed(registry_url)
    add_people(registry_url, [(1, "79"), (2, "79")])
    add_doses(registry_url, [Dose(1, 1, NOON), Dose(2, 2, NOON), Dose(3, 2, NOON + timedelta(days=40))])
    centre = Centre(registry_url, load(state=old, environ={}))
    try:
        centre.refresh()
        with psycopg.connect(registry_url) as connection:
            connection.execute(VOID)
        centre.refresh()
        logged = corrections(centre)
    finally:
        centre.close()
    assert len(logged) == 1

    target = new_database()
    assert desk.run(registry_url, old, "backup", "--out", str(file))[0] == 0
    assert desk.run(target, new, "restore", str(file))[0] == 0
    centre = Centre(target, load(state=new, environ={}))
    try:
        centre.refresh()
        assert corrections(centre) == logged, "neither lost nor told a second time"
        with psycopg.connect(target) as connection:
            connection.execute(VOID.replace("dose_id = 2", "dose_id = 1"))
        centre.later = timedelta(minutes=1)
        centre.refresh()
        assert len(corrections(centre)) == 2
        assert logged[0] in corrections(centre)
    finally:
        centre.close()
    # Opened again it takes nothing over a second time.
    centre = Centre(target, load(state=new, environ={}))
    try:
        centre.refresh()
        assert len(corrections(centre)) == 2
    finally:
        centre.close()


def test_a_warehouse_begun_anew_on_a_snapshot_that_cannot_be_read_says_so(
    registry_url: str, tmp_path: Path, caplog: Any
) -> None:
    seed(registry_url)
    settings = load(state=tmp_path, environ={})
    write_snapshot(settings.snapshot_dir, Recipe(version=1, published_at=datetime(2021, 11, 22, tzinfo=UTC)))
    (settings.snapshot_dir / "snapshot-0000000001.duckdb").write_bytes(b"no database" * 999)
    centre = Centre(registry_url, settings)
    try:
        centre.refresh()
        assert corrections(centre) == []
    finally:
        centre.close()
    assert "the log of corrections begins anew" in caplog.text
