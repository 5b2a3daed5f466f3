"""When a report falls due, and which checks hold it back: rules without a clock, a database or a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.readings import FeedStatus, Invariant
from campaign.report import Chart, ChartKind, Figure, Part, Pins, Report, Section, Shape, Table, Value
from campaign.report_archive import Schedule, due_on, last_due, scope_of_area
from campaign.report_checks import Check, Failure, Limits, failures, with_failed
from layouts.report_words import failures_said, sentences_of
from layouts.words import Language, load_catalogues
from settings import ConfigError, load
from settings.archive import ArchiveSettings, ScheduleSettings

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LIMITS = Limits(stale_seconds=900, of_feed={"declared_count": 90_000}, may_be_empty=("declared",))


def schedule(at: time, weekdays: frozenset[int]) -> Schedule:
    return Schedule(
        name="daily", at=at, weekdays=weekdays, areas=("",), languages=("vi",), parts=(), forms=("pdf",), roles=(),
        needs_lock=True,
    )  # fmt: skip


@given(
    st.datetimes(datetime(2021, 1, 1), datetime(2023, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are plain
    st.times().map(lambda found: found.replace(second=0, microsecond=0)),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.integers(1, 24 * 60),
)
def test_the_last_time_is_a_named_local_one_and_none_lies_between_it_and_now(
    now: datetime, at: time, weekdays: frozenset[int], late: int
) -> None:
    asked = schedule(at, weekdays)
    found = last_due(asked, now, ZONE)
    assert found is not None
    assert found <= now
    assert (found.astimezone(ZONE).time(), found.astimezone(ZONE).isoweekday() in weekdays) == (at, True)
    later = [
        moment
        for ahead in range(9)
        if (moment := datetime.combine(found.date() + timedelta(ahead), at, tzinfo=ZONE)) > found
        and moment <= now
        and moment.isoweekday() in weekdays
    ]
    assert not later
    day = due_on(asked, now, ZONE, late=timedelta(minutes=late))
    assert day == (found.astimezone(ZONE).date() if now - found <= timedelta(minutes=late) else None)


def test_half_past_six_is_that_of_ha_noi() -> None:
    asked = schedule(time(18, 30), frozenset(range(1, 8)))
    late = timedelta(hours=12)
    assert due_on(asked, datetime(2021, 11, 22, 11, 29, tzinfo=UTC), ZONE, late=late) is None
    found = due_on(asked, datetime(2021, 11, 22, 11, 30, tzinfo=UTC), ZONE, late=late)
    assert f"{found}" == "2021-11-22"
    assert f"{due_on(asked, datetime(2021, 11, 22, 18, tzinfo=UTC), ZONE, late=late)}" == "2021-11-22", "past midnight"


def feed(name: str = "dose", *, state: str = "ok", lag: float | None = 20) -> FeedStatus:
    return FeedStatus(
        name=name, state=state, last_success=None, lag_seconds=lag, rows_in=0, accepted=0, quarantined=0, message=""
    )


def report(*sections: Section) -> Report:
    pins = Pins(
        snapshot=1, content_hash="0", as_of=datetime(2021, 11, 22, tzinfo=UTC), denominator="d", targets=(), one_in=1,
        is_demo=False, locked_on=None,
    )  # fmt: skip
    return Report(
        pins=pins, language="vi", area="", place="", title="", as_of="", lines=(), warnings=("w",), sections=sections,
        definitions=(),
    )  # fmt: skip


def figure(value: Value) -> Figure:
    return Figure(key="doses", label="Mũi", value=value, shape=Shape.WHOLE, help="doses")


def chart(*values: int | None) -> Chart:
    return Chart(
        key="days", title="Ngày", kind=ChartKind.COLUMNS, shape=Shape.WHOLE, label="", categories=("a",) * len(values),
        values=values,
    )  # fmt: skip


WHOLE = Section(part=Part.HEADLINE, title="Số chính", figures=(figure(0),), charts=(chart(4, 0, None),))


def found(
    made: Report,
    *feeds: FeedStatus,
    sums: tuple[Invariant, ...] = (),
    age: float = 0,
    locked: bool = True,
) -> list[str]:
    told = failures(made, feeds=feeds, invariants=sums, age_seconds=age, locked=locked, limits=LIMITS)
    return [f"{item.check}:{item.name}" if item.name else str(item.check) for item in told]


@pytest.mark.parametrize(
    ("feeds", "age", "told"),
    [
        ((feed(lag=900),), 0.0, []),
        ((feed(lag=901),), 0.0, ["stale:dose"]),
        ((feed(lag=500),), 500.0, ["stale:dose"]),
        ((feed(lag=20),), 901.0, ["snapshot", "stale:dose"]),
        ((feed(state="slow"),), 0.0, []),
        ((feed(state="slow", lag=1000),), 0.0, ["stale:dose"]),
        ((feed(state="filling"), feed("a", state="held"), feed("b", state="failed")), 0.0,
         ["stopped:dose", "stopped:a", "stopped:b"]),
        ((feed(state="ok", lag=None),), 0.0, ["stopped:dose"]),
        ((feed(state="waiting", lag=None),), 0.0, []),
        ((feed("declared_count", lag=80_000),), 0.0, []),
        ((feed(state="a new state"),), 0.0, ["stopped:dose"]),
    ],
)  # fmt: skip
def test_a_feed_counts_with_the_age_of_its_snapshot(feeds: tuple[FeedStatus, ...], age: float, told: list[str]) -> None:
    assert found(report(WHOLE), *feeds, age=age) == told


def test_feeds_that_fail_alike_are_said_once_and_each_has_the_sentence() -> None:
    def stale(name: str, minutes: int) -> Failure:
        return Failure(check=Check.STALE, name=name, values={"minutes": minutes, "limit": 15})

    words = load_catalogues()[Language.VI]
    failed = [stale("dose", 21), stale("person", 21), stale("session", 30), Failure(check=Check.UNLOCKED)]
    dose, person, alone = (words.named("feed", item.name) for item in failed[:3])
    both = f"2 nguồn đã 21 phút chưa có số liệu mới, giới hạn 15 phút: {dose}, {person}."
    single = f"Nguồn {alone}: 30 phút chưa có số liệu mới, giới hạn 15 phút."
    unlocked = words("report_check.unlocked")
    assert sentences_of(failed, words) == [both, both, single, unlocked]
    first, *said = failures_said(failed, words)
    assert "(4)" in first
    assert said == [both, single, unlocked]
    assert failures_said([], words) == []


def test_what_is_missing_is_found_and_nought_is_a_figure() -> None:
    assert found(report(WHOLE)) == []
    assert found(report(replace(WHOLE, figures=(figure(None),)))) == ["figure:headline.doses"]
    assert found(report(replace(WHOLE, charts=(chart(None, None),)))) == ["chart:headline.days"]
    assert found(report(replace(WHOLE, charts=(chart(),)))) == ["chart:headline.days"]
    assert found(report(replace(WHOLE, charts=(chart(0, None),)))) == ["chart:headline.days"], "no column is drawn"
    assert found(report(replace(WHOLE, charts=(replace(chart(0), shape=Shape.SHARE),)))) == []
    assert found(report(Section(part=Part.STOCK, title="Kho"))) == ["section:stock"]
    sums = Table(key="lots", title="Lô", columns=(), rows=(("Cộng", None),), totals=1)
    assert found(report(Section(part=Part.STOCK, title="Kho", tables=(sums,)))) == ["section:stock"]
    assert found(report(Section(part=Part.STOCK, title="Kho", tables=(replace(sums, totals=0),)))) == []
    assert found(report(Section(part=Part.DECLARED, title="Khai báo"))) == []
    broken = Invariant(name="sums", holds=False, left=1, right=2, detail="")
    assert found(report(WHOLE), sums=(broken, replace(broken, holds=True)), locked=False) == [
        "invariant:sums",
        "unlocked",
    ]


def test_what_failed_stands_before_every_other_warning() -> None:
    made = with_failed(report(WHOLE), ["a", "b"])
    assert (made.failed, made.warnings) == (("a", "b"), ("a", "b", "w"))


def test_a_province_is_made_of_its_own_figures() -> None:
    assert (scope_of_area("79").covers("79"), scope_of_area("79").covers("01"), scope_of_area("79").covers(None)) == (
        True,
        False,
        False,
    )
    assert scope_of_area("").nationwide


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"at": "25:00"}, "no local time"),
        ({"areas": ["hanoi"]}, "pattern"),
        ({"sections": ["weather"]}, "no section is called 'weather'"),
        ({"roles": ["mayor"]}, "viewer"),
        ({"weekdays": []}, "at least 1"),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_refused_at_the_start(changed: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ScheduleSettings.model_validate({"name": "daily", "at": "18:30", **changed})


def test_names_of_schedules_are_their_own_and_an_unknown_key_is_an_error() -> None:
    one = {"name": "daily", "at": "18:30"}
    with pytest.raises(ValueError, match="one name"):
        ArchiveSettings.model_validate({"schedules": [one, one]})
    with pytest.raises(ConfigError, match="stale_seconds"):
        load(environ={"MCC_ARCHIVE__STALE_SECOND": "3"})
