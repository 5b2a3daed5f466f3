"""What the page of alert settings lists, as texts in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from campaign.access import Scope
from campaign.notices import NoticeState
from campaign.oncall import Covers, Duty, Planned
from campaign.response import Response
from layouts import format as fmt
from layouts.notice_reasons import reason_in_words
from layouts.oncall_words import rules_in_words
from layouts.words import Words
from operations.notice_log import NoticeRow
from operations.notice_planning import NO_CHANNEL
from operations.oncall import Set
from operations.thresholds import Change
from settings import Settings
from settings.tunable import SHARE, TUNABLE, own_value, tuned

STATE_TAGS = {
    NoticeState.SENT: ("good", "check"),
    NoticeState.WAITING: ("open", "clock"),
    NoticeState.FAILED: ("bad", "stop"),
    NoticeState.DROPPED: ("none", "dash"),
}
Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """For one reader. names: of the provinces, by code. handles: where that person may set duty and planned work."""

    words: Words
    zone: ZoneInfo
    names: Mapping[str, str]
    handles: Scope
    sees: Scope

    def rules(self, prefix: str) -> str:
        return rules_in_words(prefix, self.words)

    def area(self, code: str) -> str:
        return self.names.get(code, code) if code else self.words("table.nation")

    def at(self, instant: datetime | None) -> str:
        """To the minute: nobody plans a shift by the second."""
        return fmt.instant(instant, self.words, self.zone)

    def duties(self, found: Iterable[Duty], now: datetime) -> list[Row]:
        """By level, then as they were set."""
        return [
            {
                "number": duty.duty_id,
                "post": duty.post,
                "phone": duty.phone,
                "email": duty.email,
                "level": duty.level,
                **self._covers(duty.covers),
                "when": self._when(duty.starts_at, duty.ends_at, now),
                "hours": ""
                if duty.hours is None
                else self.words("oncall.hours", start=duty.hours[0], end=duty.hours[1]),
                "now": duty.in_force(now, self.zone),
            }
            for duty in sorted(found, key=lambda duty: (duty.level, duty.duty_id))
        ]

    def planned(self, found: Iterable[Planned], now: datetime) -> list[Row]:
        return [
            {
                "number": item.work_id,
                "kind": self.words(f"planned_kind.{item.kind}"),
                "reason": item.reason,
                **self._covers(item.covers),
                "when": self._when(item.starts_at, item.ends_at, now),
                "now": item.in_force(now),
            }
            for item in found
        ]

    def thresholds(self, settings: Settings, held: Mapping[str, float]) -> list[Row]:
        """`settings`: config.yaml's own; `held`: what people set."""
        found, _ = tuned(settings, held)
        return [
            {
                "name": name,
                "text": self.words(f"threshold.{name}"),
                "unit": self.words(f"threshold_unit.{item.unit}"),
                "gap": "" if item.unit == SHARE else fmt.TIED,
                "rules": ", ".join(self.rules(rule) for rule in item.rules) or self.rules(""),
                "value": threshold_number(name, own_value(found, name), self.words),
                "own": threshold_number(name, own_value(settings, name), self.words),
                "changed": name in held,
            }
            for name, item in TUNABLE.items()
        ]

    def notices(self, found: Iterable[NoticeRow]) -> list[Row]:
        return [
            {
                "number": row.notice_id,
                "incident": row.incident_id,
                "made": fmt.instant(row.made_at, self.words, self.zone),
                "kind": self.words(f"notice_kind.{row.kind}", level=row.level),
                "rule": self.words.named("rule", row.rule),
                "channel": self.words(f"notice_channel.{row.channel}"),
                "to": " · ".join(part for part in (row.post, row.address) if part),
                "state": self.words(f"notice_state.{row.state}"),
                "tag": STATE_TAGS[row.state],
                "reason": reason_in_words(row.reason, self.words),
                "tries": row.attempts,
                "ended": fmt.instant(row.ended_at, self.words, self.zone) if row.ended_at else "",
                "drill": row.drill,
                "again": row.state is NoticeState.FAILED and row.channel != NO_CHANNEL and not self.handles.empty,
            }
            for row in found
        ]

    def history(self, found: Iterable[Set]) -> list[Row]:
        return [
            {
                "at": self.at(row.set_at),
                "by": row.set_by,
                "what": self.words(f"set_kind.{row.what}", number=row.number),
                "name": row.name,
                "level": row.level or "",
                **self._covers(Covers(area=row.area_code, rule_prefix=row.rule_prefix)),
                "when": self._span(row.starts_at, row.ends_at),
                "reason": row.reason,
                "ended": ""
                if row.ended_at is None
                else self.words("oncall.ended", at=self.at(row.ended_at), by=row.ended_by, reason=row.end_reason),
            }
            for row in found
        ]

    def changes(self, found: Iterable[Change]) -> list[Row]:
        return [
            {
                "at": self.at(row.set_at),
                "by": row.set_by,
                "name": self.words.named("threshold", row.name),
                "before": with_unit(row.name, row.before, self.words),
                "value": self.words("threshold_own")
                if row.value is None
                else with_unit(row.name, row.value, self.words),
                "reason": row.reason,
            }
            for row in found
        ]

    def _covers(self, covers: Covers) -> Row:
        own = self.handles.covers(covers.area or None)
        return {"area": self.area(covers.area), "rules": self.rules(covers.rule_prefix), "own": own}

    def _when(self, begin: datetime, end: datetime, now: datetime) -> str:
        """What has begun is known by its end."""
        if begin <= now:
            return self.words("oncall.until", at=self.at(end))
        return self._span(begin, end)

    def _span(self, begin: datetime, end: datetime) -> str:
        return self.words("oncall.span", start=self.at(begin), end=self.at(end))


def threshold_number(name: str, value: float, words: Words) -> str:
    """A share as per cent, as everywhere; of a threshold that is one no more the number as it was kept."""
    of_share = name in TUNABLE and TUNABLE[name].unit == SHARE
    return fmt.plain(value * 100 if of_share else value, words.language)


def with_unit(name: str, value: float, words: Words) -> str:
    number = threshold_number(name, value, words)
    if name not in TUNABLE:
        return number
    unit = TUNABLE[name].unit
    return f"{number}{'' if unit == SHARE else fmt.TIED}{words(f'threshold_unit.{unit}')}"


def response_rows(found: Iterable[Response], words: Words, *, limit: float) -> list[Row]:
    """The rule's own line first, then its weeks."""
    return [
        {
            "rule": words.named("rule", row.rule),
            # Read once: the line of the rule itself stands above those of its weeks.
            "total": row.week is None,
            "week": words("response.all") if row.week is None else fmt.day(row.week, words.language),
            "incidents": fmt.whole(row.incidents, words.language),
            "acknowledged": fmt.whole(row.acknowledged, words.language),
            "acknowledge": fmt.decimal(row.acknowledge_minutes, words.language),
            "closed": fmt.whole(row.closed, words.language),
            "close": fmt.decimal(row.close_minutes, words.language),
            "false": fmt.whole(row.false_alarms, words.language),
            "judged": fmt.whole(row.judged, words.language),
            "share": fmt.UNKNOWN if row.false_share is None else fmt.share(round(row.false_share, 3), words.language),
            "flagged": row.flagged(limit),
        }
        for row in found
    ]
