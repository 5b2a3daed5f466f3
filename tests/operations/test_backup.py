"""A restore drill: a centre with records, accounts, decisions and an audit, backed up and brought back elsewhere."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from campaign.access import Role
from campaign.coverage import Measure
from cli.audit import WITNESSES
from cli.main import main
from cli.places import Places, as_role
from cli.supervisor import Supervisor
from operations import accounts, acts
from operations.action_log import connect
from operations.audit import verify
from operations.backup import MARKER
from operations.backup_file import SEAL_BYTES, seal_of
from operations.locks import Figures, lock, locks
from registry import dump, embedded
from registry.migrate import known_revisions, migrate
from settings import load
from tests.support.centre import WALL, Centre
from tests.support.people import add_account, grant
from tests.support.registry import NOON, Dose, add_doses, add_people, seed
from tests.support.running import processes_of

ODD_NAME = "Trần\tVăn \\n 'A'\n\"B\" \\."
NewDatabase = Callable[[], str]


@pytest.fixture
def new_database(postgres: str) -> Iterator[NewDatabase]:
    """Databases without any schema, on the same server."""
    made: list[str] = []

    def make() -> str:
        made.append(f"empty_{len(made)}_{datetime.now(UTC):%H%M%S%f}")
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {made[-1]} TEMPLATE template1 STRATEGY FILE_COPY")
        return postgres.replace("/postgres?", f"/{made[-1]}?")

    yield make
    with psycopg.connect(postgres, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Desk:
    """The commands as they are typed, against one database and one state folder."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def run(self, url: str, state: Path, *arguments: str) -> tuple[int, str, str]:
        self._monkeypatch.setenv("MCC_REGISTRY__URL", url)
        self._capfd.readouterr()
        code = main([*arguments, "--state", str(state)])
        told = self._capfd.readouterr()
        return code, told.out, told.err


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desk:
    return Desk(monkeypatch, capfd)


def lived_in(url: str, state: Path) -> tuple[str, int]:
    """Records with odd texts, a corrected one, accounts, a repair, a release, a lock, a session. The content's hash and
    the version that the lock cites."""
    seed(url)
    add_people(url, [(1, "79"), (2, "01"), (3, "79")])
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE registry.person SET full_name = %s, phone = NULL WHERE person_id = 2", [ODD_NAME])
    add_doses(url, [Dose(1, 1, NOON - timedelta(70)), Dose(2, 1, NOON), Dose(3, 2, NOON), Dose(9, 3, NOON, site="?")])
    add_account(url, "an.le", [grant(Role.DATA_STEWARD), grant(Role.REPORTER)])
    add_account(url, "hcm", [grant(Role.VIEWER, "79")])
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO operations.web_session (token_hash, account_id, began_at, seen_at, expires_at, address) "
            "SELECT sha256('t'), account_id, now(), now(), now() + interval '8 hours', '10.0.0.7' "
            "FROM operations.account WHERE login = 'hcm'"
        )
        # A file as it came, no text at all, and a day that names it.
        connection.execute(
            "INSERT INTO registry.logger_file (sha256, content, name, serial, received_at, received_by, outcome, "
            "message) SELECT encode(sha256(c), 'hex'), c, 'a.txt', '1302', now(), 'an.le', 'imported', '' "
            "FROM (SELECT %(content)s::bytea AS c) AS file",
            {"content": bytes(range(256))},
        )
        connection.execute(
            "INSERT INTO registry.logger_day (serial, day, low_minutes, high_minutes, sensor_timeout_minutes, "
            "created_at, sha256) SELECT serial, '2021-11-20', 0, 75, 0, now(), sha256 FROM registry.logger_file"
        )
    centre = Centre(url, load(state=state, environ={}))
    try:
        centre.refresh()
        cited = centre.snapshots.current()
        app = as_role(url, "mcc_app")
        figures = Figures(doses=centre.headline().doses, dose1_people=2, full_people=1, through=NOON)
        lock(
            app,
            reporting_day=date(2021, 11, 20),
            scope="nation",
            snapshot_version=cited,
            figures=figures,
            reason="closed",
            actor="an.le",
            now=WALL,
        )
        repaired: dict[str, Any] = {"reason": "told on the phone", "actor": "an.le", "now": WALL}
        acts.repair(app, feed="dose", record_key="9", field="site_code", value="79-A", **repaired)
        acts.release(app, feed="session", **repaired)
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE registry.person SET province_code = '74' WHERE person_id = 3")
        done = centre.refresh(centre.decided())
        acts.settle_repairs(url, done.outcomes, now=WALL)
        return centre.hash(), cited
    finally:
        centre.close()


