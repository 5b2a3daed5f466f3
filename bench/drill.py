"""How long a reader waits below the map, in a real Chromium: from the click to the frame that shows what they want."""

from __future__ import annotations

import shutil
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from bench.quantiles import quantile

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
PATIENCE_MS = 60_000
# Clicks, waits until the title says what was asked for, and then for the frame after the one that it was drawn in.
CLICK_AND_WAIT = """
([css, index, title]) => new Promise((done) => {
  const before = title && document.querySelector(title) ? document.querySelector(title).textContent : "";
  const target = document.querySelectorAll(css)[index];
  const started = performance.now();
  target.click();
  const look = () => {
    const now = document.querySelector(title);
    if (!now || now.textContent === before) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started)));
  };
  look();
})
"""
PICK_AND_WAIT = """
(code) => new Promise((done) => {
  const before = document.querySelector("#place-title") ? document.querySelector("#place-title").textContent : "";
  const started = performance.now();
  window.board.pickArea(code);
  const look = () => {
    const now = document.querySelector("#place-title");
    const rows = document.querySelectorAll("#district-table tbody tr").length;
    if (!now || now.textContent === before || !rows) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started)));
  };
  look();
})
"""
TITLE = "#place-title"


def bench_drill(base_url: str, cookie: str, provinces: int) -> dict[str, Any]:
    """Milliseconds from a choice to the painted panel: nation -> province for `provinces` of them, province ->
    district, district -> site for each; and a past day of the map. Nothing of it is in the server's or the browser's
    memory beforehand. RuntimeError without a browser."""
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    if installed is None:
        raise RuntimeError("no browser found: install Chromium")
    name, _, value = cookie.partition("=")
    with sync_playwright() as found:
        browser = found.chromium.launch(executable_path=installed, args=ARGUMENTS)
        try:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.set_default_timeout(PATIENCE_MS)
            context.add_cookies(
                [{"name": name, "value": value, "domain": urlsplit(base_url).hostname or "", "path": "/"}]
            )
            page = context.new_page()
            page.goto(base_url)
            page.wait_for_selector("#coverage-map path[data-code]", state="attached")
            page.wait_for_selector("#coverage-table .ag-row", state="attached")
            codes: list[str] = page.evaluate(
                "() => [...document.querySelectorAll('#coverage-map path[data-code]')].map((path) => path.dataset.code)"
            )
            waits = _walk(page, codes[:provinces])
            waits["day"] = _days(page, provinces)
        finally:
            browser.close()
    return {kind: _told(sorted(times)) for kind, times in waits.items()}


def _walk(page: Page, codes: list[str]) -> dict[str, list[float]]:
    waits: dict[str, list[float]] = {"province": [], "district": [], "site": []}
    for code in codes:
        waits["province"].append(page.evaluate(PICK_AND_WAIT, code))
        waits["district"].append(page.evaluate(CLICK_AND_WAIT, ["#district-table tbody .place", 0, TITLE]))
        if page.locator("#site-table tbody .place").count():
            waits["site"].append(page.evaluate(CLICK_AND_WAIT, ["#site-table tbody .place", 0, TITLE]))
    return waits


def _days(page: Page, steps: int) -> list[float]:
    """One day back, and again: each a day that nobody has asked for yet."""
    page.evaluate("() => window.board.pickArea('')")
    page.wait_for_selector(TITLE, state="hidden")
    back = "#coverage-tools .days button"
    return [page.evaluate(CLICK_AND_WAIT, [back, 0, "#coverage-map-title"]) for _ in range(steps)]


def _told(times: list[float]) -> dict[str, float | int]:
    return {
        "clicks": len(times),
        "p50_ms": round(quantile(times, 0.5), 1),
        "p95_ms": round(quantile(times, 0.95), 1),
        "max_ms": round(times[-1], 1),
    }
