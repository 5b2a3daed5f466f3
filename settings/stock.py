"""Stock: how use is counted, and from when on something of it asks for somebody."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from settings.conditions import Conditional
from settings.section import Section

Days = Annotated[int, Field(ge=1, le=366)]


class AlertLevel(Conditional):
    """An alert begins at raise_at and is over at clear_at; between the two it stays as it is. hold_minutes of wall
    time."""

    raise_at: Annotated[float, Field(ge=0)]
    clear_at: Annotated[float, Field(ge=0)]
    hold_minutes: Annotated[float, Field(ge=0, le=24 * 60)] = 2
    severity: Literal["info", "warning", "critical"] = "warning"


class Above(AlertLevel):
    """More is worse: over at clear_at or below."""

    @model_validator(mode="after")
    def clears_lower(self) -> Above:
        if self.clear_at >= self.raise_at:
            raise ValueError(f"clear_at ({self.clear_at:g}) must be below raise_at ({self.raise_at:g})")
        return self


class Below(AlertLevel):
    """Less is worse: raised below raise_at, over from clear_at on."""

    @model_validator(mode="after")
    def clears_higher(self) -> Below:
        if self.clear_at < self.raise_at:
            raise ValueError(f"clear_at ({self.clear_at:g}) must not be below raise_at ({self.raise_at:g})")
        return self


class StockAlertSettings(Section):
    """One rule a field, of the name that its alerts have."""

    stock_expiring: Above = Above(raise_at=1000, clear_at=500)
    stock_expired: Above = Above(raise_at=100, clear_at=0, severity="critical")
    stock_will_expire: Above = Above(raise_at=5000, clear_at=2500)
    stock_low: Below = Below(raise_at=7, clear_at=9)
    stock_out: Above = Above(raise_at=1000, clear_at=500, severity="critical")
    stock_negative: Above = Above(raise_at=1, clear_at=0)
    stock_unreceived: Above = Above(raise_at=1, clear_at=0)
    stock_short: Above = Above(raise_at=1, clear_at=0)
    stock_uncounted: Above = Above(raise_at=1, clear_at=0, severity="info")
    stock_stopped: Above = Above(raise_at=1, clear_at=0, severity="critical")
    allocation_unreceived: Above = Above(raise_at=1, clear_at=0)
    allocation_short: Above = Above(raise_at=1, clear_at=0)
    allocation_over: Above = Above(raise_at=1, clear_at=0)
    allocation_exceeded: Above = Above(raise_at=1000, clear_at=500)
    stock_wasted: Above = Above(raise_at=1, clear_at=0)
    stock_waste_unsaid: Above = Above(raise_at=1, clear_at=0, severity="info")
    stock_supply_short: Above = Above(raise_at=1000, clear_at=500)
    stock_vial_discard: Above = Above(raise_at=1, clear_at=0, severity="critical")
    stock_over_capacity: Above = Above(raise_at=100, clear_at=95)
    lot_events: Above = Above(raise_at=3, clear_at=2, severity="critical")


class StockSettings(Section):
    """`look_back_days`: whole days before today whose use counts. `difference_days`: how long a physical count that
    differed from the book is told. `allocation_days`: how long after it was expected an allocation that did not come,
    or came short, is missing. `settled_days`: how long after its receipt a round counts in usage. `promise_days`: how
    far ahead doses that came short may be called still expected. The others: operations.stock_conditions.StockRules."""

    look_back_days: Days = 28
    difference_days: Days = 90
    expiring_days: Days = 7
    expired_grace_days: Annotated[int, Field(ge=0, le=30)] = 1
    outlook_days: Days = 60
    due_days: Annotated[int, Field(ge=0, le=90)] = 7
    least_daily: Annotated[float, Field(gt=0)] = 100
    transit_days: Days = 5
    count_days: Days = 8
    event_days: Days = 28
    allocation_days: Days = 5
    settled_days: Annotated[int, Field(ge=0, le=90)] = 7
    promise_days: Days = 30
    waste_days: Days = 7
    waste_share: Annotated[float, Field(gt=0, lt=1)] = 0.05
    waste_least_doses: Annotated[int, Field(ge=1)] = 100
    alerts: StockAlertSettings = StockAlertSettings()

    @model_validator(mode="after")
    def remembers_wastage(self) -> StockSettings:
        """Days are kept for the look-back alone."""
        if self.waste_days > self.look_back_days:
            raise ValueError(
                f"waste_days ({self.waste_days}) must not be more than look_back_days ({self.look_back_days})"
            )
        return self
