"""Cookies of a session, and the token that a change of state must bring along (against forged requests, CSRF).

The token is derived from a secret in an HttpOnly cookie that another site can neither read nor set: from the session's
token where somebody is signed in, from a random visit at the door. There is no key to keep and nothing to store; it
ends with what it is derived from.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Request, Response

SESSION = "mcc_session"
VISIT = "mcc_visit"
# The secret of a sign-in that is under way at the provider (operations/provider_sign_in.py).
PROVIDER = "mcc_provider"
# Dash's renderer reads the token from this cookie and sends it as this header.
FORGERY_COOKIE = "_csrf_token"
FORGERY_HEADER = "X-CSRFToken"
FORGERY_FIELD = "csrf"
LONGEST = 200
VISIT_BYTES = 24


@dataclass(frozen=True, slots=True)
class Cookies:
    """`tls`: the page is served over TLS, so that cookies are Secure and bound to this very host by their name."""

    tls: bool

    def name(self, base: str) -> str:
        return f"__Host-{base}" if self.tls else base

    def read(self, request: Request, base: str) -> str:
        """'' where there is none, or one that we never wrote."""
        value = request.cookies.get(self.name(base), "")
        return value if len(value) <= LONGEST and value.isascii() and value.isprintable() else ""

    def write(self, response: Response, base: str, value: str, *, max_age: int | None = None) -> None:
        response.set_cookie(
            self.name(base), value, max_age=max_age, path="/", secure=self.tls, httponly=True, samesite="Lax"
        )

    def drop(self, response: Response, base: str) -> None:
        response.delete_cookie(self.name(base), path="/", secure=self.tls, samesite="Lax", httponly=True)

    def forget(self, response: Response) -> None:
        """Whatever belongs to a session."""
        for name in (self.name(SESSION), FORGERY_COOKIE):
            response.delete_cookie(name, path="/", secure=self.tls, samesite="Lax", httponly=name != FORGERY_COOKIE)

    def hand_to_dash(self, response: Response, token: str) -> None:
        """Readable by the page's own scripts: another site's cannot."""
        response.set_cookie(
            FORGERY_COOKIE, against_forgery(token), path="/", secure=self.tls, httponly=False, samesite="Strict"
        )


def new_visit() -> str:
    return secrets.token_urlsafe(VISIT_BYTES)


def against_forgery(secret: str) -> str:
    """What a form or a script has to send back for `secret` (a session's token or a visit)."""
    return hmac.digest(secret.encode(), b"a change of state", "sha256").hex()


def same_site(request: Request) -> bool:
    """Whether the browser says that the request comes from this host. Silence is no proof of either."""
    origin = request.headers.get("Origin")
    if origin is not None:
        try:
            if urlsplit(origin).netloc != request.host:
                return False
        except ValueError:
            return False
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def forged(request: Request, secret: str) -> bool:
    """Whether a change of state does not come from a page that was handed the token of `secret`."""
    if not secret or not same_site(request):
        return True
    given = request.headers.get(FORGERY_HEADER) or request.form.get(FORGERY_FIELD, "")
    return not hmac.compare_digest(given.encode(), against_forgery(secret).encode())
