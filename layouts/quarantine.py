"""What was set aside: by feed, field and reason, with the rule's owner, the trend, what was repaired, and how to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dash import html

from campaign.trust import DataRule, HeldRecord, QuarantineGroup
from layouts import commands
from layouts import format as fmt
from layouts.parts import Child, ago, attributes, hidden_text, icon
from layouts.plain_table import plain_table
from layouts.words import Words

TREND_DAYS = 14
GROUPS_SHOWN = 24
BAR_REM = 3.6
# What the contracts expect, in their own words; the page says it in the reader's.
EXPECTED = {
    "a value": "value",
    "an instant": "instant",
    "a known code": "code",
    "an age of 0 or more": "age",
    "0 or more": "zero",
    "not after recorded_at": "recorded",
    "a year within the last 120": "year",
    "-120 to 80 degrees Celsius, or none from a faulty probe": "temperature",
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00(:00)?")
MODERN = datetime(2021, 1, 1)  # noqa: DTZ001 - on any clock
BOUNDS = {"not before ": "before", "not after ": "after"}


def quarantine(
    groups: Sequence[QuarantineGroup],
    records: Sequence[HeldRecord],
    *,
    rules: Sequence[DataRule],
    today: date,
    words: Words,
    zone: ZoneInfo,
) -> list[Child]:
    """`today` is the wall-clock day of publication, on which the trend ends."""
    if not groups:
        return [html.Div(words("empty.quarantine"), className="empty")]
    total = fmt.whole(sum(group.held for group in groups), words.language)
    return [
        html.P([icon("info"), html.B(words("quarantine.not_counted", rows=total))], className="lead-line"),
        html.Ul([_group(group, rules, today, words) for group in groups[:GROUPS_SHOWN]], className="held-groups"),
        *_records(records, words, zone),
    ]


def _group(group: QuarantineGroup, rules: Sequence[DataRule], today: date, words: Words) -> html.Li:
    language = words.language
    facts = [
        (words("quarantine.held"), html.B(fmt.whole(group.held, language))),
        (words("quarantine.ever"), fmt.whole(group.ever, language)),
        (words("quarantine.repaired"), fmt.whole(group.repaired, language)),
        (words("quarantine.owner"), _owner(group, rules, words)),
    ]
    return html.Li(
        [
            html.Div(
                [
                    html.H3([words.named("feed", group.feed), " · ", words.named("reason", group.reason)]),
                    html.P(_field(group.field, words)),
                    html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="pairs"),
                ],
                className="held-facts",
            ),
            _strip(group, today, words),
        ],
        className="held-group",
    )


def _field(key: str, words: Words) -> list[Child]:
    """Its name as reports have it, and the key by which the source has it."""
    name = words.texts.get(f"record_field.{key}")
    return [html.Code(key)] if name is None else [name, " ", html.Code(key)]


def _owner(group: QuarantineGroup, rules: Sequence[DataRule], words: Words) -> str:
    owners = (rule.owner for rule in rules if rule.covers(feed=group.feed, field=group.field, reason=group.reason))
    return words.named("owner", next(owners, fmt.UNKNOWN))


def _strip(group: QuarantineGroup, today: date, words: Words) -> html.Div:
    """Records first set aside on each of the last days, the number above each bar; on a phone the last seven."""
    days = [today - timedelta(back) for back in range(TREND_DAYS - 1, -1, -1)]
    top = max([1, *(group.trend.get(day, 0) for day in days)])
    bars: list[Child] = [
        html.Li(
            [
                html.Span(fmt.whole(group.trend.get(day, 0), words.language), className="strip-number"),
                html.Span(
                    className="strip-bar",
                    style={"height": f"{group.trend.get(day, 0) / top * BAR_REM:.2f}rem"},
                    **attributes(aria_hidden="true"),
                ),
                html.Span(
                    [hidden_text(f"{words('quarantine.on')} "), fmt.day_short(day, words.language)],
                    className="strip-day",
                ),
            ]
        )
        for day in days
    ]
    # Days of whoever works on it, which need not be of the figures' year.
    name = words("quarantine.trend", last=fmt.day(today, words.language))
    return html.Div([html.P(name, className="strip-name"), html.Ul(bars, className="strip")])


def _records(records: Sequence[HeldRecord], words: Words, zone: ZoneInfo) -> list[Child]:
    if not records:
        return []
    first = records[0]
    head = ("feed", "record_key", "field", "value", "expected", "seen_at")
    rows: list[list[Child]] = [
        [
            words.named("feed", item.feed),
            html.Code(item.record_key),
            html.Span(_field(item.field, words)),
            _value(item.value, words, zone),
            _expected(item.expected, words, zone),
            ago(item.seen_at),
        ]
        for item in records
    ]
    return [
        html.H3(words("quarantine.newest", rows=len(rows)), className="sub-head"),
        plain_table("held_records", head, rows, words, numeric=set(), first=5),
        html.P(words("quarantine.repair"), className="note"),
        commands.repair(first.feed, first.record_key, first.field, words),
    ]


def _value(text: str | None, words: Words, zone: ZoneInfo) -> Child:
    """As it was received; of an instant in UTC, which nobody here reads, what it is on a local clock as well."""
    if text is None:
        return words("quarantine.no_value")
    if INSTANT.fullmatch(text) is None:
        return html.Code(text)
    # By the zone as it is: a date of 1899, which a spreadsheet makes of nothing, would else be by the sun of that town.
    local = datetime.fromisoformat(text) + (zone.utcoffset(MODERN) or timedelta())
    at = fmt.minute(local, words.language)
    return html.Div([at, " ", html.Code(text)], className="held-value")


def _expected(text: str, words: Words, zone: ZoneInfo) -> Child:
    """The expectation in the reader's language; one that we do not know stays as the contract says it."""
    if text in EXPECTED:
        return words.named("expected", EXPECTED[text])
    for start, name in BOUNDS.items():
        if text.startswith(start):
            return words(f"expected.{name}", bound=_bound(text.removeprefix(start), words, zone))
    return html.Span(text, lang="en")


def _bound(text: str, words: Words, zone: ZoneInfo) -> str:
    """2020-06-01 as a day, 2021-11-22 01:05Z as the local minute."""
    try:
        if text.endswith("Z"):
            return fmt.instant(datetime.fromisoformat(text), words, zone)
        return fmt.day(date.fromisoformat(text), words.language)
    except ValueError:
        return text
