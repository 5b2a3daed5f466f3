"""The board of feeds: a tile each, whose age goes on in the browser when everything else has stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dash import html

from campaign.readings import FeedStatus
from geo.text import collation_key
from layouts import commands
from layouts import format as fmt
from layouts.parts import Child, attributes, since, tag, until
from layouts.words import Words

ICONS = {"ok": "check", "slow": "clock", "filling": "clock", "held": "hand", "failed": "stop", "waiting": "dash"}
KINDS = {"ok": "good", "slow": "open", "filling": "open", "held": "open", "failed": "bad", "waiting": "none"}
WORST_FIRST = ("failed", "held", "slow", "filling", "ok", "waiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """Seconds of wall time without success after which a feed is amber, and red."""

    amber: int
    red: int


def feed_board(feeds: Sequence[FeedStatus], *, lag: Lag | None, words: Words) -> html.Div:
    """Tiles, the worst state first. `lag` is None where the source is not read every minute: its age says nothing."""
    if not feeds:
        return html.Div(words("empty.feeds"), className="empty")
    ordered = sorted(feeds, key=lambda feed: (_rank(feed), collation_key(words.named("feed", feed.name))))
    return html.Div([_tile(feed, lag, words) for feed in ordered], className="feed-board")


def not_well(feeds: Sequence[FeedStatus]) -> int:
    """Feeds that somebody has to look at."""
    return sum(feed.state in ("failed", "held", "slow") for feed in feeds)


def _rank(feed: FeedStatus) -> int:
    return WORST_FIRST.index(feed.state) if feed.state in WORST_FIRST else len(WORST_FIRST)


def _tile(feed: FeedStatus, lag: Lag | None, words: Words) -> html.Article:
    limits = attributes(data_amber=str(lag.amber), data_red=str(lag.red)) if lag and feed.last_success else {}
    beginning = attributes(data_since=feed.last_success.isoformat()) if feed.last_success else {}
    return html.Article(
        [
            html.Div([html.H3(words.named("feed", feed.name)), state_tag(feed.state, words)], className="feed-head"),
            _age(feed, words),
            html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in _facts(feed, words)]),
            html.P(words.named("feed_note", feed.state), className="feed-note"),
            *([commands.release(feed.name, words)] if feed.state == "held" else []),
            *_technical(feed, words),
        ],
        className="feed-tile",
        **attributes(data_state=feed.state),
        **limits,
        **beginning,
    )


def state_tag(state: str, words: Words) -> html.Span:
    return tag(words.named("state", state), kind=KINDS.get(state, "none"), icon_name=ICONS.get(state, "dash"))


def _age(feed: FeedStatus, words: Words) -> html.P:
    """Wall time of the last success; beside it the browser says when that is too long ago."""
    if feed.last_success is None:
        return html.P(words("feed_board.never"), className="feed-age")
    return html.P(
        [
            html.Span(words("feed_board.last_success"), className="feed-age-name"),
            since(feed.last_success),
            html.Span(className="feed-lag", **attributes(data_lag="1")),
        ],
        className="feed-age",
    )


def _facts(feed: FeedStatus, words: Words) -> list[tuple[str, Child]]:
    language = words.language
    return [
        (words("feed_board.rows_last"), fmt.whole(feed.rows_last, language)),
        (words("feed_board.rows_in"), fmt.whole(feed.rows_in, language)),
        (words("feed_board.quarantined"), fmt.whole(feed.quarantined, language)),
        (words("feed_board.watermark"), html.Code(_read_up_to(feed.watermark)) if feed.watermark else fmt.UNKNOWN),
        (words("feed_board.next"), _next(feed.next_try, words)),
    ]


def _read_up_to(watermark: str) -> str:
    """Without the gaps of a backlog, which are the machinery's own: the tile's state tells of them."""
    return watermark.partition("<")[0]


def _next(at: datetime | None, words: Words) -> Child:
    return until(at) if at is not None else words("feed_board.next_refresh")


def _technical(feed: FeedStatus, words: Words) -> list[Child]:
    """The message of the machinery is in English: it is for whoever repairs it."""
    if not feed.message:
        return []
    return [
        html.Details(
            [html.Summary(words("feed_board.technical")), html.P(feed.message, lang="en")], className="technical"
        )
    ]
