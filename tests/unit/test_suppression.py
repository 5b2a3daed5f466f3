"""The rule for public figures, attacked: by running it on every table, by guessing, by totals, by comparing days."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.coverage import Measure, PopulationGroup
from campaign.publication import BANDS, About, AreaCounts, PeopleCell, Publication, publish
from campaign.suppression import Figure, figure, round_down
from dashboard.public import plain

STEP = 10
NOW = datetime(2021, 11, 22, 11, tzinfo=UTC)
ABOUT = About(
    snapshot=7,
    as_of=NOW,
    published_at=NOW,
    title_vi="",
    title_en="",
    note_vi="",
    note_en="",
    one_in=1,
    is_demo=False,
    denominator="est_2021",
)
# Around the threshold, around the next multiple, nought, and far away.
AROUND = (0, 1, 9, 10, 11, 19, 20, 500)
Table = tuple[int, ...]


def area(code: str, people: Mapping[str, tuple[int, int]], *, doses: int | None = 0) -> AreaCounts:
    """`people`: band -> partial, full."""
    cells = {band: PeopleCell(partial=partial, full=full) for band, (partial, full) in people.items()}
    return AreaCounts(
        code=code, name_vi=code, name_en=code, doses=doses, people=cells, population={PopulationGroup.ALL: 1000}
    )


def published(areas: Iterable[AreaCounts], *, step: int = STEP) -> Publication:
    return publish(areas, step=step, day=date(2021, 11, 22), about=ABOUT, targets=())


def seen(areas: Iterable[AreaCounts], *, step: int = STEP) -> str:
    """All that anybody is told: the machine-readable answer, which holds every figure of the page."""
    return repr(plain(published(areas, step=step)))


def grid(table: Table, *, bands: tuple[str, ...]) -> list[AreaCounts]:
    """Areas x bands of people with a full series only, so that rows and columns are the margins of one table."""
    rows = [table[start : start + len(bands)] for start in range(0, len(table), len(bands))]
    return [
        area(f"{place:02}", {band: (0, count) for band, count in zip(bands, row, strict=True)})
        for place, row in enumerate(rows)
    ]


@pytest.mark.parametrize("shape", [(2, 3), (3, 2)])
def test_every_small_table_leaves_every_cell_its_ten_values(shape: tuple[int, int]) -> None:
    """A reader who knows the rule runs it on every table. With a step of 3 and cells up to 8 that is all 9^6 of them:
    whatever was published, each cell can still be each of its three values, and each combination of them occurs."""
    step, rows, columns = 3, *shape
    cells = rows * columns
    tables = np.array(list(itertools.product(range(3 * step), repeat=cells)))
    told = [round_down(value, step=step) for value in range(3 * step)]
    rounded = np.array(told)[tables].reshape(-1, rows, columns)
    # What is told of a table as one row: cells, margins, total. Margins are made as Publication makes them, of cells.
    shown = np.concatenate(
        [rounded.reshape(-1, cells), rounded.sum(1), rounded.sum(2), rounded.sum((1, 2))[:, None]], axis=1
    )
    patterns, which = np.unique(_numbers(shown), return_inverse=True)
    assert len(patterns) == 3**cells
    for cell in range(cells):
        pairs = np.unique(which.ravel() * 3 * step + tables[:, cell])
        assert (np.bincount(pairs // (3 * step)) == step).all()
    assert (np.bincount(which.ravel()) == step**cells).all()


def _numbers(rows: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Equal numbers for equal rows and for no others: figures are multiples of 3 up to 36, so a digit of base 13."""
    digits = rows // 3
    assert (digits * 3 == rows).all()
    assert digits.max() < 13
    assert 13 ** rows.shape[1] < 2**63
    numbers: np.ndarray[Any, np.dtype[np.int64]] = digits @ (13 ** np.arange(rows.shape[1], dtype=np.int64))
    return numbers


