"""A transfer received short is closed by one act, in a real registry: who may, what it writes, who wins."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import psycopg
import pytest

from campaign.access import Role
from campaign.ledger import Movement, account, replay
from campaign.transfers import Promise
from cli.main import main
from cli.places import as_role
from operations.action_log import ActRefused, NotAllowed, connect
from operations.decisions import Actor
from operations.excursion_decisions import Asked as Excursion
from operations.excursion_decisions import decide
from operations.excursions import stability_rules
from operations.ledger_lock import lock_ledger
from operations.transfers import Asked, Closed, Seen, close, look, promised
from settings import load
from tests.support.people import add_account, grant
from tests.support.registry import seed

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2021, 11, 22, 5, tzinfo=UTC)
LATE = datetime(2021, 11, 22, 9, tzinfo=UTC)
SENDER, STORE = "S-01-A", "S-79-A"
SHORT = Asked(
    store=STORE, lot="L1", sender=SENDER, outcome="lost", reason="đối chiếu biên bản", version=0, open_doses=100
)


@pytest.fixture
def url(registry_url: str) -> str:
    """Hà Nội sent 12,000 of 20,000 doses to HCMC under decision 7; 11,900 came."""
    seed(registry_url)
    with psycopg.connect(registry_url) as connection:
        for number, store, kind, doses, days, other, decision in (
            (1, SENDER, "receipt", 20_000, -20, None, None),
            (2, SENDER, "issue", -12_000, -10, STORE, 7),
            (3, STORE, "receipt", 11_900, -8, SENDER, 7),
        ):
            when = NOW + timedelta(days=days)
            connection.execute(
                "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
                "recorded_at, counterpart_code, decision_id) VALUES (%s, %s, 'L1', %s, %s, %s, %s, %s, %s)",
                [number, store, kind, doses, when, when, other, decision],
            )
    return as_role(registry_url, "mcc_app")


def seen(url: str) -> Seen:
    with connect(url) as connection:
        return look(connection, store=STORE, lot="L1", now=NOW)


def closed(url: str, asked: Asked, actor: str = "Lê An") -> Closed:
    by = Actor(name=actor, origin="command", now=LATE)
    return close(url, asked, zone=ZONE, most_days=30, by=by, campaign_now=NOW)


def ledger(registry_url: str) -> list[Movement]:
    names = "movement_id, store_code, lot_number, kind, doses, occurred_at, recorded_at, counterpart_code, cancels_id"
    with psycopg.connect(registry_url) as connection:
        rows = connection.execute(f"SELECT {names}, reason FROM registry.stock_movement").fetchall()
    return [
        Movement(
            movement_id=row[0], store=row[1], lot=row[2], kind=row[3], doses=row[4], occurred_at=row[5],
            recorded_at=row[6], counterpart=row[7], cancels_id=row[8], reason=row[9],
        )
        for row in rows
    ]  # fmt: skip


def test_one_act_makes_the_difference_a_loss_of_its_lot(url: str, registry_url: str) -> None:
    before = replay(ledger(registry_url))
    assert before[STORE, "L1"].in_transit == 100
    made = closed(url, SHORT)
    assert (made.doses, made.left, made.version, len(made.written)) == (100, 0, 1, 2)
    after = replay(ledger(registry_url))
    assert (after[STORE, "L1"].in_transit, after[STORE, "L1"].lost, after[STORE, "L1"].on_hand) == (0, 100, 11_900)
    assert account(after, "L1", received=20_000).unexplained == 0
    (link,) = seen(url).links
    assert [(item.actor, item.outcome, item.open_doses) for item in link.closings] == [("Lê An", "lost", 100)]
    with psycopg.connect(registry_url) as connection:
        moved = connection.execute(
            "SELECT kind, doses, counterpart_code, reason, decision_id FROM registry.stock_movement "
            "WHERE movement_id < 0 ORDER BY movement_id"
        ).fetchall()
        logged = connection.execute("SELECT action, subject, actor, detail FROM operations.action_log").fetchall()
        audited = connection.execute(
            "SELECT count(*) FROM operations.audit WHERE action = 'transfer_closed'"
        ).fetchone()
    # What did not come was not received under the decision.
    assert moved == [("receipt", 100, SENDER, "mất", None), ("adjustment", -100, SENDER, "mất", None)]
    detail = {"lot": "L1", "sender": SENDER, "became": "lost", "doses": 100, "reason": "đối chiếu biên bản"}
    assert logged == [("transfer_closed", STORE, "Lê An", detail)]
    assert audited == (1,)


def test_what_was_entered_wrongly_stays_with_its_decision(url: str, registry_url: str) -> None:
    closed(url, replace(SHORT, outcome="received_all", doses=60))
    left = closed(url, replace(SHORT, outcome="sent_fewer", version=1, open_doses=40))
    assert left.left == 0
    with psycopg.connect(registry_url) as connection:
        moved = connection.execute(
            "SELECT store_code, kind, doses, cancels_id, decision_id FROM registry.stock_movement "
            "WHERE movement_id < 0 ORDER BY doses"
        ).fetchall()
    assert moved == [(SENDER, "cancel", 40, 2, 7), (STORE, "receipt", 60, None, 7)]
    after = replay(ledger(registry_url))
    assert (after[SENDER, "L1"].on_hand, after[STORE, "L1"].on_hand) == (8_040, 11_960)


def test_doses_still_expected_are_excused_until_their_day(url: str, registry_url: str) -> None:
    day = date(2021, 11, 25)
    made = closed(url, replace(SHORT, outcome="expected", expected_on=day))
    assert (made.written, made.left) == ((), 100)
    # The refresh asks for it by its own role.
    said = promised(as_role(registry_url, "mcc_etl"), today=day)
    assert said == (Promise(store=STORE, lot="L1", doses=100, said_at=NOW),)
    assert promised(url, today=date(2021, 11, 26)) == ()
    # A later word on the same transfer is the one that counts.
    closed(url, replace(SHORT, outcome="lost", version=1))
    assert promised(url, today=day) == ()
    assert replay(ledger(registry_url))[STORE, "L1"].in_transit == 0


def test_more_received_than_sent(url: str, registry_url: str) -> None:
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at, counterpart_code) VALUES (4, %s, 'L1', 'receipt', 150, %s, %s, %s)",
            [STORE, NOW, NOW, SENDER],
        )
    over = replace(SHORT, open_doses=-50)
    with pytest.raises(ActRefused) as refused:
        closed(url, over)
    assert refused.value.why == "transfer_outcome"
    assert closed(url, replace(over, outcome="received_fewer", doses=20)).left == -30
    assert closed(url, replace(over, outcome="sent_more", version=1, open_doses=-30)).left == 0
    after = replay(ledger(registry_url))
    assert (after[SENDER, "L1"].on_hand, after[STORE, "L1"].on_hand) == (7_970, 12_030)
    assert account(after, "L1", received=20_000).unexplained == 0


def test_what_cannot_be_closed_is_refused_with_its_reason(url: str, registry_url: str) -> None:
    for asked, why in (
        (replace(SHORT, store="S-99"), "unknown_store"),
        (replace(SHORT, lot="L9"), "no_lot"),
        (replace(SHORT, sender="S-QD-A"), "no_transfer"),
        (replace(SHORT, version=1), "transfer_changed"),
        (replace(SHORT, open_doses=90), "transfer_changed"),
        (replace(SHORT, outcome="sent_more"), "transfer_outcome"),
        (replace(SHORT, doses=101), "transfer_doses"),
        (replace(SHORT, doses=0), "transfer_doses"),
        (replace(SHORT, outcome="eaten"), "unknown"),
        (replace(SHORT, reason=" "), "empty"),
        (replace(SHORT, outcome="expected"), "expected_day"),
        (replace(SHORT, outcome="expected", expected_on=date(2021, 11, 21)), "expected_day"),
        (replace(SHORT, outcome="expected", expected_on=date(2022, 11, 21)), "expected_day"),
        (replace(SHORT, expected_on=date(2021, 11, 25)), "day_not_expected"),
    ):
        with pytest.raises(ActRefused) as refused:
            closed(url, asked)
        assert refused.value.why.startswith(why), asked
    assert len(ledger(registry_url)) == 3
    closed(url, SHORT)
    with pytest.raises(ActRefused) as refused:
        closed(url, replace(SHORT, version=1, open_doses=0))
    assert refused.value.why == "transfer_even"


def test_a_level_that_would_fall_below_zero_is_refused(url: str, registry_url: str) -> None:
    with psycopg.connect(registry_url) as connection:
        for number, kind, doses, other in ((4, "receipt", 150, SENDER), (5, "administered", -12_040, None)):
            connection.execute(
                "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
                "recorded_at, counterpart_code) VALUES (%s, %s, 'L1', %s, %s, %s, %s, %s)",
                [number, STORE, kind, doses, NOW, NOW, other],
            )
    with pytest.raises(ActRefused) as refused:
        closed(url, replace(SHORT, outcome="received_fewer", open_doses=-50))
    assert refused.value.why == "below_zero"
    assert len(ledger(registry_url)) == 5


def test_of_two_who_close_at_once_one_wins(url: str, registry_url: str) -> None:
    told: list[str] = []
    start = threading.Barrier(2)

    def act(outcome: str, actor: str) -> None:
        start.wait()
        try:
            closed(url, replace(SHORT, outcome=outcome), actor)
            told.append(outcome)
        except ActRefused as refused:
            told.append(refused.why)

    threads = [threading.Thread(target=act, args=item) for item in (("lost", "Lê An"), ("sent_fewer", "Trần Bình"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [item for item in told if item != "transfer_changed"]
    assert len(told) == 2
    (link,) = seen(url).links
    assert [item.outcome.value for item in link.closings] == [won]
    assert account(replay(ledger(registry_url)), "L1", received=20_000).unexplained == 0


WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.mark.parametrize("act", ["transfer", "excursion"])
def test_acts_on_the_ledger_wait_for_each_other_whatever_they_are_about(url: str, registry_url: str, act: str) -> None:
    """Somebody writes off all that the store has; an act that would take some of it sees that it is gone."""
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at, counterpart_code) VALUES (4, %s, 'L1', 'receipt', 150, %s, %s, %s)",
            [STORE, NOW, NOW, SENDER],
        )
    told: list[str] = []

    def later() -> None:
        try:
            if act == "transfer":
                closed(url, replace(SHORT, outcome="received_fewer", open_doses=-50))
            else:
                asked = Excursion(device="F", kind="hold", reason="tủ mất điện", version=0)
                by = Actor(name="Lê An", origin="command", now=LATE)
                decide(url, asked, rules=stability_rules(load(environ={})), by=by, campaign_now=NOW)
            told.append("done")
        except ActRefused as refused:
            told.append(refused.why)

    thread = threading.Thread(target=later)
    with psycopg.connect(registry_url) as first, psycopg.connect(registry_url, autocommit=True) as watch:
        lock_ledger(first)
        first.execute(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at) VALUES (-900, %s, 'L1', 'wasted_closed', -12050, %s, %s)",
            [STORE, NOW, NOW],
        )
        thread.start()
        while thread.is_alive() and watch.execute(WAITING).fetchone() == (0,):
            thread.join(0.02)
        assert told == [], "it did not wait"
        first.commit()
        thread.join()
    assert told == ["below_zero" if act == "transfer" else "unknown_equipment"]
    assert replay(ledger(registry_url))[STORE, "L1"].on_hand == 0


def test_who_may_close(url: str, registry_url: str) -> None:
    """An approver of the province whose ledger it changes: of the receiver, or of the sender where that was wrong."""
    for login, given in (
        ("op-79", grant(Role.OPERATOR, "79")),
        ("ap-79", grant(Role.APPROVER, "79")),
        ("ap-01", grant(Role.APPROVER, "01")),
    ):
        add_account(registry_url, login, [given])
    for actor, outcome in (("op-79", "lost"), ("ap-01", "lost"), ("ap-79", "sent_fewer")):
        with pytest.raises(NotAllowed):
            closed(url, replace(SHORT, outcome=outcome), actor)
    closed(url, replace(SHORT, outcome="broken", doses=30), "ap-79")
    closed(url, replace(SHORT, outcome="sent_fewer", version=1, open_doses=70), "ap-01")
    assert [item.actor for item in seen(url).links[0].closings] == ["ap-79", "ap-01"]


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
import operations.transfers as acts
from operations.decisions import Actor
from operations.excursion_decisions import Asked as Excursion
from operations.excursion_decisions import decide
from operations.excursions import stability_rules
from operations.ledger_lock import lock_ledger
url, name = sys.argv[1:]
kept = getattr(acts, name)
def die(*values, **named):
    kept(*values, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(acts, name, die)
acts.close(
    url, acts.Asked(store="S-79-A", lot="L1", sender="S-01-A", outcome="lost", reason="x", version=0, open_doses=100),
    zone=ZoneInfo("Asia/Ho_Chi_Minh"), most_days=30,
    by=Actor(name="Le An", origin="command", now=datetime(2021, 11, 22, 9, tzinfo=UTC)),
    campaign_now=datetime(2021, 11, 22, 5, tzinfo=UTC),
)
"""


