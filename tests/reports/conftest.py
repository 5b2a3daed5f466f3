"""Every form of the country's and one province's report, in both languages, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reported import AREA, LANGUAGES, VERSION, Read, name_of, publish, write_reports
from tests.support.snapshots import Recipe


@pytest.fixture(scope="session")
def reported_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("reported")
    publish(state, Recipe(version=VERSION))
    return state


@pytest.fixture(scope="session")
def written(reported_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports")
    asked = [word for area in ("nation", AREA) for word in ("--area", area)]
    asked += [word for language in LANGUAGES for word in ("--lang", language)]
    assert write_reports(reported_state, out, *asked) == 0
    return out


@pytest.fixture(scope="session")
def read(written: Path) -> dict[tuple[str, str], Read]:
    """By area and language."""
    return {
        (area, language): Read(written / f"{name_of(area, language)}.json")
        for area in ("vn", AREA)
        for language in LANGUAGES
    }
