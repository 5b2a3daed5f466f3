"""On the page of decisions: which scenarios the reader may withdraw, and what a link to a withdrawn one is told."""

from __future__ import annotations

import re
from collections.abc import Sequence

import psycopg

from campaign.access import Permission
from dashboard.door.caller import caller
from dashboard.door.desk import DoorDesk
from layouts.words import Words
from operations.action_log import ActRefused
from operations.scenario_withdrawal import check_stands
from operations.scenarios import Scenario, scenarios

# More than stand at any time: the form must have those, too, that the page of scenarios is too short for.
CHOICES = 1_000
NUMBER = re.compile(r"[0-9]{1,18}")


def standing(url: str | None, asked: str) -> tuple[Sequence[Scenario], ActRefused | None]:
    """Those that stand, the newest first; and why `asked`, the number in a link, cannot be withdrawn by the reader.
    None while the registry does not answer: the form says so when it is sent."""
    if url is None:
        return (), None
    try:
        found = scenarios(url, most=CHOICES)
        return found, _why_not(url, found, int(asked)) if NUMBER.fullmatch(asked) else None
    except psycopg.OperationalError:
        return (), None


def _why_not(url: str, found: Sequence[Scenario], asked: int) -> ActRefused | None:
    named = next((item for item in found if item.scenario_id == asked), None)
    if named is not None and may(named):
        return None
    board = caller().scope(Permission.SEE_BOARD)
    try:
        check_stands(url, asked, lambda area: area is None or board.covers(area))
    except ActRefused as refused:
        return refused
    needs = Permission.SAVE_SCENARIO.value
    return None if named is None else ActRefused("it is the nation's", "other_province", needs=needs)


def may(item: Scenario) -> bool:
    """Whether the reader may suppose where it is of; the act asks again."""
    return caller().scope(Permission.SAVE_SCENARIO).covers(item.area_code or None)


def choices(desk: DoorDesk, found: Sequence[Scenario], words: Words) -> list[tuple[int, str]]:
    """Number and name of those whose place is the reader's to suppose of."""
    names = desk.provinces(words)
    return [
        (item.scenario_id, f"{item.name} · {names.get(item.area_code, item.area_code) or words('table.nation')}")
        for item in found
        if may(item)
    ]
