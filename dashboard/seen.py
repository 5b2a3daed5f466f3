"""What a person may see of a snapshot: the nation's totals, and the detail of the provinces in that person's scope.

Every view reads through here, so that what is outside a scope never reaches a layout. Totals of the nation are shown to
everyone who is signed in: whoever holds all provinces but one can subtract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from campaign.access import Scope
from campaign.area_stock import with_stock
from campaign.coverage import NATION, PopulationGroup
from campaign.first import last_closed
from campaign.incident_places import tallies_within
from campaign.incident_view import Board as Incidents
from campaign.incident_view import IncidentRow
from campaign.incidents import AREA_LABELS
from campaign.people import People, Place
from campaign.projection import Fan
from campaign.readings import AreaRow, DayRow, SnapshotInfo
from campaign.regroup import add_clock_days, add_days, members_of
from campaign.statements import Word, of_day
from campaign.targets import Past, Standing
from campaign.trust import ClockDay
from dashboard.params import Known
from dashboard.readings import Board, Readings, StockNow
from layouts.data_page import Trust
from layouts.view import Grain
from warehouse import reads_targets


class OutsideScope(Exception):
    """Something was asked for that the person's grants do not cover. Answered with 403, and written into the audit.

    asked: the area. needs: the permission that is missing, where it is not the area.
    """

    def __init__(self, message: str, *, asked: str = "", needs: str = "") -> None:
        super().__init__(message)
        self.asked = asked
        self.needs = needs


@dataclass(frozen=True, slots=True)
class Seen:
    """The readings within one scope. Every method raises SnapshotUnavailable for a version that is not kept."""

    readings: Readings
    scope: Scope

    def info(self, version: int) -> SnapshotInfo:
        return self.readings.info(version)

    def known(self, version: int) -> Known:
        """`areas` are all there are: that a province exists is no secret, its figures are."""
        return self.readings.known(version)

    def board(self, version: int, denominator: str, on: date | None = None, grain: Grain = Grain.OF_2021) -> Board:
        """Areas within the scope; of the others name and place alone, for the map. Totals stay the nation's. An area of
        2025 is within it where all that went into it is."""
        board = self.readings.board(version, denominator, on)
        areas = board.areas if grain is Grain.OF_2021 else self.readings.merged(version, denominator, on)
        if self.scope.nationwide:
            return replace(board, areas=areas)
        own = tuple(row for row in areas if self._covers(row.area.code, grain))
        others = tuple(_blank(row) for row in areas if not self._covers(row.area.code, grain))
        return replace(board, areas=own, outside=others)

    def with_stock(self, board: Board, now: StockNow, grain: Grain) -> Board:
        """The areas of the scope with their stock; the nation's is everybody's to see."""
        members = {row.area.code: self.members(row.area.code, grain) for row in board.areas}
        return replace(board, areas=tuple(with_stock(board.areas, now.areas, members)), stock=now.areas.get(NATION))

    def members(self, area: str, grain: Grain) -> tuple[str, ...]:
        """The provinces of 2021 that an area is, or was made of; '' is the nation."""
        merged = members_of(self.readings.successors) if grain is Grain.OF_2025 else {}
        return merged.get(area, (area,))

    def days(
        self, version: int, group: PopulationGroup, area: str = "", grain: Grain = Grain.OF_2021
    ) -> tuple[DayRow, ...]:
        """Raises OutsideScope."""
        parts = [self.readings.days(version, group, code) for code in self._checked(area, grain)]
        return parts[0] if len(parts) == 1 else tuple(map(add_days, zip(*parts, strict=True)))

    def clock_days(self, version: int, area: str = "", grain: Grain = Grain.OF_2021) -> tuple[ClockDay, ...]:
        """Raises OutsideScope."""
        parts = [self.readings.clock_days(version, code) for code in self._checked(area, grain)]
        return parts[0] if len(parts) == 1 else tuple(map(add_clock_days, zip(*parts, strict=True)))

    def target_standings(self, version: int, denominator: str, area: str = "") -> tuple[Standing, ...]:
        """Every reading of every target, of the nation or one area. Raises OutsideScope."""
        self.check(area)
        if not area:
            return self.readings.target_standings(version, denominator)
        return reads_targets.of_area(self.readings.grounds(version, denominator), area)

    def target_areas(self, version: int, found: Standing) -> tuple[Standing, ...]:
        """The same reading in each area of the scope."""
        places = self.readings.target_areas(version, found)
        return tuple(item for item in places if self.scope.covers(item.area_code))

    def target_path(self, version: int, found: Standing) -> tuple[Past | None, Fan | None]:
        """How the reading got here, and the curve ahead. Raises OutsideScope."""
        self.check("" if found.area_code == NATION else found.area_code)
        return reads_targets.path_of(self.readings.grounds(version, found.denominator.version), found)

    def people(self, version: int, denominator: str) -> People:
        """Of the nation and every area; `check_place` says which of them may be shown, and a list shows what the scope
        covers."""
        return self.readings.people(version, denominator)

    def check_place(self, place: Place) -> None:
        """Raises OutsideScope for a tier or an area that is not wholly covered; of the nation everyone sees totals."""
        if place.code == NATION:
            return
        for code in sorted(place.codes):
            self.check(code)

    def statements(self, version: int, cutoff_hour: int, zone: ZoneInfo) -> Mapping[str, Word] | None:
        """By area of the scope what it said of the last closed day; None of a snapshot from before that was kept."""
        said = self.readings.statements(version)
        if said is None:
            return None
        closed = last_closed(self.info(version).as_of, cutoff_hour=cutoff_hour, zone=zone)
        return of_day((item for item in said if self.scope.covers(item.area_code)), closed)

    def check(self, area: str, grain: Grain = Grain.OF_2021) -> None:
        """Raises OutsideScope for an area that is not covered; '' is the nation, whose totals everyone sees."""
        if area and not self._covers(area, grain):
            raise OutsideScope(f"the area {area} is outside your scope", asked=area)

    def _covers(self, area: str, grain: Grain) -> bool:
        return all(self.scope.covers(code) for code in self.members(area, grain))

    def _checked(self, area: str, grain: Grain) -> tuple[str, ...]:
        self.check(area, grain)
        return self.members(area, grain)


def trust_within(trust: Trust, scope: Scope) -> Trust:
    """The page on the data: lists by area keep those of the scope, totals stay. Single records and the machinery's own
    messages name no province that could be looked at, so that only the whole nation's scope has them."""
    if scope.nationwide:
        return trust
    corrections = tuple(item for item in trust.corrections if scope.covers(item.area_code))
    return replace(
        trust,
        feeds=tuple(replace(feed, message="") for feed in trust.feeds),
        held=(),
        rule_counts=tuple(
            replace(count, areas=tuple(area for area in count.areas if scope.covers(area[0])))
            for count in trust.rule_counts
        ),
        gaps=tuple(item for item in trust.gaps if scope.covers(item.area_code)),
        identities=tuple(item for item in trust.identities if scope.covers(item.area_code)),
        locks=tuple(item for item in trust.locks if item.scope == NATION or scope.covers(item.scope)),
        corrections=corrections,
        corrections_in_all=len(corrections),
    )


