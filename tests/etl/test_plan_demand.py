"""What a plan is made from, from the registry on: doses that decisions on allocation promise are not free, and sessions
that are planned ask for theirs."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from campaign.plan_build import Built
from campaign.plan_facts import PlanFacts
from campaign.plan_rules import Asked
from cli.main import main
from cli.places import as_role
from cli.plan_wiring import facts_of, stated_policy
from operations.action_log import connect
from operations.plan_decided import free_there
from tests.etl.test_allocation import HANOI, SAIGON, TODAY, Desk
from tests.support.centre import Centre
from tests.support.plans import NOW, RULES

NATIONAL, DAYS = "VN", 12
USED = 140


class Planner(Desk):
    """10,000 doses of CO1 in the national store, released; fridges of known litres."""

    def __init__(self, centre: Centre) -> None:
        super().__init__(centre)
        self.run(
            "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) "
            "VALUES ('CO1', 'released', '2021-10-01', 'NICVB')"
        )
        self.run(
            "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) "
            "VALUES ('CO1', '2022-01-31', 'label', '2021-06-01')"
        )
        for store in (NATIONAL, HANOI, SAIGON):
            self.run(
                "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, litres, "
                "reporting_mode, installed_on, status) "
                "VALUES (%s, %s, 'freezer', 'ultra_cold', 900, 'hand', '2021-01-01', 'working')",
                *(f"TB-{store}", store),
            )
        self.move("opening", 10_000, days_ago=30, store=NATIONAL)

    def made(self) -> tuple[PlanFacts, Built]:
        self.centre.refresh()
        settings = self.centre.settings
        policy = stated_policy(settings, settings.plan.policy)
        assert policy is not None
        asked = Asked(policy=policy, days=DAYS, cycle=3)
        version = self.centre.snapshots.current()
        found = facts_of(settings, self.centre.snapshots, version, asked, inside="", now=None)
        assert found is not None
        return found

    def free(self) -> int:
        """Doses of the national store that a plan may send."""
        _, built = self.made()
        return sum(heap.doses for heap in built.problem.heaps if heap.store == NATIONAL and not heap.bound)

    def free_of(self, store: str) -> int:
        """The same of a store, as an act on a plan counts it in the registry."""
        with connect(as_role(self.centre.url, "mcc_app")) as connection:
            limits = RULES.thaw_limits(TODAY)
            found = free_there(connection, [(store, "CO1")], now=NOW, today=TODAY, thaw_limits=limits)
        return max(found[store, "CO1"].free, 0)

    def coming(self) -> dict[str, int]:
        """Doses that come to a store without the plan."""
        _, built = self.made()
        later = [heap for heap in built.problem.heaps if heap.bound and heap.day > 0]
        return {heap.store: sum(item.doses for item in later if item.store == heap.store) for heap in later}

    def decided(self, capfd: pytest.CaptureFixture[str]) -> dict[str, tuple[int, int]]:
        """Planned and sent by store, as `app.py allocation` tells them."""
        capfd.readouterr()
        assert main(["allocation", "5001", "--json", "--state", str(self.centre.settings.state)]) == 0
        rows = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
        return {row["store"]: (row["planned"], row["sent"]) for row in rows if "store" in row}


@pytest.fixture
def desk(centre: Centre) -> Planner:
    return Planner(centre)


def test_what_a_decision_promises_and_nobody_sent_is_not_free(desk: Planner, capfd: pytest.CaptureFixture[str]) -> None:
    assert desk.free() == desk.free_of(NATIONAL) == 10_000
    desk.decide(1, days_ago=1, lines={HANOI: 6_000, SAIGON: 3_000})
    assert desk.free() == desk.free_of(NATIONAL) == 1_000
    assert desk.coming() == {HANOI: 6_000, SAIGON: 3_000}
    # Part of it leaves: it is on its way, and the rest is still set aside.
    desk.move("issue", 2_000, days_ago=0, store=HANOI, decision=1)
    assert desk.free() == desk.free_of(NATIONAL) == 10_000 - 2_000 - 4_000 - 3_000
    assert desk.coming() == {HANOI: 6_000, SAIGON: 3_000}
    told = desk.decided(capfd)
    assert told == {HANOI: (6_000, 2_000), SAIGON: (3_000, 0)}
    assert desk.free() == 8_000 - sum(planned - sent for planned, sent in told.values())


def test_a_decision_that_is_changed_or_withdrawn_gives_its_doses_back(desk: Planner) -> None:
    desk.decide(1, days_ago=1, lines={HANOI: 6_000, SAIGON: 3_000})
    assert desk.free() == 1_000
    desk.run("UPDATE registry.allocation_line SET doses = 500 WHERE store_code = %s", HANOI)
    assert desk.free() == desk.free_of(NATIONAL) == 10_000 - 500 - 3_000
    desk.run("UPDATE registry.allocation_decision SET state = 'withdrawn'")
    assert desk.free() == desk.free_of(NATIONAL) == 10_000
    assert desk.coming() == {}


def test_what_a_province_has_for_its_districts_does_not_leave_it(desk: Planner) -> None:
    desk.run(
        "INSERT INTO registry.store (code, name_vi, level, province_code, parent_code) "
        "VALUES ('S-01-Q', 'Quận', 'district', '01', %s)",
        HANOI,
    )
    desk.move("opening", 5_000, days_ago=29, store=HANOI)
    desk.decide(1, days_ago=1, lines={"S-01-Q": 2_000})
    _, built = desk.made()
    own = {heap.bound: heap.doses for heap in built.problem.heaps if heap.store == HANOI}
    assert own == {False: 3_000, True: 2_000}, "they are used there"
    assert desk.free_of(HANOI) == 3_000
    assert desk.free() == desk.free_of(NATIONAL) == 10_000


def test_what_is_long_overdue_is_set_aside_and_expected_by_nobody(desk: Planner) -> None:
    desk.decide(1, days_ago=desk.centre.settings.stock.allocation_days + 5, lines={HANOI: 6_000})
    assert desk.free() == desk.free_of(NATIONAL) == 4_000
    assert desk.coming() == {}
    # More is promised than there is: nothing is free, and the rest is told as not found.
    desk.decide(2, days_ago=1, lines={SAIGON: 9_000})
    _, built = desk.made()
    assert desk.free() == desk.free_of(NATIONAL) == 0
    assert built.unfound == 5_000
    assert desk.coming() == {SAIGON: 4_000}


def test_planned_sessions_ask_for_more_than_the_pace_and_never_for_less(desk: Planner) -> None:
    desk.move("opening", 10_000, days_ago=29, store=SAIGON)
    for day in range(1, 15):
        desk.move("administered", USED, days_ago=day, store=SAIGON)
    facts, before = desk.made()
    assert facts.sessions == {}
    pace = facts.paces[SAIGON, "comirnaty"]
    sessions = ((1, 0, 20, "open"), (2, 1, 5_000, "planned"), (3, 4, 900, "planned"), (4, 4, 7_000, "cancelled"))
    for number, days, people, state in (*sessions, (5, -1, 8_000, "closed")):
        desk.run(
            "INSERT INTO registry.session (session_id, site_code, held_on, product_code, planned_people, state) "
            "VALUES (%s, '79-A', %s, 'comirnaty', %s, %s)",
            *(number, TODAY + timedelta(days), people, state),
        )
    facts, after = desk.made()
    assert facts.sessions == {(SAIGON, "comirnaty"): {0: 20, 1: 5_000, 4: 900}}

    def given(built: Built) -> tuple[int, ...]:
        return next(need.pace for need in built.problem.needs if need.store == SAIGON)

    assert given(before)[:3] == tuple(round(3 * pace) for _ in range(3))
    more = (round(5_000 - pace), round(900 - pace), 0)
    assert given(after)[:3] == tuple(one + other for one, other in zip(given(before), more, strict=False))
