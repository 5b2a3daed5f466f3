"""The page of correction tickets: what is seen in whose area, what is done there, and what is refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from campaign.access import Role
from cli.places import as_role
from operations.ticket_queue import queue
from tests.dashboard.conftest import VERSION, Site, site_of
from tests.support.databases import database
from tests.support.people import grant
from tests.support.registry import add_people, seed
from tests.support.signed_in import forgery_header, signed_in
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import REAL_INCIDENTS, deps_for, settings_for
from warehouse import reads
from warehouse.snapshot import Snapshots


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Iterator[Site]:
    with database(postgres) as url:
        seed(url)
        add_people(url, [(1, "79")])
        settings = settings_for(tmp_path_factory.mktemp("tickets"), registry=url)
        write_snapshot(settings.snapshot_dir, Recipe(version=VERSION))
        (settings.state / REAL_INCIDENTS).touch()
        made = site_of(deps_for(settings))
        snapshots = Snapshots(settings.snapshot_dir)
        now = reads.info(snapshots, VERSION).as_of
        snapshots.close()
        file(url, now)
        yield made
        made.close()


def file(url: str, now: datetime) -> None:
    with psycopg.connect(url) as connection:
        for number, site, hours in ((1, "79-A", 90), (2, "01-A", 5), (3, None, 200)):
            connection.execute(
                "INSERT INTO registry.correction_ticket (ticket_id, number, person_id, kind, province_code, site_code, "
                "product_code, injected_on, filed_at) VALUES (%s, %s, 1, 'missing', NULL, %s, 'astrazeneca', "
                "'2021-11-10', %s)",
                [number, f"PA-{number}", site, now - timedelta(hours=hours)],
            )


def page(site: Site, role: Role, *provinces: str, query: str = "", lang: str = "vi") -> str:
    answer = site.as_(grant(role, *provinces)).get(f"/canh-bao/phieu?lang={lang}{query}")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True).split("<main")[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def post(site: Site, path: str, role: Role, *provinces: str, login: str = "", **fields: str) -> Any:
    token = signed_in(site.registry, [grant(role, *provinces)], login=login)
    return site.with_token(token).post(path, data=fields, headers=forgery_header(token))


def test_a_list_of_several_pages_says_which_of_how_many_this_is(centre: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.door.tickets.SHOWN", 1)
    assert "Trang 1 trên 3 Trang sau" in page(centre, Role.VIEWER)
    assert "Về trang đầu Trang 2 trên 3 Trang sau" in page(centre, Role.VIEWER, query="&after=3&trang=2")
    for said in ("4", "1", "x", ""):
        assert "Về trang đầu Trang sau" in page(centre, Role.VIEWER, query=f"&after=3&trang={said}")


def test_each_sees_the_tickets_of_their_provinces_the_oldest_first(centre: Site) -> None:
    nation = page(centre, Role.VIEWER)
    assert re.findall(r"Phiếu (PA-\d)", nation) == ["PA-3", "PA-1", "PA-2"]
    assert "Tất cả 3 2 3 8 ngày" in nation
    second = page(centre, Role.VIEWER, query="&after=3")
    assert re.findall(r"Phiếu (PA-\d)", second) == ["PA-1", "PA-2"]
    assert "Tổng cộng 3 phiếu" in second and "Tất cả 3 2 3 8 ngày" in second
    assert re.findall(r"Phiếu (PA-\d)", page(centre, Role.VIEWER, query="&after=x1")) == ["PA-3", "PA-1", "PA-2"]
    own = page(centre, Role.VIEWER, "79")
    assert re.findall(r"Phiếu (PA-\d)", own) == ["PA-1"]
    assert "Quá hạn" in own
    assert re.findall(r"Phiếu (PA-\d)", page(centre, Role.VIEWER, "79", query="&area=01")) == []
    assert re.findall(r"Ticket (PA-\d)", page(centre, Role.VIEWER, query="&area=01", lang="en")) == ["PA-2"]
    assert re.findall(r"Phiếu (PA-\d)", page(centre, Role.VIEWER, query="&overdue=1")) == ["PA-3", "PA-1"]
    for text in (nation, page(centre, Role.VIEWER, lang="en")):
        assert "Bí Mật" not in text


def test_forms_are_for_whoever_may_there_and_the_file_has_the_same_rows(centre: Site) -> None:
    def forms(role: Role, *provinces: str) -> set[str]:
        answer = centre.as_(grant(role, *provinces)).get("/canh-bao/phieu")
        return set(re.findall(r'action="/canh-bao/phieu/(\d)/', answer.get_data(as_text=True)))

    assert forms(Role.VIEWER) == set()
    assert forms(Role.OPERATOR, "79") == {"1"}
    assert forms(Role.DATA_STEWARD) == {"1", "2", "3"}
    file_ = centre.as_(grant(Role.VIEWER, "79")).get("/canh-bao/phieu.csv")
    assert file_.headers["Content-Disposition"] == 'attachment; filename="tickets.csv"'
    rows = list(csv.DictReader(io.StringIO(file_.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["number"], row["overdue"], row["state"], len(row["person"])) for row in rows] == [
        ("PA-1", "1", "new", 32)
    ]


def test_one_is_taken_answered_and_closed_there_and_what_is_refused_says_why(centre: Site) -> None:
    assert post(centre, "/canh-bao/phieu/2/giao", Role.OPERATOR, "79").status_code == 403
    taken = post(centre, "/canh-bao/phieu/2/giao", Role.OPERATOR, "01", login="hn-1", to="", note="")
    assert taken.headers["Location"] == "/canh-bao/phieu?done=giao&ticket=2#phieu-2"
    told = post(centre, "/canh-bao/phieu/2/tra-loi", Role.OPERATOR, "01", login="hn-2", text="Đang tra sổ tiêm")
    assert told.status_code == 303
    bad = post(centre, "/canh-bao/phieu/2/dong", Role.OPERATOR, "01", closing="corrected", dose="99", reason="đã nhập")
    assert bad.status_code == 400
    text = bad.get_data(as_text=True)
    assert "Không có bản ghi mũi tiêm số 99" in text
    assert 'value="đã nhập"' in text, "what was typed stays"
    done = post(centre, "/canh-bao/phieu/2/dong", Role.OPERATOR, "01", closing="no_proof", reason="không có phiếu tiêm")
    assert done.status_code == 303
    after = page(centre, Role.VIEWER, "01")
    assert "Không có phiếu nào." in after
    for part in ("Không có chứng cứ", "hn-1", "Đang tra sổ tiêm", "không có phiếu tiêm"):
        assert part in after, part
    assert post(centre, "/canh-bao/phieu/999/giao", Role.OPERATOR).status_code == 400


def test_while_the_registry_is_away_it_is_said(centre: Site) -> None:
    down = centre.deps.settings.state / "registry-down"
    down.touch()
    try:
        assert centre.as_(grant(Role.OPERATOR)).get("/canh-bao/phieu").status_code == 503
    finally:
        down.unlink()


def test_pages_of_one_hold_every_ticket_once_and_count_only_where_they_are_asked(centre: Site) -> None:
    now = datetime.now(UTC)
    limits = settings_for(centre.folder).tickets.limits
    whole = queue(as_role(centre.registry, "mcc_app"), now=now, limits=limits).tickets
    found, after = list[int](), 0
    while part := queue(
        as_role(centre.registry, "mcc_app"), now=now, limits=limits, limit=1, after=after, counted=False
    ).tickets:
        after = part[0].ticket_id
        found.append(after)
    assert found == [item.ticket_id for item in whole] and found
    assert queue(as_role(centre.registry, "mcc_app"), now=now, limits=limits, counted=False).backlog == ()
