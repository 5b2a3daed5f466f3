"""The order to move doses, read back from its files: every number is the registry's version of the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import docx
import pikepdf
import psycopg
import pypdfium2
import pytest

from campaign.plan_record import Plan, PlanLine
from cli.main import main
from operations.action_log import connect
from tests.support.plans import GIVER, HUB, LINE, NOW, TAKER, Plans, stocked

LANGUAGES = ("vi", "en")
REASON = {"said_vi": "Lô này hết hạn trước.", "said_en": "This lot ends first."}
SECOND = replace(
    LINE, giver=HUB, doses=4_990, ship_on=LINE.ship_on + timedelta(days=1), reasons={"reason": "đang chờ mũi 2"}
)
FIRST = replace(LINE, reasons={"reasons": REASON, "usable_until": "2022-01-15"})
# Of the seed's lot: 10 doses a vial, 100 vials a tray.
PARCELS = {FIRST.doses: (12, 0), SECOND.doses: (4, 99)}
DEMO = {"vi": "DỮ LIỆU MINH HỌA", "en": "DEMONSTRATION DATA"}
STRUCTURE = "/StructTreeRoot"


class Desk(Plans):
    """Plans of a registry whose clock stands at NOW, and the command."""

    def __init__(self, url: str, out: Path) -> None:
        super().__init__(url)
        self.out = out

    def order(self, plan: int, *more: str) -> int:
        state = ["--state", str(self.out / "state")]
        return main(["reallocation", "order", str(plan), "--out", str(self.out), *state, *more])

    def file(self, name: str) -> Path:
        return self.out / f"transfer-order-{name}"


@pytest.fixture
def desk(registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    stocked(registry_url)
    clock = {"kind": "demo", "one_in": "100", "clock_campaign_start": NOW.isoformat(), "clock_speed": "0"}
    clock |= {"clock_wall_start": NOW.isoformat(), "live_until": NOW.isoformat()}
    with psycopg.connect(registry_url) as connection:
        for name, value in clock.items():
            connection.execute("INSERT INTO registry.dataset_fact (name, value) VALUES (%s, %s)", [name, value])
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    yield Desk(registry_url, tmp_path)


def whole(value: int, language: str) -> str:
    text = f"{value:,}"
    return text.replace(",", ".") if language == "vi" else text


def day(value: date, language: str) -> str:
    """As people write it: 22/11/2021, 22 Nov 2021."""
    return f"{value:%d/%m/%Y}" if language == "vi" else f"{value.day} {value:%b %Y}"


def expected(plan: Plan, language: str) -> dict[str, list[list[str]]]:
    """By giving store, the cells of its rows, from the registry's lines alone."""
    found: dict[str, list[list[str]]] = {}
    for at, line in enumerate(plan.lines, start=1):
        until = date.fromisoformat(line.reasons.get("usable_until", "2022-01-31"))
        trays, vials = PARCELS[line.doses]
        found.setdefault(line.giver, []).append(
            [
                str(at),
                line.lot,
                "AstraZeneca",
                day(until, language),
                whole(line.doses, language),
                whole(trays, language),
                whole(vials, language),
                plan.stores[line.taker].name,
                day(line.ship_on, language),
                day(line.arrive_on, language),
            ]
        )
    return found


