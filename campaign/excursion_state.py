"""Whether anybody has decided about what is out of order in a device, and what: open, or decided.

Pure. As campaign.excursion.which has it: a device that is silent is that, unless its last reading was outside;
otherwise the newest excursion counts. A decision is about an excursion where their times overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from campaign.devices import ONGOING, Device, DeviceRun, allowed_silence
from campaign.equipment import HOLDS
from campaign.excursion import SILENT
from campaign.trust import ClockLimits

EDGES = ("high", "low")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDecision:
    """A decision about an excursion as the snapshot tells it. kind: hold, use, discard. lots: numbers, separated by
    ', '. usable_until: the last day of use that it sets; None: none."""

    decision_id: int
    equipment_id: str
    kind: str
    started_at: datetime
    until_at: datetime
    actor: str
    decided_at: datetime
    usable_until: date | None
    lots: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcursionState:
    """side: high, low or silent. until None: it goes on. decision: the newest about it; None: nobody has decided."""

    equipment_id: str
    side: str
    since: datetime
    until: datetime | None
    decision: ToldDecision | None


def excursion_states(
    devices: Iterable[Device],
    runs: Iterable[DeviceRun],
    decisions: Iterable[ToldDecision],
    *,
    now: datetime,
    limits: ClockLimits,
) -> dict[str, ExcursionState]:
    """By device; without those that were not out of order of late. `now`: up to when readings have been taken in."""
    own: defaultdict[str, list[DeviceRun]] = defaultdict(list)
    for run in runs:
        if run.edge in EDGES:
            own[run.equipment_id].append(run)
    told: defaultdict[str, list[ToldDecision]] = defaultdict(list)
    for item in decisions:
        told[item.equipment_id].append(item)
    found: dict[str, ExcursionState] = {}
    for device in devices:
        code = device.equipment_id
        meant = _meant(device, own[code], now=now, limits=limits)
        if meant is not None:
            side, since, until = meant
            about = [item for item in told[code] if item.started_at <= (until or now) and item.until_at >= since]
            newest = max(about, key=lambda item: item.decision_id, default=None)
            found[code] = ExcursionState(equipment_id=code, side=side, since=since, until=until, decision=newest)
    return found


def _meant(
    device: Device, runs: Iterable[DeviceRun], *, now: datetime, limits: ClockLimits
) -> tuple[str, datetime, datetime | None] | None:
    newest = max(runs, key=lambda run: (run.started_at, run.edge), default=None)
    last = device.last_read_at
    silent = last is not None and now >= last + allowed_silence(device.reporting_mode, limits)
    if silent and last is not None and device.status in HOLDS and (newest is None or newest.ended != ONGOING):
        return SILENT, last, None
    return None if newest is None else (newest.edge, newest.started_at, newest.ended_at)


def open_first(states: Mapping[str, ExcursionState], devices: Iterable[str]) -> list[ExcursionState]:
    """Of some devices: those about which nobody has decided first, the oldest first."""
    found = [states[code] for code in dict.fromkeys(devices) if code in states]
    return sorted(found, key=lambda item: (item.decision is not None, item.since, item.equipment_id))
