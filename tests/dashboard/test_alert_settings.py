"""The pages of alert settings and of shift handover: what is seen, by whom, what is done and what is refused there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from campaign.access import Role
from campaign.alerts import Condition, Severity
from campaign.incidents import Closing, IncidentRules
from campaign.notices import NoticeKind, NoticeRules
from campaign.rule_facts import FACTS
from cli.places import as_role
from dashboard.door.alert_settings import FAMILIES
from layouts.words import Language, load_catalogues
from operations.alerts import evaluate
from operations.incident_board import board
from operations.notice_planning import Planning
from operations.thresholds import in_force
from settings.tunable import TUNABLE
from tests.dashboard.conftest import VERSION, Site, site_of, text_of
from tests.support.databases import database
from tests.support.people import grant
from tests.support.signed_in import forgery_header, signed_in
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import REAL_INCIDENTS, deps_for, settings_for

RULES = IncidentRules(
    group_by={},
    escalate_after=timedelta(minutes=15),
    levels=3,
    close_after=timedelta(hours=12),
    longest_snooze=timedelta(hours=12),
)
PLANNING = Planning(
    rules=NoticeRules(
        kinds=frozenset(NoticeKind), severities=frozenset(Severity), over_after=timedelta(0), channels=("email",)
    ),
    zone=ZoneInfo("Asia/Ho_Chi_Minh"),
)
CATALOGUES = load_catalogues()
LOCAL_NOW = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
MONTH = LOCAL_NOW + timedelta(days=30)
DUTY = {
    "post": "Trực kho lạnh",
    "area": "79",
    "rules": "coldchain",
    "level": "1",
    "phone": "028 3930 9999",
    "email": "truc@example.vn",
    "until": f"{MONTH:%d/%m/%Y} 06:00",
    "reason": "ca đêm",
}
LATER = f"{LOCAL_NOW + timedelta(hours=5):%d/%m/%Y %H:%M}"
TABLES = ("incident", "duty", "planned_work", "threshold", "rule_expression", "handover")


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Iterator[Site]:
    with database(postgres) as url:
        settings = settings_for(tmp_path_factory.mktemp("settings"), registry=url)
        write_snapshot(settings.snapshot_dir, Recipe(version=VERSION))
        (settings.state / REAL_INCIDENTS).touch()
        made = site_of(deps_for(settings))
        yield made
        made.close()


@pytest.fixture
def own(centre: Site) -> Site:
    with psycopg.connect(centre.registry) as connection:
        for table in TABLES:
            connection.execute(f"TRUNCATE operations.{table} CASCADE")  # pyright: ignore[reportArgumentType, reportCallIssue]
    return centre


def post(site: Site, path: str, role: Role, *provinces: str, login: str = "", **fields: str) -> Any:
    token = signed_in(site.registry, [grant(role, *provinces)], login=login)
    return site.with_token(token).post(path, data=fields, headers=forgery_header(token))


def page(site: Site, path: str = "/cai-dat", role: Role = Role.OPERATOR, *provinces: str, lang: str = "vi") -> str:
    answer = site.as_(grant(role, *provinces)).get(f"{path}?lang={lang}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def said(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main")[1]))


def fires(site: Site, *areas: str, minutes: int = 0) -> None:
    found = [
        Condition(
            rule="coldchain_power",
            labels={"equipment": f"E{area}", "area": area},
            severity=Severity.CRITICAL,
            summary_vi="Tủ mất điện",
            summary_en="Fridge without power",
        )
        for area in areas
    ]
    evaluate(
        as_role(site.registry, "mcc_etl"),
        found,
        now=datetime.now(UTC) + timedelta(minutes=minutes),
        hold=timedelta(0),
        keep_resolved=timedelta(hours=72),
        rules=RULES,
        planning=PLANNING,
    )


def test_a_duty_is_set_shown_on_the_card_and_in_the_history_and_ended(own: Site) -> None:
    done = post(own, "/cai-dat/truc", Role.OPERATOR, "79", login="lan-1", **DUTY)
    assert (done.status_code, done.headers["Location"]) == (303, "/cai-dat?done=truc#truc")
    fires(own, "79", "01")
    card = text_of(own.as_(grant(Role.VIEWER)).get("/alerts").get_json()["body"])
    assert "Đầu mối trực, cấp 1: Trực kho lạnh 028 3930 9999 truc@example.vn" in re.sub(r"\s+", " ", card)
    assert card.count("Chưa có đầu mối trực cho sự cố này.") == 1, "of the other province"
    text = said(page(own))
    for part in (
        "Trực kho lạnh",
        "Đang trực",
        "Hồ Chí Minh",
        "Dây chuyền lạnh",
        f"đến 06:00 {MONTH:%d/%m/%Y}",
        "lan-1",
    ):
        assert part in text, part
    number = board(own.registry).duties[0].duty_id
    other = post(own, "/cai-dat/het-truc", Role.OPERATOR, "01", number=str(number), reason="x")
    assert other.status_code == 403
    assert post(own, "/cai-dat/het-truc", Role.OPERATOR, "79", number=str(number), reason="đổi ca").status_code == 303
    text = said(page(own))
    assert "Chưa có đầu mối trực nào" in text
    assert "đổi ca" in text


@pytest.mark.parametrize(
    ("deed", "role", "fields", "told"),
    [
        ("truc", Role.OPERATOR, {**DUTY, "email": "a b"}, "“a b” không phải địa chỉ thư điện tử"),
        ("truc", Role.OPERATOR, {**DUTY, "until": "mai"}, "“mai” không phải thời điểm"),
        ("truc", Role.OPERATOR, {**DUTY, "until": "01/01/2020"}, "Lúc kết thúc phải sau"),
        (
            "truc",
            Role.OPERATOR,
            {**DUTY, "hours": "25-1"},
            "hai giờ khác",
        ),
        ("truc", Role.OPERATOR, {**DUTY, "reason": ""}, "Chưa điền mục “Lý do”"),
        ("ke-hoach", Role.OPERATOR, {"until": "31/12/2099", "reason": "x"}, "Dài nhất 72 giờ"),
        ("nguong", Role.DATA_STEWARD, {"name": "alerts.escalate_minutes", "value": "x", "reason": "y"}, "đơn vị phút"),
        ("nguong", Role.DATA_STEWARD, {"name": "alerts.escalate_minutes", "value": "0", "reason": "y"}, "một số ≥ 1"),
        (
            "nguong",
            Role.DATA_STEWARD,
            {"name": "alerts.escalate_minutes", "value": "", "reason": "y"},
            "không phải là số",
        ),
        ("nguong", Role.DATA_STEWARD, {"name": "x", "value": "1", "reason": "y"}, "Không có ngưỡng “x”"),
        (
            "quy-tac",
            Role.DATA_STEWARD,
            {"name": "stock_low", "raise_when": "days_of_stok < 7", "reason": "y"},
            "Điều kiện báo động, ký tự 1: quy tắc này không có dữ kiện “days_of_stok”. Hãy dùng: days_of_stock.",
        ),
        (
            "quy-tac",
            Role.DATA_STEWARD,
            {"name": "stock_low", "raise_when": "days_of_stock / daily_use < 7", "reason": "y"},
            "“daily_use” có thể bằng 0, không chia được",
        ),
        (
            "quy-tac",
            Role.DATA_STEWARD,
            {"name": "x", "raise_when": "a < 1", "reason": "y"},
            "Mục “Quy tắc”: không có “x”",
        ),
        ("gui-lai", Role.OPERATOR, {"number": "999", "reason": "y"}, "Không có thông báo số 999"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(
    own: Site, deed: str, role: Role, fields: dict[str, str], told: str
) -> None:
    answer = post(own, f"/cai-dat/{deed}", role, **fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert told in said(text)
    kept = {"truc": 'value="Trực kho lạnh"', "quy-tac": f'value="{fields.get("raise_when", "")}"'.replace("<", "&lt;")}
    if fields.get("name") != "x":
        assert kept.get(deed, "") in text
    assert (board(own.registry).duties, in_force(own.registry)) == ((), {})


def test_a_threshold_is_changed_back_and_kept_in_the_history(own: Site) -> None:
    name = "coldchain.power_minutes"
    done = post(own, "/cai-dat/nguong", Role.DATA_STEWARD, login="quan-1", name=name, value="45", reason="lưới yếu")
    assert done.status_code == 303
    assert in_force(own.registry) == {name: 45}
    text = said(page(own, role=Role.DATA_STEWARD))
    assert "quan-1 : Mất điện bao lâu thì báo động, 15 phút → 45 phút. lưới yếu" in text
    back = post(own, "/cai-dat/nguong", Role.DATA_STEWARD, name=name, value="", default="on", reason="đã sửa lưới")
    assert back.status_code == 303
    assert in_force(own.registry) == {}
    assert "45 phút → theo tệp cấu hình" in said(page(own, role=Role.DATA_STEWARD))


def test_what_a_rule_goes_by_is_changed_back_and_kept_in_the_history(own: Site) -> None:
    asked = {
        "name": "stock_low",
        "raise_when": "days_of_stock < 5 and doses_on_hand > 0",
        "clear_when": "days_of_stock > 8",
    }
    done = post(own, "/cai-dat/quy-tac", Role.DATA_STEWARD, login="quan-2", reason="sát Tết", **asked)
    assert (done.status_code, done.headers["Location"]) == (303, "/cai-dat?done=quy-tac#quy-tac")
    text = said(page(own, role=Role.DATA_STEWARD))
    assert "Báo động khi: days_of_stock &lt; 5 and doses_on_hand &gt; 0 Hết báo động khi: days_of_stock &gt; 8" in text
    assert "quan-2 : Sắp hết vắc xin, theo con số → days_of_stock &lt; 5 and doses_on_hand &gt; 0" in text
    assert "days_of_stock số ngày tồn kho đáp ứng" in text
    english = said(page(own, role=Role.DATA_STEWARD, lang="en"))
    assert "Raised when: days_of_stock &lt; 5 and doses_on_hand &gt; 0" in english
    back = post(own, "/cai-dat/quy-tac", Role.DATA_STEWARD, name="stock_low", default="on", reason="đã qua")
    assert back.status_code == 303
    assert "Sắp hết vắc xin stock_low dưới 7 ngày tồn kho; hết khi từ 9 ngày tồn kho trở lên" in said(
        page(own, role=Role.DATA_STEWARD)
    )


def test_forms_are_those_of_whoever_may(own: Site) -> None:
    post(own, "/cai-dat/truc", Role.OPERATOR, **DUTY)

    def forms(role: Role, *provinces: str) -> set[str]:
        return set(re.findall(r'action="/cai-dat/([a-z-]+)', page(own, "/cai-dat", role, *provinces)))

    assert forms(Role.VIEWER) == set()
    assert forms(Role.OPERATOR) == {"truc", "het-truc", "ke-hoach"}
    assert forms(Role.OPERATOR, "01") == {"truc", "ke-hoach"}
    assert forms(Role.DATA_STEWARD) == {"nguong", "quy-tac"}
    text = page(own, "/cai-dat", Role.OPERATOR, "01")
    chosen = re.search(r'id="truc-area".*?</select>', text, re.DOTALL)
    assert chosen is not None
    assert re.findall(r'option value="([^"]*)"', chosen[0]) == ["01"]


def test_a_drill_marks_what_lies_in_it_and_hides_nothing(own: Site) -> None:
    fields = {"kind": "drill", "area": "79", "rules": "", "until": LATER, "reason": "thử máy phát"}
    assert post(own, "/cai-dat/ke-hoach", Role.OPERATOR, **fields).status_code == 303
    fires(own, "79")
    for language, told in (("vi", "Diễn tập: thử máy phát"), ("en", "Drill: thử máy phát")):
        answer = own.as_(grant(Role.VIEWER)).get(f"/alerts?lang={language}").get_json()
        assert (answer["open"], told in text_of(answer["body"])) == (1, True)


def test_notices_and_times_of_response_are_those_of_the_reader_s_area(own: Site) -> None:
    post(own, "/cai-dat/truc", Role.OPERATOR, **DUTY)
    fires(own, "79", "01")
    number = next(row.incident_id for row in board(own.registry).incidents if row.labels["area"] == "79")
    post(own, f"/canh-bao/{number}/nhan", Role.OPERATOR, comment="đi ngay")
    fires(own, minutes=1)
    closing = {"comment": "cảm biến sai", "closing": Closing.FALSE_ALARM.value}
    assert post(own, f"/canh-bao/{number}/dong", Role.OPERATOR, **closing).status_code == 303
    text = said(page(own))
    for part in ("Trực kho lạnh · truc@example.vn", "Đang chờ gửi", "Không có ai trực", "Báo giả quá nhiều"):
        assert part in text, part
    here = said(page(own, "/cai-dat", Role.OPERATOR, "01"))
    assert "Không có ai trực" in here
    assert "truc@example.vn" in here, "who is on duty is no secret"
    assert "Trực kho lạnh · truc@example.vn" not in here, "what was told in another province is not shown"
    assert "Báo giả quá nhiều" not in here
    file = own.as_(grant(Role.VIEWER)).get("/cai-dat/dap-ung.csv")
    assert file.headers["Content-Disposition"] == 'attachment; filename="responses.csv"'
    rows = list(csv.DictReader(io.StringIO(file.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["rule"], row["incidents"], row["judged"], row["false_alarms"], row["flagged"]) for row in rows] == [
        ("coldchain_power", "2", "1", "1", "1")
    ] * 2
    with psycopg.connect(own.registry) as connection:
        told = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE closing = 'false_alarm'), "
            "count(acknowledged_at) FROM operations.incident"
        ).fetchone()
    assert told == (2, 1, int(rows[0]["acknowledged"]))


def test_a_shift_is_handed_over_and_taken_by_another(own: Site) -> None:
    fires(own, "79")
    watch = "Tủ TB1 ở Quận 1.\nGọi lại lúc 6 giờ."
    given = post(own, "/ban-giao/giao", Role.OPERATOR, login="dem-1", area="", watch=watch)
    assert given.headers["Location"] == "/ban-giao?done=giao"
    text = page(own, "/ban-giao")
    assert "Tủ TB1 ở Quận 1.\nGọi lại lúc 6 giờ." in text
    assert "Mất điện thiết bị lạnh" in said(text)
    [number] = re.findall(r'name="number" value="(\d+)"', text)
    viewer = page(own, "/ban-giao", Role.VIEWER)
    assert "<form" not in viewer.split("<main")[1]
    mine = own.with_token(signed_in(own.registry, [grant(Role.OPERATOR)], login="dem-2"))
    assert mine.get("/ban-giao").status_code == 200
    taken = post(own, "/ban-giao/nhan", Role.OPERATOR, login="ngay-1", number=number)
    assert taken.status_code == 303
    after = said(page(own, "/ban-giao"))
    assert "dem-1" in after
    assert "ngay-1" in after
    assert post(own, "/ban-giao/nhan", Role.OPERATOR, number=number).status_code == 400
    empty = post(own, "/ban-giao/giao", Role.OPERATOR, area="", watch=" ")
    assert empty.status_code == 400
    assert "Việc cần theo dõi" in said(empty.get_data(as_text=True))


@pytest.mark.parametrize("language", list(Language))
def test_every_threshold_and_family_has_words(own: Site, language: Language) -> None:
    texts = CATALOGUES[language].texts
    assert not [name for name in TUNABLE if f"threshold.{name}" not in texts]
    assert not [item.unit for item in TUNABLE.values() if f"threshold_unit.{item.unit}" not in texts]
    assert not [fact for facts in FACTS.values() for fact in facts if f"fact.{fact}" not in texts]
    named = {key.split(".", 1)[1] for key in texts if key.startswith(("rule.", "rule_family."))}
    assert not [name for name in FAMILIES if name not in named]
    assert not [rule for item in TUNABLE.values() for rule in item.rules if rule not in named]
    assert "{" not in said(page(own, lang=language.value))


def test_while_the_registry_is_away_it_is_said(own: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = own.deps.settings
    down = settings.state / "registry-down"
    down.touch()
    try:
        for path in ("/cai-dat", "/ban-giao", "/cai-dat/dap-ung.csv"):
            assert own.as_(grant(Role.OPERATOR)).get(path).status_code == 503
    finally:
        down.unlink()
