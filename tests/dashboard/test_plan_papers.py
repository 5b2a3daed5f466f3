"""On the page of a plan: links to its order and who has which lines, the map before and after; and scenarios."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import psycopg
import pytest

from campaign.access import Role
from campaign.plan_rules import Suppose
from campaign.plan_scenario import as_plain
from operations.action_log import connect
from operations.plan_requests import Judgement, judge
from operations.plan_scenarios import Compared, answer_plan_scenario
from tests.dashboard.conftest import Site
from tests.dashboard.test_plan_pages import Planned

ASKED = {"title": "Kho Hà Nội hỏng", "policy": "ours", "days": "14", "inside": "", "failed": "01"}


@pytest.fixture
def planned(site: Site) -> Iterator[Planned]:
    desk = Planned(site)
    yield desk
    while answer_plan_scenario(desk.url, lambda _: Compared(why="broken"), wall=now):
        pass


def now() -> datetime:
    return datetime.now(UTC)


def ordered(planned: Planned, plan: int, token: str, form: str = "docx", lang: str = "vi") -> Any:
    return planned.site.with_token(token).get(f"/ke-hoach/{plan}/lenh.{form}?lang={lang}")


def test_the_page_leads_to_the_order_from_the_proposal_on(planned: Planned) -> None:
    plan, planner = planned.made(), planned.token(Role.PLANNER)
    assert "lenh.docx" not in planned.read(planner, f"/{plan}")
    refused = ordered(planned, plan, planner)
    assert refused.status_code == 409
    assert "Lệnh điều chuyển chỉ có từ khi trình" in refused.text
    assert planned.propose(planner, plan)[0] == 303
    page = planned.read(planner, f"/{plan}")
    assert re.findall(r'href="/ke-hoach/\d+/lenh\.(\w+)\?lang=vi"', page) == ["docx", "pdf"]
    assert "Dự thảo lệnh điều chuyển (DOCX)" in page
    approver = planned.token(Role.APPROVER)
    decision = {"number": "5555/QĐ-BYT", "decided_on": "01/11/2021", "signed_by": "Thứ trưởng"}
    assert planned.act(approver, plan, "quyet-dinh", **decision).status_code == 303
    assert planned.act(approver, plan, "duyet").status_code == 303
    assert "Transfer order (PDF)" in planned.read(planner, f"/{plan}", "en")
    letter = ordered(planned, plan, planner)
    assert letter.headers["Content-Disposition"] == f'attachment; filename="transfer-order-{plan}-1-vi.docx"'
    assert letter.headers["Cache-Control"] == "no-store"
    table = docx.Document(io.BytesIO(letter.data)).tables[1]
    cells = [cell.text for cell in table.rows[1].cells]
    # 6 doses a vial, 195 vials a tray: 12,000 doses are 10 trays and 50 vials.
    assert cells[1:2] + cells[4:8] == [planned.lot, "12.000", "10", "50", "TP.HCM"]
    assert ordered(planned, plan, planner, "pdf").data.startswith(b"%PDF")


def test_a_province_has_the_lines_that_touch_it_and_another_has_none(planned: Planned) -> None:
    plan = planned.made()
    assert planned.propose(planned.token(Role.PLANNER), plan)[0] == 303
    inside, outside = planned.token(Role.VIEWER, "79"), planned.token(Role.VIEWER, "31")
    assert ordered(planned, plan, inside).status_code == 200
    assert ordered(planned, plan, outside).status_code == 404
    assert ordered(planned, 999_999, inside).status_code == 404
    assert ordered(planned, plan, inside, "xlsx").status_code == 404


def test_of_a_plan_of_many_provinces_one_gets_an_extract(planned: Planned) -> None:
    """A second line, that stays in Hà Nội, is not HCMC's."""
    planner = planned.token(Role.PLANNER)
    district = f"D-{planned.giver}"
    with psycopg.connect(planned.site.registry) as connection:
        connection.execute(
            "INSERT INTO registry.store (code, name_vi, level, province_code) VALUES (%s, 'Ba Đình', 'district', '01')",
            [district],
        )
    lines = f"{planned.lines()}\n{planned.lot},comirnaty,{planned.giver},{district},600,{planned.day},{planned.day}"
    made = planned.post(planner, "soan", title="Hai nơi", lines=lines)
    plan = int(made.headers["Location"].split("?")[0].rsplit("/", 1)[1])
    planned.judged(plan)
    assert planned.propose(planner, plan)[0] == 303
    whole, part = (docx.Document(io.BytesIO(ordered(planned, plan, token).data)) for token in (
        planner, planned.token(Role.VIEWER, "79")
    ))  # fmt: skip
    assert [len(found.tables[1].rows) for found in (whole, part)] == [4, 3]
    told = "\n".join(paragraph.text for paragraph in part.paragraphs)
    assert "Bản trích: 1 dòng liên quan đến địa phương; 1 dòng khác" in told
    assert "Ba Đình" not in told + "".join(cell.text for row in part.tables[1].rows for cell in row.cells)
    name = ordered(planned, plan, planned.token(Role.VIEWER, "79")).headers["Content-Disposition"]
    assert f"transfer-order-{plan}-1-draft-1-lines-vi.docx" in name


