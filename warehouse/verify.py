"""Recompute every figure from the records and compare it, cell by cell; and put the recount in place of the cubes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import duckdb

from warehouse.allocation import recount_allocation, verify_allocation
from warehouse.coldchain import recount_heard, recount_runs, verify_heard, verify_runs
from warehouse.engine.engine import Engine
from warehouse.engine.hands import both
from warehouse.engine.oracle import doses_by_records, people_differing
from warehouse.engine.recount import (
    Difference,
    differences,
    doses_counted,
    drop_recount,
    recount,
    replace_cubes,
)
from warehouse.engine.store import log_doses
from warehouse.marks import recount_marks, verify_marks
from warehouse.memory import give_back
from warehouse.sqlfiles import sql
from warehouse.stock import recount_stock, refresh_use, verify_stock
from warehouse.supplies import recount_supplies, verify_supplies
from warehouse.writer import Warehouse

# People put right in one transaction.
PEOPLE_AT_A_TIME = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """`cubes`: each beside its recount. `people_differing`: None where records were not read (not deep). `levels`:
    stock (levels, counts, days, use), flows of allocation, consumables, devices, their runs outside the limits and
    their silences that differ from their movements and readings."""

    cubes: tuple[Difference, ...]
    people_differing: int | None
    levels_checked: int
    levels_differing: int

    @property
    def cells_checked(self) -> int:
        return sum(item.checked for item in self.cubes) + self.levels_checked

    @property
    def cells_differing(self) -> int:
        return sum(item.differing for item in self.cubes) + (self.people_differing or 0) + self.levels_differing


def verify(warehouse: Warehouse, engine: Engine, *, deep: bool) -> Verified:
    """Recount the cubes from facts and from people's doses; deep: people's doses from the records, too."""
    give_back()
    with doses_counted(engine) as doses:
        recount(engine, doses)
    found = differences(warehouse.connection, hour_days=engine.rules.hour_days)
    drop_recount(warehouse.connection)
    checked, differing = warehouse.connection.execute(sql("levels/verify")).fetchall()[0]
    runs, odd_runs = verify_runs(warehouse.connection)
    heard, odd_heard = verify_heard(warehouse.connection)
    stock, odd_stock = verify_stock(warehouse.connection)
    marks, odd_marks = verify_marks(warehouse.connection)
    flows, odd_flows = verify_allocation(warehouse.connection)
    supplies, odd_supplies = verify_supplies(warehouse.connection)
    return Verified(
        cubes=found,
        people_differing=len(people_differing(engine)) if deep else None,
        levels_checked=int(checked) + runs + heard + stock + marks + flows + supplies,
        levels_differing=int(differing) + odd_runs + odd_heard + odd_stock + odd_marks + odd_flows + odd_supplies,
    )


def rebuild(warehouse: Warehouse, engine: Engine, *, deep: bool = True) -> None:
    """Replace the aggregates by a recount: readers go on with the last snapshot meanwhile.

    deep: people's doses are first held to the records, and put right where they differ.

    What is counted from movements and readings shares no table with what is counted from people and doses, so both are
    done at once, each committed as a whole, the cubes last: they say by which rules everything was counted."""
    give_back()
    with warehouse.less_memory(), doses_counted(engine) as doses, closing(warehouse.connection.cursor()) as beside:

        def cubes() -> None:
            if deep:
                put_doses_right(warehouse, engine)
            recount(engine, doses)

        both(cubes, lambda: _recount_levels(beside))
    with warehouse.transaction():
        replace_cubes(engine)
        warehouse.connection.execute("UPDATE core.engine SET rules = ?", [engine.fingerprint()])
    drop_recount(warehouse.connection)


def _recount_levels(connection: duckdb.DuckDBPyConnection) -> None:
    """Stock, allocation, consumables and devices, in one transaction of `connection`."""
    connection.execute("BEGIN")
    recount_stock(connection)
    refresh_use(connection, everywhere=True)
    recount_marks(connection)
    recount_allocation(connection)
    recount_supplies(connection)
    for step in ("levels/devices_rebuild", "levels/devices"):
        connection.execute(sql(step))
    recount_runs(connection)
    recount_heard(connection)
    connection.execute("COMMIT")


def put_doses_right(warehouse: Warehouse, engine: Engine) -> int:
    """People whose doses differ from their records get those of the records. Returns how many that were.

    The cubes then count what nobody holds any more: a process that ends here counts them anew at its next start."""
    people = people_differing(engine)
    for start in range(0, len(people), PEOPLE_AT_A_TIME):
        part = people[start : start + PEOPLE_AT_A_TIME]
        doses = doses_by_records(engine, part)
        with warehouse.transaction() as connection:
            log_doses(connection, part, doses, sequence=engine.sequence + 1)
            connection.execute("UPDATE core.engine SET sequence = ?, rules = ''", [engine.sequence + 1])
        engine.sequence += 1
        engine.people.set_doses(part, doses)
    return len(people)
