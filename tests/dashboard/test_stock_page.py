"""The page about stock: nation, province, store and lot; scope, files, and what a snapshot from before says. The
numbers are held to queries in test_every_number.py."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from contextlib import closing
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from campaign.access import Role
from cli.stock_wiring import stock_conditions
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.support.people import grant
from tests.support.snapshots import Recipe
from tests.support.stock_rows import STORES
from warehouse.snapshot import Snapshots


def page(site: Site, query: str = "") -> dict[str, Any]:
    return site.json(f"/snap/{VERSION}/vn/stock{query}")


def cells(answer: dict[str, Any], table: str) -> dict[str, dict[str, str]]:
    """Texts by row and column."""
    found: dict[str, dict[str, str]] = {}
    for part in components(answer["body"]):
        name = part["props"].get("data-cell", "")
        if name.startswith(f"{table}/"):
            _, key, column = name.split("/")
            found.setdefault(key, {})[column] = text_of(part).strip()
    return found


def tiles(answer: dict[str, Any]) -> dict[str, str]:
    numbers = [part for part in components(answer["body"]) if "data-number" in part["props"]]
    return {part["props"]["data-number"].removeprefix("stock_"): text_of(part) for part in numbers}


def read_csv(site: Site, name: str, query: str = "") -> list[dict[str, str]]:
    answer = site.client.get(f"/snap/{VERSION}/vn/kho/{name}.csv{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert f"kho-{name}-{VERSION}.csv" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))


def whole(text: str) -> int:
    return int(text.replace(".", ""))


def test_days_of_stock_stand_with_their_unit_in_one_piece(site: Site) -> None:
    answer = page(site)
    found = tiles(answer)["cover"]
    assert f"{found} \u00a0 ngày" in text_of(answer["body"]), "its own part, tied to the number"


def test_the_province_that_runs_out_first_is_on_top_and_the_nation_below(site: Site) -> None:
    found = cells(page(site), "stock_places")
    assert list(found) == ["79", "40", "01", "central", "national", "nation"]
    assert found["01"]["worst"] == "chưa dùng gần đây"
    assert found["40"]["comirnaty"] == "chưa dùng gần đây"
    assert found["79"]["worst"].startswith("121,2")


@pytest.mark.parametrize(
    ("area", "said"), [("unknown", "không có liều nào"), ("74", "không có liều nào"), ("48", "Có kho tồn âm")]
)
def test_an_area_without_doses_has_zeros_and_says_so(site: Site, area: str, said: str) -> None:
    answer = page(site, f"?area={area}")
    assert {text for name, text in tiles(answer).items() if name != "cover"} == {"0"}
    assert cells(answer, "stock_places")[area]["usable"] == "0"
    assert said in text_of(answer["body"])
    assert area in [part["props"].get("value") for part in components(answer["place"]) if part["type"] == "Option"]
    assert site.client.get(f"/kho?area={area}").status_code == 200


def test_the_pace_of_an_area_is_over_the_days_of_its_longest_stock(site: Site) -> None:
    """Province 40 gave 700 doses of AstraZeneca; its site had stock for 14 days, its district's store for 28."""
    [row] = [row for row in read_csv(site, "places", "?area=40") if row["product"] == "astrazeneca"]
    assert float(row["pace"]) == pytest.approx(700 / 28)
    stores = {row["store"]: row for row in read_csv(site, "stores", "?area=40")}
    assert float(stores["P40"]["worst"]) == pytest.approx(7_000 / (700 / 28))


def test_central_units_are_held_to_their_own_pace_and_the_national_stores_to_the_nation_s(site: Site) -> None:
    rows = {row["area"]: row for row in read_csv(site, "places", "?area=central") if row["product"] == "astrazeneca"}
    assert {area: float(row["pace"]) for area, row in rows.items()} == {"central": 200 / 10, "national": 3_700 / 28}
    lot = cells(page(site, "?lot=AS02100"), "stock_lot_areas")
    assert (lot["national"]["on_hand"], lot["central"]["on_hand"]) == ("18.990", "300")
    assert {area: int(row["usable"]) for area, row in rows.items()} == {"central": 300, "national": 18_990}


