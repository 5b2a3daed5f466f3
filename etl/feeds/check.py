"""Can a registry that is not ours be read by its mapping? Each feed is looked at, each fault comes with its fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import psycopg

from etl.contracts import Known, check, rules_for
from etl.errors import FeedRejected, RegistryUnavailable
from etl.feeds.instant import CANNOT_SEE, STANDBY
from etl.feeds.mapped import ACCEPTED, STAMP_TYPES, key_arrow_type, source_table
from etl.feeds.mapping import BY_NAME, PERSON_KEYS, FeedMapping, SourceMapping, person_secret
from etl.feeds.postgres import RegistryReader, Source, reading
from etl.feeds.table import Method, SourceTable

UNKNOWN_YET = ("site_code", "store_code", "equipment_id", "item_code")
SAMPLE_ROWS = 200
PSEUDONYM = r"^[0-9a-fA-F]{32,128}$"
COLUMNS = """
SELECT a.attname, CASE WHEN t.typtype = 'e' THEN 'USER-DEFINED'
                       ELSE format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL) END
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped
"""
MAY_READ = """
SELECT has_schema_privilege(n.oid, 'USAGE')
       AND coalesce(bool_and(has_column_privilege(c.oid, a.attnum, 'SELECT')), true)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ANY(%s)
WHERE n.nspname = %s AND c.relname = %s GROUP BY n.oid
"""
LEADS_AN_INDEX = """
SELECT c.relkind NOT IN ('r', 'p') OR EXISTS (
    SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = c.oid AND a.attname = %s)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s
"""
SEES_ACTIVITY = "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), pg_is_in_recovery()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    what: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCheck:
    """`rows` were read and held against the feed's contract. `advice` does not hinder reading."""

    feed: str
    faults: tuple[Fault, ...]
    advice: tuple[Fault, ...] = ()
    rows: int = 0

    @property
    def ok(self) -> bool:
        return not self.faults


def open_source(url: str, mapping: SourceMapping, environ: Mapping[str, str]) -> Source:
    """What `reading` needs to read the mapped registry. Raises MappingError, RegistryUnavailable."""
    try:
        with psycopg.connect(url) as connection:
            tables = {
                name: source_table(BY_NAME[name], mapped, types_of(connection, mapped), mapping)
                for name, mapped in mapping.feeds.items()
            }
    except psycopg.OperationalError as error:
        raise RegistryUnavailable(f"{mapping.name} does not answer: {str(error).splitlines()[0]}") from error
    return Source(url=url, tables=tables, secret=person_secret(mapping, environ), limits=mapping.limits)


def check_source(
    url: str, mapping: SourceMapping, environ: Mapping[str, str], *, products: frozenset[str], now: datetime
) -> list[FeedCheck]:
    """One result a feed, in the mapping's order. Raises MappingError, RegistryUnavailable."""
    source = open_source(url, mapping, environ)
    with psycopg.connect(url, autocommit=True) as connection, reading(source) as reader:
        return [
            _check_feed(connection, reader, source, name, mapped, products=products, now=now)
            for name, mapped in mapping.feeds.items()
        ]


def types_of(connection: psycopg.Connection, mapped: FeedMapping) -> dict[str, str]:
    """Type by column of the table; empty where there is no such table."""
    return {str(name): str(kind) for name, kind in connection.execute(COLUMNS, mapped.names_of_table).fetchall()}


def _check_feed(
    connection: psycopg.Connection,
    reader: RegistryReader,
    source: Source,
    name: str,
    mapped: FeedMapping,
    *,
    products: frozenset[str],
    now: datetime,
) -> FeedCheck:
    types = types_of(connection, mapped)
    if not types:
        return FeedCheck(
            feed=name, faults=(Fault(what=f"there is no table {mapped.table}", fix="correct 'table' (schema.table)"),)
        )
    faults = [*_shape(name, mapped, types), *_order(connection, mapped, types), *_rights(connection, mapped, types)]
    if faults:
        return FeedCheck(feed=name, faults=tuple(faults))
    advice = tuple(_index(connection, mapped))
    try:
        rows = _sample(reader, name)
        table = (source.tables or {})[name]
        return FeedCheck(
            feed=name, faults=tuple(_content(name, rows, table, products, now)), advice=advice, rows=len(rows)
        )
    except FeedRejected as error:
        return FeedCheck(feed=name, faults=(Fault(what=str(error), fix="correct the column that it names"),))


