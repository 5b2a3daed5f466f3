"""`app.py reallocation`: a plan typed by hand goes the whole way, by the same acts and with the same refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import psycopg
import pytest

from campaign.plan_check import Violation
from campaign.plan_problem import Rule
from cli.main import main
from operations.action_log import ActRefused, connect
from operations.plan_file import read_plan
from operations.plan_requests import Judgement, judge
from tests.support.plans import LINE, NOW, Plans, stocked

TABLE = """lot,product,from,to,doses,ship_on,arrive_on,reason
L1,astrazeneca,S-01-A,S-79-A,12000,2021-11-23,2021-11-25,HCMC tiêm nhanh
"""
TOO_MANY = Violation(rule=Rule.MINIMUM, subject="S-01-A", line=1, told=0, limit=500)
MADE = {
    "status": "optimal",
    "policy": {"name": "least_loss", "reserve": 1.0},
    "lines": [
        {
            "lot": "L1", "product": "astrazeneca", "from": "S-01-A", "to": "S-79-A", "doses": 12_000,
            "ship_on": "2021-11-23", "arrive_on": "2021-11-25", "reasons": {"lot": "ends first"},
            "binding": {"rule": "minimum"},
        }
    ],
}  # fmt: skip


def test_a_plan_goes_the_whole_way(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    stocked(registry_url)
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    # A registry that is no demonstration has the clock on the wall.
    with psycopg.connect(registry_url) as connection:
        connection.execute("UPDATE registry.lot_expiry SET expires_on = '2099-01-31'")
    table = tmp_path / "plan.csv"
    table.write_text(TABLE.replace("2021-11-2", "2098-11-2").replace("12000", "12500"), encoding="utf-8")
    state = ["--state", str(tmp_path / "state")]

    def call(*words: str, actor: str = "Lê An") -> int:
        return main(["reallocation", *words, "--actor", actor, *state])

    def shown() -> dict[str, object]:
        capfd.readouterr()
        assert main(["reallocation", "show", "1", "--json", *state]) == 0
        return orjson.loads(capfd.readouterr().out)

    assert main(["reallocation", "list", *state]) == 0
    assert "there is no plan" in capfd.readouterr().out
    for words in (("propose",), ("draft", "--title", "x"), ("receive", "1", "--shipment", "1=5")):
        assert call(*words) == 2
    assert call("show", "7") == 4
    assert call("draft", "--title", "HN -> HCM", "--file", str(table)) == 0
    assert "plan 1, act 1: draft by Lê An; it is draft" in capfd.readouterr().out
    assert shown()["may"] == ["change", "propose", "cancel"]
    assert call("propose", "1") == 4
    assert "still being checked" in capfd.readouterr().err
    with connect(registry_url) as connection:
        judge(connection, 1, 1, Judgement(snapshot=1, violations=(TOO_MANY,)), datetime.now(UTC))
    assert call("propose", "1") == 4
    assert "'minimum' (S-01-A)" in capfd.readouterr().err
    table.write_text(TABLE.replace("2021-11-2", "2098-11-2"), encoding="utf-8")
    assert call("change", "1", "--file", str(table), "--reason", "counted again") == 0
    with connect(registry_url) as connection:
        judge(connection, 1, 2, Judgement(snapshot=1), datetime.now(UTC))
    assert call("propose", "1") == 0
    assert main(["reallocation", "promised", "--json", *state]) == 0
    kept = orjson.loads(capfd.readouterr().out.splitlines()[-1])
    assert kept["stores"] == [{"store": "S-01-A", "lot": "L1", "doses": 12_000}]
    assert call("approve", "1") == 4
    assert "proposed themselves" in capfd.readouterr().err
    assert call("approve", "1", "--seen", "1", actor="Trần Bình") == 4
    assert call("approve", "1", actor="Trần Bình") == 0
    assert call("ship", "1", "--line", "1=12000") == 4
    assert "number, date and signer" in capfd.readouterr().err
    decision = ("--number", "5555/QĐ-BYT", "--signer", "Thứ trưởng")
    assert call("decide", "1", *decision, "--on", "hôm qua") == 4
    assert call("decide", "1", *decision, "--on", "2021-11-22", actor="Trần Bình") == 0
    for text in ("1", "1=x", "=5", f"1={10**20}"):
        assert call("ship", "1", "--line", text) == 4
    assert call("ship", "1", "--line", "1=12000") == 0
    capfd.readouterr()
    assert call("receive", "1", "--shipment", f"1={10**20}", "--temp", "4") == 4
    capfd.readouterr()
    assert call("receive", "1", "--shipment", "1=11900", "--temp", "-4") == 0
    told = capfd.readouterr().out
    assert "it is received" in told
    assert "100 doses missing" in told
    assert "not kept at" in told
    assert main(["reallocation", "show", "1", *state]) == 0
    told = capfd.readouterr().out
    assert "received 11,900 at -4 °C, 100 missing" in told
    assert "decision 5555/QĐ-BYT of 2021-11-22, signed by Thứ trưởng" in told
    assert main(["transfer", "S-79-A", "L1", *state]) == 0
    assert "sent 12,000, received 11,900: 100 missing" in capfd.readouterr().out
    seen = shown()
    assert (seen["state"], seen["may"]) == ("received", [])
    assert main(["reallocation", "list", *state]) == 0
    assert "plan 1 'HN -> HCM': received; 1 lines, 12,000 doses, 0 have not left (act 7)" in capfd.readouterr().out


def test_a_change_is_said_to_undo_the_approval(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    stocked(registry_url)
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    desk = Plans(registry_url)
    plan = desk.draft()
    desk.propose(plan)
    with psycopg.connect(registry_url) as connection:
        connection.execute("UPDATE operations.plan_act SET until_at = '2099-01-01' WHERE until_at IS NOT NULL")
    made = tmp_path / "plan.json"
    made.write_bytes(orjson.dumps(MADE | {"lines": [MADE["lines"][0] | {"doses": 6_000}]}))  # pyright: ignore
    state = ["--state", str(tmp_path / "state"), "--actor", "Lê An"]
    assert main(["reallocation", "change", str(plan), "--file", str(made), "--reason", "ít hơn", *state]) == 0
    assert "it is draft (it was proposed: propose it again)" in capfd.readouterr().out
    for verb in ("return", "cancel"):
        assert main(["reallocation", verb, str(plan), "--reason", "x", *state]) == (4 if verb == "return" else 0)


def test_what_is_handed_in() -> None:
    table, made = read_plan("\ufeff" + TABLE), read_plan(orjson.dumps(MADE).decode())
    assert table.lines[0].reasons == {"reason": "HCMC tiêm nhanh"}
    assert table.document == {}
    assert made.lines[0].reasons == {"reasons": {"lot": "ends first"}, "binding": {"rule": "minimum"}}
    assert made.document == {"status": "optimal", "policy": MADE["policy"]}
    spread, pasted = read_plan(TABLE.replace(",", ";")), read_plan(TABLE.replace(",", "\t"))
    for handed in (table, made, spread, pasted):
        (line,) = handed.lines
        assert (line.lot, line.giver, line.taker, line.doses) == ("L1", LINE.giver, LINE.taker, 12_000)
        assert (line.ship_on, line.arrive_on) == (LINE.ship_on, LINE.arrive_on)
    assert read_plan("").lines == ()
    assert NOW.date() < LINE.ship_on


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "plan_file_json"),
        ("{}", "plan_file_json"),
        ('{"lines": [1]}', "plan_file_json"),
        ('{"lines": [], "x": "\\u0000"}', "plan_file_json"),
        (TABLE.replace("L1", "L\x00"), "plan_file_json"),
        (TABLE.replace("L1", '"L1'), "plan_file_json"),
        (TABLE.replace("doses", "Doses"), "plan_file_gap"),
        (TABLE.replace("L1,", ","), "plan_file_gap"),
        (TABLE.replace("12000", "12.000"), "plan_file_doses"),
        (TABLE.replace("12000", "-5"), "plan_file_doses"),
        (TABLE.replace("2021-11-25", "25/11/2021"), "plan_file_day"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, why: str) -> None:
    with pytest.raises(ActRefused) as refused:
        read_plan(text)
    assert refused.value.why == why
