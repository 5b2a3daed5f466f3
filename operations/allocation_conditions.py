"""What of the decisions on allocation asks for somebody now: one condition a rule and area, naming the decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from campaign.alerts import Condition
from campaign.allocation import Decision, Gap, Judged
from campaign.allocation_board import Exceeding
from campaign.allocation_tables import number_of
from campaign.stock import Rule
from operations.stock_conditions import Names, Said, Words, listed, lots_said, of_several, spoken

TEXTS: Mapping[Gap, tuple[str, Words]] = {
    Gap.UNRECEIVED: (
        "allocation_unreceived",
        (
            "{area}: chưa nhận {doses} liều phân bổ sau {days} ngày kể từ ngày dự kiến (quyết định {numbers})",
            "{area}: {doses} allocated doses not received {days} days after they were expected ({numbers_en})",
        ),
    ),
    Gap.SHORT: (
        "allocation_short",
        (
            "{area}: nhận thiếu {doses} liều so với phân bổ (quyết định {numbers}; lô {lots})",
            "{area}: {doses} doses fewer received than allocated ({numbers_en}; {lots_en})",
        ),
    ),
    Gap.OVER: (
        "allocation_over",
        (
            "{area}: nhận thừa {doses} liều so với phân bổ (quyết định {numbers}; lô {lots})",
            "{area}: {doses} doses more received than allocated ({numbers_en}; {lots_en})",
        ),
    ),
}
EXCEEDED: Words = (
    "{area}: đã tiêm vượt số phân bổ {doses} liều, ngoài phần dung tích dư của lọ, số nhận ngoài phân bổ và liều của "
    "đơn vị trung ương",
    "{area}: {doses} more doses given than allocated, beyond the vials' extra volume, what came unallocated, and doses "
    "of central units",
)


def of_allocation(
    lines: Iterable[Judged],
    decisions: Mapping[int, Decision],
    beyond: Iterable[Exceeding],
    *,
    rules: Mapping[str, Rule],
    wait_days: int,
    names: Names,
    behind: bool = False,
) -> list[Condition]:
    """`behind`: a feed that decisions are judged by is dead, held or catching up: what stands may stay, nothing new is
    raised. Doses received where nothing was planned are on the page, and ask for nobody: the plan may come later."""
    found = [
        *_of_lines(list(lines), decisions, rules, wait_days, names),
        *_of_given(beyond, rules["allocation_exceeded"], names),
    ]
    return [replace(item, inhibited=True) for item in found] if behind else found


def _of_lines(
    lines: Sequence[Judged],
    decisions: Mapping[int, Decision],
    rules: Mapping[str, Rule],
    wait_days: int,
    names: Names,
) -> Iterator[Condition]:
    for gap, (rule, text) in TEXTS.items():
        areas: dict[str, list[Judged]] = {}
        for item in lines:
            if item.gap is gap:
                areas.setdefault(item.line.area, []).append(item)
        for area, own in areas.items():
            doses = sum(abs(item.difference) for item in own)
            numbers = [number_of(decisions[item.line.decision_id]) for item in own]
            lots = [item.line.lots for item in own if item.line.lots]
            said: dict[str, Said] = {
                "doses": doses,
                "days": wait_days,
                "numbers": listed(numbers),
                "numbers_en": of_several("decision", "decisions", numbers),
                **(lots_said(lots) if lots else {"lots": "-", "lots_en": "lot -"}),
            }
            fact = "doses_over" if gap is Gap.OVER else "doses_missing"
            facts = {fact: float(doses), "deliveries": float(len(own))}
            yield from _condition(rule, rules[rule], area, rules[rule].above(doses, facts), text, said, names)


def _of_given(beyond: Iterable[Exceeding], rule: Rule, names: Names) -> Iterator[Condition]:
    left: dict[str, int] = {}
    for item in beyond:
        left[item.area] = left.get(item.area, 0) + item.left
    for area, doses in left.items():
        if doses:
            raised = rule.above(doses, {"doses_beyond": doses})
            yield from _condition("allocation_exceeded", rule, area, raised, EXCEEDED, {"doses": doses}, names)


def _condition(
    name: str, rule: Rule, area: str, raised: bool | None, text: Words, said: Mapping[str, Said], names: Names
) -> Iterator[Condition]:
    if raised is None:
        return
    summary_vi, summary_en = spoken(text, names.area(area), said)
    yield Condition(
        rule=name,
        labels={"area": area},
        severity=rule.severity,
        summary_vi=summary_vi,
        summary_en=summary_en,
        hold=rule.hold,
        inhibited=not raised,
    )
