"""Forms about reallocation plans: the whole way by five people, and what each is told when it is refused."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from werkzeug.test import TestResponse

from campaign.access import Role
from campaign.plan_check import Violation
from campaign.plan_record import Plan
from operations.action_log import connect
from operations.plan_records import look
from operations.plan_requests import Judgement, judge
from tests.dashboard.conftest import Site
from tests.support.people import grant
from tests.support.signed_in import forgery_header, signed_in


class Desk:
    """20,000 doses in Hà Nội, some of which HCMC is to have."""

    def __init__(self, site: Site) -> None:
        self.site = site
        name = uuid.uuid4().hex[:8].upper()
        self.giver, self.taker, self.lot = f"G-{name}", f"T-{name}", f"L{name}"
        now, number = datetime.now(UTC), uuid.uuid4().int % 10**15
        self.day = now.date() + timedelta(days=2)
        with psycopg.connect(site.registry) as connection:
            for code in ("01", "79"):
                connection.execute(
                    "INSERT INTO registry.area (code, level, name_vi, name_en, source, valid_from) "
                    "VALUES (%s, 'province', 'A', 'A', 'test', '2021-07-01') ON CONFLICT DO NOTHING",
                    [code],
                )
            for code, province in ((self.giver, "01"), (self.taker, "79")):
                connection.execute(
                    "INSERT INTO registry.store (code, name_vi, level, province_code) "
                    "VALUES (%s, 'Kho', 'province', %s)",
                    [code, province],
                )
            connection.execute(
                "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
                "vials_per_tray) VALUES (%s, 'comirnaty', 'covax', 20000, 6, 195)",
                [self.lot],
            )
            before = now - timedelta(days=20)
            connection.execute(
                "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) "
                "VALUES (%s, 'released', %s, 'x')",
                [self.lot, before],
            )
            connection.execute(
                "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
                "recorded_at) VALUES (%s, %s, %s, 'receipt', 20000, %s, %s)",
                [number, self.giver, self.lot, before, before],
            )

    def lines(self, doses: int = 12_000) -> str:
        head = "lot,product,from,to,doses,ship_on,arrive_on"
        return f"{head}\n{self.lot},comirnaty,{self.giver},{self.taker},{doses},{self.day},{self.day}"

    def token(self, role: Role, *provinces: str) -> str:
        return signed_in(self.site.registry, [grant(role, *provinces)])

    def post(self, token: str, path: str, lang: str = "vi", **sent: str) -> TestResponse:
        return self.site.with_token(token).post(
            f"/ke-hoach/{path}?lang={lang}", data=sent, headers=forgery_header(token)
        )

    def plan(self, number: int) -> Plan:
        with connect(self.site.registry) as connection:
            return look(connection, number)

    def drafted(self, planner: str, doses: int = 12_000) -> int:
        made = self.post(planner, "soan", title="Hà Nội - TP.HCM", lines=self.lines(doses))
        assert made.status_code == 303, made.text
        place, query = made.headers["Location"].split("?")
        assert query == "done=draft"
        return int(place.rsplit("/", 1)[1])

    def judged(self, plan: int, *found: Violation) -> None:
        """The checker has its word on the newest version."""
        with connect(self.site.registry) as connection:
            word = Judgement(snapshot=1, violations=found)
            judge(connection, plan, self.plan(plan).newest.revision, word, datetime.now(UTC))

    def act(self, token: str, plan: int, deed: str, **sent: str) -> TestResponse:
        if deed == "trinh":
            self.judged(plan)
        return self.post(token, f"{plan}/{deed}", **{"version": str(self.plan(plan).version), **sent})


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)


def test_from_draft_to_11_900_of_12_000_by_five_people(desk: Desk) -> None:
    planner, approver = desk.token(Role.PLANNER), desk.token(Role.APPROVER)
    giver, taker = desk.token(Role.OPERATOR, "01"), desk.token(Role.OPERATOR, "79")
    plan = desk.drafted(planner, 15_000)
    changed = {"doses-1": "12.000", "reason": "TP.HCM chỉ nhận được chừng ấy"}
    assert desk.act(planner, plan, "sua", **changed).status_code == 303
    assert [version.lines[0].doses for version in desk.plan(plan).versions] == [15_000, 12_000]
    assert desk.act(planner, plan, "trinh").status_code == 303
    assert desk.act(approver, plan, "duyet").status_code == 303
    told = desk.act(giver, plan, "xuat", **{"doses-1": "12000"})
    assert (told.status_code, "chưa có quyết định" in told.text) == (400, True)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%d/%m/%Y")
    decision = {"number": "5555/QĐ-BYT", "decided_on": yesterday, "signed_by": "Thứ trưởng Bộ Y tế"}
    assert desk.act(approver, plan, "quyet-dinh", **decision).status_code == 303
    assert desk.act(taker, plan, "xuat", **{"doses-1": "12000"}).status_code == 403
    assert desk.act(giver, plan, "xuat", **{"doses-1": "12.000"}).status_code == 303
    (shipment,) = desk.plan(plan).shipments
    came = {f"doses-{shipment.shipment_id}": "11.900", "temp_c": "-72,5"}
    told = desk.act(taker, plan, "nhan", **{**came, "temp_c": "lạnh"})
    assert (told.status_code, "“lạnh” không phải là nhiệt độ" in told.text) == (400, True)
    assert desk.act(giver, plan, "nhan", **came).status_code == 403
    assert desk.act(taker, plan, "nhan", **came).status_code == 303
    seen = desk.plan(plan)
    assert (seen.standing.state, seen.shipments[0].missing) == ("received", 100)
    assert seen.shipments[0].receipt is not None
    assert seen.shipments[0].receipt.temp_c == -72.5
    assert len({act.actor for act in seen.acts}) == 4
    # The difference is the transfer's, where somebody says what became of it.
    page = desk.site.with_token(desk.token(Role.APPROVER, "79")).get(
        f"/kho/dieu-chuyen?store={desk.taker}&lot={desk.lot}&lang=vi"
    )
    assert "Đã xuất 12.000 liều, đã nhận 11.900: còn thiếu 100 liều." in page.text


def test_figures_of_what_is_promised_are_told_in_both_languages(desk: Desk) -> None:
    planner = desk.token(Role.PLANNER)
    first, second = desk.drafted(planner), desk.drafted(planner, 9_000)
    assert desk.act(planner, first, "trinh").status_code == 303
    told = desk.act(planner, second, "trinh")
    assert told.status_code == 400
    assert f"Cần 9.000 liều lô {desk.lot} từ kho {desk.giver}, chỉ còn 8.000: tồn 20.000" in told.text
    english = desk.post(planner, f"{second}/trinh", "en", version=str(desk.plan(second).version))
    assert "8,000 are free: 20,000 are there, 0 may not be given, 12,000 are promised by other plans" in english.text
    assert "liều" not in english.text.split("<main", 1)[1]
    assert desk.act(planner, first, "huy", reason="hết nhu cầu").status_code == 303
    assert desk.act(planner, second, "trinh").status_code == 303


def test_who_is_refused_is_told_why(desk: Desk) -> None:
    """One person who may both plan and approve does not approve their own."""
    both = signed_in(desk.site.registry, [grant(Role.PLANNER), grant(Role.APPROVER)])
    plan = desk.drafted(both)
    assert desk.act(both, plan, "trinh").status_code == 303
    told = desk.act(both, plan, "duyet")
    assert (told.status_code, "không được tự duyệt" in told.text) == (400, True)
    other = desk.token(Role.APPROVER)
    stale = desk.post(other, f"{plan}/duyet", version="1")
    assert (stale.status_code, "Kế hoạch vừa thay đổi" in stale.text) == (400, True)
    assert desk.post(other, f"{plan}/duyet").status_code == 400
    assert desk.act(other, plan, "tra-lai", reason=" ").status_code == 400
    assert desk.act(other, plan, "tra-lai", reason="thiếu căn cứ").status_code == 303
    assert desk.act(desk.token(Role.VIEWER), plan, "huy", reason="x").status_code == 403
    assert desk.act(desk.token(Role.PLANNER, "01"), plan, "huy", reason="x").status_code == 403
    for lines, why in (("", "ít nhất một dòng"), ("x,y\n1,2", "thiếu cột"), ("{", "không đọc được")):
        answer = desk.post(both, "soan", title="x", lines=lines)
        assert (answer.status_code, why in answer.text) == (400, True)
    assert desk.post(both, "999999999/trinh", version="1").status_code == 404


def test_a_form_pressed_twice_makes_one_request(desk: Desk) -> None:
    """Both presses lead to the same page; a form that was changed in between is another."""
    planner = desk.token(Role.PLANNER)
    page = desk.site.with_token(planner).get("/ke-hoach?lang=vi").text
    (key,) = re.findall(r'name="form_key" value="([^"]+)"', page)
    asked = {"title": "Tuần 47", "policy": "ours", "days": "14", "inside": "", "form_key": key}
    with ThreadPoolExecutor(4) as presses:
        told = list(presses.map(lambda _: desk.post(planner, "lap", **asked), range(4)))
    assert [answer.status_code for answer in told] == [303] * 4
    assert len({answer.headers["Location"] for answer in told}) == 1
    assert desk.post(planner, "lap", **{**asked, "days": "7"}).status_code == 400, "the first still waits"
    again = desk.site.with_token(planner).get("/ke-hoach?lang=vi").text
    assert key not in again
    drafts = {desk.post(planner, "soan", title="x", lines=desk.lines(), form_key="k").headers["Location"] for _ in "ab"}
    assert len(drafts) == 1
