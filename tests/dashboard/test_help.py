"""The help layer: whatever number a page shows has a definition that pointer, touch and keyboard reach, in both
languages; every tile, figure and column is walked."""

from __future__ import annotations

from typing import Any

import pytest

from layouts import help_layer
from layouts.words import Language, load_catalogues
from tests.dashboard.conftest import VERSION, Site, components, text_of
from warehouse.lineage import NUMBERS

CATALOGUES = load_catalogues()
# What is divided by people, whose number has versions.
POPULATIONS = ("18plus", "all", "chosen")
PARTS = ("unit", "denominator", "source", "clock")


def ask(site: Site, name: str, **filters: str) -> dict[str, Any]:
    query = "&".join(f"{key}={value}" for key, value in filters.items())
    return site.json(f"/snap/{VERSION}/vn/{name}?{query}")


def what_if(site: Site) -> dict[str, Any]:
    return site.json(f"/scenarios/{VERSION}/vn?pace=150")


def buttons(value: Any) -> set[str]:
    """Ids of definitions that can be opened from here: real buttons, which the keyboard reaches."""
    found = [part for part in components(value) if {"data-help", "data-lineage"} & set(part["props"])]
    assert all(part["type"] == "Button" and part["props"]["aria-label"] for part in found)
    assert not [part for part in found if part["props"].get("tabIndex", 0) < 0 or part["props"].get("disabled")]
    return {part["props"].get("data-help") or part["props"]["data-lineage"] for part in found}


def holders(value: Any) -> list[Any]:
    """Everything that stands for itself and shows numbers: tiles, figures of a list, rows of a list, heads."""
    return [
        part
        for part in components(value)
        if part["type"] == "Article"
        or (part["type"] == "Th" and part["props"].get("scope") == "col" and text_of(part).strip())
        or (part["type"] == "Div" and [child["type"] for child in children(part)][:2] == ["Dt", "Dd"])
    ]


def children(part: Any) -> list[Any]:
    found = part["props"].get("children")
    return [child for child in (found if isinstance(found, list) else [found]) if isinstance(child, dict)]


# Rows of a definition list inside a tile whose head has the definition of both: the other readings of a target.
UNDER_THEIR_TILE = {"target-others", "facts"}


# Heads of what a row is called and where it is, which count nothing.
SITE_NAMES = ("Tên", "Quận, huyện", "Tỉnh, thành phố", "Giờ")
DEVICE_NAMES = ("Thiết bị", "Nơi đặt", "Tình trạng", "Phía", "Nơi", "Mẫu máy", "Loại bảo quản")
STOCK_NAMES = (
    *("Loại vắc xin", "Vắc xin", "Lô", "Việc cần làm", "Kho", "Loại lệch", "Lý do", "Tuyến", "Dùng được không", "Loại"),
    *("Vật tư", "Thiếu nhất", "Mang chỉ thị"),
    *("Loại lọ", "Loại hạn", "Ai, khi nào", "Điều kiện bảo quản", "Quyết định"),
    *("Số quyết định", "Giai đoạn", "Chênh lệch", "Nội dung", "Trước", "Sau", "Nguyên nhân có thể"),
)
LEAST = {
    "board": 20, "targets": 20, "sites": 20, "coldchain": 25, "stock": 25, "store": 25, "lot": 20, "decisions": 20,
    "decision": 12, "what-if": 3,
}  # fmt: skip


