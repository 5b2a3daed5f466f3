"""Who is behind, and why: the provinces with the lowest share, what the figures show of the cause, what they say."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dash import html

from campaign.targets import Standing
from layouts import format as fmt
from layouts import target_words as say
from layouts.first_model import Behind, First
from layouts.first_statements import said_briefly
from layouts.first_words import cause_text
from layouts.help_layer import define
from layouts.parts import Child, attributes, icon, with_sign
from layouts.words import Words


def behind_card(found: First, words: Words, zone: ZoneInfo) -> html.Section:
    ranked = found.ranked
    title = words("first.behind")
    head = html.Div([html.H2(with_sign(title, define("behind", title, words)))], className="card-head")
    if ranked is None:
        return html.Section([head, html.P(words("targets.nothing"), className="card-note")], className="card")
    note = words(
        "first.behind_note",
        goal=say.goal(ranked.target, words),
        reading=say.reading_name(ranked, words),
        denominator=words.named("denominator", ranked.denominator.version),
        behind=fmt.whole(found.behind_in_all, words.language),
    )
    notes: list[Child] = [html.P(note, className="card-note")]
    if found.unranked:
        notes.append(html.P(words("first.unranked", count=found.unranked), className="card-note"))
    if found.scope_is_part:
        notes.append(html.P(words("map.outside"), className="card-note"))
    if not found.behind:
        notes.append(html.P(words("targets.nobody_behind"), className="first-none"))
    items = [_place(item, ranked, found, words, zone) for item in found.behind]
    more = html.A(
        [words("first.all_places"), icon("next")],
        href=f"/muc-tieu?target={ranked.target.target_id}&metric={ranked.measure}#cac-tinh",
        className="tile-more",
    )
    return html.Section(
        [head, *notes, html.Ol(items, className="behind"), more], className="card first-behind", id="first-behind"
    )


def _place(item: Behind, ranked: Standing, found: First, words: Words, zone: ZoneInfo) -> html.Li:
    place = item.standing
    code, language = place.area_code, words.language
    causes: list[Child] = [
        html.Li(
            cause_text(cause, found.closed, words, other=found.other), **attributes(data_cause=f"{code}/{cause.kind}")
        )
        for cause in item.causes
    ] or [html.Li(words("cause.none"), **attributes(data_cause=f"{code}/none"))]
    return html.Li(
        [
            html.Div(
                [
                    html.A(
                        found.names[code],
                        href=f"/muc-tieu?target={ranked.target.target_id}&metric={ranked.measure}&area={code}",
                        className="behind-name",
                    ),
                    html.B(fmt.percent(place.coverage, language), **attributes(data_number=f"behind/{code}/share")),
                    html.Span(fmt.fraction(place.coverage, language), className="line-of"),
                    html.Span(
                        words("verdict.left", people=fmt.whole(place.gap, language)),
                        **attributes(data_number=f"behind/{code}/gap"),
                    ),
                    html.Span(say.when(place, words), className="line-when"),
                ],
                className="behind-head",
            ),
            html.Div(
                [
                    html.Span(
                        with_sign(words("first.why"), define("cause", words("first.why"), words)),
                        className="behind-why",
                    ),
                    html.Ul(causes, className="behind-causes"),
                ],
                className="behind-body",
            ),
            *said_briefly(item.word, words, zone),
        ],
        **attributes(data_code=code),
    )
