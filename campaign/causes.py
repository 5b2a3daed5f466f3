"""Why a province is behind, as far as the figures can tell. Rules about what was counted, never about whom to blame.

Each rule looks at one sign and has one threshold (config.yaml, section `causes`, with its source). A sign that the
source does not tell says nothing. Rules that doubt the figure itself come first: nobody should push a province to hurry
that is only late with its entries. What no rule finds is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CauseKind(StrEnum):
    """In the order in which they are named."""

    NO_REPORT = "no_report"  # the area's last report is old: its figures stand still
    LATE_ENTRY = "late_entry"  # of the last week a part is expected that nobody has entered yet
    DECLARED = "declared"  # it declares more than is recorded
    DENOMINATOR = "denominator"  # with the other version of the population it would stand elsewhere
    STOCK = "stock"  # what is on hand does not last
    DELIVERED = "delivered"  # it was given fewer doses per resident than the nation
    PACE = "pace"  # fewer people a day than the due date asks for
    UNCONFIRMED = "unconfirmed"  # nobody of the province has confirmed or explained the last closed day


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRules:
    """From when on a sign counts. Shares are of 1, days are whole or parts of days."""

    pace_share: float
    supply_days: float
    delivered_share: float
    late_share: float
    declared_share: float
    denominator_points: float
    report_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of one area. None: the source does not tell.

    pace and pace_needed: people a day. use: doses a day of the last seven days, at full size as on_hand. delivered:
    doses per resident, with the nation's. late: doses expected for the last seven whole days and doses reported of
    them. declared, recorded: doses of the same days. share, other_share: the reading under the population in use and
    under the other one. unsaid: the last closed day, where nobody of the province said anything about it.
    """

    today: date
    pace: float | None
    pace_needed: float | None
    on_hand: int | None
    use: float | None
    delivered: float | None
    nation_delivered: float | None
    expected: int | None
    reported: int | None
    declared: int | None
    recorded: int | None
    share: float | None
    other_share: float | None
    last_report_on: date | None
    unsaid: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One sign that counts: what was found, and what it is held against, both in the unit of its kind (days, shares of
    1, people a day; for a missing confirmation none)."""

    kind: CauseKind
    found: float
    limit: float


def causes(signs: Signs, rules: CauseRules) -> tuple[Cause, ...]:
    """Every cause that the signs show, in the order of CauseKind; none where they show none."""
    return (*_doubts(signs, rules), *_supplies(signs, rules), *_paces(signs, rules))


def _doubts(signs: Signs, rules: CauseRules) -> Iterator[Cause]:
    """The figure may say less than what was done."""
    if signs.last_report_on is not None:
        silent = (signs.today - signs.last_report_on).days
        if silent > rules.report_days:
            yield Cause(kind=CauseKind.NO_REPORT, found=float(silent), limit=float(rules.report_days))
    if signs.expected and signs.reported is not None:
        late = signs.expected - signs.reported
        if late > rules.late_share * signs.expected:
            yield Cause(kind=CauseKind.LATE_ENTRY, found=late / signs.expected, limit=rules.late_share)
    if signs.declared and signs.recorded is not None:
        missing = signs.declared - signs.recorded
        if missing > rules.declared_share * signs.declared:
            yield Cause(kind=CauseKind.DECLARED, found=missing / signs.declared, limit=rules.declared_share)
    share, other = signs.share, signs.other_share
    if share is not None and other is not None and other > share + rules.denominator_points:
        yield Cause(kind=CauseKind.DENOMINATOR, found=other, limit=share)


def _supplies(signs: Signs, rules: CauseRules) -> Iterator[Cause]:
    """There is not enough to give. Without use lately there are no days of stock: neither many nor few."""
    if signs.on_hand is not None and signs.use:
        days = max(signs.on_hand, 0) / signs.use
        if days < rules.supply_days:
            yield Cause(kind=CauseKind.STOCK, found=days, limit=rules.supply_days)
    if signs.delivered is not None and signs.nation_delivered:
        share = signs.delivered / signs.nation_delivered
        if share < rules.delivered_share:
            yield Cause(kind=CauseKind.DELIVERED, found=share, limit=rules.delivered_share)


def _paces(signs: Signs, rules: CauseRules) -> Iterator[Cause]:
    if signs.pace is not None and signs.pace_needed and signs.pace < rules.pace_share * signs.pace_needed:
        yield Cause(kind=CauseKind.PACE, found=signs.pace, limit=signs.pace_needed)
    if signs.unsaid is not None:
        yield Cause(kind=CauseKind.UNCONFIRMED, found=0.0, limit=0.0)
