"""One incident on the console: how bad, what, where, since when, how many, who works on it, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html

from campaign.excursion_state import open_first
from campaign.incident_view import EventRow, IncidentRow
from campaign.incidents import Happened, Incident, Work, area_of
from campaign.oncall import OnDuty, Planned
from campaign.readings import AlertRow
from geo.text import collation_key
from layouts import format as fmt
from layouts.duty_contact import contact
from layouts.excursion_told import excursion_told, to_form
from layouts.incident_forms import Handler, forms
from layouts.parts import Child, ago, attributes, tag, until
from layouts.place_names import Names
from layouts.words import Words

SEVERITY_ICONS = {"critical": "stop", "warning": "warn", "info": "info"}
STATE_TAGS = {"new": ("bad", "bell"), "acknowledged": ("open", "hand"), "in_progress": ("open", "hand")}


def incident_card(
    row: IncidentRow,
    *,
    words: Words,
    names: Names,
    handler: Handler | None,
    now: datetime,
    zone: ZoneInfo,
    duty: OnDuty | None = None,
    planned: Planned | None = None,
) -> html.Li:
    """`duty`: who answers for it now; `planned`: the work or drill that it lies in."""
    incident = row.incident
    number = str(row.incident_id)
    parts: list[Child] = [
        _head(row, words, now, planned),
        html.P(_about(row, words, names), className="incident-about"),
        html.P(_summary(row, words, names), className="alert-summary"),
        *_inside(row, words),
        *_excursions(row, words, zone),
        *_who(incident, words),
        *contact(incident, duty, words),
        *_more(row, words, names, zone),
    ]
    acts = forms(row, handler, words) if handler else []
    if acts:
        parts.append(html.Div(acts, className="incident-acts"))
    return html.Li(
        parts,
        id=f"incident-{number}",
        tabIndex=0,
        className=f"alert incident incident-{incident.severity} incident-{'on' if incident.fires else 'over'}",
        **attributes(data_incident=number),
    )


def _head(row: IncidentRow, words: Words, now: datetime, planned: Planned | None) -> html.Div:
    incident = row.incident
    kind, icon_name = STATE_TAGS.get(incident.state, ("none", "dash"))
    if not incident.fires:
        kind, icon_name = "good", "check"
    state = "over" if not incident.fires and incident.state is not Work.CLOSED else incident.state.value
    tags: list[Child] = [
        tag(
            words.named("severity", incident.severity),
            kind=f"severity-{incident.severity}",
            icon_name=SEVERITY_ICONS.get(incident.severity, "info"),
        ),
        tag(words.named("incident_state", state), kind=kind, icon_name=icon_name),
    ]
    if planned is not None:
        tags.append(tag(words(f"planned_tag.{planned.kind}", reason=planned.reason), kind="none", icon_name="clock"))
    if incident.level > 1:
        tags.append(tag(words("incident.level", level=incident.level), kind="bad", icon_name="up"))
    if incident.members_new:
        tags.append(tag(words("incident.new", count=incident.members_new), kind="bad", icon_name="bell"))
    title = html.H3(words.named("rule", row.rule), className="alert-rule")
    return html.Div([title, *tags, _times(incident, words, now)], className="alert-head")


def _times(incident: Incident, words: Words, now: datetime) -> html.Span:
    parts: list[Child] = [words("alerts.since"), " ", ago(incident.opened_at)]
    if incident.over_at is not None:
        parts += [" · ", words("alerts.resolved_at"), " ", ago(incident.over_at)]
    if incident.snoozed(now) and incident.snoozed_until is not None:
        parts += [" · ", words("incident.snoozed"), " ", until(incident.snoozed_until)]
    return html.Span(parts, className="alert-times")


def labelled(labels: Mapping[str, str], words: Words, names: Names) -> list[Child]:
    """Where and what, in words; the wider place first."""
    order = ("area", "district", "store", "equipment")
    known = [name for name in order if name in labels]
    return [
        html.Span([f"{words.named('label', name)}: ", html.B(names(name, labels[name]))], className="label")
        for name in (*known, *sorted(set(labels) - set(order)))
    ]


def _about(row: IncidentRow, words: Words, names: Names) -> list[Child]:
    number = html.Span(words("incident.number", number=row.incident_id), className="incident-number")
    # Of its only member also what the group leaves out: the store and device of a district's equipment.
    only = row.shown[0].labels if row.incident.members == 1 and row.shown else {}
    return [number, *labelled({**only, **row.labels}, words, names), *_provinces(row, words, names)]


def _provinces(row: IncidentRow, words: Words, names: Names) -> list[Child]:
    """Where an incident of the nation goes on, of the members that are shown."""
    if area_of(row.labels) is not None:
        return []
    areas = {area_of(alert.labels) for alert in row.shown if alert.state == "firing"} - {None, ""}
    listed = sorted((names("area", str(area)) for area in areas), key=collation_key)
    return (
        [html.Span([words("incident.provinces"), ": ", html.B(", ".join(listed))], className="label")] if listed else []
    )


def _summary(row: IncidentRow, words: Words, names: Names) -> str:
    """What its one member says, or how many there are."""
    members = row.incident.members
    if members == 1 and row.shown:
        return said_of(row.shown[0], words, names)
    firing, whole = fmt.whole(row.firing, words.language), fmt.whole(members, words.language)
    return words("incident.members", firing=firing, members=whole)


def said_of(alert: AlertRow, words: Words, names: Names) -> str:
    """What the rule said, with the feed named as the reader's pages name it."""
    text = words.marked(words.pick(alert.summary_vi, alert.summary_en))
    feed = alert.labels.get("feed", "")
    named = re.sub(rf"\b{re.escape(feed)}\b", names("feed", feed), text, count=1) if feed else text
    return fmt.tied(named)


