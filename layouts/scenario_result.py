"""What is supposed beside what is projected, reading by reading, and the scenarios that were saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dash import html

from campaign.coverage import NATION
from campaign.projection import Projection
from campaign.scenario import Levers, Supposed, shift_days
from campaign.targets import Standing
from layouts import format as fmt
from layouts import target_words as say
from layouts.help_layer import define
from layouts.parts import Child, attributes, icon, with_sign
from layouts.table import pair_id
from layouts.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reading as it stands and as it is supposed; `supposed` None: reached already, or nothing to project from."""

    standing: Standing
    supposed: Supposed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A scenario that somebody saved, with its outcome on the snapshot that is shown."""

    number: int
    name: str
    area: str
    levers: Levers
    actor: str
    made_at: datetime
    reason: str
    lines: tuple[Line, ...]


def supposed_tag(words: Words) -> html.Span:
    return html.Span([icon("warn"), words("scenario.mark")], className="supposed-tag")


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
                                with_sign(
                                    words(f"scenario.{name}"),
                                    define(f"scenario_{name}", words(f"scenario.{name}"), words),
                                ),
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
            html.Div([html.H2(words("scenario.result")), supposed_tag(words)], className="card-head"),
            html.P([html.B(place), f" · {levers_text(levers, words)}"], className="card-note", id="scenario-told"),
            body,
        ],
        className="card supposed",
        id="scenario-result-card",
    )


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
    name = f"{'later' if days > 0 else 'earlier'}{'_day' if abs(days) == 1 else ''}"
    return words(f"scenario.{name}", days=fmt.whole(abs(days), words.language))


def _day(value: date, words: Words) -> str:
    return fmt.day(value, words.language)


def saved_list(
    found: Sequence[Saved] | None, *, names: Mapping[str, str], words: Words, zone: ZoneInfo
) -> html.Section:
    """`found` None: the registry does not answer."""
    head = html.Div(
        [
            html.H2(with_sign(words("scenario.saved"), define("scenario_who", words("scenario.saved"), words))),
            supposed_tag(words),
        ],
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
    use = html.Button(
        item.name,
        n_clicks=0,
        className="place",
        title=words("scenario.use"),
        **attributes(
            data_action="scenario-use",
            data_scenario=str(item.number),
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
            html.P(
                [
                    html.Q(item.reason),
                    html.Span(f" {by} "),
                    html.A(
                        words("scenario.withdraw"),
                        href=f"/quyet-dinh?scenario={item.number}#rut-kich-ban",
                        className="save-more",
                        **attributes(aria_label=words("scenario.withdraw_name", name=item.name)),
                    ),
                ],
                className="card-note",
            ),
        ],
        **attributes(data_scenario=item.name),
    )


def withdrawn_note(
    name: str, *, actor: str, at: datetime, reason: str, named: bool, words: Words, zone: ZoneInfo
) -> html.P:
    """What a link to a withdrawn scenario is told. named: by its number; else the link only supposes the same."""
    told = words(
        "scenario.withdrawn" if named else "scenario.withdrawn_same",
        name=name,
        actor=actor,
        at=fmt.instant(at, words, zone),
        reason=reason,
    )
    return note(told)


def note(text: str) -> html.P:
    """What the reader of a link has to know of it."""
    return html.P([icon("warn"), html.Span(text)], className="banner banner-note")
