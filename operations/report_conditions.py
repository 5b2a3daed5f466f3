"""Provinces that have not reported by the cut-off: none of their doses of the reporting day is in the system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from campaign.alerts import Condition, Severity
from campaign.rule_when import NO_CONDITION, When

RULE = "province_unreported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Of one province that is expected to report: doses entered since the reporting day began, and the last day before
    it on which some were."""

    area_code: str
    doses: int
    last_on: date


def of_reports(
    found: Sequence[Reported],
    *,
    day: date,
    many_share: float,
    areas: Mapping[str, tuple[str, str]],
    behind: bool = False,
    when: When = NO_CONDITION,
) -> list[Condition]:
    """`day`: the newest reporting day that has closed. Where more than `many_share` of the provinces are silent it is
    one condition, of what brings their records. behind: the feed of doses is dead, held, or catching up.
    when: a condition that decides which silent province is told, instead of each."""
    silent = [item for item in found if item.doses == 0]
    if not silent:
        return []
    few, all_of = len(silent), len(found)
    if few > many_share * all_of and few > 1:
        return [
            Condition(
                rule=RULE,
                labels={},
                severity=Severity.CRITICAL,
                summary_vi=(
                    f"{few} trong {all_of} tỉnh, thành phố chưa nhập mũi tiêm nào của ngày {day:%d/%m/%Y} sau giờ chốt"
                ),
                summary_en=(
                    f"{few} of {all_of} provinces have entered no dose since {day:%d %b %Y} began, after the cut-off"
                ),
                inhibited=behind,
            )
        ]
    made: list[Condition] = []
    for item in silent:
        facts = {"days_silent": (day - item.last_on).days, "provinces_silent": few, "provinces_expected": all_of}
        raised = when.judged(facts, own=True)
        if raised is not None:
            made.append(_of_one(item, day, areas, behind=behind or not raised))
    return made


def _of_one(item: Reported, day: date, areas: Mapping[str, tuple[str, str]], *, behind: bool) -> Condition:
    vi, en = areas.get(item.area_code, (item.area_code, item.area_code))
    return Condition(
        rule=RULE,
        labels={"area": item.area_code},
        severity=Severity.WARNING,
        summary_vi=(
            f"{vi}: chưa nhập mũi tiêm nào của ngày {day:%d/%m/%Y} sau giờ chốt; lần cuối {item.last_on:%d/%m/%Y}"
        ),
        summary_en=(
            f"{en}: no dose entered since {day:%d %b %Y} began, after the cut-off; the last on {item.last_on:%d %b %Y}"
        ),
        inhibited=behind,
    )
