"""The first screen above the map: where we stand, who is not vaccinated yet, what changed since the locked figure, who
is behind and why, what provinces said of their figures. Values in, components out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dash import html

from campaign.causes import Cause
from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.first import Change
from campaign.statements import Word
from campaign.targets import Standing
from campaign.trust import FigureLock
from layouts import format as fmt
from layouts import target_words as say
from layouts.declared import signed
from layouts.first_statements import said_briefly, said_table
from layouts.first_words import cause_text
from layouts.help_layer import define
from layouts.parts import Child, attributes, icon, why
from layouts.table import pair_id
from layouts.words import Words

AGES = ("65plus", "50plus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One province that has not reached the reading, and why as far as the figures tell."""

    standing: Standing
    causes: tuple[Cause, ...]
    word: Word | None


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """Everything that the panel shows. `nation`: all four readings of each target. `aged`: people by age and state.
    `lock` None: nothing is locked. `words_of` None: a snapshot from before statements were kept. `unranked`: provinces
    without a population. `closed`: the last closed reporting day. `as_of` is campaign time."""

    nation: tuple[Standing, ...]
    ranked: Standing | None
    behind: tuple[Behind, ...]
    behind_in_all: int
    unranked: int
    scope_is_part: bool
    aged: Mapping[tuple[str, Measure], int | None]
    portal: Coverage | None
    portal_version: str
    lock: FigureLock | None
    changes: tuple[Change, ...]
    words_of: Mapping[str, Word] | None
    provinces: int
    closed: date
    today: date
    as_of: datetime
    other: str
    names: Mapping[str, str]


def first_panel(found: First, *, words: Words, zone: ZoneInfo) -> html.Div:
    return html.Div(
        [
            _standing(found, words),
            html.Div([_people(found, words), _locked(found, words, zone)], className="first-cards"),
            _behind(found, words, zone),
            said_table(
                found.words_of,
                closed=found.closed,
                provinces=found.provinces,
                names=found.names,
                words=words,
                zone=zone,
            ),
        ],
        className="first",
    )


def _tile(title: str, help_id: str, body: list[Child], words: Words, *, name: str) -> html.Article:
    return html.Article(
        [html.H2([title, define(help_id, title, words)]), *body], className=f"tile first-{name}", id=f"first-{name}"
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
    return _tile(words("first.standing"), "share", body, words, name="standing")


def _line(item: Standing, words: Words) -> html.Li:
    number = pair_id(item.group, item.measure)
    name = say.reading_name(item, words)
    language = words.language
    stem = f"standing/{item.target.target_id}/{number}"
    return html.Li(
        [
            html.Span([name, why(number, name, words)], className="line-name"),
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
        ages.append(html.H3(words(f"first.{age}")))
        ages += [
            _figure(f"{measure}_{age}", words(f"metric.{measure}"), fmt.whole(value, language), words)
            for measure, value in told.items()
        ]
    note = words("first.ages_note" if ages else "first.ages_none")
    body: list[Child] = [
        html.Dl(pairs, className="first-large"),
        html.Div(ages, className="first-ages"),
        html.P(note, className="card-note"),
    ]
    return _tile(words("first.not_yet"), "not_yet", body, words, name="people")


def _figure(number: str, name: str, text: str, words: Words, *, large: bool = False) -> html.Div:
    return html.Div(
        [html.Dt([name, why(number, name, words)]), html.Dd(text, **attributes(data_number=number))],
        className="first-figure first-big" if large else "first-figure",
    )


def _locked(found: First, words: Words, zone: ZoneInfo) -> html.Article:
    """Live and locked side by side, and what between them is new and what is a revision of the locked day."""
    lock = found.lock
    if lock is None:
        body: list[Child] = [
            html.P([icon("info"), " ", words("first.nothing_locked")], className="first-none"),
            html.P(words("first.lock_rule"), className="card-note"),
        ]
        return _tile(words("first.changed"), "locked", body, words, name="locked")
    language = words.language
    heads = ("locked", "live", "revision", "since")
    table = html.Table(
        [
            html.Caption(words("first.changed"), className="sr-only"),
            html.Thead(
                html.Tr(
                    [
                        html.Td(""),
                        *(
                            html.Th(
                                [words(f"first.{name}"), define(name, words(f"first.{name}"), words)],
                                scope="col",
                                className="num",
                            )
                            for name in heads
                        ),
                    ]
                )
            ),
            html.Tbody([_change(item, words) for item in found.changes]),
        ],
        className="plain-table first-changes",
    )
    late = (found.today - lock.reporting_day).days > 1
    by = words(
        "first.locked_by",
        day=fmt.day(lock.reporting_day, language),
        name=lock.locked_by,
        at=fmt.instant(lock.locked_at, words, zone),
    )
    body = [
        *([html.P([icon("warn"), " ", words("first.not_yesterday")], className="first-none")] if late else []),
        html.Div(
            table, className="table-scroll", tabIndex=0, role="region", **attributes(aria_label=words("first.changed"))
        ),
        html.P(
            [
                by,
                " · ",
                html.A(
                    words("locks.version", version=fmt.whole(lock.snapshot_version, language)),
                    href=f"?v={lock.snapshot_version}",
                ),
            ],
            className="card-note",
        ),
    ]
    return _tile(words("first.changed"), "locked", body, words, name="locked")


def _change(item: Change, words: Words) -> html.Tr:
    language = words.language
    cells: list[tuple[str, Child]] = [
        ("locked", fmt.whole(item.locked, language)),
        ("live", html.B(fmt.whole(item.live, language))),
        ("revision", signed(item.revision, words)),
        ("since", signed(item.since, words)),
    ]
    return html.Tr(
        [
            html.Th(words(f"tile.{item.name}"), scope="row"),
            *(
                html.Td(
                    text,
                    className="num",
                    **attributes(data_number=f"lock/{item.name}/{name}", data_label=words(f"first.{name}")),
                )
                for name, text in cells
            ),
        ]
    )


def _behind(found: First, words: Words, zone: ZoneInfo) -> html.Section:
    ranked = found.ranked
    title = words("first.behind")
    head = html.Div([html.H2([title, define("behind", title, words)])], className="card-head")
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
                    html.Span([words("first.why"), define("cause", words("first.why"), words)], className="behind-why"),
                    html.Ul(causes, className="behind-causes"),
                ],
                className="behind-body",
            ),
            *said_briefly(item.word, words, zone),
        ],
        **attributes(data_code=code),
    )
