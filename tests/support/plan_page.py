"""Plans as the planner's process keeps them, with everything that a page of one can show: for tests that look at it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from campaign.plan_check import Violation
from campaign.plan_problem import Rule
from campaign.plan_record import PlanLine
from campaign.plan_rules import Suppose
from campaign.plan_scenario import as_plain
from cli.places import as_role
from operations import plan_acts, plan_acts_moves
from operations.action_log import connect
from operations.decisions import Actor
from operations.plan_acting import On
from operations.plan_acts_moves import Came
from operations.plan_records import look
from operations.plan_requests import Judgement, judge
from operations.plan_rules import PlanRules, plan_rules
from operations.plan_scenarios import Compared, answer_plan_scenario, save_plan_scenario
from settings import load

STOCK, SENT, CAME, LATER = 20_000, 6_000, 5_900, 2_400
FIGURES: dict[str, Any] = {
    "said_vi": "Lấy 12.000 liều ở đây vì sắp hết hạn.", "said_en": "Take 12,000 doses from here, they end soon.",
    "lot_days": 23, "giver_stock": 20_000, "giver_days": 41.3, "giver_spare": 14_020, "giver_lost_before": 9_100,
    "giver_lost_after": 510, "taker_stock": 1_230, "taker_days": 2.1, "taker_second": 8_800,
    "taker_unmet_before": 7_570, "taker_unmet_after": 305, "taker_given_before": 1_231, "taker_given_after": 13_230,
}  # fmt: skip
OPENED = {"aim": "lost", "amount": 119.3}
BINDING = {"rule": "minimum", "said_vi": "Vướng mức tối thiểu.", "said_en": "The minimum holds it back."}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShown:
    """A plan of two lines from Hà Nội to HCMC, in a registry in which both have a store and the lot."""

    url: str
    plan: int
    giver: str
    taker: str
    rules: PlanRules

    def on(self, actor: str) -> On:
        now = datetime.now(UTC)
        with connect(self.url) as connection:
            version = look(connection, self.plan).version
        return On(plan=self.plan, version=version, by=Actor(name=actor, origin="command", now=now), now=now)

    def changed(self, *broken: Violation) -> None:
        """The first line by a person, with the checker's word on it."""
        with connect(self.url) as connection:
            lines = look(connection, self.plan).lines
        other = [replace(lines[0], doses=10_500), *lines[1:]]
        plan_acts.change(self.url, self.on("người lập"), other, reason="đường sạt lở", rules=self.rules)
        with connect(self.url) as connection:
            judge(connection, self.plan, 2, word(self.giver, self.taker, *broken), datetime.now(UTC))

    def went(self) -> None:
        """Proposed, decided, approved; the first line leaves in two parts, of which one came short."""
        plan_acts.propose(self.url, self.on("người lập"), rules=self.rules, violations=())
        yesterday = datetime.now(UTC).date() - timedelta(1)
        plan_acts.decide(
            self.url, self.on("người ký"), number="5555/QĐ-BYT", decided_on=yesterday, signed_by="Thứ trưởng",
            rules=self.rules,
        )  # fmt: skip
        plan_acts.approve(self.url, self.on("người ký"), rules=self.rules)
        (shipment,) = plan_acts_moves.ship(self.url, self.on("thủ kho"), {1: SENT}, rules=self.rules).shipments
        came = {shipment: Came(doses=CAME, temp_c=-72.5)}
        plan_acts_moves.receive(self.url, self.on("thủ kho"), came, rules=self.rules)
        plan_acts_moves.ship(self.url, self.on("thủ kho"), {1: LATER}, rules=self.rules)


def broken(plan: PlanShown) -> Violation:
    """A rule that the changed line breaks."""
    return Violation(rule=Rule.MINIMUM, subject=plan.giver, line=0, told=10, limit=20)


def shown(registry: str) -> PlanShown:
    """A draft that nobody changed yet, judged. registry: as its owner."""
    name, now = uuid.uuid4().hex[:8].upper(), datetime.now(UTC)
    giver, taker, lot = f"G-{name}", f"T-{name}", f"L{name}"
    _stocked(registry, giver, taker, lot, now - timedelta(days=20))
    rules, url = plan_rules(load(environ={})), as_role(registry, "mcc_app")
    day = now.date() + timedelta(days=2)
    first = PlanLine(
        lot=lot, product="comirnaty", giver=giver, taker=taker, doses=12_000, ship_on=day, arrive_on=day,
        reasons={"reasons": dict(FIGURES), "binding": BINDING, "packed": "opened", "opened_for": OPENED},
    )  # fmt: skip
    later = day + timedelta(1)
    second = replace(
        first, doses=1_500, ship_on=later, arrive_on=later, reasons={"reasons": {"lot_days": 9}, "packed": "loose"}
    )
    made = plan_acts.draft(
        url, "Tuần 47", [first, second], rules=rules, by=Actor(name="người lập", origin="planner", now=now),
        campaign_now=now, document=_document(giver, taker),
    )  # fmt: skip
    with connect(url) as connection:
        judge(connection, made.plan, 1, word(giver, taker), now)
    return PlanShown(url=url, plan=made.plan, giver=giver, taker=taker, rules=rules)


