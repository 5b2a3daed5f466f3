"""What a viewer asked to see: the filters of a page, as values that were checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from campaign.coverage import Measure, PopulationGroup
from layouts.words import Language


class Metric(StrEnum):
    """What the map colours. `DOSES7` are doses given in the last seven days per 1,000 residents."""

    DOSE1 = "dose1"
    FULL = "full"
    DOSES7 = "doses7"


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


class Size(StrEnum):
    """Of the screen: figures cannot measure it, so the browser says which of three it has."""

    PHONE = "phone"
    DESK = "desk"
    WALL = "wall"


class Clock(StrEnum):
    """On which day a dose is drawn: when it was injected, or when it was recorded."""

    INJECTED = "injected"
    RECORDED = "recorded"


GROUPS = (PopulationGroup.ADULTS, PopulationGroup.ALL)
MEASURES = {Metric.DOSE1: Measure.DOSE1, Metric.FULL: Measure.FULL}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One combination of filters; also the key under which its drawing is kept."""

    metric: Metric
    group: PopulationGroup
    denominator: str
    language: Language
    theme: Theme
    size: Size
    area: str = ""
    target: str = ""
    tier: str = ""
    clock: Clock = Clock.INJECTED
