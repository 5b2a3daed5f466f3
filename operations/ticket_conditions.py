"""Backlogs of correction tickets that ask for somebody: one condition a province, however many tickets it has, so that
none of them buries a fridge that freezes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from campaign.alerts import Condition
from campaign.stock import Rule
from campaign.tickets import Backlog

RULE = "tickets_overdue"
HOUR = timedelta(hours=1)
NO_PROVINCE = ("chưa rõ địa phương", "no known province")


def of_tickets(
    found: Iterable[Backlog], *, rule: Rule, areas: Mapping[str, tuple[str, str]], now: datetime
) -> list[Condition]:
    """areas: Vietnamese and English names by code. now: campaign time."""
    return [item for backlog in found if (item := _of_one(backlog, rule, areas, now)) is not None]


def _of_one(backlog: Backlog, rule: Rule, areas: Mapping[str, tuple[str, str]], now: datetime) -> Condition | None:
    hours = max(0.0, (now - backlog.oldest) / HOUR)
    facts = {"tickets_overdue": backlog.overdue, "tickets_open": backlog.open, "oldest_hours": hours}
    raised = rule.above(backlog.overdue, facts)
    if raised is None:
        return None
    vi, en = areas.get(backlog.area, (backlog.area, backlog.area)) if backlog.area else NO_PROVINCE
    days = round(hours / 24)
    overdue, whole = f"{backlog.overdue:,}", f"{backlog.open:,}"
    overdue_vi, whole_vi = overdue.replace(",", "."), whole.replace(",", ".")
    return Condition(
        rule=RULE,
        labels={"area": backlog.area} if backlog.area else {},
        severity=rule.severity,
        summary_vi=(
            f"{vi}: {overdue_vi} phiếu đính chính quá hạn trong {whole_vi} phiếu chưa xong, lâu nhất {days} ngày"
        ),
        summary_en=f"{en}: {overdue} correction tickets overdue of {whole} open, the oldest for {days} days",
        hold=rule.hold,
        inhibited=not raised,
    )
