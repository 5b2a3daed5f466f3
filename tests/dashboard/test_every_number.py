"""Every tile and every table of the pages beside a query of its own on the same snapshot (tests/dashboard/numbers).

The queries share nothing with the board: they write each number as a reader of Vietnamese sees it. A table or a number
that has no query fails the walk, so that a new one cannot be forgotten. Dates that are projected have a plain twin
(tests/reference/test_targets_twin.py), what is supposed has one, too (tests/unit/test_scenario.py); the public page and
its withheld counts: tests/dashboard/test_public.py.
"""

from __future__ import annotations

import re
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from psycopg.rows import dict_row

from campaign.access import Role
from campaign.lots import thaw_limits_in_force
from campaign.map_metrics import NEEDS, OF_STOCK, Metric
from layouts import help_layer
from layouts.words import Language, load_catalogues
from tests.dashboard.conftest import VERSION, Site, components, text_of
from tests.dashboard.test_excursion_page import Fridge
from tests.dashboard.test_plan_pages import Planned
from tests.support.people import grant
from tests.support.signed_in import forgery_header, signed_in
from warehouse import reads
from warehouse.files import snapshot_path
from warehouse.reference import load_capacity_rules, load_most_per_vial, load_thaw_limits

QUERIES = Path(__file__).parent / "numbers"
NUMBER = re.compile(r"\d\d/\d\d/\d{4}|[+−]?\d[\d.]*(?:,\d+)?%?")
# Marks of a number that stands alone.
KINDS = ("number", "reading", "fact")
# Said in words, and when a target will be met: the twins named above.
IN_WORDS = re.compile(r"/when$|/interval$|^answer/")
Shown = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a page shows: rows of each table by column, and single numbers by kind and name."""

    tables: dict[str, list[Shown]] = field(default_factory=dict[str, list[Shown]])
    numbers: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])


def numbers_in(text: str) -> str:
    """ "Còn thiếu 1.765 người" -> "1.765"; several are set apart by one space."""
    return " ".join(NUMBER.findall(text))


class Snapshot:
    """A copy of the published file, so that nothing of the board is used to read it."""

    def __init__(self, file: Path, site: Site) -> None:
        settings = site.deps.settings
        self.database = duckdb.connect(str(file), read_only=True)
        sites, clock = settings.sites, settings.clock
        with duckdb.connect(str(file), read_only=True) as asked:
            [(day,)] = asked.execute(
                "SELECT (as_of AT TIME ZONE 'Asia/Ho_Chi_Minh')::DATE FROM snapshot_info"
            ).fetchall()
        most = load_most_per_vial(settings.reference_dir)
        thaw = thaw_limits_in_force(load_thaw_limits(settings.reference_dir), today=day)
        room = load_capacity_rules(settings.reference_dir)
        packed = [item for item in room.packed if item.valid_from <= day]
        kept = {item.product: item.storage_class for item in room.kept}
        self.set(
            packed_products=[item.product for item in packed],
            packed_vials=[item.doses_per_vial for item in packed],
            packed_cm3=[item.cm3_per_dose for item in packed],
            kept_products=list(kept),
            kept_classes=list(kept.values()),
            zone=settings.campaign.timezone,
            denominator=settings.campaign.denominator,
            overdue_days=clock.overdue_days,
            unserved_days=clock.unserved_days,
            opens=min(sites.hours),
            closes=max(sites.hours) + 1,
            hours=list(sites.hours),
            silent_hours=int(sites.silent_hours),
            least_planned=sites.least_planned,
            fast_share=sites.fast_share,
            slow_share=sites.slow_share,
            live_minutes=clock.live_minutes,
            hand_minutes=clock.hand_minutes,
            file_minutes=clock.file_minutes,
            count_days=settings.stock.count_days,
            thaw_products=list(thaw),
            thaw_days=list(thaw.values()),
            most_products=list(most),
            most_doses=list(most.values()),
            coverage_low=settings.campaign.map_need.coverage[0],
            coverage_high=settings.campaign.map_need.coverage[1],
            days_short=settings.campaign.map_need.days[0],
            days_long=settings.campaign.map_need.days[1],
            area="",
            store="",
            lot="",
            decision=0,
            allocation_days=settings.stock.allocation_days,
            settled_days=settings.stock.settled_days,
            transit_days=settings.stock.transit_days,
            place="nation",
            reference=str(settings.reference_dir),
        )
        parts = ("_begin", "_devices", "_stock", "_room", "_supplies", "_waste", "_allocation", "_events", "_moves")
        for begin in parts:
            self.database.execute((QUERIES / f"{begin}.sql").read_text(encoding="utf-8"))

    def set(self, **values: object) -> None:
        for name, value in values.items():
            self.database.execute(f"SET VARIABLE {name} = $value", {"value": value})

    def rows(self, name: str) -> list[Shown]:
        found = self.database.execute((QUERIES / f"{name}.sql").read_text(encoding="utf-8"))
        columns = [column[0] for column in found.description or ()]
        return [dict(zip(columns, map(_text, row), strict=True)) for row in found.fetchall()]

    def singles(self, *names: str) -> dict[tuple[str, str], str]:
        return {(row["kind"], row["key"]): row["shown"] for name in names for row in self.rows(name)}


def _text(value: object) -> str:
    return "" if value is None else str(value)


@pytest.fixture(scope="module")
def snapshot(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    file = tmp_path_factory.mktemp("numbers") / "copy.duckdb"
    shutil.copy(snapshot_path(site.folder, VERSION), file)
    found = Snapshot(file, site)
    yield found
    found.database.close()


def sheet_of(answer: Mapping[str, Any]) -> Sheet:
    found = Sheet()
    captions = _captions()
    for part in components(answer):
        props = part["props"]
        for kind in KINDS:
            if f"data-{kind}" in props:
                found.numbers[kind, props[f"data-{kind}"]] = numbers_in(text_of(part))
        if part["type"] == "Table":
            found.tables.setdefault(_name(part, captions), []).extend(_rows(part))
    for name, told in answer.get("lists", {}).items():
        heads = [column[0] for column in told["columns"]]
        found.tables[name] = [
            {"key": row[0]} | {head: numbers_in(text) for head, text in zip(heads, row[2], strict=True)}
            for row in told["rows"]
        ]
    return found


def _captions() -> dict[str, str]:
    texts = load_catalogues()[Language.VI].texts
    return {text: key.removeprefix("caption.") for key, text in texts.items() if key.startswith("caption.")}


def _name(table: dict[str, Any], captions: Mapping[str, str]) -> str:
    props = table["props"]
    caption = next((text_of(part) for part in components(table) if part["type"] == "Caption"), "")
    return str(
        props.get("data-table") or props.get("id") or captions.get(caption) or props.get("className") or "card"
    ).removeprefix("plain-table ")


def _rows(table: dict[str, Any]) -> Iterator[Shown]:
    body = next(part for part in components(table) if part["type"] == "Tbody")
    for line in components(body):
        if line["type"] == "Tr":
            cells = [part for part in components(line) if part["type"] in ("Td", "Th")]
            yield _row(cells)


def _row(cells: Sequence[dict[str, Any]]) -> Shown:
    names = [str(cell["props"].get("data-cell", "")) for cell in cells]
    marked = [name for name in names if name]
    codes = [text_of(part) for part in components(cells[0]) if part["type"] == "Code"]
    key = marked[0].split("/")[-2] if marked else (codes[0] if codes else text_of(cells[0]).strip())
    row = {"key": key}
    for position, (name, cell) in enumerate(zip(names, cells, strict=True)):
        row[name.split("/")[-1] if name else str(position)] = numbers_in(text_of(cell))
    leagues = [part for part in components(cells[0]) if part["props"].get("className") == "league"]
    places = [part for league in leagues for part in components(league) if part["type"] == "B"]
    row["league"] = " ".join(numbers_in(text_of(place)) for place in places)
    return row


def compare(page: Sequence[Shown], expected: Sequence[Shown]) -> None:
    """Every row of the page is one of the query's and every one of the query's is on the page, column by column."""
    assert expected, "the query answers nothing: the fixture must have something to show"
    columns = [column for column in expected[0] if column != "key"]
    keyed = "key" in expected[0]
    assert page, "the page has no row"
    for column in columns:
        assert column in page[0], f"the page has no column {column}, it has {sorted(page[0])}"

    def tuples(rows: Sequence[Shown]) -> Counter[tuple[str, ...]]:
        return Counter((row["key"] if keyed else "", *(row[column] for column in columns)) for row in rows)

    on_page, queried = tuples(page), tuples(expected)
    assert sorted((on_page - queried).elements()) == sorted((queried - on_page).elements())


def singles(sheet: Sheet) -> dict[tuple[str, str], str]:
    return {name: text for name, text in sheet.numbers.items() if not IN_WORDS.search(name[1])}


def view(site: Site, path: str) -> dict[str, Any]:
    return site.json(f"/snap/{VERSION}/vn/{path}")


def test_the_first_page_s_tiles(site: Site, snapshot: Snapshot) -> None:
    answer = site.coverage()
    sheet = sheet_of({"tiles": answer["tiles"], "flow": answer["flow"]})
    big = next(part for part in components(answer["tiles"]) if part["props"].get("id") == "tile-doses")
    assert singles(sheet) | {("number", "doses"): text_of(big)} == snapshot.singles("tiles")
    assert not sheet.tables


def test_the_table_below_the_map(site: Site, snapshot: Snapshot) -> None:
    answer = site.coverage()
    shown = [_grid_row(row) for row in (*answer["table"], *answer["pinned"])]
    compare(shown, snapshot.rows("coverage"))
    assert len(shown) == 66


def _grid_row(row: Mapping[str, Any]) -> Shown:
    pairs = [f"{measure}_{group}" for measure in ("dose1", "full") for group in ("18plus", "all")]
    counts = ("doses", "doses_last_7_days", "registered", "delivered", "on_hand")
    return (
        {"key": "nation" if row["code"] == "vn" else row["code"]}
        | {pair: numbers_in(f"{row[f'{pair}_text']} {row[f'{pair}_of']}") for pair in pairs}
        | {name: numbers_in(row[f"{name}_text"]) for name in counts}
    )


def test_the_panel_of_first_questions(site: Site, snapshot: Snapshot) -> None:
    sheet = sheet_of(view(site, "first"))
    assert singles(sheet) == snapshot.singles("first")
    assert set(sheet.tables) == {"first-changes"}


@pytest.mark.parametrize("area", ["01", "40", "74"])
def test_a_province_s_card(site: Site, snapshot: Snapshot, area: str) -> None:
    card = view(site, f"area?area={area}")["card"]
    (readings,) = sheet_of({"card": card}).tables.values()
    row = next(row for row in snapshot.rows("coverage") if row["key"] == area)
    expected = [row["dose1_18plus"], row["full_18plus"], row["dose1_all"], row["full_all"]]
    assert [line[column] for line in readings for column in ("1", "2")] == expected
    counts = [numbers_in(text_of(part)) for part in components(card) if part["type"] == "Dd"]
    assert counts[: len(expected)] == [row["doses"], row["doses_last_7_days"], row["on_hand"]]


@pytest.mark.parametrize("area", ["01", "40", "74"])
def test_districts(site: Site, snapshot: Snapshot, area: str) -> None:
    snapshot.set(area=area)
    tables = sheet_of(view(site, f"place?area={area}")).tables
    assert set(tables) == {"district-table"}
    compare(tables["district-table"], snapshot.rows("district-table"))


def test_sites_of_a_district_and_one_of_them(site: Site, snapshot: Snapshot) -> None:
    tables = sheet_of(view(site, "place?area=40&district=412")).tables
    assert set(tables) == {"site-table"}
    listed = [row for row in tables["site-table"] if row["key"].isdigit()]
    snapshot.set(sites=[row["key"] for row in listed])
    compare(listed, snapshot.rows("site-table"))
    snapshot.set(area="40", district="412")
    compare([row for row in tables["site-table"] if row["key"] == "district"], snapshot.rows("district-doses"))
    snapshot.set(site="4000001")
    tables = sheet_of(view(site, "place?area=40&site=4000001")).tables
    names = ("hour-table", "day-table", "site-stock", "site-events")
    assert set(tables) == set(names)
    for name in names:
        compare(tables[name], snapshot.rows(name))


@pytest.mark.parametrize("against", ["2021-10-01", "2021-08-15"])
def test_two_days_beside_one_another(site: Site, snapshot: Snapshot, against: str) -> None:
    snapshot.set(against=date.fromisoformat(against))
    tables = sheet_of(view(site, f"compare?against={against}")).tables
    assert set(tables) == {"compare-days"}
    compare(tables["compare-days"], snapshot.rows("compare-days"))


def test_two_provinces_beside_one_another(site: Site, snapshot: Snapshot) -> None:
    tables = sheet_of(view(site, "compare?area=40&other=48")).tables
    assert set(tables) == {"compare-areas"}
    snapshot.set(area="40", other="48")
    compare(tables["compare-areas"], snapshot.rows("compare-areas"))


@pytest.mark.parametrize("measure", ["dose1", "full"])
@pytest.mark.parametrize(("target", "group"), [("adults_50_2021", "18plus"), ("all_70_2022q1", "all")])
def test_targets(site: Site, snapshot: Snapshot, target: str, group: str, measure: str) -> None:
    answer = view(site, f"targets?target={target}&metric={measure}")
    sheet = sheet_of(answer)
    assert set(sheet.tables) == {"target-table"}
    snapshot.set(target=target, measure=measure, reading_group=group)
    rows = snapshot.rows("target_table")
    compare(sheet.tables["target-table"], rows)
    nation = next(row for row in rows if row["key"] == "nation")
    stem = f"{target}/{measure}_{group}/"
    cards = {name.removeprefix(stem): text for (_, name), text in singles(sheet).items() if name.startswith(stem)}
    assert cards == {name: nation[name] for name in cards} | {"share": nation["share"].split()[0]}
    assert set(cards) == {"share", "not_yet", "gap", "pace_needed", "pace"}


def test_no_number_of_the_targets_is_left_out(site: Site, snapshot: Snapshot) -> None:
    """The other group's readings stand beside a target as shares alone."""
    own = {"adults_50_2021": "18plus", "all_70_2022q1": "all"}
    shares = {key: text for (kind, key), text in snapshot.singles("tiles").items() if kind == "reading"}
    for (_, name), text in singles(sheet_of(view(site, "targets"))).items():
        target, reading, what = name.split("/")
        measure, group = reading.split("_")
        if group != own[target]:
            assert what == "share"
        if what == "share":
            assert text == shares[f"{group}-{measure}"]


