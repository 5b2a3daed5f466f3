"""What is news about an incident: once a turn, once a level, and not while planned work is why it is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaign import incident_acts
from campaign.alerts import Severity
from campaign.incidents import Incident, IncidentRules, Work, settle
from campaign.notices import NoticeKind, NoticeRules, Occasion, Told, occasion, pause_after, withdrawn

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = NoticeRules(
    kinds=frozenset(NoticeKind),
    severities=frozenset({Severity.CRITICAL, Severity.WARNING}),
    over_after=10 * MINUTE,
)
INCIDENTS = IncidentRules(
    group_by={},
    escalate_after=15 * MINUTE,
    levels=3,
    close_after=720 * MINUTE,
    longest_snooze=720 * MINUTE,
)


class Case:
    """An incident and what was told of it, as the registry would keep both."""

    def __init__(self) -> None:
        self.incident: Incident | None = None
        self.told = Told()
        self.said: list[tuple[NoticeKind, int, int]] = []

    def look(self, minute: float, *, fires: bool, members: int = 1, hushed: bool = False) -> None:
        now = NOW + minute * MINUTE
        found = settle(
            self.incident, firing=Severity.CRITICAL if fires else None, members=members, now=now, rules=INCIDENTS
        )
        if found is None:
            return
        self.incident = found[0]
        if withdrawn(self.incident, self.told):
            self.told = replace(self.told, over_waits=False)
        news = occasion(self.incident, self.told, rules=RULES, hushed=hushed)
        if news is not None:
            self.tell(news)

    def tell(self, news: Occasion) -> None:
        assert self.incident is not None
        self.said.append((news.kind, news.turn, news.level))
        if news.kind is NoticeKind.OVER:
            self.told = replace(self.told, over_waits=True)
        elif news.turn > self.told.turn:
            self.told = Told(turn=news.turn, level=news.level, acknowledged_at=self.incident.acknowledged_at)
        else:
            self.told = replace(self.told, level=news.level)

    def arrives(self) -> None:
        """The notice that it is over went out."""
        self.told = replace(self.told, over_waits=False, over_sent=True)


def test_it_is_told_once_and_once_a_level_however_much_it_grows() -> None:
    case = Case()
    for minute in range(60):
        case.look(minute, fires=True, members=minute * 10 + 1)
    kinds = [(NoticeKind.OPENED, 1, 1), (NoticeKind.ESCALATED, 1, 2), (NoticeKind.ESCALATED, 1, 3)]
    assert case.said == kinds


def test_what_somebody_took_is_not_told_again() -> None:
    case = Case()
    case.look(0, fires=True)
    assert case.incident is not None
    case.incident = incident_acts.acknowledge(case.incident, who="lan", comment="đi", now=NOW)
    for minute in range(1, 60):
        case.look(minute, fires=True)
    assert case.said == [(NoticeKind.OPENED, 1, 1)]


def test_what_comes_and_goes_is_told_over_only_once_it_stays_so() -> None:
    case = Case()
    for minute in range(12):
        case.look(minute, fires=minute % 2 == 0)
    assert [kind for kind, _, _ in case.said] == [NoticeKind.OPENED, *[NoticeKind.OVER] * 6]
    assert case.told.over_waits, "it was never sent: each was withdrawn, and the same one made anew"
    case.arrives()
    case.look(30, fires=False)
    assert len(case.said) == 7
    case.look(31, fires=True)
    assert case.said[-1][:2] == (NoticeKind.REOPENED, 2), "who was told that it is over hears that it is not"


def test_what_was_taken_and_waits_again_is_news_although_its_end_was_never_told() -> None:
    case = Case()
    case.look(0, fires=True)
    assert case.incident is not None
    case.incident = incident_acts.acknowledge(case.incident, who="lan", comment="đi", now=NOW)
    case.look(1, fires=False)
    case.look(20, fires=True)
    assert [kind for kind, _, _ in case.said] == [NoticeKind.OPENED, NoticeKind.OVER, NoticeKind.REOPENED]


def test_planned_work_keeps_it_silent_and_no_longer_than_it_lasts() -> None:
    case = Case()
    for minute in range(40):
        case.look(minute, fires=True, hushed=True)
    assert case.said == []
    case.look(40, fires=True)
    assert case.said == [(NoticeKind.OPENED, 1, 3)], "at the level that it has by then"
    over = Case()
    over.look(0, fires=True, hushed=True)
    over.look(1, fires=False)
    assert over.said == [], "what nobody heard of need not be told over"


@pytest.mark.parametrize(
    ("told", "state", "expected"),
    [
        (Told(turn=1), Work.ACKNOWLEDGED, None),
        (Told(turn=1), Work.NEW, (NoticeKind.OPENED, 1)),
        (Told(turn=1, over_sent=True), Work.NEW, (NoticeKind.REOPENED, 2)),
        (Told(turn=2), Work.NEW, (NoticeKind.REOPENED, 2)),
    ],
)
def test_what_only_provinces_were_told_of_begins_for_the_rest_once_it_waits(
    told: Told, state: Work, expected: tuple[NoticeKind, int] | None
) -> None:
    incident = Incident(state=state, severity=Severity.CRITICAL, opened_at=NOW, waiting_since=NOW)
    found = occasion(incident, told, rules=RULES, hushed=False)
    assert (None if found is None else (found.kind, found.turn)) == expected


@pytest.mark.parametrize("severity", list(Severity))
def test_less_severe_ones_stay_on_the_console_until_they_are_worse(severity: Severity) -> None:
    incident = Incident(state=Work.NEW, severity=severity, opened_at=NOW, waiting_since=NOW)
    found = occasion(incident, Told(), rules=RULES, hushed=False)
    assert (found is None) is (severity is Severity.INFO)


def test_pauses_double_up_to_the_longest_and_never_overflow() -> None:
    pauses = [pause_after(number, first=MINUTE, longest=5 * MINUTE) / MINUTE for number in (1, 2, 3, 4, 10_000)]
    assert pauses == [1, 2, 4, 5, 5]
