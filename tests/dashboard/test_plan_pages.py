"""/ke-hoach: what is at risk, asking for a plan, and one plan with its reasons, versions and the way it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from campaign.access import Role
from campaign.plan_check import Violation
from campaign.plan_problem import Rule
from campaign.plan_record import PlanLine
from campaign.plan_rules import WhyLeft
from cli.places import as_role
from layouts.format import tied
from layouts.plan_asked import title_read, title_said, titled, without
from layouts.words import Language, load_catalogues
from operations import plan_acts
from operations.action_log import connect
from operations.decisions import Actor
from operations.plan_answering import Made, answer_next
from operations.plan_requests import Judgement, judge
from operations.plan_rules import plan_rules
from tests.dashboard.conftest import Site
from tests.dashboard.test_plan_forms import Desk
from tests.support.people import grant
from tests.support.signed_in import signed_in

SAID = {"said_vi": "Lấy ở đây vì sắp hết hạn.", "said_en": "From here, because it ends soon."}
ASKED = {"title": "Điều chuyển tuần 47", "policy": "ours", "days": "14", "inside": ""}


class Planned(Desk):
    """A plan from Hà Nội to HCMC as the planner's process keeps it."""

    @property
    def url(self) -> str:
        return as_role(self.site.registry, "mcc_app")

    def line(self, doses: int = 12_000) -> PlanLine:
        binding = {"rule": "minimum", "said_vi": "Vướng mức tối thiểu.", "said_en": "The minimum holds it back."}
        return PlanLine(
            lot=self.lot,
            product="comirnaty",
            giver=self.giver,
            taker=self.taker,
            doses=doses,
            ship_on=self.day,
            arrive_on=self.day,
            reasons={"reasons": {**SAID, "giver_stock": 20_000, "giver_days": 41.3}, "binding": binding},
        )

    @property
    def document(self) -> dict[str, object]:
        places = {
            self.giver: {"area": "01", "vi": "Hà Nội", "en": "Hanoi"},
            self.taker: {"area": "79", "vi": "TP.HCM", "en": "HCMC"},
        }
        left = [{"area": "31", "vi": "Hải Phòng: sổ kho âm", "en": "Haiphong: below zero"}]
        policy = {"name": "ours", "reserve": 0.8}
        return {
            "policy": policy,
            "asked": {"days": 14},
            "snapshot": 7,
            "gap": 0.0042,
            "words": {"places": places, "left": left},
        }

    def judgement(self, *found: Violation) -> Judgement:
        def store(area: str, days: float, lost: int, unmet: int) -> dict[str, object]:
            return {"area": area, "stock": 1_000, "days": days, "lost": lost, "unmet": unmet, "short": 0}

        def standing(giver: tuple[float, int, int], taker: tuple[float, int, int]) -> dict[str, object]:
            stores = {self.giver: store("01", *giver), self.taker: store("79", *taker)}
            total = {"lost": giver[1] + taker[1], "unmet": giver[2] + taker[2], "short": 0}
            return {"total": total, "stores": stores}

        after = {**standing((16.0, 500, 0), (11.0, 0, 300)), "cost": 1_234.6}
        return Judgement(snapshot=7, violations=found, before=standing((41.25, 9_100, 0), (2.0, 0, 8_800)), after=after)

    def made(self, *found: Violation) -> int:
        """A draft by somebody else, judged."""
        by = Actor(name="người lập", origin="planner", now=datetime.now(UTC))
        rules = plan_rules(self.site.deps.settings)
        done = plan_acts.draft(
            self.url, "Tuần 47", [self.line()], rules=rules, by=by, campaign_now=by.now, document=self.document
        )
        with connect(self.url) as connection:
            judge(connection, done.plan, 1, self.judgement(*found), by.now)
        return done.plan

    def read(self, token: str, path: str, lang: str = "vi") -> str:
        return self.site.with_token(token).get(f"/ke-hoach{path}?lang={lang}").text

    def propose(self, token: str, plan: int) -> tuple[int, str]:
        """Without a word of the checker besides the one that there is."""
        sent = self.post(token, f"{plan}/trinh", version=str(self.plan(plan).version))
        return sent.status_code, sent.text


@pytest.fixture
def planned(site: Site) -> Iterator[Planned]:
    desk = Planned(site)
    yield desk
    while answer_next(desk.url, lambda _: Made(why="broken"), rules=plan_rules(site.deps.settings), wall=now):
        pass


def now() -> datetime:
    return datetime.now(UTC)


def answered(planned: Planned, made: Made) -> str | None:
    rules = plan_rules(planned.site.deps.settings)
    return answer_next(planned.url, lambda _: made, rules=rules, wall=now)


