"""Real Chromiums among the viewers: when a version stood on the screen, and what a change of a filter took."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page, Playwright, async_playwright

from bench.drill import ARGUMENTS, NAMES, PATIENCE_MS

REPAINT_PATIENCE_MS = 15_000
# From just before a publication: everything that a page asks for of a version has come by then.
REFRESH_SECONDS = 5.0
SCRIPT = Path(__file__).with_suffix(".js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """repaints: version and wall time, in seconds since 1970, at which tile, map and table of it were painted;
    filters: seconds from a click to the painted answer; steps: of each version the wall times at which it was told, its
    map was asked for, began to come, had come, and was painted; missed: what did not come in time; refresh_kilobytes:
    over the wire for each version, a filter that was turned in those seconds included."""

    repaints: list[tuple[int, float]]
    filters: list[float]
    steps: list[tuple[int, list[float]]]
    missed: int
    first_paint_seconds: float
    first_megabytes: float
    refresh_kilobytes: list[float]


@dataclass(frozen=True, slots=True)
class _Screen:
    """A page, of its first visit the seconds to the numbers and the megabytes, and the bytes that it has had so far."""

    page: Page
    paint: float
    megabytes: float
    received: list[int]


class Screens:
    """Pages that are open. Each is a browser of its own, as three readers have."""

    def __init__(self, screens: Sequence[_Screen]) -> None:
        self._screens = screens
        self._pages = [screen.page for screen in screens]
        self._refreshes: list[asyncio.Task[list[float]]] = []

    async def expect(self, version: int) -> None:
        """Called just before `version` is pointed to."""
        self._refreshes.append(asyncio.create_task(self._refresh_kilobytes()))
        await asyncio.gather(
            *(
                page.evaluate("([v, ms]) => window.benchRepaint(v, ms)", [version, REPAINT_PATIENCE_MS])
                for page in self._pages
            )
        )

    async def _refresh_kilobytes(self) -> list[float]:
        """What came over the wire until all of a new version is drawn, of each page; a filter that somebody turned
        meanwhile is in it."""
        before = [screen.received[0] for screen in self._screens]
        await asyncio.sleep(REFRESH_SECONDS)
        return [(screen.received[0] - had) / 1000 for screen, had in zip(self._screens, before, strict=True)]

    async def turn_filters(self, every: float, until: float) -> None:
        """Change a filter every `every` seconds up to the wall time `until`."""
        asked = [every * 1000, until * 1000, REPAINT_PATIENCE_MS]
        await asyncio.gather(
            *(
                page.evaluate("([every, until, ms]) => window.benchTurns(every, until, ms)", asked)
                for page in self._pages
            )
        )

    async def seen(self) -> list[Seen]:
        found: list[Seen] = []
        refreshes = await asyncio.gather(*self._refreshes)
        for place, screen in enumerate(self._screens):
            log = await screen.page.evaluate("() => window.benchLog")
            found.append(
                Seen(
                    repaints=[(int(version), at / 1000) for version, at in log["repaints"]],
                    filters=[milliseconds / 1000 for milliseconds in log["filters"]],
                    steps=[(int(version), [at / 1000 for at in times]) for version, *times in log["steps"]],
                    missed=int(log["missed"]),
                    first_paint_seconds=screen.paint,
                    first_megabytes=screen.megabytes,
                    refresh_kilobytes=[of_each[place] for of_each in refreshes],
                )
            )
        return found


@asynccontextmanager
async def screens(url: str, cookies: Sequence[str]) -> AsyncIterator[Screens]:
    """One Chromium a cookie, each on the first page with map and table drawn."""
    # None: the one that Playwright has fetched.
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    async with async_playwright() as found, AsyncExitStack() as stack:
        opened = [await _open(found, stack, installed, url, cookie) for cookie in cookies]
        yield Screens(opened)


async def _open(found: Playwright, stack: AsyncExitStack, installed: str | None, url: str, cookie: str) -> _Screen:
    browser = await found.chromium.launch(executable_path=installed, args=ARGUMENTS)
    stack.push_async_callback(browser.close)
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    name, _, value = cookie.partition("=")
    await context.add_cookies([{"name": name, "value": value, "domain": urlsplit(url).hostname or "", "path": "/"}])
    page = await context.new_page()
    await page.add_init_script(path=SCRIPT)
    wire = await context.new_cdp_session(page)
    received = [0]

    def count(event: dict[str, Any]) -> None:
        received[0] += int(event["encodedDataLength"])

    await wire.send("Network.enable")
    wire.on("Network.loadingFinished", count)
    await page.goto(url, wait_until="commit")
    # Those that the HTML brings along, or the page's own.
    await page.wait_for_selector(".tiles .big")
    painted: float = await page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => done(performance.now())))"
    )
    await page.wait_for_function("() => window.benchReady()")
    return _Screen(page, painted / 1000, received[0] / 1e6, received)
