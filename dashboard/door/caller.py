"""Who the present request comes from, as the guard found it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g

from campaign.access import NOWHERE, Permission, Scope, scope_of
from operations.sessions import Person


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
