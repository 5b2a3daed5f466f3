"""The campaign goes on: every tick writes what happened since the last one on the campaign's clock."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from campaign.clock import CampaignClock
from demo.burst import burst
from demo.calendar import DAY_SECONDS, instant_of, seconds_of
from demo.chronicle import make_chronicle
from demo.copying import merge_rows
from demo.facts import LIVE_UNTIL, PHASE_DONE, clock_facts, read_facts, write_facts
from demo.faults import Fault, Name, faults_of, with_faults, withheld
from demo.faults import written as as_text
from demo.history import PHASES
from demo.window import KEYS, Window, cut_window
from settings import DemoSettings

__all__ = ["HistoryMissing", "LiveDemo", "burst"]

MINUTE = 60  # a tick ends on a whole campaign minute: what it writes depends on that alone
LONGEST_TICK = 6 * 3600  # campaign seconds in one transaction, after a pause
WINDOW_DAYS, WINDOW_WALL_SECONDS = 7, 3600  # a window lasts at least so many campaign days and wall seconds
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0  # wall seconds between attempts to reach the registry again


class HistoryMissing(RuntimeError):
    """The registry has no complete history to go on from."""


@dataclass(kw_only=True)
class _Progress:
    """How far the registry is, local campaign seconds, and the clock since this connection."""

    until: int
    clock: CampaignClock


class LiveDemo:
    """Writes live records until told to stop; survives the registry going away and coming back.

    What a tick writes follows from the seed and the campaign minutes it covers; `live_until` is committed with it.
    So a tick that was cut off is written again, whole, and nothing is lost or doubled.
    """

    def __init__(self, url: str, reference_dir: Path, demo: DemoSettings, timezone: str) -> None:
        self._url = url
        self._reference_dir = reference_dir
        self._demo = demo
        self._timezone = timezone
        self._window: Window | None = None

    def run(self, stop: threading.Event) -> None:
        """Tick every demo.tick_seconds until `stop` is set. Raises HistoryMissing before write_history has finished."""
        wait = FIRST_WAIT
        while not stop.is_set():
            try:
                with psycopg.connect(self._url) as connection:
                    progress = self._resume(connection)
                    wait = FIRST_WAIT
                    self._tick_until(stop, connection, progress)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                stop.wait(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    def _resume(self, connection: psycopg.Connection) -> _Progress:
        """Set the clock so that the campaign goes on at the last instant that is in the registry."""
        facts = read_facts(connection)
        if facts.get(PHASE_DONE) != str(len(PHASES)) or LIVE_UNTIL not in facts:
            raise HistoryMissing("the demonstration's history is not complete: write it first")
        reached = datetime.fromisoformat(facts[LIVE_UNTIL])
        # The first window is cut before the clock starts, or the campaign would jump by the time that takes.
        self._ready(seconds_of(reached, self._timezone))
        wall = datetime.now(UTC)
        write_facts(connection, clock_facts(reached, speed=self._demo.speed, wall=wall))
        connection.commit()
        clock = CampaignClock(campaign_start=reached, wall_start=wall, speed=self._demo.speed)
        return _Progress(until=seconds_of(reached, self._timezone), clock=clock)

    def _tick_until(self, stop: threading.Event, connection: psycopg.Connection, progress: _Progress) -> None:
        while not stop.is_set():
            now = seconds_of(progress.clock.now(datetime.now(UTC)), self._timezone)
            at = min(now // MINUTE * MINUTE, progress.until + LONGEST_TICK)
            if at > progress.until:
                self.write_tick(connection, after=progress.until, at=at)
                progress.until = at
            if now - at < LONGEST_TICK:
                stop.wait(self._demo.tick_seconds)

    def write_tick(self, connection: psycopg.Connection, *, after: int, at: int) -> dict[str, int]:
        """One transaction: everything recorded in (after, at], local seconds. Returns rows written by table."""
        window = self._ready(at, after=after)
        epoch = window.chronicle.epoch
        with connection.transaction():
            faults = faults_of(read_facts(connection))
            changes = window.changes(after=after, at=at)
            changes = with_faults(changes, faults, after=after, at=at, epoch=epoch)
            written = {table: merge_rows(connection, table, frame, KEYS[table]) for table, frame in changes.items()}
            facts = {LIVE_UNTIL: instant_of(at, self._timezone).isoformat()}
            for fault in faults:
                if fault.until <= at:
                    self._end(connection, fault, at=at)
                    facts[fault.fact] = as_text(fault.ended())
            write_facts(connection, facts)
        return written

    def _end(self, connection: psycopg.Connection, fault: Fault, *, at: int) -> None:
        """What was held back is written now; of other faults nothing was."""
        if fault.name is not Name.SILENT_PROVINCE:
            return
        # Before it, too: a fault that began within a tick was not known to it.
        held = withheld(self._ready(at, after=fault.since).changes(after=fault.since, at=at), fault)
        for table, frame in held.items():
            merge_rows(connection, table, frame, KEYS[table])

    def _ready(self, at: int, *, after: int | None = None) -> Window:
        """The window that covers (after, at], cut anew where the present one ends."""
        begin = at if after is None else after
        window = self._window
        if window is None or begin < window.after or at > window.until:
            days = max(WINDOW_DAYS, int(self._demo.speed * WINDOW_WALL_SECONDS) // DAY_SECONDS)
            chronicle = make_chronicle(self._reference_dir, self._demo, self._timezone)
            until = max(begin + days * DAY_SECONDS, at)
            window = cut_window(chronicle, after=begin, until=until, reading_devices=self._demo.reading_devices)
            self._window = window
        return window
