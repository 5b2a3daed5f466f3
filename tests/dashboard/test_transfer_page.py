"""/kho/dieu-chuyen: what was sent, what came, and what somebody said of the difference; within a province."""

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

PAGE = "/kho/dieu-chuyen"


class Delivery:
    """12,000 doses sent from a national store to one of HCMC, 11,900 received."""

    def __init__(self, site: Site) -> None:
        self.site = site
        name = uuid.uuid4().hex[:8].upper()
        self.sender, self.store, self.lot = f"N-{name}", f"S-{name}", f"L{name}"
        now, number = datetime.now(UTC), uuid.uuid4().int % 10**15
        with psycopg.connect(site.registry) as connection:
            connection.execute(
                "INSERT INTO registry.area (code, level, name_vi, name_en, source, valid_from) "
                "VALUES ('79', 'province', 'A', 'A', 'test', '2021-07-01') ON CONFLICT DO NOTHING"
            )
            for code, level, province in ((self.sender, "national", None), (self.store, "province", "79")):
                connection.execute(
                    "INSERT INTO registry.store (code, name_vi, level, province_code) VALUES (%s, 'Kho', %s, %s)",
                    [code, level, province],
                )
            connection.execute(
                "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
                "vials_per_tray) VALUES (%s, 'comirnaty', 'covax', 20000, 6, 195)",
                [self.lot],
            )
            for place, (store, kind, doses, days, other) in enumerate(
                (
                    (self.sender, "receipt", 20_000, 20, None),
                    (self.sender, "issue", -12_000, 10, self.store),
                    (self.store, "receipt", 11_900, 8, self.sender),
                )
            ):
                at = now - timedelta(days=days)
                connection.execute(
                    "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, "
                    "occurred_at, recorded_at, counterpart_code) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                    [number + place, store, self.lot, kind, doses, at, at, other],
                )

    def token(self, role: Role, *provinces: str) -> str:
        return signed_in(self.site.registry, [grant(role, *provinces)])

    def read(self, token: str, lang: str = "vi") -> TestResponse:
        return self.site.with_token(token).get(f"{PAGE}?store={self.store}&lot={self.lot}&lang={lang}")

    def post(self, token: str, **sent: str) -> TestResponse:
        told = {"store": self.store, "lot": self.lot, "sender": self.sender, "version": "0", "open": "100"}
        told |= {"outcome": "lost", "doses": "100", "reason": "biên bản số 5", **sent}
        return self.site.with_token(token).post(f"{PAGE}/dong?lang=vi", data=told, headers=forgery_header(token))


@pytest.fixture
def delivery(site: Site) -> Delivery:
    return Delivery(site)


def test_a_difference_is_closed_and_stands_there_with_its_name(delivery: Delivery) -> None:
    token = delivery.token(Role.APPROVER, "79")
    page = delivery.read(token).text
    assert "Đã xuất 12.000 liều, đã nhận 11.900: còn thiếu 100 liều." in page
    assert "mất, thất lạc trên đường" in page
    # The sender is a national store: an approver of a province does not change its ledger.
    assert "hàng vẫn ở kho xuất" not in page
    english = delivery.read(token, "en").text
    assert "Sent 12,000 doses, received 11,900: 100 are missing." in english
    assert "liều" not in english.split("<main", 1)[1]
    for sent, told in (
        ({"doses": "101"}, "phải từ 1 đến 100"),
        ({"doses": "nhiều"}, "không phải là số liều"),
        ({"reason": " "}, "Chưa điền mục"),
        ({"outcome": "expected", "until": "hôm qua"}, "hôm qua"),
        ({"outcome": "expected"}, "Điền ngày còn chờ nhận"),
        ({"open": "90"}, "vừa thay đổi"),
    ):
        refused = delivery.post(token, **sent)
        assert (refused.status_code, told in refused.text) == (400, True), sent
    assert delivery.post(token, doses="40", outcome="broken").status_code == 303
    after = delivery.read(token).text
    assert "đã nhận 11.900: còn thiếu 60 liều. 40 liều đã ghi là không đến nơi." in after
    assert "40 liều: vỡ lọ trên đường." in after
    # Whoever saw the page before is told that somebody was faster.
    assert delivery.post(token).status_code == 400
    assert delivery.post(token, version="1", open="60", doses="60").status_code == 303
    closed = delivery.read(token).text
    assert "Đã xuất 12.000 liều, đã nhận 11.900: không còn chênh lệch. 100 liều đã ghi là không đến nơi." in closed
    assert "<select" not in closed


def test_doses_still_expected_change_nothing_but_the_alert(delivery: Delivery) -> None:
    token = delivery.token(Role.APPROVER, "79")
    until = (datetime.now(UTC) + timedelta(days=3)).strftime("%d/%m/%Y")
    assert delivery.post(token, outcome="expected", until=until).status_code == 303
    page = delivery.read(token).text
    assert "còn thiếu 100 liều" in page
    assert f"100 liều: còn chờ nhận. Chờ đến {until}." in page


def test_a_reader_of_another_province_learns_nothing_and_an_operator_only_looks(delivery: Delivery) -> None:
    assert delivery.read(delivery.token(Role.APPROVER, "01")).status_code == 404
    operator = delivery.token(Role.OPERATOR, "79")
    page = delivery.read(operator).text
    assert "còn thiếu 100 liều" in page
    assert "<select" not in page
    assert delivery.post(operator).status_code == 403
    elsewhere = delivery.post(delivery.token(Role.APPROVER, "01"))
    assert (elsewhere.status_code, "Không có kho nào mang mã" in elsewhere.text) == (404, True)
    assert delivery.post(delivery.token(Role.APPROVER, "79"), outcome="sent_fewer").status_code == 403
    assert delivery.post(delivery.token(Role.APPROVER), outcome="sent_fewer").status_code == 303
