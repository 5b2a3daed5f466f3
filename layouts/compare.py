"""Two columns and what lies between them: two days of every area, or every figure of two areas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dash import html

from campaign.coverage import NATION, PopulationGroup
from campaign.map_metrics import SHARES, WITHOUT_GROUP, Kind, Metric
from campaign.readings import AreaRow
from geo.text import collation_key
from layouts import format as fmt
from layouts.area_map import reading_name
from layouts.scales import Scale, apart, coverage_of, in_unit, number_text, value_text
from layouts.sorted_table import Cell, Head, Line, sorted_table, stacked
from layouts.table import APART, COUNTS
from layouts.view import GROUPS, MAP_GROUPS
from layouts.words import Words


def day_table(
    before: Sequence[AreaRow], after: Sequence[AreaRow], *, days: tuple[str, str], scale: Scale, words: Words
) -> html.Div:
    """What the map colours on both days, and the change; shares change by percentage points. The nation is below."""
    earlier = {row.area.code: row for row in before}
    ordered = sorted(
        after,
        key=lambda row: (row.area.code in APART, collation_key(words.pick(row.area.name_vi, row.area.name_en))),
    )
    heads = [
        Head(name="name", text=words("table.area"), number=False),
        Head(name="before", text=days[0]),
        Head(name="after", text=days[1]),
        Head(name="change", text=words("compare.change")),
    ]
    lines = [
        Line(
            key=row.area.code,
            cells=[
                Cell(words.pick(row.area.name_vi, row.area.name_en), rank),
                *_pair(earlier[row.area.code], row, scale, words),
            ],
            fixed=row.area.code == NATION,
        )
        for rank, row in enumerate(ordered)
        if row.area.code in earlier
    ]
    lines.sort(key=lambda line: line.fixed)
    return sorted_table("compare-days", words("compare.days_caption"), heads, lines)


def _pair(before: AreaRow, after: AreaRow, scale: Scale, words: Words) -> list[Cell]:
    values = [scale.value_of(row) for row in (before, after)]
    shown = [Cell(_shown(row, scale, words), value) for row, value in zip((before, after), values, strict=True)]
    return [*shown, _change(values[0], values[1], scale.kind, words)]


def _shown(row: AreaRow, scale: Scale, words: Words) -> html.Span:
    below = ""
    if scale.kind is Kind.RATIO:
        below = fmt.fraction(coverage_of(row, scale.group, SHARES[scale.metric]), words.language)
    return html.Span(stacked(value_text(row, scale, words), below), className="stack")


def _change(before: float | int | None, after: float | int | None, kind: Kind, words: Words) -> Cell:
    if before is None or after is None:
        return Cell(fmt.UNKNOWN, None)
    change = after - before
    if kind in (Kind.RATIO, Kind.POINTS):
        in_points = change * 100 if kind is Kind.RATIO else change
        return Cell(words("compare.points", points=apart(in_points, words)), in_points)
    text = number_text(abs(change), kind, words)
    return Cell(f"−{text}" if change < 0 else f"+{text}" if change else text, change)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of two areas."""

    name: str
    scale: Scale


def area_table(left: AreaRow, right: AreaRow, *, names: tuple[str, str], scale: Scale, words: Words) -> html.Div:
    """Every figure of both areas, and the second less the first."""
    heads = [
        Head(name="name", text=words("compare.figure"), number=False),
        Head(name="left", text=names[0]),
        Head(name="right", text=names[1]),
        Head(name="change", text=words("compare.difference")),
    ]
    figures = list(_figures(scale, words))
    lines = [
        Line(
            key=f"{item.scale.metric}_{item.scale.group}",
            cells=[Cell(item.name, rank), *_pair(left, right, item.scale, words)],
        )
        for rank, item in enumerate(figures)
    ]
    for name in COUNTS:
        pair = (getattr(left, name), getattr(right, name))
        if any(value is not None for value in pair):
            shown = [html.Span(stacked(fmt.whole(value, words.language), ""), className="stack") for value in pair]
            cells = [Cell(text, value) for text, value in zip(shown, pair, strict=True)]
            change = _change(pair[0], pair[1], Kind.PEOPLE, words)
            lines.append(Line(key=name, cells=[Cell(words(f"compare.{name}"), len(lines)), *cells, change]))
    return sorted_table("compare-areas", words("compare.areas_caption"), heads, lines)


def _figures(scale: Scale, words: Words) -> Iterator[Figure]:
    # A class is no figure to compare.
    for metric in (item for item in Metric if item is not Metric.NEED):
        groups = (PopulationGroup.ALL,) if metric in WITHOUT_GROUP else MAP_GROUPS if metric in SHARES else GROUPS
        for group in groups:
            # A name of its own for each: no breaks are needed to write a value.
            own = replace(scale, metric=metric, group=group)
            yield Figure(name=_with_unit(reading_name(metric, group, words), own.kind, words), scale=own)


# Of the others the name says it, or the number does.
UNNAMED = frozenset({Kind.PEOPLE, Kind.LEFT, Kind.COVER})


def _with_unit(name: str, kind: Kind, words: Words) -> str:
    return f"{name} ({in_unit('', kind, words).strip()})" if kind in UNNAMED else name
