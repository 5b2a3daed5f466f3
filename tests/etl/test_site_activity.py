"""Sessions and records of the registry become the sites' day in a snapshot, to the unit; only what changed is read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import psycopg

from campaign.sites import Activity, SiteBoard, SiteRules, judge
from tests.support.centre import WALL, Centre
from tests.support.registry import Dose, add_doses, add_people
from warehouse import reads
from warehouse.files import snapshot_path
from warehouse.reads_sites import site_board
from warehouse.snapshot import Snapshots

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# WALL is 10:00 in Vietnam; there is no other clock in this registry.
TODAY = date(2021, 11, 22)
RULES = SiteRules(silent_hours=2, hours=tuple(range(7, 18)), fast_share=1.2, slow_share=0.5, least_planned=10)


def plan(url: str, *rows: tuple[int, str, date, int, str]) -> None:
    """(session, site, day, people planned, state)"""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry.session (session_id, site_code, held_on, product_code, planned_people, state) "
            "VALUES (%s, %s, %s, 'astrazeneca', %s, %s) ON CONFLICT (session_id) DO UPDATE "
            "SET planned_people = excluded.planned_people, state = excluded.state",
            rows,
        )


def board(centre: Centre) -> SiteBoard:
    return site_board(centre.snapshots, centre.snapshots.current(), zone=ZONE)


def stand(centre: Centre) -> dict[str, Activity]:
    found = board(centre)
    return {item.code: judge(item, found.now, RULES).activity for item in found.sites}


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2021, 11, 22, hour, minute, tzinfo=ZONE)


def test_a_planned_site_without_a_record_is_silent_until_its_first_record(centre: Centre) -> None:
    add_people(centre.url, [(1, "79"), (2, "01")])
    plan(centre.url, (1, "79-A", TODAY, 120, "open"), (2, "01-A", TODAY, 30, "planned"))
    centre.refresh()
    assert stand(centre) == {"79-A": Activity.SILENT, "01-A": Activity.SILENT}
    add_doses(centre.url, [Dose(1, 1, local(9, 50), recorded=local(9, 55))])
    centre.refresh()
    assert stand(centre) == {"79-A": Activity.ACTIVE, "01-A": Activity.SILENT}
    # Without a further record, two hours later, it is silent again: time alone changes it.
    centre.later = timedelta(hours=2)
    centre.refresh()
    assert stand(centre) == {"79-A": Activity.SILENT, "01-A": Activity.SILENT}
    # An injection of the morning that is entered now is a record now.
    add_doses(centre.url, [Dose(2, 2, local(8), site="01-A", recorded=local(11, 58))])
    centre.refresh()
    assert stand(centre)["01-A"] is Activity.ACTIVE


def test_plans_are_added_up_called_off_and_closed(centre: Centre) -> None:
    plan(
        centre.url,
        (1, "79-A", TODAY, 120, "open"),
        (2, "79-A", TODAY, 30, "planned"),
        (3, "79-A", TODAY, 500, "cancelled"),
        (4, "01-A", TODAY, 40, "cancelled"),
        (5, "QD-A", TODAY, 7, "closed"),
        (6, "gone", TODAY, 9, "planned"),
        (7, "79-A", TODAY + timedelta(1), 999, "planned"),
        (8, "79-A", TODAY - timedelta(1), 998, "closed"),
    )
    centre.refresh()
    sites = {item.code: (item.area_code, item.planned, item.session) for item in board(centre).sites}
    assert sites == {
        "79-A": ("79", 150, "open"),
        "01-A": ("01", None, ""),
        "QD-A": ("central", 7, "closed"),
        "gone": ("unknown", 9, "planned"),
    }
    plan(centre.url, (1, "79-A", TODAY, 100, "closed"), (2, "79-A", TODAY, 30, "closed"))
    centre.refresh()
    assert {item.code: (item.planned, item.session) for item in board(centre).sites}["79-A"] == (130, "closed")


def test_doses_by_site_and_hour_are_those_of_the_records(centre: Centre) -> None:
    add_people(centre.url, [(number, "79") for number in range(1, 30)])
    plan(centre.url, (1, "79-A", TODAY, 22, "open"))
    add_doses(
        centre.url,
        [
            *(Dose(n, n, local(7, n)) for n in range(1, 11)),
            *(Dose(n, n, local(8, n), site="QD-A") for n in range(11, 15)),
            *(Dose(n, n, local(9, n)) for n in range(15, 20)),
            Dose(20, 20, local(10), recorded=local(10)),
            Dose(21, 21, local(9) - timedelta(1)),
        ],
    )
    centre.refresh()
    found = board(centre)
    (counted,) = centre.rows(
        "SELECT sum(doses)::BIGINT AS doses FROM doses_by_day WHERE day = (SELECT as_of::DATE FROM snapshot_info)"
    )
    assert counted["doses"] == sum(item.doses for item in found.sites) == sum(item.doses for item in found.hours) == 20
    assert {item.code: (item.doses, item.doses_whole) for item in found.sites} == {"79-A": (16, 15), "QD-A": (4, 4)}
    assert {(item.area_code, item.hour): item.doses for item in found.hours} == {
        ("79", 7): 10,
        ("central", 8): 4,
        ("79", 9): 5,
        ("79", 10): 1,
    }


def test_only_what_changed_is_read_and_old_days_are_let_go(centre: Centre) -> None:
    days = [TODAY - timedelta(offset) for offset in range(40)]
    plan(centre.url, *((number, "79-A", day, 10, "closed") for number, day in enumerate(days, start=1)))
    centre.refresh()
    held = centre.warehouse.connection.execute("SELECT held_on FROM core.session ORDER BY held_on").fetchall()
    assert held == [(TODAY - timedelta(1),), (TODAY,)]
    plan(centre.url, (1, "79-A", TODAY, 25, "closed"))
    centre.refresh()
    statuses = {feed.name: feed for feed in reads.feed_statuses(centre.snapshots, centre.snapshots.current())}
    assert (statuses["session"].rows_last, [item.planned for item in board(centre).sites]) == (1, [25])


def test_a_session_without_a_plan_or_day_is_set_aside(centre: Centre) -> None:
    plan(
        centre.url,
        (1, "79-A", date(1899, 12, 30), 10, "open"),
        (2, "", TODAY, 10, "open"),
        (3, "79-A", TODAY, 5, "open"),
    )
    centre.refresh()
    held = centre.rows(
        "SELECT record_key, field, reason FROM quarantine_row WHERE feed = 'session' ORDER BY record_key"
    )
    assert [(row["record_key"], row["field"], row["reason"]) for row in held] == [
        ("1", "held_on", "impossible_date"),
        ("2", "site_code", "missing"),
    ]
    assert [item.planned for item in board(centre).sites] == [5]


def test_the_newest_record_does_not_depend_on_the_order_of_arrival(centre: Centre) -> None:
    add_people(centre.url, [(1, "79"), (2, "79")])
    plan(centre.url, (1, "79-A", TODAY, 120, "open"))
    add_doses(centre.url, [Dose(2, 2, local(9, 30), recorded=local(9, 40))])
    centre.refresh()
    add_doses(centre.url, [Dose(1, 1, local(7, 30), recorded=local(7, 40))])
    centre.refresh()
    (found,) = board(centre).sites
    assert (found.last_record, found.doses) == (local(9, 40), 2)
    assert WALL.astimezone(ZONE) == board(centre).now


def test_a_snapshot_from_before_sessions_were_read_tells_none(centre: Centre) -> None:
    centre.refresh()
    path = centre.settings.snapshot_dir
    version = centre.snapshots.current()
    centre.snapshots.close()
    with duckdb.connect(snapshot_path(path, version)) as file:
        file.execute("DROP TABLE site_session; DROP TABLE site_seen")
    centre.snapshots = Snapshots(path)
    assert not board(centre).told and board(centre).sites == ()
