"""Names and places of districts and sites, read from the reference files when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from campaign.regroup import Successor
from geo.apportion import largest_remainder
from geo.areas import District, Site, load_districts, load_sites, load_successors
from geo.units import load_unit_names

# The version of the population that the districts' own figures belong to (data/reference/README.md).
DISTRICT_DENOMINATOR = "est_2021"


class Gazetteer:
    """Of one folder of reference files; an installation without one of them has none of those places. Read once, never
    changed, safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def successors(self) -> tuple[Successor, ...]:
        return load_successors(self._folder) if (self._folder / "areas_2025.csv").exists() else ()

    @cached_property
    def districts(self) -> Mapping[str, District]:
        found = load_districts(self._folder) if (self._folder / "districts.csv").exists() else ()
        return {district.code: district for district in found}

    @cached_property
    def sites(self) -> Mapping[str, Site]:
        found = load_sites(self._folder) if (self._folder / "sites.csv").exists() else ()
        return {site.code: site for site in found}

    @cached_property
    def units(self) -> Mapping[str, tuple[str, str]]:
        """Stores above the provinces, and recipients, in Vietnamese and in English."""
        return load_unit_names(self._folder)

    @cached_property
    def _by_province(self) -> Mapping[str, tuple[District, ...]]:
        found: dict[str, list[District]] = {}
        for district in self.districts.values():
            found.setdefault(district.province_code, []).append(district)
        return {code: tuple(members) for code, members in found.items()}

    @cached_property
    def _by_district(self) -> Mapping[str, tuple[Site, ...]]:
        found: dict[str, list[Site]] = {}
        for site in self.sites.values():
            found.setdefault(site.district_code, []).append(site)
        return {code: tuple(members) for code, members in found.items()}

    def warm(self) -> None:
        """Read everything now."""
        self.districts_of("")
        _ = self.units
        self.sites_of("")

    def districts_of(self, province: str) -> tuple[District, ...]:
        return self._by_province.get(province, ())

    def sites_of(self, district: str) -> tuple[Site, ...]:
        return self._by_district.get(district, ())

    def populations(self, province: str, *, people: int | None, denominator: str) -> dict[str, int]:
        """Everyone of each district such that they add up to `people`, the province's own figure (a sample's, too);
        none under a denominator that has no districts, or where the province itself has no figure."""
        members = self.districts_of(province)
        weights = [district.population for district in members]
        if denominator != DISTRICT_DENOMINATOR or not people or not sum(weights):
            return {}
        shares = largest_remainder(people, weights)
        return {district.code: share for district, share in zip(members, shares, strict=True)}
