"""Scenarios are withdrawn by a named person with a reason: those of the targets' dates and those of plans.

What was saved stays, and so does its audit; a withdrawn one is in no list and no choice. There is one withdrawal of a
scenario: whoever comes second is told who was first (docs/adr/0065-withdrawn-scenarios.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from campaign.access import Permission
from operations.action_log import ActRefused, acting, connect, said, write_log
from operations.decisions import Actor
from operations.plan_scenarios import one_plan_scenario
from operations.scenarios import one_scenario, subject_of

WITHDRAW = (
    "INSERT INTO operations.scenario_withdrawal (scenario_id, reason, actor, withdrawn_at) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT DO NOTHING RETURNING scenario_id"
)
WITHDRAW_OF_PLAN = (
    "INSERT INTO operations.plan_scenario_withdrawal (scenario_id, reason, actor, withdrawn_at) "
    "VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING scenario_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A scenario of either kind. area: '' the nation; subject: as the audit has it from when it was saved; by, at: of
    its withdrawal, if there is one."""

    name: str
    area: str
    subject: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What differs between the two: where they lie, who may, and what the audit calls it."""

    find: Callable[[str, int], _Found]
    withdraw: LiteralString
    permission: Permission
    action: str


def withdraw_scenario(url: str, number: int, *, reason: str, by: Actor) -> None:
    """Of the targets' dates. Raises ActRefused: nobody knows it, it was withdrawn, no reason, no right there."""
    _withdraw(url, number, OF_TARGETS, reason, by)


def withdraw_plan_scenario(url: str, number: int, *, reason: str, by: Actor) -> None:
    """Of a plan; one that still waits is not made any more. Raises ActRefused as above."""
    _withdraw(url, number, OF_PLANS, reason, by)


def check_stands(url: str, number: int, covers: Callable[[str | None], bool]) -> None:
    """Raises ActRefused for a scenario of the targets' dates that was withdrawn, or that nobody knows. covers: which
    places the reader may know of; one of another place is refused as one that nobody knows is."""
    found = _of_targets(url, number)
    if not covers(found.area or None):
        raise _unknown(number)
    _check_stands(found)


def _of_targets(url: str, number: int) -> _Found:
    with connect(url) as connection:
        found = one_scenario(connection, number)
    if found is None:
        raise _unknown(number)
    return _Found(
        name=found.name,
        area=found.area_code,
        subject=subject_of(found.area_code, found.name),
        by=found.withdrawn_by,
        at=found.withdrawn_at,
    )


def _of_plans(url: str, number: int) -> _Found:
    with connect(url) as connection:
        found = one_plan_scenario(connection, number)
    if found is None:
        raise ActRefused(f"there is no scenario {number}", "no_plan_scenario", name=str(number))
    return _Found(
        name=found.title, area=found.inside, subject=str(number), by=found.withdrawn_by, at=found.withdrawn_at
    )


OF_TARGETS = _Kind(
    find=_of_targets, withdraw=WITHDRAW, permission=Permission.SAVE_SCENARIO, action="scenario_withdrawn"
)
OF_PLANS = _Kind(
    find=_of_plans, withdraw=WITHDRAW_OF_PLAN, permission=Permission.PLAN_TRANSFER, action="plan_supposed_withdrawn"
)


def _withdraw(url: str, number: int, kind: _Kind, reason: str, by: Actor) -> None:
    found, why = kind.find(url, number), said("reason", reason)
    with acting(
        url,
        actor=by.name,
        permission=kind.permission,
        action=kind.action,
        subject=found.subject,
        area=found.area or None,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        row = act.connection.execute(kind.withdraw, [number, why, act.author.name, by.now]).fetchone()
        if row is not None:
            detail = {"scenario": number, "name": found.name, "reason": why}
            write_log(act.connection, by.now, act.author, kind.action, found.subject, detail)
            return
    # Only of whoever may withdraw it: others are not told what there was.
    _check_stands(kind.find(url, number))
    raise RuntimeError("what could not be withdrawn was withdrawn before")


def _unknown(number: int) -> ActRefused:
    return ActRefused(f"there is no scenario {number}", "no_scenario", name=str(number))


def _check_stands(found: _Found) -> None:
    if found.at is not None:
        line = f"the scenario '{found.name}' was withdrawn by {found.by} at {found.at:%Y-%m-%d %H:%M%z}"
        raise ActRefused(line, "scenario_withdrawn", name=found.name, actor=found.by, at=found.at)
