"""What a snapshot tells a planner: one read of all that campaign/plan_build.py makes a problem of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaign.cold_capacity import Capacity, CapacityRules, Load, capacity
from campaign.due import DueCount
from campaign.lots import Expiry
from campaign.plan_facts import PlanFacts, PlanHeap, PlanLot, PlanStore, Promised
from campaign.plan_rooms import with_assumed
from campaign.plan_rules import PlanRules
from campaign.stock_board import LotNow
from warehouse import reads, reads_marks
from warehouse.reads_coldchain import cold_chain
from warehouse.reads_places import has
from warehouse.reads_stores import TABLES, VIALS
from warehouse.snapshot import Row, Snapshots
from warehouse.sqlfiles import sql

DECISIONS = ("allocation_decision", "allocation_line")
AHEAD = "session_ahead"
SAMPLED = ("people_due", "registration_open", "people_state")
# A feed that says what is in the stores.
STOCK_FEED = "stock_movement"
SECONDS_AN_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """horizon: days that the plan looks ahead. overdue_days: who is overdue for longer is no demand of today. version:
    of the denominator that targets are read against. now: wall time, or None where an older snapshot is asked for on
    purpose: its figures are then as old as they were when it was published."""

    inside: str
    horizon: int
    overdue_days: int
    version: str
    now: datetime | None
    zone: ZoneInfo


def plan_facts(
    snapshots: Snapshots, version: int, seen: Seen, *, rules: PlanRules, volumes: CapacityRules
) -> PlanFacts | None:
    """None of a snapshot without a ledger of lots, or without devices. Raises SnapshotUnavailable."""
    if not has(snapshots, version, *TABLES):
        return None
    info = reads.info(snapshots, version)
    today = info.as_of.astimezone(seen.zone).date()
    stores = snapshots.rows(version, sql("plan/places"), {"inside": seen.inside})
    if not stores:
        return None
    placed = [row for row in stores if row["place"] is not None]
    bound = {"stores": [row["code"] for row in placed], "places": [row["place"] for row in placed]}
    since = today - timedelta(rules.transit_days)
    told = {**bound, **reads_marks.bound(reads_marks.marks(snapshots, version)), **_discards(snapshots, version)}
    heaps = snapshots.rows(version, sql("plan/heaps"), {**told, "since": since})
    one_in = info.one_in
    sampled = has(snapshots, version, *SAMPLED)
    days = {"since": today - timedelta(seen.overdue_days), "until": today + timedelta(seen.horizon)}
    due = snapshots.rows(version, sql("plan/due"), days) if sampled else []
    lacking = snapshots.rows(version, sql("plan/lacking"), {"today": today, "version": seen.version})
    partial = snapshots.rows(version, sql("plan/partial"), {"inside": seen.inside}) if sampled and seen.inside else []
    return PlanFacts(
        version=info.version,
        as_of=info.as_of,
        today=today,
        inside=seen.inside,
        stock_hours=_stock_hours(snapshots, version, info.published_at, seen.now),
        places=_places(snapshots, version, placed),
        homeless=tuple(sorted({row["area"] for row in stores if row["place"] is None})),
        heaps=tuple(PlanHeap(**row) for row in heaps),
        lots=_lots(snapshots, version, info.as_of),
        paces={
            (row["place"], row["product"]): row["pace"] for row in snapshots.rows(version, sql("plan/paces"), bound)
        },
        sessions=_sessions(snapshots, version, {**bound, "today": today, "days": seen.horizon}, one_in),
        due=tuple(
            replace(item, people=item.people * one_in)
            for item in (DueCount(**row) for row in due)
            if not seen.inside or item.area_code == seen.inside
        ),
        lacking={row["area"]: row["doses"] * one_in for row in lacking},
        waiting={
            row["area"]: row["people"] * one_in
            for row in (snapshots.rows(version, sql("plan/waiting")) if sampled else [])
        },
        partial={row["district"]: row["people"] for row in partial},
        promised=_promised(snapshots, version, placed),
        capacity=_capacity(snapshots, version, volumes, rules, today),
    )


def province_of(snapshots: Snapshots, version: int, code: str) -> bool:
    """Whether the snapshot has a province of this code with a store of its own."""
    query = "SELECT count(*) AS n FROM store WHERE level = 'province' AND area_code = $area"
    return has(snapshots, version, "store") and bool(snapshots.rows(version, query, {"area": code})[0]["n"])


def _places(snapshots: Snapshots, version: int, placed: Sequence[Row]) -> tuple[PlanStore, ...]:
    """Stores that are planned with by themselves. A central unit's site whose parent nobody entered is none."""
    own = [row for row in placed if row["code"] == row["place"]]
    codes = [row["code"] for row in own]
    below = {row["store"]: row for row in snapshots.rows(version, sql("plan/below_zero"), {"stores": codes})}
    names = ("code", "level", "area", "district", "recipient", "parent", "counted_on")
    return tuple(
        PlanStore(
            **{name: row[name] for name in names},
            below_zero=below[row["code"]]["doses"] if row["code"] in below else 0,
            below_lot=below[row["code"]]["lot"] if row["code"] in below else "",
        )
        for row in own
    )


