"""The page for everyone: what it says, what it does not, and that a day's figures stand for a day."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.coverage import Measure, PopulationGroup
from dashboard.factory import create_app, live_hub
from dashboard.publications import WRITTEN, Publications, PublicRules, last_cut
from dashboard.readings import Readings
from layouts.format import whole
from layouts.public_tables import ordered
from layouts.words import Language, load_catalogues
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import deps_for, settings_for
from warehouse import reads
from warehouse.files import snapshot_path
from warehouse.snapshot import Snapshots

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RULES = PublicRules(hour=18, step=10, zone=ZONE)
NOON = datetime(2021, 11, 22, 12, tzinfo=ZONE)
WORDS = load_catalogues()
VERSION = 7


class Office:
    """An installation whose wall clock the test sets, started again as often as it likes."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.now = NOON
        self.settings = settings_for(state)
        self.apps: list[Any] = []
        self.client = self.start()

    def start(self) -> FlaskClient:
        app = create_app(replace(deps_for(self.settings), wall=lambda: self.now))
        self.apps.append(app)
        self.client = app.server.test_client()
        return self.client

    def snapshot(self, version: int, at: datetime, *extra: tuple[str, int], **recipe: Any) -> None:
        made = Recipe(version=version, published_at=at, extra=extra, **recipe)
        write_snapshot(self.settings.snapshot_dir, made)

    def json(self) -> dict[str, Any]:
        answer = self.client.get("/public.json")
        assert answer.status_code == 200
        found: dict[str, Any] = answer.get_json()
        return found

    def html(self, lang: str = "vi") -> str:
        answer = self.client.get(f"/public?lang={lang}")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def close(self) -> None:
        for app in self.apps:
            live_hub(app).close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Empty; its clock stands at noon."""
    made = Office(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def open_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """With one publication, for tests that only read."""
    made = Office(tmp_path_factory.mktemp("public"))
    made.snapshot(VERSION, NOON - timedelta(minutes=1))
    yield made
    made.close()


class Cells(HTMLParser):
    """The rows of every table, as texts, and the names of all elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.used: set[str] = set()
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.used |= {tag, *(name for name, _ in attrs)}
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self._open = True
        if tag == "small":
            self.rows[-1][-1] += "|"

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data


def cells_of(html: str) -> Cells:
    parser = Cells()
    parser.feed(html)
    return parser


def counts(value: object, path: str = "") -> Iterator[tuple[str, int]]:
    """Every whole number of an answer by its path, apart from what counts nobody: denominators and the snapshot."""
    if isinstance(value, dict):
        for name, child in value.items():
            if name not in {"population", "snapshot", "ratio", "demonstration_one_in"}:
                yield from counts(child, f"{path}/{name}")
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from counts(child, f"{path}/{place}")
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path, value


def test_no_count_is_told_but_as_a_multiple_of_ten(open_office: Office) -> None:
    found = dict(counts(open_office.json()))
    assert len(found) > 64 * 2 * 16
    assert {path: value for path, value in found.items() if value % 10} == {}
    withheld = [path for path, value in found.items() if path.endswith("at_least") and value == 0]
    assert withheld, "the sample has small cells"


def test_the_page_tells_no_other_count_either(open_office: Office) -> None:
    """Numerators, doses and ages; what follows a slash is a denominator, what ends in % a ratio."""
    number = re.compile(r"^<?([\d.]+)(?: / [\d.–]+)?$")
    seen = 0
    for row in cells_of(open_office.html()).rows:
        for cell in row[1:]:
            for part in cell.split("|"):
                match = number.match(part)
                if match is None or part.endswith("%"):
                    continue
                seen += 1
                assert int(match[1].replace(".", "")) % 10 == 0, (row[0], part)
    assert seen > 64 * 12


@pytest.mark.parametrize("language", list(Language))
def test_page_and_json_are_one_export(open_office: Office, language: Language) -> None:
    """Whatever the page says of a province the JSON says, and the other way round: two exports tell what one tells."""
    told = open_office.json()
    rows = [row for row in cells_of(open_office.html(language.value)).rows if len(row) > 10]
    by_name = {row[0]: row[1:] for row in rows}
    assert len(by_name) == 66, "63 provinces, unknown residence, the nation, and the titles"
    for area in [*told["areas"], {**told["nation"], "name": {"vi": "Cả nước", "en": "Whole country"}}]:
        if "bands" not in area:
            continue
        expected = [
            text_of(area["bands"][band][measure], language) for band in area["bands"] for measure in ("dose1", "full")
        ]
        assert by_name[area["name"][language.value]] == expected


def text_of(told: dict[str, int], language: Language) -> str:
    return whole(told["at_least"], language) if told["at_least"] else f"<{whole(told['less_than'], language)}"


