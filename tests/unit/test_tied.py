"""What is read as one stands in one line: a number and its unit, the parts of a time and its day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.door.alert_rows import threshold_number, with_unit
from dashboard.door.typed import threshold_typed
from layouts import format as fmt
from layouts.words import Language, load_catalogues
from operations.action_log import ActRefused

WORDS = load_catalogues()
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
AT = datetime(2021, 8, 7, 7, 46, tzinfo=UTC)


@pytest.mark.parametrize("language", list(Language))
def test_no_line_parts_a_time_a_day_or_a_temperature(language: Language) -> None:
    told = (
        fmt.instant(AT, WORDS[language], ZONE),
        fmt.exact(AT, WORDS[language], ZONE),
        fmt.day(date(2021, 8, 7), language),
        fmt.day_short(date(2021, 8, 7), language),
        fmt.degrees(-11.9, language),
    )
    assert not [text for text in told if " " in text]
    assert told[-1] == {Language.VI: "−11,9\u00a0°C", Language.EN: "−11.9\u00a0°C"}[language]


def test_a_kept_text_is_tied_where_it_is_shown_and_nowhere_else() -> None:
    kept = "Device TB00749 above 8.0 °C since 06:35 23 Nov 2021, highest 11.9 °C (the first on 14 Nov 2021)"
    assert fmt.tied(kept).replace("\u00a0", " ") == kept
    assert fmt.tied(kept).split(" ")[3:7] == ["8.0\u00a0°C", "since", "06:35\u00a023\u00a0Nov\u00a02021,", "highest"]
    assert fmt.tied("nóng quá 8,0 °C từ 10:35 22/11/2021") == "nóng quá 8,0\u00a0°C từ 10:35\u00a022/11/2021"
    assert fmt.tied("lô SP02320, còn 14 lọ, 386 liều/ngày") == "lô SP02320, còn 14\u00a0lọ, 386\u00a0liều/ngày"
    assert fmt.tied("lasts 4.5 days at 1 dose a day") == "lasts 4.5\u00a0days at 1\u00a0dose a day"
    assert fmt.tied("Lô SP02320: 12 novelties, 3 dosers") == "Lô SP02320: 12 novelties, 3 dosers"
    assert fmt.tied("21:30 on 22 Nov 2021, 06 Mayors") == "21:30 on 22\u00a0Nov\u00a02021, 06 Mayors"
    assert fmt.tied("−90,0 đến −60,0 °C") == "−90,0 đến −60,0\u00a0°C"


@pytest.mark.parametrize("language", list(Language))
def test_a_share_is_read_as_per_cent_and_other_thresholds_with_their_unit(language: Language) -> None:
    words = WORDS[language]
    assert with_unit("coldchain.source_silent_share", 0.5, words) == "50%"
    assert threshold_number("coldchain.source_silent_share", 0.375, words) == fmt.plain(37.5, language)
    unit = words("threshold_unit.devices")
    assert with_unit("coldchain.source_devices", 20, words) == f"20\u00a0{unit}"


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("coldchain.source_silent_share", "50", "0.5"),
        ("coldchain.source_silent_share", "37,5 %", "0.375"),
        ("coldchain.source_silent_share", "half", "half"),
        ("coldchain.source_devices", "50", "50"),
        ("", "50", "50"),
    ],
)
def test_a_share_is_typed_as_per_cent(name: str, typed: str, kept: str) -> None:
    with threshold_typed(name, typed) as number:
        assert number == kept


def test_why_a_share_was_refused_is_said_in_per_cent() -> None:
    with pytest.raises(ActRefused) as refused, threshold_typed("coldchain.source_silent_share", "150") as number:
        raise ActRefused("outside", "threshold_limits", name="x", text=number, limit="> 0, < 1")
    assert refused.value.values == {"name": "x", "text": "150", "limit": "> 0%, < 100%"}
