"""A province confirms or explains its figures on screen: its own and no other's, with what refuses said in words."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from campaign.access import Role
from campaign.statements import Kind
from operations import statements
from tests.dashboard.conftest import VERSION, Site
from tests.dashboard.test_decide import own, post
from tests.support.people import grant
from tests.support.signed_in import signed_in

__all__ = ["own"]
YESTERDAY = {"area": "79", "day": "2021-11-21"}


def test_a_reporter_of_a_province_confirms_the_figures_that_the_snapshot_has(own: Site) -> None:
    done = post(own, "xac-nhan", Role.REPORTER, "79", login="hoa", **YESTERDAY, text="Đã đối chiếu")
    assert (done.status_code, done.headers["Location"]) == (303, "/quyet-dinh?done=xac-nhan")
    [made] = statements.statements(own.registry)
    [told] = own.deps.snapshots.rows(
        VERSION,
        """SELECT (SELECT sum(doses) FROM doses_by_day
                   WHERE area_code = '79' AND day <= DATE '2021-11-21')::BIGINT AS doses,
                  sum(dose1_people)::BIGINT AS one, sum(full_people)::BIGINT AS two FROM people_by_day
           WHERE area_code = '79' AND population_group = 'all' AND day <= DATE '2021-11-21'""",
    )
    assert (made.doses, made.dose1_people, made.full_people) == (told["doses"], told["one"], told["two"])
    assert (made.kind, made.said, made.actor, made.snapshot_version) == (Kind.CONFIRMED, "Đã đối chiếu", "hoa", VERSION)
    with psycopg.connect(own.registry) as connection:
        [row] = connection.execute(
            "SELECT actor, action, subject, outcome FROM operations.audit WHERE action LIKE 'figure%'"
        ).fetchall()
        cited = connection.execute("SELECT count(*) FROM operations.cited_version").fetchone()
    assert row == ("hoa", "figure_confirmed", "79:2021-11-21", "done")
    assert cited == (0,), "sixty-three provinces a day would keep sixty-three snapshots for ever"


def test_an_explanation_is_changed_and_withdrawn_and_all_of_it_stays(own: Site) -> None:
    for text, more in (("mưa lũ", {}), ("mất điện", {}), ("đã nhập xong", {"withdraw": "on"})):
        assert post(own, "giai-trinh", Role.REPORTER, "79", **YESTERDAY, text=text, **more).status_code == 303
    made = statements.statements(own.registry, area="79")
    assert [(item.kind.value, item.said) for item in made] == [
        ("explained", "mưa lũ"),
        ("explained", "mất điện"),
        ("withdrawn", "đã nhập xong"),
    ]


@pytest.mark.parametrize("deed", ["xac-nhan", "giai-trinh"])
@pytest.mark.parametrize(
    ("role", "provinces", "status"),
    [
        (Role.REPORTER, ("01",), 403),
        (Role.REPORTER, ("01", "40"), 403),
        (Role.VIEWER, ("79",), 403),
        (Role.DATA_STEWARD, (), 403),
        (Role.OPERATOR, ("79",), 403),
        (Role.REPORTER, ("79", "01"), 303),
        (Role.REPORTER, (), 303),
    ],
)
def test_only_whoever_holds_that_province_may(
    own: Site, deed: str, role: Role, provinces: tuple[str, ...], status: int
) -> None:
    answer = post(own, deed, role, *provinces, **YESTERDAY, text="x")
    assert answer.status_code == status
    assert len(statements.statements(own.registry)) == (1 if status == 303 else 0)
    if role is Role.REPORTER and status == 403:
        assert "không gồm tỉnh có mã 79" in answer.get_data(as_text=True)
        with psycopg.connect(own.registry) as connection:
            refused = connection.execute(
                "SELECT count(*) FROM operations.audit WHERE outcome = 'refused' AND action LIKE 'figure%'"
            ).fetchone()
        assert refused == (1,)


@pytest.mark.parametrize(
    ("deed", "fields", "told"),
    [
        ("xac-nhan", {"day": "2021-11-22"}, "chỉ xác nhận được ngày đã đóng"),
        ("giai-trinh", {"day": "2021-11-24"}, "chỉ giải trình được ngày đã bắt đầu"),
        ("xac-nhan", {"day": "hôm qua"}, "không phải là ngày"),
        ("xac-nhan", {"area": "central"}, "Mục “Tỉnh, thành phố”: không có “central”"),
        ("giai-trinh", {"text": " "}, "Chưa điền mục “Giải trình”"),
        ("giai-trinh", {"text": "x" * 501}, "501 ký tự"),
        ("giai-trinh", {"text": "a\nb"}, "một dòng chữ"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(own: Site, deed: str, fields: dict[str, str], told: str) -> None:
    answer = post(own, deed, Role.REPORTER, **{**YESTERDAY, "text": "x", **fields})
    assert answer.status_code == 400
    assert told in answer.get_data(as_text=True)
    assert not statements.statements(own.registry)


def test_today_can_be_explained_while_it_runs(own: Site) -> None:
    assert post(own, "giai-trinh", Role.REPORTER, "79", area="79", day="2021-11-22", text="mưa").status_code == 303


def test_the_form_offers_the_provinces_of_the_person_and_no_other(own: Site) -> None:
    def offered(role: Role, *provinces: str) -> str:
        token = signed_in(own.registry, [grant(Role.VIEWER), grant(role, *provinces)])
        page: str = own.with_token(token).get("/quyet-dinh").get_data(as_text=True)
        return page

    page = offered(Role.REPORTER, "79", "01")
    form = page.split('id="xac-nhan"')[1].split("</form>")[0]
    assert form.count("<option") == 2 and 'value="79"' in form and 'value="01"' in form
    assert 'id="chot"' not in page, "locking is for the nation"
    assert offered(Role.REPORTER).split('id="giai-trinh"')[1].split("</form>")[0].count("<option") == 63
    assert 'id="xac-nhan"' not in offered(Role.DATA_STEWARD)


def test_a_forged_statement_changes_nothing(own: Site) -> None:
    token = signed_in(own.registry, [grant(Role.REPORTER, "79")])
    client: Any = own.with_token(token)
    for headers in ({}, {"X-CSRFToken": "0" * 64}):
        assert client.post("/quyet-dinh/xac-nhan", data=YESTERDAY, headers=headers).status_code == 403
    assert not statements.statements(own.registry)
