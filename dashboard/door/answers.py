"""How a refusal is answered: a page for a reader, JSON for a script, and nothing of what was asked for in either."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request

from dashboard.api import problems
from dashboard.door import addresses
from dashboard.door.render import Pages
from dashboard.payloads import NEVER, plain_json, see_other

RETRY_SECONDS = 10
# What a page can say; anything else is said as the status.
NOTICES = ("no_role", "forged", "registry", "too_large")


class Refused(Exception):
    """A request that is not let in. `why` is one word for the log, the message one line for a script."""

    def __init__(
        self,
        status: int,
        why: str,
        message: str,
        *,
        page: bool = False,
        logged: bool = True,
        back_to: str = "",
        ended: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.why = why
        self.page = page
        self.logged = logged
        self.back_to = back_to
        self.ended = ended


@dataclass(frozen=True, slots=True)
class Answers:
    pages: Pages

    def refuse(self, refused: Refused) -> Response:
        if request.path.startswith(f"{addresses.API}/"):
            response = _to_a_machine(refused)
        elif refused.page and refused.status == 401:
            where = addresses.sign_in_for(refused.back_to, ended=refused.ended)
            response = see_other(where)
        elif refused.page and refused.why in NOTICES:
            response = self.pages.notice(request, refused.why, status=refused.status)
        else:
            told = {"error": str(refused), "why": refused.why}
            if refused.status == 401:
                told["sign_in"] = addresses.SIGN_IN
            response = plain_json(told, status=refused.status)
        if refused.status == 503:
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        response.headers["Cache-Control"] = NEVER
        return response


def _to_a_machine(refused: Refused) -> Response:
    """What the door itself refuses of the API: another method, a body that is too large."""
    kind = "method" if refused.status == 405 else "parameter"
    response = problems.respond(problems.Problem(refused.status, kind, str(refused)))
    if refused.status == 405:
        response.headers["Allow"] = "GET, HEAD, OPTIONS"
    return response
