"""A screen on a wall for a long time, in a real Chromium: does the browser, or the server, keep more and more?"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.drill import ARGUMENTS, NAMES, PATIENCE_MS

# A twelfth of the way everything that is kept on purpose is there: scripts, shapes, the answers of each page.
FIRST_PART = 12
MEGABYTE = 1 << 20
HOUR = 60
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


# The same for the next screenful, which is of the next page after the last one of this.
NEXT = """
() => new Promise((done) => {
  window.board.wall.next();
  const look = () => {
    const shown = document.querySelector("main > :not([hidden])[id^=page-]");
    if (!shown || !shown.textContent) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => done(location.pathname)));
  };
  setTimeout(look, 50);
})
"""
SHOWS = "(version) => window.board.current && window.board.current.version === version"
SECONDS = "() => window.board.settings.wall.seconds"


def bench_wall(base_url: str, cookie: str, changes: int) -> dict[str, Any]:
    """Megabytes of the browser's heap (collected before it is measured), its nodes and listeners, and the resident
    memory of the server's processes, after the first twelfth of `changes` and at the end, and their ratios. The server
    must be on this machine, else it counts as 0. RuntimeError without a browser or with fewer than 12 changes."""
    if changes < FIRST_PART:
        raise RuntimeError(f"at least {FIRST_PART} changes: the first twelfth is what the rest is compared with")

    def work(page: Page, part: int) -> None:
        for _ in range(part):
            page.evaluate(TURN)

    with _screen(base_url, cookie) as page:
        return {"changes": changes, **_compared(page, base_url, changes, work)}


def bench_wall_hours(
    base_url: str, cookie: str, hours: int, publish: Callable[[], tuple[int, Callable[[], None]]]
) -> dict[str, Any]:
    """The same over `hours` of a screen's life without its waiting: in each minute a version is published and shown,
    and as many screenfuls follow as the minute has. The first twelfth are the first two hours of a day. hourly_rss_mb:
    of the server, to see whether it still grows or has come to rest. RuntimeError with fewer than 12 hours."""
    if hours < FIRST_PART:
        raise RuntimeError(f"at least {FIRST_PART} hours: the first twelfth is what the rest is compared with")
    shown: dict[str, int] = {}
    hourly: list[float] = []
    servers = _listening(urlsplit(base_url).port or 80)

    def work(page: Page, part: int) -> None:
        screenfuls = max(round(60 / page.evaluate(SECONDS)), 1)
        for minute in range(1, part + 1):
            version, point = publish()
            point()
            page.wait_for_function(SHOWS, arg=version)
            for _ in range(screenfuls):
                path = page.evaluate(NEXT)
                shown[path] = shown.get(path, 0) + 1
            if minute % HOUR == 0:
                hourly.append(_resident(servers))

    with _screen(base_url, cookie) as page:
        found = _compared(page, base_url, hours * HOUR, work)
        return {"hours": hours, "versions": hours * HOUR, "screenfuls": shown, **found, "hourly_rss_mb": hourly}


def _compared(page: Page, base_url: str, count: int, work: Callable[[Page, int], None]) -> dict[str, Any]:
    """What is kept after the first twelfth of `count` and after all of it."""
    servers, kept = _listening(urlsplit(base_url).port or 80), page.context.new_cdp_session(page)
    started = time.perf_counter()
    work(page, count // FIRST_PART)
    first = _measured(kept, servers)
    work(page, count - count // FIRST_PART)
    last = _measured(kept, servers)
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "load_1min": round(os.getloadavg()[0], 1),
        "first": first,
        "last": last,
        "ratio": {part: round(last[part] / first[part], 3) for part in first if first[part]},
    }


@contextmanager
def _screen(base_url: str, cookie: str) -> Iterator[Page]:
    """The first page as a wall shows it. RuntimeError without a browser."""
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    if installed is None:
        raise RuntimeError("no browser found: install Chromium")
    name, _, value = cookie.partition("=")
    with sync_playwright() as found:
        browser = found.chromium.launch(executable_path=installed, args=ARGUMENTS)
        try:
            context = browser.new_context(viewport={"width": 1920, "height": 1080})
            context.set_default_timeout(PATIENCE_MS)
            host = urlsplit(base_url).hostname or ""
            context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"}])
            page = context.new_page()
            page.goto(base_url)
            page.wait_for_selector("#coverage-map path[data-code]", state="attached")
            yield page
        finally:
            browser.close()


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
        "server_rss_mb": _resident(servers),
    }


def _resident(servers: list[psutil.Process]) -> float:
    return round(sum(server.memory_info().rss for server in servers) / MEGABYTE, 1)


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
