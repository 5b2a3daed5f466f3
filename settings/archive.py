"""Reports that are made by themselves, the archive that keeps them, and what stops one from being sent."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import Field, field_validator

from campaign.access import Role
from campaign.coverage import NATION
from campaign.report import Part, UnknownSection, chosen
from settings.section import Section

EACH = "each"
Area = Annotated[str, Field(pattern=rf"^({NATION}|{EACH}|[0-9]{{2}})$")]
AT = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
Seconds = Annotated[float, Field(gt=0)]
Form = Literal["pdf", "pptx", "docx", "xlsx", "csv", "json"]


class ScheduleSettings(Section):
    """One report that is made by itself; what each key means: config.yaml."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    at: str
    weekdays: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)] = (1, 2, 3, 4, 5, 6, 7)
    areas: Annotated[tuple[Area, ...], Field(min_length=1)] = (NATION,)
    languages: Annotated[tuple[Literal["vi", "en"], ...], Field(min_length=1)] = ("vi",)
    sections: tuple[str, ...] = ()
    forms: Annotated[tuple[Form, ...], Field(min_length=1)] = ("pdf", "xlsx")
    roles: tuple[Role, ...] = ()
    needs_lock: bool = True

    @field_validator("at")
    @classmethod
    def is_a_time(cls, text: str) -> str:
        if not AT.fullmatch(text):
            raise ValueError(f"'{text}' is no local time; write \"18:30\", in quotes")
        return text

    @field_validator("sections")
    @classmethod
    def are_sections(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(part.value for part in chosen(names)) if names else ()
        except UnknownSection as error:
            raise ValueError(str(error)) from error

    @property
    def clock(self) -> time:
        hour, minute = self.at.split(":")
        return time(int(hour), int(minute))


DAILY = ScheduleSettings(name="daily", at="18:30", roles=(Role.REPORTER, Role.APPROVER))


class ArchiveSettings(Section):
    """Seconds, minutes and keep_*_days are of wall time, but late_minutes and missing_minutes are of
    campaign time."""

    schedules: tuple[ScheduleSettings, ...] = (DAILY,)
    late_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 720
    missing_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 30
    stale_seconds: Seconds = 900.0
    stale_of: dict[str, Seconds] = Field(default_factory=dict[str, float])
    may_be_empty: tuple[Part, ...] = (Part.DECLARED, Part.COLD_CHAIN)
    poll_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    tries: Annotated[int, Field(ge=1, le=20)] = 4
    pause_seconds: Seconds = 60.0
    longest_pause_seconds: Seconds = 900.0
    attach: tuple[Form, ...] = ("pdf", "xlsx")
    most_attached_mb: Annotated[float, Field(gt=0, le=100)] = 15.0
    most_days: Annotated[int, Field(ge=1, le=366)] = 92
    keep_sent_days: Annotated[int, Field(ge=1, le=36_500)] = 3_650
    keep_other_days: Annotated[int, Field(ge=1, le=36_500)] = 92

    @field_validator("schedules")
    @classmethod
    def have_names_of_their_own(cls, found: tuple[ScheduleSettings, ...]) -> tuple[ScheduleSettings, ...]:
        names = [item.name for item in found]
        if len(set(names)) < len(names):
            raise ValueError("two schedules have one name: each needs its own")
        return found
