"""From a committed reading to the alert on a screen: a whole centre in its own processes, a country's devices, and one
real Chromium on the console.

Measured from the commit of the reading that makes a power cut an alarm, to the first moment at which the console's page
holds the device's name. Each power cut is in another district, so that each is an incident of its own.
"""

from __future__ import annotations

import random
import shutil
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from playwright.sync_api import Page, sync_playwright

from bench.alert_writer import Writer, device_name
from bench.drill import ARGUMENTS, NAMES, PATIENCE_MS
from bench.pipeline import Web, answers, centre, refreshes, version_of, wait_for
from bench.quantiles import quantile
from geo.areas import load_districts, load_provinces

HERE = Path(__file__).resolve().parent
# After the last one is an alarm it may take so long to be seen; what is not seen then was missed.
PATIENCE_SECONDS = 180
LOOK_MS = 500
WARM_SECONDS = 20
SETTINGS = {"MCC_DEMO__ENABLED": "false"}
AREA = (
    "INSERT INTO registry.area (code, level, name_vi, name_en, parent_code, source, valid_from) "
    "VALUES (%s, %s, %s, %s, %s, 'bench', '2021-07-01')"
)
# The page notes by itself when a name is there: asking it from outside would measure the asking.
NOTE = """
(names) => {
  const wanted = new Set(names);
  window.benchSeen = {};
  window.setInterval(() => {
    const body = document.querySelector("#alerts-body");
    const text = body ? body.textContent : "";
    for (const name of wanted) {
      if (!text.includes(name)) continue;
      window.benchSeen[name] = Date.now() / 1000;
      wanted.delete(name);
    }
  }, 100);
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`seconds`: how long to write readings. power_minutes: as the rule has it. doses_a_second: recorded beside the
    readings, of `people` in turn; none where there are no people."""

    devices: int
    every_seconds: int
    seconds: int
    faults: int
    power_minutes: int
    people: int = 0
    doses_a_second: int = 0

    @property
    def room_seconds(self) -> int:
        """Within which power cuts begin, so that each becomes an alarm while readings are written."""
        return self.seconds - 60 * self.power_minutes - 2 * self.every_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDelay:
    """Seconds. Delays are of the faults that were seen; `missed` were not. refresh: of the refreshes meanwhile, from
    their start to the published snapshot. behind: the writer's greatest lag behind its own clock."""

    devices: int
    every_seconds: int
    readings: int
    people: int
    doses: int
    behind_seconds: float
    faults: int
    seen: int
    missed: int
    delay_p50_seconds: float | None
    delay_p95_seconds: float | None
    delay_max_seconds: float | None
    refreshes: int
    refresh_median_seconds: float | None
    refresh_max_seconds: float | None
    delays_seconds: list[float]


def measure_alert_delay(
    root: Path,
    state: Path,
    plan: Plan,
    *,
    reference_dir: Path,
    owner_url: Callable[[], str | None],
    visit: Callable[[], AbstractContextManager[str]],
) -> dict[str, Any]:
    """`visit()` gives the cookie of somebody who may see alerts. RuntimeError without a browser."""
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    if installed is None:
        raise RuntimeError("no browser found: install Chromium")
    with centre(root, state, environ=SETTINGS) as url:
        wait_for(lambda: answers(url), "the web")
        registry = owner_url()
        if registry is None:
            raise RuntimeError("the centre's registry is gone")
        districts = _fill(registry, plan, reference_dir)
        with visit() as cookie:
            wait_for(lambda: version_of(Web(url, cookie)) >= 1, "the first snapshot")
            with sync_playwright() as found:
                browser = found.chromium.launch(executable_path=installed, args=ARGUMENTS)
                try:
                    page = _console(browser.new_context(viewport={"width": 1440, "height": 900}), url, cookie)
                    return asdict(_measure(page, registry, state, plan, districts))
                finally:
                    browser.close()


