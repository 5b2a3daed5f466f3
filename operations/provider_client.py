"""The conversation with the provider: where to send a browser, what a code is worth. The protocol is Authlib's."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from operations.provider import Provider, ProviderTrouble, Said
from operations.provider_http import bad_status, fetch_json, prepare, unreachable

T = TypeVar("T")
WELL_KNOWN = "/.well-known/openid-configuration"
KEPT_SECONDS = 3600.0
# A provider that was just found down is not asked again by everyone.
DOWN_SECONDS = 5.0
# A key that is not known is looked for again, as providers change theirs; at most so often.
LOOK_AGAIN_SECONDS = 30.0
# Threads of one worker that may wait for the provider; everybody else goes on meanwhile.
PLACES = 8
# RFC 6749, 5.2 and 4.1.2.1: words that may stand in a log. A provider could write anything.
ERRORS = frozenset(
    {"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"}
    | {"invalid_scope", "access_denied", "server_error", "temporarily_unavailable", "login_required"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Of the provider's own description. `sends_issuer`: it says `iss` beside each code (RFC 9207)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_auth: str
    sends_issuer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a code was exchanged for; neither is ever written down. The access token is used for nothing."""

    id_token: str
    access_token: str


class _Kept(Generic[T]):
    """One value, fetched when asked for and kept for a while; so is the trouble of not getting it, more briefly."""

    def __init__(self, fetch: Callable[[], T], monotonic: Callable[[], float]) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._value: T | None = None
        self._trouble: ProviderTrouble | None = None
        self._asked = float("-inf")

    def get(self, *, older_than: float = KEPT_SECONDS) -> T:
        """Raises ProviderTrouble."""
        with self._lock:
            age = self._monotonic() - self._asked
            if self._trouble is not None and age < DOWN_SECONDS:
                raise ProviderTrouble(self._trouble.why, self._trouble.said, garbage=self._trouble.garbage)
            if self._value is None or self._trouble is not None or age >= older_than:
                self._value = self._again()
            return self._value

    def _again(self) -> T:
        try:
            found = self._fetch()
        except ProviderTrouble as trouble:
            self._trouble = trouble
            raise
        else:
            self._trouble = None
        finally:
            # After the answer: what took long is not asked for again at once.
            self._asked = self._monotonic()
        return found


