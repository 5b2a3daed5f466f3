"""A real browser on the real server. Without a browser these tests are skipped with a message; CI=true fails them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.support.databases import database
from tests.support.signed_in import SESSION, signed_in
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import running, settings_for

# Nothing of its own may call home: the tests count every request that leaves the host.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # All pages of one profile in one process: what it has compiled of our scripts serves the next page, too.
    "--process-per-site",
]
# The one without windows first: a whole browser spends a second and a half of each context on its own.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MISSING = (
    "no browser found: install Chromium "
    "(apt-get install chromium-headless-shell, or python -m playwright install chromium)"
)
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The installed Chromium, else Playwright's own."""
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    try:
        launched = playwright.chromium.launch(executable_path=installed, args=ARGUMENTS)
    except PlaywrightError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{MISSING}: {error}")
        pytest.skip(MISSING)
    yield launched
    launched.close()


@dataclass
class Watched:
    """A page and everything it did that a careful reader would object to."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()  # parts of console messages that a test provokes
    others: tuple[str, ...] = ()  # beginnings of addresses elsewhere that a test leads to

    def open(self, path: str = "/") -> Page:
        self.page.goto(self.address + path, wait_until="domcontentloaded")
        return self.page

    def open_map(self, path: str = "/") -> Page:
        """Open and wait until tiles, map and table are drawn."""
        page = self.open(path)
        page.wait_for_selector("#tile-doses", timeout=PATIENCE_MS)
        page.wait_for_selector("#coverage-map path[data-code]", state="attached", timeout=PATIENCE_MS)
        page.wait_for_selector("#coverage-table .ag-row", state="attached", timeout=PATIENCE_MS)
        return page


def watch(context: BrowserContext, address: str) -> Watched:
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    seen = Watched(page, address)
    page.on("console", lambda message: _console(seen, message.type, message.text))
    page.on("pageerror", lambda error: seen.complaints.append(f"error: {error}"))
    page.on("request", lambda request: _request(seen, request.url))
    page.on("load", lambda _: seen.loads.append(page.url))
    return seen


def _console(seen: Watched, kind: str, text: str) -> None:
    # A stream without a place is refused with 503; the browser writes that down whatever a page does.
    if kind in {"error", "warning"} and not any(part in text for part in (*seen.expected, "503")):
        seen.complaints.append(f"{kind}: {text}")


def _request(seen: Watched, url: str) -> None:
    if not url.startswith((seen.address + "/", "data:", "blob:", *seen.others)):
        seen.complaints.append(f"request to another host: {url}")


@pytest.fixture(scope="session")
def web_registry(postgres: str) -> Iterator[str]:
    """One registry for all servers: each test makes accounts of its own."""
    with database(postgres) as url:
        yield url


@pytest.fixture(scope="session")
def token(web_registry: str) -> str:
    """The session of somebody who may look at everything. Many browsers share it, as nobody's would."""
    return signed_in(web_registry)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, web_registry: str) -> Iterator[str]:
    """Address of a server on one snapshot, for tests that only read."""
    state = tmp_path_factory.mktemp("browser-state")
    write_snapshot(settings_for(state).snapshot_dir, Recipe(version=1))
    with running(state, registry=web_registry, stale_after_seconds=86_400) as address:
        yield address


Serve = Callable[..., tuple[str, Path]]


@pytest.fixture
def serve(tmp_path: Path, web_registry: str) -> Iterator[Serve]:
    """Start a server of the test's own; gives its address and its state folder."""
    with ExitStack() as stack:

        def start(recipe: Recipe | None = None, **web: object) -> tuple[str, Path]:
            if recipe is not None:
                write_snapshot(settings_for(tmp_path).snapshot_dir, recipe)
            return stack.enter_context(running(tmp_path, registry=web_registry, **web)), tmp_path

        yield start


class Readers:
    """Browser profiles of the one reader who may look at everything and comes back to the server that only reads.

    A profile of its own compiles the scripts anew for each page, which is half of what a page costs. Taken back, one is
    as it was but for that and for the server's lasting answers, which it may keep as any reader's does: no cookies, no
    storage, no pages.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self._browser = browser
        self._resting: list[BrowserContext] = []

    @contextmanager
    def lent(self) -> Iterator[BrowserContext]:
        context = self._resting.pop() if self._resting else self._new()
        yield context
        keeper, *pages = context.pages
        for page in pages:
            page.close()
        context.clear_cookies()
        asked = context.new_cdp_session(keeper)
        asked.send("Storage.clearDataForOrigin", {"origin": self.address, "storageTypes": "all"})
        asked.detach()
        self._resting.append(context)

    def _new(self) -> BrowserContext:
        """With a page that stays, or its process would end with the last one of a test."""
        context = self._browser.new_context()
        context.new_page().goto(f"{self.address}/healthz")
        return context

    def close(self) -> None:
        for context in self._resting:
            context.close()


@pytest.fixture(scope="session")
def readers_of_published(browser: Browser, published: str) -> Iterator[Readers]:
    readers = Readers(browser, published)
    yield readers
    readers.close()


@pytest.fixture
def open_page(browser: Browser, token: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Watched]]:
    """A browser profile a call with nothing of another test in it, signed in unless told otherwise. What the page did
    wrong is raised when the test ends."""
    everyone = token
    opened: list[Watched] = []
    again: Readers | None = None
    if "published" in request.fixturenames:
        again = request.getfixturevalue("readers_of_published")
    with ExitStack() as stack:

        def start(
            address: str,
            *,
            width: int = 1440,
            height: int = 900,
            language: str = "vi",
            theme: str = "light",
            token: str | None = None,
        ) -> Watched:
            if again is not None and address == again.address and token is None:
                context = stack.enter_context(again.lent())
            else:
                context = stack.enter_context(
                    browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)  # pyright: ignore[reportArgumentType]
                )
            context.add_cookies([{"name": "lang", "value": language, "url": address}])
            session = everyone if token is None else token
            if session:
                context.add_cookies([{"name": SESSION, "value": session, "url": address, "httpOnly": True}])
            opened.append(watch(context, address))
            opened[-1].page.set_viewport_size({"width": width, "height": height})  # a lent profile has another
            opened[-1].page.emulate_media(color_scheme=theme)  # pyright: ignore[reportArgumentType]
            return opened[-1]

        yield start
        complaints = [complaint for seen in opened for complaint in seen.complaints]
    assert not complaints, complaints
