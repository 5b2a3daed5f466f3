"""Pieces that the tables about stock share: links to a store, a lot or a province, days of stock, standing of doses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html

from campaign.coverage import CENTRAL_UNITS
from campaign.device_tables import NATION
from campaign.people_tables import Row
from campaign.stock_board import NATIONAL_STORES
from layouts import format as fmt
from layouts.parts import Child, attributes, card, icon, tag
from layouts.people_table import Table, people_table
from layouts.stock_model import Common
from layouts.words import MARK, Words

# Of a condition of an extension.
EXCURSIONS = "/day-chuyen-lanh/xu-tri"
DEGREES = re.compile(r"(-?\d+)\.\.(-?\d+) C")
STANDINGS = {"usable": ("good", "check"), "blocked": ("open", "warn"), "past": ("bad", "stop")}


def short(product: str) -> str:
    """A product's name of trade without its maker, on one line: heads of eight products stand side by side."""
    return product.partition(" (")[0].replace("-", "\u2011")


def labels(words: Words, *columns: str) -> dict[str, str]:
    return {column: words(f"stock_column.{column}") for column in columns}


def table_card(
    common: Common,
    table: Table,
    rows: Sequence[Row],
    *,
    anchor: str,
    first: int,
    picked: str = "",
    values: Mapping[str, object] | None = None,
    title: str = "",
    notes: Sequence[Child] = (),
) -> html.Section:
    """A table with its title, what it shows, and its file. Words: stock.<table>_title, _lead and _none."""
    words, told = common.words, dict(values or {})
    name = table.name.removeprefix("stock_")
    shown = rows[: common.most]
    empty = html.Div(words(f"stock.{name}_none", **told), className="empty")
    drawn: Child = people_table(table, shown, words, picked=picked, first=first) if shown else empty
    return card(
        title or words(f"stock.{name}_title", **told),
        [
            html.P(words(f"stock.{name}_lead", **told), className="card-note"),
            *cut(len(rows), common),
            *notes,
            drawn,
            *(file_link(common, name) if shown else []),
        ],
        anchor=anchor,
    )


def cut(total: int, common: Common) -> list[Child]:
    if total <= common.most:
        return []
    language = common.words.language
    told = {"shown": fmt.whole(common.most, language), "total": fmt.whole(total, language)}
    return [html.P(common.words("coldchain.cut", **told), className="card-note")]


def file_link(common: Common, name: str) -> list[Child]:
    if name not in common.files:
        return []
    text = common.words("people.file")
    return [html.P(html.A([icon("down"), text], href=common.files[name], className="people-file", download=""))]


def to_area(row: Row) -> Child | None:
    code = str(row["area"])
    area = CENTRAL_UNITS if code == NATIONAL_STORES else code
    return None if code == NATION else go(str(row["name"]), area=area)


def go(text: str, *, area: str = "", store: str = "", lot: str = "", decision: str = "") -> html.Button:
    """Leads to a province, a store, a lot or decisions on this page. The demonstration's mark is in one piece, on
    a line of its own where there is no room beside the name."""
    found = {"data_area": area, "data_store": store, "data_lot": lot, "data_decision": decision}
    return html.Button(
        text.replace(MARK, MARK.replace(" ", fmt.TIED)),
        n_clicks=0,
        className="place",
        **attributes(data_action="stock-place", **{k: v for k, v in found.items() if v}),
    )


def to_store(row: Row) -> Child:
    return go(str(row["store_name"]), store=str(row["store"]))


def to_lot(row: Row) -> Child:
    return go(str(row["lot_name"]), lot=str(row["lot"]))


def to_transfer(row: Row, words: Words, *, store: str, lot: str) -> Child | None:
    """Doses on their way, below zero for those received beyond what was sent; leads to what was sent and what came.
    None where there is nothing to compare."""
    doses = row["in_transit"]
    if not isinstance(doses, int) or not doses:
        return None
    told = urlencode({"store": store, "lot": lot})
    return html.A(fmt.whole(doses, words.language), href=f"/kho/dieu-chuyen?{told}", title=words("transfer.open"))


def days(value: object, words: Words) -> str:
    """Days of stock, rounded down to a tenth: nobody has more time than there is."""
    if not isinstance(value, int | float):
        return fmt.UNKNOWN
    return fmt.decimal(int(value * 10 + 1e-9) / 10, words.language)


def cover(value: object, usable: object, words: Words, *, low: float) -> Child:
    """Days of stock of one product in one place: nothing there, no recent use, or how long it lasts."""
    if not isinstance(value, int | float):
        if usable:
            return html.Span(words("stock.no_use"), className="stock-quiet")
        return html.Span(fmt.UNKNOWN, className="stock-quiet stock-none")
    return html.Span(days(value, words), className="stock-low" if value < low else "")


