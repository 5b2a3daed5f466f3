"""Notices with a real registry, mail server and web server: told once, kept until they arrive, nobody held up by a
server that is away, and at most one repeat after a death, under the same key."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.rows import dict_row

from campaign.access import Role
from campaign.alerts import Condition, Severity
from campaign.incidents import IncidentRules
from campaign.notices import NoticeKind, NoticeRules
from campaign.oncall import PlannedKind
from cli.notice_wiring import writer
from cli.places import as_role
from operations import incidents, oncall
from operations.action_log import ActRefused, NotAllowed
from operations.alerts import evaluate
from operations.channels import Channel, Email, Message, Undelivered, Webhook, signature
from operations.decisions import Actor
from operations.incident_board import board
from operations.notice_log import notices, retry
from operations.notice_planning import Planning
from operations.notice_sending import Facts, SendRules, Written, send_next
from operations.service_channel import Service
from settings import load
from tests.support.hook import Hook, hook_server
from tests.support.mailbox import Mailbox, mail_server
from tests.support.people import add_account, grant

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = IncidentRules(
    group_by={"coldchain": ("area", "district")},
    escalate_after=15 * MINUTE,
    levels=3,
    close_after=720 * MINUTE,
    longest_snooze=720 * MINUTE,
)
PLANNING = Planning(
    rules=NoticeRules(
        kinds=frozenset(NoticeKind),
        severities=frozenset({Severity.CRITICAL, Severity.WARNING}),
        over_after=10 * MINUTE,
        channels=("email", "webhook"),
    ),
    zone=ZoneInfo("Asia/Ho_Chi_Minh"),
)
SENDING = SendRules(attempts=3, first_pause=MINUTE, longest_pause=30 * MINUTE, lasts=2 * MINUTE)
SECRET = "của hai bên"
AREAS = ("40", "79")
Look = Callable[..., None]


def fridge(number: int, district: str = "412", area: str = "40") -> Condition:
    return Condition(
        rule="coldchain_power",
        labels={"equipment": f"E{number}", "store": f"S{number}", "district": district, "area": area},
        severity=Severity.CRITICAL,
        summary_vi=f"Tủ {number} mất điện",
        summary_en=f"Fridge {number} has no power",
    )


FRIDGES = [fridge(number) for number in range(400)]


@pytest.fixture
def look(registry_url: str) -> Look:
    def at(minutes: float, found: Sequence[Condition] = (), planning: Planning = PLANNING) -> None:
        evaluate(
            as_role(registry_url, "mcc_etl"),
            found,
            now=NOW + minutes * MINUTE,
            hold=timedelta(0),
            keep_resolved=timedelta(hours=72),
            rules=RULES,
            planning=planning,
        )

    return at


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hook_server() as found:
        yield found


def email(box: Mailbox) -> Email:
    return Email(host="127.0.0.1", port=box.port, tls="none", sender="mcc@example.vn", timeout_seconds=2)


def webhook(hook: Hook) -> Webhook:
    return Webhook(url=f"{hook.url}/notices?a=1", secret=SECRET, timeout_seconds=1)


def broadcast(planning: Planning = PLANNING) -> Planning:
    return replace(planning, rules=replace(planning.rules, broadcast=("webhook",)))


def by(name: str = "lan", minutes: float = 0) -> Actor:
    return Actor(name=name, origin="test", now=NOW + minutes * MINUTE)


def put_on_duty(
    url: str, post: str = "Kho lạnh Nghệ An", *, level: int = 1, area: str = "40", email: str = "", phone: str = ""
) -> None:
    span = oncall.Span(area=area, rule_prefix="coldchain", starts_at=NOW, ends_at=NOW + timedelta(days=30))
    to = email or f"cap{level}@example.vn"
    asked = oncall.AskedDuty(post=post, span=span, level=level, email="" if phone else to, phone=phone)
    oncall.set_duty(url, asked, reason="ca đêm", areas=AREAS, by=by())


def send(url: str, channel: Channel, minutes: float = 0, sending: SendRules = SENDING) -> list[str]:
    """Everything that is due."""
    made: list[str] = []
    at = NOW + minutes * MINUTE
    while done := send_next(url, channel, write=writer(load()), rules=sending, wall=lambda: at):
        made.append(done)
    return made


def standing(url: str) -> list[tuple[str, int, str, str, str]]:
    return [(row.kind.value, row.level, row.address, row.state.value, row.reason) for row in reversed(notices(url))]


def tries(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT outcome, reason FROM operations.notice_attempt ORDER BY attempt_id"
        ).fetchall()


def test_400_fridges_are_one_notice_that_says_what_to_do_and_why_it_came(
    app_url: str, look: Look, box: Mailbox
) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES[:12])
    look(1, FRIDGES)
    look(2, FRIDGES)
    assert send(app_url, email(box), 2) == ["sent"]
    assert send(app_url, email(box), 3) == []
    [mail] = box.mails
    assert mail["To"] == "cap1@example.vn"
    assert mail["Subject"].startswith("Nghiêm trọng: Mất điện thiết bị lạnh, Thành phố Vinh, Nghệ An")
    text = mail.get_content()
    vi, en = text.split("-- ")
    assert "Đang báo động: 400 nơi, tổng cộng 400 nơi" in vi
    assert "Việc đầu tiên: Gọi điện lực địa phương" in vi
    assert "Kho lạnh Nghệ An đang trực cấp 1, khu vực Nghệ An, Dây chuyền lạnh" in vi
    assert "Firing: 400 now, 400 since it began." in en
    assert "Do first: " in en
    for part in (vi, en):
        assert f"/canh-bao#incident-{board(app_url).incidents[0].incident_id}" in part
        assert " 10:00 " in part, "local time, to the minute"
    assert not [number for number in range(400) if f"E{number} " in text], "no list of things"
    assert standing(app_url) == [("opened", 1, "cap1@example.vn", "sent", "")]


def test_nobody_takes_it_and_each_level_is_told_once(app_url: str, look: Look, box: Mailbox) -> None:
    for level in (1, 2, 3):
        put_on_duty(app_url, f"Cấp {level}", level=level)
    for minute in range(0, 90, 5):
        look(minute, FRIDGES[:3])
        send(app_url, email(box), minute)
    assert [mail["To"] for mail in box.mails] == ["cap1@example.vn", "cap2@example.vn", "cap3@example.vn"]
    assert "báo lên cấp 2" in box.mails[1]["Subject"]
    look(100)
    assert send(app_url, email(box), 109) == [], "it may begin again any minute"
    assert send(app_url, email(box), 110) == ["sent"] * 3
    assert {mail["To"] for mail in box.mails[3:]} == {f"cap{level}@example.vn" for level in (1, 2, 3)}
    assert all("Đã hết" in mail["Subject"] for mail in box.mails[3:])


def test_what_begins_again_before_its_end_was_told_is_not_told(app_url: str, look: Look, box: Mailbox) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES[:1])
    send(app_url, email(box))
    look(1)
    look(5, FRIDGES[:1])
    assert send(app_url, email(box), 12) == []
    look(13)
    assert send(app_url, email(box), 23) == ["sent"]
    look(24, FRIDGES[:1])
    assert send(app_url, email(box), 24) == ["sent"]
    assert [row[:1] + row[3:4] for row in standing(app_url)] == [
        ("opened", "sent"),
        ("over", "sent"),
        ("reopened", "sent"),
    ]


def test_an_acknowledged_one_is_told_to_nobody(app_url: str, look: Look, box: Mailbox) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES[:3])
    incidents.acknowledge(app_url, board(app_url).incidents[0].incident_id, comment="đi ngay", by=by())
    for minute in range(1, 60, 7):
        look(minute, FRIDGES)
    assert [row[0] for row in standing(app_url)] == ["opened"]


@pytest.mark.parametrize("kind", list(PlannedKind))
def test_planned_work_is_not_told_until_it_ends_and_a_drill_says_so(
    app_url: str, look: Look, box: Mailbox, kind: PlannedKind
) -> None:
    put_on_duty(app_url)
    span = oncall.Span(area="40", rule_prefix="coldchain", starts_at=NOW, ends_at=NOW + 60 * MINUTE)
    oncall.plan_work(app_url, kind, span, reason="thử máy phát", longest=timedelta(hours=72), areas=AREAS, by=by())
    look(1, FRIDGES[:3])
    send(app_url, email(box), 1)
    work = kind is PlannedKind.WORK
    assert len(box.mails) == (0 if work else 1)
    if not work:
        assert box.mails[0]["Subject"].startswith("[DIỄN TẬP / DRILL] ")
        assert "KHÔNG PHẢI SỰ CỐ THẬT" in box.mails[0].get_content()
    assert board(app_url).incidents[0].incident.fires, "it is there all the same"
    look(61, FRIDGES[:3])
    send(app_url, email(box), 61)
    assert "DRILL" not in box.mails[-1]["Subject"]
    assert len(box.mails) == (1 if work else 2)


def test_work_that_was_planned_after_a_notice_was_made_holds_it_back(app_url: str, look: Look, box: Mailbox) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES[:3])
    span = oncall.Span(area="40", rule_prefix="", starts_at=NOW, ends_at=NOW + 10 * MINUTE)
    oncall.plan_work(app_url, PlannedKind.WORK, span, reason="x", longest=timedelta(hours=72), areas=AREAS, by=by())
    assert send(app_url, email(box), 1) == ["dropped"]
    assert standing(app_url)[0][3:] == ("dropped", "planned_work")
    assert not box.mails
    look(5, FRIDGES[:3])
    assert send(app_url, email(box), 5) == []
    look(11, FRIDGES[:3])
    assert send(app_url, email(box), 11) == ["sent"]
    assert len(box.mails) == 1


def test_what_is_over_before_it_was_told_is_not_told_and_begins_anew_when_it_does(
    app_url: str, look: Look, box: Mailbox, hook: Hook
) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES[:1], broadcast())
    hook.status = 503
    assert send(app_url, webhook(hook)) == ["put_off"]
    assert send(app_url, email(box)) == ["sent"]
    hook.status, hook.posts = 204, []
    look(3, (), broadcast())
    assert send(app_url, webhook(hook), 3) == ["dropped"]
    look(5, FRIDGES[:1], broadcast())
    assert send(app_url, webhook(hook), 5) == ["sent"], "the others know already; this one does not"
    assert send(app_url, email(box), 5) == []


def test_an_end_comes_after_its_beginning_and_not_without_it(app_url: str, look: Look, hook: Hook) -> None:
    look(0, FRIDGES[:1], broadcast())
    hook.status = 503
    assert send(app_url, webhook(hook)) == ["put_off"]
    look(3, (), broadcast())
    look(20, (), broadcast())
    hook.status, hook.posts = 204, []
    assert send(app_url, webhook(hook), 20) == ["dropped", "dropped"]
    look(21, (), broadcast())
    assert send(app_url, webhook(hook), 40) == []
    assert not hook.posts


def test_what_somebody_took_is_not_told_as_taken_by_nobody(app_url: str, look: Look, box: Mailbox) -> None:
    for level in (1, 2):
        put_on_duty(app_url, f"Cấp {level}", level=level)
    look(0, FRIDGES[:1])
    assert send(app_url, email(box)) == ["sent"]
    look(16, FRIDGES[:1])
    incidents.acknowledge(app_url, board(app_url).incidents[0].incident_id, comment="đi ngay", by=by(minutes=16))
    assert send(app_url, email(box), 17) == ["dropped"]
    assert standing(app_url)[-1][3:] == ("dropped", "taken")


def test_one_that_cannot_be_written_fails_alone(app_url: str, look: Look, box: Mailbox) -> None:
    put_on_duty(app_url)
    look(0, [FRIDGES[0], fridge(1, district="413")])
    written = writer(load())

    def write(facts: Facts) -> Written:
        if facts.kept.labels["district"] == "412":
            raise KeyError("412")
        return written(facts)

    made = [send_next(app_url, email(box), write=write, rules=SENDING, wall=lambda: NOW) for _ in range(3)]
    assert sorted(filter(None, made)) == ["failed", "sent"]
    assert ("failed", "unexpected: KeyError") in tries(app_url)


def test_a_mail_that_was_taken_is_not_sent_again_for_a_bad_farewell(app_url: str, look: Look, box: Mailbox) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES[:1])
    box.farewell = "421 too busy"
    assert send(app_url, email(box)) == ["sent"]
    assert len(box.mails) == 1


def test_a_hook_that_hangs_up_at_once_was_told_all_the_same(monkeypatch: pytest.MonkeyPatch, hook: Hook) -> None:
    def gone(_sock: socket.socket, _how: int) -> None:
        raise OSError(errno.ENOTCONN, "not connected")

    message = Message(key="k", to="", subject="s", body="b", at=NOW, values={})
    with monkeypatch.context() as patched:
        patched.setattr(BaseHTTPRequestHandler, "protocol_version", "HTTP/1.1")
        patched.setattr(socket.socket, "shutdown", gone)
        webhook(hook).send(message)
    assert len(hook.posts) == 1


def test_a_clock_that_was_set_back_holds_up_no_new_notice(app_url: str, look: Look, box: Mailbox) -> None:
    put_on_duty(app_url)
    look(600, FRIDGES[:1])
    assert send(app_url, email(box), 5) == ["sent"]
    look(601)
    assert send(app_url, email(box), 6) == [], "it may begin again any minute"
    assert send(app_url, email(box), 15) == []
    assert send(app_url, email(box), 16) == ["sent"]


def test_a_webhook_is_signed_and_gets_everything_once(app_url: str, look: Look, hook: Hook) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES, broadcast())
    assert send(app_url, webhook(hook)) == ["sent"]
    [post] = hook.posts
    told = json.loads(post.body)
    assert post.path == "/notices?a=1"
    assert (told["members"], told["severity"], told["level"], told["drill"]) == (400, "critical", 1, False)
    assert told["labels"] == {"area": "40", "district": "412"}
    assert post.headers["idempotency-key"] == told["id"]
    stamp = post.headers["x-mcc-timestamp"]
    assert post.headers["x-mcc-signature"] == signature(SECRET, stamp, post.body)
    assert signature("other", stamp, post.body) != signature(SECRET, stamp, post.body)


def test_another_service_gets_it_by_its_own_way(app_url: str, look: Look, hook: Hook) -> None:
    """apprise's plain JSON service, for any of those it speaks to; what it cannot be is told as such, once."""
    planning = replace(PLANNING, rules=replace(PLANNING.rules, channels=("apprise",), broadcast=("apprise",)))
    service = Service(url=hook.url.replace("http://", "json://") + "/room", timeout_seconds=2)
    look(0, FRIDGES, planning)
    assert send(app_url, service) == ["sent"]
    [post] = hook.posts
    told = json.loads(post.body)
    assert post.path == "/room"
    assert "400" in told["message"]
    hook.status = 500
    message = Message(key="k", to="", subject="s", body="b", at=NOW, values={})
    with pytest.raises(Undelivered, match="did not take it") as refused:
        service.send(message)
    assert not refused.value.final
    with pytest.raises(Undelivered, match="no address that apprise knows") as unknown:
        Service(url="nowhere-at-all://x").send(message)
    assert unknown.value.final


