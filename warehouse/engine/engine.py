"""One refresh of people and doses: changed records in, signed rows into the cubes, memory only after the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from campaign.series import SeriesRules
from warehouse.engine.contributions import contributions
from warehouse.engine.cubes import Lookups, add_to_cubes
from warehouse.engine.doses import DoseChange, change_doses, columns_of, doses_of_sites
from warehouse.engine.hands import both
from warehouse.engine.hours import restore_hours
from warehouse.engine.merges import changed_merges, read_merges
from warehouse.engine.people import MANY, Attributes, People
from warehouse.engine.persons import PersonChange, change_persons, save_persons
from warehouse.engine.places import SiteMap, read_sites
from warehouse.engine.registrations import RegistrationChange, change_registrations
from warehouse.engine.resolve import Resolved, resolve
from warehouse.engine.slots import AGE_BANDS, BAND_STARTS
from warehouse.engine.states import States
from warehouse.engine.store import Store, log_doses
from warehouse.engine.touched import Touched, touched_by

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRules:
    """What the figures depend on besides the records.

    reference_year: year in which people without a dose are put into an age band by their year of birth.
    places: province codes known beforehand, numbered in order. hour_days: how many days of activity by hour are kept,
    counted from the newest day of injection. deferral_reasons: numbers of the words for why somebody is deferred."""

    series: SeriesRules
    places: tuple[str, ...] = ()
    reference_year: int
    hour_days: int
    deferral_reasons: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(slots=True, kw_only=True)
class Incoming:
    """Checked rows of one refresh, with the columns of their feeds. `merges`: whether core.person_merge changed;
    `sites`: whether core.site or core.area may have.

    `Engine.apply` empties it as it goes: a million rows are 0.2 GB, which the series rules need. `resolved`: what
    `Engine.resolve` gave for these rows, where it was asked beforehand."""

    person: pl.DataFrame
    dose: pl.DataFrame
    registration: pl.DataFrame
    merges: bool
    sites: bool
    resolved: Resolved | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A refresh whose transaction is under way: what memory must learn once it is committed."""

    sequence: int
    sites: SiteMap
    persons: PersonChange
    doses: DoseChange
    registrations: RegistrationChange
    resolved: Resolved
    touched: Touched

    @property
    def accepted(self) -> dict[str, int]:
        """Records newer than what was held, by feed."""
        return {
            "person": len(self.persons.numbers),
            "dose": len(self.doses.accepted["dose_id"]),
            "registration": len(self.registrations.accepted["registration_id"]),
        }


