"""Which provinces use most of what they received, which reached most adults; who is left out of both, and why.

A figure that is doubted is not ranked: whoever only enters late must not be called slow. The doubts are those of
campaign/causes.py under the same limits. Usage is that of the rounds that count (campaign/usage.py), by the ledger, and
over what was received, as the map has it; where the source keeps no ledger, doses given over doses that it says were
delivered, sampled ones multiplied up first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaign.causes import Cause, CauseKind, CauseRules, Signs, causes
from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, Coverage, Measure, PopulationGroup
from campaign.readings import AreaRow
from campaign.usage import Usage

# Signs that a figure says less than what was done: data quality is red.
RED = frozenset({CauseKind.NO_REPORT, CauseKind.LATE_ENTRY, CauseKind.DECLARED})
APART = frozenset({CENTRAL_UNITS, UNKNOWN_AREA})


class Ranked(StrEnum):
    """What provinces are ranked by."""

    USAGE = "usage"  # doses given over doses received
    COVERAGE = "coverage"  # adults with at least one dose over the adult population


class Missing(StrEnum):
    """Why a province has no value to be ranked by."""

    NOTHING_RECEIVED = "nothing_received"
    NO_DENOMINATOR = "no_denominator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """What is known of a province's own figures; None: the source does not tell. expected, reported: doses of the last
    seven whole days; declared, recorded: doses of the same days."""

    expected: int | None = None
    reported: int | None = None
    declared: int | None = None
    recorded: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankRow:
    """One province. doses: given there, at full size; received: what they are held against. doubts: why
    its figures are red."""

    area_code: str
    doses: int | None
    received: int | None
    reached: Coverage | None
    doubts: tuple[Cause, ...]

    def value(self, ranked: Ranked) -> float | None:
        if ranked is Ranked.COVERAGE:
            return self.reached.ratio if self.reached else None
        return self.doses / self.received if self.doses is not None and self.received else None

    def missing(self, ranked: Ranked) -> Missing | None:
        if self.value(ranked) is not None:
            return None
        return Missing.NO_DENOMINATOR if ranked is Ranked.COVERAGE else Missing.NOTHING_RECEIVED

    def excluded(self, ranked: Ranked) -> bool:
        return bool(self.doubts) or self.missing(ranked) is not None


def doubts(row: AreaRow, known: Doubted, *, today: date, rules: CauseRules) -> tuple[Cause, ...]:
    """Every red sign of one province, in the order in which causes are named."""
    signs = Signs(
        today=today,
        pace=None,
        pace_needed=None,
        on_hand=None,
        use=None,
        delivered=None,
        nation_delivered=None,
        expected=known.expected,
        reported=known.reported,
        declared=known.declared,
        recorded=known.recorded,
        share=None,
        other_share=None,
        last_report_on=row.last_report_on,
        unsaid=None,
    )
    return tuple(cause for cause in causes(signs, rules) if cause.kind in RED)


def rank_rows(
    areas: Iterable[AreaRow],
    known: Mapping[str, Doubted],
    *,
    usage: Mapping[str, Usage],
    one_in: int,
    today: date,
    rules: CauseRules,
) -> list[RankRow]:
    """A row a province, in their order. usage: by area that keeps a ledger. Central units and
    people of unknown residence are no provinces."""
    return [
        RankRow(
            area_code=row.area.code,
            doses=usage[row.area.code].given if row.area.code in usage else _full_size(row.doses, one_in),
            received=usage[row.area.code].received if row.area.code in usage else row.delivered,
            reached=row.coverage.get((PopulationGroup.ADULTS, Measure.DOSE1)),
            doubts=doubts(row, known.get(row.area.code, Doubted()), today=today, rules=rules),
        )
        for row in areas
        if row.area.code not in APART
    ]


def _full_size(doses: int | None, one_in: int) -> int | None:
    return None if doses is None else doses * one_in


def order(rows: Sequence[RankRow], ranked: Ranked) -> list[RankRow]:
    """The provinces that are ranked, the highest value first; equal ones by code."""
    found = [(row.value(ranked), row) for row in rows if not row.excluded(ranked)]
    return [row for _, row in sorted(found, key=lambda item: (-(item[0] or 0.0), item[1].area_code))]


def top(rows: Sequence[RankRow], ranked: Ranked, places: int) -> list[RankRow]:
    return order(rows, ranked)[:places]


def bottom(rows: Sequence[RankRow], ranked: Ranked, places: int) -> list[RankRow]:
    """The last ones, the lowest first; nobody is in both lists where there are fewer provinces than two lists hold."""
    ordered = order(rows, ranked)
    return list(reversed(ordered[max(len(ordered) - places, min(places, len(ordered))) :]))


def left_out(rows: Sequence[RankRow], ranked: Ranked) -> list[RankRow]:
    return [row for row in rows if row.excluded(ranked)]
