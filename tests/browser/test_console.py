"""An operator on the console: one keystroke to take an incident, in both languages, while the list goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from campaign.access import Role
from campaign.alerts import Condition, Severity
from campaign.incidents import IncidentRules
from cli.places import as_role
from operations import incidents
from operations.alerts import evaluate
from operations.decisions import Actor
from operations.incident_board import board
from tests.browser.conftest import Serve, Watched
from tests.support.people import grant
from tests.support.signed_in import signed_in
from tests.support.snapshots import Recipe
from tests.support.webserver import REAL_INCIDENTS

pytestmark = pytest.mark.browser
Open = Callable[..., Watched]
RULES = IncidentRules(
    group_by={"coldchain": ("area", "district")},
    escalate_after=timedelta(minutes=15),
    levels=3,
    close_after=timedelta(hours=12),
    longest_snooze=timedelta(hours=12),
)
TEXTS = {
    "vi": ("Mất điện thiết bị lạnh", "Đã nhận xử lý sự cố số", "Đã nhận"),
    "en": ("Cold storage without power", "is acknowledged", "Acknowledged"),
}


def look(url: str, fridges: int, *, feed: bool = False) -> None:
    found = [
        Condition(
            rule="coldchain_power",
            labels={"equipment": f"E{number}", "store": f"S{number}", "district": "760", "area": "79"},
            severity=Severity.WARNING,
            summary_vi=f"Tủ {number} mất điện",
            summary_en=f"Fridge {number} has no power",
        )
        for number in range(fridges)
    ]
    if feed:
        found.append(
            Condition(
                rule="feed_failed",
                labels={"feed": "dose"},
                severity=Severity.CRITICAL,
                summary_vi="Nguồn dose dừng",
                summary_en="Feed dose stopped",
            )
        )
    evaluate(
        as_role(url, "mcc_etl"),
        found,
        now=datetime.now(UTC),
        hold=timedelta(0),
        keep_resolved=timedelta(hours=72),
        rules=RULES,
    )


@pytest.mark.parametrize(("language", "width", "theme"), [("vi", 1440, "light"), ("en", 360, "dark")])
def test_one_keystroke_takes_an_incident_and_what_is_typed_stays_while_the_list_changes(
    serve: Serve, web_registry: str, open_page: Open, language: str, width: int, theme: str
) -> None:
    kind, said, state = TEXTS[language]
    address, folder = serve(Recipe(version=1), poll_seconds=1)
    (folder / REAL_INCIDENTS).touch()
    look(web_registry, 3)
    token = signed_in(web_registry, [grant(Role.OPERATOR)], login=f"lan-{language}")
    seen = open_page(address, token=token, language=language, width=width, theme=theme)
    page = seen.open("/canh-bao")
    card = page.locator("#alerts-needs_someone .incident")
    expect(card.locator(".alert-rule")).to_have_text(kind)
    page.keyboard.press("a")
    expect(page.locator("form:visible")).to_have_count(0)
    card.focus()
    page.keyboard.press("a")
    field = page.locator(".incident").filter(has_text=kind).locator("[name='comment']").first
    expect(field).to_be_focused()
    page.keyboard.type("máy phát a")
    look(web_registry, 5, feed=True)
    expect(page.locator("#alerts-needs_someone .incident")).to_have_count(2)
    expect(page.locator("#alerts-needs_someone .alert-rule").nth(1)).to_have_text(kind)
    expect(field).to_be_focused()
    expect(field).to_have_value("máy phát a")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.keyboard.press("Enter")
    expect(page.locator("#alerts-worked_on .incident")).to_contain_text("máy phát a")
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    expect(page.locator("#alerts-worked_on .incident .tag").nth(1)).to_have_text(state)
    expect(page.locator("#alerts-worked_on .incident")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    taken = [row for row in board(web_registry).incidents if row.rule == "coldchain_power" and row.incident.fires]
    assert [(row.incident.owner, row.incident.members_new) for row in taken] == [(f"lan-{language}", 0)]
    look(web_registry, 0)
    for row in board(web_registry).incidents:
        if row.incident.state == "acknowledged":
            by = Actor(name="shell", origin="test", now=datetime.now(UTC))
            incidents.close(as_role(web_registry, "mcc_app"), row.incident_id, comment="xong", by=by)


def test_the_sound_is_off_until_it_is_wanted_and_rings_for_what_is_new_alone(
    serve: Serve, web_registry: str, open_page: Open
) -> None:
    """What rings is counted where the tone begins: the browser of a test has no loudspeaker."""
    address, folder = serve(Recipe(version=1), poll_seconds=1)
    (folder / REAL_INCIDENTS).touch()
    look(web_registry, 0)
    token = signed_in(web_registry, [grant(Role.VIEWER)])
    seen = open_page(address, token=token, language="vi", width=1440, theme="light")
    seen.page.add_init_script(
        "window.rung = 0; const start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function (at) { window.rung += 1; return start.call(this, at); };"
    )
    page = seen.open("/canh-bao")
    sound = page.locator("[data-action='sound']")
    expect(sound).to_have_attribute("aria-pressed", "false")
    look(web_registry, 1)
    expect(page.locator("#alerts-needs_someone .incident")).to_have_count(1)
    assert page.evaluate("window.rung") == 0
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("() => window.rung >= 3")
    before = page.evaluate("window.rung")
    look(web_registry, 1, feed=True)
    expect(page.locator("#alerts-needs_someone .incident")).to_have_count(2)
    page.wait_for_function(f"() => window.rung === {before + 3}")
    expect(sound).to_have_attribute("aria-pressed", "true")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "false")
    look(web_registry, 0)


def test_a_province_picked_on_the_map_limits_the_queue_and_a_link_restores_it(
    serve: Serve, web_registry: str, open_page: Open
) -> None:
    address, folder = serve(Recipe(version=1), poll_seconds=1)
    (folder / REAL_INCIDENTS).touch()
    look(web_registry, 3)
    token = signed_in(web_registry, [grant(Role.VIEWER)])
    seen = open_page(address, token=token, language="vi", width=1440, theme="light")
    page = seen.open("/canh-bao")
    queue = page.locator("#alerts-needs_someone .incident")
    hanoi, saigon = (page.locator(f"#alerts-map path[data-code='{code}']") for code in ("01", "79"))
    expect(saigon).to_have_class("place place-warning")
    expect(page.locator("#alerts-map .mark text")).to_have_text(["1"])
    expect(page.locator("#alerts-map .sea-name")).to_have_count(3)
    saigon.evaluate("(path) => { path.first = true; }")
    hanoi.focus()
    page.keyboard.press("Enter")
    expect(queue).to_have_count(0)
    expect(hanoi).to_be_focused()
    expect(page.locator(".incident-filter")).to_contain_text("Hà Nội")
    page.keyboard.press("ArrowDown")
    # South of Hà Nội, as on the map of coverage.
    below = page.evaluate("() => document.activeElement.dataset.code")
    assert below not in (None, "01")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#alerts-map path:focus")).to_have_count(1)
    page.locator("#alerts-places a").click()
    expect(queue).to_have_count(1)
    assert page.url.endswith("?area=79")
    look(web_registry, 3, feed=True)
    expect(page.locator("#alerts-places tbody tr")).to_have_count(2)
    assert saigon.evaluate("(path) => path.first === true"), "the outline is drawn once"
    again = seen.open("/canh-bao?area=79")
    expect(again.locator(".incident-filter")).to_be_visible()
    expect(again.locator("#alerts-needs_someone .incident")).to_have_count(1)
    again.locator(".incident-filter a").click()
    expect(again.locator("#alerts-needs_someone .incident")).to_have_count(2)
    look(web_registry, 0)
