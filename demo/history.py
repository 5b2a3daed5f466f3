"""Write the campaign so far into the registry in bulk; a run that was killed goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from demo.calendar import FIRST_DAY, LAST_DAY, seconds_of
from demo.chronicle import make_chronicle
from demo.facts import LIVE_UNTIL, PHASE_DONE, check_identity, clock_facts, identity, read_facts, write_facts
from demo.tasks import Task, tasks_of_phase
from settings import DemoSettings

PHASES = (
    "areas, sites, stores and lots",
    "people and doses",
    "registrations and sessions",
    "stock and allocation",
    "readings, declared counts and reactions",
)
WRITERS = 2  # connections that write at the same time


@dataclass(kw_only=True)
class DemoSummary:
    """Rows written by this call, by table; empty where the history was there already."""

    rows: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, written: dict[str, int]) -> None:
        for table, rows in written.items():
            self.rows[table] = self.rows.get(table, 0) + rows


def write_history(
    url: str,
    *,
    reference_dir: Path,
    demo: DemoSettings,
    timezone: str,
    progress: Callable[[str, float], None],
    until: date | None = None,
) -> DemoSummary:
    """Everything recorded before `until` (default: demo.start_date) at demo.start_hour local, in five phases.

    A phase's parts are transactions with a marker each in registry.dataset_fact, so that a run that was killed goes
    on with the parts that are missing. `progress` gets a phase's name and the share of it that is done.
    Raises DemoMismatch where the registry was written with other settings, ValueError for a date outside the campaign.
    """
    last = until or demo.start_date
    if not FIRST_DAY < last <= LAST_DAY:
        raise ValueError(f"the demonstration can start after {FIRST_DAY} and up to {LAST_DAY}, not on {last}")
    start = datetime.combine(last, time(demo.start_hour), ZoneInfo(timezone))
    summary = DemoSummary()
    with psycopg.connect(url) as connection:
        facts = check_identity(connection, demo, start)
        if int(facts.get(PHASE_DONE, "0")) == len(PHASES):
            return summary
        write_facts(connection, {**identity(demo), "demo_start_date": last.isoformat()})
        write_facts(connection, clock_facts(start, speed=demo.speed))
    chronicle = make_chronicle(reference_dir, demo, timezone, progress)
    at = seconds_of(start, timezone)
    for number, name in enumerate(PHASES, start=1):
        progress(name, 0.0)
        tasks = tasks_of_phase(number, chronicle, demo, at=at)
        _run_phase(url, tasks, summary, partial(progress, name))
        with psycopg.connect(url) as connection:
            write_facts(connection, {PHASE_DONE: str(number)})
    with psycopg.connect(url) as connection:
        write_facts(connection, {LIVE_UNTIL: start.isoformat(), **clock_facts(start, speed=demo.speed)})
    return summary


def _run_phase(url: str, tasks: Sequence[Task], summary: DemoSummary, progress: Callable[[float], None]) -> None:
    """Tasks of one phase side by side; those that wait for another commit after it."""
    with psycopg.connect(url) as connection:
        done = read_facts(connection)
    missing = [task for task in tasks if task.marker not in done]
    with ThreadPoolExecutor(WRITERS) as writers:
        futures: dict[str, Future[dict[str, int]]] = {}
        for task in missing:
            futures[task.marker] = writers.submit(_run, url, task, futures.get(task.after or ""))
        for count, task in enumerate(missing, start=1):
            summary.add(futures[task.marker].result())
            progress(count / len(missing))


def _run(url: str, task: Task, before: Future[dict[str, int]] | None) -> dict[str, int]:
    """One task in one transaction with its marker. It copies at once, and commits once `before` is committed."""
    with psycopg.connect(url) as connection:
        written = task.write(connection)
        if before is not None:
            before.result()
        write_facts(connection, {task.marker: "done"})
    return written
