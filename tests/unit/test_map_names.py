"""On the map of the country no island lies under the letters of its archipelago's name, whatever the size."""

from __future__ import annotations

from itertools import product

import pytest

from geo.islands import ARCHIPELAGOS, LABELS, ArchipelagoLabel
from layouts.area_map import EAST_SEA, NAMED_BELOW
from layouts.outlines import HEIGHT, WIDTH, place
from layouts.theme import FONT_SIZES
from layouts.view import Size

# How wide the map is at 390, 1440 and 3840 px, and how large its letters are (layouts/area_map.py).
SCREENS = {Size.PHONE: (330, 9), Size.DESK: (560, 11), Size.WALL: (1250, 22)}
# Plotly's lines are 1.3 letters apart; a letter is about half as wide as it is high.
STEP = 1.3
WIDE = 0.55


@pytest.mark.parametrize(("label", "screen"), [*product(LABELS, SCREENS)], ids=str)
def test_no_island_lies_under_the_name_of_its_archipelago(label: ArchipelagoLabel, screen: Size) -> None:
    across, letters = SCREENS[screen]
    assert letters <= FONT_SIZES[screen], "names in the sea are smaller than others"
    size = letters * WIDTH / across
    middle, top = place(*NAMED_BELOW[label.code])
    points = [place(island.lon, island.lat) for island in ARCHIPELAGOS]
    for name in (label.name_vi, label.name_en):
        lines = name.replace(" (", "\n(", 1).split("\n")
        half = WIDE * size * max(map(len, lines)) / 2
        foot = top + STEP * size * len(lines)
        assert half < middle < WIDTH - half
        assert foot < HEIGHT
        assert not [(x, y) for x, y in [*points, place(*EAST_SEA)] if abs(x - middle) < half and top < y < foot], name
