"""Monitoring messages of machines by HTTPS POST (E006/DS01): a token, JSON, plain or by gzip; answered once it is kept.

200: all of it is in the registry. 202: taken, and a part of it waits or is kept aside, which the answer names. 400: no
message of this kind. 401: no such token. 409: this number had other contents. 413, 415: too large, or too many records;
not JSON or packed otherwise. 422: a value cannot be. 429, 503 with Retry-After: come back. The same message again is
answered the same. Nothing is taken of a message that is refused.
"""

from __future__ import annotations

import hashlib
import math
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import orjson
import psycopg
import structlog
from flask import Flask, Response, request

from campaign.formats.ems import EmsBad, EmsLarge, EmsMessage, read_ems
from dashboard.door import addresses
from dashboard.door.answers import RETRY_SECONDS
from dashboard.door.deed_desk import DeedDesk
from dashboard.payloads import NEVER
from etl.coldchain_intake import ems_intake
from operations import ems
from operations.connections import RegistryUnavailable
from operations.senders import Admitted, admit

log = structlog.get_logger(__name__)
JSON_TYPES = frozenset({"application/json", ""})
# One that reads what is under way: its own part of a second.
PATIENCE_SECONDS = 2.0
LONGEST_TOKEN = 200


class Turned(Exception):
    """A message that is not taken. `why` is one word; `told` goes into the answer beside it."""

    def __init__(self, status: int, why: str, message: str, *, retry: int = 0, **told: object) -> None:
        super().__init__(message)
        self.status = status
        self.why = why
        self.retry = retry
        self.told = told


def add_ems(server: Flask, desk: DeedDesk) -> None:
    """Register the address; who may use it is asked here, by the token."""
    places = threading.BoundedSemaphore(desk.settings.coldchain.ems_at_once)

    def received() -> Response:
        sender = "unknown"
        try:
            sender = _admit(desk).sender
            body = _body()
            with _place(places):
                return _take(desk, sender, body)
        except Turned as turned:
            fields = [fault["field"] for fault in cast("list[dict[str, str]]", turned.told.get("fields", []))]
            log.warning("message refused", sender=sender, why=turned.why, status=turned.status, fields=fields[:3])
            return _refuse(turned)

    server.add_url_rule(addresses.EMS, "ems", received, methods=["POST"])


@contextmanager
def _place(places: threading.BoundedSemaphore) -> Iterator[None]:
    """Raises Turned where all are taken for seconds."""
    if not places.acquire(timeout=PATIENCE_SECONDS):
        raise Turned(503, "busy", "too many messages at once", retry=RETRY_SECONDS)
    try:
        yield
    finally:
        places.release()


def _admit(desk: DeedDesk) -> Admitted:
    """Before the body is read. Raises Turned."""
    token = _token()
    if not token:
        raise Turned(401, "no_token", "send Authorization: Bearer <token>; app.py sender add makes one")
    try:
        found = admit(
            desk.door.registry, token, now=desk.door.wall(), per_minute=desk.settings.coldchain.ems_per_minute
        )
    except RegistryUnavailable as error:
        raise Turned(503, "registry", "the registry does not answer", retry=RETRY_SECONDS) from error
    if found is None:
        raise Turned(401, "token", "this token opens nothing: it is wrong, or was withdrawn")
    if found.wait is not None:
        seconds = max(math.ceil(found.wait.total_seconds()), 1)
        raise Turned(429, "often", "more messages than coldchain.ems_per_minute", retry=seconds)
    return found


def _token() -> str:
    """Of Bearer, or the password of Basic; '' where there is neither."""
    told = request.authorization
    found = (
        "" if told is None else (told.token if told.type == "bearer" else told.password if told.type == "basic" else "")
    )
    return found if found and len(found) <= LONGEST_TOKEN and found.isascii() and found.isprintable() else ""


def _body() -> bytes:
    """As it was sent, before a place is taken: a body that comes slowly keeps nobody out. Unpacked it is ten times as
    large, and that only within a place. Raises Turned."""
    if request.mimetype not in JSON_TYPES or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise Turned(415, "type", "send application/json in UTF-8")
    return request.get_data(cache=False)


def _take(desk: DeedDesk, sender: str, body: bytes) -> Response:
    """Raises Turned."""
    message, sha256 = _read(desk, body)
    registry = desk.door.registry
    try:
        with registry() as connection:
            intake = ems_intake(desk.settings, connection)
        answer = ems.take(registry, sender=sender, message=message, sha256=sha256, intake=intake, now=desk.door.wall())
    except ems.OtherContents as error:
        raise Turned(
            409,
            "other_contents",
            "meta.transferId was sent before with other contents: give each message a number of its own",
            transferId=message.transfer_id,
        ) from error
    except psycopg.DataError as error:
        # A sign or number that JSON can say and no database keeps.
        raise Turned(
            400, "unkept", "the message holds a zero byte, or a number without end: send it without"
        ) from error
    except (RegistryUnavailable, psycopg.OperationalError) as error:
        raise Turned(503, "registry", "the registry does not answer", retry=RETRY_SECONDS) from error
    # Kept as JSON in the registry, which has an order of its own: one order for the first answer and every later one.
    return _answer(answer, 202 if answer["kept"] else 200)


def _read(desk: DeedDesk, body: bytes) -> tuple[EmsMessage, str]:
    """The message, and a hash of its values. Raises Turned."""
    if request.headers.get("Content-Encoding", "").lower() == "gzip":
        body = _unpacked(body, most=desk.settings.coldchain.ems_unpacked_max_bytes)
    try:
        told: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Turned(400, "json", f"no JSON in UTF-8: {str(error).splitlines()[0][:100]}") from error
    try:
        message = read_ems(told)
    except EmsBad as bad:
        fields = [{"field": fault.field, "wrong": fault.wrong, "fix": fault.fix} for fault in bad.faults]
        raise Turned(400 if bad.shape else 422, "fields", str(bad), fields=fields, count=bad.count) from bad
    except EmsLarge as large:
        raise Turned(413, "too_large", str(large)) from large
    try:
        packed = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise Turned(400, "nested", "the message has lists or objects within each other more than 250 deep") from error
    return message, hashlib.sha256(packed).hexdigest()


def _unpacked(body: bytes, *, most: int) -> bytes:
    """Never more than one byte over the limit is unpacked. Raises Turned."""
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        found = unpack.decompress(body, most + 1)
    except zlib.error as error:
        raise Turned(400, "gzip", "Content-Encoding says gzip, and the body is none") from error
    if len(found) > most:
        raise Turned(413, "too_large", "unpacked it is larger than coldchain.ems_unpacked_max_bytes: send it in parts")
    if not unpack.eof or unpack.unused_data:
        raise Turned(400, "gzip", "the packed body is cut off, or something follows it")
    return found


def _refuse(turned: Turned) -> Response:
    response = _answer({"error": str(turned), "why": turned.why, **turned.told}, turned.status)
    if turned.retry:
        response.headers["Retry-After"] = str(turned.retry)
    if turned.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="ems"'
    if turned.status == 415:
        response.headers["Accept"] = "application/json"
    return response


def _answer(value: dict[str, Any], status: int) -> Response:
    body = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    response = Response(body, status=status, mimetype="application/json")
    response.headers["Cache-Control"] = NEVER
    return response
