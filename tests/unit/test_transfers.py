"""What closes a transfer that came short or over: the lot's account closes before and after it, whatever was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.ledger import Movement, account, replay
from campaign.transfers import (
    AT_SENDER,
    GONE,
    OF_OVER,
    OF_SHORT,
    Booking,
    Delivery,
    Outcome,
    bookings,
    deliveries,
    falls_below_zero,
)

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2021, 11, 1, tzinfo=UTC)
NOW = START + timedelta(days=30)
A, B = "S-A", "S-B"


def moved(number: int, store: str, kind: str, doses: int, day: float, **more: object) -> Movement:
    at = START + timedelta(days=day)
    base = Movement(movement_id=number, store=store, lot="L", kind=kind, doses=doses, occurred_at=at, recorded_at=at)
    return replace(base, **more)  # pyright: ignore[reportArgumentType]


def booked(entries: Sequence[Booking]) -> list[Movement]:
    return [
        Movement(
            movement_id=-100 + place, store=item.store, lot="L", kind=item.kind, doses=item.doses,
            occurred_at=item.occurred_at, recorded_at=NOW, counterpart=item.counterpart, cancels_id=item.cancels_id,
            reason=item.reason,
        )
        for place, item in enumerate(entries)
    ]  # fmt: skip


SENT = [
    moved(1, A, "receipt", 20_000, 0),
    moved(2, A, "issue", -12_000, 2, counterpart=B),
    moved(3, B, "receipt", 11_900, 4, counterpart=A),
]
OVER = [*SENT[:2], moved(3, B, "receipt", 12_050, 4, counterpart=A)]


def only(movements: list[Movement]) -> Delivery:
    (found,) = deliveries(movements, store=B, lot="L")
    return found


@pytest.mark.parametrize(
    ("outcome", "here", "there", "lost", "wasted", "received"),
    [
        (Outcome.LOST, 8_000, 11_900, 100, 0, 12_000),
        (Outcome.BROKEN, 8_000, 11_900, 0, 100, 12_000),
        (Outcome.WARM, 8_000, 11_900, 0, 100, 12_000),
        (Outcome.RECEIVED_ALL, 8_000, 12_000, 0, 0, 12_000),
        (Outcome.SENT_FEWER, 8_100, 11_900, 0, 0, 11_900),
    ],
)
def test_a_hundred_of_twelve_thousand_missing(
    outcome: Outcome, here: int, there: int, lost: int, wasted: int, received: int
) -> None:
    assert only(SENT).open == 100
    after = [*SENT, *booked(bookings(only(SENT), outcome, 100, now=NOW))]
    balances = replay(after)
    assert (balances[A, "L"].on_hand, balances[B, "L"].on_hand) == (here, there)
    assert (balances[B, "L"].lost, balances[B, "L"].wasted) == (lost, wasted)
    assert only(after).open == 0
    assert only(after).received == received
    assert account(balances, "L", received=20_000).unexplained == 0


@pytest.mark.parametrize(
    ("outcome", "here", "there"), [(Outcome.SENT_MORE, 7_950, 12_050), (Outcome.RECEIVED_FEWER, 8_000, 12_000)]
)
def test_fifty_more_than_were_sent(outcome: Outcome, here: int, there: int) -> None:
    assert (only(OVER).open, only(OVER).outcomes) == (-50, OF_OVER)
    after = [*OVER, *booked(bookings(only(OVER), outcome, 50, now=NOW))]
    balances = replay(after)
    assert (balances[A, "L"].on_hand, balances[B, "L"].on_hand, only(after).open) == (here, there, 0)


def test_a_count_made_since_stands() -> None:
    """Counted after the delivery: doses that were only entered wrongly are in the count already."""
    counted = [
        *SENT,
        moved(4, A, "count", 0, 10, counted=8_100),
        moved(5, B, "count", 0, 10, counted=12_000),
    ]
    for outcome in (Outcome.SENT_FEWER, Outcome.RECEIVED_ALL, Outcome.LOST):
        after = replay([*counted, *booked(bookings(only(counted), outcome, 100, now=NOW))])
        assert (after[A, "L"].on_hand, after[B, "L"].on_hand) == (8_100, 12_000)


def test_doses_still_expected_write_nothing() -> None:
    assert bookings(only(SENT), Outcome.EXPECTED, 100, now=NOW) == ()


@pytest.mark.parametrize(("outcome", "doses"), [(Outcome.SENT_MORE, 100), (Outcome.LOST, 101), (Outcome.LOST, 0)])
def test_what_does_not_go_with_the_difference_is_refused(outcome: Outcome, doses: int) -> None:
    with pytest.raises(ValueError, match="does not go with"):
        bookings(only(SENT), outcome, doses, now=NOW)


def test_a_cancelled_receipt_was_never_received() -> None:
    again = [*SENT, moved(4, B, "receipt", 11_900, 5, counterpart=A)]
    assert only(again).open == -11_800
    cancelled = [*again, moved(5, B, "cancel", -11_900, 6, cancels_id=4)]
    assert (only(cancelled).open, len(only(cancelled).receipts)) == (100, 1)


def test_a_level_does_not_fall_below_zero_by_it() -> None:
    used = [*OVER, moved(4, B, "administered", -12_040, 6)]
    entries = booked(bookings(only(used), Outcome.RECEIVED_FEWER, 50, now=NOW))
    assert falls_below_zero(used, entries) == (B, "L")
    assert falls_below_zero(used, booked(bookings(only(used), Outcome.SENT_MORE, 50, now=NOW))) is None


def test_reasons_of_waste_are_those_of_the_reference() -> None:
    known = set(pl.read_csv(ROOT / "data" / "reference" / "waste_reasons.csv")["text"])
    assert {reason for _, reason in GONE.values()} <= known


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens next: a delivery of `doses` of which `came` come, one use, one count or one closing."""

    kind: str
    doses: int
    came: int
    pick: int


