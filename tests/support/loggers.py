"""Small exports as a Fridge-tag 2 L writes them, line by line the shape of the real ones; and what a registry holds of
them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import psycopg

SERIAL = "100200300400"
START = datetime(2021, 11, 20, 8, 0)  # noqa: DTZ001 - local, without a zone, as the file has it
HEAD = """\
Device: {device}
Vers: 0.5
Conf:
 Serial: {serial}
 Lot: 1794_20_08
 Temp unit: {unit}
 Alarm:
  0:
   T AL: {low}, t AL: {low_minutes}
  1:
   T AL: +8.0, t AL: 60
{interval} Test Res: 1, Test TS: 2021-02-02 07:00
Hist:
 TS Actv: {activated}
 TS Report Creation: {created}
"""
DAY = """\
 {number}:
  Date: {day}
  Min T: {min_c}, TS Min T: 00:42
  Max T: +9.5, TS Max T: 09:52
  Avrg T: +4.5
  Alarm:
   0:
    t Acc: 0
   1:
    t Acc: {minutes}, TS A: 14:55, C A: 0
  Int Sensor timeout:
   t AccST: 7
  Events: 0
"""
TAIL = """\
Cert:
 Owner: Berlinger & Co. AG
 Public Key: 498b6848
Sig Cert: {sig}
Sig: {sig}
"""


def rows(*temps: str, start: datetime = START, minutes: int = 5) -> list[str]:
    """Lines of the data section: one reading after another. '' and '--.-' are readings without a temperature."""
    return [
        f"\t{start + timedelta(minutes=minutes * count):%Y-%m-%d %H:%M}\t{temp}" for count, temp in enumerate(temps)
    ]


def export(
    data: Sequence[str] = (),
    *,
    device: str = "Q-tag Fridge-tag 2 L",
    serial: str = SERIAL,
    unit: str = "C",
    low: str = "+2.0",
    low_minutes: str = "60",
    interval: str = " Logging Interval: 5\n",
    activated: str = "2021-11-01 08:00",
    created: str = "2021-11-22 09:00",
    days: Sequence[str] = ("2021-11-21", "2021-11-20"),
    minutes: int = 312,
    min_c: str = "+4.0",
) -> bytes:
    """A whole file, with CRLF as the devices write it. Newest day first."""
    text = HEAD.format(
        device=device,
        serial=serial,
        unit=unit,
        low=low,
        low_minutes=low_minutes,
        interval=interval,
        activated=activated,
        created=created,
    )
    for number, day in enumerate(days, start=1):
        text += DAY.format(number=number, day=day, minutes=minutes, min_c=min_c)
    if data:
        text += "\n".join(["Data:", "\tyyyy-MM-dd hh:mm\tT\tOut of limits", *data]) + "\n"
    return (text + TAIL.format(sig="0a1b" * 32)).replace("\n", "\r\n").encode()


FILE = export(rows("5.0", "9.5", "--.-", "5.0"))
LATER = export(rows("9.5", "--.-", "5.0", "4.0", start=START + timedelta(minutes=5)), created="2021-11-23 09:00")


def held(owner: psycopg.Connection, device: str = "F-79") -> list[tuple[datetime, float | None]]:
    query = "SELECT read_at, temp_c FROM registry.temperature_reading WHERE equipment_id = %s ORDER BY read_at"
    return [(row["read_at"], row["temp_c"]) for row in owner.execute(query, [device]).fetchall()]


def files(owner: psycopg.Connection) -> list[tuple[str, str | None]]:
    found = owner.execute("SELECT outcome, serial FROM registry.logger_file ORDER BY received_at, sha256").fetchall()
    return [(row["outcome"], row["serial"]) for row in found]