class ProviderClient:
    """One a worker. Nothing is asked of the provider before somebody wants to sign in by it."""

    def __init__(self, provider: Provider, *, monotonic: Callable[[], float]) -> None:
        self.provider = provider
        self._metadata = _Kept(self._fetch_metadata, monotonic)
        self._keys = _Kept(self._fetch_keys, monotonic)
        self._places = threading.BoundedSemaphore(PLACES)

    def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Raises ProviderTrouble."""
        provider = self.provider
        more: dict[str, Any] = {"nonce": nonce, "code_verifier": verifier}
        if provider.max_age_seconds is not None:
            more["max_age"] = provider.max_age_seconds
        if provider.required_claim == "acr":
            more["acr_values"] = " ".join(provider.required_values)
        with self._place():
            endpoint = self._metadata.get().authorization_endpoint
        with closing(self._session("none")) as session:
            url, _ = session.create_authorization_url(endpoint, state=state, **more)
        return str(url)

    def check_issuer(self, given: str | None) -> None:
        """That the answer is this provider's and not another one's (mix-up, RFC 9207). Raises ProviderTrouble."""
        with self._place():
            needed = self._metadata.get().sends_issuer
        if given is None and needed:
            raise ProviderTrouble("no_issuer", Said.UNSURE)
        if given is not None and not hmac.compare_digest(given.encode(), self.provider.issuer.encode()):
            raise ProviderTrouble("other_issuer", Said.UNSURE)

    def exchange(self, *, code: str, verifier: str) -> Tokens:
        """Raises ProviderTrouble, also for a code that the provider does not take, or takes no more."""
        with self._place():
            metadata = self._metadata.get()
            with closing(self._session(metadata.token_auth)) as session:
                prepare(session, self.provider)
                answer = _exchanged(session, metadata.token_endpoint, code, verifier)
        found = [answer.get(name) for name in ("id_token", "access_token")]
        if not isinstance(found[0], str):
            raise ProviderTrouble("no_id_token", Said.UNSURE)
        return Tokens(id_token=found[0], access_token=found[1] if isinstance(found[1], str) else "")

    def keys(self, *, again: bool = False) -> tuple[dict[str, Any], ...]:
        """The provider's public keys, as it publishes them. `again`: one was missing. Raises ProviderTrouble."""
        with self._place():
            return self._keys.get(older_than=LOOK_AGAIN_SECONDS if again else KEPT_SECONDS)

    def _session(self, token_auth: str) -> Any:  # noqa: ANN401 - Authlib has no types
        provider = self.provider
        return OAuth2Session(
            provider.client_id,
            provider.client_secret or None,
            token_endpoint_auth_method=token_auth,
            scope=" ".join(provider.scopes),
            redirect_uri=provider.redirect_uri,
            code_challenge_method="S256",
        )

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise ProviderTrouble("busy", Said.DOWN)
        try:
            yield
        finally:
            self._places.release()

    def _fetch_metadata(self) -> Metadata:
        provider = self.provider
        found = fetch_json(provider, provider.issuer.rstrip("/") + WELL_KNOWN)
        if found.get("issuer") != provider.issuer:
            # Else one provider could pass itself off as another: OpenID Connect Discovery, 4.3.
            raise ProviderTrouble("metadata_issuer", Said.DOWN, garbage=True)
        challenges = found.get("code_challenge_methods_supported")
        if isinstance(challenges, list) and "S256" not in challenges:
            raise ProviderTrouble("no_s256", Said.DOWN, garbage=True)
        return Metadata(
            authorization_endpoint=self._endpoint(found, "authorization_endpoint"),
            token_endpoint=self._endpoint(found, "token_endpoint"),
            jwks_uri=self._endpoint(found, "jwks_uri"),
            token_auth=self._token_auth(found.get("token_endpoint_auth_methods_supported")),
            sends_issuer=found.get("authorization_response_iss_parameter_supported") is True,
        )

    def _endpoint(self, found: dict[str, Any], name: str) -> str:
        """No less than the issuer's own scheme: what is https stays https."""
        url = found.get(name)
        if isinstance(url, str) and url.isascii() and url.isprintable() and not set(url) & set(" \"'<>\\"):
            try:
                parts = urlsplit(url)
                if parts.hostname and parts.scheme == urlsplit(self.provider.issuer).scheme and not parts.fragment:
                    return url
            except ValueError:
                pass
        raise ProviderTrouble("metadata_endpoint", Said.DOWN, garbage=True)

    def _token_auth(self, offered: object) -> str:
        if not self.provider.client_secret:
            return "none"
        # Where nothing is said it is the first: OpenID Connect Discovery, 3.
        known = offered if isinstance(offered, list) else ["client_secret_basic"]
        for method in ("client_secret_basic", "client_secret_post"):
            if method in known:
                return method
        raise ProviderTrouble("client_authentication", Said.DOWN, garbage=True)

    def _fetch_keys(self) -> tuple[dict[str, Any], ...]:
        keys = fetch_json(self.provider, self._metadata.get().jwks_uri).get("keys")
        if not isinstance(keys, list):
            raise ProviderTrouble("no_keys", Said.DOWN, garbage=True)
        return tuple(key for key in keys if isinstance(key, dict))


def _exchanged(session: Any, endpoint: str, code: str, verifier: str) -> dict[str, Any]:  # noqa: ANN401
    try:
        answer = session.fetch_token(
            endpoint, grant_type="authorization_code", code=code, code_verifier=verifier, allow_redirects=False
        )
    except OAuthError as error:
        raise refused_by_provider(error.error) from None
    except requests.HTTPError as error:
        raise bad_status(error.response) from None
    except requests.JSONDecodeError:
        raise ProviderTrouble("no_json", Said.DOWN, garbage=True) from None
    except requests.RequestException as error:
        raise unreachable(error) from None
    except (ValueError, TypeError, KeyError):
        # Not chained: such an error may quote the answer, tokens and all.
        raise ProviderTrouble("no_json", Said.DOWN, garbage=True) from None
    return dict(answer)


def refused_by_provider(error: object) -> ProviderTrouble:
    """What the provider's own word for a refusal means here."""
    word = error if isinstance(error, str) and error in ERRORS else "other"
    if word in {"server_error", "temporarily_unavailable"}:
        return ProviderTrouble(f"provider_{word}", Said.DOWN)
    return ProviderTrouble(f"provider_{word}", Said.CANCELLED if word == "access_denied" else Said.UNSURE)
