"""Stock of an area as the map colours it: what was given of what came, and for how many days the rest lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from campaign.coverage import CENTRAL_UNITS, NATION
from campaign.readings import AreaRow, AreaStock
from campaign.stock_board import JudgedHeap, Paces
from campaign.usage import Usage


def stock_by_area(judged: Iterable[JudgedHeap], paces: Paces, usage: Mapping[str, Usage]) -> dict[str, AreaStock]:
    """By place, and NATION: all of them. paces: of paces_of_all. usage: over the rounds that count, as
    everywhere else that usage is told."""
    usable: dict[str, int] = {}
    for item in judged:
        doses = item.usable
        for place in (item.heap.place, NATION):
            usable[place] = usable.get(place, 0) + doses
    daily: dict[str, float] = {}
    for (place, _), pace in paces.items():
        daily[place] = daily.get(place, 0.0) + pace
    whole = {**usage, NATION: sum(usage.values(), Usage())}
    return {
        place: AreaStock(
            usage=whole.get(place, Usage()),
            usable=doses,
            daily_use=daily.get(place, 0.0),
        )
        for place, doses in usable.items()
    }


def with_stock(
    rows: Iterable[AreaRow], found: Mapping[str, AreaStock], members: Mapping[str, Sequence[str]]
) -> list[AreaRow]:
    """members: of areas that others were merged into."""
    return [replace(row, stock=together(found, members.get(row.area.code, (row.area.code,)))) for row in rows]


def together(found: Mapping[str, AreaStock], codes: Sequence[str]) -> AreaStock | None:
    """None where none of the areas has any stock told. The central units are of no province: they are added
    to nobody."""
    parts = [found[code] for code in codes if code in found and (code != CENTRAL_UNITS or len(codes) == 1)]
    if not parts:
        return None
    return AreaStock(
        usage=sum((part.usage for part in parts), Usage()),
        usable=sum(part.usable for part in parts),
        daily_use=sum(part.daily_use for part in parts),
    )
