"""Reads about the cold chain: devices as they stand, and what was out of order in the last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaign.devices import Device, DeviceRun
from warehouse import reads
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdChain:
    """`now`: the instant up to which readings have been taken in, campaign time: our own standing still makes no fridge
    silent. told: False of a snapshot from before devices were read one by one, and of a source that has none."""

    now: datetime
    devices: tuple[Device, ...]
    runs: tuple[DeviceRun, ...]
    told: bool


def cold_chain(snapshots: Snapshots, version: int) -> ColdChain:
    """Raises SnapshotUnavailable."""
    now = reads.info(snapshots, version).as_of
    if not has(snapshots, version, "device", "device_run"):
        return ColdChain(now=now, devices=(), runs=(), told=False)
    devices = tuple(Device(**row) for row in snapshots.rows(version, sql("reads/devices")))
    runs = tuple(DeviceRun(**row) for row in snapshots.rows(version, sql("reads/device_runs")))
    return ColdChain(now=now, devices=devices, runs=runs, told=bool(devices))
