"""What will happen in the next few campaign days, cut out of the chronicle, so that the live clock holds little."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from demo import aftermath, allocation, coldchain, lotrows, supplies
from demo.calendar import DAY_SECONDS
from demo.chronicle import Chronicle
from demo.doses import NEVER, Doses
from demo.records import dose_rows
from demo.reference import PRODUCTS
from demo.registrations import Registrations, make_registrations, registration_rows
from demo.sessions import session_rows
from demo.stock import Ledger, make_ledger, movement_rows
from demo.streams import Flags
from demo.tickets import ticket_rows, tickets_of
from demo.world import Usage, person_base

# How rows are told apart when they may come again, by table; the order keeps decisions before their lines.
KEYS: dict[str, tuple[str, ...]] = {
    "lot": ("lot_number",),
    "lot_expiry": ("lot_number", "valid_from", "kind"),
    "lot_state": ("lot_number", "valid_from"),
    "session": ("session_id",),
    "registration": ("registration_id",),
    "dose": ("dose_id",),
    "person_merge": ("merge_id",),
    "allocation_decision": ("decision_id",),
    "allocation_line": ("decision_id", "store_code", "product_code", "lot_number"),
    "stock_movement": ("movement_id",),
    "supply_movement": ("movement_id",),
    "vial_reading": ("store_code", "lot_number", "read_at"),
    "temperature_reading": ("reading_id",),
    "declared_count": ("area_code", "counted_on", "measure", "age_group"),
    "adverse_event": ("event_id",),
    "correction_ticket": ("ticket_id",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One province's share of the window: only what will change."""

    province: int
    doses: Doses
    registrations: Registrations


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Everything that is recorded in (after, until], local seconds. `changes` cuts a tick out of it."""

    after: int
    until: int
    chronicle: Chronicle
    parts: tuple[Part, ...]
    usage: Usage
    ledger: Ledger
    supplies: pl.DataFrame
    vials: pl.DataFrame
    allocation: allocation.Allocation
    reactions: pl.DataFrame
    merges: pl.DataFrame
    tickets: pl.DataFrame
    readings: coldchain.Readings

    def changes(self, *, after: int, at: int) -> dict[str, pl.DataFrame]:
        """Rows written or changed in (after, at], as they stand `at`, by table in the order of KEYS."""
        chronicle, epoch = self.chronicle, self.chronicle.epoch
        world, stores, lots = chronicle.world, chronicle.stores, chronicle.supply.lots
        frames = {
            "lot": _added("lot", lambda moment: lotrows.lot_rows(lots, at=moment), after, at),
            "lot_expiry": _added("lot_expiry", lambda moment: lotrows.expiry_rows(lots, at=moment), after, at),
            "lot_state": _added(
                "lot_state", lambda moment: lotrows.state_rows(lots, at=moment, epoch=epoch), after, at
            ),
            "session": session_rows(world, self.usage, after=after, at=at),
            "registration": self._registrations(after, at),
            "dose": self._doses(after, at),
            "person_merge": _between(self.merges, "merged_at", after + epoch, at + epoch),
            "allocation_decision": allocation.decision_rows(self.allocation, after=after, at=at),
            "allocation_line": allocation.line_rows(self.allocation, stores, lots.number, PRODUCTS, after=after, at=at),
            "stock_movement": movement_rows(self.ledger, stores, lots.number, after=after, until=at, epoch=epoch),
            "supply_movement": supplies.supply_rows(self.supplies, stores, after=after, until=at, epoch=epoch),
            "vial_reading": supplies.vial_rows(self.vials, stores, lots.number, after=after, until=at, epoch=epoch),
            "declared_count": aftermath.declared_rows(world, self.usage, after=after, at=at, epoch=epoch).with_columns(
                age_group=pl.lit("all")
            ),
            "adverse_event": _between(self.reactions, "recorded_at", after + epoch, at + epoch),
            "correction_ticket": ticket_rows(self.tickets, after=after, at=at, epoch=epoch),
        }
        if len(self.readings.equipment.live):
            received = self.readings.received(after=after, until=at)
            frames["temperature_reading"] = coldchain.reading_rows(received, self.readings.equipment, epoch=epoch)
        return {table: frames[table] for table in KEYS if table in frames and not frames[table].is_empty()}

    def _doses(self, after: int, at: int) -> pl.DataFrame:
        rows: list[pl.DataFrame] = []
        for part in self.parts:
            doses = part.doses.take(_changing(part.doses, after, at) & (part.doses.recorded <= at))
            if len(doses):
                rows.append(dose_rows(self.chronicle.texts, doses, base=person_base(part.province), at=at))
        return pl.concat(rows).sort("dose_id") if rows else pl.DataFrame()

    def _registrations(self, after: int, at: int) -> pl.DataFrame:
        rows: list[pl.DataFrame] = []
        for part in self.parts:
            times = part.registrations.times
            if ((times > after) & (times <= at)).any():
                rows.append(
                    registration_rows(
                        self.chronicle.world,
                        part.registrations,
                        province=part.province,
                        after=after,
                        at=at,
                        epoch=self.chronicle.epoch,
                    )
                )
        return pl.concat(rows).sort("registration_id") if rows else pl.DataFrame()


def cut_window(chronicle: Chronicle, *, after: int, until: int, reading_devices: int) -> Window:
    """The window (after, until]; needs one pass over all provinces."""
    world = chronicle.world
    parts: list[Part] = []
    reactions: list[pl.DataFrame] = []
    merges: list[pl.DataFrame] = []
    tickets: list[pl.DataFrame] = []
    for province in range(world.provinces):
        records = chronicle.records(province)
        reactions.append(aftermath.reaction_rows(world, records, chronicle.texts, after=after, at=until))
        merges.append(aftermath.merge_log_rows(records, after=after, at=until, epoch=chronicle.epoch))
        tickets.append(tickets_of(world, records, chronicle.texts, after=after, at=until))
        doses = records.doses.take(_changing(records.doses, after, until))
        parts.append(
            Part(
                province=province,
                doses=doses,
                registrations=_in_window(make_registrations(world, records), after, until),
            )
        )
    ledger = make_ledger(world, chronicle.usage, chronicle.supply, chronicle.stores)
    lots = chronicle.supply.lots
    moved = supplies.make_supplies(world, ledger, chronicle.stores, lots)
    coming = (pl.col("recorded") > after) & (pl.col("recorded") <= until)
    days = (chronicle.usage.day >= after // DAY_SECONDS - 2) & (chronicle.usage.day <= until // DAY_SECONDS + 2)
    equipment = coldchain.make_equipment(world, chronicle.stores, reading_devices=reading_devices)
    return Window(
        after=after,
        until=until,
        # Without the records of everyone: the parts have what is still to come.
        chronicle=replace(chronicle, kept=()),
        parts=tuple(parts),
        usage=Usage(
            site=chronicle.usage.site[days],
            day=chronicle.usage.day[days],
            product=chronicle.usage.product[days],
            doses=chronicle.usage.doses[days],
        ),
        ledger=Ledger(movements=ledger.movements.filter(coming)),
        supplies=moved.filter(coming),
        vials=supplies.make_vials(world, ledger, chronicle.stores, lots),
        allocation=allocation.make_allocation(chronicle.supply, chronicle.stores),
        reactions=pl.concat(reactions),
        merges=pl.concat(merges),
        tickets=pl.concat(tickets),
        readings=coldchain.Readings(equipment=equipment, seed=world.seed, dirt=world.dirt),
    )


def _added(table: str, rows: Callable[[int], pl.DataFrame], after: int, at: int) -> pl.DataFrame:
    """Rows that stand `at` and did not stand `after`."""
    return rows(at).join(rows(after), on=KEYS[table], how="anti", maintain_order="left")


def _between(frame: pl.DataFrame, column: str, after: int, at: int) -> pl.DataFrame:
    """Rows whose instant lies in (after, at], both in seconds from 1970."""
    second = pl.col(column).dt.epoch("s")
    return frame.filter((second > after) & (second <= at))


def _changing(doses: Doses, after: int, until: int) -> Flags:
    """Doses that are recorded, repaired or voided in (after, until]."""
    moments = (doses.recorded, doses.repaired, doses.voided)
    return np.logical_or.reduce([(moment > after) & (moment <= until) & (moment != NEVER) for moment in moments])


def _in_window(registrations: Registrations, after: int, until: int) -> Registrations:
    chosen = ((registrations.times > after) & (registrations.times <= until)).any(axis=1)
    return Registrations(
        person=registrations.person[chosen],
        channel=registrations.channel[chosen],
        reason=registrations.reason[chosen],
        session=registrations.session[chosen],
        times=registrations.times[chosen],
    )
