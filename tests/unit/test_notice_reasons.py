"""Every reason that a channel can give has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layouts.notice_reasons import KEPT, reason_in_words
from layouts.words import Language, load_catalogues

OPERATIONS = Path(__file__).resolve().parents[2] / "operations"
RAISED = re.compile(r'(?:Undelivered\(|"reason"\] = |_not_sent\(url, row, )f?"([^"]+)"')
REASONS = [
    re.sub(r"\{[^}]+\}", "X99", found)
    for name in ("channels.py", "service_channel.py", "notice_sending.py")
    for found in RAISED.findall((OPERATIONS / name).read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("reason", REASONS)
def test_what_was_kept_is_told_in_words(reason: str) -> None:
    catalogues = load_catalogues()
    told = {language: reason_in_words(reason, catalogues[language]) for language in Language}
    assert told[Language.VI] not in (reason, told[Language.EN])
    assert ("X99" in reason) == ("X99" in told[Language.VI]) == ("X99" in told[Language.EN])


def test_no_pattern_stands_there_for_nothing() -> None:
    assert len(REASONS) >= len(KEPT)
    assert not [key for pattern, key in KEPT if not any(re.fullmatch(pattern, reason) for reason in REASONS)]


def test_a_reason_that_nobody_foresaw_is_shown_as_it_was_kept() -> None:
    assert reason_in_words("something else", load_catalogues()[Language.VI]) == "something else"
