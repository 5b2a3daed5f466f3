"""Two people at once, and a process that is killed: of every act on a plan everything stands, or nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from campaign.ledger import account, replay
from cli.places import as_role
from operations.action_log import ActRefused, connect
from operations.ledger_lock import lock_ledger
from operations.plan_stock import promised_doses
from tests.support.plans import GIVER, NOW, TAKER, Plans, ledger, of, stocked

ROOT = Path(__file__).resolve().parents[2]
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def desk(registry_url: str) -> Plans:
    stocked(registry_url)
    return Plans(as_role(registry_url, "mcc_app"))


def at_once(registry_url: str, *acts: Callable[[], object]) -> list[str]:
    """All of them wait for the same lock before any goes on. 'done', or why not."""
    told: list[str] = []

    def one(act: Callable[[], object]) -> None:
        try:
            act()
            told.append("done")
        except ActRefused as refused:
            told.append(refused.why)

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    with psycopg.connect(registry_url) as holder, psycopg.connect(registry_url, autocommit=True) as watch:
        lock_ledger(holder)
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and watch.execute(WAITING).fetchone() != (len(acts),):
            threads[0].join(0.02)
        assert told == [], "somebody did not wait"
        holder.commit()
        for thread in threads:
            thread.join()
    return sorted(told)


def test_of_two_approvers_one_wins(desk: Plans, registry_url: str) -> None:
    plan = desk.draft()
    desk.propose(plan)
    seen = desk.look(plan).version
    told = at_once(
        registry_url,
        lambda: desk.approve(plan, "Trần Bình", version=seen),
        lambda: desk.approve(plan, "Phạm Chi", version=seen),
    )
    assert told == ["done", "plan_changed"]
    assert [act.deed.value for act in desk.look(plan).acts] == ["draft", "propose", "approve"]


def test_two_planners_do_not_promise_the_same_doses(desk: Plans, registry_url: str) -> None:
    """20,000 are there: of two plans for 12,000 each one is told the figures."""
    first, second = desk.draft(actor="Lê An"), desk.draft(actor="Phạm Chi")
    told = at_once(registry_url, lambda: desk.propose(first, "Lê An"), lambda: desk.propose(second, "Phạm Chi"))
    assert told == ["done", "plan_not_free"]
    with connect(desk.url) as connection:
        assert promised_doses(connection, now=NOW) == {(GIVER, "L1"): 12_000}


def test_of_two_who_ship_the_same_line_one_wins(desk: Plans, registry_url: str) -> None:
    plan = desk.approved()
    told = at_once(registry_url, lambda: desk.ship(plan, 7_000), lambda: desk.ship(plan, 7_000, actor="Thủ kho 2"))
    assert told == ["done", "plan_changed"]
    assert replay(ledger(registry_url))[GIVER, "L1"].on_hand == 13_000


def test_a_change_and_an_approval_at_once(desk: Plans, registry_url: str) -> None:
    """What was approved is what the approver saw."""
    plan = desk.draft()
    desk.propose(plan)
    told = at_once(registry_url, lambda: desk.approve(plan), lambda: desk.change(plan, of(doses=5)))
    assert told == ["done", "plan_changed"]
    seen = desk.look(plan)
    assert (seen.standing.state.value, seen.lines[0].doses) in (("approved", 12_000), ("draft", 5))


KILLED = """
import os, signal, sys
import operations.plan_acting as acting
import operations.plan_acts as acts
import operations.plan_acts_moves as moves
from tests.support.plans import Plans, of
url, deed, plan, place = sys.argv[1:]
def dying(module, name):
    kept = getattr(module, name)
    def die(*values, **named):
        made = kept(*values, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return made
    setattr(module, name, die)
PLACES = {
    "locked": (acting, "lock_ledger"), "logged": (acting, "write_log"),
    "lines": (acts, "put_lines"), "entered": (moves, "enter"),
}
if place in PLACES:
    module, name = PLACES[place]
    dying(module, name)
    if place == "logged" and deed == "draft":
        dying(acts, "write_log")
desk, plan = Plans(url), int(plan)
{
    "draft": lambda: desk.draft(of(doses=7)), "change": lambda: desk.change(plan, of(doses=7)),
    "propose": lambda: desk.propose(plan), "approve": lambda: desk.approve(plan),
    "return": lambda: desk.give_back(plan), "decide": lambda: desk.decide(plan),
    "ship": lambda: desk.ship(plan), "receive": lambda: desk.receive(plan, 1, 11_900),
    "cancel": lambda: desk.cancel(plan),
}[deed]()
if place == "committed":
    os.kill(os.getpid(), signal.SIGKILL)
"""
# What is done before, and where in the act the process dies; `committed`: right after it.
DEEDS = {
    "draft": ("", ("lines", "logged", "committed")),
    "change": ("propose", ("locked", "lines", "logged", "committed")),
    "propose": ("draft", ("locked", "logged", "committed")),
    "approve": ("propose", ("locked", "logged", "committed")),
    "return": ("propose", ("logged", "committed")),
    "decide": ("propose", ("logged", "committed")),
    "ship": ("approved", ("locked", "entered", "logged", "committed")),
    "receive": ("shipped", ("entered", "logged", "committed")),
    "cancel": ("approved", ("logged", "committed")),
}
COUNTS = (
    "SELECT (SELECT count(*) FROM operations.plan_act), (SELECT count(*) FROM operations.plan_line), "
    "(SELECT count(*) FROM operations.plan_decision), (SELECT count(*) FROM operations.plan_shipment), "
    "(SELECT count(*) FROM operations.plan_receipt), "
    "(SELECT count(*) FROM registry.stock_movement WHERE movement_id < 0), "
    "(SELECT count(*) FROM operations.action_log), (SELECT count(*) FROM operations.audit)"
)
# By how much an act that stands raises each of them.
RAISED = {
    "draft": (1, 1, 0, 0, 0, 0, 1, 1),
    "change": (1, 1, 0, 0, 0, 0, 1, 1),
    "decide": (1, 0, 1, 0, 0, 0, 1, 1),
    "ship": (1, 0, 0, 1, 0, 1, 1, 1),
    "receive": (1, 0, 0, 0, 1, 1, 1, 1),
}


def counts(registry_url: str) -> tuple[int, ...]:
    with psycopg.connect(registry_url) as connection:
        row = connection.execute(COUNTS).fetchone()
    assert row is not None
    return tuple(row)


def begun(desk: Plans, how_far: str) -> int:
    if how_far in ("approved", "shipped"):
        plan = desk.approved()
        if how_far == "shipped":
            desk.ship(plan)
        return plan
    plan = desk.draft() if how_far else 0
    if how_far == "propose":
        desk.propose(plan)
    return plan


@pytest.mark.parametrize("deed", DEEDS)
def test_a_process_that_is_killed_leaves_all_or_nothing(desk: Plans, registry_url: str, deed: str) -> None:
    """At each place of each act; whoever comes after does it as if nobody had tried."""
    how_far, places = DEEDS[deed]
    plan = begun(desk, how_far)
    before = counts(registry_url)
    for place in places:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, desk.url, deed, str(plan), place],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        raised = RAISED.get(deed, (1, 0, 0, 0, 0, 0, 1, 1)) if place == "committed" else (0,) * len(before)
        assert counts(registry_url) == tuple(one + more for one, more in zip(before, raised, strict=True)), place
    balances = replay(ledger(registry_url))
    assert account(balances, "L1", received=25_000).unexplained == 0
    if deed == "receive":
        assert (balances[TAKER, "L1"].on_hand, balances[TAKER, "L1"].in_transit) == (11_900, 100)
