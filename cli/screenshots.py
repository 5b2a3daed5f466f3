"""`app.py screenshots`: every page at every width, in both languages and themes; an index says what was seen there."""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bench.visitor import visitor
from campaign.access import Role
from campaign.report_archive import MADE
from cli.places import Places
from cli.screenshots_index import FINDINGS, Shot, read_findings, write_index
from cli.screenshots_rest import Rest
from operations.action_log import connect
from operations.plan_records import plans
from operations.report_rows import Search, find
from settings import ConfigError, Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Commands = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page, or a layer over it. `drawn`: what is there once the page is drawn; `press` opens the layer, in which
    `shown` stands. `signed_in`: seen by somebody who may do everything, else by nobody in particular. `path` may name
    the newest plan of the centre, {plan}, or its newest report with files, {report}: a centre that has none has no
    picture of one."""

    name: str
    path: str
    drawn: str
    press: str = ""
    shown: str = ""
    signed_in: bool = True


MAP = "#coverage-map path[data-code]"
FIRST = f"body:has({MAP}):has(#coverage-table .ag-row):has(#first-behind)"
TARGETS = "#target-table tbody tr"
# The curve is there, empty, before its figures are.
SUPPOSED = "body:has(#scenario-levers .levers):has(#scenario-result tbody tr):has(#scenario-curve .scatterlayer path)"
VIEWS = (
    View(name="coverage", path="/", drawn=FIRST),
    View(name="province", path="/?area=40", drawn=f"{FIRST}:has(#district-table tbody tr)"),
    View(name="district", path="/?area=40&district=412", drawn=f"{FIRST}:has(#site-table tbody tr)"),
    View(name="site", path="/?area=40&site=4000001", drawn=f"{FIRST}:has(#site-lag)"),
    View(
        name="compare",
        path="/?grain=63&metric=left&day=2021-11-01&against=2021-10-01&area=48&other=40",
        drawn=f"{FIRST}:has(#coverage-compare-body table)",
    ),
    View(name="areas-2025", path="/?grain=34&metric=gap_full", drawn=FIRST),
    View(name="help", path="/muc-tieu", drawn=TARGETS, press="[data-help='page']", shown="#help-body .help-entry"),
    View(name="lineage", path="/", drawn=FIRST, press="#coverage-tiles [data-lineage]", shown="#lineage-body .query"),
    View(
        name="past",
        path="/canh-bao",
        drawn="#alerts-body .card",
        press="[data-action='past']",
        shown="#past-body table",
    ),
    View(name="targets", path="/muc-tieu", drawn=TARGETS),
    View(name="targets-province", path="/muc-tieu?area=74", drawn=TARGETS),
    View(name="people", path="/nguoi-dan", drawn=".people-table tbody tr"),
    View(name="people-province", path="/nguoi-dan?area=74", drawn=".people-table tbody tr"),
    View(name="sites", path="/diem-tiem", drawn="#sites-ranks-rows tr"),
    View(name="stock", path="/kho", drawn="#stock-body .sites-tile"),
    View(name="stock-province", path="/kho?area=79", drawn="#stock-body [data-table='stock_stores'] tbody tr"),
    View(name="stock-store", path="/kho?store=P79", drawn="#stock-body [data-table='stock_store_lots'] tbody tr"),
    View(name="stock-decisions", path="/kho?decision=all", drawn="#stock-body [data-table='stock_decisions'] tbody tr"),
    # A lot and a decision of the demonstration.
    View(name="stock-lot", path="/kho?lot=SP02320", drawn="#stock-body .stock-sum"),
    View(name="stock-decision", path="/kho?decision=2391%2FQ%C4%90-BYT", drawn="#stock-body .sites-tile"),
    View(name="coldchain", path="/day-chuyen-lanh", drawn="#coldchain-body .sites-tile"),
    View(name="coldchain-province", path="/day-chuyen-lanh?area=79", drawn="#coldchain-body .sites-tile"),
    View(name="device", path="/day-chuyen-lanh?device=TB00001", drawn="#coldchain-body .equipment-statuses"),
    View(name="scenarios", path="/kich-ban?pace=60&arrivals=800000", drawn=SUPPOSED),
    View(name="data", path="/du-lieu", drawn="#data-body table"),
    View(name="alerts", path="/canh-bao", drawn="#alerts-body .card"),
    View(name="alert-settings", path="/cai-dat", drawn="#truc"),
    View(name="tickets", path="/canh-bao/phieu", drawn="main .card"),
    View(name="handover", path="/ban-giao", drawn="main .card"),
    View(name="unknown-page", path="/khong-co", drawn="#page-missing:not([hidden])"),
    View(name="decide", path="/quyet-dinh", drawn="main form"),
    View(name="intake", path="/day-chuyen-lanh/nhap", drawn="main form"),
    View(name="transfer", path="/kho/dieu-chuyen", drawn="main form"),
    View(name="plans", path="/ke-hoach", drawn="#lap form"),
    View(name="plan", path="/ke-hoach/{plan}", drawn="#dong li"),
    View(name="plan-scenarios", path="/ke-hoach/kich-ban", drawn="main form"),
    View(name="reports", path="/bao-cao", drawn="main form"),
    View(name="report", path="/bao-cao/{report}", drawn=".report-files li"),
    View(name="excursion", path="/day-chuyen-lanh/xu-tri", drawn="main form"),
    View(name="account", path="/tai-khoan", drawn="main form"),
    View(name="audit", path="/nhat-ky", drawn="main h1"),
    View(name="sign-in", path="/dang-nhap", drawn="#login", signed_in=False),
    View(name="wall", path="/wall/enter", drawn="#wall-form", signed_in=False),
    View(name="public", path="/public", drawn="main h1", signed_in=False),
    View(name="open-data", path="/du-lieu-mo", drawn="main h1", signed_in=False),
)
WIDTHS = {390: 844, 1440: 900, 3840: 2160}
LANGUAGES, THEMES = ("vi", "en"), ("light", "dark")
ROLES = (Role.OPERATOR, Role.PLANNER, Role.REPORTER, Role.DATA_STEWARD, Role.ADMINISTRATOR)
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PATIENCE_MS = 60_000
# What a path may name, and what is said where there is none. Of reports the newest are looked through.
NAMED = {"plan": "no plan yet (app.py planner, /ke-hoach)", "report": "no report yet (/bao-cao)"}
LOOKED_THROUGH = 50
# What the browser writes down by itself: a page that is not there, a stream without a place.
EXPECTED = ("404", "503")


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    shots = commands.add_parser("screenshots", parents=[common], help="pictures of every page of a running centre")
    shots.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the pictures and index.html go")
    shots.add_argument("--url", help="address of the running centre; by default that of the settings")
    shots.add_argument("--page", action="append", choices=[view.name for view in VIEWS], help="this page only")
    shots.add_argument("--width", action="append", type=int, choices=list(WIDTHS), help="this width only")
    shots.add_argument("--language", action="append", choices=LANGUAGES, help="this language only")
    shots.add_argument("--theme", action="append", choices=THEMES, help="this theme only")
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
    views = _views(url, frozenset(chosen.page or ()))
    shots: list[Shot] = []
    with visitor(url, settings, roles=ROLES) as cookie, sync_playwright() as found:
        # Without an installed Chromium it is Playwright's own (scripts/setup.py browser).
        browser = found.chromium.launch(executable_path=installed, args=ARGUMENTS)
        try:
            for width, language, theme in product(
                chosen.width or WIDTHS, chosen.language or LANGUAGES, chosen.theme or THEMES
            ):
                camera = _Camera(browser, base, width=width, language=language, theme=theme)
                shots += camera.take(views, cookie, chosen.out)
                print(f"{width} px, {language}, {theme}: {len(views)} pages", file=sys.stderr, flush=True)
        finally:
            browser.close()
    write_index(chosen.out, shots, read_findings(FINDINGS))
    wrong = [shot for shot in shots if shot.faults]
    print(f"{len(shots)} pictures in {chosen.out}, the browser found something in {len(wrong)}")
    for shot in wrong:
        print(f"  {shot.file}: {'; '.join(shot.faults)}")
    return 4 if wrong else 0


def _views(url: str, names: frozenset[str]) -> list[View]:
    """Those asked for, or all, at addresses of this centre."""
    with connect(url) as connection:
        planned = [plan.plan_id for plan in plans(connection, most=1)]
        made = find(connection, Search(limit=LOOKED_THROUGH), zone="UTC")
    kept = [row.report_id for row in made if row.state in MADE and row.gone_at is None]
    newest = {name: numbers[0] for name, numbers in (("plan", planned), ("report", kept)) if numbers}
    found: list[View] = []
    for view in (view for view in VIEWS if not names or view.name in names):
        asked = [name for name in NAMED if f"{{{name}}}" in view.path]
        if missing := [NAMED[name] for name in asked if name not in newest]:
            print(f"{view.name}: this centre has {', '.join(missing)}", file=sys.stderr)
        else:
            found.append(replace(view, path=view.path.format(**newest)) if asked else view)
    return found


@dataclass(frozen=True, slots=True)
class _Camera:
    """One width, language and theme."""

    browser: Browser
    base: str
    width: int
    language: str
    theme: str

    def take(self, views: list[View], cookie: str, out: Path) -> list[Shot]:
        shots: list[Shot] = []
        for inside in (True, False):
            wanted = [view for view in views if view.signed_in is inside]
            if wanted:
                context = self._context(cookie if inside else "")
                shots += self._pictures(context, wanted, out)
                context.close()
        return shots

    def _context(self, cookie: str) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": self.width, "height": WIDTHS[self.width]},
            color_scheme="dark" if self.theme == "dark" else "light",
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "lang", "value": self.language, "url": self.base}])
        if cookie:
            name, _, value = cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": self.base}])
        return context

    def _pictures(self, context: BrowserContext, views: list[View], out: Path) -> list[Shot]:
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda message: _hear(faults, message.type, message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        shots: list[Shot] = []
        rest = Rest(page)
        for view in views:
            faults.clear()
            rest.leave()
            mark = "&" if "?" in view.path else "?"
            asked = urlencode({"lang": self.language, "theme": self.theme})
            page.goto(f"{self.base}{view.path}{mark}{asked}", wait_until="domcontentloaded")
            if not _waits_for(page, view, rest):
                faults.append("not drawn in time")
            sideways = int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
            if sideways > 0:
                faults.append(f"{sideways} px wider than the window")
            shot = Shot(page=view.name, width=self.width, language=self.language, theme=self.theme)
            # A head that stays in sight would else stand in the middle of a page that was scrolled.
            page.evaluate("window.scrollTo(0, 0)")
            # A layer covers the window, not what lies below it.
            faults += _taken(page, out / shot.file, whole=not view.press)
            shots.append(replace(shot, faults=tuple(faults)))
        return shots


def _hear(faults: list[str], kind: str, text: str) -> None:
    if kind == "error" and not any(code in text for code in EXPECTED):
        faults.append(text)


def _waits_for(page: Page, view: View, rest: Rest) -> bool:
    from playwright.sync_api import TimeoutError as TooLong

    try:
        page.wait_for_selector(view.drawn, state="attached", timeout=PATIENCE_MS)
        if view.press:
            rest.within(PATIENCE_MS / 1000)
            page.locator(view.press).first.click(timeout=PATIENCE_MS)
            page.wait_for_selector(view.shown, timeout=PATIENCE_MS)
    except TooLong:
        return False
    return rest.within(PATIENCE_MS / 1000)


def _taken(page: Page, path: Path, *, whole: bool) -> list[str]:
    """What went wrong: of a page that is too long for one picture the window is taken, and the others go on."""
    from playwright.sync_api import TimeoutError as TooLong

    try:
        page.screenshot(path=path, full_page=whole, timeout=PATIENCE_MS)
    except TooLong:
        page.screenshot(path=path, timeout=PATIENCE_MS)
        return [f"too long for one picture: {page.evaluate('document.documentElement.scrollHeight')} px"]
    return []