def nothing_waits(planned: Planned) -> None:
    """Other tests of this registry have asked, too: the oldest request is answered first."""
    while answered(planned, Made(why="nothing_to_move", told={"words": {"left": []}})) is not None:
        pass


def test_a_plan_is_asked_for_and_the_page_leads_to_it(planned: Planned) -> None:
    nothing_waits(planned)
    planner = planned.token(Role.PLANNER)
    assert 'action="/ke-hoach/lap' in planned.read(planner, "")
    sent = planned.post(planner, "lap", **ASKED)
    assert sent.status_code == 303
    place = sent.headers["Location"].removeprefix("/ke-hoach")
    waiting = planned.site.with_token(planner).get(f"/ke-hoach{place}?lang=vi")
    assert (waiting.headers["Refresh"], "đang chờ lập" in waiting.text) == ("2", True)
    assert "Điều chuyển tuần 47" in planned.read(planner, "")
    made = Made(lines=(planned.line(),), document=planned.document, judgement=planned.judgement())
    assert answered(planned, made) == "ready"
    ready = planned.site.with_token(planner).get(f"/ke-hoach{place}")
    assert ready.status_code == 303
    assert re.fullmatch(r"/ke-hoach/\d+", ready.headers["Location"])
    assert "Lấy ở đây vì sắp hết hạn." in planned.read(planner, ready.headers["Location"].removeprefix("/ke-hoach"))


def test_why_no_plan_was_made_is_told_in_both_languages(planned: Planned) -> None:
    nothing_waits(planned)
    planner = planned.token(Role.PLANNER)
    place = planned.post(planner, "lap", **ASKED).headers["Location"].removeprefix("/ke-hoach")
    left = [{"area": "31", "vi": "Hải Phòng: sổ kho âm", "en": "Haiphong: below zero"}]
    whys = {WhyLeft.NEGATIVE_BALANCE: ["P31"], WhyLeft.UNCOUNTED: ["P31", "P01"], WhyLeft.NO_EXPIRY: ["P79"]}
    out = without([(store, why) for why, stores in whys.items() for store in stores], stores=1_063)
    told = {"words": {"left": left}, "without": out.plain()}
    assert answered(planned, Made(why="nothing_to_move", told=told)) == "nothing_to_move"
    failed = planned.site.with_token(planner).get(f"/ke-hoach{place}?lang=vi")
    assert "Không cần chuyển gì" not in failed.text, "of two stores nobody knows what they have"
    assert "Không tính được 2 trong 1.063 kho (sổ kho âm: 1; chưa kiểm kê đúng hạn: 2; có lô" in failed.text
    assert "chưa tìm được chuyến nào" in failed.text
    assert "Hải Phòng: sổ kho âm" in failed.text
    assert "Refresh" not in failed.headers
    english = planned.read(planner, place, "en")
    assert "Left out: 2 of 1,063 stores (book below zero: 1; not counted in time: 2; with lots" in english
    listed = planned.read(planner, "")
    assert re.search(r"Điều chuyển tuần 47</a> \(yêu cầu lúc \d\d:\d\d\s\d\d/\d\d/\d{4}\): Không tìm được", listed)
    # A planner of another part of the country is not told what was asked for the nation.
    outside = planned.site.with_token(planned.token(Role.PLANNER, "79")).get(f"/ke-hoach{place}")
    assert outside.status_code == 404


def test_that_nothing_needs_to_move_is_no_fault(planned: Planned) -> None:
    nothing_waits(planned)
    planner = planned.token(Role.PLANNER)
    place = planned.post(planner, "lap", **ASKED).headers["Location"].removeprefix("/ke-hoach")
    out = without([], stores=63)
    assert answered(planned, Made(why="nothing_to_move", told={"words": {"left": []}, "without": out.plain()}))
    page = planned.read(planner, place)
    assert "Không cần chuyển gì" in page
    assert "door-bad" not in page
    assert "Nothing needs to move" in planned.read(planner, place, "en")


