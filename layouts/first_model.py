"""What the first screen is handed: values that were read and ruled on, before any of them is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from campaign.causes import Cause
from campaign.coverage import Coverage, Measure
from campaign.first import Change
from campaign.statements import Word
from campaign.targets import Standing
from campaign.trust import FigureLock


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One province that has not reached the reading, and why as far as the figures tell."""

    standing: Standing
    causes: tuple[Cause, ...]
    word: Word | None


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """Everything that the panel shows. `nation`: all four readings of each target. `aged`: people by age and state.
    `lock` None: nothing is locked. `words_of` None: a snapshot from before statements were kept. `unranked`: provinces
    without a population. `closed`: the last closed reporting day. `as_of` is campaign time."""

    nation: tuple[Standing, ...]
    ranked: Standing | None
    behind: tuple[Behind, ...]
    behind_in_all: int
    unranked: int
    scope_is_part: bool
    aged: Mapping[tuple[str, Measure], int | None]
    portal: Coverage | None
    portal_version: str
    lock: FigureLock | None
    changes: tuple[Change, ...]
    words_of: Mapping[str, Word] | None
    provinces: int
    closed: date
    today: date
    as_of: datetime
    other: str
    names: Mapping[str, str]
