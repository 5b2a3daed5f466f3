"""The whole way of a plan in the browser, in both languages, in a centre that runs as a user starts it: see the risk,
ask for a plan, which the planner's own process makes, read why, change a line with a reason, propose; another person
decides and approves; ship; receive 11,900 of 12,000; see what is missing, and the next plan, which starts from there.

The button is pressed twice, as people do: it makes one plan, although the planner's process is killed while it makes
it. It is killed once more when a person has changed a line and waits for the checker's word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import psutil
import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from campaign.access import Role
from settings import load
from tests.browser.conftest import Watched
from tests.support.people import grant
from tests.support.plan_centre import GIVER, LASTS_DAYS, LEFT, LOT, TAKER, planned
from tests.support.running import Running, eventually, running
from tests.support.signed_in import signed_in
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Open = Callable[..., Watched]
PLAN = re.compile(r"/ke-hoach/\d+$")
SENT, CAME = 12_000, 11_900
WORDS = {
    "vi": {
        "why": ("Lấy ", "từ Hà Nội", "hết hạn"),
        "short": "thiếu 100 liều",
        "change": "trước là",
        "keeps": "không vi phạm quy tắc nào",
    },
    "en": {
        "why": ("Take ", "from Hanoi", "would let"),
        "short": "100 doses missing",
        "change": "it was",
        "keeps": "breaks no rule",
    },
}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    state = tmp_path_factory.mktemp("plan-way")
    with running(state, MCC_ETL__REFRESH_SECONDS="2", MCC_REALLOCATION__POLL_SECONDS="1") as found:
        planned(found.registry_url())
        eventually(lambda: on_hand(found).get(GIVER) == LEFT, "a snapshot with the doses of Hà Nội")
        yield found


def on_hand(centre: Running) -> dict[str, int]:
    """Doses by store, as the newest snapshot tells them."""
    with closing(Snapshots(load(state=centre.state, environ={}).snapshot_dir)) as snapshots:
        try:
            rows = snapshots.rows(snapshots.current(), "SELECT store_code, on_hand FROM stock_by_lot")
        except SnapshotUnavailable:
            return {}
    return {row["store_code"]: row["on_hand"] for row in rows}


def whole(doses: int, language: str) -> str:
    return f"{doses:,}" if language == "en" else f"{doses:,}".replace(",", ".")


def send(page: Page, form: str, **typed: str) -> None:
    """Fill the form that is posted to `form` and send it."""
    _filled(page, form, typed).click()


def send_twice(page: Page, form: str, **typed: str) -> None:
    _filled(page, form, typed).dblclick()


def _filled(page: Page, form: str, typed: Mapping[str, str]) -> Locator:
    """Its button."""
    found = page.locator(f"form[action*='{form}?']").first
    for name, text in typed.items():
        found.locator(f"[name='{name.replace('__', '-')}']").fill(text)
    return found.locator("button[type='submit']")


class PlannerProcess:
    """Of this centre. Its supervisor starts another when it is gone."""

    def __init__(self, centre: Running) -> None:
        self.centre = centre

    def kill_while_it_makes(self, page: Page) -> None:
        """After it has begun the newest request. It cannot answer before: a plan this small is made in less time than
        it takes to look, so its answer, the last thing that it writes, is kept waiting until it is dead."""
        process, registry = self._found(), self.centre.registry_url()
        begun = tries(registry)
        with psycopg.connect(registry) as holding:
            holding.execute("LOCK TABLE operations.plan_answer IN SHARE MODE")
            send_twice(page, "/ke-hoach/lap", title="Tuần 47")
            eventually(lambda: tries(registry) > begun, "the planner has begun")
            process.kill()
            process.wait()

    @contextmanager
    def held_and_killed(self) -> Iterator[None]:
        """What is asked of it in the block is not begun when it dies."""
        process = self._found()
        process.suspend()
        yield
        process.kill()

    def _found(self) -> psutil.Process:
        def look() -> psutil.Process | None:
            for process in psutil.process_iter(["cmdline", "status"]):
                line = process.info["cmdline"] or ()
                if str(self.centre.state) in line and "planner" in line:
                    return process
            return None

        return eventually(look, "the planner's process")


def tries(registry: str) -> int:
    """How often any request was begun."""
    return counted(registry, "SELECT count(*) FROM operations.plan_try")


def asks(page: Page, title: str) -> str:
    """Press twice, and wait until the planner's process has made the plan. The address of its page."""
    send_twice(page, "/ke-hoach/lap", title=title)
    page.wait_for_url(PLAN)
    return page.url


def rows_of(page: Page, name: str) -> dict[str, str]:
    """Cells of a row, by name."""
    cells = page.locator(f"[data-row='{name}'] [data-cell]")
    return {str(cell.get_attribute("data-cell")): cell.inner_text() for cell in cells.all()}


