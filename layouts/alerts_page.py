"""The plain list of alerts: what is wrong now, what was wrong a while ago, since when, and about what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from dash import html

from campaign.readings import AlertRow
from layouts.parts import Child, ago, card, tag
from layouts.words import Words

ORDER = {"firing": 0, "pending": 1, "resolved": 2}
SEVERITIES = {"critical": 0, "warning": 1, "info": 2}
SEVERITY_ICONS = {"critical": "stop", "warning": "warn", "info": "info"}
STATE_TAGS = {"firing": ("bad", "bell"), "pending": ("open", "clock"), "resolved": ("good", "check")}
SHOWN = 300


def alerts_page(alerts: Sequence[AlertRow], *, words: Words) -> html.Div:
    """Open alerts, worst and longest first; below them the resolved ones, newest first."""
    open_ones = sorted((a for a in alerts if a.state != "resolved"), key=_urgency)
    resolved = sorted((a for a in alerts if a.state == "resolved"), key=_ended, reverse=True)
    return html.Div(
        [
            _section("open", open_ones, words),
            _section("resolved", resolved[:SHOWN], words),
        ],
        className="alerts-page",
    )


def unavailable(words: Words) -> html.Div:
    """The registry does not answer and no list was read before: said, not shown as an empty list."""
    return html.Div([tag(words("alerts.unavailable"), kind="bad", icon_name="stop")], className="empty")


def _urgency(alert: AlertRow) -> tuple[int, int, datetime]:
    return ORDER.get(alert.state, 9), SEVERITIES.get(alert.severity, 9), _since(alert)


def _ended(alert: AlertRow) -> datetime:
    return alert.resolved_at or alert.pending_since


def _since(alert: AlertRow) -> datetime:
    return alert.firing_since or alert.pending_since


def _section(name: str, alerts: Sequence[AlertRow], words: Words) -> html.Section:
    body: Child = (
        html.Ul([_alert(alert, words) for alert in alerts], className="alerts")
        if alerts
        else html.Div(words(f"alerts.none_{name}"), className="empty")
    )
    count = html.Span(str(len(alerts)), className="count")
    return card([words(f"alerts.{name}"), count], [body], class_name=f"alerts-{name}")


def _alert(alert: AlertRow, words: Words) -> html.Li:
    kind, icon_name = STATE_TAGS.get(alert.state, ("none", "dash"))
    labels: list[Child] = [
        html.Span([f"{words.named('label', name)}: ", html.B(words.named(name, value))], className="label")
        for name, value in sorted(alert.labels.items())
    ]
    return html.Li(
        [
            html.Div(
                [
                    tag(words.named("alert_state", alert.state), kind=kind, icon_name=icon_name),
                    tag(
                        words.named("severity", alert.severity),
                        kind=f"severity-{alert.severity}",
                        icon_name=SEVERITY_ICONS.get(alert.severity, "info"),
                    ),
                    html.Span(words.named("rule", alert.rule), className="alert-rule"),
                    _times(alert, words),
                ],
                className="alert-head",
            ),
            html.P(_summary(alert, words), className="alert-summary"),
            *([html.Div(labels, className="labels")] if labels else []),
        ],
        className=f"alert alert-{alert.state}",
    )


def _summary(alert: AlertRow, words: Words) -> str:
    """What the rule said, with the feed named as the reader's pages name it."""
    text = words.pick(alert.summary_vi, alert.summary_en)
    feed = alert.labels.get("feed", "")
    return re.sub(rf"\b{re.escape(feed)}\b", words.named("feed", feed), text, count=1) if feed else text


def _times(alert: AlertRow, words: Words) -> html.Span:
    parts: list[Child] = [words("alerts.since"), " ", ago(_since(alert))]
    if alert.resolved_at is not None:
        parts += [" · ", words("alerts.resolved_at"), " ", ago(alert.resolved_at)]
    return html.Span(parts, className="alert-times")
