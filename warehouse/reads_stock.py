"""Reads about stock, by area: for what of it asks for somebody. Stores one by one are read by whoever shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from campaign.dose_marks import by_pair, restriction_of
from campaign.event_rate import LotEvents
from campaign.lot_trace import LotTrace, StoreShare, account_of
from campaign.lots import (
    Expiry,
    LotState,
    StateChange,
    ThawLimit,
    state_in_force,
    thaw_limits_in_force,
    usable_expiry,
)
from campaign.stock import NATIONAL, AreaFaults, AreaLot, AreaPace, LotFacts, StockSeen, Uncounted
from campaign.stock_board import NATIONAL_STORES
from campaign.transfers import CountedShort, Promise
from campaign.wastage import StoreWeek
from warehouse import reads, reads_marks
from warehouse.files import SnapshotUnavailable
from warehouse.reads_places import has
from warehouse.reads_supplies import lot_discards, supplies
from warehouse.snapshot import Row, Snapshots
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """How far the reads look. due_days: ahead for people; overdue_days: and back; transit_days: from when on a delivery
    is late; count_days: and a physical count overdue; event_days: back for adverse events."""

    due_days: int
    overdue_days: int
    transit_days: int
    count_days: int
    event_days: int


def lot_facts(
    snapshots: Snapshots, version: int, *, thaw: Iterable[ThawLimit] = (), today: date
) -> dict[str, LotFacts]:
    """What is known of each lot, by its number."""
    changes: dict[str, list[StateChange]] = defaultdict(list)
    for row in snapshots.rows(version, "SELECT lot_number, valid_from, state, reason FROM lot_state"):
        change = StateChange(state=LotState(row["state"]), valid_from=row["valid_from"], reason=row["reason"] or "")
        changes[row["lot_number"]].append(change)
    expiries: dict[str, list[Expiry]] = defaultdict(list)
    for row in snapshots.rows(version, "FROM lot_expiry"):
        expiries[row["lot_number"]].append(
            Expiry(
                expires_on=row["expires_on"],
                kind=row["kind"],
                valid_from=row["valid_from"],
                condition=row["condition"] or "",
                decision=row["decision"] or "",
            )
        )
    limits = thaw_limits_in_force(thaw, today=today)
    return {
        row["lot_number"]: LotFacts(
            product=row["product"],
            changes=tuple(changes[row["lot_number"]]),
            expiries=tuple(expiries[row["lot_number"]]),
            thaw_limit_days=limits.get(row["product"]),
        )
        for row in snapshots.rows(version, "SELECT lot_number, product FROM lot")
    }


def stock_seen(
    snapshots: Snapshots,
    version: int,
    *,
    zone: ZoneInfo,
    looking: Looking,
    thaw: Iterable[ThawLimit],
    most_per_vial: Mapping[str, int],
    promised: Sequence[Promise] = (),
    counted: Sequence[CountedShort] = (),
) -> StockSeen | None:
    """Everything that is judged about stock. None of a snapshot from before stock was read by lot, or without any.

    most_per_vial: by product, how many doses a vial may yield, which may be more than its label says. promised: doses
    on their way that somebody said are still expected: they are not late. counted: what receivers of plans' shipments
    counted as missing: it is short at once."""
    if not has(snapshots, version, "stock_use", "lot_state", "event_by_lot", "store"):
        return None
    info = reads.info(snapshots, version)
    now = info.as_of
    today = now.astimezone(zone).date()
    late, before = now - timedelta(days=looking.transit_days), today - timedelta(days=looking.count_days)
    until, since = today + timedelta(days=looking.due_days), today - timedelta(days=looking.event_days)
    due = {"since": today - timedelta(days=looking.overdue_days), "until": until, "one_in": info.one_in}
    marks = reads_marks.bound(reads_marks.marks(snapshots, version))
    faulty = {
        "late": late,
        "products": list(most_per_vial),
        "most": list(most_per_vial.values()),
        "stores": [promise.store for promise in promised],
        "lots": [promise.lot for promise in promised],
        "promised": [promise.doses for promise in promised],
        "said": [promise.said_at for promise in promised],
        "counted_stores": [item.store for item in counted],
        "counted_lots": [item.lot for item in counted],
        "counted": [item.doses for item in counted],
        "way": [item.way for item in counted],
    }
    events = (
        "SELECT lot_number AS lot, recorded_on, sum(events)::BIGINT AS events FROM event_by_lot "
        "WHERE serious AND recorded_on >= $since GROUP BY ALL"
    )
    return StockSeen(
        now=now,
        today=today,
        lots=lot_facts(snapshots, version, thaw=thaw, today=today),
        held=_held(snapshots, version, marks),
        paces=tuple(AreaPace(**row) for row in snapshots.rows(version, sql("reads/stock_paces"), due)),
        faults=tuple(AreaFaults(**row) for row in snapshots.rows(version, sql("reads/stock_faults"), faulty)),
        uncounted=tuple(
            Uncounted(**row) for row in snapshots.rows(version, sql("reads/stock_uncounted"), {"before": before})
        ),
        events=tuple(LotEvents(**row) for row in snapshots.rows(version, events, {"since": since})),
        wasted=_wasted(snapshots, version),
        pieces={of_area(place): pieces for place, pieces in supplies(snapshots, version).items()},
    )


def of_area(place: str) -> str:
    """The area by which alerts name a place of the page about stock."""
    return NATIONAL if place == NATIONAL_STORES else place


def _held(snapshots: Snapshots, version: int, marks: Mapping[str, list[object]]) -> tuple[AreaLot, ...]:
    """With the doses that their vials' monitors rule out, where the snapshot tells of monitors."""
    found = tuple(AreaLot(**row) for row in snapshots.rows(version, sql("reads/stock_lots"), marks))
    if not has(snapshots, version, "vial_monitor"):
        return found
    discards = {
        (of_area(row["place"]), row["lot"], row["thawed_on"], row["on_hold"], row["decided_until"]): row["discard"]
        for row in snapshots.rows(version, sql("stores/discards"), marks)
    }
    return tuple(
        replace(
            item,
            discard=discards.get(
                (item.area_code, item.lot_number, item.thawed_on, item.on_hold, item.decided_until), 0
            ),
        )
        for item in found
    )


