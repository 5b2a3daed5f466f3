"""The delivery log: what was told to whom, by which channel, when, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from campaign.access import Permission
from campaign.incidents import area_of
from campaign.notices import NoticeKind, NoticeState
from operations.action_log import ActRefused, acting, connect, said, write_log
from operations.decisions import Actor
from operations.notice_planning import NO_CHANNEL

LIST = (
    "SELECT n.*, i.rule, i.labels FROM operations.notice n JOIN operations.incident i USING (incident_id) "
    "WHERE (NOT %(failed)s OR n.state = 'failed') AND (%(areas)s::text[] IS NULL OR "
    "(coalesce(i.labels ->> 'area' = ANY(%(areas)s), true) AND "
    "coalesce(i.labels ->> 'province' = ANY(%(areas)s), true))) "
    "ORDER BY n.notice_id DESC LIMIT %(limit)s"
)
ABOUT = (
    "SELECT n.state, n.channel, i.labels FROM operations.notice n JOIN operations.incident i USING (incident_id) "
    "WHERE n.notice_id = %s"
)
# The tries start anew.
AGAIN = (
    "UPDATE operations.notice SET state = 'waiting', reason = '', attempts = 0, next_at = %(now)s, ended_at = NULL "
    "WHERE notice_id = %(notice_id)s AND state = 'failed' RETURNING key, incident_id"
)
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """One notice to one recipient. `post`: who is on duty, '' for a channel that gets every notice. `reason`: of the
    latest try that failed, or a word of campaign.notices.Undeliverable."""

    notice_id: int
    key: str
    incident_id: int
    rule: str
    kind: NoticeKind
    level: int
    channel: str
    address: str
    post: str
    state: NoticeState
    reason: str
    attempts: int
    made_at: datetime
    next_at: datetime
    ended_at: datetime | None
    drill: bool


def notices(
    url: str, *, limit: int = 100, failed: bool = False, areas: Collection[str] | None = None
) -> tuple[NoticeRow, ...]:
    """Newest first; of these provinces and of what is about none, None: of all."""
    own = None if areas is None else list(areas)
    with connect(url) as connection:
        rows = connection.execute(LIST, {"limit": max(limit, 0), "failed": failed, "areas": own}).fetchall()
    return tuple(
        NoticeRow(
            notice_id=row["notice_id"],
            key=row["key"],
            incident_id=row["incident_id"],
            rule=row["rule"],
            kind=NoticeKind(row["kind"]),
            level=row["level"],
            channel=row["channel"],
            address=row["address"],
            post=str(row["why"].get("post", "")),
            state=NoticeState(row["state"]),
            reason=row["reason"],
            attempts=row["attempts"],
            made_at=row["made_at"],
            next_at=row["next_at"],
            ended_at=row["ended_at"],
            drill=row["drill"],
        )
        for row in rows
    )


def retry(url: str, notice_id: int, *, reason: str, channels: Collection[str], by: Actor) -> None:
    """Try one that failed once more, under its own key. `channels`: those that are set up. Raises ActRefused."""
    text, row = said("reason", reason), None
    if 0 <= notice_id <= LARGEST:
        with connect(url) as connection:
            row = connection.execute(ABOUT, [notice_id]).fetchone()
    if row is None:
        raise ActRefused(f"there is no notice {notice_id}", "no_notice", number=notice_id)
    if row["channel"] == NO_CHANNEL:
        raise ActRefused(f"notice {notice_id} has no address: set who is on duty (app.py oncall set)", "notice_nowhere")
    if row["channel"] not in channels:
        raise ActRefused(
            f"{row['channel']} is not set up: set it up (config.yaml, notices), then try again", "notice_channel_off"
        )
    with acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_ALERT,
        action="notice_retried",
        subject=f"notice:{notice_id}",
        area=area_of(row["labels"]),
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        found = act.connection.execute(AGAIN, {"notice_id": notice_id, "now": by.now}).fetchone()
        if found is None:
            raise ActRefused(f"notice {notice_id} has not failed: its state is {row['state']}", "notice_not_failed")
        detail = {"reason": text, "incident": found["incident_id"]}
        write_log(act.connection, by.now, act.author, "notice_retried", f"notice:{notice_id}", detail)
