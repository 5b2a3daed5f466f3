"""Why a province is behind: a table that an official can read, and a twin that reckons each sign from rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from campaign.causes import CauseKind, CauseRules, Signs, causes

RULES = CauseRules(
    pace_share=1.0,
    supply_days=7.0,
    delivered_share=0.8,
    late_share=0.1,
    declared_share=0.05,
    denominator_points=0.05,
    report_days=2,
)
QUIET = Signs(
    today=date(2021, 11, 22),
    pace=120.0,
    pace_needed=100.0,
    on_hand=70_000,
    use=10_000.0,
    delivered=1.6,
    nation_delivered=1.6,
    expected=1_000,
    reported=900,
    declared=1_000,
    recorded=950,
    share=0.5,
    other_share=0.55,
    last_report_on=date(2021, 11, 20),
    unsaid=None,
)


def kinds(signs: Signs) -> list[CauseKind]:
    return [cause.kind for cause in causes(signs, RULES)]


def test_at_its_limit_a_sign_does_not_count() -> None:
    assert not causes(QUIET, RULES)


@pytest.mark.parametrize(
    ("changed", "kind", "found"),
    [
        ({"last_report_on": date(2021, 11, 19)}, CauseKind.NO_REPORT, 3.0),
        ({"reported": 899}, CauseKind.LATE_ENTRY, 0.101),
        ({"recorded": 949}, CauseKind.DECLARED, 0.051),
        ({"other_share": 0.551}, CauseKind.DENOMINATOR, 0.551),
        ({"on_hand": 69_999}, CauseKind.STOCK, 6.9999),
        ({"on_hand": -5}, CauseKind.STOCK, 0.0),
        ({"delivered": 1.27}, CauseKind.DELIVERED, 0.79375),
        ({"pace": 99.0}, CauseKind.PACE, 99.0),
        ({"unsaid": date(2021, 11, 21)}, CauseKind.UNCONFIRMED, 0.0),
    ],
)
def test_each_sign_has_its_cause(changed: dict[str, object], kind: CauseKind, found: float) -> None:
    [cause] = causes(replace(QUIET, **changed), RULES)  # pyright: ignore[reportArgumentType]
    assert cause.kind is kind
    assert cause.found == pytest.approx(found)


@pytest.mark.parametrize(
    "missing",
    [
        *("pace", "pace_needed", "on_hand", "use", "delivered", "nation_delivered", "expected", "reported"),
        *("declared", "recorded", "share", "other_share", "last_report_on"),
    ],
)
def test_what_the_source_does_not_tell_is_no_cause(missing: str) -> None:
    worst = replace(
        QUIET,
        last_report_on=date(2021, 1, 1),
        reported=0,
        recorded=0,
        other_share=1.0,
        on_hand=0,
        delivered=0.0,
        pace=0.0,
    )
    assert len(kinds(worst)) == 7
    assert len(kinds(replace(worst, **{missing: None}))) == 6  # pyright: ignore[reportArgumentType]


def test_doubts_about_the_figure_come_before_the_pace() -> None:
    worst = replace(QUIET, pace=0.0, reported=0, on_hand=0, unsaid=date(2021, 11, 21))
    assert kinds(worst) == [CauseKind.LATE_ENTRY, CauseKind.STOCK, CauseKind.PACE, CauseKind.UNCONFIRMED]


def test_without_use_there_are_no_days_of_stock() -> None:
    assert not causes(replace(QUIET, on_hand=0, use=0.0), RULES)
