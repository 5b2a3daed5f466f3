"""What a named reading is asked for, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from settings import Settings
from warehouse.snapshot import Snapshots

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of which snapshot, over which population, and of which area: '' is everything, the nation included."""

    snapshots: Snapshots
    version: int
    denominator: str
    area: str
    settings: Settings
