"""A lot is held, released and recalled by named persons: who may, what is refused, and that it stands in the audit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from campaign.access import Role
from campaign.lots import LotState
from cli.main import main
from cli.places import as_role
from operations.action_log import ActRefused, NotAllowed
from operations.lots import LotDecision, decide_lot, lot_people
from tests.support.people import add_account, grant
from tests.support.registry import NOON, Dose, add_doses, add_people, seed

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)


@pytest.fixture
def url(registry_url: str) -> str:
    seed(registry_url)
    set_state(registry_url, "released", NOW - timedelta(days=3))
    return registry_url


def set_state(url: str, state: str, since: datetime) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) VALUES ('L1', %s, %s, 'NICVB')",
            [state, since],
        )


def decide(url: str, state: LotState, *, actor: str = "Lê An", lot: str = "L1", reason: str = "vì sao") -> LotDecision:
    return decide_lot(
        as_role(url, "mcc_app"), lot_number=lot, state=state, reason=reason, actor=actor, now=NOW, campaign_now=NOW
    )


def states(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT state FROM registry.lot_state WHERE lot_number = 'L1' ORDER BY valid_from")
        return [row[0] for row in rows.fetchall()]


def test_held_released_held_and_recalled_in_one_instant_stand_in_their_order(url: str) -> None:
    wanted = [LotState.ON_HOLD, LotState.RELEASED, LotState.ON_HOLD, LotState.RECALLED]
    assert [decide(url, state).state for state in wanted] == wanted
    assert states(url) == ["released", *wanted]
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT action, subject, actor FROM operations.action_log ORDER BY action_id"
        ).fetchall()
        audit = connection.execute("SELECT count(*) FROM operations.audit WHERE subject = 'L1'").fetchone()
    assert rows == [(action, "L1", "Lê An") for action in ("lot_held", "lot_freed", "lot_held", "lot_recalled")]
    assert audit == (4,)


def test_the_end_of_a_hold_leads_back_and_never_further(url: str) -> None:
    set_state(url, "awaiting_release", NOW - timedelta(days=1))
    decide(url, LotState.ON_HOLD)
    assert decide(url, LotState.RELEASED).state is LotState.AWAITING_RELEASE
    with pytest.raises(ActRefused, match="cannot become released"):
        decide(url, LotState.RELEASED)


@pytest.mark.parametrize(
    ("before", "state", "lot", "reason", "why"),
    [
        ("released", LotState.RELEASED, "L1", "x", "already"),
        ("recalled", LotState.ON_HOLD, "L1", "x", "is recalled"),
        ("destroyed", LotState.RECALLED, "L1", "x", "is destroyed"),
        ("released", LotState.ON_HOLD, "L9", "x", "no lot has the number L9"),
        ("released", LotState.ON_HOLD, "L1", "  ", "the reason is empty"),
    ],
)
def test_what_leads_nowhere_is_refused_and_nothing_is_written(
    url: str, before: str, state: LotState, lot: str, reason: str, why: str
) -> None:
    set_state(url, before, NOW - timedelta(hours=1))
    with pytest.raises(ActRefused, match=why):
        decide(url, state, lot=lot, reason=reason)
    assert states(url) == ["released", before]


def in_force(url: str, at: datetime) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT state FROM registry.lot_state WHERE lot_number = 'L1' AND valid_from <= %s "
            "ORDER BY valid_from DESC LIMIT 1",
            [at],
        ).fetchone()
    assert row is not None
    return str(row[0])


def test_a_hold_holds_from_now_on_and_past_a_release_that_was_planned(url: str) -> None:
    planned = NOW + timedelta(days=5)
    set_state(url, "awaiting_release", NOW - timedelta(days=1))
    set_state(url, "released", planned)
    made = decide(url, LotState.ON_HOLD)
    assert (made.valid_from, made.before) == (NOW, LotState.AWAITING_RELEASE)
    assert in_force(url, NOW) == "on_hold"
    assert in_force(url, planned + timedelta(hours=1)) == "on_hold"
    # The end of the hold gives the plan its way again; a recall does not.
    assert decide(url, LotState.RELEASED).state is LotState.AWAITING_RELEASE
    assert in_force(url, NOW + timedelta(hours=1)) == "awaiting_release"
    assert in_force(url, planned + timedelta(hours=1)) == "released"
    decide(url, LotState.RECALLED)
    assert in_force(url, NOW + timedelta(hours=1)) == "recalled"
    assert in_force(url, planned + timedelta(hours=1)) == "recalled"


def test_a_recall_that_is_planned_stays(url: str) -> None:
    planned = NOW + timedelta(days=5)
    set_state(url, "recalled", planned)
    decide(url, LotState.ON_HOLD)
    assert states(url) == ["released", "on_hold", "recalled"]


def test_an_operator_may_hold_and_only_an_approver_may_release(url: str) -> None:
    add_account(url, "op-1", [grant(Role.OPERATOR)])
    add_account(url, "ap-1", [grant(Role.APPROVER)])
    decide(url, LotState.ON_HOLD, actor="op-1")
    with pytest.raises(NotAllowed):
        decide(url, LotState.RELEASED, actor="op-1")
    decide(url, LotState.RELEASED, actor="ap-1")
    assert states(url) == ["released", "on_hold", "released"]


def test_people_are_counted_once_and_voided_doses_not_at_all(url: str) -> None:
    add_people(url, [(1, "01"), (2, "01")])
    add_doses(url, [Dose(1, 1, NOON), Dose(2, 1, NOON), Dose(3, 2, NOON), Dose(4, 2, NOON, lot="L2")])
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE registry.dose SET voided_at = now(), void_reason = 'x' WHERE dose_id = 3")
    found = lot_people(as_role(url, "mcc_app"), "L1")
    assert (found.people, found.doses) == (1, 2)


def test_the_command_says_what_it_did(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", url)
    state = ["--state", str(tmp_path / "state")]
    assert main(["lot", "hold", "L1", "--actor", "Lê An", "--reason", "nghi ngờ", *state]) == 0
    assert capfd.readouterr().out == "lot L1 is on_hold; the next refresh shows it\n"
    assert main(["lot", "hold", "L1", "--actor", "Lê An", "--reason", "nghi ngờ", *state]) == 4
    assert main(["lot", "burn", "L1", *state]) == 2
