"""That nobody is on duty for an incident that waits for somebody is told for each time that it is so; and when somebody
comes on duty, that post is told of what waits.

The rule: campaign.notices.unattended. What is known of an incident's times is one row of operations.unattended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.incidents import area_of
from campaign.notices import NoticeKind, Occasion, Unattended, unattended
from campaign.oncall import Duty, on_duty
from operations.incident_rows import Kept
from operations.notice_rows import Planning, nobody, once, recipients, rows_of, to_all

KNOWN = (
    "SELECT u.* FROM operations.unattended u JOIN operations.incident i USING (incident_id) WHERE i.state <> 'closed'"
)
KEEP = (
    "INSERT INTO operations.unattended (incident_id, period, ended, told, told_at) "
    "VALUES (%(incident_id)s, %(period)s, %(ended)s, %(told)s, %(told_at)s) ON CONFLICT (incident_id) DO UPDATE SET "
    "period = excluded.period, ended = excluded.ended, told = excluded.told, told_at = excluded.told_at"
)


class Watch:
    """One look at all incidents that are not closed; `keep` writes down what was found."""

    def __init__(
        self, connection: psycopg.Connection[DictRow], *, duties: Sequence[Duty], now: datetime, planning: Planning
    ) -> None:
        self._connection, self._duties, self._now, self._planning = connection, duties, now, planning
        rows = connection.execute(KNOWN).fetchall()
        self._known = {
            row["incident_id"]: Unattended(
                period=row["period"], ended=row["ended"], told=row["told"], told_at=row["told_at"]
            )
            for row in rows
        }
        self._changed: list[dict[str, Any]] = []

    def look(self, kept: Kept, turn: int, *, waits: bool, said: bool, drill: bool) -> list[dict[str, Any]]:
        """For notice_rows.WRITE. waits: it fires, nobody took it, and it is told at all. said: it is told now to
        whoever is on duty."""
        now, planning = self._now, self._planning
        before = self._known.get(kept.incident_id)
        alone = waits and self._nobody_for(kept)
        every = planning.rules.nobody_every
        after, tell = unattended(before, waits=waits, alone=alone, said=said, now=now, every=every)
        if after is None:
            return []
        if after != before:
            values = {"period": after.period, "ended": after.ended, "told": after.told, "told_at": after.told_at}
            self._changed.append({"incident_id": kept.incident_id, **values})
        level = kept.incident.level
        if tell:
            found = Occasion(kind=NoticeKind.UNATTENDED, turn=turn, level=level)
            to = once([nobody(), *to_all(planning.rules)])
            return rows_of(kept, found, to, drill=drill, now=now, period=after.period)
        came = before is not None and not before.ended and after.ended
        if came and not said:
            found = Occasion(kind=NoticeKind.OPENED, turn=turn, level=level)
            to = recipients(kept, level=level, duties=self._duties, now=now, planning=planning)
            posts = [one for one in to if one.channel not in planning.rules.broadcast]
            return rows_of(kept, found, posts, drill=drill, now=now, period=after.period)
        return []

    def keep(self) -> None:
        """In the same transaction."""
        if self._changed:
            with self._connection.cursor() as cursor:
                cursor.executemany(KEEP, self._changed)

    def _nobody_for(self, kept: Kept) -> bool:
        area, zone = area_of(kept.labels), self._planning.zone
        level = kept.incident.level
        return on_duty(self._duties, area=area, rule=kept.rule, level=level, now=self._now, zone=zone) is None