def test_a_name_that_the_form_suggested_is_in_the_readers_language() -> None:
    day, words = date(2021, 11, 22), load_catalogues()
    for language, title in ((Language.VI, "Điều chuyển ngày 22/11/2021"), (Language.EN, "Reallocation of 22 Nov 2021")):
        assert titled(day, words[language]) == title
        for other in ("Điều chuyển ngày 22/11/2021", "Reallocation of 22 Nov 2021"):
            assert title_said(other, day, words[language]) == tied(title), "its day in one piece"
            assert title_read(other, words[language]) == title
        for typed in ("Điều chuyển ngày 23/11/2021", "Tuần 47"):
            assert title_said(typed, day, words[language]) == typed
        for typed in ("Tuần 47", "22/11/2021", "Điều chuyển ngày 31/02/2021", "Reallocation of 22/11/2021"):
            assert title_read(typed, words[language]) == typed


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"policy": "best"}, "Không có chính sách “best”"),
        ({"days": "0"}, "từ 1 đến 60 ngày"),
        ({"days": "61"}, "từ 1 đến 60 ngày"),
        ({"inside": "999"}, "Không có tỉnh nào mang mã “999”"),
        ({"title": " "}, "Chưa ghi"),
    ],
)
def test_what_cannot_be_asked_is_told(planned: Planned, sent: dict[str, str], why: str) -> None:
    answer = planned.post(planned.token(Role.PLANNER), "lap", **{**ASKED, **sent})
    assert answer.status_code == 400
    if why != "Chưa ghi":
        assert why in answer.text
    assert 'role="alert"' in answer.text


def test_who_plans_for_a_province_asks_for_that_one(planned: Planned) -> None:
    own = planned.token(Role.PLANNER, "79")
    page = planned.read(own, "")
    assert "Toàn quốc, giữa các tỉnh" not in page
    assert re.findall(r'<option value="(\d+)"', page) == ["79"]
    assert planned.post(own, "lap", **ASKED).status_code == 403
    assert planned.post(own, "lap", **{**ASKED, "inside": "01"}).status_code == 403
    assert planned.post(own, "lap", **{**ASKED, "inside": "79"}).status_code == 303
    assert planned.post(own, "lap", **{**ASKED, "inside": "79"}).status_code == 400
    viewer = planned.token(Role.VIEWER)
    assert "/ke-hoach/lap" not in planned.read(viewer, "")
    assert planned.post(viewer, "lap", **ASKED).status_code == 403


def test_a_plan_says_why_what_it_changes_and_by_which_rule(planned: Planned) -> None:
    plan = planned.made()
    page = planned.read(planned.token(Role.VIEWER), f"/{plan}")
    for text in (
        f"12.000 liều Comirnaty (Pfizer-BioNTech), lô {planned.lot}: Hà Nội → TP.HCM",
        "Lấy ở đây vì sắp hết hạn.",
        "Vướng mức tối thiểu.",
        "41,3",
        "giữ 80% số mũi 2 đến hạn",
        "nhiều nhất 0,42%",
        "Thứ tự ưu tiên: ít liều hết hạn nhất",
        "không vi phạm quy tắc nào",
        "Hải Phòng: sổ kho âm",
        "Bản nháp chưa giữ liều nào",
    ):
        assert text in page, text
    figures = dict(re.findall(r'data-row="(\w+)"><dt>.*?data-cell="before">([\d.]+)</span>.*?data-cell="after"', page))
    assert figures == {"lost": "9.100", "unmet": "8.800", "short": "0", "cost": "0"}
    assert re.findall(r'data-cell="after"[^>]*>([\d.]+)<', page) == ["500", "300", "0", "1.235"]
    # Whoever may only look is offered nothing to do.
    assert "<form" not in page
    english = planned.read(planned.token(Role.VIEWER), f"/{plan}", "en").split("<main", 1)[1]
    assert "From here, because it ends soon." in english
    assert "Hanoi → HCMC" in english
    assert not re.search(r"\b(liều|mũi|kế hoạch|lô)\b", english)


def test_a_changed_line_keeps_both_versions_and_is_checked_again(planned: Planned) -> None:
    plan, planner = planned.made(), planned.token(Role.PLANNER)
    assert f'action="/ke-hoach/{plan}/sua' in planned.read(planner, f"/{plan}")
    sent = {"doses-1": "8.000", "reason": "đường sạt lở"}
    assert planned.act(planner, plan, "sua", **sent).headers["Location"] == f"/ke-hoach/{plan}?done=change"
    page = planned.read(planner, f"/{plan}")
    assert "trước là 12.000 liều" in page
    assert "Lý do: đường sạt lở" in page
    assert "Trước khi sửa: Lấy ở đây vì sắp hết hạn." in page
    assert "từ 12.000 liều" in page
    assert "Đang kiểm tra các dòng theo quy tắc." in page
    status, told = planned.propose(planner, plan)
    assert (status, "đang được kiểm tra" in told) == (400, True)
    found = Violation(rule=Rule.MINIMUM, subject=planned.giver, line=0, told=10, limit=20)
    with connect(planned.url) as connection:
        judge(connection, plan, 2, planned.judgement(found), now())
    page = planned.read(planner, f"/{plan}")
    assert "chưa qua kiểm tra" in page
    assert "Dòng này vi phạm" in page
    status, told = planned.propose(planner, plan)
    assert (status, "vi phạm 1 quy tắc" in told) == (400, True)
    assert planned.plan(plan).standing.state == "draft"


