"""What a publication may and may not do to the figures that are held: by key, by area, by feed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.feeds.publications import NoPublications
from etl.profile import Profile
from etl.replay import apply_next
from etl.replay_line import from_json
from tests.support.declared import (
    ETL,
    NOW,
    ZONE,
    DoseRow,
    cells,
    doses_csv,
    newest_snapshot,
    publish,
    replayed,
    run,
    warehouse_in,
    write_profile,
)
from warehouse import reads
from warehouse.files import current_version
from warehouse.hashing import content_hash
from warehouse.writer import Warehouse

DAY1: list[DoseRow] = [("2021-05-01", "North", 10, 0), ("2021-05-01", "Centre", 20, 0), ("2021-05-01", "South", 40, 0)]
DAY2: list[DoseRow] = [("2021-05-02", "North", 5, 5), ("2021-05-02", "Centre", 6, 6), ("2021-05-02", "South", 7, 7)]
KEYS = ("feed", "status", "doses", "keys_appeared", "keys_vanished", "cells_up", "cells_down", "net_change")


def unguarded(raw: dict[str, Any]) -> None:
    """Small numbers move a lot: the guard has tests of its own."""
    wide = {"share": 1000}
    for feed in raw["feeds"].values():
        feed["guard"] = dict.fromkeys(("vanished_keys", "absent_areas", "total_fall", "total_rise", "revised"), wide)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return write_profile(tmp_path / "profile", unguarded)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_an_equal_publication_publishes_nothing(profile: Profile, data: Path, state: Path) -> None:
    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    publish(data, "2021-05-04", doses=doses_csv(DAY1))
    publish(data, "2021-05-05", doses=doses_csv(list(reversed(DAY1))))  # the same rows in another order
    with warehouse_in(state) as warehouse:
        first, *others = run(warehouse, profile, data)
        shown = warehouse.connection.execute("SELECT version, as_of FROM mart.snapshot_info").fetchall()
    assert (first.status, [line.status for line in others]) == ("applied", ["unchanged", "unchanged"])
    assert all((line.doses, line.keys_appeared, line.corrections, line.message) == (70, 0, 0, "") for line in others)
    assert current_version(state / "snapshots") == shown[0][0] == 1
    assert shown[0][1] == datetime(2021, 5, 2, 16, tzinfo=UTC)


def test_every_kind_of_change_is_counted_and_logged(profile: Profile, data: Path, state: Path) -> None:
    publish(data, "2021-05-03", doses=doses_csv([*DAY1, *DAY2]))
    after: list[DoseRow] = [
        ("2021-05-01", "North", 12, 0),  # up 2
        ("2021-05-01", "Centre", 15, 0),  # down 5
        ("2021-05-01", "South", 30, 10),  # moved
        ("2021-05-02", "North", 5, 5),  # the same; Centre's is withdrawn
        ("2021-05-02", "South", 7, 7),
        ("2021-05-03", "North", 1, 0),  # new
    ]
    publish(data, "2021-05-04", doses=doses_csv(after))
    with warehouse_in(state) as warehouse:
        _, line = run(warehouse, profile, data)
        logged = warehouse.connection.execute("FROM mart.correction ORDER BY kind").fetchall()
    assert (line.keys_appeared, line.keys_vanished, line.cells_up, line.cells_down) == (1, 1, 1, 1)
    assert (line.feeds["doses"].cells_moved, line.corrections, line.net_change) == (1, 4, 2 - 5 - 12)
    assert line.doses == sum(first + second for _, _, first, second in after)
    first, second = date(2021, 5, 1), date(2021, 5, 2)
    assert logged == [
        ("2021-05-04", "doses", "C", first, "down", 20, 15),
        ("2021-05-04", "doses", "S", first, "moved", 40, 40),
        ("2021-05-04", "doses", "N", first, "up", 10, 12),
        ("2021-05-04", "doses", "C", second, "vanished", 12, None),
    ]
    assert line.message == "doses: 1 figure withdrawn by the publisher (2021-05-02)"


def test_an_area_wholly_absent_keeps_its_figures(profile: Profile, data: Path, state: Path) -> None:
    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    publish(data, "2021-05-04", doses=doses_csv([row for row in [*DAY1, *DAY2] if row[1] != "Centre"]))
    lines = replayed(state, profile, data)
    assert (lines[1].status, lines[1].doses, lines[1].areas) == ("applied", 70 + 10 + 14, 3)
    assert (lines[1].keys_vanished, lines[1].corrections) == (0, 0)
    assert lines[1].feeds["doses"].absent_areas == ("C",)
    assert lines[1].message == "doses: no report from C: last figures kept"
    with newest_snapshot(state) as (snapshots, version):
        rows = {row.area.code: row for row in reads.area_rows(snapshots, version, denominator="trial_2021")}
    assert (rows["C"].doses, rows["C"].last_report_on) == (20, date(2021, 5, 1))
    assert rows["N"].last_report_on == date(2021, 5, 2)


def test_a_delta_withdraws_nothing(data: Path, state: Path, tmp_path: Path) -> None:
    def delta(raw: dict[str, Any]) -> None:
        unguarded(raw)
        raw["feeds"]["doses"]["publication"] = "delta"

    publish(data, "2021-05-03", doses=doses_csv(DAY1) + "2021-05-01,West,1,0,1\n")
    publish(data, "2021-05-04", doses=doses_csv([("2021-05-01", "North", 11, 0), ("2021-05-02", "North", 5, 5)]))
    with warehouse_in(state) as warehouse:
        first, second = run(warehouse, write_profile(tmp_path / "profile", delta), data)
        # Nobody told the bad row again: it stays set aside.
        assert warehouse.connection.execute("SELECT quarantined FROM core.feed_state WHERE name = 'doses'").fetchall()[
            0
        ] == (1,)
    assert (first.doses, second.doses) == (70, 81)
    assert (second.keys_appeared, second.keys_vanished, second.cells_up, second.net_change) == (1, 0, 1, 1)
    assert second.feeds["doses"].absent_areas == ()


def test_cumulative_figures_become_daily_ones(data: Path, state: Path, tmp_path: Path) -> None:
    def cumulative(raw: dict[str, Any]) -> None:
        unguarded(raw)
        raw["feeds"]["doses"]["figures"] = "cumulative"

    rows: list[DoseRow] = [
        ("2021-05-01", "North", 10, 0),
        ("2021-05-02", "North", 15, 5),
        ("2021-05-04", "North", 15, 9),
    ]
    publish(data, "2021-05-05", doses=doses_csv(rows), registered="day,area,total\n2021-05-01,N,50\n2021-05-02,N,80\n")
    (line,) = replayed(state, write_profile(tmp_path / "profile", cumulative), data)
    assert (line.doses, line.dose1_people, line.full_people, line.registered) == (24, 15, 9, 80)
    with newest_snapshot(state) as (snapshots, version):
        days = snapshots.rows(version, "SELECT day, doses FROM doses_by_day ORDER BY day")
    assert [(row["day"].day, row["doses"]) for row in days] == [(1, 10), (2, 10), (4, 4)]


def test_a_measure_told_later_is_no_correction(data: Path, state: Path, tmp_path: Path) -> None:
    def optional(raw: dict[str, Any]) -> None:
        unguarded(raw)
        raw["feeds"]["doses"]["columns"]["pending"] = {"from": "pending", "optional": True}
        raw["feeds"]["doses"]["measures"]["pending_doses"] = "pending"

    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    publish(data, "2021-05-04", doses=doses_csv(DAY1).replace("total", "total,pending").replace("0\n", "0,2\n"))
    with warehouse_in(state) as warehouse:
        _, line = run(warehouse, write_profile(tmp_path / "profile", optional), data)
        figures = warehouse.connection.execute("FROM mart.publisher_figure").fetchall()
    assert (line.status, line.corrections, line.doses) == ("applied", 0, 70)
    assert figures == [("pending_doses", 6)]


def test_a_running_total_that_does_not_run_is_told(data: Path, state: Path, tmp_path: Path) -> None:
    def running(raw: dict[str, Any]) -> None:
        unguarded(raw)
        raw["feeds"]["doses"]["columns"]["to_date"] = "to_date"
        raw["feeds"]["doses"]["running_total"] = "to_date"

    content = "day,area,first,second,total,to_date\n2021-05-01,North,1,0,1,1\n2021-05-02,North,2,0,2,4\n"
    publish(data, "2021-05-03", doses=content)
    replayed(state, write_profile(tmp_path / "profile", running), data)
    with newest_snapshot(state) as (snapshots, version):
        (found,) = reads.invariants(snapshots, version)
    assert (found.name, found.holds, found.left, found.right) == ("doses.running_total", False, 3, 4)


def test_a_publishers_total_that_differs_names_where(data: Path, state: Path, tmp_path: Path) -> None:
    def checked(raw: dict[str, Any]) -> None:
        unguarded(raw)
        raw["feeds"]["nation"] = {
            "kind": "check",
            "file": "nation.csv",
            "columns": {"day": "day", "total": "total"},
            "compares": {"total": "doses.value"},
        }

    profile = write_profile(tmp_path / "profile", checked)
    publish(data, "2021-05-03", doses=doses_csv([*DAY1, *DAY2]), nation="day,total\n2021-05-01,70\n2021-05-02,37\n")
    publish(data, "2021-05-04", doses=doses_csv([*DAY1, *DAY2]), nation="day,total\n2021-05-01,70\n2021-05-02,36\n")
    lines = replayed(state, profile, data)
    assert [line.status for line in lines] == ["applied", "applied"]  # an equality that is now shown otherwise
    with newest_snapshot(state) as (snapshots, version):
        (now,) = reads.invariants(snapshots, version)
        (before,) = reads.invariants(snapshots, version - 1)
    assert (before.holds, before.left, before.right) == (False, 106, 107)
    assert before.detail == "1 of 2 equal; first that differs: 2021-05-02"
    assert (now.holds, now.left, now.right) == (True, 106, 106)


def test_a_held_feed_recovers_by_an_equal_publication(data: Path, state: Path, tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "profile")
    publish(data, "2021-05-03", doses=doses_csv([*DAY1, *DAY2]))
    publish(data, "2021-05-04", doses=doses_csv(DAY1))
    publish(data, "2021-05-05", doses=doses_csv([*DAY1, *DAY2]))
    with warehouse_in(state) as warehouse:
        lines = run(warehouse, profile, data)
        states = warehouse.connection.execute("SELECT state, message FROM mart.feed_status WHERE name = 'doses'")
        assert states.fetchall() == [("ok", "")]
    assert [line.status for line in lines] == ["applied", "held", "unchanged"]
    assert "keys gone: 3 of 6 (50.0%, limit 10.5%)" in lines[1].message
    assert [line.doses for line in lines] == [106, 106, 106]
    assert current_version(state / "snapshots") == 3


def test_the_line_says_what_scripts_rely_on(profile: Profile, data: Path, state: Path) -> None:
    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    (line,) = replayed(state, profile, data)
    told = json.loads(line.to_json())
    assert " ".join(told) == (
        "snapshot status doses dose1_people full_people delivered registered areas keys_appeared keys_vanished"
        " cells_up cells_down net_change corrections quarantined message feeds"
    )
    assert "\n" not in line.to_json()
    assert from_json(line.to_json()) == line


def test_no_such_feed_is_null(data: Path, state: Path, tmp_path: Path) -> None:
    def doses_only(raw: dict[str, Any]) -> None:
        del raw["feeds"]["registrations"], raw["feeds"]["deliveries"]

    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    (line,) = replayed(state, write_profile(tmp_path / "profile", doses_only), data)
    assert (line.doses, line.delivered, line.registered) == (70, None, None)


def test_the_folder_or_the_one_that_holds_it(profile: Profile, tmp_path: Path) -> None:
    publish(tmp_path / "data" / "snapshots", "2021-05-03T0800Z", doses=doses_csv(DAY1))
    (tmp_path / "data" / "snapshots" / "notes").mkdir()
    outer = replayed(tmp_path / "a", profile, tmp_path / "data")
    inner = replayed(tmp_path / "b", profile, tmp_path / "data" / "snapshots")
    assert outer == inner
    assert [line.snapshot for line in outer] == ["2021-05-03T0800Z"]


def test_a_folder_without_publications_is_told(profile: Profile, tmp_path: Path) -> None:
    with warehouse_in(tmp_path / "state") as warehouse:
        with pytest.raises(NoPublications, match="is not a folder"):
            run(warehouse, profile, tmp_path / "nowhere")
        with pytest.raises(NoPublications, match="holds no dated folders; expected names such as"):
            run(warehouse, profile, tmp_path)


def test_a_population_file_with_a_bad_row_gives_no_figure_there(data: Path, state: Path, tmp_path: Path) -> None:
    def from_file(raw: dict[str, Any]) -> None:
        raw["pack"]["population"].pop("figures")
        raw["pack"]["population"]["file"] = {
            "kind": "population",
            "file": "people.csv",
            "beside": True,
            "columns": {"area": "area", "band": "band", "people": "people"},
            "key": ["area", "band"],
            "ignore_rows": {"area": ["Nation"]},
            "measures": {"all": "people"},
        }

    profile = write_profile(tmp_path / "profile", from_file)
    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    rows = "area,band,people\nNation,all,999\nNorth,a,1\nNorth,b,2\nCentre,a,x\nCentre,b,5\n"
    (data / "people.csv").write_text(rows, encoding="utf-8")
    replayed(state, profile, data)
    with newest_snapshot(state) as (snapshots, version):
        found = {row.area.code: row for row in reads.area_rows(snapshots, version, denominator="trial_2021")}
        population = {code: {cell.population for cell in row.coverage.values()} for code, row in found.items()}
    assert population == {"N": {3}, "C": {None}, "S": {None}}


def test_another_history_is_read_from_its_beginning(profile: Profile, data: Path, state: Path) -> None:
    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    publish(data, "2021-05-04", doses=doses_csv([*DAY1, *DAY2]))
    first = replayed(state, profile, data)
    publish(data, "2021-05-03", doses=doses_csv(DAY1[:2]))
    again = replayed(state, profile, data)
    assert [line.status for line in again] == ["applied", "applied"]
    assert [line.doses for line in (*first, *again)] == [70, 106, 30, 106]


def test_another_profile_starts_anew(profile: Profile, data: Path, state: Path, tmp_path: Path) -> None:
    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    replayed(state, profile, data)
    other = write_profile(tmp_path / "other", lambda raw: raw.update(name="other"))
    (line,) = replayed(state, other, data)
    assert (line.status, line.doses) == ("applied", 70)
    with warehouse_in(state) as warehouse:
        assert warehouse.connection.execute("SELECT rows_in FROM core.feed_state WHERE name = 'doses'").fetchall() == [
            (3,)
        ]


def step(warehouse: Warehouse, profile: Profile, data: Path) -> tuple[str, str, int | None] | None:
    line = apply_next(warehouse, profile, data, now=NOW, etl=ETL, timezone=ZONE)
    return (line.snapshot, line.status, line.doses) if line else None


def test_one_publication_a_refresh_and_a_half_written_one_again(profile: Profile, data: Path, state: Path) -> None:
    whole = doses_csv([*DAY1, *DAY2])
    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    publish(data, "2021-05-04", doses=whole[: whole.rindex("7,7,")])
    with warehouse_in(state) as warehouse:
        assert step(warehouse, profile, data) == ("2021-05-03", "applied", 70)
        assert step(warehouse, profile, data) == ("2021-05-04", "refused", 70)
        assert step(warehouse, profile, data) is None  # nothing new: not refused once a minute
        publish(data, "2021-05-04", doses=whole)
        assert step(warehouse, profile, data) == ("2021-05-04", "applied", 106)
        assert step(warehouse, profile, data) is None
    with warehouse_in(state) as warehouse:  # a new process goes on where the last one stopped
        assert step(warehouse, profile, data) is None
        publish(data, "2021-05-05", registered="day,area,total\n2021-05-01,N,50\n")
        assert step(warehouse, profile, data) == ("2021-05-05", "refused", 106)
        publish(data, "2021-05-05", doses=whole)
        assert step(warehouse, profile, data) == ("2021-05-05", "unchanged", 106)  # complete now, and nothing new in it
        states = warehouse.connection.execute("SELECT name, state FROM mart.feed_status").fetchall()
        assert dict(states)["doses"] == "ok"


class Killed(Exception):
    """Stands for a kill at a named point: nothing after it runs."""


@pytest.mark.parametrize(
    "point", ["applied_declared", "marts_rebuilt", "before_commit", "after_commit", "snapshot_written"]
)
def test_a_death_at_any_point_loses_and_doubles_nothing(
    profile: Profile, data: Path, tmp_path: Path, point: str
) -> None:
    publish(data, "2021-05-03", doses=doses_csv(DAY1))
    publish(data, "2021-05-04", doses=doses_csv([*DAY1, *DAY2]))
    armed = False

    def die(reached: str) -> None:
        if armed and reached == point:
            raise Killed(point)

    with warehouse_in(tmp_path / "state", die) as warehouse:
        assert step(warehouse, profile, data) == ("2021-05-03", "applied", 70)
        armed = True
        with pytest.raises(Killed):
            step(warehouse, profile, data)
    with warehouse_in(tmp_path / "state") as warehouse:
        lines = run(warehouse, profile, data)
        found = content_hash(warehouse.connection)
        rows_in = warehouse.connection.execute("SELECT rows_in FROM core.feed_state WHERE name = 'doses'").fetchall()
    with warehouse_in(tmp_path / "clean") as warehouse:
        run(warehouse, profile, data)
        assert content_hash(warehouse.connection) == found
    assert lines[-1].doses == 106
    assert rows_in == [(9,)]
    with newest_snapshot(tmp_path / "state") as (snapshots, version):
        assert version == 2
        assert snapshots.rows(version, "SELECT sum(doses)::BIGINT AS n FROM doses_by_day") == [{"n": 106}]


AREAS = ("North", "Centre", "South")
FIGURES = st.dictionaries(
    st.tuples(st.integers(0, 4), st.sampled_from(AREAS)),
    st.tuples(st.integers(0, 50), st.integers(0, 50)),
    min_size=1,
    max_size=15,
)
Figures = dict[tuple[int, str], tuple[int, int]]


def as_rows(figures: Figures) -> list[DoseRow]:
    start = date(2021, 5, 1)
    return [((start + timedelta(day)).isoformat(), area, *pair) for (day, area), pair in figures.items()]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=FIGURES, after=FIGURES)
def test_only_the_last_word_of_an_area_counts(
    tmp_path_factory: pytest.TempPathFactory, before: Figures, after: Figures
) -> None:
    """A then B leaves what B alone leaves, for every area that B tells of, and what A said of the others."""
    folder = tmp_path_factory.mktemp("case")
    profile = write_profile(folder / "profile", unguarded)
    publish(folder / "both", "2021-06-01", doses=doses_csv(as_rows(before)))
    publish(folder / "both", "2021-06-02", doses=doses_csv(as_rows(after)))
    told = {(area[0], day): first + second for day, area, first, second in as_rows(after)}
    areas = {area for area, _ in told}
    kept = {(area[0], day): first + second for day, area, first, second in as_rows(before) if area[0] not in areas}
    with warehouse_in(folder / "state") as warehouse:
        first, second = run(warehouse, profile, folder / "both")
        assert cells(warehouse) == told | kept
    assert second.doses == sum((told | kept).values())
    # Conservation: what stands is what stood, plus what appeared, plus the change of what was known.
    appeared = sum(value for key, value in told.items() if key not in {(r[1][0], r[0]) for r in as_rows(before)})
    assert second.doses == (first.doses or 0) + appeared + second.net_change
    assert replace(first, snapshot="") != second