def test_bounds_hold_the_snapshot_s_own_figures(open_office: Office) -> None:
    """The board counts people by another query: what the public is told holds each of its figures."""
    snapshots = Snapshots(open_office.settings.snapshot_dir)
    rows = {row.area.code: row for row in reads.area_rows(snapshots, VERSION, denominator="est_2021")}
    checked = 0
    for area in open_office.json()["areas"]:
        row = rows[area["code"]]
        assert area["doses"]["at_least"] <= (row.doses or 0) < area["doses"]["less_than"]
        for group in (PopulationGroup.ADULTS, PopulationGroup.ALL):
            for measure in (Measure.DOSE1, Measure.FULL):
                if (group, measure) in row.coverage:
                    told = area["people"][group.value][measure.value]
                    assert told["at_least"] <= row.coverage[group, measure].people < told["less_than"]
                    checked += 1
    assert checked == 64 * 4


def test_the_headline_names_numerator_denominator_and_target(open_office: Office) -> None:
    html = open_office.html()
    nation = open_office.json()["nation"]
    for group, goal in {"18plus": "Chỉ tiêu 50%, hạn 31/12/2021", "all": "Chỉ tiêu 70%, hạn 31/03/2022"}.items():
        assert goal in html
        for reading in nation["coverage"][group].values():
            assert reading["left_out"] == ["12"]
            fraction = f"{whole(reading['people'], Language.VI)} / {whole(reading['population'], Language.VI)} người"
            assert fraction in html
    for text in (
        "Mẫu số: Ước tính dân số năm 2021",
        "không tính: Lai Châu",
        "bản chụp số liệu 7",
        "14 giờ 05 ngày 22/11/2021",
    ):
        assert text in html
    assert "sau 18 giờ" in html
    # On a phone the tables are wider than their window.
    assert html.count("Kéo ngang để xem thêm cột") == html.count('class="scroll"') == 2
    assert "Public figures" in open_office.html("en")


def test_names_are_in_vietnamese_order(open_office: Office) -> None:
    publication = WRITTEN.validate_json(next((open_office.state / "public").glob("*.json")).read_bytes())
    names = [area.name_vi for area in ordered(publication, WORDS[Language.VI])]
    assert names.index("Cần Thơ") < names.index("Đà Nẵng") < names.index("Gia Lai") < names.index("Yên Bái")
    assert names[-2:] == ["Đơn vị trung ương", "Không rõ nơi cư trú"]


@pytest.mark.parametrize("address", ["/public", "/public?lang=en&theme=dark", "/public.json", "/public?lang=fr"])
def test_nobody_has_to_be_known_and_nobody_is_remembered(open_office: Office, address: str) -> None:
    answer = open_office.client.get(address)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    again = open_office.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "Set-Cookie" not in again.headers


def test_the_page_needs_no_script_and_no_other_host(open_office: Office) -> None:
    html = open_office.html()
    assert not cells_of(html).used & {"script", "style", "iframe", "onclick", "onload", "form", "img"}
    addresses = re.findall(r'(?:href|src)="([^"]+)"', html)
    assert {address.split("?")[0] for address in addresses} == {
        "/assets/favicon.svg",
        "/assets/first/public.css",
        "/du-lieu-mo",
        "/public",
        "/public.json",
    }
    style = open_office.client.get(next(a for a in addresses if "public.css" in a))
    assert style.status_code == 200
    assert "http" not in style.get_data(as_text=True)
    for font in set(re.findall(r"url\(\"\.\./([^\"]+)\"", style.get_data(as_text=True))):
        with open_office.client.get(f"/assets/{font}") as answer:
            assert answer.status_code == 200


def test_the_board_does_not_load_the_public_s_style(open_office: Office) -> None:
    assert "public.css" not in open_office.client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_sent(open_office: Office, method: str) -> None:
    answer: TestResponse = getattr(open_office.client, method)("/public.json", data=b"x" * 1000)
    assert answer.status_code == 405


def test_only_what_is_listed_is_told(open_office: Office) -> None:
    """No hash of the exact figures (a guess could be tried against it), no feed, no quarantine, no lock."""
    told = open_office.json()
    assert set(told) == {
        "day", "snapshot", "as_of", "published_at", "title", "note", "demonstration_one_in", "rounded_down_to",
        "denominator", "targets", "nation", "areas",
    }  # fmt: skip
    assert {name for area in told["areas"] for name in area} == {
        "code", "name", "doses", "population", "people", "bands",
    }  # fmt: skip
    exact = reads.info(Snapshots(open_office.settings.snapshot_dir), VERSION).content_hash
    for file in (open_office.state / "public").iterdir():
        assert exact not in file.read_text(encoding="utf-8")
    for address in ("/public", "/public.json"):
        answer = open_office.client.get(address)
        assert exact not in answer.get_data(as_text=True) + str(answer.headers)


