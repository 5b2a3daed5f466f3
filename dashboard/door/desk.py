"""The pages at the door: sign in, sign out, one's own account and password, and the entrance of a wall's screen."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from flask import Flask, Response, request

from campaign.access import Grant, Permission
from dashboard.door import addresses, cookies
from dashboard.door.caller import author_of, caller
from dashboard.door.cookies import Cookies, against_forgery, new_visit
from dashboard.door.render import Pages
from dashboard.door.sessions import Sessions
from dashboard.payloads import see_other
from dashboard.visitor import language_of
from layouts import format as fmt
from layouts.words import Words
from operations.audit import Author
from operations.connections import RegistryUnavailable
from operations.passwords import Passwords, WeakPassword
from operations.provider_client import ProviderClient
from operations.sessions import Connect, Limits, Person, SignedIn, only_wall, sign_out
from operations.sign_in import TurnedAway, change_password, sign_in
from operations.walls import enter

log = structlog.get_logger(__name__)
DECISIONS = (
    Permission.RELEASE_FEED,
    Permission.REPAIR_RECORD,
    Permission.LOCK_FIGURES,
    Permission.SET_TARGETS,
    Permission.CONFIRM_FIGURE,
    Permission.SAVE_SCENARIO,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A provider by which people may sign in, and what the button calls it."""

    client: ProviderClient
    label_vi: str
    label_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorDesk:
    """What the pages at the door share in one worker. `provider`: None where people sign in by password alone."""

    registry: Connect
    passwords: Passwords
    limits: Limits
    sessions: Sessions
    cookies: Cookies
    pages: Pages
    wall: Callable[[], datetime]
    zone: ZoneInfo
    provinces: Callable[[Words], dict[str, str]]
    provider: Offered | None = None

    @property
    def provider_label(self) -> str:
        return self.words.pick(self.provider.label_vi, self.provider.label_en) if self.provider else ""

    @property
    def words(self) -> Words:
        return self.pages.catalogues[language_of(request, self.pages.default_language)]

    @property
    def author(self) -> Author:
        return author_of(request)


def add_door(server: Flask, desk: DoorDesk) -> None:
    """Register the pages on `server`; the table says who may use them."""

    def show_or_sign_in() -> Response:
        return _sign_in(desk) if request.method == "POST" else _sign_in_page(desk)

    def show_or_enter() -> Response:
        return _enter(desk) if request.method == "POST" else form_page(desk, "wall")

    both = ["GET", "POST"]
    server.add_url_rule(addresses.SIGN_IN, "sign_in", show_or_sign_in, methods=both)
    server.add_url_rule(addresses.WALL, "wall_enter", show_or_enter, methods=both)
    server.add_url_rule(addresses.SIGN_OUT, "sign_out", lambda: _sign_out(desk), methods=["POST"])
    server.add_url_rule(addresses.ACCOUNT, "account", lambda: _account(desk))
    server.add_url_rule(addresses.PASSWORD, "password", lambda: _password(desk), methods=["POST"])


def _sign_in_page(desk: DoorDesk) -> Response:
    where = addresses.safe_next(request.args.get("next"))
    said = next((name for name in ("ended", "out", "changed") if name in request.args), "")
    try:
        known = desk.sessions.look(desk.cookies.read(request, cookies.SESSION), present=True)
    except RegistryUnavailable:
        known = None
    if known is not None:
        return see_other(where)
    return form_page(desk, "sign_in", next=where, said=said, login="")


def _sign_in(desk: DoorDesk) -> Response:
    where = addresses.safe_next(request.form.get("next"))
    login = request.form.get("login", "")
    try:
        found = sign_in(
            desk.registry,
            desk.passwords,
            desk.limits,
            login=login,
            password=request.form.get("password", ""),
            author=desk.author,
            now=desk.wall(),
            replaces=desk.cookies.read(request, cookies.SESSION),
        )
    except RegistryUnavailable:
        return form_page(desk, "sign_in", status=503, next=where, said="registry", login=login)
    if isinstance(found, TurnedAway):
        return turned_away(desk, "sign_in", found, next=where, login=login)
    return let_in(desk, found, where)


