"""`app.py screenshots`: every page at every width, in both languages and themes; an index notes what was seen."""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from bench.visitor import visitor
from campaign.access import Role
from cli.places import Places
from settings import ConfigError, Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Commands = Any
# Name of the file, path, and what is there once the page is drawn.
PAGES = (
    ("coverage", "/", "#coverage-map path[data-code]"),
    ("province", "/?area=40", "#district-table tbody tr"),
    ("targets", "/muc-tieu", ".target-table tbody tr"),
    ("people", "/nguoi-dan", ".people-table tbody tr"),
    ("scenarios", "/kich-ban", "#scenario-result table"),
    ("data", "/du-lieu", "main table tbody tr"),
    ("alerts", "/canh-bao", "main h1"),
    ("decide", "/quyet-dinh", "main form"),
    ("account", "/tai-khoan", "main form"),
    ("audit", "/nhat-ky", "main h1"),
    ("sign-in", "/dang-nhap", "#login"),
)
WIDTHS = {390: 844, 1440: 900, 3840: 2160}
LANGUAGES, THEMES = ("vi", "en"), ("light", "dark")
ROLES = (Role.VIEWER, Role.DATA_STEWARD, Role.ADMINISTRATOR)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PATIENCE_MS = 30_000
# Charts and rows are drawn a moment after the last figure came.
SETTLE_MS = 1_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture. sideways: pixels that the page is wider than the window; faults: errors of the browser's console."""

    name: str
    sideways: int
    drawn: bool
    faults: tuple[str, ...]

    @property
    def found(self) -> str:
        """What the browser itself can tell."""
        told = [] if self.drawn else ["not drawn in time"]
        told += [f"{self.sideways} px too wide"] if self.sideways > 0 else []
        return "; ".join((*told, *self.faults)) or "none"


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    shots = commands.add_parser("screenshots", parents=[common], help="pictures of every page of a running centre")
    shots.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the pictures and index.md go")
    shots.add_argument("--url", help="address of the running centre; by default that of the settings")
    shots.add_argument("--page", action="append", choices=[name for name, *_ in PAGES], help="this page only")
    shots.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """4 where the browser found something wrong, so that it can stand in a script."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        raise ConfigError(f"screenshots need {error.name}: make setup-dev") from error
    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    url = Places(settings).app_url()
    if url is None:
        raise ConfigError("screenshots need a running centre: make run")
    base = chosen.url or f"http://{settings.web.host}:{settings.web.port}"
    chosen.out.mkdir(parents=True, exist_ok=True)
    pages = [page for page in PAGES if not chosen.page or page[0] in chosen.page]
    shots: list[Shot] = []
    with visitor(url, settings, roles=ROLES) as cookie, sync_playwright() as found:
        # Without an installed Chromium it is Playwright's own (scripts/setup.py browser).
        browser = found.chromium.launch(executable_path=installed, args=ARGUMENTS)
        try:
            for width, language, theme in product(WIDTHS, LANGUAGES, THEMES):
                taken = _take(browser, base, cookie, pages, (width, language, theme), chosen.out)
                shots += taken
                print(f"{width} px, {language}, {theme}: {len(taken)} pages", file=sys.stderr, flush=True)
        finally:
            browser.close()
    (chosen.out / "index.md").write_text(_index(shots), encoding="utf-8")
    wrong = [shot for shot in shots if shot.found != "none"]
    print(f"{len(shots)} pictures in {chosen.out}, the browser found something in {len(wrong)}")
    return 4 if wrong else 0


def _take(
    browser: Browser,
    base: str,
    cookie: str,
    pages: list[tuple[str, str, str]],
    how: tuple[int, str, str],
    out: Path,
) -> list[Shot]:
    width, language, theme = how
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, color_scheme="dark" if theme == "dark" else "light"
    )
    host = urlsplit(base).hostname or ""
    key, _, value = cookie.partition("=")
    context.add_cookies(
        [
            {"name": key, "value": value, "domain": host, "path": "/"},
            {"name": "lang", "value": language, "domain": host, "path": "/"},
        ]
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    shots: list[Shot] = []
    for name, path, drawn in pages:
        faults.clear()
        mark = "&" if "?" in path else "?"
        page.goto(f"{base}{path}{mark}{urlencode({'lang': language, 'theme': theme})}")
        there = _waits_for(page, drawn)
        file = f"{name}-{width}-{language}-{theme}.png"
        sideways = int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
        page.screenshot(path=out / file, full_page=True)
        shots.append(Shot(name=file, sideways=sideways, drawn=there, faults=tuple(faults)))
    context.close()
    return shots


def _waits_for(page: Page, drawn: str) -> bool:
    from playwright.sync_api import TimeoutError as TooLong

    try:
        page.wait_for_selector(drawn, state="attached", timeout=PATIENCE_MS)
    except TooLong:
        return False
    page.wait_for_timeout(SETTLE_MS)
    return True


def _index(shots: list[Shot]) -> str:
    """A row a picture: what the browser found, and an empty cell for whoever looks at it."""
    rows = [f"| [{shot.name}]({shot.name}) | {shot.found} | |" for shot in sorted(shots, key=lambda shot: shot.name)]
    head = ["# Pictures of every page", "", "| picture | found by the browser | seen by a person |", "|---|---|---|"]
    return "\n".join((*head, *rows, ""))
