"""All decisions as they stand: each line judged, each decision summed up; which areas gave more than their allocation.

Rules only; doses are full size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaign.allocation import Decision, Gap, Judged, Line, Stage, judge_line, stage_of
from campaign.usage import Account, Round, spread

Key = tuple[str, str]
"""Area and product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One decision over its lines. planned: 0 of one withdrawn. expected_on: the last day on which some is expected;
    missing: planned and not received, over the lines that got less than planned; over: received beyond the plan;
    late: lines that are unreceived or short after the days of waiting."""

    decision: Decision
    stage: Stage
    products: tuple[str, ...]
    recipients: int
    planned: int
    sent: int
    received: int
    used: int
    in_transit: int
    missing: int
    over: int
    late: int
    expected_on: date | None


class Cause(StrEnum):
    """Why an area gave more than it was allocated, the most probable first."""

    EXTRA_VOLUME = "extra_volume"  # within what the vials may have yielded beyond their label
    NOT_ENTERED = "not_entered"  # it received doses that no decision allocates to it
    CENTRAL_UNITS = "central_units"  # it gave doses of lots that central units received and did not enter as given
    UNEXPLAINED = "unexplained"  # none of them, nor all together: a data alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeding:
    """An area and product with more doses given than allocated. extra: what its vials may have yielded beyond their
    label; unallocated: received beyond what decisions allocate to it; central: given of lots beyond what it received of
    them, up to what central units have of the same lots by their ledger; left: what none of them explains."""

    area: str
    product: str
    given: int
    allocated: int
    extra: int
    unallocated: int
    central: int = 0

    @property
    def beyond(self) -> int:
        return self.given - self.allocated

    @property
    def left(self) -> int:
        return max(self.beyond - self.extra - self.unallocated - self.central, 0)

    @property
    def cause(self) -> Cause:
        if self.left:
            return Cause.UNEXPLAINED
        if self.beyond <= self.extra:
            return Cause.EXTRA_VOLUME
        return Cause.NOT_ENTERED if self.unallocated >= self.central else Cause.CENTRAL_UNITS


def judged(
    lines: Sequence[Line],
    decisions: Mapping[int, Decision],
    rounds: Mapping[Key, Iterable[Round]],
    accounts: Mapping[Key, Account],
    *,
    today: date,
    wait_days: int,
) -> list[Judged]:
    """Every line, in the order given. What an area gave is spread over its rounds, the oldest first, and in a round
    over its lines in their order."""
    left: dict[tuple[str, str, int], int] = {}
    for (area, product), own in rounds.items():
        given = accounts.get((area, product), Account()).given
        for decision_id, doses in spread(given, own).items():
            left[area, product, decision_id] = doses
    found: list[Judged] = []
    for line in lines:
        key = (line.area, line.product, line.decision_id)
        used = min(left.get(key, 0), max(line.came, 0))
        left[key] = left.get(key, 0) - used
        found.append(judge_line(line, decisions[line.decision_id], today=today, wait_days=wait_days, used=used))
    return found


def summaries(found: Iterable[Judged], decisions: Mapping[int, Decision]) -> list[Summary]:
    """In the order of `decisions`, those without any line included."""
    by_decision: defaultdict[int, list[Judged]] = defaultdict(list)
    for item in found:
        by_decision[item.line.decision_id].append(item)
    return [summary(decision, by_decision.get(number, [])) for number, decision in decisions.items()]


def summary(decision: Decision, lines: Sequence[Judged]) -> Summary:
    waiting = [item for item in lines if item.difference < 0]
    days = [item.line.planned_on for item in lines if item.line.planned_on is not None]
    return Summary(
        decision=decision,
        stage=stage_of(decision, lines),
        products=tuple(sorted({item.line.product for item in lines})),
        recipients=len({item.line.store for item in lines}),
        planned=0 if decision.withdrawn else sum(item.line.planned for item in lines),
        sent=sum(item.line.sent for item in lines),
        received=sum(item.line.came for item in lines),
        used=sum(item.used for item in lines),
        in_transit=sum(item.line.in_transit for item in lines),
        missing=-sum(item.difference for item in waiting),
        over=sum(item.difference for item in lines if item.difference > 0),
        late=sum(item.gap in (Gap.UNRECEIVED, Gap.SHORT) for item in lines),
        expected_on=max(days, default=None),
    )


def exceeding(
    rounds: Mapping[Key, Iterable[Round]],
    accounts: Mapping[Key, Account],
    extra: Mapping[Key, int],
    central: Mapping[Key, int] | None = None,
) -> list[Exceeding]:
    """Areas and products with more given than all decisions in force allocate, what is not explained first, then the
    most beyond. Where no decision names an area and product at all, nobody can say what it was allocated: it is
    listed, since its allocation may not be entered."""
    found: list[Exceeding] = []
    for key, account in accounts.items():
        allocated = sum(item.allocated for item in rounds.get(key, ()))
        if account.given > allocated:
            found.append(
                Exceeding(
                    area=key[0],
                    product=key[1],
                    given=account.given,
                    allocated=allocated,
                    extra=extra.get(key, 0),
                    unallocated=max(account.received - allocated, 0),
                    central=(central or {}).get(key, 0),
                )
            )
    return sorted(found, key=lambda item: (-item.left, -item.beyond, item.area, item.product))


def matching(decision: Decision, asked: str) -> bool:
    """Whether a decision has this number or a number with this part, in whatever case; '': any."""
    wanted = asked.strip().casefold()
    if not wanted:
        return True
    return wanted in decision.number.casefold() or (not decision.known and wanted == f"#{decision.decision_id}")
