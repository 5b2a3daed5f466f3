"""The tables about decisions on allocation: one list of rows each, for the page and its files alike.

Doses are whole numbers, shares parts of 1, days local calendar days as ordinals on the page and ISO 8601 in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from campaign.allocation import Decision, Judged
from campaign.allocation_board import Exceeding, Summary
from campaign.coverage import NATION
from campaign.people_tables import Row
from campaign.stock_places import Store
from campaign.stock_tables import Names
from campaign.usage import Usage, Way

DECISION_COLUMNS = (
    *("decision", "number", "round", "decided", "signed_by", "stage", "products", "recipients", "planned", "sent"),
    *("received", "in_transit", "used", "missing", "over", "late", "expected"),
)
DECISION_LINE_COLUMNS = (
    *("decision", "number", "area", "area_name", "store", "store_name", "product", "product_name", "lot", "lots"),
    *("planned", "expected", "sent", "received", "in_transit", "used", "stage", "gap", "difference", "days_late"),
    *("sent_on", "received_on"),
)
DECISION_CHANGE_COLUMNS = ("decision", "number", "at", "field", "store", "store_name", "before", "after")
USAGE_COLUMNS = (
    *("area", "name", "given", "allocated", "of_allocated", "received", "of_received", "gone", "of_gone"),
    *("rounds", "newer"),
)
EXCEEDING_COLUMNS = (
    *("area", "area_name", "product", "product_name", "given", "allocated", "beyond", "extra", "unallocated"),
    *("central", "unexplained", "cause"),
)


def decision_rows(found: Iterable[Summary], names: Names) -> list[Row]:
    """Grain: decision, in the order given."""
    return [
        {
            "decision": item.decision.decision_id,
            "number": item.decision.number,
            "number_name": number_of(item.decision),
            "round": item.decision.round,
            "decided": _ordinal(item.decision.decided_on),
            "signed_by": item.decision.signed_by,
            "stage": item.stage.value,
            "stage_name": item.stage.value,
            "products": " ".join(item.products),
            "products_name": ", ".join(names.product(code) for code in item.products),
            "recipients": item.recipients,
            "planned": item.planned,
            "sent": item.sent,
            "received": item.received,
            "in_transit": item.in_transit,
            "used": item.used,
            "missing": item.missing,
            "over": item.over,
            "late": item.late,
            "expected": _ordinal(item.expected_on),
        }
        for item in found
    ]


def decision_line_rows(found: Iterable[Judged], decisions: Mapping[int, Decision], names: Names) -> list[Row]:
    """Grain: line of a decision: what a store gets of a product or lot. Lines with a gap come first, the largest on
    top, then the others by area."""
    rows = [_line(item, decisions[item.line.decision_id], names) for item in found]
    return sorted(rows, key=lambda row: (row["gap"] == "", -abs(int(str(row["difference"]))), str(row["area"])))


def _line(item: Judged, decision: Decision, names: Names) -> Row:
    line = item.line
    store = Store(
        code=line.store, level=line.level, area=line.area, district=line.district, site=line.site, recipient=None
    )
    return {
        "key": f"{line.store} {line.product} {line.lot}",
        "decision": line.decision_id,
        "number": decision.number,
        "area": line.area,
        "area_name": names.area(line.area),
        "store": line.store,
        "store_name": names.store(store),
        "product": line.product,
        "product_name": names.product(line.product),
        "lot": line.lot,
        "lots": line.lots,
        "lot_name": line.lots,
        "planned": line.planned,
        "expected": _ordinal(line.planned_on),
        "sent": line.sent,
        "received": line.came,
        "in_transit": line.in_transit,
        "used": item.used,
        "stage": item.stage.value,
        "stage_name": item.stage.value,
        "gap": item.gap.value if item.gap else "",
        "gap_name": item.gap.value if item.gap else "",
        "difference": item.difference if item.gap else 0,
        "days_late": item.days_late,
        "sent_on": _ordinal(line.left_on),
        "received_on": _ordinal(line.came_on),
    }


def change_row(
    decision: Decision, *, at: datetime, field: str, store: str, store_name: str, before: str | None, after: str | None
) -> Row:
    """A field of a decision or of a line of it, before and after it was changed."""
    return {
        "key": f"{at:%Y%m%d%H%M%S} {field} {store}",
        "decision": decision.decision_id,
        "number": decision.number,
        "at": int(at.timestamp()),
        "field": field,
        "kind_name": field,
        "store": store,
        "store_name": store_name,
        "before": before or "",
        "before_name": before or "",
        "after": after or "",
        "after_name": after or "",
    }


def usage_rows(usage: Mapping[str, Usage], names: Names, areas: Iterable[str]) -> list[Row]:
    """Grain: area of those given, the least used of what was allocated first; the nation last, over all areas."""
    rows = [_usage(area, usage[area], names) for area in areas if area in usage]
    rows.sort(key=lambda row: (row["of_allocated"] is None, float(str(row["of_allocated"] or 0)), str(row["area"])))
    return [*rows, _usage(NATION, sum(usage.values(), Usage()), names)]


def _usage(area: str, found: Usage, names: Names) -> Row:
    shares: Row = {f"of_{way.value}": found.ratio(way) for way in Way}
    return {
        "area": area,
        "name": names.area(area),
        "given": found.given,
        "allocated": found.allocated,
        "received": found.received,
        "gone": found.gone,
        **shares,
        "rounds": len(found.rounds),
        "newer": len(found.newer),
    }


def exceeding_rows(found: Iterable[Exceeding], names: Names) -> list[Row]:
    """Grain: area x product, in the order given."""
    return [
        {
            "key": f"{item.area} {item.product}",
            "area": item.area,
            "area_name": names.area(item.area),
            "product": item.product,
            "product_name": names.product(item.product),
            "given": item.given,
            "allocated": item.allocated,
            "beyond": item.beyond,
            "extra": item.extra,
            "unallocated": item.unallocated,
            "central": item.central,
            "unexplained": item.left,
            "cause": item.cause.value,
            "kind_name": item.cause.value,
        }
        for item in found
    ]


def number_of(decision: Decision) -> str:
    """Its number; of one that nobody entered, what movements call it."""
    return decision.number or f"#{decision.decision_id}"


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
