"""A screen on a wall for a long time, in a real Chromium: does the browser, or the server, keep more and more?"""

from __future__ import annotations

import os
import shutil
import time
from typing import Any
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.drill import ARGUMENTS, NAMES, PATIENCE_MS

# A twelfth of the way everything that is kept on purpose is there: scripts, shapes, the answers of each page.
FIRST_PART = 12
MEGABYTE = 1 << 20
# Turns to the next page and waits until it is shown, and for two frames after the one that it was drawn in.
TURN = """
() => new Promise((done) => {
  const { pages } = window.board.settings.wall;
  window.board.wall.turn();
  const look = () => {
    const shown = document.querySelector("main > :not([hidden])[id^=page-]");
    if (!shown || !shown.textContent) return requestAnimationFrame(look);
    setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done(location.pathname))), 200);
  };
  setTimeout(look, 0);
})
"""


def bench_wall(base_url: str, cookie: str, changes: int) -> dict[str, Any]:
    """Megabytes of the browser's heap (collected before it is measured), its nodes and listeners, and the resident
    memory of the server's processes, after the first twelfth of `changes` and at the end, and their ratios. The server
    must be on this machine, else it counts as 0. RuntimeError without a browser or with fewer than 12 changes."""
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    if installed is None:
        raise RuntimeError("no browser found: install Chromium")
    if changes < FIRST_PART:
        raise RuntimeError(f"at least {FIRST_PART} changes: the first twelfth is what the rest is compared with")
    place = urlsplit(base_url)
    servers = _listening(place.port or 80)
    name, _, value = cookie.partition("=")
    with sync_playwright() as found:
        browser = found.chromium.launch(executable_path=installed, args=ARGUMENTS)
        try:
            context = browser.new_context(viewport={"width": 1920, "height": 1080})
            context.set_default_timeout(PATIENCE_MS)
            context.add_cookies([{"name": name, "value": value, "domain": place.hostname or "", "path": "/"}])
            page = context.new_page()
            page.goto(base_url)
            page.wait_for_selector("#coverage-map path[data-code]", state="attached")
            started = time.perf_counter()
            kept = context.new_cdp_session(page)
            first = _turned(page, kept, changes // FIRST_PART, servers)
            last = _turned(page, kept, changes - changes // FIRST_PART, servers)
        finally:
            browser.close()
    return {
        "changes": changes,
        "seconds": round(time.perf_counter() - started, 1),
        "load_1min": round(os.getloadavg()[0], 1),
        "first": first,
        "last": last,
        "ratio": {part: round(last[part] / first[part], 3) for part in first if first[part]},
    }


def _turned(page: Page, kept: CDPSession, changes: int, servers: list[psutil.Process]) -> dict[str, float]:
    for _ in range(changes):
        page.evaluate(TURN)
    return _measured(kept, servers)


def _measured(kept: CDPSession, servers: list[psutil.Process]) -> dict[str, float]:
    kept.send("HeapProfiler.enable")
    # What finalisers let go is collected by the second.
    for _ in range(2):
        kept.send("HeapProfiler.collectGarbage")
    kept.send("Performance.enable")
    told = {item["name"]: float(item["value"]) for item in kept.send("Performance.getMetrics")["metrics"]}
    return {
        "browser_heap_mb": round(told["JSHeapUsedSize"] / MEGABYTE, 2),
        "browser_nodes": told["Nodes"],
        "browser_listeners": told["JSEventListeners"],
        "server_rss_mb": round(sum(server.memory_info().rss for server in servers) / MEGABYTE, 1),
    }


def _listening(port: int) -> list[psutil.Process]:
    """The processes that hold this port here: the server's parent and its workers."""
    return [
        process
        for process in psutil.process_iter()
        if any(
            one.laddr and one.laddr.port == port and one.status == psutil.CONN_LISTEN for one in _connections(process)
        )
    ]


def _connections(process: psutil.Process) -> list[Any]:
    try:
        return list(process.net_connections(kind="tcp"))
    except psutil.Error:
        return []
