"""The map of a province shows all of its mainland, however far from its edge the districts' middles lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.shape import load_boundaries
from layouts.district_page import FAR_DEGREES, Window
from layouts.view import Grain

FILE = Path(__file__).resolve().parents[2] / "geo" / "boundaries" / "provinces_63.geojson"


@pytest.mark.parametrize("grain", list(Grain))
def test_no_mainland_is_cut_at_the_edge(grain: Grain) -> None:
    shape = load_boundaries(FILE)[grain].shape
    assert set(shape.mainlands) == set(shape.points)
    for code, corners in shape.mainlands.items():
        (west, south), (east, north) = corners
        window = Window.around([shape.points[code]], corners)
        assert window.west < west and east < window.east, code
        assert window.south < south and north < window.north, code
        assert window.east - window.west < 2 * FAR_DEGREES, f"{code}: an island far out is no part of it"


def test_nghe_an_reaches_further_north_than_its_districts_middles() -> None:
    """What was cut off: the northernmost district's middle lies at 19.6, the border at 20.0 degrees."""
    shape = load_boundaries(FILE)[Grain.OF_2021].shape
    middles = [(104.9, 19.6), (105.6, 18.7)]
    assert Window.around(middles).north < shape.mainlands["40"][1][1]
    assert Window.around(middles, shape.mainlands["40"]).north > shape.mainlands["40"][1][1]
