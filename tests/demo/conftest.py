"""The demonstration's campaign as it is by default, made once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.chronicle import Chronicle, make_chronicle
from settings import DemoSettings

REFERENCE = Path(__file__).resolve().parent.parent.parent / "data" / "reference"
ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture(scope="session")
def reference_dir() -> Path:
    return REFERENCE


@pytest.fixture(scope="session")
def zone() -> str:
    return ZONE


@pytest.fixture(scope="session")
def chronicle() -> Chronicle:
    """1:100, with dirt."""
    return make_chronicle(REFERENCE, DemoSettings(), ZONE)


@pytest.fixture(scope="session")
def clean_chronicle() -> Chronicle:
    """1:200, without dirt."""
    return make_chronicle(REFERENCE, DemoSettings(dirt=False, one_in=200), ZONE)
