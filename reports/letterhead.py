"""What surrounds the text in every form: who issues it, and what the registrar fills in by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from campaign.report import Report
from layouts.words import Words

BLANK = "………"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """over: who stands above the issuing body. Each in the paper's language."""

    over: str
    body: str
    city: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The fixed parts of an administrative document (Decree 30/2020/ND-CP, appendix I), in its language. at: the
    instant that the file bears, local. lines: at the foot of every page. mark: at the head of every page, where the
    paper is not what it seems; '' else. note: below the subject. to: '' where it is addressed to nobody. signer: whose
    signature it bears, sign_here: what stands below; blanks are the registrar's."""

    language: str
    title: str
    at: datetime
    over: str
    body: str
    country: str
    motto: str
    number: str
    dated: str
    kind: str
    subject: str
    note: str
    to: str
    mark: str
    warnings: tuple[str, ...]
    lines: tuple[str, ...]
    recipients: str
    recipient_lines: tuple[str, ...]
    signer: str
    sign_here: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """In which words and by which clock values are written."""

    words: Words
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Spoken):
    """A report with everything that a form needs to write it. edited: its narrative is a person's."""

    report: Report
    letterhead: Letterhead
    edited: bool = False

    @property
    def dated(self) -> str:
        """Place and day, the day being the snapshot's: the same report tomorrow has the same date."""
        local = self.report.pins.as_of.astimezone(self.zone)
        return place_and_day(self.letterhead.city, local.date(), self.words)

    @property
    def number(self) -> str:
        return self.words("report.number", blank=BLANK)

    @property
    def subject(self) -> str:
        return self.words("report.subject", place=self.report.place)

    @property
    def frame(self) -> Frame:
        report, words = self.report, self.words
        return Frame(
            language=report.language,
            title=report.title,
            at=report.pins.as_of.astimezone(self.zone),
            over=self.letterhead.over,
            body=self.letterhead.body,
            country=words("report.country"),
            motto=words("report.motto"),
            number=self.number,
            dated=self.dated,
            kind=words("report.kind"),
            subject=self.subject,
            note=report.as_of,
            to=words("report.to", blank=BLANK * 4),
            mark="",
            warnings=report.warnings,
            lines=report.lines,
            recipients=words("report.recipients"),
            recipient_lines=tuple(words("report.recipient_lines").split("\n")),
            signer=words("report.signer"),
            sign_here=words("report.sign_here"),
        )


def place_and_day(city: str, day: date | None, words: Words) -> str:
    """As the decree writes them: days with two digits, of the months January and February alone. None: blanks."""
    if day is None:
        return words("report.dated", city=city, day="…", month="…", year="…")
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return words("report.dated", city=city, day=f"{day.day:02d}", month=month, year=day.year)
