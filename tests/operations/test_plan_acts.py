"""A plan until it may leave, in a real registry: who may do what to it, what it promises, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import psycopg
import pytest

from campaign.access import Role
from campaign.plan_check import Violation
from campaign.plan_problem import Rule
from campaign.plan_state import PlanState, state_at
from cli.places import as_role
from operations.action_log import ActRefused, NotAllowed, connect
from operations.plan_records import plans
from operations.plan_stock import promised_doses, promised_lines
from tests.support.people import add_account, grant
from tests.support.plans import ARMY, GIVER, HUB, LINE, NOW, TAKER, Plans, enter, of, stocked


@pytest.fixture
def desk(registry_url: str) -> Plans:
    stocked(registry_url)
    return Plans(as_role(registry_url, "mcc_app"))


def refused(act: Callable[[], object]) -> ActRefused:
    with pytest.raises(ActRefused) as found:
        act()
    return found.value


def promised(desk: Plans) -> dict[tuple[str, str], int]:
    with connect(desk.url) as connection:
        return promised_doses(connection, now=desk.now)


def test_from_draft_to_approved_by_two_people(desk: Plans, registry_url: str) -> None:
    plan = desk.draft()
    assert promised(desk) == {}
    proposed = desk.propose(plan)
    assert (proposed.before, proposed.state, proposed.until) == ("draft", "proposed", NOW + timedelta(hours=72))
    assert promised(desk) == {(GIVER, "L1"): 12_000}
    approved = desk.approve(plan)
    assert (approved.state, approved.until, approved.version) == ("approved", NOW + timedelta(hours=168), 3)
    seen = desk.look(plan)
    assert seen.lines == (LINE,)
    assert seen.newest.document == {"policy": "x"}
    assert [(act.deed.value, act.actor) for act in seen.acts] == [
        ("draft", "Lê An"),
        ("propose", "Lê An"),
        ("approve", "Trần Bình"),
    ]
    with psycopg.connect(registry_url) as connection:
        logged = connection.execute("SELECT action, subject FROM operations.action_log ORDER BY action_id").fetchall()
        audited = connection.execute("SELECT count(*) FROM operations.audit WHERE action LIKE 'plan\\_%'").fetchone()
    assert logged == [(action, str(plan)) for action in ("plan_drafted", "plan_proposed", "plan_approved")]
    assert audited == (3,)
    # The refresh's role reads what is promised, and no name.
    with connect(as_role(registry_url, "mcc_etl")) as connection:
        (line,) = promised_lines(connection, now=NOW)
    assert (line.store, line.taker, line.doses, line.arrive_on) == (GIVER, TAKER, 12_000, date(2021, 11, 25))


def test_nobody_approves_what_they_proposed_or_changed_last(desk: Plans) -> None:
    plan = desk.draft(actor="Trần Bình")
    desk.propose(plan, "Lê An")
    for actor, why in (
        ("Lê An", "plan_own_proposal"),
        (" lê an ", "plan_own_proposal"),
        ("Trần Bình", "plan_own_change"),
    ):
        assert refused(lambda actor=actor: desk.approve(plan, actor)).why == why
    desk.approve(plan, "Phạm Chi")


def test_a_change_makes_a_draft_of_it_and_keeps_both_versions(desk: Plans) -> None:
    plan = desk.approved()
    done = desk.change(plan, of(doses=6_000), actor="Lê An")
    assert (done.before, done.state, done.revision) == ("approved", "draft", 2)
    assert promised(desk) == {}
    seen = desk.look(plan)
    assert [version.lines[0].doses for version in seen.versions] == [12_000, 6_000]
    last = seen.acts[-1]
    assert (last.actor, last.reason, last.version) == ("Lê An", "đường sạt lở", seen.newest.version)
    # The decision was on other lines.
    assert seen.decision is None
    assert not seen.standing.decided
    assert refused(lambda: desk.change(plan, of(doses=6_000))).why == "plan_same"


def test_two_plans_cannot_promise_the_same_doses(desk: Plans) -> None:
    first, second = desk.draft(), desk.draft(of(doses=9_000))
    desk.propose(first)
    told = refused(lambda: desk.propose(second))
    assert told.why == "plan_not_free"
    figures = {name: told.values[name] for name in ("doses", "on_hand", "stopped", "promised", "free")}
    assert figures == {"doses": 9_000, "on_hand": 20_000, "stopped": 0, "promised": 12_000, "free": 8_000}
    desk.change(second, of(doses=8_000))
    desk.propose(second)
    assert promised(desk) == {(GIVER, "L1"): 20_000}
    # Every end of a promise frees its doses.
    third = desk.draft(of(doses=12_000))
    assert refused(lambda: desk.propose(third)).why == "plan_not_free"
    desk.give_back(first)
    desk.propose(third)
    desk.cancel(third)
    desk.propose(first)
    desk.now = NOW + timedelta(hours=72)
    assert promised(desk) == {}
    fourth = desk.draft(of(doses=20_000, ship_on=date(2021, 11, 26), arrive_on=date(2021, 11, 27)))
    desk.propose(fourth)
    assert promised(desk) == {(GIVER, "L1"): 20_000}


def test_what_lapsed_is_proposed_again(desk: Plans) -> None:
    plan = desk.draft()
    desk.propose(plan)
    desk.now = NOW + timedelta(hours=72)
    told = refused(lambda: desk.approve(plan))
    assert (told.why, told.values["at"]) == ("plan_lapsed", NOW + timedelta(hours=72))
    assert state_at(desk.look(plan).standing, desk.now) is PlanState.LAPSED
    assert refused(lambda: desk.propose(plan)).why == "plan_line_past"
    desk.change(plan, of(ship_on=date(2021, 11, 26), arrive_on=date(2021, 11, 28)))
    desk.propose(plan)
    desk.approve(plan)


def test_a_hub_passes_on_what_the_same_plan_brings_it(desk: Plans) -> None:
    """5,000 lie in the hub and 3,000 come: 8,000 may be promised from it, of which 5,000 are its own."""
    comes = of(taker=HUB, doses=3_000)
    goes = of(giver=HUB, taker=TAKER, doses=8_000, ship_on=date(2021, 11, 26), arrive_on=date(2021, 11, 27))
    plan = desk.draft(comes, goes)
    desk.propose(plan)
    assert promised(desk) == {(GIVER, "L1"): 3_000, (HUB, "L1"): 5_000}
    other = desk.draft(of(giver=HUB, doses=1))
    assert refused(lambda: desk.propose(other)).why == "plan_not_free"
    desk.cancel(plan)
    more = desk.draft(comes, of(goes, doses=8_001))
    assert refused(lambda: desk.propose(more)).why == "plan_not_free"


def test_what_the_registry_knows_against_it(desk: Plans, registry_url: str) -> None:
    with psycopg.connect(registry_url) as connection:
        enter(connection, 3, GIVER, "administered", -9_000)
    plan = desk.draft()
    assert refused(lambda: desk.propose(plan)).values["free"] == 11_000
    desk.change(plan, of(doses=11_000))
    broken = Violation(rule=Rule.MINIMUM, subject=GIVER, told=0, limit=500)
    told = refused(lambda: desk.propose(plan, violations=[broken]))
    assert (told.why, told.values["count"], told.values["plan_rule"]) == ("plan_breaks", 1, "minimum")
    desk.propose(plan)
    # A monitor at the discard point: 2,000 of them may not be given. Approving looks once more.
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.vial_reading (store_code, lot_number, read_at, stage, doses, occasion, read_by, "
            "set_at) VALUES (%s, 'L1', %s, 3, 2000, 'count', 'x', %s)",
            [GIVER, NOW, NOW],
        )
    told = refused(lambda: desk.approve(plan))
    assert (told.why, told.values["stopped"], told.values["free"]) == ("plan_not_free", 2_000, 9_000)
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) VALUES ('L1', 'on_hold', %s, 'x')",
            [NOW - timedelta(hours=1)],
        )
    assert refused(lambda: desk.approve(plan)).why == "plan_lot_stopped"


def test_a_lot_that_ends_before_it_comes(desk: Plans) -> None:
    plan = desk.draft(of(ship_on=date(2022, 1, 30), arrive_on=date(2022, 2, 1)))
    told = refused(lambda: desk.propose(plan))
    assert (told.why, told.values["last"]) == ("plan_lot_expires", date(2022, 1, 31))


def test_lines_that_are_none(desk: Plans) -> None:
    for line, why in (
        (of(giver="S-99"), "unknown_store"),
        (of(lot="L9"), "no_lot"),
        (of(product="comirnaty"), "plan_line_product"),
        (of(taker=GIVER), "plan_line_same"),
        (of(doses=0), "plan_line_doses"),
        (of(arrive_on=date(2021, 11, 22)), "plan_line_days"),
    ):
        assert refused(lambda line=line: desk.draft(line)).why == why
    assert refused(lambda: desk.draft(LINE, of(doses=5))).why == "plan_line_twice"
    assert refused(lambda: desk.change(desk.draft())).why == "plan_empty"
    many = [of(ship_on=LINE.ship_on, arrive_on=LINE.arrive_on + timedelta(days=day)) for day in range(2_001)]
    assert refused(lambda: desk.draft(*many)).why == "plan_long"
    with connect(desk.url) as connection:
        assert len(plans(connection, most=10)) == 1


def test_what_does_not_go_with_the_state(desk: Plans) -> None:
    plan = desk.draft()
    for act in (desk.approve, desk.give_back, desk.decide, desk.ship):
        told = refused(lambda act=act: act(plan))
        assert (told.why, told.values["plan_state"]) == ("plan_state", "draft")
    assert refused(lambda: desk.look(999)).why == "no_plan"
    assert refused(lambda: desk.propose(plan, version=2)).why == "plan_changed"
    desk.propose(plan)
    assert refused(lambda: desk.propose(plan)).why == "plan_state"
    assert refused(lambda: desk.decide(plan, decided_on=date(2021, 11, 23))).why == "plan_decision_day"
    desk.cancel(plan)
    for act in (desk.propose, desk.approve, desk.cancel, desk.ship):
        assert refused(lambda act=act: act(plan)).why == "plan_state"
    assert refused(lambda: desk.change(plan, of(doses=5))).why == "plan_state"


def test_reasons_are_asked_for(desk: Plans) -> None:
    plan = desk.draft()
    told = refused(lambda: desk.change(plan, of(doses=5), reason=" "))
    assert (told.why, told.values["what"]) == ("empty", "reason")


def test_who_may(desk: Plans, registry_url: str) -> None:
    """A plan within a province is its own; one between provinces, or with a national store, is the nation's."""
    for login, given in (
        ("pl-79", grant(Role.PLANNER, "79")),
        ("pl-vn", grant(Role.PLANNER)),
        ("ap-79", grant(Role.APPROVER, "79")),
        ("ap-vn", grant(Role.APPROVER)),
        ("op-79", grant(Role.OPERATOR, "79")),
    ):
        add_account(registry_url, login, [given])
    inside = of(giver=TAKER, taker="S-79-B", doses=100)
    with psycopg.connect(registry_url) as connection:
        enter(connection, 4, TAKER, "receipt", 500)
    for actor, line in (("op-79", inside), ("ap-vn", inside), ("pl-79", LINE), ("pl-79", of(giver=HUB))):
        with pytest.raises(NotAllowed):
            desk.draft(line, actor=actor)
    own = desk.draft(inside, actor="pl-79")
    # Whoever may plan here may not make it a plan of the nation.
    with pytest.raises(NotAllowed):
        desk.change(own, LINE, actor="pl-79")
    desk.propose(own, "pl-79")
    for actor in ("pl-79", "op-79"):
        with pytest.raises(NotAllowed):
            desk.approve(own, actor)
    desk.approve(own, "ap-79")
    between = desk.draft(LINE, of(giver=HUB, taker=ARMY, doses=1_000), actor="pl-vn")
    desk.propose(between, "pl-vn")
    with pytest.raises(NotAllowed):
        desk.approve(between, "ap-79")
    desk.approve(between, "ap-vn")
    with psycopg.connect(registry_url) as connection:
        row = connection.execute("SELECT count(*) FROM operations.audit WHERE outcome = 'refused'").fetchone()
    assert row == (8,)
