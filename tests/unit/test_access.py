"""Roles, provinces and the one decision, with a table that an official can read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.access import (
    NATION,
    NOWHERE,
    PERMISSIONS,
    Grant,
    Permission,
    Refusal,
    Role,
    Scope,
    decide,
    scope_from_key,
    scope_of,
)

# x: may; everything else may not.
TABLE = """
                  viewer operator planner approver reporter data_steward administrator wall
see_board         x      x        x       x        x        x            x             x
see_alerts        x      x        x       x        x        x            x             x
see_data          x      x        x       x        x        x            x             .
see_past          x      x        x       x        x        x            x             .
export            .      .        x       .        x        .            .             .
handle_alert      .      x        .       .        .        .            .             .
handle_ticket     .      x        .       .        .        x            .             .
plan_transfer     .      .        x       .        .        .            .             .
save_scenario     .      .        x       .        .        .            .             .
approve_transfer  .      .        .       x        .        .            .             .
move_doses        .      x        .       .        .        .            .             .
hold_lot          .      x        .       x        .        .            .             .
release_lot       .      .        .       x        .        .            .             .
lock_figures      .      .        .       .        x        .            .             .
release_report    .      .        .       .        x        .            .             .
confirm_figure    .      .        .       .        x        .            .             .
repair_record     .      .        .       .        .        x            .             .
release_feed      .      .        .       .        .        x            .             .
set_alerts        .      .        .       .        .        x            .             .
set_targets       .      .        .       .        .        x            .             .
manage_accounts   .      .        .       .        .        .            x             .
see_audit         .      .        .       .        .        .            x             .
"""


def table() -> list[tuple[Role, Permission, bool]]:
    head, *lines = TABLE.strip("\n").splitlines()
    roles = [Role(name) for name in head.split()]
    assert set(roles) == set(Role)
    assert [line.split()[0] for line in lines] == list(Permission)
    return [
        (role, Permission(name), mark == "x")
        for name, *marks in (line.split() for line in lines)
        for role, mark in zip(roles, marks, strict=True)
    ]


@pytest.mark.parametrize(("role", "permission", "allowed"), table())
def test_every_role_may_what_the_table_says(role: Role, permission: Permission, allowed: bool) -> None:
    assert (permission in PERMISSIONS[role]) is allowed
    refused = decide([Grant(role=role, scope=NATION)], permission, at=[None, "79"])
    assert refused is (None if allowed else Refusal.NO_ROLE)


def test_without_a_grant_nothing_is_allowed() -> None:
    for permission in Permission:
        assert decide([], permission) is Refusal.NO_ROLE
        empty = [Grant(role=role, scope=NOWHERE) for role in Role]
        assert decide(empty, permission) is Refusal.NO_ROLE


def test_a_grant_for_provinces_reaches_no_other_and_not_the_nation() -> None:
    grants = [Grant(role=Role.DATA_STEWARD, scope=Scope(provinces=frozenset({"79", "74"})))]
    assert decide(grants, Permission.REPAIR_RECORD) is None
    assert decide(grants, Permission.REPAIR_RECORD, at=["79", "74"]) is None
    assert decide(grants, Permission.REPAIR_RECORD, at=["79", "01"]) is Refusal.OTHER_PROVINCE
    assert decide(grants, Permission.REPAIR_RECORD, at=[None]) is Refusal.OTHER_PROVINCE


def test_a_permission_held_for_one_province_does_not_borrow_the_reach_of_another_role() -> None:
    grants = [
        Grant(role=Role.VIEWER, scope=NATION),
        Grant(role=Role.OPERATOR, scope=Scope(provinces=frozenset({"01"}))),
    ]
    assert scope_of(grants, Permission.SEE_BOARD) == NATION
    assert decide(grants, Permission.HANDLE_ALERT, at=["79"]) is Refusal.OTHER_PROVINCE


CODES = st.frozensets(st.sampled_from(["01", "48", "56", "74", "79", "92"]))
SCOPES = st.builds(Scope, nationwide=st.just(value=True)) | st.builds(Scope, provinces=CODES)
GRANTS = st.lists(st.builds(Grant, role=st.sampled_from(Role), scope=SCOPES))


@given(GRANTS, GRANTS, st.sampled_from(Permission), st.sampled_from([None, "01", "79"]))
def test_more_grants_never_allow_less(
    some: list[Grant], more: list[Grant], permission: Permission, province: str | None
) -> None:
    if decide(some, permission, at=[province]) is None:
        assert decide([*some, *more], permission, at=[province]) is None
    each = any(decide([grant], permission, at=[province]) is None for grant in [*some, *more])
    assert (decide([*some, *more], permission, at=[province]) is None) is each


@given(SCOPES, SCOPES)
def test_one_scope_has_one_key(left: Scope, right: Scope) -> None:
    assert (left.key == right.key) is (left == right)
    if not left.empty:
        assert scope_from_key(left.key) == left


@pytest.mark.parametrize("text", ["", "p", "p-", "p-79-01", "p-01-01", "p--01", "VN", "q-01", "vn-01", "01"])
def test_a_scope_written_otherwise_is_none(text: str) -> None:
    assert scope_from_key(text) is None
