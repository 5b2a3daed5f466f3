"""Search from anywhere: what the names of the current snapshot's places are asked for, within the caller's scope."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from campaign.access import Scope
from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA
from dashboard.kept import Kept
from dashboard.readings import KEPT_VERSIONS
from dashboard.store_names import store_name
from dashboard.views import Studio
from geo.finder import Finder, Kind, Named, places_of
from layouts.words import Language, Words
from warehouse.reads_stores import StorePlace, places_of_stores

MOST = 8
STOCK_PAGE = "/kho"
KEPT_FINDERS = 8
LONGEST = 80


class Finders:
    """One finder a language, set of areas and set of stores, made when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[tuple[Language, frozenset[str], tuple[StorePlace, ...]], Finder] = {}
        self._stores: Kept[int, tuple[StorePlace, ...]] = Kept(KEPT_VERSIONS)

    def of(self, studio: Studio, version: int, language: Language) -> Finder:
        """For the areas of `version`. Districts and sites belong to the provinces of 2021 alone."""
        known = studio.readings.known(version)
        snapshots = studio.readings.snapshots
        stores = self._stores.get(version, lambda: places_of_stores(snapshots, version))
        with self._lock:
            key = (language, known.areas, stores)
            if key not in self._made:
                board = studio.readings.board(version, known.default_denominator)
                names = {
                    row.area.code: row.area.name_vi if language is Language.VI else row.area.name_en
                    for row in board.areas
                    if row.area.code not in (CENTRAL_UNITS, UNKNOWN_AREA)
                }
                places = (
                    places_of(studio.gazetteer, names)
                    if known.merged
                    else [
                        Named(kind=Kind.PROVINCE, code=code, name=name, province=code) for code, name in names.items()
                    ]
                )
                words = studio.catalogues[language]
                named = [_store(studio, store, names, words) for store in stores]
                while len(self._made) >= KEPT_FINDERS:
                    self._made.pop(next(iter(self._made)))
                self._made[key] = Finder([*places, *named])
            return self._made[key]


def _store(studio: Studio, store: StorePlace, names: Mapping[str, str], words: Words) -> Named:
    """Within its province, unless its own name says that."""
    name = store_name(
        studio, names, words, code=store.code, level=store.level, area=store.area, district=store.district, site=""
    )
    within = (names[store.area],) if store.area in names and store.level != "province" else ()
    return Named(kind=Kind.STORE, code=store.code, name=name, province=store.area, within=within)


def answer(studio: Studio, finders: Finders, text: str, version: int, scope: Scope, words: Words) -> dict[str, Any]:
    """Groups in the order province, district, site, store, each with the address of the view of every place."""
    asked = text.strip()[:LONGEST]
    found = finders.of(studio, version, words.language).find(asked, most=MOST, seen=scope.covers)
    return {
        "asked": asked,
        "groups": [
            {
                "kind": kind.value,
                "name": words(f"find.{kind}"),
                "places": [_told(place, words) for place in found[kind]],
            }
            for kind in Kind
            if kind in found
        ],
    }


def _told(place: Named, words: Words) -> dict[str, str]:
    where = {"area": place.province}
    page = "/"
    if place.kind is Kind.STORE:
        page, where = STOCK_PAGE, {"store": place.code}
    if place.kind is Kind.DISTRICT:
        where["district"] = place.code
    if place.kind is Kind.SITE:
        where |= {"district": place.district, "site": place.code}
    return {
        "name": words.marked(place.name),
        "code": place.code,
        "within": ", ".join(place.within),
        "href": f"{page}?{urlencode(where)}",
    }
