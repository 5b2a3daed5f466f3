"""The page of scenarios: what if more doses came, more people a day, more who decline. Marked on every part of it as
what it is: supposed, not counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html

from campaign.coverage import NATION
from campaign.projection import Projection
from campaign.scenario import Levers, Supposed, shift_days
from campaign.targets import Standing
from geo.text import collation_key
from layouts import format as fmt
from layouts import target_words as say
from layouts.help_layer import define
from layouts.ids import Scenarios as Ids
from layouts.parts import Child, attributes, card, icon
from layouts.table import pair_id
from layouts.words import Words

PACE = {"min": "0", "max": "300", "step": "5"}
DECLINES = {"min": "0", "max": "60", "step": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reading as it stands and as it is supposed; `supposed` None: reached already, or nothing to project from."""

    standing: Standing
    supposed: Supposed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A scenario that somebody saved, with its outcome on the snapshot that is shown."""

    name: str
    area: str
    levers: Levers
    actor: str
    made_at: datetime
    reason: str
    lines: tuple[Line, ...]


def scenarios_page(words: Words) -> list[Child]:
    return [
        mark(words),
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=Ids.LEVERS),
        html.Div(id=Ids.RESULT, **attributes(aria_live="polite")),
        html.Div(id=Ids.SAVED),
        card(words("scenario.method_title"), [html.P(words("scenario.method"), className="note")]),
    ]


def mark(words: Words) -> html.P:
    """What nobody may overlook."""
    return html.P(
        [icon("warn"), html.B(words("scenario.mark")), html.Span(words("scenario.mark_text"))],
        className="supposed-mark",
    )


def _native(kind: str, **props: object) -> Child:
    """An element that Dash has no component for, as board.draw takes it."""
    return cast("Child", {"namespace": "dash_html_components", "type": kind, "props": props})


def levers_form(levers: Levers, *, area: str, names: Mapping[str, str], stock: int, words: Words) -> html.Section:
    """`names` are the places that may be asked about, without the nation, which is '' and always there."""
    language = words.language
    places = sorted(names.items(), key=lambda item: collation_key(item[1]))
    options = [("", words("table.nation")), *places]
    select = html.Div(
        [
            html.Label(words("scenario.place"), htmlFor="lever-area"),
            _native(
                "Select",
                id="lever-area",
                name="area",
                className="lever-input",
                children=[html.Option(name, value=code, selected=code == area) for code, name in options],
                **attributes(data_value=area),
            ),
        ],
        className="lever",
    )
    arrivals = "" if levers.arrivals_weekly is None else str(levers.arrivals_weekly)
    return html.Section(
        [
            html.Div([html.H2(words("scenario.levers")), _tag(words)], className="card-head"),
            html.Div(
                [
                    select,
                    _slider("pace", levers.pace_percent, PACE, f"{levers.pace_percent}%", words),
                    _slider("declines", levers.declines_percent, DECLINES, f"{levers.declines_percent}%", words),
                    html.Div(
                        [
                            _label("arrivals", words),
                            _native(
                                "Input",
                                id="lever-arrivals",
                                name="arrivals",
                                type="number",
                                min="0",
                                max="100000000",
                                step="1000",
                                value=arrivals,
                                inputmode="numeric",
                                placeholder=words("scenario.no_limit"),
                                className="lever-input",
                                **attributes(data_value=arrivals, aria_describedby="lever-stock"),
                            ),
                            html.Span(
                                words("scenario.stock", doses=fmt.whole(stock, language)),
                                className="card-note",
                                id="lever-stock",
                            ),
                        ],
                        className="lever",
                    ),
                ],
                className="levers",
            ),
            html.Div(
                [
                    html.Button(
                        words("scenario.reset"),
                        n_clicks=0,
                        className="choice",
                        **attributes(data_action="scenario-reset"),
                    ),
                    html.A(words("scenario.save"), href=_save_link(levers, area), className="choice save-more"),
                ],
                className="choice-row lever-buttons",
            ),
        ],
        className="card supposed",
    )


def _label(name: str, words: Words) -> html.Div:
    text = words(f"scenario.{name}")
    return html.Div(
        [html.Label(text, htmlFor=f"lever-{name}"), define(f"scenario_{name}", text, words)], className="lever-name"
    )


def _slider(name: str, value: int, limits: Mapping[str, str], shown: str, words: Words) -> html.Div:
    return html.Div(
        [
            _label(name, words),
            html.Div(
                [
                    _native(
                        "Input",
                        id=f"lever-{name}",
                        name=name,
                        type="range",
                        value=str(value),
                        className="lever-input",
                        **limits,
                        **attributes(data_value=str(value)),
                    ),
                    html.B(shown, id=f"lever-{name}-now", className="lever-now"),
                ],
                className="lever-row",
            ),
        ],
        className="lever",
    )


def _save_link(levers: Levers, area: str) -> str:
    arrivals = "" if levers.arrivals_weekly is None else levers.arrivals_weekly
    asked = {"area": area, "pace": levers.pace_percent, "declines": levers.declines_percent, "arrivals": arrivals}
    return f"/quyet-dinh?{urlencode(asked)}#kich-ban"


def levers_text(levers: Levers, words: Words) -> str:
    """In one line: "tốc độ 150%, 1.000.000 liều mỗi tuần, 10% từ chối"."""
    arrivals = levers.arrivals_weekly
    parts = [
        words("scenario.told_pace", percent=f"{levers.pace_percent}%"),
        words("scenario.told_no_limit")
        if arrivals is None
        else words("scenario.told_arrivals", doses=fmt.whole(arrivals, words.language)),
        words("scenario.told_declines", percent=f"{levers.declines_percent}%"),
    ]
    return ", ".join(parts)


def result(lines: Sequence[Line], *, place: str, levers: Levers, words: Words) -> html.Section:
    """The base beside the scenario, reading by reading."""
    heads = ("base", "when", "shift")
    rows = [_row(line, words) for line in lines]
    table = html.Table(
        [
            html.Caption(words("scenario.result"), className="sr-only"),
            html.Thead(
                html.Tr(
                    [
                        html.Th(words("scenario.reading"), scope="col"),
                        *(
                            html.Th(
                                [
                                    words(f"scenario.{name}"),
                                    define(f"scenario_{name}", words(f"scenario.{name}"), words),
                                ],
                                scope="col",
                            )
                            for name in heads
                        ),
                    ]
                )
            ),
            html.Tbody(rows),
        ],
        className="plain-table supposed-table",
    )
    body: Child = table if rows else html.P(words("targets.nothing"), className="card-note")
    return html.Section(
        [
            html.Div([html.H2(words("scenario.result")), _tag(words)], className="card-head"),
            html.P([html.B(place), f" · {levers_text(levers, words)}"], className="card-note", id="scenario-told"),
            body,
        ],
        className="card supposed",
        id="scenario-result-card",
    )


def _tag(words: Words) -> html.Span:
    return html.Span([icon("warn"), words("scenario.mark")], className="supposed-tag")


def _row(line: Line, words: Words) -> html.Tr:
    found = line.standing
    stem = f"scenario/{found.target.target_id}/{pair_id(found.group, found.measure)}"
    name = f"{say.goal(found.target, words)} · {say.lower(words(f'metric.{found.measure}'))}"
    cells: list[tuple[str, Child, str]] = [
        ("base", say.when(found, words), say.interval(found, words)),
        ("when", html.B(_when(line, words)), _interval(line, words)),
        ("shift", html.B(_shift(line, words)), ""),
    ]
    return html.Tr(
        [
            html.Th(name, scope="row"),
            *(
                html.Td(
                    html.Div(
                        [
                            html.Span(text, **attributes(data_number=f"{stem}/{column}")),
                            *([html.Span(more, className="line-of")] if more else []),
                        ],
                        className="stack",
                    ),
                    **attributes(data_label=words(f"scenario.{column}")),
                )
                for column, text, more in cells
            ),
        ]
    )


def _when(line: Line, words: Words) -> str:
    if line.standing.reached:
        return words("scenario.reached")
    if line.supposed is None:
        return words("targets.when_unknown")
    if not line.supposed.within_reach:
        return words("scenario.never")
    projection = line.supposed.projection
    if projection is None:
        return words("targets.when_few")
    if projection.middle is None:
        return words("targets.when_beyond", day=_day(projection.beyond, words))
    return words("targets.when_expected", day=_day(projection.middle, words))


def _interval(line: Line, words: Words) -> str:
    supposed = line.supposed
    if supposed is None or not supposed.within_reach or supposed.projection is None:
        return ""
    found: Projection = supposed.projection
    if found.earliest is None:
        return ""
    low = _day(found.earliest, words)
    if found.latest is None:
        return words("targets.interval_open", low=low, beyond=_day(found.beyond, words))
    return words("targets.interval", low=low, high=_day(found.latest, words))


def _shift(line: Line, words: Words) -> str:
    if line.standing.reached or line.supposed is None or not line.supposed.within_reach:
        return fmt.UNKNOWN
    days = shift_days(line.standing.projection, line.supposed.projection)
    if days is None:
        return fmt.UNKNOWN
    if not days:
        return words("scenario.same")
    return words("scenario.later" if days > 0 else "scenario.earlier", days=fmt.whole(abs(days), words.language))


def _day(value: date, words: Words) -> str:
    return fmt.day(value, words.language)


def saved_list(
    found: Sequence[Saved] | None, *, names: Mapping[str, str], words: Words, zone: ZoneInfo
) -> html.Section:
    """`found` None: the registry does not answer."""
    head = html.Div(
        [html.H2([words("scenario.saved"), define("scenario_who", words("scenario.saved"), words)]), _tag(words)],
        className="card-head",
    )
    if found is None:
        body: list[Child] = [html.P(words("scenario.no_registry"), className="card-note")]
    elif not found:
        body = [html.P(words("scenario.none"), className="card-note")]
    else:
        body = [html.Ul([_saved(item, names, words, zone) for item in found], className="saved-list")]
    return html.Section([head, *body], className="card supposed")


def _saved(item: Saved, names: Mapping[str, str], words: Words, zone: ZoneInfo) -> html.Li:
    place = names.get(item.area, item.area) if item.area and item.area != NATION else words("table.nation")
    arrivals = "" if item.levers.arrivals_weekly is None else str(item.levers.arrivals_weekly)
    use = html.Button(
        item.name,
        n_clicks=0,
        className="place",
        title=words("scenario.use"),
        **attributes(
            data_action="scenario-use",
            data_area=item.area,
            data_pace=str(item.levers.pace_percent),
            data_declines=str(item.levers.declines_percent),
            data_arrivals=arrivals,
        ),
    )
    dates: list[Child] = [
        html.Li(
            [
                html.Span(
                    f"{say.goal(line.standing.target, words)} · {say.lower(words(f'metric.{line.standing.measure}'))}: "
                ),
                html.B(say.lower(_when(line, words))),
                *([html.Span(f" ({_shift(line, words)})")] if _shift(line, words) != fmt.UNKNOWN else []),
            ]
        )
        for line in item.lines
        if not line.standing.reached
    ]
    by = words("said.confirmed_by", name=item.actor, at=fmt.instant(item.made_at, words, zone))
    return html.Li(
        [
            html.P([use, html.Span(f" · {place} · {levers_text(item.levers, words)}")]),
            html.Ul(dates, className="saved-dates"),
            html.P([html.Q(item.reason), html.Span(f" {by}")], className="card-note"),
        ],
        **attributes(data_scenario=item.name),
    )
