"""The coverage page without its numbers: where tiles, map, table and curves will stand."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import html

from layouts.graph import graph
from layouts.ids import Coverage as Ids
from layouts.ids import First
from layouts.parts import Child, attributes, card, icon
from layouts.pictures import picture_buttons
from layouts.view import MAP_GROUPS, Clock, Metric, View
from layouts.words import Words

__all__ = ["Ids", "coverage_page"]


def coverage_page(view: View, words: Words) -> list[Child]:
    return [
        html.H1(words("coverage.title"), className="sr-only"),
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=First.ANSWER),
        html.Div(id=Ids.TILES, **attributes(aria_live="off")),
        html.Div(id=First.BODY),
        html.Div(id=Ids.FLOW),
        _filters(view, words),
        html.Div([_map_card(words), _table_card(view, words)], className="twins"),
        _place_card(words),
        html.Section(
            html.Div(id=Ids.COMPARE_BODY),
            id=Ids.COMPARE,
            hidden=True,
            className="card below",
            **attributes(aria_live="off"),
        ),
        html.Div([_curves_card(words), _daily_card(view, words)], className="curves"),
    ]


def _filters(view: View, words: Words) -> html.Div:
    return html.Div(
        [
            _switch(
                Ids.METRIC,
                words("filter.metric"),
                {metric.value: words(f"metric.{metric}") for metric in Metric},
                view.metric.value,
            ),
            _switch(
                Ids.GROUP,
                words("filter.group"),
                {group.value: words.named("group", group.value) for group in MAP_GROUPS},
                view.group.value,
            ),
            html.Div(
                [
                    html.Label(words("filter.denominator"), htmlFor=Ids.DENOMINATOR, className="filter-name"),
                    dmc.Select(
                        id=Ids.DENOMINATOR,
                        data=[{"value": view.denominator, "label": words.named("denominator", view.denominator)}],
                        value=view.denominator,
                        allowDeselect=False,
                        checkIconPosition="right",
                        comboboxProps={"shadow": "md"},
                    ),
                ],
                className="filter",
            ),
        ],
        className="filters",
        role="group",
        **attributes(aria_label=words("filter.label")),
    )


def _switch(switch_id: Ids, name: str, options: dict[str, str], value: str) -> html.Div:
    return html.Div(
        [
            html.Span(name, className="filter-name", id=f"{switch_id}-name"),
            dmc.SegmentedControl(
                id=switch_id,
                data=[{"value": key, "label": label} for key, label in options.items()],
                value=value,
                **attributes(aria_labelledby=f"{switch_id}-name"),
            ),
        ],
        className="filter",
    )


def _map_card(words: Words) -> html.Section:
    stage = html.Div(
        [
            graph(Ids.MAP, language=words.language, label=words("map.label"), class_name="map"),
            html.Div(id=Ids.LEGEND, className="map-legend"),
            html.Div(id=Ids.CARD, className="map-card", **attributes(aria_live="polite")),
        ],
        className="stage",
        id="stage",
    )
    parts: list[Child] = [
        html.P(id=Ids.MAP_NOTE, className="card-note"),
        html.P(id=Ids.EXTREMES, className="extremes", **attributes(aria_live="polite")),
        html.Div(id=Ids.TOOLS, className="map-tools", hidden=True),
        stage,
    ]
    pictures = picture_buttons(Ids.MAP, words)
    return card(html.Span(words("map.title"), id=Ids.MAP_TITLE), parts, class_name="card-map", side=pictures)


def _place_card(words: Words) -> html.Section:
    """The places inside the chosen area: words and table drawn by script (assets/draw.js says why), a figure beside."""
    plot = html.Div(
        [
            picture_buttons(Ids.PLOT, words),
            graph(Ids.PLOT, language=words.language, label=words("place.plot_label"), class_name="place-plot"),
        ],
        id=Ids.PLOT_BOX,
        hidden=True,
    )
    return html.Section(
        [html.Div(id=Ids.PLACE_BODY, className="place-body"), plot], id=Ids.PLACE, hidden=True, className="card below"
    )


def _table_card(view: View, words: Words) -> html.Section:
    search = dmc.TextInput(
        id=Ids.SEARCH,
        placeholder=words("table.search"),
        leftSection=icon("search"),
        debounce=120,
        className="search",
        **attributes(aria_label=words("table.search")),
    )
    csv = html.A(
        [icon("down"), html.Span(words("table.csv"))],
        id=Ids.CSV,
        href="",
        className="csv-link",
        title=words("table.csv_title"),
        download="",
    )
    side = html.Div([csv, search], className="table-side")
    return card(words("table.title"), [_grid(view, words)], class_name="card-table", side=side)


def _grid(view: View, words: Words) -> dag.AgGrid:
    options: dict[str, Any] = {
        "theme": {"function": "boardTheme(themeQuartz)"},
        "localeText": words.under("grid"),
        "rowHeight": 44,
        "getRowHeight": {"function": "nationHeight(params)"},
        "animateRows": False,
        "suppressCellFocus": False,
        "suppressMovableColumns": True,
        "suppressDragLeaveHidesColumns": True,
        "suppressColumnVirtualisation": True,
        "enableCellTextSelection": True,
        "ensureDomOrder": True,
        "tooltipShowDelay": 300,
        "alwaysShowHorizontalScroll": True,
        "suppressNoRowsOverlay": True,
        # A table below the fold is drawn as well: it is printed, photographed and searched by the browser.
        "suppressContentVisibilityAuto": True,
        "pinnedBottomRowData": [],
        "rowClassRules": {
            "row-picked": {"function": "isPicked(params)"},
            "row-nation": {"function": "isNation(params)"},
        },
    }
    return dag.AgGrid(
        id=Ids.TABLE,
        columnDefs=[],
        rowData=[],
        defaultColDef={
            "sortable": True,
            "comparator": {"function": "unknownLast"},
            "resizable": False,
            "filter": False,
            "suppressHeaderMenuButton": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "getQuickFilterText": {"function": "noSearch(params)"},
        },
        getRowId="params.data.code",
        dashGridOptions=options,
        eventListeners={
            "cellClicked": ["pickRow(params)"],
            "cellKeyDown": ["pickRowByKey(params)"],
            "sortChanged": ["sorted(params)"],
        },
        className="grid",
        style={"height": "100%", "width": "100%"},
    )


def _curves_card(words: Words) -> html.Section:
    body: list[Child] = [
        html.P(id=Ids.CURVES_NOTE, className="card-note"),
        graph(Ids.CURVES, language=words.language, label=words("curves.label"), class_name="curve"),
    ]
    return card(words("curves.title"), body, side=picture_buttons(Ids.CURVES, words))


def _daily_card(view: View, words: Words) -> html.Section:
    clock = dmc.SegmentedControl(
        id=Ids.CLOCK,
        data=[{"value": clock.value, "label": words(f"clock.{clock}")} for clock in Clock],
        value=view.clock.value,
        **attributes(aria_label=words("clock.label")),
    )
    body: list[Child] = [
        html.P(id=Ids.DAILY_NOTE, className="card-note"),
        graph(Ids.DAILY, language=words.language, label=words("daily.label"), class_name="curve"),
    ]
    side = html.Div([clock, picture_buttons(Ids.DAILY, words)], className="card-side")
    return card(words("daily.title"), body, class_name="card-daily", side=side)
