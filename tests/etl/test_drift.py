"""The drift guard: ordinary days pass, whatever the hour; what no contract can see is held, named and releasable."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.contracts import Known, check, rules_for
from etl.drift import DriftLimits, judge
from etl.feeds.registry import FEEDS
from etl.shape import MOST_CODES, RARER, FeedShape, ShapeMeter, as_json, from_json, measure

LIMITS = DriftLimits()
DOSE = next(feed for feed in FEEDS if feed.name == "dose")
NOON = datetime(2021, 11, 20, 5, tzinfo=UTC)
MINUTES = 1440
BUSY = 9000  # doses recorded in a busy minute, the whole country
SITES = 6000


def day(seed: int, *, bursts: bool = True, scale: float = 1.0) -> Iterator[FeedShape]:
    """A day of refreshes, one a minute: sites enter from 7:00 to 18:00, a little at night, and backlogs in bursts."""
    dice = random.Random(seed)
    for minute in range(MINUTES):
        hour = minute / 60
        level = 0.004 + max(0.0, math.sin(math.pi * (hour - 6.5) / 12)) if 6.5 < hour < 18.5 else 0.004
        rows = BUSY * scale * level * dice.lognormvariate(0, 0.25)
        if bursts and dice.random() < 0.01:
            rows *= dice.uniform(2, 5)
        yield shape(round(rows))


def shape(rows: int, *, sites: int | None = None, seconds: float = 60.0, **changed: object) -> FeedShape:
    """A reading as it usually looks: sites as many as so many rows would come from."""
    found = round(SITES * (1 - math.exp(-rows / SITES))) if sites is None else sites
    third = rows // 3
    codes = {
        "identity_status": {"matched": rows - third, "mismatched": third},
        "product_code": {"comirnaty": rows - third, "astrazeneca": third},
    }
    usual = FeedShape(
        feed="dose",
        key="dose_id",
        rows=rows,
        keys=rows,
        seconds=seconds,
        nulls={"lot_number": rows // 100, "session_code": rows - rows // 50, "site_code": 0},
        places={"site_code": found},
        codes={name: {value: n for value, n in counted.items() if n} for name, counted in codes.items()},
    )
    return replace(usual, **changed)  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="module")
def two_days() -> list[FeedShape]:
    return [*day(1), *day(2)]


@pytest.mark.parametrize("seed", [3, 4])
def test_ordinary_days_are_never_held(two_days: list[FeedShape], seed: int) -> None:
    past = list(two_days)
    held: list[str] = []
    for minute, reading in enumerate(day(seed)):
        if minute % 5 == 0:
            held += [judge(past, reading, LIMITS).message]
        past.append(reading)
    assert not any(held), held


def test_the_first_morning_is_not_a_jump() -> None:
    night = [reading for minute, reading in enumerate(day(1)) if minute < 6 * 60]
    assert not judge(night, shape(BUSY), LIMITS).hold, "a range learned in one night says nothing of the day"


def test_a_backlog_of_fourteen_times_the_usual_is_held_and_names_the_way_out(two_days: list[FeedShape]) -> None:
    verdict = judge(two_days, shape(14 * BUSY), LIMITS)
    assert [finding.check for finding in verdict.findings] == ["rows"]
    assert "dose is held: 126000 rows in 60 s; expected at most " in verdict.message
    assert verdict.message.endswith("if it is right: app.py release dose --reason TEXT --actor NAME")
    # Once let through by hand it is one reading of three thousand: the next one like it is held again.
    assert judge([*two_days, shape(14 * BUSY)], shape(14 * BUSY), LIMITS).hold
    assert not judge([*two_days, shape(14 * BUSY)], shape(BUSY), LIMITS).hold


def test_after_an_outage_the_rows_of_the_time_passed_are_expected(two_days: list[FeedShape]) -> None:
    assert not judge(two_days, shape(14 * BUSY, seconds=20 * 60), LIMITS).hold
    assert judge(two_days, shape(300 * BUSY, seconds=20 * 60), LIMITS).hold


def test_small_numbers_are_never_a_jump() -> None:
    past = [*day(1, scale=0.001), *day(2, scale=0.001)]
    assert not judge(past, shape(LIMITS.floor_rows), LIMITS).hold
    assert judge(past, shape(LIMITS.floor_rows + 1), LIMITS).hold


def test_a_feed_that_is_mostly_silent_may_be_sent_again_as_a_whole() -> None:
    silent = [shape(0) for _ in range(2 * MINUTES)]
    assert not judge(silent, shape(19_500), LIMITS).hold, "all sites of the country"
    assert judge(silent, shape(1_000_000), LIMITS).hold


def test_nothing_is_judged_before_there_is_a_past_or_without_rows(two_days: list[FeedShape]) -> None:
    assert not judge([], shape(10**7), LIMITS).hold
    assert not judge(two_days[: LIMITS.min_readings - 1], shape(10**7, sites=1), LIMITS).hold
    nothing = replace(shape(0), nulls={}, places={}, codes={})
    assert not judge(two_days, nothing, LIMITS).hold


def test_a_collapse_of_places_is_held_at_noon_and_means_nothing_at_night(two_days: list[FeedShape]) -> None:
    noon = two_days[: MINUTES + 12 * 60]
    verdict = judge(noon, shape(BUSY, sites=40), LIMITS)
    assert [(finding.check, finding.field) for finding in verdict.findings] == [("places", "site_code")]
    assert "site_code: 40 different in 9000 rows; expected about " in verdict.message
    assert not judge(two_days, shape(4000, sites=300), LIMITS).hold, "one province sends its backlog at midnight"


def test_a_burst_of_one_province_on_top_of_the_others_passes(two_days: list[FeedShape]) -> None:
    noon = two_days[: MINUTES + 12 * 60]
    usual = shape(BUSY).places["site_code"]
    assert not judge(noon, shape(5 * BUSY, sites=usual), LIMITS).hold


def test_a_column_that_ran_empty_is_held_and_one_that_always_was_is_not(two_days: list[FeedShape]) -> None:
    empty = {"lot_number": BUSY, "session_code": BUSY, "site_code": 0}
    verdict = judge(two_days[: MINUTES + 12 * 60], shape(BUSY, nulls=empty), LIMITS)
    assert [(finding.check, finding.field) for finding in verdict.findings] == [("nulls", "lot_number")]
    assert "lot_number: 100.0% empty; expected about 1.0%" in verdict.message


def test_a_recoded_column_is_held_and_a_new_product_is_not(two_days: list[FeedShape]) -> None:
    recoded = {**shape(BUSY).codes, "identity_status": {"1": 6000, "2": 3000}}
    verdict = judge(two_days, shape(BUSY, codes=recoded), LIMITS)
    assert "identity_status: 100.0% of rows with codes never seen before (1, 2)" in verdict.message
    assert "one of matched, mismatched" in verdict.message
    begun = {**shape(BUSY).codes, "product_code": {"comirnaty": 8000, "abdala": 1000}}
    assert not judge(two_days, shape(BUSY, codes=begun), LIMITS).hold


def test_a_key_that_became_the_same_for_all_is_held(two_days: list[FeedShape]) -> None:
    verdict = judge(two_days, shape(BUSY, keys=3), LIMITS)
    assert "dose_id: 3 different keys in 9000 rows; expected about 9000" in verdict.message


def test_everything_that_is_wrong_is_named_at_once(two_days: list[FeedShape]) -> None:
    noon = two_days[: MINUTES + 12 * 60]
    broken = shape(14 * BUSY, sites=1, keys=1, nulls={"lot_number": 14 * BUSY, "site_code": 0}, codes={})
    found = {finding.check for finding in judge(noon, broken, LIMITS).findings}
    assert found == {"rows", "places", "keys", "nulls", "column"}


# -- measured frames


def frame(rows: int, *, first: int = 1) -> pl.DataFrame:
    ids = range(first, first + rows)
    at = [NOON + timedelta(seconds=number % 3600) for number in ids]
    return pl.DataFrame(
        {
            "dose_id": list(ids),
            "person_key": [f"{number:032x}" for number in ids],
            "product_code": [("comirnaty", "astrazeneca")[number % 2] for number in ids],
            "dose_number": [1] * rows,
            "lot_number": ["" if number % 10 == 0 else "L1" for number in ids],
            "site_code": [None if number % 20 == 0 else f"S{number % 50}" for number in ids],
            "injected_at": at,
            "recorded_at": [instant + timedelta(minutes=5) for instant in at],
            "identity_status": ["matched"] * rows,
            "voided": [False] * rows,
            "age_years": [40] * rows,
        },
        schema_overrides={"site_code": pl.String},
    )


def test_what_is_measured() -> None:
    found = measure(frame(1000), DOSE, seconds=60)
    assert (found.feed, found.key, found.rows, found.keys, found.seconds) == ("dose", "dose_id", 1000, 1000, 60)
    assert set(found.nulls) == set(DOSE.columns)
    assert (found.nulls["site_code"], found.nulls["lot_number"], found.nulls["person_key"]) == (50, 100, 0)
    assert found.places == {"site_code": 50}
    assert found.codes["product_code"] == {"comirnaty": 500, "astrazeneca": 500}
    assert "person" not in as_json(found).replace("person_key", ""), "column names only, no value of a person"


def test_a_reading_in_batches_measures_as_in_one_piece() -> None:
    meter = ShapeMeter(DOSE)
    for first in (1, 401, 801):
        meter.add(frame(400, first=first))
    assert meter.shape(seconds=60) == measure(frame(1200), DOSE, seconds=60)
    assert from_json(as_json(meter.shape(seconds=60))) == meter.shape(seconds=60)


def test_an_empty_reading_has_a_shape() -> None:
    empty = measure(frame(5).clear(), DOSE, seconds=60)
    assert (empty.rows, empty.keys, empty.places) == (0, 0, {"site_code": 0})
    assert ShapeMeter(DOSE).shape(seconds=None).rows == 0


def test_a_renamed_column_is_named() -> None:
    past = [measure(frame(300, first=n), DOSE, seconds=60) for n in range(40)]
    verdict = judge(past, measure(frame(300).rename({"site_code": "site"}), DOSE, seconds=60), LIMITS)
    assert verdict.message.startswith("dose is held: site_code: the column is gone; expected it")


def test_a_list_of_codes_that_became_free_text_is_held() -> None:
    past = [measure(frame(300, first=n), DOSE, seconds=60) for n in range(40)]
    free = frame(300).with_columns(product_code=pl.col("dose_id").cast(pl.String))
    now = measure(free, DOSE, seconds=60)
    assert len(now.codes["product_code"]) == MOST_CODES + 1
    assert now.codes["product_code"][RARER] == 300 - MOST_CODES
    assert [finding.field for finding in judge(past, now, LIMITS).findings] == ["product_code"]


def test_dates_of_1899_are_the_contracts_matter() -> None:
    past = [measure(frame(300, first=n), DOSE, seconds=60) for n in range(40)]
    odd = frame(300).with_columns(injected_at=pl.lit(datetime(1899, 12, 30, tzinfo=UTC)))
    assert not judge(past, measure(odd, DOSE, seconds=60), LIMITS).hold
    sites = frozenset(f"S{number}" for number in range(50))
    known = Known(
        products=frozenset({"comirnaty", "astrazeneca"}), sites=sites, stores=frozenset(), equipment=frozenset()
    )
    checked = check(odd, rules_for("dose", known, now=NOON + timedelta(days=1)))
    assert checked.rejected["reason"].unique().to_list() == ["impossible_date"]


# -- properties

SHAPES = st.builds(
    shape,
    st.integers(0, 20_000),
    sites=st.integers(0, SITES),
    seconds=st.floats(1, 3600),
)


@given(st.lists(SHAPES, max_size=60), SHAPES)
def test_any_past_gives_a_verdict_and_every_finding_says_what_it_saw(past: list[FeedShape], now: FeedShape) -> None:
    loose = replace(LIMITS, min_span_seconds=0.0, min_readings=5)
    verdict = judge(past, now, loose)
    assert verdict == judge(list(past), now, loose)
    assert verdict.hold == bool(verdict.message)
    for finding in verdict.findings:
        assert finding.seen
        assert finding.expected
        assert str(finding) in verdict.message


@given(st.integers(300, 20_000), st.integers(2, 40), st.floats(30, 600))
def test_more_of_the_same_passes_whatever_the_pace(rows: int, minutes: int, seconds: float) -> None:
    past = [shape(rows, seconds=seconds)] * 40
    loose = replace(LIMITS, min_span_seconds=0.0)
    assert not judge(past, shape(rows * minutes, seconds=seconds * minutes), loose).hold


@given(st.floats(1.0, 7.9))
def test_a_burst_below_the_limit_passes_and_one_above_does_not(times: float) -> None:
    past = [shape(BUSY)] * 40
    loose = replace(LIMITS, min_span_seconds=0.0)
    assert not judge(past, shape(round(BUSY * times)), loose).hold
    assert judge(past, shape(round(BUSY * (times + LIMITS.burst_factor))), loose).hold
