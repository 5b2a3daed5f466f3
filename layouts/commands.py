"""Commands that a page tells a person to run. What the person has to fill in is written in the page's language."""

from __future__ import annotations

import shlex
from urllib.parse import urlencode

from dash import html

from layouts.words import Words


def release(feed: str, words: Words) -> html.Div:
    """Let a held feed go on after somebody looked at it."""
    on_screen = _on_screen("release", f"/quyet-dinh?{urlencode({'feed': feed})}#cho-qua", words)
    return html.Div([_code(f"python app.py release {shlex.quote(feed)} {_signed(words)}"), on_screen])


def repair(feed: str, record_key: str, field: str, words: Words) -> html.Div:
    """Put a right value in the place of a bad one; the record then enters once."""
    named = " ".join(shlex.quote(part) for part in (feed, record_key))
    query = urlencode({"feed": feed, "key": record_key, "field": field})
    command = f'python app.py repair {named} --set {shlex.quote(field)}="{words("command.value")}" {_signed(words)}'
    return html.Div([_code(command), _on_screen("repair", f"/quyet-dinh?{query}#sua", words)])


def _signed(words: Words) -> str:
    return f'--actor "{words("command.actor")}" --reason "{words("command.reason")}"'


def _on_screen(deed: str, address: str, words: Words) -> html.A:
    """Shown to whoever may, by the style sheet: what is kept of a page is the same for all roles of a scope."""
    return html.A(words("decide.open"), href=address, className=f"decide decide-{deed}")


def _code(text: str) -> html.Code:
    return html.Code(text, className="command")
