"""What is wrong with the figures themselves: feeds that stopped, and equalities that do not hold."""

from __future__ import annotations

from collections.abc import Iterable

from campaign.alerts import Condition, Severity
from campaign.readings import FeedStatus, Invariant
from campaign.rule_when import NO_CONDITION, When
from settings.rule_expressions import Unusable


def of_feeds(statuses: Iterable[FeedStatus], *, red_seconds: float, silent: When = NO_CONDITION) -> list[Condition]:
    """A feed that failed or is held, and one without success for longer than `red_seconds` of wall time; `silent`: a
    condition that decides of the latter instead."""
    found: list[Condition] = []
    for status in statuses:
        labels = {"feed": status.name}
        if status.state in ("failed", "held"):
            found.append(
                Condition(
                    rule=f"feed_{status.state}",
                    labels=labels,
                    severity=Severity.CRITICAL,
                    summary_vi=f"Nguồn {status.name} dừng: {status.message}",
                    summary_en=f"Feed {status.name} stopped: {status.message}",
                )
            )
        elif status.lag_seconds is not None:
            own = True if status.lag_seconds > red_seconds else None
            raised = silent.judged({"seconds_silent": status.lag_seconds}, own=own)
            if raised is None:
                continue
            minutes = round(status.lag_seconds / 60)
            found.append(
                Condition(
                    rule="feed_silent",
                    labels=labels,
                    severity=Severity.WARNING,
                    summary_vi=f"Nguồn {status.name} không có số liệu mới trong {minutes} phút",
                    summary_en=f"Feed {status.name} has been silent for {minutes} minutes",
                    inhibited=not raised,
                )
            )
    return found


def of_invariants(invariants: Iterable[Invariant]) -> list[Condition]:
    """Two figures that must be equal to the unit and are not."""
    return [
        Condition(
            rule="figures_disagree",
            labels={"invariant": invariant.name},
            severity=Severity.CRITICAL,
            summary_vi=f"Hai số liệu phải bằng nhau nhưng lệch: {invariant.left} và {invariant.right}",
            summary_en=f"Two figures that must be equal differ: {invariant.left} and {invariant.right}",
        )
        for invariant in invariants
        if not invariant.holds
    ]


def of_thresholds(unusable: Iterable[Unusable]) -> list[Condition]:
    """What somebody asked for, in config.yaml or on the settings page, and no rule can go by."""
    return [
        Condition(
            rule="threshold_unusable",
            labels={"rule": item.name},
            severity=Severity.WARNING,
            summary_vi=(
                f"Không dùng được ngưỡng đã đặt{_where(item)}. Đang áp dụng: {_held(item, 'ngưỡng trước đó')}. "
                "Sửa ở trang Cài đặt cảnh báo hoặc trong config.yaml"
            ),
            summary_en=(
                f"A threshold that was set cannot be used: {item.told}. In force: {_held(item, 'the one before it')}. "
                "Mend it on the page of alert settings or in config.yaml"
            ),
        )
        for item in unusable
    ]


def _where(item: Unusable) -> str:
    return f", ký tự {item.place}, ở “{item.part}”" if item.place and item.part else ""


def _held(item: Unusable, before: str) -> str:
    """The condition that holds instead; numbers are told on the page of settings."""
    return item.held.raise_when if item.held is not None and item.held.raise_when else before


def registry_away(message: str) -> Condition:
    return Condition(
        rule="registry_unavailable",
        labels={},
        severity=Severity.CRITICAL,
        summary_vi=f"Cơ sở dữ liệu trung tâm không trả lời: {message}",
        summary_en=f"The central database does not answer: {message}",
    )
