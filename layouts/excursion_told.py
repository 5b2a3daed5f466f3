"""How an excursion stands: whether anybody has decided about it, what, who and when, and the way to the form."""

from __future__ import annotations

from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html

from campaign.excursion import SILENT
from campaign.excursion_state import ExcursionState
from layouts import format as fmt
from layouts.parts import Child, tag
from layouts.stock_parts import EXCURSIONS
from layouts.words import Words

TONES = {"hold": ("open", "hand"), "use": ("good", "check"), "discard": ("none", "check")}


def excursion_told(state: ExcursionState | None, words: Words, zone: ZoneInfo) -> Child:
    """A dash for a device that was not out of order."""
    if state is None:
        return html.Span(fmt.UNKNOWN)
    return html.Span([*told_of(state, words, zone), to_form(state, words)], className="stack excursion-state")


def told_of(state: ExcursionState, words: Words, zone: ZoneInfo) -> list[Child]:
    decision = state.decision
    if decision is None:
        return [tag(words("excursion_state.open"), kind="bad", icon_name="warn")]
    kind, icon_name = TONES.get(decision.kind, ("none", "dash"))
    until = decision.usable_until
    last: list[Child] = (
        [html.Span(words("excursion.until", day=fmt.day(until, words.language)))] if until is not None else []
    )
    by = words(
        "excursion.by",
        number=decision.decision_id,
        who=decision.actor,
        at=fmt.minute(decision.decided_at, words, zone),
    )
    return [
        tag(words(f"excursion_state.{decision.kind}"), kind=kind, icon_name=icon_name),
        html.Span(words("excursion_state.lots", lots=decision.lots), className="card-note"),
        *last,
        html.Span(by, className="card-note"),
    ]


def to_form(state: ExcursionState, words: Words) -> Child:
    """To that excursion; of a silence to the device, which is silent still."""
    asked = {"device": state.equipment_id}
    if state.side != SILENT:
        asked["at"] = state.since.isoformat()
    name = "excursion.open" if state.decision is None else "excursion_state.again"
    return html.A(words(name), href=f"{EXCURSIONS}?{urlencode(asked)}")
