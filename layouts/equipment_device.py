"""One device by itself: what the register says of it, its uptime, its history and repairs, when it was out of range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dash import html

from campaign.devices import DeviceState
from campaign.equipment import EquipmentRules
from campaign.holdover import Hold
from campaign.people_tables import Row
from layouts import format as fmt
from layouts.coldchain_words import TAGS, degrees, duration, lasted
from layouts.equipment_parts import SHARES, job_tag, labels, litres, share_texts, status_tag
from layouts.help_layer import define
from layouts.parts import Child, attributes, card, tag, with_sign
from layouts.people_table import Table, people_table
from layouts.words import Words

FIRST = 20
SHARE_HELP = {
    "uptime_share": "equipment_uptime", "silent_share": "equipment_silent", "out_share": "equipment_out",
    "down_share": "equipment_down",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePage:
    """row: of the register; judged: as it stands. history, jobs: the newest first. runs: of the last `days`.
    hours: for how long it keeps its temperature without power, by the register; hold: where it has no power now."""

    row: Row
    judged: Row
    history: Sequence[Row]
    jobs: Sequence[Row]
    runs: Sequence[Row]
    hours: float | None
    hold: Hold | None
    rules: EquipmentRules
    days: int
    zone: ZoneInfo
    words: Words


def device_body(page: DevicePage) -> list[Child]:
    return [_trail(page), _head(page), _history(page), _jobs(page), _runs(page)]


def _trail(page: DevicePage) -> html.Nav:
    """Back to the nation, and to its province."""
    words, row = page.words, page.row
    steps = ((words("table.nation"), ""), (str(row["area_name"]), str(row["area"])))
    links: list[Child] = [
        html.Li(
            html.Button(
                name, n_clicks=0, className="place", **attributes(data_action="coldchain-place", data_area=code)
            )
        )
        for name, code in steps
    ]
    links.append(html.Li(html.Span(str(row["equipment"]), **attributes(aria_current="page"))))
    return html.Nav(html.Ol(links), className="crumbs", **attributes(aria_label=words("place.way")))


def _head(page: DevicePage) -> html.Section:
    words, row, judged = page.words, page.row, page.judged
    kind, icon_name = TAGS[DeviceState(str(judged["state"]))]
    status: list[Child] = [status_tag(row["status"], words, heard=row["heard"])]
    if row["status_since"]:
        since = words("equipment.since", at=_at(row["status_since"], page))
        status += [" ", html.Span(since, className="card-note")]
    if row["status_reason"]:
        status += [" · ", html.Span(str(row["status_reason"]), className="card-note")]
    low, high = litres(judged["low_c"], words), litres(judged["high_c"], words)
    facts: list[tuple[str, Child]] = [
        ("status", html.Span(status)),
        ("state", tag(words(f"device_state.{judged['state']}"), kind=kind, icon_name=icon_name)),
        ("job", job_tag(row["job"], words)),
        ("store", html.A(str(row["store_name"]), href=f"/kho?store={quote(str(row['store']))}")),
        ("model", words.marked(str(row["model"])) or words("equipment.no_model")),
        ("class", words.named("storage_class", str(row["storage_class"]))),
        ("mode", words(f"reporting_mode.{row['reporting_mode']}")),
        ("litres", _number("litres", litres(row["litres"], words))),
        ("hold", _hold(page)),
        ("range", fmt.tied(words("coldchain.range_alone", low=low, high=high))),
        ("temp", _number("temp", degrees(judged["temp_c"], words))),
        ("quiet", _number("quiet", duration(row["quiet_minutes"], words))),
        ("alarms", _number("alarms", fmt.whole(_whole(row["alarms"]), words.language))),
    ]
    parts: list[Child] = []
    for name, value in facts:
        told = fmt.capital(value) if isinstance(value, str) else value
        parts += [html.Dt(words(f"equipment_fact.{name}", days=page.rules.offender_days)), html.Dd(told)]
    say = f"/day-chuyen-lanh/nhap?equipment={quote(str(row['equipment']))}#tinh-trang"
    return card(
        words("equipment.device", device=row["equipment"]),
        [
            _shares(page),
            html.Div(html.Dl(parts, className="stock-facts")),
            html.P(html.A(words("equipment.say_one"), href=say, className="decide decide-handle")),
        ],
        class_name="stock-head",
    )


def _hold(page: DevicePage) -> Child:
    words, hold = page.words, page.hold
    hours = words("equipment.no_hold") if page.hours is None else fmt.decimal(page.hours, words.language)
    told = _number("hold", hours if page.hours is None else words("equipment.hold_hours", hours=hours))
    if hold is None:
        return told
    if hold.warm:
        note = words("equipment.hold_warm")
    elif hold.until is None:
        note = words("equipment.hold_unknown")
    else:
        note = words("equipment.hold_until", at=_from(int(hold.until.timestamp()), page))
    return html.Span([told, " · ", html.Span(note, className="card-note")])


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _number(name: str, text: str) -> html.B:
    return html.B(text, **attributes(data_number=f"equipment_{name}"))


def _shares(page: DevicePage) -> html.Div:
    """They add up to the time that counts."""
    words, texts = page.words, share_texts(page.row, page.words)
    parts: list[Child] = []
    for name in SHARES:
        title = words(f"equipment_column.{name}")
        value = html.B(texts[name], **attributes(data_number=f"equipment_{name}"))
        parts.append(html.Div([html.Dt(with_sign(title, define(SHARE_HELP[name], title, words))), html.Dd(value)]))
    told = html.P(words("equipment.parts_lead", days=page.rules.uptime_days), className="card-note")
    return html.Div([told, html.Dl(parts, className="equipment-statuses")])


def _history(page: DevicePage) -> html.Section:
    words = page.words
    table = Table(
        name="equipment_history",
        key="key",
        head=("since", "status_name", "reason_name", "said_by_name"),
        labels=labels(words, "since", "status_name", "reason_name", "said_by_name"),
        help={"since": "equipment_since"},
        cells={
            "since": lambda row: html.Span(_from(row["since"], page)),
            "status_name": lambda row: status_tag(row["status"], words),
        },
    )
    shown: list[Row] = [
        {
            **row,
            "since": _stamp(row["since"]),
            "status_name": words(f"equipment_status.{row['status']}"),
            "reason_name": row["reason"] or fmt.UNKNOWN,
            "said_by_name": words(f"equipment_said.{row['said_by']}"),
        }
        for row in page.history
    ]
    empty = html.Div(words("equipment.no_history"), className="empty")
    return card(
        words("equipment.history_title"),
        [
            html.P(words("equipment.history_lead"), className="card-note"),
            people_table(table, shown, words, first=FIRST) if shown else empty,
        ],
        anchor="lich-su",
    )


def _jobs(page: DevicePage) -> html.Section:
    words = page.words
    columns = ("opened_at", "assigned_at", "done_at")
    table = Table(
        name="repair_jobs",
        key="key",
        head=columns,
        labels=labels(words, *columns),
        help=dict.fromkeys(columns, "equipment_job"),
        cells={
            "opened_at": lambda row: html.Span(_from(row["opened_at"], page)),
            "assigned_at": lambda row: html.Span(_from(row["assigned_at"], page)),
            "done_at": lambda row: html.Span(_from(row["done_at"], page)),
        },
    )
    shown: list[Row] = [{**row, **{name: _stamp(row[name]) for name in columns}} for row in page.jobs]
    empty = html.Div(words("equipment.no_jobs"), className="empty")
    return card(
        words("equipment.jobs_title"),
        [people_table(table, shown, words, first=FIRST) if shown else empty],
        anchor="sua-chua",
    )


def _runs(page: DevicePage) -> html.Section:
    words = page.words
    columns = ("started", "edge_name", "minutes", "extreme_c", "ended_name")
    table = Table(
        name="device_runs",
        key="key",
        head=columns,
        labels={column: words(f"device_column.{column}") for column in columns},
        help={
            "started": "device_started",
            "minutes": "device_minutes",
            "extreme_c": "device_extreme",
            "ended_name": "device_ended",
        },
        cells={
            "started": lambda row: html.Span(_from(row["started"], page)),
            "minutes": lambda row: html.Span(lasted(row, words)),
            "extreme_c": lambda row: html.Span(degrees(row["extreme_c"], words)),
        },
    )
    shown: list[Row] = [
        {
            **row,
            "started": _stamp(row["started_at"]),
            "edge_name": words(f"device_edge.{row['edge']}"),
            "ended_name": words(f"device_ended.{row['ended']}"),
        }
        for row in page.runs
    ]
    empty = html.Div(words("coldchain.none_runs", days=page.days), className="empty")
    return card(
        words("coldchain.runs_title", days=page.days),
        [people_table(table, shown, words, first=FIRST) if shown else empty],
        anchor="ngoai-nguong",
    )


def _stamp(iso: object) -> int | None:
    """As a number, so that a table can sort by it."""
    return int(datetime.fromisoformat(iso).timestamp()) if isinstance(iso, str) else None


def _from(stamp: object, page: DevicePage) -> str:
    """1970 stands for what was so since the device is there."""
    if not isinstance(stamp, int):
        return fmt.UNKNOWN
    if stamp == 0:
        return page.words("equipment.always")
    return fmt.minute(datetime.fromtimestamp(stamp, tz=page.zone), page.words.language)


def _at(iso: object, page: DevicePage) -> str:
    return _from(_stamp(iso), page)
