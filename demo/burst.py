"""A burst of faultless doses for measuring the pipeline: people who were in no list until now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import psycopg

from campaign.clock import CampaignClock
from demo.copying import copy_rows
from demo.facts import CLOCK_CAMPAIGN, CLOCK_SPEED, CLOCK_WALL, read_facts
from demo.names import PHONE_PREFIX

PRODUCT = "comirnaty"
# Numbers above all of the demonstration's own, and below 2^53, so that every reader of JSON keeps them exact.
FIRST_PERSON, FIRST_DOSE = 3_000_000_000_000, 8_000_000_000_000_000
BORN = datetime(1980, 1, 1, tzinfo=UTC).date()


def burst(url: str, *, doses: int, at: datetime, late_days: int = 0) -> int:
    """Insert `doses` valid first doses, each of a new adult in a district of the whole country, in one transaction.

    `at` is campaign time; nothing can be recorded in its future, so a later instant means "now" on the campaign's
    clock. `late_days`: they were given evenly over so many days before it. Returns the number of doses. Raises
    ValueError where the registry has no lot or no open site to use.
    """
    with psycopg.connect(url) as connection:
        moment = min(at, _campaign_now(connection) or at).astimezone(UTC)
        lot = connection.execute(
            "SELECT lot_number FROM registry.lot WHERE product_code = %s ORDER BY lot_number LIMIT 1", (PRODUCT,)
        ).fetchone()
        sites = connection.execute(
            "SELECT code, commune_code, district_code, province_code FROM registry.site "
            "WHERE province_code IS NOT NULL AND opened_on <= %(day)s "
            "AND (closed_on IS NULL OR closed_on > %(day)s) ORDER BY code",
            {"day": moment.date()},
        ).fetchall()
        if lot is None or not sites:
            raise ValueError("the registry has no lot or no open site: write the demonstration's history first")
        first_person = _next(connection, "SELECT max(person_id) FROM registry.person", FIRST_PERSON)
        first_dose = _next(connection, "SELECT max(dose_id) FROM registry.dose", FIRST_DOSE)
        number = np.arange(doses)
        place = pl.DataFrame(
            sites, schema=["site_code", "commune_code", "district_code", "province_code"], orient="row"
        )
        rows = place[(number * 7919) % len(sites)].with_columns(person_id=pl.Series(first_person + number))
        copy_rows(connection, "person", _people(rows))
        return copy_rows(
            connection, "dose", _doses(rows, first_dose=first_dose, lot=str(lot[0]), moment=moment, late_days=late_days)
        )


def _people(rows: pl.DataFrame) -> pl.DataFrame:
    number = pl.col("person_id").cast(pl.String)
    return rows.select(
        "person_id",
        "commune_code",
        "district_code",
        "province_code",
        full_name=pl.concat_str(pl.lit("Người Thử "), number),
        birth_date=pl.lit(BORN) + pl.duration(days=pl.col("person_id") % 9000),
        phone=pl.concat_str(pl.lit(PHONE_PREFIX), number),
        sex=pl.when(pl.col("person_id") % 2 == 0).then(pl.lit("f")).otherwise(pl.lit("m")),
    )


def _doses(rows: pl.DataFrame, *, first_dose: int, lot: str, moment: datetime, late_days: int) -> pl.DataFrame:
    # 7,919 is a prime: neighbours lie days apart.
    late = (pl.col("person_id") * 7919 % max(late_days, 1)) if late_days else pl.lit(0)
    return rows.select(
        "person_id",
        "site_code",
        dose_id=pl.Series(first_dose + np.arange(rows.height)),
        product_code=pl.lit(PRODUCT),
        dose_number=pl.lit(1),
        lot_number=pl.lit(lot),
        injected_at=pl.lit(moment.replace(tzinfo=None)) - pl.duration(days=late),
        recorded_at=pl.lit(moment.replace(tzinfo=None)),
        identity_status=pl.lit("matched"),
    )


def _campaign_now(connection: psycopg.Connection) -> datetime | None:
    """Now on the campaign's clock as the registry states it, a minute back so that no reader is behind it."""
    facts = read_facts(connection)
    if CLOCK_CAMPAIGN not in facts:
        return None
    clock = CampaignClock(
        campaign_start=datetime.fromisoformat(facts[CLOCK_CAMPAIGN]),
        wall_start=datetime.fromisoformat(facts[CLOCK_WALL]),
        speed=float(facts[CLOCK_SPEED]),
    )
    return clock.now(datetime.now(UTC)) - timedelta(minutes=1)


def _next(connection: psycopg.Connection, question: str, first: int) -> int:
    row = connection.execute(question.encode()).fetchone()
    highest = row[0] if row and row[0] is not None else 0
    return max(int(highest) + 1, first)
