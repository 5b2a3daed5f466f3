"""What stock in one store can do, by the most that flows from doses to people: not as campaign/plan_value.py counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pile:
    """Doses that serve the cycles since..until-1; ends: within the horizon."""

    since: int
    until: int
    doses: int
    ends: bool


def given(piles: Sequence[Pile], pace: Sequence[int]) -> int:
    return _flow(piles, pace, [sum(pace)] + [0] * (len(pace) - 1))


def second(piles: Sequence[Pile], pace: Sequence[int], due: Sequence[int]) -> int:
    return _flow(piles, pace, due)


def lost(piles: Sequence[Pile], pace: Sequence[int]) -> int:
    ending = [pile for pile in piles if pile.ends]
    return sum(pile.doses for pile in ending) - given(ending, pace)


def _flow(piles: Sequence[Pile], pace: Sequence[int], due: Sequence[int]) -> int:
    """Maximum flow source -> pile -> cycle -> what fell due by then -> sink (Edmonds and Karp)."""
    spans, many = len(pace), sum(pile.doses for pile in piles) + sum(pace) + sum(due) + 1
    source, sink = "source", "sink"
    room: dict[tuple[str, str], int] = {}
    for at, pile in enumerate(piles):
        room[source, f"pile{at}"] = pile.doses
        for cycle in range(pile.since, min(pile.until, spans)):
            room[f"pile{at}", f"in{cycle}"] = many
    for cycle in range(spans):
        room[f"in{cycle}", f"out{cycle}"] = pace[cycle]
        for fell in range(cycle + 1):
            room[f"out{cycle}", f"due{fell}"] = many
        room[f"due{cycle}", sink] = due[cycle]
    return _most(room, source, sink)


def _most(room: dict[tuple[str, str], int], source: str, sink: str) -> int:
    ways: dict[str, set[str]] = {}
    for one, other in room:
        ways.setdefault(one, set()).add(other)
        ways.setdefault(other, set()).add(one)
    total = 0
    while True:
        came: dict[str, str] = {source: source}
        waiting = deque([source])
        while waiting and sink not in came:
            here = waiting.popleft()
            for there in sorted(ways.get(here, ())):
                if there not in came and room.get((here, there), 0) > 0:
                    came[there] = here
                    waiting.append(there)
        if sink not in came:
            return total
        path = [sink]
        while path[-1] != source:
            path.append(came[path[-1]])
        steps = list(zip(path[1:], path[:-1], strict=True))
        least = min(room[step] for step in steps)
        for one, other in steps:
            room[one, other] -= least
            room[other, one] = room.get((other, one), 0) + least
        total += least
