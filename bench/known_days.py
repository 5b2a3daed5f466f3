"""What the registry of a demonstration had on record on each morning of its campaign, of the nation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from campaign.coverage import Measure, PopulationGroup, Target
from campaign.nowcast import NowcastRules, Triangle, nowcast
from campaign.outlook import Ahead, Waits
from campaign.projection import Daily, Floats
from campaign.queue_ahead import Course, Registrations
from campaign.supply_ahead import Supply, SupplyRules
from campaign.targets import MEASURES, Past, people_needed
from demo.aftermath import declared_rows
from demo.allocation import make_allocation
from demo.calendar import DAY_SECONDS, DAYS, FIRST_DAY, date_of
from demo.doses import NEVER, Doses
from demo.places import stores_of
from demo.reference import ABDALA, PRODUCTS
from demo.registrations import STATES, make_registrations
from demo.streams import Ints
from demo.supply import plan_supply
from demo.world import CENTRAL, ProvinceRecords, Usage, World, gather_usage, usage_keys
from warehouse.reads_targets import MOST_RAISED
from warehouse.reference import load_usual_waits

Counts = npt.NDArray[np.integer]
LAGS = 60  # days of delay that are told apart; what comes later is known from then on
NOWCAST_DAYS = 90
Key = tuple[PopulationGroup, Measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Of the nation, day of injection x days of delay: people who reached each state, and doses, as known by then."""

    population: Mapping[PopulationGroup, int]
    people: Mapping[Key, Counts]
    doses: Counts
    waits: tuple[int, ...]
    by_wait: Mapping[PopulationGroup, Counts]  # wait x day x days of delay: first doses
    supply: Supply  # of the whole campaign, `given` empty
    declared: Counts  # province x day: doses that it declared of it on its evening ...
    in_provinces: Counts  # ... and province x day x days of delay: those of them that were on record
    by_home: Mapping[Key, Counts]  # province of residence x day x days of delay: `people`
    registrations: Mapping[PopulationGroup, tuple[Registrations, ...]]  # of the whole campaign, a class of ages each

    @classmethod
    def of(cls, world: World) -> Known:
        groups = (PopulationGroup.ADULTS, PopulationGroup.ALL)
        usual = load_usual_waits(world.reference.folder)
        waits = tuple(sorted(set(usual.values())))
        wait_of = np.array([waits.index(usual[product]) for product in PRODUCTS])
        by_wait = {group: np.zeros((len(waits), DAYS, LAGS + 1), dtype=np.int64) for group in groups}
        used: list[tuple[Ints, Ints]] = []
        province_of_site = world.province_of_place()[world.sites.district]
        in_provinces = np.zeros((CENTRAL, DAYS, LAGS + 1), dtype=np.int32)
        by_home = {
            (group, measure): np.zeros((world.provinces, DAYS, LAGS + 1), dtype=np.int32)
            for group in groups
            for measure in MEASURES
        }
        doses = np.zeros((DAYS, LAGS + 1), dtype=np.int64)
        registered = list[Ints]()
        for province in range(world.provinces):
            records = world.province_records(province)
            registered.append(_registered(world, records))
            doses += _by_lag(records.doses)
            given_in = province_of_site[records.doses.site]
            for other in np.unique(given_in[given_in != CENTRAL]):
                in_provinces[other] += _by_lag(records.doses.take(given_in == other))
            adult = _adults(records)
            used.append(usage_keys(records.doses))
            for place in range(len(waits)):
                mine = (records.doses.step == 1) & (wait_of[records.doses.product] == place)
                by_wait[PopulationGroup.ALL][place] += _by_lag(records.doses.take(mine))
                by_wait[PopulationGroup.ADULTS][place] += _by_lag(records.doses.take(mine & adult))
            for measure, reaches in _steps(records.doses).items():
                by_home[PopulationGroup.ALL, measure][province] = _by_lag(records.doses.take(reaches))
                by_home[PopulationGroup.ADULTS, measure][province] = _by_lag(records.doses.take(reaches & adult))
        areas = world.reference.areas
        usage = gather_usage(used)
        return cls(
            population={
                PopulationGroup.ADULTS: round(int(areas.adults.sum()) / world.one_in),
                PopulationGroup.ALL: round(int(areas.people.sum()) / world.one_in),
            },
            people={key: counts.sum(axis=0, dtype=np.int64) for key, counts in by_home.items()},
            by_home=by_home,
            doses=doses,
            waits=waits,
            by_wait=by_wait,
            supply=_supply(world, usage),
            declared=_declared(world, usage),
            in_provinces=in_provinces,
            registrations=_by_class(np.concatenate(registered)),
        )

    def needed(self, target: Target) -> int:
        return people_needed(target, self.population[target.population_group])

    def true_day(self, target: Target, measure: Measure) -> int | None:
        """By day of injection, with everything that was ever recorded; None where it was never reached."""
        reached = self.people[target.population_group, measure][:, -1].cumsum()
        found = np.flatnonzero(reached >= self.needed(target))
        return int(found[0]) if len(found) else None

    def past(self, group: PopulationGroup, today: int) -> Past:
        """What was known at the beginning of `today`."""
        shares = self._shares(today)
        first, full = (_as_known(self.people[group, measure], today) for measure in MEASURES)
        nation, by_area = self._declared_shares(today, shares)
        begun, completed = (
            (_as_known(self.by_home[group, measure], today) * by_area).sum(axis=0) for measure in MEASURES
        )
        by_wait = np.array([_as_known(counts, today) for counts in self.by_wait[group]])
        return Past(
            ahead=Ahead(
                first_day=date_of(0),
                begun=Waits(days=self.waits, counts=by_wait * (begun / np.maximum(first, 1))),
                full=completed,
                supply=replace(self.supply, given=_as_known(self.doses, today) * nation),
                courses=tuple(Course.of(_by_then(found, today), today) for found in self.registrations[group]),
            ),
            first=Daily(first_day=date_of(0), counts=first * shares),
            full=Daily(first_day=date_of(0), counts=full * shares),
            recorded={Measure.DOSE1: first.tolist(), Measure.FULL: full.tolist()},
        )

    def _declared_shares(self, today: int, shares: Floats) -> tuple[Floats, Floats]:
        """The nation's, and province x day: the same by what provinces declared (warehouse.reads_supply)."""
        recorded, declared = _as_known(self.in_provinces, today), self.declared[:, :today]
        both = (recorded.sum(axis=0) > 0) & (declared.sum(axis=0) > 0)
        nation = np.clip(declared.sum(axis=0) / np.maximum(recorded.sum(axis=0), 1), 1.0, MOST_RAISED)
        nation = np.where(both, nation, shares)
        each = np.clip(declared / np.maximum(recorded, 1), 1 / MOST_RAISED, MOST_RAISED)
        return nation, np.where((recorded > 0) & (declared > 0), each, nation)

    def _shares(self, today: int) -> Floats:
        """Doses expected for each dose known, by day: the nation's nowcast of the same moment."""
        days = range(max(today - NOWCAST_DAYS, 0), today)
        counts = [self.doses[day, : today - day].tolist() for day in days]
        triangle = Triangle(days=[date_of(day) for day in days], counts=counts, as_of=date_of(today))
        shares = np.ones(today)
        for found in nowcast(triangle, NowcastRules()):
            if found.reported:
                share = min(max(found.expected / found.reported, 1.0), MOST_RAISED)
                shares[(found.day - date_of(0)).days] = share
        return shares


