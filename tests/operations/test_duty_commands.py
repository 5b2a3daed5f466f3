"""The commands about duty, planned work, notices and times of response, against a real registry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from campaign.alerts import Condition, Severity
from campaign.incidents import Closing
from cli.alert_wiring import planning
from cli.main import main
from cli.pipeline import incident_rules
from cli.places import as_role
from operations.alerts import evaluate
from operations.incident_board import board
from settings import load
from tests.support.hook import hook_server
from tests.support.mailbox import mail_server

SIGNED = ("--reason", "ca đêm", "--actor", "lan")
LATER = f"{datetime.now(UTC) + timedelta(days=2):%d/%m/%Y %H:%M}"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(app_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr("cli.places.Places.app_url", lambda _self: app_url)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--state", str(tmp_path)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


def fires(url: str, *, present: bool = True) -> None:
    found = Condition(
        rule="coldchain_power",
        labels={"equipment": "E1", "store": "S1", "district": "412", "area": "40"},
        severity=Severity.CRITICAL,
        summary_vi="mất điện",
        summary_en="no power",
    )
    settings = load()
    evaluate(
        as_role(url, "mcc_etl"),
        [found] if present else [],
        now=datetime.now(UTC),
        hold=timedelta(0),
        keep_resolved=timedelta(hours=72),
        rules=incident_rules(settings.alerts),
        planning=planning(settings),
    )


def test_duty_is_set_listed_and_ended(run: Run) -> None:
    assert run("oncall") == (0, "nobody is on duty\n", "")
    post = ("oncall", "set", "Trực kho", "--until", LATER, "--area", "40", "--rules", "coldchain", "--hours", "22-6")
    code, out, _ = run(*post, "--email", "truc@example.vn", "--json", *SIGNED)
    made = orjson.loads(out)
    assert (code, made["post"], made["hours"], made["level"]) == (0, "Trực kho", [22, 6], 1)
    code, out, _ = run("oncall", "list")
    assert "level 1  40  coldchain  Trực kho" in out
    for wrong, told in (("--area=99", "no province is called '99'"), ("--level=5", "level 5 is none: 1 to 3")):
        code, _, err = run(*post, "--email", "x@example.vn", wrong, *SIGNED)
        assert (code, told in err) == (4, True), err
    code, _, err = run("oncall", "set", "Trực kho", "--until", "mai", *SIGNED)
    assert (code, err) == (4, "'mai' is no instant; write 22/11/2021 14:00\n")
    assert run("oncall", "end", str(made["id"]), *SIGNED)[0] == 0
    assert run("oncall", "end", str(made["id"]), *SIGNED)[0] == 4
    assert run("oncall")[1] == "nobody is on duty\n"


def test_planned_work_is_marked_listed_and_ended(run: Run) -> None:
    code, out, _ = run("planned", "drill", "--until", LATER, "--area", "40", "--json", *SIGNED)
    made = orjson.loads(out)
    assert (code, made["kind"], made["area"]) == (0, "drill", "40")
    assert "drill  40  every rule" in run("planned", "list")[1]
    code, _, err = run("planned", "work", "--until", "31/12/2099", *SIGNED)
    assert (code, err) == (4, "it may last 72 hours at most: set another one after it\n")
    assert run("planned", "end", str(made["id"]), *SIGNED)[0] == 0
    assert run("planned")[1] == "nothing is planned\n"


def test_the_sender_sends_what_waits_by_every_channel_and_says_what_became_of_it(
    run: Run, app_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server() as box, hook_server() as hook:
        for name, value in (
            ("SMTP_HOST", "127.0.0.1"),
            ("SMTP_PORT", str(box.port)),
            ("SMTP_TLS", "none"),
            ("SENDER", "mcc@example.vn"),
            ("WEBHOOK_URL", hook.url),
            ("WEBHOOK_SECRET", "của hai bên"),
            ("TIMEOUT_SECONDS", "1"),
        ):
            monkeypatch.setenv(f"MCC_NOTICES__{name}", value)
        run("oncall", "set", "Trực kho", "--until", LATER, "--email", "truc@example.vn", *SIGNED)
        fires(app_url)
        hook.silent.set()
        monkeypatch.setattr("signal.signal", lambda *_: None)
        monkeypatch.setattr("cli.notices.configure_logs", lambda _format: None)
        assert run("notices", "send", "--once")[0] == 0
        assert [mail["To"] for mail in box.mails] == ["truc@example.vn"]
        rows = orjson.loads(run("notices", "--json")[1])
    states = {row["channel"]: (row["state"], row["attempts"], row["reason"]) for row in rows}
    assert states == {
        "email": ("sent", 1, ""),
        "webhook": ("waiting", 1, "the webhook's server does not answer (TimeoutError)"),
    }
    assert run("notices", "--failed")[1] == "no notices\n"
    code, _, err = run("notices", "retry", str(rows[0]["id"]), *SIGNED)
    assert (code, "has not failed" in err) == (4, True)


def test_the_log_has_incidents_and_times_of_response(run: Run, app_url: str) -> None:
    assert run("alerts", "--log")[1] == "no incidents\n"
    fires(app_url)
    number = str(board(app_url).incidents[0].incident_id)
    assert run("alerts", "acknowledge", number, "--actor", "lan", "--comment", "đi ngay")[0] == 0
    fires(app_url, present=False)
    closing = ("--as", Closing.FALSE_ALARM.value)
    assert run("alerts", "close", number, "--actor", "lan", "--comment", "cảm biến sai", *closing)[0] == 0
    told = orjson.loads(run("alerts", "--log", "--json")[1])
    [incident] = told["incidents"]
    assert (incident["rule"], incident["closing"], incident["closed_by"]) == ("coldchain_power", "false_alarm", "lan")
    assert [(row["week"] is None, row["false_share"], row["flagged"]) for row in told["rules"]] == [
        (True, 1.0, True),
        (False, 1.0, True),
    ]
    assert "MORE FALSE THAN TRUE" in run("alerts", "--log")[1]


def test_settings_that_do_not_fit_together_name_the_key(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    for values, told in (
        ({"SMTP_HOST": "mail.example.vn"}, "notices.sender is empty"),
        ({"SMTP_HOST": "mail.example.vn", "SENDER": "a@b.vn", "SMTP_TLS": "none"}, "notices.smtp_tls none is for"),
        ({"WEBHOOK_URL": "https://x.example.vn/y"}, "notices.webhook_secret is empty"),
        ({"WEBHOOK_URL": "http://x.example.vn/y", "WEBHOOK_SECRET": "z"}, "plain http is for this machine alone"),
        ({"WEBHOOK_URL": "ftp://x/y", "WEBHOOK_SECRET": "z"}, "give a whole address"),
    ):
        with monkeypatch.context() as patch:
            for name, value in values.items():
                patch.setenv(f"MCC_NOTICES__{name}", value)
            code, _, err = run("notices")
        assert (code, told in err) == (2, True), err
