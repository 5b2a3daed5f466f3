"""The public tables as files: one content in every form, documented to the last column, fixed for a day; and somebody
who has all of them, knows the rule and can solve equations learns no small cell."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import highspy
import numpy as np
import pyarrow.parquet as pq
import pytest

from campaign.open_tables import TABLES
from campaign.publication import ADULT_BANDS, BANDS, AreaCounts
from campaign.suppression import round_down
from dashboard.open_data import dictionary
from layouts.open_page import ADDRESS, FORMS
from tests.dashboard.test_public import NOON, Office, cells_of
from warehouse import reads_public
from warehouse.snapshot import Snapshots

STEP = 10
FIRST, SECOND = "2021-11-21", "2021-11-22"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Two days: on the second a handful of people more in some provinces, hundreds in one."""
    made = Office(tmp_path_factory.mktemp("open"))
    # A sample of one in 2,000: most cells of the smaller provinces are below the step.
    made.snapshot(1, NOON - timedelta(minutes=1), one_in=2000)
    made.client.get(f"{ADDRESS}/index.json")
    made.snapshot(2, NOON + timedelta(hours=1), ("06", 3), ("11", 7), ("79", 400), one_in=2000)
    made.now = NOON + timedelta(days=1)
    yield made
    made.close()


def fetched(office: Office, edition: str, table: str, form: str) -> bytes:
    answer = office.client.get(f"{ADDRESS}/{edition}/{table}.{form}")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.data


def table_of(office: Office, edition: str, table: str) -> Rows:
    found: Rows = json.loads(fetched(office, edition, table, "json"))["rows"]
    return found


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("edition", ["latest", FIRST])
def test_every_form_holds_the_same(office: Office, table: str, edition: str) -> None:
    rows = table_of(office, edition, table)
    text = fetched(office, edition, table, "csv").decode()
    written = [["" if value is None else str(value) for value in row.values()] for row in rows]
    assert list(csv.reader(io.StringIO(text))) == [list(rows[0]), *written]
    packed = pq.read_table(io.BytesIO(fetched(office, edition, table, "parquet")))
    assert [{**row, "day": f"{row['day']}"} for row in packed.to_pylist()] == rows
    assert {row["day"] for row in rows} == {SECOND if edition == "latest" else FIRST}
    keys = [tuple(row[name] for name in TABLES[table].key) for row in rows]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("table", TABLES)
def test_no_column_is_without_an_explanation(office: Office, table: str) -> None:
    """In the files, in the dictionary in both languages, in the schema of the Parquet file, and on the page."""
    listed = office.client.get(f"{ADDRESS}/dictionary.json").get_json()["tables"]
    told = next(item for item in listed if item["name"] == table)
    documented = [column["name"] for column in told["columns"]]
    assert list(table_of(office, "latest", table)[0]) == documented
    assert all(column["description"]["vi"] and column["description"]["en"] for column in told["columns"])
    schema = pq.read_schema(io.BytesIO(fetched(office, "latest", table, "parquet")))
    assert schema.names == documented
    assert all((field.metadata or {}).get(b"description") for field in schema)
    # A place where a line may break is no part of the name that is read and copied.
    page = office.client.get(f"{ADDRESS}?lang=en").get_data(as_text=True).replace("<wbr>", "")
    assert all(f"<code>{name}</code>" in page for name in documented)


def test_a_column_that_nobody_explained_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    table = TABLES["areas"]
    more = replace(table, columns=(*table.columns, replace(table.columns[0], name="new_count")))
    monkeypatch.setitem(TABLES, "areas", more)  # pyright: ignore[reportArgumentType]
    with pytest.raises(KeyError, match=r"open_column\.new_count"):
        dictionary()


def test_the_archive_is_the_latest_of_that_day_and_stays(office: Office) -> None:
    for table in TABLES:
        for form in FORMS:
            assert fetched(office, SECOND, table, form) == fetched(office, "latest", table, form)
    before = fetched(office, FIRST, "ages", "csv")
    office.start()
    assert fetched(office, FIRST, "ages", "csv") == before
    index = office.client.get(f"{ADDRESS}/index.json").get_json()
    assert index["days"] == [SECOND, FIRST]


