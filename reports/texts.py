"""A value of the report as the reader of a language sees it: by the same rules as the pages."""

from __future__ import annotations

from datetime import date, datetime

from campaign.report import Shape, Share, Value
from layouts import format as fmt
from layouts.coldchain_words import duration
from layouts.stock_parts import days
from reports.letterhead import Spoken

# No form can hold them; a name has none unless somebody put them there.
CONTROLS = dict.fromkeys((*range(9), *range(11, 32), 127))


def text_of(value: Value, shape: Shape, sheet: Spoken) -> str:
    """A dash for what is not known, which is not zero."""
    language = sheet.words.language
    if isinstance(value, str):
        return value.translate(CONTROLS)
    if value is None:
        return fmt.UNKNOWN
    if isinstance(value, Share):
        mille = value.mille
        return fmt.UNKNOWN if mille is None else f"{fmt.decimal(mille / 10, language)}%"
    if isinstance(value, datetime):
        return fmt.instant(value, sheet.words, sheet.zone)
    if isinstance(value, date):
        return fmt.day(value, language)
    return _number(value, shape, sheet)


def _number(value: float, shape: Shape, sheet: Spoken) -> str:
    words, language = sheet.words, sheet.words.language
    if shape is Shape.DAYS:
        return days(value, words)
    if shape is Shape.DEGREES:
        return fmt.decimal(value, language)
    if shape is Shape.MINUTES:
        return duration(int(value), words)
    if shape is Shape.SIGNED:
        return fmt.signed(int(value), words.language)
    return fmt.whole(int(value), language)


def plain(value: Value) -> str | int | float | None:
    """For a machine: shares as the tenths of a per cent that are shown over 1,000, days and instants as ISO 8601."""
    if isinstance(value, Share):
        return None if value.mille is None else value.mille / 1000
    return value.isoformat() if isinstance(value, date | datetime) else value


def chart_value(value: int | None, shape: Shape) -> float | int | None:
    """As a chart's axis has it: shares as per cent."""
    return value if value is None or shape is not Shape.SHARE else value / 10
