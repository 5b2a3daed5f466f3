"""/day-chuyen-lanh/xu-tri: what was inside, what it bears, who decided; in both languages, within a province."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from werkzeug.test import TestResponse

from campaign.access import Role
from tests.dashboard.conftest import Site
from tests.support.people import grant
from tests.support.signed_in import forgery_header, signed_in

PAGE = "/day-chuyen-lanh/xu-tri"


class Fridge:
    """In HCMC, three hours at 15 °C until ten minutes ago; 120 doses of Comirnaty inside."""

    def __init__(self, site: Site, *, silent_for: int = 0) -> None:
        self.site = site
        name = uuid.uuid4().hex[:8].upper()
        self.device, self.store, self.lot = f"F{name}", f"S-{name}", f"CO{name}"
        now = datetime.now(UTC) - timedelta(minutes=silent_for)
        number = uuid.uuid4().int % 10**15
        with psycopg.connect(site.registry) as connection:
            connection.execute(
                "INSERT INTO registry.area (code, level, name_vi, name_en, source, valid_from) "
                "VALUES ('79', 'province', 'A', 'A', 'test', '2021-07-01') ON CONFLICT DO NOTHING"
            )
            connection.execute(
                "INSERT INTO registry.store (code, name_vi, level, province_code) VALUES (%s, 'Kho', 'province', '79')",
                [self.store],
            )
            connection.execute(
                "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
                "vials_per_tray) VALUES (%s, 'comirnaty', 'covax', 1000, 6, 195)",
                [self.lot],
            )
            connection.execute(
                "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode) "
                "VALUES (%s, %s, 'ice_lined', 'refrigerator', 'live')",
                [self.device, self.store],
            )
            connection.execute(
                "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
                "recorded_at) VALUES (%s, %s, %s, 'opening', 120, %s, %s)",
                [number, self.store, self.lot, now - timedelta(days=1), now],
            )
            for minute in range(0, 241, 10):
                at = now - timedelta(minutes=240 - minute)
                connection.execute(
                    "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c) "
                    "VALUES (%s, %s, %s, %s, %s)",
                    [number + minute, self.device, at, at, 15.0 if 50 <= minute < 230 else 5.0],
                )

    def token(self, role: Role, *provinces: str) -> str:
        return signed_in(self.site.registry, [grant(role, *provinces)])

    def read(self, token: str, lang: str = "vi") -> TestResponse:
        return self.site.with_token(token).get(f"{PAGE}?device={self.device}&lang={lang}")

    def post(self, token: str, deed: str, **sent: str) -> TestResponse:
        told = {"device": self.device, "version": "0", "reason": "dùng trước", "lot": self.lot, **sent}
        told |= {"waste": "8"} if deed == "huy" and "waste" not in sent else {}
        return self.site.with_token(token).post(f"{PAGE}/{deed}?lang=vi", data=told, headers=forgery_header(token))


@pytest.fixture
def fridge(site: Site) -> Fridge:
    return Fridge(site)


def test_what_is_left_stands_there_and_a_decision_with_its_name(fridge: Fridge) -> None:
    token = fridge.token(Role.APPROVER, "79")
    page = fridge.read(token).text
    assert "Còn 1 giờ 00 phút trong 4 giờ 00 phút. Dùng trước các lô khác." in page
    assert '<progress max="240" value="180"' in page
    assert "120 liều" in page
    assert "Chưa có ai quyết định." in page
    english = fridge.read(token, "en").text
    assert "1 h 00 min left of 4 h 00 min" in english or "left of" in english
    assert "liều" not in english.split("<main", 1)[1]
    assert fridge.post(token, "dung").status_code == 303
    after = fridge.read(token).text
    assert f"Cho sử dụng: {fridge.lot}." in after
    # Whoever saw the page before is told that somebody was faster.
    late = fridge.post(token, "huy")
    assert late.status_code == 400
    assert "vừa quyết định về sự cố này" in late.text
    assert fridge.post(token, "huy", version="1").status_code == 303
    last = fridge.read(token).text
    assert '<span data-cell="doses">0 liều</span>' in last
    assert "Lý do hủy: Bảo quản ở nhiệt độ cao." in last


def test_a_discard_says_why_and_a_last_day_is_no_later_than_the_lot_s(fridge: Fridge) -> None:
    token = fridge.token(Role.APPROVER, "79")
    page = fridge.read(token).text
    # Too warm: what heat does is offered and suggested, freezing and opened vials are not.
    assert '<option value="8" selected>' in page
    assert '<option value="9"' not in page and '<option value="1"' not in page
    assert "checked" in page, "the only lot inside is the one that is meant"
    refused = fridge.post(token, "huy", waste="")
    assert refused.status_code == 400
    assert "phải chọn lý do hủy" in refused.text
    with psycopg.connect(fridge.site.registry) as connection:
        connection.execute(
            "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) "
            "VALUES (%s, current_date + 20, 'label', current_date - 90)",
            [fridge.lot],
        )
    late = f"{datetime.now(UTC) + timedelta(days=40):%d/%m/%Y}"
    beyond = fridge.post(token, "dung", until=late)
    assert beyond.status_code == 400
    assert "không được muộn hơn ngày đó" in beyond.text
    assert fridge.post(token, "dung", until=f"{datetime.now(UTC) + timedelta(days=5):%d/%m/%Y}").status_code == 303


def test_a_reader_of_another_province_learns_nothing_and_an_operator_may_only_hold(fridge: Fridge) -> None:
    assert fridge.read(fridge.token(Role.VIEWER, "01")).status_code == 404
    operator = fridge.token(Role.OPERATOR, "79")
    page = fridge.read(operator).text
    assert f"{PAGE}/giu?" in page
    assert f"{PAGE}/dung?" not in page
    assert fridge.post(operator, "huy").status_code == 403
    assert fridge.post(operator, "giu", lot="").status_code == 400
    assert fridge.post(operator, "giu").status_code == 303
    viewer = fridge.read(fridge.token(Role.VIEWER, "79")).text
    assert "<b>Tạm dừng sử dụng" in viewer
    assert "<button" not in viewer.split('id="ben-trong"', 1)[1].split("</section>", 1)[0]


def test_a_silent_fridge_never_looks_good(site: Site) -> None:
    quiet = Fridge(site, silent_for=90)
    page = quiet.read(quiet.token(Role.APPROVER, "79")).text
    assert "Mất tín hiệu từ" in page
    assert "door-good" not in page
    assert f"{PAGE}/dung?" not in page
