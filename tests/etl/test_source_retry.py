"""A feed that is slow is left alone for longer and longer, and forgotten as soon as it answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from etl.feeds.retry import Retries

NOON = datetime(2021, 11, 20, 5, tzinfo=UTC)


def test_the_pauses_double_up_to_sixteen_minutes() -> None:
    retries = Retries()
    minutes = [(retries.failed("dose", NOON) - NOON) // timedelta(minutes=1) for _ in range(7)]
    assert minutes == [1, 2, 4, 8, 16, 16, 16]
    assert retries.waits_until("dose", NOON + timedelta(minutes=15)) == NOON + timedelta(minutes=16)
    assert retries.waits_until("dose", NOON + timedelta(minutes=16)) is None
    assert retries.waits_until("person", NOON) is None, "nobody waits for another"


def test_an_answer_forgets_the_failures() -> None:
    retries = Retries()
    retries.failed("dose", NOON)
    assert retries.failing("dose")
    retries.succeeded("dose")
    assert not retries.failing("dose")
    assert retries.failed("dose", NOON) == NOON + timedelta(minutes=1)
