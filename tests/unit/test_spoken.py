"""How alerts say instants and spans in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from layouts.coldchain_words import duration
from layouts.format import minute, tied
from layouts.words import Language, load_catalogues
from operations.spoken import minute_of, span_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def test_a_minute_is_local_and_its_day_as_the_pages_write_it() -> None:
    instant = datetime(2021, 11, 21, 18, 5, tzinfo=UTC)
    assert minute_of(instant, ZONE) == ("01:05 22/11/2021", "01:05 22 Nov 2021")
    local = instant.astimezone(ZONE)
    assert [tied(text) for text in minute_of(instant, ZONE)] == [
        minute(local, language) for language in (Language.VI, Language.EN)
    ]


@pytest.mark.parametrize("minutes", [0, 59, 60, 95, 2879, 2880, 100_000])
def test_a_span_is_said_as_on_the_page_of_the_cold_chain(minutes: int) -> None:
    catalogues = load_catalogues()
    assert span_of(minutes) == tuple(duration(minutes, catalogues[language]) for language in (Language.VI, Language.EN))
