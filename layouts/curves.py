"""How the campaign got here: people reached against the targets, and doses a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from campaign.coverage import Coverage, Measure, Target
from campaign.readings import DayRow
from layouts import format as fmt
from layouts.graph import Figure, base_layout
from layouts.theme import FONT_SIZES, PALETTES, Palette
from layouts.view import Size, View
from layouts.words import Language, Words

MEAN_DAYS = 7


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

    `reached` is where the two readings stand, as tile and table say it; the ends of the lines say the same.
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
    layout = _layout(
        days, top=top, view=view, words=words, palette=palette, until=[t.due_on for t in aims], labelled=True
    )
    layout["shapes"] = [_aim_line(days, target, population or 0, palette, view.size) for target in aims]
    layout["annotations"] = [
        *(_aim_text(target, population or 0, palette, view, words) for target in aims),
        *(_end_text(line, reached.get(name), view, words) for name, line in lines.items() if line is not None),
    ]
    return {"data": drawn, "layout": layout}


def daily(days: Sequence[DayRow], *, view: View, words: Words) -> Figure:
    """Doses injected each day and their mean of seven days. The last day is still being entered: drawn hatched."""
    palette = PALETTES[view.theme]
    language = words.language
    doses = [row.doses for row in days]
    dates = [row.day.isoformat() for row in days]
    labels = [fmt.day(row.day, language) for row in days]
    last = len(days) - 1
    bars = {
        "type": "bar",
        "name": words("curves.doses"),
        "x": dates,
        "y": doses,
        "hovertext": [
            f"<b>{label}</b><br>{words('curves.doses')}: {fmt.whole(value, language)}"
            + (f"<br>{words('curves.partial')}" if index == last else "")
            for index, (label, value) in enumerate(zip(labels, doses, strict=True))
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "color": palette.bars,
            "pattern": {
                "shape": ["/" if index == last else "" for index in range(len(days))],
                "fgcolor": palette.mean,
                "bgcolor": palette.surface,
                "size": 4,
            },
        },
    }
    mean = {
        "type": "scatter",
        "mode": "lines",
        "name": words("curves.mean"),
        "x": dates[MEAN_DAYS - 1 : last],
        "y": _means(doses[:last]),
        "line": {"color": palette.mean, "width": _width(view.size)},
        "hoverinfo": "skip",
    }
    layout = _layout(days, top=max(doses, default=0), view=view, words=words, palette=palette, until=[], labelled=False)
    layout["bargap"] = 0.15
    return {"data": [bars, mean] if days else [], "layout": layout}


def _means(values: Sequence[int]) -> list[float]:
    return [sum(values[end - MEAN_DAYS : end]) / MEAN_DAYS for end in range(MEAN_DAYS, len(values) + 1)]


def _people(
    days: Sequence[DayRow], values: Sequence[int | None], colour: str, measure: Measure, view: View, words: Words
) -> dict[str, Any] | None:
    if not days or any(value is None for value in values):
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
        "line": {"color": colour, "width": _width(view.size)},
        "hovertext": [
            f"<b>{fmt.day(row.day, language)}</b><br>{name}: {fmt.whole(total, language)}"
            for row, total in zip(days, totals, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _width(size: Size) -> float:
    return 5.0 if size is Size.WALL else 2.6


def _aim_line(days: Sequence[DayRow], target: Target, population: int, palette: Palette, size: Size) -> dict[str, Any]:
    start = days[0].day if days else target.valid_from
    level = target.ratio * population
    return {
        "type": "line",
        "x0": start.isoformat(),
        "x1": target.due_on.isoformat(),
        "y0": level,
        "y1": level,
        "line": {"color": palette.target, "width": _width(size) * 0.7, "dash": "dash"},
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
        "text": words(
            "curves.aim_short" if view.size is Size.PHONE else "curves.aim",
            share=fmt.share(target.ratio, language),
            people=fmt.whole(round(target.ratio * population), language),
            day=fmt.day(target.due_on, language),
        ),
        "font": {"color": palette.target, "size": FONT_SIZES[view.size] - 1},
    }


def _end_text(line: dict[str, Any], reached: Coverage | None, view: View, words: Words) -> dict[str, Any]:
    """Where a line stands today: as share of the population where that is known, else as people."""
    people = line["y"][-1]
    known = reached is not None and reached.population
    text = fmt.percent(reached, words.language) if known else fmt.compact(people, words)
    return {
        "x": line["x"][-1],
        "y": people,
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 4,
        "showarrow": False,
        "text": f"<b>{text}</b>",
        "bgcolor": PALETTES[view.theme].surface,
        "borderpad": 1,
        "font": {"color": line["line"]["color"], "size": FONT_SIZES[view.size]},
    }


def _layout(
    days: Sequence[DayRow],
    *,
    top: float,
    view: View,
    words: Words,
    palette: Palette,
    until: Sequence[date],
    labelled: bool,
) -> dict[str, Any]:
    pixels = FONT_SIZES[view.size]
    ticks = fmt.nice_ticks(top, wanted=4)
    first = days[0].day if days else date(2021, 3, 8)
    last = days[-1].day if days else first
    # Room for the labels at the ends of the lines.
    room = timedelta(
        ((last - first).days // 7 if view.size is Size.PHONE else (last - first).days // 13) if labelled else 2
    )
    final = max([last + room, *until])
    marks = _day_ticks(first, final, view.size)
    return {
        **base_layout(palette, view.size, words.language),
        "margin": {"l": 4, "r": pixels, "t": pixels * 2.6, "b": 4},
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
        "hovermode": "x" if view.size is Size.PHONE else "closest",
        "hoverdistance": 60,
        "xaxis": {
            "type": "date",
            "range": [(first - timedelta(1)).isoformat(), final.isoformat()],
            "fixedrange": True,
            "automargin": True,
            "showgrid": False,
            "tickvals": [day.isoformat() for day in marks],
            "ticktext": [_tick(day, words.language) for day in marks],
            "tickfont": {"color": palette.muted},
            "linecolor": palette.line,
            "ticks": "outside",
            "tickcolor": palette.line,
        },
        "yaxis": {
            "range": [0, ticks[-1]],
            "fixedrange": True,
            "automargin": True,
            "tickvals": list(ticks),
            "ticktext": [f"{fmt.compact(value, words)} " for value in ticks],
            "gridcolor": palette.line,
            "zeroline": False,
            "tickfont": {"color": palette.muted},
        },
    }


def _day_ticks(first: date, final: date, size: Size) -> list[date]:
    """First days of months, thinned so that their labels do not touch."""
    months = (final.year - first.year) * 12 + final.month - first.month
    if months < 2:
        step = max((final - first).days // 5, 1)
        return [first + timedelta(offset) for offset in range(0, (final - first).days + 1, step)]
    every = -(-months // (4 if size is Size.PHONE else 9))
    return [_month(first, index) for index in range(1, months + 1, every)]


def _month(first: date, index: int) -> date:
    years, month = divmod(first.month - 1 + index, 12)
    return date(first.year + years, month + 1, 1)


def _tick(day: date, language: Language) -> str:
    if day.month == 1 and day.day == 1:
        return f"{day:%d/%m}<br>{day:%Y}" if language is Language.VI else f"{day:%d %b}<br>{day:%Y}"
    return f"{day:%d/%m}" if language is Language.VI else f"{day:%d %b}"
