"""Wire correction tickets together from the settings: how long one may stay open, and which backlog is an alert."""

from __future__ import annotations

from campaign.alerts import Condition
from cli.stock_wiring import area_names, rule_of
from operations.ticket_conditions import RULE, of_tickets
from operations.ticket_queue import backlogs
from settings import Settings
from settings.rule_expressions import levels
from warehouse import reads
from warehouse.snapshot import Snapshots


def ticket_conditions(settings: Settings, snapshots: Snapshots, version: int, url: str) -> list[Condition]:
    """By the registry itself, at the campaign time of the snapshot. Raises psycopg.Error."""
    now = reads.info(snapshots, version).as_of
    found = backlogs(url, now=now, limits=settings.tickets.limits)
    rule = rule_of(RULE, levels(settings)[RULE])
    return of_tickets(found, rule=rule, areas=area_names(snapshots, version), now=now)
