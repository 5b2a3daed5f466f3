"""Plans of reallocation: how long what was proposed or approved holds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from settings.section import Section

Hours = Annotated[int, Field(ge=1, le=24 * 60)]


class ReallocationSettings(Section):
    """Hours of campaign time; what each means is said in operations.plan_rules.PlanRules. poll_seconds: of wall time
    between two looks of the planner's process; risk_days: ahead, of what a planner is shown as second doses at risk."""

    proposal_hours: Hours = 72
    approval_hours: Hours = 168
    most_lines: Annotated[int, Field(ge=1, le=20_000)] = 2000
    poll_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    risk_days: Annotated[int, Field(ge=1, le=60)] = 14
