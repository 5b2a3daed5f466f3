"""What of the register of equipment asks for somebody: a repair that is open too long, a broken device without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaign.alerts import Condition, Severity
from campaign.devices import Device
from campaign.equipment import BROKEN, Status
from campaign.rule_when import NO_CONDITION, When
from operations.spoken import minute_of

# They have waited by the campaign's clock.
AT_ONCE = timedelta(0)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BROKEN_VI = {Status.NEEDS_REPAIR: "cần sửa chữa", Status.NOT_WORKING: "không hoạt động"}
BROKEN_EN = {Status.NEEDS_REPAIR: "needs repair", Status.NOT_WORKING: "does not work"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRules:
    """job: how long a repair may be open; unrepaired: how long a broken device may be without one. job_when,
    unrepaired_when: conditions that decide instead."""

    job: timedelta
    unrepaired: timedelta
    job_when: When = NO_CONDITION
    unrepaired_when: When = NO_CONDITION


def of_equipment(devices: Iterable[Device], *, now: datetime, zone: ZoneInfo, rules: RepairRules) -> list[Condition]:
    """`now`: campaign time. Stored and retired devices ask for nobody but for a repair that is still open."""
    found: list[Condition] = []
    for device in devices:
        if device.job_opened_at is not None:
            lasts = now - device.job_opened_at
            raised = rules.job_when.judged({"days_open": lasts / DAY}, own=True if lasts >= rules.job else None)
            if raised is not None:
                vi = f"Thiết bị {device.equipment_id}: việc sửa chữa mở từ {{since}} chưa xong"
                en = f"Device {device.equipment_id}: its repair is open since {{since}}"
                made = _about(device, "coldchain_repair_late", vi, en, since=device.job_opened_at, zone=zone)
                found.append(replace(made, inhibited=not raised))
        elif device.status in BROKEN and device.status_since is not None:
            lasts = now - device.status_since
            own = True if lasts >= rules.unrepaired else None
            raised = rules.unrepaired_when.judged({"hours_broken": lasts / HOUR}, own=own)
            if raised is None:
                continue
            vi = f"Thiết bị {device.equipment_id} {BROKEN_VI[device.status]} từ {{since}}, chưa có việc sửa chữa"
            en = f"Device {device.equipment_id} {BROKEN_EN[device.status]} since {{since}}, and no repair is open"
            made = _about(device, "coldchain_unrepaired", vi, en, since=device.status_since, zone=zone)
            found.append(replace(made, inhibited=not raised))
    return found


def _about(device: Device, rule: str, vi: str, en: str, *, since: datetime, zone: ZoneInfo) -> Condition:
    since_vi, since_en = minute_of(since, zone)
    labels = {"equipment": device.equipment_id, "store": device.store_code, "area": device.area_code}
    return Condition(
        rule=rule,
        labels=labels | ({"district": device.district_code} if device.district_code else {}),
        severity=Severity.WARNING,
        summary_vi=vi.format(since=since_vi),
        summary_en=en.format(since=since_en),
        hold=AT_ONCE,
    )
