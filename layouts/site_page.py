"""The sites of a district, and one site: what it gave by day and by hour, and how old its newest record is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from dash import html

from campaign.places import SiteRecord, SiteRow
from geo.areas import Site
from geo.text import collation_key
from layouts import format as fmt
from layouts.coldchain_words import duration
from layouts.curve_axes import axes
from layouts.graph import Figure
from layouts.parts import Child
from layouts.place_parts import Step, place_button, told
from layouts.sorted_table import Cell, Head, Line, sorted_table
from layouts.theme import PALETTES
from layouts.view import View
from layouts.words import Words

COLUMNS = ("doses", "doses_last_7_days", "days", "last_on")
MINUTE_SECONDS = 60
# The axis is never so short that it would have to count parts of doses.
FEWEST_DOSES = 4


def site_table(
    rows: Sequence[SiteRow], *, places: Mapping[str, Site], area: str, district: str, total: int | None, words: Words
) -> html.Div:
    """One row a site in dictionary order, doses of sites that are not in the list of sites where there are any, and the
    district over the same days. `total`: its doses."""
    heads = [
        Head(name="name", text=words("place.site"), number=False),
        Head(name="kind", text=words("place.kind"), number=False),
        *(Head(name=name, text=words(f"site_column.{name}")) for name in COLUMNS),
    ]
    ordered = sorted(rows, key=lambda row: collation_key(places[row.code].name_vi))
    lines = [_line(row, places[row.code], rank, area, district, words) for rank, row in enumerate(ordered)]
    if total is not None:
        listed = sum(row.doses for row in rows)
        if total != listed:
            lines.append(_fixed("elsewhere", words("place.other_sites"), total - listed, words))
        lines.append(_fixed("district", words("place.district_total"), total, words))
    return sorted_table("site-table", words("place.sites_caption"), heads, lines)


def _line(row: SiteRow, place: Site, rank: int, area: str, district: str, words: Words) -> Line:
    language = words.language
    told = words.marked(place.name_vi)
    name = place_button(Step(name=told, area=area, district=district, site=row.code))
    kind = words(f"site_kind.{place.kind}")
    return Line(
        key=row.code,
        search=told,
        cells=[
            Cell(name, rank),
            Cell(kind, 0 if place.kind == "fixed" else 1),
            Cell(fmt.whole(row.doses, language), row.doses),
            Cell(fmt.whole(row.doses_last_7_days, language), row.doses_last_7_days),
            Cell(fmt.whole(row.days, language), row.days),
            Cell(fmt.day(row.last_on, language), row.last_on.toordinal() if row.last_on else None),
        ],
    )


def _fixed(key: str, name: str, doses: int, words: Words) -> Line:
    blank = [Cell("", None)] * (len(COLUMNS) - 1)
    return Line(
        key=key,
        cells=[Cell(name, None), Cell("", None), Cell(fmt.whole(doses, words.language), doses), *blank],
        fixed=True,
    )


def site_facts(place: Site, record: SiteRecord, *, today: date, now: datetime, words: Words) -> html.Div:
    """What it is and how it stands; `now` is the campaign instant of the snapshot."""
    language = words.language
    by_day = {item.day: item.doses for item in record.days}
    week = sum(doses for day, doses in by_day.items() if day > today - timedelta(days=7))
    facts: list[tuple[str, Child | list[Child]]] = [
        ("kind", words(f"site_kind.{place.kind}")),
        ("opened", fmt.day(place.opened_on, language)),
        *([("closed", fmt.day(place.closed_on, language))] if place.closed_on else []),
        ("today", _doses(by_day.get(today, 0), words)),
        ("yesterday", _doses(by_day.get(today - timedelta(days=1), 0), words)),
        ("week", _doses(week, words)),
        ("kept", _doses(sum(by_day.values()), words)),
        ("sessions", words("site.days", days=fmt.whole(len([d for d in by_day.values() if d > 0]), language))),
        ("lag", _lag(record, now, words)),
    ]
    rows = [html.Div([html.Dt(words(f"site.{name}")), html.Dd(value, id=f"site-{name}")]) for name, value in facts]
    return html.Div(html.Dl(rows, className="facts place-facts"))


def _doses(doses: int, words: Words) -> list[Child]:
    return [html.B(fmt.whole(doses, words.language)), f" {words('unit.injections')}"]


def _lag(record: SiteRecord, now: datetime, words: Words) -> str:
    newest = record.last_injection(now)
    if newest is None:
        return words("site.no_record")
    age = duration(int((now - newest).total_seconds() // MINUTE_SECONDS), words)
    return words("site.lag_value", at=fmt.minute(newest, words.language), age=age)


def hour_table(record: SiteRecord, words: Words) -> list[Child]:
    """Doses by hour of the days whose hours are kept; the newest day first."""
    if record.hours_from is None:
        return [told(words("site.no_hours"))]
    if not record.hours:
        return [told(words("site.no_hours_here"))]
    days = sorted({item.day for item in record.hours}, reverse=True)
    hours = range(min(item.hour for item in record.hours), max(item.hour for item in record.hours) + 1)
    found = {(item.day, item.hour): item.doses for item in record.hours}
    heads = [
        Head(name="hour", text=words("site.hour"), number=False),
        *(Head(name=day.isoformat(), text=fmt.day(day, words.language)) for day in days),
    ]
    lines = [
        Line(
            key=f"hour-{hour:02d}",
            cells=[
                Cell(words("site.hour_from", start=f"{hour:02d}", end=f"{hour + 1:02d}"), hour),
                *(
                    Cell(fmt.whole(value, words.language), value)
                    for day in days
                    for value in [found.get((day, hour), 0)]
                ),
            ],
        )
        for hour in hours
    ]
    return [html.H3(words("site.by_hour")), sorted_table("hour-table", words("site.by_hour"), heads, lines)]


def day_table(record: SiteRecord, words: Words) -> html.Details:
    """The numbers behind the bars, the newest day first."""
    heads = [Head(name="day", text=words("site.day"), number=False), Head(name="doses", text=words("table.doses"))]
    lines = [
        Line(
            key=item.day.isoformat(),
            cells=[
                Cell(fmt.day(item.day, words.language), item.day.toordinal()),
                Cell(fmt.whole(item.doses, words.language), item.doses),
            ],
        )
        for item in sorted(record.days, key=lambda item: item.day, reverse=True)
    ]
    table = sorted_table("day-table", words("site.by_day"), heads, lines)
    return html.Details([html.Summary(words("site.by_day_table")), table], className="more")


def day_bars(record: SiteRecord, *, last: date, view: View, words: Words) -> Figure:
    """Doses a day over the days that the snapshot keeps; days without a dose are gaps."""
    palette = PALETTES[view.theme]
    first = record.kept_from or last
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    doses = {item.day: item.doses for item in record.days}
    layout = axes(
        days,
        top=max([FEWEST_DOSES, *doses.values()]),
        view=view,
        words=words,
        palette=palette,
        until=[],
        labelled=False,
    )
    layout["bargap"] = 0.15
    hover = [
        f"<b>{fmt.day(day, words.language)}</b><br>{fmt.whole(doses.get(day, 0), words.language)} "
        f"{words('unit.injections')}"
        for day in days
    ]
    bars = {
        "type": "bar",
        "name": words("site.by_day"),
        "x": [day.isoformat() for day in days],
        "y": [doses.get(day, 0) for day in days],
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"color": palette.dose1},
    }
    return {"data": [bars], "layout": layout}
