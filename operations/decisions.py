"""What a person decides about is looked up in what is published: which feed is held, which figures a day had.

Shared by the commands and the pages, so that both refuse and record alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from campaign.coverage import NATION, PopulationGroup
from campaign.readings import SnapshotInfo
from campaign.scenario import Levers
from campaign.statements import Kind
from operations import acts, locks, scenarios, statements, targets
from operations.action_log import ActRefused, check_known
from operations.targets import DenominatorChoice, TargetVersion
from warehouse import reads, reads_first
from warehouse.files import SnapshotUnavailable, versions
from warehouse.snapshot import Snapshots

# What a reading can be released from. In any other state a release would lie in wait for a fault nobody has seen yet.
STOPPED = frozenset({"held", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """When reporting days close (local hour and zone), and the denominator that figures are locked under."""

    cutoff_hour: int
    timezone: str
    denominator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who decides, from where (an address or `command`), and when (wall time). `request_id`: of the request, if any."""

    name: str
    origin: str
    now: datetime
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTarget:
    """A version of a target as a person asks for it. None: as in the version in force, or from today on."""

    target_id: str
    ratio: float
    more_than: bool | None = None
    population_group: PopulationGroup | None = None
    due_on: date | None = None
    valid_from: date | None = None


def release(url: str, snapshots: Snapshots, *, feed: str, reason: str, by: Actor) -> acts.Release:
    """Let the held reading of a feed pass. Raises ActRefused, also where the feed is not held."""
    shown = feed_states(snapshots)
    state, held = shown.get(feed, ("", ""))
    if state and state not in STOPPED:
        raise ActRefused(f"{feed} is not held: its state is {state}", "not_held", feed=feed, state=state)
    return acts.release(
        url,
        feed=feed,
        reason=reason,
        actor=by.name,
        now=by.now,
        held=held,
        known=shown,
        origin=by.origin,
        request_id=by.request_id,
    )


def lock(
    url: str, snapshots: Snapshots, folder: Path, *, day: date, rule: Day, early: bool, reason: str, by: Actor
) -> locks.Lock:
    """Declare the nation's figures of a reporting day official. Raises ActRefused. `folder`: where snapshots lie."""
    if early and not reason.strip():
        raise ActRefused("--early needs a --reason: why the day is locked before it has closed", "early_reason")
    about, through = _moment(day, snapshots, folder, rule, early=early)
    found = reads.headline(snapshots, about.version, denominator=rule.denominator)
    return locks.lock(
        url,
        reporting_day=day,
        scope=NATION,
        snapshot_version=about.version,
        figures=locks.Figures(
            doses=found.doses, dose1_people=found.dose1_people, full_people=found.full_people, through=through
        ),
        reason=reason.strip() or "the reporting day has closed",
        actor=by.name,
        now=by.now,
        origin=by.origin,
        request_id=by.request_id,
    )


def state_figure(
    url: str, snapshots: Snapshots, *, day: date, area: str, kind: Kind, text: str, rule: Day, by: Actor
) -> statements.Statement:
    """Confirm or explain a province's figures of a day, as the newest snapshot has them. Only closed days are
    confirmed: the figures of an open one go on growing. Raises ActRefused, and SnapshotUnavailable before the first
    publication."""
    about = reads.info(snapshots, snapshots.current())
    check_known("province", area, reads_first.provinces(snapshots, about.version))
    opened, closed = (
        locks.closing(day + timedelta(shift), cutoff_hour=rule.cutoff_hour, timezone=rule.timezone) for shift in (-1, 0)
    )
    if about.as_of < opened or (about.as_of < closed and kind is Kind.CONFIRMED):
        line = f"{day} closes at {closed:%H:%M}; snapshot {about.version} is as of {about.as_of:%Y-%m-%d %H:%M%z}"
        raise ActRefused(line, "day_open", day=day, closes=f"{closed:%H:%M}", snapshot=about.version, as_of=about.as_of)
    found = reads_first.area_figures(snapshots, about.version, day=day, area_code=area)
    return statements.state(
        url,
        reporting_day=day,
        area_code=area,
        kind=kind,
        text=text,
        snapshot_version=about.version,
        figures=locks.Figures(
            doses=found.doses, dose1_people=found.dose1_people, full_people=found.full_people, through=None
        ),
        actor=by.name,
        now=by.now,
        origin=by.origin,
        request_id=by.request_id,
    )


