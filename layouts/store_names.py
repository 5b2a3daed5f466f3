"""What a store is called: by what it serves. The registry's own names of stores are not in the figures."""

from __future__ import annotations

from layouts.words import Words


def store_name(words: Words, *, code: str, level: str, province: str, district: str, site: str) -> str:
    """province, district, site: names of what it lies in; '' where it is of none. Those above the provinces, and those
    of a recipient, have nothing but their level and code."""
    if site:
        return site
    if district:
        return words("coldchain.store_of", place=district)
    if level == "province":
        return words("coldchain.store_of", place=province)
    return words("coldchain.store_level", level=words.named("store_level", level), code=code)
