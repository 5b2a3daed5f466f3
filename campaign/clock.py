"""Campaign time: the wall clock in production, a faster one in a demonstration. The two are never subtracted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignClock:
    """At wall instant `wall_start` the campaign stood at `campaign_start`; since then it runs at `speed`.

    All instants are aware. speed 60 means that one wall second is one campaign minute.
    """

    campaign_start: datetime
    wall_start: datetime
    speed: float

    def now(self, wall: datetime) -> datetime:
        """Campaign instant at `wall`. Before `wall_start` it stands still: a clock set back moves nothing back."""
        elapsed = max((wall - self.wall_start).total_seconds(), 0.0)
        return self.campaign_start + timedelta(seconds=elapsed * self.speed)


WALL_CLOCK_SPEED = 1.0
