"""What people bring in on /day-chuyen-lanh/nhap: logger files and temperatures, said back in both languages."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.rows import dict_row
from werkzeug.test import TestResponse

from campaign.access import Role
from tests.dashboard.conftest import VERSION, Site
from tests.support.loggers import export, rows
from tests.support.people import grant
from tests.support.signed_in import forgery_header, signed_in

PAGE = "/day-chuyen-lanh/nhap"
REAL = "fridgetag2L_130500109088_202206081014.txt"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WHEN = "08:30 20/11/2021"


class Desk:
    """One fridge with a logger, in province 79; and who brings something in."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.device = f"F{uuid.uuid4().hex[:10].upper()}"
        self.serial = f"{uuid.uuid4().int % 10**12:012d}"
        self.run(
            "INSERT INTO registry.area (code, level, name_vi, name_en, source, valid_from) "
            "VALUES ('79', 'province', 'A', 'A', 'test', '2021-07-01') ON CONFLICT DO NOTHING"
        )
        self.run(
            "INSERT INTO registry.store (code, name_vi, level, province_code) "
            "VALUES ('S-in-79', 'kho', 'province', '79') ON CONFLICT DO NOTHING"
        )
        self.run(
            "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode, serial) "
            "VALUES (%s, 'S-in-79', 'fridge', 'refrigerator', 'hand', %s)",
            self.device, self.serial,
        )  # fmt: skip

    def run(self, query: str, *values: object) -> list[dict[str, Any]]:
        with psycopg.connect(self.site.registry, autocommit=True, row_factory=dict_row) as connection:
            done = connection.execute(query, values)  # pyright: ignore[reportArgumentType,reportCallIssue]
            return done.fetchall() if done.description else []

    def post(self, deed: str, data: dict[str, Any], *provinces: str, lang: str = "vi") -> TestResponse:
        token = signed_in(self.site.registry, [grant(Role.OPERATOR, *provinces)])
        return self.site.with_token(token).post(f"{PAGE}/{deed}?lang={lang}", data=data, headers=forgery_header(token))

    def file(self, content: bytes, *provinces: str, name: str = "tag.txt", lang: str = "vi") -> TestResponse:
        token = signed_in(self.site.registry, [grant(Role.OPERATOR, *provinces)])
        # Written out: the test client would leave a file open for a large one.
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        return self.site.with_token(token).post(
            f"{PAGE}/tep?lang={lang}",
            data=head.encode() + content + b"\r\n--x--\r\n",
            content_type="multipart/form-data; boundary=x",
            headers=forgery_header(token),
        )

    def hand(self, *provinces: str, lang: str = "vi", **sent: str) -> TestResponse:
        told = {"equipment": self.device, "temp": "4,5", "at": WHEN, "caller": "chị Hoa", "note": "đã gọi", **sent}
        return self.post("ghi", told, *provinces, lang=lang)

    def held(self) -> list[tuple[Any, ...]]:
        query = "SELECT read_at, temp_c FROM registry.temperature_reading WHERE equipment_id = %s ORDER BY read_at"
        return [(row["read_at"], row["temp_c"]) for row in self.run(query, self.device)]

    def audit(self, action: str) -> list[dict[str, Any]]:
        query = "SELECT outcome, detail FROM operations.audit WHERE action = %s AND subject = %s ORDER BY audit_id"
        return self.run(query, action, self.device)


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_a_file_is_taken_in_and_the_reader_s_summary_is_shown(desk: Desk) -> None:
    content = export(rows("5.0", "9.5", "--.-", "5.0"), serial=desk.serial)
    answer = desk.file(content, "79")
    assert answer.status_code == 200, text(answer)
    assert f"Đã nhập vào thiết bị {desk.device}: 4 số đo mới trong 4 số đo" in text(answer)
    assert "5,0\u00a0°C – 9,5\u00a0°C" in text(answer)
    assert len(desk.held()) == 4
    again = desk.file(content, "79", lang="en")
    assert f"This file of {desk.device} came before" in text(again)
    assert "5.0\u00a0°C – 9.5\u00a0°C" in text(again)
    assert len(desk.held()) == 4


