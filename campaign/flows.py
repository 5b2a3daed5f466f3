"""Where people live and where they are vaccinated: two readings of the same doses, and what moves between them.

Coverage counts people where they live; throughput and stock count doses where they are given. Both add up to the same
doses. Residence has a row for people whose residence is not known, places have one for units of no province.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Doses given at `place` to residents of `residence`."""

    residence: str
    place: str
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One area, or several, each by itself and added up. Unit: doses. by_residence = at_home + outflow, by_place =
    at_home + inflow.

    to_central: of the outflow, given by units of no province. of_unknown: of the inflow, to people whose residence is
    not known."""

    by_residence: int
    by_place: int
    at_home: int
    to_central: int
    of_unknown: int

    @property
    def outflow(self) -> int:
        return self.by_residence - self.at_home

    @property
    def inflow(self) -> int:
        return self.by_place - self.at_home

    @property
    def net(self) -> int:
        """Above 0: more is given here than its residents get anywhere."""
        return self.inflow - self.outflow

    @property
    def inflow_ratio(self) -> float | None:
        return self.inflow / self.by_place if self.by_place else None

    @property
    def outflow_ratio(self) -> float | None:
        return self.outflow / self.by_residence if self.by_residence else None


def flow_of(moves: Iterable[Moved], codes: Collection[str]) -> Flow:
    """Of the areas `codes`, added up: what moves between two of them flows out of the one and into the other."""
    by_residence = by_place = at_home = to_central = of_unknown = 0
    for move in moves:
        lives, given = move.residence in codes, move.place in codes
        by_residence += move.doses * lives
        by_place += move.doses * given
        stays = move.residence == move.place
        at_home += move.doses * (lives and stays)
        to_central += move.doses * (lives and not stays and move.place == CENTRAL_UNITS)
        of_unknown += move.doses * (given and not stays and move.residence == UNKNOWN_AREA)
    return Flow(
        by_residence=by_residence, by_place=by_place, at_home=at_home, to_central=to_central, of_unknown=of_unknown
    )


def flows_by_area(moves: Iterable[Moved], codes: Iterable[str]) -> dict[str, Flow]:
    """Each of `codes` by itself, one pass over the moves of each."""
    touching: dict[str, list[Moved]] = {code: [] for code in codes}
    for move in moves:
        for code in {move.residence, move.place}:
            if code in touching:
                touching[code].append(move)
    return {code: flow_of(part, {code}) for code, part in touching.items()}


def largest(moves: Iterable[Moved], codes: Collection[str] | None, *, most: int) -> tuple[Moved, ...]:
    """The largest moves from one area to another, with one end in `codes` (None: anywhere)."""
    wanted = [
        move
        for move in moves
        if move.residence != move.place and (codes is None or move.residence in codes or move.place in codes)
    ]
    return tuple(sorted(wanted, key=lambda move: (-move.doses, move.residence, move.place))[:most])
