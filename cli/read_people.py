"""Readings of the page about people: the rows of its tables and of their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from campaign.coverage import NATION
from campaign.funnel_tables import deferral_rows, funnel_rows, wait_rows
from campaign.people import TIERS, People, PeopleLimits, Place
from campaign.people_places import TIER, listed, place_of, tiers_there
from campaign.people_tables import age_rows, due_rows, flow_rows, group_rows, move_rows, tier_rows
from cli.asked import Asked, Rows
from warehouse import reads_people
from warehouse.reference import load_deferral_reasons, load_priority_groups


def overdue(asked: Asked) -> Rows:
    """Each place with all products, then product by product."""
    people, _, places = _of(asked)
    return list(due_rows(people, places, _limits(asked)))


def funnel(asked: Asked) -> Rows:
    people, _, places = _of(asked)
    return list(funnel_rows(people, places, {}))


def waiting(asked: Asked) -> Rows:
    people, _, places = _of(asked)
    return list(wait_rows(people, places, _limits(asked)))


def deferrals(asked: Asked) -> Rows:
    people, _, places = _of(asked)
    names = {reason.number: reason.name_vi for reason in load_deferral_reasons(asked.settings.reference_dir)}
    return list(deferral_rows(people, places, names))


def flows(asked: Asked) -> Rows:
    people, _, places = _of(asked, central=True)
    return list(flow_rows(people, places))


def moves(asked: Asked) -> Rows:
    """Each pair of a residence and a place; of one area, those with an end there."""
    people, names, places = _of(asked)
    return list(move_rows(people, places[-1], names))


def groups(asked: Asked) -> Rows:
    people, _, places = _of(asked)
    names = {group.number: group.name_vi for group in load_priority_groups(asked.settings.reference_dir)}
    return list(group_rows(people, places, names))


def tiers(asked: Asked) -> Rows:
    """Always all of them, whatever the area."""
    people, names, _ = _of(asked)
    there = [place_of(people, code, names) for code in tiers_there(people)]
    return list(tier_rows(people, (*there, place_of(people, NATION, names)), _limits(asked)))


def ages(asked: Asked) -> Rows:
    people, _, places = _of(asked)
    return list(age_rows(people, places))


def _of(asked: Asked, *, central: bool = False) -> tuple[People, Mapping[str, str], tuple[Place, ...]]:
    """What the snapshot says, names by code, and the places that were asked for, the whole last."""
    people = reads_people.people(asked.snapshots, asked.version, denominator=asked.denominator)
    names = {row.area.code: row.area.name_vi for row in people.areas} | {NATION: "Cả nước"}
    names |= {f"{TIER}{tier}": f"Bậc {tier}" for tier in TIERS}
    place = place_of(people, asked.area, names)
    everywhere = not asked.area or asked.area.startswith(TIER)
    seen = listed(people, place, names, seen=lambda _code: everywhere, central=central)
    return people, names, seen


def _limits(asked: Asked) -> PeopleLimits:
    clock = asked.settings.clock
    return PeopleLimits(overdue_days=clock.overdue_days, unserved_days=clock.unserved_days)


READINGS: Mapping[str, Callable[[Asked], Rows]] = {
    "overdue": overdue,
    "funnel": funnel,
    "waiting": waiting,
    "deferrals": deferrals,
    "flows": flows,
    "moves": moves,
    "groups": groups,
    "tiers": tiers,
    "ages": ages,
}
