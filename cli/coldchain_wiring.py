"""Wire the cold chain together from the settings: how runs are judged, and what of it is an alert."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from campaign.alerts import Condition
from campaign.devices import judge_all
from campaign.readings import FeedStatus
from campaign.trust import ClockLimits
from operations.coldchain_conditions import of_devices
from settings import Settings
from warehouse.coldchain import ColdChainRules
from warehouse.reads_coldchain import cold_chain
from warehouse.reference import load_storage_classes
from warehouse.snapshot import Snapshots

READINGS_FEED = "temperature_reading"


def cold_chain_rules(settings: Settings) -> ColdChainRules:
    clock, rules = settings.clock, settings.coldchain
    return ColdChainRules(
        classes=load_storage_classes(settings.reference_dir),
        gap_minutes={"live": clock.live_minutes, "file": rules.gap_minutes, "hand": clock.hand_minutes},
        flag_minutes={
            "power": rules.power_minutes,
            "battery": rules.battery_minutes,
            "probe": rules.probe_minutes,
            "door": rules.door_minutes,
        },
    )


def cold_chain_conditions(
    settings: Settings, snapshots: Snapshots, version: int, statuses: Sequence[FeedStatus]
) -> list[Condition]:
    """Alarms, faults and silences of devices, as of the snapshot's own instant."""
    found = cold_chain(snapshots, version)
    judged = judge_all(found.devices, found.runs, now=found.now, limits=ClockLimits(**settings.clock.model_dump()))
    heard = [item for item in statuses if item.name == READINGS_FEED]
    known = all(item.state == "ok" and (item.lag_seconds or 0) <= settings.etl.lag_red_seconds for item in heard)
    return of_devices(judged, zone=ZoneInfo(settings.campaign.timezone), silence_known=known)
