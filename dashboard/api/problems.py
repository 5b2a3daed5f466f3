"""What goes wrong as RFC 9457 says it: application/problem+json that names the field and the fix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response

from dashboard.payloads import NEVER, encode

MEDIA = "application/problem+json"
# One word for each kind of problem; its address is of no page, so that nobody takes it for one.
TYPE = "urn:problem:"
TITLES: Mapping[str, str] = {
    "parameter": "A parameter cannot be used",
    "token": "A token is needed",  # nosec B105: a title
    "scope": "Outside the scope of the token",
    "unknown": "There is nothing of that name",
    "method": "That cannot be done with this address",
    "conflict": "Two parameters name different snapshots",
    "often": "Too many questions",
    "unavailable": "Not available now",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One field of a question: what is wrong with it, and what to send instead."""

    field: str
    wrong: str
    fix: str


class Problem(Exception):
    """A question that is not answered. `kind` is one of TITLES."""

    def __init__(
        self, status: int, kind: str, detail: str, *, faults: tuple[Fault, ...] = (), retry_seconds: int = 0
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.faults = faults
        self.retry_seconds = retry_seconds


def parameter(field: str, wrong: str, fix: str) -> Problem:
    """400: this field, why not, and what would do."""
    return Problem(400, "parameter", f"{field} {wrong}", faults=(Fault(field=field, wrong=wrong, fix=fix),))


def unknown(field: str, value: str, fix: str) -> Problem:
    """404: well written, but no such thing in this snapshot."""
    wrong = f"is '{value[:100]}', which is not there"
    return Problem(404, "unknown", f"{field} {wrong}", faults=(Fault(field=field, wrong=wrong, fix=fix),))


def respond(problem: Problem) -> Response:
    told: dict[str, object] = {
        "type": TYPE + problem.kind,
        "title": TITLES[problem.kind],
        "status": problem.status,
        "detail": str(problem),
    }
    if problem.faults:
        told["errors"] = [{"field": f.field, "wrong": f.wrong, "fix": f.fix} for f in problem.faults]
    response = Response(encode(told), status=problem.status, mimetype=MEDIA)
    response.headers["Cache-Control"] = NEVER
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if problem.retry_seconds:
        response.headers["Retry-After"] = str(problem.retry_seconds)
    return response
