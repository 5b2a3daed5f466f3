"""An incident that is the nation's and goes on in provinces: each province's own post learns of it, once a turn.

The nation's desk acknowledges it; what a province does about its own part (sets the doses apart) is its own affair,
whoever has the incident. A province without a post of its own is covered by the nation's. A province that joins later
is told then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.incidents import area_of
from campaign.notices import NoticeKind, Occasion
from campaign.oncall import LEVELS, Duty, Planned, PlannedKind, on_duty, planned_now
from operations.incident_rows import Kept
from operations.notice_rows import Planning, Recipient, of_post, once, rows_of

PROVINCES = (
    "SELECT incident_id, array_agg(DISTINCT coalesce(labels ->> 'area', labels ->> 'province')) AS areas "
    "FROM operations.alert WHERE incident_id = ANY(%s) AND state = 'firing' "
    "AND coalesce(labels ->> 'area', labels ->> 'province', '') <> '' GROUP BY incident_id"
)
# What was held back was not told.
TOLD_TO = (
    "SELECT incident_id, turn, channel, address FROM operations.notice "
    "WHERE incident_id = ANY(%s) AND kind <> 'over' AND state <> 'dropped'"
)


class Members:
    """The provinces of incidents that are about none themselves, and who was told of these."""

    def __init__(self, connection: psycopg.Connection[DictRow], incidents: Sequence[Kept]) -> None:
        ids = [kept.incident_id for kept in incidents if area_of(kept.labels) is None and kept.incident.fires]
        rows = connection.execute(PROVINCES, [ids]).fetchall() if ids else []
        self._areas: dict[int, list[str]] = {row["incident_id"]: sorted(row["areas"]) for row in rows}
        told = connection.execute(TOLD_TO, [list(self._areas)]).fetchall() if self._areas else []
        self._told = {(row["incident_id"], row["turn"], row["channel"], row["address"]) for row in told}

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
        """For notice_rows.WRITE; an address that was told of it in this turn is not told again."""
        found: list[Recipient] = []
        drills = False
        for area in self._areas.get(kept.incident_id, ()):
            work = planned_now(planned, area=area, rule=kept.rule, now=now)
            if work is not None and work.kind is PlannedKind.WORK:
                continue
            drills = drills or work is not None
            listed = on_duty(duties, area=area, rule=kept.rule, level=LEVELS[0], now=now, zone=planning.zone)
            posts = listed.posts if listed is not None else ()
            found += [of_post(duty, planning.rules) for duty in posts if duty.covers.area == area]
        news = [to for to in once(found) if (kept.incident_id, turn, to.channel, to.address) not in self._told]
        return rows_of(kept, Occasion(kind=NoticeKind.JOINED, turn=turn, level=LEVELS[0]), news, drill=drills, now=now)
