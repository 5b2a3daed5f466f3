"""Small pieces that several screens share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

Child = Component | str
Children = Child | list[Child] | None


def attributes(**named: str) -> dict[str, Any]:
    """Attributes whose names have a hyphen: attributes(aria_hidden="true") -> {"aria-hidden": "true"}."""
    return {name.replace("_", "-"): value for name, value in named.items()}


def icon(name: str, *, class_name: str = "") -> html.Span:
    """A drawing from the style sheet; what it says is always said in words beside it."""
    return html.Span(className=f"icon icon-{name} {class_name}".strip(), **attributes(aria_hidden="true"))


def tag(text: str, *, kind: str, icon_name: str) -> html.Span:
    """A state in words, with an icon and a colour: never a colour alone."""
    return html.Span([icon(icon_name), html.Span(text)], className=f"tag tag-{kind}")


def age() -> html.Span:
    """Empty while the data are fresh; the browser writes "4 minutes ago" into it once they are not."""
    return html.Span(className="age", **attributes(data_age="short"))


def ago(at: datetime) -> html.Time:
    """An instant of wall time; the browser writes it as "4 minutes ago" and keeps that current."""
    return html.Time(f"{at:%H:%M}", dateTime=at.isoformat(), className="ago", **attributes(data_ago="1"))


def card(title: Children, body: list[Child], *, class_name: str = "", side: Children = None) -> html.Section:
    head = html.Div([html.H2(title), *([side] if isinstance(side, str | Component) else [])], className="card-head")
    return html.Section([head, *body], className=f"card {class_name}".strip())


def hidden_text(text: str) -> html.Span:
    """For screen readers only."""
    return html.Span(text, className="sr-only")
