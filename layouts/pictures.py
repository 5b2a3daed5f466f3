"""Two small buttons beside a figure: as a picture with all that it needs away from its page (assets/pictures.js)."""

from __future__ import annotations

from dash import html

from layouts.parts import attributes
from layouts.words import Words

FORMATS = ("png", "svg")


def picture_buttons(graph_id: str, words: Words) -> html.Div:
    """`graph_id`: the figure that they are of."""
    buttons = [
        html.Button(
            kind.upper(),
            type="button",
            className="picture-button",
            title=words("picture.title", kind=kind.upper()),
            **attributes(
                aria_label=words("picture.title", kind=kind.upper()),
                data_action="picture",
                data_graph=graph_id,
                data_format=kind,
            ),
        )
        for kind in FORMATS
    ]
    return html.Div(buttons, className="picture-buttons")