OF_ONE_PLACE = ("overdue", "funnel", "deferrals", "moves", "groups", "ages")
OF_ALL_PLACES = ("overdue_places", "waiting", "flows", "tiers", "ages_places")


@pytest.mark.parametrize("place", ["nation", "40", "74"])
def test_people(site: Site, snapshot: Snapshot, place: str) -> None:
    snapshot.set(place=place)
    sheet = sheet_of(view(site, "people" if place == "nation" else f"people?area={place}"))
    assert set(sheet.tables) == {*OF_ONE_PLACE, *OF_ALL_PLACES}
    for name in OF_ONE_PLACE:
        compare(sheet.tables[name], snapshot.rows(name))
    for name in OF_ALL_PLACES:
        compare(sheet.tables[name], snapshot.rows(name))
    facts = {name: text for name, text in singles(sheet).items() if name != ("fact", "inflow")}
    assert facts == snapshot.singles("facts")
    if place != "nation":
        flows = next(row for row in snapshot.rows("flows") if row["key"] == place)
        assert sheet.numbers["fact", "inflow"] == flows["inflow_share"]


@pytest.mark.parametrize("area", ["", "40", "79"])
def test_sites(site: Site, snapshot: Snapshot, area: str) -> None:
    snapshot.set(area=area)
    answer = view(site, f"sites?area={area}" if area else "sites")
    sheet = sheet_of(answer)
    assert set(sheet.tables) == {"silent", "pace", "ranks", "sites-hours"}
    assert singles(sheet) == snapshot.singles("site_counts")
    for table, name in (("silent", "silent"), ("pace", "pace"), ("sites-hours", "hours"), ("ranks", "ranks")):
        compare(sheet.tables[table], snapshot.rows(name))
    ranks = {row["key"]: row for row in snapshot.rows("ranks")}
    ends = [part for part in components(answer["body"]) if "data-rank" in part["props"]]
    assert len(ends) == 40
    for part in ends:
        ranked, _, code = part["props"]["data-rank"].split("/")
        row = ranks[code]
        own = [row["usage_share"], row["doses"], row["received"]]
        other = [row["coverage_share"], row["dose1_18plus"]]
        assert numbers_in(text_of(part)) == " ".join(own if ranked == "usage" else other)


