"""What a signed-in person asked for and may not have, written into the audit; nobody can fill it by asking on and on.

A row says who, which address, which part of the country and why not. The same of one session is written once a minute,
and at most ten rows a minute are: what was left out is counted, and told by the session's next row. The log has each.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Request

from campaign.access import Scope
from dashboard.door.table import Rule
from operations.audit import Author, append
from operations.connections import RegistryUnavailable
from operations.sessions import Connect, Person, as_account

ACTION = "denied"
WINDOW_SECONDS = 60.0
ROWS_IN_WINDOW = 10
# Sessions that are remembered; whoever signs in that often is in the audit for that, and held up by address.
KEPT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """`address`: template of the path. `needs`: the permission. `asked`: key of the scope, '' where none was named."""

    address: str
    why: str
    needs: str = ""
    asked: str = ""


@dataclass(slots=True)
class _Window:
    since: float
    written: set[Denied] = field(default_factory=set[Denied])
    left_out: int = 0


class Denials:
    """One a worker. `monotonic`: seconds of a clock that nobody sets."""

    def __init__(self, registry: Connect, monotonic: Callable[[], float]) -> None:
        self._registry = registry
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._windows: OrderedDict[int, _Window] = OrderedDict()

    def write(self, person: Person, author: Author, denied: Denied) -> bool:
        """Whether a row was appended. While the registry is down it is counted as left out: the denial stands."""
        return self.write_of(person.session_id, as_account(author, person.login, person.account_id), denied)

    def write_of(self, key: int, who: Author, denied: Denied) -> bool:
        """The same of somebody who has no session. key: of whoever asked, among those that this object is told of."""
        left_out = self._due(key, denied)
        if left_out is None:
            return False
        told = {"why": denied.why, "needs": denied.needs, "scope": denied.asked, "left_out": left_out or ""}
        detail = {name: value for name, value in told.items() if value != ""}
        try:
            with self._registry() as connection:
                append(connection, who, ACTION, denied.address, detail=detail, refused=True)
        except RegistryUnavailable:
            self._put_back(key, denied, left_out)
            return False
        return True

    def _due(self, session_id: int, denied: Denied) -> int | None:
        """How many were left out before this one, where it is to be written; None where it is left out itself."""
        now = self._monotonic()
        with self._lock:
            window = self._windows.pop(session_id, None) or _Window(now)
            self._windows[session_id] = window
            while len(self._windows) > KEPT:
                self._windows.popitem(last=False)
            if now - window.since >= WINDOW_SECONDS:
                window.since = now
                window.written.clear()
            if denied in window.written or len(window.written) >= ROWS_IN_WINDOW:
                window.left_out += 1
                return None
            window.written.add(denied)
            left_out, window.left_out = window.left_out, 0
            return left_out

    def _put_back(self, session_id: int, denied: Denied, left_out: int) -> None:
        with self._lock:
            window = self._windows.get(session_id)
            if window is not None:
                window.written.discard(denied)
                window.left_out += left_out + 1


def scope_told(scope: Scope) -> str:
    """The key of a scope of provinces as they are numbered (two digits), or of the nation; '' for anything else that
    somebody may have written in the place of one."""
    numbered = all(re.fullmatch(r"[0-9]{2}", code) for code in scope.provinces)
    return "" if scope.empty or not numbered else scope.key


def template_of(asked: Request, rule: Rule) -> str:
    """The path as the table knows it: a part that decides what is needed is written out where the table names it, any
    other stays a placeholder. Nothing that was typed gets into the audit by this."""
    path = asked.url_rule.rule if asked.url_rule is not None else "none"
    part = str((asked.view_args or {}).get(rule.by, "")) if rule.by else ""
    if part not in rule.needs:
        return path
    return re.sub(rf"<(?:[^<>:]*:)?{re.escape(rule.by)}>", part, path)
