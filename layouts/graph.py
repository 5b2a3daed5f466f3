"""The one way to put a figure on a page. Plotly offers to send data to a cloud and fetches a world map from another
host unless told otherwise, so every graph gets the same configuration from here."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import format as fmt
from layouts.parts import attributes
from layouts.theme import FONT, Palette, pixels
from layouts.view import Size
from layouts.words import Language

Figure = dict[str, Any]
# A stub on our own host: the shapes come with the figure, the world map behind them is not drawn.
TOPOJSON_URL = "/topo/"


def graph(graph_id: str, *, language: Language, label: str, class_name: str = "") -> html.Div:
    """An empty graph, filled by a callback. `label` names it for a screen reader."""
    drawing = dcc.Graph(
        id=graph_id,
        figure=blank(),
        className="graph",
        responsive=True,
        config={
            "displayModeBar": False,
            "displaylogo": False,
            "showSendToCloud": False,
            "topojsonURL": TOPOJSON_URL,
            "locale": language.value,
            "scrollZoom": False,
            "doubleClick": False,
            "showTips": False,
        },
    )
    return html.Div(drawing, className=f"graph-box {class_name}".strip(), role="group", **attributes(aria_label=label))


def blank() -> Figure:
    """Nothing yet: no axes of an empty plot."""
    return {
        "data": [],
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {"visible": False},
            "yaxis": {"visible": False},
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        },
    }


def base_layout(palette: Palette, size: Size, language: Language) -> dict[str, Any]:
    """What all figures share: type, colours, marks of numbers, hover labels, no dragging that would trap a finger."""
    font = {"family": FONT, "size": pixels(size), "color": palette.text}
    return {
        "autosize": True,
        "font": font,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "separators": fmt.SEPARATORS[language],
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "dragmode": False,
        "showlegend": False,
        "hoverlabel": {
            "bgcolor": palette.surface,
            "bordercolor": palette.line,
            "font": font,
            "align": "left",
            "namelength": -1,
        },
        "uirevision": "keep",
    }
