"""What the pages read from one snapshot, kept so that ten thousand viewers are one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from campaign.area_stock import stock_by_area
from campaign.cold_capacity import Capacity, CapacityRules
from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, Coverage, Measure, PopulationGroup, Target
from campaign.excursion_state import ExcursionState, excursion_states
from campaign.lots import thaw_limits_in_force
from campaign.people import People
from campaign.plan_risk import LostRange
from campaign.readings import AreaRow, AreaStock, DayRow, Headline, SnapshotInfo
from campaign.regroup import Successor, regroup
from campaign.sites import SiteBoard
from campaign.statements import Said
from campaign.stock_board import JudgedHeap, Paces, StockRules, judge_areas, paces_of_all
from campaign.stock_places import Difference
from campaign.targets import Standing
from campaign.track_record import Record
from campaign.trust import ClockDay, ClockLimits
from campaign.uptime import Past
from dashboard.allocated import AllocationNow, read_allocation
from dashboard.kept import Kept
from dashboard.lost_range import read_lost_range
from dashboard.params import Known
from layouts.table import ALL_PAIRS, national_counts
from layouts.view import GROUPS
from warehouse import (
    reads,
    reads_capacity,
    reads_coldchain,
    reads_first,
    reads_people,
    reads_places,
    reads_sites,
    reads_stores,
    reads_targets,
    reads_trust,
)
from warehouse.reads_coldchain import ColdChain, cold_chain
from warehouse.reads_stores import Stock
from warehouse.reads_targets import Grounds, ReachedByGroup
from warehouse.snapshot import Snapshots

KEPT_VERSIONS = 8
# Days of the slider besides: 65 areas each.
KEPT_BOARDS = 64
# Of every snapshot that is kept, so that the list of them is one reading each.
KEPT_INFOS = 1024
KEPT_DAYS = 256
# Target, group and measure.
Reading = tuple[str, PopulationGroup, Measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything national of one snapshot under one denominator. `nation` and `counts` are totals of all areas,
    whatever part of them `areas` is (dashboard/seen.py); `outside` are areas whose figures are not to be seen.
    `stock` is the nation's, where it is asked for."""

    headline: Headline
    areas: tuple[AreaRow, ...]
    nation: Mapping[tuple[PopulationGroup, Measure], Coverage]
    counts: Mapping[str, int | None]
    targets: tuple[Target, ...] = ()
    outside: tuple[AreaRow, ...] = ()
    stock: AreaStock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockNow:
    """The nation's stock by area, and every heap of it judged. paces: of areas, the nation, and the national and
    regional stores. thaw_days: how long products keep after thawing, on the snapshot's day."""

    stock: Stock
    judged: tuple[JudgedHeap, ...]
    paces: Paces
    areas: Mapping[str, AreaStock]
    thaw_days: Mapping[str, int]


