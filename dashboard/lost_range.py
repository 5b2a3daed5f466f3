"""What expires should every week be as a place's slowest, or as its fastest, of late (campaign/pace_range.py)."""

from __future__ import annotations

from collections.abc import Mapping

from campaign.pace_range import pace_ranges, scaled
from campaign.plan_risk import LostRange, lost_by_place
from campaign.stock_board import judge_areas, paces_of_all
from warehouse.reads_plan_due import weeks_given
from warehouse.reads_stores import Stock
from warehouse.snapshot import Snapshots


def read_lost_range(
    snapshots: Snapshots, version: int, *, stock: Stock, thaw_days: Mapping[str, int], weeks: int
) -> LostRange:
    """By area, of the last `weeks` whole weeks. Doses, full size. Raises SnapshotUnavailable."""
    ranges = pace_ranges(weeks_given(snapshots, version, today=stock.today, weeks=weeks))

    def lost(*, fast: bool) -> Mapping[str, int]:
        paces = paces_of_all(scaled(stock.paces, ranges, fast=fast))
        return lost_by_place(judge_areas(stock.heaps, stock.lots, paces, today=stock.today, thaw_days=thaw_days))

    return LostRange(slow=lost(fast=False), fast=lost(fast=True))
