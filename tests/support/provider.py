"""A small provider of OpenID Connect on loopback: real HTTP, real signatures, a page to sign in on, ways to misbehave.

It holds a client to the protocol: the redirect address to the letter, PKCE, the client's secret, a code once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.support.hook import LOOK_SECONDS

CLIENT, SECRET = "response-centre", "a secret of 27 characters+/="
PASSWORD = "at the provider 1"


@cache
def first_key() -> RSAKey:
    """Made once, since finding its primes takes a while; a test that wants another one makes it."""
    return RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@dataclass
class Provider:
    """`people`: subject by the name that is typed on its page. A test changes what it does by the fields below."""

    address: str
    people: dict[str, str]
    key: RSAKey = field(default_factory=first_key)
    published: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)  # None takes a claim away
    parameters: dict[str, str | None] = field(default_factory=dict)  # of the answer to the browser
    # By path: what is answered instead, as (status, headers, body).
    instead: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    delay_seconds: float = 0.0
    trickle_seconds: float = 0.0  # between one byte of an answer and the next
    now: Callable[[], float] = time.time
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    redirect_uri: str = ""

    def __post_init__(self) -> None:
        self.published = self.published or [self.key.as_dict(private=False)]

    def behave(self) -> None:
        """As it should, whatever a test had it do."""
        self.published = [self.key.as_dict(private=False)]
        self.metadata, self.claims, self.parameters, self.instead, self.sign = {}, {}, {}, {}, None

    def described(self) -> dict[str, Any]:
        found = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "authorization_response_iss_parameter_supported": True,
        }
        return {name: value for name, value in (found | self.metadata).items() if value is not None}

    def authorize(self, query: dict[str, str], name: str) -> str:
        """The address that the browser is sent back to, with a code for `name`."""
        code = secrets.token_urlsafe(24)
        self.codes[code] = {**query, "subject": self.people[name]}
        given: dict[str, str | None] = {"code": code, "state": query["state"], "iss": self.address}
        given |= self.parameters
        answer = {key: value for key, value in given.items() if value is not None}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token_for(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if base64.urlsafe_b64encode(challenge).decode().rstrip("=") != asked.get("code_challenge"):
            return 400, {"error": "invalid_grant", "error_description": "the verifier does not fit"}
        access = secrets.token_urlsafe(24)
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": self.id_token(asked, access)}

    def id_token(self, asked: dict[str, str], access: str) -> str:
        now = int(self.now())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "iss": self.address,
            "sub": asked["subject"],
            "aud": asked["client_id"],
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked["nonce"],
            "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
            "preferred_username": "somebody-else",
        }
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        return self.sign(claims) if self.sign else self.signed(claims)

    def signed(self, claims: dict[str, Any], *, key: Any = None, **header: Any) -> str:
        head = {"alg": "RS256", "kid": "first"} | header
        return jwt.encode(head, claims, key or self.key, algorithms=[head["alg"]])

    def unsigned(self, claims: dict[str, Any]) -> str:
        head = _packed({"alg": "none", "typ": "JWT"})
        return f"{head}.{_packed(claims)}."

    def confused(self, claims: dict[str, Any]) -> str:
        """HS256 with what everybody knows, the public key, as its secret. No library would write it."""
        text = f"{_packed({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{_packed(claims)}"
        seal = hmac.digest(self.key.as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


def _packed(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def elliptic() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, *_: Any) -> None:
        """Nothing: tests read what the programme writes."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        provider, parts = self.provider, urlsplit(self.path)
        provider.asked.append(f"{self.command} {parts.path}")
        length = int(self.headers.get("Content-Length", 0))
        form = _flat(self.rfile.read(length).decode())
        time.sleep(provider.delay_seconds)
        if parts.path in provider.instead:
            status, headers, body = provider.instead[parts.path]
            self._send(status, headers, body)
        elif parts.path == "/.well-known/openid-configuration":
            self._json(200, provider.described())
        elif parts.path == "/keys":
            self._json(200, {"keys": provider.published})
        elif parts.path == "/token":
            posted = (form.get("client_id", ""), form.get("client_secret", ""))
            known = (CLIENT, SECRET) in (self._client(), posted)
            self._json(*(provider.token_for(form) if known else (401, {"error": "invalid_client"})))
        elif parts.path == "/authorize":
            self._authorize(_flat(parts.query), form)
        else:
            self._send(404, {}, b"")

    def _client(self) -> tuple[str, str]:
        """RFC 6749, 2.3.1: both parts are written as in a form before they are joined."""
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        name, _, secret = base64.b64decode(given).decode().partition(":") if scheme == "Basic" else ("", "", "")
        return unquote(name), unquote(secret) if secret != SECRET else secret

    def _authorize(self, query: dict[str, str], form: dict[str, str]) -> None:
        provider = self.provider
        right = {
            "client_id": CLIENT,
            "response_type": "code",
            "code_challenge_method": "S256",
            "redirect_uri": provider.redirect_uri or query.get("redirect_uri"),
        }
        if any(query.get(name) != value for name, value in right.items()) or "openid" not in query.get("scope", ""):
            self._send(400, {}, b"this is not what was agreed upon")
        elif self.command == "GET":
            self._send(200, {"Content-Type": "text/html; charset=utf-8"}, _page(self.path))
        elif "no" in form:
            answer = urlencode({"error": "access_denied", "state": query["state"], "iss": provider.address})
            self._send(302, {"Location": f"{query['redirect_uri']}?{answer}"}, b"")
        elif form.get("name") in provider.people and form.get("password") == PASSWORD:
            self._send(302, {"Location": provider.authorize(query, form["name"])}, b"")
        else:
            self._send(403, {}, b"wrong")

    def _json(self, status: int, value: dict[str, Any]) -> None:
        self._send(status, {"Content-Type": "application/json"}, json.dumps(value).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        # Whoever asked may have given up.
        with suppress(BrokenPipeError, ConnectionResetError):
            pause = self.provider.trickle_seconds
            for piece in [body] if not pause else [body[at : at + 1] for at in range(len(body))]:
                self.wfile.write(piece)
                time.sleep(pause)


def _flat(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


def _page(path: str) -> bytes:
    return (
        "<!DOCTYPE html><html lang='en'><head><title>Provider</title><link rel='icon' href='data:,'></head><body>"
        f"<h1>Provider</h1><form method='post' action='{html.escape(path)}'>"
        "<input name='name' id='name'><input name='password' id='password' type='password'>"
        "<button id='yes'>Sign in</button><button id='no' name='no' value='1'>No</button></form></body></html>"
    ).encode()


@contextmanager
def running_provider(**people: str) -> Iterator[Provider]:
    """On a free port of loopback, in threads of this process; gone when the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    provider = Provider(address=f"http://127.0.0.1:{server.server_address[1]}", people=people or {"lan": "sub-of-lan"})
    server.RequestHandlerClass = type("Handler", (_Handler,), {"provider": provider})
    thread = threading.Thread(target=server.serve_forever, args=(LOOK_SECONDS,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def oidc_settings(provider: Provider, public_url: str = "http://127.0.0.1:8050", **more: object) -> dict[str, object]:
    """For settings_for and running: the provider as this centre knows it."""
    given: dict[str, object] = {
        "issuer": provider.address,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "public_url": public_url,
        "label_vi": "tài khoản Bộ Y tế",
        "label_en": "your Ministry of Health account",
    }
    return {f"oidc__{name}": value for name, value in (given | more).items()}
