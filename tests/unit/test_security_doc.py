"""docs/SECURITY.md against the standard and against the tree: each requirement once, each file that it names there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "SECURITY.md").read_text(encoding="utf-8")
# OWASP ASVS 5.0.0: how many requirements of levels 1 and 2 each section has. Numbered from 1 on;
# those of level 3 come after them.
SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3
5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3
9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4
13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3
17.1:1 17.2:4 17.3:2
"""
STATES = {"met", "part", "not", "deploy", "n/a"}
ROW = re.compile(r"^\| (\d[\d., ]*) \| ([a-z/]+) \| (.+) \|$", re.MULTILINE)


def required() -> set[str]:
    found: set[str] = set()
    for item in SECTIONS.split():
        section, count = item.split(":")
        found |= {f"{section}.{number}" for number in range(1, int(count) + 1)}
    return found


def test_every_requirement_of_levels_1_and_2_is_there_once() -> None:
    assert len(required()) == 70 + 183, "as many as the standard says that it has"
    listed = Counter(number.strip() for row in ROW.findall(TEXT) for number in row[0].split(","))
    assert {number for number, count in listed.items() if count > 1} == set()
    assert required() - set(listed) == set()
    assert set(listed) - required() == set()


def test_every_row_has_a_known_state_and_a_reason() -> None:
    for numbers, state, reason in ROW.findall(TEXT):
        assert state in STATES, numbers
        assert len(reason) > 5, numbers


def test_every_file_that_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z0-9_]+\.(?:py|sql|csv|html))`", TEXT))
    assert len(named) > 30
    assert {name for name in named if not (ROOT / name).is_file()} == set()
