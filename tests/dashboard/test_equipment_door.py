"""How a device stands, and its repair, said on /day-chuyen-lanh/nhap: who may, what is refused, and what stands there
afterwards, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from campaign.access import Role
from tests.dashboard.conftest import Site
from tests.dashboard.test_intake import PAGE, Desk, text
from tests.support.people import grant
from tests.support.signed_in import forgery_header, signed_in


class Register(Desk):
    """A fridge in province 79, and what is said of it."""

    def status(self, *provinces: str, lang: str = "vi", **sent: str) -> TestResponse:
        told = {"equipment": self.device, "status": "not_working", "why": "máy nén hỏng", **sent}
        return self.post("tinh-trang", told, *provinces, lang=lang)

    def repair(self, step: str, said: str, *provinces: str, lang: str = "vi", device: str = "") -> TestResponse:
        sent = {"equipment": device or self.device, "step": step, "said": said}
        return self.post("sua-chua", sent, *provinces, lang=lang)

    def statuses(self) -> list[tuple[str, str]]:
        query = "SELECT status, reason FROM registry.equipment_status WHERE equipment_id = %s ORDER BY since"
        return [(row["status"], row["reason"]) for row in self.run(query, self.device)]

    def jobs(self) -> list[tuple[str, Any, Any]]:
        query = "SELECT problem, assigned_to, outcome FROM registry.repair_job WHERE equipment_id = %s ORDER BY job_id"
        return [(row["problem"], row["assigned_to"], row["outcome"]) for row in self.run(query, self.device)]

    def page(self, *provinces: str, role: Role = Role.OPERATOR, lang: str = "vi") -> str:
        client = self.site.with_token(signed_in(self.site.registry, [grant(role, *provinces)]))
        return text(client.get(f"{PAGE}?equipment={self.device}&lang={lang}"))


@pytest.fixture
def fridge(site: Site) -> Register:
    return Register(site)


def test_a_status_is_said_and_stands_there_with_its_reason(fridge: Register) -> None:
    said = fridge.status("79", since="08:30 20/11/2021")
    assert said.status_code == 303, text(said)
    assert said.headers["Location"].endswith(
        f"?equipment={fridge.device}&done={fridge.device}&did=tinh-trang#tinh-trang"
    )
    assert fridge.statuses() == [("not_working", "máy nén hỏng")]
    assert [(row["outcome"], row["detail"]["status"]) for row in fridge.audit("equipment_status")] == [
        ("done", "not_working")
    ]
    page = fridge.page("79")
    assert "máy nén hỏng" in page
    assert "08:30" in page
    # Who said it is for those who may say something of the device, and of nobody else's province.
    assert "máy nén hỏng" not in fridge.page("01")


def test_a_repair_is_opened_given_and_done(fridge: Register) -> None:
    for step, said in (("open", "không lạnh"), ("assign", "xưởng A"), ("done", "thay máy nén")):
        answer = fridge.repair(step, said, "79")
        assert answer.status_code == 303, text(answer)
    assert fridge.jobs() == [("không lạnh", "xưởng A", "thay máy nén")]
    page = fridge.page("79")
    assert all(said in page for said in ("không lạnh", "xưởng A", "thay máy nén"))
    actions = ("repair_opened", "repair_assigned", "repair_done")
    assert [row["outcome"] for action in actions for row in fridge.audit(action)] == ["done"] * 3


@pytest.mark.parametrize(
    ("sent", "vi", "en"),
    [
        ({"status": "kaput"}, "kaput", "kaput"),
        ({"status": ""}, "", ""),
        ({"why": "   "}, "", ""),
        ({"since": "hôm qua"}, "hôm qua", "hôm qua"),
        ({"since": "08:30 20/11/2199"}, "", ""),
        ({"since": "08:30 01/01/1999"}, "", ""),
        ({"equipment": "KHONG-CO"}, "KHONG-CO", "KHONG-CO"),
        ({"status": "working"}, "", ""),
    ],
)
def test_what_cannot_be_is_refused_said_in_both_languages_and_the_form_keeps_what_was_typed(
    fridge: Register, sent: dict[str, str], vi: str, en: str
) -> None:
    for lang, named in (("vi", vi), ("en", en)):
        answer = fridge.status(lang=lang, **sent)
        assert answer.status_code == 400
        section = text(answer).split('id="tinh-trang"', 1)[1].split("</section>", 1)[0]
        assert "door-bad" in section
        assert named in section
        if sent.get("why", "x").strip():
            assert "máy nén hỏng" in section, "what was typed is typed once"
    assert fridge.statuses() == []


def test_of_two_who_say_the_same_the_second_is_told_and_an_earlier_time_does_not_undercut(fridge: Register) -> None:
    assert fridge.status("79", since="08:30 20/11/2021").status_code == 303
    again = fridge.status("79", why="người khác báo")
    assert again.status_code == 400
    earlier = fridge.status("79", status="working", since="08:00 20/11/2021", why="gõ nhầm giờ")
    assert earlier.status_code == 400
    assert "08:30" in text(earlier).split('id="tinh-trang"', 1)[1], "since when somebody said so already"
    assert fridge.statuses() == [("not_working", "máy nén hỏng")]


@pytest.mark.parametrize(
    ("step", "said"),
    [("assign", "xưởng A"), ("done", "xong"), ("open", "  "), ("", "không lạnh"), ("zzz", "không lạnh")],
)
def test_a_step_of_a_repair_that_cannot_be_is_refused(fridge: Register, step: str, said: str) -> None:
    for lang in ("vi", "en"):
        answer = fridge.repair(step, said, "79", lang=lang)
        assert answer.status_code == 400
        assert "door-bad" in text(answer).split('id="sua-chua"', 1)[1]
    assert fridge.jobs() == []


def test_one_repair_at_a_time(fridge: Register) -> None:
    assert fridge.repair("open", "không lạnh", "79").status_code == 303
    assert fridge.repair("open", "vẫn không lạnh", "79").status_code == 400
    assert fridge.repair("open", "x", device="KHONG-CO").status_code == 400
    assert fridge.jobs() == [("không lạnh", None, None)]


@pytest.mark.parametrize("grants", [[grant(Role.VIEWER, "79")], [grant(Role.OPERATOR, "01")], [grant(Role.PLANNER)]])
def test_only_who_may_handle_alerts_there_says_anything(fridge: Register, grants: list[Any]) -> None:
    token = signed_in(fridge.site.registry, grants)
    client = fridge.site.with_token(token)
    for deed, sent in (
        ("tinh-trang", {"equipment": fridge.device, "status": "not_working", "why": "x"}),
        ("sua-chua", {"equipment": fridge.device, "step": "open", "said": "x"}),
    ):
        answer = client.post(f"{PAGE}/{deed}?lang=vi", data=sent, headers=forgery_header(token))
        assert answer.status_code == 403
    assert (fridge.statuses(), fridge.jobs()) == ([], [])


def test_nothing_is_said_without_the_page_s_own_token(fridge: Register) -> None:
    token = signed_in(fridge.site.registry, [grant(Role.OPERATOR)])
    sent = {"equipment": fridge.device, "status": "not_working", "why": "x"}
    assert fridge.site.with_token(token).post(f"{PAGE}/tinh-trang?lang=vi", data=sent).status_code in {400, 403}
    assert fridge.statuses() == []
