"""Until when a device without power keeps its doses cold: an estimate from the hours that the register tells.

They count from the first reading without power. The hours of a register are those of a full, closed device in the
climate it was tested in, so that the estimate is one, and what the readings say goes before it. Unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.devices import HIGH, ONGOING, Device, DeviceRun

POWER = "power"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """since: first reading without power. hours, until: None where the register tells none. warm: a temperature above
    the range was told since, so that no hour is left."""

    since: datetime
    hours: float | None
    until: datetime | None
    warm: bool

    def over(self, now: datetime) -> bool | None:
        """None: nobody knows."""
        if self.warm:
            return True
        return None if self.until is None else now >= self.until


def hold_of(device: Device, runs: Iterable[DeviceRun]) -> Hold | None:
    """Of its runs that go on; None of a device with power, as far as anybody heard."""
    going_on = [run for run in runs if run.equipment_id == device.equipment_id and run.ended == ONGOING]
    since = min((run.started_at for run in going_on if run.edge == POWER), default=None)
    if since is None:
        return None
    hours = device.holdover_hours
    return Hold(
        since=since,
        hours=hours,
        until=None if hours is None else since + timedelta(hours=hours),
        warm=any(run.edge in HIGH for run in going_on),
    )
