"""The projection against the true dates: a smaller form of `app.py bench projection`."""

from __future__ import annotations

from pathlib import Path

from bench.projection import BEFORE_DAYS, backtest

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"


def test_the_interval_holds_the_true_date_on_four_days_of_five() -> None:
    """One person in 400, every sixth day: the aim (docs/PROJECTION.md), with room for days that are not asked. Each of
    the twelve replays must hold most of its days, and the straight line stay the worse of the two."""
    found = backtest(REFERENCE, one_in=400, every_days=6)
    everything = found["all"]
    days = len(range(BEFORE_DAYS, 0, -6))
    assert len(found) == 13
    assert everything["days"] == 12 * days
    coverage, naive = everything["coverage"], everything["naive_coverage"]
    assert isinstance(coverage, float) and isinstance(naive, float)
    assert coverage >= 0.8
    assert coverage > naive + 0.2
    width = everything["median_width"]
    assert isinstance(width, float) and width <= 0.26
    each = [figures["coverage"] for name, figures in found.items() if name != "all"]
    assert all(isinstance(share, float) and share >= 0.7 for share in each)


def test_a_replayed_day_knows_nothing_of_what_came_later() -> None:
    """Two replays that end at the same true date are the same, whatever the stride between them."""
    wide = backtest(REFERENCE, seeds=(7,), one_in=400, every_days=60)
    again = backtest(REFERENCE, seeds=(7,), one_in=400, every_days=60)
    assert wide == again
