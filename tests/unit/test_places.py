"""Where the registry is: looked up seldom while it is there, at each use while it is not."""

from __future__ import annotations

from cli.places import remembered


def test_an_address_is_asked_for_anew_after_a_second_and_while_there_is_none() -> None:
    answers = iter([None, "first", "second"])
    now = 100.0
    where = remembered(lambda: next(answers), seconds=1.0, monotonic=lambda: now)
    assert where() is None
    assert where() == "first"
    now = 101.0
    assert where() == "first"
    now = 101.5
    assert where() == "second"
