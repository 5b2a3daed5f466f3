"""The ETL's role sees pseudonyms and nothing else, whatever it tries."""

from __future__ import annotations

import psycopg
import pytest

from cli.places import as_role
from tests.support.registry import NOON, Dose, add_doses, add_people, seed

SECRETS = ("Bí Mật", "0900000777", "079180000777", "1980-05-01")


def tables(url: str, schema: str) -> list[str]:
    with psycopg.connect(url) as connection:
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
        return [row[0] for row in connection.execute(query, [schema]).fetchall()]


def test_every_table_of_records_is_closed_to_the_role(registry_url: str) -> None:
    names = tables(registry_url, "registry")
    assert len(names) > 20
    for name in names:
        with (
            psycopg.connect(as_role(registry_url, "mcc_etl")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"SELECT * FROM registry.{name}")


@pytest.mark.parametrize("table", ["account", "web_session", "sign_in_try", "audit", "action_log"])
def test_what_operators_decide_cannot_be_read_by_it(registry_url: str, table: str) -> None:
    with (
        psycopg.connect(as_role(registry_url, "mcc_etl")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SELECT * FROM operations.{table}")


def test_no_view_shows_an_identity_field(registry_url: str) -> None:
    seed(registry_url)
    add_people(registry_url, [(1, "79")])
    add_doses(registry_url, [Dose(1, 1, NOON)])
    shown = 0
    with psycopg.connect(as_role(registry_url, "mcc_etl")) as connection:
        for name in tables(registry_url, "feed"):
            cursor = connection.execute(f"SELECT * FROM feed.{name}")
            columns = [column.name for column in cursor.description or ()]
            assert not {"full_name", "birth_date", "phone", "national_id", "person_id"} & set(columns), name
            text = str(cursor.fetchall())
            shown += len(text) > 2
            assert not [secret for secret in SECRETS if secret in text], name
    assert shown > 4


def test_a_pseudonym_is_stable_here_and_different_elsewhere(registry_url: str) -> None:
    add_people(registry_url, [(1, "79")])
    with psycopg.connect(registry_url) as connection:
        (first,) = connection.execute("SELECT person_key FROM feed.person").fetchone() or ("",)
        (again,) = connection.execute("SELECT person_key FROM feed.person").fetchone() or ("",)
        connection.execute("UPDATE registry.secret SET key = sha256('another installation')")
        (elsewhere,) = connection.execute("SELECT person_key FROM feed.person").fetchone() or ("",)
    assert first == again
    assert first != elsewhere
    assert len(first) == 32


def test_the_age_is_that_at_injection_in_whole_years_by_the_local_calendar(registry_url: str) -> None:
    seed(registry_url)
    add_people(registry_url, [(1, "79")])
    with psycopg.connect(registry_url) as connection:
        connection.execute("UPDATE registry.person SET birth_date = '2003-11-21'")
        # 20 Nov, 23:30 and 21 Nov, 00:30 in Vietnam: the day before the eighteenth birthday and the day itself.
        connection.execute(
            "INSERT INTO registry.dose (dose_id, person_id, injected_at, recorded_at, identity_status) VALUES "
            "(1, 1, '2021-11-20 16:30Z', now(), 'matched'), (2, 1, '2021-11-20 17:30Z', now(), 'matched')"
        )
        ages = connection.execute("SELECT age_years FROM feed.dose ORDER BY dose_id").fetchall()
    assert ages == [(17,), (18,)]
