"""Each target as a card: the two readings that it is about in large numbers, the other two beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from dash import html

from campaign.targets import Standing
from campaign.track_record import Record
from layouts import format as fmt
from layouts import target_words as say
from layouts.help_layer import define
from layouts.parts import Child, attributes, icon, why, with_sign
from layouts.table import pair_id
from layouts.target_words import Excess, Place
from layouts.words import Words

Records = Mapping[tuple[str, str], Record]


def target_cards(
    standings: Sequence[Standing],
    records: Records,
    *,
    names: Mapping[str, str],
    excesses: Mapping[Place, Excess],
    area: str,
    words: Words,
) -> html.Div:
    """`standings` of one place; `records` by target and pair; `area` is '' for the nation."""
    by_target = groupby(standings, key=lambda found: found.target)
    return html.Div(
        [_card(list(group), records, names, excesses, area, words) for _, group in by_target], className="target-cards"
    )


def _card(
    found: list[Standing],
    records: Records,
    names: Mapping[str, str],
    excesses: Mapping[Place, Excess],
    area: str,
    words: Words,
) -> html.Article:
    target = found[0].target
    due = words("targets.due", day=fmt.day(target.due_on, words.language))
    missing = sorted({code for item in found for code in item.missing_areas})
    note = words("tile.missing", areas=", ".join(names.get(code, code) for code in missing))
    return html.Article(
        [
            html.Div(
                [
                    html.H2(with_sign(say.goal(target, words), define("share", say.goal(target, words), words))),
                    html.Span(due, className="goal"),
                ],
                className="tile-head",
            ),
            html.Div(
                [_main(item, records, excesses, area, words) for item in found if item.own], className="target-mains"
            ),
            *(
                [html.P(words("targets.why_not_pace"), className="card-note")]
                if any(item.own and item.projection is not None and not item.reached for item in found)
                else []
            ),
            _others([item for item in found if not item.own], words),
            html.P(
                [
                    html.Span(_denominator(found[0], words)),
                    html.Span(words("targets.valid_from", day=fmt.day(target.valid_from, words.language))),
                    *([html.Span([icon("warn"), note], className="tile-missing")] if missing else []),
                ],
                className="tile-foot",
            ),
        ],
        className="tile target-card",
        **attributes(data_target=target.target_id),
    )


def _denominator(found: Standing, words: Words) -> str:
    used = found.denominator
    return words(
        "targets.denominator",
        name=words.named("denominator", used.version),
        source=", ".join(words.named("source", source) for source in used.sources) or fmt.UNKNOWN,
        day=fmt.day(used.valid_from, words.language),
    )


def _main(found: Standing, records: Records, excesses: Mapping[Place, Excess], area: str, words: Words) -> html.Section:
    """One reading: how far, who is missing, at which pace, and when."""
    language = words.language
    number = pair_id(found.group, found.measure)
    record = records.get((found.target.target_id, number))
    pairs: list[tuple[str, str, str]] = [
        ("not_yet", words(f"target_not_yet.{found.measure}"), fmt.whole(found.not_yet, language)),
        ("gap", words("targets.gap"), fmt.whole(found.gap, language)),
        ("pace_needed", words("targets.pace_needed"), say.pace(found.pace_needed, words)),
        ("pace", words("targets.pace"), say.recent(found.pace, words)),
    ]
    interval = say.interval(found, words)
    cause = say.cause(found, excesses.get((found.area_code, found.group, found.measure)), words)
    return html.Section(
        [
            html.H3(
                [
                    html.Span(
                        with_sign(
                            words(f"metric.{found.measure}"),
                            why(number, say.reading_name(found, words), words, area=area),
                        )
                    ),
                    say.verdict(found, words),
                ]
            ),
            html.P(
                [
                    html.Span(
                        fmt.percent(found.coverage, language),
                        className="target-share",
                        **_marked(found, "share"),
                    ),
                    html.Span(words("tile.people", fraction=fmt.fraction(found.coverage, language))),
                ],
                className="target-big",
            ),
            html.P(
                [
                    html.B(say.when(found, words), className="target-when before-sign", **_marked(found, "when")),
                    define("when", words("target_define.when"), words),
                    *(
                        [html.Span(interval, className="target-interval", **_marked(found, "interval"))]
                        if interval
                        else []
                    ),
                ]
            ),
            html.Dl(
                [
                    html.Div([html.Dt(with_sign(name, define(key, name, words))), html.Dd(text, **_marked(found, key))])
                    for key, name, text in pairs
                ],
                className="pairs target-pairs",
            ),
            *([html.P([icon("info"), *cause], className="target-cause")] if cause else []),
            *([html.P(say.past_record(record, words), className="card-note target-record")] if record else []),
        ],
        className="target-main",
    )


def _marked(found: Standing, name: str) -> dict[str, Any]:
    return attributes(data_number=f"{found.target.target_id}/{pair_id(found.group, found.measure)}/{name}")


def _others(found: list[Standing], words: Words) -> Child:
    """The same target over the other population: beside it, because sources do not say which they mean."""
    if not found:
        return ""
    language = words.language
    return html.Div(
        [
            html.H3(words("targets.others", group=say.lower(words.named("group_long", found[0].group.value)))),
            html.Dl(
                [
                    html.Div(
                        [
                            html.Dt(words(f"metric.{item.measure}")),
                            html.Dd(
                                [
                                    html.B(fmt.percent(item.coverage, language), **_marked(item, "share")),
                                    html.Span(fmt.fraction(item.coverage, language)),
                                    html.Span(say.when(item, words), **_marked(item, "when")),
                                ]
                            ),
                        ]
                    )
                    for item in found
                ],
                className="target-others",
            ),
        ]
    )
