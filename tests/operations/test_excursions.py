"""From an excursion to a decision, in a real registry: who may, what it writes, who wins, and nothing is half done."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from campaign.access import Role
from campaign.ledger import Movement, replay
from campaign.stability import Advice
from cli.main import main
from cli.places import as_role
from operations.action_log import ActRefused, NotAllowed, connect
from operations.decisions import Actor
from operations.excursion_decisions import Asked, Made, decide
from operations.excursions import Seen, StabilityRules, look, stability_rules
from settings import load
from tests.support.people import add_account, grant
from tests.support.registry import seed

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2021, 11, 22, 0, tzinfo=UTC)
NOW = START + timedelta(hours=5)
LATE = datetime(2021, 11, 22, 9, tzinfo=UTC)
WARM = "F-79"


@pytest.fixture(scope="module")
def rules() -> StabilityRules:
    return stability_rules(load(environ={}))


@pytest.fixture
def url(registry_url: str) -> str:
    """Fridge F-79 in HCMC was at 15 °C for three hours. Inside: 120 doses of Comirnaty, 30 of Vero Cell."""
    seed(registry_url)
    with psycopg.connect(registry_url) as connection:
        for lot, product in (("CO1", "comirnaty"), ("VE1", "vero_cell")):
            connection.execute(
                "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
                "vials_per_tray) VALUES (%s, %s, 'covax', 1000, 6, 195)",
                [lot, product],
            )
        connection.execute(
            "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode) "
            "VALUES (%s, 'S-79-A', 'ice_lined', 'refrigerator', 'live'), "
            "('F-01', 'S-01-A', 'ice_lined', 'refrigerator', 'live')",
            [WARM],
        )
        for number, lot, kind, doses, hours in (
            (1, "CO1", "opening", 150, -24),
            (2, "CO1", "administered", -30, 2),
            (3, "VE1", "opening", 30, -24),
        ):
            when = START + timedelta(hours=hours)
            connection.execute(
                "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
                "recorded_at) VALUES (%s, 'S-79-A', %s, %s, %s, %s, %s)",
                [number, lot, kind, doses, when, when],
            )
        for minute in range(0, 301, 5):
            read(connection, WARM, minute, 15.0 if 60 <= minute < 240 else 5.0)
            if minute <= 60:
                read(connection, "F-01", minute, 5.0)
    return as_role(registry_url, "mcc_app")


def read(connection: psycopg.Connection, device: str, minute: int, temp_c: float) -> None:
    at = START + timedelta(minutes=minute)
    connection.execute(
        "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c) "
        "VALUES (%s, %s, %s, %s, %s)",
        [minute + (100_000 if device == WARM else 0), device, at, at, temp_c],
    )


def seen(url: str, rules: StabilityRules, device: str = WARM) -> Seen:
    with connect(url) as connection:
        return look(connection, rules, device=device, now=NOW)


def made(
    url: str,
    rules: StabilityRules,
    kind: str,
    *lots: str,
    actor: str = "Lê An",
    version: int = 0,
    reason: str = "tủ mất điện",
    device: str = WARM,
    until: date | None = None,
    waste: int | None = 8,
) -> Made:
    return decide(
        url,
        Asked(
            device=device,
            kind=kind,
            reason=reason,
            version=version,
            lots=lots,
            usable_until=until,
            waste_reason=waste if kind == "discard" else None,
        ),
        rules=rules,
        by=Actor(name=actor, origin="command", now=LATE),
        campaign_now=NOW,
    )


def on_hand(registry_url: str) -> dict[str, int]:
    """By the plain replay of the whole ledger."""
    names = "movement_id, store_code, lot_number, kind, doses, occurred_at, recorded_at, counted, counterpart_code"
    with psycopg.connect(registry_url) as connection:
        rows = connection.execute(f"SELECT {names}, cancels_id FROM registry.stock_movement").fetchall()
    ledger = [
        Movement(
            movement_id=row[0], store=row[1], lot=row[2], kind=row[3], doses=row[4], occurred_at=row[5],
            recorded_at=row[6], counted=row[7], counterpart=row[8], cancels_id=row[9],
        )
        for row in rows
    ]  # fmt: skip
    return {lot: balance.on_hand for (_, lot), balance in replay(ledger).items()}


def test_what_is_known_before_anybody_decides(url: str, rules: StabilityRules) -> None:
    """Comirnaty: three of its four hours are used. Vero Cell: no budget is known, so that somebody is asked."""
    found = seen(url, rules)
    assert found.meant is not None
    assert (found.meant.side, found.meant.extreme_c, found.meant.ended) == ("high", 15.0, "back_in_range")
    lots = {item.lot: item for item in found.lots}
    assert (lots["CO1"].on_hand, lots["CO1"].most, lots["CO1"].given_since) == (120, 150, 30)
    band = lots["CO1"].judgement.tightest
    assert band is not None
    assert (band.budget.minutes, band.left_minutes) == (240, 60)
    assert {lot: item.judgement.advice for lot, item in lots.items()} == {"CO1": Advice.USE_FIRST, "VE1": Advice.ASK}


def test_a_decision_says_who_why_and_what_was_known_and_the_ledger_moves(
    url: str, registry_url: str, rules: StabilityRules
) -> None:
    made(url, rules, "use", "CO1", reason="còn 1 giờ trong 4 giờ")
    made(url, rules, "discard", "VE1", version=1, actor="Trần Bình")
    assert on_hand(registry_url) == {"CO1": 120, "VE1": 0}
    first, second = seen(url, rules).decisions
    assert (first.kind, first.actor, first.lots, first.doses) == ("use", "Lê An", ("CO1",), 120)
    assert first.known["CO1"]["bands"][0] | {"source": ""} == {
        "side": "high", "low_c": 8.0, "high_c": 30.0, "budget": 240, "used": 180, "earlier": 0, "left": 60,
        "source": "",
    }  # fmt: skip
    assert (second.kind, second.actor, second.version) == ("discard", "Trần Bình", 2)
    assert (first.waste_reason, second.waste_reason, second.reason) == (None, "nhiệt độ cao", "tủ mất điện")
    with psycopg.connect(registry_url) as connection:
        moved = connection.execute(
            "SELECT kind, doses, reason FROM registry.stock_movement WHERE movement_id < 0"
        ).fetchall()
        logged = connection.execute(
            "SELECT action, subject, actor FROM operations.action_log ORDER BY acted_at, action DESC"
        ).fetchall()
    assert moved == [("wasted_closed", -30, "nhiệt độ cao")]
    assert logged == [("excursion_used", WARM, "Lê An"), ("excursion_discarded", WARM, "Trần Bình")]


def test_a_later_decision_corrects_a_discard_and_both_stay(url: str, registry_url: str, rules: StabilityRules) -> None:
    made(url, rules, "discard")
    assert on_hand(registry_url) == {"CO1": 0, "VE1": 0}
    back = made(url, rules, "hold", "CO1", version=1, reason="viện trả lời: chờ kết quả")
    assert back.taken == -120
    assert on_hand(registry_url) == {"CO1": 120, "VE1": 0}
    # The entry that takes it back is not taken back again by a third decision.
    assert made(url, rules, "use", "CO1", version=2).taken == 0
    assert on_hand(registry_url) == {"CO1": 120, "VE1": 0}
    assert made(url, rules, "discard", "CO1", version=3).taken == 120
    assert made(url, rules, "hold", "CO1", version=4).taken == -120
    assert [item.kind for item in seen(url, rules).decisions] == ["discard", "hold", "use", "discard", "hold"]


def test_what_is_decided_reaches_the_feed_and_a_last_day_shortens_the_label(
    url: str, registry_url: str, rules: StabilityRules
) -> None:
    """A lot without a known expiry takes any day ahead; the last day itself is a day of use."""
    made(url, rules, "hold", "VE1")
    made(url, rules, "use", "CO1", version=1, until=date(2021, 11, 22))
    with psycopg.connect(as_role(registry_url, "mcc_etl")) as connection:
        fed = connection.execute(
            "SELECT decision_id, equipment_id, store_code, lot_number, kind, usable_until, actor, row_version::text "
            "FROM feed.excursion_line ORDER BY line_id"
        ).fetchall()
    one = made_numbers(seen(url, rules))
    assert [row[:7] for row in fed] == [
        (one[0], WARM, "S-79-A", "VE1", "hold", None, "Lê An"),
        (one[1], WARM, "S-79-A", "CO1", "use", date(2021, 11, 22), "Lê An"),
    ]
    assert all(int(row[7]) > 0 for row in fed)


def made_numbers(found: Seen) -> list[int]:
    return [item.decision_id for item in found.decisions]


def test_of_two_who_decide_at_once_one_wins(url: str, registry_url: str, rules: StabilityRules) -> None:
    told: list[str] = []
    start = threading.Barrier(2)

    def act(kind: str, actor: str) -> None:
        start.wait()
        try:
            made(url, rules, kind, actor=actor)
            told.append(kind)
        except ActRefused as refused:
            told.append(refused.why)

    threads = [threading.Thread(target=act, args=item) for item in (("discard", "Lê An"), ("hold", "Trần Bình"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = next(kind for kind in told if kind != "excursion_decided")
    assert sorted(told) == sorted(["excursion_decided", won])
    assert [item.kind for item in seen(url, rules).decisions] == [won]
    assert on_hand(registry_url) == ({"CO1": 0, "VE1": 0} if won == "discard" else {"CO1": 120, "VE1": 30})


def test_what_cannot_be_decided_is_refused_with_its_reason(url: str, registry_url: str, rules: StabilityRules) -> None:
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) "
            "VALUES ('CO1', '2021-12-01', 'label', '2021-06-01')"
        )
    for asked, why in (
        ({"kind": "use", "device": "F-01"}, "nothing_inside"),
        ({"kind": "hold", "device": "F-99"}, "unknown_equipment"),
        ({"kind": "hold", "lots": ("L1",)}, "lot_not_inside"),
        ({"kind": "hold", "version": 7}, "excursion_decided"),
        ({"kind": "hold", "reason": " "}, "empty"),
        ({"kind": "discard", "waste": None}, "waste_reason_needed"),
        # Of opened vials, and of no row at all.
        ({"kind": "discard", "waste": 1}, "waste_reason_needed"),
        ({"kind": "discard", "waste": 77}, "waste_reason_needed"),
        ({"kind": "use", "lots": ("CO1",), "until": date(2021, 11, 21)}, "until_past"),
        ({"kind": "use", "lots": ("CO1",), "until": date(2021, 12, 2)}, "until_beyond"),
        ({"kind": "hold", "lots": ("CO1",), "until": date(2021, 11, 24)}, "until_not_use"),
    ):
        kind, lots = str(asked.pop("kind")), asked.pop("lots", ())
        with pytest.raises(ActRefused) as refused:
            made(url, rules, kind, *lots, **asked)  # pyright: ignore[reportArgumentType]
        assert refused.value.why == why
    assert seen(url, rules).decisions == ()


def test_a_silent_fridge_is_not_called_good(url: str, registry_url: str, rules: StabilityRules) -> None:
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at) VALUES (9, 'S-01-A', 'CO1', 'opening', 60, %s, %s)",
            [START, START],
        )
    found = seen(url, rules, "F-01")
    assert found.meant is not None
    assert found.meant.side == "silent"
    assert [item.judgement.advice for item in found.lots] == [Advice.CALL]
    with pytest.raises(ActRefused) as refused:
        made(url, rules, "use", device="F-01")
    assert refused.value.why == "excursion_unknown"
    assert made(url, rules, "hold", device="F-01").doses == 60


def test_who_may_decide(url: str, registry_url: str, rules: StabilityRules) -> None:
    """An operator may hold, in their province; an approver may also use and discard."""
    add_account(registry_url, "op-79", [grant(Role.OPERATOR, "79")])
    add_account(registry_url, "op-01", [grant(Role.OPERATOR, "01")])
    add_account(registry_url, "ap-79", [grant(Role.APPROVER, "79")])
    add_account(registry_url, "vi-1", [grant(Role.VIEWER)])
    for actor, kind in (("op-01", "hold"), ("op-79", "discard"), ("op-79", "use"), ("vi-1", "hold")):
        with pytest.raises(NotAllowed):
            made(url, rules, kind, actor=actor)
    made(url, rules, "hold", actor="op-79")
    made(url, rules, "discard", "VE1", actor="ap-79", version=1)
    assert [item.actor for item in seen(url, rules).decisions] == ["op-79", "ap-79"]


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import operations.excursion_decisions as acts
from operations.decisions import Actor
from operations.excursions import stability_rules
from settings import load
url, name = sys.argv[1:]
kept = getattr(acts, name)
def die(*values, **named):
    kept(*values, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(acts, name, die)
acts.decide(
    url, acts.Asked(device="F-79", kind="discard", reason="x", version=0, waste_reason=8),
    rules=stability_rules(load(environ={})),
    by=Actor(name="Le An", origin="command", now=datetime(2021, 11, 22, 9, tzinfo=UTC)),
    campaign_now=datetime(2021, 11, 22, 5, tzinfo=UTC),
)
"""


