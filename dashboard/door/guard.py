"""The one place where a request is let in: before every view, by the table. Denied unless the table says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import Request, Response, request
from werkzeug.exceptions import HTTPException

from campaign.access import NATION, NOWHERE, Permission, Scope, scope_from_key, scope_of
from dashboard.door import cookies
from dashboard.door.answers import Answers, Refused
from dashboard.door.caller import Caller, author_of, caller, present
from dashboard.door.cookies import Cookies, forged
from dashboard.door.denials import Denials, Denied, scope_told, template_of
from dashboard.door.sessions import Asked, Sessions
from dashboard.door.table import ON_SERVER, ROUTES, Door, Need, Rule
from dashboard.seen import OutsideScope
from operations.connections import RegistryUnavailable
from operations.sessions import Person

log = structlog.get_logger(__name__)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
DASH_CALLBACK = "/_dash-update-component"
# A page that asks by itself, with nobody at it, says so: such a request does not put off the idle limit.
READER_HEADER = "X-Reader"
AWAY = "away"
# Refusals of somebody who is signed in that concern rights: a role, or a part of the country.
DENIALS = frozenset({"no_role", "other_province"})
UNREAD = {
    411: ("no_length", "say by Content-Length how long the body is"),
    413: ("too_large", "the body is larger than web.max_body_bytes"),
    415: ("packed", "send the body as it is, without Content-Encoding"),
}
# A stream lives on its own.
NEVER_PRESENT = frozenset({"live"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A before_request hook. Every refusal is logged once, without a name and without what was sent; what the roles of
    somebody who is signed in do not include is in the audit besides."""

    sessions: Sessions
    cookies: Cookies
    answers: Answers
    denials: Denials

    def __call__(self) -> Response | None:
        try:
            present(self._judge(request))
        except Refused as refused:
            if refused.logged:
                _log(refused.why, refused.status)
            return self.answers.refuse(refused)
        return None

    def unread(self, error: HTTPException) -> Response:
        """An error handler: a body was too large (413), of no stated length (411), or packed (415)."""
        status = error.code or 413
        why, message = UNREAD[status]
        _log(why, status)
        rule = ROUTES.get(request.endpoint or "")
        refused = Refused(status, why, message, page=rule.page if rule else False)
        response = self.answers.refuse(refused)
        if status == 415:
            response.headers["Accept-Encoding"] = "identity"
        return response

    def outside(self, error: OutsideScope) -> None:
        """A view found out by itself that the caller may not have what was asked for."""
        why = "no_role" if error.needs else "other_province"
        _log(why, 403)
        rule, person = ROUTES.get(request.endpoint or ""), caller().person
        if rule is not None and person is not None:
            scope = Scope(provinces=frozenset({error.asked} - {""}))
            denied = Denied(address=template_of(request, rule), why=why, needs=error.needs, asked=scope_told(scope))
            self.denials.write(person, author_of(request), denied)

    def holds(self, token: str, permission: Permission) -> bool:
        """Whether a session holds a permission at this moment: what an open stream asks again and again."""
        try:
            asked = self.sessions.look(token, present=False)
        except RegistryUnavailable:
            return False
        return asked is not None and not scope_of(asked.person.grants, permission).empty

    def _judge(self, asked: Request) -> Caller:
        """Raises Refused."""
        rule = ROUTES.get(asked.endpoint or "")
        page = rule.page if rule else False
        if rule is None or asked.method not in rule.methods:
            raise _unrouted(asked)
        need = rule.need_for(asked.view_args or {})
        if need is Door.NOBODY:
            raise Refused(404, "nobody", "there is nothing here")
        if need is Door.MACHINE:
            # Nobody's browser holds such a token, so that no other site can make one send it.
            return Caller()
        if asked.method not in SAFE:
            self._check_origin(asked, need, page=page)
        if need is Door.PUBLIC:
            return Caller()
        found = self._who(asked, rule)
        if asked.endpoint == DASH_CALLBACK:
            need = _of_callback(asked)
        try:
            held = _allowed(found.person, asked, rule, need)
        except Refused as refused:
            if refused.why in DENIALS:
                self._write_down(found.person, asked, rule, need, refused)
            raise
        return Caller(person=found.person, token=self._token(asked), held=held)

    def _write_down(self, person: Person, asked: Request, rule: Rule, need: Need, refused: Refused) -> None:
        scope = scope_from_key(str((asked.view_args or {}).get("scope", "")))
        denied = Denied(
            address=template_of(asked, rule), why=refused.why, needs=need.value, asked=scope_told(scope or NOWHERE)
        )
        self.denials.write(person, author_of(asked), denied)

    def _check_origin(self, asked: Request, need: Need, *, page: bool) -> None:
        """Before anything is looked up, so that a forged request costs and tells nothing."""
        secret = self.cookies.read(asked, cookies.VISIT) if need is Door.PUBLIC else self._token(asked)
        if need is not Door.PUBLIC and not secret:
            raise _not_signed_in(asked, page=page, ended=False)
        if forged(asked, secret):
            raise Refused(403, "forged", "this form is out of date, or was not sent from here", page=page)

    def _who(self, asked: Request, rule: Rule) -> Asked:
        token = self._token(asked)
        here = asked.endpoint not in NEVER_PRESENT and asked.headers.get(READER_HEADER) != AWAY
        try:
            found = self.sessions.look(token, present=here)
        except RegistryUnavailable as error:
            raise Refused(503, "registry", "the registry does not answer", page=rule.page) from error
        if found is None:
            raise _not_signed_in(asked, page=rule.page, ended=bool(token))
        if found.remembered and not (rule.lasting and asked.method in SAFE):
            raise Refused(503, "registry", "the registry does not answer", page=rule.page)
        return found

    def _token(self, asked: Request) -> str:
        return self.cookies.read(asked, cookies.SESSION)


