"""The cards of the page about stock for the nation or a province: tiles, provinces, expiry, lots, counts, stores."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.device_tables import NATION
from campaign.people_tables import Row
from campaign.stock_board import NATIONAL_STORES
from layouts import format as fmt
from layouts.help_layer import define
from layouts.parts import Child, attributes, card, icon, with_sign
from layouts.people_table import Table
from layouts.stock_deliveries import delivery_card
from layouts.stock_events import event_cards
from layouts.stock_model import AreaPage, Common, Tiles
from layouts.stock_parts import (
    advice,
    cover,
    day_cell,
    days,
    go,
    instant_cell,
    labels,
    mark_what,
    mark_who,
    rests_on,
    short,
    table_card,
    to_area,
    to_lot,
    to_store,
)
from layouts.stock_supplies import supply_cards
from layouts.stock_waste import waste_cards
from layouts.words import Words

FIRST, PLACES = 10, 20
BUCKETS = ("past", "d7", "d14", "d30", "d60", "d90", "later", "undated")


def body(page: AreaPage) -> list[Child]:
    return [
        *_notes(page),
        tiles_section(page.common, page.tiles, place=page.name),
        places_card(page),
        expiry_card(page),
        lots_card(page),
        marks_card(page),
        *([stores_card(page)] if page.area else []),
        differences_card(page),
        uncounted_card(page),
        delivery_card(page.common, page.deliveries, late_days=page.late_days),
        *supply_cards(page.common, page.supplies),
        *waste_cards(page.common, page.waste),
        *event_cards(page.common, page.events),
        link_card(page.common.words),
    ]


def not_told(words: Words) -> list[Child]:
    """Of a snapshot from before, or a source without a ledger of lots."""
    return [card(words("stock.places_title"), [html.Div(words("stock.not_told"), className="empty")])]


def _notes(page: AreaPage) -> list[Child]:
    words = page.common.words
    if page.area and not page.held:
        text = words("stock.nothing_below" if page.below_zero else "stock.nothing", place=page.name)
    elif page.part and not page.area:
        text = words("stock.part")
    else:
        return []
    return [html.P([icon("info"), html.Span(text)], className="banner banner-note sites-note")]


def tiles_section(common: Common, tiles: Tiles, *, place: str) -> html.Section:
    """Usable, blocked and past expiry are all doses in stores: they stand side by side."""
    words = common.words
    at = fmt.as_of(common.now, words, common.zone)
    numbers = {
        "usable": tiles.usable,
        "blocked": tiles.blocked,
        "past": tiles.past,
        "in_transit": tiles.in_transit,
        "expiring": tiles.lost,
    }
    cells = {name: fmt.whole(value, words.language) for name, value in numbers.items()}
    shown = ("usable", "cover", "expiring", "blocked", "past", "in_transit")
    cells["cover"] = words("stock.no_use") if tiles.cover_days is None else days(tiles.cover_days, words)
    units = {} if tiles.cover_days is None else {"cover": words("stock.days_unit")}
    notes = {name: words(f"stock_note.{name}") for name in shown}
    if tiles.on_hold:
        notes["blocked"] = words("stock.on_hold", doses=fmt.whole(tiles.on_hold, words.language))
    if tiles.lowest is not None:
        notes["cover"] = words("stock.lowest", product=tiles.lowest[0], days=days(tiles.lowest[1], words))
    return html.Section(
        [
            html.H2(words("stock.tiles", place=place, at=at)),
            html.Div(
                [_tile(name, cells[name], notes[name], words, unit=units.get(name, "")) for name in shown],
                className="sites-tiles",
            ),
        ],
        className="sites-counts",
    )


def _tile(name: str, value: str, note: str, words: Words, *, unit: str = "") -> html.Article:
    """`unit`: of a number whose note below it does not say what it counts."""
    title = words(f"stock_tile.{name}")
    beside: list[Child] = [fmt.TIED, html.Span(unit, className="big-unit")] if unit else []
    return html.Article(
        [
            html.H3(with_sign(title, define(f"stock_{name}", title, words))),
            html.P([html.Span(value, **attributes(data_number=f"stock_{name}")), *beside], className="big"),
            html.P(note, className="card-note"),
        ],
        # A red edge beside a zero cries wolf.
        className=f"tile sites-tile stock-tile-{name}" if value != "0" else "tile sites-tile",
    )


def places_card(page: AreaPage) -> html.Section:
    words = page.common.words
    codes = [code for code, _ in page.products]
    table = Table(
        name="stock_places",
        key="area",
        head=("name", "worst", *codes, "usable", "expiring"),
        labels={
            **labels(words, "worst", "usable", "expiring"),
            "name": words("people_column.name"),
            **{code: short(name) for code, name in page.products},
        },
        help={
            "worst": "stock_cover",
            "usable": "stock_usable",
            "expiring": "stock_expiring",
            **dict.fromkeys(codes, "stock_cover"),
        },
        fixed=frozenset({NATION, NATIONAL_STORES}),
        cells={
            "name": to_area,
            "worst": lambda row: _worst(row, page),
            **{code: _cover_of(code, page) for code in codes},
        },
    )
    return table_card(
        page.common,
        table,
        page.places,
        anchor="theo-tinh",
        first=PLACES,
        title=words("stock.place_title") if page.area else "",
        values={"low": fmt.decimal(page.low_days, words.language, digits=0)},
    )


def _cover_of(code: str, page: AreaPage):  # noqa: ANN202 - a cell
    def drawn(row: Row) -> Child:
        return cover(row[code], row[f"{code}_usable"], page.common.words, low=page.low_days)

    return drawn


def _worst(row: Row, page: AreaPage) -> Child:
    """The product that lasts the shortest, named below its days."""
    words = page.common.words
    value = html.B(cover(row["worst"], row["usable"], words, low=page.low_days))
    return html.Span([value, html.Span(str(row["worst_name"]))], className="stack") if row["worst_name"] else value


def expiry_card(page: AreaPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_expiry",
        key="product",
        head=("product_name", *BUCKETS, "total"),
        labels={
            "product_name": words("people_column.product_name"),
            "total": words("stock_column.total"),
            **{name: words(f"stock_bucket.{name}") for name in BUCKETS},
        },
        help={**dict.fromkeys(BUCKETS, "stock_until"), "total": "stock_total"},
        fixed=frozenset({NATION}),
        cells={name: _shaded(name, words) for name in BUCKETS},
    )
    return table_card(page.common, table, page.expiry, anchor="han-dung", first=PLACES)


def _shaded(name: str, words: Words):  # noqa: ANN202 - a cell
    """The doses over a bar as long as their share of the product."""

    def drawn(row: Row) -> Child:
        value, total = row[name], row["total"]
        if not isinstance(value, int) or not isinstance(total, int) or not value or not total:
            return html.Span("0", className="stock-quiet")
        width = f"{max(100 * value / total, 1):.0f}%"
        bar = html.Span(
            className=f"stock-bar stock-bar-{name}", style={"width": width}, **attributes(aria_hidden="true")
        )
        return html.Span([html.Span(fmt.whole(value, words.language)), bar], className="stack stock-shade")

    return drawn


def lots_card(page: AreaPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_lots",
        key="key",
        head=("lot_name", "product_name", "area_name", "until", "days_left", "doses", "expiring", "advice_name"),
        labels={
            **labels(words, "lot_name", "area_name", "until", "days_left", "doses", "expiring", "advice_name"),
            "product_name": words("people_column.product_name"),
        },
        help={
            "until": "stock_until",
            "days_left": "stock_until",
            "doses": "stock_usable",
            "expiring": "stock_expiring",
        },
        cells={
            "lot_name": to_lot,
            "until": lambda row: _until(row, words),
            "advice_name": lambda row: advice(row, words),
        },
    )
    return table_card(page.common, table, page.lots, anchor="lo-se-het-han", first=FIRST)


def _until(row: Row, words: Words) -> Child:
    told: list[Child] = [html.B(day_cell(row["until"], words))]
    if row["why"] not in ("", "label"):
        told.append(html.Span(words(f"stock_why.{row['why']}")))
    return html.Span([*told, *rests_on(row, words)], className="stack")


def marks_card(page: AreaPage) -> html.Section:
    """Why doses that lie in a store do not count as usable, or not for as long as their lot."""
    words = page.common.words
    table = Table(
        name="stock_marks",
        key="key",
        head=("store_name", "lot_name", "product_name", "doses", "what_name", "who_name"),
        labels={
            **labels(words, "store_name", "lot_name", "doses", "what_name", "who_name"),
            "product_name": words("people_column.product_name"),
        },
        help={"doses": "stock_on_hand", "what_name": "stock_mark"},
        cells={
            "store_name": to_store,
            "lot_name": to_lot,
            "what_name": lambda row: mark_what(row, words),
            "who_name": lambda row: mark_who(row, words=words, zone=page.common.zone),
        },
    )
    return table_card(page.common, table, page.marks, anchor="tam-giu", first=FIRST)


def differences_card(page: AreaPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_differences",
        key="key",
        head=("store_name", "lot_name", "product_name", "kind_name", "difference", "at", "reason_name"),
        labels={
            **labels(words, "store_name", "lot_name", "kind_name", "difference", "at", "reason_name"),
            "product_name": words("people_column.product_name"),
        },
        help={"difference": "stock_difference", "at": "stock_counted"},
        cells={
            "store_name": to_store,
            "lot_name": to_lot,
            "kind_name": lambda row: html.Span(words(f"stock_kind.{row['kind']}")),
            "at": lambda row: html.Span(instant_cell(row["at"], page.common)),
            # Of a level below zero the kind says what is probable; only a count has a reason of its own.
            "reason_name": lambda row: html.Span(
                str(row["reason"] or (fmt.UNKNOWN if row["at"] is None else words("stock.no_reason")))
            ),
        },
    )
    return table_card(page.common, table, page.differences, anchor="chenh-lech", first=FIRST)


def uncounted_card(page: AreaPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_uncounted",
        key="store",
        head=("store_name", "level_name", "area_name", "counted", "doses"),
        labels=labels(words, "store_name", "level_name", "area_name", "counted", "doses"),
        help={"counted": "stock_counted", "doses": "stock_total"},
        cells={
            "store_name": to_store,
            "level_name": lambda row: html.Span(words.named("store_level", str(row["level"]))),
            "counted": lambda row: _counted(row, page.common),
        },
    )
    return table_card(
        page.common, table, page.uncounted, anchor="chua-kiem-ke", first=FIRST, values={"days": page.count_days}
    )


def _counted(row: Row, common: Common) -> Child:
    if row["counted"] is None:
        return html.Span(common.words("stock.never_counted"), className="stock-quiet")
    told = common.words("stock.days_ago", days=row["counted_days"])
    return html.Span([html.Span(day_cell(row["counted"], common.words)), html.Span(told)], className="stack")


def stores_card(page: AreaPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_stores",
        key="store",
        head=("store_name", "level_name", "worst", "usable", "blocked", "past", "in_transit", "expiring", "counted"),
        labels=labels(
            words, "store_name", "level_name", "worst", "usable", "blocked", "past", "in_transit", "expiring", "counted"
        ),
        help={
            "worst": "stock_cover",
            **{name: f"stock_{name}" for name in ("usable", "blocked", "past", "in_transit", "expiring", "counted")},
        },
        cells={
            "store_name": to_store,
            "level_name": lambda row: html.Span(words.named("store_level", str(row["level"]))),
            "worst": lambda row: _worst(row, page),
            "counted": lambda row: _counted(row, page.common),
        },
    )
    return table_card(page.common, table, page.stores, anchor="kho", first=FIRST, values={"place": page.name})


def link_card(words: Words) -> html.Section:
    """On the pages of the nation and of a province: the way to the decisions."""
    return card(
        words("stock.decisions_title"),
        [
            html.P(words("stock.decisions_link_lead"), className="card-note"),
            html.P(go(words("stock.decisions_link"), decision="all")),
        ],
        anchor="quyet-dinh",
    )


def products_in(rows: Sequence[Row]) -> list[str]:
    """Codes of the products of a table of expiry, in its order."""
    return [str(row["product"]) for row in rows if row["product"] != NATION]