def board_within(board: Incidents, scope: Scope) -> Incidents:
    """What is about areas of the scope, and what is about no area: a feed that stopped concerns everybody."""
    return replace(
        board,
        incidents=tuple(_members_within(row, scope) for row in board.incidents if _within(row.labels, scope)),
        pending=tuple(alert for alert in board.pending if _within(alert.labels, scope)),
        places=tallies_within(board.places, scope),
    )


def _members_within(row: IncidentRow, scope: Scope) -> IncidentRow:
    """Of an incident of the nation only what a province sees of it is counted there."""
    if scope.nationwide or any(name in row.labels for name in AREA_LABELS):
        return row
    own = tuple(alert for alert in row.shown if _within(alert.labels, scope))
    areas = any(name in alert.labels for alert in row.shown for name in AREA_LABELS)
    return replace(row, shown=own, incident=replace(row.incident, members=len(own))) if areas else row


def _within(labels: Mapping[str, str], scope: Scope) -> bool:
    return all(scope.covers(labels[name]) for name in AREA_LABELS if name in labels)


def _blank(row: AreaRow) -> AreaRow:
    """The area without anything that was counted there."""
    return AreaRow(
        area=row.area,
        doses=None,
        doses_last_7_days=None,
        coverage={},
        registered=None,
        delivered=None,
        on_hand=None,
        last_report_on=None,
    )
