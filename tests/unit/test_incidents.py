"""The life of an incident: a table that an official can read, and a plain model beside any sequence of events."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings as property_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from campaign import incident_acts as acts
from campaign.alerts import Severity
from campaign.incident_acts import NotNow, WhyNot
from campaign.incident_view import Board, IncidentRow, Section, section_of, sections
from campaign.incidents import Happened, Incident, IncidentRules, Work, identity, settle

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULES = IncidentRules(
    group_by={"coldchain": ("district",), "coldchain_door": ("store",)},
    escalate_after=15 * MINUTE,
    levels=3,
    close_after=12 * HOUR,
    longest_snooze=12 * HOUR,
)
FRIDGE = {"equipment": "E1", "store": "S1", "district": "412", "area": "40"}


@pytest.mark.parametrize(
    ("name", "labels", "key"),
    [
        ("coldchain_power", FRIDGE, "coldchain_power|area=40|district=412"),
        ("coldchain_power", {**FRIDGE, "equipment": "E2"}, "coldchain_power|area=40|district=412"),
        ("coldchain_low", FRIDGE, "coldchain_low|area=40|district=412"),
        ("coldchain_door", FRIDGE, "coldchain_door|area=40|store=S1"),
        ("coldchain_low", {"equipment": "E1", "area": "40"}, "coldchain_low|area=40|equipment=E1"),
        ("coldchains", FRIDGE, "coldchains|area=40|district=412|equipment=E1|store=S1"),
        ("feed_failed", {"feed": "dose"}, "feed_failed|feed=dose"),
        ("registry_unavailable", {}, "registry_unavailable"),
    ],
)
def test_identity_is_the_rule_and_its_group(name: str, labels: dict[str, str], key: str) -> None:
    found = identity(name, labels, RULES.group_by)
    assert found.key == key
    assert found.area == labels.get("area"), "who may handle it never depends on the grouping"


@pytest.mark.parametrize(
    ("name", "labels", "key"),
    [
        ("stock_stopped", {"area": "01", "lot": "FL1"}, "stock_stopped|lot=FL1"),
        ("stock_stopped", {"area": "79", "lot": "FL1"}, "stock_stopped|lot=FL1"),
        ("stock_stopped", {"area": "79", "lot": "FL2"}, "stock_stopped|lot=FL2"),
        ("stock_stopped", {"lot": "FL1"}, "stock_stopped|lot=FL1"),
        ("stock_stopped", {"area": "79"}, "stock_stopped|area=79"),
        ("stock_low", {"area": "79", "product": "PF"}, "stock_low|area=79|product=PF"),
        ("coldchain_power", FRIDGE, "coldchain_power|area=40|district=412"),
    ],
)
def test_a_national_rule_groups_over_the_provinces_and_no_other_does(
    name: str, labels: dict[str, str], key: str
) -> None:
    groups = {**RULES.group_by, "stock_stopped": ("lot",)}
    assert identity(name, labels, groups, ("stock_stopped",)).key == key


# minutes, does it fire, what is done -> state, level, over
LIFE = """
   0 fires -           | new          1 .
  14 fires -           | new          1 .
  15 fires -           | new          2 .
  16 fires -           | new          2 .
  30 fires -           | new          3 .
 300 fires -           | new          3 .
 301 quiet -           | new          3 over
 302 fires -           | new          3 .
 303 fires acknowledge | acknowledged 3 .
 304 fires start       | in_progress  3 .
 400 fires -           | in_progress  3 .
 401 quiet -           | in_progress  3 over
