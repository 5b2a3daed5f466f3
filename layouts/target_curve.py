"""The way to a target: people reached so far, the path that the due date asks for, and where the present pace leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from campaign.projection import Fan, Projection
from campaign.targets import Past, Standing
from layouts import format as fmt
from layouts import target_words as say
from layouts.curve_axes import axes, line_width
from layouts.graph import Figure, blank
from layouts.theme import PALETTES, Palette, pixels, sized
from layouts.view import Size, View
from layouts.words import Words

# Beyond a few months a line ahead says nothing, and squeezes what is known.
MOST_AHEAD = 150
SPARE_DAYS = 10
# Of the height below the target, the room above it: what a line would come to beyond it is not what is asked.
SPARE_HEIGHT = 0.1


def target_curve(found: Standing, past: Past | None, fan: Fan | None, *, view: View, words: Words) -> Figure:
    """Unit: people, cumulative. Nothing where the source keeps no days or the version no population."""
    if past is None or found.needed is None:
        return blank()
    palette = PALETTES[view.theme]
    days, totals = reached_by_day(found, past)
    today, end = days[-1], _end(found, days[-1])
    ahead = None if fan is None or found.reached else fan
    top = highest(found.needed, totals)
    layout = axes(days, top=top, view=view, words=words, palette=palette, until=[end], labelled=False)
    layout["hovermode"] = "closest"
    layout["shapes"] = [goal_line(days[0], end, found.needed, palette.target, view.size)]
    layout["annotations"] = [goal_text(found, palette, view, words)]
    data: list[dict[str, Any]] = []
    until = told_until(found.projection, end)
    if ahead is not None:
        data += band(ahead, today, totals[-1], until, palette, words)
    data.append(people_line(days, totals, words(f"metric.{found.measure}"), colour_of(found, palette), view, words))
    if ahead is not None:
        name = words("targets.curve_middle")
        data.append(ahead_line(ahead, today, totals[-1], until, name=name, colour=palette.mean, view=view, words=words))
    if found.pace_needed is not None:
        data.append(_needed(found, today, totals[-1], palette, view, words))
    return {"data": data, "layout": layout}


def reached_by_day(found: Standing, past: Past) -> tuple[list[date], list[float]]:
    """Days up to today, and people reached by the end of each."""
    counts = past.recorded[found.measure]
    days = [past.first.first_day + timedelta(offset) for offset in range(len(counts))]
    return days, [float(total) for total in accumulate(counts)]


def _end(found: Standing, today: date) -> date:
    wanted = [found.target.due_on, today]
    if found.projection is not None and not found.reached:
        wanted += [day for day in (found.projection.middle, found.projection.latest) if day]
    return min(max(wanted), today + timedelta(MOST_AHEAD)) + timedelta(SPARE_DAYS)


def highest(needed: int, totals: Sequence[float]) -> float:
    """Where the figure ends upwards, in people: the lines ahead run out of it a little above the target."""
    return max(needed * (1 + SPARE_HEIGHT), *totals)


def told_until(told: Projection | None, end: date) -> date:
    """Up to which day a line ahead is drawn: when even its slow side has met the target nothing more is asked of it,
    and further on it only nears everybody there is, as if that were sure."""
    latest = told.latest if told else None
    return end if latest is None else min(end, latest + timedelta(SPARE_DAYS))


def colour_of(found: Standing, palette: Palette) -> str:
    return palette.dose1 if found.measure == "dose1" else palette.full


def goal_line(start: date, end: date, needed: int, colour: str, size: Size) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": start.isoformat(),
        "x1": end.isoformat(),
        "y0": needed,
        "y1": needed,
        "line": {"color": colour, "width": line_width(size, 0.7), "dash": "dash"},
    }


def goal_text(found: Standing, palette: Palette, view: View, words: Words) -> dict[str, Any]:
    people = fmt.whole(found.needed, words.language)
    return {
        "x": 0.0,
        "xref": "paper",
        "xanchor": "left",
        "y": found.needed,
        "yanchor": "bottom",
        "showarrow": False,
        "text": sized(
            view.size,
            lambda size: (
                words("targets.curve_goal_short", people=people)
                if size is Size.PHONE
                else words("targets.curve_goal", goal=say.goal(found.target, words), people=people)
            ),
        ),
        "font": {"color": palette.target, "size": pixels(view.size, plus=-1)},
        # Where a line of the grid runs through it.
        "bgcolor": palette.surface,
        "borderpad": 0,
        # Off the target's own line, too.
        "yshift": 2,
    }


def people_line(
    days: Sequence[date], totals: Sequence[float], name: str, colour: str, view: View, words: Words
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [day.isoformat() for day in days],
        "y": list(totals),
        "line": {"color": colour, "width": line_width(view.size)},
        "hovertext": [_hover(name, day, total, words) for day, total in zip(days, totals, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _hover(name: str, day: date, people: float, words: Words) -> str:
    return f"<b>{fmt.day(day, words.language)}</b><br>{name}: {fmt.whole(round(people), words.language)}"


def _ahead(fan: Fan, path: Sequence[float], today: date, so_far: float, end: date) -> tuple[list[str], list[float]]:
    """From where the line stands today on; the first day of a fan is today, which is still in progress."""
    count = max((end - fan.first_day).days + 1, 0)
    days = [today.isoformat(), *((fan.first_day + timedelta(offset)).isoformat() for offset in range(1, count))]
    return days, [so_far, *(max(float(value), so_far) for value in path[1:count])]


def band(fan: Fan, today: date, so_far: float, end: date, palette: Palette, words: Words) -> list[dict[str, Any]]:
    plain = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    days, slow = _ahead(fan, fan.slow.tolist(), today, so_far, end)
    _, fast = _ahead(fan, fan.fast.tolist(), today, so_far, end)
    return [
        {**plain, "x": days, "y": slow, "showlegend": False},
        {
            **plain,
            "x": days,
            "y": fast,
            "fill": "tonexty",
            "fillcolor": palette.estimate,
            "name": words("targets.curve_interval"),
        },
    ]


def ahead_line(
    fan: Fan, today: date, so_far: float, end: date, *, name: str, colour: str, view: View, words: Words
) -> dict[str, Any]:
    days, people = _ahead(fan, fan.middle.tolist(), today, so_far, end)
    hover = [_hover(name, date.fromisoformat(day), total, words) for day, total in zip(days, people, strict=True)]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": days,
        "y": people,
        "line": {"color": colour, "width": line_width(view.size, 0.8), "dash": "dot"},
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _needed(found: Standing, today: date, so_far: float, palette: Palette, view: View, words: Words) -> dict[str, Any]:
    name = words("targets.curve_needed")
    ends = [(today, so_far), (found.target.due_on, float(found.needed or 0))]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [day.isoformat() for day, _ in ends],
        "y": [people for _, people in ends],
        "line": {"color": palette.target, "width": line_width(view.size, 0.8)},
        "marker": {"size": 7},
        "hovertext": [_hover(name, day, people, words) for day, people in ends],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
