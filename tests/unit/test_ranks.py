"""Top and bottom of the provinces: the ends of one order, and nobody whose figures are in doubt."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from campaign.causes import CauseKind, CauseRules
from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.ranks import Doubted, Missing, Ranked, bottom, left_out, order, rank_rows, top
from campaign.readings import Area, AreaRow

TODAY = date(2021, 11, 20)
RULES = CauseRules(
    pace_share=1,
    supply_days=7,
    delivered_share=0.8,
    late_share=0.1,
    declared_share=0.05,
    denominator_points=0.05,
    report_days=2,
)


def area(
    code: str, doses: int = 50, received: int | None = 100, people: int = 6, adults: int | None = 10, last: date = TODAY
) -> AreaRow:
    return AreaRow(
        area=Area(code=code, name_vi=code, name_en=code, region_vi="", region_en="", position=0),
        doses=doses,
        doses_last_7_days=None,
        coverage={(PopulationGroup.ADULTS, Measure.DOSE1): Coverage(people=people, population=adults)},
        registered=None,
        delivered=received,
        on_hand=None,
        last_report_on=last,
    )


def test_who_is_left_out_and_why() -> None:
    rows = rank_rows(
        [
            area("01"),
            area("02", last=date(2021, 11, 17)),
            area("03"),
            area("04"),
            area("05", received=0),
            area("06", received=None),
            area("07", adults=None),
            area("central"),
            area("unknown"),
        ],
        {"03": Doubted(expected=100, reported=89), "04": Doubted(declared=100, recorded=94)},
        usage={},
        one_in=1,
        today=TODAY,
        rules=RULES,
    )
    assert [row.area_code for row in rows] == ["01", "02", "03", "04", "05", "06", "07"]
    red = {row.area_code: [cause.kind for cause in row.doubts] for row in rows if row.doubts}
    assert red == {"02": [CauseKind.NO_REPORT], "03": [CauseKind.LATE_ENTRY], "04": [CauseKind.DECLARED]}
    assert [row.area_code for row in order(rows, Ranked.USAGE)] == ["01", "07"]
    assert [row.area_code for row in left_out(rows, Ranked.COVERAGE)] == ["02", "03", "04", "07"]
    missing = {row.area_code: row.missing(Ranked.USAGE) for row in rows if row.missing(Ranked.USAGE)}
    assert missing == {"05": Missing.NOTHING_RECEIVED, "06": Missing.NOTHING_RECEIVED}
    assert rows[6].missing(Ranked.COVERAGE) is Missing.NO_DENOMINATOR


def test_limits_are_themselves_allowed() -> None:
    known = {"01": Doubted(expected=100, reported=90, declared=100, recorded=95)}
    (row,) = rank_rows([area("01", last=date(2021, 11, 18))], known, usage={}, one_in=1, today=TODAY, rules=RULES)
    assert row.doubts == ()


def test_a_sample_is_multiplied_up_before_it_is_divided_by_vaccine() -> None:
    (row,) = rank_rows([area("01", doses=5, received=1000)], {}, usage={}, one_in=100, today=TODAY, rules=RULES)
    assert (row.doses, row.value(Ranked.USAGE)) == (500, 0.5)


@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from([None, 0, 50, 100])), max_size=63), st.integers(1, 12))
def test_both_ends_are_the_ends_of_the_sorted_table(values: list[tuple[int, int | None]], places: int) -> None:
    areas = [area(f"{code:02d}", doses, received) for code, (doses, received) in enumerate(values)]
    rows = rank_rows(areas, {}, usage={}, one_in=1, today=TODAY, rules=RULES)
    table = sorted(
        ((doses / received, f"{code:02d}") for code, (doses, received) in enumerate(values) if received),
        key=lambda item: (-item[0], item[1]),
    )
    first, last = top(rows, Ranked.USAGE, places), bottom(rows, Ranked.USAGE, places)
    assert [row.area_code for row in first] == [code for _, code in table[:places]]
    assert [row.area_code for row in last] == [code for _, code in table[places:]][-places:][::-1]
    assert not {row.area_code for row in first} & {row.area_code for row in last}
    assert len(order(rows, Ranked.USAGE)) + len(left_out(rows, Ranked.USAGE)) == len(rows)