def _lots(snapshots: Snapshots, version: int, now: datetime) -> dict[str, PlanLot]:
    expiries: dict[str, list[Expiry]] = {}
    for row in snapshots.rows(version, sql("stores/expiries")):
        expiries.setdefault(row.pop("lot"), []).append(Expiry(**row))
    return {
        row["number"]: PlanLot(
            now=LotNow(
                number=row["number"],
                product=row["product"],
                state=row["state"],
                expiries=tuple(expiries.get(row["number"], ())),
            ),
            earmark=row["earmark"],
            doses_per_vial=row["doses_per_vial"],
            vials_per_tray=row["vials_per_tray"],
        )
        for row in snapshots.rows(version, sql("plan/lots"), {"now": now})
    }


def _discards(snapshots: Snapshots, version: int) -> Mapping[str, list[object]]:
    rows = snapshots.rows(version, sql("plan/discards")) if has(snapshots, version, VIALS) else []
    return {
        "discard_stores": [row["store"] for row in rows],
        "discard_lots": [row["lot"] for row in rows],
        "discard_doses": [row["discard"] for row in rows],
    }


def _sessions(
    snapshots: Snapshots, version: int, bound: Mapping[str, object], one_in: int
) -> dict[tuple[str, str], dict[int, int]]:
    """People of planned sessions, full size, by place and product, and by days from today. Empty of a snapshot of
    before that was told."""
    found: dict[tuple[str, str], dict[int, int]] = {}
    for row in snapshots.rows(version, sql("plan/sessions"), bound) if has(snapshots, version, AHEAD) else []:
        found.setdefault((row["place"], row["product"]), {})[row["day"]] = row["people"] * one_in
    return found


def _promised(snapshots: Snapshots, version: int, placed: Sequence[Row]) -> tuple[Promised, ...]:
    if not has(snapshots, version, *DECISIONS):
        return ()
    places = {row["code"]: row["place"] for row in placed}
    found = snapshots.rows(version, sql("plan/promised"))
    return tuple(Promised(**row, place=places.get(row["store"], "")) for row in found)


def _capacity(
    snapshots: Snapshots, version: int, volumes: CapacityRules, rules: PlanRules, today: date
) -> Capacity | None:
    chain = cold_chain(snapshots, version)
    if not chain.told:
        return None
    loads = [Load(**row) for row in snapshots.rows(version, sql("reads/capacity_loads"))]
    return capacity(chain.devices, loads, with_assumed(volumes, loads, rules), today=today)


def _stock_hours(snapshots: Snapshots, version: int, published_at: datetime, now: datetime | None) -> float:
    """Wall time since the feed of stock last succeeded, or since the publication where no feed is told of."""
    rows = snapshots.rows(version, "SELECT last_success FROM feed_status WHERE name = $name", {"name": STOCK_FEED})
    last: datetime = rows[0]["last_success"] if rows and rows[0]["last_success"] else published_at
    return max(0.0, ((now or published_at) - last).total_seconds() / SECONDS_AN_HOUR)