@pytest.mark.parametrize("area", ["", "40", "79"])
def test_the_cold_chain(site: Site, snapshot: Snapshot, area: str) -> None:
    snapshot.set(area=area)
    sheet = sheet_of(view(site, f"coldchain?area={area}" if area else "coldchain"))
    own = ("devices", "runs", "equipment", "offenders", "uptime_places", "uptime_models")
    room = ("capacity_places", "capacity_stores")
    assert set(sheet.tables) <= {*own, *room, "device_places"}
    assert singles(sheet) == snapshot.singles("coldchain_counts", "capacity_apart")
    for name in room:
        compare(sheet.tables[name], snapshot.rows(name))
    for table, name in (("device_places", "places"), *((name, name) for name in own)):
        expected = snapshot.rows(f"coldchain_{name}")
        if expected or table in sheet.tables:
            compare(sheet.tables[table], expected)


@pytest.mark.parametrize("device", ["TB001", "TB004", "TB008", "TB009", "TB010", "TB011", "TB012", "TB013"])
def test_one_device(site: Site, snapshot: Snapshot, device: str) -> None:
    snapshot.set(device=device, area="", zone="Asia/Ho_Chi_Minh")
    sheet = sheet_of(view(site, f"coldchain?device={device}"))
    assert singles(sheet) == snapshot.singles("device_facts")
    for table, name in (("equipment_history", "history"), ("repair_jobs", "jobs"), ("device_runs", "own_runs")):
        expected = snapshot.rows(f"device_{name}")
        if expected or table in sheet.tables:
            compare(sheet.tables[table], expected)


