"""What may be done with an incident, as forms that work without any script. Who sees them: whoever may handle it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dash import html

from campaign.access import Scope
from campaign.incident_view import IncidentRow
from campaign.incidents import Closing, Work, area_of
from layouts.parts import Child, attributes, native
from layouts.words import Words

LONGEST_COMMENT = 500


class Deed(StrEnum):
    """As the addresses have them: /canh-bao/<incident>/<deed>."""

    ACKNOWLEDGE = "nhan"
    START = "bat-dau"
    TAKE = "giao"
    SNOOZE = "tam-hoan"
    COMMENT = "ghi-chu"
    CLOSE = "dong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """Who reads the page: where that person may handle incidents, and the token against forged requests of that
    person's session alone. `login` is what owners are called by; `snooze_hours`: the longest that is allowed."""

    scope: Scope
    csrf: str
    login: str
    snooze_hours: int

    def may(self, row: IncidentRow) -> bool:
        return self.scope.covers(area_of(row.labels))


def forms(row: IncidentRow, handler: Handler, words: Words) -> list[Child]:
    """One form for each act that is possible now; none for whoever may not, and none of what is closed."""
    if not handler.may(row):
        return []
    return [_folded(row, deed, handler, words) for deed in _possible(row, handler)]


def _possible(row: IncidentRow, handler: Handler) -> list[Deed]:
    incident = row.incident
    taken_up = incident.state in (Work.ACKNOWLEDGED, Work.IN_PROGRESS)
    when = {
        Deed.ACKNOWLEDGE: incident.state is Work.NEW,
        Deed.START: incident.state is Work.ACKNOWLEDGED and incident.fires,
        Deed.CLOSE: not incident.fires,
        Deed.TAKE: taken_up and (incident.fires or incident.owner != handler.login),
        Deed.SNOOZE: taken_up and incident.fires,
        Deed.COMMENT: True,
    }
    return [] if incident.state is Work.CLOSED else [deed for deed, possible in when.items() if possible]


def _folded(row: IncidentRow, deed: Deed, handler: Handler, words: Words) -> Child:
    form = _form(row, deed, handler, words)
    if deed is Deed.START:
        return form
    main = " incident-act-main" if deed in (Deed.ACKNOWLEDGE, Deed.CLOSE) else ""
    shortcut = attributes(aria_keyshortcuts="a") if deed is Deed.ACKNOWLEDGE else {}
    return html.Details(
        [html.Summary(words(f"incident_act.{deed}"), **shortcut), form],
        className=f"incident-act{main}",
        **attributes(data_deed=deed.value),
    )


def _form(row: IncidentRow, deed: Deed, handler: Handler, words: Words) -> Child:
    return native(
        "form",
        method="post",
        action=f"/canh-bao/{row.incident_id}/{deed}?lang={words.language}",
        className=f"incident-form incident-form-{deed}",
        children=[
            _hidden("csrf", handler.csrf),
            *_asked(row, deed, handler, words),
            native("button", type="submit", className="button", children=words(f"incident_go.{deed}")),
        ],
    )


def _asked(row: IncidentRow, deed: Deed, handler: Handler, words: Words) -> list[Child]:
    """The fields of one act. What the acknowledger saw goes along: members that came meanwhile stay new."""
    here = f"{row.incident_id}-{deed}"
    if deed is Deed.START:
        return []
    if deed is Deed.TAKE:
        return _field(f"to-{here}", words("incident.to"), name="to", maxlength="64", autocomplete="off")
    fields = _field(
        f"comment-{here}",
        words(f"incident_comment.{deed}"),
        name="comment",
        maxlength=str(LONGEST_COMMENT),
        required=True,
        autocomplete="off",
    )
    if deed is Deed.ACKNOWLEDGE:
        return [_hidden("seen", str(row.incident.members)), *fields]
    if deed is Deed.CLOSE:
        return [*_choice(f"closing-{here}", words), *fields]
    if deed is Deed.SNOOZE:
        most = str(handler.snooze_hours)
        hours = _field(
            f"hours-{here}",
            words("incident.hours", most=most),
            name="hours",
            type="number",
            min="1",
            max=most,
            value="1",
            required=True,
        )
        return [*hours, *fields]
    return fields


def _field(field_id: str, text: str, **props: object) -> list[Child]:
    return [native("label", htmlFor=field_id, children=text), native("input", id=field_id, **props)]


def _choice(field_id: str, words: Words) -> list[Child]:
    """Why it is closed; a false alarm counts against the rule."""
    options: list[Child] = [
        native("option", value=item.value, children=words(f"closing.{item.value}")) for item in Closing
    ]
    return [
        native("label", htmlFor=field_id, children=words("incident.closing")),
        native("select", id=field_id, name="closing", children=options),
    ]


def _hidden(name: str, value: str) -> Child:
    return native("input", type="hidden", name=name, value=value)
