"""How the campaign got here: people reached against the targets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from campaign.coverage import Coverage, Measure, Target
from campaign.readings import DayRow
from layouts import format as fmt
from layouts.curve_axes import axes, day_line, line_width
from layouts.graph import Figure
from layouts.theme import PALETTES, Palette, pixels, sized
from layouts.view import Size, View
from layouts.words import Words

# Of its highest: so low there is no room between a line and the axis.
LOW = 0.15


def cumulative(
    days: Sequence[DayRow],
    *,
    targets: Sequence[Target],
    reached: Mapping[Measure, Coverage],
    view: View,
    words: Words,
) -> Figure:
    """People with at least one dose and with the full series, day by day, and each target of this group as a line up
    to its due date. Unit: people. Nothing is drawn for what the source does not tell.

    `reached` is where the two readings stand, as tile and table say it; the ends of the lines say the same, and
    on a past day the lines where that day is marked.
    """
    palette = PALETTES[view.theme]
    population = next((cell.population for cell in reached.values() if cell.population), None)
    lines = {
        Measure.DOSE1: _people(days, [row.dose1_people for row in days], palette.dose1, Measure.DOSE1, view, words),
        Measure.FULL: _people(days, [row.full_people for row in days], palette.full, Measure.FULL, view, words),
    }
    drawn = [line for line in lines.values() if line is not None]
    aims = [target for target in targets if target.population_group is view.group] if population else []
    top = max([0, *(max(line["y"]) for line in drawn), *(target.ratio * (population or 0) for target in aims)])
    layout = axes(
        [row.day for row in days],
        top=top,
        view=view,
        words=words,
        palette=palette,
        until=[t.due_on for t in aims],
        labelled=True,
    )
    layout["shapes"] = [
        *(_aim_line(days, target, population or 0, palette, view.size) for target in aims),
        *([day_line(view.day, palette, view.size)] if view.day is not None and drawn else []),
    ]
    layout["annotations"] = [
        *(_aim_text(target, population or 0, palette, view, words) for target in aims),
        *(_end_text(line, name, reached.get(name), view, words) for name, line in lines.items() if line is not None),
    ]
    return {"data": drawn, "layout": layout}


def note(area: str, view: View, words: Words) -> str:
    """Whose lines they are, and which day is marked."""
    group = words.named("group_long", view.group.value)
    if view.day is None:
        return words("curves.note", area=area, group=group)
    return words("curves.note_day", area=area, group=group, day=fmt.day(view.day, words.language))


def _people(
    days: Sequence[DayRow], values: Sequence[int | None], colour: str, measure: Measure, view: View, words: Words
) -> dict[str, Any] | None:
    if not days or None in values:
        return None
    totals = list(accumulate(value or 0 for value in values))
    language = words.language
    name = words(f"metric.{measure}")
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [row.day.isoformat() for row in days],
        "y": totals,
        "line": {"color": colour, "width": line_width(view.size)},
        "hovertext": [
            f"<b>{fmt.day(row.day, language)}</b><br>{name}: {fmt.whole(total, language)}"
            for row, total in zip(days, totals, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _aim_line(days: Sequence[DayRow], target: Target, population: int, palette: Palette, size: Size) -> dict[str, Any]:
    start = days[0].day if days else target.valid_from
    level = target.ratio * population
    return {
        "type": "line",
        "x0": start.isoformat(),
        "x1": target.due_on.isoformat(),
        "y0": level,
        "y1": level,
        "line": {"color": palette.target, "width": line_width(size, 0.7), "dash": "dash"},
    }


def _aim_text(target: Target, population: int, palette: Palette, view: View, words: Words) -> dict[str, Any]:
    language = words.language
    return {
        "x": 0.0,
        "xref": "paper",
        "xanchor": "left",
        "y": target.ratio * population,
        "yanchor": "bottom",
        "showarrow": False,
        "text": sized(
            view.size,
            lambda size: words(
                "curves.aim_short" if size is Size.PHONE else "curves.aim",
                share=fmt.share(target.ratio, language),
                people=fmt.whole(round(target.ratio * population), language),
                day=fmt.day(target.due_on, language),
            ),
        ),
        "font": {"color": palette.target, "size": pixels(view.size, plus=-1)},
        # Where a line of the grid runs through it.
        "bgcolor": palette.surface,
        "borderpad": 0,
        # Off the target's own line, too.
        "yshift": 2,
    }


def _end_text(
    line: dict[str, Any], measure: Measure, reached: Coverage | None, view: View, words: Words
) -> dict[str, Any]:
    """Where a line stands today, or at the end of the day that is looked at: as share of the population where that is
    known, else as people."""
    place = len(line["x"]) - 1
    if view.day is not None:
        place = max(bisect_right(line["x"], view.day.isoformat()) - 1, 0)
    people = line["y"][place]
    known = reached is not None and reached.population
    text = fmt.percent(reached, words.language) if known else fmt.compact(people, words)
    # On a day before the last the line goes on: its share stands where it does not run, above it to the left, or where
    # the other line may run there, below it to the right.
    ends = place == len(line["x"]) - 1
    above = not ends and (measure is Measure.DOSE1 or people < LOW * max(line["y"]))
    return {
        "x": line["x"][place],
        "y": people,
        "xanchor": "right" if above else "left",
        "yanchor": "middle" if ends else "bottom" if above else "top",
        "xshift": -6 if above else 6,
        "showarrow": False,
        "text": f"<b>{text}</b>",
        **({"bgcolor": PALETTES[view.theme].surface, "borderpad": 1} if ends else {}),
        "font": {"color": line["line"]["color"], "size": pixels(view.size)},
    }
