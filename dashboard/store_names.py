"""What a store is called: by what it serves. The registry's own names of stores are not in the figures."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.views import Studio
from layouts.words import Words


def store_name(
    studio: Studio,
    areas: Mapping[str, str],
    words: Words,
    *,
    code: str,
    level: str,
    area: str,
    district: str,
    site: str,
) -> str:
    """areas: names by code. district, site: '' where the store is of none."""
    places = studio.gazetteer
    if site and site in places.sites:
        return places.sites[site].name_vi
    if district and district in places.districts:
        return words("coldchain.store_of", place=places.districts[district].name_vi)
    if level == "province":
        return words("coldchain.store_of", place=areas.get(area, area))
    return words("coldchain.store_level", level=words.named("store_level", level), code=code)