def standing(days: dict[str, tuple[str, float | None]]) -> dict[str, Any]:
    stores = {
        code: {"area": area, "level": "province", "stock": 1, "days": value, "lost": 0, "unmet": 0, "short": 0}
        for code, (area, value) in days.items()
    }
    return {"total": {"lost": 0, "unmet": 0, "short": 0}, "stores": stores}


def judged_with_map(planned: Planned) -> int:
    """Hà Nội goes from 41 days to 16, HCMC from 2 to 11; nobody knows the pace of Hải Phòng."""
    plan = planned.made()
    sent = {"doses-1": "8.000", "reason": "đường sạt lở"}
    assert planned.act(planned.token(Role.PLANNER), plan, "sua", **sent).status_code == 303
    before = standing({planned.giver: ("01", 41.25), planned.taker: ("79", 2.0), "S-31": ("31", None)})
    after = standing({planned.giver: ("01", 16.0), planned.taker: ("79", 11.0), "S-31": ("31", None)})
    with connect(planned.url) as connection:
        judge(connection, plan, 2, Judgement(snapshot=7, before=before, after={**after, "cost": 0}), now())
    return plan


def classes(page: str) -> list[dict[str, str]]:
    """By province, on the map before and on the one after."""
    return [
        dict(re.findall(r'<use href="#plan-area-(\w+)" class="plan-class-(\w+)', part))
        for part in page.split('<figure class="plan-map">')[1:]
    ]


def test_the_map_has_the_days_of_stock_before_and_after_in_fixed_classes(planned: Planned) -> None:
    plan = judged_with_map(planned)
    page = planned.read(planned.token(Role.VIEWER), f"/{plan}")
    before, after = classes(page)
    breaks = planned.site.deps.settings.campaign.map_breaks.cover

    def expected(days: float) -> str:
        return str(sum(days >= edge for edge in breaks))

    assert (before["01"], before["79"]) == (expected(41.25), expected(2.0))
    assert (after["01"], after["79"]) == (expected(16.0), expected(11.0))
    assert before["31"] == after["31"] == "none"
    assert len(before) == len(after) == 63
    assert page.count("Quần đảo Hoàng Sa") == page.count("Quần đảo Trường Sa") == 2
    assert "Hà Nội: 41,3 → 16,0 ngày" in page or "Hà Nội: 41,2 → 16,0 ngày" in page
    legend = {
        row: (int(one), int(other))
        for row, one, other in re.findall(
            r'<tr data-class="(\w+)">.*?data-count="before">(\d+)<.*?data-count="after">(\d+)<',
            page,
        )
    }
    assert sum(one for one, _ in legend.values()) == sum(other for _, other in legend.values()) == 63
    assert legend["none"] == (61, 61)
    assert len(legend) == len(breaks) + 2, "all classes, empty ones too"
    assert set(re.findall(r'plan-moved" data-area="(\w+)"', page)) == {"01", "79"}
    # The table below the map says the same.
    row = re.search(rf'<tr data-row="{planned.taker}">.*?</tr>', page)
    assert row is not None
    assert "2,0" in row[0]
    assert "11,0" in row[0]


