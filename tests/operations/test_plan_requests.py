"""Requests to make a plan: answered once each, whoever is killed; versions that people change are judged."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
import pytest

from campaign.access import Role
from campaign.plan_check import Violation
from campaign.plan_problem import Rule
from campaign.plan_record import Plan
from cli.places import as_role
from operations.action_log import ActRefused, NotAllowed, connect
from operations.plan_answering import INTERRUPTED, Made, alone, answer_next, judge_next
from operations.plan_records import look, plans
from operations.plan_requests import (
    Judgement,
    PlanRequest,
    RequestState,
    ask,
    judgements,
    newest_requests,
    one_request,
)
from tests.support.people import add_account, grant
from tests.support.plans import LINE, NOW, RULES, WALL, Plans, by, of, stocked

ROOT = Path(__file__).resolve().parents[2]
FOUND = Violation(rule=Rule.MINIMUM, subject="S-01-A", line=0, told=10, limit=20)
JUDGED = Judgement(snapshot=7, before={"total": {"lost": 5}}, after={"total": {"lost": 0}})


@pytest.fixture
def url(registry_url: str) -> str:
    stocked(registry_url)
    return as_role(registry_url, "mcc_app")


def asked(url: str, actor: str = "Lê An", inside: str = "") -> int:
    return ask(url, title="Hà Nội - TP.HCM", policy="ours", days=14, inside=inside, by=by(actor), campaign_now=NOW)


def made(request: PlanRequest) -> Made:
    return Made(lines=(LINE,), document={"policy": {"name": request.policy}}, judgement=JUDGED)


def answered(url: str, make: Callable[[PlanRequest], Made] = made) -> str | None:
    return answer_next(url, make, rules=RULES, wall=lambda: WALL)


def request_of(url: str, number: int) -> PlanRequest:
    with connect(url) as connection:
        found = one_request(connection, number)
    assert found is not None
    return found


def plans_of(url: str) -> list[Plan]:
    with connect(url) as connection:
        return plans(connection, most=10)


def test_a_request_becomes_a_draft_in_the_name_of_who_asked(url: str) -> None:
    number = asked(url)
    assert request_of(url, number).state is RequestState.WAITING
    assert answered(url) == "ready"
    found = request_of(url, number)
    assert (found.state, found.tries) == (RequestState.READY, 1)
    (plan,) = plans_of(url)
    assert (plan.plan_id, plan.title, plan.acts[0].actor) == (found.plan_id, "Hà Nội - TP.HCM", "Lê An")
    assert plan.newest.document["policy"] == {"name": "ours"}
    with connect(url) as connection:
        assert judgements(connection, plan.plan_id) == {1: JUDGED}
    assert answered(url) is None, "nothing waits"


def test_requests_are_answered_in_their_order_one_of_each_person_at_a_time(url: str) -> None:
    first = asked(url)
    with pytest.raises(ActRefused) as refused:
        asked(url)
    assert refused.value.why == "plan_asked_already"
    second = asked(url, "Trần Bình")
    seen: list[int] = []

    def making(request: PlanRequest) -> Made:
        seen.append(request.request_id)
        return made(request)

    assert [answered(url, making) for _ in range(3)] == ["ready", "ready", None]
    assert seen == [first, second]
    assert asked(url) > second


def test_of_two_windows_of_one_person_one_asks(url: str) -> None:
    told: list[str] = []

    def one() -> None:
        try:
            told.append("asked" if asked(url) else "")
        except ActRefused as refused:
            told.append(refused.why)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["asked", *["plan_asked_already"] * 3]


def test_who_may_not_plan_there_does_not_ask(url: str) -> None:
    add_account(url, "an", [grant(Role.PLANNER, "01")])
    add_account(url, "binh", [grant(Role.APPROVER)])
    for actor, inside in (("an", ""), ("an", "79"), ("binh", "")):
        with pytest.raises(NotAllowed):
            asked(url, actor, inside)
    assert asked(url, "an", "01") > 0


def test_a_right_that_was_lost_in_the_meantime_makes_no_draft(url: str) -> None:
    add_account(url, "an", [grant(Role.PLANNER, "01")])
    number = asked(url, "an", "01")
    # The line goes beyond the province that the planner may plan in.
    assert answered(url) == "other_province"
    found = request_of(url, number)
    assert (found.state, found.why, found.told["values"]) == (
        RequestState.FAILED,
        "other_province",
        {"needs": "plan_transfer"},
    )
    assert plans_of(url) == []


@pytest.mark.parametrize("why", ["refused", "nothing_to_move"])
def test_why_there_is_no_plan_is_kept(url: str, why: str) -> None:
    number = asked(url)
    told = {"refused": [{"why": "stale_stock", "subject": "", "told": "30"}]}
    assert answered(url, lambda _: Made(why=why, told=told)) == why
    assert (request_of(url, number).why, request_of(url, number).told) == (why, told)


def test_a_request_that_cannot_be_made_does_not_stop_the_next(url: str) -> None:
    asked(url)
    asked(url, "Trần Bình")

    def making(request: PlanRequest) -> Made:
        if request.actor == "Lê An":
            raise ZeroDivisionError
        return made(request)

    assert [answered(url, making) for _ in range(2)] == ["broken", "ready"]


def test_two_processes_over_one_request_make_one_draft(url: str) -> None:
    """Such as one that lost its connection and works on: both have made the plan when the first of them writes."""
    number = asked(url)
    first, second = threading.Event(), threading.Event()
    told: list[str | None] = []

    def slow(request: PlanRequest) -> Made:
        first.set()
        assert second.wait(60)
        return made(request)

    thread = threading.Thread(target=lambda: told.append(answered(url, slow)))
    thread.start()
    assert first.wait(60)
    told.append(answered(url))
    second.set()
    thread.join()
    assert sorted(map(str, told)) == ["answered", "ready"]
    assert [plan.plan_id for plan in plans_of(url)] == [request_of(url, number).plan_id]


KILLED = """
import os, signal, sys
from operations import plan_answering
from tests.operations.test_plan_requests import answered, made
def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "making":
    answered(sys.argv[1], die)
