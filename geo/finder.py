"""Find a province, district, site or store by a part of its name or its code, without accents: "da nang" is Đà Nẵng."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from geo.gazetteer import Gazetteer
from geo.text import CollationKey, collation_key, fold_text

# As people who write such names every day shorten them.
SHORT = {
    "bv": "benh vien",
    "tyt": "tram y te",
    "tt": "thi tran",
    "ttyt": "trung tam y te",
    "tp": "thanh pho",
    "tx": "thi xa",
}


class Kind(StrEnum):
    PROVINCE = "province"
    DISTRICT = "district"
    SITE = "site"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One place, or a store of vaccine. `within`: names of the district and province that it lies in, nearest first."""

    kind: Kind
    code: str
    name: str
    province: str
    district: str = ""
    within: tuple[str, ...] = ()


class Finder:
    """Of fixed places; made once, safe to share between threads."""

    def __init__(self, places: Iterable[Named]) -> None:
        self._places = tuple(places)
        # A space before each word, so that a word's beginning is looked for and not its inside.
        self._own = [f" {fold_text(place.name)}" for place in self._places]
        self._all = [
            f"{own} {_folded(place.within)} {fold_text(place.code)}"
            for own, place in zip(self._own, self._places, strict=True)
        ]

    def find(self, text: str, *, most: int, seen: Callable[[str], bool]) -> dict[Kind, list[Named]]:
        """At most `most` of each kind, the best first: the very code; a name that begins with `text`; one that has it
        inside; one with words that begin like those of `text`; the same together with the names of what it lies in.
        Of equally good ones the shortest names are taken, and told in the order of the Vietnamese dictionary. `seen`:
        whether places of a province (code) may be named."""
        words = [(f" {word}", f" {SHORT.get(word, word)}") for word in fold_text(text).split()]
        if not words:
            return {}
        whole = "".join(long for _, long in words)
        found: dict[Kind, list[tuple[int, int, str, Named]]] = {kind: [] for kind in Kind}
        for at in self._with(words):
            place, own = self._places[at], self._own[at]
            if seen(place.province):
                rank = _rank(place, own, text.strip(), whole, words)
                found[place.kind].append((rank, len(own), place.code, place))
        best = {kind: heapq.nsmallest(most, rows, key=lambda row: row[:3]) for kind, rows in found.items() if rows}
        return {kind: [row[3] for row in sorted(rows, key=_by_dictionary)] for kind, rows in best.items()}

    def _with(self, words: Sequence[tuple[str, str]]) -> Iterable[int]:
        """Where every word stands somewhere: a look at 20,000 names, hence nothing but that."""
        left: Iterable[int] = range(len(self._all))
        for word, long in words:
            if word == long:
                left = [at for at in left if word in self._all[at]]
            else:
                left = [at for at in left if word in self._all[at] or long in self._all[at]]
        return left


@cache
def _folded(within: tuple[str, ...]) -> str:
    return fold_text(" ".join(within))


def _by_dictionary(row: tuple[int, int, str, Named]) -> tuple[int, CollationKey, str]:
    rank, _, code, place = row
    return rank, collation_key(place.name), code


def _rank(place: Named, own: str, code: str, whole: str, words: Sequence[tuple[str, str]]) -> int:
    if place.code == code:
        return 0
    if own.startswith(whole):
        return 1
    if whole in own:
        return 2
    return 3 if all(word in own or long in own for word, long in words) else 4


def places_of(gazetteer: Gazetteer, provinces: Mapping[str, str]) -> list[Named]:
    """Provinces (names by code), and the districts and sites that lie in them."""
    found = [Named(kind=Kind.PROVINCE, code=code, name=name, province=code) for code, name in provinces.items()]
    for district in gazetteer.districts.values():
        if district.province_code in provinces:
            province = district.province_code
            found.append(
                Named(
                    kind=Kind.DISTRICT,
                    code=district.code,
                    name=district.name_vi,
                    province=province,
                    within=(provinces[province],),
                )
            )
    for site in gazetteer.sites.values():
        if site.province_code in provinces and site.district_code in gazetteer.districts:
            found.append(
                Named(
                    kind=Kind.SITE,
                    code=site.code,
                    name=site.name_vi,
                    province=site.province_code,
                    district=site.district_code,
                    within=(gazetteer.districts[site.district_code].name_vi, provinces[site.province_code]),
                )
            )
    return found
