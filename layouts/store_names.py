"""What a store is called: by what it serves. The registry's own names of stores are not in the figures."""

from __future__ import annotations

from geo.gazetteer import Gazetteer
from layouts.words import Words


def store_name(
    words: Words, places: Gazetteer, *, code: str, level: str, province: str, district: str, site: str
) -> str:
    """province: the name of the one it lies in; district, site: codes, '' where it is of none. Those above the
    provinces, and those of a recipient, have nothing but their level and code."""
    if site in places.sites:
        return words.pick(places.sites[site].name_vi, places.sites[site].name_en)
    if district in places.districts:
        return words("coldchain.store_of", place=places.districts[district].name_vi)
    if level == "province":
        return words("coldchain.store_of", place=province)
    return words("coldchain.store_level", level=words.named("store_level", level), code=code)
