"""How a line of a plan travels, in words: whole trays and loose vials, and what a tray is opened for."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any, cast

from campaign.plan_order import Packing
from campaign.plan_problem import Aim
from campaign.plan_record import PlanLine
from campaign.plan_trays import Packed
from layouts.plan_view import PlanView

KINDS, AIMS = tuple(Packed), (Aim.LOST, Aim.UNMET, Aim.SHORT)


def packed_told(view: PlanView, line: PlanLine, *, changed: bool) -> str:
    """Trays and vials by the lot's packing. changed: by a person, of whose doses nobody says what lies loose. '' where
    neither is known."""
    parcel = _parcel(view, line.doses, view.packing.get(line.lot))
    opened = "" if changed else _opened(view, line.reasons)
    return " ".join(text for text in (parcel, opened) if text)


def _parcel(view: PlanView, doses: int, packing: Packing | None) -> str:
    if packing is None:
        return ""
    parcel = packing.parcel(doses)
    counts = {"trays": parcel.trays or 0, "vials": parcel.vials, "doses": parcel.loose}
    told = [view.words(f"plan_parcel.{name}", count=view.doses(count)) for name, count in counts.items() if count]
    return view.words("plan_packed.parcel", parts=", ".join(told))


def _opened(view: PlanView, why: Mapping[str, Any]) -> str:
    """As the planner's model put it; of a plan that somebody handed in, as far as that can be read."""
    packed, purpose = why.get("packed"), why.get("opened_for")
    if packed not in KINDS:
        return ""
    told = view.words(f"plan_packed.{packed}")
    if packed != Packed.OPENED or not isinstance(purpose, Mapping):
        return told
    found = cast(Mapping[str, object], purpose)
    aim, amount = found.get("aim"), found.get("amount")
    if aim not in AIMS or not isinstance(amount, int | float):
        return told
    purpose_said = view.words(f"plan_opened.{aim}", amount=view.doses(ceil(amount)))
    return f"{told} {purpose_said}"
