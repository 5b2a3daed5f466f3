"""/bao-cao: the archive searched, a report on request with how far it is, its pages and files, and who may release."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.access import Grant, Role
from cli.places import as_role
from cli.report_making import maker_of
from cli.report_schedules import make_rules
from dashboard.door.cookies import against_forgery
from operations.decisions import Actor
from operations.report_lists import add_recipient
from operations.report_making import make_next
from tests.dashboard.conftest import VERSION, Site
from tests.support.people import grant
from tests.support.signed_in import signed_in

PLANNED = (
    "INSERT INTO operations.report (key, schedule, day, area_code, language, parts, forms, live, sends, roles, "
    "asked_by, asked_at, state, next_at) VALUES (gen_random_uuid()::text, %s, '2021-11-22', %s, 'vi', '{headline}', "
    "'{pdf,csv}', false, true, '{reporter}', 'schedule', now(), 'waiting', now()) RETURNING report_id"
)


@dataclass(frozen=True)
class Reader:
    """A browser of somebody with these roles."""

    site: Site
    token: str

    @property
    def client(self) -> FlaskClient:
        return self.site.with_token(self.token)

    def read(self, path: str = "", lang: str = "vi") -> TestResponse:
        mark = "&" if "?" in path else "?"
        return self.client.get(f"/bao-cao{path}{mark}lang={lang}")

    def post(self, path: str, **fields: Any) -> TestResponse:
        return self.client.post(f"/bao-cao/{path}", data={"csrf": against_forgery(self.token), **fields})


class Archive:
    def __init__(self, site: Site) -> None:
        self.site, self.url = site, as_role(site.registry, "mcc_app")

    def reader(self, *grants: Grant) -> Reader:
        return Reader(self.site, signed_in(self.site.registry, grants))

    def make(self) -> list[str]:
        settings = self.site.deps.settings
        maker, made = maker_of(settings, self.site.deps.snapshots), list[str]()
        while done := make_next(self.url, maker.make, rules=make_rules(settings), wall=lambda: datetime.now(UTC)):
            made.append(done)
        return made

    def planned(self, area: str = "", *, schedule: str = "") -> int:
        """Held: the feeds of this snapshot are down."""
        name = schedule or f"t{datetime.now(UTC).timestamp()}"
        with psycopg.connect(self.site.registry) as connection:
            row = connection.execute(PLANNED, [name, area]).fetchone()
        assert row is not None
        assert self.make() == ["held"]
        return int(row[0])


@pytest.fixture
def kept(site: Site) -> Iterator[Archive]:
    yield Archive(site)
    with psycopg.connect(site.registry) as connection:
        for table in ("report_mail_attempt", "report_mail", "report_recipient", "report"):
            connection.execute(f"DELETE FROM operations.{table}")  # pyright: ignore[reportArgumentType, reportCallIssue]


ASKED = {"area": "", "lang_of": "en", "form": ["pdf", "json"], "part": ["headline", "provinces"]}


def test_one_is_asked_for_and_the_page_says_how_far_it_is_until_it_shows_it(kept: Archive) -> None:
    planner = kept.reader(grant(Role.PLANNER))
    sent = planner.post("lap", **ASKED)
    assert sent.status_code == 303
    place = sent.headers["Location"].removeprefix("/bao-cao")
    waits = planner.read(place)
    assert (waits.headers["Refresh"], "Đang chờ lập" in waits.text) == ("2", True)
    with psycopg.connect(kept.site.registry) as connection:
        connection.execute("UPDATE operations.report SET tries = 1, step = 1, steps = 2")
    assert "Đang lập: xong 1 trên 2 dạng tệp" in planner.read(place).text
    assert kept.make() == ["ready"]
    ready = planner.read(place, "en")
    assert "Refresh" not in ready.headers
    assert "Bulletin (PDF)" in ready.text
    pages = re.findall(rf'<img src="/bao-cao{place}/trang/(\d+)"', ready.text)
    assert pages == [str(number) for number in range(1, len(pages) + 1)]
    assert len(pages) > 1
    picture = planner.client.get(f"/bao-cao{place}/trang/1")
    assert (picture.content_type, picture.data[:4]) == ("image/png", b"\x89PNG")
    pdf = planner.client.get(f"/bao-cao{place}/tep/pdf")
    assert pdf.data.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"] == f'attachment; filename="report-vn-{VERSION:010d}-en.pdf"'
    assert pdf.headers["ETag"] == f'"{hashlib.sha256(pdf.data).hexdigest()}"'
    opened = planner.client.get(f"/bao-cao{place}/tep/pdf?xem=1")
    assert opened.headers["Content-Disposition"].startswith("inline")
    assert planner.client.get(f"/bao-cao{place}/tep/xlsx").status_code == 404
    assert planner.client.get(f"/bao-cao{place}/trang/99").status_code == 404


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"area": "999"}, "mã “999”"),
        ({"lang_of": "fr"}, "không có “fr”"),
        ({"form": []}, "Chọn ít nhất một dạng tệp"),
        ({"begin": "01/11/2021"}, "Điền cả hai ngày"),
        ({"begin": "20/11/2021", "end": "01/11/2021"}, "từ 1 đến 92 ngày"),
        ({"begin": "hôm qua", "end": "01/11/2021"}, "không phải là ngày"),
        ({"snapshot": "3"}, f"gần nhất còn giữ là số {VERSION}"),
        ({"snapshot": "mới"}, f"gần nhất còn giữ là số {VERSION}"),
    ],
)
def test_what_there_is_not_is_said_and_nothing_is_made(kept: Archive, fields: dict[str, Any], told: str) -> None:
    planner = kept.reader(grant(Role.PLANNER))
    answer = planner.post("lap?lang=vi", **{**ASKED, **fields})
    assert answer.status_code == 400
    assert told in answer.text
    assert kept.make() == []


def test_three_wait_at_most(kept: Archive) -> None:
    planner = kept.reader(grant(Role.PLANNER))
    assert [planner.post("lap", **ASKED).status_code for _ in range(4)] == [303, 303, 303, 400]


def test_a_province_sees_and_asks_for_its_own(kept: Archive) -> None:
    nation, own, other = kept.planned(), kept.planned("79"), kept.planned("01")
    local = kept.reader(grant(Role.REPORTER, "79"))
    listed = re.findall(r'data-row="(\d+)"', local.read().text)
    assert listed == [str(own)]
    for number, status in ((nation, 404), (other, 404), (own, 200)):
        assert local.read(f"/{number}").status_code == status
        assert local.client.get(f"/bao-cao/{number}/tep/csv").status_code == status
        assert local.client.get(f"/bao-cao/{number}/trang/1").status_code == status
    assert local.post("lap", **{**ASKED, "area": "01"}).status_code == 403
    assert local.post(f"{other}/cho-gui", reason="x").status_code == 404
    assert local.post(f"{own}/cho-gui", reason="họp tỉnh").status_code == 303
    lines = local.client.get(f"/bao-cao/{own}/tep/csv").text.splitlines()[1:]
    assert {line.split(",")[3] for line in lines} == {"79"}


def test_search_by_area_day_and_state(kept: Archive) -> None:
    first, second = kept.planned(), kept.planned("79")
    viewer = kept.reader(grant(Role.VIEWER))

    def found(query: str) -> list[str]:
        return re.findall(r'data-row="(\d+)"', viewer.read(query).text)

    assert found("") == [str(second), str(first)]
    assert found("?area=nation") == [str(first)]
    assert found("?area=79&state=held&day=22/11/2021") == [str(second)]
    assert found("?state=ready") == []
    assert found("?day=2021-11-20") == []
    assert "không phải là ngày" in viewer.read("?day=mai").text


def test_a_held_one_says_what_failed_and_is_released_with_a_reason(kept: Archive) -> None:
    by = Actor(name="shell", origin="test", now=datetime.now(UTC))
    add_recipient(kept.url, role="reporter", area="", language="vi", address="a@example.vn", areas=(), by=by)
    number = kept.planned()
    viewer, reporter = kept.reader(grant(Role.VIEWER)), kept.reader(grant(Role.REPORTER))
    seen = viewer.read(f"/{number}").text
    assert len(re.findall(r"<li>\d+ nguồn [^<]+</li>", seen)) == 1, "feeds that fail alike are said once"
    assert "Bị giữ lại" in seen
    assert "cho-gui" not in seen
    assert "a@example.vn" not in seen
    assert viewer.post(f"{number}/cho-gui", reason="x").status_code == 403
    refused = reporter.post(f"{number}/cho-gui?lang=vi", reason=" ")
    assert (refused.status_code, "Chưa điền mục “Lý do”" in refused.text) == (400, True)
    done = reporter.post(f"{number}/cho-gui", reason="họp giao ban")
    assert done.headers["Location"] == f"/bao-cao/{number}?done=cho-gui"
    after = reporter.read(f"/{number}?done=cho-gui").text
    assert "Đã cho gửi" in after
    assert "a@example.vn" in after
    assert reporter.post(f"{number}/cho-gui", reason="lần nữa").status_code == 400
    for language in ("vi", "en"):
        assert reporter.read(f"/{number}", language).status_code == 200


def test_a_file_that_was_changed_is_shown_to_nobody(kept: Archive) -> None:
    number = kept.planned()
    viewer = kept.reader(grant(Role.VIEWER))
    (file,) = kept.site.deps.settings.report_dir.glob(f"{number:08d}-*/*.csv")
    file.write_bytes(file.read_bytes() + b"1")
    answer = viewer.read(f"/{number}/tep/csv")
    assert answer.status_code == 404
    assert "không còn như khi lập" in answer.text
    assert date(2021, 11, 22).strftime("%d/%m/%Y") in viewer.read(f"/{number}").text
