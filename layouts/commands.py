"""Commands that a page tells a person to run. What the person has to fill in is written in the page's language."""

from __future__ import annotations

import shlex

from dash import html

from layouts.words import Words


def release(feed: str, words: Words) -> html.Code:
    """Let a held feed go on after somebody looked at it."""
    return _code(f"python app.py release {shlex.quote(feed)} {_signed(words)}")


def repair(feed: str, record_key: str, field: str, words: Words) -> html.Code:
    """Put a right value in the place of a bad one; the record then enters once."""
    named = " ".join(shlex.quote(part) for part in (feed, record_key))
    return _code(f'python app.py repair {named} --set {shlex.quote(field)}="{words("command.value")}" {_signed(words)}')


def _signed(words: Words) -> str:
    return f'--actor "{words("command.actor")}" --reason "{words("command.reason")}"'


def _code(text: str) -> html.Code:
    return html.Code(text, className="command")