def test_usable_blocked_and_past_are_all_that_is_in_stores(site: Site) -> None:
    shown = tiles(page(site))
    total = cells(page(site), "stock_expiry")["nation"]["total"]
    assert whole(shown["usable"]) + whole(shown["blocked"]) + whole(shown["past"]) == whole(total)


@pytest.mark.parametrize("name", ["usable", "blocked", "past", "in_transit", "expiring"])
def test_provinces_and_central_stores_add_up_to_the_nation(site: Site, name: str) -> None:
    parts = [tiles(page(site, f"?area={area}"))[name] for area in ("01", "40", "79", "central")]
    assert sum(map(whole, parts)) == whole(tiles(page(site))[name])


def test_a_lot_that_will_be_lost_says_what_would_save_it(site: Site) -> None:
    found = cells(page(site), "stock_lots")
    assert next(iter(found)).startswith("national")
    assert found["40 AS02100"]["advice_name"] == "dùng 608 liều/ngày, hoặc chuyển đi 8.150\u00a0liều"
    thawed = found["79 CO124001 20211023"]
    assert thawed["until"].endswith("sau rã đông")


def test_an_extension_to_come_is_not_in_force_yet(site: Site) -> None:
    """CO123002: the letter of 29 November; on the 22nd its label still counts."""
    found = cells(page(site, "?store=P79"), "stock_store_lots")
    assert found["CO123002"]["until"].startswith("30/11/2021")
    assert found["CO124001"]["until"].startswith("28/02/2022 được tăng hạn")
    assert found["CO124001"]["until"].endswith("chưa rõ ngày rã đông"), "P79 has refrigerators alone"


def test_a_held_lot_is_not_usable_and_says_so(site: Site) -> None:
    found = cells(page(site, "?store=P79"), "stock_store_lots")
    assert found["VC00007"]["standing_name"].startswith("Chưa được dùng Tạm dừng sử dụng")
    assert found["VC00007"]["expiring"] == "0"


def test_the_tile_leaves_out_doses_on_hold_of_a_lot_that_is_stopped_anyhow(site: Site) -> None:
    """P01 holds VC00007 after an excursion; the lot itself is on hold, too."""
    for query in ("?store=P01", "?area=01", ""):
        assert "tạm dừng sau sự cố nhiệt độ" not in text_of(page(site, query)["body"])


def test_a_lot_says_how_many_doses_their_monitors_rule_out(site: Site) -> None:
    in_store = cells(page(site, "?store=P01"), "stock_store_lots")["AB00001"]["standing_name"]
    assert in_store.startswith("Dùng được")
    assert "300 liều đến điểm hủy" in in_store
    of_lot = cells(page(site, "?lot=VC00007"), "stock_lot_stores")
    assert {store: "5.500 liều đến điểm hủy" in row["what_name"] for store, row in of_lot.items()} == {
        store: store == "P79" for store in of_lot
    }
    [row] = [row for row in read_csv(site, "store_lots", "?store=P01") if row["lot"] == "AB00001"]
    assert (row["on_hand"], row["usable"], row["discard"]) == ("2000", "1700", "300")
    assert {row["store"]: row["discard"] for row in read_csv(site, "lot_stores", "?lot=AB00001")}["P01"] == "300"


def test_a_level_below_zero_has_its_probable_reason(site: Site) -> None:
    found = cells(page(site), "stock_differences")["S4000001 AS02100 below"]
    assert found["difference"] == "−100"
    assert "chưa nhập kho" in found["kind_name"]


def test_a_level_below_zero_that_the_vials_explain_is_said_to_be_so(site: Site) -> None:
    """A vial of ten doses of AstraZeneca yields twelve."""
    rows = {row["store"]: row["kind"] for row in read_csv(site, "differences") if row["kind"].startswith("below")}
    assert rows == {"P48": "below_extra", "S4000001": "below_transit"}


