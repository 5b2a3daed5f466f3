"""Reallocation plans as the registry keeps them, whole: read in a handful of queries, however many are asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import DictRow

from campaign.plan_record import (
    Plan,
    PlanAct,
    PlanDecision,
    PlanLine,
    PlanReceipt,
    PlanShipment,
    PlanStore,
    PlanVersion,
)
from campaign.plan_state import Deed, PlanState
from operations.action_log import ActRefused

NEWEST = "SELECT plan_id FROM operations.plan ORDER BY plan_id DESC LIMIT %s"
PLANS = "SELECT plan_id, title FROM operations.plan WHERE plan_id = ANY(%s) ORDER BY plan_id DESC"
ACTS = (
    "SELECT plan_id, version, deed, state, revision, until_at AS until, reason, actor, acted_at, campaign_at "
    "FROM operations.plan_act WHERE plan_id = ANY(%s) ORDER BY plan_id, version"
)
VERSIONS = (
    "SELECT plan_id, revision, version, document FROM operations.plan_version WHERE plan_id = ANY(%s) "
    "ORDER BY plan_id, revision"
)
LINES = (
    "SELECT plan_id, revision, lot_number AS lot, product_code AS product, giver_code AS giver, taker_code AS taker, "
    "doses, ship_on, arrive_on, reasons FROM operations.plan_line WHERE plan_id = ANY(%s) "
    "ORDER BY plan_id, revision, line"
)
DECISIONS = (
    "SELECT plan_id, version, revision, number, decided_on, signed_by FROM operations.plan_decision "
    "WHERE plan_id = ANY(%s) ORDER BY plan_id, version"
)
SHIPMENTS = (
    "SELECT s.plan_id, s.shipment_id, s.version, s.line, s.doses, s.shipped_at, s.movement_id, "
    "r.version AS came_version, r.doses AS came, r.temp_c, r.received_at, r.movement_id AS came_movement "
    "FROM operations.plan_shipment AS s LEFT JOIN operations.plan_receipt AS r USING (shipment_id) "
    "WHERE s.plan_id = ANY(%s) ORDER BY s.plan_id, s.shipment_id"
)
STORES = "SELECT code, name_vi AS name, province_code AS province FROM registry.store WHERE code = ANY(%s)"

LARGEST = 2**63 - 1


def plans(connection: psycopg.Connection[DictRow], *, most: int) -> list[Plan]:
    """The newest, that first."""
    return _load(connection, [row["plan_id"] for row in connection.execute(NEWEST, [most]).fetchall()])


def look(connection: psycopg.Connection[DictRow], plan_id: int) -> Plan:
    """Raises ActRefused."""
    found = _load(connection, [plan_id]) if 0 < plan_id <= LARGEST else []
    if not found:
        raise ActRefused(f"there is no plan {plan_id}", "no_plan", plan=plan_id)
    return found[0]


def stores_of(connection: psycopg.Connection[DictRow], codes: Sequence[str]) -> dict[str, PlanStore]:
    """Those that are known."""
    return {row["code"]: PlanStore(**row) for row in connection.execute(STORES, [list(codes)]).fetchall()}


def _load(connection: psycopg.Connection[DictRow], ids: Sequence[int]) -> list[Plan]:
    titles = connection.execute(PLANS, [list(ids)]).fetchall()
    acts = _by_plan(connection, ACTS, ids)
    lines: defaultdict[tuple[int, int], list[PlanLine]] = defaultdict(list)
    for plan, rows in _by_plan(connection, LINES, ids).items():
        for row in rows:
            lines[plan, row.pop("revision")].append(PlanLine(**row))
    versions = _by_plan(connection, VERSIONS, ids)
    decisions = _by_plan(connection, DECISIONS, ids)
    shipments = _by_plan(connection, SHIPMENTS, ids)
    codes = sorted({code for mine in lines.values() for line in mine for code in (line.giver, line.taker)})
    found = stores_of(connection, codes)
    # One may have gone from the registry since, and then every list of plans would be gone with it.
    stores = {code: found.get(code) or PlanStore(code=code, name=code, province=None, known=False) for code in codes}
    return [
        Plan(
            plan_id=plan,
            title=title,
            acts=tuple(_act(row) for row in acts[plan]),
            versions=tuple(PlanVersion(lines=tuple(lines[plan, row["revision"]]), **row) for row in versions[plan]),
            decisions=tuple(PlanDecision(**row) for row in decisions[plan]),
            shipments=tuple(_shipment(row) for row in shipments[plan]),
            stores=stores,
        )
        for plan, title in ((int(row["plan_id"]), str(row["title"])) for row in titles)
    ]


def _by_plan(
    connection: psycopg.Connection[DictRow], query: LiteralString, ids: Sequence[int]
) -> defaultdict[int, list[dict[str, Any]]]:
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(query, [list(ids)]).fetchall():
        found[row.pop("plan_id")].append(row)
    return found


def _act(row: dict[str, Any]) -> PlanAct:
    return PlanAct(deed=Deed(row.pop("deed")), state=PlanState(row.pop("state")), **row)


def _shipment(row: dict[str, Any]) -> PlanShipment:
    version, doses, movement = row.pop("came_version"), row.pop("came"), row.pop("came_movement")
    temp_c: float | None = row.pop("temp_c")
    received_at: datetime | None = row.pop("received_at")
    receipt = (
        PlanReceipt(version=version, doses=doses, temp_c=temp_c, received_at=received_at, movement_id=movement)
        if temp_c is not None and received_at is not None
        else None
    )
    return PlanShipment(receipt=receipt, **row)
