"""The age kept with a dose is right whichever is written first, the record or the corrected birthday."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta

import psycopg
import pytest

from tests.support.registry import NOON, Dose, add_doses, add_people

ADULT, CHILD = date(1990, 1, 1), date(2010, 1, 1)
AGES = "SELECT dose_id, age_years FROM feed.dose ORDER BY dose_id"
KEPT = "SELECT dose_id, age_years FROM registry.dose ORDER BY dose_id"
CORRECT = "UPDATE registry.person SET birth_date = %s WHERE person_id = 1"


def on(day_of: date) -> int:
    """Whole years on the day of NOON."""
    return NOON.year - day_of.year - ((NOON.month, NOON.day) < (day_of.month, day_of.day))


def ages(url: str, query: str = AGES) -> list[tuple[int, int | None]]:
    with psycopg.connect(url) as connection:
        return [(int(number), age) for number, age in connection.execute(query).fetchall()]


def insert(connection: psycopg.Connection, dose_id: int, person_id: int = 1) -> None:
    connection.execute(
        "INSERT INTO registry.dose (dose_id, person_id, injected_at, recorded_at, identity_status) "
        "VALUES (%s, %s, %s, %s, 'matched')",
        (dose_id, person_id, NOON, NOON),
    )


@pytest.fixture
def url(registry_url: str) -> str:
    add_people(registry_url, [(1, "79")])
    with psycopg.connect(registry_url) as connection:
        connection.execute(CORRECT, (ADULT,))
    return registry_url


def test_the_day_before_an_eighteenth_birthday_is_seventeen(url: str) -> None:
    tomorrow = NOON.date() + timedelta(days=1)
    with psycopg.connect(url) as connection:
        connection.execute(CORRECT, (tomorrow.replace(year=tomorrow.year - 18),))
        insert(connection, 1)
    assert ages(url, KEPT) == [(1, 17)]


def test_a_corrected_birthday_changes_the_ages_kept_and_sends_the_records_again(url: str) -> None:
    add_doses(url, [Dose(1, 1, NOON)])
    stamp = "SELECT row_version::text::bigint FROM feed.dose"
    with psycopg.connect(url) as connection:
        before = connection.execute(stamp).fetchall()[0][0]
        connection.execute(CORRECT, (CHILD,))
        after = connection.execute(stamp).fetchall()[0][0]
    assert ages(url) == ages(url, KEPT) == [(1, on(CHILD))]
    assert after > before


def test_a_dose_whose_person_comes_later_has_an_age_once_it_is_read_again(url: str) -> None:
    with psycopg.connect(url) as connection:
        insert(connection, 1, person_id=2)
    assert ages(url) == [(1, None)]
    add_people(url, [(2, "79")])
    assert ages(url)[0][1] is not None


@pytest.mark.parametrize("first", ["dose", "birthday"])
def test_neither_writer_leaves_an_age_of_the_wrong_birthday(url: str, first: str) -> None:
    """Two transactions at once: the second one waits, and sees what the first one wrote."""
    steps = {"dose": lambda c: insert(c, 1), "birthday": lambda c: c.execute(CORRECT, (CHILD,))}
    other = steps[next(name for name in steps if name != first)]

    def second() -> None:
        with psycopg.connect(url) as connection:
            other(connection)

    with psycopg.connect(url) as connection:
        steps[first](connection)
        thread = threading.Thread(target=second)
        thread.start()
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        with psycopg.connect(url, autocommit=True) as watching:
            while not watching.execute(waiting).fetchall()[0][0] and thread.is_alive():
                time.sleep(0.02)
        assert thread.is_alive(), "the second writer did not wait for the first"
        connection.commit()
        thread.join()
    assert ages(url) == ages(url, KEPT) == [(1, on(CHILD))]
