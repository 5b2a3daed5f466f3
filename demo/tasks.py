"""The parts of each phase of the history: what one transaction writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
import psycopg

from demo import aftermath, allocation, coldchain, lotrows, places
from demo.chronicle import Chronicle
from demo.copying import copy_rows
from demo.records import dose_rows, person_rows
from demo.reference import PRODUCTS
from demo.registrations import make_registrations, registration_rows
from demo.sessions import session_rows
from demo.stock import make_ledger, movement_rows
from demo.tickets import ticket_rows, tickets_of
from demo.world import ProvinceRecords
from settings import DemoSettings

SLICE_DOSES = 1_000_000  # turned into rows at a time where a province is large
LONG_AGO = -400 * 86_400  # local seconds before anything in the demonstration
Write = Callable[[psycopg.Connection], dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`marker` is the fact that says it is committed; `after` the marker of a task that has to be committed first."""

    marker: str
    write: Write
    after: str | None = None


def tasks_of_phase(number: int, chronicle: Chronicle, demo: DemoSettings, *, at: int) -> Sequence[Task]:
    """Parts of phase 1 to 5 as they stand `at` (local seconds). Large samples come in chunks of provinces."""
    builders: dict[int, Callable[[], Sequence[Task]]] = {
        1: lambda: [_task("reference", partial(_reference, chronicle, demo, at))],
        2: lambda: list(_people_and_doses(chronicle, at)),
        3: lambda: [
            *(
                _task(f"registrations_{index}", partial(_registrations, chronicle, chunk, at))
                for index, chunk in enumerate(chronicle.chunks())
            ),
            _task("sessions", partial(_sessions, chronicle, at)),
        ],
        4: lambda: [
            _task("stock", partial(_stock, chronicle, at)),
            _task("allocation", partial(_allocation, chronicle, at)),
        ],
        5: lambda: [
            _task("readings", partial(_readings, chronicle, demo, at)),
            _task("aftermath", partial(_aftermath, chronicle, at)),
        ],
    }
    return builders[number]()


def _task(name: str, write: Write, after: str | None = None) -> Task:
    return Task(marker=f"history_done_{name}", write=write, after=None if after is None else f"history_done_{after}")


def _copy_all(connection: psycopg.Connection, frames: dict[str, pl.DataFrame]) -> dict[str, int]:
    return {table: copy_rows(connection, table, frame) for table, frame in frames.items()}


def _reference(chronicle: Chronicle, demo: DemoSettings, at: int, connection: psycopg.Connection) -> dict[str, int]:
    world, stores, lots = chronicle.world, chronicle.stores, chronicle.supply.lots
    equipment = coldchain.make_equipment(world, stores, reading_devices=demo.reading_devices)
    return _copy_all(
        connection,
        {
            "area": places.area_rows(world.reference),
            "recipient": places.recipient_rows(world.reference),
            "priority_group": places.group_rows(world.reference),
            "site": places.site_rows(world.reference, world.sites),
            "site_district": places.mobile_rows(world),
            "store": places.store_rows(world, stores),
            "lot": lotrows.lot_rows(lots, at=at),
            "lot_expiry": lotrows.expiry_rows(lots, at=at),
            "lot_state": lotrows.state_rows(lots, at=at, epoch=chronicle.epoch),
            "equipment": coldchain.equipment_rows(equipment, stores),
        },
    )


def _people_and_doses(chronicle: Chronicle, at: int) -> Iterator[Task]:
    """Side by side on two connections; the doses commit after their people, so that nobody meets one without.

    What does not stay in memory is made once for both, and written on one connection."""
    for index, chunk in enumerate(chronicle.chunks()):
        if not chronicle.kept:
            yield _task(f"people_and_doses_{index}", partial(_both, chronicle, chunk, at))
            continue
        yield _task(f"people_{index}", partial(_people, chronicle, chunk))
        yield _task(f"doses_{index}", partial(_doses, chronicle, chunk, at), after=f"people_{index}")


def _both(chronicle: Chronicle, chunk: Sequence[int], at: int, connection: psycopg.Connection) -> dict[str, int]:
    written = {"person": 0, "dose": 0}
    for province in chunk:
        records = chronicle.records(province)
        written["person"] += copy_rows(connection, "person", person_rows(chronicle.world, records))
        for first in range(0, len(records.doses), SLICE_DOSES):
            part = records.doses.take(np.arange(first, min(first + SLICE_DOSES, len(records.doses))))
            frame = dose_rows(chronicle.texts, part.take(part.recorded <= at), base=records.base, at=at)
            written["dose"] += copy_rows(connection, "dose", frame)
    return written


