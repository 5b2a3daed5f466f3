"""The nowcast against what days became, and its numbers against a slow and obvious twin."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from bench.nowcast import backtest
from campaign.nowcast import NowcastRules, Triangle, nowcast_areas

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
TODAY = date(2021, 11, 24)


def holds(figures: dict[str, float | int]) -> bool:
    return (
        figures["coverage"] >= 0.8
        and figures["median_width"] <= 0.15
        and figures["interval_score"] < figures["naive_interval_score"]
    )


def test_three_seeds_of_the_demonstration() -> None:
    found = backtest(REFERENCE, None, every_days=17)
    assert len(found) == 6
    for source, figures in found.items():
        assert holds(figures), (source, figures)
        assert figures["days"] > 400
        # Yesterday is the hardest day; the nation has one such day an instant, here 18, too few to be held to a share.
        if source.endswith("provinces"):
            assert figures["yesterday_coverage"] >= 0.8, source


@pytest.mark.shared
def test_the_revisions_of_two_countries(shared: Path) -> None:
    found = backtest(REFERENCE, shared / "real", seeds=())
    assert {source: figures["days"] for source, figures in found.items()} == {
        "malaysia_citf": 1776,
        "malaysia_citf_areas_left_out": 2661,
        "italy_vaccini": 579,
        "italy_vaccini_areas_left_out": 1752,
    }
    for source in ("malaysia_citf", "italy_vaccini"):
        assert holds(found[source]), (source, found[source])
    # Learnt from other areas alone, without a day of its own: below the aim, and held here so that it gets no worse.
    assert found["malaysia_citf_areas_left_out"]["coverage"] >= 0.85
    assert found["italy_vaccini_areas_left_out"]["coverage"] >= 0.75


def expected_of_twin(triangles: dict[str, Triangle], rules: NowcastRules) -> dict[tuple[str, date], float]:
    """The chain ladder in plain words: one age after the other, one row after the other."""
    final: dict[tuple[str, date], float] = {}
    known = {(area, day): row for area, one in triangles.items() for day, row in zip(one.days, one.counts, strict=True)}
    for (area, day), row in known.items():
        if len(row) > rules.complete_after_days:
            final[area, day] = float(row[rules.complete_after_days] or 0)
    expected: dict[tuple[str, date], float] = {}
    for age in range(rules.complete_after_days, 0, -1):
        target = TODAY - timedelta(days=age)
        sums: dict[str, tuple[float, float, float]] = {}
        for area in triangles:
            before = after = days = 0.0
            for back in range(1, rules.window_days + 1):
                day = target - timedelta(days=back)
                if (area, day) not in final:
                    continue
                same = (day.weekday() in rules.rest_days) == (target.weekday() in rules.rest_days)
                weight = 0.5 ** ((back - 1) / rules.half_life_days) * (1.0 if same else rules.other_class_weight)
                before += weight * (known[area, day][age - 1] or 0)
                after += weight * final[area, day]
                days += weight
            sums[area] = before, after, days
        pace = sum(after for _, after, _ in sums.values()) / sum(before for before, _, _ in sums.values())
        for area, (before, after, days) in sums.items():
            drawn = rules.pool_doses + rules.pool_days * before / days
            final[area, target] = (known[area, target][age - 1] or 0) * (after + drawn * pace) / (before + drawn)
            expected[area, target] = final[area, target]
    return expected


def test_what_is_expected_equals_the_twin() -> None:
    dice = Random(3)
    rules = NowcastRules(complete_after_days=6, window_days=14)
    triangles: dict[str, Triangle] = {}
    for area, size in (("large", 900), ("middle", 60), ("small", 4)):
        days = [TODAY - timedelta(days=age) for age in range(45, 0, -1)]
        counts: list[list[int]] = []
        for day in days:
            new = [dice.randint(1, size), *(dice.randint(0, max(size // (4 + lag), 1)) for lag in range(6))]
            counts.append([sum(new[: lag + 1]) for lag in range(min((TODAY - day).days, 7))])
        triangles[area] = Triangle(days=days, counts=counts, as_of=TODAY)
    twin = expected_of_twin(triangles, rules)
    found = nowcast_areas(triangles, rules)
    assert sum(map(len, found.values())) == len(twin) == 18
    for area, nowcasts in found.items():
        for one in nowcasts:
            assert one.expected == pytest.approx(twin[area, one.day], abs=0.5001), (area, one)
