"""The page on the data themselves: are the feeds alive, do the sums agree, what was set aside, what was declared, what
was corrected or locked, and which snapshot all this is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dash import html

from campaign.readings import Correction, FeedStatus, Invariant, SnapshotInfo
from campaign.trust import (
    ByClock,
    ClockDay,
    ClockLimits,
    DataRule,
    DeclaredGap,
    FigureLock,
    HeldRecord,
    IdentityCount,
    Merges,
    QuarantineGroup,
    RuleCount,
)
from layouts import format as fmt
from layouts.by_clock import by_clock
from layouts.checks import checks
from layouts.clocks import two_clocks
from layouts.declared import declared_against_recorded
from layouts.feed_board import Lag, feed_board, not_well
from layouts.identity import identity, merged
from layouts.locks import locked_figures
from layouts.parts import Child, attributes, card, tag
from layouts.past import past_button
from layouts.plain_table import plain_table
from layouts.quarantine import quarantine
from layouts.rules import rule_catalogue
from layouts.words import Words

KIND_ICONS = {"up": "up", "down": "down", "moved": "move", "vanished": "stop"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the page shows. A log of thousands is a file, not a page: `corrections` are the newest of
    `corrections_in_all`. `names` are the areas' names by code, in the language of the page."""

    info: SnapshotInfo
    feeds: tuple[FeedStatus, ...]
    lag: Lag
    invariants: tuple[Invariant, ...]
    quarantine: tuple[QuarantineGroup, ...]
    held: tuple[HeldRecord, ...]
    rules: tuple[DataRule, ...]
    rule_counts: tuple[RuleCount, ...]
    gaps: tuple[DeclaredGap, ...]
    days: tuple[ClockDay, ...]
    by_clock: ByClock | None
    limits: ClockLimits
    identities: tuple[IdentityCount, ...]
    merges: Merges | None
    locks: tuple[FigureLock, ...]
    corrections: tuple[Correction, ...]
    corrections_in_all: int
    names: Mapping[str, str]


def data_page(trust: Trust, *, words: Words, zone: ZoneInfo) -> html.Div:
    """Sections in the order of urgency, and a list of them that stays in sight."""
    today = trust.info.published_at.astimezone(zone).date()
    # Only a source that is read every minute can be late by minutes.
    lag = trust.lag if trust.info.kind == "record" else None
    held = quarantine(trust.quarantine, trust.held, rules=trust.rules, today=today, words=words, zone=zone)
    bodies: dict[str, list[Child]] = {
        "feeds": [feed_board(trust.feeds, lag=lag, words=words)],
        "checks": [checks(trust.invariants, words)],
        "quarantine": held,
        "rules": rule_catalogue(trust.rules, trust.rule_counts, names=trust.names, words=words),
        "declared": declared_against_recorded(trust.gaps, names=trust.names, words=words),
        "clocks": two_clocks(trust.days, words=words),
        "by_clock": by_clock(trust.by_clock, trust.limits, words=words),
        "identity": [*identity(trust.identities, names=trust.names, words=words), *merged(trust.merges, words)],
        "locks": locked_figures(trust.locks, names=trust.names, words=words, zone=zone),
        "corrections": _corrections(trust, words),
        "about": [_about(trust.info, words, zone)],
    }
    sides: dict[str, Child] = {"about": past_button(words)}
    sections: list[Child] = [
        card(words(f"data.{name}"), body, class_name=f"data-{name}", anchor=name, side=sides.get(name))
        for name, body in bodies.items()
    ]
    return html.Div([_contents(list(bodies), _counts(trust), words), *sections], className="data-page")


def _counts(trust: Trust) -> dict[str, int]:
    """How many things in a section want somebody's attention."""
    return {
        "feeds": not_well(trust.feeds),
        "checks": sum(not item.holds for item in trust.invariants),
    }


def _contents(names: Sequence[str], counts: Mapping[str, int], words: Words) -> html.Nav:
    return html.Nav(
        [
            html.A(
                [
                    words(f"data.{name}"),
                    *([html.Span(str(counts[name]), className="count count-bad")] if counts.get(name) else []),
                ],
                href=f"#{name}",
            )
            for name in names
        ],
        className="contents",
        **attributes(aria_label=words("data.contents")),
    )


def _about(info: SnapshotInfo, words: Words, zone: ZoneInfo) -> html.Dl:
    facts = [
        (words("data.version"), fmt.whole(info.version, words.language)),
        (words("data.published"), fmt.instant(info.published_at, words, zone)),
        (words("data.as_of"), fmt.instant(info.as_of, words, zone)),
        (words("data.kind"), words.named("kind", info.kind)),
        (words("data.denominator"), words.named("denominator", info.denominator)),
        (words("data.hash"), info.content_hash[:16]),
    ]
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="facts")


def _corrections(trust: Trust, words: Words) -> list[Child]:
    language = words.language
    head = ("publication", "feed", "area", "day", "kind", "before", "after", "change")
    rows: list[list[Child]] = [
        [
            item.publication,
            words.named("feed", item.feed),
            trust.names.get(item.area_code, item.area_code),
            fmt.day(item.day, language),
            tag(words.named("correction", item.kind), kind="none", icon_name=KIND_ICONS.get(item.kind, "dash")),
            fmt.whole(item.before, language),
            fmt.whole(item.after, language),
            fmt.signed((item.after or 0) - (item.before or 0), words.language),
        ]
        for item in trust.corrections
    ]
    shown = fmt.whole(len(rows), language)
    note = words("data.corrections_note", shown=shown, all=fmt.whole(trust.corrections_in_all, language))
    table = plain_table("corrections", head, rows, words, numeric={5, 6, 7}, first=10)
    return [html.P(note, className="note"), table] if rows else [table]
