"""Numbers, days and hours as each language writes them: 1.234.567,8 and dd/mm/yyyy in Vietnamese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from math import ceil, floor, log10
from zoneinfo import ZoneInfo

from campaign.coverage import Coverage
from layouts.words import Language, Words

UNKNOWN = "–"
# Between what is read as one: a number and its unit, the parts of a time and its day.
TIED = "\N{NO-BREAK SPACE}"
# What alerts and reasons were kept with, and no line may part: 11,9 °C; 06:35 23 Nov; 14:46 07 Aug 2021; 14 Nov;
# 386 liều/ngày; 4.5 days.
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_COUNTED = "liều|mũi|lọ|ngày|giờ|phút|người|kho|lô|doses?|days?|hours?|minutes?|people|stores?|lots?|vials?"
_PARTED = re.compile(
    rf"(?<=\d) (?=°C|(?:{_COUNTED})\b)|"
    r"(?<=\d\d:\d\d) (?=\d\d[/ ])|"
    rf"(?<=\b\d\d) (?=(?:{_MONTHS})\b)|(?<=\b\d\d (?:{_MONTHS})) (?=\d{{4}}\b)"
)
# Plotly's `separators`: decimal mark first, then the mark of thousands.
SEPARATORS = {Language.VI: ",.", Language.EN: ".,"}
# A minus is a sign of its own, as wide as a plus.
_MARKS = {Language.VI: str.maketrans(",.-", ".,−"), Language.EN: str.maketrans("-", "−")}


# Curves name each of their days with its figures, for every group, theme and size of screen anew.
@lru_cache(16_384)
def whole(value: int | None, language: Language) -> str:
    """1234567 -> "1.234.567" (vi); None -> "–", because an unknown number is not zero."""
    return UNKNOWN if value is None else _marks(f"{value:,}", language)


def signed(value: int, language: Language) -> str:
    """A difference: 0 without a sign, a true minus before what is below it."""
    return f"+{whole(value, language)}" if value > 0 else whole(value, language)


def decimal(value: float | None, language: Language, *, digits: int = 1) -> str:
    return UNKNOWN if value is None else _marks(f"{value:,.{digits}f}", language)


def plain(value: float, language: Language) -> str:
    """As many digits as it has, such as a setting: 0.5 -> "0,5" (vi)."""
    return _marks(f"{value:,.10g}", language)


def percent(coverage: Coverage | None, language: Language) -> str:
    """One decimal, rounded down: a threshold is never shown as reached before it is. "–" without a population."""
    if coverage is None or not coverage.population:
        return UNKNOWN
    return _marks(f"{coverage.people * 1000 // coverage.population / 10:,.1f}%", language)


def tenths(value: int, language: Language) -> str:
    """A part of a whole in tenths of a per cent (`campaign.shares.tenths`): 975 -> "97.5%"."""
    return _marks(f"{value / 10:,.1f}%", language)


def capital(text: str) -> str:
    """With a capital, as a line of its own begins; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Within a line that has begun."""
    return text[:1].lower() + text[1:]


def share(ratio: float, language: Language) -> str:
    """A target or a break of the legend: 0.7 -> "70%"."""
    return _marks(f"{ratio * 100:.10g}%", language)


def fraction(coverage: Coverage | None, language: Language) -> str:
    """Numerator and denominator, so that no percentage stands alone."""
    if coverage is None:
        return UNKNOWN
    return f"{whole(coverage.people, language)} / {whole(coverage.population, language)}"


@lru_cache(4_096)
def day(value: date | None, language: Language) -> str:
    if value is None:
        return UNKNOWN
    # strftime takes ten times as long.
    if language is Language.VI:
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    return f"{value:%d}{TIED}{value:%b}{TIED}{value:%Y}"


def day_read(text: str, language: Language) -> date | None:
    """The day that is written so; None for any other text."""
    try:
        return datetime.strptime(text, "%d/%m/%Y" if language is Language.VI else "%d %b %Y").date()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def day_short(value: date, language: Language) -> str:
    """Without its year: "22/11", "22 Nov"."""
    return f"{value:%d/%m}" if language is Language.VI else f"{value:%d}{TIED}{value:%b}"


def as_of(value: datetime, words: Words, zone: ZoneInfo) -> str:
    """ "tính đến 14 giờ 05 ngày 22/11/2021"."""
    local = value.astimezone(zone)
    return words("asof.full", hour=f"{local:%H}", minute=f"{local:%M}", day=day(local.date(), words.language))


def instant(value: datetime | None, words: Words, zone: ZoneInfo) -> str:
    """ "14:05 22/11/2021": a minute is as much as anybody acts on."""
    return UNKNOWN if value is None else minute(value.astimezone(zone), words.language)


def minute(local: datetime, language: Language) -> str:
    """`local`: by the campaign's clock already."""
    return f"{local:%H:%M}{TIED}{day(local.date(), language)}"


def exact(value: datetime, words: Words, zone: ZoneInfo) -> str:
    """ "14:05:20 22/11/2021": where several of a minute are told apart, as deeds are."""
    local = value.astimezone(zone)
    return f"{local:%H:%M:%S}{TIED}{day(local.date(), words.language)}"


def degrees(value: float, language: Language) -> str:
    """ "11,9 °C"."""
    return f"{decimal(value, language)}{TIED}°C"


def loose(text: str) -> str:
    """For files that programmes read and search: a space is a space."""
    return text.replace(TIED, " ")


def tied(text: str) -> str:
    """A text that was kept (an alert's, a reason's) with its degrees, times, days and amounts in one piece each."""
    return _PARTED.sub(TIED, text)


def compact(value: float, words: Words) -> str:
    """Round figures of an axis: 20000000 -> "20 triệu"."""
    for size, key in ((1_000_000, "unit.million"), (1_000, "unit.thousand")):
        if value >= size:
            return words(key, value=_marks(f"{value / size:,.10g}", words.language))
    return plain(value, words.language)


def nice_ticks(maximum: float, *, wanted: int = 5) -> Sequence[float]:
    """Round values from 0 up to at least `maximum`, about `wanted` of them."""
    if maximum <= 0:
        return (0.0, 1.0)
    raw = maximum / wanted
    size = 10.0 ** floor(log10(raw))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw)
    return tuple(step * index for index in range(ceil(maximum / step) + 1))


def _marks(text: str, language: Language) -> str:
    return text.translate(_MARKS[language])