def test_a_province_of_its_own_has_no_map_of_others(planned: Planned) -> None:
    plan = judged_with_map(planned)
    assert "plan-map" not in planned.read(planned.token(Role.VIEWER, "79"), f"/{plan}")
    english = planned.read(planned.token(Role.VIEWER), f"/{plan}", "en")
    assert "Hanoi: 41.3 → 16.0 days" in english or "Hanoi: 41.2 → 16.0 days" in english


def document(planned: Planned, doses: int, supposed: Suppose | None) -> dict[str, Any]:
    line = {"lot": planned.lot, "product": "comirnaty", "from": planned.giver, "to": planned.taker}
    figures = standing({planned.giver: ("01", 16.0 + doses), planned.taker: ("79", 2.0)})
    total = {"lost": 10_000 - doses, "unmet": 12_000 - doses, "short": 0}
    return {
        **planned.document,
        "supposed": as_plain(supposed) if supposed else None,
        "before": {**figures, "total": {"lost": 10_000, "unmet": 12_000, "short": 0}},
        "after": {**figures, "total": total},
        "objective": [{"aim": "cost", "value": doses / 10}],
        "lines": [{**line, "doses": doses, "ship_on": "2021-11-23", "arrive_on": "2021-11-25"}] if doses else [],
    }


def test_a_scenario_is_asked_for_and_set_beside_the_plan_without_it(planned: Planned) -> None:
    planner = planned.token(Role.PLANNER)
    sent = planned.post(planner, "kich-ban/lap", **ASKED)
    assert sent.status_code == 303, sent.text
    place = sent.headers["Location"].removeprefix("/ke-hoach")
    waiting = planned.site.with_token(planner).get(f"/ke-hoach{place}?lang=vi")
    assert (waiting.headers["Refresh"], "Hà Nội: kho hỏng" in waiting.text) == ("2", True)
    failed = Suppose(failed=frozenset({planned.giver}))
    made = Compared(snapshot=7, without=document(planned, 6_000, None), supposed=document(planned, 0, failed))
    assert answer_plan_scenario(planned.url, lambda _: made, wall=now) == "ready"
    page = planned.read(planner, place)
    lost = re.search(r'<tr data-row="lost">(.*?)</tr>', page)
    assert lost is not None
    cells = dict(re.findall(r'data-cell="(\w+)"[^>]*>([^<]+)<', lost[1]))
    assert cells == {
        "nothing": "10.000", "planned": "4.000", "nothing_supposed": "10.000", "planned_supposed": "10.000",
        "change": "+6.000",
    }  # fmt: skip
    assert "Dòng khác nhau: 1" in page
    assert "−6.000" in page
    assert "không trình được thành kế hoạch" in page
    assert re.findall(r'<form[^>]*action="([^"?]+)', page.split("<main", 1)[1]) == [f"/ke-hoach{place}/rut"], (
        "nothing can be done with it but to withdraw it"
    )
    file = planned.site.with_token(planner).get(f"/ke-hoach{place}.csv")
    head, row = file.text.lstrip("\ufeff").splitlines()
    assert head.startswith("supposed,scenario,snapshot")
    assert row.startswith("supposed,")
    assert row.endswith("6000,0")
    assert "supposed" in file.headers["Content-Disposition"]
    english = planned.read(planner, place, "en").split("<main", 1)[1]
    assert "Supposed: these are no figures" in english
    assert not re.search(r"\b(liều|mũi|kế hoạch|lô|giả định)\b", english)
    outside = planned.token(Role.PLANNER, "79")
    for path in (place, f"{place}.csv"):
        assert planned.site.with_token(outside).get(f"/ke-hoach{path}").status_code == 404
    assert "Kho Hà Nội hỏng" in planned.read(planner, "/kich-ban")
    assert "Kho Hà Nội hỏng" not in planned.read(outside, "/kich-ban")