@pytest.mark.parametrize(
    ("content", "vi", "en"),
    [
        (export(rows("5.0"))[:-200], "bị cắt cụt", "cut off"),
        (export(rows("5.0"), device="Q-tag 99"), "Không phải tệp của máy ghi", "no file of a logger"),
        (export(rows("5.0"), unit="F"), "Fahrenheit", "Fahrenheit"),
        (export(rows("5.0"), activated="1970-01-01 00:00"), "Đồng hồ của máy ghi sai", "clock is wrong"),
        (export(rows("5.0"), created="2096-01-01 00:00"), "Đồng hồ của máy ghi sai", "clock is wrong"),
        (b"\x00\xff", "Tệp không đọc được", "cannot be read"),
        (b"", "Tệp không đọc được", "cannot be read"),
    ],
)
@pytest.mark.parametrize("where", [(), ("79",)])
def test_what_cannot_be_taken_is_said_in_both_languages(
    desk: Desk, content: bytes, vi: str, en: str, where: tuple[str, ...]
) -> None:
    for lang, told in (("vi", vi), ("en", en)):
        answer = desk.file(content, *where, lang=lang)
        assert answer.status_code == 400
        assert told in text(answer)
    kept = desk.run("SELECT outcome FROM registry.logger_file WHERE content = %s", content)
    # Kept where somebody answers for the nation: whose it is cannot be told.
    assert not kept or [row["outcome"] for row in kept] == ["unreadable"]
    assert where or kept


def test_a_file_of_a_logger_that_nobody_registered_waits_and_is_listed(desk: Desk) -> None:
    serial = f"{uuid.uuid4().int % 10**12:012d}"
    answer = desk.file(export(rows("5.0", "5.1"), serial=serial))
    assert answer.status_code == 200
    assert "Đã giữ tệp, chưa nhập" in text(answer)
    page = desk.site.as_(grant(Role.OPERATOR)).get(PAGE)
    assert f"<code>{serial}</code>" in text(page)
    assert "chưa thiết bị nào mang số này" in text(page)


def test_the_real_file_is_taken_in_whole(desk: Desk, shared: Path) -> None:
    content = (shared / "real" / "coldchain_berlinger" / REAL).read_bytes()
    assert len(content) > 4 * desk.site.deps.settings.web.max_body_bytes
    desk.run("UPDATE registry.equipment SET serial = '130500109088' WHERE equipment_id = %s", desk.device)
    answer = desk.file(content, "79")
    assert answer.status_code == 200
    for figure in ("<dd>10.653</dd>", "<dd>3.229 / ", "<dd>47</dd>"):
        assert figure in text(answer)
    assert len(desk.held()) == 10_653
    desk.run("UPDATE registry.equipment SET serial = NULL WHERE equipment_id = %s", desk.device)


def test_a_file_that_is_too_large_is_refused_whatever_it_holds(desk: Desk) -> None:
    most = desk.site.deps.settings.coldchain.file_max_bytes
    assert desk.file(b"x" * (most + 1)).status_code == 400
    assert desk.file(b"x" * (most + 70_000)).status_code == 413


def test_nothing_chosen_is_said(desk: Desk) -> None:
    answer = desk.post("tep", {})
    assert (answer.status_code, "Chưa chọn tệp nào" in text(answer)) == (400, True)


def test_a_form_from_elsewhere_and_a_person_without_the_right_bring_nothing_in(desk: Desk) -> None:
    token = signed_in(desk.site.registry, [grant(Role.OPERATOR)])
    data = {"equipment": desk.device, "temp": "4,5", "at": WHEN}
    assert desk.site.with_token(token).post(f"{PAGE}/ghi", data=data).status_code == 403
    viewer = signed_in(desk.site.registry, [grant(Role.VIEWER)])
    answer = desk.site.with_token(viewer).post(f"{PAGE}/ghi", data=data, headers=forgery_header(viewer))
    assert answer.status_code == 403
    assert desk.held() == []


def test_a_temperature_read_by_hand_is_a_reading_with_who_called_and_what_was_said(desk: Desk) -> None:
    answer = desk.hand("79")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{PAGE}?done={desk.device}#ghi"
    at = datetime(2021, 11, 20, 8, 30, tzinfo=ZONE)
    assert desk.held() == [(at, 4.5)]
    query = "SELECT temp_c, caller, note, written_by FROM registry.hand_reading WHERE equipment_id = %s"
    [note] = desk.run(query, desk.device)
    assert (note["temp_c"], note["caller"], note["note"]) == (4.5, "chị Hoa", "đã gọi")
    [line] = desk.audit("hand_reading")
    assert (line["outcome"], line["detail"]["temp_c"], line["detail"]["note"]) == ("done", 4.5, "đã gọi")
    page = desk.site.as_(grant(Role.OPERATOR)).get(f"{PAGE}?done={desk.device}")
    assert f"Đã ghi nhiệt độ của thiết bị {desk.device}" in text(page)