def supposed(registry: str) -> int:
    """A scenario that is answered: Hà Nội's store fails, so that a line and its stores are other than without it."""
    url, now = as_role(registry, "mcc_app"), datetime.now(UTC)
    suppose = Suppose(failed=frozenset({"01"}))
    number = save_plan_scenario(
        url, title="Kho Hà Nội hỏng", policy="ours", days=14, inside="", suppose=suppose,
        by=Actor(name="người lập", origin="web", now=now), campaign_now=now,
    )  # fmt: skip
    without, other = _outcome("S-01", "S-79", 6_000), _outcome("S-01", "S-79", 0)
    answer = Compared(snapshot=7, without=without, supposed={**other, "supposed": as_plain(suppose)})
    while answer_plan_scenario(url, lambda _: answer, wall=lambda: now):
        pass
    return number


def _outcome(giver: str, taker: str, doses: int) -> dict[str, Any]:
    told = word(giver, taker)
    line = {"lot": "L1", "product": "comirnaty", "from": giver, "to": taker, "ship_on": "2021-11-23"}
    after = {**told.before, "total": {**told.before["total"], "lost": told.before["total"]["lost"] - doses}}
    after["stores"] = {**after["stores"], giver: {**after["stores"][giver], "lost": 9_100 - doses}}
    return {
        **_document(giver, taker), "supposed": None, "before": told.before, "after": after,
        "objective": [{"aim": "cost", "value": doses / 10}], "lines": [{**line, "doses": doses}] if doses else [],
    }  # fmt: skip


def word(giver: str, taker: str, *found: Violation) -> Judgement:
    """Of the checker: with a store that the plan leaves as it was, and one where only a rounded number stays so."""

    def store(area: str, days: float, stock: int, lost: int, unmet: int) -> dict[str, object]:
        return {"area": area, "stock": stock, "days": days, "lost": lost, "unmet": unmet, "short": 0}

    def standing(**stores: dict[str, Any]) -> dict[str, Any]:
        total = {name: sum(int(item[name]) for item in stores.values()) for name in ("lost", "unmet", "short")}
        return {"total": total, "stores": stores}

    apart = store("48", 7.24, 4_321, 12, 3)
    before = standing(**{giver: store("01", 41.26, 20_000, 9_100, 0), taker: store("79", 2.0, 1_230, 0, 8_800),
                         "S-48": apart, "S-31": apart})  # fmt: skip
    after = standing(**{giver: store("01", 16.0, 8_000, 500, 0), taker: store("79", 11.0, 13_230, 0, 300),
                        "S-48": {**apart, "days": 7.21}, "S-31": apart})  # fmt: skip
    return Judgement(snapshot=7, violations=found, before=before, after={**after, "cost": 1_234.6})


def _document(giver: str, taker: str) -> dict[str, Any]:
    places = {
        giver: {"area": "01", "vi": "Hà Nội", "en": "Hanoi"},
        taker: {"area": "79", "vi": "TP.HCM", "en": "HCMC"},
        "S-48": {"area": "48", "vi": "Đà Nẵng", "en": "Da Nang"},
        "S-31": {"area": "31", "vi": "Hải Phòng", "en": "Haiphong"},
    }
    left = [{"area": "31", "vi": "Hải Phòng: sổ kho âm", "en": "Haiphong: below zero"}]
    return {
        "policy": {"name": "ours", "reserve": 0.8}, "asked": {"days": 14}, "snapshot": 7, "gap": 0.0042,
        "words": {"places": places, "left": left},
    }  # fmt: skip


def _stocked(registry: str, giver: str, taker: str, lot: str, before: datetime) -> None:
    with psycopg.connect(registry) as connection:
        for code, store in (("01", giver), ("79", taker)):
            connection.execute(
                "INSERT INTO registry.area (code, level, name_vi, name_en, source, valid_from) "
                "VALUES (%s, 'province', 'A', 'A', 'test', '2021-07-01') ON CONFLICT DO NOTHING",
                [code],
            )
            connection.execute(
                "INSERT INTO registry.store (code, name_vi, level, province_code) VALUES (%s, %s, 'province', %s)",
                [store, f"Kho {code}", code],
            )
        connection.execute(
            "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
            "vials_per_tray) VALUES (%s, 'comirnaty', 'covax', %s, 6, 195)",
            [lot, STOCK],
        )
        connection.execute(
            "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) VALUES (%s, 'released', %s, 'x')",
            [lot, before],
        )
        connection.execute(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at) VALUES (%s, %s, %s, 'receipt', %s, %s, %s)",
            [uuid.uuid4().int % 10**15, giver, lot, STOCK, before, before],
        )