def _people(chronicle: Chronicle, chunk: Sequence[int], connection: psycopg.Connection) -> dict[str, int]:
    rows = 0
    for province in chunk:
        rows += copy_rows(connection, "person", person_rows(chronicle.world, chronicle.records(province)))
    return {"person": rows}


def _doses(chronicle: Chronicle, chunk: Sequence[int], at: int, connection: psycopg.Connection) -> dict[str, int]:
    def so_far(records: ProvinceRecords) -> pl.DataFrame:
        return dose_rows(chronicle.texts, records.doses.take(records.doses.recorded <= at), base=records.base, at=at)

    frame = pl.concat([so_far(chronicle.records(province)) for province in chunk])
    # In order of the key its index grows at one end, which halves the time.
    return {"dose": copy_rows(connection, "dose", frame.sort("dose_id"))}


def _registrations(
    chronicle: Chronicle, chunk: Sequence[int], at: int, connection: psycopg.Connection
) -> dict[str, int]:
    rows = 0
    for province in chunk:
        records = chronicle.records(province)
        registrations = make_registrations(chronicle.world, records)
        frame = registration_rows(
            chronicle.world, registrations, province=province, after=None, at=at, epoch=chronicle.epoch
        )
        rows += copy_rows(connection, "registration", frame.sort("registration_id"))
    return {"registration": rows}


def _sessions(chronicle: Chronicle, at: int, connection: psycopg.Connection) -> dict[str, int]:
    frame = session_rows(chronicle.world, chronicle.usage, after=None, at=at)
    return {"session": copy_rows(connection, "session", frame)}


def _stock(chronicle: Chronicle, at: int, connection: psycopg.Connection) -> dict[str, int]:
    ledger = make_ledger(chronicle.world, chronicle.usage, chronicle.supply, chronicle.stores)
    lots = chronicle.supply.lots.number
    frame = movement_rows(ledger, chronicle.stores, lots, after=LONG_AGO, until=at, epoch=chronicle.epoch)
    return {"stock_movement": copy_rows(connection, "stock_movement", frame)}


def _allocation(chronicle: Chronicle, at: int, connection: psycopg.Connection) -> dict[str, int]:
    plan = allocation.make_allocation(chronicle.supply, chronicle.stores)
    lots = chronicle.supply.lots.number
    return _copy_all(
        connection,
        {
            "allocation_decision": allocation.decision_rows(plan, after=None, at=at),
            "allocation_line": allocation.line_rows(plan, chronicle.stores, lots, PRODUCTS, after=None, at=at),
        },
    )


def _readings(chronicle: Chronicle, demo: DemoSettings, at: int, connection: psycopg.Connection) -> dict[str, int]:
    world = chronicle.world
    equipment = coldchain.make_equipment(world, chronicle.stores, reading_devices=demo.reading_devices)
    if not len(equipment.live):
        return {}
    readings = coldchain.Readings(equipment=equipment, seed=world.seed, dirt=world.dirt)
    received = readings.received(after=at - demo.reading_hours * 3600, until=at)
    rows = coldchain.reading_rows(received, equipment, epoch=chronicle.epoch)
    return {"temperature_reading": copy_rows(connection, "temperature_reading", rows.sort("reading_id"))}


def _aftermath(chronicle: Chronicle, at: int, connection: psycopg.Connection) -> dict[str, int]:
    world, epoch = chronicle.world, chronicle.epoch
    written = {"declared_count": 0, "adverse_event": 0, "person_merge": 0, "correction_ticket": 0}
    declared = aftermath.declared_rows(world, chronicle.usage, after=None, at=at, epoch=epoch)
    written["declared_count"] = copy_rows(connection, "declared_count", declared)
    for province in range(world.provinces):
        records = chronicle.records(province)
        events = aftermath.reaction_rows(world, records, chronicle.texts, after=None, at=at)
        merges = aftermath.merge_log_rows(records, after=None, at=at, epoch=epoch)
        filed = tickets_of(world, records, chronicle.texts, after=None, at=at)
        tickets = ticket_rows(filed, after=None, at=at, epoch=epoch)
        written["correction_ticket"] += copy_rows(connection, "correction_ticket", tickets)
        written["adverse_event"] += copy_rows(connection, "adverse_event", events)
        written["person_merge"] += copy_rows(connection, "person_merge", merges)
    return written
