"""When a page has come to rest: nothing asked for, for a while, and nothing on it that still loads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cli.screenshots_rest import QUIET_SECONDS, Rest


class Asked:
    def __init__(self, kind: str = "fetch") -> None:
        self.resource_type = kind


class Browser:
    """A page whose clock goes on only while somebody waits; `plan`: what happens at which second."""

    def __init__(self, plan: Sequence[tuple[float, str, Asked]] = (), *, rests_at: float = 0.0) -> None:
        self.now, self.plan, self.rests_at = 0.0, list(plan), rests_at
        self.heard: dict[str, Callable[[Any], None]] = {}

    def on(self, event: str, handler: Callable[[Any], None]) -> None:
        self.heard[event] = handler

    def wait_for_timeout(self, milliseconds: float) -> None:
        self.now += milliseconds / 1000
        while self.plan and self.plan[0][0] <= self.now:
            _, event, request = self.plan.pop(0)
            self.heard[event](request)

    def evaluate(self, _script: str) -> bool:
        return self.now >= self.rests_at


def rest_of(page: Browser) -> Rest:
    return Rest(page, clock=lambda: page.now)  # pyright: ignore[reportArgumentType]


ONE, TWO = Asked(), Asked()


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        (Browser(), QUIET_SECONDS),
        (Browser([(0.5, "request", ONE), (3.0, "requestfinished", ONE)]), 3.0 + QUIET_SECONDS),
        (Browser([(0.5, "request", ONE), (3.0, "requestfailed", ONE)]), 3.0 + QUIET_SECONDS),
        # What an answer leads to is waited for as well.
        (
            Browser(
                [
                    (0.1, "request", ONE),
                    (1.0, "requestfinished", ONE),
                    (1.5, "request", TWO),
                    (6.0, "requestfinished", TWO),
                ]
            ),
            6.0 + QUIET_SECONDS,
        ),
        # A stream has no end.
        (Browser([(0.1, "request", Asked("eventsource"))]), QUIET_SECONDS),
        (Browser(rests_at=8.0), 8.0),
    ],
)
def test_it_waits_for_the_last_answer_and_for_what_is_drawn_of_it(page: Browser, wanted: float) -> None:
    assert rest_of(page).within(30)
    assert page.now == pytest.approx(wanted, abs=0.25)


def test_it_gives_up_in_time_and_forgets_what_the_page_before_asked_for() -> None:
    page = Browser([(0.1, "request", ONE)])
    rest = rest_of(page)
    assert not rest.within(5)
    assert page.now == pytest.approx(5, abs=0.25)
    rest.leave()
    assert rest.within(5)
