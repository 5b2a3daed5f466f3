"""Names of stores by their codes, by the newest snapshot: an alert knows nothing of a store but its code."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb
import structlog

from geo.areas import Province
from geo.gazetteer import Gazetteer
from layouts.store_names import store_name
from layouts.words import Words
from warehouse.files import SnapshotUnavailable
from warehouse.reads_stores import spots_of
from warehouse.snapshot import Snapshots

log = structlog.get_logger(__name__)


def named_stores(
    snapshots: Snapshots,
    codes: Collection[str],
    *,
    provinces: Mapping[str, Province],
    gazetteer: Gazetteer,
    words: Words,
) -> dict[str, str]:
    """Without those that the snapshot does not have, and empty where no snapshot can be read: a code tells more than
    no alert at all."""
    if not codes:
        return {}
    try:
        found = spots_of(snapshots, snapshots.current(), stores=codes)
    except SnapshotUnavailable:
        return {}
    except (duckdb.Error, OSError) as error:
        log.warning("the names of stores cannot be read", reason=str(error).splitlines()[0])
        return {}
    names: dict[str, str] = {}
    for spot in found:
        province = provinces.get(spot.area)
        names[spot.code] = store_name(
            words,
            gazetteer,
            code=spot.code,
            level=spot.level,
            province=words.pick(province.name_vi, province.name_en) if province else spot.area,
            district=spot.district,
            site=spot.site,
        )
    return names
