"""Decisions on allocation on the page about stock: all of them with usage by round; one with planned against actual."""

from __future__ import annotations

from dash import html

from campaign.device_tables import NATION
from campaign.people_tables import Row
from campaign.stock_board import NATIONAL_STORES
from campaign.usage import Way
from layouts import format as fmt
from layouts.help_layer import define
from layouts.ids import Stock as Ids
from layouts.parts import Child, attributes, card, icon, native, tag, with_sign
from layouts.people_table import Table, ratio_text
from layouts.stock_model import Common, DecisionPage, DecisionsPage
from layouts.stock_parts import day_cell, go, instant_cell, labels, table_card, to_area, to_lot, to_store
from layouts.stock_store import fact_list, trail
from layouts.words import Words

FIRST = 15
# Of a decision, in the order in which its doses go.
SUMS = ("planned", "sent", "received", "in_transit", "used", "missing", "over")
STAGES = {
    "decided": ("none", "dash"), "shipped": ("none", "clock"), "received": ("good", "check"), "used": ("good", "check"),
    "withdrawn": ("none", "dash"),
}  # fmt: skip
# What is on its way is as planned until the day is over on which it should have come.
LATE = ("open", "clock")
GAPS = {"unreceived": "bad", "short": "bad", "over": "open", "unplanned": "open"}
CAUSES = {
    "extra_volume": ("good", "check"), "not_entered": ("open", "warn"), "central_units": ("open", "warn"),
    "unexplained": ("bad", "warn"),
}  # fmt: skip


def decisions_body(page: DecisionsPage) -> list[Child]:
    words = page.common.words
    return [
        trail([(words("table.nation"), "")], words("stock.decisions_title"), words),
        decisions_card(page),
        *([] if page.asked else [usage_card(page), exceeding_card(page)]),
    ]


def decisions_card(page: DecisionsPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_decisions",
        key="decision",
        head=(
            *("number_name", "decided", "stage_name", "products_name", "planned", "sent", "received", "used"),
            *("missing", "late", "expected"),
        ),
        labels=labels(
            words,
            *("number_name", "decided", "stage_name", "products_name", "planned", "sent", "received", "used"),
            *("missing", "late", "expected"),
        ),
        help={
            **{name: f"decision_{name}" for name in ("planned", "sent", "received", "used", "missing", "late")},
            "decided": "decision_decided",
            "expected": "decision_expected",
        },
        cells={
            "number_name": lambda row: _to_decision(row, words),
            "stage_name": lambda row: stage(row, words),
            "decided": lambda row: html.Span(day_cell(row["decided"], words)),
            "expected": lambda row: html.Span(day_cell(row["expected"], words)),
        },
    )
    return table_card(
        page.common,
        table,
        page.decisions,
        anchor="quyet-dinh",
        first=FIRST,
        values={"days": page.wait_days, "number": page.asked},
        notes=[_search(page, words)],
    )


def _search(page: DecisionsPage, words: Words) -> html.Label:
    field = native(
        "Input",
        id=Ids.NUMBER.value,
        type="search",
        placeholder=words("stock.decisions_search"),
        className="sites-query",
        autocomplete="off",
        value=page.asked,
    )
    name = html.Span(words("stock.decisions_search"), className="sr-only")
    return html.Label([name, html.Span(icon("search")), field], className="sites-search")


def _to_decision(row: Row, words: Words) -> Child:
    return go(words.marked(str(row["number_name"])), decision=str(row["decision"]))


def stage(row: Row, words: Words) -> Child:
    kind, icon_name = LATE if _is_late(row) else STAGES[str(row["stage"])]
    return tag(words(f"decision_stage.{row['stage']}"), kind=kind, icon_name=icon_name)


def usage_card(page: DecisionsPage) -> html.Section:
    words = page.common.words
    columns = ("given", "allocated", "of_allocated", "received", "of_received", "gone", "of_gone", "rounds", "newer")
    table = Table(
        name="stock_usage",
        key="area",
        head=("name", *columns),
        labels={
            "name": words("people_column.name"),
            **{column: words(f"usage_column.{column}") for column in columns},
        },
        help={column: f"usage_{column}" for column in columns},
        fixed=frozenset({NATION, NATIONAL_STORES}),
        cells={"name": to_area, **{f"of_{way.value}": _ratio(f"of_{way.value}", words) for way in Way}},
    )
    return table_card(
        page.common, table, page.usage, anchor="ty-le-su-dung", first=FIRST, values={"days": page.settled_days}
    )


def _ratio(name: str, words: Words):  # noqa: ANN202 - a cell
    def drawn(row: Row) -> Child:
        value = row[name]
        return html.Span(ratio_text(value, words.language) if isinstance(value, int | float) else fmt.UNKNOWN)

    return drawn


def exceeding_card(page: DecisionsPage) -> html.Section:
    words = page.common.words
    numbers = ("given", "allocated", "beyond", "extra", "unallocated", "central", "unexplained")
    table = Table(
        name="stock_exceeding",
        key="key",
        head=("area_name", "product_name", *numbers, "kind_name"),
        labels={
            **labels(words, "area_name"),
            "product_name": words("people_column.product_name"),
            **{name: words(f"usage_column.{name}") for name in numbers},
            "kind_name": words("usage_column.cause"),
        },
        help={name: f"usage_{name}" for name in numbers},
        cells={
            "area_name": lambda row: go(str(row["area_name"]), area=str(row["area"])),
            "kind_name": lambda row: _cause(row, words),
        },
    )
    return table_card(page.common, table, page.exceeding, anchor="vuot-phan-bo", first=FIRST)


