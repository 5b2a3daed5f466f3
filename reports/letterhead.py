"""What surrounds the numbers in every form: who issues the report, and what the registrar fills in by hand."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from campaign.report import Report
from layouts.words import Words

BLANK = "………"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """over: who stands above the issuing body. Each in the report's language."""

    over: str
    body: str
    city: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A report with everything that a form needs to write it. edited: its narrative is a person's."""

    report: Report
    letterhead: Letterhead
    words: Words
    zone: ZoneInfo
    edited: bool = False

    @property
    def dated(self) -> str:
        """Place and day, the day being the snapshot's: the same report tomorrow has the same date."""
        local = self.report.pins.as_of.astimezone(self.zone)
        return self.words(
            "report.dated",
            city=self.letterhead.city,
            day=f"{local.day:02d}",
            month=f"{local.month:02d}" if local.month < 3 else str(local.month),
            year=local.year,
        )

    @property
    def number(self) -> str:
        return self.words("report.number", blank=BLANK)

    @property
    def subject(self) -> str:
        return self.words("report.subject", place=self.report.place)
