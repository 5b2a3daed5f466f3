"""What fits into cold storage: by province and store on the page about the cold chain, and of one store on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dash import html

from campaign.device_tables import NATION
from campaign.people_tables import Row
from layouts import format as fmt
from layouts.help_layer import define
from layouts.parts import Child, attributes, card, icon, tag
from layouts.people_table import Cell, Table, people_table
from layouts.words import Words

PLACES, STORES, LISTED = 12, 15, 200
HELP = {
    "usable": "room_usable", "filled": "room_filled", "room_coming": "room_coming", "free": "room_free",
    "after": "room_after", "over": "room_over", "not_told": "room_not_told",
    "unmeasured": "room_unmeasured", "filled_percent": "room_percent", "fits": "room_fits", "cm3_per_dose": "room_cm3",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityPart:
    """Of a place. picked: its area, '' for the nation. apart: doses in stores of which the register has no device."""

    picked: str
    places: Sequence[Row]
    stores: Sequence[Row]
    apart: int
    files: Mapping[str, str]
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRoom:
    """Of one store. rooms: by class; empty where the register has no device of it."""

    rooms: Sequence[Row]
    fits: Sequence[Row]


def capacity_cards(part: CapacityPart | None) -> list[Child]:
    """Nothing of a snapshot without a ledger of lots."""
    return [] if part is None else [places_card(part), stores_card(part)]


def places_card(part: CapacityPart) -> html.Section:
    words = part.words
    columns = ("usable", "filled", "room_coming", "free", "over", "not_told", "unmeasured")
    table = Table(
        name="capacity_places",
        key="key",
        head=("name", "class_name", *columns),
        labels={**_labels(words, "class_name", *columns), "name": words("people_column.name")},
        help=_help(*columns),
        fixed=frozenset(str(row["key"]) for row in part.places if row["area"] == NATION),
        cells={**_litres(words, "usable", "filled", "room_coming", "free"), "over": lambda row: _over(row, words)},
    )
    apart = fmt.whole(part.apart, words.language)
    title = words("capacity.apart_name")
    number = html.B(apart, **attributes(data_number="room_apart"))
    sign = define("room_apart", title, words)
    counted = html.Span([number, fmt.TIED, words("unit.doses"), sign], className="with-sign")
    return card(
        words("capacity.title"),
        [
            html.P(words("capacity.lead"), className="card-note"),
            html.P([title, ": ", counted], className="card-note"),
            people_table(table, _named(part.places, words), words, first=PLACES),
            _file(part, "capacity_places"),
        ],
        anchor="suc-chua",
    )


def stores_card(part: CapacityPart) -> html.Section:
    words = part.words
    columns = ("filled_percent", "filled", "usable", "room_coming", "after", "not_told", "unmeasured")
    table = Table(
        name="capacity_stores",
        key="key",
        head=("store_name", "area_name", "class_name", *columns),
        labels={
            **_labels(words, "class_name", *columns),
            **{name: words(f"equipment_column.{name}") for name in ("store_name", "area_name")},
        },
        help=_help(*columns),
        cells={
            "store_name": lambda row: html.A(str(row["store_name"]), href=f"/kho?store={quote(str(row['store']))}"),
            **_litres(words, "filled", "usable", "room_coming"),
            "after": lambda row: _after(row, words),
            "filled_percent": lambda row: _percent(row, words),
        },
    )
    total = fmt.whole(len(part.stores), words.language)
    cut = {"shown": fmt.whole(LISTED, words.language), "total": total}
    shown = _named(part.stores[:LISTED], words)
    empty = html.Div(words("capacity.stores_none"), className="empty")
    return card(
        words("capacity.stores_title"),
        [
            html.P(words("capacity.stores_lead"), className="card-note"),
            *([html.P(words("coldchain.cut", **cut), className="card-note")] if len(part.stores) > LISTED else []),
            people_table(table, shown, words, first=STORES) if shown else empty,
            _file(part, "capacity_stores"),
        ],
        anchor="kho-day",
    )


def store_room_cards(room: StoreRoom | None, words: Words) -> list[Child]:
    """Of one store: what it holds, and how many doses of each product still fit."""
    if room is None:
        return []
    if not room.rooms:
        none = html.Div(words("capacity.store_none"), className="empty")
        return [card(words("capacity.store_title"), [none], anchor="suc-chua")]
    columns = ("usable", "filled", "room_coming", "after", "not_told", "unmeasured")
    table = Table(
        name="stock_room",
        key="key",
        head=("class_name", *columns),
        labels=_labels(words, "class_name", *columns),
        help=_help(*columns),
        cells={**_litres(words, "usable", "filled", "room_coming"), "after": lambda row: _after(row, words)},
    )
    fits = ("fits", "cm3_per_dose")
    arrivals = Table(
        name="stock_fit",
        key="key",
        head=("product_name", "class_name", *fits),
        labels={**_labels(words, "class_name", *fits), "product_name": words("people_column.product_name")},
        help=_help(*fits),
        cells={
            "fits": lambda row: _fits(row, words),
            "cm3_per_dose": lambda row: _volume(row, words),
        },
    )
    return [
        card(
            words("capacity.store_title"),
            [
                html.P(words("capacity.store_lead"), className="card-note"),
                people_table(table, _named(room.rooms, words), words),
                html.H3(words("capacity.fit_title"), className="card-part"),
                html.P(words("capacity.fit_lead"), className="card-note"),
                people_table(arrivals, _named(room.fits, words), words),
            ],
            anchor="suc-chua",
        )
    ]


def _named(rows: Sequence[Row], words: Words) -> list[Row]:
    def kind(row: Row) -> str:
        name = str(row["storage_class"])
        return words.named("storage_class", name) if name else words("capacity.no_class")

    return [{**row, "class_name": kind(row)} for row in rows]


def _labels(words: Words, *columns: str) -> dict[str, str]:
    return {column: words(f"capacity_column.{column}") for column in columns}


def _help(*columns: str) -> dict[str, str]:
    return {column: HELP[column] for column in columns}


def _litres(words: Words, *columns: str) -> dict[str, Cell]:
    def cell(column: str) -> Cell:
        return lambda row: html.Span(_decimal(row[column], words))

    return {column: cell(column) for column in columns}


def _decimal(value: object, words: Words, *, digits: int = 1) -> str:
    return fmt.decimal(value, words.language, digits=digits) if isinstance(value, int | float) else fmt.UNKNOWN


def _over(row: Row, words: Words) -> Child:
    text = fmt.whole(int(row["over"] or 0), words.language)
    return html.Span(text, className="stock-low" if row["over"] else "")


def _after(row: Row, words: Words) -> Child:
    """Less than nothing: what comes does not fit."""
    value = row["after"]
    low = isinstance(value, int | float) and value < 0 and not row["not_told"]
    return html.Span(_decimal(value, words), className="stock-low" if low else "")


def _percent(row: Row, words: Words) -> Child:
    if row["over"]:
        return tag(words("capacity.over"), kind="bad", icon_name="warn")
    value = row["filled_percent"]
    if not isinstance(value, int | float):
        return html.Span(words("capacity.unknown") if row["not_told"] else fmt.UNKNOWN, className="stock-quiet")
    return html.Span(_decimal(value, words) + "%")


def _fits(row: Row, words: Words) -> Child:
    if not isinstance(row["fits"], int):
        return html.Span(words("capacity.unknown"), className="stock-quiet")
    return html.Span(fmt.whole(row["fits"], words.language))


def _volume(row: Row, words: Words) -> Child:
    if not isinstance(row["cm3_per_dose"], int | float):
        return html.Span(words("capacity.unknown"), className="stock-quiet")
    return html.Span(_decimal(row["cm3_per_dose"], words, digits=2))


def _file(part: CapacityPart, name: str) -> html.P:
    link = html.A(
        [icon("down"), part.words("people.file")], href=part.files[name], className="people-file", download=""
    )
    return html.P(link)
