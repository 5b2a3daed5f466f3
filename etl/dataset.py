"""What the registry says about itself: whether it holds a demonstration, how large a sample, and its clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign.clock import CampaignClock

# The demonstration's history has people and doses once this phase is committed; before that a map would be empty.
FIRST_USEFUL_PHASE = 2
# Written together with the live clock's start, once all of the history is there.
LIVE_SINCE = "live_until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """`ready`: worth showing. `settled`: all of its history is there. `clock` is None in
    production, where campaign time is the wall clock."""

    one_in: int
    is_demo: bool
    ready: bool
    settled: bool
    clock: CampaignClock | None

    def now(self, wall: datetime) -> datetime:
        """Campaign instant at wall instant `wall`."""
        return self.clock.now(wall) if self.clock else wall


def describe(facts: Mapping[str, str]) -> Dataset:
    """From the rows of feed.dataset_fact. A production registry has none."""
    is_demo = facts.get("kind") == "demo"
    settled = not is_demo or LIVE_SINCE in facts
    phase = int(facts.get("history_phase_done", "0"))
    return Dataset(
        one_in=int(facts.get("one_in", "1")),
        is_demo=is_demo,
        ready=not is_demo or phase >= FIRST_USEFUL_PHASE,
        settled=settled,
        clock=_clock(facts, running=settled) if "clock_campaign_start" in facts else None,
    )


def _clock(facts: Mapping[str, str], *, running: bool) -> CampaignClock:
    """Stands still while the history is still being written, so that it never has to be set back."""
    return CampaignClock(
        campaign_start=datetime.fromisoformat(facts["clock_campaign_start"]),
        wall_start=datetime.fromisoformat(facts["clock_wall_start"]),
        speed=float(facts["clock_speed"]) if running else 0.0,
    )