class Readings:
    """Reads of published snapshots. Every method raises SnapshotUnavailable for a version that is not kept."""

    def __init__(
        self,
        snapshots: Snapshots,
        successors: Sequence[Successor] = (),
        *,
        usual_waits: Mapping[str, int] | None = None,
    ) -> None:
        """successors: what the provinces of 2021 were merged into. usual_waits: by product, for what is projected
        (warehouse.reads_targets)."""
        self.snapshots = snapshots
        self.usual_waits = dict(usual_waits or {})
        self.successors = tuple(successors)
        self._infos: Kept[int, SnapshotInfo] = Kept(KEPT_INFOS)
        self._known: Kept[int, Known] = Kept(KEPT_VERSIONS)
        self._boards: Kept[tuple[int, str, date | None], Board] = Kept(KEPT_BOARDS)
        self._merged: Kept[tuple[int, str, date | None], tuple[AreaRow, ...]] = Kept(KEPT_BOARDS)
        self._days: Kept[tuple[int, PopulationGroup, str], tuple[DayRow, ...]] = Kept(KEPT_DAYS)
        self._reached: Kept[int, ReachedByGroup] = Kept(KEPT_VERSIONS)
        self._grounds: Kept[tuple[int, str], Grounds] = Kept(KEPT_VERSIONS)
        self._targets: Kept[tuple[int, str], tuple[Standing, ...]] = Kept(KEPT_VERSIONS)
        self._places: Kept[tuple[int, str, Reading], tuple[Standing, ...]] = Kept(KEPT_VERSIONS)
        self._records: Kept[tuple[int, str], Mapping[Reading, Record]] = Kept(KEPT_VERSIONS)
        self._past: Kept[int, Past] = Kept(2)
        self._people: Kept[tuple[int, str], People] = Kept(KEPT_VERSIONS)
        self._sites: Kept[int, SiteBoard] = Kept(KEPT_VERSIONS)
        self._stock: Kept[int, StockNow] = Kept(KEPT_VERSIONS)
        self._lost: Kept[tuple[int, int], LostRange] = Kept(2)
        self._allocation: Kept[int, AllocationNow] = Kept(KEPT_VERSIONS)
        self._differences: Kept[int, tuple[Difference, ...]] = Kept(KEPT_VERSIONS)
        self._cold: Kept[int, ColdChain] = Kept(KEPT_VERSIONS)
        self._capacity: Kept[int, Capacity | None] = Kept(2)
        self._classes: Kept[int, Mapping[str, frozenset[str]]] = Kept(KEPT_VERSIONS)
        self._kept_from: Kept[int, date | None] = Kept(KEPT_VERSIONS)
        self._excursions: Kept[int, dict[str, ExcursionState]] = Kept(KEPT_VERSIONS)
        self._statements: Kept[int, tuple[Said, ...] | None] = Kept(KEPT_VERSIONS)
        self._clock_days: Kept[tuple[int, str], tuple[ClockDay, ...]] = Kept(KEPT_DAYS)

    def info(self, version: int) -> SnapshotInfo:
        return self._infos.get(version, lambda: reads.info(self.snapshots, version))

    def known(self, version: int) -> Known:
        return self._known.get(version, lambda: self._read_known(version))

    def board(self, version: int, denominator: str, on: date | None = None) -> Board:
        """`on`: the areas and their totals as of the end of a day; the headline stays that of the snapshot."""
        return self._boards.get((version, denominator, on), lambda: self._read_board(version, denominator, on))

    def merged(self, version: int, denominator: str, on: date | None = None) -> tuple[AreaRow, ...]:
        """The same areas in what they were merged into."""
        return self._merged.get(
            (version, denominator, on),
            lambda: tuple(regroup(self.board(version, denominator, on).areas, self.successors)),
        )

    def days(self, version: int, group: PopulationGroup, area: str = "") -> tuple[DayRow, ...]:
        """Days of the nation, or of one area."""
        key = (version, group, area)
        return self._days.get(key, lambda: reads.day_rows(self.snapshots, version, group=group, area_code=area))

    def clock_days(self, version: int, area: str = "") -> tuple[ClockDay, ...]:
        """The same days on both clocks."""
        key = (version, area)
        return self._clock_days.get(key, lambda: reads_trust.clock_days(self.snapshots, version, area_code=area))

    def statements(self, version: int) -> tuple[Said, ...] | None:
        """What provinces said of their figures; None of a snapshot from before that was kept."""
        return self._statements.get(version, lambda: reads_first.statements(self.snapshots, version))

    def grounds(self, version: int, denominator: str) -> Grounds:
        """What every reading of a target is computed from."""
        return self._grounds.get(
            (version, denominator),
            lambda: reads_targets.grounds(
                self.snapshots,
                version,
                denominator=denominator,
                usual_waits=self.usual_waits,
                reached=self._reached_by_group(version),
            ),
        )

    def _reached_by_group(self, version: int) -> ReachedByGroup:
        return self._reached.get(
            version, lambda: reads_targets.reached_by_group(self.snapshots, version, usual_waits=self.usual_waits)
        )

    def target_standings(self, version: int, denominator: str) -> tuple[Standing, ...]:
        """Every reading of every target, of the nation."""
        key = (version, denominator)
        return self._targets.get(key, lambda: reads_targets.of_nation(self.grounds(version, denominator)))

    def target_areas(self, version: int, found: Standing) -> tuple[Standing, ...]:
        """The same reading in each area, of the whole nation."""
        denominator, reading = found.denominator.version, (found.target.target_id, found.group, found.measure)
        return self._places.get(
            (version, denominator, reading),
            lambda: reads_targets.of_areas(
                self.grounds(version, denominator), found.target, found.group, found.measure
            ),
        )

    def people(self, version: int, denominator: str) -> People:
        """What every table about people is made of."""
        return self._people.get(
            (version, denominator), lambda: reads_people.people(self.snapshots, version, denominator=denominator)
        )

    def site_board(self, version: int, zone: ZoneInfo) -> SiteBoard:
        """The sites' day, of the whole nation."""
        return self._sites.get(version, lambda: reads_sites.site_board(self.snapshots, version, zone=zone))

    def cold_chain(self, version: int) -> ColdChain:
        """Devices as they stand, of the whole nation."""
        return self._cold.get(version, lambda: cold_chain(self.snapshots, version))

    def classes_by_store(self, version: int) -> Mapping[str, frozenset[str]]:
        """Storage classes of the devices of each store."""

        def read() -> Mapping[str, frozenset[str]]:
            classes: defaultdict[str, set[str]] = defaultdict(set)
            for device in self.cold_chain(version).devices:
                classes[device.store_code].add(device.storage_class)
            return {store: frozenset(found) for store, found in classes.items()}

        return self._classes.get(version, read)

    def sites_kept_from(self, version: int) -> date | None:
        """The first day that the snapshot keeps of sites; None where it keeps none."""
        return self._kept_from.get(version, lambda: reads_places.sites_kept_from(self.snapshots, version))

    def capacity(self, version: int, *, zone: ZoneInfo, rules: CapacityRules) -> Capacity | None:
        """What fits where, of the whole nation; None of a snapshot without devices or a ledger of lots."""
        return self._capacity.get(
            version,
            lambda: reads_capacity.cold_capacity(
                self.snapshots, version, zone=zone, rules=rules, chain=self.cold_chain(version)
            ),
        )

    def excursions(self, version: int, *, limits: ClockLimits) -> dict[str, ExcursionState]:
        """How excursions of devices stand, of the whole nation."""

        def read() -> dict[str, ExcursionState]:
            chain = self.cold_chain(version)
            told = reads_coldchain.decisions(self.snapshots, version)
            return excursion_states(chain.devices, chain.runs, told, now=chain.now, limits=limits)

        return self._excursions.get(version, read)

    def equipment_past(self, version: int) -> Past:
        """What the uptime of devices is counted from, of the whole nation."""
        return self._past.get(version, lambda: reads_coldchain.past(self.snapshots, version))

    def stock(self, version: int, *, zone: ZoneInfo, rules: StockRules) -> StockNow:
        """The nation's stock by area, judged."""
        return self._stock.get(version, lambda: self._read_stock(version, zone, rules))

    def allocation(self, version: int, *, zone: ZoneInfo, rules: StockRules) -> AllocationNow:
        """Decisions on allocation, judged, and usage by round."""
        return self._allocation.get(version, lambda: read_allocation(self.snapshots, version, zone=zone, rules=rules))

    def differences(self, version: int) -> tuple[Difference, ...]:
        """Levels below zero and counts that differed, of the whole nation."""
        return self._differences.get(version, lambda: reads_stores.differences(self.snapshots, version))

    def lost_range(self, version: int, *, zone: ZoneInfo, rules: StockRules, weeks: int) -> LostRange:
        """What expires should every week be as a place's slowest, or as its fastest, of the last `weeks`."""
        now = self.stock(version, zone=zone, rules=rules)
        return self._lost.get(
            (version, weeks),
            lambda: read_lost_range(self.snapshots, version, stock=now.stock, thaw_days=now.thaw_days, weeks=weeks),
        )

    def _read_stock(self, version: int, zone: ZoneInfo, rules: StockRules) -> StockNow:
        found = reads_stores.stock(self.snapshots, version, zone=zone)
        paces, thaw_days = paces_of_all(found.paces), thaw_limits_in_force(rules.thaw_limits, today=found.today)
        judged = judge_areas(found.heaps, found.lots, paces, today=found.today, thaw_days=thaw_days)
        areas = stock_by_area(judged, paces, self.allocation(version, zone=zone, rules=rules).usage)
        return StockNow(stock=found, judged=tuple(judged), paces=paces, areas=areas, thaw_days=thaw_days)

    def target_records(self, version: int, denominator: str) -> Mapping[Reading, Record]:
        """How past projections turned out, of the readings that the targets are about. A quarter of a second."""
        return self._records.get((version, denominator), lambda: self._read_records(version, denominator))

    def _read_records(self, version: int, denominator: str) -> Mapping[Reading, Record]:
        ground = self.grounds(version, denominator)
        return {
            (found.target.target_id, found.group, found.measure): record
            for found in self.target_standings(version, denominator)
            if found.own and (record := reads_targets.record_of(ground, found)) is not None
        }

    def _read_known(self, version: int) -> Known:
        info = self.info(version)
        codes = reads.area_codes(self.snapshots, version)
        return Known(
            denominators=reads.denominators(self.snapshots, version),
            default_denominator=info.denominator,
            areas=codes,
            targets=tuple(target.target_id for target in reads.targets(self.snapshots, version)),
            tiers=reads_people.tiers(self.snapshots, version),
            merged=frozenset(item.code for item in self.successors) if self._are_provinces(codes) else frozenset(),
            first_day=info.first_day,
            last_day=info.last_day,
        )

    def _are_provinces(self, areas: frozenset[str]) -> bool:
        """A published file's areas may have codes that look like ours: all must be provinces, and all be there."""
        codes = areas - {UNKNOWN_AREA, CENTRAL_UNITS}
        return bool(codes) and codes == frozenset(code for item in self.successors for code in item.members)

    def _read_board(self, version: int, denominator: str, on: date | None) -> Board:
        areas = reads.area_rows(self.snapshots, version, denominator=denominator, on=on)
        national = {(group, measure): reads.national(areas, group, measure) for group, measure in ALL_PAIRS}
        return Board(
            headline=self.board(version, denominator).headline
            if on
            else reads.headline(self.snapshots, version, denominator=denominator, areas=areas),
            targets=reads.targets(self.snapshots, version),
            areas=areas,
            nation={pair: known[0] for pair, known in national.items() if known is not None},
            counts=national_counts(areas),
        )


def default_group(board: Board) -> PopulationGroup:
    """The first group that this source can tell; adults where it tells none."""
    return next((group for group in GROUPS if any(pair[0] is group for pair in board.nation)), GROUPS[0])
