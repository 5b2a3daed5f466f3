"""The audit chain in a real database: who may not touch it, what cannot fork it, and that any change is named."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from cli.audit import WITNESSES
from cli.main import main
from operations.action_log import connect
from operations.audit import Author, Fault, Verdict, append, verify

ROWS = 9
AUTHOR = Author(name="lê an", account_id=4, origin="10.0.0.7", request_id="r-1")


def fill(url: str, rows: int = ROWS, author: Author = AUTHOR) -> None:
    for number in range(rows):
        with connect(url) as connection:
            append(connection, author, "viewed", f"sự việc {number}", detail={"n": number, "vì": "đ,1:x"})


def checked(url: str, witnesses: dict[int, bytes] | None = None) -> Verdict:
    with connect(url) as connection:
        return verify(connection, witnesses)


def by_force(owner: psycopg.Connection, statement: str, values: list[object] | None = None) -> None:
    """As somebody with the database's own rights, who also switches our triggers off."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        assert owner.execute(statement, values).rowcount != 0


def test_what_was_appended_is_whole(app_url: str) -> None:
    assert checked(app_url) == Verdict(rows=0, head=checked(app_url).head)
    fill(app_url)
    with connect(app_url) as connection:
        append(connection, Author(name="etl"), "x", "", refused=True)
    found = checked(app_url)
    assert (found.rows, found.fault, found.head.audit_id) == (ROWS + 1, None, ROWS + 1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE operations.audit SET actor = 'x' WHERE audit_id = 3",
        "DELETE FROM operations.audit WHERE audit_id = 3",
        "TRUNCATE operations.audit",
        "UPDATE operations.audit_head SET audit_id = 1",
        "INSERT INTO operations.audit (audit_id, at, actor, action, subject, outcome, origin, prev_hash, row_hash) "
        "VALUES (77, now(), 'x', 'x', 'x', 'done', 'x', '', '')",
        "ALTER TABLE operations.audit DISABLE TRIGGER ALL",
        "SELECT operations.audit_append()",
        "CREATE OR REPLACE FUNCTION operations.audit_is_kept() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_the_application_s_role_cannot_change_it(app_url: str, statement: str) -> None:
    fill(app_url, 3)
    with psycopg.connect(app_url) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(statement)
    assert isinstance(refused.value, psycopg.errors.InsufficientPrivilege | psycopg.errors.FeatureNotSupported)
    assert checked(app_url).rows == 3


@pytest.mark.parametrize("statement", ["UPDATE operations.audit SET actor = 'x'", "DELETE FROM operations.audit"])
def test_not_even_its_owner_does_so_by_mistake(app_url: str, owner: psycopg.Connection, statement: str) -> None:
    fill(app_url, 2)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        owner.execute(statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        owner.execute("TRUNCATE operations.audit")


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'lê ân'",
        "subject = subject || ' '",
        'detail = \'{"n": 5, "vì": "đ,1:x"}\'',
        "outcome = 'refused'",
        "origin = '10.0.0.8'",
        "account_id = 5",
        "account_id = NULL",
        "request_id = 'r-2'",
        "action = 'viewe', subject = 'd' || subject",
        "at = at + interval '1 microsecond'",
        "row_hash = set_byte(row_hash, 31, get_byte(row_hash, 31) # 1)",
        "prev_hash = set_byte(prev_hash, 0, get_byte(prev_hash, 0) # 128)",
    ],
)
def test_one_altered_byte_is_found_and_its_row_named(app_url: str, owner: psycopg.Connection, change: str) -> None:
    fill(app_url)
    by_force(owner, f"UPDATE operations.audit SET {change} WHERE audit_id = 5")
    found = checked(app_url)
    assert (found.fault, found.row) == (Fault.ALTERED, 5)
    assert "row 5" in found.told


def rehash(owner: psycopg.Connection, number: int) -> None:
    """What somebody who read our code would do after a change."""
    at = "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    names = ["audit_id::text", at, "actor", "account_id::text", "action", "subject", "outcome", "origin", "request_id"]
    texts = " || ".join(f"operations.audit_field({name})" for name in [*names, "detail::text"])
    by_force(
        owner,
        f"UPDATE operations.audit SET row_hash = sha256(prev_hash || convert_to({texts}, 'UTF8')) WHERE audit_id = %s",
        [number],
    )


@pytest.mark.parametrize("number", [5, ROWS])
def test_a_row_rewritten_with_its_own_hash_is_named(app_url: str, owner: psycopg.Connection, number: int) -> None:
    fill(app_url)
    by_force(owner, "UPDATE operations.audit SET actor = 'nobody' WHERE audit_id = %s", [number])
    rehash(owner, number)
    found = checked(app_url)
    assert (found.fault, found.row) == (Fault.REWRITTEN, number)


@pytest.mark.parametrize(("first", "last"), [(1, 1), (4, 6), (ROWS, ROWS), (7, ROWS), (1, ROWS)])
def test_removed_rows_are_named_the_last_ones_too(
    app_url: str, owner: psycopg.Connection, first: int, last: int
) -> None:
    fill(app_url)
    by_force(owner, "DELETE FROM operations.audit WHERE audit_id BETWEEN %s AND %s", [first, last])
    found = checked(app_url)
    assert (found.fault, found.row) == (Fault.MISSING, first)


