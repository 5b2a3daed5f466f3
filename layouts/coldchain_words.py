"""How states, durations and temperatures of devices are said, wherever they stand."""

from __future__ import annotations

from campaign.devices import ONGOING, DeviceState
from campaign.people_tables import Row
from layouts import format as fmt
from layouts.words import Words

TAGS = {
    DeviceState.ALARM: ("bad", "stop"), DeviceState.SILENT: ("bad", "dash"), DeviceState.OUT: ("open", "warn"),
    DeviceState.FAULT: ("open", "warn"), DeviceState.NOT_WORKING: ("bad", "stop"), DeviceState.NEVER: ("none", "dash"),
    DeviceState.NOT_IN_USE: ("none", "dash"), DeviceState.GOOD: ("good", "check"),
}  # fmt: skip
HOUR, DAY = 60, 1440
OUTSIDE = frozenset({str(DeviceState.ALARM), str(DeviceState.OUT)})


def duration(found: object, words: Words) -> str:
    """Minutes as minutes, hours and minutes, or days and hours."""
    if not isinstance(found, int):
        return fmt.UNKNOWN
    if found < HOUR:
        return words("coldchain.minutes", minutes=found)
    if found < 2 * DAY:
        return words("coldchain.hours", hours=found // HOUR, minutes=f"{found % HOUR:02d}")
    return words("coldchain.days", days=found // DAY, hours=found % DAY // HOUR)


def lasted(row: Row, words: Words) -> str:
    """How long a run lasted, or a device has been as it is. Of what goes on with one reading so far there is no length
    yet, which is not "0 minutes"."""
    goes_on = row.get("ended") == ONGOING or row.get("state") in OUTSIDE
    return words("coldchain.one_reading") if goes_on and row["minutes"] == 0 else duration(row["minutes"], words)


def degrees(value: object, words: Words) -> str:
    return fmt.degrees(value, words.language) if isinstance(value, int | float) else fmt.UNKNOWN