def save_scenario(
    url: str, snapshots: Snapshots, *, name: str, area: str, levers: Levers, reason: str, by: Actor
) -> scenarios.Scenario:
    """Keep what was supposed. `area` '' is the nation. Raises ActRefused, and SnapshotUnavailable before the first
    publication: no place is known then."""
    if area:
        check_known("province", area, reads_first.provinces(snapshots, snapshots.current()))
    return scenarios.save(
        url,
        name=name,
        area_code=area,
        levers=levers,
        reason=reason,
        actor=by.name,
        now=by.now,
        origin=by.origin,
        request_id=by.request_id,
    )


def change_target(url: str, snapshots: Snapshots, asked: AskedTarget, *, reason: str, by: Actor) -> TargetVersion:
    """A new version of one of the targets in force; what is not asked for stays as it is. Raises ActRefused, and
    SnapshotUnavailable before the first publication: there is no day of the campaign yet."""
    version = snapshots.current()
    today = reads.day_of(snapshots, version)
    held = {target.target_id: target for target in reads.targets(snapshots, version)}
    check_known("target", asked.target_id, held)
    before = held[asked.target_id]
    target = replace(
        before,
        population_group=asked.population_group or before.population_group,
        ratio=asked.ratio,
        more_than=before.more_than if asked.more_than is None else asked.more_than,
        due_on=asked.due_on or before.due_on,
        valid_from=asked.valid_from or today,
    )
    return targets.set_target(
        url,
        target,
        known=held,
        today=today,
        reason=reason,
        actor=by.name,
        now=by.now,
        origin=by.origin,
        request_id=by.request_id,
    )


def use_denominator(
    url: str, snapshots: Snapshots, name: str, *, valid_from: date | None, reason: str, by: Actor
) -> DenominatorChoice:
    """Let ratios divide by another version of the population. Raises ActRefused and SnapshotUnavailable."""
    version = snapshots.current()
    today = reads.day_of(snapshots, version)
    return targets.choose_denominator(
        url,
        name,
        known=reads.denominators(snapshots, version),
        valid_from=valid_from or today,
        today=today,
        reason=reason,
        actor=by.name,
        now=by.now,
        origin=by.origin,
        request_id=by.request_id,
    )


def feed_states(snapshots: Snapshots) -> Mapping[str, tuple[str, str]]:
    """State and message of each feed in the current snapshot; nothing before the first publication."""
    try:
        found = reads.feed_statuses(snapshots, snapshots.current())
    except SnapshotUnavailable:
        return {}
    return {feed.name: (feed.state, feed.message) for feed in found}


def _moment(day: date, snapshots: Snapshots, folder: Path, rule: Day, *, early: bool) -> tuple[SnapshotInfo, datetime]:
    """Which snapshot tells the figures of `day`, and the campaign instant up to which the day had run in it.

    The current one until the next reporting day closes too; later the first one kept from after the closing.
    """
    opened, closed, next_closed = (
        locks.closing(day + timedelta(shift), cutoff_hour=rule.cutoff_hour, timezone=rule.timezone)
        for shift in (-1, 0, 1)
    )
    about = reads.info(snapshots, snapshots.current())
    if about.as_of >= next_closed:
        return _kept(day, snapshots, folder, closed, next_closed), closed
    if about.as_of >= closed:
        return about, closed
    when = f"snapshot {about.version} is as of {about.as_of.astimezone(closed.tzinfo):%Y-%m-%d %H:%M}"
    at: dict[str, object] = {"day": day, "snapshot": about.version, "as_of": about.as_of}
    if about.as_of < opened:
        raise ActRefused(f"{day} has not begun: {when}", "not_begun", **at)
    if not early:
        line = f"{day} closes at {closed:%H:%M} and {when}: wait, or say --early with a reason"
        raise ActRefused(line, "not_closed", closes=f"{closed:%H:%M}", **at)
    return about, about.as_of


def _kept(day: date, snapshots: Snapshots, folder: Path, since: datetime, before: datetime) -> SnapshotInfo:
    for version in versions(folder):
        about = reads.info(snapshots, version)
        if since <= about.as_of < before:
            return about
    raise ActRefused(
        f"{day} cannot be locked any more: no snapshot is kept from between its closing and the next day's",
        "not_kept",
        day=day,
    )