def test_what_an_expiry_rests_on_is_told_with_it(site: Site) -> None:
    told = "chỉ khi bảo quản ở −90 đến −60\u00a0°C"
    assert told in cells(page(site), "stock_lots")["national CO124001"]["until"]
    stores = cells(page(site, "?lot=CO124001"), "stock_lot_stores")
    assert told in stores["P79"]["until"]
    assert told not in stores["D760"]["until"], "thawed before the letter"
    assert told in text_of(page(site, "?lot=CO124001")["body"]).split("Số liều đã nhận")[0]
    assert {row["lot"]: row["condition"] for row in read_csv(site, "store_lots", "?store=P79")}[
        "CO124001"
    ] == "'-90..-60 C", "no formula of a spreadsheet"


def test_the_page_of_a_lot_marks_stores_whose_doses_are_past_their_last_day(site: Site) -> None:
    marked = 0
    for store in ("P01", "P79", "P48", "D760"):
        for row in read_csv(site, "store_lots", f"?store={store}"):
            told = cells(page(site, f"?lot={row['lot']}"), "stock_lot_stores")[store]["until"]
            is_past = row["standing"] == "past" and row["on_hand"] != "0"
            assert ("Quá hạn" in told) == is_past, (store, row["lot"])
            marked += is_past
    assert marked


def test_the_map_counts_doses_that_a_province_sent_to_another_once(site: Site) -> None:
    """P79 received 6,000 doses of Vero Cell and sent 500 of them to P01; its 12,000 of CO123002 came three days ago and
    do not count yet."""
    rows = site.json(f"/snap/{VERSION}/vn/coverage?metric=usage")["table"]
    shares = {row["code"]: row["value"] for row in rows}
    given, sent_to_79 = 1_800 + 3_500, 12_000 + 20_000 + 6_000
    assert shares["79"] == pytest.approx(given / (sent_to_79 - 500))
    assert shares["40"] == pytest.approx(1_000 / (5_000 + 10_000 + 8_500))


def test_a_store_shows_its_devices_and_the_age_of_its_count(site: Site) -> None:
    answer = page(site, "?store=D760")
    assert set(cells(answer, "stock_fridges")) == {"TB001", "TB002", "TB012"}
    assert "Kiểm kê đã cũ" not in text_of(answer["body"]), "only provinces' own stores must count"
    assert "Kiểm kê đã cũ" in text_of(page(site, "?store=P40")["body"])
    assert answer["chosen"] == "79"


def test_the_ledger_of_a_lot_closes_or_says_by_how_much_it_does_not(site: Site) -> None:
    assert "Sổ khớp đến từng liều." in text_of(page(site, "?lot=CO124001")["body"])
    open_ledger = page(site, "?lot=AS02099")
    assert "Sổ thiếu 500 liều" in text_of(open_ledger["body"])
    sums = {name.removeprefix("sum_"): whole(text) for name, text in tiles(open_ledger).items()}
    assert sums.pop("received") - sum(sums.values()) == 500


def test_a_lot_tells_its_states_and_every_version_of_its_expiry(site: Site) -> None:
    answer = page(site, "?lot=VC00007")
    assert [row["state_name"] for row in cells(answer, "stock_lot_states").values()] == [
        "Tạm dừng sử dụng",
        "Đã xuất xưởng",
    ]
    assert "chờ kết luận của viện" in text_of(answer["body"])
    extended = cells(page(site, "?lot=CO124001"), "stock_lot_expiries")
    assert [row["why_name"] for row in extended.values()] == ["Được tăng hạn", "Hạn trên nhãn"]
    assert extended["20211022 extension"]["decision_name"] == "Công văn 22/10/2021"


def test_doses_beyond_the_label_are_a_gain_and_no_fault(site: Site) -> None:
    """P48 had one vial of ten and gave twelve of it."""
    found = cells(page(site, "?area=48"), "stock_waste_stores")["P48"]
    assert {name: found[name] for name in ("given", "open", "gained", "open_share", "total_share")} == {
        "given": "12", "open": "−2", "gained": "2", "open_share": "−20,0%", "total_share": "−20,0%",
    }  # fmt: skip
    assert cells(page(site), "stock_waste_places")["nation"]["gained"] == "2"


