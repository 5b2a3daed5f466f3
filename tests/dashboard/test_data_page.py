"""Every section of the page on the data, in both languages, and the red line above all pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from campaign.readings import FeedStatus
from layouts.feed_board import Lag, feed_board, not_well
from layouts.words import Language, load_catalogues
from operations.conditions import of_feeds
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.support.snapshots import Recipe

SECTIONS = {
    "feeds": ("Không đọc được nguồn", "The source could not be read"),
    "checks": ("Lệch 1", "Differ by 1"),
    "quarantine": ("không tính vào số liệu nào", "counted nowhere"),
    "rules": ("10 nơi có nhiều nhất", "The 10 areas with most"),
    "declared": ("không bao giờ cộng với nhau", "never added up"),
    "clocks": ("Tổng không đổi", "The total is the same"),
    "identity": ("Không khớp", "Does not match"),
    "locks": ("Nguyễn Thị Hạnh", "Nguyễn Thị Hạnh"),
    "corrections": ("2021-11-22", "2021-11-22"),
    "about": ("Dấu vân tay", "Fingerprint"),
}


def body(site: Site, language: Language = Language.VI) -> dict[str, Any]:
    found: dict[str, Any] = site.json(f"/snap/{VERSION}/vn/data?lang={language}")["body"]
    return found


def section(page: dict[str, Any], name: str) -> dict[str, Any]:
    return next(part for part in components(page) if part["type"] == "Section" and part["props"].get("id") == name)


def tiles(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (part for part in components(page) if part["props"].get("className") == "feed-tile")


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_a_section_is_drawn_in_both_languages(site: Site, name: str) -> None:
    for language, expected in zip(Language, SECTIONS[name], strict=True):
        text = re.sub(r"\s+", " ", text_of(section(body(site, language), name)))
        assert expected in text, text[:600]


def test_a_held_feed_says_how_to_let_it_go_on_and_hides_the_machine_s_words(site: Site) -> None:
    held = next(tile for tile in tiles(body(site)) if tile["props"]["data-state"] == "held")
    assert "python app.py release declared_count --actor" in text_of(held)
    details = next(part for part in components(held) if part["type"] == "Details")
    assert "Chi tiết kỹ thuật" in text_of(details)
    foreign = next(part for part in components(details) if part["props"].get("lang") == "en")
    assert "total fell by 52 %" in text_of(foreign)


@pytest.mark.parametrize("language", list(Language))
def test_a_feed_with_a_backlog_says_so_and_that_what_is_new_is_in(language: Language) -> None:
    """Neither well nor something to look at: it is read every minute, and its age is that of the newest records."""
    now = datetime(2021, 11, 22, 3, tzinfo=UTC)
    feed = FeedStatus(
        name="dose", state="filling", last_success=now, lag_seconds=4.0, rows_in=9, accepted=9, quarantined=0,
        message="", watermark="900:905:901<0:0:;700:700:;650.2.5",
    )  # fmt: skip
    words = load_catalogues()[language]
    board = feed_board([feed], lag=Lag(amber=120, red=300), words=words).to_plotly_json()
    text = str(board)
    assert words("feed_note.filling") in text
    assert words("state.filling") in text
    assert "900:905:901" in text
    assert "650.2.5" not in text
    assert not_well([feed]) == 0
    assert of_feeds([feed], red_seconds=300) == []


def test_a_tile_carries_the_limits_of_the_settings(site: Site) -> None:
    etl = site.deps.settings.etl
    for tile in tiles(body(site)):
        if tile["props"]["data-state"] == "waiting":
            assert "data-red" not in tile["props"]
        else:
            assert tile["props"]["data-amber"] == str(etl.lag_amber_seconds)
            assert tile["props"]["data-red"] == str(etl.lag_red_seconds)


def test_a_group_set_aside_names_its_owner_and_how_many_were_repaired(site: Site) -> None:
    first = next(part for part in components(body(site)) if part["props"].get("className") == "held-group")
    text = text_of(first)
    for expected in ("Mũi tiêm", "ngày không thể có", "injected_at", "811", "Điểm tiêm chủng"):
        assert expected in text
    assert len([part for part in components(first) if part["props"].get("className") == "strip-bar"]) == 14


def test_instants_are_said_on_the_local_clock(site: Site) -> None:
    """What a rule expects, and beside what was received in UTC what it is here."""
    text = text_of(body(site))
    assert "không trước 01/06/2020" in text
    assert "không sau 15:05\u00a022/11/2021" in text
    assert "07:00 30/12/1899 1899-12-30 00:00:00+00" in " ".join(text.split())
    assert "2020-06-01" not in text


def test_no_table_in_sight_is_long(site: Site) -> None:
    folds = [part for part in components(body(site)) if part["type"] == "Details"]
    folded = [len(part["props"]["children"]) for fold in folds for part in components(fold) if part["type"] == "Tbody"]
    every = [len(part["props"]["children"]) for part in components(body(site)) if part["type"] == "Tbody"]
    # The catalogue of rules is the longest, and is folded.
    assert sum(rows > 100 for rows in every) == sum(rows > 100 for rows in folded) <= 1
    assert max(every) <= 200


def test_a_source_without_records_says_so_in_every_section(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=VERSION, with_trust=False))
    page = body(site)
    for name, expected in {
        "feeds": "Chưa có nguồn nào",
        "quarantine": "Không có bản ghi nào chờ xử lý",
        "declared": "Chưa có địa phương nào gửi số báo cáo",
        "clocks": "không cho biết ngày nhập",
        "identity": "không cho biết kết quả đối chiếu",
        "locks": "Chưa có số liệu nào được chốt",
    }.items():
        assert expected in text_of(section(page, name))
    assert "nguồn này không cho biết ngày nhập" in site.coverage(clock="recorded")["daily_note"]


def test_figures_that_disagree_are_a_red_line_on_every_page(site: Site) -> None:
    for language, expected in {"vi": "700 và 699, lệch 1", "en": "700 and 699, off by 1"}.items():
        lines = site.json(f"/snap/{VERSION}/vn/frame?lang={language}")["banner"]
        assert lines[0]["props"]["className"] == "banner banner-bad"
        assert expected in text_of(lines[0])


def test_the_clock_moves_doses_between_days_but_not_their_total(site: Site) -> None:
    injected, recorded = (site.coverage(clock=clock) for clock in ("injected", "recorded"))
    bars = [answer["daily"]["data"][0] for answer in (injected, recorded)]
    assert bars[0]["y"] != bars[1]["y"]
    assert sum(bars[0]["y"]) == sum(bars[1]["y"]) == injected["pinned"][-1]["doses"]
    assert "bằng tổng theo ngày nhập" in injected["daily_note"]
    assert "bằng tổng theo ngày tiêm" in recorded["daily_note"]


def test_open_days_are_hatched_and_have_an_expected_figure_with_its_interval(site: Site) -> None:
    bars, expected, _ = site.coverage()["daily"]["data"]
    hatched = [day for day, shape in zip(bars["x"], bars["marker"]["pattern"]["shape"], strict=True) if shape]
    assert expected["x"] == hatched
    assert len(hatched) == 7
    nowcast = site.deps.snapshots.rows(VERSION, "SELECT * FROM nowcast WHERE area_code = '' ORDER BY day")
    tops = [base + more for base, more in zip(expected["base"], expected["y"], strict=True)]
    assert tops == [row["expected"] for row in nowcast]
    error = expected["error_y"]
    assert [top + up for top, up in zip(tops, error["array"], strict=True)] == [row["high"] for row in nowcast]
    assert [top - down for top, down in zip(tops, error["arrayminus"], strict=True)] == [row["low"] for row in nowcast]
    recorded = site.coverage(clock="recorded")["daily"]["data"]
    assert len(recorded) == 2
    assert sum(bool(shape) for shape in recorded[0]["marker"]["pattern"]["shape"]) == 1