4000 quiet -           | in_progress  3 over
4001 quiet close       | closed       3 over
"""


def test_a_life_as_an_official_reads_it() -> None:
    at: Incident | None = None
    for line in LIFE.strip().splitlines():
        given, wanted = line.split("|")
        minute, fires, done = given.split()
        now = NOW + int(minute) * MINUTE
        found = settle(at, firing=Severity.CRITICAL if fires == "fires" else None, members=1, now=now, rules=RULES)
        assert found is not None
        at = found[0]
        if done == "acknowledge":
            at = acts.acknowledge(at, who="lan", comment="đã gọi", now=now)
        if done == "start":
            at = acts.start(at, who="lan")
        if done == "close":
            at = acts.close(at, who="lan", comment="có điện", now=now)
        assert [at.state.value, str(at.level), "." if at.fires else "over"] == wanted.split(), line


def opened(**values: Any) -> Incident:
    return Incident(
        **{
            "state": Work.NEW,
            "severity": Severity.WARNING,
            "opened_at": NOW,
            "waiting_since": NOW,
            "members": 1,
            **values,
        }
    )


TAKEN: dict[str, Any] = {"state": Work.ACKNOWLEDGED, "owner": "lan", "acknowledged_at": NOW, "acknowledged_by": "lan"}


@pytest.mark.parametrize(
    ("before", "act", "why"),
    [
        (opened(**TAKEN), lambda i: acts.acknowledge(i, who="an", comment="x", now=NOW), WhyNot.ALREADY_ACKNOWLEDGED),
        (opened(), lambda i: acts.start(i, who="an"), WhyNot.NOT_ACKNOWLEDGED),
        (opened(), lambda i: acts.take(i, owner="an"), WhyNot.NOT_ACKNOWLEDGED),
        (opened(**TAKEN), lambda i: acts.take(i, owner="lan"), WhyNot.ALREADY_OWNED),
        (opened(**TAKEN), lambda i: acts.close(i, who="lan", comment="x", now=NOW), WhyNot.STILL_FIRING),
        (opened(**{**TAKEN, "state": Work.IN_PROGRESS}), lambda i: acts.start(i, who="an"), WhyNot.ALREADY_STARTED),
        (opened(**TAKEN, over_at=NOW), lambda i: snoozed(i, 1), WhyNot.OVER),
        (opened(**TAKEN), lambda i: snoozed(i, 0), WhyNot.SNOOZE_RANGE),
        (opened(**TAKEN), lambda i: snoozed(i, 13), WhyNot.SNOOZE_RANGE),
        (opened(), lambda i: snoozed(i, 1), WhyNot.NOT_ACKNOWLEDGED),
        (opened(state=Work.CLOSED, over_at=NOW, closed_at=NOW), lambda i: acts.say(i, comment="x"), WhyNot.CLOSED),
    ],
)
def test_what_is_not_done_in_a_state_says_why(before: Incident, act: Any, why: WhyNot) -> None:
    with pytest.raises(NotNow) as told:
        act(before)
    assert told.value.why is why


def snoozed(before: Incident, hours: int, now: datetime = NOW) -> Incident:
    return acts.snooze(before, lasts=hours * HOUR, longest=RULES.longest_snooze, comment="đợi điện", now=now)


def look(
    before: Incident | None, firing: Severity | None, now: datetime, members: int = 1
) -> tuple[Incident, tuple[Happened, ...]]:
    found = settle(before, firing=firing, members=members, now=now, rules=RULES)
    assert found is not None
    return found


def test_a_snooze_ends_by_itself_and_when_it_gets_worse_and_no_clock_lengthens_it() -> None:
    put_off = snoozed(opened(**TAKEN), 2)
    assert section_of(put_off, NOW + 119 * MINUTE) is Section.SNOOZED
    assert section_of(put_off, NOW + 120 * MINUTE) is Section.WORKED_ON, "also while nothing looks at it"
    assert look(put_off, Severity.WARNING, NOW + 2 * HOUR)[1] == (Happened.RETURNED,)
    assert look(put_off, Severity.CRITICAL, NOW + HOUR)[1] == (Happened.WORSE, Happened.RETURNED)
    back = NOW - timedelta(days=30)
    shortened, _ = look(put_off, Severity.WARNING, back)
    assert shortened.snoozed_until == back + RULES.longest_snooze


def test_what_is_over_and_untouched_closes_by_itself_and_what_is_touched_does_not() -> None:
    late = NOW + 12 * HOUR
    assert look(opened(over_at=NOW), None, late - MINUTE)[1] == ()
    assert look(opened(over_at=NOW), None, late)[1] == (Happened.CLOSED_ALONE,)
    for touched in (opened(over_at=NOW, comment="đang hỏi"), opened(over_at=NOW, **TAKEN)):
        assert look(touched, None, late)[1] == ()


def test_an_acknowledgement_hides_no_growth() -> None:
    known = acts.acknowledge(opened(members=400), who="lan", comment="x", now=NOW)
    grown, happened = look(known, Severity.WARNING, NOW - HOUR, members=412)
    assert (grown.members_new, happened) == (12, (Happened.GREW,))
    unseen = acts.acknowledge(opened(members=400), who="lan", comment="x", now=NOW, seen=390)
    assert unseen.members_new == 10, "what came between the screen and the deed"
    assert acts.acknowledge(opened(members=4), who="lan", comment="x", now=NOW, seen=999).members_new == 0


def test_what_grows_or_begins_again_is_hidden_by_nothing() -> None:
    taken = replace(acts.acknowledge(opened(members=1), who="lan", comment="x", now=NOW), snoozed_until=NOW + 5 * HOUR)
    grown, happened = look(taken, Severity.WARNING, NOW + MINUTE, members=50)
    assert (grown.snoozed_until, happened) == (None, (Happened.GREW, Happened.RETURNED))
    assert acts.say(grown, comment="đã xem").members_new == 0
    quiet = replace(taken, over_at=NOW, snoozed_until=None)
    assert look(quiet, Severity.WARNING, NOW + 14 * MINUTE)[0].state is Work.ACKNOWLEDGED
    assert look(quiet, Severity.WARNING, NOW + 15 * MINUTE)[0].state is Work.NEW


def test_sections_hold_every_incident_once_the_worst_and_oldest_first() -> None:
    def row(number: int, **values: Any) -> IncidentRow:
        incident = opened(**{"opened_at": NOW + number * MINUTE, **values})
        return IncidentRow(
            incident_id=number, key=str(number), rule="r", labels={}, incident=incident, firing=1, shown=()
        )

    put_off = {**TAKEN, "snoozed_until": NOW + 5 * HOUR}
    rows = [
        row(1),
        row(2, severity=Severity.CRITICAL),
        row(3, severity=Severity.CRITICAL, level=2),
        row(4, **put_off, severity=Severity.CRITICAL),
        row(5, **put_off),
        row(6, over_at=NOW),
        row(7, state=Work.CLOSED, over_at=NOW, closed_at=NOW),
        row(8, **TAKEN),
    ]
    found = sections(Board(incidents=tuple(reversed(rows))).incidents, NOW + HOUR)
    assert {name.value: [item.incident_id for item in items] for name, items in found.items()} == {
        "needs_someone": [3, 2, 1],
        "worked_on": [8],
        "snoozed": [4, 5],
        "over": [6],
        "closed": [7],
    }


@dataclass
class Told:
    """What a person would remember of one key: which incidents there were, how each began and ended."""

    open: bool = False
    fired: set[int] = field(default_factory=set)
    acknowledged: str = ""
    last_by: str = ""
    quiet_since: datetime | None = None
    begun: int = 0
    ended: int = 0


@property_settings(max_examples=60, stateful_step_count=40)
class Life(RuleBasedStateMachine):
    """One key in a registry that is a list; the clock goes any way, and the process that looks begins anew at will."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.kept: list[Incident] = []
        self.events: list[Happened] = []
        self.told = Told()
        self.highest = 1

    @property
    def current(self) -> Incident | None:
        return self.kept[-1] if self.kept and self.kept[-1].state is not Work.CLOSED else None

    @rule(minutes=st.integers(-3000, 3000))
    def clock(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(firing=st.frozensets(st.integers(0, 5)), worst=st.sampled_from(Severity))
    def look(self, firing: frozenset[int], worst: Severity) -> None:
        before = self.current
        fresh = firing - self.told.fired if before else firing
        members = len(fresh) + (before.members if before else 0)
        found = settle(before, firing=worst if firing else None, members=members, now=self.now, rules=RULES)
        if found is None:
            assert not firing
            return
        after, happened = found
        self.events += happened
        if before is None:
            self.told = Told(open=True, fired=set(firing), begun=self.told.begun + 1, ended=self.told.ended)
            self.highest = 1
            self.kept.append(after)
        else:
            self.kept[-1] = after
            self.told.fired |= firing
            quiet = self.told.quiet_since
            if firing and quiet is not None and self.now - quiet >= 15 * MINUTE:
                # News after a quarter of an hour of quiet: whoever had it before has to look again.
                self.told.acknowledged = ""
        if firing:
            self.told.quiet_since = None
        elif self.told.quiet_since is None:
            self.told.quiet_since = self.now
        if after.state is Work.CLOSED:
            assert not firing, "nothing that goes on is closed"
            assert not self.told.last_by, "what somebody took is closed by somebody"
            self.told.ended += 1
        assert after.fires == bool(firing), "what is, whatever people do and clocks say"
        assert after.level >= self.highest
        assert after.level - self.highest == happened.count(Happened.ESCALATED) <= 1
        assert after.level == self.highest or after.state is Work.NEW
        self.highest = after.level

    @rule(who=st.sampled_from(["lan", "minh"]))
    def acknowledge(self, who: str) -> None:
        before = self.current
        if before is None:
            return
        try:
            self.kept[-1] = acts.acknowledge(before, who=who, comment="x", now=self.now)
        except NotNow as refused:
            assert refused.why is WhyNot.ALREADY_ACKNOWLEDGED
            assert self.told.acknowledged
            return
        assert not self.told.acknowledged, "one wins"
        self.told.acknowledged = self.told.last_by = who

    @rule(hours=st.integers(-1, 13))
    def snooze(self, hours: int) -> None:
        if self.current is not None:
            self.attempt(lambda held: snoozed(held, hours, self.now))

    @rule()
    def start(self) -> None:
        self.attempt(lambda held: acts.start(held, who="lan"))

    @rule()
    def close(self) -> None:
        was = self.current
        self.attempt(lambda held: acts.close(held, who="lan", comment="x", now=self.now))
        if was is not None and self.current is None:
            assert not was.fires
            self.told.ended += 1
            self.told.acknowledged = self.told.last_by = ""

    def attempt(self, act: Any) -> None:
        if self.current is None:
            return
        try:
            self.kept[-1] = act(self.current)
        except NotNow:
            assert self.kept[-1].state is not Work.CLOSED

    @invariant()
    def nothing_is_lost_doubled_or_raised_from_the_dead(self) -> None:
        assert len(self.kept) == self.told.begun
        assert sum(item.state is Work.CLOSED for item in self.kept) == self.told.ended
        assert all(item.state is Work.CLOSED for item in self.kept[:-1]), "one open incident a key"
        held = self.current
        if held is not None:
            assert held.members == len(self.told.fired)
            assert held.acknowledged_by == self.told.last_by
            assert (held.state is Work.NEW) is not bool(self.told.acknowledged)
            assert sum(held in items for items in sections_of_one(held, self.now)) == 1
        opens, ends = self.events.count(Happened.OVER), self.events.count(Happened.REOPENED)
        assert 0 <= opens - ends <= len(self.kept)


def sections_of_one(held: Incident, now: datetime) -> list[list[Incident]]:
    row = IncidentRow(incident_id=1, key="", rule="", labels={}, incident=held, firing=0, shown=())
    return [[item.incident for item in items] for items in sections([row], now).values()]


TestLife = Life.TestCase
