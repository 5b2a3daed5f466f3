"""Vaccination sites as the demonstration uses them: those of the provinces, and posts of units outside provinces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from demo.calendar import DAYS, WEEKS, day_of
from demo.reference import REGIONS, Reference
from demo.streams import Ints
from geo.areas import load_sites
from warehouse.reference import read_csv

# The army has one post a regional store; the police several sites at one post; others one site. Demo assumptions.
OPEN = DAYS + 7  # never closed
SITES_OF_ARMY_POST, SITES_OF_POLICE_POST = 2, 6
RECIPIENT_KINDS = {"central_hospital": "hospital", "central_institute": "institute", "army": "army", "police": "police"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where a unit outside provinces vaccinates: a store of its own, below the national store."""

    recipient: str
    kind: str  # as the registry names it: army | police | hospital | institute
    store_code: str
    name_vi: str
    lon: float | None
    lat: float | None
    region: int
    sites: int


@dataclass(frozen=True, kw_only=True)
class Sites:
    """All sites; `district` is a position in Areas.district_codes, or beyond its end that of a post.

    `closed` is the first day without service; OPEN where it serves to the end."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    district: Ints
    opened: Ints
    closed: Ints
    posts: tuple[Post, ...]
    districts: int  # of provinces; a post's place is districts + its position

    @property
    def places(self) -> int:
        return self.districts + len(self.posts)

    @cached_property
    def open_in(self) -> tuple[tuple[Ints, Ints], ...]:
        """For each week: the sites open on all its days, ordered by place, and the offset of each place in them."""
        ordered = np.argsort(self.district, kind="stable")
        weeks: list[tuple[Ints, Ints]] = []
        for week in range(WEEKS):
            serving = (self.opened[ordered] <= 7 * week) & (self.closed[ordered] >= 7 * week + 7)
            sites = ordered[serving]
            offsets = np.searchsorted(self.district[sites], np.arange(self.places + 1))
            weeks.append((sites, offsets))
        return tuple(weeks)


def load_all_sites(reference: Reference) -> Sites:
    """Sites of provinces in order of code, then those of the posts."""
    position = {code: index for index, code in enumerate(reference.areas.district_codes)}
    posts = load_posts(reference.folder)
    rows = [
        (site.code, site.name_vi, position[site.district_code], day_of(site.opened_on), _closed(site.closed_on))
        for site in load_sites(reference.folder)
    ]
    rows += [
        (_post_site(post, number), f"Điểm tiêm {number} {post.name_vi} (minh họa)", len(position) + index, 0, OPEN)
        for index, post in enumerate(posts)
        for number in range(1, post.sites + 1)
    ]
    return Sites(
        codes=tuple(row[0] for row in rows),
        names=tuple(row[1] for row in rows),
        district=np.array([row[2] for row in rows]),
        opened=np.maximum(np.array([row[3] for row in rows]), -7),
        closed=np.array([row[4] for row in rows]),
        posts=posts,
        districts=len(position),
    )


def _closed(day: date | None) -> int:
    return OPEN if day is None else day_of(day)


def _post_site(post: Post, number: int) -> str:
    return f"{post.store_code}-{number}"


def load_posts(folder: Path) -> tuple[Post, ...]:
    """The army's regional stores, the police, and the central hospitals and institutes that vaccinate."""
    stores = list(read_csv(folder / "regional_stores.csv"))
    army = [
        Post(
            recipient="QD",
            kind="army",
            store_code=row["code"],
            name_vi=row["name_vi"].replace("Kho vắc xin ", ""),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            region=REGIONS.index(row["epi_region"]),
            sites=SITES_OF_ARMY_POST,
        )
        for row in stores
        if row["kind"] == "army"
    ]
    regional = {row["code"] for row in stores}
    others = [
        Post(
            recipient=row["code"],
            kind=RECIPIENT_KINDS[row["kind"]],
            store_code=f"TW-{row['code']}",
            name_vi=row["name_vi"],
            lon=None,
            lat=None,
            region=REGIONS.index("north"),
            sites=SITES_OF_POLICE_POST if row["kind"] == "police" else 1,
        )
        for row in read_csv(folder / "recipients.csv")
        if row["code"] != "QD" and row["code"] not in regional
    ]
    return (*army, *others)
