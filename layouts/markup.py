"""HTML as text, for pages that need no script. Whatever is not an element made here is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

VOID = frozenset({"link", "meta", "wbr", "rect", "line"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Content = Markup | str | Iterable["Content"] | None


def el(name: str, /, *children: Content, **named: str | int | None) -> Markup:
    """el("td", "5 < 6", class_="number") -> <td class="number">5 &lt; 6</td>. An underscore in a name is a hyphen, one
    at its end is dropped; an attribute that is None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in named.items()
        if value is not None
    )
    if name in VOID:
        return Markup(f"<{name}{written}>") if name in {"link", "meta", "wbr"} else Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{_text(children)}</{name}>")


def document(language: str, head: Content, body: Content) -> Markup:
    page = el("html", el("head", el("meta", charset="utf-8"), head), el("body", body), lang=language)
    return Markup(f"<!DOCTYPE html>\n{page}\n")


def _text(content: Content) -> str:
    if content is None:
        return ""
    if isinstance(content, Markup):
        return str(content)
    if isinstance(content, str):
        return escape(content)
    return "".join(_text(part) for part in content)
