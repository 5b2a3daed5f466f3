"""Thirty days of records come a month late, in pieces beside the day's own: the figures are those of a centre that had
them all along, and of one that counts anew from its records."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg

from etl.feeds.source import ReadLimits
from settings import Settings, load
from tests.support.centre import Centre
from tests.support.registry import NOON, Dose, add_doses, add_people
from warehouse.verify import rebuild, verify

PEOPLE, DAYS, LATE = 240, 75, range(25, 55)
PIECE, FRESH = 60, 4
SITES = ("01-A", "79-A", "QD-A")
LOTS = {"astrazeneca": "L1", "abdala": "L2", "spikevax": "L3"}


def life() -> list[tuple[int, Dose]]:
    """Doses with the number of the day on which each was given: up to three of each person, in any intervals."""
    dice = random.Random(30)
    found: list[tuple[int, Dose]] = []
    for person in range(1, PEOPLE + 1):
        for day in sorted(dice.sample(range(DAYS), dice.randint(1, 3))):
            product, lot = dice.choice(list(LOTS.items()))
            at = NOON - timedelta(DAYS - day)
            found.append((day, Dose(len(found) + 1, person, at, product, site=dice.choice(SITES), lot=lot)))
    return found


def fill(url: str) -> None:
    """People of three provinces, and a lot of each product."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
            "vials_per_tray) VALUES (%s, %s, 'covax', 100000, 10, 100) ON CONFLICT DO NOTHING",
            [(lot, product) for product, lot in LOTS.items()],
        )
    dice = random.Random(31)
    add_people(url, [(person, dice.choice(("01", "74", "79"))) for person in range(1, PEOPLE + 1)])


def void(url: str, doses: list[Dose]) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE registry.dose SET voided_at = now(), void_reason = 'entered twice' WHERE dose_id = ANY(%s)",
            [[dose.dose_id for dose in doses]],
        )


def test_thirty_days_that_come_a_month_late_equal_a_clean_rebuild(
    centre: Centre, tmp_path: Path, open_centre: Callable[[Settings], Centre]
) -> None:
    given = life()
    late = [dose for day, dose in given if day in LATE]
    in_time = [dose for day, dose in given if day not in LATE]
    last = in_time[-3 * FRESH :]
    assert len(late) > 2 * PIECE
    fill(centre.url)
    add_doses(centre.url, in_time[: -3 * FRESH])
    centre.refresh()

    add_doses(centre.url, late)
    void(centre.url, late[::17])
    centre.limits = ReadLimits(max_rows=PIECE)
    refreshes, waits = 0, True
    while waits:
        fresh, last = last[:FRESH], last[FRESH:]
        add_doses(centre.url, fresh)
        waits = centre.refresh().more_waits
        refreshes += 1
        assert centre.holds()
    assert refreshes > 2, "it came in pieces"
    add_doses(centre.url, last)
    centre.refresh()
    assert centre.headline().doses == len(given) - len(late[::17])
    backfilled = centre.hash()

    engine = centre.refresher.engine
    assert verify(centre.warehouse, engine, deep=True).cells_differing == 0
    rebuild(centre.warehouse, engine)
    centre.refresh()
    assert centre.hash() == backfilled

    clean = open_centre(load(state=tmp_path / "clean"))
    clean.refresh()
    assert clean.headline().doses == centre.headline().doses
    assert clean.hash() == backfilled
