"""The first screen above the map: where we stand, who is not vaccinated yet, what changed since the locked figure, who
is behind and why, what provinces said of their figures. Values in, components out."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dash import html

from campaign.coverage import Measure, PopulationGroup
from campaign.targets import Standing
from layouts import format as fmt
from layouts import target_words as say
from layouts.first_behind import behind_card
from layouts.first_locked import locked, tile
from layouts.first_model import First
from layouts.first_statements import said_table
from layouts.parts import Child, attributes, why, with_sign
from layouts.table import pair_id
from layouts.words import Words

AGES = ("65plus", "50plus")


def first_panel(found: First, *, words: Words, zone: ZoneInfo) -> html.Div:
    return html.Div(
        [
            html.Div(
                [_standing(found, words), _people(found, words), locked(found, words, zone)], className="first-side"
            ),
            html.Div(
                [
                    behind_card(found, words, zone),
                    said_table(
                        found.words_of,
                        closed=found.closed,
                        provinces=found.provinces,
                        names=found.names,
                        words=words,
                        zone=zone,
                    ),
                ],
                className="first-side",
            ),
        ],
        className="first",
    )


def _standing(found: First, words: Words) -> html.Article:
    """Four readings of each target, one line each; the two that the target is about are marked."""
    parts: list[Child] = []
    for target_id in dict.fromkeys(item.target.target_id for item in found.nation):
        items = [item for item in found.nation if item.target.target_id == target_id]
        parts.append(
            html.Div(
                [
                    html.H3(say.goal(items[0].target, words)),
                    html.Ul([_line(item, words) for item in items], className="first-lines"),
                ]
            )
        )
    if not parts:
        parts.append(html.P(words("targets.nothing"), className="card-note"))
    body: list[Child] = [html.Div(parts, className="first-targets"), _portal(found, words)]
    return tile(words("first.standing"), "share", body, words, name="standing")


def _line(item: Standing, words: Words) -> html.Li:
    number = pair_id(item.group, item.measure)
    name = say.reading_name(item, words)
    language = words.language
    stem = f"standing/{item.target.target_id}/{number}"
    return html.Li(
        [
            html.Span(with_sign(name, why(number, name, words)), className="line-name"),
            html.B(fmt.percent(item.coverage, language), **attributes(data_number=f"{stem}/share")),
            html.Span(fmt.fraction(item.coverage, language), className="line-of"),
            html.Span(say.when(item, words), className="line-when", **attributes(data_number=f"{stem}/when")),
        ],
        className="line-own" if item.own else "line-other",
    )


def _portal(found: First, words: Words) -> html.Details:
    """The portal's own reading: doses over adults. Told apart, because it is no share of people."""
    cell = found.portal
    version = words.named("denominator", found.portal_version)
    name = words.named("number", "portal")
    told: list[Child] = [words("first.portal_none")]
    if cell is not None:
        told = [
            html.B(fmt.percent(cell, words.language), **attributes(data_number="portal")),
            html.Span(f" {fmt.fraction(cell, words.language)} "),
            why("portal", name, words),
            html.Span(words("first.portal_note", version=version), className="card-note"),
        ]
    return html.Details([html.Summary(name), html.P(told)], className="first-portal")


def _people(found: First, words: Words) -> html.Article:
    """Not yet vaccinated, in people; and those of 65 and 50 years who are."""
    language = words.language
    pairs: list[Child] = []
    for group in (PopulationGroup.ADULTS, PopulationGroup.ALL):
        told = [item for item in found.nation if item.group is group and item.measure is Measure.DOSE1]
        if told:
            number = f"not_yet_{group}"
            name = words.named("group_long", group.value)
            pairs.append(_figure(number, name, fmt.whole(told[0].not_yet, language), words, large=True))
    if not pairs:
        pairs.append(html.P(words("targets.when_unknown"), className="card-note"))
    ages: list[Child] = []
    for age in AGES:
        told = {measure: found.aged.get((age, measure)) for measure in (Measure.DOSE1, Measure.FULL)}
        if all(value is None for value in told.values()):
            continue
        figures = [
            _figure(f"{measure}_{age}", words(f"metric.{measure}"), fmt.whole(value, language), words)
            for measure, value in told.items()
        ]
        ages.append(html.Div([html.H4(words(f"first.{age}")), html.Dl(figures)]))
    note = words("first.ages_note" if ages else "first.ages_none")
    body: list[Child] = [
        html.Dl(pairs, className="first-large"),
        # Under a head of their own: the card's title is about those who are not.
        *(
            [html.H3(words("first.aged"), className="first-aged"), html.Div(ages, className="first-ages")]
            if ages
            else []
        ),
        html.P(note, className="card-note"),
    ]
    return tile(words("first.not_yet"), "not_yet", body, words, name="people")


def _figure(number: str, name: str, text: str, words: Words, *, large: bool = False) -> html.Div:
    return html.Div(
        [
            html.Dt(with_sign(name, why(number, name, words))),
            html.Dd(
                [
                    html.Span(text, **attributes(data_number=number)),
                    html.Span(f" {words('unit.people')}", className="figure-unit"),
                ]
            ),
        ],
        className="first-figure first-big" if large else "first-figure",
    )
