"""The legend says what a colour means, and how many areas have it.

Plain elements: Dash's own components take ten times as long to make and to write, for every combination of filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from campaign.map_metrics import NEEDS, WAYS, Kind, Need
from campaign.readings import AreaRow
from layouts import scales
from layouts.parts import Child, attributes, native
from layouts.scales import Scale
from layouts.theme import PALETTES, Palette
from layouts.view import View
from layouts.words import Words


def legend(rows: Sequence[AreaRow], *, view: View, scale: Scale, words: Words) -> Child:
    """All classes, empty ones too: a legend that changes with the data cannot be learnt."""
    if scale.kind is Kind.NEED:
        return _need(rows, scale, view, words)
    palette = PALETTES[view.theme]
    tally = scales.counts(rows, scale)
    labels = scales.class_labels(scale, words)
    colours = scale.colours(palette)
    top = len(colours) - 1
    lines: list[Child] = [
        _line(
            colours[index],
            labels[index],
            tally[index],
            edge=palette.over_edge if scale.over and index == top else palette.muted,
            class_name="legend-over" if scale.over and index == top else "",
        )
        for index in range(top, -1, -1)
    ]
    if tally[None]:
        line = _line(
            palette.unknown, words("legend.unknown"), tally[None], edge=palette.muted, class_name="legend-none"
        )
        lines.append(line)
    title = words(f"legend_title.{scale.metric if scale.metric in WAYS else scale.kind}")
    head = native(
        "Div",
        children=[
            native("Span", children=title),
            native("Span", children=words("legend.areas"), title=words("legend.areas_title")),
        ],
        className="legend-title",
    )
    return native(
        "Div",
        children=[head, native("Ul", children=lines)],
        className="legend",
        role="img",
        **attributes(aria_label=title),
    )


def _need(rows: Sequence[AreaRow], scale: Scale, view: View, words: Words) -> Child:
    """Three by three: coverage down, days of stock across; each class has its name for a pointer and a screen
    reader."""
    palette = PALETTES[view.theme]
    tally = scales.counts(rows, scale)
    lasts = ("short", "some", "long")
    head = native(
        "Tr",
        children=[
            native("Td", children=""),
            *(native("Th", children=words(f"need_stock.{name}"), scope="col") for name in lasts),
        ],
    )
    lines = [
        native(
            "Tr",
            children=[
                native("Th", children=words(f"need_share.{share}"), scope="row"),
                *(_square(Need(f"{share}_{name}"), palette, tally, words) for name in lasts),
            ],
        )
        for share in ("low", "middle", "high")
    ]
    worst = NEEDS[-1]
    urgent = _line(palette.need[-1], words(f"need.{worst}"), tally[len(NEEDS) - 1], edge=palette.muted)
    unknown = [_line(palette.unknown, words("legend.unknown"), tally[None], edge=palette.muted)] if tally[None] else []
    title = words(f"legend_title.{scale.metric if scale.metric in WAYS else scale.kind}")
    return native(
        "Div",
        children=[
            native("Div", children=native("Span", children=title), className="legend-title"),
            native(
                "Table",
                children=[native("Thead", children=head), native("Tbody", children=lines)],
                className="legend-need",
            ),
            native("Ul", children=[urgent, *unknown]),
        ],
        className="legend",
        role="group",
        **attributes(aria_label=title),
    )


def _square(need: Need, palette: Palette, tally: Counter[int | None], words: Words) -> Child:
    place, name = NEEDS.index(need), words(f"need.{need}")
    return native(
        "Td",
        children=[
            native(
                "Span", className="swatch", style={"backgroundColor": palette.need[place], "borderColor": palette.muted}
            ),
            native("Span", children=str(tally[place]), className="legend-count" + ("" if tally[place] else " zero")),
        ],
        title=name,
        **attributes(aria_label=f"{name}: {tally[place]}", data_need=str(need)),
    )


def _line(colour: str, label: str, areas: int, *, edge: str, class_name: str = "") -> Child:
    return native(
        "Li",
        children=[
            native("Span", className="swatch", style={"backgroundColor": colour, "borderColor": edge}),
            native("Span", children=label, className="legend-label"),
            native("Span", children=str(areas), className="legend-count" + ("" if areas else " zero")),
        ],
        className=class_name,
    )
