"""A small registry that tests fill by hand: real PostgreSQL, real schema, a handful of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg

from geo.areas import load_provinces

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "data" / "reference"
NOON = datetime(2021, 11, 20, 5, tzinfo=UTC)  # 12:00 in Vietnam


def person_key_of(connection: psycopg.Connection, person_id: int) -> str:
    query = "SELECT substr(encode(sha256(key || int8send(%s::bigint)), 'hex'), 1, 32) FROM registry.secret"
    row = connection.execute(query, [person_id]).fetchone()
    assert row is not None
    return str(row[0])


@dataclass(frozen=True, slots=True)
class Dose:
    dose_id: int
    person_id: int | None
    on: datetime
    product: str | None = "astrazeneca"
    site: str = "79-A"
    lot: str | None = "L1"
    recorded: datetime | None = None


def seed(url: str) -> None:
    """63 provinces, one site and store in Hà Nội, HCMC and for the army, one lot."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for province in load_provinces(REFERENCE):
            cursor.execute(
                "INSERT INTO registry.area (code, level, name_vi, name_en, source, valid_from) "
                "VALUES (%s, 'province', %s, %s, 'test', '2021-07-01')",
                [province.code, province.name_vi, province.name_en],
            )
        cursor.execute(
            "INSERT INTO registry.recipient (code, name_vi, name_en, kind) VALUES ('QD', 'Quân đội', 'Army', 'army')"
        )
        for code, province, recipient in (("01-A", "01", None), ("79-A", "79", None), ("QD-A", None, "QD")):
            cursor.execute(
                "INSERT INTO registry.site (code, name_vi, kind, province_code, recipient_code, opened_on) "
                "VALUES (%s, %s, 'fixed', %s, %s, '2021-03-01')",
                [code, code, province, recipient],
            )
            cursor.execute(
                "INSERT INTO registry.store (code, name_vi, level, province_code, recipient_code, site_code) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                [f"S-{code}", code, "recipient" if recipient else "province", province, recipient, code],
            )
        cursor.execute(
            "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
            "vials_per_tray) VALUES ('L1', 'astrazeneca', 'covax', 100000, 10, 100)"
        )


def add_people(url: str, people: Iterable[tuple[int, str]], *, born: date = date(1980, 5, 1)) -> None:
    """(person_id, province of residence); all born on the same day, with identity fields that must never travel."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry.person (person_id, full_name, birth_date, phone, national_id, sex, province_code) "
            "VALUES (%s, 'Nguyễn Thị Bí Mật', %s, '0900000777', '079180000777', 'f', %s)",
            [(person_id, born, province) for person_id, province in people],
        )


def add_doses(url: str, doses: Sequence[Dose]) -> None:
    with psycopg.connect(url) as connection:
        insert_doses(connection, doses)


def insert_doses(connection: psycopg.Connection, doses: Sequence[Dose]) -> None:
    """In the caller's own transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry.dose (dose_id, person_id, product_code, dose_number, lot_number, site_code, "
            "injected_at, recorded_at, identity_status) VALUES (%s, %s, %s, 1, %s, %s, %s, %s, 'matched')",
            [
                (d.dose_id, d.person_id, d.product, d.lot, d.site, d.on, d.recorded or d.on + timedelta(minutes=5))
                for d in doses
            ],
        )
