"""From a reading to the alert on the console, at a toy's size: every power cut is seen, after its reading."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]


def test_every_power_cut_reaches_the_screen(browser: Browser) -> None:
    assert browser.is_connected()  # so that the test is skipped or fails as all of these where there is no browser
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "bench", "coldchain", "--end-to-end", "--json",
         "--devices", "900", "--every", "15", "--minutes", "1", "--faults", "4",
         "--people", "500", "--doses-a-second", "5"],
        check=False, capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, "MCC_COLDCHAIN__POWER_MINUTES": "0", "MCC_ETL__REFRESH_SECONDS": "5"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    told = json.loads(line)
    assert (told["faults"], told["seen"], told["missed"]) == (4, 4, 0), told
    delays = told["delays_seconds"]
    assert len(delays) == 4
    assert all(delay > 0 for delay in delays)
    assert (
        delays[0] <= told["delay_p50_seconds"] <= told["delay_p95_seconds"] <= told["delay_max_seconds"] == delays[-1]
    )
    assert told["readings"] >= 900
    assert told["people"] == 500
    assert told["doses"] >= 5 * 50
    assert told["refreshes"] >= 1
    assert 0 < told["refresh_median_seconds"] <= told["refresh_max_seconds"]


def test_too_short_a_time_for_an_alarm_is_said() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "bench", "coldchain", "--end-to-end", "--minutes", "5"],
        check=False, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--minutes is at least" in done.stderr