def test_a_server_that_is_away_is_tried_again_then_failed_and_shown_and_holds_up_nobody(
    app_url: str, look: Look, box: Mailbox, hook: Hook
) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES, broadcast())
    hook.silent.set()
    assert send(app_url, webhook(hook)) == ["put_off"]
    assert send(app_url, email(box)) == ["sent"]
    assert send(app_url, webhook(hook), 0.5) == [], "not before its pause is over"
    hook.silent.clear()
    hook.status = 503
    assert send(app_url, webhook(hook), 2) == ["put_off"]
    assert send(app_url, webhook(hook), 10) == ["failed"], "the third try is the last"
    assert send(app_url, webhook(hook), 1000) == []
    [failed] = [row for row in notices(app_url, failed=True) if row.channel == "webhook"]
    assert (failed.attempts, failed.reason) == (3, "the webhook's server answered 503")
    assert [outcome for outcome, _ in tries(app_url)] == ["put_off", "sent", "put_off", "failed"]
    hook.status = 204
    retry(app_url, failed.notice_id, reason="máy chủ đã chạy lại", channels=("webhook",), by=by(minutes=1001))
    assert send(app_url, webhook(hook), 1001) == ["sent"]
    assert hook.posts[-1].headers["idempotency-key"] == hook.posts[0].headers["idempotency-key"]
    with pytest.raises(ActRefused) as refused:
        retry(app_url, failed.notice_id, reason="x", channels=("webhook",), by=by())
    assert refused.value.why == "notice_not_failed"


