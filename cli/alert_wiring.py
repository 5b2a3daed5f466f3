"""What the evaluation of alerts needs besides conditions: thresholds as people set them, and what is told to whom."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from campaign.alerts import Severity
from campaign.notices import NoticeKind, NoticeRules
from operations.notice_planning import Planning
from operations.thresholds import in_force
from settings import Settings
from settings.tunable import tuned

log = structlog.get_logger(__name__)
ALWAYS = (NoticeKind.OPENED, NoticeKind.REOPENED)


def as_set_by_people(settings: Settings, url: str) -> Settings:
    """config.yaml with the thresholds that are in force in the registry. One that this version of the programme cannot
    use is left out, and said: the others must still hold. Raises psycopg.Error."""
    found, refused = tuned(settings, in_force(url))
    for name, why in refused.items():
        log.error("a threshold that was set cannot be used: config.yaml's own holds", name=name, reason=why)
    return found


def planning(settings: Settings) -> Planning:
    notices = settings.notices
    rules = NoticeRules(
        kinds=frozenset({*ALWAYS, *(NoticeKind(name) for name in notices.tell)}),
        severities=frozenset(Severity(name) for name in notices.severities),
        over_after=timedelta(minutes=notices.over_minutes),
        channels=notices.channels,
        broadcast=notices.broadcast,
    )
    return Planning(rules=rules, zone=ZoneInfo(settings.campaign.timezone))
