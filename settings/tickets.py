"""Correction tickets of citizens: how long one may stay open, and from when on a province's backlog is an alert."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from campaign.tickets import Kind, Limits
from settings.section import Section
from settings.stock import Above

Hours = Annotated[int, Field(ge=1, le=24 * 90)]


class TicketAlertSettings(Section):
    """One rule a field, of the name that its alerts have."""

    tickets_overdue: Above = Above(raise_at=20, clear_at=10)


class TicketSettings(Section):
    """`missing_hours`, `wrong_hours`: a ticket of a missing or a wrong dose is overdue after so long."""

    missing_hours: Hours = 72
    wrong_hours: Hours = 120
    alerts: TicketAlertSettings = TicketAlertSettings()

    @property
    def limits(self) -> Limits:
        hours = {Kind.MISSING: self.missing_hours, Kind.WRONG: self.wrong_hours}
        return Limits({kind: timedelta(hours=number) for kind, number in hours.items()})
