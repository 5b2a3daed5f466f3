"""Wire the alert of provinces that have not reported by the cut-off together from the settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from campaign.alerts import Condition
from campaign.first import last_closed
from campaign.readings import FeedStatus
from cli.stock_wiring import area_names
from operations.report_conditions import RULE, Reported, of_reports
from settings import Settings
from settings.rule_expressions import whens
from warehouse import reads
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql


def report_conditions(
    settings: Settings, snapshots: Snapshots, version: int, statuses: Sequence[FeedStatus]
) -> list[Condition]:
    """As of the snapshot's own instant; none of a snapshot without days of recording."""
    if not has(snapshots, version, "doses_by_recorded_day"):
        return []
    alerts, zone = settings.alerts, ZoneInfo(settings.campaign.timezone)
    day = last_closed(reads.info(snapshots, version).as_of, cutoff_hour=settings.campaign.cutoff_hour, zone=zone)
    asked = {"day": day, "since": day - timedelta(days=alerts.report_days), "least": alerts.report_least_days}
    found = [Reported(**row) for row in snapshots.rows(version, sql("reads/province_reports"), asked)]
    return of_reports(
        found,
        day=day,
        many_share=alerts.report_many_share,
        areas=area_names(snapshots, version),
        behind=doses_behind(statuses, red_seconds=settings.etl.lag_red_seconds),
        when=whens(settings)[RULE],
    )


def doses_behind(statuses: Sequence[FeedStatus], *, red_seconds: float) -> bool:
    """Whether the feed of doses is dead, held or catching up: then nobody is said to be silent, nor to report again."""
    return any(
        item.name == "dose" and (item.state != "ok" or (item.lag_seconds or 0) > red_seconds) for item in statuses
    )
