"""How far two shares are from each other, in percentage points."""

from __future__ import annotations

import pytest

from layouts.scales import apart
from layouts.words import Language, load_catalogues


@pytest.mark.parametrize(
    ("difference", "shown"),
    [
        (40.708, "+40,7"),
        (-40.708, "−40,7"),
        (-31.8, "−31,8"),
        (0.04, "+0,0"),
        (-0.04, "+0,0"),
        (0.3 - 0.1, "+0,2"),
    ],
)
def test_neither_more_nor_less_is_made_of_a_difference(difference: float, shown: str) -> None:
    assert apart(difference, load_catalogues()[Language.VI]) == shown
