"""Reports that did not go out by themselves: held by a check, not made, not delivered, or not even begun.

One condition a schedule and area, of its newest report: the next one that goes out ends it, and so does a person's
decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaign.alerts import Condition, Severity
from campaign.report_archive import ReportState, Schedule, last_due
from operations.action_log import connect

HELD, FAILED, UNSENT, MISSING = "report_held", "report_failed", "report_unsent", "report_missing"
RULES = (HELD, FAILED, UNSENT, MISSING)
NEWEST = (
    "SELECT DISTINCT ON (r.schedule, r.area_code, r.language) r.report_id, r.schedule, r.area_code AS area, "
    "r.language, r.day, r.state, r.reason, r.checks, (SELECT count(*) FROM operations.report_mail AS m "
    "WHERE m.report_id = r.report_id AND m.state = 'failed')::integer AS mails_failed FROM operations.report AS r "
    "WHERE r.schedule <> '' ORDER BY r.schedule, r.area_code, r.language, r.day DESC"
)
NATION = ("Cả nước", "The whole country")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    report_id: int
    schedule: str
    area: str
    language: str
    day: date
    state: ReportState
    reason: str
    checks: Sequence[Mapping[str, Any]]
    mails_failed: int


def newest_reports(url: str) -> list[Newest]:
    """Of each schedule, area and language. Raises psycopg.Error."""
    with connect(url) as connection:
        rows = connection.execute(NEWEST).fetchall()
    return [_newest(row) for row in rows]


def _newest(row: dict[str, Any]) -> Newest:
    told: dict[str, Any] = row | {"state": ReportState(row["state"]), "checks": tuple(row["checks"])}
    return Newest(**told)


def of_reports_kept(
    found: Iterable[Newest], *, areas: Mapping[str, tuple[str, str]], schedules: Collection[str]
) -> list[Condition]:
    """areas: Vietnamese and English names by code. Schedules that are no more are nobody's business."""
    made: dict[str, Condition] = {}
    for item in found:
        if item.schedule not in schedules:
            continue
        condition = _of_one(item, areas.get(item.area, (item.area, item.area)) if item.area else NATION)
        if condition is not None:
            made.setdefault(condition.key, condition)
    return list(made.values())


def of_missing(
    found: Iterable[Newest],
    schedules: Iterable[Schedule],
    *,
    campaign_now: datetime,
    zone: ZoneInfo,
    after: timedelta,
) -> list[Condition]:
    """A schedule that made reports before and did not begin the last one due: whoever makes them may be dead."""
    last: dict[str, date] = {}
    for item in found:
        last[item.schedule] = max(item.day, last.get(item.schedule, item.day))
    made: list[Condition] = []
    for schedule in schedules:
        at = last_due(schedule, campaign_now, zone)
        if at is None or schedule.name not in last or campaign_now - at <= after:
            continue
        day = at.astimezone(zone).date()
        if last[schedule.name] < day:
            made.append(
                Condition(
                    rule=MISSING,
                    labels={"schedule": schedule.name},
                    severity=Severity.CRITICAL,
                    summary_vi=f"Báo cáo định kỳ {schedule.name} ngày {day:%d/%m/%Y} đến giờ mà chưa được lập",
                    summary_en=f"Scheduled report {schedule.name} of {day:%d %b %Y} fell due and was not begun",
                    hold=timedelta(0),
                )
            )
    return made


def _of_one(item: Newest, place: tuple[str, str]) -> Condition | None:
    vi, en = (
        f"{place[0]}: báo cáo {item.schedule} ngày {item.day:%d/%m/%Y}",
        (f"{place[1]}: report {item.schedule} of {item.day:%d %b %Y}"),
    )
    if item.state is ReportState.HELD:
        failed_vi, failed_en = (
            "; ".join(str(check[language]).rstrip(".") for check in item.checks) for language in ("vi", "en")
        )
        return _condition(
            HELD,
            item,
            Severity.WARNING,
            f"{vi} bị giữ lại, chưa gửi (số {item.report_id}): {failed_vi}",
            f"{en} is held and was not sent (number {item.report_id}): {failed_en}",
        )
    if item.state is ReportState.FAILED:
        return _condition(
            FAILED,
            item,
            Severity.CRITICAL,
            f"{vi} không lập được (số {item.report_id}, lý do: {item.reason})",
            f"{en} could not be made (number {item.report_id}, reason: {item.reason})",
        )
    if item.mails_failed:
        return _condition(
            UNSENT,
            item,
            Severity.WARNING,
            f"{vi} không gửi được tới {item.mails_failed} địa chỉ (số {item.report_id})",
            f"{en} did not reach {item.mails_failed} addresses (number {item.report_id})",
        )
    return None


def _condition(rule: str, item: Newest, severity: Severity, vi: str, en: str) -> Condition:
    """Told at once: what it says was waited for already."""
    labels = {"schedule": item.schedule, **({"area": item.area} if item.area else {})}
    return Condition(rule=rule, labels=labels, severity=severity, summary_vi=vi, summary_en=en, hold=timedelta(0))
