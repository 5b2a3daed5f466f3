"""Views added to an installation in use: its rows stay, and the new views show pseudonyms as the old ones do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from cli.places import as_role
from registry.migrate import FOLDER, migrate, sqlalchemy_url
from tests.support.registry import NOON, Dose, add_doses, add_people, person_key_of, seed

ROLE = "mcc_etl"
DOSE = "SELECT person_key, age_years, row_version::text FROM feed.dose"
NEW_VIEWS = {
    "person_merge": "merge_id, kept_key, merged_key, merged_at, undone, row_version",
    "adverse_event": "event_id, person_key, dose_id, site_code, lot_number, product_code, onset_at, recorded_at, "
    "serious, outcome, row_version",
    "session": "session_id, site_code, held_on, product_code, planned_people, tables, state, row_version",
    "allocation_decision": "decision_id, number, round, decided_on, state, row_version, signed_by, source, earmark",
    "allocation_line": "decision_id, store_code, product_code, lot_number, doses, planned_on, shipped_on, received_on, "
    "doses_received, row_version, line_key",
    "allocation_change": "change_id, decision_id, store_code, product_code, lot_number, field, before, after, "
    "changed_at, row_version",
    "supply_movement": "movement_id, store_code, item_code, batch, kind, pieces, counted, occurred_at, recorded_at, "
    "counterpart_code, cancels_id, reason, row_version",
    "vial_reading": "reading_key, store_code, lot_number, stage, doses, read_at, occasion, row_version",
    "recipient": "code, name_vi, name_en, kind, row_version",
    "site_district": "site_code, district_code, from_on, until_on, row_version",
}


@pytest.fixture
def first_model(postgres: str) -> Iterator[str]:
    """A database as the first release left it."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    url = postgres.replace("/postgres?", f"/{name}?")
    with create_engine(sqlalchemy_url(url), poolclass=NullPool).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes.update(connection=connection, etl_role=ROLE)
        command.upgrade(config, "0001")
    yield url
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_an_installation_in_use_keeps_its_rows(first_model: str) -> None:
    seed(first_model)
    add_people(first_model, [(1, "79")])
    add_doses(first_model, [Dose(1, 1, NOON)])
    with psycopg.connect(first_model) as connection:
        connection.execute(
            "INSERT INTO operations.figure_lock (reporting_day, snapshot_version, locked_by) "
            "VALUES ('2021-11-20', 7, 'Lê An')"
        )
        before = connection.execute("SELECT * FROM registry.dose").fetchall()
        shown = connection.execute(DOSE).fetchall()
    migrate(first_model, etl_role=ROLE)
    migrate(first_model, etl_role=ROLE)
    with psycopg.connect(first_model) as connection:
        # Columns are added at the end; an age that was not kept is looked up as before.
        after = connection.execute("SELECT * FROM registry.dose").fetchall()
        assert [row[: len(before[0])] for row in after] == before
        assert connection.execute(DOSE).fetchall() == shown
        assert shown[0][1] is not None
        lock = "SELECT snapshot_version, locked_by, doses, reason FROM operations.figure_lock"
        assert connection.execute(lock).fetchall() == [(7, "Lê An", None, "")]
        assert connection.execute("SELECT snapshot_version FROM operations.cited_version").fetchall() == [(7,)]


@pytest.mark.parametrize("view", NEW_VIEWS)
def test_the_etls_role_reads_each_new_view_and_its_columns(registry_url: str, view: str) -> None:
    with psycopg.connect(as_role(registry_url, ROLE)) as connection:
        cursor = connection.execute(f"SELECT {NEW_VIEWS[view]} FROM feed.{view}")
        shown = connection.execute(f"SELECT * FROM feed.{view}").description or ()
        assert cursor.fetchall() == []
    # Whose signature a published decision bears is printed on it.
    people = {"actor", "read_by", "person_id", "kept_person_id", "merged_person_id"}
    people |= set() if view == "allocation_decision" else {"signed_by"}
    assert not people & {one.name for one in shown}


def test_a_merge_names_the_pseudonyms_of_the_person_feed(registry_url: str) -> None:
    add_people(registry_url, [(1, "79"), (2, "79")])
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.person_merge (merge_id, kept_person_id, merged_person_id, merged_at, actor) "
            "VALUES (5, 1, 2, '2021-11-20 05:00Z', 'clerk')"
        )
        keys = [person_key_of(connection, person_id) for person_id in (1, 2)]
        listed = {row[0] for row in connection.execute("SELECT person_key FROM feed.person").fetchall()}
    query = "SELECT kept_key, merged_key, undone, row_version::text::bigint FROM feed.person_merge"
    with psycopg.connect(as_role(registry_url, ROLE)) as connection:
        first = connection.execute(query).fetchall()[0]
    with psycopg.connect(registry_url) as connection:
        connection.execute("UPDATE registry.person_merge SET undone_at = '2021-11-21 05:00Z'")
    with psycopg.connect(as_role(registry_url, ROLE)) as connection:
        second = connection.execute(query).fetchall()[0]
    assert set(keys) == listed
    assert [list(row[:3]) for row in (first, second)] == [[*keys, False], [*keys, True]]
    assert second[3] > first[3], "undoing is a change that the next reading finds"


def test_an_event_without_a_person_has_no_key(registry_url: str) -> None:
    with psycopg.connect(registry_url) as connection:
        for event, person in ((1, 1), (2, None)):
            connection.execute(
                "INSERT INTO registry.adverse_event (event_id, person_id, recorded_at, serious) "
                "VALUES (%s, %s, now(), true)",
                [event, person],
            )
        key = person_key_of(connection, 1)
        rows = connection.execute("SELECT event_id, person_key FROM feed.adverse_event ORDER BY event_id").fetchall()
    assert rows == [(1, key), (2, None)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE operations.repair SET value = 'x'",
        "DELETE FROM operations.feed_release",
        "UPDATE operations.figure_lock SET doses = 0",
        "INSERT INTO operations.figure_lock (reporting_day, snapshot_version, locked_by) VALUES ('2021-11-20', 1, 'x')",
        "SELECT * FROM operations.action_log",
        "UPDATE feed.person_merge SET undone = true",
    ],
)
def test_the_etls_role_changes_nothing_that_a_person_decided(registry_url: str, statement: str) -> None:
    with (
        psycopg.connect(as_role(registry_url, ROLE)) as connection,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)),
    ):
        connection.execute(statement)
