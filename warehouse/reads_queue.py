"""Reads of registrations by the day they were made and the day they ended, of the nation."""

from __future__ import annotations

from datetime import date

import numpy as np

from campaign.coverage import PopulationGroup
from campaign.queue_ahead import Course, Registrations
from warehouse.reads_places import has
from warehouse.reads_supply import ADULT_BANDS, BANDS
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

MINOR_BANDS = tuple(band for band in BANDS[PopulationGroup.ALL] if band not in (*ADULT_BANDS, "unknown"))
# Adults and minors are invited at different times, so that each has a queue of its own. Of whom the age is not known
# stands with adults where everyone is counted.
CLASSES = {
    PopulationGroup.ADULTS: (ADULT_BANDS,),
    PopulationGroup.ALL: ((*ADULT_BANDS, "unknown"), MINOR_BANDS),
}


def courses(
    snapshots: Snapshots, version: int, group: PopulationGroup, *, first_day: date, days: int
) -> tuple[Course, ...]:
    """By class of ages; none where the source does not tell them. Days count from `first_day`, of which so many are
    whole. Raises SnapshotUnavailable."""
    if group not in CLASSES or not has(snapshots, version, "registration_course"):
        return ()
    found = [_of_bands(snapshots, version, bands, first_day=first_day) for bands in CLASSES[group]]
    return tuple(Course.of(one, days) for one in found) if any(len(one.people) for one in found) else ()


def _of_bands(snapshots: Snapshots, version: int, bands: tuple[str, ...], *, first_day: date) -> Registrations:
    rows = snapshots.rows(version, sql("reads/registration_course"), {"bands": list(bands)})
    lengths = [len(row["waited"]) for row in rows]
    made_on = np.repeat(np.array([row["day"] for row in rows], dtype=np.float64), lengths) - first_day.toordinal()
    outcome = np.repeat(np.array([row["outcome"] for row in rows], dtype=np.str_), lengths)
    waited = np.array([days for row in rows for days in row["waited"]], dtype=np.float64)
    people = np.array([number for row in rows for number in row["registrations"]], dtype=np.float64)
    return Registrations(
        registered_on=made_on,
        ended_on=np.where(outcome == "waiting", np.inf, made_on + waited),
        served=outcome == "served",
        people=people,
    )
