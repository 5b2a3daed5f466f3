"""People reached so far, and the curve ahead as it is today beside the one that is supposed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from campaign.projection import Fan, Projection
from campaign.targets import Past, Standing
from layouts.curve_axes import axes, line_width
from layouts.graph import Figure, blank
from layouts.target_curve import (
    MOST_AHEAD,
    SPARE_DAYS,
    ahead_line,
    band,
    colour_of,
    goal_line,
    goal_text,
    highest,
    people_line,
    reached_by_day,
    told_until,
)
from layouts.theme import PALETTES
from layouts.view import View
from layouts.words import Words


def scenario_curve(
    found: Standing,
    past: Past | None,
    base: Fan | None,
    supposed: Fan | None,
    *,
    dates: tuple[Projection | None, Projection | None],
    view: View,
    words: Words,
) -> Figure:
    """Unit: people, cumulative. `dates`: the projections of `base` and `supposed`, whose days the figure should
    reach. The interval is that of what is supposed. Blank where the source keeps no days or the version no
    population."""
    if past is None or found.needed is None:
        return blank()
    palette = PALETTES[view.theme]
    days, totals = reached_by_day(found, past)
    today = days[-1]
    end = _end(found, today, dates)
    base_until, until = (told_until(told, end) for told in dates)
    top = highest(found.needed, totals)
    layout = axes(days, top=top, view=view, words=words, palette=palette, until=[end], labelled=False)
    layout["hovermode"] = "closest"
    layout["shapes"] = [goal_line(days[0], end, found.needed, palette.target, view.size)]
    layout["annotations"] = [goal_text(found, palette, view, words)]
    data: list[dict[str, Any]] = []
    if supposed is not None:
        data += band(supposed, today, totals[-1], until, palette, words)
    data.append(people_line(days, totals, words(f"metric.{found.measure}"), colour_of(found, palette), view, words))
    if base is not None:
        name = words("scenario.base")
        data.append(
            ahead_line(base, today, totals[-1], base_until, name=name, colour=palette.mean, view=view, words=words)
        )
    if supposed is not None:
        name = words("scenario.when")
        line = ahead_line(supposed, today, totals[-1], until, name=name, colour=palette.target, view=view, words=words)
        # Whole beside the base's dots: told apart without colours, too.
        data.append({**line, "line": {"color": palette.target, "width": line_width(view.size)}})
    return {"data": data, "layout": layout}


def _end(found: Standing, today: date, dates: tuple[Projection | None, ...]) -> date:
    wanted = [found.target.due_on, today, *(told.middle for told in dates if told is not None and told.middle)]
    return min(max(wanted), today + timedelta(MOST_AHEAD)) + timedelta(SPARE_DAYS)
