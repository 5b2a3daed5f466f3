"""Incidents in a real registry: many alerts, one incident; two operators, one truth; what people decided survives."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from campaign.access import Role
from campaign.alerts import Condition, Severity
from campaign.incident_view import Section, sections
from campaign.incidents import Happened, IncidentRules
from cli.places import as_role
from operations import incidents, settling
from operations.action_log import ActRefused, NotAllowed
from operations.alerts import evaluate
from operations.decisions import Actor
from operations.incident_board import board
from tests.support.people import add_account, grant

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LONGEST = 12 * HOUR
RULES = IncidentRules(
    group_by={"coldchain": ("area", "district")},
    escalate_after=15 * MINUTE,
    levels=3,
    close_after=12 * HOUR,
    longest_snooze=LONGEST,
)


def fridge(number: int, district: str = "412", area: str = "40") -> Condition:
    return Condition(
        rule="coldchain_power",
        labels={"equipment": f"E{number}", "store": f"S{number}", "district": district, "area": area},
        severity=Severity.CRITICAL,
        summary_vi=f"Tủ {number} mất điện",
        summary_en=f"Fridge {number} has no power",
    )


FEED = Condition(
    rule="feed_failed", labels={"feed": "dose"}, severity=Severity.CRITICAL, summary_vi="dừng", summary_en="stopped"
)
Look = Callable[..., None]


@pytest.fixture
def look(registry_url: str) -> Look:
    """Evaluate as the ETL does, by its own role."""

    def at(minutes: float, found: Sequence[Condition] = ()) -> None:
        evaluate(
            as_role(registry_url, "mcc_etl"),
            found,
            now=NOW + minutes * MINUTE,
            hold=timedelta(0),
            keep_resolved=72 * HOUR,
            rules=RULES,
        )

    return at


def by(name: str, minutes: float = 0) -> Actor:
    return Actor(name=name, origin="test", now=NOW + minutes * MINUTE)


def only(url: str) -> Any:
    [row] = board(url).incidents
    return row


def kinds(url: str) -> list[Happened]:
    return [event.kind for event in reversed(only(url).events)]


def test_400_fridges_without_power_are_one_incident_that_grows_in_few_statements(
    registry_url: str, app_url: str, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(0, [fridge(number) for number in range(400)])
    row = only(app_url)
    assert (row.firing, row.incident.members, row.labels) == (400, 400, {"area": "40", "district": "412"})
    assert 0 < len(row.shown) < 400, "the page is not handed all of them"
    with psycopg.connect(registry_url) as connection:
        [count] = connection.execute("SELECT count(DISTINCT incident_id) FROM operations.alert").fetchone() or [0]
    assert count == 1
    incidents.acknowledge(app_url, row.incident_id, comment="đã gọi điện lực", by=by("lan"))
    statements: list[str] = []
    real = psycopg.Connection.execute

    def counted(self: Any, query: Any, *values: Any, **more: Any) -> Any:
        statements.append(str(query))
        return real(self, query, *values, **more)

    monkeypatch.setattr(psycopg.Connection, "execute", counted)
    look(1, [fridge(number) for number in range(412)])
    assert len(statements) < 15, "however many alerts there are"
    row = only(app_url)
    assert (row.firing, row.incident.members, row.incident.members_new) == (412, 412, 12)
    look(2, [fridge(number) for number in range(5)])
    assert (only(app_url).firing, only(app_url).incident.members) == (5, 412)
    assert kinds(app_url) == [Happened.OPENED, Happened.ACKNOWLEDGED, Happened.GREW]


def test_of_two_who_acknowledge_at_once_one_wins_and_the_other_is_told_who(app_url: str, look: Look) -> None:
    for name in ("lan", "minh"):
        add_account(app_url, name, [grant(Role.OPERATOR)])
    for turn in range(6):
        look(turn * 60, [fridge(1, district=str(turn))])
        number = max(row.incident_id for row in board(app_url).incidents)
        together = threading.Barrier(2)
        told: dict[str, object] = {}

        def one(
            name: str, number: int = number, together: threading.Barrier = together, told: dict[str, object] = told
        ) -> None:
            together.wait()
            try:
                told[name] = incidents.acknowledge(app_url, number, comment=f"của {name}", by=by(name)).owner
            except ActRefused as refused:
                told[name] = refused

        threads = [threading.Thread(target=one, args=(name,)) for name in ("lan", "minh")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [winner] = [name for name, found in told.items() if found == name]
        [lost] = [found for found in told.values() if isinstance(found, ActRefused)]
        assert (lost.why, lost.values["by"]) == ("already_acknowledged", winner)
        [row] = [row for row in board(app_url).incidents if row.incident_id == number]
        assert (row.incident.owner, row.incident.comment) == (winner, f"của {winner}")
        assert [event.kind for event in row.events].count(Happened.ACKNOWLEDGED) == 1


def test_an_acknowledgement_hides_nothing_and_only_what_is_over_can_be_closed(app_url: str, look: Look) -> None:
    look(0, [FEED])
    number = only(app_url).incident_id
    incidents.acknowledge(app_url, number, comment="đang xem", by=by("lan"))
    look(600, [FEED])
    row = only(app_url)
    assert (row.firing, row.incident.fires, row.incident.level) == (1, True, 1), "it goes on, and nobody is called"
    with pytest.raises(ActRefused) as refused:
        incidents.close(app_url, number, comment="xong", by=by("lan"))
    assert refused.value.why == "still_firing"
    look(601)
    look(602, [FEED])
    assert only(app_url).incident.fires, "the same one begins again"
    look(603)
    incidents.close(app_url, number, comment="đã sửa đường truyền", by=by("lan", 604))
    look(605, [FEED])
    assert sorted(row.incident.state.value for row in board(app_url).incidents) == ["closed", "new"]
    with pytest.raises(ActRefused) as refused:
        incidents.say(app_url, number, comment="x", by=by("lan"))
    assert refused.value.why == "incident_closed"


def test_it_escalates_once_a_level_whatever_the_clock_does(app_url: str, look: Look) -> None:
    for minute in (0, 14, 15, 16, 29, -900, -890, 16, 31, 32, 60, 300):
        look(minute, [FEED])
    assert only(app_url).incident.level == 3
    assert kinds(app_url) == [Happened.OPENED, Happened.ESCALATED, Happened.ESCALATED]


def test_a_snooze_returns_by_itself_and_has_an_end(app_url: str, look: Look) -> None:
    look(0, [FEED])
    number = only(app_url).incident_id
    with pytest.raises(ActRefused) as refused:
        incidents.snooze(app_url, number, hours=1, longest=LONGEST, comment="x", by=by("lan"))
    assert refused.value.why == "not_acknowledged"
    incidents.acknowledge(app_url, number, comment="x", by=by("lan"))
    with pytest.raises(ActRefused) as refused:
        incidents.snooze(app_url, number, hours=13, longest=LONGEST, comment="x", by=by("lan"))
    assert refused.value.values == {"limit": 12}
    incidents.snooze(app_url, number, hours=2, longest=LONGEST, comment="chờ điện lực", by=by("lan"))
    look(119, [FEED])
    assert sections(board(app_url).incidents, NOW + 119 * MINUTE)[Section.SNOOZED]
    look(121, [FEED])
    assert only(app_url).incident.snoozed_until is None
    assert kinds(app_url)[-1] is Happened.RETURNED


def test_over_and_untouched_closes_by_itself_and_its_members_go_later(app_url: str, look: Look) -> None:
    look(0, [FEED])
    look(1)
    look(1 + 12 * 60)
    assert (only(app_url).incident.state, only(app_url).incident.closed_by) == ("closed", "")
    assert len(only(app_url).shown) == 1
    look(1 + 73 * 60)
    assert (only(app_url).shown, only(app_url).incident.members) == ((), 1)


def test_members_of_an_open_incident_are_kept(app_url: str, look: Look) -> None:
    look(0, [fridge(1), fridge(2)])
    look(1, [fridge(1)])
    look(100 * 60, [fridge(1)])
    look(100 * 60 + 1, [fridge(1), fridge(2)])
    assert (only(app_url).incident.members, len(only(app_url).shown)) == (2, 2)


def test_a_province_handles_its_own_and_the_nation_s_is_for_the_nation(
    app_url: str, owner: psycopg.Connection, look: Look
) -> None:
    add_account(app_url, "hoa", [grant(Role.OPERATOR, "79")])
    add_account(app_url, "tam", [grant(Role.VIEWER)])
    look(0, [fridge(1, "760", "79"), fridge(2, "001", "01"), FEED])
    numbers = {row.labels.get("area", ""): row.incident_id for row in board(app_url).incidents}
    assert incidents.acknowledge(app_url, numbers["79"], comment="x", by=by("hoa")).owner == "hoa"
    for area, why in {"01": "not_your_province", "": "other_province"}.items():
        with pytest.raises(NotAllowed) as refused:
            incidents.acknowledge(app_url, numbers[area], comment="x", by=by("hoa"))
        assert refused.value.why == why
    with pytest.raises(NotAllowed):
        incidents.take(app_url, numbers["79"], by=by("tam"))
    add_account(app_url, "binh", [grant(Role.OPERATOR, "79")])
    with pytest.raises(ActRefused) as not_able:
        incidents.take(app_url, numbers["79"], by=by("hoa"), to="tam")
    assert not_able.value.why == "owner_may_not"
    assert incidents.take(app_url, numbers["79"], by=by("hoa"), to="binh").owner == "binh"
    rows = owner.execute(
        "SELECT actor, outcome, count(*) AS n FROM operations.audit WHERE action LIKE 'incident_%' GROUP BY 1, 2"
    ).fetchall()
    assert {(row["actor"], row["outcome"]): row["n"] for row in rows} == {
        ("hoa", "done"): 2,
        ("hoa", "refused"): 2,
        ("tam", "refused"): 1,
    }


def test_no_role_writes_what_the_other_decides(registry_url: str, app_url: str, look: Look) -> None:
    look(0, [FEED])
    etl = as_role(registry_url, "mcc_etl")
    for url, change in (
        (etl, "UPDATE operations.incident SET owner = 'x'"),
        (etl, "UPDATE operations.incident SET comment = 'x'"),
        (app_url, "UPDATE operations.incident SET over_at = now()"),
        (app_url, "UPDATE operations.incident SET level = 1"),
        (app_url, "INSERT INTO operations.incident DEFAULT VALUES"),
        *((url, f"{verb} operations.incident_event") for url in (etl, app_url) for verb in ("DELETE FROM", "TRUNCATE")),
        (app_url, "UPDATE operations.incident_event SET actor = 'x'"),
        (app_url, "DELETE FROM operations.incident"),
        (etl, "DELETE FROM operations.incident"),
    ):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change)


@pytest.mark.parametrize("after", ["_begin", "_join", "write_events"])
def test_killed_between_two_statements_an_evaluation_leaves_what_people_decided(
    app_url: str, look: Look, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    look(0, [fridge(1)])
    number = only(app_url).incident_id
    incidents.acknowledge(app_url, number, comment="đã gọi", by=by("lan"))
    incidents.start(app_url, number, by=by("lan"))
    before = only(app_url)
    real = getattr(settling, after)

    def killed(*values: Any, **more: Any) -> None:
        real(*values, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(settling, after, killed)
        look(5, [fridge(number) for number in range(50)] + [FEED])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert only(app_url) == before, "all of it or nothing"
    look(6, [fridge(number) for number in range(50)] + [FEED])
    [row] = [row for row in board(app_url).incidents if row.incident_id == number]
    assert (row.incident.owner, row.incident.state, row.incident.comment) == ("lan", "in_progress", "đã gọi")
    assert (row.incident.members, row.incident.members_new) == (50, 49)
    assert len(board(app_url).incidents) == 2
