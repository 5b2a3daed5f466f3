"""Decisions on allocation on the page about stock: all of them, one by its number, scope, files, and usage by round."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson

from campaign.access import Role
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.support.people import grant
from tests.support.stock_rows import DECISION_LINES, DECISIONS


def page(site: Site, decision: str) -> dict[str, Any]:
    return site.json(f"/snap/{VERSION}/vn/stock?decision={decision}")


def cells(answer: dict[str, Any], table: str) -> dict[str, dict[str, str]]:
    """Texts by row and column."""
    found: dict[str, dict[str, str]] = {}
    for part in components(answer["body"]):
        name = part["props"].get("data-cell", "")
        if name.startswith(f"{table}/"):
            _, key, column = name.split("/", 2)
            found.setdefault(key, {})[column] = text_of(part).strip()
    return found


def numbers(answer: dict[str, Any]) -> dict[str, str]:
    parts = [part for part in components(answer["body"]) if "data-number" in part["props"]]
    return {part["props"]["data-number"].removeprefix("decision_"): text_of(part) for part in parts}


def read_csv(site: Site, name: str, query: str = "") -> list[dict[str, str]]:
    answer = site.client.get(f"/snap/{VERSION}/vn/kho/{name}.csv{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))


def test_all_decisions_are_listed_the_newest_on_top_and_how_far_each_is(site: Site) -> None:
    found = cells(page(site, "all"), "stock_decisions")
    assert len(found) == len(DECISIONS)
    assert {key: row["stage_name"] for key, row in found.items()} == {
        "92": "Đã thu hồi",
        "91": "Đã nhận",
        "90": "Đã xuất",
        "81": "Đã nhận",
        "93": "Đã nhận",
    }
    assert found["90"]["planned"] == "19.900"
    assert found["90"]["missing"] == "3.900"
    assert found["93"]["number_name"] == "#93", "movements name it, and nobody entered it"


def test_one_decision_is_found_by_its_number_or_a_part_of_it(site: Site) -> None:
    by_id, by_number, by_part = (text_of(page(site, text)["body"]) for text in ("90", "4090/QĐ-BYT", "4090"))
    assert by_id == by_number == by_part
    assert list(cells(page(site, "409"), "stock_decisions")) == ["92", "91", "90"]
    assert site.client.get(f"/snap/{VERSION}/vn/stock?decision=7777").status_code == 400


def test_planned_stands_against_actual_with_the_difference_and_its_lots(site: Site) -> None:
    answer = page(site, "90")
    found = cells(answer, "stock_decision_lines")
    told = {key: (row["planned"], row["received"], row["gap_name"]) for key, row in found.items()}
    assert list(told.values()) == [
        ("15.000", "12.000", "Thiếu 3.000"),
        ("4.000", "5.000", "Thừa 1.000"),
        ("900", "0", "Chưa nhận 900"),
    ]
    assert numbers(answer) == {
        "planned": "19.900",
        "sent": "19.000",
        "received": "17.000",
        "in_transit": "3.000",
        "used": "1.800",
        "missing": "3.900",
        "over": "1.000",
    }


def test_the_ministry_that_signed_is_named_in_the_readers_language(site: Site) -> None:
    for language, name in (("vi", "Bộ Y tế"), ("en", "Ministry of Health")):
        answer = site.client.get(f"/snap/{VERSION}/vn/stock?decision=90&lang={language}")
        assert name in text_of(answer.get_json()["body"])


def test_versions_are_listed_with_what_stood_before(site: Site) -> None:
    rows = list(cells(page(site, "90"), "stock_decision_changes").values())
    assert [(row["kind_name"], row["before_name"], row["after_name"]) for row in rows] == [
        ("Ngày dự kiến đến", "10/11/2021", "12/11/2021"),
        ("Số liều phân bổ", "5.000", "4.000"),
    ]
    (withdrawn,) = cells(page(site, "92"), "stock_decision_changes").values()
    assert (withdrawn["before_name"], withdrawn["after_name"]) == ("đã quyết định", "đã thu hồi")


def test_usage_says_what_is_divided_by_what(site: Site) -> None:
    """HCMC: round 81 and, of Comirnaty, round 90 count; round 91 came three days ago."""
    row = cells(page(site, "all"), "stock_usage")["79"]
    assert row["given"] == "5.300"
    assert row["allocated"] == "35.000"
    assert row["of_allocated"] == "15,1%"
    assert (row["rounds"], row["newer"]) == ("3", "1")


def test_files_hold_what_the_page_shows(site: Site) -> None:
    assert len(read_csv(site, "decisions")) == len(DECISIONS)
    lines = read_csv(site, "decision_lines", "?decision=90")
    assert len(lines) == sum(line[0] == 90 for line in DECISION_LINES)
    assert {line["received_on"] for line in lines} == {"2021-11-13", ""}
    assert len(read_csv(site, "usage")) == len(cells(page(site, "all"), "stock_usage"))
    assert len(read_csv(site, "exceeding")) == len(cells(page(site, "all"), "stock_exceeding"))
    assert len(read_csv(site, "decision_changes", "?decision=90")) == 2


def test_recipients_outside_the_scope_are_counted_and_not_shown(site: Site) -> None:
    client = site.as_(grant(Role.VIEWER, "40"))
    answer: dict[str, Any] = orjson.loads(client.get(f"/snap/{VERSION}/p-40/stock?decision=90").get_data())
    assert {key.split()[0] for key in cells(answer, "stock_decision_lines")} == {"P40"}
    assert "2 nơi nhận ngoài phạm vi" in text_of(answer["body"])
    assert numbers(answer) == numbers(page(site, "90")), "totals are the nation's"
    assert {row["store_name"] for row in cells(answer, "stock_decision_changes").values()} == {"Kho Nghệ An"}
    every: dict[str, Any] = orjson.loads(client.get(f"/snap/{VERSION}/p-40/stock?decision=all").get_data())
    assert set(cells(every, "stock_usage")) == {"40", "nation"}
