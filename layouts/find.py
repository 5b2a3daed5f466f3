"""Search from anywhere: the button in the header and the dialog that it opens. What is found is drawn by script."""

from __future__ import annotations

from dash import html

from layouts.lineage import close_button
from layouts.parts import attributes, icon
from layouts.words import Words

DIALOG, FIELD, LIST = "find", "find-field", "find-list"


def find_button(words: Words) -> html.Button:
    return html.Button(
        icon("search"),
        className="icon-button",
        title=words("find.open"),
        n_clicks=0,
        **attributes(aria_label=words("find.open"), aria_haspopup="dialog", aria_keyshortcuts="/", data_action="find"),
    )


def dialog(words: Words) -> html.Dialog:
    """Dash has no plain field without a callback of its own: the browser puts it in."""
    return html.Dialog(
        [
            close_button("close-find", words),
            html.H2(words("find.title"), id="find-title"),
            html.Label(words("find.lead"), htmlFor=FIELD, className="note"),
            html.Div(id="find-place"),
            html.Div(id=LIST, role="listbox", className="find-list", **attributes(aria_labelledby="find-title")),
            html.P(id="find-said", className="note", role="status"),
        ],
        id=DIALOG,
        className="dialog find",
        **attributes(aria_labelledby="find-title"),
    )
