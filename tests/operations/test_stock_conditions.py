"""What of stock is raised, kept and over: each rule from seen values, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign.coverage import CENTRAL_UNITS
from campaign.event_rate import LotEvents
from campaign.expressions import read_expression
from campaign.lots import Expiry, LotState, StateChange
from campaign.readings import FeedStatus
from campaign.rule_facts import FACTS
from campaign.stock import AreaFaults, AreaLot, AreaPace, LotFacts, StockSeen, Uncounted, losing, parts_of
from campaign.wastage import StoreWeek
from cli.stock_wiring import stock_behind, stock_rules
from operations.stock_conditions import Names, StockRules, of_stock
from settings import load
from settings.rule_expressions import levels
from warehouse.reference import load_supply_book

NOW = datetime(2021, 11, 22, 5, tzinfo=UTC)
TODAY = date(2021, 11, 22)
NAMES = Names(areas={"79": ("Hồ Chí Minh", "Hồ Chí Minh")}, products={"p": "P"})
ROOT = Path(__file__).resolve().parents[2]
SETTINGS = load(ROOT / "config.yaml", environ={})
RULES = stock_rules(SETTINGS)
# A lot that is released and lasts for long.
LOT = LotFacts(
    product="p",
    changes=(StateChange(state=LotState.RELEASED, valid_from=NOW - timedelta(days=30)),),
    expiries=(Expiry(expires_on=date(2022, 11, 1), kind="label", valid_from=date(2021, 5, 1)),),
)
VERO = replace(LOT, product="vero_cell")
SUPPLY = load_supply_book(SETTINGS.reference_dir).on(TODAY)
EMPTY = StockSeen(now=NOW, today=TODAY, lots={"L": LOT}, held=(), paces=(), faults=(), uncounted=(), events=())


def held(area: str, doses: int, *, lot: str = "L", coming: int = 0) -> AreaLot:
    return AreaLot(
        area_code=area, product="p", lot_number=lot, thawed_on=None, doses=doses, in_transit=coming, stores=1
    )


def found(**seen: Any) -> dict[str, bool]:
    """By rule whether it is raised; one that is only kept is not. What is over is absent."""
    told = of_stock(replace(EMPTY, **seen), rules=RULES, names=NAMES)
    return {item.rule: not item.inhibited for item in told}


def supply(doses: int, daily: float, people: int = 0) -> dict[str, bool]:
    paces = (AreaPace(area_code="79", product="p", daily=daily, people_due=people),)
    return found(held=(held("79", doses),) if doses else (), paces=paces)


@pytest.mark.parametrize(
    ("doses", "wanted"),
    [(6_900, {"stock_low": True}), (8_000, {"stock_low": False}), (9_000, {}), (1, {"stock_low": True})],
)
def test_few_days_of_stock(doses: int, wanted: dict[str, bool]) -> None:
    assert supply(doses, 1000.0) == wanted


def test_a_pace_that_says_nothing_asks_for_nothing() -> None:
    assert supply(10, 99.0) == {}


@pytest.mark.parametrize(
    ("daily", "people", "wanted"),
    [
        # The last dose is given: low becomes out, with no gap.
        (1000.0, 0, {"stock_out": True}),
        (100.0, 0, {"stock_out": True}),
        (99.0, 999, {"stock_out": False}),
        (0.0, 1000, {"stock_out": True}),
        (0.0, 500, {}),
        (99.0, 0, {}),
    ],
)
def test_no_dose_left(daily: float, people: int, wanted: dict[str, bool]) -> None:
    assert supply(0, daily, people) == wanted


def test_levels_below_zero() -> None:
    faults = AreaFaults(
        area_code="79", product="p", negative=1, negative_doses=40, unreceived=0, unreceived_doses=0, short=0,
        short_doses=0,
    )  # fmt: skip
    assert found(faults=(faults,)) == {"stock_negative": True}
    assert found(faults=(replace(faults, negative=0, negative_doses=0),)) == {}


def test_stores_not_counted_stand_under_their_province() -> None:
    late = (
        Uncounted(area_code="01", stores=1, oldest=None),
        Uncounted(area_code="79", stores=2, oldest=date(2021, 11, 1)),
    )
    told = of_stock(replace(EMPTY, uncounted=late), rules=RULES, names=NAMES)
    assert {item.key for item in told} == {"stock_uncounted|area=01", "stock_uncounted|area=79"}
    assert "Hồ Chí Minh: 2 kho tỉnh chưa kiểm kê quá 8 ngày, lâu nhất từ 01/11/2021" in told[1].summary_vi
    assert found(uncounted=()) == {}


def test_a_stopped_lot_stands_under_each_province_that_has_some() -> None:
    recalled = replace(LOT, changes=(*LOT.changes, StateChange(state=LotState.RECALLED, valid_from=NOW)))
    seen = replace(
        EMPTY, lots={"L": recalled}, held=(held("", 5), held("79", 30, coming=4), held("79", 6), held("01", 0))
    )
    told = of_stock(seen, rules=RULES, names=NAMES)
    assert {item.key for item in told} == {"stock_stopped|lot=L", "stock_stopped|area=79|lot=L"}, "and the nation's own"
    assert "Hồ Chí Minh: còn 40 liều P của lô L (thu hồi)" in next(i for i in told if "area" in i.labels).summary_vi


def everything_wrong() -> StockSeen:
    """One condition of every rule at least."""
    dated = replace(LOT, expiries=(Expiry(expires_on=TODAY + timedelta(days=3), kind="label", valid_from=TODAY),))
    gone = replace(
        LOT, expiries=(Expiry(expires_on=TODAY - timedelta(days=9), kind="label", valid_from=date(2021, 5, 1)),)
    )
    stopped = replace(LOT, changes=(*LOT.changes, StateChange(state=LotState.ON_HOLD, valid_from=NOW)))
    return replace(
        EMPTY,
        lots={"L": LOT, "near": dated, "gone": gone, "stopped": stopped, "V": VERO},
        held=(
            held("79", 5_000),
            held("01", 90_000, lot="near"),
            held("02", 900, lot="gone"),
            held("04", 10, lot="stopped"),
            replace(held("09", 10_000, lot="V"), product="vero_cell", discard=100),
        ),
        paces=tuple(
            AreaPace(area_code=area, product="p", daily=daily, people_due=5_000)
            for area, daily in (("79", 1000.0), ("01", 200.0), ("06", 500.0))
        ),
        faults=(
            AreaFaults(
                area_code="79",
                product="p",
                negative=2,
                negative_doses=40,
                unreceived=1,
                unreceived_doses=7,
                short=3,
                short_doses=9,
            ),
        ),
        uncounted=(Uncounted(area_code="01", stores=1, oldest=None),),
        wasted=(StoreWeek(store="S", area="79", handled=1_000, closed=300, unsaid=7),),
        events=(LotEvents(lot="L", recorded_on=TODAY, events=5),),
        pieces={"09": {"ad_syringe_05": 10}},
    )


# Those of allocation are judged from decisions (test_allocation_conditions.py), that of room in cold storage by store
# (tests/unit/test_cold_capacity.py).
ELSEWHERE = ("allocation_", "tickets_", "stock_over_capacity")


@pytest.mark.parametrize("name", [name for name in levels(SETTINGS) if not name.startswith(ELSEWHERE)])
def test_a_condition_may_name_every_fact_of_its_rule_and_decides_instead_of_the_numbers(name: str) -> None:
    def told(condition: str) -> list[bool]:
        level = levels(SETTINGS)[name].model_copy(update={"raise_when": condition})
        stock = SETTINGS.stock.model_copy(update={"alerts": SETTINGS.stock.alerts.model_copy(update={name: level})})
        rules = replace(stock_rules(SETTINGS.model_copy(update={"stock": stock})), supply=SUPPLY)
        return [
            not item.inhibited for item in of_stock(everything_wrong(), rules=rules, names=NAMES) if item.rule == name
        ]

    assert told(" and ".join(f"{fact} >= 0" for fact in FACTS[name])), "each is known"
    assert told(f"{FACTS[name][0]} < 0") == []


def test_a_condition_sees_the_same_values_as_the_alert_tells() -> None:
    def rules(name: str, condition: str) -> StockRules:
        found = RULES.rules[name]
        return replace(
            RULES, rules={**RULES.rules, name: replace(found, raise_when=read_expression(condition, FACTS[name]))}
        )

    def keys(name: str, condition: str) -> set[str]:
        told = of_stock(everything_wrong(), rules=rules(name, condition), names=NAMES)
        return {item.key for item in told if item.rule == name}

    expiring = "doses_that_will_expire == 89200 and days_to_expiry == 3 and doses_on_hand == 90000 and daily_use == 200"
    assert keys("stock_will_expire", expiring) == {"stock_will_expire|area=01|product=p"}
    assert keys("stock_low", "days_of_stock == 5 and people_due == 5000") == {"stock_low|area=79|product=p"}
    assert keys("stock_out", "daily_use == 500") == {"stock_out|area=06|product=p"}
    assert keys("stock_out", "daily_use > 500") == set(), "what was in use too"
    assert keys("stock_wasted", "stores_beyond == 1 and doses_wasted == 300") == {"stock_wasted|area=79"}
    assert keys("stock_waste_unsaid", "doses_without_reason == 7") == {"stock_waste_unsaid|area=79"}
    assert keys("stock_short", "deliveries == 3 and doses_missing == 9") == {"stock_short|area=79|product=p"}


def test_closed_vials_wasted_beyond_the_share_and_wastage_without_a_reason() -> None:
    def week(closed: int, unsaid: int = 0) -> tuple[StoreWeek, ...]:
        return (StoreWeek(store="S", area="79", handled=2000, closed=closed, unsaid=unsaid),)

    assert found(wasted=week(101)) == {"stock_wasted": True}
    assert found(wasted=week(100)) == {}, "5% of what it had is not more than 5%"
    assert found(wasted=week(0, unsaid=1)) == {"stock_waste_unsaid": True}
    assert found(wasted=week(300, unsaid=1)) == {"stock_wasted": True, "stock_waste_unsaid": True}


@pytest.mark.parametrize("state", ["failed", "held", "ok"])
@pytest.mark.parametrize("feed", ["stock_movement", "lot_state", "excursion_line", "vial_reading", "dose"])
def test_stock_is_not_judged_while_a_feed_of_what_is_usable_is_away(feed: str, state: str) -> None:
    status = FeedStatus(
        name=feed,
        state=state,
        last_success=NOW,
        lag_seconds=30.0,
        rows_in=0,
        accepted=0,
        quarantined=0,
        message="",
    )
    behind = stock_behind([status], red_seconds=600)
    assert behind is (feed != "dose" and state != "ok")
    late = [replace(status, state="ok", lag_seconds=601.0)]
    assert stock_behind(late, red_seconds=600) is (feed != "dose")


def test_serious_events_of_one_lot() -> None:
    def events(number: int, days: int = 1) -> tuple[LotEvents, ...]:
        return (LotEvents(lot="L", recorded_on=TODAY - timedelta(days=days), events=number),)

    assert found(events=events(3)) == {"lot_events": True}
    assert found(events=events(2)) == {}
    assert found(events=events(3, days=40)) == {}


def test_the_national_store_loses_its_part_of_what_the_nation_does() -> None:
    """1,500 a day for ten days use 15,000 of the 40,000 that expire: of the 25,000 left 6 of 40 parts are its own. A
    province and the central units lose by their own paces."""
    end = TODAY + timedelta(days=9)
    facts = replace(LOT, expiries=(Expiry(expires_on=end, kind="label", valid_from=date(2021, 5, 1)),))
    own = {"": 6_000, CENTRAL_UNITS: 4_000, "79": 30_000}
    paces = {"": 1500.0, CENTRAL_UNITS: 100.0, "79": 1400.0}
    seen = replace(EMPTY, lots={"L": facts}, held=tuple(held(area, doses) for area, doses in own.items()))
    told = {
        (area, "p"): AreaPace(area_code=area, product="p", daily=pace, people_due=0) for area, pace in paces.items()
    }
    lost = {item.area_code: item.doses for item in losing(parts_of(seen), told, today=TODAY, within_days=60)}
    assert lost == {"": 25_000 * 6 // 40, CENTRAL_UNITS: 3_000, "79": 16_000}
    assert losing(parts_of(seen), told, today=TODAY, within_days=9) == []


def supplied(doses: int, syringes: int, *, discard: int = 0) -> dict[str, bool]:
    """Doses of Vero Cell in province 79 beside so many syringes, and boxes for all."""
    own = AreaLot(
        area_code="79", product="vero_cell", lot_number="V", thawed_on=None, doses=doses, in_transit=0, stores=1,
        discard=discard,
    )  # fmt: skip
    seen = replace(
        EMPTY, lots={"V": VERO}, held=(own,), pieces={"79": {"ad_syringe_05": syringes, "safety_box_5": 10_000}}
    )
    told = of_stock(seen, rules=replace(RULES, supply=SUPPLY), names=NAMES)
    return {item.rule: not item.inhibited for item in told}


@pytest.mark.parametrize(
    ("syringes", "wanted"),
    [
        (11_000, {}),
        # 10,000 doses take 11,000 syringes: 9,900 give 9,000 of them.
        (9_900, {"stock_supply_short": True}),
        (9_911, {"stock_supply_short": False}),
        (10_450, {}),
    ],
)
def test_doses_that_consumables_cannot_give(syringes: int, wanted: dict[str, bool]) -> None:
    assert supplied(10_000, syringes) == wanted


def test_of_an_area_that_keeps_no_books_of_consumables_nothing_is_raised() -> None:
    assert found(held=(held("79", 50_000),)) == {}


def test_doses_past_the_discard_point_are_an_alert_and_need_no_syringe() -> None:
    assert supplied(10_000, 9_900, discard=1_000) == {"stock_vial_discard": True}
    told = of_stock(
        replace(EMPTY, held=(replace(held("79", 100), discard=7),)), rules=replace(RULES, supply=SUPPLY), names=NAMES
    )
    assert [(item.key, item.summary_vi) for item in told] == [
        (
            "stock_vial_discard|area=79|product=p",
            "Hồ Chí Minh: 7 liều P có chỉ thị nhiệt (VVM) ở giai đoạn 3 hoặc 4, không được tiêm (lô L)",
        )
    ]


def test_doses_on_hold_after_an_excursion_do_not_count_and_the_alert_says_so() -> None:
    """Nine days of stock, of which three are on hold: it is low, and why is said. An earlier last day counts, too."""
    pace = AreaPace(area_code="79", product="p", daily=1000.0, people_due=0)
    free, stopped = held("79", 6_000), replace(held("79", 3_000), on_hold=True)
    [told] = of_stock(replace(EMPTY, held=(free, stopped), paces=(pace,)), rules=RULES, names=NAMES)
    assert told.rule == "stock_low"
    assert "(6.000 liều" in told.summary_vi
    assert told.summary_vi.endswith("; 3.000 liều đang tạm dừng sau sự cố nhiệt độ")
    assert told.summary_en.endswith("; 3,000 doses are on hold after an excursion")
    [out] = of_stock(replace(EMPTY, held=(stopped,), paces=(pace,)), rules=RULES, names=NAMES)
    assert out.rule == "stock_out"
    assert "3,000 doses are on hold" in out.summary_en
    soon = replace(free, decided_until=TODAY + timedelta(days=2))
    assert found(held=(soon,), paces=(pace,)) == {"stock_low": True, "stock_expiring": True, "stock_will_expire": False}
    past = replace(free, decided_until=TODAY - timedelta(days=9))
    assert found(held=(past,), paces=(pace,)) == {"stock_expired": True, "stock_out": True}


@pytest.mark.parametrize(("days", "since"), [(0, ""), (1, "hơn 1 ngày "), (3, "hơn 3 ngày ")])
def test_out_of_date_says_since_when_at_least_since_pages_count_it_from_the_first_day(days: int, since: str) -> None:
    past = replace(held("79", 6_000), decided_until=TODAY - timedelta(days=9))
    rules = replace(RULES, expired_grace_days=days)
    seen = replace(EMPTY, held=(past,))
    [told] = [item for item in of_stock(seen, rules=rules, names=NAMES) if item.rule == "stock_expired"]
    assert f"đã quá hạn dùng {since}trong kho" in told.summary_vi
    plural = {0: "", 1: "by more than 1 day ", 3: "by more than 3 days "}[days]
    assert f"out of date {plural}and still in store" in told.summary_en
