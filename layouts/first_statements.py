"""What provinces said of their figures: beside the list of who is behind, in the table's rows, and as a list of their
own with everything that was said before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from campaign.statements import Kind, Said, Word
from geo.text import collation_key
from layouts import format as fmt
from layouts.help_layer import define
from layouts.parts import Child, attributes, tag, with_sign
from layouts.words import Words


def said_briefly(word: Word | None, words: Words, zone: ZoneInfo) -> list[Child]:
    """Confirmed by whom, revised since or not; the explanation in the province's own words."""
    if word is None or (word.confirmed is None and word.explained is None):
        return []
    parts: list[Child] = []
    if word.confirmed is not None:
        parts.append(_confirmed(word.confirmed, words, zone))
    if word.explained is not None:
        parts.append(_explained(word.explained, words, zone))
    return [html.Div(parts, className="said", **attributes(data_said=word.area_code))]


def _confirmed(said: Said, words: Words, zone: ZoneInfo) -> html.P:
    by = words("said.confirmed_by", name=said.actor, at=fmt.instant(said.made_at, words, zone))
    day = fmt.day(said.reporting_day, words.language)
    parts: list[Child] = [
        tag(words("said.confirmed", day=day), kind="good", icon_name="check"),
        html.Span(by),
    ]
    if said.said:
        parts.append(html.Q(said.said))
    if said.revised:
        parts.append(tag(_revised(said, words), kind="open", icon_name="warn"))
    return html.P(parts)


def _revised(said: Said, words: Words) -> str:
    """By how many doses; where only people changed, that."""
    if said.revision:
        sign = "+" if said.revision > 0 else "−"
        return words("said.revised", doses=f"{sign}{fmt.whole(abs(said.revision), words.language)}")
    return words("said.revised_people")


def _explained(said: Said, words: Words, zone: ZoneInfo) -> html.P:
    by = words("said.confirmed_by", name=said.actor, at=fmt.instant(said.made_at, words, zone))
    day = fmt.day(said.reporting_day, words.language)
    return html.P([html.B(words("said.explained", day=day)), html.Q(said.said), html.Span(by)])


def mark_rows(rows: list[dict[str, Any]], words_of: Mapping[str, Word], words: Words) -> list[dict[str, Any]]:
    """Rows of the table, with what their province said of the last closed day: `said` is how, `said_text` the words."""
    return [_marked(row, words_of.get(row["code"]), words) for row in rows]


def _marked(row: dict[str, Any], word: Word | None, words: Words) -> dict[str, Any]:
    if word is None or (word.confirmed is None and word.explained is None):
        return row
    texts: list[str] = []
    day = fmt.day(word.reporting_day, words.language)
    if word.confirmed is not None:
        texts.append(words("said.confirmed", day=day) + f" ({word.confirmed.actor})")
        if word.confirmed.revised:
            texts.append(_revised(word.confirmed, words))
    if word.explained is not None:
        texts.append(f"{words('said.explained', day=day)} “{word.explained.said}” ({word.explained.actor})")
    revised = word.confirmed is not None and word.confirmed.revised
    kind = "revised" if revised else "confirmed" if word.confirmed is not None else "explained"
    return {**row, "said": kind, "said_text": " · ".join(texts)}


def said_table(
    words_of: Mapping[str, Word] | None,
    *,
    closed: date,
    provinces: int,
    names: Mapping[str, str],
    words: Words,
    zone: ZoneInfo,
) -> html.Section:
    """Every province that said something of the last closed day, with all that it said before."""
    title = words("said.title", day=fmt.day(closed, words.language))
    head = html.Div([html.H2(with_sign(title, define("statement", title, words)))], className="card-head")
    form = html.A(
        words("said.form"), href=f"/quyet-dinh?day={closed.isoformat()}#xac-nhan", className="tile-more say-more"
    )
    if words_of is None:
        body: list[Child] = [html.P(words("said.not_kept"), className="card-note")]
    else:
        confirmed = sum(word.confirmed is not None for word in words_of.values())
        explained = sum(word.explained is not None for word in words_of.values())
        count = words(
            "said.count",
            confirmed=fmt.whole(confirmed, words.language),
            explained=fmt.whole(explained, words.language),
            all=fmt.whole(provinces, words.language),
        )
        ordered = sorted(words_of.values(), key=lambda word: collation_key(names.get(word.area_code, word.area_code)))
        body = [html.P(count, className="card-note", id="said-count")]
        if ordered:
            rows = [_row(word, names, words, zone) for word in ordered]
            body.append(html.Details([html.Summary(words("said.list")), html.Ul(rows, className="said-list")]))
    return html.Section([head, *body, form], className="card first-said", id="first-said")


def _row(word: Word, names: Mapping[str, str], words: Words, zone: ZoneInfo) -> html.Li:
    """What holds, then the history: an explanation that was changed or withdrawn stays readable."""
    brief = said_briefly(word, words, zone) or [html.P(words("said.withdrawn_all"), className="card-note")]
    history: list[Child] = [_past(said, words, zone) for said in word.history]
    more = html.Details([html.Summary(words("said.history", count=len(history))), html.Ol(history)])
    return html.Li(
        [html.B(names.get(word.area_code, word.area_code)), *brief, *([more] if len(history) > 1 else [])],
        **attributes(data_code=word.area_code),
    )


def _past(said: Said, words: Words, zone: ZoneInfo) -> html.Li:
    figures = words("said.figures", doses=fmt.whole(said.doses, words.language))
    change: list[Child] = (
        [" ", fmt.signed(said.revision, words.language)] if said.kind is Kind.CONFIRMED and said.revision else []
    )
    return html.Li(
        [
            html.B(words(f"said_kind.{said.kind}")),
            html.Span(f" {fmt.instant(said.made_at, words, zone)} · {said.actor} · {figures}"),
            *change,
            *([html.Q(said.said)] if said.said else []),
        ]
    )
