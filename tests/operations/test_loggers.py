"""Logger files into the registry: whole or not at all, and whatever comes twice adds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from campaign.access import Role
from campaign.formats.fridge_tag import LoggerFile, read_fridge_tag
from operations import loggers
from operations.action_log import ActRefused, NotAllowed
from operations.logger_rows import reading_id
from operations.loggers import Outcome
from settings import load
from tests.support.centre import WALL, Centre
from tests.support.loggers import FILE, LATER, SERIAL, START, export, files, held, rows
from tests.support.people import add_account, grant

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
REAL = Path("real") / "coldchain_berlinger" / "fridgetag2L_130500109088_202206081014.txt"
READ: Callable[[bytes], LoggerFile] = partial(read_fridge_tag, zone=ZONE, max_bytes=1_000_000, earliest_year=2015)


def take(url: str, content: bytes = FILE, *, actor: str = "Lê An") -> loggers.Taken:
    return loggers.take(url, content=content, name="a.txt", read=READ, actor=actor, now=NOW)


def logged(owner: psycopg.Connection) -> list[str]:
    return [row["action"] for row in owner.execute("SELECT action FROM operations.action_log ORDER BY 1").fetchall()]


def everything(owner: psycopg.Connection) -> list[str]:
    """All that an import may write, as text."""
    names = ("registry.temperature_reading", "registry.logger_file", "registry.logger_day", "registry.equipment",
             "operations.action_log", "operations.audit")  # fmt: skip
    return [str(row) for name in names for row in owner.execute(f"SELECT t::text FROM {name} t ORDER BY 1").fetchall()]


def test_a_file_becomes_readings_days_and_a_line_in_the_audit(app_url: str, fridges: psycopg.Connection) -> None:
    done = take(app_url)
    assert (done.outcome, done.equipment_id, done.readings, done.added) == (Outcome.IMPORTED, "F-79", 4, 4)
    start = START.replace(tzinfo=ZONE)
    assert held(fridges) == [
        (start + timedelta(minutes=5 * count), temp_c) for count, temp_c in enumerate([5.0, 9.5, None, 5.0])
    ]
    row = fridges.execute("SELECT * FROM registry.logger_file").fetchone() or {}
    assert (bytes(row["content"]), row["received_by"], row["received_at"]) == (FILE, "Lê An", NOW)
    assert (row["first_at"], row["last_at"]) == (start, start + timedelta(minutes=15))
    stamps = fridges.execute("SELECT min(received_at), max(received_at) FROM registry.temperature_reading").fetchone()
    assert stamps == {"min": NOW, "max": NOW}
    days = fridges.execute("SELECT day::text, min_c, high_minutes, high_alarm_at FROM registry.logger_day").fetchall()
    assert sorted(tuple(day.values())[:3] for day in days) == [("2021-11-20", 4.0, 312), ("2021-11-21", 4.0, 312)]
    audit = fridges.execute("SELECT actor, action, subject, detail FROM operations.audit").fetchone() or {}
    assert (audit["actor"], audit["action"], audit["subject"]) == ("Lê An", "logger_import", SERIAL)
    assert audit["detail"]["added"] == 4


def test_the_same_file_twice_adds_nothing_and_an_overlapping_one_what_is_new(
    app_url: str, fridges: psycopg.Connection
) -> None:
    take(app_url)
    again = take(app_url)
    assert (again.outcome, again.added, len(held(fridges))) == (Outcome.IMPORTED, 0, 4)
    assert len(files(fridges)) == 1
    later = take(app_url, LATER)
    assert (later.readings, later.added) == (4, 1)
    assert [temp_c for _, temp_c in held(fridges)] == [5.0, 9.5, None, 5.0, 4.0]


def test_what_a_live_feed_told_of_an_instant_stays(app_url: str, fridges: psycopg.Connection) -> None:
    fridges.execute(
        "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c) "
        "VALUES (7, 'F-79', %s, now(), 6.5)",
        [START.replace(tzinfo=ZONE)],
    )
    assert take(app_url).added == 3
    assert [temp_c for _, temp_c in held(fridges)][:2] == [6.5, 9.5]


def test_readings_stay_with_the_fridge_that_they_were_made_in(app_url: str, fridges: psycopg.Connection) -> None:
    """The logger moves on, and its next export holds the time before the move too."""
    take(app_url)
    loggers.register(app_url, serial="555555", equipment_id="F-79", read=READ, actor="Lê An", now=NOW)
    loggers.register(app_url, serial=SERIAL, equipment_id="F-01", read=READ, actor="Lê An", now=NOW)
    assert take(app_url, LATER).added == 1
    assert (len(held(fridges, "F-79")), [temp_c for _, temp_c in held(fridges, "F-01")]) == (4, [4.0])


def test_the_number_of_a_reading_is_negative_and_depends_on_nothing_else() -> None:
    at = START.replace(tzinfo=ZONE)
    assert (
        reading_id(SERIAL, at) == reading_id(SERIAL, at.astimezone(UTC)) == -4441777211033319396
    )  # as printf … | sha256sum has it
    minutes = [at + timedelta(minutes=count) for count in range(20_000)]
    numbers = {reading_id(serial, minute) for minute in minutes for serial in ("100200300400", "100200300401")}
    assert len(numbers) == 40_000
    assert min(numbers) >= -(2**63)
    assert max(numbers) < 0


def test_of_two_temperatures_at_one_instant_the_one_furthest_out_is_taken(
    app_url: str, fridges: psycopg.Connection
) -> None:
    assert take(app_url, export([*rows("7.0"), *rows("9.0"), *rows("-1.5")])).added == 1
    assert [temp_c for _, temp_c in held(fridges)] == [-1.5]


@pytest.mark.parametrize(
    ("own", "then"),
    [
        ((None, None, None, None), (2.0, 60, 8.0, 60)),
        ((-0.5, 45, None, None), (-0.5, 45, 8.0, 60)),
        ((1.0, None, 9.0, None), (1.0, None, 9.0, None)),
    ],
)
def test_limits_are_taken_over_where_the_equipment_has_none(
    app_url: str,
    fridges: psycopg.Connection,
    own: tuple[float | None, ...],
    then: tuple[float | None, ...],
) -> None:
    names = "low_limit_c, low_minutes, high_limit_c, high_minutes"
    fridges.execute(f"UPDATE registry.equipment SET ({names}) = (%s, %s, %s, %s) WHERE equipment_id = 'F-79'", own)
    take(app_url)
    for device, limits in (("F-79", then), ("F-01", (None,) * 4)):
        query = f"SELECT {names} FROM registry.equipment WHERE equipment_id = %s"
        assert tuple((fridges.execute(query, [device]).fetchone() or {}).values()) == limits


def test_the_newest_export_tells_a_day_whichever_comes_first(app_url: str, fridges: psycopg.Connection) -> None:
    old, new = export(minutes=10, created="2021-11-22 09:00"), export(minutes=20, created="2021-11-23 09:00")
    for order in ((old, new), (new, old)):
        for content in order:
            take(app_url, content)
        found = fridges.execute("SELECT DISTINCT high_minutes FROM registry.logger_day").fetchall()
        assert found == [{"high_minutes": 20}]
        fridges.execute("DELETE FROM registry.logger_day")


def test_a_logger_nobody_knows_waits_and_is_taken_in_once_it_is_registered(
    app_url: str, fridges: psycopg.Connection
) -> None:
    fridges.execute("UPDATE registry.equipment SET serial = NULL")
    done = take(app_url)
    take(app_url, LATER)
    assert (done.outcome, done.added, held(fridges)) == (Outcome.UNKNOWN_DEVICE, 0, [])
    assert f"--register {SERIAL} --equipment ID" in done.message
    assert files(fridges) == [("unknown_device", SERIAL)] * 2
    assert fridges.execute("SELECT count(*) AS days FROM registry.logger_day").fetchone() == {"days": 0}
    made = loggers.register(app_url, serial=SERIAL, equipment_id="F-01", read=READ, actor="Lê An", now=NOW)
    assert sorted(file.added for file in made.files) in ([1, 4], [1, 4][::-1])
    assert len(held(fridges, "F-01")) == 5
    assert files(fridges) == [("imported", SERIAL)] * 2
    assert logged(fridges) == ["logger_import", "logger_import", "logger_register"]
    again = loggers.register(app_url, serial=SERIAL, equipment_id="F-01", read=READ, actor="Lê An", now=NOW)
    assert (again.before, again.files) == (SERIAL, ())


def test_a_logger_hangs_in_one_place(app_url: str, fridges: psycopg.Connection) -> None:
    for device, told in (("F-01", "hangs in F-79"), ("F-99", "no equipment is called 'F-99'")):
        with pytest.raises(ActRefused, match=told):
            loggers.register(app_url, serial=SERIAL, equipment_id=device, read=READ, actor="Lê An", now=NOW)
    fridges.execute("UPDATE registry.equipment SET serial = %s", [SERIAL])
    done = take(app_url)
    assert (done.outcome, held(fridges)) == (Outcome.UNKNOWN_DEVICE, [])
    assert "stands with F-01, F-79" in done.message


def test_a_file_that_cannot_be_read_is_kept_with_the_reason(app_url: str, fridges: psycopg.Connection) -> None:
    done = take(app_url, FILE[:-200])
    assert done.outcome is Outcome.UNREADABLE
    row = fridges.execute("SELECT content, serial, message FROM registry.logger_file").fetchone() or {}
    assert (bytes(row["content"]), row["serial"]) == (FILE[:-200], None)
    assert row["message"].startswith("Sig: cut off")
    assert held(fridges) == []
    assert logged(fridges) == ["logger_import"]


@pytest.mark.parametrize("table", ["registry.temperature_reading", "registry.logger_day", "operations.action_log"])
def test_a_failure_at_any_step_leaves_nothing(app_url: str, fridges: psycopg.Connection, table: str) -> None:
    fridges.execute(
        "CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut'; END $$"
    )
    fridges.execute(f"CREATE TRIGGER fail AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION public.fail()")
    before = everything(fridges)
    with pytest.raises(psycopg.errors.RaiseException):
        take(app_url)
    assert everything(fridges) == before
    fridges.execute(f"DROP TRIGGER fail ON {table}")
    assert take(app_url).added == 4
    assert everything(fridges) != before


def test_an_operator_of_a_province_takes_in_files_of_its_devices(app_url: str, fridges: psycopg.Connection) -> None:
    add_account(app_url, "hcm", [grant(Role.OPERATOR, "79")])
    add_account(app_url, "hanoi", [grant(Role.OPERATOR, "01")])
    add_account(app_url, "looks", [grant(Role.VIEWER)])
    for actor in ("hanoi", "looks"):
        with pytest.raises(NotAllowed):
            take(app_url, actor=actor)
        with pytest.raises(NotAllowed):
            loggers.register(app_url, serial="777777", equipment_id="F-79", read=READ, actor=actor, now=NOW)
    assert files(fridges) == []
    assert take(app_url, actor="hcm").added == 4
    with pytest.raises(NotAllowed):
        take(app_url, export(serial="999999999999"), actor="hcm")  # of no province: the nation's to decide


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT full_name FROM registry.person",
        "SELECT * FROM registry.equipment",
        "UPDATE registry.temperature_reading SET temp_c = 5",
        "DELETE FROM registry.temperature_reading",
        "UPDATE registry.logger_file SET content = ''",
        "DELETE FROM registry.logger_file",
        "DELETE FROM registry.logger_day",
        "UPDATE registry.equipment SET store_code = 'x'",
    ],
)
def test_the_role_gained_no_more_than_the_import_needs(app_url: str, statement: str) -> None:
    with psycopg.connect(app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_the_feed_takes_negative_numbers_and_old_readings(
    registry_url: str, app_url: str, fridges: psycopg.Connection, tmp_path: Path
) -> None:
    old = rows("5.0", "5.0", start=datetime(2021, 3, 8, 8))  # noqa: DTZ001 - eight months before the campaign's now
    take(app_url, export([*old, *rows("5.0", "9.5", "9.0")]))
    centre = Centre(registry_url, load(state=tmp_path / "state", environ={}))
    try:
        done = centre.refresh()
        assert not done.failed
        assert done.quarantined == 0
        query = "SELECT last_read_at, temp_c, readings_outside FROM equipment_state WHERE equipment_id = 'F-79'"
        (state,) = centre.rows(query)
        assert state["last_read_at"] == START.replace(tzinfo=ZONE) + timedelta(minutes=10) < WALL
        assert (state["temp_c"], state["readings_outside"]) == (9.0, 2)
    finally:
        centre.close()


@pytest.mark.shared
def test_the_real_file_goes_in_to_the_unit(app_url: str, fridges: psycopg.Connection, shared: Path) -> None:
    fridges.execute("UPDATE registry.equipment SET serial = '130500109088' WHERE equipment_id = 'F-01'")
    content = (shared / REAL).read_bytes()
    assert take(app_url, content).added == 10_653
    query = """
        SELECT count(*) FILTER (WHERE temp_c > 8) AS above, count(*) FILTER (WHERE temp_c < 2) AS below,
               count(*) AS rows, min(reading_id) < 0 AND max(reading_id) < 0 AS negative
        FROM registry.temperature_reading"""
    known = {"above": 3229, "below": 2765, "rows": 10_653, "negative": True}
    assert fridges.execute(query).fetchone() == known
    assert take(app_url, content).added == 0
    assert fridges.execute(query).fetchone() == known
    days = """
        SELECT count(high_alarm_at) AS high, count(low_alarm_at) AS low, sum(high_minutes) AS minutes
        FROM registry.logger_day"""
    assert fridges.execute(days).fetchone() == {"high": 19, "low": 11, "minutes": 16_150}
