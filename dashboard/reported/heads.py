"""Who issues a paper: the centre below the Ministry, or the health department of a province."""

from __future__ import annotations

from geo.areas import Province
from layouts.words import Language, Words
from reports.letterhead import Letterhead
from settings import Settings


def national(settings: Settings, language: Language) -> Letterhead:
    own = settings.reports
    if language is Language.VI:
        return Letterhead(over=own.over_vi, body=own.body_vi, city=own.city_vi)
    return Letterhead(over=own.over_en, body=own.body_en, city=own.city_en)


def provincial(province: Province, words: Words) -> Letterhead:
    """Of what moves within one province."""
    full = words.pick(province.full_name_vi, province.name_en).upper()
    return Letterhead(
        over=words("order.committee", place=full),
        body=words("order.department"),
        city=words.pick(province.name_vi, province.name_en),
    )
