"""That nobody is on duty: told once for each time that it is so, and not more often than the rate allows."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.notices import Unattended, unattended

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)

# minute, is nobody on duty (alone) or does it not wait (quiet), does another notice say so
# -> told now, the number of the time, has it ended
STORY = """
   0 manned -    | .    0 .
   5 alone  -    | told 1 .
   6 alone  -    | .    1 .
 300 alone  -    | .    1 .
 301 manned -    | .    1 ended
 310 alone  -    | told 2 .
 320 manned -    | .    2 ended
 330 alone  -    | .    3 .
 369 alone  -    | .    3 .
 370 alone  -    | told 3 .
 380 manned -    | .    3 ended
 381 alone  -    | .    4 .
 390 manned -    | .    4 ended
 500 alone  said | .    5 .
 700 alone  -    | .    5 .
 710 quiet  -    | .    5 .
 790 alone  -    | .    5 .
 800 quiet  -    | .    5 .
 820 manned -    | .    5 ended
 830 quiet  -    | .    5 ended
 900 alone  -    | told 6 .
"""


def test_as_an_official_reads_it() -> None:
    at: Unattended | None = None
    for line in STORY.strip().splitlines():
        given_, wanted = line.split("|")
        minute, duty, by = given_.split()
        now = NOW + timedelta(minutes=int(minute))
        at, told = unattended(at, waits=duty != "quiet", alone=duty == "alone", said=by == "said", now=now, every=HOUR)
        found = ("told" if told else ".", str(at.period if at else 0), "ended" if at and at.ended else ".")
        assert found == tuple(wanted.split()), line


def test_a_clock_that_was_set_back_puts_nothing_off() -> None:
    first, _ = unattended(None, waits=True, alone=True, said=False, now=NOW, every=HOUR)
    ended, _ = unattended(first, waits=True, alone=False, said=False, now=NOW, every=HOUR)
    _, told = unattended(ended, waits=True, alone=True, said=False, now=NOW - timedelta(days=1), every=HOUR)
    assert told


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 90)), max_size=40))
def test_each_time_is_told_at_most_once_and_none_within_the_rate(steps: list[tuple[bool, int]]) -> None:
    at: Unattended | None = None
    now, told_at, periods = NOW, list[datetime](), list[int]()
    for alone, minutes in steps:
        now += timedelta(minutes=minutes)
        at, told = unattended(at, waits=True, alone=alone, said=False, now=now, every=HOUR)
        if told and at is not None:
            told_at.append(now)
            periods.append(at.period)
        if alone and at is not None and not at.told:
            assert told_at and now - told_at[-1] < HOUR, "only the rate puts it off"
    assert len(set(periods)) == len(periods)
    assert all(later - before >= HOUR for before, later in itertools.pairwise(told_at))
