"""One number, one value: tile, map, table, card, curve and a plain sum over the snapshot's rows say the same."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from campaign.coverage import Measure, PopulationGroup
from layouts.format import percent
from layouts.table import PAIRS, pair_id
from layouts.view import GROUPS, Metric
from layouts.words import Language
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.support.snapshots import NO_PEOPLE_YET, Recipe
from warehouse import reads


@pytest.mark.parametrize(("metric", "group"), list(product((Metric.DOSE1, Metric.FULL), GROUPS)))
def test_map_equals_table(site: Site, metric: Metric, group: PopulationGroup) -> None:
    answer = site.coverage(metric=metric, group=group)
    trace = answer["map"]["data"][0]
    on_map = dict(zip(trace["locations"], trace["customdata"], strict=True))
    in_table = {row["code"]: row[f"{metric}_{group}"] for row in answer["table"]}
    assert on_map == in_table


def test_the_text_of_a_cell_is_its_number(site: Site) -> None:
    for row in site.coverage()["table"]:
        for group, measure in PAIRS:
            name = pair_id(group, measure)
            shown = row[f"{name}_text"]
            if row[name] is None:
                assert shown == "–"
            else:
                people, population = (int(part.replace(".", "")) for part in row[f"{name}_of"].split(" / "))
                assert row[name] == people / population
                assert shown == f"{int(people * 1000 / population) / 10:.1f}%".replace(".", ",")


def test_tiles_equal_the_nation_row(site: Site) -> None:
    answer = site.coverage()
    nation = answer["pinned"][-1]
    shown = {
        part["props"]["data-reading"]: text_of(part)
        for part in components(answer["tiles"])
        if "data-reading" in part["props"]
    }
    assert len(shown) == 4
    for group, measure in PAIRS:
        assert shown[f"{group}-{measure}"] == nation[f"{pair_id(group, measure)}_text"]
    big = next(part for part in components(answer["tiles"]) if part["props"].get("id") == "tile-doses")
    assert text_of(big) == nation["doses_text"]


def test_every_percentage_has_its_numerator_and_denominator(site: Site) -> None:
    """No bare %: in a tile each reading is followed by people over population and names its denominator."""
    for tile in components(site.coverage()["tiles"]):
        if "tile-target" in str(tile["props"].get("className", "")):
            text = text_of(tile)
            assert text.count("người") >= 2
            assert text.count(" / ") == 2
            assert "Mẫu số: Ước tính dân số năm 2021" in text
            assert "tính đến 14 giờ 05 ngày 22/11/2021" in text


def test_an_area_without_population_is_named_and_left_out_of_both_sides(site: Site) -> None:
    answer = site.coverage()
    row = next(row for row in answer["table"] if row["code"] == NO_PEOPLE_YET)
    assert row["dose1_18plus"] is None
    assert row["swatch"] != ""
    assert "Chưa có dân số, không tính: Lai Châu" in text_of(answer["tiles"])
    people = sum(int(r["dose1_18plus_of"].split(" / ")[0].replace(".", "")) for r in answer["table"] if r is not row)
    unknown = next(r for r in answer["pinned"] if r["code"] == "unknown")
    people += int(unknown["dose1_18plus_of"].split(" / ")[0].replace(".", ""))
    assert answer["pinned"][-1]["dose1_18plus_of"].split(" / ")[0] == f"{people:,}".replace(",", ".")


def test_the_nation_is_the_sum_of_all_rows(site: Site) -> None:
    answer = site.coverage()
    *apart, nation = answer["pinned"]
    for name in ("doses", "doses_last_7_days", "registered", "delivered", "on_hand"):
        assert nation[name] == sum(row[name] or 0 for row in [*answer["table"], *apart])


def test_more_than_everyone_is_shown_as_it_is(site: Site) -> None:
    answer = site.coverage()
    row = next(row for row in answer["table"] if row["code"] == "74")
    assert row["dose1_18plus"] > 1.1
    assert row["dose1_18plus_text"].startswith("114,")
    card = site.json(f"/snap/{VERSION}/vn/area?area=74")["card"]
    assert row["dose1_18plus_text"] in text_of(card)
    assert "Trên 100%" in text_of(card)


def test_the_curve_ends_where_the_tile_stands(site: Site) -> None:
    for group in GROUPS:
        answer = site.coverage(group=group)
        nation = answer["pinned"][-1]
        texts = [note["text"] for note in answer["curves"]["layout"]["annotations"]]
        for measure in ("dose1", "full"):
            assert f"<b>{nation[f'{measure}_{group}_text']}</b>" in texts


def test_another_denominator_changes_ratios_and_says_so(site: Site) -> None:
    estimate, portal = (site.coverage(denominator=name) for name in ("est_2021", "portal_2021"))
    assert "Cổng thông tin tiêm chủng 2021" in text_of(portal["tiles"])
    assert estimate["pinned"][-1]["dose1_18plus"] != portal["pinned"][-1]["dose1_18plus"]
    bac_lieu = next(row for row in portal["table"] if row["code"] == "95")
    assert bac_lieu["dose1_18plus"] is None
    assert "Bạc Liêu" in text_of(portal["tiles"])


def test_a_source_without_people_shows_doses_and_no_ratio(make_site: Any) -> None:
    site: Site = make_site(Recipe(version=VERSION, with_people=False))
    answer = site.coverage()
    nation = answer["pinned"][-1]
    assert nation["doses"] > 0
    assert nation["dose1_18plus"] is None
    assert not [part for part in components(answer["tiles"]) if "data-reading" in part["props"]]
    assert [group["groupId"] for group in answer["columns"][1:]] == ["counts"]


def test_rows_are_in_vietnamese_order(site: Site) -> None:
    names = [row["name"] for row in site.coverage()["table"]]
    assert names.index("Cần Thơ") < names.index("Đà Nẵng") < names.index("Điện Biên") < names.index("Gia Lai")
    assert [row["rank"] for row in site.coverage()["table"]] == list(range(63))


def test_a_percentage_is_never_rounded_up_to_a_threshold(readings: Any) -> None:
    for row in reads.area_rows(readings.snapshots, VERSION, denominator="est_2021"):
        cell = row.coverage.get((PopulationGroup.ADULTS, Measure.FULL))
        if cell is not None and cell.ratio is not None and cell.ratio < 0.5:
            assert float(percent(cell, Language.EN).rstrip("%")) < 50.0
