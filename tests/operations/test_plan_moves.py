"""What leaves and what comes by a plan, in a real registry: the ledger moves with it and keeps its doses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import psycopg
import pytest

from campaign.access import Role
from campaign.ledger import account, replay
from cli.places import as_role
from operations.action_log import ActRefused, NotAllowed, connect
from operations.plan_acts_moves import Came, receive, ship
from operations.plan_stock import on_the_way, promised_doses
from operations.transfers import look as look_at_transfer
from tests.support.people import add_account, grant
from tests.support.plans import GIVER, HUB, LINE, NOW, RULES, TAKER, Plans, enter, ledger, of, stocked


@pytest.fixture
def desk(registry_url: str) -> Plans:
    stocked(registry_url)
    return Plans(as_role(registry_url, "mcc_app"))


def refused(act: Callable[[], object]) -> ActRefused:
    with pytest.raises(ActRefused) as found:
        act()
    return found.value


def test_11_900_of_12_000_are_received_and_100_are_a_difference_of_their_lot(desk: Plans, registry_url: str) -> None:
    plan = desk.approved()
    sent = desk.ship(plan)
    assert (sent.state, sent.doses) == ("shipped", 12_000)
    (shipment,) = sent.shipments
    with connect(desk.url) as connection:
        assert promised_doses(connection, now=desk.now) == {}
        (under_way,) = on_the_way(connection)
    assert (under_way.giver, under_way.taker, under_way.doses) == (GIVER, TAKER, 12_000)
    balances = replay(ledger(registry_url))
    assert (balances[GIVER, "L1"].on_hand, balances[TAKER, "L1"].in_transit) == (8_000, 12_000)
    desk.now = NOW + timedelta(days=2)
    came = desk.receive(plan, shipment, 11_900)
    assert (came.state, came.doses, came.missing, came.unfit) == ("received", 11_900, 100, ())
    balances = replay(ledger(registry_url))
    taker = balances[TAKER, "L1"]
    assert (balances[GIVER, "L1"].on_hand, taker.on_hand, taker.in_transit) == (8_000, 11_900, 100)
    assert account(balances, "L1", received=25_000).unexplained == 0
    with connect(desk.url) as connection:
        (link,) = look_at_transfer(connection, store=TAKER, lot="L1", now=desk.now).links
        assert on_the_way(connection) == ()
    assert (link.sender.code, link.delivery.sent, link.delivery.received, link.delivery.open) == (
        GIVER, 12_000, 11_900, 100,
    )  # fmt: skip
    (kept,) = desk.look(plan).shipments
    assert (kept.missing, kept.receipt and kept.receipt.temp_c) == (100, 4.5)
    with psycopg.connect(registry_url) as connection:
        told = connection.execute("SELECT detail FROM operations.action_log WHERE action = 'plan_received'").fetchone()
    assert told == (
        {
            "shipments": str(shipment), "vaccine_doses": 11_900, "missing": 100, "lots": "L1", "unfit": "",
            "temperatures": "4.5",
        },
    )  # fmt: skip


def test_a_line_leaves_in_parts_and_the_rest_stays_promised(desk: Plans, registry_url: str) -> None:
    plan = desk.approved()
    first = desk.ship(plan, 5_000)
    assert (first.state, desk.look(plan).left()) == ("approved", {1: 7_000})
    with connect(desk.url) as connection:
        assert promised_doses(connection, now=desk.now) == {(GIVER, "L1"): 7_000}
    told = refused(lambda: desk.ship(plan, 7_001))
    assert (told.why, told.values["left"]) == ("plan_more_than_left", 7_000)
    assert refused(lambda: desk.change(plan, of(doses=6_000))).why == "plan_under_way"
    assert refused(lambda: desk.give_back(plan)).why == "plan_under_way"
    desk.receive(plan, first.shipments[0], 5_000)
    second = desk.ship(plan, 7_000)
    assert second.state == "shipped"
    assert desk.receive(plan, second.shipments[0], 7_010).missing == -10
    balances = replay(ledger(registry_url))
    assert (balances[TAKER, "L1"].on_hand, balances[TAKER, "L1"].in_transit) == (12_010, -10)
    assert desk.look(plan).standing.state == "received"


def test_the_rest_is_given_up_and_what_is_on_its_way_still_comes(desk: Plans) -> None:
    plan = desk.approved()
    (shipment,) = desk.ship(plan, 5_000).shipments
    assert desk.cancel(plan).state == "shipped"
    with connect(desk.url) as connection:
        assert promised_doses(connection, now=desk.now) == {}
    assert refused(lambda: desk.ship(plan, 1)).why == "plan_state"
    assert desk.receive(plan, shipment, 0).state == "received"
    (kept,) = desk.look(plan).shipments
    assert (kept.missing, kept.receipt and kept.receipt.movement_id) == (5_000, None)


def test_a_lapsed_approval_ships_nothing(desk: Plans, registry_url: str) -> None:
    plan = desk.approved()
    (shipment,) = desk.ship(plan, 5_000).shipments
    desk.now = NOW + timedelta(hours=168)
    told = refused(lambda: desk.ship(plan, 100))
    assert (told.why, told.values["at"]) == ("plan_lapsed", NOW + timedelta(hours=168))
    # What left before comes, and the rest is proposed and approved again.
    desk.receive(plan, shipment, 5_000)
    desk.propose(plan)
    desk.approve(plan)
    assert desk.ship(plan, 7_000).state == "shipped"
    assert replay(ledger(registry_url))[GIVER, "L1"].on_hand == 8_000


def test_nothing_leaves_a_province_without_a_decision(desk: Plans, registry_url: str) -> None:
    with psycopg.connect(registry_url) as connection:
        enter(connection, 4, TAKER, "receipt", 500)
    inside = of(giver=TAKER, taker="S-79-B", doses=100)
    plan = desk.draft(LINE, inside, of(giver=HUB, doses=1_000))
    desk.propose(plan)
    desk.approve(plan)
    for line in (1, 3):
        assert refused(lambda line=line: desk.ship(plan, 100, line=line)).why == "plan_no_decision"
    desk.ship(plan, 100, line=2)
    decided = desk.decide(plan)
    assert decided.state == "approved"
    desk.ship(plan, 1_000, line=3)
    seen = desk.look(plan).decision
    assert seen is not None
    assert (seen.number, seen.decided_on, seen.signed_by) == (
        "5555/QĐ-BYT", date(2021, 11, 22), "Thứ trưởng Bộ Y tế",
    )  # fmt: skip


def test_what_is_gone_since_the_approval_does_not_leave(desk: Plans, registry_url: str) -> None:
    plan = desk.approved()
    with psycopg.connect(registry_url) as connection:
        enter(connection, 5, GIVER, "administered", -9_000)
    told = refused(lambda: desk.ship(plan))
    assert (told.why, told.values["free"], told.values["promised"]) == ("plan_not_free", 11_000, 0)
    desk.ship(plan, 11_000)
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) VALUES ('L1', 'recalled', %s, 'x')",
            [NOW - timedelta(hours=1)],
        )
    assert refused(lambda: desk.ship(plan, 500)).why == "plan_lot_stopped"


def test_shipping_does_not_take_what_another_plan_was_promised(desk: Plans, registry_url: str) -> None:
    first = desk.approved()
    second = desk.draft(of(doses=8_000))
    desk.propose(second)
    with psycopg.connect(registry_url) as connection:
        enter(connection, 6, GIVER, "wasted_closed", -5_000)
    told = refused(lambda: desk.ship(first))
    assert (told.values["on_hand"], told.values["promised"], told.values["free"]) == (15_000, 8_000, 7_000)
    desk.ship(first, 7_000)


def test_what_cannot_be_shipped_or_received(desk: Plans, registry_url: str) -> None:
    plan = desk.draft(LINE, of(giver=HUB, doses=1_000))
    desk.propose(plan)
    desk.decide(plan)
    desk.approve(plan)
    on = desk.on(plan, "x")
    for parts, why in (({}, "plan_nothing"), ({4: 5}, "plan_no_line"), ({1: 5, 2: 5}, "plan_stores"),
                       ({1: 0}, "plan_more_than_left"), ({1: -5}, "plan_more_than_left")):  # fmt: skip
        assert refused(lambda parts=parts: ship(desk.url, on, parts, rules=RULES)).why == why
    (shipment,) = desk.ship(plan, 5_000).shipments
    assert refused(lambda: ship(desk.url, on, {1: 5}, rules=RULES)).why == "plan_changed"
    assert refused(lambda: desk.receive(plan, shipment, -1)).why == "plan_came_doses"
    for temp in (61.0, -101.0, float("nan")):
        assert refused(lambda temp=temp: desk.receive(plan, shipment, 5_000, temp_c=temp)).why == "plan_came_temp"
    assert refused(lambda: desk.receive(plan, shipment + 1, 5)).why == "plan_no_shipment"
    # Frozen on the way: it is taken in and told; nobody is asked to hide it.
    assert desk.receive(plan, shipment, 5_000, temp_c=-3.0).unfit == (shipment,)
    assert refused(lambda: desk.receive(plan, shipment, 5)).why == "plan_came_already"
    both = {shipment: Came(doses=1, temp_c=4)}
    assert refused(lambda: receive(desk.url, on, both, rules=RULES)).why == "plan_came_already"
    assert len([item for item in ledger(registry_url) if item.movement_id < 0]) == 2


def test_who_ships_and_who_receives(desk: Plans, registry_url: str) -> None:
    """Each in the province of the store whose ledger it changes; whoever plans or approves moves nothing."""
    for login, given in (
        ("op-01", grant(Role.OPERATOR, "01")),
        ("op-79", grant(Role.OPERATOR, "79")),
        ("ap-vn", grant(Role.APPROVER)),
        ("pl-vn", grant(Role.PLANNER)),
    ):
        add_account(registry_url, login, [given])
    plan = desk.approved()
    for actor in ("op-79", "ap-vn", "pl-vn"):
        with pytest.raises(NotAllowed):
            desk.ship(plan, actor=actor)
    (shipment,) = desk.ship(plan, actor="op-01").shipments
    for actor in ("op-01", "ap-vn"):
        with pytest.raises(NotAllowed):
            desk.receive(plan, shipment, 12_000, actor=actor)
    assert desk.receive(plan, shipment, 12_000, actor="op-79").state == "received"
