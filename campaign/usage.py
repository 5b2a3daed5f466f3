"""How much of its vaccine an area used, over its allocation rounds: three ways, one number of doses given.

Source: design, DOMAIN 4 ("Usage for ranking is per allocation round"). A round counts once it was received long enough
ago, since stock that landed yesterday says nothing. Doses given are taken from the oldest round first, so that what can
only have come from a newer round is left out above, as that round is below. Full-size doses; days are local calendar
days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Way(StrEnum):
    """What the doses given are held against."""

    ALLOCATED = "allocated"  # what the decisions allocated: the Ministry's way
    RECEIVED = "received"
    GONE = "gone"  # received - on hand - wasted


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one decision gives one area of one product. received_on: the first day on which some of it came; None: none
    has."""

    decision_id: int
    allocated: int
    received: int
    received_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The ledger of one area and product since the beginning. received: less what was sent on to other areas, under
    whatever decision or none."""

    given: int = 0
    received: int = 0
    on_hand: int = 0
    wasted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Doses of the rounds that count, to be added over products and areas. given: above the line of every way; gone:
    received - on hand - wasted. rounds: decisions that count; newer: those that do not yet."""

    given: int = 0
    allocated: int = 0
    received: int = 0
    gone: int = 0
    rounds: frozenset[int] = frozenset()
    newer: frozenset[int] = frozenset()

    def below(self, way: Way) -> int:
        return {Way.ALLOCATED: self.allocated, Way.RECEIVED: self.received, Way.GONE: self.gone}[way]

    def ratio(self, way: Way) -> float | None:
        """None where there is nothing to hold the doses against; above 1 is told as it is."""
        below = self.below(way)
        return self.given / below if below > 0 else None

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            given=self.given + other.given,
            allocated=self.allocated + other.allocated,
            received=self.received + other.received,
            gone=self.gone + other.gone,
            rounds=self.rounds | other.rounds,
            newer=self.newer | other.newer,
        )


def usage_of(rounds: Iterable[Round], account: Account, *, today: date, settled_days: int) -> Usage:
    """Of one area and product. What no decision names counts as settled: nobody says when it came.

    With a ledger that closes and nothing lost, doses given are what is gone."""
    latest = today - timedelta(days=settled_days)
    known = list(rounds)
    settled = [item for item in known if item.received_on is not None and item.received_on <= latest]
    newer = [item for item in known if item.received_on is not None and item.received_on > latest]
    came_newer = min(max(sum(item.received for item in newer), 0), max(account.received, 0))
    came = account.received - came_newer
    given_newer = _beyond(account.given, came, came_newer)
    wasted_newer = _beyond(account.given + account.wasted, came, came_newer) - given_newer
    here_newer = max(min(account.on_hand, came_newer - given_newer - wasted_newer), 0)
    return Usage(
        given=account.given - given_newer,
        allocated=sum(item.allocated for item in settled),
        received=came,
        gone=came - (account.on_hand - here_newer) - (account.wasted - wasted_newer),
        rounds=frozenset(item.decision_id for item in settled),
        newer=frozenset(item.decision_id for item in newer),
    )


def usage_by_area(
    rounds: Mapping[tuple[str, str], Iterable[Round]],
    accounts: Mapping[tuple[str, str], Account],
    *,
    today: date,
    settled_days: int,
) -> dict[str, Usage]:
    """By area; both are by area and product."""
    found: dict[str, Usage] = {}
    for key in sorted({*rounds, *accounts}):
        one = usage_of(rounds.get(key, ()), accounts.get(key, Account()), today=today, settled_days=settled_days)
        found[key[0]] = found.get(key[0], Usage()) + one
    return found


def spread(doses: int, rounds: Iterable[Round]) -> dict[int, int]:
    """How many of `doses` given fall on each decision: the oldest first, each up to what was received of it."""
    left, found = max(doses, 0), dict[int, int]()
    for item in sorted(rounds, key=lambda item: (item.received_on or date.max, item.decision_id)):
        found[item.decision_id] = min(left, max(item.received, 0))
        left -= found[item.decision_id]
    return found


def _beyond(doses: int, first: int, second: int) -> int:
    """How many of `doses` are left for a second pot of which the first pot is drawn before."""
    return min(max(doses - max(first, 0), 0), second)
