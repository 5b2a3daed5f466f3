"""Every number of a report beside a query of its own on the same snapshot: those of tests/dashboard/numbers, which the
pages' tiles and tables are held to, so that report = tile = query."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from campaign.report import chosen
from layouts.words import Language
from tests.dashboard.conftest import Site
from tests.dashboard.test_every_number import Shown, Snapshot
from tests.support.reported import AREA, VERSION, Read, name_of, write_reports
from tests.support.webserver import deps_for, settings_for
from warehouse.files import snapshot_path

Rows = Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def queries(reported_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The queries' own copy of the file. Of a site they take the settings alone."""
    settings = settings_for(reported_state)
    file = tmp_path_factory.mktemp("queried") / "copy.duckdb"
    shutil.copy(snapshot_path(settings.snapshot_dir, VERSION), file)
    deps = deps_for(settings)
    site = Site(app=None, client=None, deps=deps, folder=settings.snapshot_dir, registry="")  # pyright: ignore[reportArgumentType]
    found = Snapshot(file, site)
    yield found
    found.database.close()


@pytest.fixture(scope="module")
def live(reported_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """The country's first section with the snapshot's own figures."""
    out = tmp_path_factory.mktemp("live")
    assert write_reports(reported_state, out, "--live", "--form", "json", "--section", "headline") == 0
    return Read(out / f"{name_of('vn', 'vi')}.json")


def whole(value: int | None) -> str:
    return "" if value is None else f"{value:,}".replace(",", ".").replace("-", "−")


def signed(value: int | None) -> str:
    return f"+{whole(value)}" if value and value > 0 else whole(value)


def percent(value: Mapping[str, Any] | None) -> str:
    """Rounded down in whole numbers, on its own."""
    if value is None or not value["whole"]:
        return ""
    tenths = value["part"] * 1000 // value["whole"]
    return f"{tenths // 10:,}".replace(",", ".") + f",{tenths % 10}%"


def same(found: Rows, expected: Sequence[Shown], **columns: Any) -> None:
    """Every row of the report is one of the query's and the other way round. columns: the query's, and how the report's
    row says it."""
    assert expected, "the query answers nothing: the snapshot must have something to show"
    shown = Counter(tuple(say(row) for say in columns.values()) for row in found)
    queried = Counter(tuple(row[name] for name in columns) for row in expected)
    assert sorted((shown - queried).elements()) == sorted((queried - shown).elements())


def column(key: str, write: Any = whole) -> Any:
    return lambda row: write(row[key])


def test_the_headline(queries: Snapshot, read: dict[tuple[str, str], Read], live: Read) -> None:
    expected = {key: text for (kind, key), text in queries.singles("tiles").items() if kind == "number"}
    assert live.all["pins"]["locked_on"] is None
    assert {key: whole(live.figures[key]) for key in expected} == expected


def test_the_locked_figures_of_the_day_are_the_main_ones(
    queries: Snapshot, read: dict[tuple[str, str], Read], live: Read
) -> None:
    told = read["vn", "vi"]
    (locked,) = queries.database.execute(
        "SELECT locked_doses, locked_dose1_people, locked_full_people, reporting_day FROM figure_lock"
        " WHERE reporting_day = (SELECT max(reporting_day) FROM figure_lock)"
    ).fetchall()
    assert told.all["pins"]["locked_on"] == f"{locked[3]}"
    keys = ("doses", "dose1_people", "full_people")
    assert tuple(told.figures[key] for key in keys) == locked[:3]
    rows = told.rows("locked")
    assert [row["live"] for row in rows] == [live.figures[key] for key in keys]
    changed = {key: text for (_, key), text in queries.singles("first").items() if key.startswith("lock/")}
    for key, row in zip(keys, rows, strict=True):
        assert row["locked"] + row["revision"] + row["since"] == row["live"]
        assert [whole(row["locked"]), signed(row["revision"]), signed(row["since"]), whole(row["live"])] == [
            changed[f"lock/{key}/{name}"] for name in ("locked", "revision", "since", "live")
        ]


def test_the_shares_of_the_targets(queries: Snapshot, read: dict[tuple[str, str], Read]) -> None:
    expected = {text for (kind, _), text in queries.singles("tiles").items() if kind == "reading"}
    shares = [percent(row["share"]) for row in read["vn", "vi"].rows("targets")]
    assert len(shares) == 4
    assert set(shares) == expected
    for row in read["vn", "vi"].rows("targets"):
        assert (row["people"], row["population"]) == (row["share"]["part"], row["share"]["whole"])


@pytest.mark.parametrize(("target", "group"), [("adults_50_2021", "18plus"), ("all_70_2022q1", "all")])
@pytest.mark.parametrize("measure", ["dose1", "full"])
@pytest.mark.parametrize("area", ["vn", AREA])
def test_a_target(
    queries: Snapshot, read: dict[tuple[str, str], Read], area: str, target: str, group: str, measure: str
) -> None:
    queries.set(target=target, measure=measure, reading_group=group)
    key = "nation" if area == "vn" else area
    expected = next(row for row in queries.rows("target_table") if row["key"] == key)
    place = 2 * (group == "all") + (measure == "full")
    row = read[area, "vi"].rows("targets")[place]
    assert f"{percent(row['share'])} {whole(row['people'])} {whole(row['population'])}" == expected["share"]
    for name in ("gap", "pace", "pace_needed"):
        assert whole(row[name]) == expected[name], name


def test_provinces_ranked(queries: Snapshot, read: dict[tuple[str, str], Read]) -> None:
    *provinces, nation = read["vn", "vi"].rows("provinces")
    names = dict(queries.database.execute("SELECT name_vi, code FROM area").fetchall())
    people = lambda row: " ".join(filter(None, (whole(row["dose1_18plus"]), whole(row["population_18plus"]))))  # noqa: E731
    same(
        provinces,
        queries.rows("ranks"),
        key=lambda row: names[row["name"]],
        usage_share=column("usage_share", percent),
        coverage_share=column("coverage_share", percent),
        dose1_18plus=people,
    )
    told = dict(queries.singles("tiles"))
    assert percent(nation["coverage_share"]) == told["reading", "18plus-dose1"]
    ranked = [row for row in provinces if row["coverage_rank"]]
    values = [row["coverage_share"]["part"] / row["coverage_share"]["whole"] for row in ranked]
    assert values == sorted(values, reverse=True)
    assert [row["coverage_rank"] for row in ranked] == list(range(1, len(ranked) + 1))
    assert len(ranked) < len(provinces), "the snapshot has a province that cannot be ranked"
    assert all(row["left_out"] for row in provinces if not row["coverage_rank"])


@pytest.mark.parametrize("area", ["vn", AREA])
def test_people(queries: Snapshot, read: dict[tuple[str, str], Read], area: str) -> None:
    told = read[area, "vi"]
    queries.set(place="nation" if area == "vn" else area)
    funnel = queries.rows("funnel")
    assert [whole(row["count"]) for row in told.rows("funnel")] == [row["count"] for row in funnel]
    assert [percent(row["of_registered_share"]) for row in told.rows("funnel")] == [
        row["of_registered_share"] for row in funnel
    ]
    groups = queries.rows("groups")
    keys = ("dose1", "full", "boosted", "member_dose1", "member_full")
    same(told.rows("groups"), groups, **{key: column(key) for key in keys})
    same(told.rows("overdue"), queries.rows("overdue"), **{key: column(key) for key in ("overdue", "due", "people")})


@pytest.mark.parametrize("area", ["vn", AREA])
def test_stock(queries: Snapshot, read: dict[tuple[str, str], Read], area: str) -> None:
    told = read[area, "vi"]
    queries.set(area="" if area == "vn" else area)
    tiles = {key: text for (_, key), text in queries.singles("stock_tiles").items()}
    for name in ("usable", "expiring", "blocked", "past", "in_transit"):
        assert whole(told.figures[f"stock_{name}"]) == tiles[f"stock_{name}"], name
    days = told.figures["stock_cover"]
    assert f"{int(days * 10) / 10:.1f}".replace(".", ",") == tiles["stock_cover"]
    buckets = ("past", "d7", "d14", "d30", "d60", "d90", "later", "undated", "total")
    expiry = queries.rows("stock_expiry")
    if len(told.rows("expiry")) == 1:
        expiry = [row for row in expiry if row["key"] != "nation"]
    same(told.rows("expiry"), expiry, **{name: column(name) for name in buckets})
    same(told.rows("lots"), queries.rows("stock_lots"), doses=column("doses"), expiring=column("expiring"))


@pytest.mark.parametrize("area", ["vn", AREA])
def test_reallocations(queries: Snapshot, read: dict[tuple[str, str], Read], area: str) -> None:
    told = read[area, "vi"]
    queries.set(area="" if area == "vn" else area)
    sums = ("doses", "shipped", "received", "on_way", "missing")
    plans = queries.rows("reallocations")
    dates = {
        key: column(key, lambda day: f"{day[8:]}/{day[5:7]}/{day[:4]}" if day else "")
        for key in ("approved", "decided_on")
    }
    own = {key: column(key) for key in ("days", *sums)}
    same(
        told.rows("reallocations"),
        plans,
        **{key: column(key, str) for key in ("plan", "state", "decision")},
        **dates,
        **own,
    )
    *lines, total = told.rows("reallocation_lines")
    words = {key: column(key, str) for key in ("plan", "lot", "progress")}
    same(lines, queries.rows("reallocation_lines"), **words, **{key: column(key) for key in sums if key != "on_way"})
    (whole_of,) = queries.rows("reallocation_sums")
    assert {name: whole(told.figures[f"moves_{name}"]) for name in ("plans", *sums)} == whole_of
    assert {name: whole(total[name]) for name in sums if name in total} == {
        name: whole_of[name] for name in sums if name in total
    }


@pytest.mark.parametrize("area", ["vn", AREA])
def test_cold_chain(queries: Snapshot, read: dict[tuple[str, str], Read], area: str) -> None:
    told = read[area, "vi"]
    queries.set(area="" if area == "vn" else area)
    counted = {key: text for (_, key), text in queries.singles("coldchain_counts").items() if key.startswith("device_")}
    assert {key: whole(told.figures[key]) for key in counted} == counted
    runs = queries.rows("coldchain_runs")
    degrees = lambda value: f"{value:.1f}".replace(".", ",").replace("-", "−")  # noqa: E731
    assert Counter(degrees(row["extreme_c"]) for row in told.rows("incidents")) == Counter(
        row["extreme_c"].split()[0] for row in runs
    )
    assert len(told.rows("incidents")) == len(runs)
    rows = told.rows("device_places")
    places, total = (rows[:-1], rows[-1]) if area == "vn" else (rows, rows[0])
    assert total["devices"] == sum(told.figures[key] for key in counted)
    for state in ("devices", "alarm", "silent", "good"):
        assert sum(row[state] for row in places) == total[state]


def test_quality_and_declared(queries: Snapshot, read: dict[tuple[str, str], Read]) -> None:
    told = read["vn", "vi"]
    queries.set(area="")
    same(
        told.rows("corrections"),
        queries.rows("corrections"),
        **{"5": column("before"), "6": column("after"), "7": column("change", signed)},
    )
    *rows, total = told.rows("declared")
    names = ("declared", "recorded", "gap", "gap_0_3", "gap_4_7", "gap_8_30", "gap_over_30")
    says = {str(place): column(name, whole if place < 3 else signed) for place, name in enumerate(names, start=1)}
    same(rows, queries.rows("declared"), key=lambda row: row["area"], **says)
    for name in names:
        assert total[name] == sum(row[name] for row in rows)
    held = sum(row["held"] for row in told.rows("quarantine"))
    assert held == told.figures["held"] == told.figures["quarantined"]


def test_both_languages_tell_the_same_numbers(read: dict[tuple[str, str], Read]) -> None:
    def numbers(value: object) -> list[object]:
        if isinstance(value, dict):
            return [item for key in sorted(value) if key != "denominator" for item in numbers(value[key])]
        if isinstance(value, list):
            return [item for part in value for item in numbers(part)]
        return [value] if isinstance(value, int | float) else []

    for area in ("vn", AREA):
        own = [
            [[numbers(table["rows"]) for table in part["tables"]] + numbers([f["value"] for f in part["figures"]])
             for part in read[area, language].all["sections"]]
            for language in Language
        ]  # fmt: skip
        assert [[sorted(map(str, x)) if isinstance(x, list) else x for x in part] for part in own[0]] == [
            [sorted(map(str, x)) if isinstance(x, list) else x for x in part] for part in own[1]
        ]


def test_every_number_has_a_definition(read: dict[tuple[str, str], Read]) -> None:
    told = read["vn", "vi"]
    assert [part["section"] for part in told.all["sections"]] == [part.value for part in chosen([])]
    keys = {item["key"] for item in told.all["definitions"]}
    asked = {figure["help"] for part in told.all["sections"] for figure in part["figures"]}
    asked |= {column["help"] for table in told.tables.values() for column in table["columns"]}
    assert asked - {""} == keys
    assert all(item["text"] and item["facts"] for item in told.all["definitions"])
