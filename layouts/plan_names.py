"""What the stores of a plan are called: a province by its name; stores above, central units, districts by their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaign.plan_facts import PlanStore
from geo.areas import Province
from layouts.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNames:
    """By code. units: stores above the provinces, and recipients, in Vietnamese and in English; products: of trade."""

    provinces: Mapping[str, Province]
    districts: Mapping[str, str]
    units: Mapping[str, tuple[str, str]]
    products: Mapping[str, str]

    def store(self, store: PlanStore, words: Words, *, inside: bool = False) -> str:
        """inside: the plan is one province's, whose own store is one among others."""
        province = self.provinces.get(store.area)
        if store.level == "province" and province is not None:
            name = words.pick(province.name_vi, province.name_en)
            return words("coldchain.store_of", place=name) if inside else name
        if store.level == "district" and store.district in self.districts:
            return self.districts[store.district]
        own = self.units.get(store.code) or self.units.get(store.recipient)
        if own is not None:
            name = words.pick(*own)
            return name if store.code.endswith(store.recipient) else f"{name} ({store.code})"
        return words("coldchain.store_level", level=words.named("store_level", store.level), code=store.code)

    def product(self, code: str) -> str:
        return self.products.get(code, code)
