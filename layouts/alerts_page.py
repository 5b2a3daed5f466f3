"""The console: incidents by what somebody has to do about them, the worst and oldest first; below, what is watched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html

from campaign.incident_view import Board, IncidentRow, Section, sections
from campaign.incidents import area_of
from campaign.oncall import on_duty, planned_now
from campaign.readings import AlertRow
from layouts import format as fmt
from layouts.incident_card import SEVERITY_ICONS, incident_card, labelled, said_of
from layouts.incident_forms import Deed, Handler
from layouts.parts import Child, ago, attributes, card, icon, tag
from layouts.place_names import Names
from layouts.words import Words

# Shown with nothing in them too: that nobody is needed is the answer that is looked for first.
ALWAYS = frozenset({Section.NEEDS_SOMEONE, Section.CLOSED})
# Of those that do not fire yet: nobody has to do anything about them.
WATCHED = 12
# Of every other section. The worst and oldest stand first, and a page of hundreds is no list that anybody works off.
SHOWN = 20
# What is critical and goes on is never folded away, however many there are.
UNFOLDED = frozenset({Section.NEEDS_SOMEONE, Section.WORKED_ON})


def alerts_page(
    board: Board,
    *,
    words: Words,
    names: Names,
    now: datetime,
    zone: ZoneInfo,
    handler: Handler | None = None,
    done: tuple[Deed, int] | None = None,
    note: Child | None = None,
) -> html.Div:
    """`handler`: None for whoever only looks. `done`: what the reader has just done, to which incident. `note`: that
    the list is limited to a province."""
    found = sections(board.incidents, now)

    def section(name: Section, rows: Sequence[IncidentRow]) -> html.Section:
        items = [
            incident_card(
                row,
                words=words,
                names=names,
                handler=handler,
                now=now,
                zone=zone,
                duty=on_duty(
                    board.duties,
                    area=area_of(row.labels),
                    rule=row.rule,
                    level=row.incident.level,
                    now=now,
                    zone=zone,
                ),
                planned=planned_now(board.planned, area=area_of(row.labels), rule=row.rule, now=now),
            )
            for row in rows
        ]
        critical = sum(row.incident.severity == "critical" for row in rows) if name in UNFOLDED else 0
        return _section(name.value, items, words, first=max(SHOWN, critical))

    parts: list[Child] = [section(name, rows) for name, rows in found.items() if rows or name in ALWAYS]
    if board.pending:
        watched = [_watched(alert, words, names) for alert in board.pending]
        parts.insert(len(parts) - 1, _section("pending", watched, words, first=WATCHED))
    top = _top(handler, done, words, left_out=board.left_out, note=note)
    return html.Div([top, *parts], className="alerts-page")


def unavailable(words: Words) -> html.Div:
    """The registry does not answer and no list was read before: said, not shown as an empty list."""
    return html.Div([tag(words("alerts.unavailable"), kind="bad", icon_name="stop")], className="empty")


def _top(
    handler: Handler | None, done: tuple[Deed, int] | None, words: Words, *, left_out: int, note: Child | None
) -> html.Div:
    """Always there, so that what follows keeps its place when it has nothing to say."""
    said: list[Child] = [] if note is None else [note]
    if done is not None:
        text = words(f"incident_done.{done[0]}", number=done[1])
        said.append(html.P([tag(text, kind="good", icon_name="check")], className="incident-said", role="status"))
    if left_out:
        text = words("incident.left_out", count=fmt.whole(left_out, words.language))
        said.append(html.P([tag(text, kind="bad", icon_name="warn")], role="status"))
    if handler is not None and not handler.scope.empty:
        said.append(html.P(words("incident.keys"), className="note incident-keys"))
    said.append(_tools(words))
    return html.Div(said, className="alerts-top")


def _tools(words: Words) -> html.Div:
    """Pages beside the console, and the sound, which assets/console.js switches: it is off until somebody wants it."""
    sound = html.Button(
        [icon("bell"), html.Span(words("console.sound"))],
        className="console-tool",
        title=words("console.sound_title"),
        **attributes(data_action="sound", aria_pressed="false"),
    )
    return html.Div(
        [
            html.A(words("tickets.title"), href="/canh-bao/phieu", className="console-tool"),
            html.A(words("handover.title"), href="/ban-giao", className="console-tool"),
            html.A(words("alert_settings.title"), href="/cai-dat", className="console-tool"),
            sound,
        ],
        className="console-tools",
    )


def _section(name: str, items: list[html.Li], words: Words, *, first: int) -> html.Section:
    """Items after the `first` ones are folded away."""
    body: list[Child] = (
        [html.Ul(list[Child](items[:first]), className="alerts")]
        if items
        else [html.Div(words(f"alerts.none_{name}"), className="empty")]
    )
    more = items[first:]
    if more:
        summary = html.Summary(words("alerts.more", count=fmt.whole(len(more), words.language)))
        body.append(html.Details([summary, html.Ul(list[Child](more), className="alerts")], className="more"))
    count = html.Span(str(len(items)), className="count")
    return card([words(f"alerts.{name}"), count], body, class_name=f"alerts-{name}", anchor=f"alerts-{name}")


def _watched(alert: AlertRow, words: Words, names: Names) -> html.Li:
    """An alert that does not fire yet: its condition has not held for long enough."""
    return html.Li(
        [
            html.Div(
                [
                    html.H3(words.named("rule", alert.rule), className="alert-rule"),
                    tag(
                        words.named("severity", alert.severity),
                        kind=f"severity-{alert.severity}",
                        icon_name=SEVERITY_ICONS.get(alert.severity, "info"),
                    ),
                    html.Span([words("alerts.since"), " ", ago(alert.pending_since)], className="alert-times"),
                ],
                className="alert-head",
            ),
            html.P(labelled(alert.labels, words, names), className="incident-about"),
            html.P(said_of(alert, words, names), className="alert-summary"),
        ],
        className="alert",
    )
