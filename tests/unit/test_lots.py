"""States and clocks of a lot, worked by hand: extended label, freezing again, thaw after the label."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.ledger import Movement, replay
from campaign.lots import (
    Bucket,
    Clock,
    Expiry,
    LotState,
    StateChange,
    Usable,
    bucket_of,
    is_released,
    returns_to,
    state_in_force,
    usable_expiry,
)

LABEL = Expiry(expires_on=date(2021, 11, 30), kind="label", valid_from=date(2021, 5, 31))
EXTENDED = Expiry(
    expires_on=date(2022, 2, 28), kind="extension", valid_from=date(2021, 11, 29), condition="-90..-60 C", decision="x"
)
BOTH = (LABEL, EXTENDED)
DAY = datetime(2021, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "thawed", "wanted"),
    [
        # Never thawed: the label, and the extension from the day that it begins.
        (date(2021, 11, 28), None, Usable(expires_on=date(2021, 11, 30), clock=Clock.LABEL)),
        (date(2021, 11, 29), None, Usable(expires_on=date(2022, 2, 28), clock=Clock.EXTENSION, condition="-90..-60 C")),
        # Thawed before the extension began: it was not stored as that asks. The label is earlier than 31 days.
        (date(2021, 12, 1), date(2021, 11, 15), Usable(expires_on=date(2021, 11, 30), clock=Clock.LABEL)),
        # Thawed since: 31 days, and not the extension.
        (date(2021, 12, 1), date(2021, 11, 29), Usable(expires_on=date(2021, 12, 30), clock=Clock.THAW)),
        # Thawed after the day on the label, out of extended storage.
        (date(2021, 12, 10), date(2021, 12, 5), Usable(expires_on=date(2022, 1, 5), clock=Clock.THAW)),
        # Thawed late: the extension is the earlier.
        (date(2022, 2, 20), date(2022, 2, 15), Usable(expires_on=date(2022, 2, 28), clock=Clock.EXTENSION)),
        # Thawed early: 31 days end before the label does.
        (date(2021, 10, 10), date(2021, 10, 1), Usable(expires_on=date(2021, 11, 1), clock=Clock.THAW)),
    ],
)
def test_the_earliest_clock_ends_the_use(today: date, thawed: date | None, wanted: Usable) -> None:
    assert usable_expiry(BOTH, today=today, thawed_on=thawed, thaw_limit_days=31) == wanted


def test_a_product_that_is_not_thawed_and_a_lot_without_an_expiry() -> None:
    assert usable_expiry((), today=date(2021, 11, 1)) == Usable(expires_on=None, clock=Clock.LABEL)
    thawed = date(2021, 11, 1)
    assert usable_expiry((), today=thawed, thawed_on=thawed, thaw_limit_days=30).expires_on == date(2021, 12, 1)


def test_freezing_again_never_resets_the_clock_and_an_empty_store_begins_anew() -> None:
    def at(day: int, kind: str, doses: int, thawed: date | None = None) -> Movement:
        when = DAY + timedelta(days=day)
        return Movement(
            movement_id=day + 1, store="S", lot="L", kind=kind, doses=doses, occurred_at=when, recorded_at=when,
            thawed_on=thawed,
        )  # fmt: skip

    came = at(0, "receipt", 60, date(2021, 11, 1))
    frozen = at(4, "adjustment", 0)
    again = at(19, "adjustment", 0, date(2021, 11, 20))
    ledger = [came, frozen, again]
    assert replay(ledger)["S", "L"].thawed_on == date(2021, 11, 1)
    ledger += [at(20, "administered", -60), at(21, "receipt", 30, date(2021, 11, 22))]
    assert replay(ledger)["S", "L"].thawed_on == date(2021, 11, 22)


def test_the_senders_thaw_goes_with_the_doses() -> None:
    def leg(number: int, store: str, kind: str, doses: int, other: str, thawed: date | None) -> Movement:
        when = DAY + timedelta(hours=number)
        return Movement(
            movement_id=number, store=store, lot="L", kind=kind, doses=doses, occurred_at=when, recorded_at=when,
            counterpart=other, thawed_on=thawed,
        )  # fmt: skip

    out = leg(1, "A", "issue", -6, "FREEZER", date(2021, 10, 20))
    back = leg(2, "FREEZER", "receipt", 6, "A", None)
    assert replay([out, back])["FREEZER", "L"].thawed_on == date(2021, 10, 20)
    # The receiver's clock is two hours behind; a receipt of days before is of something else.
    early = leg(3, "A", "issue", -6, "B", date(2021, 10, 20))
    assert replay([leg(1, "B", "receipt", 6, "A", None), early])["B", "L"].thawed_on == date(2021, 10, 20)
    late = leg(30, "A", "issue", -6, "B", date(2021, 10, 20))
    assert replay([leg(1, "B", "receipt", 6, "A", None), late])["B", "L"].thawed_on is None
    # It was sent before, frozen: the thaw of the next issue is not that of these doses.
    frozen = leg(0, "A", "issue", -6, "B", None)
    assert replay([frozen, leg(1, "B", "receipt", 6, "A", None), early])["B", "L"].thawed_on is None


def test_only_what_is_released_now_is_usable() -> None:
    steps = [LotState.RECEIVED, LotState.AWAITING_RELEASE, LotState.RELEASED, LotState.ON_HOLD, LotState.RECALLED]
    changes = [StateChange(state=state, valid_from=DAY + timedelta(days=n)) for n, state in enumerate(steps)]
    assert state_in_force(changes, now=DAY - timedelta(seconds=1)) is None
    for number, state in enumerate(steps):
        now = DAY + timedelta(days=number)
        assert state_in_force(reversed(changes), now=now) == changes[number]
        assert is_released(changes, now=now) is (state is LotState.RELEASED)
    assert returns_to(changes, now=DAY + timedelta(days=3)) is LotState.RELEASED
    assert returns_to(changes, now=DAY + timedelta(days=4)) is None


@pytest.mark.parametrize(
    ("left", "bucket"),
    [
        (-1, Bucket.EXPIRED),
        (0, Bucket.DAYS_7),
        (6, Bucket.DAYS_7),
        (7, Bucket.DAYS_14),
        (59, Bucket.DAYS_60),
        (60, Bucket.LATER),
    ],
)
def test_the_last_day_is_a_day_of_use(left: int, bucket: Bucket) -> None:
    today = date(2021, 11, 22)
    assert bucket_of(today + timedelta(days=left), today=today) is bucket
    assert bucket_of(None, today=today) is Bucket.UNKNOWN
