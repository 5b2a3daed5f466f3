"""What doses take and what fits, as a plan counts it: by labels of storage, and never more than there is.

A product of which no source tells the packed volume is planned with an assumed one (campaign.plan_rules), which the
plan says: to plan nothing of it would let it expire. A store without devices of a product's class keeps it in
refrigerators if it keeps after thawing, as campaign/cold_capacity.py says. Where one class serves several labels, each
has an equal part: together never more than there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from campaign.cold_capacity import CM3_A_LITRE, REFRIGERATOR, Capacity, CapacityRules, Load, Packed
from campaign.plan_facts import PlanLot
from campaign.plan_rules import PlanRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """litres: of a dose, by product, in the form that takes the most. assumed: products with an assumed volume. labels:
    the label of storage of each product; classes: the labels of each class."""

    litres: Mapping[str, float]
    assumed: frozenset[str]
    labels: Mapping[str, str]
    classes: Mapping[str, frozenset[str]]


def with_assumed(rules: CapacityRules, loads: Iterable[Load], plan: PlanRules) -> CapacityRules:
    """Volumes of forms of which none is known: so that what fills a store is never taken for nothing."""
    known = {(item.product, item.doses_per_vial) for item in rules.packed if item.cm3_per_dose is not None}
    forms = {(load.product, load.doses_per_vial) for load in loads} | {
        (item.product, item.doses_per_vial) for item in rules.packed
    }
    begun = min((item.valid_from for item in rules.packed), default=None)
    if begun is None:
        return rules
    assumed = tuple(
        Packed(product=product, doses_per_vial=size, cm3_per_dose=assumed_cm3(size, plan), valid_from=begun)
        for product, size in sorted(forms - known)
    )
    kept = tuple(item for item in rules.packed if item.cm3_per_dose is not None)
    return replace(rules, packed=(*kept, *assumed))


def assumed_cm3(doses_per_vial: int, rules: PlanRules) -> float:
    return rules.vial_cm3 / doses_per_vial if doses_per_vial > 1 else rules.single_cm3


def volumes(lots: Iterable[PlanLot], capacity: Capacity, known: Mapping[tuple[str, int], float | None]) -> Volumes:
    """Of the products of these lots. known: what sources tell, by product and doses a vial."""
    litres: defaultdict[str, float] = defaultdict(float)
    assumed: set[str] = set()
    for lot in lots:
        form = (lot.now.product, lot.doses_per_vial)
        cm3 = capacity.volumes.get(form) or 0.0
        litres[lot.now.product] = max(litres[lot.now.product], cm3 / CM3_A_LITRE)
        if known.get(form) is None:
            assumed.add(lot.now.product)
    labels = {
        product: _label(capacity.classes.get(product, REFRIGERATOR), product in capacity.thawed) for product in litres
    }
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for product, label in labels.items():
        classes[capacity.classes.get(product, REFRIGERATOR)].add(label)
    return Volumes(
        litres=dict(litres),
        assumed=frozenset(assumed),
        labels=labels,
        classes={name: frozenset(found) for name, found in classes.items()},
    )


def _label(storage: str, thawed: bool) -> str:
    """What may lie in a refrigerator for a time is told apart from what may not."""
    return storage if thawed or storage == REFRIGERATOR else f"{storage} only"


def rooms(store: str, capacity: Capacity, found: Volumes) -> dict[str, float] | None:
    """Litres free today by label, not counting what is on its way; None where nobody knows any."""
    own = capacity.of_store(store)
    known = {name: room for name, room in own.items() if name and room.usable > 0}
    if not known:
        return None
    by_class: defaultdict[str, list[str]] = defaultdict(list)
    for storage, labels in sorted(found.classes.items()):
        for label in sorted(labels):
            place = storage if storage in capacity.has.get(store, frozenset()) else REFRIGERATOR
            if place == storage or not label.endswith(" only"):
                by_class[place].append(label)
    free = {name: max(0.0, room.usable - room.filled) for name, room in known.items()}
    return {label: free.get(name, 0.0) / len(labels) for name, labels in by_class.items() for label in labels}