def test_whoever_proposed_is_told_that_another_approves(planned: Planned) -> None:
    both = signed_in(planned.site.registry, [grant(Role.PLANNER), grant(Role.APPROVER)])
    plan = planned.made()
    assert planned.propose(both, plan)[0] == 303
    page = planned.read(both, f"/{plan}")
    assert "một người khác phải duyệt" in page
    assert f"/{plan}/duyet" not in page
    other = planned.read(planned.token(Role.APPROVER), f"/{plan}")
    assert f"/{plan}/duyet" in other
    assert "cần số, ngày và người ký quyết định" in other
    assert "Các liều đang được giữ" in other


def test_what_came_short_is_shown_with_the_way_to_settle_it(planned: Planned) -> None:
    plan, approver = planned.made(), planned.token(Role.APPROVER)
    assert planned.propose(planned.token(Role.PLANNER), plan)[0] == 303
    decision = {"number": "5555/QĐ-BYT", "decided_on": "01/11/2021", "signed_by": "Thứ trưởng"}
    assert planned.act(approver, plan, "quyet-dinh", **decision).status_code == 303
    assert planned.act(approver, plan, "duyet").status_code == 303
    giver, taker = planned.token(Role.OPERATOR, "01"), planned.token(Role.OPERATOR, "79")
    assert 'name="doses-1"' in planned.read(giver, f"/{plan}")
    assert 'name="doses-1"' not in planned.read(taker, f"/{plan}")
    assert planned.act(giver, plan, "xuat", **{"doses-1": "12.000"}).status_code == 303
    (shipment,) = planned.plan(plan).shipments
    field = f'name="doses-{shipment.shipment_id}"'
    assert (field in planned.read(giver, f"/{plan}"), field in planned.read(taker, f"/{plan}")) == (False, True)
    came = {f"doses-{shipment.shipment_id}": "11.900", "temp_c": "-72,5"}
    assert planned.act(taker, plan, "nhan", **came).status_code == 303
    page = planned.read(taker, f"/{plan}")
    assert "Đã nhận 11.900 liều ở −72,5\u00a0°C" in page
    assert "thiếu 100 liều" in page
    assert f"/kho/dieu-chuyen?store={planned.taker}&amp;lot={planned.lot}" in page
    assert "thiếu 100 liều khi nhận" in planned.read(approver, "")


def test_a_province_sees_its_own_lines_and_stores(planned: Planned) -> None:
    plan = planned.made()
    own = planned.read(planned.token(Role.VIEWER, "79"), f"/{plan}")
    assert "Lấy ở đây vì sắp hết hạn." in own
    assert re.findall(r'data-cell="before">([\d.]+)<', own) == ["0", "8.800", "0"], (
        "of its own stores, without the cost"
    )
    assert f'data-row="{planned.giver}"' not in own
    assert "Hải Phòng" not in own
    answer = planned.site.with_token(planned.token(Role.VIEWER, "48")).get(f"/ke-hoach/{plan}?lang=vi")
    assert (answer.status_code, f"Không có kế hoạch số {plan}" in answer.text) == (404, True)
    assert "Tuần 47" not in planned.read(planned.token(Role.VIEWER, "48"), "")
    assert planned.site.with_token(planned.token(Role.VIEWER)).get("/ke-hoach/999999999").status_code == 404


def test_a_line_typed_by_hand_has_a_page_too(planned: Planned) -> None:
    """Without document, reasons or a word of the checker."""
    plan = planned.drafted(planned.token(Role.PLANNER))
    page = planned.read(planned.token(Role.VIEWER), f"/{plan}")
    assert "12.000 liều" in page
    assert "Đang kiểm tra các dòng theo quy tắc." in page


def test_what_is_at_risk_is_told_by_province(planned: Planned) -> None:
    page = planned.read(planned.token(Role.VIEWER), "")
    rows = re.findall(r'<tr data-row="(\w+)">', page)
    own = re.findall(r'<tr data-row="(\w+)">', planned.read(planned.token(Role.VIEWER, "79"), ""))
    assert set(own) <= {"79", *(row for row in rows if row.isdecimal())}


def test_no_page_is_open_to_who_is_not_signed_in(planned: Planned) -> None:
    plan = planned.made()
    client = planned.site.with_token("")
    for path in ("", f"/{plan}", "/cho/1"):
        assert "/dang-nhap" in client.get(f"/ke-hoach{path}").headers["Location"]
    token = planned.token(Role.PLANNER)
    forged = planned.site.with_token(token).post("/ke-hoach/lap", data=ASKED)
    assert forged.status_code == 403
