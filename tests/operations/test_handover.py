"""Shift handover in a real registry: two signatures of two accounts, and what was signed stays as it was."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from campaign.access import Role
from campaign.alerts import Condition, Severity
from campaign.incidents import IncidentRules
from cli.places import as_role
from operations import incidents
from operations.action_log import ActRefused, NotAllowed
from operations.alerts import evaluate
from operations.decisions import Actor
from operations.handover import give, handovers, take
from operations.incident_board import board
from tests.support.people import add_account, grant

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = IncidentRules(group_by={}, escalate_after=HOUR, levels=3, close_after=12 * HOUR, longest_snooze=12 * HOUR)
AREAS = ("01", "79")


def by(name: str, minutes: float = 0) -> Actor:
    return Actor(name=name, origin="test", now=NOW + timedelta(minutes=minutes))


def fires(url: str, *areas: str) -> None:
    found = [
        Condition(
            rule="coldchain_power",
            labels={"equipment": f"E{area}", "area": area},
            severity=Severity.CRITICAL,
            summary_vi="mất điện",
            summary_en="no power",
        )
        for area in areas
    ]
    evaluate(as_role(url, "mcc_etl"), found, now=NOW, hold=timedelta(0), keep_resolved=72 * HOUR, rules=RULES)


@pytest.fixture
def shift(app_url: str) -> str:
    for name in ("dem", "ngay", "khac"):
        add_account(app_url, name, [grant(Role.OPERATOR)])
    add_account(app_url, "tinh", [grant(Role.OPERATOR, "79")])
    return app_url


def test_what_was_signed_stays_as_it_was(registry_url: str, shift: str) -> None:
    fires(registry_url, "01", "79")
    first = board(shift).incidents[0].incident_id
    incidents.acknowledge(shift, first, comment="chờ điện lực", by=by("dem"))
    incidents.snooze(shift, first, hours=3, longest=12 * HOUR, comment="điện lực hẹn 3 giờ", by=by("dem"))
    made = give(shift, area="", watch="Tủ ở Hà Nội.\n  Gọi lại lúc 6 giờ.  ", areas=AREAS, by=by("dem", 1))
    assert made.waits
    assert made.watch == "Tủ ở Hà Nội.\n  Gọi lại lúc 6 giờ."
    [promised] = [item for item in made.items if item.promised_until]
    assert (promised.incident_id, promised.promised_until, promised.comment) == (
        first,
        NOW + 3 * HOUR,
        "điện lực hẹn 3 giờ",
    )
    fires(registry_url)
    incidents.close(shift, first, comment="có điện", by=by("dem", 2))
    taken = take(shift, made.handover_id, by=by("ngay", 3))
    assert (taken.taken_by, taken.items, taken.watch) == ("ngay", made.items, made.watch)
    assert handovers(shift) == (taken,)


def test_the_second_signature_is_another_account_s_and_comes_once(registry_url: str, shift: str) -> None:
    made = give(shift, area="", watch="không có gì", areas=AREAS, by=by("dem"))
    with pytest.raises(ActRefused) as refused:
        take(shift, made.handover_id, by=by("dem", 1))
    assert refused.value.why == "handover_same"
    with pytest.raises(NotAllowed):
        take(shift, made.handover_id, by=by("tinh", 1))
    together, told = threading.Barrier(2), dict[str, object]()

    def sign(name: str) -> None:
        together.wait()
        try:
            told[name] = take(shift, made.handover_id, by=by(name, 2)).taken_by
        except ActRefused as lost:
            told[name] = lost

    threads = [threading.Thread(target=sign, args=(name,)) for name in ("ngay", "khac")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [name for name, found in told.items() if found == name]
    [lost] = [found for found in told.values() if isinstance(found, ActRefused)]
    assert (lost.why, lost.values["by"]) == ("handover_taken", winner)


def test_written_anew_it_replaces_one_s_own_and_waits_for_another_s(shift: str) -> None:
    old = give(shift, area="", watch="một", areas=AREAS, by=by("dem"))
    new = give(shift, area="", watch="hai", areas=AREAS, by=by("dem", 1))
    with pytest.raises(ActRefused) as refused:
        take(shift, old.handover_id, by=by("ngay", 2))
    assert refused.value.why == "handover_withdrawn"
    with pytest.raises(ActRefused) as refused:
        give(shift, area="", watch="ba", areas=AREAS, by=by("khac", 3))
    assert refused.value.why == "handover_waits"
    assert [(item.watch, item.waits) for item in handovers(shift)] == [("hai", True), ("một", False)]
    take(shift, new.handover_id, by=by("ngay", 4))
    assert give(shift, area="", watch="ba", areas=AREAS, by=by("khac", 5)).waits


def test_twice_at_the_same_moment_the_later_one_waits_and_nothing_is_lost(shift: str) -> None:
    for minutes in range(0, 10, 2):
        together, made = threading.Barrier(2), list[object]()

        def sign(text: str, at: float = minutes, go: threading.Barrier = together, found: list[object] = made) -> None:
            go.wait()
            try:
                found.append(give(shift, area="", watch=text, areas=AREAS, by=by("dem", at)).watch)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
                found.append(error)

        threads = [threading.Thread(target=sign, args=(text,)) for text in ("một", "hai")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(made) == {"một", "hai"}
        assert sum(item.waits for item in handovers(shift)) == 1


def test_a_province_hands_over_its_own_alone(registry_url: str, shift: str) -> None:
    fires(registry_url, "01", "79")
    with pytest.raises(NotAllowed):
        give(shift, area="", watch="x", areas=AREAS, by=by("tinh"))
    with pytest.raises(NotAllowed):
        give(shift, area="01", watch="x", areas=AREAS, by=by("tinh"))
    made = give(shift, area="79", watch="x", areas=AREAS, by=by("tinh"))
    assert [item.labels["area"] for item in made.items] == ["79"]
    give(shift, area="01", watch="x", areas=AREAS, by=by("dem"))
    assert [item.area for item in handovers(shift, areas={"79"})] == ["79"]


@pytest.mark.parametrize(("text", "why"), [(" \n ", "empty"), ("x" * 4001, "long"), ("a\x00b", "not_plain")])
def test_text_that_cannot_be_kept_is_refused(shift: str, text: str, why: str) -> None:
    with pytest.raises(ActRefused) as refused:
        give(shift, area="", watch=text, areas=AREAS, by=by("dem"))
    assert refused.value.why == why
    assert handovers(shift) == ()
