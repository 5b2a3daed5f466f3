"""The register of equipment on the page about the cold chain: devices, uptime by province and model, offenders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html

from campaign.device_tables import NATION
from campaign.equipment import EquipmentRules, Status
from campaign.people_tables import Row
from layouts import format as fmt
from layouts.coldchain_words import duration
from layouts.equipment_parts import SHARES, job_tag, labels, litres, share_cells, status_tag, to_device
from layouts.help_layer import define
from layouts.parts import Child, attributes, card, icon, with_sign
from layouts.people_table import Table, people_table
from layouts.words import Words

FIRST, PLACES, MODELS = 25, 20, 10
# Of the nation's register the page lists what asks for somebody; the file has all.
LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What the cards show. rows: in the order of the register. told: False where the snapshot has no uptime."""

    picked: str
    rows: Sequence[Row]
    statuses: Mapping[Status, int]
    uptime_places: Sequence[Row]
    uptime_models: Sequence[Row]
    offenders: Sequence[Row]
    rules: EquipmentRules
    told: bool
    files: Mapping[str, str]
    words: Words


def register_cards(found: Register) -> list[Child]:
    if not found.told:
        return []
    return [register_card(found), offenders_card(found), places_card(found), models_card(found)]


def register_card(found: Register) -> html.Section:
    words = found.words
    table = Table(
        name="equipment",
        key="equipment",
        head=(
            *("equipment", "store_name", "area_name", "status_name", "litres", "uptime_share", "silent_share"),
            *("quiet_minutes", "job_name"),
        ),
        labels=labels(
            words,
            *("equipment", "store_name", "area_name", "status_name", "litres", "uptime_share", "silent_share"),
            *("quiet_minutes", "job_name"),
        ),
        help={
            "status_name": "equipment_status",
            "litres": "equipment_litres",
            "uptime_share": "equipment_uptime",
            "silent_share": "equipment_silent",
            "quiet_minutes": "device_quiet",
            "job_name": "equipment_job",
        },
        cells={
            "equipment": to_device,
            "status_name": lambda row: status_tag(row["status"], words, heard=row["heard"]),
            "litres": lambda row: html.Span(litres(row["litres"], words)),
            **share_cells(words),
            "quiet_minutes": lambda row: html.Span(duration(row["quiet_minutes"], words)),
            "job_name": lambda row: job_tag(row["job"], words),
        },
    )
    shown = [named(row, words) for row in found.rows[:LISTED]]
    cut = {"shown": fmt.whole(LISTED, words.language), "total": fmt.whole(len(found.rows), words.language)}
    return card(
        words("equipment.title"),
        [
            html.P(words("equipment.lead", days=found.rules.uptime_days), className="card-note"),
            _statuses(found),
            html.P(
                html.A(
                    words("equipment.say"), href="/day-chuyen-lanh/nhap#tinh-trang", className="decide decide-handle"
                )
            ),
            *([html.P(words("coldchain.cut", **cut), className="card-note")] if len(found.rows) > LISTED else []),
            people_table(table, shown, words, first=FIRST),
            _file(found, "register", words("equipment.all_file")),
        ],
        anchor="danh-ba",
    )


def _statuses(found: Register) -> html.Dl:
    """Devices by status: together they are all."""
    words = found.words
    parts: list[Child] = []
    for status in Status:
        title = words(f"equipment_status.{status}")
        value = html.B(
            fmt.whole(found.statuses[status], words.language), **attributes(data_number=f"equipment_{status}")
        )
        parts.append(html.Div([html.Dt(with_sign(title, define(f"equipment_{status}", title, words))), html.Dd(value)]))
    return html.Dl(parts, className="equipment-statuses")


def offenders_card(found: Register) -> html.Section:
    words = found.words
    table = Table(
        name="offenders",
        key="equipment",
        head=("equipment", "store_name", "area_name", "alarms", "uptime_share", "status_name", "job_name"),
        labels=labels(
            words, "equipment", "store_name", "area_name", "alarms", "uptime_share", "status_name", "job_name"
        ),
        help={
            "alarms": "equipment_alarms",
            "uptime_share": "equipment_uptime",
            "status_name": "equipment_status",
            "job_name": "equipment_job",
        },
        cells={
            "equipment": to_device,
            "status_name": lambda row: status_tag(row["status"], words, heard=row["heard"]),
            "job_name": lambda row: job_tag(row["job"], words),
        },
    )
    values = {"days": found.rules.offender_days, "alarms": found.rules.offender_alarms}
    shown = [named(row, words) for row in found.offenders[:LISTED]]
    empty = html.Div(words("equipment.no_offenders", **values), className="empty")
    return card(
        words("equipment.offenders_title"),
        [
            html.P(words("equipment.offenders_lead", **values), className="card-note"),
            people_table(table, shown, words, first=FIRST) if shown else empty,
            _file(found, "offenders", words("people.file")),
        ],
        anchor="hay-bao-dong",
    )


def places_card(found: Register) -> html.Section:
    words = found.words
    columns = (*SHARES, "counted", "not_working", "usable_litres")
    table = Table(
        name="uptime_places",
        key="area",
        head=("name", *columns),
        labels={**labels(words, *columns), "name": words("people_column.name")},
        help=_uptime_help() | {"not_working": "equipment_not_working", "usable_litres": "equipment_litres"},
        fixed=frozenset({NATION}),
        cells={**share_cells(words), "usable_litres": lambda row: html.Span(_of(row, words))},
    )
    return card(
        words("equipment.places_title", days=found.rules.uptime_days),
        [
            html.P(words("equipment.uptime_lead"), className="card-note"),
            people_table(table, found.uptime_places, words, picked=found.picked, first=PLACES),
            _file(found, "uptime_places", words("people.file")),
        ],
        anchor="hoat-dong-theo-tinh",
    )


def _of(row: Row, words: Words) -> str:
    return words("equipment.of_litres", usable=litres(row["usable_litres"], words), all=litres(row["litres"], words))


def models_card(found: Register) -> html.Section:
    words = found.words
    columns = (*SHARES, "counted", "devices", "alarms")
    table = Table(
        name="uptime_models",
        key="key",
        head=("model_name", *columns),
        labels=labels(words, "model_name", *columns),
        help=_uptime_help() | {"devices": "device_all", "alarms": "equipment_alarms"},
        cells=share_cells(words),
    )
    shown: list[Row] = [
        {
            **row,
            "key": row["model"] or "-",
            "model_name": words.marked(str(row["model"])) or words("equipment.no_model"),
        }
        for row in found.uptime_models
    ]
    return card(
        words("equipment.models_title", days=found.rules.uptime_days),
        [
            people_table(table, shown, words, first=MODELS),
            _file(found, "uptime_models", words("people.file")),
        ],
        anchor="hoat-dong-theo-mau-may",
    )


def _uptime_help() -> dict[str, str]:
    return {
        "uptime_share": "equipment_uptime",
        "silent_share": "equipment_silent",
        "out_share": "equipment_out",
        "down_share": "equipment_down",
        "counted": "equipment_counted",
    }


def named(row: Row, words: Words) -> Row:
    """With what is sorted as text."""
    return {
        **row,
        "status_name": words(f"equipment_status.{row['status']}"),
        "job_name": words(f"repair_job.{row['job']}") if row["job"] else "",
    }


def _file(found: Register, name: str, text: str) -> html.P:
    link = html.A([icon("down"), text], href=found.files[name], className="people-file", download="")
    return html.P(link)
