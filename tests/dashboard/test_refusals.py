"""Why a decision was refused is said in both languages: every reason that the code can give has its sentence."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaign.access import Permission, Role
from dashboard.door.refusals import reason_why_not
from layouts.words import Language, load_catalogues
from operations import acts
from operations.action_log import ActRefused
from tests.dashboard.conftest import Site
from tests.dashboard.test_decide import REPAIR, own, post

__all__ = ["own"]
ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = load_catalogues()
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Whatever /quyet-dinh may come to; accounts and screens are for the commands, whose language is English.
RAISING = (
    "operations/action_log.py",
    "operations/acts.py",
    "operations/decisions.py",
    "operations/excursion_decisions.py",
    "operations/excursions.py",
    "operations/equipment.py",
    "operations/fields.py",
    "operations/ems_clock.py",
    "operations/handover.py",
    "operations/hand_readings.py",
    "operations/incidents.py",
    "operations/instants.py",
    "operations/locks.py",
    "operations/notice_log.py",
    "operations/oncall.py",
    "operations/lots.py",
    "operations/plan_acting.py",
    "operations/plan_acts.py",
    "operations/plan_acts_moves.py",
    "operations/plan_checks.py",
    "operations/plan_file.py",
    "operations/plan_orders.py",
    "operations/plan_scenarios.py",
    "operations/plan_records.py",
    "operations/plan_requests.py",
    "operations/report_acts.py",
    "operations/report_mailing.py",
    "operations/rule_expressions.py",
    "operations/scenario_withdrawal.py",
    "operations/scenarios.py",
    "operations/statements.py",
    "operations/targets.py",
    "operations/thresholds.py",
    "operations/tickets.py",
    "operations/transfers.py",
    "operations/vial_readings.py",
    "dashboard/door/deed_acts.py",
    "dashboard/door/deed_desk.py",
    "dashboard/door/deeds.py",
    "dashboard/door/excursion.py",
    "dashboard/door/equipment.py",
    "dashboard/door/intake.py",
    "dashboard/door/plan_asking.py",
    "dashboard/door/plan_pages.py",
    "dashboard/door/plan_scenarios.py",
    "dashboard/door/plans.py",
    "dashboard/ordered.py",
    "dashboard/door/report_asked.py",
    "dashboard/door/report_pages.py",
    "dashboard/door/scenario_deeds.py",
    "dashboard/door/transfer.py",
    "dashboard/door/typed.py",
    "dashboard/door/vials.py",
)
AIM = {"target": "adults_50_2021", "percent": "80", "reason": "công văn"}
SAID = {
    "day": date(2021, 11, 20),
    "at": datetime(2021, 11, 20, 9, tzinfo=UTC),
    "as_of": datetime(2021, 11, 20, 9, tzinfo=UTC),
}


def reasons() -> list[tuple[str, frozenset[str]]]:
    """Word and names of values of every refusal that is raised there; '' where one has no word."""
    found: list[tuple[str, frozenset[str]]] = []
    for name in RAISING:
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"ActRefused", "NotAllowed"}:
                place = 2 if getattr(node.func, "id", "") == "NotAllowed" else 1
                word = node.args[place] if len(node.args) > place else None
                named = {item.arg for item in node.keywords if item.arg} | (
                    {"day", "snapshot", "as_of"} if any(item.arg is None for item in node.keywords) else set()
                )
                found.append((str(word.value) if isinstance(word, ast.Constant) else "", frozenset(named)))
    return found


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    told = reasons()
    assert len(told) > 20
    for word, values in told:
        assert word, f"a refusal with {set(values)} has no word for the page"
        refused = ActRefused("in English", word, **{name: SAID.get(name, "x1") for name in values})
        sentences = {language: reason_why_not(refused, CATALOGUES[language], ZONE) for language in Language}
        assert len(set(sentences.values())) == 2
        assert "{" not in "".join(sentences.values())
    known = {key.removeprefix("refusal.") for key in CATALOGUES[Language.VI].texts if key.startswith("refusal.")}
    assert known == {word for word, _ in told}, "no sentence is there for nobody"


@pytest.mark.parametrize("language", list(Language))
def test_every_permission_and_every_thing_asked_for_has_a_name(language: Language) -> None:
    texts = CATALOGUES[language].texts
    assert not [item for item in Permission if f"permission.{item.value}" not in texts]
    asked = set(re.findall(r'said\("([a-z ]+)"', "".join((ROOT / name).read_text("utf-8") for name in RAISING)))
    assert asked
    assert not [what for what in {*asked, "feed", "field"} if f"refusal_what.{what}" not in texts]


FAULTS: list[tuple[str, Role, dict[str, Any], str]] = [
    ("sua", Role.DATA_STEWARD, {**REPAIR, "reason": " "}, "Chưa điền mục “Lý do”"),
    ("sua", Role.DATA_STEWARD, {**REPAIR, "value": "9" * 600}, "600 ký tự; tối đa 500"),
    ("sua", Role.DATA_STEWARD, {**REPAIR, "key": "a\x00b"}, "không có ký tự điều khiển"),
    ("sua", Role.DATA_STEWARD, {**REPAIR, "field": "age_yeers"}, "Có phải “age_years” không?"),
    ("sua", Role.DATA_STEWARD, {**REPAIR, "field": "qqqq"}, "Các tên đã biết: "),
    ("sua", Role.DATA_STEWARD, {**REPAIR, "field": "dose_id"}, "là khóa của bản ghi (Mũi tiêm)"),
    ("sua", Role.DATA_STEWARD, {**REPAIR, "value": "nhiều"}, "cần một số nguyên"),
    ("sua", Role.DATA_STEWARD, {**REPAIR, "field": "recorded_at", "value": "hôm qua"}, "không phải là thời điểm"),
    ("sua", Role.DATA_STEWARD, {**REPAIR, "field": "recorded_at", "value": "2021-11-20T10:00"}, "thiếu múi giờ"),
    ("cho-qua", Role.DATA_STEWARD, {"feed": "không-có", "reason": "x"}, "không có “không-có”"),
    ("chot", Role.REPORTER, {"day": "2021-11-22"}, "chốt lúc 16:00"),
    ("chot", Role.REPORTER, {"day": "2021-11-22", "early": "on"}, "phải nêu lý do"),
    ("chot", Role.REPORTER, {"day": "2031-01-01"}, "chưa bắt đầu"),
    ("chot", Role.REPORTER, {"day": "2021-09-01"}, "không còn giữ bản chụp nào"),
    ("chot", Role.REPORTER, {"day": "hôm nay"}, "“hôm nay” không phải là ngày"),
    ("chi-tieu", Role.DATA_STEWARD, {**AIM, "percent": "nhiều"}, "“nhiều” không phải là tỷ lệ phần trăm"),
    ("chi-tieu", Role.DATA_STEWARD, {**AIM, "percent": "700"}, "700% không phải là tỷ lệ"),
    ("chi-tieu", Role.DATA_STEWARD, {**AIM, "since": "2021-01-01"}, "01/01/2021 đã qua"),
    ("chi-tieu", Role.DATA_STEWARD, {**AIM, "due": "2021-11-23", "since": "2021-12-01"}, "trước ngày bắt đầu áp dụng"),
    ("chi-tieu", Role.DATA_STEWARD, {**AIM, "target": "x"}, "Mục “Chỉ tiêu”: không có “x”"),
    ("mau-so", Role.DATA_STEWARD, {"version": "x", "reason": "x"}, "Mục “Mẫu số”: không có “x”"),
]


def test_the_page_says_why_in_the_reader_s_language(own: Site) -> None:
    for deed, role, fields, told in FAULTS:
        answer = post(own, deed, role, **fields)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 400, (fields, text[:200])
        assert told in text, (told, re.findall(r'role="alert".*?</p>', text, re.DOTALL))
        assert 'lang="en">' not in text.split("<main")[1]
    assert post(own, "sua", Role.DATA_STEWARD, **REPAIR).status_code == 303
    again = post(own, "sua", Role.DATA_STEWARD, **REPAIR)
    assert "đang chờ lần làm mới kế tiếp" in again.get_data(as_text=True)
    assert len(acts.open_repairs(own.registry)) == 1


def test_everything_that_the_audit_calls_by_name_has_words() -> None:
    """A name without words would stand on the Vietnamese page as the code writes it."""
    actions: set[str] = set()
    details: set[str] = set()
    files = [file for part in ("operations", "cli", "dashboard") for file in (ROOT / part).rglob("*.py")]
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") != "add_argument":
            name = getattr(node.func, "id", "")
            place = {"append": 2, "write_log": 3, "_note": 1, "_changing": 3}.get(name)
            written = [node.args[place]] if place is not None and len(node.args) > place else []
            written += [item.value for item in node.keywords if item.arg == "action"]
            actions |= {str(item.value) for item in written if isinstance(item, ast.Constant)}
            details |= {key for item in node.keywords if item.arg == "detail" for key in keys_of(item.value)}
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "detail":
            details |= set(keys_of(node.value))
    assert {"repair", "role_withdrawn", "registry_restored"} <= actions
    assert {"repair_id", "rows", "needs"} <= details
    texts = CATALOGUES[Language.VI].texts
    assert not {name for name in actions if f"deed.{name}" not in texts}
    assert not {name for name in details if f"audit_detail.{name}" not in texts}


def keys_of(value: ast.AST) -> list[str]:
    found = value.keys if isinstance(value, ast.Dict) else []
    return [str(key.value) for key in found if isinstance(key, ast.Constant)]
