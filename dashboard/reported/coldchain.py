"""Devices of the cold chain by state, and the incidents: when a temperature was outside its range, and how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from campaign.device_tables import area_rows, out_of_range, run_rows
from campaign.devices import DeviceState, counts
from campaign.people_tables import Row
from campaign.report import Column, Figure, Part, Section, Shape, Table, Value
from dashboard import coldchain
from dashboard.reported.source import Source, table_of

# Areas in which nothing of these stands wrong are left to the workbook's list of devices.
WRONG = (DeviceState.ALARM, DeviceState.OUT, DeviceState.SILENT, DeviceState.FAULT, DeviceState.NOT_WORKING)


def cold_chain_section(source: Source) -> Section:
    words = source.words
    found = coldchain.devices_told(source.studio, source.version, source.view, source.scope)
    title = words("report_part.coldchain")
    if not found.chain.told:
        return Section(part=Part.COLD_CHAIN, title=title, sentences=(words("coldchain.not_told"),))
    by_state = counts(found.judged)
    runs = run_rows(out_of_range(found.chain.runs), found.devices, found.names)
    places = area_rows(found.judged, found.names.area)
    if source.area:
        places = places[:1]
    return Section(
        part=Part.COLD_CHAIN,
        title=title,
        figures=tuple(
            Figure(
                key=f"device_{state}",
                label=f"{words(f'device_state.{state}')} ({words('report.unit_devices')})",
                value=by_state[state],
                shape=Shape.WHOLE,
                help=f"device_{state}",
            )
            for state in DeviceState
        ),
        tables=(_runs(source, runs), _places(source, places)),
    )


def _runs(source: Source, rows: Sequence[Row]) -> Table:
    words = source.words
    days = source.studio.run_days

    def begun(row: Row) -> Value:
        return datetime.fromisoformat(str(row["started_at"]))

    return table_of(
        "incidents",
        words("coldchain.runs_title", days=days),
        (
            Column(key="equipment", label=words("device_column.equipment"), shape=Shape.TEXT),
            Column(key="store_name", label=words("device_column.store_name"), shape=Shape.TEXT),
            Column(key="area_name", label=words("device_column.area_name"), shape=Shape.TEXT),
            Column(key="edge", label=words("device_column.edge_name"), shape=Shape.TEXT),
            Column(key="started_at", label=words("device_column.started"), shape=Shape.INSTANT, help="device_started"),
            Column(key="minutes", label=words("device_column.minutes"), shape=Shape.MINUTES, help="device_minutes"),
            Column(key="extreme_c", label=words("report_column.extreme_c"), shape=Shape.DEGREES, help="device_extreme"),
            Column(key="ended", label=words("device_column.ended_name"), shape=Shape.TEXT, help="device_ended"),
        ),
        rows,
        cells={
            "edge": lambda row: words(f"device_edge.{row['edge']}"),
            "started_at": begun,
            "ended": lambda row: words(f"device_ended.{row['ended']}"),
        },
        printed=source.rules.rows,
        note=words("coldchain.runs_lead") if rows else words("coldchain.none_runs", days=days),
    )


def _places(source: Source, rows: Sequence[Row]) -> Table:
    """Areas with the most devices in alarm first, then out of range, then silent."""
    words = source.words
    body, total = (list(rows), []) if source.area else (list(rows[:-1]), [rows[-1]])
    body.sort(key=lambda row: ([-_count(row, state) for state in WRONG], str(row["area"])))
    return table_of(
        "device_places",
        words("people_caption.device_places"),
        (
            Column(key="name", label=words("people_column.name"), shape=Shape.TEXT),
            Column(key="devices", label=words("device_column.devices"), shape=Shape.WHOLE, help="device_all"),
            *(
                Column(key=state, label=words(f"device_state.{state}"), shape=Shape.WHOLE, help=f"device_{state}")
                for state in map(str, DeviceState)
            ),
        ),
        [*body, *total],
        totals=len(total),
        printed=source.rules.rows,
    )


def _count(row: Row, state: DeviceState) -> int:
    found = row[str(state)]
    return found if isinstance(found, int) else 0
