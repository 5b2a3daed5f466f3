"""What became of one feed of one publication, before and after it was compared with what is held."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from etl.errors import FeedRejected
from etl.feed_profile import FeedProfile
from etl.feeds.files import BadRowLimit, FeedReading, known_names, read_feed
from etl.feeds.publications import Taken, content
from etl.feeds.rows import RowFault
from etl.profile import Profile
from etl.replay_line import FeedLine
from warehouse.declared import Comparison
from warehouse.declared_log import FeedResult

MOST_NAMED = 5
STATES = {"applied": "ok", "unchanged": "ok", "held": "held", "refused": "failed", "waiting": "waiting"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOutcome:
    """`reading` is None where the feed was refused or is waited for; `problem` then says why, or why it is held."""

    name: str
    profile: FeedProfile
    status: str
    reading: FeedReading | None = None
    comparison: Comparison | None = None
    problem: str = ""

    @property
    def faults(self) -> tuple[RowFault, ...]:
        """Rows set aside; none where the feed as a whole was not taken."""
        return self.reading.faults if self.reading and self.status in ("applied", "unchanged") else ()

    @property
    def message(self) -> str:
        """In words, for people: what is wrong, what was withdrawn, who did not report. '' where all is as usual."""
        parts = [self.problem] if self.problem else []
        found = self.comparison
        if found and found.absent_areas:
            parts.append(f"no report from {_list(found.absent_areas)}: last figures kept")
        if found and found.vanished:
            days = _list(tuple(day.isoformat() for day in found.vanished_days))
            parts.append(
                f"{found.vanished} figure{'s' if found.vanished > 1 else ''} withdrawn by the publisher ({days})"
            )
        if self.faults:
            count = len(self.faults)
            parts.append(f"{count} row{'s' if count > 1 else ''} set aside; first: {self.faults[0]}")
        return "; ".join(parts)

    def line(self) -> FeedLine:
        found = self.comparison
        return FeedLine(
            status=self.status,
            rows=self.reading.rows_in if self.reading else 0,
            quarantined=len(self.faults),
            keys_appeared=found.appeared if found else 0,
            keys_vanished=found.vanished if found else 0,
            cells_up=found.up if found else 0,
            cells_down=found.down if found else 0,
            cells_moved=found.moved if found else 0,
            net_change=found.net_change if found else 0,
            absent_areas=found.absent_areas if found else (),
            message=self.message,
        )

    def result(self, publication: str, *, quarantined: int) -> FeedResult:
        """For core.feed_state. A row told again as before is neither accepted nor set aside: it is a repeat."""
        succeeded = self.status in ("applied", "unchanged")
        found = self.comparison
        changed = found.appeared + found.up + found.down + found.moved + found.told if found else 0
        return FeedResult(
            name=self.name,
            state=STATES[self.status],
            succeeded=succeeded,
            watermark=publication,
            rows_in=self.reading.rows_in if self.reading and succeeded else 0,
            accepted=(changed if found else len(self.reading.records) if self.reading else 0) if succeeded else 0,
            quarantined=quarantined,
            message=self.message,
        )


def read_all(taken: Taken, profile: Profile, *, timezone: str, limit: BadRowLimit) -> list[FeedOutcome]:
    """Read every feed of a publication. A feed at fault stops alone; the others go on.

    A publication cannot tell of days after its own, by the clock of `timezone`.
    """
    known = known_names(profile, latest_day=taken.publication.at.astimezone(ZoneInfo(timezone)).date())
    outcomes: list[FeedOutcome] = []
    for name, feed in profile.all_feeds.items():
        try:
            reading = read_feed(feed, content(taken, name), known=known, limit=limit)
        except FeedRejected as error:
            status = "waiting" if name in taken.missing and not feed.required else "refused"
            outcomes.append(FeedOutcome(name=name, profile=feed, status=status, problem=str(error)))
        else:
            outcomes.append(FeedOutcome(name=name, profile=feed, status="unchanged", reading=reading))
    return outcomes


def _list(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
