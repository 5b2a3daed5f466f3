"""What of the register of equipment asks for somebody: a repair that is open too long, a broken device without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaign.alerts import Condition, Severity
from campaign.devices import Device
from campaign.equipment import BROKEN, Status

# They have waited by the campaign's clock.
AT_ONCE = timedelta(0)
BROKEN_VI = {Status.NEEDS_REPAIR: "cần sửa chữa", Status.NOT_WORKING: "không hoạt động"}
BROKEN_EN = {Status.NEEDS_REPAIR: "needs repair", Status.NOT_WORKING: "does not work"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRules:
    """job: how long a repair may be open; unrepaired: how long a broken device may be without one."""

    job: timedelta
    unrepaired: timedelta


def of_equipment(devices: Iterable[Device], *, now: datetime, zone: ZoneInfo, rules: RepairRules) -> list[Condition]:
    """`now`: campaign time. Stored and retired devices ask for nobody but for a repair that is still open."""
    found: list[Condition] = []
    for device in devices:
        if device.job_opened_at is not None:
            if now - device.job_opened_at >= rules.job:
                vi = f"Thiết bị {device.equipment_id}: việc sửa chữa mở từ {{since}} chưa xong"
                en = f"Device {device.equipment_id}: its repair is open since {{since}}"
                found.append(_about(device, "coldchain_repair_late", vi, en, since=device.job_opened_at, zone=zone))
        elif (
            device.status in BROKEN
            and device.status_since is not None
            and now - device.status_since >= rules.unrepaired
        ):
            vi = f"Thiết bị {device.equipment_id} {BROKEN_VI[device.status]} từ {{since}}, chưa có việc sửa chữa"
            en = f"Device {device.equipment_id} {BROKEN_EN[device.status]} since {{since}}, and no repair is open"
            found.append(_about(device, "coldchain_unrepaired", vi, en, since=device.status_since, zone=zone))
    return found


def _about(device: Device, rule: str, vi: str, en: str, *, since: datetime, zone: ZoneInfo) -> Condition:
    told = f"{since.astimezone(zone):%H:%M %d/%m}"
    labels = {"equipment": device.equipment_id, "store": device.store_code, "area": device.area_code}
    return Condition(
        rule=rule,
        labels=labels | ({"district": device.district_code} if device.district_code else {}),
        severity=Severity.WARNING,
        summary_vi=vi.format(since=told),
        summary_en=en.format(since=told),
        hold=AT_ONCE,
    )