def refreshed_hash(url: str, state: Path) -> tuple[str, int]:
    """The warehouse rebuilt by ordinary refreshes with what was decided, and the version that they published."""
    centre = Centre(url, load(state=state, environ={}))
    try:
        assert not centre.refresh(centre.decided()).outcomes, "a record that may still come is waited for"
        done = centre.refresh(centre.decided())
        assert list(done.outcomes.values()) == [acts.Outcome.APPLIED]
        acts.settle_repairs(url, done.outcomes, now=WALL)
        return centre.hash(), centre.snapshots.current()
    finally:
        centre.close()


def everything(url: str) -> dict[str, list[Any]]:
    """Every row of every table as text, without the stamps."""
    found: dict[str, list[Any]] = {}
    with psycopg.connect(url) as connection:
        for table in dump.tables(connection):
            columns = ", ".join(f'"{name}"::text' for name in table.columns)
            rows = connection.execute(f"SELECT {columns} FROM {table.full_name}").fetchall()  # type: ignore[arg-type]
            found[table.full_name] = sorted(rows, key=str)
    return found


def test_every_table_of_the_registry_is_in_a_backup(registry_url: str) -> None:
    with psycopg.connect(registry_url) as connection:
        known = {table.full_name for table in dump.tables(connection)}
        rows = connection.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert dump.first_filled(connection) is None, "what migrations write is said in dump.SEEDED"
    assert {row[0] for row in rows} - known == {"public.schema_version"}
    assert {"registry.person", "operations.audit", "operations.figure_lock"} <= known


