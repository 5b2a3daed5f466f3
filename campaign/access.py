"""Who may do what, where: roles, their permissions, and one decision. Denied unless a grant says otherwise.

A grant gives one role for the whole country or for a set of provinces. Grants add up; none takes away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    VIEWER = "viewer"
    OPERATOR = "operator"
    PLANNER = "planner"
    APPROVER = "approver"
    REPORTER = "reporter"
    DATA_STEWARD = "data_steward"
    ADMINISTRATOR = "administrator"
    WALL = "wall"


class Permission(StrEnum):
    SEE_BOARD = "see_board"  # map, table, curves, and the live stream
    SEE_ALERTS = "see_alerts"
    SEE_DATA = "see_data"  # feeds, quarantine, where a number comes from
    SEE_PAST = "see_past"  # kept snapshots
    EXPORT = "export"
    HANDLE_ALERT = "handle_alert"
    HANDLE_TICKET = "handle_ticket"  # correction tickets of citizens: assign, answer, close
    PLAN_TRANSFER = "plan_transfer"
    SAVE_SCENARIO = "save_scenario"  # what if: of the nation or of a province, never among the figures
    APPROVE_TRANSFER = "approve_transfer"
    MOVE_DOSES = "move_doses"  # ship and receive by an approved plan, each in the province of its own store
    HOLD_LOT = "hold_lot"  # nobody may use it until somebody has looked
    RELEASE_LOT = "release_lot"  # it may be used again; or recall it for good
    LOCK_FIGURES = "lock_figures"
    RELEASE_REPORT = "release_report"  # a report that a check holds back goes out, is withdrawn or made again
    CONFIRM_FIGURE = "confirm_figure"  # a province's own figures of a day: they are right, or why they are as they are
    REPAIR_RECORD = "repair_record"
    RELEASE_FEED = "release_feed"
    SET_ALERTS = "set_alerts"  # thresholds of alerts
    SET_TARGETS = "set_targets"  # what the campaign is held to, and the population that ratios divide by
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_AUDIT = "see_audit"


_LOOKS = frozenset({Permission.SEE_BOARD, Permission.SEE_ALERTS})
_SEES = _LOOKS | {Permission.SEE_DATA, Permission.SEE_PAST}
# Our own choice; nobody who plans also approves, and nobody who decides about figures manages accounts.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _SEES,
    Role.OPERATOR: _SEES
    | {Permission.HANDLE_ALERT, Permission.HANDLE_TICKET}
    | {Permission.MOVE_DOSES, Permission.HOLD_LOT},
    Role.PLANNER: _SEES | {Permission.PLAN_TRANSFER, Permission.SAVE_SCENARIO, Permission.EXPORT},
    Role.APPROVER: _SEES | {Permission.APPROVE_TRANSFER, Permission.HOLD_LOT, Permission.RELEASE_LOT},
    Role.REPORTER: _SEES
    | {Permission.LOCK_FIGURES, Permission.CONFIRM_FIGURE}
    | {Permission.EXPORT, Permission.RELEASE_REPORT},
    Role.DATA_STEWARD: _SEES
    | {Permission.REPAIR_RECORD, Permission.RELEASE_FEED, Permission.SET_TARGETS}
    | {Permission.SET_ALERTS, Permission.HANDLE_TICKET},
    Role.ADMINISTRATOR: _SEES | {Permission.MANAGE_ACCOUNTS, Permission.SEE_AUDIT},
    Role.WALL: _LOOKS,
}
# Acts on something that is of no province: a grant for provinces cannot carry them.
NATIONAL_ONLY = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Scope:
    """What part of the country: all of it, or these provinces (codes). An empty set is nothing at all."""

    nationwide: bool = False
    provinces: frozenset[str] = frozenset()

    def covers(self, province: str | None) -> bool:
        """Whether one province is inside; None stands for the nation as a whole."""
        return self.nationwide or (province is not None and province in self.provinces)

    def contains(self, other: Scope) -> bool:
        return self.nationwide or (not other.nationwide and other.provinces <= self.provinces)

    def __or__(self, other: Scope) -> Scope:
        if self.nationwide or other.nationwide:
            return NATION
        return Scope(provinces=self.provinces | other.provinces)

    @property
    def empty(self) -> bool:
        return not self.nationwide and not self.provinces

    @property
    def key(self) -> str:
        """One text for one scope, as it stands in addresses and in the keys of caches: `vn`, or `p-01-79`."""
        return "vn" if self.nationwide else "-".join(["p", *sorted(self.provinces)])


NATION = Scope(nationwide=True)
NOWHERE = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One role that is held now."""

    role: Role
    scope: Scope


class Refusal(StrEnum):
    """Why not: no grant has the permission, or those that have it are for other provinces."""

    NO_ROLE = "no_role"
    OTHER_PROVINCE = "other_province"


def scope_of(grants: Iterable[Grant], permission: Permission) -> Scope:
    """Where `permission` is held; NOWHERE without it."""
    found = NOWHERE
    for grant in grants:
        if permission in PERMISSIONS[grant.role]:
            found |= grant.scope
    return found


def decide(
    grants: Iterable[Grant], permission: Permission, *, at: Iterable[str | None] | None = None
) -> Refusal | None:
    """None where it is allowed.

    at: the provinces that are touched, None among them for the nation as a whole; left out where any province will do,
    as for opening a page that then shows what the scope covers.
    """
    scope = scope_of(grants, permission)
    if scope.empty:
        return Refusal.NO_ROLE
    if at is not None and not all(scope.covers(province) for province in at):
        return Refusal.OTHER_PROVINCE
    return None


def scope_from_key(key: str) -> Scope | None:
    """The inverse of Scope.key; None for a text that is no scope, or not written the one way that a scope is."""
    if key == NATION.key:
        return NATION
    head, *codes = key.split("-")
    scope = Scope(provinces=frozenset(codes))
    return scope if head == "p" and codes and all(codes) and scope.key == key else None