def _supply(world: World, usage: Usage) -> Supply:
    """The registry's lots and decisions of the whole campaign, each with the day from which it is on record."""
    stores = stores_of(world)
    plan = plan_supply(world, usage)
    lots = plan.lots
    lines = make_allocation(plan, stores).lines.group_by(
        decided=pl.col("decided") // DAY_SECONDS, expected=pl.col("expected") // DAY_SECONDS, maintain_order=True
    )
    lines = lines.agg(pl.col("doses").sum())
    waiting = SupplyRules().waiting_days
    late = lots.released > lots.arrived + waiting
    until = np.minimum(np.where(lots.held >= 0, lots.held, np.inf), np.where(late, lots.arrived + waiting, np.inf))
    return Supply(
        given=np.zeros(0),
        arrived_on=lots.arrived.astype(np.float64),
        usable_until=until,
        arrived=lots.doses / world.one_in,
        decided_on=lines["decided"].to_numpy() * 1.0,
        planned_on=lines["expected"].to_numpy() * 1.0,
        allocated=lines["doses"].to_numpy() / world.one_in,
    )


def _declared(world: World, usage: Usage) -> Counts:
    rows = declared_rows(world, usage, after=None, at=DAYS * DAY_SECONDS, epoch=0)
    rows = rows.filter((pl.col("counted_on") - FIRST_DAY).dt.total_days() < DAYS)
    codes = {code: place for place, code in enumerate(world.reference.areas.province_codes)}
    found = np.zeros((world.provinces, DAYS), dtype=np.int64)
    places = rows["area_code"].replace_strict(codes, return_dtype=pl.Int64).to_numpy()
    days = (rows["counted_on"] - FIRST_DAY).dt.total_days().to_numpy()
    np.add.at(found, (places, days), rows["value"].to_numpy())
    return found