def _cause(row: Row, words: Words) -> Child:
    kind, icon_name = CAUSES[str(row["cause"])]
    return tag(words(f"usage_cause.{row['cause']}"), kind=kind, icon_name=icon_name)


def decision_body(page: DecisionPage) -> list[Child]:
    words = page.common.words
    back = html.Li(go(words("stock.decisions_title"), decision="all"))
    here = html.Li(html.Span(page.number, **attributes(aria_current="page")))
    way = html.Nav(
        html.Ol([html.Li(go(words("table.nation"))), back, here]),
        className="crumbs",
        **attributes(aria_label=words("place.way")),
    )
    facts: list[tuple[str, Child]] = [(name, text) for name, text in page.facts.items()]
    return [
        way,
        card(words("stock.decision", number=page.number), [fact_list(facts, words)], class_name="stock-head"),
        _sums(page),
        lines_card(page),
        changes_card(page),
    ]


def _sums(page: DecisionPage) -> html.Section:
    words, language = page.common.words, page.common.words.language
    cells: list[Child] = []
    for name in SUMS:
        title = words(f"stock_column.{name}")
        cells.append(
            html.Article(
                [
                    html.H3(with_sign(title, define(f"decision_{name}", title, words))),
                    html.P(
                        fmt.whole(page.sums[name], language),
                        className="big",
                        **attributes(data_number=f"decision_{name}"),
                    ),
                ],
                className="tile sites-tile",
            )
        )
    regional = not page.sums["sent"] and any(row["stage"] == "shipped" for row in page.lines)
    note: list[Child] = [html.P(words("stock.decision_regional"), className="card-note")] if regional else []
    return html.Section(
        [html.H2(words("stock.decision_sums")), html.Div(cells, className="sites-tiles"), *note],
        className="sites-counts",
    )


def lines_card(page: DecisionPage) -> html.Section:
    words = page.common.words
    table = Table(
        name="stock_decision_lines",
        key="key",
        head=(
            *("store_name", "product_name", "lot_name", "planned", "sent", "received", "gap_name", "used"),
            *("stage_name", "expected", "received_on"),
        ),
        labels={
            **labels(
                words,
                *("store_name", "lot_name", "planned", "sent", "received", "gap_name", "used", "stage_name"),
                *("expected", "received_on"),
            ),
            "product_name": words("people_column.product_name"),
        },
        help={
            **{name: f"decision_{name}" for name in ("planned", "sent", "received", "used", "expected")},
            "received_on": "decision_received_on",
        },
        cells={
            "store_name": to_store,
            "lot_name": _lots,
            "gap_name": lambda row: _gap(row, words),
            "stage_name": lambda row: stage(row, words),
            "expected": lambda row: html.Span(day_cell(row["expected"], words)),
            "received_on": lambda row: html.Span(day_cell(row["received_on"], words)),
        },
    )
    hidden = page.hidden_lines
    told = fmt.whole(hidden, words.language)
    notes: list[Child] = [html.P(words("stock.hidden_lines", lines=told), className="card-note")] if hidden else []
    return table_card(
        page.common, table, page.lines, anchor="noi-nhan", first=30, values={"days": page.wait_days}, notes=notes
    )


def _is_late(row: Row) -> bool:
    """Of a decision, or of one of its lines."""
    return row["stage"] == "shipped" and bool(row.get("late") or row.get("gap") == "unreceived")


def _lots(row: Row) -> Child:
    """A link where there is one lot."""
    text = str(row["lots"])
    if text and ", " not in text:
        return to_lot({**row, "lot": text, "lot_name": text})
    return html.Span(text or fmt.UNKNOWN)


def _gap(row: Row, words: Words) -> Child:
    """What is missing or too much, in words with the doses; nothing where it is as planned or still on its way."""
    gap = str(row["gap"])
    if not gap:
        return html.Span(fmt.UNKNOWN, className="stock-quiet")
    value = row["difference"]
    doses = fmt.whole(abs(value), words.language) if isinstance(value, int) else fmt.UNKNOWN
    return tag(words(f"decision_gap.{gap}", doses=doses), kind=GAPS[gap], icon_name="warn")


def changes_card(page: DecisionPage) -> html.Section:
    words = page.common.words
    common: Common = page.common
    table = Table(
        name="stock_decision_changes",
        key="key",
        head=("kind_name", "store_name", "before_name", "after_name", "at"),
        labels={
            **labels(words, "store_name", "before_name", "after_name", "at"),
            "kind_name": words("stock_column.field"),
        },
        help={"at": "decision_changed"},
        cells={
            "kind_name": lambda row: html.B(words(f"decision_field.{row['field']}")),
            "store_name": lambda row: to_store(row) if row["store"] else html.Span(words("stock.whole_decision")),
            "before_name": lambda row: html.Span(_value(row, "before", words)),
            "after_name": lambda row: html.Span(_value(row, "after", words)),
            "at": lambda row: html.Span(instant_cell(row["at"], common)),
        },
    )
    return table_card(common, table, page.changes, anchor="sua-doi", first=FIRST)


def _value(row: Row, name: str, words: Words) -> str:
    """Before or after: doses and states as the page writes them."""
    text = str(row[name])
    if row["field"] == "doses" and text.isdecimal():
        return fmt.whole(int(text), words.language)
    if row["field"] == "state" and text:
        return words.named("decision_stage", text)
    return text or fmt.UNKNOWN
