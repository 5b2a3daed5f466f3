"""A new arrival shared out: by adults of 18 and over, in whole units, the rest to the largest remainders.

The shares become demands on the same model (campaign/plan_problem.py), with the arrival as a heap of a hub: the rules
then say what can be carried and stored, and which do not allow a share. Source: FEATURES M5."""

from __future__ import annotations

from collections.abc import Mapping

from campaign.plan_problem import Demand
from geo.apportion import largest_remainder


def shares(doses: int, *, unit_doses: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Doses for each code, in whole units; they add up to the whole units of `doses`. ValueError where nobody has a
    weight, or one is negative."""
    if sum(weights.values()) <= 0 or min(weights.values()) < 0:
        raise ValueError("no weight to share by")
    codes = sorted(weights)
    units = largest_remainder(doses // unit_doses, [weights[code] for code in codes])
    return {code: count * unit_doses for code, count in zip(codes, units, strict=True)}


def demands(product: str, shared: Mapping[str, int]) -> tuple[Demand, ...]:
    """At least its share arrives at each."""
    return tuple(Demand(store=code, product=product, doses=doses) for code, doses in shared.items() if doses)
