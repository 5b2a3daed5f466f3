"""The cubes that are counted from dose records alone, counted again from all of them. For a country in a process of its
own: people are counted meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from warehouse.engine.facts import DOSE, newest_of
from warehouse.engine.hours import Hours
from warehouse.engine.places import SiteMap
from warehouse.engine.segments import Columns, RecordSegment
from warehouse.engine.slots import DAYS, IDENTITY
from warehouse.engine.tally import Tally

# Small enough for the processor's cache: with a million at a time reading took three times as long.
AT_A_TIME = 1 << 16
USED = ("site", "injected_on", "recorded_on", "number", "identity", "hour", "voided")
MOST_NUMBER, MOST_LAG = 4, 60
# Whole days from injection to recording at which the next bucket begins.
BUCKETS = np.array([1, 4, 8, 31])


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSource:
    """Where the records of the last fold lie and what their sites mean: what another process needs besides the log.
    places: how many numbers there are for places of vaccination."""

    folder: Path | None
    sites: SiteMap
    places: int
    hour_days: int


def count_doses(source: DoseSource, logged: Columns) -> Iterator[tuple[str, Columns]]:
    """Cells of each cube, with its name: keys and `n`. `logged`: the newest versions of what came since the last fold.

    One cube after the other, each let go of before the next is made: half a gigabyte less at the end."""
    sites = source.sites
    # Sites share few pairs of place and district.
    pairs = np.unique(sites.district.astype(np.int64) << 8 | sites.place)
    pair_of_site = np.searchsorted(pairs, sites.district.astype(np.int64) << 8 | sites.place).astype(np.uint16)
    places = source.places
    tallies = {
        "district_day": Tally({"day": DAYS, "pair": len(pairs), "number": MOST_NUMBER + 1}),
        "site_day": Tally({"day": DAYS, "site": len(sites.place)}),
        "recorded": Tally({"day": DAYS, "place": places, "bucket": len(BUCKETS) + 1}),
        "delay": Tally({"day": DAYS, "place": places, "lag": MOST_LAG + 1}),
        "identity": Tally({"place": places, "identity": len(IDENTITY)}),
    }
    bucket = np.searchsorted(BUCKETS, np.arange(MOST_LAG + 1), side="right").astype(np.uint8)
    hours = Hours(source.hour_days)
    segment = RecordSegment(source.folder, DOSE) if source.folder else None
    for chunk in newest_of(segment, logged, "dose_id", USED, AT_A_TIME):
        doses = chunk if not chunk["voided"].any() else _without_voided(chunk)
        day, site = doses["injected_on"], doses["site"]
        place = sites.place[site]
        lag = np.maximum(doses["recorded_on"].astype(np.int32) - day, 0)
        number = np.minimum(doses["number"], MOST_NUMBER)
        tallies["district_day"].add({"day": day, "pair": pair_of_site[site], "number": number})
        tallies["site_day"].add({"day": day, "site": site})
        capped = np.minimum(lag, MOST_LAG).astype(np.uint8)
        tallies["recorded"].add({"day": doses["recorded_on"], "place": place, "bucket": bucket[capped]})
        tallies["delay"].add({"day": day, "place": place, "lag": capped})
        tallies["identity"].add({"place": place, "identity": doses["identity"]})
        hours.add(doses)
    yield "site_hour", hours.cells()
    del hours
    while tallies:
        name, tally = tallies.popitem()
        cells = tally.cells()
        del tally
        if name == "district_day":
            pair = pairs[cells.pop("pair")]
            cells |= {"place": pair & 255, "district": pair >> 8}
        yield name, cells


def _without_voided(chunk: Columns) -> Columns:
    kept = chunk["voided"] == 0
    return {name: values[kept] for name, values in chunk.items()}