def _enter(desk: DoorDesk) -> Response:
    """A wall's browser keeps its session over a power cut: nobody is there to sign in again."""
    try:
        found = enter(
            desk.registry,
            desk.limits,
            token=request.form.get("token", "").strip(),
            author=desk.author,
            now=desk.wall(),
            replaces=desk.cookies.read(request, cookies.SESSION),
        )
    except RegistryUnavailable:
        return form_page(desk, "wall", status=503, said="registry")
    if isinstance(found, TurnedAway):
        return turned_away(desk, "wall", found)
    lasts = math.ceil((found.expires_at - desk.wall()).total_seconds())
    return let_in(desk, found, addresses.HOME, max_age=lasts)


def _sign_out(desk: DoorDesk) -> Response:
    asked = caller()
    response = see_other(f"{addresses.SIGN_IN}?out=1")
    if asked.person is not None:
        with desk.registry() as connection:
            sign_out(connection, asked.token, asked.person, desk.author, desk.wall())
    desk.sessions.forget(asked.token)
    desk.cookies.forget(response)
    return response


def _account(desk: DoorDesk, *, status: int = 200, said: str = "", wait: timedelta | None = None) -> Response:
    person = _person()
    words = desk.words
    names = desk.provinces(words)
    return desk.pages.page(
        request,
        "account",
        status=status,
        csrf=against_forgery(caller().token),
        person=person,
        screen=only_wall(person.grants),
        decides=any(caller().may(need) for need in DECISIONS),
        audits=caller().may(Permission.SEE_AUDIT),
        roles=[(words.named("role", grant.role.value), _where(grant, names, words)) for grant in person.grants],
        until=fmt.minute(person.until, words, desk.zone),
        idle=round(desk.limits.idle.total_seconds() / 60),
        said=said or ("changed" if "changed" in request.args else ""),
        minutes=_minutes(wait),
        least=desk.passwords.min_length,
    )


def _password(desk: DoorDesk) -> Response:
    asked, person = caller(), _person()
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _account(desk, status=400, said="differ")
    try:
        found = change_password(
            desk.registry,
            desk.passwords,
            desk.limits,
            person=person,
            current=request.form.get("current", ""),
            new=new,
            author=desk.author,
            now=desk.wall(),
        )
    except WeakPassword as weak:
        return _account(desk, status=400, said=weak.why)
    if isinstance(found, TurnedAway):
        return _account(
            desk, status=429 if found.wait else 403, said="locked" if found.wait else "wrong", wait=found.wait
        )
    desk.sessions.forget(asked.token)
    return let_in(desk, found, f"{addresses.ACCOUNT}?changed=1")


def _person() -> Person:
    person = caller().person
    if person is None:
        raise RuntimeError("the table lets nobody come here without a session")
    return person


def _where(grant: Grant, names: dict[str, str], words: Words) -> str:
    if grant.scope.nationwide:
        return words("table.nation")
    return ", ".join(names.get(code, code) for code in sorted(grant.scope.provinces))


def let_in(desk: DoorDesk, found: SignedIn, where: str, *, max_age: int | None = None) -> Response:
    """On to `where`, with a session. max_age: seconds for which the browser keeps it, None until it is closed."""
    response = see_other(where)
    desk.cookies.write(response, cookies.SESSION, found.token, max_age=max_age)
    return response


def turned_away(desk: DoorDesk, form: str, found: TurnedAway, **values: str) -> Response:
    """The form again, with what became of the try."""
    if found.wait is None:
        return form_page(desk, form, status=403, said="wrong", minutes=0, **values)
    response = form_page(desk, form, status=429, said="locked", minutes=_minutes(found.wait), **values)
    response.headers["Retry-After"] = str(max(math.ceil(found.wait.total_seconds()), 1))
    return response


def form_page(
    desk: DoorDesk, name: str, *, status: int = 200, said: str = "", minutes: int = 0, **values: str
) -> Response:
    """A form with its token; the visit that the token is derived from begins with the first form."""
    visit = desk.cookies.read(request, cookies.VISIT)
    fresh = visit or new_visit()
    response = desk.pages.page(
        request,
        name,
        status=status,
        csrf=against_forgery(fresh),
        said=said,
        minutes=minutes,
        # What the sign-in page alone has to say; the wall's form has no place for it.
        **{"provider": desk.provider_label, "trouble": "", "trouble_icon": "stop", **values},
    )
    if not visit:
        desk.cookies.write(response, cookies.VISIT, fresh)
    return response


def _minutes(wait: timedelta | None) -> int:
    return max(math.ceil(wait.total_seconds() / 60), 1) if wait else 0
