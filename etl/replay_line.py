"""What is reported about one publication: the line of `app.py replay --json`. Others script it: keys only ever join."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One feed of one publication. status: applied | unchanged | held | refused | waiting.

    Key and cell counts are what the comparison found, applied or not; `absent_areas` did not report.
    """

    status: str
    rows: int
    quarantined: int
    keys_appeared: int
    keys_vanished: int
    cells_up: int
    cells_down: int
    cells_moved: int
    net_change: int
    absent_areas: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayLine:
    """One publication. Totals are those that stand after it (doses, people); None where no feed tells them.

    Key and cell counts are those of the doses feed; net_change is over keys held before, vanished ones counting as
    lost; corrections counts the published figures that this publication revised or withdrew, of all feeds.
    """

    snapshot: str
    status: str
    doses: int | None
    dose1_people: int | None
    full_people: int | None
    delivered: int | None
    registered: int | None
    areas: int
    keys_appeared: int
    keys_vanished: int
    cells_up: int
    cells_down: int
    net_change: int
    corrections: int
    quarantined: int
    message: str
    feeds: Mapping[str, FeedLine]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @property
    def needs_attention(self) -> bool:
        """Something was held, refused or set aside."""
        stopped = {self.status, *(feed.status for feed in self.feeds.values())} & {"held", "refused"}
        return bool(stopped) or self.quarantined > 0


def from_json(text: str) -> ReplayLine:
    """The inverse of `to_json`."""
    return TypeAdapter(ReplayLine).validate_json(text)


def told_before(line: ReplayLine) -> ReplayLine:
    """The same publication met once more: its totals as they stood, nothing done. What was stopped still is."""
    status = line.status if line.status in ("held", "refused") else "unchanged"
    message = "; ".join(part for part in ("taken up before", line.message) if part)
    feeds = {
        name: replace(
            feed,
            status="unchanged" if feed.status == "applied" else feed.status,
            keys_appeared=0,
            keys_vanished=0,
            cells_up=0,
            cells_down=0,
            cells_moved=0,
            net_change=0,
        )
        for name, feed in line.feeds.items()
    }
    return replace(
        line,
        status=status,
        message=message,
        keys_appeared=0,
        keys_vanished=0,
        cells_up=0,
        cells_down=0,
        net_change=0,
        corrections=0,
        feeds=feeds,
    )