def test_what_is_told_of_a_table_is_what_the_enumeration_took_it_for() -> None:
    """The margins of the enumeration above are those of the page: rows, columns and the nation."""
    bands = ("12_17", "18_49", "65plus")
    for table in itertools.product((0, 2, 4, 8), repeat=6):
        made = published(grid(table, bands=bands), step=3)
        rounded = np.array([value // 3 * 3 for value in table]).reshape(2, 3)
        rows = [made.people(Measure.FULL, bands, [place]) for place in made.areas]
        columns = [made.people(Measure.FULL, [band]) for band in bands]
        nation = made.people(Measure.FULL, bands)
        assert [row and row.at_least for row in rows] == rounded.sum(1).tolist()
        assert [column and column.at_least for column in columns] == rounded.sum(0).tolist()
        assert nation is not None
        assert nation.at_least == rounded.sum()


def test_tables_around_the_threshold_part_into_what_they_should() -> None:
    """2 x 2 with every pair of values around ten: equal answers exactly where every cell rounds to the same."""
    bands = ("12_17", "65plus")
    answers: dict[str, set[Table]] = defaultdict(set)
    for table in itertools.product(AROUND, repeat=4):
        answers[seen(grid(table, bands=bands))].add(tuple(value // STEP for value in table))
    assert all(len(rounded) == 1 for rounded in answers.values())
    assert len(answers) == len({value // STEP for value in AROUND}) ** 4


COUNT = st.one_of(st.integers(0, 25), st.integers(0, 4_000_000))
PEOPLE = st.fixed_dictionaries({band: st.tuples(COUNT, COUNT) for band in BANDS})
AREAS = st.lists(st.tuples(PEOPLE, COUNT), min_size=1, max_size=4).map(
    lambda rows: [area(f"{place:02}", people, doses=doses) for place, (people, doses) in enumerate(rows)]
)


@settings(deadline=None)
@given(AREAS, st.data())
def test_no_guess_about_any_cell_can_be_refuted(areas: list[AreaCounts], data: st.DataObject) -> None:
    """Every cell is given any of its ten values at once: the answer stays, byte by byte."""
    other = st.integers(0, STEP - 1)
    moved = [
        replace(
            place,
            doses=(place.doses or 0) // STEP * STEP + data.draw(other),
            people={
                band: PeopleCell(
                    partial=cell.partial // STEP * STEP + data.draw(other),
                    full=cell.full // STEP * STEP + data.draw(other),
                )
                for band, cell in place.people.items()
            },
        )
        for place in areas
    ]
    assert seen(moved) == seen(areas)


@settings(deadline=None)
@given(AREAS)
def test_bounds_hold_the_truth_and_are_all_multiples(areas: list[AreaCounts]) -> None:
    made = published(areas)
    exact = {
        Measure.FULL: sum(cell.full for place in areas for cell in place.people.values()),
        Measure.DOSE1: sum(cell.full + cell.partial for place in areas for cell in place.people.values()),
    }
    for measure, people in exact.items():
        told = made.people(measure, tuple(BANDS))
        assert told is not None
        assert told.at_least <= people < told.less_than
        assert told.at_least % STEP == told.less_than % STEP == 0


def national(seed: int) -> list[AreaCounts]:
    """63 provinces x bands at the size of the demonstration, with small cells in plenty."""
    random = np.random.default_rng(seed)
    sizes = {"under_12": 2, "12_17": 60, "18_49": 3000, "50_64": 900, "65plus": 400, "unknown": 1}
    places = [
        area(
            f"{place:02}",
            {band: (int(random.poisson(size / 9)), int(random.poisson(size))) for band, size in sizes.items()},
        )
        for place in range(63)
    ]
    # As few doses as can be: nobody has had an additional one, and everybody had theirs at home.
    return [replace(place, doses=injections([place])) for place in places]


def test_each_cell_of_the_nation_reaches_both_ends_of_its_ten_values() -> None:
    """The bounds of a linear programme over everything told cannot be tighter than tables that satisfy all of it. For
    each of the 756 cells of people two such tables are made, with its lowest and its highest value; in both the exact
    national number of people is kept, for a reader who has it from a bulletin, and the doses told suffice for one dose
    of each partial and two of each full series."""
    areas = national(2021)
    answer = seen(areas)
    keys = [(place.code, band, state) for place in areas for band in BANDS for state in ("partial", "full")]
    assert sum(0 < cell_of(areas, key) < STEP for key in keys) > 100, "the attack needs small cells"
    most_doses = sum((place.doses or 0) // STEP * STEP + STEP - 1 for place in areas)
    for number, key in enumerate(keys):
        for rest in (0, STEP - 1):
            guess = exchange(areas, key, rest)
            assert cell_of(guess, key) == cell_of(areas, key) // STEP * STEP + rest
            assert total(guess) == total(areas)
            assert injections(guess) <= most_doses
            # Comparing the whole answer to every guess would take a minute: one in twenty is compared.
            if number % 20 == 0:
                assert seen(guess) == answer


def cell_of(areas: list[AreaCounts], key: tuple[str, str, str]) -> int:
    code, band, state = key
    found: int = getattr(next(place for place in areas if place.code == code).people[band], state)
    return found


def total(areas: Iterable[AreaCounts]) -> int:
    return sum(cell.partial + cell.full for place in areas for cell in place.people.values())


def injections(areas: Iterable[AreaCounts]) -> int:
    return sum(cell.partial + 2 * cell.full for place in areas for cell in place.people.values())


def exchange(areas: list[AreaCounts], key: tuple[str, str, str], value: int) -> list[AreaCounts]:
    """A table with `value` as the remainder of one cell; the difference is taken from remainders of other cells."""
    cells = {(p.code, b, s): getattr(p.people[b], s) for p in areas for b in BANDS for s in ("partial", "full")}
    owed = cells[key] % STEP - value
    cells[key] += -owed
    for other, count in tuple(cells.items()):
        if other == key:
            continue
        rest = count % STEP
        step = min(owed, STEP - 1 - rest) if owed > 0 else max(owed, -rest)
        cells[other] += step
        owed -= step
    assert owed == 0
    return [
        replace(
            p,
            people={
                b: PeopleCell(partial=cells[p.code, b, "partial"], full=cells[p.code, b, "full"]) for b in p.people
            },
        )
        for p in areas
    ]


@settings(deadline=None)
@given(st.integers(0, 200), st.lists(st.integers(0, 30), min_size=1, max_size=6))
def test_days_seem_to_stand_or_to_grow_by_whole_steps(first: int, growth: list[int]) -> None:
    """Between any two publications of one cell at least ten growths fit what was told of both."""
    days = np.cumsum([first, *growth]).tolist()
    told = [round_down(value, step=STEP) for value in days]
    for (before, after), (exact_before, exact_after) in zip(
        itertools.combinations(told, 2), itertools.combinations(days, 2), strict=True
    ):
        assert (after - before) % STEP == 0
        fitting = {
            later - earlier
            for earlier in range(before, before + STEP)
            for later in range(after, after + STEP)
            if later >= earlier
        }
        assert exact_after - exact_before in fitting
        assert len(fitting) >= STEP


def test_a_day_with_nine_more_people_is_not_told_from_one_without() -> None:
    """Everybody vaccinated in one province in a day is a small group: the totals give it away no more than the cell."""
    before = [area("01", {"65plus": (0, 40)}), area("02", {"65plus": (0, 50_000)})]
    after = [area("01", {"65plus": (0, 49)}), before[1]]
    assert seen(after) == seen(before)
    assert seen([area("01", {"65plus": (0, 50)}), before[1]]) != seen(before)


def test_at_least_one_dose_beside_full_does_not_give_the_partial_ones_away() -> None:
    """1,003 people with a dose, 1,000 with a full series: the three would be the difference of two shown figures."""
    made = published([area("01", {"65plus": (3, 1000)})])
    dose1, full = (made.people(measure, ["65plus"]) for measure in (Measure.DOSE1, Measure.FULL))
    assert dose1 == Figure(at_least=1000, cells=2, step=STEP)
    assert full == Figure(at_least=1000, cells=1, step=STEP)
    assert seen([area("01", {"65plus": (0, 1000)})]) == seen([area("01", {"65plus": (9, 1009)})])


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, 0), (9, 0), (10, 10), (19, 10), (1_234_567, 1_234_560)])
def test_rounding(count: int, told: int) -> None:
    assert round_down(count, step=STEP) == told


def test_a_withheld_sum_says_below_what_it_is() -> None:
    told = figure([0] * 64, step=STEP)
    assert told is not None
    assert told.withheld
    assert told.less_than == 580
    assert told.less_than > 64 * 9


def test_what_is_not_told_is_not_nought() -> None:
    assert figure([], step=STEP) is None
    assert published([area("01", {}, doses=None)]).doses() is None


@pytest.mark.parametrize("slipped", [3, 15, -10])
def test_an_exact_count_cannot_slip_into_a_sum(slipped: int) -> None:
    with pytest.raises(ValueError, match="exact"):
        figure([20, slipped], step=STEP)
    with pytest.raises(ValueError, match="below"):
        round_down(-1, step=STEP)


def test_two_steps_side_by_side_tell_more_than_either() -> None:
    """Why config.yaml asks for a multiple when the step is raised: 10 and 15 together leave five values, 10 and 20
    leave ten."""

    def fitting(steps: tuple[int, int]) -> int:
        return min(
            sum(all(round_down(guess, step=s) == round_down(count, step=s) for s in steps) for guess in range(100))
            for count in range(60)
        )

    assert fitting((10, 15)) == 5
    assert fitting((10, 20)) == 10
