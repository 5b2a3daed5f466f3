"""A lot that is recalled in many provinces is one incident of the nation, one notice an address, and each province's
own post learns of it; and nobody on duty is told for each time that it is so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import DictRow, dict_row

from campaign.access import Role
from campaign.alerts import Condition, Severity
from campaign.incidents import IncidentRules
from campaign.notices import NoticeKind, NoticeRules
from campaign.oncall import PlannedKind
from cli.places import as_role
from operations import incidents, oncall
from operations.action_log import NotAllowed
from operations.alerts import evaluate
from operations.decisions import Actor
from operations.incident_board import board
from operations.notice_log import notices
from operations.notice_planning import Planning
from tests.support.people import add_account, grant

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = IncidentRules(
    group_by={"coldchain": ("area", "district"), "stock_stopped": ("lot",)},
    national=("stock_stopped",),
    escalate_after=15 * MINUTE,
    levels=3,
    close_after=720 * MINUTE,
    longest_snooze=720 * MINUTE,
)
PLANNING = Planning(
    rules=NoticeRules(
        kinds=frozenset(NoticeKind),
        severities=frozenset({Severity.CRITICAL, Severity.WARNING}),
        over_after=10 * MINUTE,
        channels=("email", "webhook"),
        broadcast=("webhook",),
        nobody_every=60 * MINUTE,
    ),
    zone=ZoneInfo("Asia/Ho_Chi_Minh"),
)
PROVINCES = [f"{number:02d}" for number in range(1, 41)]
Look = Callable[..., None]


def recalled(area: str, lot: str = "FL1") -> Condition:
    return Condition(
        rule="stock_stopped",
        labels={"area": area, "lot": lot},
        severity=Severity.CRITICAL,
        summary_vi=f"{area}: còn liều của lô {lot}",
        summary_en=f"{area}: doses of lot {lot} left",
    )


def fridge(number: int, area: str = "40", district: str = "412") -> Condition:
    return Condition(
        rule="coldchain_power",
        labels={"equipment": f"E{number}", "store": f"S{number}", "district": district, "area": area},
        severity=Severity.CRITICAL,
        summary_vi="mất điện",
        summary_en="no power",
    )


@pytest.fixture
def look(registry_url: str) -> Look:
    def at(minutes: float, found: Sequence[Condition] = (), planning: Planning = PLANNING) -> None:
        evaluate(
            as_role(registry_url, "mcc_etl"),
            found,
            now=NOW + minutes * MINUTE,
            hold=timedelta(0),
            keep_resolved=timedelta(hours=72),
            rules=RULES,
            planning=planning,
        )

    return at


def by(name: str = "lan") -> Actor:
    return Actor(name=name, origin="test", now=NOW)


def on_duty(url: str, area: str, email: str, *, begins: float = -60, ends: float = 60 * 24 * 29) -> None:
    span = oncall.Span(area=area, rule_prefix="", starts_at=NOW + begins * MINUTE, ends_at=NOW + ends * MINUTE)
    asked = oncall.AskedDuty(post=f"Trực {area}", span=span, level=1, email=email, phone="")
    oncall.set_duty(url, asked, reason="ca trực", areas=PROVINCES, by=by())


def told(url: str) -> list[tuple[str, str, str]]:
    return [(row.kind.value, row.channel, row.address) for row in reversed(notices(url, limit=500))]


def test_forty_provinces_are_one_incident_and_each_address_is_told_once(app_url: str, look: Look) -> None:
    on_duty(app_url, "", "quocgia@example.vn")
    on_duty(app_url, "01", "hanoi@example.vn")
    on_duty(app_url, "04", "caobang@example.vn")
    look(0, [recalled(area) for area in PROVINCES])
    look(1, [recalled(area) for area in PROVINCES])
    [row] = board(app_url).incidents
    assert (row.labels, row.incident.members, row.firing) == ({"lot": "FL1"}, 40, 40)
    assert told(app_url) == [
        ("opened", "email", "quocgia@example.vn"),
        ("opened", "webhook", ""),
        ("joined", "email", "hanoi@example.vn"),
        ("joined", "email", "caobang@example.vn"),
    ]
    tally = {item.area: item.open for item in board(app_url).places}
    assert tally == dict.fromkeys(PROVINCES, 1), "on the map in each of them"
    assert board(app_url).open_in_all == 1


def test_a_province_that_joins_later_is_told_although_the_nation_has_it(app_url: str, look: Look) -> None:
    on_duty(app_url, "", "quocgia@example.vn")
    on_duty(app_url, "02", "hagiang@example.vn")
    look(0, [recalled("01")])
    number = board(app_url).incidents[0].incident_id
    incidents.acknowledge(app_url, number, comment="đã báo các tỉnh", by=by())
    assert ("joined", "email", "hagiang@example.vn") not in told(app_url)
    look(5, [recalled("01"), recalled("02")])
    look(6, [recalled("01"), recalled("02")])
    assert told(app_url).count(("joined", "email", "hagiang@example.vn")) == 1
    assert board(app_url).incidents[0].incident.members_new == 1, "an acknowledgement hides no growth"


def test_a_province_in_which_it_begins_again_is_told_again(app_url: str, look: Look) -> None:
    on_duty(app_url, "", "quocgia@example.vn")
    on_duty(app_url, "02", "hagiang@example.vn")
    both, first = [recalled("01"), recalled("02")], [recalled("01")]
    again = 2 * 24 * 60
    joined = ("joined", "email", "hagiang@example.vn")
    seen = list[int]()
    for minute, found in [
        (0, both), (1, both), (5, first), (9, both), (20, first), (again, both), (again + 1, both),
        (again + 5, first), (again + 20, both), (again + 21, both),
    ]:  # fmt: skip
        look(minute, found)
        seen.append(told(app_url).count(joined))
    assert seen == [1, 1, 1, 1, 1, 2, 2, 2, 3, 3], "a pause of four minutes is none"
    assert told(app_url).count(("opened", "email", "quocgia@example.vn")) == 1, "the nation's desk knows"


def test_planned_work_of_one_province_keeps_only_that_one_silent(app_url: str, look: Look) -> None:
    on_duty(app_url, "", "quocgia@example.vn")
    on_duty(app_url, "01", "hanoi@example.vn")
    on_duty(app_url, "02", "hagiang@example.vn")
    span = oncall.Span(area="01", rule_prefix="", starts_at=NOW - MINUTE, ends_at=NOW + 60 * MINUTE)
    oncall.plan_work(
        app_url, PlannedKind.WORK, span, reason="kiểm kê", areas=PROVINCES, longest=timedelta(hours=72), by=by()
    )
    look(0, [recalled("01"), recalled("02")])
    assert ("joined", "email", "hanoi@example.vn") not in told(app_url)
    assert ("joined", "email", "hagiang@example.vn") in told(app_url)
    look(61, [recalled("01"), recalled("02")])
    assert ("joined", "email", "hanoi@example.vn") in told(app_url), "it learns of it when its work has ended"


def test_provinces_are_told_after_planned_work_of_the_nation_although_the_nation_has_it(
    app_url: str, look: Look
) -> None:
    on_duty(app_url, "", "quocgia@example.vn")
    on_duty(app_url, "02", "hagiang@example.vn")
    span = oncall.Span(area="", rule_prefix="stock_stopped", starts_at=NOW - MINUTE, ends_at=NOW + 60 * MINUTE)
    oncall.plan_work(
        app_url, PlannedKind.WORK, span, reason="kiểm kê", areas=PROVINCES, longest=timedelta(hours=72), by=by()
    )
    look(0, [recalled("02")])
    incidents.acknowledge(app_url, board(app_url).incidents[0].incident_id, comment="đang làm", by=by())
    look(59, [recalled("02")])
    assert told(app_url) == []
    look(61, [recalled("02")])
    look(62, [recalled("02")])
    assert told(app_url) == [("joined", "email", "hagiang@example.vn")]
    look(65, [])
    look(85, [recalled("02")])
    opened = [row for row in notices(app_url, limit=500) if row.kind is NoticeKind.OPENED]
    assert sorted(row.address for row in opened) == ["", "quocgia@example.vn"], "it waits, and begins for the nation"
    assert all("-opened-1-" in row.key for row in opened), "in the first turn"
    assert told(app_url).count(("joined", "email", "hagiang@example.vn")) == 2


def test_the_nation_handles_it_and_a_province_sees_its_own_part(app_url: str, look: Look) -> None:
    add_account(app_url, "tinh", [grant(Role.OPERATOR, "01")])
    look(0, [recalled(area) for area in PROVINCES])
    [row] = board(app_url, areas=["01"]).incidents
    assert [alert.labels["area"] for alert in row.shown] == ["01"], "of no other province"
    assert [item.area for item in board(app_url, areas=["01"]).places] == ["01"]
    with pytest.raises(NotAllowed):
        incidents.acknowledge(app_url, row.incident_id, comment="đang làm", by=by("tinh"))
    assert board(app_url, place="02").incidents[0].incident_id == row.incident_id
    assert board(app_url, place="79").incidents == ()


def test_other_rules_group_as_before(app_url: str, look: Look) -> None:
    look(
        0,
        [fridge(1), fridge(2), fridge(3, district="413"), fridge(4, area="01", district="001"), recalled("01", "FL2")],
    )
    labels = sorted(tuple(sorted(row.labels.items())) for row in board(app_url).incidents)
    assert labels == [
        (("area", "01"), ("district", "001")),
        (("area", "40"), ("district", "412")),
        (("area", "40"), ("district", "413")),
        (("lot", "FL2"),),
    ]


def test_nobody_on_duty_is_told_for_each_time_and_who_comes_learns_what_waits(app_url: str, look: Look) -> None:
    on_duty(app_url, "40", "ca1@example.vn", begins=60, ends=120)
    on_duty(app_url, "40", "ca2@example.vn", begins=240, ends=300)
    nobody = ("unattended", "none", "")
    seen: dict[int, int] = {}
    for minute in range(0, 420, 5):
        look(minute, [fridge(1)])
        seen[minute] = told(app_url).count(nobody)
    assert told(app_url)[0] == ("opened", "none", ""), "the first time the notice itself says so"
    assert (seen[55], seen[115], seen[120], seen[235], seen[300], seen[415]) == (0, 0, 1, 1, 2, 2)
    assert told(app_url).count(("unattended", "webhook", "")) == 2, "and to channels that get every notice"
    for address in ("ca1@example.vn", "ca2@example.vn"):
        assert told(app_url).count(("opened", "email", address)) == 1
    keys = [row.key for row in notices(app_url, limit=500)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("quiet", ["lull", "work"])
def test_who_comes_on_duty_while_it_does_not_wait_learns_of_it_once_it_does(
    quiet: str, app_url: str, look: Look
) -> None:
    on_duty(app_url, "40", "sang@example.vn", begins=300)
    if quiet == "work":
        span = oncall.Span(area="40", rule_prefix="", starts_at=NOW + 60 * MINUTE, ends_at=NOW + 355 * MINUTE)
        oncall.plan_work(
            app_url, PlannedKind.WORK, span, reason="bảo trì", areas=PROVINCES, longest=timedelta(hours=72), by=by()
        )
    for minute in range(0, 400, 5):
        goes_on = quiet == "work" or minute < 60 or minute >= 360
        look(minute, [fridge(1)] if goes_on else [])
        assert (("opened", "email", "sang@example.vn") in told(app_url)) is (minute >= (355, 360)[quiet == "lull"])
    assert told(app_url).count(("opened", "email", "sang@example.vn")) == 1
    assert ("unattended", "none", "") not in told(app_url), "it was the same time throughout"


def test_nobody_on_duty_is_not_told_more_often_than_the_rate(app_url: str, look: Look) -> None:
    for begin in range(10, 200, 20):
        on_duty(app_url, "40", "ca@example.vn", begins=begin, ends=begin + 10)
    for minute in range(0, 200, 5):
        look(minute, [fridge(1)])
    assert told(app_url).count(("unattended", "none", "")) == 3
    taken = board(app_url).incidents[0].incident_id
    incidents.acknowledge(app_url, taken, comment="đang xử lý", by=by())
    for minute in range(200, 400, 20):
        look(minute, [fridge(1)])
    assert told(app_url).count(("unattended", "none", "")) == 3, "what somebody has waits for nobody"


STEPS = st.lists(
    st.tuples(
        st.integers(-30, 240),
        st.sets(st.sampled_from(["01", "02", "03"])),
        st.sets(st.integers(0, 3)),
        st.sampled_from(["-", "take", "close"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(STEPS)
def test_no_sequence_loses_doubles_or_resurrects_an_alert(
    registry_url: str, app_url: str, steps: list[tuple[int, set[str], set[int], str]]
) -> None:
    """Clock steps back included; provinces come and go, fridges too; people take and close what they may."""
    with psycopg.Connection[DictRow].connect(registry_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("TRUNCATE operations.incident, operations.alert CASCADE")
        minutes, closed = 0, dict[int, datetime]()
        for passed, areas, fridges, deed in steps:
            minutes += passed
            wanted = [recalled(area) for area in areas] + [fridge(n, district=str(n % 2)) for n in fridges]
            evaluate(
                as_role(registry_url, "mcc_etl"), wanted, now=NOW + minutes * MINUTE, hold=timedelta(0),
                keep_resolved=timedelta(hours=72), rules=RULES, planning=PLANNING,
            )  # fmt: skip
            firing = connection.execute(
                "SELECT a.key, i.key AS of, i.state, i.over_at FROM operations.alert a "
                "LEFT JOIN operations.incident i USING (incident_id) WHERE a.state = 'firing'"
            ).fetchall()
            assert sorted(row["key"] for row in firing) == sorted(item.key for item in wanted), (
                "none lost, none doubled"
            )
            assert all(row["state"] != "closed" and row["over_at"] is None for row in firing)
            assert {row["of"] for row in firing if row["key"].startswith("stock")} <= {"stock_stopped|lot=FL1"}
            standing = connection.execute("SELECT key FROM operations.incident WHERE state <> 'closed'").fetchall()
            assert len({row["key"] for row in standing}) == len(standing)
            for number, at in closed.items():
                kept = connection.execute(
                    "SELECT closed_at FROM operations.incident WHERE incident_id = %s", [number]
                ).fetchone()
                assert kept and kept["closed_at"] == at, "what was closed stays so"
            for row in board(app_url).incidents:
                incident = row.incident
                if deed == "take" and incident.state == "new":
                    incidents.acknowledge(app_url, row.incident_id, comment="đã xem", by=by())
                elif deed == "close" and not incident.fires and incident.state != "closed":
                    incidents.close(app_url, row.incident_id, comment="đã xong", by=by())
            closed = {
                row["incident_id"]: row["closed_at"]
                for row in connection.execute("SELECT * FROM operations.incident WHERE state = 'closed'").fetchall()
            }
        keys = connection.execute("SELECT key FROM operations.notice").fetchall()
        assert len({row["key"] for row in keys}) == len(keys)
