"""How a line of a decision stands: decided, shipped, received, used; late, short, over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from campaign.allocation import Decision, Gap, Line, Stage, judge_line, stage_of

DECISION = Decision(
    decision_id=1,
    number="4355/QĐ-BYT",
    round=87,
    decided_on=date(2021, 11, 1),
    signed_by="Bộ Y tế",
    withdrawn=False,
    source="COVAX",
    earmark="",
    known=True,
)
LINE = Line(
    decision_id=1,
    store="P01",
    level="province",
    area="01",
    district=None,
    site=None,
    product="comirnaty",
    lot="CO124001",
    planned=12_000,
    planned_on=date(2021, 11, 8),
    sent=0,
    received=0,
    first_sent_on=None,
    first_received_on=None,
    last_received_on=None,
    stated_shipped_on=None,
    stated_received_on=None,
    stated_received=None,
    lots="CO124001",
)
SENT = replace(LINE, sent=12_000, first_sent_on=date(2021, 11, 6))
SHORT = replace(SENT, received=11_900, first_received_on=date(2021, 11, 8))
OVER = replace(SENT, received=12_010, first_received_on=date(2021, 11, 8))
STATED = replace(LINE, stated_received=11_900, stated_received_on=date(2021, 11, 9))

CASES = [
    (LINE, 8, 0, Stage.DECIDED, None, None),
    (LINE, 13, 0, Stage.DECIDED, None, 5),
    (LINE, 14, 0, Stage.DECIDED, Gap.UNRECEIVED, 6),
    (SENT, 13, 0, Stage.SHIPPED, None, 5),
    (SENT, 14, 0, Stage.SHIPPED, Gap.UNRECEIVED, 6),
    (SHORT, 9, 0, Stage.RECEIVED, None, 1),
    (SHORT, 14, 0, Stage.RECEIVED, Gap.SHORT, 6),
    (SHORT, 14, 11_900, Stage.USED, Gap.SHORT, 6),
    (OVER, 9, 0, Stage.RECEIVED, Gap.OVER, None),
    (STATED, 14, 0, Stage.RECEIVED, Gap.SHORT, 6),
    (replace(LINE, planned_on=None), 7, 0, Stage.DECIDED, Gap.UNRECEIVED, 6),
    (replace(OVER, planned=0, planned_on=None), 9, 0, Stage.RECEIVED, Gap.UNPLANNED, None),
]


@pytest.mark.parametrize(("line", "day", "used", "stage", "gap", "late"), CASES)
def test_a_line_stands_by_what_came_and_when_it_should_have(
    line: Line, day: int, used: int, stage: Stage, gap: Gap | None, late: int | None
) -> None:
    found = judge_line(line, DECISION, today=date(2021, 11, day), wait_days=5, used=used)
    assert (found.stage, found.gap, found.days_late) == (stage, gap, late)


def test_received_11_900_of_12_000_is_a_difference_of_100_with_its_lot() -> None:
    found = judge_line(SHORT, DECISION, today=date(2021, 11, 14), wait_days=5, used=0)
    assert (found.gap, found.difference, found.line.lots) == (Gap.SHORT, -100, "CO124001")


def test_nothing_is_missing_of_a_decision_that_was_withdrawn_and_what_came_is_unplanned() -> None:
    withdrawn = replace(DECISION, withdrawn=True)
    late = judge_line(LINE, withdrawn, today=date(2021, 12, 9), wait_days=5, used=0)
    came = judge_line(SHORT, withdrawn, today=date(2021, 12, 9), wait_days=5, used=0)
    assert (late.stage, late.gap, late.days_late) == (Stage.WITHDRAWN, None, None)
    assert (came.gap, came.difference) == (Gap.UNPLANNED, 11_900)
    assert stage_of(withdrawn, [late, came]) is Stage.WITHDRAWN


def test_a_decision_is_as_far_as_the_last_of_its_recipients() -> None:
    def judged(line: Line, used: int = 0):
        return judge_line(line, DECISION, today=date(2021, 11, 9), wait_days=5, used=used)

    assert stage_of(DECISION, [judged(LINE), judged(LINE)]) is Stage.DECIDED
    assert stage_of(DECISION, [judged(SENT), judged(LINE)]) is Stage.SHIPPED
    assert stage_of(DECISION, [judged(SHORT), judged(LINE)]) is Stage.SHIPPED
    assert stage_of(DECISION, [judged(SHORT), judged(OVER)]) is Stage.RECEIVED
    assert stage_of(DECISION, [judged(SHORT, 11_900), judged(OVER, 12_010)]) is Stage.USED
    assert stage_of(DECISION, []) is Stage.DECIDED
