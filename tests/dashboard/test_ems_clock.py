"""Records of machines whose clock was wrong, settled by a named person; and what the nightly job forgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from campaign.access import Role
from cli.main import main
from cli.places import as_role
from etl.coldchain_intake import ems_intake
from operations import ems_clock
from operations.action_log import ActRefused, connect
from operations.decisions import Actor
from operations.ems_keeping import forget_messages
from operations.instants import offset_of
from tests.dashboard.conftest import Site
from tests.dashboard.test_ems import Machine, machine
from tests.support.monitoring import START, STEP, abst, message, record, report
from tests.support.people import add_account, grant
from tests.support.signed_in import forgery_header, signed_in

__all__ = ["machine"]
DAWN = datetime(1970, 1, 1, tzinfo=UTC)
OFFSET = START - DAWN


def told(machine: Machine, number: str, *instants: datetime) -> None:
    records = [record(TVC=4.0 + count, ABST=abst(at)) for count, at in enumerate(instants)]
    assert machine.post(message(number, report(machine.serial, records))).status_code == 202


def settle(machine: Machine, offset: timedelta | None, *, who: str = "lan", reason: str = "xem nhật ký máy") -> Any:
    settings = machine.site.deps.settings
    with connect(machine.url) as connection:
        intake = ems_intake(settings, connection)
    by = Actor(name=who, origin="test", now=datetime.now(UTC))
    return ems_clock.settle(machine.url, machine.serial, offset=offset, reason=reason, intake=intake, by=by)


def standing(machine: Machine) -> list[tuple[Any, ...]]:
    rows = machine.run(
        "SELECT verdict, offset_seconds, settled_by, reason FROM registry.ems_kept WHERE sender = %s "
        "ORDER BY transfer_id",
        machine.name,
    )
    return [tuple(row.values()) for row in rows]


def test_all_that_waits_is_taken_in_with_the_offset_and_written_down(machine: Machine) -> None:
    told(machine, "m1", DAWN, DAWN + STEP)
    told(machine, "m2", DAWN + 2 * STEP)
    [clock] = [item for item in ems_clock.clocks(machine.url) if item.serial == machine.serial]
    assert (clock.records, clock.messages, clock.first_at, clock.last_at) == (3, 2, DAWN, DAWN + 2 * STEP)
    made = settle(machine, OFFSET)
    assert (made.verdict, made.records, made.added, made.equipment_id) == ("accepted", 3, 3, machine.device)
    assert [row[:2] for row in machine.held()] == [(START, 4.0), (START + STEP, 5.0), (START + 2 * STEP, 4.0)]
    seconds = int(OFFSET.total_seconds())
    assert standing(machine) == [("accepted", seconds, "lan", "xem nhật ký máy")] * 2
    assert machine.serial not in [item.serial for item in ems_clock.clocks(machine.url)]
    [line] = machine.run(
        "SELECT actor, detail FROM operations.audit WHERE action = 'clock_settled' AND subject = %s "
        "AND outcome = 'done'",
        f"serial:{machine.serial}",
    )
    assert (line["actor"], line["detail"]["offset_seconds"], line["detail"]["added"]) == ("lan", seconds, 3)
    with pytest.raises(ActRefused) as refused:
        settle(machine, OFFSET)
    assert refused.value.why == "no_clock_records", "once"


def test_what_is_rejected_is_never_taken_in_and_keeps_its_reason(machine: Machine) -> None:
    told(machine, "m1", DAWN)
    made = settle(machine, None, reason="pin hết, không tin được")
    assert (made.verdict, made.added, machine.held()) == ("rejected", 0, [])
    assert standing(machine) == [("rejected", None, "lan", "pin hết, không tin được")]


@pytest.mark.parametrize(
    ("offset", "why"),
    [(timedelta(0), "clock_offset"), (timedelta(days=300_000), "clock_offset"), (timedelta(days=1), "clock_outside")],
)
def test_an_offset_that_leaves_a_record_outside_is_refused_whole(machine: Machine, offset: timedelta, why: str) -> None:
    told(machine, "m1", DAWN, DAWN + STEP)
    with pytest.raises(ActRefused) as refused:
        settle(machine, offset)
    assert refused.value.why == why
    assert machine.held() == [] and standing(machine) == [("", None, "", "")]


def test_only_whoever_may_and_never_without_a_reason(machine: Machine) -> None:
    told(machine, "m1", DAWN)
    add_account(machine.url, f"v-{machine.name}", [grant(Role.VIEWER)])
    for who, reason in ((f"v-{machine.name}", "x"), ("lan", " ")):
        with pytest.raises(ActRefused):
            settle(machine, OFFSET, who=who, reason=reason)
    assert machine.held() == []


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("+2d03:00", timedelta(days=2, hours=3)),
        ("-00:45", -timedelta(minutes=45)),
        ("18628d07:00:05", timedelta(days=18628, hours=7, seconds=5)),
    ],
)
def test_an_offset_as_it_is_typed(text: str, span: timedelta) -> None:
    assert offset_of(text) == span


@pytest.mark.parametrize("text", ["", "2", "2d", "24:00", "00:60", "+-1:00", "1e3", "٢:٠٠"])
def test_what_is_no_offset_says_how_it_is_written(text: str) -> None:
    with pytest.raises(ActRefused) as refused:
        offset_of(text)
    assert refused.value.why == "offset_form"


def test_the_form_on_the_page_and_the_command(
    machine: Machine, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(machine, "m1", DAWN)
    token = signed_in(site.registry, [grant(Role.OPERATOR)])
    client = site.with_token(token)
    sent = {"serial": machine.serial, "verdict": "accepted", "offset": "nhiều", "reason": "xem nhật ký máy"}
    address = "/day-chuyen-lanh/nhap/dong-ho"
    wrong = client.post(address, data=sent, headers=forgery_header(token))
    assert wrong.status_code == 400 and "+2d03:00" in wrong.get_data(as_text=True)
    days = OFFSET.days
    hours = OFFSET.seconds // 3600
    done = client.post(address, data=sent | {"offset": f"{days}d{hours:02d}:00"}, headers=forgery_header(token))
    assert done.status_code == 303 and len(machine.held()) == 1
    told(machine, "m2", DAWN)
    monkeypatch.setattr("cli.places.Places.app_url", lambda _self: machine.url)
    assert main(["sender", "clocks"]) == 0
    assert f"{machine.serial}  1 records in 1 messages" in capsys.readouterr().out
    assert main(["sender", "reject-clock", machine.serial, "--reason", "x", "--actor", "lan"]) == 0
    assert "1 records rejected; nothing of it is taken in" in capsys.readouterr().out


def test_the_nightly_job_forgets_what_is_old_and_waits_for_nobody(machine: Machine) -> None:
    etl = as_role(machine.site.registry, "mcc_etl")
    # Whatever other tests left in this registry.
    forget_messages(etl, before=datetime.now(UTC) - timedelta(days=90), at_once=1000)
    assert machine.post(message("old", report(machine.serial, [record(0)]))).status_code == 200
    told(machine, "waits", DAWN)
    told(machine, "settled", DAWN + STEP)
    machine.run(
        "UPDATE registry.ems_kept SET settled_at = now() - interval '91 days', verdict = 'rejected', "
        "settled_by = 'lan', reason = 'x' WHERE sender = %s AND transfer_id = 'settled'",
        machine.name,
    )
    machine.run(
        "UPDATE registry.ems_message SET received_at = now() - interval '91 days' WHERE sender = %s", machine.name
    )
    assert machine.post(message("new", report(machine.serial, [record(1)]))).status_code == 200
    assert forget_messages(etl, before=datetime.now(UTC) - timedelta(days=90), at_once=1) == (1, 2)
    assert machine.messages() == ["new", "waits"]
    assert len(machine.held()) == 2, "readings stay"
    again = machine.post(message("old", report(machine.serial, [record(0)])))
    assert again.get_json()["added"] == 0, "sent anew it adds nothing"
    with psycopg.connect(etl) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT told FROM registry.ems_kept")