@pytest.mark.parametrize("area", ["", "40", "79", "central"])
def test_stock(site: Site, snapshot: Snapshot, area: str) -> None:
    snapshot.set(area=area)
    sheet = sheet_of(view(site, f"stock?area={area}" if area else "stock"))
    own = ("stores", "waste_stores", "supply_stores", "vial_lots") if area else ("waste_places",)
    names = (
        *("places", "expiry", "lots", "marks", "differences", "uncounted", "waste", "waste_reasons", "events"),
        *("deliveries", "supplies", "supply_items", "vials"),
        *own,
    )
    snapshot.set(store="")
    assert {f"stock_{name}" for name in names} >= set(sheet.tables) >= {f"stock_{name}" for name in names[:3]}
    assert singles(sheet) == snapshot.singles("stock_tiles")
    for name in names:
        expected = snapshot.rows(f"stock_{name}")
        if expected or f"stock_{name}" in sheet.tables:
            compare(sheet.tables[f"stock_{name}"], expected)


@pytest.mark.parametrize("store", ["P79", "D760", "S4000001", "NATIONAL"])
def test_one_store(site: Site, snapshot: Snapshot, store: str) -> None:
    snapshot.set(store=store, area="")
    sheet = sheet_of(view(site, f"stock?store={store}"))
    supplies = ("stock_supplies", "stock_supply_items", "stock_vials", "stock_vial_lots")
    room = ("stock_room", "stock_fit")
    known = {"stock_store_lots", "stock_fridges", "stock_waste", "stock_waste_reasons", *supplies, *room}
    assert set(sheet.tables) <= known
    assert singles(sheet) == snapshot.singles("stock_store_tiles")
    compare(sheet.tables["stock_store_lots"], snapshot.rows("stock_store_lots"))
    told = snapshot.rows("stock_store_supplies")
    if told:
        compare(sheet.tables["stock_supplies"], told)
    for name in ("stock_fridges", "stock_waste", "stock_waste_reasons", *supplies[1:], *room):
        expected = snapshot.rows(name)
        if expected or name in sheet.tables:
            compare(sheet.tables[name], expected)


