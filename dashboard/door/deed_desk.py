"""What the pages on which somebody acts work with: the desk, who acts, and numbers as they are typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.door.caller import caller
from dashboard.door.desk import DoorDesk
from geo.gazetteer import Gazetteer
from operations import decisions
from operations.action_log import ActRefused
from settings import Settings
from warehouse.snapshot import Snapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedDesk:
    """`url`: address of the registry as the application's role, None while it is down. `gazetteer`: names of districts
    and sites."""

    door: DoorDesk
    settings: Settings
    snapshots: Snapshots
    url: Callable[[], str | None]
    gazetteer: Gazetteer


def who_acts(desk: DeedDesk) -> decisions.Actor:
    person = caller().person
    if person is None:
        raise RuntimeError("the table lets nobody come here without a session")
    author = desk.door.author
    return decisions.Actor(name=person.login, origin=author.origin, now=desk.door.wall(), request_id=author.request_id)


def count_of(text: str) -> int:
    """Raises ActRefused."""
    bare = text.strip()
    if not (bare.isascii() and bare.isdecimal() and len(bare) < 12):
        raise ActRefused(f"'{text[:20]}' is no whole number", "no_number", text=text[:20])
    return int(bare)
