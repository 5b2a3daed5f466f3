"""To the provider and back: the button on the sign-in page, and the address that the provider sends browsers to.

It begins with a form and its token, not with a link: another site's link could otherwise sign somebody in unasked
(OWASP ASVS 7.6.2). It ends with a GET, as the protocol wants, which does nothing without the secret of this browser's
cookie.
"""

from __future__ import annotations

import math

import structlog
from flask import Flask, Response, request

from dashboard.door import addresses, cookies
from dashboard.door.desk import DoorDesk, Offered, form_page, let_in, turned_away
from dashboard.payloads import plain_json, see_other
from operations.connections import RegistryUnavailable
from operations.provider import ProviderTrouble, Said
from operations.provider_sign_in import UNDER_WAY, Answer, CameIn, begin, finish
from operations.sign_in import TurnedAway

log = structlog.get_logger(__name__)
RETRY_SECONDS = 30


def add_provider(server: Flask, desk: DoorDesk) -> None:
    """Register both addresses, also where there is no provider: the table is the same everywhere."""

    def to_provider() -> Response:
        return _begin(desk, desk.provider) if desk.provider else _nothing()

    def back() -> Response:
        if desk.provider is None:
            return _nothing()
        # What only looks at addresses (HEAD) must not use up the one answer.
        return _back(desk, desk.provider) if request.method == "GET" else see_other(addresses.SIGN_IN)

    server.add_url_rule(addresses.PROVIDER, "provider_begin", to_provider, methods=["POST"])
    server.add_url_rule(addresses.PROVIDER_BACK, "provider_back", back)


def _nothing() -> Response:
    return plain_json({"error": "there is nothing here"}, status=404)


def _begin(desk: DoorDesk, offered: Offered) -> Response:
    where = addresses.safe_next(request.form.get("next"))
    try:
        begun = begin(desk.registry, offered.client, desk.limits, next_path=where, author=desk.author, now=desk.wall())
    except RegistryUnavailable:
        return form_page(desk, "sign_in", status=503, next=where, said="registry", login="")
    except ProviderTrouble as trouble:
        return _in_trouble(desk, trouble, where)
    if isinstance(begun, TurnedAway):
        return turned_away(desk, "sign_in", begun, next=where, login="")
    response = desk.pages.page(request, "provider", address=begun.address, provider=desk.provider_label)
    lasts = math.ceil(UNDER_WAY.total_seconds())
    desk.cookies.write(response, cookies.PROVIDER, begun.secret, max_age=lasts)
    return response


def _back(desk: DoorDesk, offered: Offered) -> Response:
    try:
        found = finish(
            desk.registry,
            offered.client,
            desk.limits,
            secret=desk.cookies.read(request, cookies.PROVIDER),
            answer=Answer(state=_one("state"), code=_one("code"), error=_one("error"), issuer=_one("iss")),
            author=desk.author,
            now=desk.wall(),
            replaces=desk.cookies.read(request, cookies.SESSION),
        )
    except RegistryUnavailable:
        return form_page(desk, "sign_in", status=503, next=addresses.HOME, said="registry", login="")
    except ProviderTrouble as trouble:
        response = _in_trouble(desk, trouble, addresses.HOME)
        if trouble.why != "state":
            desk.cookies.drop(response, cookies.PROVIDER)
        return response
    return _came_back(desk, found)


def _came_back(desk: DoorDesk, found: CameIn | TurnedAway) -> Response:
    if isinstance(found, TurnedAway):
        return turned_away(desk, "sign_in", found, next=addresses.HOME, login="")
    response = let_in(desk, found.signed, addresses.safe_next(found.next_path))
    desk.cookies.drop(response, cookies.PROVIDER)
    return response


def _one(name: str) -> str | None:
    """A parameter that is there once; twice is as good as not at all (RFC 6749, 3.1)."""
    values = request.args.getlist(name)
    return values[0] if len(values) == 1 else None


def _in_trouble(desk: DoorDesk, trouble: ProviderTrouble, where: str) -> Response:
    """The sign-in page with a sentence on it. The log has one word of ours and nothing that was sent."""
    status = _status(trouble)
    log.warning("sign-in by the provider failed", why=trouble.why, status=status)
    response = form_page(
        desk,
        "sign_in",
        status=status,
        next=where,
        login="",
        trouble=desk.words(f"provider.{trouble.said}", label=desk.provider_label),
        trouble_icon="warn" if trouble.said is Said.DOWN else "stop",
    )
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _status(trouble: ProviderTrouble) -> int:
    if trouble.said is Said.DOWN:
        return 502 if trouble.garbage else 503
    return 403
