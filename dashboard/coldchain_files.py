"""The tables about the cold chain as files: every row, also those that a list of the page has no room for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from campaign.access import Scope
from campaign.capacity_tables import CAPACITY_PLACE_COLUMNS, CAPACITY_STORE_COLUMNS
from campaign.device_tables import (
    AREA_COLUMNS,
    DEVICE_COLUMNS,
    RUN_COLUMNS,
    device_rows,
    out_of_range,
    run_rows,
)
from campaign.equipment_tables import (
    OFFENDER_COLUMNS,
    REGISTER_COLUMNS,
    UPTIME_MODEL_COLUMNS,
    UPTIME_PLACE_COLUMNS,
    offender_rows,
    register_rows,
    uptime_model_rows,
)
from campaign.people_tables import Row
from campaign.spreadsheet import csv_line
from dashboard.coldchain import Told, place_counts, place_room, place_uptime, store_room, told
from dashboard.views import Studio
from layouts.view import View

FILES: Mapping[str, tuple[Callable[[Told], list[Row]], Sequence[str]]] = {
    "devices": (lambda found: device_rows(found.listed, found.names, now=found.chain.now), DEVICE_COLUMNS),
    "runs": (lambda found: run_rows(out_of_range(found.chain.runs), found.devices, found.names), RUN_COLUMNS),
    "places": (place_counts, AREA_COLUMNS),
    "register": (lambda found: register_rows(found.own, found.names, now=found.chain.now), REGISTER_COLUMNS),
    "offenders": (lambda found: offender_rows(found.own, found.names, least=found.least_alarms), OFFENDER_COLUMNS),
    "uptime_places": (place_uptime, UPTIME_PLACE_COLUMNS),
    "uptime_models": (lambda found: uptime_model_rows(found.registered), UPTIME_MODEL_COLUMNS),
    "capacity_places": (place_room, CAPACITY_PLACE_COLUMNS),
    "capacity_stores": (store_room, CAPACITY_STORE_COLUMNS),
}


def text(studio: Studio, version: int, view: View, scope: Scope, name: str) -> str:
    """The file: a line of columns, then the rows. Raises OutsideScope."""
    make, head = FILES[name]
    rows = make(told(studio, version, view, scope))
    return "".join([csv_line(head), *(csv_line(row[column] for column in head) for row in rows)])
