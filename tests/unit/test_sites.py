"""How a site stands on its day: a table that an operator can read, a plain twin, and what must always add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.sites import (
    Activity,
    HourDoses,
    Pace,
    SiteRules,
    SiteToday,
    by_hour,
    counts,
    flagged,
    judge,
    minutes,
    silent_first,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RULES = SiteRules(silent_hours=2, hours=tuple(range(7, 18)), fast_share=1.2, slow_share=0.5, least_planned=10)


def at(hour: int, minute: int = 0, *, day: int = 20) -> datetime:
    return datetime(2021, 11, day, hour, minute, tzinfo=ZONE)


def site(
    planned: int | None = 110,
    session: str = "open",
    *,
    doses: int = 0,
    whole: int | None = None,
    last: datetime | None = None,
    code: str = "S1",
) -> SiteToday:
    return SiteToday(
        code=code,
        area_code="79",
        district_code="760",
        planned=planned,
        tables=1,
        session=session if planned is not None else "",
        doses=doses,
        doses_whole=doses if whole is None else whole,
        last_record=last,
    )


@pytest.mark.parametrize(
    ("case", "now", "expected"),
    [
        # Nothing yet, but the session began an hour ago: nobody can say anything.
        (site(), at(8), Activity.WAITING),
        (site(), at(8, 59), Activity.WAITING),
        # Two hours after the opening without a record, opened or not.
        (site(), at(9), Activity.SILENT),
        (site(session="planned"), at(9), Activity.SILENT),
        # A record of yesterday evening is no record of today.
        (site(last=at(20, day=19)), at(9), Activity.SILENT),
        (site(doses=5, last=at(9, 30)), at(11, 29), Activity.ACTIVE),
        (site(doses=5, last=at(9, 30)), at(11, 30), Activity.SILENT),
        # It goes with its first record, and one that is entered late is a record all the same.
        (site(doses=6, last=at(11, 30)), at(11, 30), Activity.ACTIVE),
        # Whoever served everybody planned, or closed the session, is done.
        (site(doses=110, last=at(9, 30)), at(15), Activity.DONE),
        (site(session="closed", doses=60, last=at(12)), at(15), Activity.DONE),
        # After closing time no silence grows: half an hour before it ended is no two hours.
        (site(doses=5, last=at(17, 30)), at(22), Activity.WAITING),
        (site(doses=5, last=at(15)), at(22), Activity.SILENT),
        # Before the opening hour.
        (site(session="planned"), at(5), Activity.WAITING),
        (site(planned=None, doses=3, last=at(9)), at(15), Activity.UNPLANNED),
        (site(planned=None, last=at(9)), at(15), Activity.IDLE),
        # Nobody was planned: there is nobody to wait for.
        (site(planned=0), at(15), Activity.DONE),
    ],
)
def test_how_a_site_stands(case: SiteToday, now: datetime, expected: Activity) -> None:
    assert judge(case, now, RULES).activity is expected


def test_silence_is_counted_from_the_last_record_or_the_opening_whichever_is_later() -> None:
    assert minutes(judge(site(), at(9, 15), RULES).quiet) == 135
    assert minutes(judge(site(doses=1, last=at(10)), at(12, 40), RULES).quiet) == 160
    assert minutes(judge(site(last=at(20, day=19)), at(10), RULES).quiet) == 180
    assert minutes(judge(site(doses=1, last=at(10)), at(23), RULES).quiet) == 480
    assert minutes(judge(site(planned=None), at(10), RULES).quiet) is None
    assert judge(site(), at(9, 30), RULES).missed == 25.0


@pytest.mark.parametrize(
    ("last", "now", "missed"),
    [
        (None, at(12), 25.0),
        (None, at(12, 40), 25.0),
        (None, at(14, 30), 32.5),
        (at(11, 30), at(14), 7.5),
        (at(12, 10), at(14, 30), 7.5),
        (at(10), at(23), 30.0),
    ],
)
def test_no_dose_is_missed_in_a_break_at_noon(last: datetime | None, now: datetime, missed: float) -> None:
    """45 people over the nine hours from 7 to 12 and from 13 to 17: five an hour."""
    broken = replace(RULES, hours=(7, 8, 9, 10, 11, 13, 14, 15, 16))
    found = judge(site(planned=45, doses=1 if last else 0, last=last), now, broken)
    assert found.missed == pytest.approx(missed)


@pytest.mark.parametrize(
    ("doses", "now", "share", "pace"),
    [
        # 110 people over 11 hours: ten an hour.
        (30, at(10, 20), 1.0, Pace.WITHIN),
        (36, at(10), 1.2, Pace.WITHIN),
        (37, at(10), 37 / 30, Pace.FAST),
        (15, at(10), 0.5, Pace.WITHIN),
        (14, at(10), 14 / 30, Pace.SLOW),
        (30, at(7, 59), None, Pace.NOT_YET),
        # After closing the whole session counts.
        (110, at(22), 1.0, Pace.WITHIN),
    ],
)
def test_doses_an_hour_against_the_plan(doses: int, now: datetime, share: float | None, pace: Pace) -> None:
    found = judge(site(doses=doses), now, RULES)
    assert (found.share, found.pace) == (share if share is None else pytest.approx(share), pace)


def test_the_hour_in_progress_and_small_plans_are_not_judged() -> None:
    assert judge(site(doses=99, whole=30), at(10, 30), RULES).pace is Pace.WITHIN
    assert judge(site(planned=9, doses=9), at(10), RULES).pace is Pace.TOO_FEW
    assert judge(site(planned=None, doses=500), at(10), RULES).pace is Pace.NOT_YET


def test_lists_begin_with_what_is_most_urgent() -> None:
    now = at(12)
    found = [
        judge(item, now, RULES)
        for item in (
            site(code="b", doses=1, last=at(9)),
            site(code="a", planned=500, session="planned"),
            site(code="c", planned=20),
            site(code="d", doses=70, last=at(12)),
            site(code="e", doses=100, last=at(12)),
        )
    ]
    assert [item.site.code for item in silent_first(found)] == ["a", "b", "c"]
    assert [item.site.code for item in flagged(found)] == ["e", "d", "a", "c", "b"]


def test_by_hour_shows_the_session_and_whatever_else_was_given() -> None:
    hours = [HourDoses(area_code="79", hour=8, doses=12), HourDoses(area_code="01", hour=8, doses=3)]
    rows = by_hour([site(), site(code="S2")], [*hours, HourDoses(area_code="79", hour=5, doses=2)], at(9, 30), RULES)
    assert [row.hour for row in rows] == [5, *range(7, 18)]
    by = {row.hour: row for row in rows}
    assert (by[5].doses, by[5].capacity, by[5].share) == (2, None, None)
    assert (by[8].doses, by[8].capacity, by[8].share, by[8].whole) == (15, 20.0, 0.75, True)
    assert (by[9].doses, by[9].whole) == (0, False)
    assert (by[10].doses, by[10].share) == (None, None)


def test_a_break_at_noon_is_no_hour_of_the_session() -> None:
    rules = replace(RULES, hours=(7, 8, 9, 10, 11, 13, 14, 15, 16))
    assert (rules.opens_hour, rules.closes_hour) == (7, 17)
    found = judge(site(planned=90, doses=50, last=at(12)), at(13, 30), rules)
    assert (found.capacity, found.rate, found.share) == (10.0, 10.0, 1.0)
    by = {row.hour: row for row in by_hour([site(planned=90)], [], at(13, 30), rules)}
    assert list(by) == list(range(7, 17))
    assert (by[12].capacity, by[12].doses, by[13].capacity) == (None, 0, 10.0)


instants = st.one_of(st.none(), st.integers(-600, 1439).map(lambda minute: at(0) + timedelta(minutes=minute)))


def any_site(planned: int | None, session: str, doses: int, whole: int, last: datetime | None) -> SiteToday:
    return site(planned, session, doses=doses, whole=min(whole, doses), last=last)


sites = st.builds(
    any_site,
    st.one_of(st.none(), st.integers(0, 400)),
    st.sampled_from(["planned", "open", "closed"]),
    st.integers(0, 500),
    st.integers(0, 500),
    instants,
)


def plain(case: SiteToday, now_minute: int) -> tuple[str, str]:
    """The same rules in minutes of the day, written out anew."""
    last = None if case.last_record is None else int((case.last_record - at(0)).total_seconds()) // 60
    if case.planned is None:
        activity = "unplanned" if case.doses else "idle"
    elif case.session == "closed" or case.doses >= case.planned:
        activity = "done"
    elif last is not None and now_minute - last < 120:
        activity = "active"
    else:
        begin = 420 if last is None or last < 420 else last
        activity = "silent" if min(now_minute, 1080) - begin >= 120 else "waiting"
    hours = sum(1 for hour in range(7, 18) if now_minute >= (hour + 1) * 60)
    if case.planned is not None and case.planned < 10:
        return activity, "too_few"
    if case.planned is None or hours == 0:
        return activity, "not_yet"
    ten_times = case.doses_whole * 11 * 10
    limit = case.planned * hours
    return activity, "fast" if ten_times > 12 * limit else "slow" if ten_times < 5 * limit else "within"


@given(st.lists(sites, max_size=30), st.integers(0, 1439))
def test_rules_agree_with_a_plain_twin_and_add_up(cases: list[SiteToday], minute: int) -> None:
    now = at(0) + timedelta(minutes=minute)
    judged = [judge(case, now, RULES) for case in cases]
    assert [(item.activity.value, item.pace.value) for item in judged] == [plain(case, minute) for case in cases]
    found, kinds = counts(judged), Counter(item.activity for item in judged)
    assert found.planned == found.active + found.silent + found.waiting + found.done
    assert (found.silent, found.unplanned) == (kinds[Activity.SILENT], kinds[Activity.UNPLANNED])
    assert found.doses == sum(case.doses for case in cases)
    assert len(silent_first(judged)) == found.silent
    assert len(flagged(judged)) == found.fast + found.slow
