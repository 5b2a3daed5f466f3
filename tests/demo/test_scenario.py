"""Faults on demand: the live clock obeys them, a tick written twice changes nothing, and nothing is lost in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest

from cli.demo_scenario import ENDS, ENDS_BY_ITSELF, TOLD
from demo import scenario
from demo.calendar import seconds_of
from demo.coldchain import ID_SHIFT
from demo.facts import LIVE_UNTIL, read_facts
from demo.faults import Fault, Name, faults_of, with_faults, withheld, written
from demo.live import LiveDemo
from demo.storm import storm
from settings import DemoSettings
from tests.demo.test_history import history
from tests.support.databases import database

DEMO = DemoSettings(one_in=4000, reading_devices=60, start_date=date(2021, 11, 22))
HOUR = 3600
EPOCH = 1_000_000_000


def fault(**changes: Any) -> Fault:
    told = {"name": Name.POWER_CUT, "since": 7200, "until": 10_800, "target": "001",
            "devices": (("A", 0), ("B", 1), ("C", 0)), "live": ("A",)}  # fmt: skip
    return Fault(**{**told, **changes})


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds + EPOCH, UTC).replace(tzinfo=None)


def readings(*told: tuple[str, int, float]) -> dict[str, pl.DataFrame]:
    rows = [
        (
            (read + ID_SHIFT << 16) + number * 2,
            device,
            instant(read),
            instant(read + 30),
            temp_c,
            True,
            True,
            True,
            False,
        )
        for number, (device, read, temp_c) in enumerate(told)
    ]
    names = ["reading_id", "equipment_id", "read_at", "received_at", "temp_c", "power_on", "battery_ok", "probe_ok",
             "door_open"]  # fmt: skip
    return {"temperature_reading": pl.DataFrame(rows, schema=names, orient="row")}


def test_a_power_cut_changes_live_devices_and_has_the_others_call_in() -> None:
    told = readings(("A", 6900, 5.0), ("A", 7200, 5.0), ("A", 10_500, 5.0), ("A", 10_800, 5.0), ("Z", 7200, 5.0))
    found = with_faults(told, [fault()], after=6000, at=12_000, epoch=EPOCH)["temperature_reading"]
    own = found.filter(pl.col("equipment_id") == "A")["power_on"].to_list()
    assert own == [True, False, False, True]
    assert found.filter(pl.col("equipment_id") == "Z")["power_on"].to_list() == [True]
    made = found.filter(pl.col("equipment_id").is_in(["B", "C"]))
    assert made.height == 2 * 12
    assert not made["power_on"].any()
    assert made["read_at"].min() == instant(7200)
    assert made["read_at"].max() == instant(10_500)
    assert found["reading_id"].n_unique() == found.height


def test_ticks_join_without_a_gap_or_an_overlap() -> None:
    whole = with_faults({}, [fault()], after=6000, at=12_000, epoch=EPOCH)["temperature_reading"]
    cuts = [6000, 7201, 7219, 7220, 7221, 8000, 10_519, 10_521, 12_000]
    pieces = [
        with_faults({}, [fault()], after=after, at=at, epoch=EPOCH).get("temperature_reading", pl.DataFrame())
        for after, at in pairwise(cuts)
    ]
    joined = pl.concat([piece for piece in pieces if not piece.is_empty()])
    assert joined.sort("reading_id").equals(whole.sort("reading_id"))


def test_a_warm_fridge_warms_within_an_hour_and_no_other_does() -> None:
    told = readings(("A", 7200, 5.0), ("A", 9000, 5.0), ("A", 20_000, 5.0), ("C", 9000, 5.0))
    warm = fault(name=Name.WARM_FRIDGE, until=90_000, devices=(("A", 0),))
    found = with_faults(told, [warm], after=6000, at=30_000, epoch=EPOCH)["temperature_reading"]
    assert found["temp_c"].to_list() == [5.0, 8.5, 12.0, 5.0]
    assert found["power_on"].all()


def test_a_silent_province_s_rows_are_held_back_and_nobody_else_s() -> None:
    quiet = fault(
        name=Name.SILENT_PROVINCE, province="79", sites=("79-A",), stores=("P79",), devices=(("A", 0),), live=("A",)
    )
    told = {
        **readings(("A", 7200, 5.0), ("Z", 7200, 5.0)),
        "dose": pl.DataFrame({"dose_id": [1, 2, 3], "site_code": ["79-A", "01-A", None]}),
        "declared_count": pl.DataFrame({"area_code": ["79", "01"], "value": [1, 2]}),
        "registration": pl.DataFrame({"registration_id": [1, 2], "province_code": ["79", None]}),
        "stock_movement": pl.DataFrame({"movement_id": [1, 2], "store_code": ["P79", "P01"]}),
        "lot": pl.DataFrame({"lot_number": ["L"]}),
    }
    left, held = with_faults(told, [quiet], after=6000, at=12_000, epoch=EPOCH), withheld(told, quiet)
    for table, rows in told.items():
        parts = [part[table].height for part in (left, held) if table in part]
        assert sum(parts) == rows.height, table
    assert held["dose"]["dose_id"].to_list() == [1]
    assert "lot" not in held
    assert left["dose"]["dose_id"].to_list() == [2, 3]


def test_a_fault_is_read_as_it_was_written_until_it_is_over() -> None:
    one = fault()
    assert faults_of({one.fact: written(one), "kind": "demo"}) == (one,)
    assert faults_of({one.fact: written(one.ended())}) == ()


def test_every_scenario_says_what_is_seen_and_how_it_ends() -> None:
    assert set(TOLD) | {Name.LATE_STORM} == set(Name)
    assert set(ENDS) == {Name.LOT_RECALL, Name.LATE_STORM}
    assert "{kind}" in ENDS_BY_ITSELF


@pytest.fixture(scope="module")
def demo_url(postgres: str, reference_dir: Path, zone: str) -> Iterator[str]:
    with database(postgres) as url:
        history(url, reference_dir, zone, demo=DEMO)
        yield url


class Clock:
    """The live clock, moved by hand."""

    def __init__(self, url: str, reference_dir: Path, zone: str) -> None:
        self.url = url
        self.zone = zone
        self.live = LiveDemo(url, reference_dir, DEMO, zone)

    @property
    def now(self) -> int:
        with psycopg.connect(self.url) as connection:
            return seconds_of(datetime.fromisoformat(read_facts(connection)[LIVE_UNTIL]), self.zone)

    def on(self, seconds: int) -> None:
        """Each tick written twice: the second one changes nothing, as long as the same faults go on."""
        before = self.now
        with psycopg.connect(self.url) as connection:
            going = faults_of(read_facts(connection))
            self.live.write_tick(connection, after=before, at=before + seconds)
            if going == faults_of(read_facts(connection)):
                again = self.live.write_tick(connection, after=before, at=before + seconds)
                assert not any(again.values()), again

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, values).fetchall()  # pyright: ignore[reportArgumentType,reportCallIssue]


@pytest.fixture(scope="module")
def clock(demo_url: str, reference_dir: Path, zone: str) -> Clock:
    with psycopg.connect(demo_url) as connection:
        facts = {"clock_campaign_start": read_facts(connection)[LIVE_UNTIL], "clock_speed": "60",
                 "clock_wall_start": datetime.now(UTC).isoformat()}  # fmt: skip
        connection.cursor().executemany(
            "INSERT INTO registry.dataset_fact (name, value) VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value",
            list(facts.items()),
        )
    return Clock(demo_url, reference_dir, zone)


@contextmanager
def going(clock: Clock, name: Name, target: str = "") -> Iterator[scenario.Begun]:
    begun = scenario.begin(clock.url, name, target=target, minutes=None, timezone=clock.zone)
    yield begun
    assert scenario.undo(clock.url, name, target=begun.target, timezone=clock.zone) == (begun.target,)
    clock.on(60)
    assert scenario.going_on(clock.url) == ()


@pytest.mark.slow
def test_a_power_cut_begins_and_ends(clock: Clock) -> None:
    power = (
        "SELECT count(DISTINCT r.equipment_id) FROM registry.temperature_reading r JOIN registry.equipment e USING "
        "(equipment_id) JOIN registry.store s ON s.code = e.store_code "
        "WHERE s.district_code = %s AND NOT r.power_on AND r.read_at >= %s"
    )
    with going(clock, Name.POWER_CUT) as begun:
        assert begun.devices >= 1
        clock.on(1800)
        assert clock.ask(power, begun.target, begun.since) == [(begun.devices,)]
        with pytest.raises(scenario.ScenarioRefused, match="goes on already"):
            scenario.begin(clock.url, Name.POWER_CUT, target=begun.target, minutes=None, timezone=clock.zone)
    called = "SELECT max(read_at) FROM registry.temperature_reading WHERE NOT power_on AND reading_id & 65535 >= 32768"
    ended = clock.ask(called)
    clock.on(1800)
    assert ended == clock.ask(called)


@pytest.mark.slow
def test_it_ends_by_itself(clock: Clock) -> None:
    scenario.begin(clock.url, Name.WARM_FRIDGE, target="", minutes=20, timezone=clock.zone)
    clock.on(600)
    assert len(scenario.going_on(clock.url)) == 1
    clock.on(900)
    assert scenario.going_on(clock.url) == ()


@pytest.mark.slow
def test_a_silent_province_s_records_arrive_late_and_whole(clock: Clock) -> None:
    doses = (
        "SELECT count(*) FROM registry.dose d JOIN registry.site s ON s.code = d.site_code "
        "WHERE s.province_code = '79' AND d.recorded_at > %s"
    )
    with going(clock, Name.SILENT_PROVINCE, "79") as begun:
        for _ in range(4):
            clock.on(HOUR)
        assert clock.ask(doses, begun.since) == [(0,)]
        elsewhere = "SELECT count(*) FROM registry.dose WHERE recorded_at > %s"
        assert clock.ask(elsewhere, begun.since)[0][0] > 0
    assert clock.ask(doses, begun.since)[0][0] > 0
    since, now = seconds_of(begun.since, clock.zone), clock.now
    window = clock.live._ready(now, after=since)
    for table, rows in window.changes(after=since, at=now).items():
        if table in {"dose", "registration", "temperature_reading"}:
            key = rows.columns[rows.columns.index({"dose": "dose_id", "registration": "registration_id",
                                                   "temperature_reading": "reading_id"}[table])]  # fmt: skip
            known = {row[0] for row in clock.ask(f"SELECT {key} FROM registry.{table}")}
            assert set(rows[key].to_list()) <= known, table


@pytest.mark.slow
def test_a_lot_is_recalled_and_released_again(clock: Clock) -> None:
    begun = scenario.begin(clock.url, Name.LOT_RECALL, target="", minutes=None, timezone=clock.zone)
    state = "SELECT state FROM registry.lot_state WHERE lot_number = %s ORDER BY valid_from DESC LIMIT 1"
    assert clock.ask(state, begun.target) == [("recalled",)]
    clock.on(60)
    assert scenario.undo(clock.url, Name.LOT_RECALL, target=begun.target, timezone=clock.zone) == (begun.target,)
    assert clock.ask(state, begun.target) == [("released",)]
    # Begun and ended within one tick.
    scenario.begin(clock.url, Name.LOT_RECALL, target=begun.target, minutes=None, timezone=clock.zone)
    assert clock.ask(state, begun.target) == [("recalled",)]
    scenario.undo(clock.url, Name.LOT_RECALL, target=begun.target, timezone=clock.zone)
    assert clock.ask(state, begun.target) == [("released",)]
    told = "SELECT action FROM operations.audit WHERE actor = 'demo scenario' AND subject = %s ORDER BY audit_id"
    assert clock.ask(told, begun.target) == [("lot_recalled",), ("lot_freed",)] * 2
    with pytest.raises(scenario.ScenarioRefused):
        scenario.begin(clock.url, Name.LOT_RECALL, target="no-such-lot", minutes=None, timezone=clock.zone)


@pytest.mark.slow
def test_a_storm_is_late_by_weeks_and_entered_now(clock: Clock) -> None:
    told: list[int] = []
    assert storm(clock.url, doses=900, progress=told.append) == 900
    assert told == [900]
    late = (
        "SELECT count(*), count(DISTINCT injected_at::date), max(recorded_at - injected_at) FROM registry.dose "
        "WHERE dose_id >= 8000000000000000"
    )
    [(rows, days, latest)] = clock.ask(late)
    assert (rows, latest.days) == (900, 44)
    assert 40 <= days <= 46


def test_a_registry_without_a_demonstration_is_left_alone(registry_url: str, zone: str) -> None:
    for name in (Name.POWER_CUT, Name.LOT_RECALL):
        with pytest.raises(scenario.ScenarioRefused, match="no live demonstration"):
            scenario.begin(registry_url, name, target="", minutes=None, timezone=zone)
    with pytest.raises(scenario.ScenarioRefused):
        scenario.undo(registry_url, Name.POWER_CUT, target="", timezone=zone)