def doses(value: object, words: Words) -> str:
    return fmt.whole(value, words.language) if isinstance(value, int) else fmt.UNKNOWN


def day_cell(value: object, words: Words) -> str:
    """A day that is kept as a number, so that a table can sort by it."""
    return fmt.day(date.fromordinal(value), words.language) if isinstance(value, int) else fmt.UNKNOWN


def instant_cell(value: object, common: Common) -> str:
    if not isinstance(value, int):
        return fmt.UNKNOWN
    return _instant(value, common.words, common.zone)


def _instant(value: object, words: Words, zone: ZoneInfo) -> str:
    return fmt.minute(datetime.fromtimestamp(int(str(value)), tz=zone), words.language)


def standing(row: Row, marks: Sequence[Row], *, words: Words, zone: ZoneInfo) -> Child:
    """Whether the doses of a lot may be used, in words with an icon; below it the lot's own state, how many their
    monitors rule out, and what was decided about these doses, by whom and when."""
    kind, icon_name = STANDINGS[str(row["standing"])]
    parts: list[Child] = [tag(words(f"stock_standing.{row['standing']}"), kind=kind, icon_name=icon_name)]
    parts.append(html.Span(fmt.capital(words.named("lot_state", str(row["state"]))), className="card-note"))
    parts += ruled_out(row, words)
    parts += decided(marks, words=words, zone=zone)
    return html.Span(parts, className="stack coldchain-state")


def ruled_out(row: Row, words: Words) -> list[Child]:
    """How many doses of a lot in a store their vials' monitors rule out; nothing where there are none."""
    if not row["discard"]:
        return []
    return [html.Span(words("stock.ruled_out", doses=doses(row["discard"], words)), className="card-note")]


def decided(marks: Sequence[Row], *, words: Words, zone: ZoneInfo) -> list[Child]:
    """Each decision after an excursion that is at work on doses of a lot in a store."""
    return [
        html.Span([mark_what(mark, words), mark_who(mark, words=words, zone=zone)], className="stack stock-decided")
        for mark in marks
    ]


def mark_what(mark: Row, words: Words) -> Child:
    """On hold, left over of a discard, or until when."""
    kind = str(mark["kind"])
    told = {"day": day_cell(mark["until"], words), "store": str(mark["of_store"])}
    return html.Span(
        [html.B(words(f"stock_mark.{kind.removesuffix('_came')}", **told)), *_came(kind, told, words)],
        className="stack",
    )


def _came(kind: str, told: Mapping[str, str], words: Words) -> list[Child]:
    return [html.Span(words("stock_mark.came", **told))] if kind.endswith("_came") else []


def mark_who(mark: Row, *, words: Words, zone: ZoneInfo) -> Child:
    """Who decided, when, the number of the decision, and the way to it."""
    number, device = str(mark["decision"]), str(mark["device"])
    began = datetime.fromtimestamp(int(str(mark["began"])), tz=zone)
    query = urlencode({"device": device, "at": began.isoformat()})
    return html.Span(
        [
            html.A(words("stock_mark.number", number=number), href=f"{EXCURSIONS}?{query}"),
            html.Span(words("stock_mark.by", who=str(mark["who"]), at=_instant(mark["at"], words, zone))),
        ],
        className="stack",
    )


def until(row: Row, words: Words) -> Child:
    """The usable expiry, and below it what sets it."""
    told: list[Child] = [html.B(day_cell(row["until"], words))]
    if row["why"]:
        told.append(html.Span(words(f"stock_why.{row['why']}")))
    return html.Span([*told, *rests_on(row, words)], className="stack")


def rests_on(row: Row, words: Words) -> list[Child]:
    """What a usable expiry rests on that the ledger does not tell: the storage, the day of thawing."""
    told = [stored_as(str(row["condition"]), words), words("stock.thaw_unknown") if row.get("thaw") else ""]
    return [html.Span(text, className="stock-open") for text in told if text]


def stored_as(condition: str, words: Words) -> str:
    """A condition as the registry writes it, '-90..-60 C', in words; '' where there is none."""
    found = DEGREES.fullmatch(condition)
    if found is None:
        return words("stock.stored_as", how=condition) if condition else ""
    low, high = (text.replace("-", "−") for text in found.groups())
    return words("stock.stored_at", low=low, high=high)


def advice(row: Row, words: Words) -> Child:
    """What would save the doses of a lot: to use so many a day, or to move what is too much."""
    pace, lost = row["use_a_day"], row["expiring"]
    if not isinstance(lost, int) or lost <= 0:
        return html.Span(fmt.UNKNOWN)
    move = fmt.whole(lost, words.language)
    if not isinstance(pace, int):
        return html.Span(words("stock.advice_move", move=move))
    return html.Span(words("stock.advice", pace=fmt.whole(pace, words.language), move=move))
