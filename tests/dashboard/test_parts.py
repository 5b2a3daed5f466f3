"""Small rules of the page: how numbers are written, what is kept, who may start twice."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.coverage import Coverage
from dashboard.kept import Kept
from dashboard.serve import serve
from layouts import format as fmt
from layouts.words import Language, load_catalogues
from tests.support.webserver import deps_for, free_port, settings_for

VI, EN = Language.VI, Language.EN


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (fmt.whole(1234567, VI), "1.234.567"),
        (fmt.whole(1234567, EN), "1,234,567"),
        (fmt.whole(None, VI), "–"),
        (fmt.whole(-5, VI), "−5"),
        (fmt.decimal(1234567.8, VI), "1.234.567,8"),
        (fmt.decimal(1234567.8, EN), "1,234,567.8"),
        (fmt.share(0.7, VI), "70%"),
        (fmt.share(0.725, VI), "72,5%"),
        (fmt.day(date(2021, 12, 31), VI), "31/12/2021"),
        (fmt.day(date(2021, 12, 31), EN), "31\u00a0Dec\u00a02021"),
        (fmt.percent(Coverage(people=1, population=0), VI), "–"),
        (fmt.percent(Coverage(people=1, population=None), VI), "–"),
        (fmt.percent(Coverage(people=114, population=100), VI), "114,0%"),
        (fmt.percent(Coverage(people=9999, population=20000), VI), "49,9%"),
    ],
)
def test_how_numbers_are_written(written: str, expected: str) -> None:
    assert written == expected


def test_the_hour_is_the_campaign_s_own() -> None:
    at = datetime(2021, 11, 22, 18, 30, tzinfo=UTC)
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    words = load_catalogues()[VI]
    assert fmt.as_of(at, words, zone) == "tính đến 01 giờ 30 ngày 23/11/2021"


@given(people=st.integers(0, 10**9), population=st.integers(1, 10**9))
def test_a_percentage_is_the_true_one_rounded_down(people: int, population: int) -> None:
    shown = float(fmt.percent(Coverage(people=people, population=population), EN).rstrip("%").replace(",", ""))
    assert shown * population <= people * 100 + population * 1e-6
    assert (shown + 0.1) * population > people * 100 - population * 1e-6


@given(maximum=st.floats(0.001, 1e12))
def test_ticks_reach_the_top_and_are_few(maximum: float) -> None:
    ticks = fmt.nice_ticks(maximum)
    assert ticks[0] == 0
    assert ticks[-1] >= maximum * (1 - 1e-9)
    assert 2 <= len(ticks) <= 7


def test_what_is_kept_is_bounded() -> None:
    kept: Kept[int, int] = Kept(3)
    for key in range(10):
        kept.get(key, lambda key=key: key)
    assert len(kept) == 3


def test_many_who_ask_at_once_are_one_computation() -> None:
    kept: Kept[str, int] = Kept(4)
    gate = threading.Event()
    computed: list[int] = []

    def slow() -> int:
        gate.wait(10)
        computed.append(1)
        return 42

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(kept.get, "a", slow) for _ in range(8)]
        gate.set()
        assert [one.result() for one in asked] == [42] * 8
    assert len(computed) == 1


def test_what_is_forgotten_is_computed_anew_and_nobody_who_waits_loses_it() -> None:
    kept: Kept[int, str] = Kept(8)
    begun, gate = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        gate.wait(10)
        return "slow"

    for key in (1, 2):
        kept.get(key, lambda: "old")
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(kept.get, 3, slow)
        assert begun.wait(10)
        kept.forget(lambda key: key != 2)
        gate.set()
        assert waits.result() == "slow"
    assert [kept.get(key, lambda: "new") for key in (1, 2, 3)] == ["new", "old", "new"]


def test_a_failure_is_not_kept() -> None:
    kept: Kept[str, int] = Kept(4)

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.get("a", fail)
    assert kept.get("a", lambda: 7) == 7


def test_a_taken_port_is_one_line_and_exit_code_2(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    settings = settings_for(tmp_path, port=port)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        with pytest.raises(SystemExit) as stopped:
            serve(settings, lambda: deps_for(settings))
    assert stopped.value.code == 2
    said: Any = capfd.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert str(port) in said[0]
    assert "MCC_WEB__PORT" in said[0]