def test_what_is_written_down_holds_no_exact_count(open_office: Office) -> None:
    written = json.loads(next((open_office.state / "public").glob("*.json")).read_bytes())
    found = dict(counts({"areas": written["areas"]}))
    assert len(found) > 64 * 12
    assert all(value % 10 == 0 for value in found.values())


def test_snapshots_of_consecutive_minutes_are_one_publication(office: Office) -> None:
    office.snapshot(1, NOON - timedelta(minutes=2))
    first = office.client.get("/public.json").data, office.html()
    for minute in range(1, 4):
        office.now = NOON + timedelta(minutes=minute)
        office.snapshot(1 + minute, office.now, ("01", 100 * minute))
        assert (office.client.get("/public.json").data, office.html()) == first
    assert office.start().get("/public.json").data == first[0], "a fresh start of the web changes nothing"


def test_after_the_hour_the_newest_snapshot_of_before_it_is_told_for_a_day(office: Office) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1))
    assert office.json()["snapshot"] == 1
    office.snapshot(2, NOON.replace(hour=17, minute=59), ("01", 100))
    office.snapshot(3, NOON.replace(hour=18, minute=1), ("01", 200))
    office.now = NOON.replace(hour=17, minute=59, second=59)
    assert office.json()["snapshot"] == 1
    office.now = NOON.replace(hour=18, minute=2)
    assert office.json()["snapshot"] == 2
    assert "bản chụp số liệu 2" in office.html()
    office.now = (NOON + timedelta(days=1)).replace(hour=17)
    assert office.json()["snapshot"] == 2
    office.now = (NOON + timedelta(days=1)).replace(hour=18)
    assert office.json()["snapshot"] == 3


def test_a_published_day_outlives_its_snapshot(office: Office) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1))
    before = office.client.get("/public.json").data
    office.snapshot(2, NOON + timedelta(minutes=1), ("01", 500))
    snapshot_path(office.settings.snapshot_dir, 1).unlink()
    assert office.start().get("/public.json").data == before


def test_without_a_newer_snapshot_the_last_publication_stands(office: Office) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1))
    before = office.client.get("/public.json").data
    office.now = NOON + timedelta(days=3)
    assert office.client.get("/public.json").data == before
    assert len(list((office.state / "public").iterdir())) == 1


def test_a_clock_set_back_brings_no_new_publication(office: Office) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1))
    before = office.client.get("/public.json").data
    office.now = NOON + timedelta(days=1)
    office.snapshot(2, NOON + timedelta(hours=1), ("01", 500))
    assert office.client.get("/public.json").data != before
    office.now = NOON
    assert office.client.get("/public.json").data == before


def test_two_workers_publish_one_thing(office: Office) -> None:
    """Each has seen another snapshot as the first; the one that writes first decides."""
    office.snapshot(1, NOON - timedelta(minutes=1))
    one, other = (publications(office) for _ in range(2))
    assert one.current().about.snapshot == 1
    office.snapshot(2, NOON - timedelta(seconds=1), ("01", 500))
    assert other.current() == one.current()


def test_of_two_that_write_at_once_the_first_stands(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1))
    slow, quick = publications(office), publications(office)
    made: Callable[..., Any] = slow._made  # pyright: ignore[reportPrivateUsage]

    def overtaken(*args: Any) -> Any:
        quick.current()
        office.snapshot(2, NOON - timedelta(seconds=1), ("01", 500))
        return made(2, *args[1:])

    monkeypatch.setattr(slow, "_made", overtaken)
    assert slow.current().about.snapshot == 1
    assert [file.suffix for file in (office.state / "public").iterdir()] == [".json"]


def publications(office: Office) -> Publications:
    folder = office.settings.snapshot_dir
    return Publications(
        Readings(Snapshots(folder)),
        snapshot_dir=folder,
        folder=office.state / "public",
        rules=RULES,
        wall=lambda: office.now,
    )


def test_a_broken_file_is_made_anew(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1))
    before = office.client.get("/public.json").data
    file = next((office.state / "public").iterdir())
    file.write_text('{"day": "2021-11-21", "areas": [{"doses": "x"}]}', encoding="utf-8")
    assert office.start().get("/public.json").data == before
    assert "cannot be read" in caplog.text
    assert WRITTEN.validate_json(file.read_bytes()).day == date(2021, 11, 21)


def test_where_nothing_can_be_written_the_page_is_there_all_the_same(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1))
    (office.state / "public").write_text("not a folder", encoding="utf-8")
    assert office.json()["snapshot"] == 1
    office.snapshot(2, NOON - timedelta(seconds=1))
    assert office.json()["snapshot"] == 1
    assert "was not written" in caplog.text


