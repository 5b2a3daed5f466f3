"""Who the present request comes from, as the guard found it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from flask import Request, g

from campaign.access import NOWHERE, Permission, Scope, scope_of
from operations.audit import Author
from operations.sessions import Person

UNKNOWN_ADDRESS = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`person` is None at a public address. `held`: where the permission is held that the address needs."""

    person: Person | None = None
    token: str = ""
    held: Scope = NOWHERE

    def may(self, permission: Permission) -> bool:
        return not self.scope(permission).empty

    def scope(self, permission: Permission) -> Scope:
        return scope_of(self.person.grants, permission) if self.person else NOWHERE


def caller() -> Caller:
    """Raises RuntimeError outside a request that the guard let pass: there is no answer by default."""
    found = g.get("caller")
    if not isinstance(found, Caller):
        raise RuntimeError("the guard has not looked at this request")  # noqa: TRY004 - nothing has a wrong type
    return found


def present(found: Caller) -> None:
    """Make it the one that `caller` gives."""
    g.caller = found


def request_id() -> str:
    """Of the request under way (dashboard/edge.py): in its line of the log, in its answer, in the audit."""
    found: str = g.get("request_id", "")
    return found


def author_of(asked: Request) -> Author:
    """Where a request comes from, before it is known from whom: its address, as far as proxies are believed."""
    return Author(name="unknown", origin=address_of(asked.remote_addr or ""), request_id=request_id())


def address_of(told: str) -> str:
    """An address in its one form, without the port that some proxies add; anything else is unknown. Limits count by it,
    and the audit keeps it: neither may depend on what somebody chose to write."""
    bare = re.fullmatch(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+", told)
    try:
        found = ip_address(told if bare is None else bare.group(1) or bare.group(2))
    except ValueError:
        return UNKNOWN_ADDRESS
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