def _inside(row: IncidentRow, words: Words) -> list[Child]:
    """What is at risk: what all devices of these stores hold together, since doses are known by store."""
    if row.inside is None or row.incident.state is Work.CLOSED:
        return []
    told = words.counted(
        "incident.inside",
        len(row.stores),
        stores=fmt.whole(len(row.stores), words.language),
        doses=_of_number("incident.inside_doses", row.inside.doses, words),
        lots=_of_number("incident.inside_lots", row.inside.lots, words),
    )
    link = f"/kho?{urlencode({'store': row.stores[0]})}" if len(row.stores) == 1 else ""
    return [html.P([html.A(told, href=link) if link else told], className="incident-inside")]


def _of_number(key: str, count: int, words: Words) -> str:
    return words.counted(key, count, count=fmt.whole(count, words.language))


def _excursions(row: IncidentRow, words: Words, zone: ZoneInfo) -> list[Child]:
    """Whether anybody has decided about the doses inside: of one device what, of several how many are open; each of
    these says so in the list of members."""
    if row.incident.state is Work.CLOSED or not row.excursions:
        return []
    states = open_first(row.excursions, row.excursions)
    if row.incident.members == 1:
        return [html.Div(excursion_told(states[0], words, zone), className="incident-excursion")]
    waiting = sum(state.decision is None for state in states)
    told = words(
        "incident.excursions",
        open=fmt.whole(waiting, words.language),
        decided=fmt.whole(len(states) - waiting, words.language),
    )
    return [html.P([told, " ", to_form(states[0], words)], className="incident-excursion")]


def _who(incident: Incident, words: Words) -> list[Child]:
    """Owner, and what was said last."""
    if not (incident.owner or incident.comment):
        return []
    parts: list[Child] = []
    if incident.owner:
        parts += [words("incident.owner"), " ", html.B(incident.owner)]
    if incident.comment:
        parts += [": " if parts else "", html.Q(incident.comment)]
    return [html.P(parts, className="incident-who")]


def _more(row: IncidentRow, words: Words, names: Names, zone: ZoneInfo) -> list[Child]:
    steps = words.texts.get(f"runbook.{row.rule}", "")
    parts: list[Child] = []
    if steps and row.incident.state is not Work.CLOSED:
        listed = html.Ol([html.Li(step) for step in steps.split("\n")])
        parts.append(html.Details([html.Summary(words("incident.runbook")), listed], className="incident-part"))
    if row.incident.members > 1 and row.shown:
        title = words("incident.member_list", count=fmt.whole(row.incident.members, words.language))
        parts.append(html.Details([html.Summary(title), *_members(row, words, names, zone)], className="incident-part"))
    if row.events:
        history = html.Ol([_event(event, words, zone) for event in row.events], className="incident-history")
        parts.append(html.Details([html.Summary(words("incident.history")), history], className="incident-part"))
    return [html.Div(parts, className="incident-more")] if parts else []


def _members(row: IncidentRow, words: Words, names: Names, zone: ZoneInfo) -> list[Child]:
    """Firing ones first, the newest at the top; how many are left out is said."""
    rest = row.incident.members - len(row.shown)
    more: Sequence[Child] = (
        [html.P(words("incident.member_rest", count=fmt.whole(rest, words.language)), className="note")]
        if rest > 0
        else []
    )
    items = list[Child]([_member(alert, row, words, names, zone) for alert in row.shown])
    return [html.Ul(items, className="members", tabIndex=0), *more]


def _member(alert: AlertRow, row: IncidentRow, words: Words, names: Names, zone: ZoneInfo) -> html.Li:
    """Which one it is, by the labels that the incident does not say already; what was decided about its excursion."""
    own = {name: value for name, value in alert.labels.items() if name not in row.labels}
    state = row.excursions.get(alert.labels.get("equipment", ""))
    decided: list[Child] = [] if state is None else [excursion_told(state, words, zone)]
    times = [words.named("alert_state", alert.state), " · ", words("alerts.since"), " "]
    return html.Li(
        [
            html.Span(said_of(alert, words, names)),
            html.Span(labelled(own, words, names), className="incident-about"),
            *decided,
            html.Span([*times, ago(alert.firing_since or alert.pending_since)], className="alert-times"),
        ],
        className=f"member member-{alert.state}",
    )


def _event(event: EventRow, words: Words, zone: ZoneInfo) -> html.Li:
    detail = event.detail
    until_text = str(detail.get("until", ""))
    told = words(
        f"happened.{event.kind}",
        members=detail.get("members", ""),
        level=detail.get("level", ""),
        severity=words.named("severity", str(detail.get("severity", ""))),
        owner=detail.get("incident_owner", ""),
        until=fmt.instant(datetime.fromisoformat(until_text), words, zone) if until_text else "",
    )
    by: list[Child] = [html.B(event.actor), ": "] if event.actor else []
    quote: list[Child] = [" ", html.Q(event.said)] if event.said and event.kind is not Happened.OPENED else []
    when = html.Span(fmt.instant(event.at, words, zone), className="incident-when")
    return html.Li([when, html.Span([*by, told, *quote])])