@pytest.mark.parametrize("lot", ["CO124001", "AS02100", "AS02099"])
def test_one_lot(site: Site, snapshot: Snapshot, lot: str) -> None:
    snapshot.set(lot=lot)
    sheet = sheet_of(view(site, f"stock?lot={lot}"))
    names = ("lot_states", "lot_expiries", "lot_areas", "lot_stores")
    assert set(sheet.tables) == {"stock_events", *(f"stock_{name}" for name in names)}
    compare(sheet.tables["stock_events"], snapshot.rows("stock_lot_events"))
    assert singles(sheet) == snapshot.singles("stock_lot_sums")
    for name in names:
        compare(sheet.tables[f"stock_{name}"], snapshot.rows(f"stock_{name}"))


def test_all_decisions_and_usage_by_round(site: Site, snapshot: Snapshot) -> None:
    sheet = sheet_of(view(site, "stock?decision=all"))
    names = ("decisions", "usage", "exceeding")
    assert set(sheet.tables) == {f"stock_{name}" for name in names}
    for name in names:
        compare(sheet.tables[f"stock_{name}"], snapshot.rows(f"stock_{name}"))


@pytest.mark.parametrize("decision", [81, 90, 92, 93])
def test_one_decision(site: Site, snapshot: Snapshot, decision: int) -> None:
    snapshot.set(decision=decision)
    sheet = sheet_of(view(site, f"stock?decision={decision}"))
    assert singles(sheet) == snapshot.singles("stock_decision_sums")
    compare(sheet.tables["stock_decision_lines"], snapshot.rows("stock_decision_lines"))


