"""Life of one alert: inactive -> pending (held for a while) -> firing -> resolved. The clock is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class AlertState(StrEnum):
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that is wrong now. Its identity is the rule and the labels of the thing it is about.

    hold: for how long it must be so before it fires; None: as long as any other; zero where its rule has waited
    already. inhibited: what it is judged by is itself in doubt, such as silence while the feed is dead: an alert that
    is open stays open, none is raised. inhibited_by: key of an alert that tells of this one too: inhibited while that
    one is open; '' none. over: it is so no more: an alert of this key ends, and keeps these words of how it ended.
    """

    rule: str
    labels: Mapping[str, str]
    severity: Severity
    summary_vi: str
    summary_en: str
    hold: timedelta | None = None
    inhibited: bool = False
    inhibited_by: str = ""
    over: bool = False

    @property
    def key(self) -> str:
        """The same thing under the same rule has the same key, in whatever order its labels were given."""
        return self.rule + "".join(f"|{name}={value}" for name, value in sorted(self.labels.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An alert that is open: pending or firing."""

    state: AlertState
    pending_since: datetime
    firing_since: datetime | None


def step(standing: Standing | None, *, present: bool, now: datetime, hold: timedelta) -> Standing | None:
    """Where an alert stands after looking at its condition at `now`. None: there is nothing, or nothing any more.

    A condition that ends while pending leaves no trace. The caller marks one that ends while firing as resolved.
    A clock that was set back never un-fires an alert.
    """
    if not present:
        return None
    if standing is None:
        standing = Standing(state=AlertState.PENDING, pending_since=now, firing_since=None)
    if standing.state is AlertState.PENDING and now - standing.pending_since >= hold:
        return Standing(state=AlertState.FIRING, pending_since=standing.pending_since, firing_since=now)
    return standing