@pytest.mark.parametrize("status", [302, 400, 401, 404])
def test_what_will_not_help_is_not_tried_again_and_no_redirect_is_followed(
    app_url: str, look: Look, hook: Hook, status: int
) -> None:
    look(0, FRIDGES, broadcast())
    hook.status = status
    assert send(app_url, webhook(hook)) == ["failed"]
    assert len(hook.posts) == 1


def test_an_address_that_is_refused_fails_alone(app_url: str, look: Look, box: Mailbox) -> None:
    put_on_duty(app_url, "A", email="khong-co@example.vn")
    put_on_duty(app_url, "B", email="co@example.vn")
    look(0, FRIDGES[:3])
    box.refuse = "khong-co"
    assert sorted(send(app_url, email(box))) == ["failed", "sent"]
    assert [mail["To"] for mail in box.mails] == ["co@example.vn"]
    [failed] = notices(app_url, failed=True)
    assert (failed.address, failed.reason) == ("khong-co@example.vn", "the mail server refused the address (550)")


def test_a_mail_server_that_says_later_is_asked_later(app_url: str, look: Look, box: Mailbox) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES[:3])
    box.fail = True
    assert send(app_url, email(box)) == ["put_off"]
    box.fail = False
    assert send(app_url, email(box), 2) == ["sent"]