@pytest.mark.parametrize("temp", ["4.5", "4,5", " 4.5 °C", "+4.5"])
def test_a_temperature_may_be_written_either_way(desk: Desk, temp: str) -> None:
    assert desk.hand(temp=temp).status_code == 303
    assert [row[1] for row in desk.held()] == [4.5]


def test_a_true_minus_counts(desk: Desk) -> None:
    assert desk.hand(temp="−20,5").status_code == 303
    assert [row[1] for row in desk.held()] == [-20.5]


@pytest.mark.parametrize(
    ("sent", "vi", "en"),
    [
        ({"equipment": "TB-none"}, "Không có thiết bị nào mang mã", "No equipment is called"),
        ({"equipment": " "}, "mã thiết bị", "code of the equipment"),
        ({"temp": "warm"}, "không phải nhiệt độ", "is no temperature"),
        ({"temp": "1/3"}, "không phải nhiệt độ", "is no temperature"),
        ({"temp": "140"}, "140\u00a0°C không thể có", "140\u00a0°C cannot be"),
        ({"at": "yesterday"}, "không phải giờ", "is no time"),
        ({"at": "08:30 20/11/1970"}, "trước chiến dịch", "before the campaign"),
        ({"at": f"{datetime.now(UTC) + timedelta(days=2):%H:%M %d/%m/%Y}"}, "sau giờ hiện tại", "later than"),
        ({"note": "x" * 600}, "ghi chú", "note"),
    ],
)
def test_what_is_wrong_with_it_is_said_and_what_was_typed_stays(
    desk: Desk, sent: dict[str, str], vi: str, en: str
) -> None:
    for lang, told in (("vi", vi), ("en", en)):
        answer = desk.hand(lang=lang, **sent)
        assert answer.status_code == 400
        assert told in text(answer)
        assert "chị Hoa" in text(answer)
    assert desk.held() == []


def test_a_minute_that_has_a_reading_keeps_it(desk: Desk) -> None:
    desk.hand()
    again = desk.hand(temp="9,0")
    assert (again.status_code, "đã có số đo của phút" in text(again)) == (400, True)
    assert [row[1] for row in desk.held()] == [4.5]


def test_another_province_is_refused_and_the_refusal_is_in_the_audit(desk: Desk) -> None:
    assert desk.hand("01").status_code == 403
    assert desk.held() == []
    assert [line["outcome"] for line in desk.audit("hand_reading")] == ["refused"]


def test_the_link_to_it_is_on_the_page_about_the_cold_chain(desk: Desk) -> None:
    answer = desk.site.client.get(f"/snap/{VERSION}/vn/coldchain")
    assert PAGE in text(answer)
    assert "decide-handle" in text(answer)


def test_how_a_device_stands_and_its_repair_are_said_by_the_forms_of_the_page(desk: Desk) -> None:
    said = desk.post("tinh-trang", {"equipment": desk.device, "status": "not_working", "why": "máy nén hỏng"}, "79")
    opened = desk.post("sua-chua", {"equipment": desk.device, "step": "open", "said": "không lạnh"}, "79")
    assert (said.status_code, opened.status_code) == (303, 303)
    assert [line["outcome"] for line in desk.audit("equipment_status")] == ["done"]


def test_a_monitor_of_vials_is_read_by_a_form(desk: Desk) -> None:
    lot = f"V{uuid.uuid4().hex[:8].upper()}"
    desk.run(
        "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, vials_per_tray) "
        "VALUES (%s, 'vero_cell', 'donation', 900, 1, 1)",
        lot,
    )
    sent = {"store": "S-in-79", "lot": lot, "stage": "3", "doses": "1.200", "occasion": "count", "read_at": WHEN}
    answer = desk.post("vvm", sent, "79")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?done={lot}&did=vvm#vvm")
    [row] = desk.run("SELECT stage, doses, occasion, read_at FROM registry.vial_reading WHERE lot_number = %s", lot)
    at = datetime(2021, 11, 20, 8, 30, tzinfo=ZONE)
    assert tuple(row.values()) == (3, 1200, "count", at)
    again = desk.post("vvm", {**sent, "stage": "1"}, "79")
    assert (again.status_code, "đã có một lần đọc vào phút" in text(again)) == (400, True)
    assert f'value="{lot}"' in text(again), "what was typed stays"
    assert desk.post("vvm", {**sent, "read_at": "09:00 20/11/2021"}, "01").status_code == 403
    wrong = desk.post("vvm", {**sent, "doses": "many"}, "79", lang="en")
    assert (wrong.status_code, "is no number of doses" in text(wrong)) == (400, True)
