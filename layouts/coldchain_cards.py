"""The cards of the page about the cold chain: devices by state, who needs somebody, what was out, provinces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html

from campaign.device_tables import NATION
from campaign.devices import DeviceState
from campaign.equipment import EquipmentRules, Status
from campaign.people_tables import Row
from layouts import format as fmt
from layouts.capacity_cards import CapacityPart, capacity_cards
from layouts.coldchain_words import TAGS, degrees, duration, lasted
from layouts.equipment_cards import Register, register_cards
from layouts.help_layer import define
from layouts.parts import Child, attributes, card, icon, tag, with_sign
from layouts.people_table import Table, people_table
from layouts.words import Words

FIRST, PLACES = 25, 20
# Of an alarm by how it ended: red is what goes on, and an end that nobody saw is not good.
ALARMS = {
    "ongoing": ("device_state.alarm", "bad", "stop"),
    "unknown": ("coldchain.alarm_unknown", "open", "warn"),
    "back_in_range": ("coldchain.alarm_over", "none", "check"),
}
# Whoever needs somebody stands above the fold: by the worst state first.
WORST_FIRST = tuple(state for state in DeviceState if state not in (DeviceState.GOOD, DeviceState.NOT_IN_USE))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdChainPage:
    """One place's devices at `now`, campaign time. area: '' is the nation. part: the reader sees a part of the country,
    so that lists are shorter than the totals. wrong: devices that need somebody; runs: out of range in the last `days`;
    places: a row a province and the whole. register, statuses, uptime_places, uptime_models, offenders, rules: as in
    layouts.equipment_cards.Register. files: address of each file. most: rows that a list holds. capacity: None
    where nobody can tell."""

    area: str
    name: str
    now: datetime
    zone: ZoneInfo
    part: bool
    days: int
    counts: Mapping[DeviceState, int]
    wrong: Sequence[Row]
    runs: Sequence[Row]
    places: Sequence[Row]
    register: Sequence[Row]
    statuses: Mapping[Status, int]
    uptime_places: Sequence[Row]
    uptime_models: Sequence[Row]
    offenders: Sequence[Row]
    rules: EquipmentRules
    uptime_told: bool
    files: Mapping[str, str]
    most: int
    capacity: CapacityPart | None
    words: Words


def body(page: ColdChainPage) -> list[Child]:
    register = Register(
        picked=page.area,
        rows=page.register,
        statuses=page.statuses,
        uptime_places=page.uptime_places,
        uptime_models=page.uptime_models,
        offenders=page.offenders,
        rules=page.rules,
        told=page.uptime_told,
        files=page.files,
        words=page.words,
    )
    return [
        *_notes(page), tiles(page), wrong_card(page), runs_card(page), places_card(page),
        *capacity_cards(page.capacity), *register_cards(register),
    ]  # fmt: skip


def not_told(words: Words) -> list[Child]:
    """Of a snapshot from before, or a source without devices."""
    return [card(words("coldchain.wrong_title"), [html.Div(words("coldchain.not_told"), className="empty")])]


def _notes(page: ColdChainPage) -> list[Child]:
    if not page.part or page.area:
        return []
    text = page.words("sites.part")
    return [html.P([icon("info"), html.Span(text)], className="banner banner-note sites-note")]


def tiles(page: ColdChainPage) -> html.Section:
    """All devices are the sum of the eight: all stand there."""
    words = page.words
    at = fmt.as_of(page.now, words, page.zone)
    total = fmt.whole(sum(page.counts.values()), words.language)
    return html.Section(
        [
            html.H2(words("coldchain.tiles", place=page.name, at=at, devices=total)),
            html.Div([_tile(state, page.counts[state], words) for state in DeviceState], className="sites-tiles"),
        ],
        className="sites-counts",
    )


def _tile(state: DeviceState, value: int, words: Words) -> html.Article:
    title = words(f"device_state.{state}")
    return html.Article(
        [
            html.H3(with_sign(title, define(f"device_{state}", title, words))),
            html.P(fmt.whole(value, words.language), className="big", **attributes(data_number=f"device_{state}")),
            html.P(words(f"device_note.{state}"), className="card-note"),
        ],
        # A red edge beside a zero cries wolf.
        className=f"tile sites-tile coldchain-tile-{state}" if value else "tile sites-tile",
    )


def wrong_card(page: ColdChainPage) -> html.Section:
    words = page.words
    table = Table(
        name="devices",
        key="equipment",
        head=("equipment", "store_name", "area_name", "state_name", "minutes", "temp_c", "quiet_minutes"),
        labels=_labels(
            words, "state_name", "minutes", "temp_c", "quiet_minutes", "equipment", "store_name", "area_name"
        ),
        help={"minutes": "device_minutes", "temp_c": "device_temp", "quiet_minutes": "device_quiet"},
        cells={
            "equipment": lambda row: _to_decision(row, words),
            "state_name": lambda row: _state(row, words),
            "minutes": lambda row: lasted(row, words),
            "temp_c": lambda row: _temperature(row, words),
            "quiet_minutes": lambda row: duration(row["quiet_minutes"], words),
        },
    )
    shown = [{**row, "state_name": words(f"device_state.{row['state']}")} for row in page.wrong[: page.most]]
    empty = html.Div(words("coldchain.none_wrong"), className="empty")
    body: Child = people_table(table, shown, words, first=FIRST) if shown else empty
    return card(
        words("coldchain.wrong_title"),
        [
            html.P(words("coldchain.wrong_lead"), className="card-note"),
            html.P(html.A(words("coldchain.bring"), href="/day-chuyen-lanh/nhap", className="decide decide-handle")),
            *_cut(len(page.wrong), page),
            body,
            _file(page, "devices", words("coldchain.all_file")),
        ],
        anchor="can-xu-ly",
    )


def runs_card(page: ColdChainPage) -> html.Section:
    words = page.words
    table = Table(
        name="runs",
        key="key",
        head=("equipment", "store_name", "area_name", "edge_name", "started", "minutes", "extreme_c", "ended_name"),
        labels=_labels(
            words, "equipment", "store_name", "area_name", "edge_name", "started", "minutes", "extreme_c", "ended_name"
        ),
        help={
            "started": "device_started",
            "minutes": "device_minutes",
            "extreme_c": "device_extreme",
            "ended_name": "device_ended",
        },
        cells={
            "equipment": lambda row: _to_decision(row, words),
            "edge_name": lambda row: _edge(row, words),
            "started": lambda row: fmt.instant(datetime.fromisoformat(str(row["started_at"])), words, page.zone),
            "minutes": lambda row: lasted(row, words),
            "extreme_c": lambda row: degrees(row["extreme_c"], words),
        },
    )
    shown = [
        {
            **row,
            "edge_name": words(f"device_edge.{row['edge']}"),
            "ended_name": words(f"device_ended.{row['ended']}"),
            "started": int(datetime.fromisoformat(str(row["started_at"])).timestamp()),
        }
        for row in page.runs[: page.most]
    ]
    empty = html.Div(words("coldchain.none_runs", days=page.days), className="empty")
    body: Child = people_table(table, shown, words, first=FIRST) if shown else empty
    return card(
        words("coldchain.runs_title", days=page.days),
        [
            html.P(words("coldchain.runs_lead"), className="card-note"),
            *_cut(len(page.runs), page),
            body,
            *([_file(page, "runs", words("people.file"))] if shown else []),
        ],
        anchor="ngoai-nguong",
    )


def places_card(page: ColdChainPage) -> html.Section:
    words = page.words
    states = tuple(str(state) for state in DeviceState)
    table = Table(
        name="device_places",
        key="area",
        head=("name", "devices", *states),
        labels={
            **_labels(words, "devices"),
            "name": words("people_column.name"),
            **{state: words(f"device_state.{state}") for state in states},
        },
        help={"devices": "device_all", **{state: f"device_{state}" for state in states}},
        fixed=frozenset({NATION}),
        cells={"name": lambda row: _to_place(row, words)},
        sort=str(DeviceState.ALARM),
    )
    rows = sorted(page.places, key=_worst_first)
    return card(
        words("coldchain.places_title"),
        [
            people_table(table, rows, words, picked=page.area, first=PLACES),
            _file(page, "places", words("people.file")),
        ],
        anchor="theo-tinh",
    )


def _worst_first(row: Row) -> list[int]:
    counted = [row[str(state)] for state in WORST_FIRST]
    return [-value if isinstance(value, int) else 0 for value in counted]


def _temperature(row: Row, words: Words) -> Child:
    """The newest temperature, below it between which limits it should stay."""
    low, high = row["low_c"], row["high_c"]
    told: list[Child] = [html.B(degrees(row["temp_c"], words))]
    if isinstance(low, float) and isinstance(high, float):
        limits = words("coldchain.range", low=fmt.decimal(low, words.language), high=fmt.decimal(high, words.language))
        told.append(html.Span(limits))
    return html.Span(told, className="stack")


def _state(row: Row, words: Words) -> Child:
    kind, icon_name = TAGS[DeviceState(str(row["state"]))]
    parts: list[Child] = [tag(words(f"device_state.{row['state']}"), kind=kind, icon_name=icon_name)]
    if row["edge"]:
        parts.append(html.Span(words(f"device_edge.{row['edge']}"), className="card-note"))
    return html.Span(parts, className="stack coldchain-state")


def _edge(row: Row, words: Words) -> Child:
    text = words(f"device_edge.{row['edge']}")
    if row["alarm_at"] is None:
        return html.Span(text)
    state = ALARMS[str(row["ended"])]
    return html.Span([tag(words(state[0]), kind=state[1], icon_name=state[2]), html.Span(text)], className="stack")


def _to_decision(row: Row, words: Words) -> Child:
    """To what is inside, and what to do with it; of a run, to that excursion."""
    asked = {"device": str(row["equipment"])}
    if row.get("started_at"):
        asked["at"] = str(row["started_at"])
    return html.A(
        str(row["equipment"]), href=f"/day-chuyen-lanh/xu-tri?{urlencode(asked)}", title=words("excursion.open")
    )


def _to_place(row: Row, words: Words) -> Child | None:
    code = str(row["area"])
    if code == NATION:
        return None
    return html.Button(
        str(row["name"]), n_clicks=0, className="place", **attributes(data_action="coldchain-place", data_area=code)
    )


def _labels(words: Words, *columns: str) -> dict[str, str]:
    return {column: words(f"device_column.{column}") for column in columns}


def _cut(total: int, page: ColdChainPage) -> list[Child]:
    if total <= page.most:
        return []
    told = {"shown": fmt.whole(page.most, page.words.language), "total": fmt.whole(total, page.words.language)}
    return [html.P(page.words("coldchain.cut", **told), className="card-note")]


def _file(page: ColdChainPage, name: str, text: str) -> html.P:
    link = html.A([icon("down"), text], href=page.files[name], className="people-file", download="")
    return html.P(link)
