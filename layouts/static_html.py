"""Parts of a page as HTML text, from the same component tree that the browser gets: for what stands in the page before
its scripts run. Buttons are left out: nothing would answer them yet. So are ids and the marks that scripts look for,
data-*: the page's own parts have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from layouts.markup import Content, Markup, el

NAMES = {"className": "class", "htmlFor": "for", "dateTime": "datetime", "tabIndex": "tabindex", "colSpan": "colspan"}
OURS = frozenset({"children", "style", "n_clicks", "id", "refresh"})
# Of Dash's own kinds those that are an element under another name.
ELEMENTS = {"Link": "a"}
SKIPPED = frozenset({"Button", "Dialog"})
HUMP = re.compile(r"([A-Z])")


def static_html(part: object) -> Content:
    """`part`: plain values as `payloads.encode` writes them."""
    if part is None:
        return None
    if isinstance(part, list):
        return [static_html(child) for child in part]
    if not isinstance(part, Mapping):
        return str(part)
    return _element(part["type"], part["props"])


def _element(kind: str, props: Mapping[str, Any]) -> Markup | None:
    if kind in SKIPPED:
        return None
    written = {
        NAMES.get(name, name): "" if value is True else str(value)
        for name, value in props.items()
        if name not in OURS and not name.startswith("data-") and value is not None and value is not False
    }
    if props.get("style"):
        written["style"] = "; ".join(f"{HUMP.sub(_lower, name)}: {value}" for name, value in props["style"].items())
    return el(ELEMENTS.get(kind, kind.lower()), static_html(props.get("children")), **written)


def _lower(hump: re.Match[str]) -> str:
    return "-" + hump.group(1).lower()
