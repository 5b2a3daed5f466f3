"""Which excursion of a device is meant, which lots were inside it, and where those were before.

Pure. The ledger is replayed (campaign/ledger.py), so that a lot that arrived in the middle counts from its arrival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.coldchain import Ended, Limit, Reading, Side, excursions
from campaign.ledger import ADMINISTERED, FROM_A_STORE, Balance, Pair
from campaign.stability import Advice, LotJudgement, Stay, Unit, Window

SILENT = "silent"
KINDS = ("hold", "use", "discard")
# What each advice leads to, first what is recommended.
LEADS_TO: Mapping[Advice, tuple[str, ...]] = {
    Advice.FROZEN_SHAKE: ("hold", "discard"),
    Advice.FROZEN_ASK: ("hold", "discard"),
    Advice.SPENT: ("discard", "hold"),
    Advice.ASK: ("hold", "discard"),
    Advice.CALL: ("hold",),
    Advice.USE_FIRST: ("use", "hold"),
    Advice.FINE: ("use",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """side: high, low or silent. ended: back_in_range, unknown, ongoing; of a silence ongoing. minutes: how long it
    lasted, of one that goes on as far as its readings go (campaign.devices.DeviceRun); the window of what goes on
    reaches to now, since what was inside may be warm still."""

    side: str
    window: Window
    extreme_c: float | None
    ended: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A lot inside. on_hand: now; most: at most while it lasted; given_since: doses given since it began."""

    lot: str
    product: str
    on_hand: int
    most: int
    given_since: int
    judgement: LotJudgement


def which(
    readings: Iterable[Reading], unit: Unit, *, gap: timedelta, silence: timedelta, now: datetime, at: datetime | None
) -> Meant | None:
    """The newest excursion, or the newest that had begun `at`; a device that is silent now is that before all else,
    unless its last reading was outside. None: it was never outside, and is not silent."""
    known = tuple(reading for reading in readings if reading.temp_c is not None and reading.at <= now)
    limits = (Limit(side=Side.HIGH, celsius=unit.high_c), Limit(side=Side.LOW, celsius=unit.low_c))
    runs = [run for limit in limits for run in excursions(known, limit, gap=gap)]
    if at is not None:
        runs = [run for run in runs if run.start <= at]
    newest = max(runs, key=lambda run: (run.start, run.side), default=None)
    last = max((reading.at for reading in known), default=None)
    silent = at is None and (last is None or now >= last + silence)
    if silent and last is not None and (newest is None or newest.ended is not Ended.ONGOING):
        quiet = Window(unit=unit, since=last, until=now)
        minutes = int((now - last).total_seconds() // 60)
        return Meant(side=SILENT, window=quiet, extreme_c=None, ended="ongoing", minutes=minutes)
    if newest is None:
        return None
    until = now if newest.ended is Ended.ONGOING else _until(newest.end, newest.ended, known, now)
    return Meant(
        side=newest.side.value,
        window=Window(unit=unit, since=newest.start, until=until),
        extreme_c=newest.extreme_c,
        ended=newest.ended.value,
        minutes=newest.minutes,
    )


def _until(end: datetime, ended: Ended, known: Sequence[Reading], now: datetime) -> datetime:
    """Where nobody saw the end, until the device was heard again: that time is unknown, not good."""
    if ended is not Ended.UNKNOWN:
        return end
    return min((reading.at for reading in known if reading.at > end), default=now)


def stays_of(balances: Mapping[Pair, Balance], store: str, lot: str, *, now: datetime) -> tuple[Stay, ...]:
    """Of the lot in the store, and in each store that it came from, up to when it was received from there."""
    found: list[Stay] = []
    until: dict[str, datetime] = {}
    waiting = [(store, now)]
    while waiting:
        place, end = waiting.pop()
        if until.get(place, datetime.min.replace(tzinfo=now.tzinfo)) >= end:
            continue
        until[place] = end
        balance = balances.get((place, lot))
        for entry in balance.entries if balance else ():
            comes = entry.kind in FROM_A_STORE and entry.stands and entry.counterpart not in (None, place)
            if comes and entry.place[0] <= end:
                waiting.append((str(entry.counterpart), entry.place[0]))
    for place, end in until.items():
        found += _present(balances.get((place, lot)), place, end)
    return tuple(sorted(found, key=lambda stay: (stay.since, stay.store)))


def _present(balance: Balance | None, store: str, end: datetime) -> list[Stay]:
    if balance is None:
        return []
    instants = [entry.place[0] for entry in balance.entries]
    return [
        Stay(store=store, since=entry.place[0], until=min(until, end))
        for entry, until in zip(balance.entries, [*instants[1:], end], strict=True)
        if entry.after > 0 and entry.place[0] < min(until, end)
    ]


def inside(balance: Balance, window: Window) -> tuple[int, int]:
    """Doses at most in the store while it lasted, and doses given since it began."""
    most = 0
    for entry in balance.entries:
        if entry.place[0] <= window.since:
            most = max(entry.after, 0)
    most = max([most, *(entry.after for entry in balance.entries if window.since < entry.place[0] < window.until)])
    given = -sum(
        entry.movement.doses
        for entry in balance.entries
        if entry.kind == ADMINISTERED and entry.place[0] >= window.since
    )
    return most, given
