"""What of the cold chain asks for somebody now: one condition a device and rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaign.alerts import Condition, Severity
from campaign.devices import FLAGS, HIGH, LOW, ONGOING, DeviceRun, Judged
from campaign.equipment import HOLDS
from campaign.holdover import POWER, Hold, hold_of
from campaign.rule_when import NO_CONDITION, When
from operations.spoken import OVER, Words, minute_of, span_of

# The rules of the cold chain have waited by the readings' own clock.
AT_ONCE = timedelta(0)
MINUTE = timedelta(minutes=1)
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
# How an excursion ended, by campaign.coldchain.Ended; late: it was over when it was heard of.
SAID_ENDED = {
    "late": ("; đã hết lúc {ended}, nay mới biết", "; over at {ended}, heard of only now"),
    "back_in_range": OVER,
    "unknown": ("; sau {ended} không có số đo", "; no reading after {ended}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRules:
    """`told_for`: how long an alarm that was over when it was heard of stays an alert. Of at least `least` live
    devices a share above `silent_share` silent at once is the source's silence, not theirs. `whens`: conditions that
    decide instead, by the name of the rule (campaign.rule_facts)."""

    told_for: timedelta
    least: int
    silent_share: float
    whens: Mapping[str, When] = field(default_factory=dict[str, When])

    def when(self, rule: str) -> When:
        return self.whens.get(rule, NO_CONDITION)


def of_devices(
    judged: Sequence[Judged], *, now: datetime, zone: ZoneInfo, rules: SourceRules, behind: bool = False
) -> list[Condition]:
    """Alarms of temperature, faults and silences. A device never heard is no alert: it is counted on the page.

    `behind`: the feed of readings is dead, held, or catching up: the newest of what was read says nothing of now.
    """
    source = _silent_source(judged, rules)
    found: list[Condition] = [] if source is None else [source]
    for item in judged:
        found += _silence(item, now, zone, rules, source)
        found += _temperatures(item, now, zone, rules)
        for run in item.runs:
            if run.edge in FLAGS:
                rule = f"coldchain_{run.edge}"
                raised = rules.when(rule).judged(_lasting(run), own=_is_alarm(run))
                fault = _fault(item, run, zone, now=now)
                found += [] if raised is None else [replace(fault, inhibited=not raised)]
    return [replace(item, inhibited=True) for item in found] if behind else found


def _temperatures(item: Judged, now: datetime, zone: ZoneInfo, rules: SourceRules) -> list[Condition]:
    """At most one a side: of several runs the latest that raises it; what was heard of only when it was over, where
    nothing that goes on does. What merely keeps an alert open stands behind both."""
    found: list[Condition] = []
    missed = [run for run in item.missed if run.end_heard_at and now - run.end_heard_at < rules.told_for]
    for edges in (HIGH, LOW):
        when = rules.when("coldchain_high" if edges is HIGH else "coldchain_low")
        own = [run for run in (*reversed(item.runs), *reversed(missed)) if run.edge in edges]
        told = [(when.judged(_out(run), own=_is_alarm(run)), run) for run in own]
        known = [(raised, run) for raised, run in told if raised is not None]
        if known:
            raised, run = max(known, key=lambda entry: entry[0])
            found.append(replace(_temperature(item, run, zone), inhibited=not raised))
            continue
        over = _ended(item, edges, when, now=now, within=rules.told_for)
        found += [] if over is None else [replace(_temperature(item, over, zone), over=True)]
    return found


def _ended(item: Judged, edges: tuple[str, str], when: When, *, now: datetime, within: timedelta) -> DeviceRun | None:
    """The newest run beyond these edges that was an alarm until it ended, lately: what an alert that ends now was of,
    whose words are those of its last look and therefore some minutes short of its end."""
    for run in item.ended:
        lately = run.end_heard_at is not None and now - run.end_heard_at < within
        if run.edge in edges and lately and when.judged(_out(run), own=_is_alarm(run)):
            return run
    return None


def _silence(
    item: Judged, now: datetime, zone: ZoneInfo, rules: SourceRules, source: Condition | None
) -> list[Condition]:
    """Of what reported once, and holds vaccine."""
    heard = item.device.last_read_at
    if heard is None or item.device.status not in HOLDS:
        return []
    facts = {"minutes_silent": max(0.0, (now - heard) / MINUTE), "is_silent": float(item.silent)}
    raised = rules.when("coldchain_silent").judged(facts, own=True if item.silent else None)
    if raised is None:
        return []
    found = _silent(item, zone, inhibited=not raised or (source is not None and not source.inhibited))
    # Between its two limits the source's alert may be open, which only the registry knows.
    return [found if source is None else replace(found, inhibited_by=source.key)]


def _is_alarm(run: DeviceRun) -> bool | None:
    return None if run.alarm_at is None else True


def _lasting(run: DeviceRun) -> dict[str, float]:
    return {"minutes_lasting": run.minutes, "is_alarm": float(run.alarm_at is not None)}


def _out(run: DeviceRun) -> dict[str, float]:
    extreme, limit = run.extreme_c or 0.0, run.limit_c or 0.0
    return {
        "minutes_out": run.minutes,
        "degrees_beyond": abs(extreme - limit),
        "extreme_c": extreme,
        "limit_c": limit,
        "is_alarm": float(run.alarm_at is not None),
    }


def _silent_source(judged: Sequence[Judged], rules: SourceRules) -> Condition | None:
    """Hundreds of fridges do not fall silent in one hour: what brings their readings did."""
    live = [
        item
        for item in judged
        if item.device.reporting_mode == "live" and item.device.last_read_at is not None and item.device.status in HOLDS
    ]
    silent = sum(item.silent for item in live)
    own = True if len(live) >= rules.least and silent > rules.silent_share * len(live) else None
    facts = {"devices_silent": silent, "devices_live": len(live)}
    raised = rules.when("readings_silent").judged(facts, own=own)
    if raised is None or not silent:
        return None
    return Condition(
        rule="readings_silent",
        labels={},
        severity=Severity.CRITICAL,
        summary_vi=f"{silent} trong {len(live)} thiết bị tự gửi số đo cùng mất tín hiệu: nguồn số đo ngừng",
        summary_en=f"{silent} of {len(live)} devices that report live are silent at once: their source has stopped",
        hold=AT_ONCE,
        inhibited=not raised,
    )


def _labels(item: Judged) -> dict[str, str]:
    """What it is about, from the device outwards; a store of a province or region lies in no district."""
    device = item.device
    labels = {"equipment": device.equipment_id, "store": device.store_code, "area": device.area_code}
    return labels | ({"district": device.district_code} if device.district_code else {})


def _temperature(item: Judged, run: DeviceRun, zone: ZoneInfo) -> Condition:
    high = run.edge in HIGH
    texts = (
        "Thiết bị {device} nóng quá {limit} °C từ {since}, {span}, cao nhất {extreme} °C",
        "Device {device} above {limit} °C since {since}, for {span}, highest {extreme} °C",
    )
    if not high:
        texts = (
            "Thiết bị {device} lạnh quá {limit} °C từ {since}, {span}, thấp nhất {extreme} °C",
            "Device {device} at or below {limit} °C since {since}, for {span}, lowest {extreme} °C",
        )
    ended: Words = ("", "")
    if run.ended != ONGOING:
        said = SAID_ENDED["late" if run.known_too_late else run.ended]
        texts = (texts[0] + said[0], texts[1] + said[1])
        ended = minute_of(run.ended_at or run.last_out_at, zone)
    extreme, limit = f"{run.extreme_c:.1f}", f"{run.limit_c:.1f}"
    vi, en = (
        text.format(
            device=item.device.equipment_id, extreme=said(extreme), limit=said(limit), since=since, span=span, ended=end
        )
        for text, said, since, span, end in zip(
            texts, (_vi, _en), minute_of(run.started_at, zone), span_of(run.minutes), ended, strict=True
        )
    )
    return Condition(
        rule="coldchain_high" if high else "coldchain_low",
        labels=_labels(item),
        severity=Severity.CRITICAL,
        summary_vi=vi,
        summary_en=en,
        hold=AT_ONCE,
    )


def _fault(item: Judged, run: DeviceRun, zone: ZoneInfo, *, now: datetime) -> Condition:
    device, (since_vi, since_en) = item.device.equipment_id, minute_of(run.started_at, zone)
    hold = hold_of(item.device, item.runs) if run.edge == POWER else None
    vi, en = ("", "") if hold is None else _held(hold, zone, now=now)
    return Condition(
        rule=f"coldchain_{run.edge}",
        labels=_labels(item),
        severity=SEVERITY[run.edge],
        summary_vi=SAID_VI[run.edge].format(device=device, since=since_vi) + vi,
        summary_en=SAID_EN[run.edge].format(device=device, since=since_en) + en,
        hold=AT_ONCE,
    )


def _held(hold: Hold, zone: ZoneInfo, *, now: datetime) -> Words:
    """Until when the doses are kept cold: an estimate, and what it is from."""
    if hold.warm:
        return (
            "; đã nóng quá khoảng cho phép: không còn thời gian giữ lạnh",
            "; above its range already: no hour of hold is left",
        )
    if hold.until is None or hold.hours is None:
        return (
            "; chưa rõ giữ lạnh được bao lâu: danh bạ thiết bị không ghi",
            "; it is not known how long it keeps cold: the register does not tell",
        )
    (at_vi, at_en), hours = minute_of(hold.until, zone), f"{hold.hours:g}"
    from_vi = f"ước tính từ {_vi(hours)} giờ giữ lạnh trong danh bạ thiết bị và lúc mất điện"
    from_en = f"estimated from the register's {hours} hours of hold and the time of the power cut"
    if hold.over(now):
        return (
            f"; giữ lạnh đến {at_vi}, nay đã quá ({from_vi})",
            f"; kept cold until {at_en}, which is past ({from_en})",
        )
    return f"; giữ lạnh đến {at_vi} ({from_vi})", f"; keeps cold until {at_en} ({from_en})"


def _silent(item: Judged, zone: ZoneInfo, *, inhibited: bool) -> Condition:
    heard, device = item.device.last_read_at, item.device.equipment_id
    since_vi, since_en = minute_of(heard, zone) if heard else ("", "")
    return Condition(
        rule="coldchain_silent",
        labels=_labels(item),
        severity=Severity.WARNING,
        summary_vi=f"Thiết bị {device} mất tín hiệu từ {since_vi}",
        summary_en=f"Device {device} has been silent since {since_en}",
        hold=AT_ONCE,
        inhibited=inhibited,
    )


def _en(number: str) -> str:
    """A true minus."""
    return number.replace("-", "−")


def _vi(number: str) -> str:
    """As the language writes it: a decimal comma, and a true minus."""
    return number.replace(".", ",").replace("-", "−")
