"""What the clock changes although nobody has sent anything: doses fallen due, stock expired, devices gone silent."""

from __future__ import annotations

from dash import html

from campaign.trust import ByClock, ClockLimits
from layouts import format as fmt
from layouts.parts import Child
from layouts.words import Words


def by_clock(found: ByClock | None, limits: ClockLimits, *, words: Words) -> list[Child]:
    """Figures with what each counts. None: a source of tallies, which has neither people nor
    lots, or a snapshot from before expiries were read."""
    if found is None:
        return [html.Div(words("empty.by_clock"), className="empty")]
    days = {"overdue_people": limits.overdue_days, "expiring_doses": limits.expiring_days}
    figures = {
        "due_people": found.due_people,
        "overdue_people": found.overdue_people,
        "expired_doses": found.expired_doses,
        "expiring_doses": found.expiring_doses,
        "doses_without_expiry": found.doses_without_expiry,
        "silent_devices": found.silent_devices,
        "devices_never_read": found.devices_never_read,
    }
    facts: list[Child] = [
        html.Div(
            [
                html.Dt(words(f"by_clock.{name}", days=str(days.get(name, "")))),
                html.Dd(fmt.whole(figure, words.language)),
            ],
            className="fact",
        )
        for name, figure in figures.items()
    ]
    lead = words("by_clock.lead", devices=fmt.whole(found.devices, words.language))
    return [html.P(lead, className="note"), html.Dl(facts, className="facts")]
