"""Decisions and the audit on screen: who may, what is written down, and what an altered chain says."""

from __future__ import annotations

import html
import re
from typing import Any

import psycopg
import pytest

from campaign.access import Role
from layouts.words import Language, load_catalogues
from operations import acts, locks, targets
from operations.action_log import connect
from operations.audit import Author, append
from tests.dashboard.conftest import VERSION, Site
from tests.dashboard.test_door import token_in
from tests.support.databases import database
from tests.support.people import grant
from tests.support.signed_in import forgery_header, signed_in
from tests.support.snapshots import Recipe

Response = Any
REPAIR = {"feed": "dose", "key": "1f8d", "field": "age_years", "value": "34", "reason": "gõ nhầm"}


@pytest.fixture
def own(make_site: Any, postgres: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A site on a registry of its own: acts and the chain are read as a whole."""
    with database(postgres) as url:
        monkeypatch.setattr("tests.dashboard.conftest.settings_for", _on(url))
        yield make_site(Recipe(version=VERSION))


def _on(url: str) -> Any:
    from tests.support.webserver import settings_for

    def settings(state: Any, **more: Any) -> Any:
        return settings_for(state, **{**more, "registry": url})

    return settings


def post(site: Site, deed: str, role: Role, *provinces: str, login: str = "", **fields: str) -> Response:
    token = signed_in(site.registry, [grant(role, *provinces)], login=login)
    client = site.with_token(token)
    return client.post(f"/quyet-dinh/{deed}", data=fields, headers=forgery_header(token))


def audited(site: Site) -> list[tuple[str, str, str, str]]:
    with psycopg.connect(site.registry) as connection:
        return connection.execute(
            "SELECT actor, action, outcome, origin FROM operations.audit WHERE action IN ('repair', 'release', 'lock')"
        ).fetchall()


def test_a_steward_repairs_a_record_in_the_account_s_name(own: Site) -> None:
    done = post(own, "sua", Role.DATA_STEWARD, login="lan", **REPAIR)
    assert (done.status_code, done.headers["Location"]) == (303, "/quyet-dinh?done=sua")
    [made] = acts.open_repairs(own.registry)
    assert (made.feed, made.record_key, made.field, made.value, made.actor) == (
        "dose",
        "1f8d",
        "age_years",
        "34",
        "lan",
    )
    assert audited(own) == [("lan", "repair", "done", "127.0.0.1")]


def test_a_held_feed_is_let_pass_and_one_that_is_not_held_is_not(own: Site) -> None:
    token = signed_in(own.registry, [grant(Role.DATA_STEWARD)])
    page = own.with_token(token).get("/quyet-dinh").get_data(as_text=True)
    offered = re.findall(r'<option value="([a-z_]+)"', page.split('id="cho-qua"')[1].split("</select>")[0])
    assert offered
    assert post(own, "cho-qua", Role.DATA_STEWARD, feed=offered[0], reason="đã xem").status_code == 303
    assert [item.feed for item in acts.open_releases(own.registry)] == [offered[0]]
    refused = post(own, "cho-qua", Role.DATA_STEWARD, feed="dose", reason="đã xem")
    assert refused.status_code == 400
    assert "không bị giữ lại: trạng thái là" in refused.get_data(as_text=True)
    assert len(acts.open_releases(own.registry)) == 1


def test_a_reporter_locks_a_day_once(own: Site) -> None:
    early = {"day": "2021-11-22", "early": "on", "reason": "giao ban sớm"}
    assert post(own, "chot", Role.REPORTER, day="2021-11-22").status_code == 400
    assert post(own, "chot", Role.REPORTER, day="hôm nay").status_code == 400
    assert post(own, "chot", Role.REPORTER, login="minh", **early).status_code == 303
    [made] = locks.locks(own.registry)
    assert (str(made.reporting_day), made.locked_by, made.snapshot_version) == ("2021-11-22", "minh", VERSION)
    again = post(own, "chot", Role.REPORTER, **early)
    assert again.status_code == 400
    assert "minh đã chốt số liệu ngày 22/11/2021 lúc" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    ("deed", "role", "provinces"),
    [
        ("sua", Role.VIEWER, ()),
        ("sua", Role.REPORTER, ()),
        ("chot", Role.DATA_STEWARD, ()),
        ("cho-qua", Role.ADMINISTRATOR, ()),
        ("sua", Role.DATA_STEWARD, ("79",)),
        ("cho-qua", Role.DATA_STEWARD, ("79",)),
        ("chot", Role.REPORTER, ("79",)),
        ("xoa", Role.DATA_STEWARD, ()),
    ],
)
def test_without_the_role_for_the_nation_nothing_is_decided(
    own: Site, deed: str, role: Role, provinces: tuple[str, ...]
) -> None:
    fields = {**REPAIR, "day": "2021-11-22", "early": "on"}
    assert post(own, deed, role, *provinces, **fields).status_code in {403, 404}
    assert (acts.open_repairs(own.registry), acts.open_releases(own.registry), locks.locks(own.registry)) == (
        (),
        (),
        (),
    )
    assert not [row for row in audited(own) if row[2] == "done"]


def test_a_forged_decision_changes_nothing_and_what_was_typed_comes_back_escaped(own: Site) -> None:
    token = signed_in(own.registry, [grant(Role.DATA_STEWARD)])
    client = own.with_token(token)
    for headers in ({}, {"X-CSRFToken": "0" * 64}, {**forgery_header(token), "Origin": "https://evil.example"}):
        assert client.post("/quyet-dinh/sua", data=REPAIR, headers=headers).status_code == 403
    assert acts.open_repairs(own.registry) == ()
    nasty = {**REPAIR, "field": '"><script>alert(1)</script>', "csrf": token_in(client.get("/quyet-dinh"))}
    answer = client.post("/quyet-dinh/sua", data=nasty)
    assert answer.status_code == 400
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert 'href="/quyet-dinh?lang=en"' in answer.get_data(as_text=True), "the form's own address shows no page"
    for value in ("\x00", "x" * 600, "=HYPERLINK()", "a\nb"):
        answer = client.post("/quyet-dinh/sua", data={**nasty, "field": "age_years", "value": value})
        assert answer.status_code == 400, value[:10]


def test_the_data_page_leads_to_the_forms_of_whoever_may(own: Site) -> None:
    body = str(own.client.get(f"/snap/{VERSION}/vn/data").get_json()["body"])
    assert "/quyet-dinh?feed=" in body
    assert "#sua" in body
    page = own.as_(grant(Role.DATA_STEWARD)).get("/").get_data(as_text=True)
    assert '"release":"vn"' in page
    assert '"release"' not in own.client.get("/").get_data(as_text=True).split("board-settings")[1].split("words")[0]


def test_the_audit_is_shown_newest_first_and_says_that_it_was_looked_at(own: Site) -> None:
    for number in range(120):
        signed_in(own.registry, [], login=f"somebody-{number}")
    root = own.with_token(signed_in(own.registry, [grant(Role.ADMINISTRATOR)], login="root"))
    first = root.get("/nhat-ky").get_data(as_text=True)
    numbers = [int(text) for text in re.findall(r'title="[0-9a-f]{16}">(\d+)<', first)]
    assert len(numbers) == 100
    assert numbers == sorted(numbers, reverse=True)
    assert "Thêm tài khoản" in first
    older = root.get(f"/nhat-ky?before={numbers[-1]}").get_data(as_text=True)
    assert max(int(text) for text in re.findall(r'title="[0-9a-f]{16}">(\d+)<', older)) == numbers[-1] - 1
    latest = root.get("/nhat-ky?lang=en").get_data(as_text=True)
    assert "Audit looked at" in latest
    assert "vai trò: Quản trị, phạm vi: Cả nước" in first or "tài khoản số: " in first
    for word in ("account_id", "rows:", "scope:", "command"):
        assert word not in first.split("<tbody>")[1], "what is ours is in the reader's language"
    for odd in ("x", "-1", "9" * 30, "٣", "1e3", ""):
        assert root.get(f"/nhat-ky?before={odd}").status_code == 200
    assert own.as_(grant(Role.OPERATOR)).get("/nhat-ky").status_code == 403


def test_the_audit_says_what_was_done_to_what_in_words_and_leaves_out_what_is_empty(own: Site) -> None:
    root = own.with_token(signed_in(own.registry, [grant(Role.ADMINISTRATOR)], login="root"))
    with connect(own.registry) as connection:
        planner = Author(name="somebody", origin="planner")
        report = {"report": 1, "area": "", "language": "vi", "version": None}
        append(connection, planner, "report_asked", "report:1", detail=report)
        plan = {"title": "Bình Dương", "policy": "ours", "vaccine_doses": 1955425, "inside": "79"}
        append(connection, planner, "plan_drafted", "7", detail=plan)
        append(connection, planner, "lot_held", "LOT:7", detail={})
    page = html.unescape(root.get("/nhat-ky").get_data(as_text=True).split("<tbody>")[1])
    policy = load_catalogues()[Language.VI]("plan_policy.ours")
    for told in (
        ">báo cáo số: 1, ngôn ngữ: Tiếng Việt<",
        f"chính sách: {policy}", "số liều: 1.955.425", "trong tỉnh: Hồ Chí Minh",
        ">báo cáo số 1<", ">kế hoạch số 7<", ">LOT:7<", ">bộ lập kế hoạch<",
    ):  # fmt: skip
        assert told in page


def test_the_chain_s_state_is_told_and_an_altered_row_is_named(own: Site) -> None:
    root = own.with_token(signed_in(own.registry, [grant(Role.ADMINISTRATOR)], login="root"))
    assert "nguyên vẹn" in root.get("/nhat-ky?check=1").get_data(as_text=True)
    with psycopg.connect(own.registry, autocommit=True) as connection:
        connection.execute("ALTER TABLE operations.audit DISABLE TRIGGER keep")
        connection.execute("UPDATE operations.audit SET actor = 'somebody' WHERE audit_id = 2")
    broken = root.get("/nhat-ky?check=1").get_data(as_text=True)
    assert "ở dòng 2" in broken
    assert "không còn khớp với mã băm" in broken
    assert 'lang="en">' not in broken.split("<main")[1]


def test_a_steward_changes_a_target_and_the_denominator(own: Site) -> None:
    asked = {"target": "adults_50_2021", "percent": "72,5", "more": "on", "since": "2021-12-01", "reason": "công văn"}
    done = post(own, "chi-tieu", Role.DATA_STEWARD, login="lan", **asked)
    assert (done.status_code, done.headers["Location"]) == (303, "/quyet-dinh?done=chi-tieu")
    [made] = targets.target_versions(own.registry)
    assert (made.target.ratio, made.target.more_than, str(made.target.due_on)) == (0.725, True, "2021-12-31")
    assert (str(made.target.valid_from), made.actor, made.reason) == ("2021-12-01", "lan", "công văn")
    done = post(own, "mau-so", Role.DATA_STEWARD, version="portal_2021", reason="công văn")
    assert done.status_code == 303
    [choice] = targets.denominator_choices(own.registry)
    assert (choice.version, str(choice.valid_from)) == ("portal_2021", "2021-11-22")


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": "nhiều"},
        {"percent": "0"},
        {"percent": "700"},
        {"since": "2021-01-01"},
        {"reason": ""},
        {"target": "x"},
    ],
)
def test_a_target_that_makes_no_sense_changes_nothing(own: Site, wrong: dict[str, str]) -> None:
    asked = {"target": "adults_50_2021", "percent": "80", "reason": "công văn", **wrong}
    assert post(own, "chi-tieu", Role.DATA_STEWARD, **asked).status_code == 400
    assert not targets.target_versions(own.registry)


def test_the_forms_are_those_of_a_steward_of_the_nation(own: Site) -> None:
    def page(role: Role, *provinces: str) -> str:
        token = signed_in(own.registry, [grant(role, *provinces)])
        return own.with_token(token).get("/quyet-dinh").get_data(as_text=True)

    assert 'id="chi-tieu"' in page(Role.DATA_STEWARD)
    assert ">Trên 70% tổng dân số<" in page(Role.DATA_STEWARD)
    assert 'id="chi-tieu"' not in page(Role.REPORTER)
    assert 'id="chi-tieu"' not in page(Role.DATA_STEWARD, "79")
    assert post(own, "mau-so", Role.REPORTER, version="portal_2021", reason="x").status_code == 403