@pytest.mark.parametrize("metric", sorted(OF_STOCK))
def test_what_the_map_colours_of_stock(site: Site, snapshot: Snapshot, metric: Metric) -> None:
    answer = view(site, f"coverage?metric={metric}")
    trace = answer["map"]["data"][0]
    expected = {row["key"]: row[metric] for row in snapshot.rows("map_stock")}
    assert len(expected) == 63
    told = dict(zip(trace["locations"], trace["customdata"], strict=True))
    for code, wanted in expected.items():
        if not wanted:
            assert told[code] is None, code
        elif metric is Metric.NEED:
            assert NEEDS[told[code]] == wanted, code
        else:
            assert told[code] == pytest.approx(float(wanted)), code
    assert sum(value is not None for value in told.values()) >= 2
    assert {row["code"]: row["value"] for row in answer["table"]} == told


def test_the_data_page(site: Site, snapshot: Snapshot) -> None:
    sheet = sheet_of(view(site, "data"))
    assert singles(sheet) == snapshot.singles("merges")
    assert set(sheet.tables) == {
        *("invariants", "held_records", "rules", "declared", "clocks", "identity", "locks", "corrections"),
    }
    for name in sheet.tables:
        expected = snapshot.rows(name)
        if name == "rules":
            # The catalogue lists rules, too, that nothing breaks.
            broken = {row["key"] for row in expected}
            expected += [
                {"key": row["key"], "4": "0", "league": ""} for row in sheet.tables[name] if row["key"] not in broken
            ]
        compare(sheet.tables[name], expected)


def test_what_was_set_aside(site: Site, snapshot: Snapshot) -> None:
    answer = view(site, "data")
    shown = [
        [numbers_in(text_of(value)) for value in components(part) if value["type"] == "Dd"][:3]
        for part in components(answer["body"])
        if part["props"].get("className") == "held-group"
    ]
    told = [[row["held"], row["ever"], row["repaired"]] for row in snapshot.rows("held_groups")]
    assert sorted(shown) == sorted(told)