def _fill(registry: str, plan: Plan, reference_dir: Path) -> int:
    """Number of districts."""
    provinces, districts = load_provinces(reference_dir), load_districts(reference_dir)
    with psycopg.connect(registry) as connection:
        cursor = connection.cursor()
        cursor.executemany(AREA, [(item.code, "province", item.name_vi, item.name_en, None) for item in provinces])
        cursor.executemany(
            AREA, [(item.code, "district", item.name_vi, item.name_vi, item.province_code) for item in districts]
        )
        start = datetime.now(UTC).replace(microsecond=0)
        values = {"devices": plan.devices, "start": start, "people": plan.people}
        for name in ("alert_devices", "alert_people") if plan.people else ("alert_devices",):
            for statement in (HERE / f"{name}.sql").read_text(encoding="utf-8").split(";\n\n"):
                cursor.execute(statement.encode(), values)
    return len(districts)


def _console(context: Any, url: str, cookie: str) -> Page:  # noqa: ANN401 - Playwright's context, of either kind
    name, _, value = cookie.partition("=")
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": name, "value": value, "domain": urlsplit(url).hostname or "", "path": "/"}])
    page: Page = context.new_page()
    page.goto(f"{url}/canh-bao")
    page.wait_for_selector("#alerts-body > *", state="attached")
    return page


def _measure(page: Page, registry: str, state: Path, plan: Plan, districts: int) -> AlertDelay:
    dice = random.Random(2021)  # noqa: S311  # nosec B311
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=WARM_SECONDS)
    places = dice.sample(range(min(districts, plan.devices)), min(plan.faults, districts, plan.devices))
    faults = {
        place + districts * dice.randrange((plan.devices - place - 1) // districts + 1): start.timestamp()
        + dice.uniform(0, plan.room_seconds)
        for place in places
    }
    writer = Writer(
        url=registry,
        devices=plan.devices,
        every=plan.every_seconds,
        power_minutes=plan.power_minutes,
        start=start,
        faults=faults,
        people=plan.people,
        doses_a_second=plan.doses_a_second,
    )
    page.evaluate(NOTE, [device_name(number) for number in faults])
    stop = threading.Event()
    thread = threading.Thread(target=writer.run, args=(stop,))
    before = len(refreshes(state))
    thread.start()
    try:
        seen = _watch(page, writer, until=start.timestamp() + plan.seconds)
    finally:
        stop.set()
        thread.join()
    return _figures(plan, writer, seen, [seconds for _, _, seconds in refreshes(state)[before:]])


def _watch(page: Page, writer: Writer, *, until: float) -> dict[str, float]:
    """By device when it was on the page. Whoever was seen is healthy again, as if the power had come back."""
    numbers = {device_name(number): number for number in writer.faults}
    seen: dict[str, float] = {}
    while len(seen) < len(numbers) and time.time() < until + PATIENCE_SECONDS:
        page.wait_for_timeout(LOOK_MS)
        seen = page.evaluate("() => window.benchSeen")
        writer.seen.update(numbers[name] for name in seen)
    return seen


def _figures(plan: Plan, writer: Writer, seen: dict[str, float], refresh: list[float]) -> AlertDelay:
    delays = sorted(
        seen[name] - committed
        for number, committed in writer.completed.items()
        if (name := device_name(number)) in seen
    )

    def share(of: float) -> float | None:
        return round(quantile(delays, of), 2) if delays else None

    return AlertDelay(
        devices=plan.devices,
        every_seconds=plan.every_seconds,
        readings=writer.rows,
        people=plan.people,
        doses=writer.doses,
        behind_seconds=round(writer.behind_seconds, 2),
        faults=len(writer.faults),
        seen=len(seen),
        missed=len(writer.faults) - len(seen),
        delay_p50_seconds=share(0.5),
        delay_p95_seconds=share(0.95),
        delay_max_seconds=round(delays[-1], 2) if delays else None,
        refreshes=len(refresh),
        refresh_median_seconds=round(statistics.median(refresh), 2) if refresh else None,
        refresh_max_seconds=max(refresh, default=None),
        delays_seconds=[round(delay, 2) for delay in delays],
    )
