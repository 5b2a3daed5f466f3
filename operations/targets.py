"""Change a target or the default denominator: a named person decides, with a reason, from a day of the campaign on.

Nothing is overwritten: a change is a version that begins later, so that whatever was published keeps the target that it
used. Each act and its lines in the action log and the audit are one transaction. Instants are wall time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from campaign.access import Permission
from campaign.coverage import PopulationGroup, Target
from campaign.targets import GROUPS
from operations.action_log import ActRefused, acting, check_known, connect, said, write_log

SET = (
    "INSERT INTO operations.target_version (target_id, population_group, ratio, more_than, due_on, valid_from, reason, "
    "actor, decided_at) VALUES (%(target_id)s, %(population_group)s, %(ratio)s, %(more_than)s, %(due_on)s, "
    "%(valid_from)s, %(reason)s, %(actor)s, %(decided_at)s) RETURNING target_version_id"
)
VERSIONS = (
    "SELECT target_id, population_group, ratio::float8 AS ratio, more_than, due_on, valid_from, reason, actor, "
    "decided_at FROM operations.target_version ORDER BY target_version_id"
)
CHOOSE = (
    "INSERT INTO operations.denominator_choice (version, valid_from, reason, actor, decided_at) "
    "VALUES (%(version)s, %(valid_from)s, %(reason)s, %(actor)s, %(decided_at)s) RETURNING denominator_choice_id"
)
CHOICES = (
    "SELECT version, valid_from, reason, actor, decided_at FROM operations.denominator_choice "
    "ORDER BY denominator_choice_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetVersion:
    """One version of a target, who decided it and why."""

    target: Target
    reason: str
    actor: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DenominatorChoice:
    """Which version of the population ratios divide by from `valid_from` on."""

    version: str
    valid_from: date
    reason: str
    actor: str
    decided_at: datetime


def set_target(
    url: str,
    target: Target,
    *,
    known: Collection[str],
    today: date,
    reason: str,
    actor: str,
    now: datetime,
    origin: str = "command",
    request_id: str = "",
) -> TargetVersion:
    """Decide a version of a target. `known`: ids of the targets there are; `today`: the day of the campaign, before
    which no version may begin: what was published then keeps what it was held to. Raises ActRefused."""
    check_known("target", target.target_id, known)
    if target.population_group not in GROUPS:
        line = f"a target is about {' or '.join(GROUPS)}, not {target.population_group}"
        raise ActRefused(line, "target_group", group=target.population_group)
    if not 0 < target.ratio <= 1:
        raise ActRefused(
            f"{target.ratio} is no share: write 0.8 for 80 %", "target_share", percent=f"{target.ratio:.0%}"
        )
    _check_day(target.valid_from, today)
    if target.due_on <= target.valid_from:
        line = f"the target would be due on {target.due_on}, before it holds ({target.valid_from})"
        raise ActRefused(line, "target_due", day=target.due_on, since=target.valid_from)
    values: dict[str, Any] = {
        "target_id": target.target_id,
        "population_group": target.population_group.value,
        "ratio": target.ratio,
        "more_than": target.more_than,
        "due_on": target.due_on,
        "valid_from": target.valid_from,
        "reason": said("reason", reason),
        "actor": said("actor", actor),
        "decided_at": now,
    }
    with acting(
        url,
        actor=actor,
        permission=Permission.SET_TARGETS,
        action="target",
        subject=target.target_id,
        origin=origin,
        request_id=request_id,
    ) as act:
        values["actor"] = act.author.name
        act.connection.execute(SET, values)
        detail = {
            "population_group": target.population_group.value,
            "ratio": target.ratio,
            "more_than": target.more_than,
            "due_on": target.due_on.isoformat(),
            "valid_from": target.valid_from.isoformat(),
            "reason": values["reason"],
        }
        write_log(act.connection, now, act.author, "target", target.target_id, detail)
    return TargetVersion(target=target, reason=values["reason"], actor=values["actor"], decided_at=now)


def choose_denominator(
    url: str,
    version: str,
    *,
    known: Collection[str],
    valid_from: date,
    today: date,
    reason: str,
    actor: str,
    now: datetime,
    origin: str = "command",
    request_id: str = "",
) -> DenominatorChoice:
    """Decide which population ratios divide by from a day on. Raises ActRefused."""
    check_known("denominator", version, known)
    _check_day(valid_from, today)
    values: dict[str, Any] = {
        "version": version,
        "valid_from": valid_from,
        "reason": said("reason", reason),
        "actor": said("actor", actor),
        "decided_at": now,
    }
    with acting(
        url,
        actor=actor,
        permission=Permission.SET_TARGETS,
        action="denominator",
        subject=version,
        origin=origin,
        request_id=request_id,
    ) as act:
        values["actor"] = act.author.name
        act.connection.execute(CHOOSE, values)
        detail = {"valid_from": valid_from.isoformat(), "reason": values["reason"]}
        write_log(act.connection, now, act.author, "denominator", version, detail)
    return DenominatorChoice(**values)


def target_versions(url: str) -> tuple[TargetVersion, ...]:
    """Every version that was decided, in the order of deciding; those of the reference data are not among them."""
    with connect(url) as connection:
        return tuple(
            TargetVersion(
                target=Target(
                    target_id=row["target_id"],
                    population_group=PopulationGroup(row["population_group"]),
                    ratio=row["ratio"],
                    due_on=row["due_on"],
                    valid_from=row["valid_from"],
                    more_than=row["more_than"],
                ),
                reason=row["reason"],
                actor=row["actor"],
                decided_at=row["decided_at"],
            )
            for row in connection.execute(VERSIONS).fetchall()
        )


def denominator_choices(url: str) -> tuple[DenominatorChoice, ...]:
    """Every choice, in the order of deciding."""
    with connect(url) as connection:
        return tuple(DenominatorChoice(**row) for row in connection.execute(CHOICES).fetchall())


def _check_day(valid_from: date, today: date) -> None:
    if valid_from < today:
        line = f"{valid_from} is past (the campaign's day is {today}): what was published keeps its target"
        raise ActRefused(line, "past_day", day=valid_from, today=today)