def test_rows_that_changed_places_are_named(app_url: str, owner: psycopg.Connection) -> None:
    fill(app_url)
    for statement in ("= -4 WHERE audit_id = 4", "= 4 WHERE audit_id = 6", "= 6 WHERE audit_id = -4"):
        by_force(owner, f"UPDATE operations.audit SET audit_id {statement}")
    found = checked(app_url)
    assert (found.fault, found.row) == (Fault.ALTERED, 4)


def test_a_row_put_in_by_hand_is_named(app_url: str, owner: psycopg.Connection) -> None:
    fill(app_url)
    by_force(
        owner,
        "INSERT INTO operations.audit SELECT audit_id + 1, at, actor, account_id, action, subject, outcome, origin, "
        "request_id, detail, row_hash, row_hash FROM operations.audit WHERE audit_id = %s",
        [ROWS],
    )
    assert (checked(app_url).fault, checked(app_url).row) == (Fault.ALTERED, ROWS + 1)
    rehash(owner, ROWS + 1)
    assert (checked(app_url).fault, checked(app_url).row) == (Fault.FOREIGN, ROWS + 1)


def test_a_whole_forgery_is_found_by_what_lies_outside_the_database(app_url: str, owner: psycopg.Connection) -> None:
    """Cut the tail, set the head back, append again: inside the database nothing is left that tells."""
    fill(app_url)
    seen = checked(app_url).head
    by_force(owner, "DELETE FROM operations.audit WHERE audit_id > 6")
    by_force(
        owner,
        "UPDATE operations.audit_head h SET audit_id = a.audit_id, row_hash = a.row_hash "
        "FROM operations.audit a WHERE a.audit_id = 6",
    )
    assert checked(app_url).fault is None
    cut = checked(app_url, {seen.audit_id: seen.row_hash})
    assert (cut.fault, cut.row) == (Fault.MISSING, 7)
    fill(app_url, 5)
    assert checked(app_url).fault is None
    again = checked(app_url, {seen.audit_id: seen.row_hash})
    assert (again.fault, again.row) == (Fault.REWRITTEN, ROWS)


def test_writers_at_the_same_moment_make_one_chain(app_url: str) -> None:
    writers, each = 8, 12

    def write(number: int) -> None:
        fill(app_url, each, Author(name=f"w{number}", origin="test"))

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    found = checked(app_url)
    assert (found.fault, found.rows) == (None, writers * each)


def test_an_act_that_is_rolled_back_leaves_neither_row_nor_gap(app_url: str) -> None:
    fill(app_url, 2)
    with pytest.raises(ZeroDivisionError), connect(app_url) as connection:
        append(connection, AUTHOR, "x", "y")
        _ = 1 / 0
    fill(app_url, 2)
    assert (checked(app_url).fault, checked(app_url).rows) == (None, 4)


def test_the_chain_does_not_depend_on_the_session_s_zone(app_url: str) -> None:
    with connect(app_url) as connection:
        connection.execute("SET timezone = 'Asia/Ho_Chi_Minh'")
        append(connection, AUTHOR, "x", "y", detail={"số": 1.50})
    with connect(app_url) as connection:
        connection.execute("SET timezone = 'America/Caracas'")
        connection.commit()
        assert verify(connection).fault is None


def test_a_text_with_our_separators_is_hashed_like_any(app_url: str, owner: psycopg.Connection) -> None:
    """Moving a character from one column to the next must not give the same text."""
    with connect(app_url) as connection:
        append(connection, Author(name="a", origin="b"), "3:abc,", "-,", detail={})
    by_force(owner, "UPDATE operations.audit SET actor = 'ab', origin = '', detail = %s", [Jsonb({})])
    assert checked(app_url).fault is Fault.ALTERED


def test_the_command_answers_whole_or_which_row(
    registry_url: str,
    app_url: str,
    owner: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    fill(app_url)

    def ask(*more: str) -> tuple[int, str]:
        code = main(["audit", "verify", "--state", str(tmp_path), *more])
        return code, capfd.readouterr().out

    code, out = ask("--json")
    told = json.loads(out)
    assert (code, told["whole"], told["rows"], told["row"]) == (0, True, ROWS, None)
    assert out.count("\n") == 1
    assert ask()[0] == 0
    assert len((tmp_path / WITNESSES).read_text().splitlines()) == 1
    assert ask("--witness", told["head"])[0] == 0
    by_force(owner, "UPDATE operations.audit SET subject = 'x' WHERE audit_id = 2")
    code, out = ask("--json")
    assert (code, json.loads(out)["row"], json.loads(out)["fault"]) == (4, 2, "altered")
    assert ask()[1].startswith("row 2 was altered")


def test_a_witness_that_cannot_be_read_is_no_silence(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    (tmp_path / WITNESSES).write_text('{"audit_id": 1}\n')
    assert main(["audit", "verify", "--state", str(tmp_path)]) == 4
    assert "line 1" in capfd.readouterr().err