class Marked(HTMLParser):
    """Cells of a page without a script, by row: elements with data-cell within one with data-row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, dict[str, str]] = {}
        self._row, self._cell = "", ""
        # The element of the cell, and how many of its kind are open within it, itself too.
        self._tag, self._open = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if "data-row" in named:
            self._row = str(named["data-row"] or "")
            self.rows[self._row] = {}
        if "data-cell" in named:
            self._cell = str(named["data-cell"])
            self._tag, self._open = tag, 0
            self.rows[self._row][self._cell] = str(named.get("data-told") or "")
        if self._cell and tag == self._tag:
            self._open += 1

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[self._row][self._cell] += data

    def handle_endtag(self, tag: str) -> None:
        if self._cell and tag == self._tag:
            self._open -= 1
            if not self._open:
                self._cell = ""


def marked(html: str, *, after: str = "", before: str = "") -> list[Shown]:
    part = html.split(after, 1)[1] if after else html
    reader = Marked()
    reader.feed(part.split(before, 1)[0] if before else part)
    return [
        {"key": key} | {name: numbers_in(text) for name, text in cells.items()} for key, cells in reader.rows.items()
    ]


def asked_of_the_registry(site: Site, name: str, **asked: object) -> list[Shown]:
    """Pages that read the registry itself are held to queries of PostgreSQL."""
    query = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    with psycopg.connect(site.registry, row_factory=dict_row) as connection:
        return [{key: _text(value) for key, value in row.items()} for row in connection.execute(query, asked)]


def test_what_was_inside_and_what_was_decided(site: Site) -> None:
    fridge = Fridge(site)
    given = datetime.now(UTC) - timedelta(minutes=60)
    with psycopg.connect(site.registry) as connection:
        connection.execute(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at) VALUES (%s, %s, %s, 'administered', -7, %s, %s)",
            [uuid.uuid4().int % 10**15, fridge.store, fridge.lot, given, given],
        )
    token = fridge.token(Role.APPROVER, "79")
    inside = marked(fridge.read(token).text, after='id="ben-trong"', before='id="da-quyet"')
    compare(inside, asked_of_the_registry(site, "registry_excursion_lots", device=fridge.device))
    assert fridge.post(token, "giu").status_code == 303
    assert fridge.post(token, "huy", version="1", waste="8").status_code == 303
    decided = marked(fridge.read(token).text, after='id="da-quyet"')
    compare(decided, asked_of_the_registry(site, "registry_excursion_decisions", device=fridge.device))


def test_correction_tickets(site: Site) -> None:
    """Of three provinces and none, some overdue, one taken and one closed."""
    now = reads.info(site.deps.snapshots, VERSION).as_of
    limits = site.deps.settings.tickets.limits.by_kind
    first = uuid.uuid4().int % 10**14
    with psycopg.connect(site.registry) as connection:
        for place, kind, hours in (
            ("79", "missing", 400),
            ("79", "wrong", 2),
            ("01", "wrong", 47),
            (None, "missing", 9),
        ):
            first += 1
            connection.execute(
                "INSERT INTO registry.correction_ticket (ticket_id, number, person_id, kind, province_code, filed_at) "
                "VALUES (%s, %s, 1, %s, %s, %s)",
                [first, f"PA-{first}", kind, place, now - timedelta(hours=hours)],
            )
    try:
        token = signed_in(site.registry, [grant(Role.DATA_STEWARD)])
        visitor = site.with_token(token)
        told = {"closing": "no_proof", "reason": "không có", "to": "", "note": ""}
        for number, deed in ((first - 1, "giao"), (first - 2, "dong")):
            sent = visitor.post(f"/canh-bao/phieu/{number}/{deed}", data=told, headers=forgery_header(token))
            assert sent.status_code == 303
        page = visitor.get("/canh-bao/phieu?lang=vi").text
        asked = {f"{kind.value}": limit.total_seconds() / 3600 for kind, limit in limits.items()}
        compare(marked(page, before="</table>"), asked_of_the_registry(site, "registry_tickets", now=now, **asked))
    finally:
        with psycopg.connect(site.registry) as connection:
            connection.execute("DELETE FROM registry.correction_ticket WHERE ticket_id > %s", [first - 4])


@pytest.mark.parametrize("name", sorted(help_layer.DOOR_PAGES))
def test_pages_without_a_script_define_their_numbers(site: Site, name: str) -> None:
    fridge = Fridge(site)
    plan = Planned(site).made()
    path = {
        "excursion": f"/day-chuyen-lanh/xu-tri?device={fridge.device}",
        "plan": f"/ke-hoach/{plan}",
        "plans": "/ke-hoach",
        "reports": "/bao-cao",
        "tickets": "/canh-bao/phieu",
    }[name]
    page = site.with_token(fridge.token(Role.APPROVER)).get(path).text
    assert re.findall(r'data-entry="([a-z_]+)"', page) == list(help_layer.DOOR_PAGES[name])
