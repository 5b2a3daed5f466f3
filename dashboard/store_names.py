"""What a store is called, by the names of places that this centre has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from layouts import store_names
from layouts.words import Words

if TYPE_CHECKING:
    from dashboard.views import Studio


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
    return store_names.store_name(
        words,
        studio.gazetteer,
        code=code,
        level=level,
        province=areas.get(area, area),
        district=district,
        site=site,
    )