@pytest.mark.slow
def test_the_restore_drill(registry_url: str, new_database: NewDatabase, desk: Desk, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    content, cited = lived_in(registry_url, old)
    assert desk.run(registry_url, old, "audit", "verify")[0] == 0
    before = everything(registry_url)
    (tmp_path / "backups").mkdir()
    code, out, _ = desk.run(registry_url, old, "backup", "--out", str(tmp_path / "backups"), "--json")
    assert code == 0
    made = json.loads(out)
    (file,) = (tmp_path / "backups").iterdir()
    assert (made["file"], made["seal"], out.count("\n")) == (str(file), seal_of(file), 1)
    assert file.stat().st_mode & 0o077 == 0, "it holds everybody's names"
    add_people(registry_url, [(77, "79")])  # after the backup

    target = new_database()
    code, out, err = desk.run(target, new, "restore", str(file), "--seal", made["seal"], "--json")
    assert code == 0, err
    told = json.loads(out)
    assert (told["rows"], told["audit"]["whole"], told["sessions_ended"]) == (made["rows"], True, 1)
    assert (told["changed_reference"], (new / MARKER).exists()) == ([], False)
    after = everything(target)
    assert {name for name in before if before[name] != after[name]} == {
        "operations.audit",  # the backup and the restore are in it
        "operations.audit_head",
        "operations.web_session",  # nobody is signed in again by a restore
        "operations.repair",  # what it put right lay in the warehouse: it is tried again
    }
    assert after["operations.audit"][: len(before["operations.audit"])] != []
    assert any(row[1] == ODD_NAME for row in after["registry.person"])

    assert desk.run(target, new, "audit", "verify")[0] == 0
    with connect(as_role(target, "mcc_app")) as connection:
        found = verify(connection)
    assert (found.fault, found.rows) == (None, len(before["operations.audit"]) + 2)
    assert len((new / WITNESSES).read_text().splitlines()) >= 2, "the old witnesses, and the head as it came back"
    assert [account.login for account in accounts.accounts(target)] == ["an.le", "hcm"]
    assert accounts.accounts(target)[0].grants == accounts.accounts(registry_url)[0].grants
    assert locks(target) == locks(registry_url)
    assert acts.open_releases(target) == acts.open_releases(registry_url)

    snapshot = f"snapshot-{cited:010d}.duckdb"
    old_files, new_files = (state / "warehouse" / "snapshots" for state in (old, new))
    assert (new_files / snapshot).read_bytes() == (old_files / snapshot).read_bytes()
    got, version = refreshed_hash(target, new)
    assert got == content, "the same figures, the repaired record among them"
    assert version > cited, "no number stands for two snapshots"
    assert not acts.open_repairs(target)

    # Sequences go on, triggers are on again, and roles hold.
    add_account(target, "third", [grant(Role.VIEWER)])
    with psycopg.connect(target) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE operations.audit SET actor = 'x'")
    with psycopg.connect(as_role(target, "mcc_app")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT 1 FROM registry.person")


@pytest.mark.slow
def test_a_correction_after_a_restore_counts(
    registry_url: str, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    """The old server's transaction numbers would lie in the new one's future, and no correction would be newer."""
    seed(registry_url)
    add_people(registry_url, [(1, "79")])
    with psycopg.connect(registry_url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE registry.person SET row_version = '900000000000'")
    add_doses(registry_url, [Dose(1, 1, NOON)])
    file, target = tmp_path / "b.zip", new_database()
    assert desk.run(registry_url, tmp_path / "old", "backup", "--out", str(file))[0] == 0
    assert desk.run(target, tmp_path / "new", "restore", str(file))[0] == 0
    centre = Centre(target, load(state=tmp_path / "new", environ={}))
    try:
        centre.refresh()
        assert centre.refresh().rows_in == 0, "nothing is read twice"
        with psycopg.connect(target) as connection:
            connection.execute("UPDATE registry.person SET province_code = '01' WHERE person_id = 1")
        centre.refresh()
        assert (centre.reached("79", Measure.DOSE1), centre.reached("01", Measure.DOSE1)) == (0, 1)
    finally:
        centre.close()


@pytest.fixture
def small(registry_url: str, desk: Desk, tmp_path: Path) -> Path:
    """A backup of a few rows."""
    seed(registry_url)
    add_people(registry_url, [(1, "79")])
    assert desk.run(registry_url, tmp_path / "old", "backup", "--out", str(tmp_path / "small.zip"))[0] == 0
    return tmp_path / "small.zip"


def refused(desk: Desk, url: str, state: Path, file: Path, *more: str) -> str:
    code, out, err = desk.run(url, state, "restore", str(file), *more)
    assert (code, out) == (4, ""), err
    (line,) = [line for line in err.splitlines() if line]
    assert not (state / MARKER).exists()
    with psycopg.connect(url) as connection:
        assert dump.first_filled(connection) is None
    return line


def test_one_altered_byte_anywhere_is_refused_and_its_part_named(
    small: Path, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    target, whole = new_database(), small.read_bytes()
    with zipfile.ZipFile(small) as archive:
        person = archive.getinfo("registry.person.copy")
    places = {
        person.header_offset + 30 + len(person.filename) + 20 + 5: "registry.person.copy",
        len(whole) - 1: "its frame",
        **dict.fromkeys(range(7, len(whole), len(whole) // 23)),
    }
    for at, part in places.items():
        small.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        line = refused(desk, target, tmp_path / "new", small)
        assert str(small) in line and ("copy it again" in line or "use another one" in line), at
        assert part is None or f"({part} is not what was written)" in line
    small.write_bytes(whole)
    assert desk.run(target, tmp_path / "new", "restore", str(small))[0] == 0


def test_a_backup_that_is_cut_off_empty_or_something_else_is_refused(
    small: Path, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    target, whole = new_database(), small.read_bytes()
    for kept in (0, 10, len(whole) // 2, len(whole) - SEAL_BYTES, len(whole) - 1):
        small.write_bytes(whole[:kept])
        assert re.search("cut off|altered", refused(desk, target, tmp_path / "new", small))
    assert "no such file" in refused(desk, target, tmp_path / "new", tmp_path / "none.zip")
    resealed(small, {"hello.txt": b"hello"})
    assert "no backup of this programme" in refused(desk, target, tmp_path / "new", small)


def resealed(file: Path, parts: dict[str, bytes]) -> None:
    """What somebody who read our code could write."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.comment = b"0" * SEAL_BYTES
    seal = seal_of(file)
    with file.open("r+b") as out:
        out.seek(-SEAL_BYTES, 2)
        out.write(seal.encode())


def test_a_newer_or_another_backup_is_refused(
    small: Path, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    target = new_database()
    with zipfile.ZipFile(small) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    for change, said in (
        ({"format": 4, "and": "more"}, "format 4, this version reads up to 3"),
        ({"revision": "0999"}, "schema 0999, this version knows up to"),
        ({"tables": manifest["tables"][1:]}, "the same tables"),
    ):
        resealed(small, {**parts, "manifest.json": json.dumps({**manifest, **change}).encode()})
        line = refused_unless_marked(desk, target, tmp_path / "new", small)
        assert said in line
    # Rows exchanged under a renewed seal: the part's own hash tells, and nothing stays of what was loaded before.
    resealed(small, {**parts, "registry.person.copy": parts["registry.person.copy"].replace(b"079180", b"079181")})
    assert "registry.person.copy" in refused_unless_marked(desk, target, tmp_path / "new", small)
    assert "another backup than --seal" in refused_unless_marked(
        desk, target, tmp_path / "new", small, "--seal", "0" * 64
    )


def refused_unless_marked(desk: Desk, url: str, state: Path, file: Path, *more: str) -> str:
    """The same, where a restore has begun: the registry is empty all the same, and the next one may go on."""
    (state / MARKER).unlink(missing_ok=True)
    code, _, err = desk.run(url, state, "restore", str(file), *more)
    assert code == 4
    (state / MARKER).unlink(missing_ok=True)
    with psycopg.connect(url) as connection:
        assert dump.first_filled(connection) is None
    return err


def test_nothing_is_restored_over_something(
    small: Path, registry_url: str, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    before = everything(registry_url)
    code, _, err = desk.run(registry_url, tmp_path / "new", "restore", str(small))
    assert (code, "the registry is not empty" in err, "--state DIR" in err) == (4, True, True)
    assert everything(registry_url) == before
    used = tmp_path / "used"
    (used / "warehouse").mkdir(parents=True)
    (used / "warehouse" / "warehouse.duckdb").write_bytes(b"x")
    assert "warehouse.duckdb is there" in refused(desk, new_database(), used, small)


def cut_before_commit(patch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    patch.setattr("operations.backup.read_files", full)


def cut_after_commit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("operations.backup.END_SESSIONS", "SELECT 1 / 0, %s::timestamptz")


@pytest.mark.parametrize("cut", [cut_before_commit, cut_after_commit])
def test_a_restore_that_was_cut_off_is_begun_again(
    small: Path,
    new_database: NewDatabase,
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cut: Callable[[pytest.MonkeyPatch], None],
) -> None:
    target, state = new_database(), tmp_path / "new"
    with monkeypatch.context() as patch:
        cut(patch)
        code, _, err = desk.run(target, state, "restore", str(small))
    assert (code, "not done" in err, (state / MARKER).exists()) == (1, True, True)
    assert desk.run(target, state, "restore", str(small))[0] == 0
    assert not (state / MARKER).exists()
    assert desk.run(target, state, "restore", str(small))[0] == 4, "what is there now is in use"
    with psycopg.connect(target) as connection:
        assert connection.execute("SELECT person_id FROM registry.person").fetchall() == [(1,)]


def test_a_backup_never_replaces_one_and_leaves_nothing_half_written(
    small: Path, registry_url: str, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = small.read_bytes()
    code, _, err = desk.run(registry_url, tmp_path / "old", "backup", "--out", str(small))
    assert (code, "is there already" in err, small.read_bytes() == whole) == (4, True, True)

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("registry.dump.copy_out", full)
        code, _, err = desk.run(registry_url, tmp_path / "old", "backup", "--out", str(tmp_path / "b.zip"))
    assert (code, "No space left" in err) == (1, True)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [small.name]
    code, _, err = desk.run(registry_url, tmp_path / "old", "backup", "--out", str(tmp_path / "no" / "b.zip"))
    assert (code, "cannot be written to" in err) == (4, True)


def test_a_backup_is_of_one_instant(registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows committed between two tables are in none of them."""
    from operations.backup import back_up
    from operations.backup_state import StateFiles

    seed(registry_url)
    add_people(registry_url, [(1, "79")])
    copy_out = dump.copy_out

    def slow(connection: Any, table: dump.Table) -> Iterator[bytes]:
        if table.name == "person":
            add_people(registry_url, [(2, "79")])
            add_doses(registry_url, [Dose(1, 2, NOON)])
        yield from copy_out(connection, table)

    monkeypatch.setattr(dump, "copy_out", slow)
    files = StateFiles(
        state=tmp_path,
        snapshot_dir=tmp_path,
        witnesses=tmp_path / "w",
        warehouse=tmp_path / "x",
        publications=tmp_path / "p",
        reports=tmp_path / "r",
    )
    made = back_up(
        registry_url,
        tmp_path / "b.zip",
        files,
        reference={},
        now=datetime.now(UTC),
        progress=lambda _step, _share: None,
    )
    rows = {table.table: table.rows for table in made.manifest.tables}
    assert (rows["person"], rows["dose"]) == (1, 0)


def test_stamps_are_spread_in_the_order_of_the_rows(registry_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a refresh takes a restored registry in pieces, as it takes any backlog."""
    monkeypatch.setattr(dump, "PIECE_ROWS", 100)
    people = "".join(f"{number}\tA\n" for number in range(1, 1001)).encode()
    chunks = [people[at : at + 37] for at in range(0, len(people), 37)]
    table = dump.Table(schema="registry", name="person", columns=("person_id", "full_name"), stamp="row_version")
    with psycopg.connect(registry_url) as connection:
        dump.begin_writing(connection, [table])
        assert dump.copy_in(connection, table, chunks, rows=1000) == 1000
        row = connection.execute(
            "SELECT count(DISTINCT row_version), max(row_version::text::bigint) < pg_current_xact_id()::text::bigint, "
            "bool_and(ordered), (SELECT count(*) FROM (SELECT row_version FROM registry.person GROUP BY 1 "
            "HAVING count(*) > 110) AS big) FROM (SELECT row_version, row_version::text::bigint >= "
            "lag(row_version::text::bigint, 1, 0::bigint) OVER (ORDER BY person_id) AS ordered FROM registry.person) p"
        ).fetchone()
    assert row == (10, True, True, 0)


@pytest.mark.slow
def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    small: Path, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    """Loaded under the migration it was made at; the later ones then run over its rows."""
    old = new_database()
    migrate(old, etl_role="mcc_etl", to="0005")
    seed(old)
    add_people(old, [(5, "79")])
    add_doses(old, [Dose(5, 5, NOON)])
    file = tmp_path / "older.zip"
    code, _, err = desk.run(old, tmp_path / "older", "backup", "--out", str(file))
    assert code == 0, err
    target = new_database()
    code, _, err = desk.run(target, tmp_path / "new", "restore", str(file))
    assert code == 0, err
    with psycopg.connect(target) as connection:
        assert dump.revision(connection) == known_revisions()[-1]
        assert connection.execute("SELECT person_id FROM registry.dose").fetchall() == [(5,)]
        assert connection.execute("SELECT count(*) FROM operations.account").fetchall() == [(0,)]


def test_an_owner_that_is_no_superuser_restores_once_it_may_switch_triggers_off(
    small: Path, postgres: str, new_database: NewDatabase, desk: Desk, tmp_path: Path
) -> None:
    """As on a server that is not ours: the refusal says which right is missing, and nothing is left behind."""
    target = new_database()
    name = target.partition("?")[0].rpartition("/")[2]
    owner = f"{target}&user=owner_of_{name}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE owner_of_{name} LOGIN CREATEROLE")
        connection.execute(f"ALTER DATABASE {name} OWNER TO owner_of_{name}")
    try:
        code, _, err = desk.run(owner, tmp_path / "new", "restore", str(small))
        assert (code, f"GRANT SET ON PARAMETER session_replication_role TO owner_of_{name}" in err) == (4, True), err
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO owner_of_{name}")
        code, _, err = desk.run(owner, tmp_path / "new", "restore", str(small))
        assert code == 0, err
        with psycopg.connect(target) as connection:
            assert connection.execute("SELECT person_id FROM registry.person").fetchall() == [(1,)]
    finally:
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} OWNER TO CURRENT_USER")
            connection.execute(f"REVOKE SET ON PARAMETER session_replication_role FROM owner_of_{name}")
        with psycopg.connect(target, autocommit=True) as connection:
            connection.execute(f"REASSIGN OWNED BY owner_of_{name} TO CURRENT_USER")
            connection.execute(f"DROP OWNED BY owner_of_{name}")
            connection.execute(f"DROP ROLE owner_of_{name}")


@pytest.mark.slow
def test_the_embedded_registry_is_started_for_it_and_stopped_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a fresh machine nothing runs yet, and `app.py run` would begin a demonstration. A short path: see conftest."""
    monkeypatch.delenv("MCC_REGISTRY__URL", raising=False)
    folder = Path(tempfile.mkdtemp(prefix="mcc-bk-"))
    folder.chmod(0o755)
    old, new, file = folder / "old", folder / "new", folder / "b.zip"
    try:
        url = embedded.start(old / "postgres").url
        migrate(url, etl_role="mcc_etl")
        seed(url)
        embedded.stop(old / "postgres")
        assert main(["backup", "--out", str(file), "--state", str(old)]) == 0
        assert main(["restore", str(file), "--state", str(new)]) == 0
        assert embedded.running_url(old / "postgres") is None
        assert embedded.running_url(new / "postgres") is None
        assert not processes_of(folder)
        url = embedded.start(new / "postgres").url
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM registry.site").fetchall() == [(3,)]
        # A centre that runs is not restored over.
        holder = Supervisor(Places(load(state=new, environ={})))
        holder.hold()
        assert main(["restore", str(file), "--state", str(new)]) == 2
        assert main(["backup", "--out", str(folder / "c.zip"), "--state", str(new)]) == 0, "beside it, a backup is made"
        holder.stop()
    finally:
        for state in (old, new):
            embedded.stop(state / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
