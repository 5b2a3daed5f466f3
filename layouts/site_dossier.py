"""What else is known of a site: the vaccine in its fridge, the fridge itself, adverse events; each says as of when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html

from campaign.devices import DeviceState
from campaign.event_rate import EventRate
from campaign.excursion_state import ExcursionState
from campaign.people_tables import Row
from campaign.stock_places import SiteEvents
from layouts import format as fmt
from layouts.coldchain_words import TAGS, degrees, duration
from layouts.excursion_told import excursion_told
from layouts.parts import Child, tag
from layouts.place_parts import told
from layouts.sorted_table import Cell, Head, Line, sorted_table
from layouts.stock_parts import cover, day_cell, standing, until
from layouts.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """stores: codes, with their lots and devices as rows of campaign.stock_tables and campaign.device_tables. None:
    this snapshot does not tell. excursions: by device; marks: by lot (campaign.stock_tables.mark_facts). rate: of all
    events over the doses that the site gave since `since`."""

    now: datetime
    zone: ZoneInfo
    stores: tuple[str, ...] | None
    lots: Sequence[Row]
    devices: Sequence[Row]
    excursions: Mapping[str, ExcursionState]
    marks: Mapping[str, Sequence[Row]]
    events: tuple[SiteEvents, ...] | None
    rate: EventRate | None
    since: date | None
    low_days: float
    one_in: int
    products: Callable[[str], str]


def dossier(found: Dossier, words: Words) -> list[Child]:
    """A part that has nothing to show says so in a line: never an empty table."""
    parts: list[Child] = []
    if found.stores is not None:
        parts += [*_stock(found, words), *_devices(found, words)]
    if found.events is not None:
        parts += _events(found, words)
    return parts


def _title(name: str, found: Dossier, words: Words) -> list[Child]:
    at = fmt.as_of(found.now, words, found.zone)
    return [html.H3(words(f"site.{name}")), html.P(at, className="card-note", id=f"site-{name}-as-of")]


def _stock(found: Dossier, words: Words) -> list[Child]:
    title = _title("stock", found, words)
    if not found.stores:
        return [*title, told(words("site.no_store"))]
    links: list[Child] = [
        html.P(html.A(words("site.to_store"), href=f"/kho?{urlencode({'store': code})}")) for code in found.stores
    ]
    if not found.lots:
        return [*title, told(words("site.no_stock")), *links]
    names = ("lot", "product", "standing", "until", "on_hand", "in_transit", "cover")
    heads = [Head(name=name, text=words(f"site_stock.{name}"), number=name in names[3:]) for name in names]
    lines = [_lot(row, rank, found, words) for rank, row in enumerate(found.lots)]
    return [*title, *_full_size(found, words), sorted_table("site-stock", words("site.stock"), heads, lines), *links]


def _full_size(found: Dossier, words: Words) -> list[Child]:
    """Of a sample the doses above are one in so many, the stock is whole."""
    if found.one_in == 1:
        return []
    one_in = fmt.whole(found.one_in, words.language)
    return [html.P(words("site.stock_full_size", one_in=one_in), className="card-note", id="site-stock-size")]


def _lot(row: Row, rank: int, found: Dossier, words: Words) -> Line:
    lot = str(row["lot"])
    return Line(
        key=lot,
        cells=[
            Cell(html.A(lot, href=f"/kho?{urlencode({'lot': lot})}"), rank),
            Cell(str(row["product_name"]), rank),
            Cell(standing(row, found.marks.get(lot, ()), zone=found.zone, words=words), rank),
            Cell(until(row, words), _number(row["until"])),
            Cell(fmt.whole(_whole(row["on_hand"]), words.language), _number(row["on_hand"])),
            Cell(fmt.whole(_whole(row["in_transit"]), words.language), _number(row["in_transit"])),
            Cell(cover(row["cover"], row["on_hand"], words, low=found.low_days), _number(row["cover"])),
        ],
    )


def _devices(found: Dossier, words: Words) -> list[Child]:
    title = _title("fridges", found, words)
    if not found.devices:
        return [*title, told(words("site.no_fridge"))]
    names = ("equipment", "class", "state", "temp", "quiet", "excursion")
    heads = [Head(name=name, text=words(f"site_fridge.{name}"), number=name in ("temp", "quiet")) for name in names]
    lines = [_device(row, rank, found, words) for rank, row in enumerate(found.devices)]
    return [*title, sorted_table("site-fridges", words("site.fridges"), heads, lines)]


def _device(row: Row, rank: int, found: Dossier, words: Words) -> Line:
    state = DeviceState(str(row["state"]))
    kind, icon_name = TAGS[state]
    return Line(
        key=str(row["equipment"]),
        cells=[
            Cell(html.B(str(row["equipment"])), rank),
            Cell(words.named("storage_class", str(row["storage_class"])), rank),
            Cell(tag(words(f"device_state.{state}"), kind=kind, icon_name=icon_name), rank),
            Cell(degrees(row["temp_c"], words), _number(row["temp_c"])),
            Cell(duration(row["quiet_minutes"], words), _number(row["quiet_minutes"])),
            Cell(excursion_told(found.excursions.get(str(row["equipment"])), words, found.zone), rank),
        ],
    )


def _events(found: Dossier, words: Words) -> list[Child]:
    title = _title("events", found, words)
    since = day_cell(found.since.toordinal() if found.since else None, words)
    if not found.events:
        return [*title, told(words("site.no_events", since=since))]
    heads = [
        Head(name="product", text=words("people_column.product_name"), number=False),
        Head(name="serious", text=words("site_event.serious")),
        Head(name="others", text=words("site_event.others")),
    ]
    lines = [
        Line(
            key=item.product or "unknown",
            cells=[
                Cell(found.products(item.product), rank),
                Cell(fmt.whole(item.serious, words.language), item.serious),
                Cell(fmt.whole(item.others, words.language), item.others),
            ],
        )
        for rank, item in enumerate(found.events)
    ]
    return [
        *title,
        html.P(words("site.events_since", since=since), className="card-note"),
        sorted_table("site-events", words("site.events"), heads, lines),
        *_rate(found.rate, words),
    ]


def _rate(rate: EventRate | None, words: Words) -> list[Child]:
    if rate is None or rate.rate is None:
        return []
    language = words.language
    text = words(
        "site.event_rate",
        rate=fmt.decimal(rate.rate, language),
        low=fmt.decimal(rate.low, language),
        high=fmt.decimal(rate.high, language),
        events=fmt.whole(rate.events, language),
        doses=fmt.whole(rate.doses, language),
    )
    return [html.P(text, className="card-note", id="site-event-rate")]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
