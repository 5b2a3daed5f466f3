"""Schedules of reports as they run, from the settings; without what draws one, which the watcher has no use for."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from campaign.coverage import NATION
from campaign.report_archive import Schedule
from geo.areas import load_provinces
from operations.notice_sending import SendRules
from settings import Settings
from settings.archive import EACH


def schedules_of(settings: Settings) -> tuple[Schedule, ...]:
    """As they run: every province by its code, the nation as ''."""
    codes = [province.code for province in load_provinces(settings.reference_dir)]
    return tuple(
        Schedule(
            name=item.name,
            at=item.clock,
            weekdays=frozenset(item.weekdays),
            areas=tuple(
                dict.fromkeys(
                    code
                    for named in item.areas
                    for code in (codes if named == EACH else ["" if named == NATION else named])
                )
            ),
            languages=item.languages,
            parts=item.sections,
            forms=item.forms,
            roles=tuple(role.value for role in item.roles),
            needs_lock=item.needs_lock,
        )
        for item in settings.archive.schedules
    )


def make_rules(settings: Settings) -> SendRules:
    """Of tries to make a report. One process makes them, so that nothing is held for the length of a try."""
    own = settings.archive
    return SendRules(
        attempts=own.tries,
        first_pause=timedelta(seconds=own.pause_seconds),
        longest_pause=timedelta(seconds=own.longest_pause_seconds),
        lasts=timedelta(0),
    )


def zone_of(settings: Settings) -> ZoneInfo:
    return ZoneInfo(settings.campaign.timezone)