class Breaks:
    """A channel with a fault of its own."""

    name = "email"

    def send(self, message: Message) -> None:
        raise KeyError(message.key)


def test_a_channel_with_a_fault_of_its_own_stops_nothing(app_url: str, look: Look, box: Mailbox) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES[:3])
    assert send(app_url, Breaks()) == ["put_off"]
    assert tries(app_url) == [("put_off", "unexpected: KeyError")]
    assert send(app_url, email(box), 2) == ["sent"]


def test_nobody_on_duty_and_a_telephone_alone_are_kept_as_failed(app_url: str, look: Look) -> None:
    look(0, FRIDGES[:3])
    assert standing(app_url) == [("opened", 1, "", "failed", "nobody_on_duty")]
    put_on_duty(app_url, level=2, phone="0238 3844 000")
    look(20, FRIDGES[:3])
    assert standing(app_url)[1:] == [("escalated", 2, "0238 3844 000", "failed", "no_address")]
    with pytest.raises(ActRefused) as refused:
        retry(app_url, notices(app_url)[0].notice_id, reason="x", channels=("email",), by=by())
    assert refused.value.why == "notice_nowhere"


def test_without_channels_and_duties_nobody_expects_a_notice(app_url: str, look: Look) -> None:
    look(0, FRIDGES[:3], replace(PLANNING, rules=replace(PLANNING.rules, channels=())))
    assert standing(app_url) == []
    put_on_duty(app_url)
    look(1, FRIDGES[:3], replace(PLANNING, rules=replace(PLANNING.rules, channels=())))
    assert standing(app_url) == [("opened", 1, "cap1@example.vn", "failed", "channel_off")]
    with pytest.raises(ActRefused) as refused:
        retry(app_url, notices(app_url)[0].notice_id, reason="x", channels=(), by=by())
    assert refused.value.why == "notice_channel_off"


