"""Several areas as one."""

from __future__ import annotations

from collections.abc import Iterable

from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, Coverage, Measure, PopulationGroup
from campaign.readings import AreaRow

NOT_AREAS = frozenset({UNKNOWN_AREA, CENTRAL_UNITS})


def national(
    areas: Iterable[AreaRow], group: PopulationGroup, measure: Measure
) -> tuple[Coverage, tuple[str, ...]] | None:
    """The nation's coverage and the areas left out of both sides because this version has no population for them.

    People of unknown residence count: the nation's population contains them.
    """
    cells = [(row.area.code, row.coverage.get((group, measure))) for row in areas]
    known = [(code, cell) for code, cell in cells if cell is not None]
    if not known:
        return None
    missing = tuple(code for code, cell in known if cell.population is None and code not in NOT_AREAS)
    populations = [cell.population for _, cell in known if cell.population is not None]
    people = sum(cell.people for code, cell in known if code not in missing)
    return Coverage(people=people, population=sum(populations) if populations else None), missing
