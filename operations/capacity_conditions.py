"""Stores that hold more than their cold storage has room for: one condition a store and class of storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from campaign.alerts import Condition
from campaign.cold_capacity import Capacity, Room
from campaign.stock import NATIONAL, Rule
from operations.stock_conditions import NATIONAL_STORES, Names, Said, Words, spoken

RULE = "stock_over_capacity"
CENTRAL_LEVELS = ("national", "regional")
CLASSES: Mapping[str, Words] = {
    "refrigerator": ("tủ lạnh 2-8 °C", "refrigerators, 2-8 °C"),
    "freezer": ("tủ âm", "freezers"),
    "ultra_cold": ("tủ âm sâu", "ultra-cold freezers"),
}
VI = "{area}: {store_vi} cần {filled} lít ở {kind}, chỉ có {usable} lít dùng được, thiếu {missing} lít"
EN = "{area}: {store_en} needs {filled} litres in {kind} and has {usable} usable ones, {missing} too few"
NEAR_VI = "{area}: {store_vi} cần {filled} lít ở {kind} trong {usable} lít dùng được"
NEAR_EN = "{area}: {store_en} needs {filled} litres in {kind} of {usable} usable ones"
UNSURE_VI, UNSURE_EN = "; chưa kể {doses} liều chưa rõ thể tích", "; besides {doses} doses of unknown volume"


def of_capacity(
    found: Capacity, *, levels: Mapping[str, str], rule: Rule, names: Names, behind: bool = False
) -> list[Condition]:
    """levels: of the stores, by code. A store with a device whose litres nobody told is none: nobody knows. `behind`:
    what stands may stay, and nothing new is raised."""
    made = [
        item
        for (store, kind), room in sorted(found.rooms.items())
        if kind in CLASSES and not room.not_told
        if (item := _of_one(store, kind, room, _area(found, store, levels), rule, names)) is not None
    ]
    return [replace(item, inhibited=True) for item in made] if behind else made


def _area(found: Capacity, store: str, levels: Mapping[str, str]) -> str:
    """'' for the national and regional stores, which are of no province as central units are."""
    return NATIONAL if levels.get(store) in CENTRAL_LEVELS else found.areas[store]


def _of_one(store: str, kind: str, room: Room, area: str, rule: Rule, names: Names) -> Condition | None:
    missing = max(room.filled - room.usable, 0.0)
    raised = rule.above(
        room.percent,
        {
            "percent_filled": room.percent,
            "litres_filled": room.filled,
            "litres_usable": room.usable,
            "litres_missing": missing,
        },
    )
    if raised is None or not room.filled:
        return None
    store_vi, store_en = names.store(store)
    said: dict[str, Said] = {
        "store_vi": store_vi,
        "store_en": store_en,
        "filled": round(room.filled, 1),
        "usable": round(room.usable, 1),
        "missing": round(missing, 1),
        "doses": room.unmeasured,
    }
    text = (VI, EN) if room.is_over else (NEAR_VI, NEAR_EN)
    if room.unmeasured:
        text = (text[0] + UNSURE_VI, text[1] + UNSURE_EN)
    where = NATIONAL_STORES if area == NATIONAL else names.area(area)
    summaries = [spoken(text, where, {**said, "kind": word})[at] for at, word in enumerate(CLASSES[kind])]
    return Condition(
        rule=RULE,
        labels={"store": store, "storage_class": kind, **({"area": area} if area else {})},
        severity=rule.severity,
        summary_vi=summaries[0],
        summary_en=summaries[1],
        hold=rule.hold,
        inhibited=not raised,
    )
