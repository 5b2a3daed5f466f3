"""Rules and targets from data/reference, where each row says its source and the date from which it holds."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from campaign.coverage import PopulationGroup, Target
from campaign.series import BoosterRule, MixedRule, ProductRule, SeriesRules, group_rules


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a reference file by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load_series_rules(folder: Path) -> SeriesRules:
    """Product, mixed-series and booster rules. A further dose counts from the interval of an additional one."""
    products = [
        ProductRule(
            product=row["code"],
            primary_doses=int(row["primary_doses"]),
            min_interval_days=int(row["min_interval_days"] or 0),
            usual_interval_days=int(row["usual_interval_days"] or 0),
            valid_from=date.fromisoformat(row["valid_from"]),
        )
        for row in read_csv(folder / "products.csv")
    ]
    mixed = [
        MixedRule(
            previous_product=row["previous_product"],
            next_product=row["next_product"],
            min_interval_days=int(row["min_interval_days"]),
            valid_from=date.fromisoformat(row["valid_from"]),
        )
        for row in read_csv(folder / "mixed_series.csv")
    ]
    boosters = [
        BoosterRule(min_interval_days=int(row["min_interval_days"]), valid_from=date.fromisoformat(row["valid_from"]))
        for row in read_csv(folder / "booster_rules.csv")
        if row["kind"] == "additional"
    ]
    return group_rules(products, mixed, boosters)


def load_targets(folder: Path) -> tuple[Target, ...]:
    return tuple(
        Target(
            target_id=row["id"],
            population_group=PopulationGroup(row["population_group"]),
            ratio=float(row["ratio"]),
            due_on=date.fromisoformat(row["due_on"]),
            valid_from=date.fromisoformat(row["valid_from"]),
        )
        for row in read_csv(folder / "targets.csv")
    )
