"""Requests to the provider: within a time, within a size, to the address that was asked for and no other."""

from __future__ import annotations

import io
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from operations.provider import Provider, ProviderTrouble, Said

MOST_BYTES = 256 * 1024
PIECE_BYTES = 16 * 1024
OK, SERVER_ERROR = 200, 500


class Bounded(HTTPAdapter):
    """Reads the whole answer itself, so that neither its length nor a trickle of bytes can hold a thread."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:  # noqa: ANN401
        """Raises ProviderTrouble where the answer is too long or too slow, requests' own errors for the rest."""
        until = time.monotonic() + self._seconds
        options |= {"stream": True, "timeout": (self._seconds, self._seconds)}
        response = super().send(request, **options)
        # Not closed by us but by requests, as it closes every answer that it has read.
        response.raw = io.BytesIO(_read(response, until))
        return response


def _read(response: requests.Response, until: float) -> bytes:
    raw, body = response.raw, bytearray()
    try:
        # One read from the socket at a time: a longer one would wait until it is full, however slowly.
        while piece := raw.read1(PIECE_BYTES):
            body += piece
            if len(body) > MOST_BYTES:
                raise ProviderTrouble("too_long", Said.DOWN, garbage=True)
            if time.monotonic() > until:
                raise ProviderTrouble("slow", Said.DOWN)
    except HTTPError as error:
        raise ProviderTrouble("broke_off", Said.DOWN) from error
    finally:
        raw.close()
    return bytes(body)


def prepare(session: requests.Session, provider: Provider) -> None:
    """Whatever this session asks for is bounded, checked against the certificates, and told nothing of the machine."""
    # Neither proxies nor passwords of the environment and of ~/.netrc.
    session.trust_env = False
    session.verify = provider.ca_file or True
    session.headers.update({"Accept": "application/json", "Accept-Encoding": "identity"})
    for scheme in ("https://", "http://"):
        session.mount(scheme, Bounded(provider.timeout_seconds))


def fetch_json(provider: Provider, url: str) -> dict[str, Any]:
    """The JSON object at `url`. Raises ProviderTrouble; a redirect is not followed."""
    with requests.Session() as session:
        prepare(session, provider)
        try:
            response = session.get(url, allow_redirects=False)
        except requests.RequestException as error:
            raise unreachable(error) from error
    if response.status_code != OK:
        raise bad_status(response)
    try:
        found: object = response.json()
    except ValueError as error:
        raise ProviderTrouble("no_json", Said.DOWN, garbage=True) from error
    if not isinstance(found, dict):
        raise ProviderTrouble("no_json", Said.DOWN, garbage=True)
    return found


def bad_status(response: requests.Response | None) -> ProviderTrouble:
    """Out of order by its own word (5xx), or not what was asked for."""
    status = response.status_code if response is not None else 0
    return ProviderTrouble("status", Said.DOWN, garbage=status < SERVER_ERROR)


def unreachable(error: requests.RequestException) -> ProviderTrouble:
    """Of the error only its kind: its text has addresses in it."""
    if isinstance(error, requests.exceptions.SSLError):
        return ProviderTrouble("certificate", Said.DOWN)
    if isinstance(error, requests.Timeout):
        return ProviderTrouble("slow", Said.DOWN)
    return ProviderTrouble("unreachable", Said.DOWN)
