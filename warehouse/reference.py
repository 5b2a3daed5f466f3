"""Rules and targets from data/reference, where each row says its source and the date from which it holds."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

from campaign.cold_capacity import CapacityRules, Kept, Packed
from campaign.coldchain import Side
from campaign.coverage import PopulationGroup, Target
from campaign.lots import ThawLimit
from campaign.open_tables import OpenChange
from campaign.people import AreaTier, DeferralReason, PriorityGroup
from campaign.series import AreaRule, FurtherRule, MixedRule, ProductRule, SeriesRules, group_rules
from campaign.stability import Budget
from campaign.supplies import Item, Kind, Need, SupplyBook
from campaign.vial_monitors import Carries, Monitor
from campaign.wastage import OTHER_WORDS, WasteReason
from warehouse.coldchain import StorageClass

# The number after those that may be given out stands for all other words (warehouse.engine.registrations).
MOST_REASONS = 15
# No dose of a vaccine is packed larger than a tin of milk: a volume in other units is found out.
LARGEST_DOSE_CM3 = 500.0


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a reference file by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load_series_rules(folder: Path) -> SeriesRules:
    """The series rules of products, areas, mixed series and further doses.

    KeyError for a missing column, ValueError for a value that is no number or day, or a kind of further dose that the
    engine does not know."""
    further: dict[str, list[FurtherRule]] = {"additional": [], "booster": []}
    for row in read_csv(folder / "booster_rules.csv"):
        if row["kind"] not in further:
            raise ValueError(f"booster_rules.csv: kind {row['kind']!r} is none of {', '.join(further)}")
        further[row["kind"]].append(FurtherRule(min_interval_days=int(row["min_interval_days"]), valid_from=_from(row)))
    return group_rules(
        [_product_rule(row) for row in read_csv(folder / "products.csv")],
        [_area_rule(row) for row in read_csv(folder / "area_interval_rules.csv")],
        [_mixed_rule(row) for row in read_csv(folder / "mixed_series.csv")],
        additional=further["additional"],
        booster=further["booster"],
    )


def load_usual_waits(folder: Path) -> dict[str, int]:
    """By product: days from the first dose to the one that completes the series, at its usual interval; products of one
    dose are left out. The newest row of a product counts. Errors as in `load_series_rules`."""
    rules = sorted((_product_rule(row) for row in read_csv(folder / "products.csv")), key=lambda rule: rule.valid_from)
    return {
        rule.product: rule.usual_interval_days * (rule.primary_doses - 1) for rule in rules if rule.primary_doses > 1
    }


def _product_rule(row: Mapping[str, str]) -> ProductRule:
    return ProductRule(
        product=row["code"],
        primary_doses=int(row["primary_doses"]),
        min_interval_days=int(row["min_interval_days"] or 0),
        usual_interval_days=int(row["usual_interval_days"] or 0),
        valid_from=_from(row),
    )


def _area_rule(row: Mapping[str, str]) -> AreaRule:
    return AreaRule(
        product=row["product"],
        area=row["area_code"],
        min_interval_days=int(row["min_interval_days"]),
        usual_interval_days=int(row["usual_interval_days"]),
        valid_from=_from(row),
    )


def _mixed_rule(row: Mapping[str, str]) -> MixedRule:
    return MixedRule(
        previous_product=row["previous_product"],
        next_product=row["next_product"],
        min_interval_days=int(row["min_interval_days"]),
        valid_from=_from(row),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def _from(row: Mapping[str, str]) -> date:
    return date.fromisoformat(row["valid_from"])


def load_targets(folder: Path) -> tuple[Target, ...]:
    """Every version of every target, as the files of decisions tell them."""
    return tuple(
        Target(
            target_id=row["id"],
            population_group=PopulationGroup(row["population_group"]),
            ratio=float(row["ratio"]),
            due_on=date.fromisoformat(row["due_on"]),
            valid_from=_from(row),
            more_than=row["comparison"] == "more_than",
        )
        for row in read_csv(folder / "targets.csv")
    )


def load_area_tiers(folder: Path) -> tuple[AreaTier, ...]:
    """The priority tier of each province. ValueError for a tier that is no number."""
    return tuple(
        AreaTier(area_code=row["area_code"], tier=int(row["tier"]), source=row["source"], valid_from=_from(row))
        for row in read_csv(folder / "province_tiers.csv")
    )


def load_priority_groups(folder: Path) -> tuple[PriorityGroup, ...]:
    """The 16 groups in order of precedence."""
    rows = sorted(read_csv(folder / "priority_groups.csv"), key=lambda row: int(row["precedence"]))
    return tuple(PriorityGroup(number=int(row["code"]), name_vi=row["name_vi"], name_en=row["name_en"]) for row in rows)


def load_product_names(folder: Path) -> dict[str, str]:
    """What a product is called, by its code."""
    return {row["code"]: row["name"] for row in read_csv(folder / "products.csv")}


def load_most_per_vial(folder: Path) -> dict[str, int]:
    """How many doses a vial may yield in skilled hands, by product: more than its label says."""
    return {row["code"]: int(row["max_doses_per_vial"]) for row in read_csv(folder / "products.csv")}


def load_thaw_limits(folder: Path) -> tuple[ThawLimit, ...]:
    """For how many days after thawing each product may be used; products that are not thawed are left out."""
    return tuple(
        ThawLimit(
            product=row["code"], valid_from=date.fromisoformat(row["valid_from"]), days=int(row["thaw_limit_days"])
        )
        for row in read_csv(folder / "products.csv")
        if row["thaw_limit_days"]
    )


def load_deferral_reasons(folder: Path) -> tuple[DeferralReason, ...]:
    """Why people are deferred. ValueError for a number that the engine cannot keep."""
    found = tuple(
        DeferralReason(number=int(row["number"]), text=row["text"], name_vi=row["name_vi"], name_en=row["name_en"])
        for row in read_csv(folder / "deferral_reasons.csv")
    )
    for reason in found:
        if not 0 < reason.number < MOST_REASONS:
            raise ValueError(f"deferral_reasons.csv: number {reason.number} is none of 1 to {MOST_REASONS - 1}")
    return found


def load_waste_reasons(folder: Path) -> tuple[WasteReason, ...]:
    """Why doses are wasted. ValueError for a number that stands for something else."""
    found = tuple(
        WasteReason(
            number=int(row["number"]),
            text=row["text"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            excursion=row["excursion"],
        )
        for row in read_csv(folder / "waste_reasons.csv")
    )
    for reason in found:
        if not 0 < reason.number < OTHER_WORDS:
            raise ValueError(f"waste_reasons.csv: number {reason.number} is none of 1 to {OTHER_WORDS - 1}")
    return found


def load_stability(folder: Path) -> tuple[Budget, ...]:
    """How long products bear a band of temperature outside their storage. ValueError for a value that is no number, or
    a side that is none."""
    return tuple(
        Budget(
            product=row["product"],
            side=Side(row["side"]),
            low_c=float(row["low_c"]),
            high_c=float(row["high_c"]),
            minutes=int(row["minutes"]),
            source=row["source"],
            valid_from=_from(row),
        )
        for row in read_csv(folder / "stability.csv")
    )


def load_capacity_rules(folder: Path) -> CapacityRules:
    """What doses take, packed, and the class of storage they are kept in. ValueError for a volume that is no number, or
    not above zero."""
    packed = tuple(
        Packed(
            product=row["product"],
            doses_per_vial=int(row["doses_per_vial"]),
            cm3_per_dose=float(row["cm3_per_dose"]) if row["cm3_per_dose"] else None,
            valid_from=_from(row),
        )
        for row in read_csv(folder / "packed_volumes.csv")
    )
    for item in packed:
        if item.cm3_per_dose is not None and not 0 < item.cm3_per_dose < LARGEST_DOSE_CM3:
            raise ValueError(f"packed_volumes.csv: {item.product} takes {item.cm3_per_dose} cm3 a dose")
    kept = tuple(
        Kept(product=row["code"], storage_class=row["storage_class"], valid_from=_from(row))
        for row in read_csv(folder / "products.csv")
    )
    return CapacityRules(packed=packed, kept=kept, thaw_limits=load_thaw_limits(folder))


def load_vial_facts(folder: Path) -> dict[str, tuple[bool, bool]]:
    """By product: whether it is adsorbed on aluminium, and whether its vials have a monitor of heat."""
    return {
        row["code"]: (_flag(row["aluminium_adsorbed"]) is True, _flag(row["has_vvm"]) is True)
        for row in read_csv(folder / "products.csv")
    }


def load_supply_items(folder: Path) -> tuple[Item, ...]:
    """Consumables in the order in which they are shown. ValueError for an unknown kind, KeyError for a column."""
    return tuple(
        Item(
            code=row["code"],
            kind=Kind(row["kind"]),
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            holds=int(row["holds"]) if row["holds"] else None,
        )
        for row in read_csv(folder / "supply_items.csv")
    )


def load_supply_book(folder: Path) -> SupplyBook:
    """What doses need of consumables. ValueError for a value that is no number, an unknown kind, an item or a product
    that the other tables do not have."""
    items = load_supply_items(folder)
    vials = tuple((row["code"], _from(row), int(row["doses_per_vial"])) for row in read_csv(folder / "products.csv"))
    needs = tuple(_need(row) for row in read_csv(folder / "product_supplies.csv"))
    codes, products = {item.code for item in items}, {product for product, *_ in vials}
    for need in needs:
        if need.item not in codes or need.product not in products:
            raise ValueError(f"product_supplies.csv: {need.product} x {need.item} is of no product or no item")
    return SupplyBook(items=items, needs=needs, vials=vials)


def _need(row: Mapping[str, str]) -> Need:
    if row["per"] not in ("dose", "vial"):
        raise ValueError(f"product_supplies.csv: per {row['per']!r} is neither dose nor vial")
    return Need(
        product=row["product"],
        item=row["item"],
        per_vial=row["per"] == "vial",
        pieces=int(row["count"]) * Fraction(row["waste_factor"]),
        valid_from=_from(row),
    )


def load_vial_monitors(folder: Path) -> tuple[Monitor, ...]:
    """Whether the vials of products carry a monitor of heat. ValueError for another word."""
    return tuple(
        Monitor(
            product=row["product"],
            carries=Carries(row["carries"]),
            vvm_type=row["vvm_type"],
            valid_from=_from(row),
        )
        for row in read_csv(folder / "vial_monitors.csv")
    )


def load_storage_classes(folder: Path) -> tuple[StorageClass, ...]:
    """What each class of storage asks for. ValueError for a value that is no number."""
    return tuple(
        StorageClass(
            storage_class=row["class"],
            low_c=_degrees(row["low_c"]),
            high_c=_degrees(row["high_c"]),
            low_alarm_c=_degrees(row["low_alarm_c"]),
            low_alarm_minutes=_minutes(row["low_alarm_minutes"]),
            low_alarm_inclusive=_flag(row["low_alarm_inclusive"]),
            high_alarm_c=_degrees(row["high_alarm_c"]),
            high_alarm_minutes=_minutes(row["high_alarm_minutes"]),
            high_alarm_inclusive=_flag(row["high_alarm_inclusive"]),
        )
        for row in read_csv(folder / "cold_chain_classes.csv")
    )


def _degrees(text: str) -> float | None:
    return float(text) if text else None


def _minutes(text: str) -> int | None:
    return int(text) if text else None


def _flag(text: str) -> bool | None:
    return text == "true" if text else None


def load_open_changes(folder: Path) -> tuple[OpenChange, ...]:
    """What changed in the public tables, the newest first. KeyError for a missing column, ValueError for no day."""
    found = [
        OpenChange(on=_from(row), table=row["table"], text_vi=row["text_vi"], text_en=row["text_en"])
        for row in read_csv(folder / "open_data_changes.csv")
    ]
    return tuple(sorted(found, key=lambda change: change.on, reverse=True))
