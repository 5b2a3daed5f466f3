"""Wire the cold chain together from the settings: how runs are judged, and what of it is an alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from campaign.alerts import Condition
from campaign.devices import judge_all
from campaign.readings import FeedStatus
from campaign.trust import ClockLimits
from operations.coldchain_conditions import SourceRules, of_devices
from operations.equipment_conditions import RepairRules, of_equipment
from settings import Settings
from settings.rule_expressions import whens
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
    asked = whens(settings)
    rules = SourceRules(
        told_for=timedelta(hours=settings.coldchain.told_hours),
        least=settings.coldchain.source_devices,
        silent_share=settings.coldchain.source_silent_share,
        whens=asked,
    )
    behind = readings_behind(statuses, red_seconds=settings.etl.lag_red_seconds)
    zone = ZoneInfo(settings.campaign.timezone)
    repairs = RepairRules(
        job=timedelta(days=settings.coldchain.job_days),
        unrepaired=timedelta(hours=settings.coldchain.broken_hours),
        job_when=asked["coldchain_repair_late"],
        unrepaired_when=asked["coldchain_unrepaired"],
    )
    return [
        *of_devices(judged, now=found.now, zone=zone, rules=rules, behind=behind),
        *of_equipment(found.devices, now=found.now, zone=zone, rules=repairs),
    ]


def readings_behind(statuses: Sequence[FeedStatus], *, red_seconds: float) -> bool:
    """Whether the feed of readings is dead, held or catching up: then no alert of the cold chain begins or ends."""
    return any(
        item.name == READINGS_FEED and (item.state != "ok" or (item.lag_seconds or 0) > red_seconds)
        for item in statuses
    )
