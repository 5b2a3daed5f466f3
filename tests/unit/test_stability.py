"""From an excursion to a decision: cases worked by hand, and what must hold of any readings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.coldchain import Reading
from campaign.excursion import LEADS_TO, inside, stays_of, which
from campaign.ledger import Movement, replay
from campaign.stability import (
    Advice,
    LotJudgement,
    ProductFacts,
    Stay,
    Unit,
    Window,
    budgets_in_force,
    judge,
    spans,
)
from warehouse.reference import load_stability, load_vial_facts

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
TODAY = date(2021, 11, 22)
START = datetime(2021, 11, 22, 0, tzinfo=UTC)
GAP, SILENCE = timedelta(minutes=60), timedelta(minutes=60)
FRIDGE = Unit(equipment_id="F", store="S", low_c=2.0, high_c=8.0, freeze_c=-0.5, freeze_minutes=60)
OTHER = Unit(equipment_id="G", store="BEFORE", low_c=2.0, high_c=8.0, freeze_c=-0.5, freeze_minutes=60)
BUDGETS = budgets_in_force(load_stability(REFERENCE), today=TODAY)
VIALS = load_vial_facts(REFERENCE)


def facts(product: str) -> ProductFacts:
    adsorbed, has_vvm = VIALS[product]
    return ProductFacts(product=product, adsorbed=adsorbed, has_vvm=has_vvm, budgets=BUDGETS.get(product, ()))


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def every(minutes: Sequence[tuple[float, float]], *, step: int = 5, until: float) -> list[Reading]:
    """Readings each `step` minutes; (from which minute on, degrees)."""
    found: list[Reading] = []
    for minute in range(0, int(until) + 1, step):
        temp = next(degrees for since, degrees in reversed(minutes) if minute >= since)
        found.append(Reading(at=at(minute), temp_c=temp))
    return found


def judged(
    product: str,
    readings: Sequence[Reading],
    *,
    now: float,
    stays: Sequence[Stay] | None = None,
    earlier: Sequence[Reading] = (),
    since: float | None = None,
) -> LotJudgement:
    """Of the newest excursion of F; the lot was in S from an hour before the first reading unless said otherwise."""
    meant = which(readings, FRIDGE, gap=GAP, silence=SILENCE, now=at(now), at=None)
    assert meant is not None
    window = meant.window if since is None else Window(unit=FRIDGE, since=at(since), until=meant.window.until)
    traces = {"F": (FRIDGE, spans(readings, FRIDGE, gap=GAP, now=at(now)))}
    if earlier:
        traces["G"] = (OTHER, spans(earlier, OTHER, gap=GAP, now=at(now)))
    there = stays if stays is not None else [Stay(store="S", since=at(0), until=at(now))]
    return judge(window, lot="L", facts=facts(product), stays=there, traces=traces)


def test_three_hours_of_heat_leave_one_hour_of_four() -> None:
    """The acceptance case of feature K4: Comirnaty, thawed, 8 to 30 °C for 3 h."""
    found = judged("comirnaty", every([(0, 5.0), (60, 15.0), (240, 5.0)], until=300), now=300)
    assert found.tightest is not None
    assert (found.tightest.budget.minutes, found.tightest.used_minutes, found.tightest.left_minutes) == (240, 180, 60)
    assert found.advice is Advice.USE_FIRST
    assert LEADS_TO[found.advice][0] == "use"


@pytest.mark.parametrize(
    ("product", "course", "now", "advice"),
    [
        # 239 minutes are within the four hours, 240 spend them.
        ("comirnaty", [(0, 5.0), (60, 20.0), (299, 5.0)], 330, Advice.USE_FIRST),
        ("comirnaty", [(0, 5.0), (60, 20.0), (300, 5.0)], 330, Advice.SPENT),
        # 8.0 itself is inside; 30 is still in the band, above it nothing is known.
        ("comirnaty", [(0, 5.0), (60, 8.1), (120, 8.0)], 150, Advice.USE_FIRST),
        ("comirnaty", [(0, 5.0), (60, 30.0), (120, 5.0)], 150, Advice.USE_FIRST),
        ("comirnaty", [(0, 5.0), (60, 30.1), (120, 5.0)], 150, Advice.ASK),
        # A day between -3 and 2 is borne; colder than -3 for an hour it froze, and the shake test tells nothing of it.
        ("comirnaty", [(0, 5.0), (60, -2.0), (180, 5.0)], 200, Advice.USE_FIRST),
        ("comirnaty", [(0, 5.0), (60, -3.5), (120, 5.0)], 150, Advice.FROZEN_ASK),
        # Adsorbed on aluminium: shake test, after 60 minutes at -0.5 and not after 55.
        ("vero_cell", [(0, 5.0), (60, -0.5), (120, 5.0)], 150, Advice.FROZEN_SHAKE),
        ("vero_cell", [(0, 5.0), (60, -0.5), (115, 5.0)], 150, Advice.FINE),
        # Cold that does not freeze harms nothing that has no limit there.
        ("vero_cell", [(0, 5.0), (60, 0.5), (300, 5.0)], 320, Advice.FINE),
        # No row: the maker or the institute is asked.
        ("vero_cell", [(0, 5.0), (60, 12.0), (120, 5.0)], 150, Advice.ASK),
        ("sputnik_v", [(0, 5.0), (60, -1.0), (180, 5.0)], 200, Advice.FROZEN_ASK),
        # Twelve hours to 25 °C; at 26 nothing is known.
        ("spikevax", [(0, 5.0), (60, 25.0), (360, 5.0)], 400, Advice.USE_FIRST),
        ("spikevax", [(0, 5.0), (60, 26.0), (120, 5.0)], 150, Advice.ASK),
    ],
)
def test_what_each_product_bears(product: str, course: list[tuple[float, float]], now: float, advice: Advice) -> None:
    assert judged(product, every(course, step=1, until=now), now=now).advice is advice


def test_a_device_that_was_never_heard_has_no_spans() -> None:
    assert spans([], FRIDGE, gap=GAP, now=at(0)) == ()
    silent = [Reading(at=at(0), temp_c=None)]
    assert spans(silent, FRIDGE, gap=GAP, now=at(60)) == ()


def test_a_silent_device_is_never_good() -> None:
    quiet = every([(0, 5.0)], until=60)
    assert which(quiet, FRIDGE, gap=GAP, silence=SILENCE, now=at(119), at=None) is None
    meant = which(quiet, FRIDGE, gap=GAP, silence=SILENCE, now=at(120), at=None)
    assert meant is not None
    assert meant.side == "silent"
    found = judged("comirnaty", quiet, now=180)
    assert found.advice is Advice.CALL
    assert found.unknown_minutes == 120
    assert LEADS_TO[Advice.CALL] == ("hold",)


def test_an_excursion_whose_end_nobody_saw_is_unknown_until_it_is_heard_again() -> None:
    warm, back = every([(0, 5.0), (30, 12.0)], until=60), [Reading(at=at(400), temp_c=5.0)]
    found = judged("comirnaty", [*warm, *back], now=420)
    assert found.advice is Advice.CALL
    assert found.unknown_minutes == 340
    # What is known already may be enough to know the worst.
    long = every([(0, 5.0), (30, 12.0)], until=300)
    assert judged("comirnaty", [*long, Reading(at=at(500), temp_c=5.0)], now=520).advice is Advice.SPENT


def test_a_lot_counts_from_its_arrival_and_with_what_it_had_before() -> None:
    readings = every([(0, 5.0), (600, 15.0), (780, 5.0)], until=800)
    whole = judged("comirnaty", readings, now=800)
    late = judged("comirnaty", readings, now=800, stays=[Stay(store="S", since=at(700), until=at(800))])
    assert [item.tightest and item.tightest.used_minutes for item in (whole, late)] == [180, 80]
    # Two hours of heat in the store that it came from, of which one while it was there.
    earlier = every([(0, 5.0), (60, 20.0), (180, 5.0)], until=400)
    stays = [Stay(store="BEFORE", since=at(0), until=at(120)), Stay(store="S", since=at(500), until=at(800))]
    moved = judged("comirnaty", readings, now=800, stays=stays, earlier=earlier)
    assert moved.tightest is not None
    assert (moved.tightest.used_minutes, moved.tightest.earlier_minutes, moved.tightest.left_minutes) == (240, 60, 0)
    assert moved.advice is Advice.SPENT


def test_the_ledger_tells_where_the_lot_was_and_how_much_was_inside() -> None:
    def move(number: int, minute: int, store: str, kind: str, doses: int, other: str | None = None) -> Movement:
        when = at(minute)
        return Movement(
            movement_id=number,
            store=store,
            lot="L",
            kind=kind,
            doses=doses,
            occurred_at=when,
            recorded_at=when,
            counterpart=other,
        )

    ledger = [
        move(1, 0, "BEFORE", "opening", 100),
        move(2, 100, "BEFORE", "issue", -60, "S"),
        move(3, 200, "S", "receipt", 60, "BEFORE"),
        move(4, 300, "S", "administered", -20),
        move(5, 400, "BEFORE", "issue", -40, "S"),
    ]
    balances = replay(reversed(ledger))
    stays = stays_of(balances, "S", "L", now=at(600))
    assert [(stay.store, stay.since, stay.until) for stay in stays if stay.store == "BEFORE"] == [
        ("BEFORE", at(0), at(100)),
        ("BEFORE", at(100), at(200)),
    ]
    assert {stay.store for stay in stays} == {"S", "BEFORE"}
    assert inside(balances["S", "L"], Window(unit=FRIDGE, since=at(250), until=at(350))) == (60, 20)
    assert inside(balances["S", "L"], Window(unit=FRIDGE, since=at(310), until=at(350))) == (40, 0)
    assert inside(balances["S", "L"], Window(unit=FRIDGE, since=at(50), until=at(150))) == (0, 20)


TEMPS = st.sampled_from([None, -20.0, -3.0, -0.5, 1.0, 2.0, 5.0, 8.0, 8.5, 20.0, 26.0, 31.0])
COURSE = st.lists(st.tuples(st.integers(0, 900), TEMPS), min_size=1, max_size=40)


@settings(max_examples=200, deadline=timedelta(seconds=5))
@given(COURSE, st.integers(0, 900), st.sampled_from(sorted(VIALS)), st.randoms())
def test_the_order_of_readings_changes_nothing_and_a_budget_is_used_or_left(
    course: list[tuple[int, float | None]], arrived: int, product: str, random: Random
) -> None:
    now = at(960)
    readings = [Reading(at=at(minute), temp_c=temp) for minute, temp in course]
    shuffled = [*readings, *readings]
    random.shuffle(shuffled)
    stays = [Stay(store="S", since=at(arrived), until=now)]
    found: list[LotJudgement] = []
    for told in (readings, shuffled):
        meant = which(told, FRIDGE, gap=GAP, silence=SILENCE, now=now, at=None)
        if meant is None:
            continue
        traces = {"F": (FRIDGE, spans(told, FRIDGE, gap=GAP, now=now))}
        found.append(judge(meant.window, lot="L", facts=facts(product), stays=stays, traces=traces))
    assert len(found) in (0, 2)
    for one in found:
        assert one == found[0]
        for band in one.bands:
            assert band.used_minutes + band.left_minutes == band.budget.minutes
            assert band.used_minutes >= band.earlier_minutes >= 0
            assert band.spent is (band.left_minutes <= 0)
        if any(band.spent for band in one.bands) or one.unknown_minutes or one.beyond_minutes:
            assert one.advice not in (Advice.USE_FIRST, Advice.FINE)