def test_wastage_without_a_reason_says_so_and_other_words_are_told_together(site: Site) -> None:
    found = cells(page(site), "stock_waste_reasons")
    assert found["open 0"]["reason_name"] == "Chưa ghi lý do"
    assert found["closed 99"]["reason_name"] == "Lý do khác, ghi bằng lời"
    assert found["closed 9"] == {"reason_name": "Bị đông băng", "kind_name": "Lọ chưa mở", "doses": "60", "stores": "1"}
    assert set(cells(page(site, "?store=D760"), "stock_waste_reasons")) == {"closed 9"}
    stores = cells(page(site, "?area=79"), "stock_waste_stores")
    assert (stores["D760"]["closed"], stores["D760"]["total_share"]) == ("60", "–"), "it gives nobody a dose"


def test_wastage_of_a_snapshot_from_before_is_not_told(make_site: Callable[..., Site]) -> None:
    old = make_site(Recipe(version=VERSION, without=("stock_waste",)))
    assert "trước khi hao phí được tách theo lý do" in text_of(page(old)["body"])
    assert read_csv(old, "waste") == []


def test_english_has_the_same_rows(site: Site) -> None:
    vi, en = page(site), page(site, "?lang=en")
    for table in ("stock_places", "stock_expiry", "stock_lots", "stock_differences", "stock_uncounted"):
        assert set(cells(vi, table)) == set(cells(en, table))
    assert "Days of stock by province" in text_of(en["body"])


def test_files_have_the_rows_of_the_tables(site: Site) -> None:
    lots = cells(page(site), "stock_lots")
    assert [int(row["expiring"]) for row in read_csv(site, "lots")] == [whole(row["expiring"]) for row in lots.values()]
    stores = cells(page(site, "?area=79"), "stock_stores")
    assert [row["store"] for row in read_csv(site, "stores", "?area=79")] == list(stores)
    assert len(read_csv(site, "uncounted")) == len(cells(page(site), "stock_uncounted"))
    assert len(read_csv(site, "differences")) == len(cells(page(site), "stock_differences"))
    expiry = {row["product"]: int(row["total"]) for row in read_csv(site, "expiry")}
    assert expiry == {key: whole(row["total"]) for key, row in cells(page(site), "stock_expiry").items()}
    usable = sum(int(row["usable"]) for row in read_csv(site, "places"))
    assert usable == whole(tiles(page(site))["usable"])
    for name, query in (("waste", ""), ("waste_reasons", ""), ("waste_places", ""), ("waste_stores", "?area=79")):
        assert len(read_csv(site, name, query)) == len(cells(page(site, query), f"stock_{name}"))
    assert [row["product"] for row in read_csv(site, "waste", "?store=D760")] == ["comirnaty"]
    in_store = read_csv(site, "store_lots", "?store=P79")
    assert {row["lot"] for row in in_store} == set(cells(page(site, "?store=P79"), "stock_store_lots"))
    assert len(read_csv(site, "lot_stores", "?lot=AS02100")) == len(
        cells(page(site, "?lot=AS02100"), "stock_lot_stores")
    )
    assert len(read_csv(site, "lot_areas", "?lot=AS02100")) == len(cells(page(site, "?lot=AS02100"), "stock_lot_areas"))


def test_a_part_of_the_country_sees_its_own_stores_and_the_nation_s_totals(site: Site) -> None:
    client = site.as_(grant(Role.VIEWER, "40"))
    base = f"/snap/{VERSION}/p-40"

    def own(query: str) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(client.get(f"{base}/stock{query}").get_data())
        return found

    assert set(cells(own(""), "stock_places")) == {"40", "nation"}
    assert tiles(own("")) == tiles(page(site))
    assert {key.split()[0] for key in cells(own(""), "stock_lots")} == {"40"}
    assert set(cells(own(""), "stock_uncounted")) == {"P40"}
    assert set(cells(own(""), "stock_waste_places")) == {"40"}
    assert cells(own(""), "stock_waste") == cells(page(site), "stock_waste")
    lot = own("?lot=AS02100")
    assert set(cells(lot, "stock_lot_areas")) == {"40", "nation"}
    assert "6 kho ngoài phạm vi" in text_of(lot["body"])
    for query in ("?area=79", "?store=P79", "?store=NATIONAL"):
        assert client.get(f"{base}/stock{query}").status_code == 403
    for name in ("places.csv?area=79", "store_lots.csv?store=D760", "stores.csv?area=79", "waste_stores.csv?area=79"):
        assert client.get(f"{base}/kho/{name}").status_code == 403