@pytest.mark.parametrize(("language", "width"), [("vi", 1440), ("en", 390)])
def test_from_the_risk_to_the_next_plan(centre: Running, open_page: Open, language: str, width: int) -> None:
    words, there = WORDS[language], on_hand(centre)
    registry = centre.registry_url()
    before = plans(registry)

    def reader(*roles: Role, province: str = "") -> Page:
        grants = [grant(role, *([province] if province else [])) for role in roles]
        token = signed_in(registry, grants)
        return open_page(centre.url, token=token, language=language, width=width).open("/ke-hoach")

    # What is at risk: all that Hà Nội has and will not give before it ends, and second doses that HCMC cannot give.
    planner = reader(Role.PLANNER)
    risk = rows_of(planner, "01")
    assert number(risk["expiring"]) > there[GIVER] - 100 * (LASTS_DAYS + 2)
    process, begun = PlannerProcess(centre), tries(registry)
    process.kill_while_it_makes(planner)
    planner.wait_for_url(PLAN)
    address = planner.url
    assert plans(registry) == before + 1, "pressed twice, begun twice, made once"
    assert tries(registry) == begun + 2, "it was killed before it was done"

    # Why: the planner's own sentence and figures, and what it changes.
    line = planner.locator("#dong-1")
    for text in (*words["why"], LOT):
        expect(line).to_contain_text(text)
    expect(planner.locator("#dong [data-row]")).to_have_count(1)
    told = rows_of(planner, "lost")
    assert number(told["before"]) - number(told["after"]) > SENT
    expect(planner.locator("main")).to_contain_text(words["keeps"])
    line.locator("details:not(:has(form)) > summary").click()
    expect(line.locator(".plan-facts")).to_contain_text(whole(there[GIVER], language))

    line.locator("details:has(form) > summary").click()
    with process.held_and_killed():
        send(planner, "/sua", doses__1=whole(SENT, language), reason="đường sạt lở")
        expect(line).to_contain_text("đường sạt lở")
        expect(line).to_contain_text(words["change"])
        expect(planner.locator("#trinh")).to_have_count(0)

    # Until the planner's next process has judged the changed lines nobody can propose them.
    def judged() -> bool:
        planner.goto(address)
        return planner.locator("#trinh").count() > 0

    eventually(judged, "the checker's word on the change")
    expect(planner.locator("main")).to_contain_text(words["keeps"])
    send(planner, "/trinh")
    planner.wait_for_url(re.compile("done=propose"))
    expect(planner.locator("#duyet")).to_have_count(0)

    approver = reader(Role.APPROVER)
    approver.goto(address)
    today = datetime.now(UTC) - timedelta(days=1)
    send(approver, "/quyet-dinh", number="5555/QĐ-BYT", decided_on=f"{today:%d/%m/%Y}", signed_by="Thứ trưởng Bộ Y tế")
    expect(approver.locator("#viec")).to_contain_text("5555/QĐ-BYT")
    send(approver, "/duyet")
    approver.wait_for_url(re.compile("done=approve"))

    giver = reader(Role.OPERATOR, province="01")
    giver.goto(address)
    expect(giver.locator("#ship-1")).to_have_value(str(SENT))
    send(giver, "/xuat")
    giver.wait_for_url(re.compile("done=ship"))

    taker = reader(Role.OPERATOR, province="79")
    taker.goto(address)
    shipment = taker.locator("#xuat-nhan [data-row]").get_attribute("data-row")
    send(taker, "/nhan", **{f"doses-{shipment}": whole(CAME, language), "temp_c": "4,5"})
    expect(taker.locator("#xuat-nhan .door-bad")).to_contain_text(words["short"])

    # The discrepancy, and the next plan: it starts from the ledger as it is now.
    planner.goto(address)
    expect(planner.locator("#xuat-nhan .door-bad")).to_contain_text(words["short"])
    expect(planner.locator("#lich-su")).to_contain_text("đường sạt lở")
    planner.locator("#xuat-nhan a[href$='#lap']").click()
    expect(planner.locator("#danh-sach")).to_contain_text(words["short"])
    eventually(lambda: on_hand(centre).get(TAKER) == there[TAKER] + CAME, "a snapshot with what was received")
    left = there[GIVER] - SENT
    assert on_hand(centre)[GIVER] == left
    assert asks(planner, "Tuần 48") != address
    again = planner.locator("#dong-1")
    again.locator("details:not(:has(form)) > summary").click()
    expect(again.locator(".plan-facts")).to_contain_text(whole(left, language))
    assert plans(registry) == before + 2
    assert planner.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def plans(registry: str) -> int:
    return counted(registry, "SELECT count(*) FROM operations.plan")


def counted(registry: str, query: LiteralString) -> int:
    with psycopg.connect(registry) as connection:
        (found,) = connection.execute(query).fetchone() or (0,)
    return int(found)
