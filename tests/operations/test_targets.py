"""Targets and denominators that a named person changes: who, why, from when; what was published keeps its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from campaign.access import Role
from campaign.coverage import PopulationGroup, Target
from cli.main import main
from operations.action_log import ActRefused, NotAllowed
from operations.targets import choose_denominator, denominator_choices, set_target, target_versions
from settings import load
from tests.support.people import add_account, grant
from tests.support.snapshots import Recipe, write_snapshot

NOW = datetime(2021, 11, 22, 9, 30, tzinfo=UTC)
TODAY = date(2021, 11, 22)
EIGHTY = Target(
    target_id="adults_50_2021",
    population_group=PopulationGroup.ADULTS,
    ratio=0.8,
    due_on=date(2021, 12, 31),
    valid_from=date(2021, 12, 1),
)
WHO: dict[str, Any] = {"today": TODAY, "reason": "Ministry letter", "actor": "Lê An", "now": NOW}
KNOWN = frozenset({"adults_50_2021", "all_70_2022q1"})
VERSIONS = frozenset({"est_2021", "portal_2021"})


def test_a_version_is_kept_beside_its_reason_and_nothing_is_overwritten(
    app_url: str, owner: psycopg.Connection
) -> None:
    set_target(app_url, EIGHTY, known=KNOWN, **WHO)
    set_target(app_url, replace(EIGHTY, ratio=0.9), known=KNOWN, **WHO)
    assert [item.target.ratio for item in target_versions(app_url)] == [0.8, 0.9]
    assert {(item.actor, item.reason) for item in target_versions(app_url)} == {("Lê An", "Ministry letter")}
    log = owner.execute("SELECT action, subject, detail FROM operations.action_log ORDER BY action_id").fetchall()
    audit = owner.execute("SELECT action, subject, detail FROM operations.audit ORDER BY audit_id").fetchall()
    assert log == audit[-2:]
    assert [row["detail"]["ratio"] for row in log] == [0.8, 0.9]  # pyright: ignore[reportCallIssue, reportArgumentType]


def test_the_past_cannot_be_given_another_target(app_url: str) -> None:
    with pytest.raises(ActRefused, match="keeps its target"):
        set_target(app_url, replace(EIGHTY, valid_from=date(2021, 11, 21)), known=KNOWN, **WHO)
    with pytest.raises(ActRefused, match="keeps its target"):
        choose_denominator(app_url, "portal_2021", known=VERSIONS, valid_from=date(2021, 1, 1), **WHO)
    assert not target_versions(app_url) and not denominator_choices(app_url)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (replace(EIGHTY, target_id="adults_60"), "did you mean 'adults_50_2021'"),
        (replace(EIGHTY, ratio=80), "no share"),
        (replace(EIGHTY, population_group=PopulationGroup.TEENS), "is about"),
        (replace(EIGHTY, due_on=date(2021, 12, 1)), "before it holds"),
    ],
)
def test_what_makes_no_sense_is_refused(app_url: str, target: Target, message: str) -> None:
    with pytest.raises(ActRefused, match=message):
        set_target(app_url, target, known=KNOWN, **WHO)
    with pytest.raises(ActRefused, match="reason is empty"):
        set_target(app_url, EIGHTY, known=KNOWN, **{**WHO, "reason": " "})


def test_only_a_data_steward_of_the_nation_may(app_url: str, owner: psycopg.Connection) -> None:
    others = [grant(role) for role in Role if role is not Role.DATA_STEWARD]
    add_account(app_url, "lan", [*others, grant(Role.DATA_STEWARD, "79")])
    add_account(app_url, "hoa", [grant(Role.DATA_STEWARD)])
    with pytest.raises(NotAllowed):
        set_target(app_url, EIGHTY, known=KNOWN, **{**WHO, "actor": "lan"})
    with pytest.raises(NotAllowed):
        choose_denominator(app_url, "portal_2021", known=VERSIONS, valid_from=TODAY, **{**WHO, "actor": "lan"})
    refused = owner.execute("SELECT count(*) AS n FROM operations.audit WHERE outcome = 'refused'").fetchone()
    assert refused is not None and refused["n"] == 2  # pyright: ignore[reportCallIssue, reportArgumentType]
    set_target(app_url, EIGHTY, known=KNOWN, **{**WHO, "actor": "hoa"})
    made = choose_denominator(app_url, "portal_2021", known=VERSIONS, valid_from=TODAY, **{**WHO, "actor": "hoa"})
    assert denominator_choices(app_url) == (made,)


def test_nobody_changes_a_version_behind_the_log(app_url: str) -> None:
    set_target(app_url, EIGHTY, known=KNOWN, **WHO)
    with psycopg.connect(app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE operations.target_version SET ratio = 0.1")


def test_the_command_changes_lists_and_refuses(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    write_snapshot(load(state=tmp_path).snapshot_dir, Recipe(version=1))
    state = ["--state", str(tmp_path)]
    who = ["--actor", "Lê An", "--reason", "letter"]
    change = ["target", "set", "all_70_2022q1", "--ratio", "0.8", "--more-than", "--from", "2021-12-01"]
    assert main([*change, *who, *state]) == 0
    assert "more than 0.8 of all by 2022-03-31, from 2021-12-01" in capsys.readouterr().out
    assert main(["denominator", "use", "portal_2021", *who, *state]) == 0
    assert "from 2021-11-22" in capsys.readouterr().out
    assert main(["target", "list", *state]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[-1].endswith("Lê An  letter")
    assert main(["target", "set", "moon", "--ratio", "0.8", *who, *state]) == 4
    assert main(["denominator", "use", "moon", *who, *state]) == 4