@pytest.mark.parametrize("after", ["_write", "write_log"])
def test_killed_on_the_way_nothing_is_half_written(
    after: str, url: str, registry_url: str, rules: StabilityRules
) -> None:
    """After the first line and its movement, and after all of it before the commit."""
    died = subprocess.run([sys.executable, "-c", KILLED, url, after], cwd=ROOT, check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert seen(url, rules).decisions == ()
    assert on_hand(registry_url) == {"CO1": 120, "VE1": 30}
    with psycopg.connect(registry_url) as connection:
        rows = connection.execute("SELECT count(*) FROM operations.excursion_decision_lot").fetchall()
        logged = connection.execute("SELECT count(*) FROM operations.action_log").fetchall()
    assert (rows, logged) == ([(0,)], [(0,)])
    made(url, rules, "discard")
    assert on_hand(registry_url) == {"CO1": 0, "VE1": 0}


def test_the_command_tells_and_decides(
    url: str, registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    with psycopg.connect(registry_url) as connection:
        connection.execute("UPDATE registry.temperature_reading SET read_at = read_at + (now() - %s)", [NOW])
        connection.execute(
            "UPDATE registry.stock_movement SET occurred_at = occurred_at + (now() - %s), "
            "recorded_at = recorded_at + (now() - %s)",
            [NOW, NOW],
        )
    state = ["--state", str(tmp_path / "state")]
    assert main(["excursion", WARM, *state]) == 0
    out = capfd.readouterr().out
    assert "1 h left of 4 h: use_first -> use" in out
    said = ["--actor", "Lê An", "--reason", "dùng trước"]
    assert main(["excursion", WARM, "--decide", "use", "--lot", "CO1", *said, *state]) == 0
    assert "use CO1, 120 doses, decided by Lê An (decision 1)" in capfd.readouterr().out
    assert main(["excursion", WARM, "--decide", "hold", "--seen", "0", *said, *state]) == 4
    assert main(["excursion", WARM, "--at", "hôm qua", *state]) == 2
