"""A registry with doses to move, and the acts on a plan as tests do them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg

from campaign.ledger import Movement
from campaign.plan_check import Violation
from campaign.plan_record import Plan, PlanLine
from operations import plan_acts, plan_acts_moves
from operations.action_log import connect
from operations.decisions import Actor
from operations.plan_acting import Done, On
from operations.plan_acts_moves import Came
from operations.plan_records import look
from operations.plan_rules import PlanRules, plan_rules
from settings import load
from tests.support.registry import seed

NOW = datetime(2021, 11, 22, 5, tzinfo=UTC)
WALL = datetime(2026, 11, 22, 9, tzinfo=UTC)
GIVER, TAKER, HUB, ARMY = "S-01-A", "S-79-A", "VN", "S-QD-A"
RULES: PlanRules = plan_rules(load(environ={}))
LINE = PlanLine(
    lot="L1",
    product="astrazeneca",
    giver=GIVER,
    taker=TAKER,
    doses=12_000,
    ship_on=date(2021, 11, 23),
    arrive_on=date(2021, 11, 25),
    reasons={"lot": {"why": "ends_first", "last_day": "2022-01-31"}},
)


def stocked(url: str) -> None:
    """Hà Nội has 20,000 doses of L1, released and good until 31 January; 5,000 lie in the national store."""
    seed(url)
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO registry.store (code, name_vi, level, province_code) VALUES "
            "('VN', 'Kho quốc gia', 'national', NULL), ('S-79-B', 'Củ Chi', 'district', '79')"
        )
        connection.execute(
            "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) "
            "VALUES ('L1', 'released', '2021-10-01', 'NICVB')"
        )
        connection.execute(
            "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) "
            "VALUES ('L1', '2022-01-31', 'label', '2021-06-01')"
        )
        for number, store, doses in ((1, GIVER, 20_000), (2, HUB, 5_000)):
            enter(connection, number, store, "receipt", doses)


def enter(connection: psycopg.Connection, number: int, store: str, kind: str, doses: int) -> None:
    at = NOW - timedelta(days=20) + timedelta(minutes=number)
    connection.execute(
        "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
        "recorded_at) VALUES (%s, %s, 'L1', %s, %s, %s, %s)",
        [number, store, kind, doses, at, at],
    )


class Plans:
    """Acts by named people at the instant `now` of the campaign; each sees the plan as it is, unless told otherwise."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.now = NOW

    def on(self, plan: int, actor: str, version: int | None = None) -> On:
        return On(
            plan=plan, version=self.look(plan).version if version is None else version, by=by(actor), now=self.now
        )

    def look(self, plan: int) -> Plan:
        with connect(self.url) as connection:
            return look(connection, plan)

    def draft(self, *lines: PlanLine, actor: str = "Lê An") -> int:
        chosen = lines or (LINE,)
        return plan_acts.draft(
            self.url,
            "Hà Nội -> HCMC",
            chosen,
            rules=RULES,
            by=by(actor),
            campaign_now=self.now,
            document={"policy": "x"},
        ).plan

    def change(self, plan: int, *lines: PlanLine, actor: str = "Lê An", reason: str = "đường sạt lở") -> Done:
        return plan_acts.change(self.url, self.on(plan, actor), lines, reason=reason, rules=RULES)

    def propose(
        self, plan: int, actor: str = "Lê An", *, version: int | None = None, violations: Sequence[Violation] = ()
    ) -> Done:
        return plan_acts.propose(self.url, self.on(plan, actor, version), rules=RULES, violations=violations)

    def approve(self, plan: int, actor: str = "Trần Bình", *, version: int | None = None) -> Done:
        return plan_acts.approve(self.url, self.on(plan, actor, version), rules=RULES)

    def give_back(self, plan: int, actor: str = "Trần Bình") -> Done:
        return plan_acts.give_back(self.url, self.on(plan, actor), reason="thiếu căn cứ")

    def decide(self, plan: int, actor: str = "Trần Bình", decided_on: date | None = None) -> Done:
        return plan_acts.decide(
            self.url,
            self.on(plan, actor),
            number="5555/QĐ-BYT",
            decided_on=decided_on or self.now.date(),
            signed_by="Thứ trưởng Bộ Y tế",
            rules=RULES,
        )

    def cancel(self, plan: int, actor: str = "Lê An") -> Done:
        return plan_acts.cancel(self.url, self.on(plan, actor), reason="hết nhu cầu")

    def ship(self, plan: int, doses: int = 12_000, *, line: int = 1, actor: str = "Thủ kho HN") -> Done:
        return plan_acts_moves.ship(self.url, self.on(plan, actor), {line: doses}, rules=RULES)

    def receive(self, plan: int, shipment: int, doses: int, *, temp_c: float = 4.5, actor: str = "Thủ kho HCM") -> Done:
        came = {shipment: Came(doses=doses, temp_c=temp_c)}
        return plan_acts_moves.receive(self.url, self.on(plan, actor), came, rules=RULES)

    def approved(self, *lines: PlanLine) -> int:
        """A plan that may be shipped."""
        plan = self.draft(*lines)
        self.propose(plan)
        self.decide(plan)
        self.approve(plan)
        return plan


def by(actor: str) -> Actor:
    return Actor(name=actor, origin="command", now=WALL)


def of(line: PlanLine = LINE, **changed: object) -> PlanLine:
    return replace(line, **changed)  # pyright: ignore[reportArgumentType]


def ledger(registry_url: str) -> list[Movement]:
    """Everything in it, as the owner sees it."""
    names = (
        "movement_id, store_code AS store, lot_number AS lot, kind, doses, occurred_at, recorded_at, counted, "
        "counterpart_code AS counterpart, cancels_id, thawed_on, reason"
    )
    with connect(registry_url) as connection:
        return [
            Movement(**row) for row in connection.execute(f"SELECT {names} FROM registry.stock_movement").fetchall()
        ]
