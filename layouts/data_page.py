"""The page on the data themselves: are the feeds alive, what was set aside, what was corrected, do the sums agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dash import html

from campaign.readings import Correction, FeedStatus, Invariant, QuarantineRow, SnapshotInfo
from layouts import format as fmt
from layouts.parts import Child, ago, attributes, card, tag
from layouts.words import Words

STATES = {"ok": "check", "late": "clock", "held": "hand", "failed": "stop", "waiting": "dash"}
STATE_KINDS = {"ok": "good", "late": "open", "held": "open", "failed": "bad", "waiting": "none"}
KIND_ICONS = {"up": "up", "down": "down", "moved": "move", "vanished": "stop"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the page shows. A log of thousands is a file, not a page: `corrections` are the newest of
    `corrections_in_all`. `names` are the areas' names by code, in the language of the page."""

    info: SnapshotInfo
    feeds: tuple[FeedStatus, ...]
    invariants: tuple[Invariant, ...]
    quarantine: tuple[QuarantineRow, ...]
    corrections: tuple[Correction, ...]
    corrections_in_all: int
    names: Mapping[str, str]


def data_page(trust: Trust, *, words: Words, zone: ZoneInfo) -> html.Div:
    return html.Div(
        [
            _about(trust.info, words, zone),
            _feeds(trust.feeds, words),
            _invariants(trust.invariants, words),
            _quarantine(trust.quarantine, words),
            _corrections(trust, words),
        ],
        className="data-page",
    )


def _about(info: SnapshotInfo, words: Words, zone: ZoneInfo) -> html.Section:
    facts = [
        (words("data.version"), fmt.whole(info.version, words.language)),
        (words("data.published"), fmt.instant(info.published_at, words, zone)),
        (words("data.as_of"), fmt.instant(info.as_of, words, zone)),
        (words("data.kind"), words.named("kind", info.kind)),
        (words("data.denominator"), words.named("denominator", info.denominator)),
        (words("data.hash"), info.content_hash[:16]),
    ]
    body = html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="facts")
    return card(words("data.snapshot"), [body], class_name="data-about")


def _feeds(feeds: Sequence[FeedStatus], words: Words) -> html.Section:
    language = words.language
    head = ("feed", "state", "last_success", "rows_in", "accepted", "quarantined", "message")
    rows: list[list[Child]] = [
        [
            words.named("feed", feed.name),
            tag(
                words.named("state", feed.state),
                kind=STATE_KINDS.get(feed.state, "none"),
                icon_name=STATES.get(feed.state, "dash"),
            ),
            _when(feed),
            fmt.whole(feed.rows_in, language),
            fmt.whole(feed.accepted, language),
            fmt.whole(feed.quarantined, language),
            html.Span(feed.message, lang="en") if feed.message else fmt.UNKNOWN,
        ]
        for feed in feeds
    ]
    return card(words("data.feeds"), [_table("feeds", head, rows, words, numeric={3, 4, 5})], class_name="data-feeds")


def _when(feed: FeedStatus) -> Child:
    """Wall time of the last success; the browser turns it into "4 minutes ago" and keeps it current."""
    if feed.last_success is None:
        return fmt.UNKNOWN
    return ago(feed.last_success)


def _invariants(invariants: Sequence[Invariant], words: Words) -> html.Section:
    language = words.language
    head = ("invariant", "holds", "left", "right")
    rows: list[list[Child]] = [
        [
            words.named("invariant", item.name),
            tag(words("data.equal"), kind="good", icon_name="check")
            if item.holds
            else tag(
                words("data.unequal", gap=fmt.whole(item.left - item.right, language)), kind="bad", icon_name="stop"
            ),
            fmt.whole(item.left, language),
            fmt.whole(item.right, language),
        ]
        for item in invariants
    ]
    return card(words("data.invariants"), [_table("invariants", head, rows, words, numeric={2, 3})])


def _quarantine(quarantine: Sequence[QuarantineRow], words: Words) -> html.Section:
    language = words.language
    head = ("feed", "field", "reason", "rows")
    rows: list[list[Child]] = [
        [
            words.named("feed", item.feed),
            html.Code(item.field),
            words.named("reason", item.reason),
            fmt.whole(item.rows, language),
        ]
        for item in quarantine
    ]
    total = fmt.whole(sum(item.rows for item in quarantine), language)
    note = html.P(words("data.quarantine_note", rows=total), className="note")
    return card(words("data.quarantine"), [note, _table("quarantine", head, rows, words, numeric={3})])


def _corrections(trust: Trust, words: Words) -> html.Section:
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
            _change(item, words),
        ]
        for item in trust.corrections
    ]
    shown = fmt.whole(len(rows), language)
    note = words("data.corrections_note", shown=shown, all=fmt.whole(trust.corrections_in_all, language))
    body = _table("corrections", head, rows, words, numeric={5, 6, 7})
    return card(words("data.corrections"), [html.P(note, className="note"), body])


def _change(item: Correction, words: Words) -> str:
    change = (item.after or 0) - (item.before or 0)
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return sign + fmt.whole(abs(change), words.language)


def _table(
    name: str, head: Sequence[str], rows: Sequence[Sequence[Child]], words: Words, *, numeric: set[int]
) -> html.Div:
    """A plain table; on a phone each row becomes a small card whose cells carry their column's name."""
    if not rows:
        return html.Div(words(f"empty.{name}"), className="empty")
    titles = [words(f"column.{column}") for column in head]
    return html.Div(
        html.Table(
            [
                html.Caption(words(f"caption.{name}"), className="sr-only"),
                html.Thead(
                    html.Tr([html.Th(t, scope="col", className=_side(i, numeric)) for i, t in enumerate(titles)])
                ),
                html.Tbody(
                    [
                        html.Tr(
                            [
                                html.Td(cell, className=_side(i, numeric), **attributes(data_label=titles[i]))
                                for i, cell in enumerate(row)
                            ]
                        )
                        for row in rows
                    ]
                ),
            ],
            className="plain-table",
        ),
        className="table-scroll",
        tabIndex=0,
        role="region",
        **attributes(aria_label=words(f"caption.{name}")),
    )


def _side(index: int, numeric: set[int]) -> str:
    return "num" if index in numeric else ""
