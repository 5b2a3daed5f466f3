"""Figures that a named person locked for a reporting day, beside the same figures now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from dash import html

from campaign.trust import FigureLock
from layouts import format as fmt
from layouts.parts import Child
from layouts.plain_table import plain_table
from layouts.words import Words

NATION = ("", "vn", "nation")


def locked_figures(
    locks: Sequence[FigureLock], *, names: Mapping[str, str], words: Words, zone: ZoneInfo
) -> list[Child]:
    """Three rows a lock: doses, people with one dose, people with the full series."""
    rows = [row for lock in locks for row in _rows(lock, names, words, zone)]
    head = ("reporting_day", "figure", "locked", "now", "revision", "locked_by")
    return [
        html.P(words("locks.lead"), className="note"),
        plain_table("locks", head, rows, words, numeric={2, 3, 4}, first=6),
    ]


def _rows(lock: FigureLock, names: Mapping[str, str], words: Words, zone: ZoneInfo) -> list[list[Child]]:
    scope = words("table.nation") if lock.scope in NATION else names.get(lock.scope, lock.scope)
    by = words("locks.by", name=lock.locked_by, at=fmt.instant(lock.locked_at, words, zone))
    version = words("locks.version", version=fmt.whole(lock.snapshot_version, words.language))
    figures = (
        ("doses", lock.locked_doses, lock.doses_now),
        ("dose1_people", lock.locked_dose1_people, lock.dose1_people_now),
        ("full_people", lock.locked_full_people, lock.full_people_now),
    )
    return [
        [
            html.Span([html.B(fmt.day(lock.reporting_day, words.language)), f" · {scope}"]),
            words(f"tile.{name}"),
            html.B(fmt.whole(locked, words.language)),
            fmt.whole(now, words.language),
            fmt.signed(now - locked, words.language),
            html.Span([by, " · ", html.A(version, href=f"?v={lock.snapshot_version}")]),
        ]
        for name, locked, now in figures
    ]
