"""What every request passes first and last: its id, its limits, its line in the log, its numbers."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any

import structlog
from flask import Flask, Response, abort, g, request

from dashboard.door.caller import request_id
from dashboard.observed import METHODS, Metrics, add_metrics, route_of
from dashboard.ready import add_readiness
from dashboard.routes import Desk
from settings import WebSettings

# From the proxy, or from whoever asks: kept where it cannot carry anything but itself.
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
HEADER = "X-Request-Id"
# Looked at every few seconds by machines: their lines would hide the others. Their failures are told.
QUIET = ("/healthz", "/readyz", "/metrics", "/assets/", "/_dash-component-suites/")
# A form of ours has a handful of short fields.
FORM_PARTS = 100
IDENTITY, GZIP = "identity", "gzip"
# Where a packed body is taken; what it unpacks to is held to a limit there.
UNPACKS = frozenset({"ems"})
log = structlog.get_logger("request")


def wrap(server: Flask, desk: Desk) -> None:
    """Called before anything else is hooked in: its hooks then run first before a request and last after it."""
    web = desk.deps.settings.web
    metrics = Metrics(desk)
    rules = desk.deps.settings.coldchain
    # A file comes in a form, with what the form has besides.
    larger = {"ems": rules.ems_max_bytes, "brought": rules.file_max_bytes + web.max_body_bytes}
    _limit(server, web)

    def begin() -> None:
        g.request_id = _id_of(request.headers.get(HEADER, ""))
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        most = larger.get(request.endpoint or "", web.max_body_bytes)
        request.max_content_length = most
        # Also what the parser of forms holds of a file at a time, which for long lines is more than a form of ours.
        request.max_form_memory_size = most
        if (request.content_length or 0) > most:
            # Before anybody reads it: not every answer looks at the body at all.
            abort(413)
        if "Transfer-Encoding" in request.headers:
            # In pieces, of no stated length: Werkzeug would cut it off at the limit and hand on what is left as if it
            # were the whole. No browser sends a form like that, and proxies put bodies together.
            abort(411)
        packed = request.headers.get("Content-Encoding", IDENTITY).lower()
        if packed != IDENTITY and not (packed == GZIP and request.endpoint in UNPACKS):
            # Nothing else here unpacks, so that nothing small becomes large.
            abort(415)

    def finish(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        response.headers[HEADER] = request_id()
        metrics.count(response, seconds)
        if web.request_log:
            _tell(response, seconds)
        return response

    # Before Dash's own hooks, and before the guard: a refused request has an id and a line, too.
    server.before_request_funcs.setdefault(None, []).insert(0, begin)
    server.after_request(finish)
    add_readiness(server, desk)
    add_metrics(server, desk, metrics)


def _limit(server: Flask, web: WebSettings) -> None:
    server.config["MAX_CONTENT_LENGTH"] = web.max_body_bytes
    server.config["MAX_FORM_MEMORY_SIZE"] = web.max_body_bytes
    server.config["MAX_FORM_PARTS"] = FORM_PARTS


def _id_of(given: str) -> str:
    return given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


def _tell(response: Response, seconds: float) -> None:
    """Of the path only the template and the values that the template itself limits to numbers: anything else may be
    somebody's name, typed into the address line. No address, no agent, no query."""
    failed = response.status_code >= 500
    if request.path.startswith(QUIET) and response.status_code < 400:
        return
    said: dict[str, Any] = {
        "method": request.method if request.method in METHODS else "other",
        "route": route_of(),
        **{name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)},
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    log.log(logging.ERROR if failed else logging.INFO, "request", **said)
