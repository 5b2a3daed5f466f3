"""How the first screen says things: the answer in one line, and why a province is behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dash import html

from campaign.causes import Cause, CauseKind
from campaign.coverage import Coverage
from campaign.targets import Standing
from layouts import format as fmt
from layouts import target_words as say
from layouts.parts import Child, attributes
from layouts.words import Words


def cause_text(cause: Cause, day: date, words: Words, *, other: str) -> str:
    """One cause with what was found and what it is held against. `day`: the last closed one; `other`: name of the
    population that the reading does not use."""
    language = words.language
    found, limit = cause.found, cause.limit
    shares = {CauseKind.LATE_ENTRY, CauseKind.DECLARED, CauseKind.DELIVERED}
    if cause.kind in shares:
        values = {"found": fmt.share(round(found, 3), language), "limit": fmt.share(limit, language)}
    elif cause.kind is CauseKind.DENOMINATOR:
        values = {"found": _percent(found, words), "limit": _percent(limit, words)}
    elif cause.kind is CauseKind.PACE:
        values = {"found": say.recent(found, words), "limit": say.pace(limit, words)}
    else:
        values = {"found": fmt.decimal(found, language), "limit": fmt.decimal(limit, language, digits=0)}
    return words(f"cause.{cause.kind}", **values, day=fmt.day(day, language), other=other)


def _percent(ratio: float, words: Words) -> str:
    """As everywhere: one decimal, rounded down."""
    return fmt.percent(Coverage(people=int(ratio * 1_000_000), population=1_000_000), words.language)


def answer(
    nation: Sequence[Standing], ranked: Standing | None, worst: Standing | None, names: Mapping[str, str], words: Words
) -> html.Div:
    """The two questions that everybody comes with, in words, before any tile: when each target is met, and who is
    last."""
    lines: list[Child] = [
        html.P(
            [
                html.B(f"{say.goal(found[0].target, words)}: "),
                *_dates(found, words),
            ],
            className="answer-line",
        )
        for found in _by_target(nation)
    ]
    if ranked is not None:
        lines.append(_last(ranked, worst, names, words))
    return html.Div(lines, className="answer", **attributes(aria_label=words("first.answer")), role="group")


def _by_target(nation: Sequence[Standing]) -> list[list[Standing]]:
    ids = list(dict.fromkeys(found.target.target_id for found in nation))
    return [[found for found in nation if found.own and found.target.target_id == name] for name in ids]


def _dates(found: list[Standing], words: Words) -> list[Child]:
    parts: list[Child] = []
    for place, item in enumerate(found):
        parts += [
            html.Span("; ") if place else "",
            html.Span(
                [
                    f"{say.lower(words(f'metric.{item.measure}'))} ",
                    html.B(
                        say.lower(say.when(item, words)),
                        **attributes(data_number=f"answer/{item.target.target_id}/{item.measure}/when"),
                    ),
                ]
            ),
        ]
    return [part for part in parts if part != ""]


def _last(ranked: Standing, worst: Standing | None, names: Mapping[str, str], words: Words) -> html.P:
    goal = say.lower(say.goal(ranked.target, words))
    reading = say.lower(words(f"metric.{ranked.measure}"))
    if worst is None:
        return html.P(words("first.nobody_last", goal=goal, reading=reading), className="answer-line")
    share = fmt.percent(worst.coverage, words.language)
    return html.P(
        [
            html.B(words("first.last", goal=goal, reading=reading) + " "),
            html.B(names[worst.area_code], id="first-worst"),
            html.Span(
                [f" {share} ", html.Span(f"({fmt.fraction(worst.coverage, words.language)})", className="with-sign")]
            ),
        ],
        className="answer-line",
    )
