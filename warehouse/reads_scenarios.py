"""What the levers of a scenario would do to the targets of a snapshot. It reads actuals; nothing that shows actuals
reads it (tests/dashboard/test_scenarios.py looks at who imports this)."""

from __future__ import annotations

from dataclasses import dataclass

from campaign.coverage import NATION
from campaign.projection import Fan
from campaign.scenario import Levers, Supposed, suppose, supposed_fan
from campaign.targets import Past, Standing
from warehouse import lineage, reads_targets
from warehouse.reads_targets import RULES, Grounds
from warehouse.snapshot import Snapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """One reading as it stands and as it is supposed. `supposed` None: reached already, or nothing to project from."""

    standing: Standing
    supposed: Supposed | None


def what_if(
    snapshots: Snapshots, version: int, ground: Grounds, standings: tuple[Standing, ...], *, levers: Levers, one_in: int
) -> tuple[WhatIf, ...]:
    """Each target under the readings of its own group, in the place that the standings are of."""
    own = [found for found in standings if found.own]
    area = own[0].area_code if own else NATION
    stock = on_hand(snapshots, version, "" if area == NATION else area)
    return tuple(WhatIf(standing=found, supposed=_supposed(ground, found, levers, stock, one_in)) for found in own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """One reading by day: so far, as it would go on, and as it would under the levers. Nothing ahead of what is reached
    already."""

    past: Past | None
    base: Fan | None
    supposed: Fan | None


def curves(
    snapshots: Snapshots, version: int, ground: Grounds, found: Standing, *, levers: Levers, one_in: int
) -> Curves:
    """In the place that the standing is of."""
    past, base = reads_targets.path_of(ground, found)
    population = found.coverage.population
    if past is None or not population or found.reached:
        return Curves(past=past, base=None, supposed=None)
    supposed = supposed_fan(
        past,
        found.measure,
        population=population,
        levers=levers,
        on_hand=on_hand(snapshots, version, "" if found.area_code == NATION else found.area_code),
        one_in=one_in,
        rules=RULES,
    )
    return Curves(past=past, base=base, supposed=supposed)


def on_hand(snapshots: Snapshots, version: int, area: str) -> int:
    """Doses in store now, at full size; 0 where the source tells none."""
    found = lineage.recompute(snapshots, version, lineage.NUMBERS["on_hand"], area=area, denominator="")
    return max(found.value or 0, 0)


def _supposed(ground: Grounds, found: Standing, levers: Levers, stock: int, one_in: int) -> Supposed | None:
    past, _ = reads_targets.path_of(ground, found)
    population = found.coverage.population
    if past is None or not population or found.needed is None or found.reached:
        return None
    return suppose(
        past,
        found.measure,
        population=population,
        needed=found.needed,
        levers=levers,
        on_hand=stock,
        one_in=one_in,
        rules=RULES,
    )
