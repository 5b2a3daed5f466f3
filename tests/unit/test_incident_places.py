"""Where incidents are open: the worst first, and only what may be seen."""

from __future__ import annotations

from campaign.access import NATION, Scope
from campaign.alerts import Severity
from campaign.incident_places import NOWHERE, tallies, tallies_within

COUNTED = [
    ("01", Severity.WARNING, 9),
    ("79", Severity.CRITICAL, 1),
    ("79", Severity.WARNING, 2),
    ("48", Severity.CRITICAL, 1),
    ("48", Severity.WARNING, 3),
    ("", Severity.INFO, 1),
    ("04", Severity.INFO, 0),
]


def test_the_most_of_the_worst_comes_first_and_nothing_is_counted_where_there_is_none() -> None:
    found = tallies(COUNTED)
    assert [item.area for item in found] == ["48", "79", "01", NOWHERE]
    assert [item.open for item in found] == [4, 3, 9, 1]
    assert [item.worst for item in found] == [Severity.CRITICAL, Severity.CRITICAL, Severity.WARNING, Severity.INFO]
    assert found[0].of(Severity.INFO) == 0


def test_a_province_sees_its_own_and_what_is_about_none() -> None:
    found = tallies(COUNTED)
    assert [item.area for item in tallies_within(found, Scope(provinces=frozenset({"79"})))] == ["79", NOWHERE]
    assert tallies_within(found, NATION) == found
