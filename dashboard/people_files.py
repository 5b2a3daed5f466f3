"""The tables about people as files: every row that the page has, and of each place those that the page shows of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from campaign.access import Scope
from campaign.funnel_tables import (
    DEFERRAL_COLUMNS,
    FUNNEL_COLUMNS,
    deferral_rows,
    funnel_rows,
    wait_columns,
    wait_rows,
)
from campaign.people_tables import (
    AGE_COLUMNS,
    DUE_COLUMNS,
    FLOW_COLUMNS,
    GROUP_COLUMNS,
    MOVE_COLUMNS,
    TIER_COLUMNS,
    Row,
    age_rows,
    due_rows,
    flow_rows,
    group_rows,
)
from campaign.spreadsheet import csv_line
from dashboard.people import (
    Told,
    group_names,
    reason_names,
    seen_moves,
    stage_names,
    tier_table,
    told,
)
from dashboard.views import Studio
from layouts.view import View
from layouts.words import Words


def _due(found: Told, _studio: Studio, _words: Words) -> list[Row]:
    return due_rows(found.people, found.listed, found.limits)


def _funnel(found: Told, _studio: Studio, words: Words) -> list[Row]:
    return funnel_rows(found.people, found.listed, stage_names(words))


def _waits(found: Told, _studio: Studio, _words: Words) -> list[Row]:
    return wait_rows(found.people, found.listed, found.limits)


def _deferrals(found: Told, studio: Studio, words: Words) -> list[Row]:
    return deferral_rows(found.people, found.listed, reason_names(studio, words))


def _flows(found: Told, _studio: Studio, _words: Words) -> list[Row]:
    return flow_rows(found.people, found.with_central)


def _moves(found: Told, _studio: Studio, _words: Words) -> list[Row]:
    return seen_moves(found, most=None)


def _groups(found: Told, studio: Studio, words: Words) -> list[Row]:
    return group_rows(found.people, found.listed, group_names(studio, words))


def _tiers(found: Told, _studio: Studio, words: Words) -> list[Row]:
    return tier_table(found, words)


def _ages(found: Told, _studio: Studio, _words: Words) -> list[Row]:
    return age_rows(found.people, found.listed)


Make = Callable[[Told, Studio, Words], list[Row]]
FILES: Mapping[str, tuple[Make, Sequence[str]]] = {
    "overdue": (_due, DUE_COLUMNS),
    "funnel": (_funnel, FUNNEL_COLUMNS),
    "waiting": (_waits, ()),
    "deferrals": (_deferrals, DEFERRAL_COLUMNS),
    "flows": (_flows, FLOW_COLUMNS),
    "moves": (_moves, MOVE_COLUMNS),
    "groups": (_groups, GROUP_COLUMNS),
    "tiers": (_tiers, TIER_COLUMNS),
    "ages": (_ages, AGE_COLUMNS),
}


def text(studio: Studio, version: int, view: View, scope: Scope, name: str) -> str:
    """The file: a line of columns, then the rows. Raises OutsideScope."""
    make, columns = FILES[name]
    found = told(studio, version, view, scope)
    rows = make(found, studio, studio.catalogues[view.language])
    head = columns or wait_columns(found.limits)
    return "".join([csv_line(head), *(csv_line(row[column] for column in head) for row in rows)])
