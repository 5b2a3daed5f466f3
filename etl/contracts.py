"""What a good row of each feed looks like. A bad one is set aside with the field, the reason and what was expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from campaign.equipment import Status
from campaign.excursion import KINDS

# No device keeps its temperature for a year without power.
LONGEST_HOLD_HOURS = 10_000
# Before this no vaccine against the disease existed anywhere: an earlier date is an entry error such as 1899-12-30.
EARLIEST = datetime(2020, 6, 1, tzinfo=UTC)
# Clocks of sites run ahead by minutes; a date further in the future cannot be true.
CLOCK_SKEW = timedelta(hours=1)
IDENTITY_STATES = frozenset({"matched", "mismatched", "none"})
LOT_STATES = frozenset({"received", "awaiting_release", "released", "on_hold", "recalled", "destroyed"})
MOVEMENT_KINDS = frozenset(
    {
        *("opening", "receipt", "issue", "transfer_out", "transfer_in", "administered", "wasted_open"),
        *("wasted_closed", "adjustment", "count", "cancel"),
    }
)
READING_OCCASIONS = frozenset({"receipt", "count", "other"})
DECISION_STATES = frozenset({"decided", "shipped", "received", "used", "withdrawn"})
EQUIPMENT_STATUSES = frozenset(Status)
EXCURSION_KINDS = frozenset(KINDS)
SESSION_STATES = frozenset({"planned", "open", "closed", "cancelled"})
REGISTRATION_STATES = frozenset(
    {"registered", "approved", "invited", "arrived", "screened", "injected", "observed", "deferred", "cancelled"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`bad` is true for a row that breaks the rule."""

    field: str
    reason: str
    expected: str
    bad: pl.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Codes that rows may refer to, as they stand at this refresh. items: consumables, of data/reference."""

    products: frozenset[str]
    sites: frozenset[str]
    stores: frozenset[str]
    equipment: frozenset[str]
    items: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`accepted` has the columns of the feed; `rejected` has field, reason, expected, value beside them."""

    accepted: pl.DataFrame
    rejected: pl.DataFrame


def check(rows: pl.DataFrame, rules: Sequence[Rule]) -> Checked:
    """Split rows by the first rule that each one breaks."""
    if not rules:
        return Checked(accepted=rows, rejected=rows.clear())
    first = pl.coalesce(
        pl.when(rule.bad.fill_null(value=False)).then(pl.lit(index)) for index, rule in enumerate(rules)
    )
    marked = rows.with_columns(first.alias("_broken"))
    bad = marked.filter(pl.col("_broken").is_not_null())
    accepted = marked.filter(pl.col("_broken").is_null()).drop("_broken") if len(bad) else rows
    broken = enumerate(rules) if len(bad) else [(0, rules[0])]
    parts = [_describe(bad.filter(pl.col("_broken") == index), rule) for index, rule in broken]
    return Checked(accepted=accepted, rejected=pl.concat(parts).drop("_broken"))


