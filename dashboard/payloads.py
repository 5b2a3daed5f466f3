"""Answers that never change, compressed once and sent many times."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from typing import Any

import brotli
import orjson
from dash.development.base_component import Component
from flask import Request, Response

# Quality against time: 4 takes four times as long for a tenth fewer bytes, and hundreds wait when a version comes. What
# never changes is packed once a worker, and a first visit carries megabytes of it.
BROTLI_QUALITY, LASTING_QUALITY = 1, 7
GZIP_LEVEL = 6
SMALL = 400
YEAR_SECONDS = 31_536_000
FOREVER = f"private, max-age={YEAR_SECONDS}, immutable"
ASK_AGAIN = "private, no-cache"
NEVER = "no-store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One body, kept as browsers take it: thousands are kept, and plain they would be six times as large. `etag` is of
    the plain body."""

    kept: bytes
    is_small: bool
    etag: str
    mimetype: str

    @property
    def body(self) -> bytes:
        """As it was. Hardly anybody asks for it: a browser that takes no brotli."""
        return self.kept if self.is_small else brotli.decompress(self.kept)


def encode(value: object) -> bytes:
    """JSON of plain values and Dash components."""
    return orjson.dumps(value, default=_component)


def _component(value: object) -> dict[str, Any]:
    if not isinstance(value, Component):
        raise TypeError(f"{type(value).__name__} cannot be sent to a browser")
    plain: dict[str, Any] = value.to_plotly_json()
    return plain


def pack(body: bytes, mimetype: str = "application/json", *, is_lasting: bool = False) -> Payload:
    """is_lasting: kept as long as the worker lives."""
    is_small = len(body) <= SMALL
    quality = LASTING_QUALITY if is_lasting else BROTLI_QUALITY
    return Payload(
        kept=body if is_small else brotli.compress(body, quality=quality),
        is_small=is_small,
        etag=hashlib.sha256(body).hexdigest()[:24],
        mimetype=mimetype,
    )


def respond(payload: Payload, request: Request, *, cache: str) -> Response:
    """The payload in the best encoding that this browser takes, or 304 where it has it already."""
    body, encoding = choose(payload, request)
    response = Response(body, mimetype=payload.mimetype)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = cache
    # Weak: the encodings of one body are the same thing in other bytes.
    response.set_etag(payload.etag, weak=True)
    response.make_conditional(request)
    return response


def choose(payload: Payload, request: Request) -> tuple[bytes, str]:
    accepted = request.accept_encodings
    if payload.is_small:
        return payload.kept, ""
    if accepted["br"] > 0:
        return payload.kept, "br"
    if accepted["gzip"] > 0:
        return gzip.compress(payload.body, GZIP_LEVEL, mtime=0), "gzip"
    return payload.body, ""


def see_other(where: str) -> Response:
    """303: whatever was sent, the next request is a GET of `where`, an address that was checked (addresses.py)."""
    return Response(status=303, headers={"Location": where, "Cache-Control": NEVER})


def plain_json(value: object, *, status: int = 200) -> Response:
    """A small answer that changes: never kept."""
    response = Response(encode(value), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = NEVER
    return response
