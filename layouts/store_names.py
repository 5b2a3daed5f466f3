"""What a store is called: by what it serves. The registry's own names of stores are not in the figures."""

from __future__ import annotations

from geo.gazetteer import Gazetteer
from geo.units import unit_of
from layouts.words import Words

NATIONAL, REGIONAL, RECIPIENT, SITE = "national", "regional", "recipient", "site"
NAMED_LEVELS = frozenset({REGIONAL, RECIPIENT})


def store_name(
    words: Words, places: Gazetteer, *, code: str, level: str, province: str, district: str, site: str
) -> str:
    """province: the name of the one it lies in; district, site: codes, '' where it is of none. Those above the
    provinces, and those of a recipient, are called as a plan calls them (layouts/plan_names.py), or by level and code
    where nobody told their names."""
    if site in places.sites:
        return words.marked(places.sites[site].name_vi)
    if district in places.districts:
        return words("coldchain.store_of", place=places.districts[district].name_vi)
    if level == "province":
        return words("coldchain.store_of", place=province)
    if level == SITE and (own := next((part for part in code.split("-") if part in places.units), "")):
        # A site of a central unit lies in no province, and is in no register of places.
        return words.pick(*places.units[own])
    # A nation's store has a row of its own, or none: it is of no recipient.
    found = unit_of(places.units, code) if level in NAMED_LEVELS else None
    unit = places.units.get(code) if level == NATIONAL else found
    if unit is not None:
        return words("coldchain.store_of", place=words.pick(*unit)) if level == RECIPIENT else words.pick(*unit)
    return words("coldchain.store_level", level=words.named("store_level", level), code=code)
