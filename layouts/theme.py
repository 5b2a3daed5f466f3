"""Colours and type of the two themes, for figures; the style sheet holds the same values as variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from layouts.view import Size, Theme

FONT = "Be Vietnam Pro, system-ui, sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours of one theme. `ramp` runs from low to high and changes evenly in lightness, so that it survives a
    photocopier and every kind of colour blindness; `over` is the class above 100 %."""

    text: str
    muted: str
    line: str
    surface: str
    edge: str
    ramp: tuple[str, ...]
    over: str
    over_edge: str
    unknown: str
    sea_text: str
    dose1: str
    full: str
    bars: str
    mean: str
    target: str
    estimate: str
    focus: str
    need: tuple[str, ...]


# Each under its own name (`table` has what it stands for), so that both themes share one answer.
NAMED = Palette(
    text="@text",
    muted="@muted",
    line="@line",
    surface="@surface",
    edge="@edge",
    over="@over",
    over_edge="@over_edge",
    unknown="@unknown",
    sea_text="@sea_text",
    dose1="@dose1",
    full="@full",
    bars="@bars",
    mean="@mean",
    target="@target",
    estimate="@estimate",
    focus="@focus",
    ramp=tuple(f"@ramp-{place}" for place in range(6)),
    need=tuple(f"@need-{place}" for place in range(9)),
)
PALETTES: Mapping[Theme, Palette] = {
    Theme.OPEN: NAMED,
    Theme.LIGHT: Palette(
        text="#14202e",
        muted="#536475",
        line="#e3e8ee",
        surface="#ffffff",
        edge="#7f90a1",
        ramp=("#fbf0c4", "#cfe6b4", "#8fd0b8", "#4eb1c2", "#2b7fb5", "#264f9c"),
        over="#3d1560",
        over_edge="#f0a02b",
        unknown="#d4dae1",
        sea_text="#6b8093",
        dose1="#2b7fb5",
        full="#1c3f7e",
        bars="#9cc4df",
        mean="#1c3f7e",
        target="#b4540a",
        estimate="#f6dcc0",
        focus="#d9480f",
        # In the order of campaign.map_metrics.Need: less coverage is redder, less stock bluer, the more urgent darker.
        need=(
            *("#eeeeee", "#f6c8bf", "#a3bad0", "#da877a", "#967d89", "#357098", "#7e4149", "#3d3a56"),
            "#520921",
        ),
    ),
    Theme.DARK: Palette(
        text="#e8eef5",
        muted="#a3b4c6",
        line="#27364a",
        surface="#152131",
        edge="#5d7086",
        ramp=("#2b3a63", "#2e5c8f", "#2f82a6", "#45a8a8", "#86cfa0", "#d8eca6"),
        over="#fff6e0",
        over_edge="#ff8a3d",
        unknown="#44505f",
        sea_text="#7d95ae",
        dose1="#5cb3e6",
        full="#a9c7ff",
        bars="#34648c",
        mean="#a9c7ff",
        target="#f2a65a",
        estimate="#5a4024",
        focus="#ff8a3d",
        need=(
            *("#404040", "#694c47", "#596977", "#a86c62", "#9f8b95", "#85abcb", "#e5afb4", "#d5d1eb"),
            "#ffe792",
        ),
    ),
}

# Between which a reader changes, and screens in the order of `by_size`.
THEMES = (Theme.LIGHT, Theme.DARK)
SIZES = (Size.PHONE, Size.DESK, Size.WALL)
# Pixels of text in a figure, by size of screen.
FONT_SIZES: Mapping[Size, int] = {Size.PHONE: 12, Size.DESK: 13, Size.WALL: 24}


def sized(size: Size, value: Callable[[Size], object]) -> Any:  # noqa: ANN401 - what goes into a figure
    """What depends on the size of the screen; of an open one that of all three, and dress.js chooses."""
    return {"by_size": [value(one) for one in SIZES]} if size is Size.OPEN else value(size)


def pixels(size: Size, times: float = 1, plus: float = 0) -> Any:  # noqa: ANN401 - what goes into a figure
    """Of text, or what grows with it."""
    return sized(size, lambda one: FONT_SIZES[one] * times + plus)


def table(palette: Palette) -> dict[str, str]:
    """Colours by the names that `NAMED` gives them."""
    found: dict[str, str] = {}
    for field in fields(palette):
        value = getattr(palette, field.name)
        if isinstance(value, str):
            found[field.name] = value
        else:
            found |= {f"{field.name}-{place}": colour for place, colour in enumerate(value)}
    return found


@lru_cache(64)
def ramp(colours: tuple[str, ...], steps: int) -> tuple[str, ...]:
    """`steps` colours spread evenly along `colours`; the colours themselves where the numbers agree."""
    if steps == 1:
        return (colours[-1],)
    last = len(colours) - 1
    return tuple(_between(colours, index * last / (steps - 1)) for index in range(steps))


def _between(colours: Sequence[str], place: float) -> str:
    low = min(int(place), len(colours) - 2)
    weight = place - low
    mixed = (
        round(a + (b - a) * weight) for a, b in zip(_channels(colours[low]), _channels(colours[low + 1]), strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
