"""Records in the registry become figures in a snapshot: nothing lost, nothing doubled, no identity carried along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from campaign.coverage import Measure, PopulationGroup
from etl.feeds.registry import FEEDS, RegistryFeed
from settings import Settings
from tests.support.centre import WALL, Centre
from tests.support.registry import NOON, Dose, add_doses, add_people, insert_doses, seed
from warehouse import reads


def test_people_count_where_they_live_and_doses_where_they_were_given(centre: Centre) -> None:
    add_people(centre.url, [(1, "74"), (2, "79"), (3, "01")])
    add_doses(
        centre.url,
        [
            Dose(1, 1, NOON - timedelta(70)),
            Dose(2, 1, NOON - timedelta(5)),
            Dose(3, 2, NOON),
            Dose(4, 3, NOON, site="QD-A"),
        ],
    )
    centre.refresh()
    assert centre.headline().doses == 4
    assert (centre.area("79").doses, centre.area("74").doses, centre.area("central").doses) == (3, 0, 1)
    assert (centre.reached("74", Measure.DOSE1), centre.reached("74", Measure.FULL)) == (1, 1)
    assert (centre.reached("79", Measure.DOSE1), centre.reached("79", Measure.FULL)) == (1, 0)
    assert centre.holds()


def test_an_empty_registry_publishes_nothing(settings: Settings, open_centre: Callable[[Settings], Centre]) -> None:
    assert open_centre(settings).refresh().version is None


def test_the_same_data_twice_changes_nothing_but_the_version(centre: Centre) -> None:
    add_people(centre.url, [(1, "79")])
    add_doses(centre.url, [Dose(1, 1, NOON)])
    first = centre.refresh()
    before = centre.hash()
    with psycopg.connect(centre.url) as connection:
        connection.execute("UPDATE registry.dose SET updated_at = now()")
    second = centre.refresh()
    assert (centre.hash(), centre.headline().doses) == (before, 1)
    assert (first.version, second.version) == (1, 2)


def test_a_transaction_that_commits_late_is_not_missed(centre: Centre) -> None:
    add_people(centre.url, [(number, "79") for number in range(1, 4)])
    with psycopg.connect(centre.url) as slow:
        insert_doses(slow, [Dose(1, 1, NOON)])
        add_doses(centre.url, [Dose(2, 2, NOON)])
        centre.refresh()
        assert centre.headline().doses == 1
        add_doses(centre.url, [Dose(3, 3, NOON)])
        centre.refresh()
        assert centre.headline().doses == 2
        slow.commit()
    centre.refresh()
    assert centre.headline().doses == 3
    statuses = {feed.name: feed for feed in reads.feed_statuses(centre.snapshots, centre.snapshots.current())}
    assert (statuses["dose"].rows_in, statuses["dose"].accepted) == (3, 3)


def test_a_void_takes_the_dose_and_the_person_back_and_is_logged(centre: Centre) -> None:
    add_people(centre.url, [(1, "79")])
    add_doses(centre.url, [Dose(1, 1, NOON)])
    centre.refresh()
    with psycopg.connect(centre.url) as connection:
        connection.execute("UPDATE registry.dose SET voided_at = now(), void_reason = 'entered twice'")
    centre.refresh()
    assert (centre.headline().doses, centre.reached("79", Measure.DOSE1)) == (0, 0)
    (correction,) = reads.corrections(centre.snapshots, centre.snapshots.current())
    assert (correction.area_code, correction.day, correction.kind, correction.before) == (
        "79",
        date(2021, 11, 20),
        "down",
        1,
    )
    assert centre.holds()


BAD = [
    (Dose(9, 1, datetime(1899, 12, 30, tzinfo=UTC)), "injected_at", "impossible_date"),
    (Dose(9, 1, WALL + timedelta(days=2)), "injected_at", "in_the_future"),
    (Dose(9, 1, NOON, recorded=NOON - timedelta(days=1)), "injected_at", "after_recording"),
    (Dose(9, 1, NOON, product="astrazenca"), "product_code", "unknown_code"),
    (Dose(9, 1, NOON, product=None), "product_code", "missing"),
    (Dose(9, 1, NOON, site="79-nowhere"), "site_code", "unknown_code"),
    (Dose(9, 1, NOON, lot=None), "lot_number", "missing"),
    (Dose(9, None, NOON), "person_key", "missing"),
]


@pytest.mark.parametrize(("bad", "field", "reason"), BAD, ids=[f"{field}-{reason}" for _, field, reason in BAD])
def test_a_bad_dose_is_set_aside_and_enters_once_repaired(centre: Centre, bad: Dose, field: str, reason: str) -> None:
    add_people(centre.url, [(1, "79"), (2, "79")])
    add_doses(centre.url, [Dose(1, 2, NOON), bad])
    centre.refresh()
    version = centre.snapshots.current()
    assert centre.headline().doses == 1
    assert [(row.feed, row.field, row.reason, row.rows) for row in reads.quarantine(centre.snapshots, version)] == [
        ("dose", field, reason, 1)
    ]
    with psycopg.connect(centre.url) as connection:
        connection.execute(
            "UPDATE registry.dose SET injected_at = %s, recorded_at = %s, product_code = 'astrazeneca', "
            "site_code = '79-A', lot_number = 'L1', person_id = 1 WHERE dose_id = 9",
            [NOON, NOON],
        )
    centre.refresh()
    centre.refresh()
    assert (centre.headline().doses, centre.headline().quarantined) == (2, 0)


def test_mostly_bad_rows_hold_that_feed_alone(
    registry_url: str, make_settings: Callable[..., Settings], open_centre: Callable[[Settings], Centre]
) -> None:
    seed(registry_url)
    made = open_centre(make_settings(MCC_ETL__BAD_SHARE_MIN_ROWS="10"))
    add_people(registry_url, [(number, "79") for number in range(20)])
    add_doses(registry_url, [Dose(number, number, NOON, product="astrazenca") for number in range(20)])
    done = made.refresh()
    assert done.failed
    assert "product_code" in done.failed[0]
    states = {feed.name: feed.state for feed in reads.feed_statuses(made.snapshots, made.snapshots.current())}
    assert (states["dose"], states["person"]) == ("failed", "ok")
    with psycopg.connect(registry_url) as connection:
        connection.execute("UPDATE registry.dose SET product_code = 'astrazeneca'")
    made.refresh()
    assert made.headline().doses == 20


def test_a_renamed_column_stops_its_feed_and_names_itself(centre: Centre) -> None:
    add_people(centre.url, [(1, "79")])
    add_doses(centre.url, [Dose(1, 1, NOON)])
    centre.refresh()
    with psycopg.connect(centre.url) as connection:
        connection.execute("ALTER VIEW feed.registration RENAME COLUMN channel TO how")
        connection.execute("UPDATE registry.dose SET site_code = '01-A'")
    done = centre.refresh()
    assert len(done.failed) == 1
    assert "channel" in done.failed[0]
    assert centre.area("01").doses == 1, "the other feeds go on"


@pytest.mark.parametrize("broken", FEEDS, ids=lambda feed: feed.name)
def test_whichever_feed_stops_the_others_go_on(centre: Centre, broken: RegistryFeed) -> None:
    """Also one that others refer to: they are checked against what is held of it."""
    add_people(centre.url, [(1, "79"), (2, "79")])
    add_doses(centre.url, [Dose(1, 1, NOON)])
    centre.refresh()
    with psycopg.connect(centre.url) as connection:
        connection.execute(f"ALTER VIEW feed.{broken.name} RENAME COLUMN {next(reversed(broken.columns))} TO how")
        connection.execute(
            "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode) "
            "VALUES ('E1', 'S-79-A', 'fridge', 'refrigerator', 'live')"
        )
    add_doses(centre.url, [Dose(2, 2, NOON)])
    done = centre.refresh()
    assert [problem.split(":")[0] for problem in done.failed] == [broken.name]
    assert centre.headline().doses == (1 if broken.name == "dose" else 2)
    assert centre.holds()


def test_a_corrected_birthday_moves_the_age_at_injection(centre: Centre) -> None:
    add_people(centre.url, [(1, "79")], born=date(2003, 12, 1))
    add_doses(centre.url, [Dose(1, 1, NOON)])
    centre.refresh()
    assert centre.area("79").coverage[PopulationGroup.ADULTS, Measure.DOSE1].people == 0
    with psycopg.connect(centre.url) as connection:
        connection.execute("UPDATE registry.person SET birth_date = '2003-11-01'")
    centre.refresh()
    assert centre.area("79").coverage[PopulationGroup.ADULTS, Measure.DOSE1].people == 1


def test_a_person_who_moves_takes_their_coverage_along(centre: Centre) -> None:
    add_people(centre.url, [(1, "79")])
    add_doses(centre.url, [Dose(1, 1, NOON)])
    centre.refresh()
    with psycopg.connect(centre.url) as connection:
        connection.execute("UPDATE registry.person SET province_code = '40'")
    centre.refresh()
    assert (centre.reached("79", Measure.DOSE1), centre.reached("40", Measure.DOSE1)) == (0, 1)


def test_stock_is_full_size_and_a_count_sets_the_level(centre: Centre) -> None:
    rows = [
        (1, "receipt", 1000, None, 1),
        (2, "administered", -300, None, 2),
        (3, "count", 0, 690, 3),
        (4, "administered", -90, None, 4),
        (5, "wasted_open", -10, None, 5),
    ]
    with psycopg.connect(centre.url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, counted, "
            "occurred_at, recorded_at) VALUES (%s, 'S-79-A', 'L1', %s, %s, %s, "
            "timestamptz '2021-11-01 08:00+07' + %s * interval '1 day', now())",
            rows,
        )
    centre.refresh()
    assert (centre.area("79").delivered, centre.area("79").on_hand) == (1000, 590)


def test_no_identity_field_reaches_the_warehouse(centre: Centre, settings: Settings) -> None:
    add_people(centre.url, [(1, "79")])
    add_doses(centre.url, [Dose(1, 1, NOON), Dose(2, 1, NOON, product="nonsense")])
    centre.refresh()
    centre.warehouse.connection.execute("CHECKPOINT")
    for file in Path(settings.warehouse_dir).rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for secret in ("Bí Mật", "0900000777", "079180000777", "1980-05-01"):
                assert secret.encode() not in content, f"{secret} in {file.name}"
