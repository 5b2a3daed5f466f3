"""Search from anywhere: what the names of the current snapshot's places are asked for, within the caller's scope."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlencode

from campaign.access import Scope
from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA
from dashboard.views import Studio
from geo.finder import Finder, Kind, Named, places_of
from layouts.words import Language, Words

MOST = 8
LONGEST = 80


class Finders:
    """One finder a language and set of areas, made when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[tuple[Language, frozenset[str]], Finder] = {}

    def of(self, studio: Studio, version: int, language: Language) -> Finder:
        """For the areas of `version`. Districts and sites belong to the provinces of 2021 alone."""
        known = studio.readings.known(version)
        with self._lock:
            key = (language, known.areas)
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
                self._made[key] = Finder(places)
            return self._made[key]


def answer(studio: Studio, finders: Finders, text: str, version: int, scope: Scope, words: Words) -> dict[str, Any]:
    """Groups in the order province, district, site, each with the address of the view of every place."""
    asked = text.strip()[:LONGEST]
    found = finders.of(studio, version, words.language).find(asked, most=MOST, seen=scope.covers)
    return {
        "asked": asked,
        "groups": [
            {"kind": kind.value, "name": words(f"find.{kind}"), "places": [_told(place) for place in found[kind]]}
            for kind in Kind
            if kind in found
        ],
    }


def _told(place: Named) -> dict[str, str]:
    where = {"area": place.province}
    if place.kind is Kind.DISTRICT:
        where["district"] = place.code
    if place.kind is Kind.SITE:
        where |= {"district": place.district, "site": place.code}
    return {"name": place.name, "code": place.code, "within": ", ".join(place.within), "href": f"/?{urlencode(where)}"}
