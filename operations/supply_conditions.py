"""What of the consumables asks for somebody: usable doses of an area that what lies beside them cannot give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from campaign.supplies import SupplyRules, givable

RULE = "stock_supply_short"
TEXT = (
    "{area}: {doses} liều dùng được chưa tiêm được vì thiếu vật tư (thiếu nhất: {item_vi}; thiếu {count} loại)",
    "{area}: {doses} usable doses cannot be given for want of consumables (most: {item_en}; items short: {count})",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortArea:
    """stranded: usable doses that cannot be given. said: values of TEXT; facts: campaign.rule_facts."""

    area: str
    stranded: int
    said: Mapping[str, str | int]
    facts: Mapping[str, float]


def short_areas(
    usable: Mapping[tuple[str, str], tuple[int, int]], pieces: Mapping[str, Mapping[str, int]], rules: SupplyRules
) -> Iterator[ShortArea]:
    """Every area that keeps books of consumables, short or not. usable: doses on hand, and on their way, by area and
    product: what is on its way needs nothing yet."""
    for area, own in pieces.items():
        found = givable({product: doses for (at, product), (doses, _) in usable.items() if at == area}, own, rules)
        short, item = sum(1 for state in found.items if state.short), rules.item(found.limit)
        yield ShortArea(
            area=area,
            stranded=found.stranded,
            said={
                "doses": found.stranded,
                "count": short,
                "item_vi": item.name_vi if item else "-",
                "item_en": item.name_en if item else "-",
            },
            facts={"doses_not_givable": found.stranded, "doses_usable": found.doses, "items_short": short},
        )
