"""Plans of the registry in snapshots: what was approved, what left and came, and what a snapshot does not tell."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from campaign.plan_record import PlanLine
from campaign.plan_state import PlanState
from campaign.reallocation import Progress
from cli.places import as_role
from etl.marts import Extra
from operations.plan_telling import reallocations
from tests.etl.test_two_lots import instant, stocked
from tests.support.centre import WALL, Centre
from tests.support.plans import Plans
from warehouse.reads_reallocation import Moved, moved
from warehouse.snapshot import Snapshots

LOT, STORE = "124001", "S-01-A"
LINE = PlanLine(
    lot=LOT, product="comirnaty", giver="VN", taker=STORE, doses=12_000, ship_on=date(2021, 11, 20),
    arrive_on=date(2021, 11, 21),
)  # fmt: skip


def told(centre: Centre, version: int | None = None) -> Moved:
    found = moved(centre.snapshots, version or centre.snapshots.current())
    assert found is not None
    return found


def test_a_plan_from_the_draft_to_the_receipt(centre: Centre) -> None:
    desk = stocked(centre)
    acts = Plans(as_role(centre.url, "mcc_app"))
    acts.now = instant(date(2021, 11, 20))
    draft = acts.draft(LINE)
    acts.propose(draft)
    desk.fires(date(2021, 11, 20))
    assert told(centre) == Moved(plans=(), lines=(), stores={}), "what nobody approved is nobody's reallocation"
    plan = acts.approved(LINE, replace(LINE, doses=1_200, ship_on=LINE.arrive_on))
    shipped = acts.ship(plan, 6_000)
    desk.fires(date(2021, 11, 20))
    before, version = told(centre), centre.snapshots.current()
    (found,) = before.plans
    assert (found.plan_id, found.state, found.number) == (plan, PlanState.APPROVED, "5555/QĐ-BYT")
    assert (found.decided_on, found.approved_at, found.days) == (date(2021, 11, 20), acts.now, None)
    first, second = before.lines
    assert (first.giver, first.giver_area, first.taker, first.taker_area) == ("VN", "central", STORE, "01")
    assert (first.doses, first.shipped, first.received, first.on_way, first.missing) == (12_000, 6_000, 0, 6_000, 0)
    assert (second.doses, second.shipped) == (1_200, 0)
    assert [line.progress(found.state) for line in before.lines] == [Progress.ON_WAY, Progress.WAITING]
    assert {code: place.level for code, place in before.stores.items()}.keys() == {"VN", STORE}
    # What was planned anew since is in the next snapshot; the earlier one stays what it was.
    acts.now = instant(date(2021, 11, 21), 8)
    acts.receive(plan, shipped.shipments[0], 5_900)
    other = acts.ship(plan, 6_000)
    acts.receive(plan, other.shipments[0], 6_050)
    acts.cancel(plan)
    desk.fires(date(2021, 11, 21))
    after = told(centre)
    assert told(centre, version) == before
    assert after.plans[0].state is PlanState.RECEIVED
    first, second = after.lines
    assert (first.shipped, first.received, first.on_way) == (12_000, 11_950, 0)
    assert first.missing == 100, "what came over in another shipment hides nothing"
    assert [line.progress(PlanState.RECEIVED) for line in after.lines] == [Progress.RECEIVED, Progress.GIVEN_UP]


def test_what_ended_long_ago_is_not_told_and_what_is_on_its_way_is(centre: Centre) -> None:
    desk = stocked(centre)
    acts = Plans(as_role(centre.url, "mcc_app"))
    acts.now = instant(date(2021, 11, 20))
    ended, going = acts.approved(LINE), acts.approved(replace(LINE, doses=600))
    acts.receive(ended, acts.ship(ended).shipments[0], 12_000)
    acts.ship(going, 600)
    desk.fires(date(2021, 11, 20))
    assert {plan.plan_id for plan in told(centre).plans} == {ended, going}
    desk.fires(date(2021, 11, 20) + timedelta(days=32))
    assert {plan.plan_id for plan in told(centre).plans} == {going}


def test_an_approval_that_lapsed_says_the_clock_of_the_snapshot(centre: Centre) -> None:
    desk = stocked(centre)
    acts = Plans(as_role(centre.url, "mcc_app"))
    acts.now = instant(date(2021, 11, 20))
    acts.approved(LINE)
    desk.fires(date(2021, 11, 20))
    (plan,) = told(centre).plans
    assert plan.until is not None
    assert plan.state_at(plan.until - timedelta(seconds=1)) is PlanState.APPROVED
    assert plan.state_at(plan.until) is PlanState.LAPSED
    (line,) = told(centre).lines
    assert line.progress(PlanState.LAPSED) is Progress.LAPSED


def test_a_snapshot_that_did_not_ask_the_registry_does_not_say_that_there_is_none(centre: Centre) -> None:
    stocked(centre).fires(date(2021, 11, 20))
    assert told(centre).plans == ()
    version = centre.refresher.publish(wall_now=WALL, extra=Extra())
    with closing(Snapshots(centre.settings.snapshot_dir)) as fresh:
        assert moved(fresh, version) is None


def test_the_reading_role_sees_no_name_of_a_person(centre: Centre) -> None:
    stocked(centre)
    url = as_role(centre.url, "mcc_etl")
    acts = Plans(as_role(centre.url, "mcc_app"))
    acts.now = instant(date(2021, 11, 20))
    acts.approved(LINE)
    assert len(reallocations(url).lines) == 1
    with psycopg.connect(url) as connection:
        names = [item.name for item in connection.execute("SELECT * FROM operations.plan_told").description or ()]
        assert not {"actor", "signed_by", "reason"} & set(names)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT actor FROM operations.plan_act")


@pytest.mark.parametrize(
    "document", [{"snapshot": "x", "asked": {"days": 1e30}}, {"snapshot": -3, "asked": []}, {"asked": 3}]
)
def test_a_document_of_any_shape_stops_no_refresh(centre: Centre, document: dict[str, object]) -> None:
    """What a plan was made from is kept as it was handed in."""
    stocked(centre)
    acts = Plans(as_role(centre.url, "mcc_app"))
    acts.now = instant(date(2021, 11, 20))
    plan = acts.approved(LINE)
    with psycopg.connect(centre.url) as connection:
        connection.execute("ALTER TABLE operations.plan_version DISABLE TRIGGER ALL")
        connection.execute(
            "UPDATE operations.plan_version SET document = %s WHERE plan_id = %s",
            [psycopg.types.json.Jsonb(document), plan],
        )
    (found,) = reallocations(as_role(centre.url, "mcc_etl")).plans
    assert (found.made_from, found.days) == (None, None)
