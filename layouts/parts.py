"""Small pieces that several screens share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from dash import html
from dash.development.base_component import Component

from layouts.format import capital
from layouts.words import Words

Child = Component | str
# Letters of what is kept in one piece at the end of a name: "(people a day)".
LONGEST_UNIT = 18
Children = Child | list[Child] | None


def attributes(**named: str) -> dict[str, Any]:
    """Attributes whose names have a hyphen: attributes(aria_hidden="true") -> {"aria-hidden": "true"}."""
    return {name.replace("_", "-"): value for name, value in named.items()}


def awaited(part: str, words: Words, *, class_name: str = "") -> html.Div:
    """Where what a page is about will stand; as long as that is on its way, it says so (assets/2-shell.css)."""
    return html.Div(
        id=part,
        className=f"{class_name} awaited".strip(),
        **attributes(data_waiting=words("shell.loading")),
    )


def native(kind: str, **props: object) -> Child:
    """An element that Dash has no component for, as board.draw takes it."""
    return cast("Child", {"namespace": "dash_html_components", "type": kind, "props": props})


def icon(name: str, *, class_name: str = "") -> html.Span:
    """A drawing from the style sheet; what it says is always said in words beside it."""
    return html.Span(className=f"icon icon-{name} {class_name}".strip(), **attributes(aria_hidden="true"))


def tag(text: str, *, kind: str, icon_name: str) -> html.Span:
    """A state in words, with an icon and a colour: never a colour alone. A line of its own begins with a capital."""
    return html.Span([icon(icon_name), html.Span(capital(text))], className=f"tag tag-{kind}")


def age() -> html.Span:
    """Empty while the data are fresh; the browser writes "4 minutes ago" into it once they are not."""
    return html.Span(className="age", **attributes(data_age="short"))


def ago(at: datetime) -> html.Time:
    """An instant of wall time; the browser writes it as "4 minutes ago" and keeps that current."""
    return html.Time(f"{at:%H:%M}", dateTime=at.isoformat(), className="ago", **attributes(data_ago="1"))


def since(at: datetime) -> html.Time:
    """As `ago`, in the words "cách đây 4 phút"."""
    return html.Time(f"{at:%H:%M}", dateTime=at.isoformat(), className="ago", **attributes(data_ago="since"))


def until(at: datetime) -> html.Time:
    """An instant to come; the browser writes it as "in 40 seconds" and keeps that current."""
    return html.Time(f"{at:%H:%M}", dateTime=at.isoformat(), className="ago", **attributes(data_until="1"))


def why(number_id: str, name: str, words: Words, *, area: str = "") -> html.Button:
    """The small button beside a number that opens where it comes from. `name` says which number to a screen reader."""
    text = words("lineage.ask", name=name)
    where = attributes(data_area=area) if area else {}
    return html.Button(
        icon("info"),
        n_clicks=0,
        className="why",
        title=text,
        **attributes(aria_label=text, aria_haspopup="dialog", data_lineage=number_id),
        **where,
    )


def with_sign(name: str, sign: html.Button) -> list[Child]:
    """A name and its small button directly after its last word, or after the unit in brackets, on whatever line that
    comes to stand."""
    begins = name.rfind(" (") if name.endswith(")") else -1
    before, space, last = name.rpartition(" ")
    if begins > 0 and len(name) - begins <= LONGEST_UNIT:
        before, space, last = name[:begins], " ", name[begins + 1 :]
    return [*([before + space] if space else []), html.Span([last, sign], className="with-sign")]


def head_with_sign(button: html.Button, sign: html.Button) -> html.Span:
    """The head of a column that sorts, with the button of its definition: neither goes to a line without the other."""
    return html.Span([button, sign], className="head-with-sign")


def card(
    title: Children, body: list[Child], *, class_name: str = "", side: Children = None, anchor: str | None = None
) -> html.Section:
    """A titled part of a page; `anchor` is what an address ends with to come here."""
    named: dict[str, Any] = {"id": anchor} if anchor else {}
    head = html.Div([html.H2(title), *([side] if isinstance(side, str | Component) else [])], className="card-head")
    return html.Section([head, *body], className=f"card {class_name}".strip(), **named)


def hidden_text(text: str) -> html.Span:
    """For screen readers only."""
    return html.Span(text, className="sr-only")
