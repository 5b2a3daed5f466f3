"""Acts on a plan and decisions on allocation: what is decided for another place is neither promised nor shipped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import LiteralString

import psycopg
import pytest

from cli.places import as_role
from operations.action_log import ActRefused
from tests.operations.test_plan_acts import refused
from tests.support.plans import GIVER, HUB, NOW, TAKER, Plans, enter, of, stocked

# From the national store, where 5,000 lie, to HCMC.
DOWN = of(giver=HUB, taker=TAKER, doses=2_000)
DISTRICT = "S-01-Q"


class Registry(Plans):
    """And the decisions that reach the registry by its feed."""

    def __init__(self, owner: str) -> None:
        super().__init__(as_role(owner, "mcc_app"))
        self.owner = owner

    def run(self, query: LiteralString, *values: object) -> None:
        with psycopg.connect(self.owner) as connection:
            connection.execute(query, values)

    def decided(self, number: int, store: str, doses: int, *, lot: str = "L1", named: str = "") -> None:
        self.run(
            "INSERT INTO registry.allocation_decision (decision_id, number, round, decided_on) VALUES (%s, %s, 1, %s)",
            *(number, named or f"{number}/QĐ-BYT", date(2021, 11, 20)),
        )
        self.run(
            "INSERT INTO registry.allocation_line (decision_id, store_code, product_code, lot_number, doses, "
            "planned_on) VALUES (%s, %s, 'astrazeneca', %s, %s, %s)",
            *(number, store, lot, doses, date(2021, 11, 24)),
        )

    def sent(self, number: int, decision: int, doses: int, *, cancels: int | None = None) -> None:
        """From the national store to Hà Nội; taken back where it cancels an earlier one."""
        at = NOW - timedelta(days=1)
        self.run(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at, counterpart_code, decision_id, cancels_id) VALUES (%s, %s, 'L1', %s, %s, %s, %s, %s, %s, %s)",
            *(number, HUB, "cancel" if cancels else "issue", doses if cancels else -doses, at, at),
            *(None if cancels else GIVER, None if cancels else decision, cancels),
        )


@pytest.fixture
def desk(registry_url: str) -> Registry:
    stocked(registry_url)
    return Registry(registry_url)


def figures(told: ActRefused) -> tuple[object, ...]:
    assert told.why == "plan_not_free"
    return tuple(told.values[name] for name in ("on_hand", "promised", "decided", "free"))


def test_what_is_decided_for_another_place_is_not_promised(desk: Registry) -> None:
    desk.decided(1, GIVER, 4_000)
    plan = desk.draft(DOWN)
    assert figures(refused(lambda: desk.propose(plan))) == (5_000, 0, 4_000, 1_000)
    desk.change(plan, of(DOWN, doses=1_000))
    desk.propose(plan)


def test_what_was_sent_by_the_decision_or_taken_back_counts_as_it_did_leave(desk: Registry) -> None:
    desk.decided(1, GIVER, 4_000)
    desk.sent(50, 1, 3_000)
    plan = desk.draft(of(DOWN, doses=1_001))
    assert figures(refused(lambda: desk.propose(plan))) == (2_000, 0, 1_000, 1_000)
    desk.sent(51, 1, 3_000, cancels=50)
    assert figures(refused(lambda: desk.propose(plan))) == (5_000, 0, 4_000, 1_000)


def test_a_decision_that_is_changed_or_withdrawn_gives_its_doses_back(desk: Registry) -> None:
    desk.decided(1, GIVER, 4_000, lot="")
    plan = desk.draft(DOWN)
    assert figures(refused(lambda: desk.propose(plan))) == (5_000, 0, 4_000, 1_000)
    desk.run("UPDATE registry.allocation_line SET doses = 3500")
    assert figures(refused(lambda: desk.propose(plan))) == (5_000, 0, 3_500, 1_500)
    desk.run("UPDATE registry.allocation_decision SET state = 'withdrawn'")
    desk.propose(plan)


def test_a_decision_that_comes_after_the_proposal_stops_approval_and_shipping(desk: Registry) -> None:
    waiting, plan = desk.draft(DOWN), desk.approved(DOWN)
    assert refused(lambda: desk.ship(plan, 2_001)).why == "plan_more_than_left"
    desk.decided(1, GIVER, 4_000)
    assert figures(refused(lambda: desk.ship(plan, 2_000))) == (5_000, 0, 4_000, 1_000)
    desk.ship(plan, 1_000)
    # Of 4,000 in the store all are decided about but those that the plan promised.
    assert figures(refused(lambda: desk.propose(waiting))) == (4_000, 1_000, 3_000, 0)


def test_below_a_province_its_own_store_keeps_them(desk: Registry) -> None:
    desk.run(
        "INSERT INTO registry.store (code, name_vi, level, province_code, parent_code) VALUES (%s, 'Q', 'district', "
        "'01', %s)",
        *(DISTRICT, GIVER),
    )
    desk.decided(1, DISTRICT, 15_000)
    plan = desk.draft(of(doses=6_000))
    assert figures(refused(lambda: desk.propose(plan))) == (20_000, 0, 15_000, 5_000)
    # The national store owes nothing by it.
    other = desk.draft(of(DOWN, doses=5_000))
    desk.propose(other)


def test_another_lot_or_product_is_touched_by_it_only_where_it_names_none(desk: Registry) -> None:
    desk.run(
        "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, vials_per_tray) "
        "VALUES ('L2', 'astrazeneca', 'covax', 100000, 10, 100)"
    )
    desk.run(
        "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) VALUES ('L2', 'released', %s, 'x')",
        NOW - timedelta(days=20),
    )
    desk.run(
        "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) "
        "VALUES ('L2', '2021-12-20', 'label', '2021-06-01')"
    )
    with psycopg.connect(desk.owner) as connection:
        enter(connection, 60, HUB, "receipt", 3_000)
        connection.execute("UPDATE registry.stock_movement SET lot_number = 'L2' WHERE movement_id = 60")
    desk.decided(1, GIVER, 4_000, lot="")
    # That which ends first goes first: 3,000 of L2 and 1,000 of L1.
    assert figures(refused(lambda: desk.propose(desk.draft(of(DOWN, doses=4_500))))) == (5_000, 0, 1_000, 4_000)
    desk.run("UPDATE registry.allocation_line SET doses = 0")
    desk.decided(2, GIVER, 3_000, lot="L2")
    desk.propose(desk.draft(of(DOWN, doses=5_000)))


def test_the_decision_that_a_plan_carries_out_does_not_stop_it(desk: Registry) -> None:
    """Entered under the number that the plan has: its doses are promised once, by the plan."""
    plan = desk.approved(of(DOWN, doses=4_000))
    desk.decided(1, TAKER, 4_000, named="5555/QĐ-BYT")
    other = desk.draft(of(DOWN, doses=1_001))
    assert figures(refused(lambda: desk.propose(other))) == (5_000, 4_000, 0, 1_000)
    desk.ship(plan, 4_000)
    desk.cancel(other)
    desk.propose(desk.draft(of(DOWN, doses=1_000)))