def _registered(world: World, records: ProvinceRecords) -> Ints:
    """Rows of adult or not, day of registration, day on which it ended (DAYS: never), served or not."""
    found = make_registrations(world, records)
    served = found.times[:, STATES.index("injected")]
    left = np.minimum(found.times[:, STATES.index("deferred")], found.times[:, STATES.index("cancelled")])
    ended = np.minimum(np.where(served != NEVER, served, left), DAYS * DAY_SECONDS)
    rows = (
        found.person < records.people.adults,
        found.times[:, 0] // DAY_SECONDS,
        ended // DAY_SECONDS,
        served != NEVER,
    )
    return np.stack([column.astype(np.int64) for column in rows], axis=1)


def _by_class(rows: Ints) -> dict[PopulationGroup, tuple[Registrations, ...]]:
    def of(adult: int) -> Registrations:
        cells, people = np.unique(rows[rows[:, 0] == adult], axis=0, return_counts=True)
        return Registrations(
            registered_on=cells[:, 1].astype(np.float64),
            ended_on=cells[:, 2].astype(np.float64),
            served=cells[:, 3] == 1,
            people=people.astype(np.float64),
        )

    adults, minors = of(1), of(0)
    return {PopulationGroup.ADULTS: (adults,), PopulationGroup.ALL: (adults, minors)}


def _by_then(found: Registrations, today: int) -> Registrations:
    """As they stood at the beginning of `today`."""
    known = found.registered_on < today
    ended = found.ended_on[known]
    return Registrations(
        registered_on=found.registered_on[known],
        ended_on=np.where(ended < today, ended, np.inf),
        served=found.served[known] & (ended < today),
        people=found.people[known],
    )


def _as_known(by_lag: Counts, today: int) -> Counts:
    """`by_lag` is day x days of delay, in as many areas as there are."""
    days = np.arange(today)
    return by_lag[..., days, np.minimum(today - 1 - days, LAGS)]


def _by_lag(doses: Doses) -> Counts:
    """Day x lag, the last column at any lag. A faulty row counts once it is repaired, a voided one until it is; one
    typed a second time is nobody's state."""
    doses = doses.take(~doses.typed_twice)
    told = np.where(doses.fault == 0, doses.recorded, doses.repaired).astype(np.int64)
    voided = np.maximum(doses.voided.astype(np.int64), told)
    counts = np.zeros((DAYS, LAGS + 1), dtype=np.int64)
    for moment, sign in ((told, 1), (voided, -1)):
        happened = moment != NEVER
        lag = np.minimum(moment[happened] // DAY_SECONDS - doses.day[happened], LAGS)
        np.add.at(counts, (doses.day[happened], lag), sign)
    return counts.cumsum(axis=1)


def _adults(records: ProvinceRecords) -> npt.NDArray[np.bool_]:
    """Of each dose whether it is an adult's; those registered twice are the same person still."""
    person = records.doses.person
    people = len(records.people)
    twice = records.duplicates.person
    true = np.where(
        person < people, person, twice[np.clip(person - people, 0, max(len(twice) - 1, 0))] if len(twice) else 0
    )
    return true < records.people.adults


def _steps(doses: Doses) -> dict[Measure, npt.NDArray[np.bool_]]:
    """Doses by which people reach each state, as the generator planned them: nobody is given Abdala as a booster."""
    abdala = doses.product == ABDALA
    return {Measure.DOSE1: doses.step == 1, Measure.FULL: doses.step == np.where(abdala, 3, 2)}
