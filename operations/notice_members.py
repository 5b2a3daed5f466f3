"""An incident that is the nation's and goes on in provinces: each province's own post learns of it, once a turn.

The nation's desk acknowledges it; what a province does about its own part (sets the doses apart) is its own affair,
whoever has the incident. A province without a post of its own is covered by the nation's. A province that joins later
is told then, and one in which it was over for a while and goes on is told again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.incidents import area_of
from campaign.notices import NoticeKind, Occasion
from campaign.oncall import LEVELS, Duty, Planned, PlannedKind, on_duty, planned_now
from operations.incident_rows import Kept
from operations.notice_rows import Planning, Recipient, of_post, once, rows_of

# Each province in which it goes on, and since when without a pause of `lull` or longer. The alerts of an incident that
# is not closed are all kept.
PROVINCES = (
    "WITH spans AS (SELECT incident_id, coalesce(labels ->> 'area', labels ->> 'province') AS area, firing_since, "
    "CASE state WHEN 'firing' THEN 'infinity' ELSE resolved_at END AS ends_at FROM operations.alert "
    "WHERE incident_id = ANY(%(ids)s) AND firing_since IS NOT NULL "
    "AND coalesce(labels ->> 'area', labels ->> 'province', '') <> ''), "
    "before AS (SELECT *, max(ends_at) OVER (PARTITION BY incident_id, area ORDER BY firing_since "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_at FROM spans) "
    "SELECT incident_id, area, "
    "max(firing_since) FILTER (WHERE ended_at IS NULL OR ended_at <= firing_since - %(lull)s::interval) AS since "
    "FROM before GROUP BY incident_id, area HAVING max(ends_at) = 'infinity'"
)
# What was held back was not told. due_at: of what was held back and is told again, the later time.
TOLD_TO = (
    "SELECT incident_id, turn, channel, address, max(due_at) AS told_at, "
    "max(period) FILTER (WHERE kind = 'joined') AS period FROM operations.notice "
    "WHERE incident_id = ANY(%s) AND kind <> 'over' AND state <> 'dropped' "
    "GROUP BY incident_id, turn, channel, address"
)


class Members:
    """The provinces of incidents that are about none themselves, and who was told of these."""

    def __init__(self, connection: psycopg.Connection[DictRow], incidents: Sequence[Kept], *, lull: timedelta) -> None:
        """lull: what pauses for less goes on."""
        ids = [kept.incident_id for kept in incidents if area_of(kept.labels) is None and kept.incident.fires]
        rows = connection.execute(PROVINCES, {"ids": ids, "lull": lull}).fetchall() if ids else []
        self._areas: dict[int, dict[str, datetime]] = {}
        for row in sorted(rows, key=lambda row: row["area"]):
            self._areas.setdefault(row["incident_id"], {})[row["area"]] = row["since"]
        told = connection.execute(TOLD_TO, [list(self._areas)]).fetchall() if self._areas else []
        self._told: dict[tuple[int, int, str, str], tuple[datetime, int | None]] = {
            (row["incident_id"], row["turn"], row["channel"], row["address"]): (row["told_at"], row["period"])
            for row in told
        }

    def joined(
        self,
        kept: Kept,
        turn: int,
        *,
        duties: Sequence[Duty],
        planned: Sequence[Planned],
        now: datetime,
        planning: Planning,
    ) -> list[dict[str, Any]]:
        """For notice_rows.WRITE; an address that was told of it in this turn, since it began there, is not told
        again."""
        found: dict[int, list[Recipient]] = {}
        drills = False
        for area, since in self._areas.get(kept.incident_id, {}).items():
            work = planned_now(planned, area=area, rule=kept.rule, now=now)
            if work is not None and work.kind is PlannedKind.WORK:
                continue
            drills = drills or work is not None
            listed = on_duty(duties, area=area, rule=kept.rule, level=LEVELS[0], now=now, zone=planning.zone)
            posts = listed.posts if listed is not None else ()
            for to in (of_post(duty, planning.rules) for duty in posts if duty.covers.area == area):
                told_at, period = self._told.get((kept.incident_id, turn, to.channel, to.address), (None, None))
                if told_at is None or told_at < since:
                    found.setdefault(0 if period is None else period + 1, []).append(to)
        occasion = Occasion(kind=NoticeKind.JOINED, turn=turn, level=LEVELS[0])
        return [
            row
            for period, to in found.items()
            for row in rows_of(kept, occasion, once(to), drill=drills, now=now, period=period)
        ]
