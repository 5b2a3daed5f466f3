"""From facts to a problem: which doses may leave, what is promised or on its way, what fits, which lanes there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.cold_capacity import Capacity, Room
from campaign.due import DueCount
from campaign.lots import Expiry
from campaign.plan_build import build, cycles_of
from campaign.plan_check import violations
from campaign.plan_facts import PlanFacts, PlanHeap, PlanLot, PlanStore, Promised
from campaign.plan_lanes import kilometres
from campaign.plan_policies import Way
from campaign.plan_problem import Heap, Move, Problem
from campaign.plan_rules import Arrival, Asked, LaneKind, PlanRules, StatedPolicy, Suppose, Whole, WhyLeft
from campaign.plan_tidy import tidied
from campaign.stock_board import LotNow

TODAY = date(2021, 11, 22)
FRIDGE, FREEZER = "refrigerator", "freezer"


def lot(number: str, product: str, days: int | None, *, state: str = "released", earmark: str = "") -> PlanLot:
    ends = () if days is None else (Expiry(expires_on=TODAY + timedelta(days), kind="label", valid_from=TODAY),)
    return PlanLot(
        now=LotNow(number=number, product=product, state=state, expiries=ends),
        earmark=earmark,
        doses_per_vial=10,
        vials_per_tray=10,
    )


def heap(place: str, of: str, doses: int, *, own: bool = True, **more: object) -> PlanHeap:
    plain = PlanHeap(
        place=place,
        own=own,
        lot=of,
        product="AZ",
        thawed_on=None,
        on_hold=False,
        decided_until=None,
        doses=doses,
        coming=0,
        late=0,
        sent_on=None,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def store(code: str, level: str, area: str = "central", **more: object) -> PlanStore:
    plain = PlanStore(code=code, level=level, area=area, district="", recipient="", parent="NAT", counted_on=TODAY)
    return replace(plain, **more)  # type: ignore[arg-type]


def facts(*heaps: PlanHeap, promised: tuple[Promised, ...] = (), lots: tuple[PlanLot, ...] = ()) -> PlanFacts:
    """A national store, provinces 01 and 79 with 100 doses a day each, and a unit of the army."""
    known = (lot("L1", "AZ", 20), lot("L2", "AZ", 60), *lots)
    room = Room(usable=100.0, filled=40.0)
    places = (
        store("NAT", "national", counted_on=None, parent=""),
        store("P01", "province", "01"),
        store("P79", "province", "79"),
        store("QK7", "recipient", recipient="QD", counted_on=None),
    )
    return PlanFacts(
        version=9,
        as_of=datetime(2021, 11, 22, 3, tzinfo=UTC),
        today=TODAY,
        inside="",
        stock_hours=1.0,
        places=places,
        homeless=(),
        heaps=heaps or (heap("NAT", "L1", 5000),),
        lots={item.now.number: item for item in known},
        paces={("P01", "AZ"): 100.0, ("P79", "AZ"): 100.0},
        sessions={},
        due=(
            DueCount(area_code="79", product="AZ", due_on=TODAY - timedelta(5), people=40),
            DueCount(area_code="79", product="AZ", due_on=TODAY + timedelta(4), people=60),
            DueCount(area_code="79", product="AZ", due_on=TODAY + timedelta(90), people=999),
        ),
        lacking={"79": 500},
        waiting={"79": 700, "01": 20},
        partial={},
        promised=promised,
        capacity=Capacity(
            rooms={(item.code, FRIDGE): room for item in places},
            areas={item.code: item.area for item in places},
            apart={},
            volumes={("AZ", 10): 2.0, ("SP", 10): 4.0},
            classes={"AZ": FRIDGE, "SP": FREEZER},
            has={item.code: frozenset((FRIDGE,)) for item in places},
            thawed=frozenset(("SP",)),
        ),
    )


def kind(name: str, **more: object) -> LaneKind:
    plain = LaneKind(
        kind=name,
        nearest=None,
        km_a_day=500.0,
        cost_base=1.0,
        cost_a_km=0.01,
        litres=50.0,
        storage=frozenset((FRIDGE, FREEZER)),
        valid_from=TODAY,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


RULES = PlanRules(
    after_days=14,
    use_days=3,
    minimum_days=7.0,
    count_days=8,
    counting_levels=frozenset(("province",)),
    stale_hours=24.0,
    allocation_days=5,
    transit_days=5,
    whole=Whole.TRAY,
    tray_gap=0.01,
    vial_cm3=43.0,
    single_cm3=15.0,
    road_factor=1.0,
    national_area="01",
    thaw_days={"SP": 30},
    lanes={name: kind(name) for name in ("national_province", "province_province", "national_recipient")},
    points={"area 01": (105.8, 21.0), "area 79": (106.7, 10.8)},
    populations={},
)
POLICY = StatedPolicy(name="ours", way=Way.OURS, reserve=1.0, source="unconfirmed", valid_from=TODAY)
ASKED = Asked(policy=POLICY, days=14, cycle=7)


def problem(found: PlanFacts, asked: Asked = ASKED) -> Problem:
    return build(found, asked, RULES, known={("AZ", 10): 2.0}).problem


def doses(made: Problem, place: str, *, day: int | None = None, bound: bool | None = None) -> int:
    return sum(
        item.doses
        for item in made.heaps
        if item.store == place and day in (None, item.day) and bound in (None, item.bound)
    )


def test_cycles_are_of_one_length_while_transfers_leave_and_longer_after_that() -> None:
    assert cycles_of(14, 7, 14) == (0, 7, 14, 21, 28)
    assert cycles_of(14, 3, 14) == (0, 3, 6, 9, 12, 15, 22, 28)
    assert cycles_of(1, 1, 14) == (0, 1, 8, 15)


def test_only_what_lies_in_the_store_itself_may_leave_it() -> None:
    made = problem(facts(heap("P01", "L1", 700), heap("P01", "L1", 9000, own=False)))
    assert (doses(made, "P01", bound=False), doses(made, "P01", bound=True)) == (700, 9000)
    lane = next(item for item in made.lanes if (item.giver, item.taker) == ("P01", "P79"))
    code = made.lots[0].code

    def sent(amount: int) -> list[Move]:
        return [
            Move(lot=code, product="AZ", lane=lane.code, giver="P01", taker="P79", doses=amount, ship_day=0,
                 arrive_day=lane.days)
        ]  # fmt: skip

    assert violations(made, sent(700)) == []
    assert {item.rule.value for item in violations(made, sent(800))} == {"stock"}


def test_doses_thawed_or_decided_about_end_before_the_others_of_their_lot() -> None:
    made = build(
        facts(
            heap("NAT", "L2", 1000),
            heap("P01", "L2", 300, decided_until=TODAY + timedelta(4)),
            heap("P79", "L2", 200, on_hold=True),
        ),
        ASKED,
        RULES,
        known={},
    )
    by_place = {
        item.store: next(lot for lot in made.problem.lots if lot.code == item.lot) for item in made.problem.heaps
    }
    assert {place: of.last_day for place, of in by_place.items()} == {"NAT": 60, "P01": 4, "P79": 60}
    assert by_place["P79"].held
    assert not by_place["NAT"].held
    assert {item.number for item in made.meaning.values()} == {"L2"}


def test_what_is_out_of_date_is_no_part_and_what_nobody_knows_stays() -> None:
    made = build(
        facts(heap("P01", "OLD", 500), heap("P01", "WHEN", 600), heap("NAT", "WHEN", 50),
              lots=(lot("OLD", "AZ", -1), lot("WHEN", "AZ", None))),
        ASKED, RULES, known={},
    )  # fmt: skip
    assert doses(made.problem, "P01", bound=False) == 0
    assert doses(made.problem, "P01", bound=True) == 600
    assert doses(made.problem, "NAT") == 0
    told = {(item.store, item.told) for item in made.left if item.why is WhyLeft.NO_EXPIRY}
    assert told == {("P01", "WHEN 600"), ("NAT", "WHEN 50")}


def promise(amount: int, days: int, of: str = "L1") -> Promised:
    expected = TODAY + timedelta(days)
    return Promised(store="P79", product="AZ", lot=of, decision="1/QĐ", doses=amount, expected_on=expected)


def test_promised_doses_are_set_aside_above_and_come_on_their_day() -> None:
    made = build(facts(heap("NAT", "L1", 1000), promised=(promise(600, 3),)), ASKED, RULES, known={})
    assert doses(made.problem, "NAT") == 400
    assert doses(made.problem, "P79", day=3, bound=True) == 600
    assert (made.set_aside, made.unfound) == (600, 0)


def test_a_promise_long_overdue_is_set_aside_and_expected_by_nobody() -> None:
    made = build(facts(heap("NAT", "L1", 1000), promised=(promise(600, -6),)), ASKED, RULES, known={})
    assert (doses(made.problem, "NAT"), doses(made.problem, "P79")) == (400, 0)


def test_a_promise_that_nobody_has_is_told() -> None:
    made = build(facts(heap("NAT", "L1", 100), promised=(promise(600, 3),)), ASKED, RULES, known={})
    assert (made.set_aside, made.unfound) == (100, 500)


def test_two_promises_do_not_share_a_dose() -> None:
    made = build(
        facts(heap("NAT", "L1", 1000), promised=(promise(600, 3), promise(600, 4, ""))), ASKED, RULES, known={}
    )
    assert (doses(made.problem, "NAT"), made.set_aside, made.unfound) == (0, 1000, 200)


def test_what_is_on_its_way_comes_after_its_days_and_what_is_late_is_not_counted_on() -> None:
    sent = heap("P79", "L1", 0, coming=80, sent_on=TODAY - timedelta(2), late=30)
    made = build(facts(heap("NAT", "L1", 100), sent), ASKED, RULES, known={})
    assert doses(made.problem, "P79", day=3) == 80
    assert made.late == 30
    later = build(
        facts(heap("NAT", "L1", 100), sent), replace(ASKED, suppose=Suppose(late={"L1": 10})), RULES, known={}
    )
    assert doses(later.problem, "P79", day=13) == 80


def test_an_arrival_that_is_supposed_comes_to_its_store() -> None:
    asked = replace(ASKED, suppose=Suppose(arrivals=(Arrival(lot="L2", store="NAT", doses=900, day=2),)))
    made = problem(facts(heap("NAT", "L1", 100)), asked)
    assert Heap(lot="L2|2022-01-21", store="NAT", doses=900, day=2) in made.heaps


def test_a_store_that_fails_has_no_lane_and_keeps_what_it_has() -> None:
    made = problem(facts(heap("P01", "L1", 700)), replace(ASKED, suppose=Suppose(failed=frozenset(("P01",)))))
    assert not [lane for lane in made.lanes if "P01" in (lane.giver, lane.taker)]
    assert doses(made, "P01", bound=True) == 700


def test_second_doses_fall_due_in_their_cycle_the_overdue_in_the_first() -> None:
    need = next(item for item in problem(facts()).needs if item.store == "P79")
    assert need.second == (100, 0, 0, 0)
    assert need.pace == (700, 700, 700, 700)
    assert need.minimum == 700


def test_where_nothing_was_given_lately_who_falls_due_is_served() -> None:
    need = next(item for item in problem(replace(facts(), paces={})).needs if item.store == "P79")
    assert (need.pace, need.minimum) == ((100, 0, 0, 0), 0)


def test_targets_are_at_least_what_people_wait_for() -> None:
    targets = {item.code: item.target for item in problem(facts()).stores}
    assert targets == {"NAT": 0, "P01": 20, "P79": 700, "QK7": 0}


def test_a_lot_of_the_army_stays_with_it_and_one_of_an_age_group_goes_anywhere() -> None:
    lots = (lot("ARMY", "AZ", 60, earmark="QD"), lot("KIDS", "AZ", 60, earmark="12-17"))
    made = problem(facts(heap("NAT", "ARMY", 500), heap("NAT", "KIDS", 500), lots=lots))
    marks = {item.code.split("|")[0]: item.earmark for item in made.lots}
    assert marks == {"ARMY": frozenset(("QK7",)), "KIDS": frozenset()}


def test_a_class_that_a_store_lacks_shares_the_refrigerator_s_room() -> None:
    frozen = heap("NAT", "SP1", 300, product="SP")
    rooms = {
        item.code: item.room
        for item in problem(facts(heap("NAT", "L1", 100), frozen, lots=(lot("SP1", "SP", 60),))).stores
    }
    assert rooms["P79"] == {FRIDGE: 30.0, FREEZER: 30.0}, "60 litres are free: never more than that altogether"
    assert {item.code: item.room for item in problem(facts()).stores}["P79"] == {FRIDGE: 60.0}


def test_lanes_take_days_by_their_length() -> None:
    far = kilometres((105.8, 21.0), (106.7, 10.8))
    assert far == pytest.approx(1138, abs=3)
    lanes = {lane.code: lane for lane in problem(facts()).lanes}
    assert lanes["NAT>P01"].days == 1
    assert lanes["NAT>P79"].days == 3
    assert lanes["NAT>P79"].cost == pytest.approx(1.0 + 0.01 * far, abs=0.01)
    assert "P79>NAT" not in lanes, "no such kind"


def test_a_level_that_must_not_count_is_not_asked() -> None:
    stores = {item.code: item.counted for item in problem(facts()).stores}
    assert stores == {"NAT": 0, "P01": 0, "P79": 0, "QK7": 0}
    places = tuple(replace(item, counted_on=None) if item.code == "P01" else item for item in facts().places)
    never = build(replace(facts(), places=places), ASKED, RULES, known={})
    assert [item.store for item in never.left if item.why is WhyLeft.UNCOUNTED] == ["P01"]


def test_small_shipments_go_and_what_a_hub_could_not_send_on_without_them() -> None:
    made = problem(facts(heap("NAT", "L1", 5000), heap("P01", "L2", 5000)))
    one, two = (item.code for item in made.lots)

    def move(of: str, giver: str, taker: str, amount: int) -> Move:
        lane = next(item for item in made.lanes if (item.giver, item.taker) == (giver, taker))
        return Move(lot=of, product="AZ", lane=lane.code, giver=giver, taker=taker, doses=amount, ship_day=0,
                    arrive_day=lane.days)  # fmt: skip

    small, large = move(two, "P01", "P79", 100), move(one, "NAT", "P79", 900)
    assert tidied(made, [small, large], least=500) == [large]
    assert tidied(made, [small, large], least=50) == [small, large]
