"""Who answers for an incident now: the post on duty with its telephone and address, as they were entered."""

from __future__ import annotations

from dash import html

from campaign.incidents import Incident, Work
from campaign.oncall import Duty, OnDuty
from layouts.parts import Child
from layouts.words import Words


def contact(incident: Incident, duty: OnDuty | None, words: Words) -> list[Child]:
    """Nothing of what is closed. That nobody is on duty is said: it has to be mended before somebody looks for them."""
    if incident.state is Work.CLOSED:
        return []
    if duty is None:
        return [html.P([words("oncall.nobody"), " ", _list_link(words)], className="incident-duty incident-duty-none")]
    parts: list[Child] = [words("oncall.contact", level=duty.level), " "]
    for number, post in enumerate(duty.posts):
        parts += [*([" · "] if number else []), *_post(post)]
    return [html.P(parts, className="incident-duty")]


def _post(duty: Duty) -> list[Child]:
    parts: list[Child] = [html.B(duty.post)]
    if duty.phone:
        dialled = "".join(sign for sign in duty.phone if sign.isdecimal() or sign == "+")
        parts += [" ", html.A(duty.phone, href=f"tel:{dialled}")]
    if duty.email:
        parts += [" ", html.A(duty.email, href=f"mailto:{duty.email}")]
    return parts


def _list_link(words: Words) -> html.A:
    return html.A(words("oncall.set_link"), href="/cai-dat#truc")