def _wasted(snapshots: Snapshots, version: int) -> tuple[StoreWeek, ...]:
    """None of a snapshot from before wastage was told by reason."""
    if not has(snapshots, version, "stock_week"):
        return ()
    return tuple(StoreWeek(**row) for row in snapshots.rows(version, sql("reads/stock_wasted")))


def lot_trace(
    snapshots: Snapshots, version: int, lot_number: str, *, zone: ZoneInfo, thaw: Iterable[ThawLimit]
) -> LotTrace | None:
    """Where a lot is, as of the snapshot. None of a lot that nobody knows. Raises SnapshotUnavailable, of a snapshot
    from before stock was read by lot, too."""
    if not has(snapshots, version, "lot", "lot_state", "lot_expiry", "store", "stock_by_lot"):
        raise SnapshotUnavailable(f"snapshot {version} is from before lots were traced; the next refresh makes one")
    values = {"lot": lot_number}
    found = snapshots.rows(version, "FROM lot WHERE lot_number = $lot", values)
    if not found:
        return None
    row, now = found[0], reads.info(snapshots, version).as_of
    today = now.astimezone(zone).date()
    facts = lot_facts(snapshots, version, thaw=thaw, today=today)[lot_number]
    state = state_in_force(facts.changes, now=now)
    marks = by_pair(reads_marks.marks(snapshots, version, lot=lot_number))
    discards = lot_discards(snapshots, version, lot=lot_number)

    def share_of(share: Row) -> StoreShare:
        own = tuple(marks.get((share["store_code"], lot_number), ()))
        usable = usable_expiry(
            facts.expiries,
            today=today,
            thawed_on=share["thawed_on"],
            thaw_limit_days=facts.thaw_limit_days,
            decided_until=restriction_of(own).usable_until,
        )
        return StoreShare(**share, usable=usable, marks=own, discard=discards.get(share["store_code"], 0))

    stores = tuple(share_of(share) for share in snapshots.rows(version, sql("reads/lot_stores"), values))
    return LotTrace(
        lot_number=lot_number,
        product=row["product"],
        source=row["source"],
        earmark=row["earmark"],
        doses_per_vial=row["doses_per_vial"],
        state=state.state if state else None,
        reason=state.reason if state else "",
        account=account_of(stores, received=row["doses_received"]),
        stores=stores,
    )
