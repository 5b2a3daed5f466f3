"""The stock of the sample snapshot: stores of every level, lots of every state, a thaw clock, levels below zero, a
count that differed, a ledger that does not close."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

Rows = list[dict[str, Any]]
# Store: level, area, district, site, the store that it is supplied by.
STORES = (
    ("NATIONAL", "national", "central", None, None, None),
    ("P79", "province", "79", None, None, "NATIONAL"),
    ("D760", "district", "79", "760", None, "P79"),
    ("S7900001", "site", "79", "760", "7900001", "D760"),
    ("P40", "province", "40", None, None, "NATIONAL"),
    ("D412", "district", "40", "412", None, "P40"),
    ("S4000001", "site", "40", "412", "4000001", "D412"),
    ("P01", "province", "01", None, None, "NATIONAL"),
    ("UNIT", "recipient", "central", None, None, "NATIONAL"),
    ("P48", "province", "48", None, None, "NATIONAL"),
)
# Lot: product, source, earmark, doses that the country received, doses a vial.
LOTS = (
    ("CO124001", "comirnaty", "COVAX", "12-17", 60_000, 6),
    ("CO123002", "comirnaty", "COVAX", None, 30_000, 6),
    ("AS02100", "astrazeneca", "purchase", None, 50_000, 10),
    ("AS02099", "astrazeneca", "purchase", None, 9_000, 10),
    ("VC00007", "vero_cell", "donation", None, 20_000, 1),
    ("SP00003", "spikevax", "COVAX", None, 14_000, 10),
    ("AB00001", "abdala", "purchase", None, 5_000, 10),
)
# Lot, days before the snapshot from which it holds, state, reason.
STATES = (
    ("CO124001", 60, "received", None),
    ("CO124001", 55, "released", None),
    ("CO123002", 60, "received", None),
    ("CO123002", 55, "released", None),
    ("AS02100", 90, "awaiting_release", None),
    ("AS02100", 80, "released", None),
    ("AS02099", 190, "released", None),
    ("VC00007", 40, "released", None),
    ("VC00007", 3, "on_hold", "chờ kết luận của viện"),
    ("SP00003", 5, "awaiting_release", None),
    ("SP00003", -5, "released", None),
    ("AB00001", 20, "released", None),
)
# Lot, expiry, kind, condition, decision, the day from which it is in force.
EXPIRIES = (
    ("CO124001", date(2021, 11, 30), "label", None, None, date(2021, 5, 30)),
    ("CO124001", date(2022, 2, 28), "extension", "-90..-60 C", "Công văn 22/10/2021", date(2021, 10, 22)),
    ("CO123002", date(2021, 11, 30), "label", None, None, date(2021, 5, 30)),
    ("CO123002", date(2022, 2, 28), "extension", "-90..-60 C", "Công văn 29/11/2021", date(2021, 11, 29)),
    ("AS02100", date(2021, 12, 5), "label", None, None, date(2021, 6, 5)),
    ("AS02099", date(2021, 11, 20), "label", None, None, date(2021, 5, 20)),
    ("VC00007", date(2022, 5, 1), "label", None, None, date(2021, 6, 1)),
    ("SP00003", date(2022, 1, 15), "label", None, None, date(2021, 8, 1)),
)
# Store, lot, incoming, of it from no other store, shipped, given, wasted, lost, in transit, thawed and counted: days
# before.
LEVELS = (
    ("NATIONAL", "CO124001", 60_000, 60_000, 20_000, 0, 0, 0, 0, None, 5),
    ("NATIONAL", "CO123002", 30_000, 30_000, 12_000, 0, 0, 0, 0, None, 5),
    ("NATIONAL", "AS02100", 50_000, 50_000, 31_010, 0, 0, 0, 0, None, 5),
    ("NATIONAL", "AS02099", 8_500, 8_500, 8_500, 0, 0, 0, 0, None, 5),
    ("NATIONAL", "VC00007", 20_000, 20_000, 6_000, 0, 0, 0, 0, None, 5),
    ("NATIONAL", "SP00003", 14_000, 14_000, 0, 0, 0, 0, 0, None, 5),
    ("NATIONAL", "AB00001", 5_000, 5_000, 2_000, 0, 0, 0, 0, None, 5),
    ("P79", "CO124001", 12_000, 0, 5_000, 0, 0, 0, 3_000, None, 8),
    ("P79", "CO123002", 12_000, 0, 4_000, 0, 0, 0, 0, None, 8),
    ("P79", "AS02100", 20_000, 0, 6_000, 0, 0, 0, 0, None, 8),
    ("P79", "VC00007", 6_000, 0, 500, 0, 0, 0, 0, None, 8),
    ("D760", "CO124001", 5_000, 0, 2_000, 0, 0, 0, 0, 30, None),
    ("D760", "CO123002", 4_000, 0, 0, 0, 60, 0, 0, 40, None),
    ("D760", "AS02100", 6_000, 0, 4_000, 0, 0, 12, 0, None, 9),
    ("S7900001", "CO124001", 2_000, 0, 0, 1_800, 6, 0, 0, 3, None),
    ("S7900001", "AS02100", 4_000, 0, 0, 3_500, 40, 0, 0, None, None),
    ("P40", "CO124001", 5_000, 0, 0, 0, 0, 0, 0, None, 28),
    ("P40", "AS02100", 10_000, 0, 3_000, 0, 0, 0, 500, None, 28),
    ("P40", "AS02099", 8_500, 0, 0, 0, 0, 0, 0, None, 28),
    ("D412", "AS02100", 2_500, 0, 1_000, 0, 0, 0, 500, None, None),
    ("S4000001", "AS02100", 900, 0, 0, 1_000, 0, 0, 100, None, None),
    ("P01", "AB00001", 2_000, 0, 0, 0, 0, 0, 0, None, 2),
    ("P01", "VC00007", 500, 0, 0, 0, 0, 0, 0, None, 2),
    ("UNIT", "AS02100", 500, 0, 0, 200, 0, 0, 0, None, 4),
    ("P48", "AS02100", 10, 0, 0, 12, 0, 0, 0, None, 2),
)
# Days before on which something was last sent there, and last came; else two days, and none that is told.
LAST_MOVED = {("D412", "AS02100"): (9, None), ("P40", "AS02100"): (8, 6)}
# Of what LEVELS has as wasted: store, lot, whether of closed vials, reason, doses.
WASTE = (
    ("D760", "CO123002", True, 9, 60),
    ("S7900001", "CO124001", False, 0, 6),
    ("S7900001", "AS02100", False, 1, 30),
    ("S7900001", "AS02100", True, 99, 10),
)
# Decision after an excursion: store, lot, number, kind, last day, who, hours before, device, store that it was about.
MARKS = (
    ("P01", "VC00007", 12, "hold", None, "Trần Bình", 30, "TB010", "P01"),
    ("P40", "CO124001", 13, "use", date(2021, 12, 20), "Lê An", 3, "TB007", "NATIONAL"),
)
# Store, doses handled, closed vials wasted, without a reason: of the last days.
WEEK = (("D760", 4_000, 60, 0), ("S7900001", 1_000, 10, 6))
# Store, product, doses given in the look-back, days of it with stock.
USES = (
    ("S7900001", "comirnaty", 1_800, 12),
    ("S7900001", "astrazeneca", 2_800, 28),
    ("S4000001", "astrazeneca", 700, 14),
    ("D412", "astrazeneca", 0, 28),
    ("P01", "abdala", 0, 20),
    ("UNIT", "astrazeneca", 200, 10),
)
LOOK_BACK = 28
# Store, item, batch, incoming, shipped, used, wasted, lost, counted: days before. Too few of the small syringes in
# province 79, too little diluent in 40, too few of the large ones in 01; the central unit keeps no books.
SUPPLIES = (
    ("NATIONAL", "ad_syringe_03", "", 60_000, 0, 0, 0, 0, 5),
    ("NATIONAL", "ad_syringe_05", "", 30_000, 4_000, 0, 0, 0, 5),
    ("NATIONAL", "dilution_syringe_2", "", 12_000, 0, 0, 0, 0, 5),
    ("NATIONAL", "diluent_nacl", "N21", 12_000, 0, 0, 0, 0, 5),
    ("NATIONAL", "safety_box_5", "", 1_500, 0, 0, 0, 0, None),
    ("P79", "ad_syringe_03", "A1", 4_000, 0, 0, 10, 0, 8),
    ("P79", "ad_syringe_03", "A2", 2_000, 1_000, 0, 0, 0, 8),
    ("P79", "ad_syringe_05", "", 20_000, 2_000, 0, 0, 0, 8),
    ("P79", "dilution_syringe_2", "", 3_000, 0, 0, 0, 0, 8),
    ("P79", "diluent_nacl", "", 3_000, 0, 0, 0, 4, 8),
    ("P79", "safety_box_5", "", 400, 0, 0, 0, 0, 8),
    ("D760", "ad_syringe_05", "", 3_000, 0, 0, 0, 0, None),
    ("D760", "safety_box_5", "", 12, 0, 0, 0, 0, None),
    ("S7900001", "ad_syringe_03", "", 2_100, 0, 2_000, 0, 0, None),
    ("S7900001", "ad_syringe_05", "", 4_500, 0, 4_000, 0, 0, None),
    ("S7900001", "dilution_syringe_2", "", 60, 0, 30, 0, 0, None),
    ("S7900001", "diluent_nacl", "", 25, 0, 30, 0, 0, None),
    ("S7900001", "safety_box_5", "", 66, 0, 60, 0, 0, None),
    ("P40", "ad_syringe_03", "", 20_000, 0, 0, 0, 0, 28),
    ("P40", "ad_syringe_05", "", 20_000, 0, 0, 0, 0, 28),
    ("P40", "dilution_syringe_2", "", 5_000, 0, 0, 0, 0, 28),
    ("P40", "diluent_nacl", "", 300, 0, 0, 0, 0, 28),
    ("P40", "safety_box_5", "", 500, 0, 0, 0, 0, 28),
    ("D412", "ad_syringe_05", "", 600, 0, 0, 0, 0, None),
    ("D412", "safety_box_5", "", 30, 0, 0, 0, 0, None),
    ("P01", "ad_syringe_05", "", 1_500, 0, 0, 0, 0, 2),
    ("P01", "safety_box_5", "", 9, 0, 0, 0, 0, 2),
)
# Store, lot, stage, doses at it, hours before, occasion.
VIALS = (
    ("NATIONAL", "VC00007", 2, None, 30, "count"),
    ("P79", "VC00007", 4, None, 50, "receipt"),
    ("P01", "VC00007", 1, None, 20, "count"),
    ("P01", "AB00001", 3, 300, 21, "count"),
)
# Decision: number, round, days before that it was signed, withdrawn, entered at all.
DECISIONS = (
    (81, "4081/QĐ-BYT", 81, 60, False, True),
    (90, "4090/QĐ-BYT", 90, 20, False, True),
    (91, "4091/QĐ-BYT", 91, 9, False, True),
    (92, "4092/QĐ-BYT", 92, 9, True, True),
    (93, "", None, None, False, False),
)
# Decision, store, lot that it names, product, planned, expected, sent, received, received, lots; days are days before.
DECISION_LINES = (
    (81, "P79", "AS02100", "astrazeneca", 20_000, 50, 20_000, 20_000, 50, "AS02100"),
    (81, "P40", "AS02100", "astrazeneca", 10_500, 50, 10_500, 10_000, 50, "AS02100"),
    (81, "UNIT", "AS02100", "astrazeneca", 500, 50, 500, 500, 50, "AS02100"),
    (90, "P79", "", "comirnaty", 15_000, 10, 15_000, 12_000, 9, "CO124001"),
    (90, "P40", "CO124001", "comirnaty", 4_000, 10, 4_000, 5_000, 9, "CO124001"),
    (90, "P01", "VC00007", "vero_cell", 900, 10, 0, 0, None, "VC00007"),
    (91, "P79", "CO123002", "comirnaty", 12_000, 2, 12_000, 12_000, 3, "CO123002"),
    (91, "P48", "AS02100", "astrazeneca", 10, 2, 10, 10, 40, "AS02100"),
    (92, "P01", "AB00001", "abdala", 2_000, 3, 0, 0, None, "AB00001"),
    (93, "P79", "", "vero_cell", 0, None, 6_000, 6_000, 30, "VC00007"),
)
# Change: decision, store, field, before, after, hours before.
DECISION_CHANGES = (
    (1, 92, "", "state", "decided", "withdrawn", 30),
    (2, 90, "P40", "doses", "5000", "4000", 200),
    (3, 90, "P79", "planned_on", "2021-11-10", "2021-11-12", 190),
)
DIFFERENCES = (
    (901, "D760", "AS02100", 9, 2_012, 2_000, "vỡ lọ khi vận chuyển"),
    (902, "P40", "AS02100", 28, 6_990, 7_000, None),
)
# Lot, site, area, product, serious, days before, events.
EVENTS = (
    ("AS02100", "4000001", "40", "astrazeneca", False, 4, 6),
    ("AS02100", "4000001", "40", "astrazeneca", True, 2, 1),
    ("CO124001", "7900001", "79", "comirnaty", False, 1, 3),
)


def stock_rows(*, as_of: datetime) -> Iterator[tuple[str, Rows]]:
    """Table and rows."""
    today = as_of.date()
    areas = {code: area for code, _, area, *_ in STORES}
    products = {number: product for number, product, *_ in LOTS}
    yield "store", [_store(*row) for row in STORES]
    yield "lot", [_lot(*row) for row in LOTS]
    yield (
        "lot_state",
        [
            {"lot_number": lot, "valid_from": as_of - timedelta(days=before), "state": state, "reason": reason}
            for lot, before, state, reason in STATES
        ],
    )
    names = ("lot_number", "expires_on", "kind", "condition", "decision", "valid_from")
    yield "lot_expiry", [dict(zip(names, row, strict=True)) for row in EXPIRIES]
    yield "stock_by_lot", [_level(row, areas, products, as_of) for row in LEVELS]
    yield (
        "stock_use",
        [
            {
                "store_code": store,
                "area_code": areas[store],
                "product": product,
                "used_doses": used,
                "stock_days": days,
                "look_back_days": LOOK_BACK,
                "last_used_on": today - timedelta(days=1) if used else None,
            }
            for store, product, used, days in USES
        ],
    )
    yield (
        "stock_difference",
        [
            {
                "movement_id": number,
                "store_code": store,
                "lot_number": lot,
                "product": products[lot],
                "area_code": areas[store],
                "counted_at": as_of - timedelta(days=before, hours=7),
                "expected": expected,
                "counted": counted,
                "difference": counted - expected,
                "reason": reason,
            }
            for number, store, lot, before, expected, counted, reason in DIFFERENCES
        ],
    )
    waste = ("store_code", "lot_number", "closed", "reason", "doses")
    yield "stock_waste", [dict(zip(waste, row, strict=True)) for row in WASTE]
    week = ("store_code", "handled", "closed", "unsaid")
    yield "stock_week", [dict(zip(week, row, strict=True)) for row in WEEK]
    mark = ("store_code", "lot_number", "decision_id", "kind", "usable_until", "actor", "equipment_id", "of_store")
    yield (
        "stock_mark",
        [
            dict(zip(mark, (*row[:6], *row[7:]), strict=True))
            | {
                "decided_at": as_of - timedelta(hours=row[6]),
                "started_at": as_of - timedelta(hours=row[6] + 4),
            }
            for row in MARKS
        ],
    )
    yield from _allocation(as_of, areas)
    yield "supply_by_store", [_supply(row, areas, today) for row in SUPPLIES]
    yield "vial_monitor", [_vial(row, areas, products, as_of) for row in VIALS]
    event = ("lot_number", "site_code", "area_code", "product", "serious", "recorded_on", "events")
    yield (
        "event_by_lot",
        [dict(zip(event, (*row[:5], today - timedelta(days=row[5]), row[6]), strict=True)) for row in EVENTS],
    )


def _allocation(as_of: datetime, areas: dict[str, str]) -> Iterator[tuple[str, Rows]]:
    def day(before: int | None) -> date | None:
        return None if before is None else as_of.date() - timedelta(days=before)

    yield (
        "allocation_decision",
        [
            {
                "decision_id": code,
                "number": number,
                "round": round_,
                "decided_on": day(signed),
                "signed_by": "Bộ Y tế" if known else None,
                "withdrawn": withdrawn,
                "source": None,
                "earmark": None,
                "known": known,
            }
            for code, number, round_, signed, withdrawn, known in DECISIONS
        ],
    )
    yield (
        "allocation_line",
        [
            {
                "decision_id": code,
                "store_code": store,
                "area_code": areas[store],
                "product": product,
                "lot_number": lot,
                "planned": planned,
                "planned_on": day(expected),
                "sent": sent,
                "received": received,
                "first_sent_on": day(came + 1) if came else None,
                "last_sent_on": day(came + 1) if came else None,
                "first_received_on": day(came),
                "last_received_on": day(came),
                "stated_shipped_on": None,
                "stated_received_on": None,
                "stated_received": None,
                "lots": lots,
            }
            for code, store, lot, product, planned, expected, sent, received, came, lots in DECISION_LINES
        ],
    )
    yield (
        "allocation_change",
        [
            {
                "change_id": number,
                "decision_id": code,
                "store_code": store,
                "product": "",
                "lot_number": "",
                "field": field,
                "before": before,
                "after": after,
                "changed_at": as_of - timedelta(hours=hours),
            }
            for number, code, store, field, before, after, hours in DECISION_CHANGES
        ],
    )


def _supply(row: tuple[Any, ...], areas: dict[str, str], today: date) -> dict[str, Any]:
    store, item, batch, incoming, shipped, used, wasted, lost, counted = row
    return {
        "store_code": store,
        "area_code": areas[store],
        "item": item,
        "batch": batch,
        "on_hand": incoming - shipped - used - wasted - lost,
        "incoming": incoming,
        "shipped_out": shipped,
        "used": used,
        "wasted": wasted,
        "lost": lost,
        "counted_on": None if counted is None else today - timedelta(days=counted),
    }


def _vial(row: tuple[Any, ...], areas: dict[str, str], products: dict[str, str], as_of: datetime) -> dict[str, Any]:
    store, lot, stage, doses, hours, occasion = row
    incoming, _, shipped, given, wasted, lost = next(level[2:8] for level in LEVELS if level[:2] == (store, lot))
    on_hand = incoming - shipped - given - wasted - lost
    return {
        "store_code": store,
        "lot_number": lot,
        "product": products[lot],
        "area_code": areas[store],
        "stage": stage,
        "doses": doses,
        "read_at": as_of - timedelta(hours=hours),
        "occasion": occasion,
        "on_hand": on_hand,
        "discard": min(on_hand, on_hand if doses is None else doses) if stage >= 3 else 0,
    }


def _store(
    code: str, level: str, area: str, district: str | None, site: str | None, parent: str | None
) -> dict[str, Any]:
    return {
        "store_code": code,
        "level": level,
        "area_code": area,
        "district_code": district,
        "site_code": site,
        "recipient_code": None,
        "parent_code": parent,
        "capacity_litres": 100.0,
    }


def _lot(number: str, product: str, source: str, earmark: str | None, received: int, per_vial: int) -> dict[str, Any]:
    return {
        "lot_number": number,
        "product": product,
        "source": source,
        "earmark": earmark,
        "doses_received": received,
        "doses_per_vial": per_vial,
        "vials_per_tray": 195,
        "manufactured_on": date(2021, 5, 30),
    }


def _level(row: tuple[Any, ...], areas: dict[str, str], products: dict[str, str], as_of: datetime) -> dict[str, Any]:
    store, lot, incoming, arrived, shipped, given, wasted, lost, in_transit, thawed, counted = row
    today = as_of.date()
    sent, came = LAST_MOVED.get((store, lot), (2, None))
    closed = sum(doses for *key, doses in WASTE if key[:3] == [store, lot, True])
    return {
        "store_code": store,
        "lot_number": lot,
        "product": products[lot],
        "area_code": areas[store],
        "incoming": incoming,
        "administered": given,
        "wasted": wasted,
        "on_hand": incoming - shipped - given - wasted - lost,
        "arrived": arrived,
        "shipped_out": shipped,
        "in_transit": in_transit,
        "lost": lost,
        "wasted_open": wasted - closed,
        "wasted_closed": closed,
        "thawed_on": None if thawed is None else today - timedelta(days=thawed),
        "counted_on": None if counted is None else today - timedelta(days=counted),
        "last_sent_at": as_of - timedelta(days=sent) if in_transit else None,
        "last_received_at": None if came is None else as_of - timedelta(days=came),
    }