class Engine:
    """The people and doses of one warehouse. One writer, one thread."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, rules: EngineRules) -> None:
        self.connection = connection
        self.folder = folder
        self.rules = rules
        # Told each named step of `apply`: benches time it.
        self.checkpoint: Callable[[str], None] = lambda _point: None
        self.load()

    def load(self) -> None:
        """Read the state from the warehouse, as after a start or a fold."""
        # What was held goes first: at national scale there is no room for both.
        self.people = People.load(None)
        store = Store.open(
            self.connection, self.folder, products=sorted(self.rules.series.products), places=self.rules.places
        )
        self.codes, self.people = store.codes, store.people
        self.doses, self.registrations = store.doses, store.registrations
        self.sequence, self.generation, self.sites = store.sequence, store.generation, store.sites
        self._states: tuple[int, int, States] | None = None

    @property
    def states(self) -> States:
        """The series rules for the products and places that are numbered by now."""
        size = (len(self.codes.codes("product")), len(self.codes.codes("place")))
        if self._states is None or self._states[:2] != size:
            made = States(self.rules.series, self.codes, reference_year=self.rules.reference_year)
            self._states = (*size, made)
        return self._states[2]

    def fingerprint(self) -> str:
        """Of the rules that decide what people count as."""
        told = repr((self.rules.series, self.rules.reference_year, AGE_BANDS, BAND_STARTS.tolist()))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def counted_by_other_rules(self) -> bool:
        """True where the cubes hold figures that were counted before the rules changed."""
        held = self.connection.execute("SELECT rules FROM core.engine").fetchall()[0][0]
        return self.sequence > 0 and held != self.fingerprint()

    def apply(self, incoming: Incoming) -> Pending:
        """Inside the refresh's transaction, after the small feeds. Memory stays as it is until `settle`."""
        pending = self._prepare(incoming)
        people, slots = contributions(self.people, self.states, pending.touched)
        self.checkpoint("series_followed")
        lookups = Lookups.of(self.codes)
        add_to_cubes(self.connection, "person", people, lookups)
        add_to_cubes(self.connection, "slot", slots, lookups)
        add_to_cubes(self.connection, "dose", pending.doses.signed(), lookups)
        add_to_cubes(self.connection, "registration", pending.registrations.signed(), lookups)
        self.checkpoint("cubes_counted")
        self._write(pending)
        if len(pending.doses.removed["dose_id"]):
            restore_hours(self.connection, self.doses, hour_days=self.rules.hour_days)
        self.checkpoint("records_written")
        return pending

    def settle(self, pending: Pending) -> None:
        """After the commit, and only then."""
        self.sequence, self.sites = pending.sequence, pending.sites
        self.codes.keep()
        resolved, people, touched = pending.resolved, self.people, pending.touched
        people.add(resolved.new_key, resolved.new_rest, resolved.new_numbers)
        _set_attributes(self, pending.persons)
        people.set_doses(touched.dosed, touched.dosed_after)
        if touched.alias is not people.alias:
            people.set_merges(touched.alias)

    def forget(self) -> None:
        """After a rollback: nothing has happened."""
        self.codes.forget()
        self._states = None

    def resolve(self, incoming: Incoming, merged: pl.Series | None = None) -> Resolved:
        """Whom the keys of the rows mean, and those of merges besides. It reads memory only, so that it may be asked in
        another thread, before `apply` and after the last `settle`."""
        return resolve(
            self.people,
            {
                "person": incoming.person["person_key"],
                "dose": incoming.dose["person_key"],
                "registration": incoming.registration["person_key"],
                "merge": pl.Series([], dtype=pl.String) if merged is None else merged,
            },
        )

    def _prepare(self, incoming: Incoming) -> Pending:
        merges = read_merges(self.connection) if incoming.merges else None
        # New people are numbered in one go, those of merges among them.
        resolved = incoming.resolved if incoming.resolved and not merges else None
        resolved = resolved or self.resolve(incoming, merges.keys() if merges else None)
        self.checkpoint("keys_resolved")
        numbers = resolved.numbers
        alias: Mapping[int, int] = merges.alias(numbers["merge"]) if merges else self.people.alias
        sites = read_sites(self.connection, self.codes) if incoming.sites else self.sites
        # A connection of its own, since two cannot ask by one: of people and registrations, this refresh has written
        # nothing yet. Each hand numbers codes of its own kinds, so that the numbers do not depend on who is first.
        with closing(self.connection.cursor()) as cursor:
            doses, (persons, registrations) = both(
                lambda: self._doses(incoming, numbers["dose"], sites),
                lambda: (
                    self._persons(incoming, numbers["person"], cursor),
                    self._registrations(incoming, numbers["registration"], cursor),
                ),
            )
        merged = changed_merges(self.people.alias, alias) if merges else np.zeros(0, dtype=np.int64)
        self.checkpoint("doses_looked_up")
        return Pending(
            sequence=self.sequence + 1,
            sites=sites,
            persons=persons,
            doses=doses,
            registrations=registrations,
            resolved=resolved,
            touched=touched_by(self.people, persons, doses, alias=alias, merged=merged),
        )

    def _doses(self, incoming: Incoming, people: Numbers, sites: SiteMap) -> DoseChange:
        columns = columns_of(incoming.dose, people, self.codes)
        incoming.dose = incoming.dose.clear()
        change = change_doses(self.doses, columns, before=self.sites, after=sites)
        moved = self.sites.moved(sites)
        if len(moved) == 0:
            return change
        # Not those that merely came again: they are passed over, and still move with their site.
        taken = change.accepted["dose_id"]
        return change.joined(doses_of_sites(self.doses, moved, besides=taken, before=self.sites, after=sites))

    def _persons(self, incoming: Incoming, people: Numbers, cursor: duckdb.DuckDBPyConnection) -> PersonChange:
        rows, incoming.person = incoming.person, incoming.person.clear()
        return change_persons(cursor, self.people, self.codes, rows, people)

    def _registrations(
        self, incoming: Incoming, people: Numbers, cursor: duckdb.DuckDBPyConnection
    ) -> RegistrationChange:
        rows, incoming.registration = incoming.registration, incoming.registration.clear()
        facts = self.registrations.asked_by(cursor)
        return change_registrations(facts, self.codes, rows, people, self.rules.deferral_reasons)

    def _write(self, pending: Pending) -> None:
        """What a restart reads: facts in their newest version, people, and the codes given out."""
        sequence = pending.sequence
        self.doses.append(pending.doses.accepted, sequence=sequence)
        self.registrations.append(pending.registrations.accepted, sequence=sequence)
        save_persons(self.connection, pending.persons, pending.resolved, sequence=sequence)
        log_doses(self.connection, pending.touched.dosed, pending.touched.dosed_after, sequence=sequence)
        self.codes.save()
        self.connection.execute("UPDATE core.engine SET sequence = ?, rules = ?", [sequence, self.fingerprint()])


def _set_attributes(engine: Engine, persons: PersonChange) -> None:
    """The bit that says where somebody's doses lie is memory's own and stays."""
    held = engine.people.attributes["flags"].take(persons.numbers)
    fresh = persons.attributes
    engine.people.set_attributes(
        persons.numbers,
        Attributes(
            district=fresh.district, sex=fresh.sex, born=fresh.born, groups=fresh.groups,
            flags=(fresh.flags | (held & MANY)).astype(np.uint8),
        ),
    )  # fmt: skip
