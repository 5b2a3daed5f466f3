"""Cold chain: when what a device tells of itself is an alarm, and how long it is kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from settings.section import Section


class ColdChainSettings(Section):
    power_minutes: Annotated[int, Field(ge=0)] = 15
    door_minutes: Annotated[int, Field(ge=0)] = 15
    battery_minutes: Annotated[int, Field(ge=0)] = 60
    probe_minutes: Annotated[int, Field(ge=0)] = 30
    shown_days: Annotated[int, Field(ge=1, le=90)] = 7
    run_days: Annotated[int, Field(ge=1)] = 400