steps = st.lists(
    st.builds(
        Step,
        kind=st.sampled_from(["send", "send", "use", "count", "close", "close", "waste"]),
        doses=st.integers(1, 50),
        came=st.integers(0, 60),
        pick=st.integers(0, 20),
    ),
    min_size=2,
    max_size=14,
)


@settings(max_examples=200, deadline=None)
@given(steps)
def test_in_stores_in_transit_used_wasted_and_lost_are_what_was_received(drawn: list[Step]) -> None:
    """Whatever is sent, comes short or over, is used, counted and closed in whatever order."""
    kept = [moved(1, A, "receipt", 1_000, 0)]
    for place, step in enumerate(drawn):
        day, number = 1.0 + place, 10 * (place + 1)
        if step.kind == "send":
            kept.append(moved(number, A, "transfer_out", -step.doses, day, counterpart=B))
            if step.came:
                kept.append(moved(number + 1, B, "transfer_in", step.came, day + 0.5, counterpart=A))
        elif step.kind == "use":
            kept.append(moved(number, B, "administered", -step.doses, day))
        elif step.kind == "waste":
            kept.append(moved(number, B, "wasted_open", -min(step.doses, 3), day))
        elif step.kind == "count":
            kept.append(moved(number, (A, B)[step.pick % 2], "count", 0, day, counted=step.came * 5))
        else:
            kept = close_one(kept, step, number, at=START + timedelta(days=day))
        assert account(replay(kept), "L", received=1_000).unexplained == 0


def close_one(kept: list[Movement], step: Step, number: int, *, at: datetime) -> list[Movement]:
    """Closes a part of what is open, and checks what that may change."""
    for found in deliveries(kept, store=B, lot="L"):
        if not found.open:
            continue
        outcome = found.outcomes[step.pick % len(found.outcomes)]
        doses = min(step.doses, abs(found.open))
        entries = [
            replace(entry, movement_id=-1_000 + number + place)
            for place, entry in enumerate(booked(bookings(found, outcome, doses, now=at)))
        ]
        after = [*kept, *entries]
        closed = 0 if outcome is Outcome.EXPECTED else doses
        # Of a sending that is taken back whole nothing is left, not even a delivery.
        again = [item for item in deliveries(after, store=B, lot="L") if item.sender == found.sender]
        assert len(again) <= 1
        assert sum(abs(item.open) for item in again) == abs(found.open) - closed
        before_levels, after_levels = replay(kept), replay(after)
        untouched = B if outcome in AT_SENDER else A
        if (untouched, "L") in before_levels:
            assert after_levels[untouched, "L"].on_hand == before_levels[untouched, "L"].on_hand
        if outcome in GONE:
            assert after_levels[B, "L"].on_hand == (before_levels[B, "L"].on_hand if (B, "L") in before_levels else 0)
        return after
    return kept


def test_every_outcome_goes_with_one_kind_of_difference() -> None:
    assert set(OF_SHORT) | set(OF_OVER) == set(Outcome)
    assert not set(OF_SHORT) & set(OF_OVER)
