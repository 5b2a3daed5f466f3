"""The page on the data: every read that it needs, handed to the layout."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from campaign.trust import ByClock, ClockLimits, DataRule
from dashboard.readings import Readings
from layouts.data_page import Trust
from layouts.feed_board import Lag
from layouts.view import View
from layouts.words import Words
from warehouse import reads, reads_trust

LOCKS_SHOWN = 12


def trust_of(
    readings: Readings,
    version: int,
    view: View,
    *,
    rules: tuple[DataRule, ...],
    lag: Lag,
    limits: ClockLimits,
    zone: ZoneInfo,
    words: Words,
) -> Trust:
    """Everything of one snapshot. Raises SnapshotUnavailable."""
    snapshots = readings.snapshots
    info = readings.info(version)
    clock: ByClock | None = None
    if info.kind == "record":
        clock = reads_trust.by_clock(snapshots, version, now=info.as_of, zone=zone, limits=limits)
    return Trust(
        info=info,
        feeds=reads.feed_statuses(snapshots, version),
        lag=lag,
        invariants=reads.invariants(snapshots, version),
        quarantine=reads_trust.quarantine_groups(snapshots, version),
        held=reads_trust.held_records(snapshots, version),
        rules=rules,
        rule_counts=reads_trust.rule_counts(snapshots, version),
        gaps=reads_trust.declared_gaps(snapshots, version),
        days=readings.clock_days(version),
        by_clock=clock,
        limits=limits,
        identities=reads_trust.identities(snapshots, version),
        merges=reads_trust.merges(snapshots, version, today=info.as_of.astimezone(zone).date()),
        locks=reads_trust.figure_locks(snapshots, version, limit=LOCKS_SHOWN),
        corrections=reads.corrections(snapshots, version),
        corrections_in_all=reads.correction_count(snapshots, version),
        names=area_names(readings, version, view, words),
    )


def area_names(readings: Readings, version: int, view: View, words: Words) -> Mapping[str, str]:
    """Names by code, in the language of the page."""
    areas = readings.board(version, view.denominator).areas
    return {row.area.code: words.pick(row.area.name_vi, row.area.name_en) for row in areas}