def pages(file: Path) -> list[str]:
    document = pypdfium2.PdfDocument(file)
    found = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_says_what_the_plan_says(desk: Desk, language: str) -> None:
    plan = desk.approved(FIRST, SECOND)
    assert desk.order(plan, "--lang", language) == 0
    name = f"{plan}-1-{language}"
    seen = desk.look(plan)
    letter = docx.Document(str(desk.file(f"{name}.docx")))
    head, *tables, foot = letter.tables
    assert "5555/QĐ-BYT" in head.rows[0].cells[0].text
    assert ("22 tháng 11 năm 2021" if language == "vi" else "22/11/2021") in head.rows[0].cells[1].text
    assert "Thứ trưởng Bộ Y tế" in foot.rows[0].cells[1].text
    told = [[[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in table.rows] for table in tables]
    want = expected(seen, language)
    assert len(told) == len(want) == 2
    for rows, cells in zip(told, want.values(), strict=True):
        assert rows[1:-1] == cells
        doses = sum(line.doses for line in seen.lines if str(seen.lines.index(line) + 1) == cells[0][0])
        assert whole(doses, language) in rows[-1]
    text = "\n".join(paragraph.text for paragraph in letter.paragraphs)
    reason = REASON[f"said_{language}"]
    for part in (reason, "đang chờ mũi 2", GIVER, HUB, "5555/QĐ-BYT", seen.title, whole(16_990, language)):
        assert part in text, part
    foot_of_page = letter.sections[0].footer.paragraphs[0].text
    printed = pages(desk.file(f"{name}.pdf"))
    for row in (row for cells in want.values() for row in cells):
        for cell in row:
            assert cell in " ".join(printed), cell
    for part in (reason, "đang chờ mũi 2", "5555/QĐ-BYT"):
        assert part in " ".join(printed)
    pin = f"Kế hoạch số {plan}, bản 1, bản chụp số liệu" if language == "vi" else f"Plan {plan}, version 1, snapshot"
    assert pin in foot_of_page
    assert all(pin in page for page in printed)
    assert letter.sections[0].header.paragraphs[0].text == DEMO[language], "nothing is marked as a draft"
    assert all(DEMO[language] in page for page in printed)


def test_the_pdf_is_archived_and_accessible(desk: Desk) -> None:
    plan = desk.approved(FIRST, SECOND)
    assert desk.order(plan, "--form", "pdf", "--lang", "vi") == 0
    with pikepdf.open(desk.file(f"{plan}-1-vi.pdf")) as document:
        assert document.Root.MarkInfo.Marked
        assert STRUCTURE in document.Root
        kinds = [str(item.get("/S")) for item in document.objects if isinstance(item, pikepdf.Dictionary)]
        # Ten columns: a head, a line and a sum in each of two tables.
        assert (kinds.count("/Table"), kinds.count("/TH"), kinds.count("/TD")) == (2, 20, 40)
        assert "/H1" in kinds
        with document.open_metadata() as about:
            assert about["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "A"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_that_lacks_its_decision_is_a_draft_on_every_page(desk: Desk, language: str) -> None:
    plan = desk.draft(FIRST)
    desk.propose(plan)
    mark = "DỰ THẢO – CHƯA CÓ HIỆU LỰC" if language == "vi" else "DRAFT – NOT IN FORCE"
    for approve in (False, True):
        if approve:
            desk.approve(plan)
        assert desk.order(plan, "--lang", language) == 0
        name = f"{plan}-1-draft-{language}"
        assert all(mark in page for page in pages(desk.file(f"{name}.pdf")))
        letter = docx.Document(str(desk.file(f"{name}.docx")))
        assert letter.sections[0].header.paragraphs[0].text == f"{mark} · {DEMO[language]}"
        assert "5555" not in letter.tables[0].rows[0].cells[0].text, "number and day are the registrar's"
        assert re.search(r"…+", letter.tables[0].rows[0].cells[0].text)
        assert "…" in letter.tables[0].rows[0].cells[1].text


def test_inside_a_province_its_approval_suffices(desk: Desk) -> None:
    with psycopg.connect(desk.url) as connection:
        connection.execute("INSERT INTO registry.store (code, name_vi, level, province_code) "
                           "VALUES ('S-01-B', 'Ba Đình', 'district', '01')")  # fmt: skip
    plan = desk.draft(replace(FIRST, taker="S-01-B"))
    desk.propose(plan)
    desk.approve(plan)
    assert desk.order(plan, "--form", "docx", "--lang", "vi") == 0
    letter = docx.Document(str(desk.file(f"{plan}-1-vi.docx")))
    left, right = letter.tables[0].rows[0].cells
    assert "ỦY BAN NHÂN DÂN THÀNH PHỐ HÀ NỘI" in left.text
    assert "SỞ Y TẾ" in left.text
    assert right.text.strip().endswith("Hà Nội, ngày … tháng … năm …")
    assert letter.sections[0].header.paragraphs[0].text == DEMO["vi"]


def test_what_orders_nothing_is_refused_by_its_state(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    plan = desk.draft(FIRST)
    assert desk.order(plan) == 4
    assert f"plan {plan} is draft" in capfd.readouterr().err
    desk.propose(plan)
    desk.now += timedelta(hours=100)
    with psycopg.connect(desk.url) as connection:
        connection.execute(
            "UPDATE registry.dataset_fact SET value = %s WHERE name = 'clock_campaign_start'", [desk.now.isoformat()]
        )
    assert desk.order(plan) == 4
    assert f"plan {plan} is lapsed" in capfd.readouterr().err
    desk.cancel(plan)
    assert desk.order(plan) == 4
    assert desk.order(9_999) == 4
    assert main(["reallocation", "order", str(plan), "--state", str(desk.out / "state")]) == 2
    assert "--out DIR" in capfd.readouterr().err
    assert not list(desk.out.glob("transfer-order-*"))


def test_shipping_makes_no_other_order_and_giving_up_is_told(desk: Desk) -> None:
    plan = desk.approved(FIRST)
    file = desk.file(f"{plan}-1-vi.pdf")
    assert desk.order(plan, "--form", "pdf") == 0
    before = file.read_bytes()
    desk.ship(plan, 7_000)
    assert desk.order(plan, "--form", "pdf") == 0
    assert file.read_bytes() == before, "the same bytes of the same version"
    desk.cancel(plan)
    assert desk.order(plan, "--form", "pdf") == 0
    assert "dòng 1, 5.000 liều" in pages(file)[0]


def test_a_changed_line_has_the_reason_of_who_changed_it(desk: Desk) -> None:
    plan = desk.draft(FIRST)
    desk.change(plan, replace(FIRST, doses=4_990), reason="đường sạt lở")
    desk.propose(plan)
    assert desk.order(plan, "--form", "docx", "--lang", "vi") == 0
    letter = docx.Document(str(desk.file(f"{plan}-2-draft-vi.docx")))
    text = "\n".join(paragraph.text for paragraph in letter.paragraphs)
    assert "đường sạt lở" in text
    assert REASON["said_vi"] not in text, "it was said of other doses"
    assert "Không phải số liệu thật" in text


def test_every_lot_is_packed_as_the_registry_says(desk: Desk) -> None:
    """The application's role may read what the order needs."""
    plan = desk.approved(FIRST)
    with connect(desk.url) as connection:
        (line,) = desk.look(plan).lines
        row = connection.execute("SELECT doses_per_vial, vials_per_tray FROM registry.lot WHERE lot_number = 'L1'")
        per_vial, per_tray = (row.fetchone() or {}).values()
    trays, vials = PARCELS[line.doses]
    assert (trays * per_tray + vials) * per_vial == line.doses
    assert isinstance(line, PlanLine)
    assert (line.giver, line.taker) == (GIVER, TAKER)
