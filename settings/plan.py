"""Plans of moves between stores: what a plan keeps to, and by which policies it may be made."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from settings.section import Section

Days = Annotated[int, Field(ge=1, le=60)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class PlanPolicy(Section):
    """way: how moves are chosen (campaign.plan_policies.Way). reserve: share of the second doses that fall due in the
    horizon that a giving store keeps. source: an id of data/reference/sources.csv."""

    way: Literal["ours", "ministry", "fefo"] = "ours"
    reserve: Share = 1.0
    source: str
    valid_from: date


def _policies() -> dict[str, PlanPolicy]:
    begun, letters = date(2021, 3, 1), date(2021, 8, 2)
    return {
        "ours": PlanPolicy(way="ours", reserve=1.0, source="unconfirmed", valid_from=begun),
        "waived": PlanPolicy(way="ours", reserve=0.0, source="moh_press_2021", valid_from=letters),
        "ministry": PlanPolicy(way="ministry", reserve=0.0, source="moh_press_2021", valid_from=letters),
        "fefo": PlanPolicy(way="fefo", reserve=1.0, source="unconfirmed", valid_from=begun),
    }


class PlanSettings(Section):
    """What each means is said in campaign.plan_rules.PlanRules and beside it in config.yaml."""

    policy: str = "ours"
    policies: dict[str, PlanPolicy] = Field(default_factory=_policies)
    days: Days = 14
    cycle: Days = 3
    after_days: Days = 14
    seconds: Annotated[float, Field(gt=0, le=600)] = 10.0
    use_days: Annotated[int, Field(ge=0, le=60)] = 3
    minimum_days: Annotated[float, Field(ge=0, le=60)] = 7.0
    stale_hours: Annotated[float, Field(gt=0)] = 24.0
    counting_levels: tuple[Literal["province", "recipient", "district"], ...] = ("province",)
    whole: Literal["tray", "tray_first", "vial"] = "tray_first"
    whole_inside: Literal["tray", "tray_first", "vial"] = "tray_first"
    tray_gap: Annotated[float, Field(gt=0, le=0.2)] = 0.01
    vial_cm3: Annotated[float, Field(gt=0, le=100)] = 43.0
    single_cm3: Annotated[float, Field(gt=0, le=100)] = 15.0
    road_factor: Annotated[float, Field(ge=1, le=5)] = 1.3
    national_area: str = "01"
    least_doses: Annotated[int, Field(ge=0)] = 500
    least_doses_inside: Annotated[int, Field(ge=0)] = 100
    explained: Annotated[int, Field(ge=0, le=10_000)] = 1000
    explain_seconds: Annotated[float, Field(gt=0, le=600)] = 20.0

    @model_validator(mode="after")
    def knows_its_policy(self) -> PlanSettings:
        if self.policy not in self.policies:
            raise ValueError(f"policy {self.policy} is none of policies: {', '.join(sorted(self.policies))}")
        return self