def test_before_the_first_snapshot_it_says_so(office: Office) -> None:
    page, figures = office.client.get("/public"), office.client.get("/public.json")
    assert (page.status_code, figures.status_code) == (503, 503)
    assert "Chưa có số liệu công bố" in page.get_data(as_text=True)
    assert figures.get_json() == {"error": "nothing has been published yet"}
    assert page.headers["Cache-Control"] == "no-store"
    assert not (office.state / "public").exists()
    office.snapshot(1, NOON)
    assert office.json()["snapshot"] == 1


@pytest.mark.parametrize("people", [1, 3, 9])
def test_two_days_compared_give_no_small_group_away(office: Office, people: int) -> None:
    """A few people of one province on one day: cells, margins and totals of both exports move by tens or not at all."""
    office.snapshot(1, NOON - timedelta(minutes=1))
    before = dict(counts(office.json()))
    page = office.html()
    office.snapshot(2, NOON + timedelta(hours=1), ("06", people))
    office.now = NOON + timedelta(days=1)
    after = dict(counts(office.json()))
    assert after.keys() == before.keys()
    assert {after[path] - before[path] for path in after} <= {0, 10}
    numbers = [re.findall(r"\d[\d.]*(?= / )", html) for html in (page, office.html())]
    moved = {int(b.replace(".", "")) - int(a.replace(".", "")) for a, b in zip(*numbers, strict=True)}
    assert moved <= {0, 10}


def test_ten_more_people_are_told(office: Office) -> None:
    """The guard is not deaf: what may be told is told the next day."""
    office.snapshot(1, NOON - timedelta(minutes=1))
    before = office.json()["nation"]["people"]["18plus"]["dose1"]["at_least"]
    office.snapshot(2, NOON + timedelta(hours=1), ("06", 1000))
    office.now = NOON + timedelta(days=1)
    assert abs(office.json()["nation"]["people"]["18plus"]["dose1"]["at_least"] - before - 1000) <= 3 * 9


def test_a_source_without_ages_has_one_cell_an_area(office: Office) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1), with_trust=False)
    with duckdb.connect(snapshot_path(office.settings.snapshot_dir, 1)) as database:
        database.execute("DELETE FROM people_state")
        database.execute("DELETE FROM people_by_area WHERE population_group <> 'all' OR area_code = '04'")
    told = office.json()
    areas = {area["code"]: area for area in told["areas"]}
    assert list(told["nation"]["bands"]) == ["everyone"]
    assert told["nation"]["coverage"]["18plus"] == {}
    assert areas["04"]["people"]["all"]["dose1"] is None, "no report is not nought"
    assert areas["01"]["people"]["all"]["dose1"]["at_least"] > 10_000
    html = office.html()
    assert "Theo tỉnh, thành phố" in html
    assert "theo nhóm tuổi" not in html
    assert all(value % 10 == 0 for _, value in counts(told))


def test_a_source_that_counts_no_people_shows_doses(office: Office) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1), with_people=False, with_trust=False)
    assert office.json()["nation"]["people"]["all"]["dose1"] is None
    assert office.json()["nation"]["doses"]["at_least"] > 1_000_000
    assert "Số mũi tiêm" in office.html()


def test_what_a_source_says_is_text_and_no_element(office: Office) -> None:
    office.snapshot(1, NOON - timedelta(minutes=1), note_vi='<script>alert("x")</script>')
    html = office.html()
    assert "<script" not in html
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in html


def test_every_band_is_told_whoever_is_in_it(office: Office) -> None:
    """A band that is left out where nobody is in it would say that nobody is: nought must look like nine."""
    office.snapshot(1, NOON - timedelta(minutes=1))
    with duckdb.connect(snapshot_path(office.settings.snapshot_dir, 1)) as database:
        database.execute("DELETE FROM people_state WHERE age_band = '12_17'")
        database.execute("DELETE FROM people_state WHERE area_code = '04'")
    told = office.json()
    bands = {area["code"]: list(area["bands"]) for area in told["areas"] if "bands" in area}
    assert set(map(tuple, bands.values())) == {("under_12", "12_17", "18_49", "50_64", "65plus", "unknown")}
    assert {area["bands"]["12_17"]["full"]["less_than"] for area in told["areas"] if "bands" in area} == {10}


@pytest.mark.parametrize(
    ("now", "cut"),
    [
        ("2021-11-22T17:59:59", "2021-11-21T18:00:00"),
        ("2021-11-22T18:00:00", "2021-11-22T18:00:00"),
        ("2021-11-22T00:00:00", "2021-11-21T18:00:00"),
    ],
)
def test_the_hour_is_local(now: str, cut: str) -> None:
    struck = last_cut(datetime.fromisoformat(f"{now}+07:00").astimezone(UTC), RULES)
    assert struck == datetime.fromisoformat(f"{cut}+07:00")
