"""Cases that the stateful test once found or could miss, each beside the slow twin; and tables whose window or rows
depend on what was once there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.support.engine import NAMED_AREAS, RULES, SERIES, Batch, Bench, differing, take_into_twin
from tests.support.twin import Row, Twin
from warehouse.engine.engine import Engine
from warehouse.engine.keys import key_words
from warehouse.engine.ragged import Ragged
from warehouse.verify import rebuild

START = datetime(2021, 6, 1, 2, tzinfo=UTC)


class Pair:
    """The warehouse and its twin, fed alike."""

    def __init__(self, folder: Path) -> None:
        self.bench = Bench(folder)
        self.twin = Twin(rules=SERIES, named_areas=frozenset(NAMED_AREAS), reference_year=RULES.reference_year)

    def refresh(self, **rows: list[Row]) -> None:
        batch = Batch(rows=rows)
        self.bench.apply(batch)
        take_into_twin(self.twin, batch)

    def agrees(self) -> bool:
        return differing(self.bench, self.twin) == {} and self.bench.verify().cells_differing == 0


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.bench.close()


def area(code: str) -> Row:
    return {"code": code, "level": "province", "name_vi": code, "version": 1}


def site(code: str, province: str | None, version: int = 1) -> Row:
    return {
        "code": code, "kind": "fixed", "district_code": None, "province_code": province, "recipient_code": None,
        "opened_on": date(2021, 3, 1), "version": version,
    }  # fmt: skip


def dose(number: int, where: str, *, day: int = 0, version: int = 1, **other: object) -> Row:
    at = START + timedelta(day)
    return {
        "dose_id": number, "person_key": "p", "product_code": "astrazeneca", "dose_number": 1, "lot_number": "L",
        "site_code": where, "injected_at": at, "recorded_at": at, "identity_status": "matched", "voided": False,
        "age_years": 30, "version": version, **other,
    }  # fmt: skip


def person(key: str, province: str, *, groups: int = 0, version: int = 1) -> Row:
    return {
        "person_key": key, "birth_year": 1980, "sex": "f", "province_code": province, "district_code": None,
        "group_bits": groups, "version": version,
    }  # fmt: skip


def test_a_dose_that_comes_again_moves_with_its_site(pair: Pair) -> None:
    pair.refresh(area=[area("79"), area("01")], site=[site("a", "79")], dose=[dose(1, "a")])
    pair.refresh(site=[site("a", "01", 2)], dose=[dose(1, "a")])
    assert pair.agrees()


@pytest.mark.parametrize("first", ["79", "01"])
def test_equal_doses_of_one_day_count_the_same_whichever_place_was_known_first(pair: Pair, first: str) -> None:
    second = {"79": "01", "01": "79"}[first]
    pair.refresh(area=[area(first)], site=[site(first, first)])
    pair.refresh(area=[area(second)], site=[site(second, second)])
    day = 140  # province 79 has an interval of its own by then
    pair.refresh(dose=[dose(1, "79", day=day, age_years=12), dose(2, "01", day=day)])
    assert pair.agrees()


def test_a_merge_made_before_anything_else_is_known_of_either(pair: Pair) -> None:
    merge = {"merge_id": 1, "kept_key": "q", "merged_key": "p", "merged_at": START, "undone": False, "version": 1}
    pair.refresh(area=[area("79")], site=[site("a", "79")], person_merge=[merge])
    pair.refresh(dose=[dose(1, "a"), dose(2, "a", day=60, person_key="q")])
    assert pair.agrees()
    pair.refresh(person=[person("p", "79"), person("q", "01", groups=2)])
    assert pair.agrees()
    pair.refresh(person_merge=[{**merge, "undone": True, "version": 2}])
    assert pair.agrees()


def test_a_rebuild_changes_nothing(pair: Pair) -> None:
    pair.refresh(area=[area("79")], site=[site("a", "79")], dose=[dose(n, "a", day=30 * n) for n in range(7)])
    before = pair.bench.content_hash()
    rebuild(pair.bench.warehouse, pair.bench.engine)
    assert pair.bench.content_hash() == before
    assert pair.agrees()


@pytest.mark.parametrize("folded", [False, True])
def test_doses_in_memory_that_the_records_do_not_say_are_found_and_put_right(pair: Pair, folded: bool) -> None:
    pair.refresh(area=[area("79")], site=[site("a", "79")], dose=[dose(n, "a", day=30 * n) for n in range(7)])
    pair.refresh(dose=[dose(7, "a", person_key="q"), dose(8, "a", person_key="r"), dose(9, "a", person_key="s")])
    if folded:
        pair.bench.fold()
    before = pair.bench.content_hash()
    engine = pair.bench.engine
    people, (p, q, r) = engine.people, _numbers(engine, "pqr")
    held = people.beyond.of(np.array([p])).slot
    people.beyond.put(np.array([p]), Ragged(owner=np.zeros(len(held) - 1, dtype=np.int64), slot=held[:-1]))
    people.slots.put(np.array([q, r]), np.zeros((2, 4), dtype=np.uint32))
    assert pair.bench.verify().people_differing == 3
    rebuild(pair.bench.warehouse, engine, deep=False)
    assert pair.bench.content_hash() != before, "the cubes alone follow what memory says"
    rebuild(pair.bench.warehouse, engine)
    assert pair.bench.content_hash() == before
    assert pair.agrees()
    pair.bench.reopen()
    assert pair.agrees(), "what was put right is written down"
    pair.refresh(dose=[dose(7, "a", person_key="q", version=2, voided=True)])
    assert pair.agrees()


def _numbers(engine: Engine, people: str) -> list[int]:
    return [int(engine.people.find(*key_words(pl.Series([key])))[0]) for key in people]


def test_a_cell_that_everybody_has_left_is_gone(pair: Pair) -> None:
    pair.refresh(area=[area("79")], site=[site("a", "79")], person=[person("p", "79", groups=2)])
    pair.refresh(person=[person("p", "01", groups=2, version=2)])
    before = pair.bench.content_hash()
    pair.bench.sum_up()
    assert pair.bench.content_hash() == before


def test_a_window_of_days_forgets_a_withdrawn_day(pair: Pair) -> None:
    pair.refresh(area=[area("79")], site=[site("a", "79")], dose=[dose(1, "a"), dose(2, "a", day=200)])
    pair.refresh(dose=[dose(2, "a", day=200, version=2, voided=True)])
    before = pair.bench.content_hash()
    pair.bench.sum_up()
    assert pair.bench.content_hash() == before


def test_hours_let_go_come_back_when_the_newest_day_falls_back(pair: Pair) -> None:
    pair.refresh(area=[area("79")], site=[site("a", "79")], dose=[dose(1, "a"), dose(2, "a", day=200)])
    pair.bench.sum_up()
    pair.refresh(dose=[dose(3, "a", day=1), dose(2, "a", day=200, version=2, voided=True)])
    assert pair.agrees()
    hours = "SELECT day, sum(n) FROM cube.site_hour GROUP BY day HAVING sum(n) <> 0 ORDER BY day"
    days = pair.bench.warehouse.connection.execute(hours).fetchall()
    assert [count for _, count in days] == [1, 1]
    assert pair.bench.verify().cells_differing == 0


def test_a_rebuild_begins_the_hours_where_they_stand(pair: Pair) -> None:
    pair.refresh(area=[area("79")], site=[site("a", "79")], dose=[dose(1, "a"), dose(2, "a", day=200)])
    rebuild(pair.bench.warehouse, pair.bench.engine)
    pair.refresh(dose=[dose(2, "a", day=200, version=2, voided=True)])
    assert pair.agrees()
    assert pair.bench.verify().cells_differing == 0