def rules_for(feed: str, known: Known, *, now: datetime) -> Sequence[Rule]:
    """The contract of a registry feed. `now` is campaign time: what lies after it has not happened yet."""
    builders: Mapping[str, Callable[[], Sequence[Rule]]] = {
        "person": lambda: (_missing("person_key"), _birth_year(now)),
        "registration": lambda: (
            _missing("person_key"),
            *_when("registered_at", now),
            *_when("state_at", now),
            *_code("state", REGISTRATION_STATES),
        ),
        "person_merge": lambda: (_missing("kept_key"), _missing("merged_key"), *_when("merged_at", now)),
        "declared_count": lambda: (
            _missing("area_code"),
            _missing("measure"),
            *_when("declared_at", now),
            _negative("value"),
        ),
        "adverse_event": lambda: _when("recorded_at", now),
        "session": lambda: (
            _missing("site_code"),
            *_on("held_on"),
            *_code("state", SESSION_STATES),
            Rule(
                field="planned_people",
                reason="impossible_value",
                expected="0 or more",
                bad=pl.col("planned_people").is_null() | (pl.col("planned_people") < 0),
            ),
        ),
        "dose": lambda: (
            _missing("person_key"),
            *_when("injected_at", now),
            *_when("recorded_at", now),
            Rule(
                field="injected_at",
                reason="after_recording",
                expected="not after recorded_at",
                bad=pl.col("injected_at") > pl.col("recorded_at") + CLOCK_SKEW,
            ),
            *_code("product_code", known.products),
            *_code("site_code", known.sites),
            _missing("lot_number"),
            *_code("identity_status", IDENTITY_STATES),
            Rule(field="age_years", reason="before_birth", expected="an age of 0 or more", bad=pl.col("age_years") < 0),
        ),
        "lot_expiry": lambda: (_missing("lot_number"), _no_day("valid_from"), *_on("expires_on")),
        "lot_state": lambda: (_missing("lot_number"), *_code("state", LOT_STATES), _no_day("valid_from")),
        "allocation_decision": lambda: (
            _missing("number"),
            *_on("decided_on"),
            *_code("state", DECISION_STATES),
        ),
        "allocation_line": lambda: (
            _no_number("decision_id"),
            *_code("store_code", known.stores),
            *_code("product_code", known.products),
            _no_number("doses"),
            _negative("doses"),
            _too_early("planned_on"),
            _negative("doses_received"),
        ),
        "allocation_change": lambda: (_no_number("decision_id"), _missing("field"), _no_instant("changed_at")),
        "stock_movement": lambda: (
            *_code("store_code", known.stores),
            _missing("lot_number"),
            *_when("occurred_at", now),
        ),
        "supply_movement": lambda: (
            *_code("store_code", known.stores),
            *_code("item_code", known.items),
            *_code("kind", MOVEMENT_KINDS),
            _no_number("pieces"),
            *_when("occurred_at", now),
            _no_instant("recorded_at"),
            Rule(
                field="counted",
                reason="impossible_value",
                expected="0 or more for a count, none for any other kind",
                bad=((pl.col("kind") == "count") != pl.col("counted").is_not_null()) | (pl.col("counted") < 0),
            ),
            Rule(
                field="cancels_id",
                reason="impossible_value",
                expected="the entry taken back for a cancel, none for any other kind",
                bad=(pl.col("kind") == "cancel") != pl.col("cancels_id").is_not_null(),
            ),
        ),
        "vial_reading": lambda: (
            *_code("store_code", known.stores),
            _missing("lot_number"),
            Rule(
                field="stage",
                reason="impossible_value",
                expected="1, 2, 3 or 4",
                bad=pl.col("stage").is_null() | ~pl.col("stage").is_between(1, 4),
            ),
            Rule(
                field="doses", reason="impossible_value", expected="1 or more, or none for all", bad=pl.col("doses") < 1
            ),
            *_when("read_at", now),
            *_code("occasion", READING_OCCASIONS),
        ),
        "excursion_line": lambda: (
            *_code("store_code", known.stores),
            _missing("lot_number"),
            *_code("kind", EXCURSION_KINDS),
            _no_instant("started_at"),
            _no_instant("until_at"),
        ),
        "equipment": lambda: (
            Rule(
                field="status",
                reason="unknown_code",
                expected="a known code, or none",
                bad=~pl.col("status").is_in(pl.Series(sorted(EQUIPMENT_STATUSES), dtype=pl.String).implode()),
            ),
            Rule(
                field="holdover_hours",
                reason="out_of_range",
                # Sources write 0 where they do not know: it is read as unknown (reads/equipment_holdover.sql).
                expected="hours from 0 on, or none",
                bad=~((pl.col("holdover_hours") >= 0) & (pl.col("holdover_hours") < LONGEST_HOLD_HOURS)),
            ),
        ),
        "equipment_status": lambda: (
            *_code("equipment_id", known.equipment),
            *_code("status", EQUIPMENT_STATUSES),
            *_when("since", now),
        ),
        "repair_job": lambda: (*_code("equipment_id", known.equipment), *_when("opened_at", now)),
        "temperature_reading": lambda: (
            *_code("equipment_id", known.equipment),
            *_when("read_at", now),
            _temperature(),
        ),
    }
    return builders[feed]() if feed in builders else ()


def _describe(rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    return rows.with_columns(
        pl.lit(rule.field).alias("field"),
        pl.lit(rule.reason).alias("reason"),
        pl.lit(rule.expected).alias("expected"),
        pl.col(rule.field).cast(pl.String).alias("value"),
    )


def _missing(field: str) -> Rule:
    return Rule(field=field, reason="missing", expected="a value", bad=pl.col(field).is_null() | (pl.col(field) == ""))


def _code(field: str, codes: frozenset[str]) -> tuple[Rule, Rule]:
    known = pl.Series(sorted(codes), dtype=pl.String)
    unknown = Rule(
        field=field, reason="unknown_code", expected="a known code", bad=~pl.col(field).is_in(known.implode())
    )
    return _missing(field), unknown


def _no_day(field: str) -> Rule:
    return Rule(field=field, reason="missing", expected="a date", bad=pl.col(field).is_null())


def _no_number(field: str) -> Rule:
    return Rule(field=field, reason="missing", expected="a number", bad=pl.col(field).is_null())


def _no_instant(field: str) -> Rule:
    return Rule(field=field, reason="missing", expected="an instant", bad=pl.col(field).is_null())


def _on(field: str) -> tuple[Rule, Rule]:
    """A calendar day, which may lie ahead."""
    return _no_day(field), _too_early(field)


def _too_early(field: str) -> Rule:
    return Rule(
        field=field,
        reason="impossible_date",
        expected=f"not before {EARLIEST:%Y-%m-%d}",
        bad=pl.col(field) < EARLIEST.date(),
    )


def _when(field: str, now: datetime) -> tuple[Rule, Rule, Rule]:
    latest = now + CLOCK_SKEW
    return (
        _no_instant(field),
        Rule(
            field=field,
            reason="impossible_date",
            expected=f"not before {EARLIEST:%Y-%m-%d}",
            bad=pl.col(field) < EARLIEST,
        ),
        Rule(
            field=field,
            reason="in_the_future",
            expected=f"not after {latest:%Y-%m-%d %H:%M}Z",
            bad=pl.col(field) > latest,
        ),
    )


def _negative(field: str) -> Rule:
    return Rule(field=field, reason="impossible_value", expected="0 or more", bad=pl.col(field) < 0)


def _birth_year(now: datetime) -> Rule:
    return Rule(
        field="birth_year",
        reason="impossible_date",
        expected="a year within the last 120",
        bad=(pl.col("birth_year") < now.year - 120) | (pl.col("birth_year") > now.year),
    )


def _temperature() -> Rule:
    return Rule(
        field="temp_c",
        reason="impossible_value",
        expected="-120 to 80 degrees Celsius, or none from a faulty probe",
        bad=(pl.col("temp_c") < -120) | (pl.col("temp_c") > 80),
    )
