"""Due doses, flows, groups and the funnel beside plain twins that count one person, dose or registration at a time."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.due import WEEKS, DueCount, week_starts
from campaign.flows import Moved
from campaign.funnel import OpenCount, WaitCount
from campaign.funnel_tables import bucket_columns, funnel_rows, wait_rows
from campaign.people import GroupCount, People, PeopleLimits, Reached
from campaign.people_places import listed, place_of
from campaign.people_tables import WEEK_COLUMNS, Row, age_rows, due_rows, flow_rows, group_rows
from campaign.readings import Area, AreaRow

TODAY = date(2021, 11, 24)
LIMITS = PeopleLimits(overdue_days=7, unserved_days=30)
PROVINCES = tuple(f"{number:02d}" for number in range(1, 64))
HOMES, PLACES = (*PROVINCES, "unknown"), (*PROVINCES, "unknown", "central")
SOME_HOMES = st.sampled_from(("01", "40", "63", "unknown"))
SOME_PLACES = st.sampled_from(("01", "40", "63", "unknown", "central"))
STATES = ("registered", "approved", "invited", "arrived", "screened", "injected", "observed", "deferred", "cancelled")
NAMES = {code: code for code in (*PLACES, "nation")}
GROUP_NAMES = {number: str(number) for number in range(17)}

due_people = st.lists(
    st.tuples(SOME_HOMES, st.sampled_from(["astrazeneca", "abdala"]), st.integers(-60, 90)), max_size=60
)
single_doses = st.lists(st.tuples(SOME_HOMES, SOME_PLACES), max_size=60)
single_people = st.lists(
    st.tuples(
        SOME_HOMES, st.sets(st.sampled_from([1, 2, 9, 16])), st.integers(1, 3), st.sampled_from(["5_11", "65plus"])
    ),
    max_size=40,
)
registrations = st.lists(
    st.tuples(SOME_HOMES, st.sampled_from(STATES), st.integers(0, 90), st.sampled_from([0, 1, 15])), max_size=60
)


def area(code: str, people: Counter[tuple[str, str]]) -> AreaRow:
    cell = {Measure.DOSE1: people[code, "dose1"], Measure.FULL: people[code, "full"]}
    return AreaRow(
        area=Area(code=code, name_vi=code, name_en=code, region_vi="", region_en="", position=0),
        doses=None, doses_last_7_days=None, registered=None, delivered=None, on_hand=None, last_report_on=None,
        coverage={(PopulationGroup.ALL, measure): Coverage(people=n, population=None) for measure, n in cell.items()},
    )  # fmt: skip


def people_of(
    due: list[tuple[str, str, int]],
    doses: list[tuple[str, str]],
    humans: list[tuple[str, set[int], int, str]],
    registered: list[tuple[str, str, int, int]],
) -> People:
    counts = Counter(due)
    reached: Counter[tuple[str, str]] = Counter()
    for home, _, state, _ in humans:
        reached[home, "dose1"] += 1
        reached[home, "full"] += state >= 2
    states: dict[str, dict[str, int]] = {}
    for home, state, _, _ in registered:
        own = states.setdefault(home, {})
        own[state] = own.get(state, 0) + 1
    groups = {
        (home, group): GroupCount(
            first=_reached([s for h, g, s, _ in humans if h == home and min(g, default=0) == group]),
            members=_reached([s for h, g, s, _ in humans if h == home and group in g]),
            doses=0,
        )
        for home in {h for h, *_ in humans}
        for group in range(17)
    }
    ages = {
        (home, band): _reached([s for h, _, s, b in humans if (h, b) == (home, band)]) for home, _, _, band in humans
    }
    open_states = [row for row in registered if row[1] not in ("injected", "observed", "cancelled")]
    return People(
        today=TODAY,
        areas=tuple(area(code, reached) for code in PLACES),
        tiers={},
        due=tuple(
            DueCount(area_code=home, product=product, due_on=TODAY + timedelta(days), people=n)
            for (home, product, days), n in counts.items()
        ),
        moves=tuple(Moved(residence=home, place=place, doses=n) for (home, place), n in Counter(doses).items()),
        states=states,
        open=tuple(
            OpenCount(area_code=h, state=s, reason=r, registered_on=TODAY - timedelta(days), registrations=n)
            for (h, s, days, r), n in Counter(open_states).items()
        ),
        waits=tuple(
            WaitCount(area_code=h, days=days, registrations=n)
            for (h, days), n in Counter((h, d) for h, s, d, _ in registered if s in ("injected", "observed")).items()
        ),
        ages=ages,
        groups=groups,
    )


def _reached(states: list[int]) -> Reached:
    return Reached(none=None, dose1=len(states), full=sum(s >= 2 for s in states), boosted=sum(s >= 3 for s in states))


def adds_up(rows: list[Row], key: str | None, columns: list[str]) -> None:
    """The 63 provinces, unknown and, where it is a place, the central units come to the nation, to the unit."""
    for kind in {row[key] for row in rows} if key else {None}:
        own = [row for row in rows if key is None or row[key] == kind]
        nation = [row for row in own if row["area"] == "nation"]
        assert len(nation) == 1
        assert len(own) - 1 >= 64 or key == "product"
        for column in columns:
            parts = [int(row[column] or 0) for row in own if row["area"] != "nation"]
            assert sum(parts) == int(nation[0][column] or 0), (kind, column)


@given(due_people, single_doses, single_people, registrations)
def test_the_provinces_and_what_is_in_none_add_up_to_the_nation(
    due: list[tuple[str, str, int]],
    doses: list[tuple[str, str]],
    humans: list[tuple[str, set[int], int, str]],
    registered: list[tuple[str, str, int, int]],
) -> None:
    people = people_of(due, doses, humans, registered)
    nation = place_of(people, "", NAMES)
    homes = listed(people, nation, NAMES, seen=lambda _code: True)
    places = listed(people, nation, NAMES, seen=lambda _code: True, central=True)
    assert (len(homes), len(places)) == (65, 66)
    adds_up(due_rows(people, homes, LIMITS), "product", ["overdue", "due", *WEEK_COLUMNS, "later", "people"])
    flows = ["by_residence", "by_place", "at_home", "inflow", "outflow", "net", "to_central", "of_unknown"]
    adds_up(flow_rows(people, places), None, flows)
    adds_up(funnel_rows(people, homes, {}), "stage", ["count"])
    waits = ["served", "waiting", *bucket_columns(LIMITS), "deferred", "long"]
    adds_up(wait_rows(people, homes, LIMITS), None, waits)
    groups = ["dose1", "full", "boosted", "member_dose1", "member_full"]
    adds_up(group_rows(people, homes, GROUP_NAMES), "group", groups)
    adds_up(age_rows(people, homes), "age_band", ["dose1", "full", "boosted"])


@given(due_people)
def test_due_and_overdue_equal_a_twin_that_asks_each_person(due: list[tuple[str, str, int]]) -> None:
    people = people_of(due, [], [], [])
    for home in ("01", "63", "unknown"):
        row = due_rows(people, (place_of(people, home, NAMES),), LIMITS)[0]
        expected: Counter[str] = Counter()
        for code, _, days in due:
            if code == home:
                expected[_when(TODAY + timedelta(days))] += 1
        assert {name: row[name] for name in ("overdue", "due", *WEEK_COLUMNS, "later")} == {
            name: expected[name] for name in ("overdue", "due", *WEEK_COLUMNS, "later")
        }


def _when(day: date) -> str:
    """The column of somebody who falls due on `day`, found by walking through the days one at a time."""
    if day <= TODAY:
        return "overdue" if (TODAY - day).days > 7 else "due"
    week, walked = 1, TODAY + timedelta(1)
    while walked < day:
        walked += timedelta(1)
        week += walked.weekday() == 0
    return f"week_{week}" if week <= WEEKS else "later"


@given(single_doses)
def test_flows_equal_a_twin_that_follows_each_dose(doses: list[tuple[str, str]]) -> None:
    people = people_of([], doses, [], [])
    for code in ("01", "40", "unknown", "central"):
        row = flow_rows(people, (place_of(people, code, NAMES),))[0]
        lives = [place for home, place in doses if home == code]
        given_here = [home for home, place in doses if place == code]
        assert row["by_residence"] == len(lives)
        assert row["by_place"] == len(given_here)
        assert row["inflow"] == sum(home != code for home in given_here)
        assert row["outflow"] == sum(place != code for place in lives)
        assert row["net"] == len(given_here) - len(lives)
        assert row["to_central"] == sum(place == "central" != code for place in lives)


@given(registrations)
def test_stages_never_rise_and_waits_are_those_of_a_sorted_list(registered: list[tuple[str, str, int, int]]) -> None:
    people = people_of([], [], [], registered)
    place = place_of(people, "", NAMES)
    counts = [row["count"] for row in funnel_rows(people, (place,), {}) if row["counted"] == "registrations"]
    known = [count for count in counts if isinstance(count, int)]
    assert known == sorted(known, reverse=True)
    if registered:
        assert counts[0] == len(registered)
    row = wait_rows(people, (place,), LIMITS)[0]
    waited = sorted(days for _, state, days, _ in registered if state in ("injected", "observed"))
    for column, share in (("median_days", 0.5), ("p90_days", 0.9)):
        expected = waited[math.ceil(len(waited) * share) - 1] if waited else None
        assert row[column] == expected
    open_ones = [row for row in registered if row[1] not in ("injected", "observed", "cancelled")]
    assert row["long"] == sum(days > 30 for _, _, days, _ in open_ones)
    assert row["waiting"] == len(open_ones)


def test_a_week_begins_tomorrow_and_then_on_mondays() -> None:
    starts = week_starts(TODAY)
    assert starts[0] == TODAY + timedelta(1)
    assert len(starts) == WEEKS
    assert {day.weekday() for day in starts[1:]} == {0}
    sunday = date(2021, 11, 28)
    assert week_starts(sunday)[:2] == (date(2021, 11, 29), date(2021, 12, 6))
