"""Readings of a country's devices, committed as they would arrive: each device every few minutes, some each second."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg

FIRST_READING = 1_000_000_000
READINGS = (
    "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c, power_on, "
    "battery_ok, probe_ok, door_open) SELECT n.id, n.device, %(at)s, %(at)s, n.temp_c, n.power_on, true, true, false "
    "FROM unnest(%(ids)s::bigint[], %(devices)s::text[], %(temps)s::double precision[], %(power)s::boolean[]) "
    "AS n (id, device, temp_c, power_on)"
)
# Each person in turn; the site is the one of their district.
DOSES = (
    "INSERT INTO registry.dose (dose_id, person_id, product_code, dose_number, lot_number, site_code, injected_at, "
    "recorded_at, identity_status) SELECT n, p.person_id, 'comirnaty', 1 + (n - 1) / %(people)s, 'BENCH1', "
    "'P' || p.district_code, %(at)s, %(at)s, 'matched' FROM generate_series(%(first)s::bigint, %(last)s) AS n "
    "JOIN registry.person AS p ON p.person_id = 1 + (n - 1) %% %(people)s"
)


def device_name(number: int) -> str:
    return f"TB{number:06d}"


@dataclass(kw_only=True)
class Writer:
    """Begins at `start`. `faults`: by device number the wall instant from which it is without power. `completed`: when
    the reading was committed that made a power cut an alarm; `seen` are healthy again. Times of the wall, seconds.
    `doses_a_second`: recorded in the same transactions, of `people` in turn."""

    url: str
    devices: int
    every: int
    power_minutes: int
    start: datetime
    faults: Mapping[int, float]
    people: int = 0
    doses_a_second: int = 0
    doses: int = 0
    completed: dict[int, float] = field(default_factory=dict[int, float])
    seen: set[int] = field(default_factory=set[int])
    rows: int = 0
    behind_seconds: float = 0.0
    _out: dict[int, datetime] = field(default_factory=dict[int, datetime])

    def run(self, stop: threading.Event) -> None:
        """A transaction each second, until `stop`."""
        dice = random.Random(1)  # noqa: S311  # nosec B311
        second = 0
        with psycopg.connect(self.url) as connection:
            while not stop.is_set():
                at = self.start + timedelta(seconds=second)
                wait = (at - datetime.now(UTC)).total_seconds()
                if wait > 0 and stop.wait(wait):
                    return
                self.behind_seconds = max(self.behind_seconds, -wait)
                self._write(connection, range(second % self.every, self.devices, self.every), at, dice)
                second += 1

    def _write(self, connection: psycopg.Connection, due: range, at: datetime, dice: random.Random) -> None:
        out = [number for number in due if self._is_out(number, at)]
        without = set(out)
        asked = {
            "at": at,
            "ids": [FIRST_READING + self.rows + place for place in range(len(due))],
            "devices": [device_name(number) for number in due],
            "temps": [round(dice.gauss(4.8, 0.35), 1) for _ in due],
            "power": [number not in without for number in due],
        }
        connection.execute(READINGS, asked)
        if self.people:
            bound = {"people": self.people, "at": at, "first": self.doses + 1, "last": self.doses + self.doses_a_second}
            connection.execute(DOSES, bound)
            self.doses += self.doses_a_second
        connection.commit()
        committed = time.time()
        self.rows += len(due)
        for number in out:
            # By whole minutes, from the first reading without power, as the rule has it.
            minutes = (at - self._out.setdefault(number, at)).total_seconds() // 60
            if minutes >= self.power_minutes:
                self.completed.setdefault(number, committed)

    def _is_out(self, number: int, at: datetime) -> bool:
        since = self.faults.get(number)
        return since is not None and at.timestamp() >= since and number not in self.seen