def _allowed(person: Person, asked: Request, rule: Rule, need: Need) -> Scope:
    """Where the person holds what is needed. Raises Refused where that is not enough."""
    held = NOWHERE if isinstance(need, Door) else _held(person, need, page=rule.page)
    if rule.national_for(asked.view_args or {}) and not held.nationwide:
        raise Refused(403, "no_role", "this needs the role for the whole nation", page=rule.page)
    if "scope" in (asked.view_args or {}):
        _check_scope(str((asked.view_args or {})["scope"]), held if isinstance(need, Permission) else NATION)
    return held


def _held(person: Person, need: Permission, *, page: bool) -> Scope:
    held = scope_of(person.grants, need)
    if held.empty:
        raise Refused(403, "no_role", f"your roles do not include {need.value}", page=page)
    return held


def _check_scope(key: str, held: Scope) -> None:
    scope = scope_from_key(key)
    if scope is None:
        raise Refused(400, "scope", f"scope is '{key[:100]}', yours is {held.key}", logged=False)
    if not held.contains(scope):
        raise Refused(403, "other_province", f"your scope is {held.key}")


def _of_callback(asked: Request) -> Need:
    """What the callback needs that Dash is asked to run."""
    body = asked.get_json(silent=True)
    output = body.get("output") if isinstance(body, dict) else None
    need = ON_SERVER.get(output) if isinstance(output, str) else None
    if need is None:
        raise Refused(403, "callback", "there is no such callback")
    return need


def _not_signed_in(asked: Request, *, page: bool, ended: bool) -> Refused:
    """Logged only where something was brought along that opens nothing: forged, ended, or too old (`ended`)."""
    where = asked.full_path.rstrip("?") if asked.method in SAFE else ""
    why = "no_session" if ended else "signed_out"
    return Refused(401, why, "sign in first", page=page, logged=ended, back_to=where, ended=ended)


def _log(why: str, status: int) -> None:
    log.warning("refused", address=request.endpoint or "none", why=why, status=status)


def _unrouted(asked: Request) -> Refused:
    known = asked.routing_exception
    if asked.endpoint in ROUTES or (known is not None and known.code == 405):
        return Refused(405, "method", "that cannot be done with this address")
    return Refused(404, "unlisted", "there is nothing here")
