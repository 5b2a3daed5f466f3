"""Who is behind, named above the map: the areas at both ends of what it colours, each a button that picks it."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.map_metrics import Kind
from campaign.readings import AreaRow
from layouts.parts import Child, attributes
from layouts.scales import Scale, in_unit, value_text
from layouts.words import Words


def extremes(rows: Sequence[AreaRow], *, scale: Scale, words: Words) -> list[Child]:
    """The area that needs looking at first, then the other end; nothing where fewer than two areas have a figure."""
    known = [row for row in rows if scale.value_of(row) is not None]
    # Nine classes have no ends: the legend counts them.
    if len(known) < 2 or scale.kind is Kind.NEED:
        return []
    ordered = sorted(known, key=lambda row: (scale.value_of(row) or 0, row.area.position))
    lowest, highest = ("lowest", ordered[0]), ("highest", ordered[-1])
    # Of people who are still to be reached the most is the worst; of everything else the least.
    ends = [highest, lowest] if scale.kind is Kind.LEFT else [lowest, highest]
    return [_end(name, row, scale, words) for name, row in ends]


def _end(name: str, row: AreaRow, scale: Scale, words: Words) -> html.Span:
    place = html.Button(
        words.pick(row.area.name_vi, row.area.name_en),
        n_clicks=0,
        className="place",
        **attributes(data_action="pick-area", data_area=row.area.code),
    )
    text = f" {in_unit(value_text(row, scale, words), scale.kind, words)}"
    end = words(f"extremes.{name}")
    return html.Span([f"{end} ", place, html.B(text)], id=f"map-{name}", className="extreme")
