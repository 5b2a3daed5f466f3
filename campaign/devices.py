"""How each device of the cold chain stands now: alarm, out of range, silent, faulty, never heard, or in order.

A silent device is never in order: what it told last says nothing of now (design, "Cold chain").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from campaign.equipment import HOLDS, Status
from campaign.trust import ClockLimits

HIGH, LOW = ("high", "high_alarm"), ("low", "low_alarm")
TEMPERATURE = (*HIGH, *LOW)
FLAGS = ("power", "probe", "door", "battery")
ONGOING = "ongoing"


class DeviceState(StrEnum):
    """The worst first: one of them is told where several hold."""

    ALARM = "alarm"  # out of range for as long as its rule says
    SILENT = "silent"  # it reported once, and not for longer than its way of reporting allows
    OUT = "out"  # out of range, not yet for so long
    FAULT = "fault"  # without power, probe faulty, door open or battery low for as long as its rule says
    NOT_WORKING = "not_working"  # by the register: what it tells, or does not, is no alarm, and it holds nothing
    NEVER = "never"  # nothing was ever heard of it
    NOT_IN_USE = "not_in_use"  # by the register: stored or retired, and therefore never silent
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device as the snapshot tells it. Degrees Celsius; low_c, high_c: between which it should stay. litres: net,
    None where nobody told. status_since None: nobody ever said how it stands. job_opened_at: of its open repair.
    holdover_hours: without power, by the register."""

    equipment_id: str
    store_code: str
    store_level: str
    area_code: str
    district_code: str | None
    site_code: str | None
    kind: str
    storage_class: str
    reporting_mode: str
    low_c: float | None
    high_c: float | None
    last_read_at: datetime | None
    temp_c: float | None
    litres: float | None = None
    model: str = ""
    installed_on: date | None = None
    status: Status = Status.WORKING
    status_since: datetime | None = None
    status_reason: str = ""
    job_opened_at: datetime | None = None
    job_assigned: bool = False
    holdover_hours: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRun:
    """An uninterrupted stretch of readings beyond one edge. ended_at None: it goes on, as far as anybody heard.
    alarm_minutes None: this edge alone is never an alarm. heard_at, end_heard_at: when its last reading outside, and
    the one that ended it, reached the registry."""

    equipment_id: str
    edge: str
    started_at: datetime
    last_out_at: datetime
    ended_at: datetime | None
    ended: str
    readings: int
    extreme_c: float | None
    limit_c: float | None
    alarm_minutes: int | None
    heard_at: datetime
    end_heard_at: datetime | None

    @property
    def minutes(self) -> int:
        """How long it lasted, or has lasted as far as the readings go."""
        return int(((self.ended_at or self.last_out_at) - self.started_at).total_seconds() // 60)

    @property
    def alarm_at(self) -> datetime | None:
        """The minute at which it became an alarm; None where it is none (yet)."""
        if self.alarm_minutes is None or self.minutes < self.alarm_minutes:
            return None
        return self.started_at + timedelta(minutes=self.alarm_minutes)

    @property
    def known_too_late(self) -> bool:
        """An alarm that nobody could hear of while it went on: only the reading that ended it made it one, as of a
        fridge read by hand, or all its readings came together, as in a logger's file."""
        if self.alarm_minutes is None or self.alarm_at is None or self.end_heard_at is None:
            return False
        outside = self.last_out_at - self.started_at
        return outside < timedelta(minutes=self.alarm_minutes) or self.heard_at >= self.end_heard_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`since`: from when on it is so; None of a device never heard. `runs`: those that go on. `worst`: the one that
    says why it is an alarm, out of range or faulty. `missed`: alarms that were over when they were heard of. `ended`:
    runs of temperature that are over, the newest first. `silent`: whatever else it is."""

    device: Device
    state: DeviceState
    since: datetime | None
    runs: tuple[DeviceRun, ...]
    worst: DeviceRun | None = None
    missed: tuple[DeviceRun, ...] = ()
    ended: tuple[DeviceRun, ...] = ()
    silent: bool = False


def allowed_silence(mode: str, limits: ClockLimits) -> timedelta:
    """How long a device may say nothing. A mode nobody knows is judged as a live one."""
    minutes = {"hand": limits.hand_minutes, "file": limits.file_minutes}.get(mode, limits.live_minutes)
    return timedelta(minutes=minutes)


def judge(device: Device, runs: Sequence[DeviceRun], *, now: datetime, limits: ClockLimits) -> Judged:
    """`now` is the instant up to which readings have been taken in, campaign time. Of a device that holds no vaccine,
    by the register, no run is told: it asks for nobody at each reading, and stands there as what it is."""
    if device.status not in HOLDS:
        return Judged(device=device, state=DeviceState(device.status), since=device.status_since, runs=())
    going_on = tuple(sorted((run for run in runs if run.ended == ONGOING), key=_begun))
    missed = tuple(run for run in runs if run.edge in TEMPERATURE and run.known_too_late)
    over = sorted((run for run in runs if run.edge in TEMPERATURE and run.ended != ONGOING), key=_begun, reverse=True)
    if device.last_read_at is None:
        return Judged(device=device, state=DeviceState.NEVER, since=None, runs=going_on)
    # At the very minute it is silent: sixty minutes without a word, not sixty-one.
    silent = now >= device.last_read_at + allowed_silence(device.reporting_mode, limits)
    state, since, worst = _state(device.last_read_at, going_on, silent=silent)
    return Judged(
        device=device,
        state=state,
        since=since,
        runs=going_on,
        worst=worst,
        missed=missed,
        ended=tuple(over),
        silent=silent,
    )


def _begun(run: DeviceRun) -> tuple[datetime, str]:
    return run.started_at, run.edge


def _state(
    heard: datetime, going_on: Sequence[DeviceRun], *, silent: bool
) -> tuple[DeviceState, datetime, DeviceRun | None]:
    """What is told of it, since when, and the run that says why."""
    out = [run for run in going_on if run.edge in TEMPERATURE]
    alarms = [run for run in out if run.alarm_at is not None]
    faults = [run for run in going_on if run.edge in FLAGS and run.alarm_at is not None]
    if alarms:
        return DeviceState.ALARM, alarms[0].started_at, alarms[0]
    if silent:
        return DeviceState.SILENT, heard, None
    for state, found in ((DeviceState.OUT, out), (DeviceState.FAULT, faults)):
        if found:
            return state, found[0].started_at, found[0]
    return DeviceState.GOOD, heard, None


def judge_all(
    devices: Iterable[Device], runs: Iterable[DeviceRun], *, now: datetime, limits: ClockLimits
) -> list[Judged]:
    """The worst first, then those that have been so the longest."""
    by_device: dict[str, list[DeviceRun]] = {}
    for run in runs:
        by_device.setdefault(run.equipment_id, []).append(run)
    judged = [judge(item, by_device.get(item.equipment_id, ()), now=now, limits=limits) for item in devices]
    order = list(DeviceState)
    return sorted(judged, key=lambda item: (order.index(item.state), item.since or now, item.device.equipment_id))


def counts(judged: Sequence[Judged]) -> Mapping[DeviceState, int]:
    """Devices by state: every state stands there, and together they are all devices."""
    return {state: sum(item.state is state for item in judged) for state in DeviceState}


def gives_room(device: Device) -> bool:
    """Whether its litres count: not of one that does not work, is stored or retired, or is in repair, which one that
    needs it is as soon as somebody has taken the repair on."""
    in_repair = device.status is Status.NEEDS_REPAIR and device.job_opened_at is not None and device.job_assigned
    return device.status in HOLDS and not in_repair
