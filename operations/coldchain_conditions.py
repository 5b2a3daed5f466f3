"""What of the cold chain asks for somebody now: one condition a device and rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaign.alerts import Condition, Severity
from campaign.devices import FLAGS, HIGH, TEMPERATURE, DeviceRun, DeviceState, Judged

# The rules of the cold chain have waited by the readings' own clock.
AT_ONCE = timedelta(0)
SEVERITY = {"power": Severity.CRITICAL, "probe": Severity.WARNING, "door": Severity.WARNING, "battery": Severity.INFO}
SAID_VI = {
    "power": "Thiết bị {device} mất điện từ {since}",
    "probe": "Thiết bị {device}: đầu dò không cho nhiệt độ từ {since}",
    "door": "Thiết bị {device}: cửa mở từ {since}",
    "battery": "Thiết bị {device}: pin yếu từ {since}",
}
SAID_EN = {
    "power": "Device {device} without power since {since}",
    "probe": "Device {device}: no temperature from its probe since {since}",
    "door": "Device {device}: door open since {since}",
    "battery": "Device {device}: battery low since {since}",
}


def of_devices(judged: Iterable[Judged], *, zone: ZoneInfo, silence_known: bool) -> list[Condition]:
    """Alarms of temperature, faults and silences. A device never heard is no alert: it is counted on the page.

    `silence_known` False: the feed of readings itself is behind, so that silence says nothing of a device. An alert
    that is open stays so, none is raised."""
    found: list[Condition] = []
    for item in judged:
        if item.state is DeviceState.SILENT:
            found.append(_silent(item, zone, inhibited=not silence_known))
        for run in item.runs:
            if run.alarm_at is None:
                continue
            if run.edge in TEMPERATURE:
                found.append(_temperature(item, run, zone))
            elif run.edge in FLAGS:
                found.append(_fault(item, run, zone))
    return found


def _labels(item: Judged) -> dict[str, str]:
    """What it is about, from the device outwards; a store of a province or region lies in no district."""
    device = item.device
    labels = {"equipment": device.equipment_id, "store": device.store_code, "area": device.area_code}
    return labels | ({"district": device.district_code} if device.district_code else {})


def _temperature(item: Judged, run: DeviceRun, zone: ZoneInfo) -> Condition:
    high = run.edge in HIGH
    values = {
        "device": item.device.equipment_id,
        "extreme": f"{run.extreme_c:.1f}",
        "limit": f"{run.limit_c:.1f}",
        "since": _at(run.started_at, zone),
        "hours": f"{run.minutes // 60}:{run.minutes % 60:02d}",
    }
    vi = "Thiết bị {device} nóng quá {limit} °C từ {since}, {hours} giờ, cao nhất {extreme} °C"
    en = "Device {device} above {limit} °C since {since}, for {hours} h, at most {extreme} °C"
    if not high:
        vi = "Thiết bị {device} lạnh quá {limit} °C từ {since}, {hours} giờ, thấp nhất {extreme} °C"
        en = "Device {device} at or below {limit} °C since {since}, for {hours} h, at least {extreme} °C"
    return Condition(
        rule="coldchain_high" if high else "coldchain_low",
        labels=_labels(item),
        severity=Severity.CRITICAL,
        summary_vi=vi.format(**{**values, "extreme": _vi(values["extreme"]), "limit": _vi(values["limit"])}),
        summary_en=en.format(**values),
        hold=AT_ONCE,
    )


def _fault(item: Judged, run: DeviceRun, zone: ZoneInfo) -> Condition:
    values = {"device": item.device.equipment_id, "since": _at(run.started_at, zone)}
    return Condition(
        rule=f"coldchain_{run.edge}",
        labels=_labels(item),
        severity=SEVERITY[run.edge],
        summary_vi=SAID_VI[run.edge].format(**values),
        summary_en=SAID_EN[run.edge].format(**values),
        hold=AT_ONCE,
    )


def _silent(item: Judged, zone: ZoneInfo, *, inhibited: bool) -> Condition:
    since = _at(item.since, zone) if item.since else ""
    device = item.device.equipment_id
    return Condition(
        rule="coldchain_silent",
        labels=_labels(item),
        severity=Severity.WARNING,
        summary_vi=f"Thiết bị {device} mất tín hiệu từ {since}",
        summary_en=f"Device {device} has been silent since {since}",
        hold=AT_ONCE,
        inhibited=inhibited,
    )


def _at(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%H:%M %d/%m}"


def _vi(number: str) -> str:
    """As the language writes it: a decimal comma, and a true minus."""
    return number.replace(".", ",").replace("-", "−")