def _shape(name: str, mapped: FeedMapping, types: Mapping[str, str]) -> Iterator[Fault]:
    feed = BY_NAME[name]
    for ours, source in mapped.columns.items():
        if source.column is None:
            continue
        found = types.get(source.column)
        wanted = feed.columns[ours]
        if found is None:
            known = ", ".join(sorted(types))
            yield Fault(what=f"{ours}: {mapped.table} has no column '{source.column}'", fix=f"its columns: {known}")
            continue
        if ours == feed.key:
            wanted = key_arrow_type(feed, found)
        if not source.codes and source.pseudonym != "hashed" and found not in ACCEPTED[wanted]:
            allowed = ", ".join(sorted(ACCEPTED[wanted]))
            yield Fault(
                what=f"{ours}: '{source.column}' is {found}", fix=f"give a column of {allowed}, 'codes', or a view"
            )


def _order(connection: psycopg.Connection, mapped: FeedMapping, types: Mapping[str, str]) -> Iterator[Fault]:
    found = types.get(mapped.stamp)
    wanted = ", ".join(sorted(STAMP_TYPES[mapped.order]))
    if found not in STAMP_TYPES[mapped.order]:
        have = f"is {found}" if found else "is not there"
        yield Fault(what=f"stamp: '{mapped.stamp}' {have}", fix=f"order {mapped.order} needs a column of {wanted}")
    sees, standby = connection.execute(SEES_ACTIVITY).fetchall()[0]
    if standby:
        yield Fault(what="order: a standby is read", fix=STANDBY)
    elif mapped.order is Method.OPEN_TRANSACTIONS and not sees:
        yield Fault(what="order: open transactions cannot be seen", fix=CANNOT_SEE)


def _rights(connection: psycopg.Connection, mapped: FeedMapping, types: Mapping[str, str]) -> Iterator[Fault]:
    wanted = [source.column for source in mapped.columns.values() if source.column in types]
    rows = connection.execute(MAY_READ, [[*wanted, mapped.stamp], *mapped.names_of_table]).fetchall()
    if not all(row[0] for row in rows):
        schema, _ = mapped.names_of_table
        yield Fault(
            what=f"the role may not read {mapped.table}",
            fix=f"GRANT USAGE ON SCHEMA {schema} and GRANT SELECT on the mapped columns of {mapped.table}",
        )


def _index(connection: psycopg.Connection, mapped: FeedMapping) -> Iterator[Fault]:
    rows = connection.execute(LEADS_AN_INDEX, [mapped.stamp, *mapped.names_of_table]).fetchall()
    if not all(row[0] for row in rows):
        yield Fault(
            what=f"no index of {mapped.table} begins with '{mapped.stamp}'",
            fix="each refresh reads the whole table until its owner creates one",
        )


def _sample(reader: RegistryReader, name: str) -> pl.DataFrame:
    feed = BY_NAME[name]
    frames = [pl.DataFrame(batch) for batch in reader.sample(feed, SAMPLE_ROWS)]
    return pl.concat(frames) if frames else pl.DataFrame()


def _content(
    name: str, rows: pl.DataFrame, table: SourceTable, products: frozenset[str], now: datetime
) -> Iterator[Fault]:
    """Codes of sites, stores, equipment and consumables are known once a refresh runs: they are not judged here."""
    if rows.is_empty():
        return
    nothing: frozenset[str] = frozenset()
    contract = rules_for(name, Known(products=products, sites=nothing, stores=nothing, equipment=nothing), now=now)
    judged = [rule for rule in contract if not (rule.reason == "unknown_code" and rule.field in UNKNOWN_YET)]
    bad = check(rows, judged).rejected
    for field, reason, expected, value, count in (
        bad.group_by("field", "reason", "expected").agg(pl.col("value").first(), pl.len()).sort("field").rows()
        if len(bad)
        else ()
    ):
        yield Fault(
            what=f"{field}: {reason} in {count} of {len(rows)} rows, such as {value!r}",
            fix=f"expected {expected}; map it with 'codes' or another column",
        )
    for field in PERSON_KEYS & set(rows.columns):
        if rows.filter(~pl.col(field).str.contains(PSEUDONYM)).height:
            yield Fault(
                what=f"{field}: {table.columns[field]} holds values that are no pseudonym (32 hexadecimal digits)",
                fix="say 'pseudonym: hashed', so that no identity leaves the source",
            )