def test_a_scenario_is_withdrawn_and_its_page_says_by_whom(planned: Planned) -> None:
    planner = planned.token(Role.PLANNER)
    place = planned.post(planner, "kich-ban/lap", **ASKED).headers["Location"].removeprefix("/ke-hoach")
    failed = Suppose(failed=frozenset({planned.giver}))
    made = Compared(snapshot=7, without=document(planned, 6_000, None), supposed=document(planned, 0, failed))
    assert answer_plan_scenario(planned.url, lambda _: made, wall=now) == "ready"
    viewer, outside = planned.token(Role.VIEWER), planned.token(Role.PLANNER, "79")
    assert "/rut" not in planned.read(viewer, place), "no form for whoever may not"
    assert planned.post(viewer, f"{place[1:]}/rut", reason="sai").status_code == 403
    assert planned.post(outside, f"{place[1:]}/rut", reason="sai").status_code == 404
    empty = planned.post(planner, f"{place[1:]}/rut", reason=" ")
    assert (empty.status_code, "Chưa điền mục “Lý do”" in empty.text) == (400, True)
    sent = planned.post(planner, f"{place[1:]}/rut", reason="kho không hỏng")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/ke-hoach{place}")
    assert f'href="/ke-hoach{place}"' not in planned.read(planner, "/kich-ban")
    page = planned.read(viewer, place)
    assert "Kịch bản đã được" in page and "lý do: “kho không hỏng”" in page
    assert "(Giả định, đã rút)" in page
    assert 'data-row="lost"' in page, "what it said stays"
    assert "/rut" not in page and ".csv" not in page
    again = planned.post(planner, f"{place[1:]}/rut", reason="lần nữa")
    assert (again.status_code, "đã rút kịch bản “Kho Hà Nội hỏng” lúc" in again.text) == (400, True)
    file = planned.site.with_token(viewer).get(f"/ke-hoach{place}.csv?lang=en")
    assert (file.status_code, "withdrew the scenario" in file.text) == (410, True)
    assert "was withdrawn by" in planned.read(viewer, place, "en")


def test_one_that_waits_is_withdrawn_and_its_page_waits_no_longer(planned: Planned) -> None:
    planner = planned.token(Role.PLANNER)
    place = planned.post(planner, "kich-ban/lap", **ASKED).headers["Location"].removeprefix("/ke-hoach")
    assert planned.post(planner, f"{place[1:]}/rut", reason="nhầm").status_code == 303
    answer = planned.site.with_token(planner).get(f"/ke-hoach{place}?lang=vi")
    assert "Refresh" not in answer.headers
    assert "rút trước khi lập xong" in answer.text
    assert answer_plan_scenario(planned.url, lambda _: Compared(why="broken"), wall=now) is None
    assert planned.post(planner, "kich-ban/lap", **ASKED).status_code == 303, "nobody waits for it"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"failed": ""}, "Chưa ghi điều giả định nào"),
        ({"late_lot": "L1", "late_days": "0"}, "từ 1 đến 365"),
        ({"late_lot": "L1", "late_days": ""}, "số nguyên"),
        ({"target_store": "79", "target_doses": "x"}, "x"),
        ({"policy": "best"}, "Không có chính sách “best”"),
    ],
)
def test_what_cannot_be_supposed_is_told(planned: Planned, sent: dict[str, str], why: str) -> None:
    answer = planned.post(planned.token(Role.PLANNER), "kich-ban/lap", **{**ASKED, **sent})
    assert answer.status_code == 400
    assert why in answer.text
    assert 'role="alert"' in answer.text


def test_a_scenario_that_was_not_made_says_why(planned: Planned) -> None:
    planner = planned.token(Role.PLANNER)
    place = planned.post(planner, "kich-ban/lap", **ASKED).headers["Location"].removeprefix("/ke-hoach")
    unknown = Compared(why="unknown_supposed", told={"name": "01"})
    assert answer_plan_scenario(planned.url, lambda _: unknown, wall=now) == "unknown_supposed"
    assert "không có kho hoặc lô đã ghi trong giả định: “01”" in planned.read(planner, place)
    assert Path(place).name.isdecimal()
