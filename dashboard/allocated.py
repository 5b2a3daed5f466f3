"""Every decision on allocation of one snapshot, judged, and usage by round: read once, kept by Readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from campaign.allocation import Judged
from campaign.allocation_board import Exceeding, Summary, exceeding, judged, summaries
from campaign.stock_board import StockRules
from campaign.usage import Usage, usage_by_area
from warehouse.reads_allocation import Allocated, allocated, rounds_of
from warehouse.snapshot import Snapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationNow:
    found: Allocated
    lines: tuple[Judged, ...]
    summaries: tuple[Summary, ...]
    usage: Mapping[str, Usage]
    exceeding: tuple[Exceeding, ...]


def read_allocation(snapshots: Snapshots, version: int, *, zone: ZoneInfo, rules: StockRules) -> AllocationNow:
    """Raises SnapshotUnavailable."""
    found = allocated(snapshots, version, zone=zone, most_per_vial=rules.most_per_vial)
    rounds = rounds_of(found)
    lines = judged(
        found.lines, found.decisions, rounds, found.accounts, today=found.today, wait_days=rules.allocation_days
    )
    return AllocationNow(
        found=found,
        lines=tuple(lines),
        summaries=tuple(summaries(lines, found.decisions)),
        usage=usage_by_area(rounds, found.accounts, today=found.today, settled_days=rules.settled_days),
        # Without any decision nobody was allocated anything, and nobody gave more than that.
        exceeding=tuple(exceeding(rounds, found.accounts, found.extra, found.central)) if found.decisions else (),
    )
