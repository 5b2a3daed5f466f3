"""The feeds that the registry serves, in the order in which they must be read: what a row refers to comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFeed:
    """One view of schema `feed`. `columns` maps each column to its Arrow type as the registry sends it.

    `key` identifies a record: text or number, whatever the registry uses."""

    name: str
    key: str
    columns: Mapping[str, str]

    @property
    def query(self) -> str:
        """Changed rows by commit order. xid8 has no Arrow type, hence the cast; the filter stays on the index."""
        names = ", ".join(self.columns)
        return (
            f"SELECT {names}, row_version::text::bigint AS version FROM feed.{self.name} "
            "WHERE row_version >= $1::text::xid8"
        )


TEXT, WHOLE, SMALL, BIG, DECIMAL, FLAG, DAY, INSTANT = (
    "string",
    "int32",
    "int16",
    "int64",
    "double",
    "bool",
    "date32[day]",
    "timestamp[us, tz=UTC]",
)

FEEDS: tuple[RegistryFeed, ...] = (
    RegistryFeed(name="dataset_fact", key="name", columns={"name": TEXT, "value": TEXT}),
    RegistryFeed(
        name="area",
        key="code",
        columns={"code": TEXT, "level": TEXT, "name_vi": TEXT, "name_en": TEXT, "parent_code": TEXT},
    ),
    RegistryFeed(
        name="site",
        key="code",
        columns={
            "code": TEXT,
            "kind": TEXT,
            "district_code": TEXT,
            "province_code": TEXT,
            "recipient_code": TEXT,
            "opened_on": DAY,
            "closed_on": DAY,
        },
    ),
    RegistryFeed(
        name="session",
        key="session_id",
        columns={
            "session_id": BIG,
            "site_code": TEXT,
            "held_on": DAY,
            "product_code": TEXT,
            "planned_people": WHOLE,
            "tables": SMALL,
            "state": TEXT,
        },
    ),
    RegistryFeed(
        name="store",
        key="code",
        columns={
            "code": TEXT,
            "level": TEXT,
            "province_code": TEXT,
            "district_code": TEXT,
            "site_code": TEXT,
            "recipient_code": TEXT,
            "parent_code": TEXT,
            "capacity_litres": DECIMAL,
        },
    ),
    RegistryFeed(
        name="lot",
        key="lot_number",
        columns={
            "lot_number": TEXT,
            "product_code": TEXT,
            "source": TEXT,
            "earmark": TEXT,
            "doses_received": BIG,
            "doses_per_vial": SMALL,
            "vials_per_tray": SMALL,
            "manufactured_on": DAY,
        },
    ),
    RegistryFeed(
        name="lot_expiry",
        key="expiry_key",
        columns={
            "expiry_key": TEXT,
            "lot_number": TEXT,
            "expires_on": DAY,
            "kind": TEXT,
            "condition": TEXT,
            "decision": TEXT,
            "valid_from": DAY,
        },
    ),
    RegistryFeed(
        name="lot_state",
        key="state_key",
        columns={"state_key": TEXT, "lot_number": TEXT, "state": TEXT, "valid_from": INSTANT, "reason": TEXT},
    ),
    RegistryFeed(
        name="equipment",
        key="equipment_id",
        columns={
            "equipment_id": TEXT,
            "store_code": TEXT,
            "kind": TEXT,
            "storage_class": TEXT,
            "litres": DECIMAL,
            "reporting_mode": TEXT,
            "low_limit_c": DECIMAL,
            "high_limit_c": DECIMAL,
            "model": TEXT,
            "installed_on": DAY,
            "retired_on": DAY,
            "status": TEXT,
            "status_since": INSTANT,
            "low_minutes": WHOLE,
            "high_minutes": WHOLE,
            "holdover_hours": DECIMAL,
        },
    ),
    RegistryFeed(
        name="equipment_status",
        key="status_key",
        columns={"status_key": TEXT, "equipment_id": TEXT, "status": TEXT, "since": INSTANT, "reason": TEXT},
    ),
    RegistryFeed(
        name="repair_job",
        key="job_id",
        columns={"job_id": BIG, "equipment_id": TEXT, "opened_at": INSTANT, "assigned_at": INSTANT, "done_at": INSTANT},
    ),
    RegistryFeed(
        name="person",
        key="person_key",
        columns={
            "person_key": TEXT,
            "birth_year": SMALL,
            "sex": TEXT,
            "province_code": TEXT,
            "district_code": TEXT,
            "group_bits": WHOLE,
        },
    ),
    RegistryFeed(
        name="dose",
        key="dose_id",
        columns={
            "dose_id": BIG,
            "person_key": TEXT,
            "product_code": TEXT,
            "dose_number": SMALL,
            "lot_number": TEXT,
            "site_code": TEXT,
            "injected_at": INSTANT,
            "recorded_at": INSTANT,
            "identity_status": TEXT,
            "voided": FLAG,
            "age_years": SMALL,
        },
    ),
    RegistryFeed(
        name="registration",
        key="registration_id",
        columns={
            "registration_id": BIG,
            "person_key": TEXT,
            "state": TEXT,
            "province_code": TEXT,
            "channel": TEXT,
            "registered_at": INSTANT,
            "state_at": INSTANT,
            "deferral_reason": TEXT,
            "age_years": SMALL,
        },
    ),
    RegistryFeed(
        name="person_merge",
        key="merge_id",
        columns={"merge_id": BIG, "kept_key": TEXT, "merged_key": TEXT, "merged_at": INSTANT, "undone": FLAG},
    ),
    RegistryFeed(
        name="allocation_decision",
        key="decision_id",
        columns={
            "decision_id": BIG,
            "number": TEXT,
            "round": SMALL,
            "decided_on": DAY,
            "signed_by": TEXT,
            "state": TEXT,
            "source": TEXT,
            "earmark": TEXT,
        },
    ),
    RegistryFeed(
        name="allocation_line",
        key="line_key",
        columns={
            "line_key": TEXT,
            "decision_id": BIG,
            "store_code": TEXT,
            "product_code": TEXT,
            "lot_number": TEXT,
            "doses": BIG,
            "planned_on": DAY,
            "shipped_on": DAY,
            "received_on": DAY,
            "doses_received": BIG,
        },
    ),
    RegistryFeed(
        name="allocation_change",
        key="change_id",
        columns={
            "change_id": BIG,
            "decision_id": BIG,
            "store_code": TEXT,
            "product_code": TEXT,
            "lot_number": TEXT,
            "field": TEXT,
            "before": TEXT,
            "after": TEXT,
            "changed_at": INSTANT,
        },
    ),
    RegistryFeed(
        name="stock_movement",
        key="movement_id",
        columns={
            "movement_id": BIG,
            "store_code": TEXT,
            "lot_number": TEXT,
            "kind": TEXT,
            "doses": BIG,
            "counted": BIG,
            "occurred_at": INSTANT,
            "recorded_at": INSTANT,
            "counterpart_code": TEXT,
            "reason": TEXT,
            "cancels_id": BIG,
            "decision_id": BIG,
            "thawed_on": DAY,
        },
    ),
    RegistryFeed(
        name="supply_movement",
        key="movement_id",
        columns={
            "movement_id": BIG,
            "store_code": TEXT,
            "item_code": TEXT,
            "batch": TEXT,
            "kind": TEXT,
            "pieces": BIG,
            "counted": BIG,
            "occurred_at": INSTANT,
            "recorded_at": INSTANT,
            "counterpart_code": TEXT,
            "cancels_id": BIG,
            "reason": TEXT,
        },
    ),
    RegistryFeed(
        name="vial_reading",
        key="reading_key",
        columns={
            "reading_key": TEXT,
            "store_code": TEXT,
            "lot_number": TEXT,
            "stage": SMALL,
            "doses": BIG,
            "read_at": INSTANT,
            "occasion": TEXT,
        },
    ),
    RegistryFeed(
        name="excursion_line",
        key="line_id",
        columns={
            "line_id": BIG,
            "decision_id": BIG,
            "equipment_id": TEXT,
            "store_code": TEXT,
            "lot_number": TEXT,
            "kind": TEXT,
            "started_at": INSTANT,
            "until_at": INSTANT,
            "usable_until": DAY,
            "actor": TEXT,
            "decided_at": INSTANT,
        },
    ),
    RegistryFeed(
        name="temperature_reading",
        key="reading_id",
        columns={
            "reading_id": BIG,
            "equipment_id": TEXT,
            "read_at": INSTANT,
            "received_at": INSTANT,
            "temp_c": DECIMAL,
            "power_on": FLAG,
            "battery_ok": FLAG,
            "probe_ok": FLAG,
            "door_open": FLAG,
        },
    ),
    RegistryFeed(
        name="declared_count",
        key="count_key",
        columns={
            "count_key": TEXT,
            "area_code": TEXT,
            "counted_on": DAY,
            "measure": TEXT,
            "age_group": TEXT,
            "value": BIG,
            "declared_at": INSTANT,
        },
    ),
    RegistryFeed(
        name="adverse_event",
        key="event_id",
        columns={
            "event_id": BIG,
            "person_key": TEXT,
            "dose_id": BIG,
            "site_code": TEXT,
            "lot_number": TEXT,
            "product_code": TEXT,
            "onset_at": INSTANT,
            "recorded_at": INSTANT,
            "serious": FLAG,
            "outcome": TEXT,
        },
    ),
)