def test_everyone_may_have_it_and_keep_it(office: Office) -> None:
    for edition, cache in (("latest", "public, max-age=300"), (FIRST, "public, max-age=86400")):
        answer = office.client.get(f"{ADDRESS}/{edition}/areas.csv")
        assert answer.headers["Cache-Control"] == cache
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = office.client.get(f"{ADDRESS}/{edition}/areas.csv", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "address",
    ["latest/areas.xml", "latest/people.csv", "2021-11-20/areas.csv", "2021-11-23/areas.csv", "20211121/areas.csv",
     "newest/areas.csv", "secret.json"],
)  # fmt: skip
def test_what_there_is_not_is_said_and_not_kept(office: Office, address: str) -> None:
    answer = office.client.get(f"{ADDRESS}/{address}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert answer.get_json()["error"]


def test_before_the_first_publication_it_says_so(tmp_path: Any) -> None:
    empty = Office(tmp_path)
    try:
        for address in ("", "/index.json", "/latest/areas.csv", "/2021-11-21/areas.csv"):
            answer = empty.client.get(f"{ADDRESS}{address}")
            assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
    finally:
        empty.close()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_address_on_the_page_answers(office: Office, lang: str) -> None:
    html = office.client.get(f"{ADDRESS}?lang={lang}").get_data(as_text=True)
    assert not cells_of(html).used & {"script", "style", "iframe", "form", "img"}
    links = set(re.findall(r'href="(/[^"]+)"', html))
    files = {link for link in links if re.search(r"\.(csv|json|parquet)$", link)}
    assert len(files) == 3 * len(TABLES) * len(FORMS) + 3
    for link in links:
        with office.client.get(link.replace("&amp;", "&")) as answer:
            assert answer.status_code == 200, link


# The adversary. Unknown: people of a day by area, band and state of the series; doses of a day by area.
Cell = tuple[str, ...]
Terms = Mapping[Cell, int]


@dataclass(frozen=True)
class Bound:
    """least <= sum of the cells by their factors <= most."""

    cells: Terms
    least: float
    most: float


def people_of(day: str, areas: list[str], bands: list[str], *states: str) -> dict[Cell, int]:
    return {(day, area, band, state): 1 for area in areas for band in bands for state in states}


def pair(row: dict[str, Any], name: str, cells: Terms) -> list[Bound]:
    if row[f"{name}_at_least"] is None:
        return []
    return [Bound(cells, row[f"{name}_at_least"], row[f"{name}_less_than"] - 1)]


STATES = {"dose1": ("partial", "full"), "full": ("full",)}
GROUPS = {"18plus": list(ADULT_BANDS), "all": list(BANDS)}


def learned(tables: Mapping[str, Rows], day: str) -> list[Bound]:
    """All that the three tables of one day say, and what follows from knowing the rule."""
    areas = [row["area"] for row in tables["areas"]]
    living = sorted({row["area"] for row in tables["ages"]})
    found: list[Bound] = []
    for row in tables["areas"]:
        found += pair(row, "doses", {(day, row["area"], "doses"): 1})
        for group, bands in GROUPS.items():
            for measure, states in STATES.items():
                found += pair(row, f"{measure}_{group}", people_of(day, [row["area"]], bands, *states))
    for row in tables["ages"]:
        where = [row["area"]], [row["age_band"]]
        for measure, states in STATES.items():
            found += pair(row, measure, people_of(day, *where, *states))
        # Whoever knows that the two are cells of their own takes one from the other.
        partial = row["dose1_at_least"] - row["full_at_least"]
        found.append(Bound(people_of(day, *where, "partial"), partial, partial + STEP - 1))
    for row in tables["nation"]:
        bands, states = GROUPS[row["population_group"]], STATES[row["measure"]]
        found += pair(row, "people", people_of(day, living, bands, *states))
        counted = [area for area in living if area not in row["left_out"].split()]
        found.append(Bound(people_of(day, counted, bands, *states), row["counted_at_least"], float("inf")))
    # Everybody counted had a dose somewhere in the country.
    given = {(day, area, "doses"): 1 for area in areas}
    reached = dict.fromkeys(people_of(day, living, list(BANDS), "partial", "full"), -1)
    return [*found, Bound({**given, **reached}, 0, float("inf"))]


def between(first: list[Bound], before: str, after: str) -> list[Bound]:
    """Nobody's dose is undone: neither doses, nor people with a full series, nor those with any dose become fewer."""
    cells = {cell for bound in first for cell in bound.cells if cell[0] == before}
    found: list[Bound] = []
    for cell in cells:
        then = (after, *cell[1:])
        if cell[-1] == "partial":
            fuller, fuller_then = (*cell[:-1], "full"), (*then[:-1], "full")
            found.append(Bound({then: 1, fuller_then: 1, cell: -1, fuller: -1}, 0, float("inf")))
        else:
            found.append(Bound({then: 1, cell: -1}, 0, float("inf")))
    return found


def ranges(bounds: list[Bound], wanted: list[Cell]) -> dict[Cell, tuple[float, float]]:
    """The least and the most that each wanted cell can be, by a solver."""
    cells = sorted({cell for bound in bounds for cell in bound.cells})
    index = {cell: number for number, cell in enumerate(cells)}
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.addVars(len(cells), np.zeros(len(cells)), np.full(len(cells), highspy.kHighsInf))
    for bound in bounds:
        places = np.array([index[cell] for cell in bound.cells], dtype=np.int32)
        factors = np.array(list(bound.cells.values()), dtype=np.float64)
        most = highspy.kHighsInf if bound.most == float("inf") else bound.most
        model.addRow(bound.least, most, len(places), places, factors)
    found: dict[Cell, tuple[float, float]] = {}
    for cell in wanted:
        ends: list[float] = []
        for sign in (1.0, -1.0):
            model.changeColCost(index[cell], sign)
            model.run()
            assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal, "what was told contradicts itself"
            ends.append(sign * model.getInfo().objective_function_value)
            model.changeColCost(index[cell], 0.0)
        found[cell] = ends[0], ends[1]
    return found


def truth(office: Office, version: int, day: str) -> dict[Cell, int]:
    """The exact counts of every cell."""
    snapshots = Snapshots(office.settings.snapshot_dir)
    denominator = reads_public.about(snapshots, version).denominator
    counts: tuple[AreaCounts, ...] = reads_public.area_counts(snapshots, version, denominator=denominator)
    found: dict[Cell, int] = {}
    for area in counts:
        if area.doses is not None:
            found[day, area.code, "doses"] = area.doses
        for band, cell in area.people.items():
            found[day, area.code, band, "partial"] = cell.partial
            found[day, area.code, band, "full"] = cell.full
    return found


def small(exact: Mapping[Cell, int], most: int) -> list[Cell]:
    """Some of the cells below the step, from all over: each costs two solutions."""
    cells = sorted(cell for cell, count in exact.items() if count < STEP)
    return cells[:: max(len(cells) // most, 1)]


def test_no_small_cell_is_recovered_from_all_tables_of_two_days(office: Office) -> None:
    exact = {**truth(office, 1, FIRST), **truth(office, 2, SECOND)}
    bounds: list[Bound] = []
    for day in (FIRST, SECOND):
        bounds += learned({table: table_of(office, day, table) for table in TABLES}, day)
    bounds += between(bounds, FIRST, SECOND)
    wanted = small(exact, 40)
    assert len({exact[cell] for cell in wanted}) > 4, "the snapshot must have small cells of several sizes"
    for bound in bounds:
        told = sum(factor * exact.get(cell, 0) for cell, factor in bound.cells.items())
        assert bound.least <= told <= bound.most, "what is told must be true"
    for cell, (least, most) in ranges(bounds, wanted).items():
        assert least < 0.5, (cell, exact[cell], least, most)
        assert most > STEP - 1.5, (cell, exact[cell], least, most)


def test_the_same_adversary_recovers_cells_of_what_others_publish(office: Office) -> None:
    """Cells below the step are left out, the others and every total are exact: the solver sees through it."""
    exact = truth(office, 1, FIRST)
    bounds = [
        Bound({cell: 1}, 0, STEP - 1) if count < STEP else Bound({cell: 1}, count, count)
        for cell, count in exact.items()
    ]
    areas = sorted({cell[1] for cell in exact if len(cell) == 4})
    for area in areas:
        for states in STATES.values():
            cells = people_of(FIRST, [area], list(BANDS), *states)
            total = sum(exact.get(cell, 0) for cell in cells)
            bounds.append(Bound({cell: 1 for cell in cells if cell in exact}, total, total))
    for band in BANDS:
        for states in STATES.values():
            cells = {cell: 1 for cell in people_of(FIRST, areas, [band], *states) if cell in exact}
            total = sum(exact[cell] for cell in cells)
            bounds.append(Bound(cells, total, total))
    found = ranges(bounds, small(exact, 40))
    assert sum(most - least < 0.5 for least, most in found.values()) >= 5


def test_two_exports_differ_by_whole_steps_only(office: Office) -> None:
    for table in TABLES:
        names = TABLES[table].key[1:]
        before, after = (
            {tuple(row[name] for name in names): row for row in table_of(office, day, table)} for day in (FIRST, SECOND)
        )
        assert before.keys() == after.keys()
        moved = {
            row[name] - before[key][name]
            for key, row in after.items()
            for name in row
            if name.endswith(("_at_least", "_less_than")) and row[name] is not None
        }
        assert all(number % STEP == 0 for number in moved)
        assert any(moved), "the days must differ, or nothing was compared"


def test_each_number_is_the_sum_of_rounded_cells(office: Office) -> None:
    """By a plain twin: exact cells rounded one by one, then added."""
    exact = truth(office, 2, SECOND)

    def rounded(cells: Mapping[Cell, int]) -> int:
        return sum(round_down(exact[cell], step=STEP) for cell in cells if cell in exact)

    for row in table_of(office, "latest", "areas"):
        if row["dose1_all_at_least"] is not None:
            cells = people_of(SECOND, [row["area"]], list(BANDS), "partial", "full")
            assert row["dose1_all_at_least"] == rounded(cells)
        assert row["doses_at_least"] == rounded({(SECOND, row["area"], "doses"): 1})
    living = sorted({cell[1] for cell in exact if len(cell) == 4})
    for row in table_of(office, "latest", "nation"):
        cells = people_of(SECOND, living, GROUPS[row["population_group"]], *STATES[row["measure"]])
        assert row["people_at_least"] == rounded(cells)
