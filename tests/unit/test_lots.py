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


def moved(
    hour: int, store: str, kind: str, doses: int, other: str | None = None, *, thawed: date | None = None, of: int = 0
) -> Movement:
    """A movement at an hour of 1 November; its number is the hour, or comes after those for a cancel."""
    when = DAY + timedelta(hours=hour)
    return Movement(
        movement_id=hour + 1000 * bool(of), store=store, lot="L", kind=kind, doses=doses, occurred_at=when,
        recorded_at=when, counterpart=other, thawed_on=thawed, cancels_id=of or None,
    )  # fmt: skip


OCT_20, OCT_25 = date(2021, 10, 20), date(2021, 10, 25)
TO_B = (moved(10, "A", "issue", -40, "B"), moved(12, "B", "receipt", 40, "A"))


@pytest.mark.parametrize(
    ("told", "ledger", "clocks"),
    [
        (
            "no date on either leg: the clock of the giving store goes on, two stores far",
            (
                moved(1, "A", "receipt", 100, thawed=OCT_20),
                *TO_B,
                moved(14, "B", "transfer_out", -10, "C"),
                moved(15, "C", "transfer_in", 10, "B"),
            ),
            {"A": OCT_20, "B": OCT_20, "C": OCT_20},
        ),
        (
            "frozen again before it was sent: the clock runs on",
            (moved(1, "A", "receipt", 100, thawed=OCT_20), moved(5, "A", "adjustment", 0), *TO_B),
            {"A": OCT_20, "B": OCT_20},
        ),
        (
            "sent and brought back: it comes back with the doses, also to a store that had none left",
            (
                moved(1, "A", "receipt", 40, thawed=OCT_20),
                *TO_B,
                moved(20, "B", "transfer_out", -40, "A"),
                moved(22, "A", "transfer_in", 40, "B"),
            ),
            {"A": OCT_20, "B": None},
        ),
        (
            "two thaws of one lot in one store: what leaves is taken for the first",
            (moved(1, "A", "receipt", 60, thawed=OCT_25), moved(2, "A", "receipt", 60, thawed=OCT_20), *TO_B),
            {"A": OCT_20, "B": OCT_20},
        ),
        (
            "thawed after the doses had left: they were frozen",
            (moved(1, "A", "opening", 100), *TO_B, moved(13, "A", "adjustment", 0, thawed=OCT_25)),
            {"A": OCT_25, "B": None},
        ),
        (
            "the giving store had used up what was thawed before these came",
            (
                moved(1, "A", "receipt", 30, thawed=OCT_20),
                moved(3, "A", "administered", -30),
                moved(5, "A", "receipt", 100, thawed=OCT_25),
                *TO_B,
            ),
            {"A": OCT_25, "B": OCT_25},
        ),
        (
            "the thaw was entered by mistake and cancelled",
            (
                moved(1, "A", "opening", 100),
                moved(2, "A", "receipt", 50, thawed=OCT_20),
                moved(3, "A", "cancel", -50, of=2),
                *TO_B,
            ),
            {"A": None, "B": None},
        ),
        (
            "the issue that names a thaw was cancelled: what was sent instead is frozen",
            (
                moved(1, "A", "opening", 100),
                moved(9, "A", "issue", -40, "B", thawed=OCT_20),
                moved(11, "A", "cancel", 40, of=9),
                *TO_B,
            ),
            {"A": None, "B": None},
        ),
        (
            "the receiver names a later thaw than what was in the giving store: the earlier is the safe one",
            (
                moved(1, "A", "receipt", 100, thawed=OCT_20),
                moved(10, "A", "issue", -40, "B"),
                moved(12, "B", "receipt", 40, "A", thawed=OCT_25),
            ),
            {"A": OCT_20, "B": OCT_20},
        ),
        (
            "the sender names the thaw of what leaves: it knows better than the clock of its store",
            (
                moved(1, "A", "receipt", 100, thawed=OCT_20),
                moved(10, "A", "issue", -40, "B", thawed=OCT_25),
                moved(12, "B", "receipt", 40, "A"),
            ),
            {"A": OCT_20, "B": OCT_25},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_thaw_clock_goes_where_the_doses_go(
    told: str, ledger: tuple[Movement, ...], clocks: dict[str, date | None]
) -> None:
    """In whatever order the movements become known."""
    for arrival in (ledger, ledger[::-1], (*ledger[2:], *ledger[:2])):
        found = replay(arrival)
        assert {store: found[store, "L"].thawed_on for store in clocks} == clocks, told


def test_an_extended_label_does_not_lengthen_the_days_after_a_thaw_that_came_with_the_doses() -> None:
    """Lot 124001 thawed on 29 November in the province, sent on without a date: 31 days, not the extension."""
    thawed = date(2021, 11, 29)
    ledger = (
        moved(1, "P", "receipt", 60, thawed=thawed),
        moved(10, "P", "issue", -60, "D"),
        moved(11, "D", "receipt", 60, "P"),
    )
    clock = replay(ledger)["D", "L"].thawed_on
    found = usable_expiry(BOTH, today=date(2021, 12, 1), thawed_on=clock, thaw_limit_days=31)
    assert found == Usable(expires_on=date(2021, 12, 30), clock=Clock.THAW)


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


@pytest.mark.parametrize(
    ("decided", "thawed", "wanted"),
    [
        (date(2021, 11, 10), None, Usable(expires_on=date(2021, 11, 10), clock=Clock.DECISION)),
        # It only ever shortens: neither the label nor the days after thawing.
        (date(2021, 11, 30), None, Usable(expires_on=date(2021, 11, 30), clock=Clock.LABEL)),
        (date(2022, 1, 1), None, Usable(expires_on=date(2021, 11, 30), clock=Clock.LABEL)),
        (date(2021, 11, 25), date(2021, 10, 20), Usable(expires_on=date(2021, 11, 20), clock=Clock.THAW)),
        (date(2021, 11, 19), date(2021, 10, 20), Usable(expires_on=date(2021, 11, 19), clock=Clock.DECISION)),
    ],
)
def test_a_last_day_that_was_decided_only_shortens(decided: date, thawed: date | None, wanted: Usable) -> None:
    today = date(2021, 11, 1)
    assert usable_expiry([LABEL], today=today, thawed_on=thawed, thaw_limit_days=31, decided_until=decided) == wanted


def test_of_a_lot_without_an_expiry_the_decision_is_the_only_day() -> None:
    wanted = Usable(expires_on=date(2021, 11, 10), clock=Clock.DECISION)
    assert usable_expiry([], today=date(2021, 11, 1), decided_until=date(2021, 11, 10)) == wanted
