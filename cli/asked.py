"""What a named reading is asked for, and what it answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cli.read_map import MapAsked
from settings import Settings
from warehouse.snapshot import Snapshots

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of which snapshot, over which population, and of which area: '' is everything, the nation included. `url`: of the
    registry, None while it is down; what is supposed lies there and not in snapshots. `map`:
    what only the tables beside maps need to know."""

    snapshots: Snapshots
    version: int
    denominator: str
    area: str
    settings: Settings
    url: Callable[[], str | None]
    map: MapAsked
