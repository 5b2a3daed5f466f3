"""A plan whose document or reasons somebody made up: its page tells what can be told, and says plainly what cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import psycopg
import pytest
from psycopg.types.json import Jsonb

from campaign.access import Role
from campaign.plan_readable import DOCUMENT, REASONS
from tests.dashboard.conftest import Site
from tests.dashboard.test_plan_pages import Planned, planned

__all__ = ["planned"]
ODD: tuple[Any, ...] = (
    *("text", 7, -1, 0.5, True, [], [1], ["x"], ["minimum", "moon"], "2021-13-01", [{"said_en": []}], {}),
    *({"name": 1}, {"name": "ours"}, {"days": "x"}, {"places": []}, {"places": {"a": 1}}, {"left": {}}, {"left": [{}]}),
    *({"left": [{"vi": "x", "en": "y"}]}, {"said_vi": 5}),
)


@pytest.fixture
def owner(site: Site) -> Iterator[psycopg.Connection]:
    with psycopg.connect(site.registry, autocommit=True) as connection:
        yield connection


def rewritten(owner: psycopg.Connection, plan: int, document: dict[str, Any], reasons: dict[str, Any]) -> None:
    """As if it lay in the registry from before there was a guard."""
    owner.execute("UPDATE operations.plan_version SET document = %s WHERE plan_id = %s", [Jsonb(document), plan])
    owner.execute("UPDATE operations.plan_line SET reasons = %s WHERE plan_id = %s", [Jsonb(reasons), plan])


def said(page: str) -> str:
    return " ".join(re.findall(r'<p class="door-said door-open"[^>]*>.*?</p>', page))


def test_without_any_of_the_planner_s_parts_there_is_nothing_to_complain_of(
    planned: Planned, owner: psycopg.Connection
) -> None:
    plan, viewer = planned.made(), planned.token(Role.VIEWER)
    rewritten(owner, plan, {}, {"reason": "theo công điện"})
    page = planned.read(viewer, f"/{plan}")
    assert "theo công điện" in page and "không đọc được" not in page


@pytest.mark.parametrize("part", [*DOCUMENT, *REASONS])
def test_a_part_of_another_shape_is_left_out_and_named(planned: Planned, owner: psycopg.Connection, part: str) -> None:
    """Every part with every odd value: the page, the order and the list answer in both languages."""
    plan, planner = planned.made(), planned.token(Role.PLANNER)
    assert planned.propose(planner, plan)[0] == 303
    client, told = planned.site.with_token(planner), set[str]()
    sound = dict(planned.document), dict(planned.line().reasons)
    for value in ODD:
        document, reasons = (
            ({**sound[0], part: value}, sound[1]) if part in DOCUMENT else (sound[0], {**sound[1], part: value})
        )
        rewritten(owner, plan, document, reasons)
        for path in (
            f"/ke-hoach/{plan}?lang=vi",
            f"/ke-hoach/{plan}?lang=en",
            f"/ke-hoach/{plan}/lenh.docx",
            "/ke-hoach",
        ):
            assert client.get(path).status_code == 200, (path, value)
        told.add(said(planned.read(planner, f"/{plan}")))
    expected = (
        "Tài liệu của kế hoạch có phần không đọc được"
        if part in DOCUMENT
        else "Lý do của 1 dòng không đọc được: dòng 1"
    )
    assert any(expected in text for text in told)
    rewritten(owner, plan, *sound)
    assert "không đọc được" not in planned.read(planner, f"/{plan}")


def test_a_store_that_the_register_lost_is_told_by_its_code(planned: Planned, owner: psycopg.Connection) -> None:
    plan, viewer = planned.made(), planned.token(Role.VIEWER)
    owner.execute("UPDATE operations.plan_line SET giver_code = 'KHO-MAT' WHERE plan_id = %s", [plan])
    owner.execute("UPDATE operations.plan_line SET lot_number = 'LO-MAT' WHERE plan_id = %s", [plan])
    for lang, expected in (("vi", "không có trong danh mục"), ("en", "not in the register")):
        page = planned.read(viewer, f"/{plan}", lang)
        assert expected in said(page) and "KHO-MAT" in said(page) and "LO-MAT" in page
    assert planned.site.with_token(viewer).get("/ke-hoach").status_code == 200
    assert planned.site.with_token(planned.token(Role.VIEWER, "31")).get(f"/ke-hoach/{plan}").status_code == 404


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"policy": "ours"}, "Phần “policy” của tệp kế hoạch không đọc được"),
        ({"policy": {"name": "ours"}}, "Phần “policy” của tệp kế hoạch không đọc được"),
        ({"snapshot": "seven"}, "Phần “snapshot” của tệp kế hoạch không đọc được"),
    ],
)
def test_such_a_file_is_not_taken_in(planned: Planned, more: dict[str, Any], told: str) -> None:
    line = {"lot": planned.lot, "product": "comirnaty", "from": planned.giver, "to": planned.taker, "doses": 600,
            "ship_on": str(planned.day), "arrive_on": str(planned.day)}  # fmt: skip
    planner = planned.token(Role.PLANNER)

    def hand_in(document: dict[str, Any]) -> Any:
        return planned.post(planner, "soan", title="Tay", lines=orjson.dumps(document).decode())

    answer = hand_in({"lines": [line], **more})
    assert (answer.status_code, told in answer.text) == (400, True)
    answer = hand_in({"lines": [{**line, "held": "minimum"}]})
    assert (answer.status_code, "Dòng 1: phần “held” không đọc được" in answer.text) == (400, True)
    assert hand_in({"lines": [line], "policy": {"name": "ours", "reserve": 0.8}, "note": ["x"]}).status_code == 303
