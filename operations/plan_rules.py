"""By which rules acts on a plan go: settings and reference data, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from campaign.cold_capacity import Kept
from campaign.lots import ThawLimit, thaw_limits_in_force
from settings import Settings
from warehouse.coldchain import StorageClass
from warehouse.reference import load_capacity_rules, load_storage_classes, load_thaw_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRules:
    """proposal, approval: for how long each holds, in campaign time. most_lines: of one plan. thaw: days of use after
    thawing. kept, classes: at which temperatures a product is kept."""

    proposal: timedelta
    approval: timedelta
    most_lines: int
    zone: ZoneInfo
    thaw: tuple[ThawLimit, ...]
    kept: tuple[Kept, ...]
    classes: Mapping[str, StorageClass]

    def thaw_limits(self, today: date) -> Mapping[str, int]:
        return thaw_limits_in_force(self.thaw, today=today)

    def fits(self, product: str, temp_c: float, today: date) -> bool | None:
        """Whether a load of the product came at a temperature that it is kept at. None: nobody says which."""
        begun = [item for item in self.kept if item.product == product and item.valid_from <= today]
        newest = max(begun, key=lambda item: item.valid_from, default=None)
        kept_at = self.classes.get(newest.storage_class) if newest else None
        if kept_at is None or kept_at.low_c is None or kept_at.high_c is None:
            return None
        return kept_at.low_c <= temp_c <= kept_at.high_c


def plan_rules(settings: Settings) -> PlanRules:
    folder, chosen = settings.reference_dir, settings.reallocation
    return PlanRules(
        proposal=timedelta(hours=chosen.proposal_hours),
        approval=timedelta(hours=chosen.approval_hours),
        most_lines=chosen.most_lines,
        zone=ZoneInfo(settings.campaign.timezone),
        thaw=load_thaw_limits(folder),
        kept=load_capacity_rules(folder).kept,
        classes={item.storage_class: item for item in load_storage_classes(folder)},
    )
