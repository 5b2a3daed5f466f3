"""The console: what an operator sees and does there, on a registry of its own; and the same from a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import orjson
import psycopg
import pytest

from campaign.access import Role
from campaign.alerts import Condition, Severity
from campaign.incident_view import Section
from campaign.incidents import Happened, IncidentRules
from cli.main import main
from cli.places import as_role
from dashboard.door.cookies import against_forgery
from dashboard.door.table import HANDLING
from layouts.format import whole
from layouts.incident_forms import Deed
from layouts.words import Language, load_catalogues
from operations.alerts import evaluate
from operations.incident_board import board
from tests.dashboard.conftest import VERSION, Site, components, site_of, text_of
from tests.support.databases import database
from tests.support.people import grant
from tests.support.signed_in import forgery_header, signed_in
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import REAL_INCIDENTS, deps_for, settings_for
from warehouse.files import snapshot_path

RULES = IncidentRules(
    group_by={"coldchain": ("area", "district")},
    escalate_after=timedelta(minutes=15),
    levels=3,
    close_after=timedelta(hours=12),
    longest_snooze=timedelta(hours=12),
)
CATALOGUES = load_catalogues()
COLD = ("low", "high", "silent", "power", "battery", "probe", "door")
RULES_NOW = ("feed_failed", "feed_held", "feed_silent", "figures_disagree", "registry_unavailable")


def look(url: str, found: list[Condition], *, minutes: int = 0) -> None:
    evaluate(
        as_role(url, "mcc_etl"),
        found,
        now=datetime.now(UTC) + timedelta(minutes=minutes),
        hold=timedelta(0),
        keep_resolved=timedelta(hours=72),
        rules=RULES,
    )


def fridge(number: int, area: str = "79", district: str = "760") -> Condition:
    return Condition(
        rule="coldchain_power",
        labels={"equipment": f"E{number}", "store": f"S{number}", "district": district, "area": area},
        severity=Severity.CRITICAL,
        summary_vi=f"Tủ {number} mất điện",
        summary_en=f"Fridge {number} has no power",
    )


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Iterator[Site]:
    with database(postgres) as url:
        settings = settings_for(tmp_path_factory.mktemp("console"), registry=url)
        write_snapshot(settings.snapshot_dir, Recipe(version=VERSION))
        (settings.state / REAL_INCIDENTS).touch()
        made = site_of(deps_for(settings))
        yield made
        made.close()


@pytest.fixture
def own(centre: Site) -> Site:
    """A site on a registry of its own, without any incident yet."""
    with psycopg.connect(centre.registry) as connection:
        connection.execute("TRUNCATE operations.incident CASCADE")
    return centre


Post = Callable[..., Any]


@pytest.fixture
def post(own: Site) -> Post:
    def send(token: str, incident: int, deed: str, **fields: str) -> Any:
        client = own.with_token(token)
        return client.post(f"/canh-bao/{incident}/{deed}", data=fields, headers=forgery_header(token))

    return send


def number_of(url: str) -> int:
    return board(url).incidents[0].incident_id


def forms_in(body: object) -> list[str]:
    return [part["props"]["action"] for part in components(body) if part["type"] == "form"]


def test_the_forms_are_those_of_whoever_may_act_there_with_their_own_token(own: Site) -> None:
    look(own.registry, [fridge(1), fridge(2, "01", "001")])
    here, there = (
        row.incident_id for row in sorted(board(own.registry).incidents, key=lambda r: r.labels["area"] != "79")
    )
    token = signed_in(own.registry, [grant(Role.OPERATOR, "79")])
    told = own.with_token(token).get("/alerts").get_json()
    assert forms_in(told["body"]) == [f"/canh-bao/{here}/{deed}?lang=vi" for deed in ("nhan", "ghi-chu")]
    tokens = [part["props"].get("value") for part in components(told["body"]) if part["props"].get("name") == "csrf"]
    assert set(tokens) == {against_forgery(token)}
    both = own.as_(grant(Role.OPERATOR)).get("/alerts")
    assert f"/canh-bao/{there}/nhan?lang=vi" in forms_in(both.get_json()["body"])
    assert against_forgery(token) not in both.get_data(as_text=True)
    assert both.headers["Cache-Control"] == "no-store"
    looks = own.as_(grant(Role.VIEWER)).get("/alerts").get_json()
    assert looks["open"] == 2
    assert not forms_in(looks["body"])
    mixed = own.as_(grant(Role.VIEWER), grant(Role.OPERATOR, "79")).get("/alerts").get_json()
    assert len(forms_in(mixed["body"])) == 2, "sees all, may act in one"


def test_a_life_on_the_page(own: Site, post: Post) -> None:
    look(own.registry, [fridge(number) for number in range(3)])
    number = number_of(own.registry)
    lan = signed_in(own.registry, [grant(Role.OPERATOR)], login="lan")
    minh = signed_in(own.registry, [grant(Role.OPERATOR)], login="minh")
    done = post(lan, number, "nhan", comment="đã gọi điện lực", seen="2")
    assert done.status_code == 303
    assert done.headers["Location"] == f"/canh-bao?done=nhan&incident={number}#incident-{number}"
    told = own.with_token(lan).get(f"/alerts?done=nhan&incident={number}").get_json()
    text = text_of(told["body"])
    for part in (
        f"Đã nhận xử lý sự cố số {number}.",
        "Mất điện thiết bị lạnh",
        "Quận 1",
        "3 nơi đang báo động",
        "đã gọi điện lực",
        "Thêm 1 nơi từ lúc nhận",
        "Gọi điện lực địa phương",
    ):
        assert part in text, part
    assert "Chưa ai nhận" not in text
    lost = post(minh, number, "nhan", comment="<b>của tôi</b>")
    assert lost.status_code == 409
    page = lost.get_data(as_text=True)
    assert "lan đã nhận xử lý sự cố này lúc" in page
    assert "&lt;b&gt;của tôi" in page, "what was written is not lost"
    assert post(minh, number, "bat-dau").status_code == 303
    assert post(lan, number, "giao", to="minh").status_code == 409
    assert post(lan, number, "tam-hoan", hours="99", comment="x").status_code == 400
    assert post(minh, number, "tam-hoan", hours="2", comment="chờ điện").status_code == 303
    shown = own.with_token(minh).get("/alerts").get_json()["body"]
    assert sections_of(shown) == ["needs_someone", "snoozed", "closed"]
    assert post(minh, number, "dong", comment="xong").status_code == 409
    look(own.registry, [])
    assert sections_of(own.with_token(minh).get("/alerts").get_json()["body"]) == ["needs_someone", "over", "closed"]
    assert post(minh, number, "dong", comment="có điện lại").status_code == 303
    [row] = board(own.registry).incidents
    assert (row.incident.state, row.incident.closed_by, row.incident.owner) == ("closed", "minh", "minh")
    assert [event.kind for event in reversed(row.events)] == [
        Happened.OPENED,
        Happened.ACKNOWLEDGED,
        Happened.STARTED,
        Happened.SNOOZED,
        Happened.OVER,
        Happened.CLOSED,
    ]


def sections_of(body: object) -> list[str]:
    found = [str(part["props"].get("id", "")) for part in components(body) if part["type"] == "Section"]
    return [name.removeprefix("alerts-") for name in found]


def test_forged_odd_and_foreign_acts_change_nothing(own: Site, post: Post) -> None:
    look(own.registry, [fridge(1)])
    number = number_of(own.registry)
    before = board(own.registry)
    lan = signed_in(own.registry, [grant(Role.OPERATOR)])
    client = own.with_token(lan)
    for headers in ({}, {"X-CSRFToken": "0" * 64}, {**forgery_header(lan), "Origin": "https://evil.example"}):
        assert client.post(f"/canh-bao/{number}/nhan", data={"comment": "x"}, headers=headers).status_code == 403
    for comment in ("", "  ", "a\x00b", "a\nb", "x" * 501):
        assert post(lan, number, "nhan", comment=comment).status_code == 400
    for fields in ({"seen": "-1"}, {"seen": "x"}):
        assert post(lan, number, "nhan", comment="x", **fields).status_code == 400
    assert post(lan, 10**30, "nhan", comment="x").status_code == 400
    assert post(lan, number, "xoa", comment="x").status_code == 404
    assert client.get(f"/canh-bao/{number}/nhan").status_code in {404, 405}
    other = signed_in(own.registry, [grant(Role.OPERATOR, "01")])
    assert post(other, number, "nhan", comment="x").status_code == 403
    assert post(signed_in(own.registry), number, "nhan", comment="x").status_code == 403
    assert board(own.registry) == before
    nonsense = client.get("/alerts?done=<b>&incident=x").get_json()
    assert "<b>" not in text_of(nonsense["body"])


def test_the_addresses_of_the_forms_are_those_of_the_table() -> None:
    assert {deed.value for deed in Deed} == set(HANDLING)


@pytest.mark.parametrize("language", list(Language))
def test_every_rule_label_section_and_event_has_its_words(language: Language) -> None:
    texts = CATALOGUES[language].texts
    rules = [*RULES_NOW, *(f"coldchain_{name}" for name in COLD)]
    wanted = [f"{family}.{rule}" for rule in rules for family in ("rule", "runbook")]
    wanted += [f"label.{name}" for name in ("equipment", "store", "district", "area", "feed", "invariant")]
    wanted += [f"alerts.{section}" for section in Section] + [f"happened.{kind}" for kind in Happened]
    wanted += [f"{family}.{deed}" for deed in Deed for family in ("incident_act", "incident_go", "incident_done")]
    assert not [key for key in wanted if key not in texts]
    steps = {rule: texts[f"runbook.{rule}"].split("\n") for rule in rules}
    assert not {rule for rule, found in steps.items() if not 2 <= len(found) <= 4 or not all(found)}


def test_the_command_lists_what_fires_and_acts(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    end = ["--state", str(tmp_path)]

    def listed(*more: str) -> list[dict[str, Any]]:
        capfdbinary.readouterr()
        assert main(["alerts", "--json", *more, *end]) == 0
        found: list[dict[str, Any]] = orjson.loads(capfdbinary.readouterr().out)
        return found

    assert listed() == []
    look(registry_url, [fridge(number) for number in range(5)])
    [told] = listed()
    assert told == {
        "id": told["id"],
        "key": "coldchain_power|area=79|district=760",
        "rule": "coldchain_power",
        "severity": "critical",
        "since": told["since"],
        "state": "new",
        "owner": "",
        "labels": {"area": "79", "district": "760"},
        "members": 5,
        "doses_at_risk": None,
    }, "without a snapshot nobody knows what is inside"
    assert datetime.fromisoformat(told["since"]).tzinfo is not None
    number = str(told["id"])
    say = ["--actor", "Lê An", "--comment", "đã gọi", *end]
    assert main(["alerts", "close", number, *say]) == 4, "it goes on"
    assert main(["alerts", "acknowledge", number, *say]) == 0
    assert main(["alerts", "acknowledge", number, *say]) == 4
    assert b"acknowledged it already" in capfdbinary.readouterr().err
    assert main(["alerts", "take", number, "--actor", "Trần Bình", *end]) == 0
    assert main(["alerts", "snooze", number, "--hours", "2", *say]) == 0
    [told] = listed()
    assert (told["state"], told["owner"]) == ("acknowledged", "Trần Bình")
    look(registry_url, [])
    assert (listed(), len(listed("--all"))) == ([], 1)
    assert main(["alerts", "close", number, *say]) == 0
    assert listed("--all") == []
    assert main(["alerts", "close", "999", *say]) == 4
    with psycopg.connect(registry_url) as connection:
        [count] = connection.execute(
            "SELECT count(*) FROM operations.action_log WHERE subject = %s", [f"incident:{number}"]
        ).fetchone() or [0]
    assert count == 4


def test_an_incident_tells_what_is_inside(
    own: Site, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """All that the stores of its devices hold, each store once, on the console and for scripts."""
    at_risk = ("D760", "D760", "P79")
    cut = [
        replace(fridge(900 + number), rule="coldchain_door", labels={**fridge(900 + number).labels, "store": store})
        for number, store in enumerate(at_risk)
    ]
    look(own.registry, cut)
    monkeypatch.setenv("MCC_REGISTRY__URL", own.registry)
    path = snapshot_path(own.folder, VERSION)
    with duckdb.connect(path, read_only=True) as connection:
        [(doses, lots)] = connection.execute(
            "SELECT sum(on_hand)::BIGINT, count(DISTINCT lot_number) FROM stock_by_lot "
            "WHERE on_hand > 0 AND store_code IN ('D760', 'P79')"
        ).fetchall()
    assert doses > 0
    shown = text_of(own.client.get("/alerts").get_json()["body"])
    capfdbinary.readouterr()
    assert main(["alerts", "--json", "--state", str(own.deps.settings.state)]) == 0
    assert [row["doses_at_risk"] for row in orjson.loads(capfdbinary.readouterr().out)] == [doses]
    assert f"2 kho liên quan đang giữ {whole(doses, Language.VI)} liều của {lots} lô" in shown


def test_places_are_told_by_their_names(own: Site) -> None:
    """Stores as the page of the cold chain calls them, each language its own; one that no snapshot has by its code."""
    stores = ("D760", "P79", "NATIONAL", "ZZZ")
    devices = [fridge(950 + number) for number in range(len(stores))]
    labels = [{**one.labels, "store": store} for one, store in zip(devices, stores, strict=True)]
    central = {"equipment": "E960", "store": "NATIONAL", "area": "central"}
    found = [replace(one, labels=label) for one, label in zip(devices, labels, strict=True)]
    look(own.registry, [*found, replace(devices[0], labels=central)])
    client = own.as_(grant(Role.OPERATOR))
    vi = text_of(client.get("/alerts").get_json()["body"])
    en = text_of(client.get("/alerts?lang=en").get_json()["body"])
    for text in ("Kho Quận 1", "Kho Hồ Chí Minh", "Kho quốc gia NATIONAL", "ZZZ", "Đơn vị trung ương"):
        assert text in vi, text
    for text in ("Store of Quận 1", "Store of Ho Chi Minh City", "National store NATIONAL", "ZZZ", "Central units"):
        assert text in en, text
    assert not [text for text in ("D760", "P79") if text in vi + en]


def test_an_incident_says_whether_anybody_has_decided_about_the_doses(own: Site) -> None:
    """TB002 is too cold, and somebody decided; TB001 is too warm, and nobody did; a door asks for no decision."""

    def about(number: int, rule: str, device: str) -> Condition:
        made = fridge(number)
        return replace(made, rule=rule, labels={**made.labels, "equipment": device})

    look(
        own.registry,
        [
            about(1, "coldchain_low", "TB002"),
            about(2, "coldchain_high", "TB001"),
            about(3, "coldchain_door", "TB001"),
        ],
    )
    body = own.client.get("/alerts").get_json()["body"]
    words = load_catalogues()[Language.VI]
    cards = {
        text_of(next(child for child in components(part) if child["type"] == "H3")): part
        for part in components(body)
        if part["type"] == "Li" and "data-incident" in part["props"]
    }
    low, high, door = (words(f"rule.coldchain_{name}") for name in ("low", "high", "door"))
    told = {name: text_of(part) for name, part in cards.items()}
    cold, hot = told[low], told[high]
    assert "Đã quyết định: tạm dừng sử dụng" in cold and "Quyết định số 11, Lê An" in cold
    assert "Chưa có quyết định" in hot
    links = [part["props"]["href"] for part in components(cards[high]) if part["type"] == "A"]
    assert any(link.startswith("/day-chuyen-lanh/xu-tri?device=TB001&at=") for link in links)
    assert "Chưa có quyết định" not in told[door] and "Đã quyết định" not in told[door]


def test_the_map_counts_all_and_the_queue_is_limited_to_one_province(own: Site, post: Post) -> None:
    feed = replace(fridge(1), rule="feed_failed", labels={"feed": "dose"})
    look(
        own.registry, [fridge(1), fridge(2, "01", "001"), replace(fridge(3, "01", "002"), severity=Severity.INFO), feed]
    )
    token = signed_in(own.registry, [grant(Role.OPERATOR)])
    client = own.with_token(token)
    every, one = (client.get(path).get_json() for path in ("/alerts", "/alerts?area=01"))
    assert (every["open"], one["open"]) == (4, 4), "a filter changes no count"
    assert every["map"]["areas"] == one["map"]["areas"]
    assert every["waiting"] == one["waiting"] and len(every["waiting"]) == 4, (
        "the bell rings for what is not shown, too"
    )
    areas = one["map"]["areas"]
    assert len(areas) == 63
    assert (areas["01"]["worst"], areas["01"]["open"], areas["79"]["open"], areas["48"]["open"]) == (
        "critical",
        2,
        1,
        0,
    )
    assert "1 nghiêm trọng, 1 để biết" in areas["01"]["text"]
    assert set(one["map"]["points"]) == {"01", "79"}
    numbers = {part["props"].get("data-incident") for part in components(one["body"])} - {None}
    assert len(numbers) == 2, "those of the province alone"
    assert "2 sự cố chưa đóng khác không hiện" in text_of(one["body"])
    links = [part["props"]["href"] for part in components(one["places"]) if part["type"] == "A"]
    assert links == ["/canh-bao", "/canh-bao?area=79"], "its own link shows all again"
    unknown = client.get("/alerts?area=99").get_json()
    assert "“99”" in text_of(unknown["body"]) and unknown["map"]["shown"] == ""
    [number, *_] = sorted(numbers)
    done = own.with_token(token).post(
        f"/canh-bao/{number}/nhan?area=01", data={"comment": "đã gọi"}, headers=forgery_header(token)
    )
    assert done.headers["Location"] == f"/canh-bao?done=nhan&incident={number}&area=01#incident-{number}"


@pytest.mark.parametrize(("critical", "folded"), [(0, 5), (22, 3), (25, 0)])
def test_of_a_long_queue_the_rest_is_folded_away_and_never_a_critical_one(
    own: Site, critical: int, folded: int
) -> None:
    """Twenty are shown; every incident is on the page, and counted."""
    found = [
        replace(
            fridge(number, "01", f"{number:03}"),
            severity=Severity.CRITICAL if number >= 25 - critical else Severity.WARNING,
        )
        for number in range(25)
    ]
    look(own.registry, found)
    told = own.as_(grant(Role.VIEWER)).get("/alerts").get_json()
    more = [part for part in components(told["body"]) if part["props"].get("className") == "more"]
    inside = [part for fold in more for part in components(fold) if part["props"].get("data-incident")]
    every = {part["props"].get("data-incident") for part in components(told["body"])} - {None}
    assert (told["open"], len(every), len(inside)) == (25, 25, folded)
    assert not [part for part in inside if "incident-critical" in part["props"]["className"]]
    assert [f"Xem thêm {folded} mục" in text_of(fold) for fold in more] == [True] * bool(folded)


def test_a_province_gets_no_count_of_another(own: Site) -> None:
    look(own.registry, [fridge(1), fridge(2, "01", "001")])
    told = own.as_(grant(Role.OPERATOR, "79")).get("/alerts?area=01").get_json()
    areas = told["map"]["areas"]
    assert (areas["01"]["worst"], areas["01"]["open"], areas["79"]["open"]) == ("outside", 0, 1)
    assert set(told["map"]["points"]) == {"79"}
    assert not [part for part in components(told["body"]) if part["props"].get("data-incident")]


def test_an_incident_of_the_nation_says_where_it_goes_on(own: Site) -> None:
    found = [
        Condition(
            rule="stock_stopped",
            labels={"area": area, "lot": "FL1"},
            severity=Severity.CRITICAL,
            summary_vi="còn liều",
            summary_en="doses left",
        )
        for area in ("79", "01", "48")
    ]
    rules = replace(RULES, group_by={"stock_stopped": ("lot",)}, national=("stock_stopped",))
    evaluate(
        as_role(own.registry, "mcc_etl"),
        found,
        now=datetime.now(UTC),
        hold=timedelta(0),
        keep_resolved=timedelta(hours=72),
        rules=rules,
    )
    nation = text_of(own.as_(grant(Role.VIEWER)).get("/alerts").get_json()["body"])
    assert "Đà Nẵng, Hà Nội, Hồ Chí Minh" in nation
    own_part = text_of(own.as_(grant(Role.VIEWER, "48")).get("/alerts").get_json()["body"])
    assert "Đà Nẵng" in own_part and "Hà Nội" not in own_part


def test_what_is_only_watched_is_folded_after_a_dozen(own: Site) -> None:
    waiting = [replace(fridge(number), hold=timedelta(minutes=9)) for number in range(1, 31)]
    look(own.registry, waiting)
    body = own.client.get("/alerts").get_json()["body"]
    [section] = [part for part in components(body) if part["props"].get("id") == "alerts-pending"]
    [fold] = [part for part in components(section) if part["type"] == "Details"]
    items = [part for part in components(section) if part["type"] == "Li"]
    folded = [part for part in components(fold) if part["type"] == "Li"]
    assert (len(items), len(folded)) == (30, 18)
    assert "Xem thêm 18 mục" in text_of(fold)