class Dies:
    """A channel whose process dies the moment after the other side has taken the message."""

    def __init__(self, real: Email) -> None:
        self.real = real
        self.name = real.name

    def send(self, message: Message) -> None:
        self.real.send(message)
        os.kill(os.getpid(), signal.SIGKILL)


def test_killed_between_sending_and_marking_it_is_sent_once_more_under_the_same_key(
    app_url: str, look: Look, box: Mailbox
) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES)
    child = os.fork()
    if child == 0:
        send(app_url, Dies(email(box)))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert standing(app_url)[0][3] == "waiting"
    assert send(app_url, email(box), 1) == [], "whoever took it may still be at it"
    assert send(app_url, email(box), 3) == ["sent"]
    assert send(app_url, email(box), 100) == []
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()


@pytest.mark.parametrize("before", [True, False])
def test_killed_while_it_is_settled_neither_the_incident_nor_its_notice_is_there(
    app_url: str, look: Look, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    from operations import alerts

    put_on_duty(app_url)
    real = alerts.plan_notices

    def killed(*values: Any, **more: Any) -> None:
        if not before:
            real(*values, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(alerts, "plan_notices", killed)
        look(0, FRIDGES)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert (len(board(app_url).incidents), len(standing(app_url))) == (0, 0)
    look(1, FRIDGES)
    look(2, FRIDGES)
    assert (len(board(app_url).incidents), len(standing(app_url))) == (1, 1)


def test_a_clock_that_was_set_back_does_not_put_a_notice_off_for_as_long(
    app_url: str, look: Look, box: Mailbox
) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES)
    box.fail = True
    assert send(app_url, email(box), 600) == ["put_off"]
    box.fail = False
    assert send(app_url, email(box), 5) == ["sent"]


def test_who_may_set_duty_and_planned_work_and_what_is_refused(app_url: str, owner: psycopg.Connection) -> None:
    add_account(app_url, "lan", [grant(Role.OPERATOR, "40")])
    add_account(app_url, "xem", [grant(Role.VIEWER)])
    put_on_duty(app_url)
    later = NOW + timedelta(days=1)

    def asked(**more: Any) -> oncall.AskedDuty:
        span = oncall.Span(
            **{"area": "40", "rule_prefix": "", "starts_at": NOW, "ends_at": later, **more.pop("span", {})}
        )
        return oncall.AskedDuty(**{"post": "A", "span": span, "level": 1, "phone": "113", **more})

    for wrong, why in (
        (asked(post=" "), "empty"),
        (asked(level=4), "duty_level"),
        (asked(hours=(7, 7)), "duty_hours"),
        (asked(phone=""), "duty_contact"),
        (asked(email="a b@c"), "duty_email"),
        (asked(email="a@b\r\nBcc: x@y"), "duty_email"),
        (asked(phone="gọi anh Ba"), "duty_phone"),
        (asked(span={"ends_at": NOW}), "ends_before"),
        (asked(span={"ends_at": NOW + timedelta(days=400)}), "lasts_long"),
        (asked(span={"area": "99"}), "unknown"),
        (asked(span={"rule_prefix": "Cold chain"}), "bad_prefix"),
    ):
        with pytest.raises(ActRefused) as refused:
            oncall.set_duty(app_url, wrong, reason="x", areas=AREAS, by=by())
        assert refused.value.why.startswith(why), wrong
    for who, area in (("lan", "79"), ("lan", ""), ("xem", "40")):
        with pytest.raises(NotAllowed):
            oncall.set_duty(app_url, asked(span={"area": area}), reason="x", areas=AREAS, by=by(who))
    [duty] = oncall.duties(app_url, NOW)
    oncall.end_duty(app_url, duty.duty_id, reason="đổi ca", by=by(minutes=5))
    with pytest.raises(ActRefused) as refused:
        oncall.end_duty(app_url, duty.duty_id, reason="đổi ca", by=by(minutes=6))
    assert refused.value.why == "ended_already"
    assert oncall.duties(app_url, NOW + 6 * MINUTE) == ()
    [kept] = oncall.log_of(app_url)
    assert (kept.set_by, kept.reason, kept.ended_by, kept.end_reason) == ("lan", "ca đêm", "lan", "đổi ca")
    told = owner.execute("SELECT action, outcome FROM operations.audit WHERE action LIKE 'duty%%' ORDER BY audit_id")
    assert [tuple(row.values()) for row in told.fetchall()] == [  # pyright: ignore[reportAttributeAccessIssue]
        ("duty_set", "done"),
        *[("duty_set", "refused")] * 3,
        ("duty_ended", "done"),
    ]


def test_no_role_writes_what_the_other_decides(registry_url: str, app_url: str, look: Look) -> None:
    put_on_duty(app_url)
    look(0, FRIDGES[:1])
    etl = as_role(registry_url, "mcc_etl")
    for url, change in (
        (app_url, "INSERT INTO operations.notice DEFAULT VALUES"),
        (app_url, "UPDATE operations.notice SET address = 'x'"),
        (app_url, "UPDATE operations.notice SET why = '{}'"),
        (etl, "UPDATE operations.notice SET attempts = 0"),
        (etl, "INSERT INTO operations.duty DEFAULT VALUES"),
        (app_url, "UPDATE operations.duty SET email = 'x'"),
        (app_url, "UPDATE operations.threshold SET value = 1"),
        (app_url, "UPDATE operations.handover SET watch = 'x'"),
        (app_url, "UPDATE operations.handover SET items = '[]'"),
        *(
            (url, f"DELETE FROM operations.{table}")
            for url in (etl, app_url)
            for table in ("notice", "duty", "handover")
        ),
    ):
        with (
            psycopg.connect(url, row_factory=dict_row) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(change)
