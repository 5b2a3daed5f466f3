"""What a snapshot says besides what SQL counts: about itself, the locked figures, and the nowcast."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import duckdb
import polars as pl

from campaign.nowcast import NowcastRules
from etl.nowcasting import nowcast_rows
from operations.locks import Lock
from operations.plan_telling import KEPT_DAYS, Reallocations
from operations.statements import Statement
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the snapshot says about itself. `as_of` is campaign time, `wall_now` wall time."""

    as_of: datetime
    wall_now: datetime
    one_in: int
    is_demo: bool
    denominator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What operators decided that a snapshot must show or keep. `cited`: versions never pruned. `reallocations`: None
    where the registry was not asked, which the snapshot then tells by having no table of them."""

    locks: tuple[Lock, ...] = ()
    statements: tuple[Statement, ...] = ()
    reallocations: Reallocations | None = None
    cited: frozenset[int] = frozenset()


def describe_snapshot(connection: duckdb.DuckDBPyConnection, about: About, *, version: int) -> None:
    """Inside the refresh's transaction: the version that is to be published. Its hash is known once it is."""
    connection.execute("DELETE FROM mart.snapshot_info")
    connection.execute(
        sql("marts/record_snapshot_info"),
        {
            "version": version,
            "content_hash": "",
            "as_of": about.as_of,
            "published_at": about.wall_now,
            "one_in": about.one_in,
            "is_demo": about.is_demo,
            "denominator": about.denominator,
        },
    )


# Of the days before that a snapshot tells what was said of them; the registry keeps everything.
STATEMENT_DAYS = 31
# What `extra_tables` reads of the snapshot that is being written.
EXTRA_READS = ("dose_delay", "doses_by_day", "people_by_day")


def extra_tables(connection: duckdb.DuckDBPyConnection, extra: Extra, nowcast: NowcastRules) -> dict[str, pl.DataFrame]:
    """Rows that are not counted from records alone, by published table. Read from `outgoing` as it stands."""
    [(now, as_of)] = connection.execute("SELECT as_of, as_of::DATE FROM outgoing.snapshot_info").fetchall()
    return {
        "nowcast": nowcast_rows(connection, as_of=as_of, rules=nowcast),
        "figure_lock": _locked_rows(connection, extra.locks),
        "figure_statement": _stated_rows(connection, extra.statements, since=as_of - timedelta(STATEMENT_DAYS)),
        **_moved_rows(connection, extra.reallocations, since=now - timedelta(KEPT_DAYS)),
    }


def _locked_rows(connection: duckdb.DuckDBPyConnection, locks: tuple[Lock, ...]) -> pl.DataFrame:
    """Rows of mart.figure_lock: each lock beside the same figures now."""
    if not locks:
        return pl.DataFrame()
    rows = pl.DataFrame(
        [
            {
                "reporting_day": lock.reporting_day,
                "scope": lock.scope,
                "snapshot_version": lock.snapshot_version,
                "locked_by": lock.locked_by,
                "locked_at": lock.locked_at,
                "locked_doses": lock.doses,
                "locked_dose1_people": lock.dose1_people or 0,
                "locked_full_people": lock.full_people or 0,
            }
            for lock in locks
        ]
    )
    connection.register("locked", rows.to_arrow())
    found = pl.DataFrame(connection.sql(sql("publish/figure_lock")).to_arrow_table())
    connection.unregister("locked")
    return found


def _stated_rows(
    connection: duckdb.DuckDBPyConnection, statements: tuple[Statement, ...], *, since: date
) -> pl.DataFrame:
    """Rows of mart.figure_statement: what provinces said of days from `since` on beside the same figures now."""
    recent = [asdict(item) for item in statements if item.reporting_day >= since]
    if not recent:
        return pl.DataFrame()
    people = {"dose1_people": pl.Int64, "full_people": pl.Int64}
    rows = pl.DataFrame(recent, schema_overrides=people)
    connection.register("stated", rows.to_arrow())
    found = pl.DataFrame(connection.sql(sql("publish/figure_statement")).to_arrow_table())
    connection.unregister("stated")
    return found


def _moved_rows(
    connection: duckdb.DuckDBPyConnection, found: Reallocations | None, *, since: datetime
) -> dict[str, pl.DataFrame]:
    """Rows of mart.reallocation and its lines: plans with an act from `since` on, or doses on their way."""
    if found is None:
        connection.execute("DROP TABLE outgoing.reallocation; DROP TABLE outgoing.reallocation_line")
        return {}
    going = {line.plan_id for line in found.lines if line.on_way}
    plans = [plan for plan in found.plans if plan.changed_at >= since or plan.plan_id in going]
    kept = {plan.plan_id for plan in plans}
    lines = [asdict(line) for line in found.lines if line.plan_id in kept]
    told = [asdict(plan) | {"state": plan.state.value, "until_at": plan.until} for plan in plans]
    columns = {"number": pl.String, "decided_on": pl.Date, "made_from": pl.Int64, "days": pl.Int32}
    instants = dict.fromkeys(("until_at", "approved_at"), pl.Datetime("us", "UTC"))
    return {
        "reallocation": pl.DataFrame(told, schema_overrides={**columns, **instants}).drop("until")
        if told
        else pl.DataFrame(),
        "reallocation_line": pl.DataFrame(lines) if lines else pl.DataFrame(),
    }
