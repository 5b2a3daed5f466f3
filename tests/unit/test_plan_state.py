"""The way of a plan, as a table that an official can read, and every state, deed and person against it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.plan_state import (
    MAY,
    WAITING,
    Deed,
    PlanState,
    Standing,
    Stop,
    after,
    deeds,
    needs_decision,
    promises,
    state_at,
    stopped,
)

NOW = datetime(2021, 11, 22, 5, tzinfo=UTC)
# x: may be done; l: might be, had it not lapsed; . may not. Nothing left yet, one shipment waits where it must.
TABLE = """
           draft proposed approved lapsed shipped received cancelled
draft      .     .        .        .      .       .        .
change     x     x        x        x      .       .        .
propose    x     .        .        x      .       .        .
approve    .     x        .        l      .       .        .
return     .     x        x        l      .       .        .
decide     .     x        x        l      .       .        .
ship       .     .        x        l      .       .        .
receive    .     x        x        x      x       .        .
cancel     x     x        x        x      .       .        .
"""
FOLLOWS = {
    Deed.CHANGE: PlanState.DRAFT,
    Deed.RETURN: PlanState.DRAFT,
    Deed.PROPOSE: PlanState.PROPOSED,
    Deed.APPROVE: PlanState.APPROVED,
}


def standing(
    state: PlanState, *, of: PlanState = PlanState.APPROVED, waiting: int = 0, shipped: bool = False
) -> Standing:
    """of: which promise lapsed."""
    until = NOW + timedelta(hours=1) if state in WAITING else NOW if state is PlanState.LAPSED else None
    return Standing(
        state=of if state is PlanState.LAPSED else state,
        until=until,
        proposer="Lê An",
        changer="Phạm Chi",
        left=100,
        waiting=waiting,
        shipped=shipped,
    )


def table() -> list[tuple[Deed, PlanState, str]]:
    head, *lines = TABLE.strip("\n").splitlines()
    states = [PlanState(name) for name in head.split()]
    assert states == list(PlanState)
    assert [line.split()[0] for line in lines] == list(Deed)
    return [
        (Deed(name), state, mark)
        for name, *marks in (line.split() for line in lines)
        for state, mark in zip(states, marks, strict=True)
    ]


@pytest.mark.parametrize(("deed", "state", "mark"), table())
def test_every_deed_in_every_state(deed: Deed, state: PlanState, mark: str) -> None:
    """Of a plan that lapsed, both kinds: what only an approval allowed is no matter of a proposal."""
    for of in WAITING if state is PlanState.LAPSED else (PlanState.APPROVED,):
        seen = standing(state, of=of, waiting=1 if deed is Deed.RECEIVE else 0)
        assert state_at(seen, NOW) is state
        found = stopped(seen, deed, actor="Trần Bình", now=NOW)
        if mark == "x":
            assert found is None
        elif mark == "l" and of in MAY[deed]:
            assert found is Stop.LAPSED
        else:
            assert found is Stop.STATE
        assert (deed in deeds(seen, NOW)) == (found is None)


@pytest.mark.parametrize("state", [PlanState.DRAFT, *WAITING, PlanState.LAPSED])
def test_what_left_cannot_be_planned_anew(state: PlanState) -> None:
    seen = standing(state, shipped=True)
    for deed in (Deed.CHANGE, Deed.RETURN):
        if state in MAY[deed]:
            assert stopped(seen, deed, actor="x", now=NOW) is Stop.UNDER_WAY
        else:
            assert stopped(seen, deed, actor="x", now=NOW) is not None


@pytest.mark.parametrize(
    ("actor", "stop"),
    [
        ("Lê An", Stop.OWN_PROPOSAL),
        (" LÊ AN", Stop.OWN_PROPOSAL),
        ("Lê  An", Stop.OWN_PROPOSAL),
        ("Le\u0302 An", Stop.OWN_PROPOSAL),  # the same letters, composed by another keyboard
        ("Phạm Chi", Stop.OWN_CHANGE),
        ("Le An", None),
        ("Trần Bình", None),
    ],
)
def test_who_approves(actor: str, stop: Stop | None) -> None:
    assert stopped(standing(PlanState.PROPOSED), Deed.APPROVE, actor=actor, now=NOW) is stop
    # Nothing else is kept from them.
    assert stopped(standing(PlanState.PROPOSED), Deed.CANCEL, actor=actor, now=NOW) is None


@pytest.mark.parametrize(
    ("giver", "taker", "needed"),
    [("79", "79", False), ("01", "79", True), (None, "79", True), ("79", None, True), (None, None, True)],
)
def test_which_transfers_need_a_decision(giver: str | None, taker: str | None, *, needed: bool) -> None:
    assert needs_decision(giver, taker) is needed


def test_no_doses_leave_a_province_without_a_decision() -> None:
    seen = standing(PlanState.APPROVED)
    assert stopped(seen, Deed.SHIP, actor="x", now=NOW, crosses=True) is Stop.NO_DECISION
    assert stopped(seen, Deed.SHIP, actor="x", now=NOW, crosses=False) is None
    assert stopped(replace(seen, decided=True), Deed.SHIP, actor="x", now=NOW, crosses=True) is None


def test_a_promise_is_over_on_its_last_instant() -> None:
    seen = standing(PlanState.APPROVED)
    assert seen.until is not None
    before, at = seen.until - timedelta(microseconds=1), seen.until
    assert (state_at(seen, before), state_at(seen, at)) == (PlanState.APPROVED, PlanState.LAPSED)
    assert (promises(seen, before), promises(seen, at)) == (True, False)
    assert not promises(replace(seen, left=0), before)
    assert not promises(standing(PlanState.DRAFT), NOW)
    assert not promises(standing(PlanState.SHIPPED), NOW)


def test_what_a_plan_is_after_each_deed() -> None:
    for deed, state in FOLLOWS.items():
        assert after(standing(PlanState.PROPOSED), deed, left=5, waiting=0) is state
    approved = standing(PlanState.APPROVED)
    assert after(approved, Deed.DECIDE, left=5, waiting=0) is PlanState.APPROVED
    assert after(approved, Deed.SHIP, left=5, waiting=1) is PlanState.APPROVED
    assert after(approved, Deed.SHIP, left=0, waiting=1) is PlanState.SHIPPED
    assert after(approved, Deed.RECEIVE, left=5, waiting=0) is PlanState.APPROVED
    assert after(standing(PlanState.SHIPPED), Deed.RECEIVE, left=5, waiting=1) is PlanState.SHIPPED
    assert after(standing(PlanState.SHIPPED), Deed.RECEIVE, left=5, waiting=0) is PlanState.RECEIVED
    assert after(approved, Deed.CANCEL, left=5, waiting=0) is PlanState.CANCELLED
    under_way = standing(PlanState.APPROVED, shipped=True)
    assert after(under_way, Deed.CANCEL, left=5, waiting=1) is PlanState.SHIPPED
    assert after(under_way, Deed.CANCEL, left=5, waiting=0) is PlanState.RECEIVED


STEPS = st.lists(st.tuples(st.sampled_from(list(Deed)), st.integers(0, 2), st.integers(0, 200)), max_size=25)


@given(STEPS)
def test_whatever_people_do_doses_leave_only_when_approved_and_none_gets_lost(
    steps: list[tuple[Deed, int, int]],
) -> None:
    """A walk through the machine: each deed that is allowed is done, with so many doses, by one of three people, after
    so many hours."""
    people, now, lines = ("a", "b", "c"), NOW, 100
    seen = Standing(state=PlanState.DRAFT, changer="a", left=lines)
    waiting = came = shipped = 0
    approved_by = ""
    for (deed, who, amount), hours in zip(steps, itertools.cycle((1, 5, 30)), strict=False):
        now += timedelta(hours=hours)
        actor = people[who]
        if stopped(seen, deed, actor=actor, now=now) is not None:
            continue
        left = seen.left
        if deed is Deed.APPROVE:
            assert actor not in (seen.proposer, seen.changer)
            approved_by = actor
        if deed is Deed.SHIP:
            assert seen.state is PlanState.APPROVED
            assert seen.until is not None
            assert now < seen.until
            assert approved_by
            part = min(left, amount + 1)
            left, shipped, waiting = left - part, shipped + part, waiting + 1
        if deed is Deed.RECEIVE:
            came, waiting = came + 1, waiting - 1
        state = after(seen, deed, left=left, waiting=waiting)
        until = now + timedelta(hours=48) if deed in (Deed.PROPOSE, Deed.APPROVE) else seen.until
        seen = Standing(
            state=state,
            until=until if state in WAITING else None,
            proposer=actor if deed is Deed.PROPOSE else seen.proposer,
            changer=actor if deed is Deed.CHANGE else seen.changer,
            left=left,
            waiting=waiting,
            shipped=shipped > 0,
        )
        assert left + shipped == lines
        assert (state is PlanState.RECEIVED) <= (waiting == 0 and shipped > 0)
        assert (state is PlanState.CANCELLED) <= (shipped == 0)
        assert (state is PlanState.DRAFT) <= (shipped == 0)
        # Nothing on its way is out of reach.
        assert waiting == 0 or Deed.RECEIVE in deeds(seen, now)
