"""One store and one lot on the page about stock: where they stand, what is in them or where they are, and what
happened."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from dash import html

from campaign.device_tables import NATION
from campaign.devices import DeviceState
from campaign.people_tables import Row
from campaign.stock_board import NATIONAL_STORES
from campaign.stock_places import COUNTING_LEVELS
from layouts import format as fmt
from layouts.capacity_cards import store_room_cards
from layouts.coldchain_words import TAGS, degrees, duration, lasted
from layouts.help_layer import define
from layouts.parts import Child, attributes, card, tag, with_sign
from layouts.people_table import Table
from layouts.stock_cards import tiles_section
from layouts.stock_events import event_cards
from layouts.stock_model import Common, LotPage, StorePage
from layouts.stock_parts import (
    STANDINGS,
    cover,
    day_cell,
    decided,
    go,
    instant_cell,
    labels,
    ruled_out,
    standing,
    stored_as,
    table_card,
    to_area,
    to_store,
    to_transfer,
    until,
)
from layouts.stock_supplies import supply_cards
from layouts.stock_waste import waste_cards
from layouts.words import Words

ROWS = 20
# In the order in which the sum of a lot is told.
SUMS = ("in_stores", "in_transit", "administered", "wasted", "lost")
SUM_HELP = {
    "received": "stock_received", "in_stores": "stock_on_hand", "in_transit": "stock_in_transit",
    "administered": "stock_administered", "wasted": "stock_wasted", "lost": "stock_lost",
}  # fmt: skip


def trail(steps: Sequence[tuple[str, str]], here: str, words: Words) -> html.Nav:
    """From the nation to what is shown, each a step back."""
    links: list[Child] = [html.Li(go(name, area=code)) for name, code in steps]
    links.append(html.Li(html.Span(here, **attributes(aria_current="page"))))
    return html.Nav(html.Ol(links), className="crumbs", **attributes(aria_label=words("place.way")))


def store_body(page: StorePage) -> list[Child]:
    words = page.common.words
    return [
        trail(page.path, page.name, words),
        _store_head(page),
        tiles_section(page.common, page.tiles, place=page.name),
        store_lots(page),
        fridges(page.common, page.devices),
        *store_room_cards(page.room, words),
        *supply_cards(page.common, page.supplies, one_store=True),
        *waste_cards(page.common, page.waste),
    ]


def _store_head(page: StorePage) -> html.Section:
    words = page.common.words
    facts: list[tuple[str, Child]] = [
        ("code", page.code),
        ("level", words.named("store_level", page.level)),
        ("counted", _count_told(page)),
    ]
    return card(page.name, [fact_list(facts, words)], class_name="stock-head")


def _count_told(page: StorePage) -> Child:
    words, counted, days = page.common.words, page.counted_on, page.counted_days
    if counted is None or days is None:
        return tag(words("stock.never_counted"), kind="none", icon_name="dash")
    text = f"{fmt.day(counted, words.language)} · {words('stock.days_ago', days=days)}"
    if days <= page.count_days or page.level not in COUNTING_LEVELS:
        return html.Span(text)
    return html.Span([html.Span(text), tag(words("stock.count_old"), kind="open", icon_name="warn")], className="stack")


def fact_list(facts: Sequence[tuple[str, Child]], words: Words) -> html.Div:
    parts: list[Child] = []
    for name, value in facts:
        told = fmt.capital(value) if isinstance(value, str) else value
        parts += [html.Dt(words(f"stock_fact.{name}")), html.Dd(told)]
    return html.Div(html.Dl(parts, className="stock-facts"))


def store_lots(page: StorePage) -> html.Section:
    common, words = page.common, page.common.words
    table = Table(
        name="stock_store_lots",
        key="key",
        head=(
            "lot_name",
            "product_name",
            "standing_name",
            "until",
            "on_hand",
            "in_transit",
            "cover",
            "expiring",
            "counted",
        ),
        labels={
            **labels(
                words, "lot_name", "standing_name", "until", "on_hand", "in_transit", "cover", "expiring", "counted"
            ),
            "product_name": words("people_column.product_name"),
        },
        help={
            "until": "stock_until",
            "on_hand": "stock_on_hand",
            "cover": "stock_cover",
            **{name: f"stock_{name}" for name in ("in_transit", "expiring", "counted")},
        },
        cells={
            "lot_name": lambda row: go(str(row["lot_name"]), lot=str(row["lot"])),
            "standing_name": lambda row: standing(
                row, page.marks.get(str(row["lot"]), ()), words=words, zone=common.zone
            ),
            "until": lambda row: until(row, words),
            "in_transit": lambda row: to_transfer(row, words, store=page.code, lot=str(row["lot"])),
            "cover": lambda row: cover(row["cover"], row["on_hand"], words, low=page.low_days),
            "counted": lambda row: html.Span(day_cell(row["counted"], words)),
        },
    )
    return table_card(common, table, page.lots, anchor="lo", first=ROWS)


def fridges(common: Common, rows: Sequence[Row]) -> html.Section:
    words = common.words
    table = Table(
        name="stock_fridges",
        key="equipment",
        head=("equipment", "class_name", "state_name", "minutes", "temp_c", "quiet_minutes"),
        labels={
            **{name: words(f"device_column.{name}") for name in ("equipment", "state_name", "minutes", "temp_c")},
            "quiet_minutes": words("device_column.quiet_minutes"),
            "class_name": words("stock_column.class_name"),
        },
        help={"minutes": "device_minutes", "temp_c": "device_temp", "quiet_minutes": "device_quiet"},
        cells={
            "equipment": _to_device,
            "class_name": lambda row: html.Span(words.named("storage_class", str(row["storage_class"]))),
            "state_name": lambda row: _device_state(row, words),
            "minutes": lambda row: html.Span(lasted(row, words)),
            "temp_c": lambda row: html.Span(degrees(row["temp_c"], words)),
            "quiet_minutes": lambda row: html.Span(duration(row["quiet_minutes"], words)),
        },
    )
    return table_card(common, table, rows, anchor="tu-lanh", first=ROWS)


def _to_device(row: Row) -> Child:
    """To its page at the cold chain."""
    device = str(row["equipment"])
    return html.A(device, href=f"/day-chuyen-lanh?{urlencode({'device': device})}", className="place")


def _device_state(row: Row, words: Words) -> Child:
    kind, icon_name = TAGS[DeviceState(str(row["state"]))]
    return tag(words(f"device_state.{row['state']}"), kind=kind, icon_name=icon_name)


def lot_body(page: LotPage) -> list[Child]:
    words = page.common.words
    return [
        trail([(words("table.nation"), "")], words("stock.lot", lot=page.number), words),
        _lot_head(page),
        lot_sum(page),
        lot_states(page),
        lot_expiries(page),
        lot_areas(page),
        lot_stores(page),
        *event_cards(page.common, page.events),
    ]


def _what(row: Row, marks: Sequence[Row], common: Common) -> Child:
    found = [*decided(marks, words=common.words, zone=common.zone), *ruled_out(row, common.words)]
    return html.Span(found or fmt.UNKNOWN, className="stack")


def _lot_head(page: LotPage) -> html.Section:
    facts: list[tuple[str, Child]] = [(name, text) for name, text in page.facts.items()]
    title = page.common.words("stock.lot_title", lot=page.number, product=page.product_name)
    return card(title, [fact_list(facts, page.common.words)], class_name="stock-head")


def lot_sum(page: LotPage) -> html.Section:
    """received = in stores + in transit + given + wasted + lost, each a number; what is left over is told in words."""
    words, language = page.common.words, page.common.words.language
    parts: list[Child] = [_addend("received", page.sums["received"], words), html.Span("=", className="stock-sign")]
    for place, name in enumerate(SUMS):
        parts += [html.Span("+", className="stock-sign")] if place else []
        parts.append(_addend(name, page.sums[name], words))
    rest = page.sums["received"] - sum(page.sums[name] for name in SUMS)
    told = "closes" if rest == 0 else "missing" if rest > 0 else "too_many"
    note = words(f"stock_sum.{told}", doses=fmt.whole(abs(rest), language))
    kind = ("good", "check") if rest == 0 else ("bad", "warn")
    return card(
        words("stock.sum_title"),
        [
            html.Div(parts, className="stock-sum", **attributes(data_rest=str(rest))),
            html.P(tag(note, kind=kind[0], icon_name=kind[1])),
        ],
        anchor="tong",
    )


def _addend(name: str, value: int, words: Words) -> html.Div:
    title = words(f"stock_sum.{name}")
    return html.Div(
        [
            html.Span(with_sign(title, define(SUM_HELP[name], title, words)), className="stock-addend-name"),
            html.B(fmt.whole(value, words.language), **attributes(data_number=f"stock_sum_{name}")),
        ],
        className="stock-addend",
    )


def lot_states(page: LotPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_lot_states",
        key="key",
        head=("state_name", "since", "reason_name"),
        labels={**labels(words, "since", "reason_name"), "state_name": words("stock_column.lot_state")},
        help={"since": "stock_since"},
        cells={
            "state_name": lambda row: html.B(fmt.capital(words.named("lot_state", str(row["state"])))),
            "since": lambda row: html.Span(instant_cell(row["since"], page.common)),
            "reason_name": lambda row: html.Span(str(row["reason"] or fmt.UNKNOWN)),
        },
    )
    return table_card(page.common, table, page.states, anchor="tinh-trang", first=ROWS)


def lot_expiries(page: LotPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_lot_expiries",
        key="key",
        head=("why_name", "expires", "valid_from", "condition_name", "decision_name"),
        labels=labels(words, "why_name", "expires", "valid_from", "condition_name", "decision_name"),
        help={"expires": "stock_until", "valid_from": "stock_since"},
        cells={
            "why_name": lambda row: html.B(fmt.capital(words(f"stock_why.{row['why']}"))),
            "expires": lambda row: html.Span(day_cell(row["expires"], words)),
            "valid_from": lambda row: html.Span(day_cell(row["valid_from"], words)),
            "condition_name": lambda row: html.Span(stored_as(str(row["condition"]), words) or fmt.UNKNOWN),
            "decision_name": lambda row: html.Span(str(row["decision"] or fmt.UNKNOWN)),
        },
    )
    return table_card(page.common, table, page.expiries, anchor="han-dung", first=ROWS)


def lot_areas(page: LotPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_lot_areas",
        key="area",
        head=("name", "on_hand", "in_transit", "administered", "wasted", "lost", "stores"),
        labels={
            **labels(words, "on_hand", "in_transit", "administered", "wasted", "lost", "stores"),
            "name": words("people_column.name"),
        },
        help={name: f"stock_{name}" for name in ("on_hand", "in_transit", "administered", "wasted", "lost", "stores")},
        fixed=frozenset({NATION, NATIONAL_STORES}),
        cells={"name": to_area},
        sort="on_hand",
    )
    return table_card(page.common, table, page.areas, anchor="theo-tinh", first=ROWS)


def _until_or_past(row: Row, common: Common) -> Child:
    """The usable expiry; where it is over and doses still lie there, that is said beside it."""
    last, today = row["until"], common.now.astimezone(common.zone).date().toordinal()
    told = until(row, common.words)
    if not isinstance(last, int) or last >= today or not row["on_hand"]:
        return told
    kind, icon_name = STANDINGS["past"]
    return html.Span(
        [told, tag(common.words("stock_standing.past"), kind=kind, icon_name=icon_name)], className="stack"
    )


def lot_stores(page: LotPage) -> html.Section:
    words = page.common.words
    marked = ("what_name",) if any(row["decisions"] or row["discard"] for row in page.stores) else ()
    table = Table(
        name="stock_lot_stores",
        key="store",
        head=(
            "store_name",
            "area_name",
            *marked,
            "until",
            "on_hand",
            "in_transit",
            "incoming",
            "administered",
            "wasted",
        ),
        labels=labels(
            words,
            *("store_name", "area_name", "what_name", "until", "on_hand", "in_transit", "incoming", "administered"),
            "wasted",
        ),
        help={
            "until": "stock_until",
            "what_name": "stock_mark",
            **{name: f"stock_{name}" for name in ("on_hand", "in_transit", "incoming", "administered", "wasted")},
        },
        cells={
            "store_name": to_store,
            "until": lambda row: _until_or_past(row, page.common),
            "in_transit": lambda row: to_transfer(row, words, store=str(row["store"]), lot=page.number),
            "what_name": lambda row: _what(row, page.marks.get(str(row["store"]), ()), page.common),
        },
    )
    hidden = page.hidden_stores
    told = fmt.whole(hidden, words.language)
    notes: list[Child] = [html.P(words("stock.hidden_stores", stores=told), className="card-note")] if hidden else []
    return table_card(page.common, table, page.stores, anchor="kho", first=ROWS, notes=notes)
