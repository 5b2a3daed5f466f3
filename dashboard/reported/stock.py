"""Doses in the stores, how long they last, and what will expire before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from campaign.coverage import NATION
from campaign.people_tables import Row
from campaign.report import Chart, ChartKind, Column, Figure, Part, Section, Shape, Table, Value
from campaign.stock_tables import BUCKETS, expiry_rows, in_order, lot_rows, place_rows
from dashboard import stock
from dashboard.reported.source import Source, table_of
from layouts.stock_model import Tiles

TILES = ("usable", "cover", "expiring", "blocked", "past", "in_transit")


def stock_section(source: Source) -> Section:
    words = source.words
    found = stock.told(source.studio, source.version, source.view, source.scope, faults=False)
    title = words("report_part.stock")
    if not found.stock.stock.told:
        return Section(part=Part.STOCK, title=title, sentences=(words("stock.not_told"),))
    products = in_order(found.judged, found.names)
    places = place_rows(
        found.listed,
        found.paces,
        found.names,
        areas=found.areas,
        products=products,
        nation=found.stock.judged if not source.area else None,
    )
    tiles = stock.tiles_of(found.judged, places, found.paces, area=source.area)
    buckets = expiry_rows(found.judged, found.names, products)
    return Section(
        part=Part.STOCK,
        title=title,
        figures=_figures(source, tiles),
        tables=(
            _expiry(source, buckets),
            _places(source, places),
            _lots(source, lot_rows(found.listed, found.names)),
        ),
        charts=(_buckets(source, buckets),) if buckets else (),
    )


def _figures(source: Source, tiles: Tiles) -> tuple[Figure, ...]:
    """As the tiles of the page about stock."""
    words = source.words
    values = {
        "usable": tiles.usable,
        "cover": tiles.cover_days,
        "expiring": tiles.lost,
        "blocked": tiles.blocked,
        "past": tiles.past,
        "in_transit": tiles.in_transit,
    }
    return tuple(
        Figure(
            key=f"stock_{name}",
            label=words(f"stock_tile.{name}") + ("" if name == "cover" else f" ({words('report.unit_doses')})"),
            value=values[name],
            shape=Shape.DAYS if name == "cover" else Shape.WHOLE,
            help=f"stock_{name}",
        )
        for name in TILES
    )


def _expiry(source: Source, rows: Sequence[Row]) -> Table:
    words = source.words
    return table_of(
        "expiry",
        words("report.expiry_table"),
        (
            Column(key="product_name", label=words("people_column.product_name"), shape=Shape.TEXT),
            *(
                Column(key=name, label=words(f"stock_bucket.{name}"), shape=Shape.WHOLE, help="stock_until")
                for name in BUCKETS
            ),
            Column(key="total", label=words("stock_column.total"), shape=Shape.WHOLE, help="stock_total"),
        ),
        rows,
        totals=1 if len(rows) > 1 else 0,
    )


def _buckets(source: Source, rows: Sequence[Row]) -> Chart:
    words, total = source.words, rows[-1]
    return Chart(
        key="expiry",
        title=words("stock.expiry_title"),
        kind=ChartKind.COLUMNS,
        shape=Shape.WHOLE,
        label=words("stock_column.doses"),
        categories=tuple(words(f"stock_bucket.{name}") for name in BUCKETS),
        values=tuple(value if isinstance(value := total[name], int) else None for name in BUCKETS),
    )


def _places(source: Source, rows: Sequence[Row]) -> Table:
    words = source.words
    whole = bool(rows) and rows[-1]["area"] == NATION
    return table_of(
        "stock_places",
        words("stock.places_title"),
        (
            Column(key="name", label=words("people_column.name"), shape=Shape.TEXT),
            Column(key="worst", label=words("stock_column.worst"), shape=Shape.DAYS, help="stock_cover"),
            Column(key="worst_name", label=words("report_column.worst_name"), shape=Shape.TEXT),
            Column(key="usable", label=words("stock_column.usable"), shape=Shape.WHOLE, help="stock_usable"),
            Column(key="expiring", label=words("stock_column.expiring"), shape=Shape.WHOLE, help="stock_expiring"),
        ),
        rows,
        totals=1 if whole else 0,
        printed=source.rules.rows,
    )


def _lots(source: Source, rows: Sequence[Row]) -> Table:
    words = source.words

    def until(row: Row) -> Value:
        return date.fromordinal(row["until"]) if isinstance(row["until"], int) else None

    return table_of(
        "lots",
        words("stock.lots_title"),
        (
            Column(key="lot", label=words("stock_column.lot_name"), shape=Shape.TEXT),
            Column(key="product_name", label=words("people_column.product_name"), shape=Shape.TEXT),
            Column(key="area_name", label=words("stock_column.area_name"), shape=Shape.TEXT),
            Column(key="until", label=words("stock_column.until"), shape=Shape.DAY, help="stock_until"),
            Column(key="days_left", label=words("stock_column.days_left"), shape=Shape.WHOLE, help="stock_until"),
            Column(key="doses", label=words("stock_column.doses"), shape=Shape.WHOLE, help="stock_usable"),
            Column(key="expiring", label=words("stock_column.expiring"), shape=Shape.WHOLE, help="stock_expiring"),
        ),
        rows,
        cells={"until": until},
        printed=source.rules.rows,
        note=words("stock.lots_lead") if rows else words("stock.lots_none"),
    )
