"""On the map of a plan no island lies under the letters of its archipelago's name, on a screen or a phone."""

from __future__ import annotations

from itertools import product

import pytest

from geo.islands import ARCHIPELAGOS, LABELS, ArchipelagoLabel
from layouts.outlines import HEIGHT, WIDTH, place
from layouts.plan_map import NAMED_AT

# Of dashboard/assets/5-door.css: sizes of the letters, and the step from line to line. A letter is about half as wide.
SIZES = (14, 15, 16)
STEP = 1.15
WIDE = 0.6
# Of the mark of an island, with a gap.
MARK = 4
# Phú Quý of Bình Thuận, which is drawn with its province.
NEAR = ((108.94, 10.53),)


@pytest.mark.parametrize(("label", "size"), [*product(LABELS, SIZES)], ids=str)
def test_no_island_lies_under_the_name_of_its_archipelago(label: ArchipelagoLabel, size: int) -> None:
    middle, foot = place(*NAMED_AT[label.code])
    points = [*(place(island.lon, island.lat) for island in ARCHIPELAGOS), *(place(*near) for near in NEAR)]
    for name in (label.name_vi, label.name_en):
        for at, line in enumerate(name.replace(" (", "\n(", 1).split("\n")):
            half, under = WIDE * size * len(line) / 2, foot + at * STEP * size
            assert half < middle < WIDTH - half
            assert under + size / 3 < HEIGHT
            # From the accents of capitals to what hangs below the line.
            hidden = [
                (x, y)
                for x, y in points
                if abs(x - middle) < half + MARK and under - size - MARK < y < under + size / 3 + MARK
            ]
            assert not hidden, (line, hidden)