@pytest.mark.parametrize("after", ["look", "_write", "write_log", "close"])
def test_a_process_that_is_killed_leaves_all_or_nothing(url: str, registry_url: str, after: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, url, after], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with psycopg.connect(registry_url) as connection:
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM operations.transfer_closing), "
            "(SELECT count(*) FROM registry.stock_movement WHERE movement_id < 0), "
            "(SELECT count(*) FROM operations.action_log), "
            "(SELECT count(*) FROM operations.audit WHERE action = 'transfer_closed')"
        ).fetchone()
    assert counts == ((1, 2, 1, 1) if after == "close" else (0, 0, 0, 0))
    if after != "close":
        closed(url, SHORT)
    assert replay(ledger(registry_url))[STORE, "L1"].in_transit == 0


def test_the_command_tells_and_closes(
    url: str, registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    state = ["--state", str(tmp_path / "state")]
    assert main(["transfer", STORE, "L1", *state]) == 0
    assert "sent 12,000, received 11,900: 100 missing" in capfd.readouterr().out
    said = ["--actor", "Lê An", "--reason", "biên bản số 5", *state]
    assert main(["transfer", STORE, "L1", "--close", "broken", "--doses", "40", *said]) == 0
    assert "40 doses broken, said by Lê An (act 1); 60 doses are still open" in capfd.readouterr().out
    assert main(["transfer", STORE, "L1", "--close", "lost", "--seen", "0", *said]) == 4
    assert main(["transfer", STORE, "L1", "--close", "expected", "--until", "mai", *said]) == 2
    assert main(["transfer", STORE, "L1", "--close", "lost", "--json", *said]) == 0
    assert orjson.loads(capfd.readouterr().out)["left"] == 0
    assert main(["transfer", STORE, "L1", "--close", "lost", *said]) == 4
    assert main(["transfer", "S-99", "L1", *state]) == 4
    assert main(["transfer", STORE, "L1", "--json", *state]) == 0
    (told,) = orjson.loads(capfd.readouterr().out)["transfers"]
    assert (told["sent"], told["received"], told["gone"]) == (12_000, 11_900, 100)
    assert (told["open"], [item["outcome"] for item in told["acts"]]) == (0, ["broken", "lost"])
