"""Two countries' published records, snapshot by snapshot, against totals computed straight from the raw files."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from etl.profile_file import load_profile
from etl.replay import replay
from etl.replay_line import ReplayLine
from settings import EtlSettings
from tests.support.declared import raw_profile, warehouse_in, write_profile
from warehouse import reads
from warehouse.hashing import content_hash
from warehouse.snapshot import Snapshots
from warehouse.writer import Warehouse

pytestmark = pytest.mark.shared
PROFILES = Path(__file__).resolve().parents[2] / "data" / "profiles"
RENAMED = {"AstraZeneca": "Vaxzevria (AstraZeneca)"}


@dataclass(frozen=True, kw_only=True)
class Stand:
    """What the tables held right after one publication."""

    line: ReplayLine
    rows: dict[str, list[tuple[Any, ...]]]

    def one(self, name: str) -> tuple[Any, ...]:
        return self.rows[name][0]


QUERIES = {
    "doses_by_area": "SELECT area_code, sum(doses)::BIGINT FROM mart.doses_by_day GROUP BY 1",
    "doses_by_date": "SELECT day, sum(doses)::BIGINT AS n FROM mart.doses_by_day GROUP BY 1 ORDER BY n DESC, day",
    "dose_rows": "SELECT count(*), min(day), max(day) FROM declared.cell WHERE feed = 'doses'",
    "people": "SELECT area_code, dose1_people, full_people, boosted_people FROM mart.people_by_area",
    "registered": "SELECT area_code, people FROM mart.registration_by_area",
    "registration_rows": "SELECT count(*), max(day) FROM declared.cell WHERE feed = 'registrations'",
    "population": "SELECT area_code, population_group, people FROM mart.population",
    "decreases": """SELECT coalesce(sum(coalesce(after, 0) - before), 0)::BIGINT FROM mart.correction
                    WHERE feed = 'doses' AND kind IN ('down', 'vanished')
                      AND publication = (SELECT name FROM declared.publication ORDER BY number DESC LIMIT 1)""",
    "corrections": """SELECT count(*) FROM mart.correction
                      WHERE publication = (SELECT name FROM declared.publication ORDER BY number DESC LIMIT 1)""",
    "invariants": "SELECT name, holds, left_side, right_side FROM mart.invariant ORDER BY name",
    "figures": "SELECT name, value FROM mart.publisher_figure",
    "deliveries": """SELECT count(*), min(day), max(day), count(*) FILTER (WHERE value < 0),
                     coalesce(sum(value) FILTER (WHERE value < 0), 0)::BIGINT, count(DISTINCT area_code)
                     FROM declared.cell WHERE feed = 'deliveries'""",
    "by_product": "SELECT product, sum(delivered)::BIGINT FROM mart.stock_by_area WHERE product <> '' GROUP BY 1",
    "by_region": "SELECT area_code, sum(delivered)::BIGINT, sum(on_hand)::BIGINT FROM mart.stock_by_area GROUP BY 1",
    "as_of": "SELECT as_of, first_day, last_day, kind, content_hash FROM mart.snapshot_info",
}


def take_all(state: Path, data: Path, name: str) -> dict[str, Stand]:
    profile = load_profile(name, PROFILES)
    stands: dict[str, Stand] = {}
    with warehouse_in(state) as warehouse:
        for line in lines_of(warehouse, profile, data):
            rows = {key: warehouse.connection.execute(query).fetchall() for key, query in QUERIES.items()}
            stands[line.snapshot] = Stand(line=line, rows=rows)
    return stands


def lines_of(warehouse: Warehouse, profile: Any, data: Path) -> Any:
    return replay(
        warehouse, profile, data, clock=lambda: datetime.now(UTC), etl=EtlSettings(), timezone="Asia/Ho_Chi_Minh"
    )


def expected(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def malaysia_data(shared: Path) -> Path:
    return shared / "real" / "malaysia_citf"


@pytest.fixture(scope="session")
def italy_data(shared: Path) -> Path:
    return shared / "real" / "italy_vaccini"


@pytest.fixture(scope="session")
def malaysia(malaysia_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stand]:
    return take_all(tmp_path_factory.mktemp("malaysia"), malaysia_data, "malaysia_citf")


@pytest.fixture(scope="session")
def italy(italy_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stand]:
    return take_all(tmp_path_factory.mktemp("italy"), italy_data, "italy_vaccini")


def test_malaysia_equals_the_raw_files_to_the_unit(malaysia: dict[str, Stand], malaysia_data: Path) -> None:
    golden = expected(malaysia_data)
    population = golden.pop("population")
    assert list(malaysia) == list(golden)
    for name, want in golden.items():
        stand, line = malaysia[name], malaysia[name].line
        assert line.status == "applied", line
        assert line.doses == want["doses_total"] == want["cumul_at_last_date"]
        assert (line.dose1_people, line.full_people) == (want["dose1_people"], want["full_people"])
        assert line.registered == want["registered_total"]
        assert (line.delivered, line.areas, line.quarantined) == (None, population["states"], 0)
        assert dict(stand.rows["doses_by_area"])["MY-10"] == want["selangor_doses"]
        assert dict(stand.rows["registered"])["MY-10"] == want["registered_selangor"]
        count, _, last = stand.one("dose_rows")
        assert (count, last.isoformat()) == (want["vax_rows"], want["vax_last_date"])
        count, last = stand.one("registration_rows")
        assert (count, last.isoformat()) == (want["reg_rows"], want["reg_last_date"])


def test_malaysia_changes_are_counted_by_key(malaysia: dict[str, Stand], malaysia_data: Path) -> None:
    golden = expected(malaysia_data)
    first, *others = malaysia
    line = malaysia[first].line
    assert (line.keys_appeared, line.keys_vanished, line.cells_up, line.cells_down, line.net_change) == (
        golden[first]["vax_rows"],
        *(0, 0, 0, 0),
    )
    for name in others:
        want, line = golden[name]["vs_previous"], malaysia[name].line
        assert line.keys_appeared == want["new_cells"]
        assert line.keys_vanished == want["vanished_cells"]
        assert line.cells_up + line.cells_down == want["changed_cells"]
        assert line.net_change == want["net_change_on_seen_cells"]
        assert malaysia[name].one("decreases") == (want["decreases"],)
        assert malaysia[name].one("corrections") == (line.corrections,)


def test_malaysia_counts_where_people_were_vaccinated(malaysia: dict[str, Stand], malaysia_data: Path) -> None:
    golden = expected(malaysia_data)
    population = golden.pop("population")
    names = {area.code: area.name_en for area in load_profile("malaysia_citf", PROFILES).pack.areas}
    for name, want in golden.items():
        rows = malaysia[name].rows
        adults = {area: people for area, group, people in rows["population"] if group == "18plus"}
        everyone = [people for _, group, people in rows["population"] if group == "all"]
        assert (sum(everyone), sum(adults.values())) == (population["national_pop"], population["national_pop18"])
        over = sorted(names[area] for area, people in rows["registered"] if people > adults[area])
        assert over == want["states_registered_over_pop18"]
        over = sorted(names[area] for area, dose1, _, _ in rows["people"] if dose1 > adults[area])
        assert over == want["states_dose1_over_pop18"]


def test_malaysia_equals_its_publishers_own_totals(malaysia: dict[str, Stand], malaysia_data: Path) -> None:
    for name, want in expected(malaysia_data).items():
        if name == "population":
            continue
        invariants = {row[0]: row[1:] for row in malaysia[name].rows["invariants"]}
        assert want["cumul_not_equal_running_sum_cells"] == 0
        total, registered = want["doses_total"], want["registered_total"]
        assert invariants == {
            "doses.running_total": (True, total, total),
            "national_doses.first": (True, want["dose1_people"], want["dose1_people"]),
            "national_doses.second": (True, want["full_people"], want["full_people"]),
            "national_doses.total": (True, total, total),
            "national_registrations.total": (True, registered, registered),
        }


def test_malaysia_pending_doses_are_shown_beside_the_total(malaysia: dict[str, Stand]) -> None:
    *earlier, last = malaysia.values()
    assert all(stand.rows["figures"] == [] for stand in earlier)
    assert last.rows["figures"] == [("pending_doses", 48_646)]
    assert last.line.doses == 28_837_742


def test_malaysia_rollback_is_logged_and_the_day_comes_back(malaysia: dict[str, Stand]) -> None:
    before, after, again = (malaysia[f"2021-08-16T{clock}"] for clock in ("0159", "0206", "0232"))
    assert after.line.corrections == after.line.keys_vanished == 16
    assert "16 figures withdrawn by the publisher (2021-08-15)" in after.line.message
    assert [stand.one("as_of")[2] for stand in (before, after, again)] == [
        date(2021, 8, 15),
        date(2021, 8, 14),
        date(2021, 8, 15),
    ]
    assert (again.line.keys_appeared, again.line.doses) == (16, 27_810_855)


def test_a_folder_name_is_the_publishers_own_clock(malaysia: dict[str, Stand], italy: dict[str, Stand]) -> None:
    assert malaysia["2021-08-18T0107"].one("as_of")[0] == datetime(2021, 8, 17, 17, 7, tzinfo=UTC)
    assert italy["2021-10-20T0419Z"].one("as_of")[0] == datetime(2021, 10, 20, 4, 19, tzinfo=UTC)


def test_italy_doses_equal_the_raw_files(italy: dict[str, Stand], italy_data: Path) -> None:
    golden = expected(italy_data)
    assert list(italy) == list(golden)
    for name, stand in italy.items():
        want, line = golden[name]["doses"], stand.line
        assert (line.status, line.areas, line.quarantined) == ("applied", 21, 0)
        assert line.doses == want["doses"] == golden[name]["publisher_summary"]["dosi_somministrate"]
        assert stand.one("dose_rows") == (
            want["rows"],
            date.fromisoformat(want["min_date"]),
            date.fromisoformat(want["max_date"]),
        )
        kinds = want["by_kind"]
        infected = kinds.get("pregressa_infezione", 0)
        assert line.dose1_people == kinds["prima_dose"] + infected
        assert line.full_people == kinds["seconda_dose"] + infected
        boosted = sum(row[3] or 0 for row in stand.rows["people"])
        assert boosted == kinds.get("dose_aggiuntiva", 0)
        assert dict(stand.rows["doses_by_area"])["LOM"] == want["lombardia"]
        day, best = stand.rows["doses_by_date"][0]
        assert [day.isoformat(), best] == want["best_day"]
        days = (date.fromisoformat(want["max_date"]) - date.fromisoformat(want["min_date"])).days + 1
        assert 21 * days - want["rows"] == want["missing_region_days"]


def test_italy_dose_changes_are_counted_by_key(italy: dict[str, Stand], italy_data: Path) -> None:
    golden = expected(italy_data)
    for name in list(italy)[1:]:
        want, line = golden[name]["doses"]["vs_previous_summary"], italy[name].line
        assert (line.keys_appeared, line.keys_vanished) == (want["new_keys"], want["vanished_keys"])
        assert line.cells_up + line.cells_down == want["changed_keys"]
        assert line.net_change == want["net_on_seen"]
        assert italy[name].one("decreases") == (want["decreases"],)


def test_italy_deliveries_count_returns(italy: dict[str, Stand], italy_data: Path) -> None:
    golden = expected(italy_data)
    for name, stand in italy.items():
        want = golden[name]["deliveries"]
        assert stand.line.delivered == want["doses"] == golden[name]["publisher_summary"]["dosi_consegnate"]
        assert stand.one("deliveries") == (
            want["rows"],
            date.fromisoformat(want["min_date"]),
            date.fromisoformat(want["max_date"]),
            want["negative_rows"],
            want["negative_doses"],
            want["regions"],
        )
        regions = {area: doses for area, doses, _ in stand.rows["by_region"]}
        assert (regions["LOM"], regions["LAZ"], regions["MOL"]) == (want["lombardia"], want["lazio"], want["molise"])


def test_italy_renamed_vaccine_neither_doubles_nor_loses(italy: dict[str, Stand], italy_data: Path) -> None:
    golden = expected(italy_data)
    for name, stand in italy.items():
        want = {
            RENAMED.get(product, product): doses for product, doses in golden[name]["deliveries"]["by_vaccine"].items()
        }
        assert dict(stand.rows["by_product"]) == want
    before, *others = italy
    for name in others:
        want, found = golden[name]["deliveries"]["vs_previous"], italy[name].line.feeds["deliveries"]
        assert found.keys_appeared - found.keys_vanished == want["new_keys"] - want["vanished_keys"]
        net = golden[name]["deliveries"]["doses"] - golden[before]["deliveries"]["doses"]
        assert net == want["net_doses"]
        before = name
    # 151 keys of the old name and 151 of the new one are the same deliveries.
    assert italy["2021-04-15T1851Z"].line.feeds["deliveries"].keys_vanished == 0
    last = italy["2021-10-20T0419Z"].line.feeds["deliveries"]
    assert (last.keys_appeared, last.keys_vanished, last.cells_up + last.cells_down) == (33, 3, 317)


def test_italy_balance_by_region_equals_the_publishers(italy: dict[str, Stand], italy_data: Path) -> None:
    golden = expected(italy_data)
    for name, stand in italy.items():
        want = golden[name]["balance_delivered_minus_administered"]
        balance = {area: on_hand for area, _, on_hand in stand.rows["by_region"]}
        assert sum(balance.values()) == want["total"]
        assert {area: doses for area, doses in balance.items() if doses < 0} == want["negative_regions"]
        assert dict(sorted(balance.items(), key=lambda item: item[1])[:5]) == want["lowest5"]
        totals = golden[name]["publisher_summary"]
        delivered, given = totals["dosi_consegnate"], totals["dosi_somministrate"]
        assert stand.rows["invariants"] == [
            ("region_totals.administered", True, given, given),
            ("region_totals.delivered", True, delivered, delivered),
        ]


def test_italy_population_is_labelled_as_what_it_is(italy: dict[str, Stand], italy_data: Path) -> None:
    *earlier, last = italy.values()
    assert all(stand.rows["population"] == [] for stand in earlier)
    want = expected(italy_data)["2021-10-20T0419Z"]["platea"]
    groups = {group for _, group, _ in last.rows["population"]}
    figures = {area: people for area, _, people in last.rows["population"]}
    assert (groups, sum(figures.values()), figures["LOM"]) == ({"12plus"}, want["total"], want["lombardia"])


def test_italy_says_that_janssen_courses_are_hidden_once_there_are_any(italy: dict[str, Stand]) -> None:
    assert ["Janssen" in stand.line.message for stand in italy.values()] == [False, False, True, True]


def test_the_same_history_gives_the_same_content(
    malaysia: dict[str, Stand], malaysia_data: Path, tmp_path: Path
) -> None:
    again = take_all(tmp_path, malaysia_data / "snapshots", "malaysia_citf")
    assert [stand.one("as_of")[4] for stand in again.values()] == [stand.one("as_of")[4] for stand in malaysia.values()]
    assert len({stand.one("as_of")[4] for stand in again.values()}) == 7


def test_a_second_replay_doubles_nothing(malaysia_data: Path, tmp_path: Path) -> None:
    profile = load_profile("malaysia_citf", PROFILES)
    with warehouse_in(tmp_path) as warehouse:
        first = list(lines_of(warehouse, profile, malaysia_data))
        before = content_hash(warehouse.connection)
    with warehouse_in(tmp_path) as warehouse:
        second = list(lines_of(warehouse, profile, malaysia_data))
        assert content_hash(warehouse.connection) == before
    assert [line.status for line in second] == ["unchanged"] * 7
    assert [(line.doses, line.registered) for line in second] == [(line.doses, line.registered) for line in first]
    assert Snapshots(tmp_path / "snapshots").current() == 7


def test_pages_can_read_what_was_published(malaysia_data: Path, tmp_path: Path) -> None:
    with warehouse_in(tmp_path) as warehouse:
        list(lines_of(warehouse, load_profile("malaysia_citf", PROFILES), malaysia_data))
    snapshots = Snapshots(tmp_path / "snapshots")
    version = snapshots.current()
    headline = reads.headline(snapshots, version, denominator=reads.info(snapshots, version).denominator)
    assert (headline.doses, headline.registered, headline.pending) == (28_837_742, 22_285_967, 48_646)
    assert (headline.dose1_people, headline.full_people) == (17_437_286, 11_400_456)
    rows = reads.area_rows(snapshots, version, denominator="citf_2020")
    assert len(rows) == 16
    assert all(cell.population for row in rows for cell in row.coverage.values())
    assert {feed.state for feed in reads.feed_statuses(snapshots, version)} == {"ok"}
    assert len(reads.corrections(snapshots, version, limit=200)) == 200
    snapshots.close()


def copy_publications(source: Path, target: Path, names: list[str]) -> Path:
    for name in names:
        shutil.copytree(source / "snapshots" / name, target / "snapshots" / name)
    return target


def test_a_rename_that_the_profile_does_not_know_stops_that_feed_alone(malaysia_data: Path, tmp_path: Path) -> None:
    raw = raw_profile(PROFILES, "malaysia_citf")
    raw["feeds"]["doses"]["columns"]["total"] = "total_daily"
    profile = write_profile(tmp_path / "profile", raw=raw)
    data = copy_publications(malaysia_data, tmp_path / "data", ["2021-08-17T0046", "2021-08-18T0107"])
    with warehouse_in(tmp_path / "state") as warehouse:
        good, refused = list(lines_of(warehouse, profile, data))
        info = warehouse.connection.execute("SELECT as_of, last_day FROM mart.snapshot_info").fetchall()
        feeds = dict(warehouse.connection.execute("SELECT name, state FROM mart.feed_status").fetchall())
    assert (good.status, refused.status) == ("applied", "refused")
    for part in ("vax_state.csv line 1", "'total_daily' is missing", "unknown column", "'daily'"):
        assert part in refused.message
    # The last good doses stay, with their age; registrations of the same publication count.
    assert (refused.doses, refused.registered) == (28_312_631, 22_285_967)
    assert info == [(datetime(2021, 8, 16, 16, 46, tzinfo=UTC), date(2021, 8, 16))]
    assert (feeds["doses"], feeds["registrations"]) == ("failed", "ok")


def test_a_product_that_the_profile_does_not_know_stops_deliveries_alone(italy_data: Path, tmp_path: Path) -> None:
    raw = raw_profile(PROFILES, "italy_vaccini")
    raw["products"] = {"Pfizer/BioNTech": [], "Moderna": [], "AstraZeneca": [], "Janssen": []}
    profile = write_profile(tmp_path / "profile", raw=raw)
    with warehouse_in(tmp_path / "state") as warehouse:
        lines = list(lines_of(warehouse, profile, italy_data))
    first, second, *_ = lines
    assert (first.status, first.delivered) == ("applied", 12_283_800)
    assert (second.doses, second.delivered) == (14_159_851, 12_283_800)
    assert "fornitore is 'Vaxzevria (AstraZeneca)' (unknown_code)" in second.feeds["deliveries"].message
    assert second.feeds["deliveries"].status == "refused"


def half_of_the_keys(file: Path, column: str, *, apart: int) -> None:
    """Drop every other block of `apart` rows and give its figures to the block before it: the total stays."""
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index(column)
    kept: list[str] = []
    for index, row in enumerate(rows):
        if index // apart % 2 == 0:
            values = row.split(",")
            values[place] = str(int(values[place]) + int(rows[index + apart].split(",")[place]))
            kept.append(",".join(values))
    file.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("apart", "vanished", "reason"),
    [
        pytest.param(16, 1376, "keys gone: 1376 of 2768 (49.7%, limit 10.5%)", id="every other day"),
        pytest.param(1, 0, "areas without a report: 8 of 16 (50.0%, limit 34.0%)", id="every other state"),
    ],
)
def test_half_the_keys_gone_is_held_though_the_total_stands(
    malaysia_data: Path, tmp_path: Path, apart: int, vanished: int, reason: str
) -> None:
    names = ["2021-08-16T0232", "2021-08-17T0046", "2021-08-18T0107"]
    data = copy_publications(malaysia_data, tmp_path / "data", names)
    half_of_the_keys(data / "snapshots" / names[1] / "vax_state.csv", "total_daily", apart=apart)
    profile = load_profile("malaysia_citf", PROFILES)
    with warehouse_in(tmp_path / "state") as warehouse:
        lines = lines_of(warehouse, profile, data)
        good = next(lines)
        before = warehouse.connection.execute("FROM declared.cell ORDER BY ALL").fetchall()
        held = next(lines)
        assert warehouse.connection.execute("FROM declared.cell ORDER BY ALL").fetchall() == before
        as_of = warehouse.connection.execute("SELECT as_of FROM mart.snapshot_info").fetchall()
        after = next(lines)
    assert (held.status, held.doses, held.registered) == ("held", good.doses, good.registered)
    assert (held.keys_vanished, held.corrections, held.needs_attention) == (vanished, 0, True)
    assert reason in held.message
    assert as_of == [(datetime(2021, 8, 15, 18, 32, tzinfo=UTC),)]
    # A good publication that follows simply applies.
    assert (after.status, after.doses, after.registered) == ("applied", 28_837_742, 22_285_967)


def test_half_the_areas_gone_is_held_too(italy_data: Path, tmp_path: Path) -> None:
    names = ["2021-10-19T0420Z", "2021-10-20T0419Z"]
    data = copy_publications(italy_data, tmp_path / "data", names)
    file = data / "snapshots" / names[1] / "consegne-vaccini-latest.csv"
    rows = [row for row in file.read_text(encoding="utf-8").splitlines() if row.split(",")[0] < "MAR" or "area" in row]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with warehouse_in(tmp_path / "state") as warehouse:
        _, held = list(lines_of(warehouse, load_profile("italy_vaccini", PROFILES), data))
    assert (held.status, held.delivered, held.doses) == ("held", 99_708_151, 87_770_783)
    assert "deliveries: held, not applied: areas without a report: 12 of 21" in held.message
    assert held.feeds["doses"].message == "held together with deliveries"
