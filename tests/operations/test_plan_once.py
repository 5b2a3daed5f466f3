"""A form about a plan that was sent twice, at once or later, makes one request, or one draft."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import pytest

from cli.places import as_role
from operations import plan_acts
from operations.action_log import ActRefused, connect
from operations.plan_answering import Made, answer_next
from operations.plan_once import LOCK, Form, Once, once
from operations.plan_records import plans
from operations.plan_requests import ASKING, ask, newest_requests
from tests.support.plans import LINE, NOW, RULES, WALL, by, of, stocked

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
TITLE, ACTOR = "Hà Nội -> HCMC", "Lê An"
TWICE = 4
KEPT = "SELECT (SELECT count(*) FROM operations.action_log), (SELECT count(*) FROM operations.audit)"


@pytest.fixture
def url(registry_url: str) -> str:
    stocked(registry_url)
    return as_role(registry_url, "mcc_app")


def drafted(url: str, key: str, doses: int = 12_000, actor: str = ACTOR) -> int:
    lines = [of(doses=doses)]
    return plan_acts.draft(url, TITLE, lines, rules=RULES, by=by(actor), campaign_now=NOW, form_key=key).plan


def asked(url: str, key: str, days: int = 14, actor: str = ACTOR) -> int:
    return ask(
        url, title=TITLE, policy="ours", days=days, inside="", by=by(actor), campaign_now=NOW, form_key=key
    )  # fmt: skip


def answered(url: str) -> None:
    while answer_next(url, lambda _: Made(lines=(LINE,)), rules=RULES, wall=lambda: WALL):
        pass


def made(url: str) -> tuple[int, int]:
    """Requests and plans that there are."""
    with connect(url) as connection:
        return len(newest_requests(connection, most=50)), len(plans(connection, most=50))


def pressed(registry_url: str, lock: str, values: list[str], act: Callable[[], int]) -> list[int]:
    """Sent so often at once: all wait for the same lock before any goes on. What each was told."""
    told: list[int] = []
    threads = [threading.Thread(target=lambda: told.append(act())) for _ in range(TWICE)]
    with psycopg.connect(registry_url) as holder, psycopg.connect(registry_url, autocommit=True) as watch:
        holder.execute(lock, values)  # pyright: ignore[reportArgumentType, reportCallIssue]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and watch.execute(WAITING).fetchone() != (TWICE,):
            threads[0].join(0.02)
        assert told == [], "somebody did not wait"
        holder.commit()
        for thread in threads:
            thread.join()
    return told


def test_drafting_pressed_at_once_makes_one_draft(url: str, registry_url: str) -> None:
    key = once(Form.DRAFT, "k1", TITLE, (LINE,)).key
    told = pressed(registry_url, LOCK, [ACTOR, key], lambda: drafted(url, "k1"))
    assert len(told) == TWICE
    assert len(set(told)) == 1
    assert made(url) == (0, 1)
    with psycopg.connect(registry_url) as connection:
        assert connection.execute(KEPT).fetchone() == (1, 1), "log and audit tell of one act"


def test_asking_pressed_at_once_makes_one_request_and_one_draft(url: str, registry_url: str) -> None:
    told = pressed(registry_url, ASKING, [ACTOR], lambda: asked(url, "k1"))
    assert len(told) == TWICE
    assert len(set(told)) == 1
    answered(url)
    assert made(url) == (1, 1)


def test_what_comes_after_the_answer_is_the_same_request(url: str) -> None:
    """A planner that is quick must not turn the second press into a second plan."""
    first = asked(url, "k1")
    answered(url)
    assert asked(url, "k1") == first
    answered(url)
    assert made(url) == (1, 1)


def test_another_form_another_text_and_another_person_are_others(url: str) -> None:
    first = drafted(url, "k1")
    others = [drafted(url, "k2"), drafted(url, "k1", 500), drafted(url, "k1", actor="Phạm Chi")]
    assert len({first, *others}) == 4
    assert drafted(url, "k1", 500) == others[1]
    number = asked(url, "k1")
    with pytest.raises(ActRefused) as refused:
        asked(url, "k1", 7)
    assert refused.value.why == "plan_asked_already"
    answered(url)
    assert asked(url, "k1", 7) != number


def test_without_a_key_every_sending_is_its_own(url: str) -> None:
    assert once(Form.DRAFT, "", TITLE) == Once(form=Form.DRAFT)
    assert drafted(url, "") != drafted(url, "")


def test_a_form_that_was_refused_can_be_sent_again(url: str) -> None:
    """What was not done is not remembered: the same question, once nothing of one's own waits any more."""
    asked(url, "k1")
    with pytest.raises(ActRefused):
        asked(url, "k2")
    answered(url)
    asked(url, "k2")
    answered(url)
    assert made(url) == (2, 2)


def test_nothing_of_it_is_ever_changed(url: str) -> None:
    drafted(url, "k1")
    for act in ("DELETE FROM operations.plan_form", "UPDATE operations.plan_form SET actor = 'x'"):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(act)  # pyright: ignore[reportArgumentType, reportCallIssue]
