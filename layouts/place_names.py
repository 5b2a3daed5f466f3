"""What readers call the values of an alert's labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from geo.areas import Province
from layouts.words import Words

# A label's name and value, as a reader calls the value: the name of a district, a feed, a province.
Names = Callable[[str, str], str]


def names_in_words(
    provinces: Mapping[str, Province],
    districts: Mapping[str, str],
    products: Mapping[str, str],
    words: Words,
    *,
    stores: Mapping[str, str] | None = None,
) -> Names:
    """`districts`, `products`, `stores`: their names by code; a store without one is told by its code."""
    known = {"product": products, "store": stores or {}}

    def name(label: str, value: str) -> str:
        province = provinces.get(value) if label in ("area", "province") else None
        if province is not None:
            return words.pick(province.name_vi, province.name_en)
        if label in known:
            return known[label].get(value, value)
        district = districts.get(value) if label == "district" else None
        return district if district is not None else words.named(label, value)

    return name
