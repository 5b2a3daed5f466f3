"""Every page, layer and form through axe-core, in both languages and themes: nothing of serious or critical impact.

axe-core (MPL-2.0) is the one that the package axe-playwright-python brings; it is run as it is, with all of its rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.resources import files
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from campaign.access import Role
from layouts.theme import THEMES
from layouts.view import Theme
from layouts.words import Language
from tests.browser.conftest import Watched, watch
from tests.support.people import grant
from tests.support.plan_page import broken, shown, supposed
from tests.support.signed_in import SESSION, signed_in

pytestmark = pytest.mark.browser
ENGINE = files("axe_playwright_python").joinpath("axe.min.js")
FAILING = ("serious", "critical")
SETTLE_MS = 400
UNFOLD = "document.querySelectorAll('main details').forEach((part) => { part.open = true; })"
# Of them all forms of decisions are open together, and the audit.
ROLES = (Role.VIEWER, Role.OPERATOR, Role.PLANNER, Role.REPORTER, Role.DATA_STEWARD, Role.ADMINISTRATOR)
COLOURS = ["color-contrast", "link-in-text-block"]
ASK = """async (rules) => {
  const only = rules.length ? { runOnly: rules } : {};
  const found = await axe.run(document, { resultTypes: ["violations"], preload: false, ...only });
  return found.violations.map(({ id, impact, help, helpUrl, nodes }) => ({
    id, impact, help, helpUrl,
    nodes: nodes.map(({ target, html, failureSummary }) => ({ target: target.flat().join(" "), html, failureSummary })),
  }));
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Something to look at: `drawn` are there once it is drawn, `press` opens a layer, in which `shown` stands.
    unfold: what is folded away is read, too."""

    name: str
    path: str
    drawn: tuple[str, ...]
    press: str = ""
    shown: str = ""
    signed_in: bool = True
    unfold: bool = False


FIRST = ("#coverage-map path[data-code]", "#coverage-table .ag-row", "#first-behind")
OVERDUE = ("[data-table='overdue_places'] tbody tr",)
ALERTS = ("#alerts-body .card",)
SCENES = (
    Scene(name="coverage", path="/", drawn=FIRST),
    Scene(name="province", path="/?area=40", drawn=(*FIRST, "#district-table tbody tr", ".area-card")),
    Scene(
        name="district",
        path="/?area=40&district=412&other=48&against=2021-10-01&grain=63&metric=gap_full",
        drawn=(*FIRST, "#site-table tbody tr", "#coverage-compare-body table"),
    ),
    Scene(name="site", path="/?area=40&site=4000001", drawn=(*FIRST, "#site-lag")),
    Scene(name="targets", path="/muc-tieu", drawn=("#target-table tbody tr",)),
    Scene(name="stock", path="/kho", drawn=("#stock-body .people-table tbody tr",)),
    Scene(name="coldchain", path="/day-chuyen-lanh", drawn=("#coldchain-body .people-table tbody tr",)),
    Scene(name="device", path="/day-chuyen-lanh?device=TB011", drawn=("#coldchain-body #lich-su tbody tr",)),
    Scene(name="people", path="/nguoi-dan", drawn=OVERDUE),
    Scene(name="people-province", path="/nguoi-dan?area=40", drawn=OVERDUE),
    Scene(name="scenarios", path="/kich-ban", drawn=("#scenario-result table",)),
    Scene(name="data", path="/du-lieu", drawn=("#data-body table",)),
    Scene(name="alerts", path="/canh-bao", drawn=ALERTS),
    Scene(name="alert-settings", path="/cai-dat", drawn=("#truc form",)),
    Scene(name="tickets", path="/canh-bao/phieu", drawn=("#danh-sach form",)),
    Scene(name="handover", path="/ban-giao", drawn=("main form",)),
    Scene(name="unknown-page", path="/khong-co", drawn=("#page-missing:not([hidden])",)),
    Scene(
        name="help",
        path="/muc-tieu",
        drawn=("#target-table tbody tr",),
        press="[data-help='page']",
        shown="#help-body .help-entry",
    ),
    Scene(name="lineage", path="/", drawn=FIRST, press="#coverage-tiles [data-lineage]", shown="#lineage-body .query"),
    Scene(name="past", path="/canh-bao", drawn=ALERTS, press="[data-action='past']", shown="#past-body table"),
    Scene(name="decide", path="/quyet-dinh", drawn=("#kich-ban form",)),
    Scene(name="intake", path="/day-chuyen-lanh/nhap", drawn=("#ghi form",)),
    Scene(name="transfer", path="/kho/dieu-chuyen", drawn=("main form",)),
    Scene(name="plans", path="/ke-hoach", drawn=("#lap form",)),
    # With all that a page of a plan can show: a line that was changed and breaks a rule; what left and came short.
    Scene(name="plan-draft", path="/ke-hoach/{draft}", drawn=("#dong form", "#huy", "#truoc-sau table"), unfold=True),
    Scene(
        name="plan-shipped", path="/ke-hoach/{shipped}", drawn=("#xuat-nhan form", "#xuat-nhan .door-bad"), unfold=True
    ),
    Scene(name="plan-scenarios", path="/ke-hoach/kich-ban", drawn=("#lap form", "main [data-row]")),
    Scene(name="plan-scenario", path="/ke-hoach/kich-ban/{supposed}", drawn=("#dong table", "#noi table")),
    Scene(name="excursion", path="/day-chuyen-lanh/xu-tri", drawn=("main form",)),
    Scene(name="account", path="/tai-khoan", drawn=("main form",)),
    Scene(name="audit", path="/nhat-ky", drawn=("main table",)),
    Scene(name="sign-in", path="/dang-nhap", drawn=("#login",), signed_in=False),
    Scene(name="wall", path="/wall/enter", drawn=("#wall-form",), signed_in=False),
    Scene(name="public", path="/public", drawn=("main table",), signed_in=False),
)
Readers = Mapping[tuple[Language, bool], Watched]


@pytest.fixture(scope="module")
def readers(browser: Browser, published: str, web_registry: str) -> Iterator[Readers]:
    """One browser profile a language, with and without a session, shared by all scenes."""
    session = signed_in(web_registry, [grant(role) for role in ROLES])
    with ExitStack() as stack:
        found: dict[tuple[Language, bool], Watched] = {}
        for language, inside in product(Language, (True, False)):
            context = stack.enter_context(
                browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            )
            context.add_cookies([{"name": "lang", "value": language.value, "url": published}])
            if inside:
                context.add_cookies([{"name": SESSION, "value": session, "url": published, "httpOnly": True}])
            found[language, inside] = watch(context, published)
        yield found


@pytest.fixture(scope="module")
def numbers(web_registry: str) -> Mapping[str, int]:
    """Of the plans that scenes name: a draft that a person changed, one that is under way, and a scenario."""
    draft, shipped = shown(web_registry), shown(web_registry)
    draft.changed(broken(draft))
    shipped.changed()
    shipped.went()
    return {"draft": draft.plan, "shipped": shipped.plan, "supposed": supposed(web_registry)}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_axe_finds_nothing_serious(
    readers: Readers, numbers: Mapping[str, int], scene: Scene, language: Language
) -> None:
    seen = readers[language, scene.signed_in]
    seen.page.emulate_media(color_scheme="light")
    mark = "&" if "?" in scene.path else "?"
    page = seen.open(f"{scene.path.format_map(numbers)}{mark}lang={language.value}")
    for part in scene.drawn:
        page.wait_for_selector(part, state="attached")
    if scene.unfold:
        page.evaluate(UNFOLD)
    if scene.press:
        page.locator(scene.press).first.click()
        page.wait_for_selector(scene.shown)
    assert page.evaluate("document.documentElement.lang") == language.value
    told: list[str] = []
    for theme in THEMES:
        # The other theme has other colours and the same elements: what is asked of it is asked of colours.
        rules = COLOURS if theme is Theme.DARK else []
        if theme is Theme.DARK:
            _turn_dark(page)
            if scene.unfold:
                page.evaluate(UNFOLD)
        page.evaluate(ENGINE.read_text(encoding="utf-8"))
        told += [f"{theme.value}: {_told(rule)}" for rule in page.evaluate(ASK, rules) if rule["impact"] in FAILING]
    if told:
        pytest.fail("\n".join([f"{scene.path} in {language.value}", *told]), pytrace=False)


def _turn_dark(page: Page) -> None:
    """By the page's own switch, without leaving an opened layer; pages without one follow the system's wish."""
    if page.locator("[data-action='theme']").count():
        page.evaluate("window.board.set('theme', { data: 'dark' })")
        page.wait_for_function("() => document.documentElement.dataset.mantineColorScheme === 'dark'")
        # Map and curves are drawn anew by an answer of the server.
        page.wait_for_timeout(SETTLE_MS)
    else:
        page.emulate_media(color_scheme="dark")
        page.reload()


def _told(rule: dict[str, Any]) -> str:
    """The rule, then each place with what to do about it."""
    head = f"{rule['impact']}: {rule['id']}: {rule['help']} ({rule['helpUrl']}), {len(rule['nodes'])} places"
    places = [
        f"  {node['target']}\n    {node['html'][:200]}\n    {node['failureSummary']}" for node in rule["nodes"][:6]
    ]
    return "\n".join([head, *places])
