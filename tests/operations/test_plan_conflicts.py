"""Where plans meet other plans, other acts and late days, in a real registry: no dose is promised or received twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import psycopg
import pytest

from campaign.ledger import account, replay
from cli.places import as_role
from operations.action_log import ActRefused, connect
from operations.plan_stock import promised_doses
from operations.transfers import Asked, Closed, close
from tests.support.plans import GIVER, HUB, RULES, TAKER, Plans, by, ledger, of, stocked


@pytest.fixture
def desk(registry_url: str) -> Plans:
    stocked(registry_url)
    return Plans(as_role(registry_url, "mcc_app"))


def refused(act: Callable[[], object]) -> ActRefused:
    with pytest.raises(ActRefused) as found:
        act()
    return found.value


def closed(desk: Plans, outcome: str, open_doses: int, *, doses: int | None = None, version: int = 0) -> Closed:
    until = desk.now.date() + timedelta(days=3) if outcome == "expected" else None
    asked = Asked(
        store=TAKER, lot="L1", sender=GIVER, outcome=outcome, reason="x", version=version, open_doses=open_doses,
        doses=doses, expected_on=until,
    )  # fmt: skip
    return close(desk.url, asked, zone=RULES.zone, most_days=30, by=by("Lê An"), campaign_now=desk.now)


@pytest.mark.parametrize("outcome", ["received_all", "lost", "broken", "sent_fewer"])
def test_what_is_on_its_way_by_a_plan_is_received_once(desk: Plans, registry_url: str, outcome: str) -> None:
    """A transfer closed by hand, and received by its plan afterwards, would be in the ledger twice."""
    plan = desk.approved()
    (first,) = desk.ship(plan, 5_000).shipments
    desk.receive(plan, first, 4_900)
    (second,) = desk.ship(plan, 7_000).shipments
    told = refused(lambda: closed(desk, outcome, 7_100))
    assert (told.why, told.values["plan"], told.values["free"]) == ("transfer_of_plan", plan, 100)
    assert refused(lambda: closed(desk, outcome, 7_100, doses=101)).why == "transfer_of_plan"
    # Of what was counted as missing something may be said; of what is still on its way, that it is expected.
    assert closed(desk, outcome, 7_100, doses=100).left == 7_000
    assert closed(desk, "expected", 7_000, version=1).left == 7_000
    assert desk.receive(plan, second, 7_000).state == "received"
    balances = replay(ledger(registry_url))
    assert balances[TAKER, "L1"].in_transit == 0
    assert account(balances, "L1", received=25_000).unexplained == 0


def test_what_comes_after_a_line_has_left_frees_nothing_for_others(desk: Plans) -> None:
    """The hub's 5,000 leave on the 23rd; 5,000 come to it on the 27th: until then nothing of them is another's."""
    goes = of(giver=HUB, doses=5_000)
    later = of(taker=HUB, doses=5_000, ship_on=date(2021, 11, 26), arrive_on=date(2021, 11, 27))
    plan = desk.draft(later, goes)
    desk.propose(plan)
    with connect(desk.url) as connection:
        assert promised_doses(connection, now=desk.now)[HUB, "L1"] == 5_000
    assert refused(lambda: desk.propose(desk.draft(of(giver=HUB, doses=1)))).values["free"] == 0


def test_two_stores_that_only_swap_doses_which_neither_has(desk: Plans) -> None:
    there, back = of(giver=TAKER, taker="S-79-B", doses=900), of(giver="S-79-B", taker=TAKER, doses=900)
    assert refused(lambda: desk.propose(desk.draft(there, back))).values["on_hand"] == 0


def test_a_lot_that_ends_before_it_comes_does_not_leave_late(desk: Plans, registry_url: str) -> None:
    """Two days of way: what should have left on the 23rd and leaves on the 27th is there on the 29th."""
    plan = desk.approved()
    with psycopg.connect(registry_url) as connection:
        connection.execute("UPDATE registry.lot_expiry SET expires_on = '2021-11-28' WHERE lot_number = 'L1'")
    desk.ship(plan, 1_000)
    desk.now += timedelta(days=5)
    told = refused(lambda: desk.ship(plan, 1_000))
    assert (told.why, told.values["day"]) == ("plan_lot_expires", date(2021, 11, 29))
    # Nor is the rest promised anew, long after its days.
    desk.now += timedelta(days=5)
    assert refused(lambda: desk.propose(plan)).why == "plan_lot_expires"


def test_no_opened_vial_leaves(desk: Plans) -> None:
    """Vials of 10: parts leave by whole vials; what a line of another size has left goes as it is."""
    plan = desk.approved(of(doses=1_005))
    told = refused(lambda: desk.ship(plan, 999))
    assert (told.why, told.values["vial"]) == ("plan_part_of_vial", 10)
    assert desk.ship(plan, 1_000).state == "approved"
    assert desk.ship(plan, 5).state == "shipped"