@pytest.mark.parametrize(
    ("query", "parameter"), [("?store=NOWHERE", "store"), ("?lot=NONE", "lot"), ("?area=XX", "area")]
)
def test_what_there_is_not_is_named(site: Site, query: str, parameter: str) -> None:
    answer = site.client.get(f"/snap/{VERSION}/vn/stock{query}")
    assert answer.status_code == 400
    assert answer.get_json()["parameter"] == parameter


def test_an_older_snapshot_says_that_it_has_no_ledger_of_lots(make_site: Callable[..., Site]) -> None:
    old = make_site(Recipe(version=VERSION, without=("store", "lot", "stock_use")))
    assert "không có sổ kho theo lô" in text_of(page(old)["body"])
    assert tiles(page(old)) == {}
    assert read_csv(old, "places") == []


def test_a_file_of_all_stores_asks_for_a_province(site: Site) -> None:
    answer = site.client.get(f"/snap/{VERSION}/vn/kho/stores.csv")
    assert answer.status_code == 400
    assert answer.get_json()["parameter"] == "area"


def found_stores(client: FlaskClient, scope: str, text: str) -> list[tuple[str, str, str]]:
    """Code, name and address of each."""
    groups = client.get(f"/tim/{scope}?q={text}").get_json()["groups"]
    rows = [place for group in groups if group["kind"] == "store" for place in group["places"]]
    return [(row["code"], row["name"], row["href"]) for row in rows]


def test_stores_are_found_by_name_and_code_within_the_scope(site: Site) -> None:
    own = site.as_(grant(Role.VIEWER, "40"))
    for code, area in [(row[0], row[2]) for row in STORES if row[1] != "site"]:
        [(told, _, href)] = found_stores(site.client, "vn", code)
        assert (told, href) == (code, f"/kho?store={code}")
        assert bool(found_stores(own, "p-40", code)) == (area == "40")
    names = [name for _, name, _ in found_stores(site.client, "vn", "kho nghe an")]
    assert names == ["Kho Nghệ An", "Kho Thành phố Vinh"], "the province's own, then one that lies in it"
    assert not found_stores(site.client, "vn", "S4000001"), "a site's own store is found by its site"


def test_the_page_and_the_alerts_agree_on_doses_that_will_expire(site: Site) -> None:
    """The page judges heaps of doses for its reader, alerts judge areas: of one snapshot both say the same."""
    settings = site.deps.settings
    every = settings.stock.alerts.stock_will_expire.model_copy(update={"raise_at": 1.0, "clear_at": 0.0})
    stock = settings.stock.model_copy(
        update={
            "alerts": settings.stock.alerts.model_copy(update={"stock_will_expire": every}),
            "outlook_days": 10_000,
        }
    )
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        found = stock_conditions(settings.model_copy(update={"stock": stock}), snapshots, VERSION, ())
    told: dict[tuple[str, str], int] = {}
    for item in found:
        if item.rule == "stock_will_expire":
            doses = re.search(r": ([\d,]+) doses of", item.summary_en)
            assert doses is not None
            told[item.summary_vi.split(":")[0].lower(), item.labels["product"]] = int(doses[1].replace(",", ""))
    shown: dict[tuple[str, str], int] = {}
    for row in read_csv(site, "lots"):
        if int(row["expiring"]):
            key = (row["area_name"].lower(), row["product"])
            shown[key] = shown.get(key, 0) + int(row["expiring"])
    assert len(shown) > 2
    assert told == shown
