"""What the page about sites is drawn from, and where its places are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from campaign.ranks import RankRow
from campaign.sites import Counts, HourRate, Judged, SiteRules
from geo.areas import District, Site
from layouts.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One place's sites at `now`, campaign time. area: '' is the nation. part: the reader sees a part of the country,
    so that lists are shorter than the nation's totals. ranks: provinces that the reader may see. files: address of each
    file. most: rows that a list holds; places: of both ends of a ranking."""

    area: str
    name: str
    now: datetime
    part: bool
    one_in: int
    rules: SiteRules
    counts: Counts
    silent: Sequence[Judged]
    flagged: Sequence[Judged]
    hours: Sequence[HourRate]
    ranks: Sequence[RankRow]
    names: Mapping[str, str]
    districts: Mapping[str, District]
    sites: Mapping[str, Site]
    files: Mapping[str, str]
    most: int
    places: int
    words: Words

    def area_name(self, code: str) -> str:
        return self.names.get(code, code)

    def district_name(self, code: str) -> str:
        return self.districts[code].name_vi if code in self.districts else code

    def site_name(self, code: str) -> str:
        return self.words.pick(self.sites[code].name_vi, self.sites[code].name_en) if code in self.sites else code


def site_address(item: Judged, known: Callable[[str], bool]) -> str:
    """The page of one site, below the map; '' for a site that is in no list and so has none."""
    own = item.site
    if not known(own.code):
        return ""
    return f"/?{urlencode({'area': own.area_code, 'district': own.district_code, 'site': own.code})}"
