"""What the planner's process does with one scenario: two plans from one snapshot, without and with what is supposed."""

from __future__ import annotations

from typing import Any

from campaign.plan_document import PlanDocument
from campaign.plan_scenario import UnknownSupposed, from_plain, resolved
from cli.plan_making import Maker, plain
from cli.plan_wiring import names_of
from operations.plan_scenarios import Compared, PlanScenario


def compare(maker: Maker, scenario: PlanScenario) -> Compared:
    """Both plans are made by the same rules in the same limits of time; a plan that moves nothing is one, too."""
    without = maker.planned(scenario)
    if isinstance(without, str):
        return Compared(why=without)
    suppose = from_plain(scenario.suppose)
    try:
        supposed = maker.planned(
            scenario,
            version=without.snapshot,
            supposing=lambda facts: resolved(suppose, facts.places, facts.lots),
        )
    except UnknownSupposed as error:
        return Compared(why="unknown_supposed", told={"name": str(error)})
    if isinstance(supposed, str):
        return Compared(why=supposed)
    for document in (without, supposed):
        if document.refused:
            return Compared(why="refused", told={"refused": _kept(maker, document)["refused"]})
    return Compared(snapshot=without.snapshot, without=_kept(maker, without), supposed=_kept(maker, supposed))


def _kept(maker: Maker, document: PlanDocument) -> dict[str, Any]:
    return plain(document, names_of(maker.settings), maker.catalogues)
