"""A citizen's correction ticket from the portal to its end: in the queue at once, judged against its limit, worked on
by whoever may, and closed by the record that corrects it, which changes the person's state and the backlog."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from campaign.access import Role
from campaign.coverage import Measure
from campaign.expressions import read_expression
from campaign.rule_facts import FACTS
from cli.alert_wiring import as_set_by_people
from cli.main import main
from cli.places import as_role
from cli.stock_wiring import rule_of
from cli.ticket_wiring import ticket_conditions
from operations import tickets
from operations.action_log import ActRefused, NotAllowed
from operations.decisions import Actor
from operations.ticket_conditions import of_tickets
from operations.ticket_queue import Queue, queue
from settings import load
from settings.rule_expressions import levels
from tests.support.centre import WALL, Centre
from tests.support.databases import database
from tests.support.people import add_account, grant
from tests.support.registry import NOON, Dose, add_doses, add_people, person_key_of, seed
from tests.support.webserver import settings_for

NOW = NOON + timedelta(days=1)
LIMITS = load().tickets.limits
TICKET = (
    "INSERT INTO registry.correction_ticket (ticket_id, number, person_id, kind, province_code, site_code, "
    "product_code, injected_on, dose_id, filed_at) VALUES (%(id)s, %(number)s, %(person)s, %(kind)s, %(province)s, "
    "%(site)s, 'astrazeneca', %(on)s, %(dose)s, %(filed)s)"
)


@pytest.fixture
def registry(postgres: str) -> Iterator[str]:
    with database(postgres) as url:
        seed(url)
        add_people(url, [(1, "79"), (2, "79"), (3, "01")])
        yield url


@pytest.fixture
def centre(registry: str, tmp_path: Path) -> Iterator[Centre]:
    made = Centre(registry, settings_for(tmp_path, registry=registry))
    yield made
    made.close()


def file(url: str, number: int, *, hours: float = 1, **said: Any) -> None:
    """As the portal does, so many campaign hours before NOW."""
    row = {
        "id": number,
        "number": f"PA-{number}",
        "person": 1,
        "kind": "missing",
        "province": "79",
        "site": "79-A",
        "on": date(2021, 11, 10),
        "dose": None,
        "filed": NOW - timedelta(hours=hours),
    }
    with psycopg.connect(url) as connection:
        connection.execute(TICKET, row | said)


def look(url: str, *, areas: set[str] | None = None, overdue: bool = False, now: datetime = NOW) -> Queue:
    return queue(as_role(url, "mcc_app"), now=now, limits=LIMITS, areas=areas, overdue=overdue)


def by(name: str = "lan") -> Actor:
    return Actor(name=name, origin="test", now=WALL)


def test_it_is_in_the_queue_as_soon_as_the_portal_has_written_it_by_province_and_age(registry: str) -> None:
    file(registry, 1, hours=80)
    file(registry, 2, hours=80, kind="wrong", site="01-A", dose=5)
    file(registry, 3, hours=2, site="nowhere", province="48")
    file(registry, 4, hours=1, site=None, province=None)
    found = look(registry)
    assert [(item.number, item.area) for item in found.tickets] == [
        ("PA-1", "79"),
        ("PA-2", "01"),
        ("PA-3", "48"),
        ("PA-4", ""),
    ]
    counts = {item.area: (item.open, item.overdue, item.fresh) for item in found.backlog}
    assert counts == {"79": (1, 1, 1), "01": (1, 0, 1), "48": (1, 0, 1), "": (1, 0, 1)}, "a wrong one has longer"
    assert [item.number for item in look(registry, overdue=True).tickets] == ["PA-1"]
    assert [item.number for item in look(registry, areas={"01", "79"}).tickets] == ["PA-1", "PA-2"]
    assert look(registry, areas={"02"}) == Queue(backlog=(), tickets=(), closed=(), events={})


def test_no_name_reaches_the_centre_and_the_person_is_the_hash_of_the_feeds(registry: str) -> None:
    file(registry, 1)
    app = as_role(registry, "mcc_app")
    with psycopg.connect(app) as connection:
        row = connection.execute("SELECT * FROM operations.ticket_queue").fetchone()
        for table in ("registry.correction_ticket", "registry.person", "registry.dose", "registry.secret"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"SELECT * FROM {table}")  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert "Bí Mật" not in str(row)
    assert "0900000777" not in str(row)
    with psycopg.connect(registry) as connection:
        assert look(registry).tickets[0].person == person_key_of(connection, 1)


def test_it_is_assigned_answered_and_closed_with_a_reason_by_whoever_may_there(registry: str) -> None:
    app = as_role(registry, "mcc_app")
    file(registry, 1)
    add_account(app, "tinh", [grant(Role.OPERATOR, "79")])
    add_account(app, "khac", [grant(Role.DATA_STEWARD, "01")])
    add_account(app, "xem", [grant(Role.VIEWER)])
    for who in ("khac", "xem"):
        with pytest.raises(NotAllowed):
            tickets.assign(app, 1, by=by(who))
    with pytest.raises(ActRefused, match="khac may not handle this ticket"):
        tickets.assign(app, 1, to="khac", by=by("tinh"))
    assert tickets.assign(app, 1, by=by("tinh")).owner == "tinh"
    with pytest.raises(ActRefused, match="tinh has ticket PA-1 already"):
        tickets.assign(app, 1, by=by("tinh"))
    assert tickets.answer(app, 1, text="Đang tra sổ tiêm", by=by("tinh")).state == "answered"
    with pytest.raises(ActRefused) as refused:
        tickets.close(app, 1, closing="no_proof", reason=" ", by=by("tinh"))
    assert refused.value.why == "empty"
    assert tickets.close(app, 1, closing="no_proof", reason="không có phiếu tiêm", by=by("tinh")).state == "closed"
    for act in (
        lambda: tickets.assign(app, 1, by=by()),
        lambda: tickets.answer(app, 1, text="x", by=by()),
        lambda: tickets.close(app, 1, closing="duplicate", reason="x", by=by()),
    ):
        with pytest.raises(ActRefused, match="PA-1 is closed already"):
            act()
    found = look(registry)
    assert (found.tickets, found.backlog, found.closed[0].closing) == ((), (), "no_proof")
    assert [(event.kind, event.actor, event.said) for event in found.events[1]] == [
        ("assigned", "tinh", ""),
        ("answered", "tinh", "Đang tra sổ tiêm"),
        ("closed", "tinh", "không có phiếu tiêm"),
    ]
    with psycopg.connect(registry) as connection:
        logged = connection.execute(
            "SELECT action, detail ->> 'ticket' FROM operations.action_log ORDER BY action_id"
        ).fetchall()
    assert logged[-3:] == [(f"ticket_{kind}", "PA-1") for kind in ("assigned", "answered", "closed")]


def test_of_two_who_close_it_at_once_one_wins(registry: str) -> None:
    app = as_role(registry, "mcc_app")
    file(registry, 1)

    def close(who: str) -> str:
        try:
            return tickets.close(app, 1, closing="duplicate", reason=who, by=by(who)).state
        except ActRefused as refused:
            return refused.why

    with ThreadPoolExecutor(8) as people:
        told = sorted(people.map(close, [f"p{number}" for number in range(8)]))
    assert told == ["closed", *["ticket_closed"] * 7]
    assert len(look(registry).events[1]) == 1


def test_the_record_that_corrects_it_is_of_that_person_and_newer_than_the_ticket(registry: str) -> None:
    app = as_role(registry, "mcc_app")
    old = NOW - timedelta(days=9)
    add_doses(registry, [Dose(10, 1, old), Dose(11, 1, old)])
    file(registry, 1, hours=5)
    file(registry, 2, hours=5, kind="wrong", dose=11)
    file(registry, 3, hours=5)
    add_doses(registry, [Dose(20, 2, old, recorded=NOW), Dose(21, 1, old, recorded=NOW)])
    with psycopg.connect(registry) as connection:
        connection.execute("UPDATE registry.dose SET product_code = 'comirnaty' WHERE dose_id = 11")

    def close(number: int, dose: int | None) -> str:
        try:
            return tickets.close(app, number, closing="corrected", reason="đã nhập", dose=dose, by=by()).state
        except ActRefused as refused:
            return refused.why

    assert close(1, None) == "ticket_no_record"
    assert close(1, 999) == "correction_no_dose"
    assert close(1, 2**70) == "correction_no_dose"
    assert close(1, 20) == "correction_other_person"
    assert close(1, 10) == "correction_older"
    with psycopg.connect(registry) as connection:
        connection.execute("UPDATE registry.dose SET voided_at = now(), void_reason = 'x' WHERE dose_id = 21")
    assert close(1, 21) == "correction_voided"
    assert len(look(registry).tickets) == 3, "what is refused leaves it open"
    with psycopg.connect(registry) as connection:
        connection.execute("UPDATE registry.dose SET voided_at = NULL, void_reason = NULL WHERE dose_id = 21")
    assert close(1, 21) == "closed"
    assert close(2, 11) == "closed", "a wrong one that was changed since"
    with psycopg.connect(registry) as connection:
        connection.execute(
            "INSERT INTO registry.person_merge (kept_person_id, merged_person_id, merged_at, actor) "
            "VALUES (1, 2, now(), 'clerk')"
        )
    assert close(3, 20) == "closed", "two records of one person"
    assert {item.corrected_by for item in look(registry).closed} == {20, 11, 21}


def test_closing_it_by_a_correcting_record_changes_the_person_and_the_backlog(centre: Centre) -> None:
    app = as_role(centre.url, "mcc_app")
    centre.refresh()
    file(centre.url, 1)
    assert centre.reached("79", Measure.DOSE1) == 0
    assert [(item.area, item.open) for item in look(centre.url).backlog] == [("79", 1)]
    # The site enters what was missing; nobody at the centre writes a dose.
    add_doses(centre.url, [Dose(30, 1, NOON - timedelta(days=10), recorded=NOON + timedelta(days=1))])
    tickets.close(app, 1, closing="corrected", reason="điểm tiêm đã nhập", dose=30, by=by())
    centre.refresh()
    assert centre.reached("79", Measure.DOSE1) == 1
    assert look(centre.url).backlog == ()
    assert centre.holds()


def test_what_the_site_settled_on_the_platform_is_open_no_more(registry: str) -> None:
    file(registry, 1)
    with psycopg.connect(registry) as connection:
        connection.execute("UPDATE registry.correction_ticket SET closed_at = filed_at + interval '1 hour'")
    assert look(registry).tickets == ()
    with pytest.raises(ActRefused, match="is closed already"):
        tickets.assign(as_role(registry, "mcc_app"), 1, by=by())


def test_a_backlog_past_its_limit_is_one_alert_of_its_province_and_clears_lower(registry: str) -> None:
    for number in range(1, 26):
        file(registry, number, hours=80)
    for number in range(26, 41):
        file(registry, number, hours=80, site="01-A")
    settings = load()
    rule = rule_of("tickets_overdue", levels(settings)["tickets_overdue"])
    names = {"79": ("Hồ Chí Minh", "Ho Chi Minh City")}
    found = of_tickets(look(registry).backlog, rule=rule, areas=names, now=NOW)
    assert [(item.key, item.inhibited) for item in found] == [
        ("tickets_overdue|area=79", False),
        ("tickets_overdue|area=01", True),
    ], "25 are raised; 15 only keep what was raised"
    assert found[0].summary_vi == "Hồ Chí Minh: 25 phiếu đính chính quá hạn trong 25 phiếu chưa xong, lâu nhất 3 ngày"
    asked = "tickets_overdue >= 0.5 * tickets_open and oldest_hours > 72"
    by_condition = replace(rule, raise_when=read_expression(asked, FACTS["tickets_overdue"]))
    found = of_tickets(look(registry).backlog, rule=by_condition, areas=names, now=NOW)
    assert [item.inhibited for item in found] == [False, False], "a condition decides instead of the numbers"
    later = [replace(item, overdue=10) for item in look(registry).backlog]
    assert of_tickets(later, rule=rule, areas=names, now=NOW) == []


def test_the_evaluation_judges_them_by_the_snapshot_s_clock_and_by_what_people_set(centre: Centre) -> None:
    add_doses(centre.url, [Dose(1, 2, NOON)])
    centre.refresh()
    version = centre.snapshots.current()
    for number in range(1, 31):
        file(centre.url, number, hours=24 + 90)
    etl = as_role(centre.url, "mcc_etl")
    settings = as_set_by_people(centre.settings, etl)
    assert [item.key for item in ticket_conditions(settings, centre.snapshots, version, etl)] == [
        "tickets_overdue|area=79"
    ]


def test_from_a_terminal(
    registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cli.places.Places.app_url", lambda _self: as_role(registry, "mcc_app"))
    where = ["--state", str(tmp_path)]
    file(registry, 7, filed=datetime.now(UTC) - timedelta(days=9))
    assert main(["tickets", "--json", *where]) == 0
    [told] = json.loads(capsys.readouterr().out)
    assert (told["number"], told["overdue"], told["area"], told["state"]) == ("PA-7", True, "79", "new")
    assert main(["tickets", "backlog", *where]) == 0
    assert "79  1 open, 1 overdue, 1 untouched" in capsys.readouterr().out
    assert main(["tickets", "assign", "PA-7", "--actor", "lan", *where]) == 0
    assert "ticket PA-7 assigned: assigned, owner lan" in capsys.readouterr().out
    assert main(["tickets", "close", "PA-7", "--as", "corrected", "--reason", "x", "--actor", "lan", *where]) == 4
    assert "needs the number of the dose record" in capsys.readouterr().err
    assert main(["tickets", "close", "PA-8", "--as", "duplicate", "--reason", "x", "--actor", "lan", *where]) == 4
    assert "there is no ticket PA-8" in capsys.readouterr().err
    assert main(["tickets", "list", "--area", "01", *where]) == 0
    assert "no open tickets" in capsys.readouterr().out
