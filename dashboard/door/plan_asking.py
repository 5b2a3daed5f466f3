"""What a plan is asked for with, as forms send it: of requests and of scenarios."""

from __future__ import annotations

from dashboard.door.deed_desk import DeedDesk, count_of
from operations.action_log import ActRefused


def policy_of(desk: DeedDesk, name: str) -> str:
    """Raises ActRefused."""
    if name not in desk.settings.plan.policies:
        raise ActRefused(f"no policy is called '{name}'", "plan_no_policy", name=name[:40])
    return name


def days_of(text: str) -> int:
    """Raises ActRefused."""
    days = count_of(text)
    if not 1 <= days <= 60:
        raise ActRefused(f"a plan is of 1 to 60 days, not {days}", "plan_days", count=days)
    return days


def inside_of(desk: DeedDesk, code: str) -> str:
    """Raises ActRefused."""
    if code and code not in desk.door.provinces(desk.door.words):
        raise ActRefused(f"no province has the code '{code}'", "plan_no_province", name=code[:10])
    return code
