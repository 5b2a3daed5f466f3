"""Would applying this publication be a collapse? Limits come from the feed's profile and grow with the days passed."""

from __future__ import annotations

from etl.feed_profile import Guard, Limit
from warehouse.declared import Comparison


def objections(found: Comparison, guard: Guard, *, days: float) -> tuple[str, ...]:
    """Why the publication must not be applied unseen; empty where it may be. Exactly at a limit it may.

    days: between the publication that is held and this one. Nothing is held yet: anything may come.
    """
    if not found.held_keys:
        return ()
    fall = found.held_total - found.new_total
    absent = found.held_areas - found.reporting_areas if found.absent_areas else 0
    checks = (
        ("keys gone", found.vanished, found.held_keys, guard.vanished_keys),
        ("areas without a report", absent, found.held_areas, guard.absent_areas),
        ("fall of the total", fall, found.held_total, guard.total_fall),
        (
            "rise of the total",
            -fall if found.held_total >= guard.small_total else 0,
            found.held_total,
            guard.total_rise,
        ),
        ("revised figures", found.revised_volume, found.held_volume, guard.revised),
    )
    return tuple(
        reason
        for what, part, whole, limit in checks
        if (reason := _exceeds(what, part, whole, limit, days=days)) is not None
    )


def _exceeds(what: str, part: int, whole: int, limit: Limit, *, days: float) -> str | None:
    allowed = limit.allowed(max(days, 0.0))
    if part <= 0 or part <= allowed * max(whole, 0):
        return None
    share = f"{part / whole:.1%}" if whole > 0 else "all"
    return f"{what}: {part} of {whole} ({share}, limit {allowed:.1%})"