def test_every_tile_figure_and_head_has_a_definition(site: Site) -> None:
    pages = {
        "board": [ask(site, "nation")["tiles"], ask(site, "nation")["flow"], ask(site, "first")["body"]],
        "targets": [ask(site, "targets")["cards"], ask(site, "targets")["table"]],
        "sites": [ask(site, "sites")["body"]],
        "coldchain": [ask(site, "coldchain")["body"]],
        "stock": [ask(site, "stock")["body"]],
        "store": [ask(site, "stock", area="79")["body"], ask(site, "stock", store="D760")["body"]],
        "lot": [ask(site, "stock", lot="AS02100")["body"]],
        "decisions": [ask(site, "stock", decision="all")["body"]],
        "decision": [ask(site, "stock", decision="90")["body"]],
        "what-if": [what_if(site)[name] for name in ("levers", "result", "saved")],
    }
    for name, page in pages.items():
        covered = {
            id(child)
            for part in components(page)
            if part["props"].get("className") in UNDER_THEIR_TILE
            for child in components(part)
        }
        found = [part for part in holders(page) if id(part) not in covered]
        assert len(found) >= LEAST[name], name
        bare = [text_of(part)[:60] for part in found if not buttons(part)]
        first_heads = {"Chỉ tiêu và cách tính", "Số người khác nhau", *SITE_NAMES, *DEVICE_NAMES, *STOCK_NAMES}
        assert not [text for text in bare if text.strip() not in first_heads], (name, bare)
        assert buttons(page) <= set(help_layer.ENTRIES) | set(NUMBERS)


def test_every_number_that_is_marked_lies_beside_a_definition(site: Site) -> None:
    """The tile, row, list or table that a marked number stands in has one."""
    for page in (ask(site, "nation")["tiles"], ask(site, "first")["body"], what_if(site)["result"]):
        boxes = [part for part in components(page) if part["type"] in {"Article", "Section", "Dl"}]
        for part in components(page):
            if "data-number" in part["props"]:
                around = [box for box in boxes if any(child is part for child in components(box))]
                assert any(buttons(box) for box in around), part["props"]["data-number"]


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_column_of_the_table_is_defined_behind_the_page_s_button(site: Site, size: str) -> None:
    """The head of a sorting grid has no room for a second button: its columns are behind the page's own."""
    names = {"name": "area"}
    columns = site.coverage(size=size)["columns"]
    flat = [child for column in columns for child in column.get("children", [column])]
    told = {
        part["props"]["data-entry"]
        for part in components(ask(site, "help")["pages"]["coverage"])
        if "data-entry" in part["props"]
    }
    assert flat
    assert not [column["colId"] for column in flat if names.get(column["colId"], column["colId"]) not in told]


def test_all_numbers_of_the_board_are_behind_the_page_s_button(site: Site) -> None:
    told = set(help_layer.PAGES["coverage"])
    assert set(NUMBERS) <= told | {"doses_last_7_days"}
    on_page = buttons([ask(site, "nation")["tiles"], ask(site, "nation")["flow"], ask(site, "first")["body"]])
    assert on_page - told <= {"share", "not_yet"}, "those two head their tiles"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("denominator", ["est_2021", "portal_2021"])
def test_each_definition_says_what_is_counted_by_what_it_is_divided_whence_and_when(
    site: Site, language: Language, denominator: str
) -> None:
    words = CATALOGUES[language]
    told = ask(site, "help", lang=language.value, denominator=denominator)
    version = words.named("denominator", denominator)
    assert set(told["entries"]) == set(help_layer.ENTRIES)
    for name, entry in told["entries"].items():
        text = text_of(entry)
        assert len(help_layer.definition(name, words)) > 20
        assert help_layer.title(name, words) in text and help_layer.definition(name, words) in text
        assert all(words(f"help.{part}") in text for part in PARTS)
        divided = help_layer.ENTRIES[name].denominator in POPULATIONS
        assert (version in text) is divided, (name, "a denominator without its version")
        assert "{" not in text
    assert set(told["pages"]) == set(help_layer.PAGES)


def test_a_number_s_origin_says_the_same(site: Site) -> None:
    body = text_of(site.json(f"/snap/{VERSION}/vn/lineage/not_yet_all?denominator=portal_2021")["body"])
    assert "Chia cho" in body and "tổng dân số. Mẫu số: Cổng thông tin tiêm chủng 2021" in body
    assert "theo ngày tiêm" in body


def test_a_number_without_a_definition_cannot_be_drawn() -> None:
    with pytest.raises(KeyError):
        help_layer.define("moon", "x", CATALOGUES[Language.VI])
