"""What the evaluation of alerts needs besides conditions: thresholds as people set them, and what is told to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog

from campaign.alerts import Severity
from campaign.notices import NoticeKind, NoticeRules
from operations.notice_planning import Planning
from operations.rule_expressions import asked_by_people
from operations.thresholds import in_force
from settings import Settings
from settings.rule_expressions import Unusable, with_usable
from settings.tunable import tuned

log = structlog.get_logger(__name__)
Done = TypeVar("Done")
ALWAYS = (NoticeKind.OPENED, NoticeKind.REOPENED, NoticeKind.JOINED, NoticeKind.UNATTENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What alerts are judged by now, and what was asked for and cannot be used."""

    settings: Settings
    unusable: tuple[Unusable, ...] = ()


def in_force_now(settings: Settings, url: str) -> InForce:
    """config.yaml with the thresholds and conditions that are in force in the registry. One that this version of the
    programme cannot use is left out, and said: the others must still hold. Raises psycopg.Error."""
    found, refused = tuned(settings, in_force(url))
    found, unusable = with_usable(found, asked_by_people(url))
    unusable += tuple(Unusable(name=name, told=why) for name, why in refused.items())
    for item in unusable:
        log.error("a threshold cannot be used: what held before it holds", name=item.name, reason=item.told)
    return InForce(settings=found, unusable=unusable)


def as_set_by_people(settings: Settings, url: str) -> Settings:
    """The settings of in_force_now. Raises psycopg.Error."""
    return in_force_now(settings, url).settings


def by_thresholds(act: Callable[[Settings], Done], settings: Settings, *, configured: Settings) -> Done:
    """What `act` returns for `settings`, which people set; for config.yaml's own where theirs make it raise, and said:
    an alarm that is judged by another limit is better than none. Raises what it raises with config.yaml's own."""
    try:
        return act(settings)
    except (ArithmeticError, ValueError):
        if settings == configured:
            raise
        log.exception("the thresholds that were set cannot be used: config.yaml's own hold")
    return act(configured)


def planning(settings: Settings) -> Planning:
    notices = settings.notices
    rules = NoticeRules(
        kinds=frozenset({*ALWAYS, *(NoticeKind(name) for name in notices.tell)}),
        severities=frozenset(Severity(name) for name in notices.severities),
        over_after=timedelta(minutes=notices.over_minutes),
        nobody_every=timedelta(minutes=notices.nobody_minutes),
        channels=notices.channels,
        broadcast=notices.broadcast,
    )
    return Planning(rules=rules, zone=ZoneInfo(settings.campaign.timezone))