else:
    setattr(plan_answering, sys.argv[2], die)
    answered(sys.argv[1], made)
"""


def killed(url: str, at: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, url, at], cwd=ROOT, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("at", ["making", "judge", "answer"])
def test_a_process_that_is_killed_loses_no_request_and_leaves_no_second_draft(url: str, at: str) -> None:
    number = asked(url)
    killed(url, at)
    assert plans_of(url) == [], "draft and answer are one transaction"
    assert request_of(url, number).state is RequestState.BEGUN
    assert answered(url) == "ready"
    assert len(plans_of(url)) == 1
    assert request_of(url, number).tries == 2


def test_a_request_that_kills_its_process_twice_is_given_up(url: str) -> None:
    number = asked(url)
    killed(url, "making")
    killed(url, "making")
    assert answered(url) == INTERRUPTED
    assert (request_of(url, number).state, plans_of(url)) == (RequestState.FAILED, [])
    assert answered(url) is None


def test_one_process_answers_at_a_time(url: str) -> None:
    with alone(url) as first, alone(url) as second:
        assert (first, second) == (True, False)
    with alone(url) as after:
        assert after


def test_a_version_that_a_person_changed_is_judged_once(url: str) -> None:
    desk = Plans(url)
    plan = desk.draft()
    seen: list[tuple[int, int]] = []

    def judging(found: Plan) -> Judgement:
        seen.append((found.plan_id, found.lines[0].doses))
        return Judgement(snapshot=9, violations=(FOUND,))

    assert judge_next(url, judging, wall=lambda: WALL) == plan
    assert judge_next(url, judging, wall=lambda: WALL) is None
    desk.change(plan, of(doses=8_000, ship_on=date(2021, 11, 24)))
    assert judge_next(url, judging, wall=lambda: WALL) == plan
    assert seen == [(plan, 12_000), (plan, 8_000)]
    with connect(url) as connection:
        assert judgements(connection, plan)[2].violations == (FOUND,)
        assert look(connection, plan).version == 2, "a word of the checker is no act"


def test_a_plan_that_cannot_be_judged_does_not_keep_the_next_waiting(url: str) -> None:
    desk = Plans(url)
    first, second = desk.draft(), desk.draft(of(doses=500))

    def judging(found: Plan) -> Judgement:
        if found.plan_id == first:
            raise ZeroDivisionError
        return JUDGED

    assert [judge_next(url, judging, wall=lambda: WALL) for _ in range(3)] == [first, second, None]
    with connect(url) as connection:
        assert judgements(connection, first)[1].why == "broken"


def test_nothing_of_it_is_ever_changed(url: str) -> None:
    """The application may add requests and answers, and take none of them back."""
    asked(url)
    answered(url)
    for table in ("plan_request", "plan_try", "plan_answer", "plan_judgement"):
        for act in (f"DELETE FROM operations.{table}", f"UPDATE operations.{table} SET {columns(table)}"):
            with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(act)
    with connect(url) as connection:
        assert len(newest_requests(connection, most=5)) == 1


def columns(table: str) -> str:
    return {"plan_request": "days = 1", "plan_try": "try = 2", "plan_answer": "why = ''"}.get(table, "why = ''")
